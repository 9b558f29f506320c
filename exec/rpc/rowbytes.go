package rpc

import (
	"encoding/binary"
	"math"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

// A kept answer is its rows, one behind the other, each the values of the columns
// in order: a byte 0 for NULL or 1 and the value. Only this process reads it.

// appendRow adds row i of cols.
func appendRow(dst []byte, cols []*exec.Column, i int) []byte {
	dst = append(dst, 1) // so that a row without columns leaves something
	for _, c := range cols {
		dst = appendDatum(dst, c, i)
	}
	return dst
}

func appendDatum(dst []byte, c *exec.Column, i int) []byte {
	if c.IsNull(i) {
		return append(dst, 0)
	}
	dst = append(dst, 1)
	switch c.Layout {
	case exec.Bools:
		if c.Bool[i] {
			return append(dst, 1)
		}
		return append(dst, 0)
	case exec.Ints:
		return binary.AppendVarint(dst, c.Int[i])
	case exec.Floats:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(c.Float[i]))
	case exec.Decimals:
		d := c.Dec[i]
		dst = binary.LittleEndian.AppendUint64(dst, uint64(d.Hi))
		dst = binary.LittleEndian.AppendUint64(dst, d.Lo)
		dst = binary.LittleEndian.AppendUint16(dst, uint16(d.Scale))
		return append(dst, byte(d.Form))
	case exec.Intervals:
		v := c.Ivl[i]
		dst = binary.AppendVarint(dst, int64(v.Months))
		dst = binary.AppendVarint(dst, int64(v.Days))
		return binary.AppendVarint(dst, v.Micros)
	case exec.Strings:
		s := c.Str(i)
		return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
	case exec.List:
		lo, hi := int(c.Offs[i]), int(c.Offs[i+1])
		dst = binary.AppendUvarint(dst, uint64(hi-lo))
		for j := lo; j < hi; j++ {
			dst = appendDatum(dst, c.Kids[0], j)
		}
	}
	return dst
}

// readRow adds one row to cols and gives what follows it.
func readRow(b []byte, cols []*exec.Column) []byte {
	b = b[1:]
	for _, c := range cols {
		b = readDatum(b, c)
	}
	return b
}

func readDatum(b []byte, c *exec.Column) []byte {
	if b[0] == 0 {
		c.AppendNull()
		return b[1:]
	}
	b = b[1:]
	switch c.Layout {
	case exec.Bools:
		c.AppendBool(b[0] == 1)
		return b[1:]
	case exec.Ints:
		v, n := binary.Varint(b)
		c.AppendInt(v)
		return b[n:]
	case exec.Floats:
		c.AppendFloat(math.Float64frombits(binary.LittleEndian.Uint64(b)))
		return b[8:]
	case exec.Decimals:
		c.AppendDecimal(datum.Decimal{Hi: int64(binary.LittleEndian.Uint64(b)), Lo: binary.LittleEndian.Uint64(b[8:]),
			Scale: int16(binary.LittleEndian.Uint16(b[16:])), Form: datum.Form(b[18])})
		return b[19:]
	case exec.Intervals:
		var v datum.Interval
		months, n := binary.Varint(b)
		days, m := binary.Varint(b[n:])
		micros, k := binary.Varint(b[n+m:])
		v.Months, v.Days, v.Micros = int32(months), int32(days), micros
		c.AppendInterval(v)
		return b[n+m+k:]
	case exec.Strings:
		size, n := binary.Uvarint(b)
		c.AppendBytes(b[n : n+int(size)])
		return b[n+int(size):]
	case exec.List:
		size, n := binary.Uvarint(b)
		b = b[n:]
		for range size {
			b = readDatum(b, c.Kids[0])
		}
		c.EndList()
	}
	return b
}
