package expr

import (
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

// AppendText writes row row of c, a value of type t that is not NULL, in
// PostgreSQL's text form: t and f, {a,"b c",NULL}, (a,"b c",). A MAP, which
// PostgreSQL does not have, is written as a JSON object. Instants are shown in UTC.
func AppendText(dst []byte, t catalog.Type, c *exec.Column, row int) []byte {
	return AppendTextIn(dst, t, c, row, time.UTC)
}

// AppendTextIn is AppendText with the time zone that instants are shown in.
func AppendTextIn(dst []byte, t catalog.Type, c *exec.Column, row int, zone *time.Location) []byte {
	switch t.Kind {
	case catalog.Boolean:
		return datum.AppendBool(dst, c.Bool[row])
	case catalog.SmallInt, catalog.Int, catalog.BigInt:
		return appendInt(dst, c.Int[row])
	case catalog.Real:
		return datum.AppendFloat4(dst, float32(c.Float[row]))
	case catalog.Double:
		return datum.AppendFloat8(dst, c.Float[row])
	case catalog.Decimal:
		return datum.AppendDecimal(dst, c.Dec[row])
	case catalog.Bytes:
		return datum.AppendBytea(dst, c.Str(row))
	case catalog.Date:
		return datum.AppendDate(dst, c.Int[row])
	case catalog.Time:
		return datum.AppendTime(dst, c.Int[row])
	case catalog.Timestamp:
		return datum.AppendTimestamp(dst, c.Int[row])
	case catalog.TimestampLTZ:
		_, offset := datum.LocalMicros(c.Int[row], zone)
		return datum.AppendTimestampTZ(dst, c.Int[row], offset)
	case catalog.Interval:
		return datum.AppendInterval(dst, c.Ivl[row])
	case catalog.Array:
		return appendArray(dst, *t.Elem, c.Kids[0], int(c.Offs[row]), int(c.Offs[row+1]), zone)
	case catalog.Row:
		return appendRow(dst, t, c, row, zone)
	case catalog.Map:
		return AppendJSON(dst, t, c, row, zone)
	}
	return append(dst, c.Str(row)...) // VARCHAR, JSON
}

func appendArray(dst []byte, elem catalog.Type, c *exec.Column, from, to int, zone *time.Location) []byte {
	dst = append(dst, '{')
	for i := from; i < to; i++ {
		if i > from {
			dst = append(dst, ',')
		}
		if c.IsNull(i) {
			dst = append(dst, "NULL"...)
			continue
		}
		n := len(dst)
		dst = AppendTextIn(dst, elem, c, i, zone)
		if elem.Kind != catalog.Array && arrayNeedsQuotes(dst[n:]) {
			dst = quoteIn(dst, n, '\\')
		}
	}
	return append(dst, '}')
}

func arrayNeedsQuotes(b []byte) bool {
	if len(b) == 0 || len(b) == 4 && b[0]|0x20 == 'n' && b[1]|0x20 == 'u' && b[2]|0x20 == 'l' && b[3]|0x20 == 'l' {
		return true
	}
	for _, ch := range b {
		switch ch {
		case '{', '}', ',', '"', '\\', ' ', '\t', '\n', '\r', '\v', '\f':
			return true
		}
	}
	return false
}

func appendRow(dst []byte, t catalog.Type, c *exec.Column, row int, zone *time.Location) []byte {
	dst = append(dst, '(')
	for k, f := range t.Fields {
		if k > 0 {
			dst = append(dst, ',')
		}
		if c.Kids[k].IsNull(row) {
			continue
		}
		n := len(dst)
		dst = AppendTextIn(dst, f.Type, c.Kids[k], row, zone)
		if rowNeedsQuotes(dst[n:]) {
			dst = quoteIn(dst, n, '"')
		}
	}
	return append(dst, ')')
}

func rowNeedsQuotes(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	for _, ch := range b {
		switch ch {
		case '(', ')', ',', '"', '\\', ' ', '\t', '\n', '\r', '\v', '\f':
			return true
		}
	}
	return false
}

// quoteIn puts dst[n:] in double quotes. A backslash within is doubled; a
// double quote has esc before it.
func quoteIn(dst []byte, n int, esc byte) []byte {
	extra := 2
	for _, ch := range dst[n:] {
		if ch == '"' || ch == '\\' {
			extra++
		}
	}
	r := len(dst) - 1
	for range extra {
		dst = append(dst, 0)
	}
	w := len(dst) - 1
	dst[w] = '"'
	for w--; r >= n; r-- {
		dst[w] = dst[r]
		w--
		switch dst[r] {
		case '"':
			dst[w] = esc
			w--
		case '\\':
			dst[w] = '\\'
			w--
		}
	}
	dst[n] = '"'
	return dst
}
