package csv

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Decoder fills columns from records. It is used by one goroutine.
type Decoder struct {
	scanner scanner
	opts    Options
	want    []column
	names   []string // of the record's fields, for messages
	expect  int      // number of fields; -1 before a header
	null    []byte
	scratch []byte
}

// column is a wanted column.
type column struct {
	name   string
	at     int // its place in the record
	reader *scalar.Reader
}

// NewDecoder makes a decoder of the fields want, in records that hold those of
// all, in that order; with opts.Header the order is what Header says.
func NewDecoder(all, want []catalog.Column, opts Options) (*Decoder, error) {
	d := &Decoder{scanner: newScanner(&opts), opts: opts, expect: len(all), null: []byte(opts.Null)}
	for _, f := range all {
		d.names = append(d.names, f.Name)
	}
	for _, f := range want {
		at := slices.Index(d.names, f.Name)
		if at < 0 {
			return nil, sqlerr.New(sqlerr.UndefinedColumn, "column %q does not exist in the records", f.Name)
		}
		r, err := newReader(f, opts)
		if err != nil {
			return nil, err
		}
		d.want = append(d.want, column{f.Name, at, r})
	}
	if opts.Header {
		d.expect = -1
	}
	return d, nil
}

func newReader(f catalog.Column, opts Options) (*scalar.Reader, error) {
	switch f.Type.Kind {
	case catalog.Row, catalog.Array, catalog.Map:
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "column %q of type %s in format \"csv\" is not supported", f.Name, f.Type)
	}
	return scalar.NewReader(f.Type, opts.Timestamps)
}

// Header takes the record that names the fields.
func (d *Decoder) Header(b []byte) error {
	if bad := d.scan(b); bad != nil {
		return bad
	}
	d.names = d.names[:0]
	for _, f := range d.scanner.fields {
		d.names = append(d.names, string(d.text(b, f)))
	}
	for i := range d.want {
		w := &d.want[i]
		if w.at = slices.Index(d.names, w.name); w.at < 0 {
			return sqlerr.New(sqlerr.UndefinedColumn, "the header has no column %q", w.name).Hint("it has: %s", strings.Join(d.names, ", "))
		}
	}
	d.expect = len(d.names)
	return nil
}

// scan cuts the record and looks at its characters.
func (d *Decoder) scan(b []byte) error {
	if bad := d.scanner.scan(b); bad >= 0 {
		if bad > 0 && len(d.scanner.fields) > 0 && b[bad] != d.scanner.quote {
			return sqlerr.New(sqlerr.InvalidTextRepresentation, "expected a delimiter behind the closing quote at byte %d", bad+1).WithDetail("record: %s", scalar.Excerpt(b))
		}
		return sqlerr.New(sqlerr.InvalidTextRepresentation, "unterminated CSV quoted field").WithDetail("record: %s", scalar.Excerpt(b))
	}
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return sqlerr.New(sqlerr.BadByteSequence, "invalid byte sequence for encoding \"UTF8\": %s", scalar.BadBytes(b))
	}
	return nil
}

// Append adds the record in b as one row to cols.
func (d *Decoder) Append(b []byte, cols []*exec.Column) error {
	if len(b) > scalar.LongRecord {
		if err := scalar.Room(cols, len(b)); err != nil {
			return err
		}
	}
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b = bytes.TrimSuffix(b[:n-1], []byte("\r"))
	}
	if err := d.scan(b); err != nil {
		return err
	}
	if n := len(d.scanner.fields); n != d.expect {
		return d.miscounted(n)
	}
	if len(cols) == 0 {
		return nil
	}
	rows := cols[0].Len()
	for i := range d.want {
		w := &d.want[i]
		f := d.scanner.fields[w.at]
		s := b[f.s:f.e]
		if !f.quoted && bytes.Equal(s, d.null) {
			cols[i].AppendNull()
			continue
		}
		if f.folded {
			s = d.text(b, f)
		}
		if err := w.reader.Text(cols[i], s); err != nil {
			scalar.RollbackAll(cols[:i+1], rows)
			return scalar.Within("field", w.name, err)
		}
	}
	return nil
}

// text gives the text of a field, valid until the next call.
func (d *Decoder) text(b []byte, f field) []byte {
	if !f.folded {
		return b[f.s:f.e]
	}
	d.scratch = d.scanner.unfold(d.scratch[:0], b[f.s:f.e])
	return d.scratch
}

func (d *Decoder) miscounted(n int) error {
	switch {
	case d.expect < 0:
		return sqlerr.New(sqlerr.InvalidTextRepresentation, "no header has told the columns")
	case n < d.expect:
		return sqlerr.New(sqlerr.InvalidTextRepresentation, "missing data for column %q", d.names[n]).
			WithDetail("The record has %d fields, not %d.", n, d.expect)
	}
	return sqlerr.New(sqlerr.InvalidTextRepresentation, "extra data after last expected column").
		WithDetail("The record has %d fields, not %d.", n, d.expect)
}
