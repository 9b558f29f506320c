package lookup

import (
	"bytes"
	"math"
	"slices"
	"unsafe"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

// column is one column of a chunk, packed: integers are kept as distances from
// the smallest in as few bytes as the largest needs. It is never changed once made, and nothing
// in it points to a single row, so the collector walks none.
type column struct {
	layout exec.Layout
	width  uint8       // Ints: bytes of a value: 0 (all are base), 1, 2, 4, 8
	base   int64       // Ints: the smallest value
	valid  exec.Bitmap // nil: no NULLs
	b      []byte      // Ints of width 1; Bools as 0 and 1; the bytes of Strings
	w2     []uint16    // Ints of width 2
	w4     []uint32    // Ints of width 4; the n+1 offsets of Strings
	w8     []uint64    // Ints of width 8; the bits of Floats
	dec    []datum.Decimal
	ivl    []datum.Interval
	nested *exec.Column // List, Struct, MapOf
}

// pack makes a column of the n rows of src.
func pack(src *exec.Column, n int) column {
	c := column{layout: src.Layout}
	if src.Nulls {
		c.valid = slices.Clone(src.Valid[:(n+63)>>6])
	}
	switch src.Layout {
	case exec.Ints:
		c.packInts(src, n)
	case exec.Bools:
		c.b = make([]byte, n)
		for i, v := range src.Bool[:n] {
			if v {
				c.b[i] = 1
			}
		}
	case exec.Floats:
		c.w8 = make([]uint64, n)
		for i, v := range src.Float[:n] {
			c.w8[i] = math.Float64bits(v)
		}
	case exec.Decimals:
		c.dec = slices.Clone(src.Dec[:n])
	case exec.Intervals:
		c.ivl = slices.Clone(src.Ivl[:n])
	case exec.Strings:
		c.b = bytes.Clone(src.Data[:src.Offs[n]])
		c.w4 = make([]uint32, n+1)
		for i, o := range src.Offs[:n+1] {
			c.w4[i] = uint32(o)
		}
	default:
		c.nested = src.Like()
		c.nested.AppendColumn(src, nil, n)
	}
	return c
}

func (c *column) packInts(src *exec.Column, n int) {
	lo, hi := int64(math.MaxInt64), int64(math.MinInt64)
	for i, v := range src.Int[:n] {
		if !src.IsNull(i) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	if lo > hi { // NULLs alone
		return
	}
	c.base = lo
	far := func(i int) uint64 {
		if src.IsNull(i) {
			return 0
		}
		return uint64(src.Int[i]) - uint64(lo)
	}
	switch span := uint64(hi) - uint64(lo); {
	case span == 0:
	case span <= math.MaxUint8:
		c.width, c.b = 1, make([]byte, n)
		for i := range c.b {
			c.b[i] = byte(far(i))
		}
	case span <= math.MaxUint16:
		c.width, c.w2 = 2, make([]uint16, n)
		for i := range c.w2 {
			c.w2[i] = uint16(far(i))
		}
	case span <= math.MaxUint32:
		c.width, c.w4 = 4, make([]uint32, n)
		for i := range c.w4 {
			c.w4[i] = uint32(far(i))
		}
	default:
		c.width, c.w8 = 8, make([]uint64, n)
		for i := range c.w8 {
			c.w8[i] = far(i)
		}
	}
}

// int is value i of Ints; that of a NULL is unspecified.
func (c *column) int(i uint32) int64 {
	switch c.width {
	case 1:
		return c.base + int64(c.b[i])
	case 2:
		return c.base + int64(c.w2[i])
	case 4:
		return c.base + int64(c.w4[i])
	case 8:
		return c.base + int64(c.w8[i])
	}
	return c.base
}

// str is value i of Strings.
func (c *column) str(i uint32) []byte { return c.b[c.w4[i]:c.w4[i+1]] }

func (c *column) isNull(i uint32) bool { return c.valid != nil && !c.valid.Get(int(i)) }

// appendTo adds row i to dst.
func (c *column) appendTo(dst *exec.Column, i uint32) {
	if c.isNull(i) {
		dst.AppendNull()
		return
	}
	switch c.layout {
	case exec.Ints:
		dst.AppendInt(c.int(i))
	case exec.Bools:
		dst.AppendBool(c.b[i] != 0)
	case exec.Floats:
		dst.AppendFloat(math.Float64frombits(c.w8[i]))
	case exec.Decimals:
		dst.AppendDecimal(c.dec[i])
	case exec.Intervals:
		dst.AppendInterval(c.ivl[i])
	case exec.Strings:
		dst.AppendBytes(c.str(i))
	default:
		dst.AppendFrom(c.nested, int(i))
	}
}

// equals tells whether row i has the value of row j of a; NULL equals nothing,
// all NaN are equal, and so are 1.0 and 1.00.
func (c *column) equals(i uint32, a *exec.Column, j int) bool {
	if c.isNull(i) || a.IsNull(j) {
		return false
	}
	switch c.layout {
	case exec.Ints:
		return c.int(i) == a.Int[j]
	case exec.Strings:
		return string(c.str(i)) == string(a.Str(j))
	case exec.Bools:
		return c.b[i] != 0 == a.Bool[j]
	case exec.Floats:
		return sameFloat(math.Float64frombits(c.w8[i]), a.Float[j])
	case exec.Decimals:
		return c.dec[i].Cmp(a.Dec[j]) == 0
	case exec.Intervals:
		return sameInterval(c.ivl[i], a.Ivl[j])
	}
	return sameNested(c.nested, int(i), a, j)
}

func sameFloat(a, b float64) bool { return a == b || a != a && b != b }

// sameInterval compares as PostgreSQL does: 30 days a month, 24 hours a day.
func sameInterval(a, b datum.Interval) bool {
	parts := func(v datum.Interval) (days, us int64) {
		days, us = int64(v.Months)*30+int64(v.Days)+v.Micros/datum.MicrosPerDay, v.Micros%datum.MicrosPerDay
		if us < 0 {
			days, us = days-1, us+datum.MicrosPerDay
		}
		return days, us
	}
	ad, au := parts(a)
	bd, bu := parts(b)
	return ad == bd && au == bu
}

// sameNested compares values of any layout; within them NULL equals NULL.
func sameNested(a *exec.Column, i int, b *exec.Column, j int) bool {
	if a.IsNull(i) || b.IsNull(j) {
		return a.IsNull(i) && b.IsNull(j)
	}
	switch a.Layout {
	case exec.Bools:
		return a.Bool[i] == b.Bool[j]
	case exec.Ints:
		return a.Int[i] == b.Int[j]
	case exec.Floats:
		return sameFloat(a.Float[i], b.Float[j])
	case exec.Decimals:
		return a.Dec[i].Cmp(b.Dec[j]) == 0
	case exec.Intervals:
		return sameInterval(a.Ivl[i], b.Ivl[j])
	case exec.Strings:
		return string(a.Str(i)) == string(b.Str(j))
	case exec.Struct:
		for k := range a.Kids {
			if !sameNested(a.Kids[k], i, b.Kids[k], j) {
				return false
			}
		}
		return true
	}
	n := int(a.Offs[i+1] - a.Offs[i])
	if n != int(b.Offs[j+1]-b.Offs[j]) {
		return false
	}
	for k := range a.Kids {
		for x := range n {
			if !sameNested(a.Kids[k], int(a.Offs[i])+x, b.Kids[k], int(b.Offs[j])+x) {
				return false
			}
		}
	}
	return true
}

// holds tells whether the column's n rows are exactly those of src: unlike
// equals, 1.0 is not 1.00 and NULL is NULL.
func (c *column) holds(src *exec.Column, n int) bool {
	if src.Nulls != (c.valid != nil) {
		return false
	}
	if c.valid != nil {
		for i := range n {
			if c.valid.Get(i) != src.Valid.Get(i) {
				return false
			}
		}
	}
	switch c.layout {
	case exec.Ints:
		for i, v := range src.Int[:n] {
			if c.int(uint32(i)) != v && !src.IsNull(i) {
				return false
			}
		}
		return true
	case exec.Strings:
		for i, o := range src.Offs[:n+1] {
			if c.w4[i] != uint32(o) {
				return false
			}
		}
		return bytes.Equal(c.b, src.Data[:src.Offs[n]])
	case exec.Bools:
		for i, v := range src.Bool[:n] {
			if c.b[i] != 0 != v {
				return false
			}
		}
		return true
	case exec.Floats:
		for i, v := range src.Float[:n] {
			if c.w8[i] != math.Float64bits(v) {
				return false
			}
		}
		return true
	case exec.Decimals:
		return slices.Equal(c.dec, src.Dec[:n])
	case exec.Intervals:
		return slices.Equal(c.ivl, src.Ivl[:n])
	}
	return exactNested(c.nested, src, n)
}

// exactNested tells whether n rows are the same to the last bit.
func exactNested(a, b *exec.Column, n int) bool {
	for i := range n {
		if !sameNested(a, i, b, i) {
			return false
		}
	}
	// What sameNested takes for equal may still be written differently.
	return bytes.Equal(encodeColumn(nil, a, n), encodeColumn(nil, b, n))
}

// bytes is the memory that the column takes.
func (c *column) bytes() int64 {
	n := len(c.valid)*8 + len(c.b) + len(c.w2)*2 + len(c.w4)*4 + len(c.w8)*8 +
		len(c.dec)*int(unsafe.Sizeof(datum.Decimal{})) + len(c.ivl)*int(unsafe.Sizeof(datum.Interval{}))
	return int64(n) + int64(unsafe.Sizeof(*c)) + columnBytes(c.nested)
}

// columnBytes is the memory that the values of an unpacked column take.
func columnBytes(c *exec.Column) int64 {
	if c == nil {
		return 0
	}
	n := cap(c.Valid)*8 + cap(c.Bool) + cap(c.Int)*8 + cap(c.Float)*8 + cap(c.Offs)*4 + cap(c.Data) +
		cap(c.Dec)*int(unsafe.Sizeof(datum.Decimal{})) + cap(c.Ivl)*int(unsafe.Sizeof(datum.Interval{}))
	total := int64(n) + int64(unsafe.Sizeof(*c))
	for _, k := range c.Kids {
		total += columnBytes(k)
	}
	return total
}
