package exec

import "github.com/penstock/penstock/internal/datum"

// Layout is how a column's values lie in memory. Several SQL types share one:
// SMALLINT, INT, BIGINT, DATE, TIME and the timestamps are Ints (range checks
// are the kernels'), REAL and DOUBLE are Floats, VARCHAR, BYTES and JSON are
// Strings.
type Layout uint8

// The layouts.
const (
	Bools Layout = iota
	Ints
	Floats
	Decimals
	Intervals
	Strings
	List   // Offs into Kids[0]
	Struct // one kid a field, all of the same length
	MapOf  // Offs into Kids[0] (keys) and Kids[1] (values)
)

// Bitmap holds a bit a row, least significant first; 1 means "has a value".
type Bitmap []uint64

// Get tells bit i.
func (b Bitmap) Get(i int) bool { return b[i>>6]>>(uint(i)&63)&1 != 0 }

// Set sets bit i.
func (b Bitmap) Set(i int) { b[i>>6] |= 1 << (uint(i) & 63) }

// Clear unsets bit i.
func (b Bitmap) Clear(i int) { b[i>>6] &^= 1 << (uint(i) & 63) }

// Column is one column of a Batch in Arrow's layout, held in plain slices:
// values side by side, strings as one buffer with n+1 offsets, a validity bit
// a row. Only the slice of its Layout is used. Where Nulls is false Valid is
// meaningless; the value under a NULL is unspecified.
//
// A column that an operator emits is not changed until Process returns; see
// Batch for who owns it.
type Column struct {
	Layout Layout
	Nulls  bool // some row may be NULL: look at Valid
	Valid  Bitmap
	Bool   []bool
	Int    []int64
	Float  []float64
	Dec    []datum.Decimal
	Ivl    []datum.Interval
	Offs   []int32 // Strings, List, MapOf: n+1 of them
	Data   []byte  // Strings
	Kids   []*Column
	n      int
	_      [24]byte // to 256: lanes on different cores write no common cache line
}

// NewColumn makes an empty column; kids are needed for List, Struct and MapOf.
func NewColumn(l Layout, kids ...*Column) *Column {
	c := &Column{Layout: l, Kids: kids}
	if l == Strings || l == List || l == MapOf {
		c.Offs = append(c.Offs, 0)
	}
	return c
}

// Len is the number of rows.
func (c *Column) Len() int { return c.n }

// SetLen says that n rows have been written straight into the slices. The
// slices must be that long (Offs one longer).
func (c *Column) SetLen(n int) { c.n = n }

// Reset empties the column and keeps its memory.
func (c *Column) Reset() {
	c.Nulls, c.n = false, 0
	c.Valid = c.Valid[:0]
	c.Bool, c.Int, c.Float, c.Dec, c.Ivl = c.Bool[:0], c.Int[:0], c.Float[:0], c.Dec[:0], c.Ivl[:0]
	c.Data = c.Data[:0]
	if c.Offs != nil {
		c.Offs = append(c.Offs[:0], 0)
	}
	for _, k := range c.Kids {
		k.Reset()
	}
}

// IsNull tells whether row i is NULL.
func (c *Column) IsNull(i int) bool { return c.Nulls && !c.Valid.Get(i) }

// Str gives the bytes of row i of a Strings column; they alias Data.
func (c *Column) Str(i int) []byte { return c.Data[c.Offs[i]:c.Offs[i+1]] }

// grow makes room for the validity bit of row n and sets it.
func (c *Column) valid(ok bool) {
	n := c.n
	c.n++
	if ok {
		if c.Nulls {
			if n>>6 >= len(c.Valid) {
				c.Valid = append(c.Valid, 0)
			}
			c.Valid.Set(n)
		}
		return
	}
	if !c.Nulls {
		c.MakeValid(n)
	}
	if n>>6 >= len(c.Valid) {
		c.Valid = append(c.Valid, 0)
	}
	c.Valid.Clear(n)
}

// MakeValid turns on Nulls with the first n rows valid.
func (c *Column) MakeValid(n int) {
	words := (n + 63) >> 6
	if cap(c.Valid) < words {
		c.Valid = make(Bitmap, words, words*2)
	}
	c.Valid = c.Valid[:words]
	for i := range c.Valid {
		c.Valid[i] = ^uint64(0)
	}
	c.Nulls = true
}

