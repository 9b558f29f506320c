package csv

import (
	"bytes"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Encoder writes rows as records without a line end. It is used by one
// goroutine.
type Encoder struct {
	opts    Options
	fields  []catalog.Column
	writers []*scalar.Writer
	scratch []byte
}

// NewEncoder makes an encoder of the given fields.
func NewEncoder(fields []catalog.Column, opts Options) (*Encoder, error) {
	e := &Encoder{opts: opts, fields: fields}
	for _, f := range fields {
		if _, err := newReader(f, opts); err != nil {
			return nil, err
		}
		e.writers = append(e.writers, scalar.NewWriter(f.Type, opts.Timestamps))
	}
	return e, nil
}

// Header appends the record that names the columns.
func (e *Encoder) Header(dst []byte) ([]byte, error) {
	start := len(dst)
	for i, f := range e.fields {
		if i > 0 {
			dst = append(dst, e.opts.Delimiter)
		}
		var err error
		if dst, err = e.field(dst, []byte(f.Name), i == 0); err != nil {
			return dst[:start], err
		}
	}
	return dst, nil
}

// Encode appends the record of a row.
func (e *Encoder) Encode(dst []byte, b *exec.Batch, row int) ([]byte, error) {
	start := len(dst)
	for i, w := range e.writers {
		if i > 0 {
			dst = append(dst, e.opts.Delimiter)
		}
		c := b.Cols[i]
		if c.IsNull(row) {
			dst = append(dst, e.opts.Null...)
			continue
		}
		var err error
		switch e.fields[i].Type.Kind {
		case catalog.Varchar, catalog.JSON:
			dst, err = e.field(dst, c.Str(row), i == 0)
		default:
			e.scratch = w.Append(e.scratch[:0], c, row)
			dst, err = e.field(dst, e.scratch, i == 0)
		}
		if err != nil {
			return dst[:start], scalar.Within("field", e.fields[i].Name, err)
		}
	}
	return dst, nil
}

// field appends a field, in quotes where it needs them: also where it would be
// read as NULL or, at the beginning of a line, as a comment or an empty line.
func (e *Encoder) field(dst, s []byte, first bool) ([]byte, error) {
	o := &e.opts
	special := string(s) == o.Null || first && (len(bytes.TrimSpace(s)) == 0 || s[0] == '#')
	for _, c := range s {
		special = special || c == o.Delimiter || c == '\n' || c == '\r' || c == o.Quote && o.Quote != 0 || c == o.Escape && o.Escape != 0
	}
	if !special {
		return append(dst, s...), nil
	}
	if o.Quote == 0 {
		if bytes.IndexByte(s, o.Delimiter) < 0 && bytes.IndexByte(s, '\n') < 0 && bytes.IndexByte(s, '\r') < 0 {
			return append(dst, s...), nil
		}
		return dst, sqlerr.New(sqlerr.DataException, "a value with a delimiter or line end cannot be written without quotes: %q", scalar.Excerpt(s))
	}
	dst = append(dst, o.Quote)
	for _, c := range s {
		switch {
		case c == o.Quote && o.Escape == 0:
			dst = append(dst, c)
		case c == o.Quote || c == o.Escape && o.Escape != 0:
			dst = append(dst, o.Escape)
		}
		dst = append(dst, c)
	}
	return append(dst, o.Quote), nil
}
