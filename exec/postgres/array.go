package postgres

import (
	"encoding/binary"
	"strconv"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// arrayDecoder reads arrays of one dimension.
func arrayDecoder(elem decoder, oid uint32) decoder {
	return func(c *exec.Column, b []byte) error {
		if len(b) < 12 || binary.BigEndian.Uint32(b[8:]) != oid {
			return errFormat()
		}
		dims := binary.BigEndian.Uint32(b)
		b = b[12:]
		if dims == 0 {
			c.EndList()
			return nil
		}
		if dims > 1 {
			return sqlerr.New(sqlerr.DatatypeMismatch, "the array has %d dimensions; arrays have one here", dims)
		}
		if len(b) < 8 {
			return errFormat()
		}
		n := int(binary.BigEndian.Uint32(b))
		b = b[8:] // the lower bound is not kept
		if n > len(b)/4 {
			return errFormat()
		}
		for range n {
			v, rest, ok := field(b)
			if !ok {
				return errFormat()
			}
			b = rest
			if v == nil {
				c.Kids[0].AppendNull()
			} else if err := elem(c.Kids[0], v); err != nil {
				return err
			}
		}
		if len(b) != 0 {
			return errFormat()
		}
		c.EndList()
		return nil
	}
}

// field takes a value with its length off b; nil is NULL. Not ok: b is too short.
func field(b []byte) (v, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, b, false
	}
	n := int32(binary.BigEndian.Uint32(b))
	b = b[4:]
	switch {
	case n == -1:
		return nil, b, true
	case n < 0 || int(n) > len(b):
		return nil, b, false
	}
	return b[:n:n], b[n:], true
}

// appendArray writes the values of the given rows as an array literal.
func appendArray(dst []byte, t catalog.Type, c *exec.Column, rows []int32) []byte {
	dst = append(dst, '{')
	for i, row := range rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		from := len(dst)
		dst = appendText(dst, t, c, int(row))
		dst = append(escape(dst, from), '"')
	}
	return append(dst, '}')
}

// escape puts a backslash before quotes and backslashes of dst[from:].
func escape(dst []byte, from int) []byte {
	more := 0
	for _, ch := range dst[from:] {
		if ch == '"' || ch == '\\' {
			more++
		}
	}
	if more == 0 {
		return dst
	}
	old := len(dst)
	dst = append(dst, make([]byte, more)...)
	for r, w := old-1, len(dst)-1; w > r; r-- {
		dst[w] = dst[r]
		w--
		if dst[r] == '"' || dst[r] == '\\' {
			dst[w] = '\\'
			w--
		}
	}
	return dst
}

// appendText writes a value in PostgreSQL's input syntax.
func appendText(dst []byte, t catalog.Type, c *exec.Column, i int) []byte {
	switch t.Kind {
	case catalog.Boolean:
		return datum.AppendBool(dst, c.Bool[i])
	case catalog.SmallInt, catalog.Int, catalog.BigInt:
		return strconv.AppendInt(dst, c.Int[i], 10)
	case catalog.Real, catalog.Double:
		return datum.AppendFloat8(dst, c.Float[i])
	case catalog.Decimal:
		return datum.AppendDecimal(dst, c.Dec[i])
	case catalog.Date:
		return datum.AppendDate(dst, c.Int[i])
	case catalog.Time:
		return datum.AppendTime(dst, c.Int[i])
	case catalog.Timestamp:
		return datum.AppendTimestamp(dst, c.Int[i])
	case catalog.TimestampLTZ:
		return datum.AppendTimestampTZ(dst, c.Int[i], 0)
	case catalog.Interval:
		return datum.AppendInterval(dst, c.Ivl[i])
	case catalog.Bytes:
		return datum.AppendBytea(dst, c.Str(i))
	}
	return append(dst, c.Str(i)...)
}
