package expr

import (
	"encoding/binary"
	"errors"
	"hash/maphash"
	"math"
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

func errOnePhase(fn string) error {
	return sqlerr.New(sqlerr.InternalError, "%s cannot be merged", fn)
}

// distinctAgg hands each value of a group to the aggregate once.
type distinctAgg struct {
	inner    exec.Aggregate
	keepNull bool // a NULL is a value, too
	set      *groupSet
	groups   []int32
	rows     []int32
}

func (a *distinctAgg) Resize(n int) { a.inner.Resize(n) }

func (a *distinctAgg) Reset() {
	a.inner.Reset()
	a.set.reset()
}

// Bytes is the memory of the sets and of the aggregate.
func (a *distinctAgg) Bytes() int64 { return a.set.bytes() + a.inner.(Sized).Bytes() }

func (a *distinctAgg) Update(groups []int32, args []*exec.Column, rows []int32) error {
	a.groups, a.rows = a.groups[:0], resized(a.rows, 1)[:0]
	for k, g := range groups {
		i := at(rows, k)
		if !a.keepNull && args[0].IsNull(i) {
			continue
		}
		if a.set.add(g, args, i) {
			a.groups, a.rows = append(a.groups, g), append(a.rows, int32(i))
		}
	}
	return a.feed(args)
}

// feed hands over the new values. All of them are in the set now, so a fault of
// one must not keep the others back.
func (a *distinctAgg) feed(args []*exec.Column) (first error) {
	groups, rows := a.groups, a.rows
	for {
		err := a.inner.Update(groups, args, rows)
		if first == nil {
			first = err
		}
		e, ok := errors.AsType[*exec.RowError](err)
		if !ok {
			return first
		}
		k := slices.Index(rows, int32(e.Row))
		if k < 0 {
			return first
		}
		groups, rows = groups[k+1:], rows[k+1:]
	}
}

func (a *distinctAgg) State() []exec.Layout            { return nil }
func (a *distinctAgg) AppendState([]*exec.Column, int) {}
func (a *distinctAgg) Merge([]int32, []*exec.Column, []int32) error {
	return errOnePhase("a DISTINCT aggregate")
}

func (a *distinctAgg) AppendResult(dst *exec.Column, g int) error {
	return a.inner.AppendResult(dst, g)
}

// groupSet is a set of pairs of a group and a value, by open addressing.
// Integers are kept as they are, other values as bytes in one arena.
type groupSet struct {
	ints  bool
	slots []setSlot
	n     int
	arena []byte
	key   []byte
	seed  maphash.Seed
}

type setSlot struct {
	hash uint64 // 0: free
	// v is the integer, or the place of the bytes in the arena.
	v     int64
	group int32
	size  int32
}

// minSlots is the size of the smallest table.
const minSlots = 64

func newGroupSet(types []catalog.Type) *groupSet {
	return &groupSet{ints: len(types) == 1 && exec.LayoutOf(types[0]) == exec.Ints, seed: maphash.MakeSeed()}
}

func (s *groupSet) reset() {
	clear(s.slots)
	s.n, s.arena = 0, s.arena[:0]
}

func (s *groupSet) bytes() int64 { return int64(cap(s.slots))*24 + int64(cap(s.arena)) }

// add tells whether the value was not there before. Only integers may take the
// short way, and a NULL among them does not.
func (s *groupSet) add(g int32, args []*exec.Column, i int) bool {
	if 4*(s.n+1) > 3*len(s.slots) {
		s.rehash()
	}
	if s.ints && !args[0].IsNull(i) {
		return s.addInt(g, args[0].Int[i])
	}
	s.key = s.key[:0]
	for _, a := range args {
		s.key = appendKey(s.key, a, i)
	}
	h := (maphash.Bytes(s.seed, s.key) ^ uint64(g)*0x9E3779B97F4A7C15) | 1
	mask := uint64(len(s.slots) - 1)
	for p := h >> 7 & mask; ; p = (p + 1) & mask {
		slot := &s.slots[p]
		switch {
		case slot.hash == 0:
			*slot = setSlot{hash: h, v: int64(len(s.arena)), group: g, size: int32(len(s.key))}
			s.arena = append(s.arena, s.key...)
			s.n++
			return true
		case slot.hash == h && slot.group == g && slot.size >= 0 && string(s.arena[slot.v:slot.v+int64(slot.size)]) == string(s.key):
			return false
		}
	}
}

func (s *groupSet) addInt(g int32, v int64) bool {
	h := uint64(v)*0x9E3779B97F4A7C15 ^ uint64(g)*0xC2B2AE3D27D4EB4F
	h ^= h >> 29
	h = h*0xBF58476D1CE4E5B9 | 1
	mask := uint64(len(s.slots) - 1)
	for p := h >> 7 & mask; ; p = (p + 1) & mask {
		slot := &s.slots[p]
		switch {
		case slot.hash == 0:
			*slot = setSlot{hash: h, v: v, group: g, size: -1}
			s.n++
			return true
		case slot.v == v && slot.group == g && slot.size < 0:
			return false
		}
	}
}

func (s *groupSet) rehash() {
	old := s.slots
	s.slots = make([]setSlot, max(2*len(old), minSlots))
	mask := uint64(len(s.slots) - 1)
	for _, slot := range old {
		if slot.hash == 0 {
			continue
		}
		p := slot.hash >> 7 & mask
		for s.slots[p].hash != 0 {
			p = (p + 1) & mask
		}
		s.slots[p] = slot
	}
}

// appendKey writes a value so that equal values, and no others, are the same
// bytes: -0 is 0, all NaN are one, decimals and intervals are normalised.
func appendKey(dst []byte, c *exec.Column, i int) []byte {
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
		return binary.LittleEndian.AppendUint64(dst, uint64(c.Int[i]))
	case exec.Floats:
		v := c.Float[i]
		switch {
		case v == 0:
			v = 0
		case v != v:
			v = math.NaN()
		}
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
	case exec.Decimals:
		d := c.Dec[i].Normalize()
		dst = binary.LittleEndian.AppendUint64(dst, uint64(d.Hi))
		dst = binary.LittleEndian.AppendUint64(dst, d.Lo)
		return append(dst, byte(d.Scale), byte(d.Form))
	case exec.Intervals:
		k := c.Ivl[i].Key()
		return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(dst, uint64(k.Hi)), k.Lo)
	case exec.Strings:
		s := c.Str(i)
		return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
	case exec.Struct:
		for _, kid := range c.Kids {
			dst = appendKey(dst, kid, i)
		}
		return dst
	}
	dst = binary.AppendUvarint(dst, uint64(c.Offs[i+1]-c.Offs[i]))
	for j := c.Offs[i]; j < c.Offs[i+1]; j++ {
		for _, kid := range c.Kids {
			dst = appendKey(dst, kid, int(j))
		}
	}
	return dst
}

// columnBytes is the memory that a column holds.
func columnBytes(c *exec.Column) int64 {
	n := int64(cap(c.Valid))*8 + int64(cap(c.Bool)) + int64(cap(c.Int)+cap(c.Float))*8 + int64(cap(c.Dec))*24 + int64(cap(c.Ivl))*16 +
		int64(cap(c.Offs))*4 + int64(cap(c.Data))
	for _, k := range c.Kids {
		n += columnBytes(k)
	}
	return n
}
