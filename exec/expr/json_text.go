package expr

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

func appendInt(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) }

// AppendJSON writes row row of c, a value of type t, as JSON in the way of
// PostgreSQL's to_json: times in ISO 8601 with a T, what JSON has no number for
// (NaN, the infinities) as a string, BYTES in hex, a NULL as null.
func AppendJSON(dst []byte, t catalog.Type, c *exec.Column, row int, zone *time.Location) []byte {
	if c.IsNull(row) {
		return append(dst, "null"...)
	}
	switch t.Kind {
	case catalog.Boolean:
		return strconv.AppendBool(dst, c.Bool[row])
	case catalog.SmallInt, catalog.Int, catalog.BigInt:
		return appendInt(dst, c.Int[row])
	case catalog.JSON:
		return append(dst, c.Str(row)...)
	case catalog.Varchar, catalog.Unknown:
		return appendJSONString(dst, c.Str(row))
	case catalog.Real, catalog.Double:
		if v := c.Float[row]; !math.IsNaN(v) && !math.IsInf(v, 0) {
			return AppendTextIn(dst, t, c, row, zone)
		}
	case catalog.Decimal:
		if c.Dec[row].Form == datum.Finite {
			return datum.AppendDecimal(dst, c.Dec[row])
		}
	case catalog.Timestamp, catalog.TimestampLTZ:
		dst = append(dst, '"')
		n := len(dst)
		dst = AppendTextIn(dst, t, c, row, zone)
		dst = isoTime(dst, n, t.Kind == catalog.TimestampLTZ)
		return append(dst, '"')
	case catalog.Array:
		dst = append(dst, '[')
		for i := c.Offs[row]; i < c.Offs[row+1]; i++ {
			if i > c.Offs[row] {
				dst = append(dst, ',')
			}
			dst = AppendJSON(dst, *t.Elem, c.Kids[0], int(i), zone)
		}
		return append(dst, ']')
	case catalog.Row:
		dst = append(dst, '{')
		for k, f := range t.Fields {
			if k > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendJSONString(dst, []byte(f.Name)), ':')
			dst = AppendJSON(dst, f.Type, c.Kids[k], row, zone)
		}
		return append(dst, '}')
	case catalog.Map:
		return appendJSONMap(dst, t, c, row, zone)
	}
	n := len(dst)
	dst = append(dst, '"')
	dst = AppendTextIn(dst, t, c, row, zone)
	text := string(dst[n+1:])
	return appendJSONString(dst[:n], []byte(text))
}

func appendJSONMap(dst []byte, t catalog.Type, c *exec.Column, row int, zone *time.Location) []byte {
	dst = append(dst, '{')
	for i := c.Offs[row]; i < c.Offs[row+1]; i++ {
		if i > c.Offs[row] {
			dst = append(dst, ',')
		}
		dst = append(appendJSONString(dst, AppendTextIn(nil, *t.Key, c.Kids[0], int(i), zone)), ':')
		dst = AppendJSON(dst, *t.Elem, c.Kids[1], int(i), zone)
	}
	return append(dst, '}')
}

// isoTime turns the blank in dst[n:] into a T, and the offset +00 into +00:00.
func isoTime(dst []byte, n int, zoned bool) []byte {
	for i := n; i < len(dst); i++ {
		if dst[i] == ' ' {
			dst[i] = 'T'
			break
		}
	}
	if k := len(dst) - 3; zoned && k > n && (dst[k] == '+' || dst[k] == '-') {
		dst = append(dst, ":00"...)
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// appendJSONString quotes a string. Bytes that are not UTF-8 become U+FFFD.
func appendJSONString(dst, s []byte) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		ch := s[i]
		switch {
		case ch >= 0x80:
			r, n := utf8.DecodeRune(s[i:])
			dst = utf8.AppendRune(dst, r)
			i += n
			continue
		case ch == '"' || ch == '\\':
			dst = append(dst, '\\', ch)
		case ch >= ' ':
			dst = append(dst, ch)
		case ch == '\n':
			dst = append(dst, '\\', 'n')
		case ch == '\r':
			dst = append(dst, '\\', 'r')
		case ch == '\t':
			dst = append(dst, '\\', 't')
		case ch == '\b':
			dst = append(dst, '\\', 'b')
		case ch == '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[ch>>4], hexDigits[ch&15])
		}
		i++
	}
	return append(dst, '"')
}
