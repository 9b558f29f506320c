package raw

import (
	"bytes"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// check finds the one column of the format.
func check(fields []catalog.Column, least int) error {
	if len(fields) < least || len(fields) > 1 {
		return sqlerr.New(sqlerr.InvalidTableDefinition, "format \"raw\" needs exactly one column, not %d", len(fields)).
			Hint("declare a single VARCHAR or BYTES column beside metadata and computed columns")
	}
	for _, f := range fields {
		if k := f.Type.Kind; k != catalog.Varchar && k != catalog.Bytes {
			return sqlerr.New(sqlerr.DatatypeMismatch, "format \"raw\" cannot hold column %q of type %s", f.Name, f.Type).
				Hint("VARCHAR and BYTES can be held")
		}
	}
	return nil
}

// Decoder takes each record as the value of its one column.
type Decoder struct {
	fields []catalog.Column
}

// NewDecoder makes a decoder; without a field (nobody reads the column) it
// takes any record.
func NewDecoder(fields []catalog.Column) (*Decoder, error) {
	return &Decoder{fields: fields}, check(fields, 0)
}

// Append adds value as a row.
func (d *Decoder) Append(value []byte, cols []*exec.Column) error {
	if len(d.fields) == 0 {
		return nil
	}
	f := d.fields[0]
	if f.Type.Kind == catalog.Bytes {
		if f.Type.P > 0 && len(value) > f.Type.P {
			return sqlerr.New(sqlerr.StringTruncation, "field %q: value too long for type %s", f.Name, f.Type)
		}
		cols[0].AppendBytes(value)
		return nil
	}
	if !utf8.Valid(value) || bytes.IndexByte(value, 0) >= 0 {
		return sqlerr.New(sqlerr.BadByteSequence, "field %q: invalid byte sequence for encoding \"UTF8\": %s", f.Name, scalar.BadBytes(value))
	}
	if f.Type.P > 0 && len(value) > f.Type.P && utf8.RuneCount(value) > f.Type.P {
		return sqlerr.New(sqlerr.StringTruncation, "field %q: value too long for type character varying(%d)", f.Name, f.Type.P)
	}
	cols[0].AppendBytes(value)
	return nil
}

// Encoder writes the one column's bytes.
type Encoder struct{}

// NewEncoder makes an encoder.
func NewEncoder(fields []catalog.Column) (*Encoder, error) { return &Encoder{}, check(fields, 1) }

// Encode appends the value; NULL is the empty record.
func (e *Encoder) Encode(dst []byte, b *exec.Batch, row int) ([]byte, error) {
	if c := b.Cols[0]; !c.IsNull(row) {
		dst = append(dst, c.Str(row)...)
	}
	return dst, nil
}
