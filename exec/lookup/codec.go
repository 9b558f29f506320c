package lookup

import (
	"encoding/binary"
	"math"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Values as bytes, for rows of a partial cache and for snapshots on disk: 0 for
// NULL, or 1 and the value; integers are varints.

// encodeValue appends row i of c to dst.
func encodeValue(dst []byte, c *exec.Column, i int) []byte {
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
		return append(dst, byte(d.Scale), byte(d.Form))
	case exec.Intervals:
		v := c.Ivl[i]
		dst = binary.AppendVarint(dst, int64(v.Months))
		dst = binary.AppendVarint(dst, int64(v.Days))
		return binary.AppendVarint(dst, v.Micros)
	case exec.Strings:
		s := c.Str(i)
		return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
	case exec.List, exec.MapOf:
		from, to := int(c.Offs[i]), int(c.Offs[i+1])
		dst = binary.AppendUvarint(dst, uint64(to-from))
		for j := from; j < to; j++ {
			for _, k := range c.Kids {
				dst = encodeValue(dst, k, j)
			}
		}
	case exec.Struct:
		for _, k := range c.Kids {
			dst = encodeValue(dst, k, i)
		}
	}
	return dst
}

// encodeKey appends row i of c so that equal values (1.0 and 1.00, -0 and 0)
// have equal bytes.
func encodeKey(dst []byte, c *exec.Column, i int) []byte {
	switch {
	case c.IsNull(i):
	case c.Layout == exec.Floats:
		f := c.Float[i]
		switch {
		case f == 0:
			f = 0
		case f != f:
			f = math.NaN()
		}
		return binary.LittleEndian.AppendUint64(append(dst, 1), math.Float64bits(f))
	case c.Layout == exec.Decimals:
		one := exec.NewColumn(exec.Decimals)
		one.AppendDecimal(c.Dec[i].Normalize())
		return encodeValue(dst, one, 0)
	}
	return encodeValue(dst, c, i)
}

// encodeColumn appends the n values of c to dst.
func encodeColumn(dst []byte, c *exec.Column, n int) []byte {
	for i := range n {
		dst = encodeValue(dst, c, i)
	}
	return dst
}

// decoder reads values; the first fault sticks, and from then on it reads zeros.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return nil
	}
	v := d.b[:n]
	d.b = d.b[n:]
	return v
}

func (d *decoder) byte() byte {
	if b := d.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) word() uint64 {
	if b := d.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) int() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return v
}

// value reads a value into dst.
func (d *decoder) value(dst *exec.Column) {
	if d.byte() == 0 {
		dst.AppendNull()
		return
	}
	switch dst.Layout {
	case exec.Bools:
		dst.AppendBool(d.byte() != 0)
	case exec.Ints:
		dst.AppendInt(d.int())
	case exec.Floats:
		dst.AppendFloat(math.Float64frombits(d.word()))
	case exec.Decimals:
		v := datum.Decimal{Hi: int64(d.word()), Lo: d.word()}
		v.Scale, v.Form = int16(d.byte()), datum.Form(d.byte())
		if v.Scale > datum.MaxScale || v.Form > datum.NegInf {
			d.bad, v = true, datum.Decimal{}
		}
		dst.AppendDecimal(v)
	case exec.Intervals:
		dst.AppendInterval(datum.Interval{Months: int32(d.int()), Days: int32(d.int()), Micros: d.int()})
	case exec.Strings:
		dst.AppendBytes(d.take(d.uint()))
	case exec.List, exec.MapOf:
		for n := d.uint(); n > 0 && !d.bad; n-- {
			for _, k := range dst.Kids {
				d.value(k)
			}
		}
		dst.EndList()
	case exec.Struct:
		for _, k := range dst.Kids {
			d.value(k)
		}
		dst.EndStruct()
	}
}

// err is the fault met, if any.
func (d *decoder) err() error {
	if d.bad {
		return sqlerr.New(sqlerr.DataCorrupted, "a stored row of a lookup table is damaged")
	}
	return nil
}
