package json

import (
	"bytes"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Encoder writes rows as JSON objects on one line, members in the order of the
// fields, NULL as null. It is used by one goroutine.
type Encoder struct {
	members []member
}

// member writes one key and its value.
type member struct {
	prefix []byte // `{"key":` or `,"key":`
	value  *writer
}

// NewEncoder makes an encoder of the given fields.
func NewEncoder(fields []catalog.Column, opts Options) (*Encoder, error) {
	e := &Encoder{}
	for _, f := range fields {
		w, err := newWriter(f.Type, opts)
		if err != nil {
			return nil, err
		}
		e.members = append(e.members, member{memberPrefix(f.Name, len(e.members)), w})
	}
	return e, nil
}

func memberPrefix(name string, i int) []byte {
	p := []byte{','}
	if i == 0 {
		p[0] = '{'
	}
	return append(AppendString(p, []byte(name)), ':')
}

// Encode appends the object of a row.
func (e *Encoder) Encode(dst []byte, b *exec.Batch, row int) ([]byte, error) {
	return appendObject(dst, e.members, b.Cols, row)
}

func appendObject(dst []byte, members []member, cols []*exec.Column, row int) ([]byte, error) {
	if len(members) == 0 {
		return append(dst, '{', '}'), nil
	}
	start := len(dst)
	for i := range members {
		m := &members[i]
		dst = append(dst, m.prefix...)
		var err error
		if dst, err = m.value.append(dst, cols[i], row); err != nil {
			return dst[:start], err
		}
	}
	return append(dst, '}'), nil
}

// writer writes values of one type.
type writer struct {
	kind    catalog.Kind
	scalar  *scalar.Writer // of a scalar, or the key of a MAP
	elem    *writer        // of ARRAY and MAP
	members []member       // of ROW
	key     []byte
}

func newWriter(t catalog.Type, opts Options) (*writer, error) {
	w := &writer{kind: t.Kind}
	var err error
	switch t.Kind {
	case catalog.Array:
		w.elem, err = newWriter(*t.Elem, opts)
	case catalog.Map:
		if err = mapKey(*t.Key); err == nil {
			w.scalar = scalar.NewWriter(*t.Key, opts.Timestamps)
			w.elem, err = newWriter(*t.Elem, opts)
		}
	case catalog.Row:
		for i, f := range t.Fields {
			v, err := newWriter(f.Type, opts)
			if err != nil {
				return nil, err
			}
			w.members = append(w.members, member{memberPrefix(f.Name, i), v})
		}
	default:
		w.scalar = scalar.NewWriter(t, opts.Timestamps)
	}
	return w, err
}

// mapKey refuses keys that a JSON object cannot have.
func mapKey(t catalog.Type) error {
	switch t.Kind {
	case catalog.Array, catalog.Map, catalog.Row, catalog.JSON:
		return sqlerr.New(sqlerr.FeatureNotSupported, "MAP with keys of type %s in format \"json\" is not supported", t)
	}
	return nil
}

func (w *writer) append(dst []byte, c *exec.Column, i int) ([]byte, error) {
	if c.IsNull(i) {
		return append(dst, "null"...), nil
	}
	switch w.kind {
	case catalog.Varchar:
		return AppendString(dst, c.Str(i)), nil
	case catalog.Boolean, catalog.SmallInt, catalog.Int, catalog.BigInt:
		return w.scalar.Append(dst, c, i), nil
	case catalog.JSON:
		return appendJSON(dst, c.Str(i)), nil
	case catalog.Row:
		return appendObject(dst, w.members, c.Kids, i)
	case catalog.Array:
		return w.array(dst, c, i)
	case catalog.Map:
		return w.dict(dst, c, i)
	}
	if w.scalar.Number(c, i) {
		return w.scalar.Append(dst, c, i), nil
	}
	dst = append(dst, '"') // no text of the types left needs escaping
	dst = w.scalar.Append(dst, c, i)
	return append(dst, '"'), nil
}

func (w *writer) array(dst []byte, c *exec.Column, i int) ([]byte, error) {
	dst = append(dst, '[')
	for j := c.Offs[i]; j < c.Offs[i+1]; j++ {
		if j > c.Offs[i] {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = w.elem.append(dst, c.Kids[0], int(j)); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func (w *writer) dict(dst []byte, c *exec.Column, i int) ([]byte, error) {
	dst = append(dst, '{')
	for j := c.Offs[i]; j < c.Offs[i+1]; j++ {
		if j > c.Offs[i] {
			dst = append(dst, ',')
		}
		if c.Kids[0].IsNull(int(j)) {
			return dst, sqlerr.New(sqlerr.DataException, "a MAP with a NULL key cannot be written as JSON")
		}
		w.key = w.scalar.Append(w.key[:0], c.Kids[0], int(j))
		dst = append(AppendString(dst, w.key), ':')
		var err error
		if dst, err = w.elem.append(dst, c.Kids[1], int(j)); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// appendJSON copies a JSON text and keeps it on one line: line ends in valid
// JSON are white space.
func appendJSON(dst, v []byte) []byte {
	n := len(dst)
	dst = append(dst, v...)
	if bytes.IndexByte(v, '\n') < 0 && bytes.IndexByte(v, '\r') < 0 {
		return dst
	}
	for i := n; i < len(dst); i++ {
		if dst[i] == '\n' || dst[i] == '\r' {
			dst[i] = ' '
		}
	}
	return dst
}
