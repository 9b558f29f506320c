package exec

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/penstock/penstock/internal/datum"
)

// Mixing constants and the multiply-fold step are those of wyhash
// (Wang Yi, public domain), whose 64×64→128 multiplication spreads well and costs 2 ns.
const (
	mix0 = 0xa0761d6478bd642f
	mix1 = 0xe7037ed1a0b428db
	mix2 = 0x8ebc6af09c88c6e3
)

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// HashUint64 hashes one word, going on from h.
func HashUint64(h, v uint64) uint64 { return fold(h^v^mix0, v^mix1) }

// HashBytes hashes a string, going on from h.
func HashBytes(h uint64, s []byte) uint64 {
	h ^= uint64(len(s)) * mix2
	for len(s) > 16 {
		h = fold(binary.LittleEndian.Uint64(s)^mix0, binary.LittleEndian.Uint64(s[8:])^h)
		s = s[16:]
	}
	var a, b uint64
	switch n := len(s); {
	case n >= 8:
		a, b = binary.LittleEndian.Uint64(s), binary.LittleEndian.Uint64(s[n-8:])
	case n >= 4:
		a, b = uint64(binary.LittleEndian.Uint32(s)), uint64(binary.LittleEndian.Uint32(s[n-4:]))
	case n > 0:
		a = uint64(s[0])<<16 | uint64(s[n>>1])<<8 | uint64(s[n-1])
	}
	return fold(a^mix1, b^h)
}

// HashFloat hashes a float so that -0 equals 0 and every NaN every other.
func HashFloat(h uint64, f float64) uint64 {
	switch {
	case f == 0:
		f = 0
	case f != f:
		f = math.NaN()
	}
	return HashUint64(h, math.Float64bits(f))
}

const nullHash = 0x9e3779b97f4a7c15

// HashRows computes a hash for each row that counts, in their order, over the
// key columns: equal keys (as GROUP BY sees them: NULL equals NULL, 1.0 equals 1.00) have
// equal hashes. dst is used again if it is large enough.
func HashRows(dst []uint64, b *Batch, keys []int) []uint64 {
	n := b.Rows()
	if cap(dst) < n {
		dst = make([]uint64, n)
	}
	dst = dst[:n]
	for i := range dst {
		dst[i] = mix2
	}
	for _, k := range keys {
		hashColumn(dst, b, b.Cols[k])
	}
	return dst
}

func hashColumn(dst []uint64, b *Batch, c *Column) {
	if !c.Nulls && b.Sel == nil {
		switch c.Layout {
		case Ints:
			for i := range dst {
				dst[i] = HashUint64(dst[i], uint64(c.Int[i]))
			}
			return
		case Strings:
			for i := range dst {
				dst[i] = HashBytes(dst[i], c.Str(i))
			}
			return
		}
	}
	for i := range dst {
		dst[i] = HashValue(dst[i], c, b.Row(i))
	}
}

// HashValue hashes row i of a column of any layout, going on from h.
func HashValue(h uint64, c *Column, i int) uint64 {
	if c.IsNull(i) {
		return HashUint64(h, nullHash)
	}
	switch c.Layout {
	case Bools:
		if c.Bool[i] {
			return HashUint64(h, 1)
		}
		return HashUint64(h, 2)
	case Ints:
		return HashUint64(h, uint64(c.Int[i]))
	case Floats:
		return HashFloat(h, c.Float[i])
	case Decimals:
		d := c.Dec[i].Normalize()
		return HashUint64(HashUint64(h, uint64(d.Hi)^uint64(d.Form)<<56), d.Lo^uint64(d.Scale)<<48)
	case Intervals:
		// Compared as PostgreSQL does: 30 days a month, 24 hours a day.
		// Whole days are moved out of the microseconds, so that the pair is the
		// same for equal intervals.
		v := c.Ivl[i]
		days, us := int64(v.Months)*30+int64(v.Days), v.Micros
		days, us = days+us/datum.MicrosPerDay, us%datum.MicrosPerDay
		if us < 0 {
			days, us = days-1, us+datum.MicrosPerDay
		}
		return HashUint64(HashUint64(h, uint64(days)), uint64(us))
	case Strings:
		return HashBytes(h, c.Str(i))
	case List, MapOf:
		for _, k := range c.Kids {
			for j := int(c.Offs[i]); j < int(c.Offs[i+1]); j++ {
				h = HashValue(h, k, j)
			}
		}
		return HashUint64(h, uint64(c.Offs[i+1]-c.Offs[i]))
	default:
		for _, k := range c.Kids {
			h = HashValue(h, k, i)
		}
		return h
	}
}
