package json

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Decoder fills columns from JSON objects, one a record. Members that no field
// names are checked and passed over. It is used by one goroutine.
type Decoder struct {
	scanner *scanner
	fields  []*reader
	typed   []catalog.Column
	opts    Options
}

// NewDecoder makes a decoder of the given fields.
func NewDecoder(fields []catalog.Column, opts Options) (*Decoder, error) {
	d := &Decoder{typed: fields, opts: opts}
	keys := make([]string, len(fields))
	seen := map[string]bool{}
	for i, f := range fields {
		if seen[f.Name] {
			return nil, sqlerr.New(sqlerr.DuplicateColumn, "column %q specified more than once", f.Name)
		}
		seen[f.Name], keys[i] = true, f.Name
		r, err := newReader(f.Type, opts)
		if err != nil {
			return nil, err
		}
		d.fields = append(d.fields, r)
	}
	d.scanner = newScanner(keys)
	return d, nil
}

// Append adds the object in b as one row to cols.
func (d *Decoder) Append(b []byte, cols []*exec.Column) error {
	if len(b) > scalar.LongRecord {
		if err := scalar.Room(cols, len(b)); err != nil {
			return err
		}
	}
	if !d.scanner.scan(b) {
		return diagnose(b)
	}
	if len(cols) == 0 {
		return nil
	}
	rows := cols[0].Len()
	for i, r := range d.fields {
		if err := r.append(cols[i], b, d.scanner.vals[i]); err != nil {
			for _, c := range cols[:i+1] {
				scalar.Rollback(c, rows)
			}
			return scalar.Within("field", d.typed[i].Name, err)
		}
	}
	return nil
}

// reader appends values of one type.
type reader struct {
	typ     catalog.Type
	scalar  *scalar.Reader // nil for ROW, ARRAY, MAP
	emptyOK bool           // an empty text is a value, not NULL
	keys    names          // of a ROW
	kids    []*reader      // ROW: fields; ARRAY: element; MAP: key, value
	vals    []value        // members of the ROW under way, one a key
	pairs   []entry        // members of the MAP under way
	scratch []byte         // unescaped text
	_       [56]byte       // as cacheLine says
}

func newReader(t catalog.Type, opts Options) (*reader, error) {
	r := &reader{typ: t, emptyOK: !opts.EmptyStringAsNull}
	var kids []catalog.Type
	switch t.Kind {
	case catalog.Array:
		kids = append(kids, *t.Elem)
	case catalog.Map:
		if err := mapKey(*t.Key); err != nil {
			return nil, err
		}
		kids = append(kids, *t.Key, *t.Elem)
	case catalog.Row:
		for _, f := range t.Fields {
			r.keys = append(r.keys, []byte(f.Name))
			kids = append(kids, f.Type)
		}
	case catalog.Varchar, catalog.Bytes, catalog.JSON:
		r.emptyOK = true
		fallthrough
	default:
		var err error
		r.scalar, err = scalar.NewReader(t, opts.Timestamps)
		return r, err
	}
	r.vals = make([]value, len(r.keys))
	for _, k := range kids {
		kid, err := newReader(k, opts)
		if err != nil {
			return nil, err
		}
		r.kids = append(r.kids, kid)
	}
	if t.Kind == catalog.Map {
		r.kids[0].emptyOK = true // a key is there, so it cannot be NULL
	}
	return r, nil
}
