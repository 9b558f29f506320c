package render

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/exec/format"
)

// Renderer appends rows to a buffer. It is used by one goroutine, for one
// result.
type Renderer interface {
	// Head appends what stands before the first row.
	Head(dst []byte) []byte
	// Row appends one row, its line end included; row is a position in the
	// columns.
	Row(dst []byte, b *exec.Batch, row int) ([]byte, error)
	// Foot appends what stands behind the last of n rows.
	Foot(dst []byte, n int64) []byte
}

// NDJSON writes a JSON object a line. Columns whose name has been used get a
// number behind it, for an object cannot have a member twice.
func NDJSON(cols catalog.Schema) (Renderer, error) {
	f, err := format.Lookup("json")
	if err != nil {
		return nil, err
	}
	enc, err := f.NewEncoder(unique(cols), nil)
	if err != nil {
		return nil, err
	}
	return ndjson{enc}, nil
}

type ndjson struct{ enc format.Encoder }

func (n ndjson) Head(dst []byte) []byte { return dst }

func (n ndjson) Row(dst []byte, b *exec.Batch, row int) ([]byte, error) {
	dst, err := n.enc.Encode(dst, b, row)
	if err != nil {
		return dst, err
	}
	return append(dst, '\n'), nil
}

func (n ndjson) Foot(dst []byte, _ int64) []byte { return dst }

func unique(cols catalog.Schema) catalog.Schema {
	out := make(catalog.Schema, len(cols))
	seen := make(map[string]bool, len(cols))
	for i, c := range cols {
		name := c.Name
		for k := 2; seen[name]; k++ {
			name = c.Name + "_" + strconv.Itoa(k)
		}
		seen[name] = true
		out[i] = catalog.Column{Name: name, Type: c.Type}
	}
	return out
}

// CSV writes RFC 4180 with a header line and PostgreSQL's text of values. NULL is an
// empty field, the empty string a quoted one. Instants are shown in zone.
func CSV(cols catalog.Schema, zone *time.Location) Renderer { return &csv{cols: cols, zone: zone} }

type csv struct {
	cols catalog.Schema
	zone *time.Location
	text []byte
}

func (c *csv) Head(dst []byte) []byte {
	for i, col := range c.cols {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendField(dst, []byte(col.Name))
	}
	return append(dst, '\n')
}

func (c *csv) Row(dst []byte, b *exec.Batch, row int) ([]byte, error) {
	for i, col := range b.Cols {
		if i > 0 {
			dst = append(dst, ',')
		}
		if col.IsNull(row) {
			continue
		}
		c.text = expr.AppendTextIn(c.text[:0], c.cols[i].Type, col, row, c.zone)
		dst = appendField(dst, c.text)
	}
	return append(dst, '\n'), nil
}

func (c *csv) Foot(dst []byte, _ int64) []byte { return dst }

// appendField quotes a field where it must be.
func appendField(dst, s []byte) []byte {
	quote := len(s) == 0 || s[0] == ' ' || s[len(s)-1] == ' '
	for _, ch := range s {
		quote = quote || ch == ',' || ch == '"' || ch == '\n' || ch == '\r'
	}
	if !quote {
		return append(dst, s...)
	}
	dst = append(dst, '"')
	for _, ch := range s {
		if ch == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, ch)
	}
	return append(dst, '"')
}

// The bounds of a table's column. Rows of a stream cannot be measured before
// they come, so a column starts as wide as its type usually needs and grows with longer values.
const (
	minWidth = 4
	maxWidth = 60
)

// Table writes aligned columns for people, as psql does. Numbers stand on the
// right. It suits streams: a row is written as it comes, and a value wider than its column pushes
// the rest of its line, and widens the column for those that follow. Instants
// are shown in zone.
func Table(cols catalog.Schema, zone *time.Location) Renderer {
	t := &table{cols: cols, zone: zone, width: make([]int, len(cols)), text: make([][]byte, len(cols))}
	for i, c := range cols {
		t.width[i] = max(minWidth, utf8.RuneCountInString(c.Name), usual(c.Type))
	}
	return t
}

type table struct {
	cols  catalog.Schema
	zone  *time.Location
	width []int
	text  [][]byte
}

func usual(t catalog.Type) int {
	switch t.Kind {
	case catalog.Timestamp, catalog.TimestampLTZ:
		return 19
	case catalog.Date:
		return 10
	case catalog.BigInt, catalog.Decimal, catalog.Double:
		return 10
	case catalog.Varchar:
		return 19
	}
	return minWidth
}

func (t *table) Head(dst []byte) []byte {
	for i, c := range t.cols {
		if i > 0 {
			dst = append(dst, " |"...)
		}
		pad := t.width[i] - utf8.RuneCountInString(c.Name)
		dst = append(dst, strings.Repeat(" ", 1+pad/2)...)
		dst = append(dst, c.Name...)
		if i < len(t.cols)-1 {
			dst = append(dst, strings.Repeat(" ", pad-pad/2)...)
		}
	}
	dst = append(dst, '\n')
	for i := range t.cols {
		if i > 0 {
			dst = append(dst, '+')
		}
		dst = append(dst, strings.Repeat("-", t.width[i]+2)...)
	}
	return append(dst, '\n')
}

func (t *table) Row(dst []byte, b *exec.Batch, row int) ([]byte, error) {
	for i, c := range b.Cols {
		t.text[i] = t.text[i][:0]
		if !c.IsNull(row) {
			t.text[i] = expr.AppendTextIn(t.text[i], t.cols[i].Type, c, row, t.zone)
		}
		n := utf8.RuneCount(t.text[i])
		pad := max(0, t.width[i]-n)
		t.width[i] = max(t.width[i], min(n, maxWidth))
		if i > 0 {
			dst = append(dst, " |"...)
		}
		dst = append(dst, ' ')
		if t.cols[i].Type.IsNumeric() {
			dst = append(dst, strings.Repeat(" ", pad)...)
			pad = 0
		}
		dst = append(dst, t.text[i]...)
		if i < len(b.Cols)-1 {
			dst = append(dst, strings.Repeat(" ", pad)...)
		}
	}
	return append(dst, '\n'), nil
}

func (t *table) Foot(dst []byte, n int64) []byte {
	if n == 1 {
		return append(dst, "(1 row)\n\n"...)
	}
	return append(strconv.AppendInt(append(dst, '('), n, 10), " rows)\n\n"...)
}