// AppendNull adds a NULL.
func (c *Column) AppendNull() {
	switch c.Layout {
	case Bools:
		c.Bool = append(c.Bool, false)
	case Ints:
		c.Int = append(c.Int, 0)
	case Floats:
		c.Float = append(c.Float, 0)
	case Decimals:
		c.Dec = append(c.Dec, datum.Decimal{})
	case Intervals:
		c.Ivl = append(c.Ivl, datum.Interval{})
	case Strings:
		c.Offs = append(c.Offs, int32(len(c.Data)))
	case List, MapOf:
		c.Offs = append(c.Offs, int32(c.Kids[0].n))
	case Struct:
		for _, k := range c.Kids {
			k.AppendNull()
		}
	}
	c.valid(false)
}

// AppendBool adds a value to a Bools column; the others likewise for theirs.
func (c *Column) AppendBool(v bool) { c.Bool = append(c.Bool, v); c.valid(true) }

// AppendInt adds an integer, date, time or timestamp.
func (c *Column) AppendInt(v int64) { c.Int = append(c.Int, v); c.valid(true) }

// AppendFloat adds a float.
func (c *Column) AppendFloat(v float64) { c.Float = append(c.Float, v); c.valid(true) }

// AppendDecimal adds a decimal.
func (c *Column) AppendDecimal(v datum.Decimal) { c.Dec = append(c.Dec, v); c.valid(true) }

// AppendInterval adds an interval.
func (c *Column) AppendInterval(v datum.Interval) { c.Ivl = append(c.Ivl, v); c.valid(true) }

// AppendBytes copies v into a Strings column.
func (c *Column) AppendBytes(v []byte) {
	c.Data = append(c.Data, v...)
	c.Offs = append(c.Offs, int32(len(c.Data)))
	c.valid(true)
}

// AppendString copies v into a Strings column.
func (c *Column) AppendString(v string) {
	c.Data = append(c.Data, v...)
	c.Offs = append(c.Offs, int32(len(c.Data)))
	c.valid(true)
}

// EndString closes a string whose bytes the caller has appended to Data.
func (c *Column) EndString() { c.Offs = append(c.Offs, int32(len(c.Data))); c.valid(true) }

// EndList closes a List or MapOf row whose elements were appended to the kids.
func (c *Column) EndList() { c.Offs = append(c.Offs, int32(c.Kids[0].n)); c.valid(true) }

// EndStruct closes a Struct row whose fields were appended to the kids.
func (c *Column) EndStruct() { c.valid(true) }

// AppendFrom copies row i of src, which has the same layout.
func (c *Column) AppendFrom(src *Column, i int) {
	if src.IsNull(i) {
		c.AppendNull()
		return
	}
	switch c.Layout {
	case Bools:
		c.AppendBool(src.Bool[i])
	case Ints:
		c.AppendInt(src.Int[i])
	case Floats:
		c.AppendFloat(src.Float[i])
	case Decimals:
		c.AppendDecimal(src.Dec[i])
	case Intervals:
		c.AppendInterval(src.Ivl[i])
	case Strings:
		c.AppendBytes(src.Str(i))
	case List, MapOf:
		for j := int(src.Offs[i]); j < int(src.Offs[i+1]); j++ {
			for k := range c.Kids {
				c.Kids[k].AppendFrom(src.Kids[k], j)
			}
		}
		c.EndList()
	case Struct:
		for k := range c.Kids {
			c.Kids[k].AppendFrom(src.Kids[k], i)
		}
		c.EndStruct()
	}
}

// Truncate drops the rows from n on.
func (c *Column) Truncate(n int) {
	if n >= c.n {
		return
	}
	c.n = n
	switch c.Layout {
	case Bools:
		c.Bool = c.Bool[:n]
	case Ints:
		c.Int = c.Int[:n]
	case Floats:
		c.Float = c.Float[:n]
	case Decimals:
		c.Dec = c.Dec[:n]
	case Intervals:
		c.Ivl = c.Ivl[:n]
	case Strings:
		c.Offs = c.Offs[:n+1]
		c.Data = c.Data[:c.Offs[n]]
	case List, MapOf:
		c.Offs = c.Offs[:n+1]
		for _, k := range c.Kids {
			k.Truncate(int(c.Offs[n]))
		}
	case Struct:
		for _, k := range c.Kids {
			k.Truncate(n)
		}
	}
	if c.Nulls {
		c.Valid = c.Valid[:(n+63)>>6]
	}
}

// Like makes an empty column of the same layout.
func (c *Column) Like() *Column {
	kids := make([]*Column, len(c.Kids))
	for i, k := range c.Kids {
		kids[i] = k.Like()
	}
	return NewColumn(c.Layout, kids...)
}
