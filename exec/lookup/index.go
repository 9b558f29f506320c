package lookup

import (
	"math/bits"
	"runtime"
	"slices"

	"github.com/penstock/penstock/exec"
)

// The shape of an index. A segment begins with room for segmentKeys keys at a load of at most
// five eighths and grows by itself; versions share the segments that no change touched.
const (
	segmentSlots = 4096
	segmentKeys  = segmentSlots * 5 / 8
	minSlots     = 16
)

// BurstRows is how many rows a load or the building of an index handles before
// it lets other goroutines of its core run: some tens of microseconds.
const BurstRows = 512

// index finds rows by their values in a set of columns: open addressing with
// linear probing, in segments. A slot is the low half of the key's hash, which is
// its tag and says where it belongs, and the row's number plus one; 0 is free. The high
// bits of the hash choose the segment. It holds no pointer to a row.
type index struct {
	columns []int // ascending
	segs    [][]uint64
	used    []int32 // keys a segment holds
	shift   uint8
	// next, by chunk, links rows of equal keys in the order they were loaded:
	// the number of the next row plus one. Nil where no row of the chunk has a next.
	next [][]uint32
	keys int64
	// owned are the segments that may be written to, while the index is made.
	owned []bool
}

// newIndex makes an empty index for rows; where each has a key of its own
// (unique) the room for them is made at once.
func newIndex(columns []int, rows int64, unique bool) *index {
	n := 1
	for int64(n)*segmentKeys < rows {
		n *= 2
	}
	ix := &index{columns: columns, segs: make([][]uint64, n), used: make([]int32, n), owned: make([]bool, n), shift: uint8(64 - bits.Len(uint(n-1)))}
	slots := minSlots
	for unique && slots < segmentSlots && int64(slots)*5/8 < rows/int64(n)+1 {
		slots *= 2
	}
	for i := range ix.segs {
		ix.segs[i], ix.owned[i] = make([]uint64, slots), true
	}
	return ix
}

// bytes is the memory that the index takes.
func (ix *index) bytes() int64 {
	n := 0
	for _, s := range ix.segs {
		n += len(s)*8 + 24 + 5
	}
	for _, l := range ix.next {
		n += len(l)*4 + 24
	}
	return int64(n)
}

// finder tells whether the key of a stored row is the one asked for.
type finder interface{ is(id uint32) bool }

// rowKey is the key of row j of keys, to be compared with rows of chunks.
type rowKey struct {
	chunks  []*chunk
	columns []int
	keys    []*exec.Column
	j       int
}

func (r *rowKey) is(id uint32) bool {
	c := r.chunks[id>>rowBits]
	for k, col := range r.columns {
		if !c.cols[col].equals(id&(ChunkRows-1), r.keys[k], r.j) {
			return false
		}
	}
	return true
}

// seek finds the slot of a key in the segment of its hash: where it is, or the
// free slot where it would be.
func (ix *index) seek(h uint64, key finder) (seg int, slot uint32) {
	seg = int(h >> ix.shift)
	s := ix.segs[seg]
	mask := uint32(len(s) - 1)
	tag := uint32(h)
	for at := tag & mask; ; at = (at + 1) & mask {
		v := s[at]
		if v == 0 || uint32(v>>32) == tag && key.is(uint32(v)-1) {
			return seg, at
		}
	}
}

// get gives the row of a key (the first of several), or false.
func (ix *index) get(h uint64, key finder) (uint32, bool) {
	seg, at := ix.seek(h, key)
	v := ix.segs[seg][at]
	return uint32(v) - 1, v != 0
}

// put gives the slot of a key to row id, and returns the row that had it plus
// one, 0: none. Without replace that row keeps it.
func (ix *index) put(h uint64, id uint32, key finder, replace bool) uint32 {
	seg, at := ix.seek(h, key)
	old := uint32(ix.segs[seg][at])
	if old != 0 && !replace {
		return old
	}
	ix.own(seg)
	ix.segs[seg][at] = h<<32 | uint64(id+1) // the tag is the low half of h
	if old == 0 {
		ix.keys++
		if ix.used[seg]++; int(ix.used[seg])*8 > len(ix.segs[seg])*5 {
			ix.grow(seg)
		}
	}
	return old
}

// own makes a segment the index's own before it is written to.
func (ix *index) own(seg int) {
	if !ix.owned[seg] {
		ix.segs[seg], ix.owned[seg] = slices.Clone(ix.segs[seg]), true
	}
}

func (ix *index) grow(seg int) {
	old := ix.segs[seg]
	s := make([]uint64, 2*len(old))
	mask := uint32(len(s) - 1)
	for _, v := range old {
		if v == 0 {
			continue
		}
		at := uint32(v>>32) & mask
		for s[at] != 0 {
			at = (at + 1) & mask
		}
		s[at] = v
	}
	ix.segs[seg] = s
}

// remove takes row id out of the slot of its hash. It tells whether it was there.
func (ix *index) remove(h uint64, id uint32) bool {
	seg := int(h >> ix.shift)
	s := ix.segs[seg]
	mask := uint32(len(s) - 1)
	at := uint32(h) & mask
	for ; uint32(s[at]) != id+1; at = (at + 1) & mask {
		if s[at] == 0 {
			return false
		}
	}
	ix.own(seg)
	s = ix.segs[seg]
	// Slots behind that belong at or before the free one move up.
	for to := (at + 1) & mask; s[to] != 0; to = (to + 1) & mask {
		if home := uint32(s[to]>>32) & mask; (to-home)&mask >= (to-at)&mask {
			s[at] = s[to]
			at = to
		}
	}
	s[at] = 0
	ix.used[seg]--
	ix.keys--
	return true
}

// edit makes a copy that shares the segments until they are written to.
func (ix *index) edit() *index {
	c := *ix
	c.segs, c.used, c.owned = slices.Clone(ix.segs), slices.Clone(ix.used), make([]bool, len(ix.segs))
	return &c
}

// cramped tells that the index has many more keys than it was made for, so that
// editing it copies too much.
func (ix *index) cramped() bool { return ix.keys > 4*segmentKeys*int64(len(ix.segs)) }

// keyScratch is room for the keys of a chunk.
type keyScratch struct {
	keys   []*exec.Column
	hashes []uint64
}

func newKeyScratch(like []*exec.Column, columns []int) *keyScratch {
	s := &keyScratch{keys: make([]*exec.Column, len(columns)), hashes: make([]uint64, ChunkRows)}
	for i, c := range columns {
		s.keys[i] = like[c].Like()
	}
	return s
}

// load reads the keys of a chunk and their hashes.
func (s *keyScratch) load(c *chunk, columns []int) []uint64 {
	c.unpack(s.keys, columns)
	hashes := s.hashes[:c.n]
	for from := 0; from < c.n; from += BurstRows {
		hashKeys(hashes[from:min(from+BurstRows, c.n)], s.keys, from, seed)
	}
	return hashes
}

// buildIndex makes an index of all live rows of v. It goes from the last row
// to the first, so that the first of equal keys ends up in front. With later, a row whose key a
// later row has is not linked but handed to it.
func buildIndex(v *version, like []*exec.Column, columns []int, later func(id uint32)) *index {
	ix := newIndex(columns, v.rows, later != nil)
	s := newKeyScratch(like, columns)
	key := &rowKey{chunks: v.chunks, columns: columns, keys: s.keys}
	for o := len(v.order) - 1; o >= 0; o-- {
		ci := v.order[o]
		c := v.chunks[ci]
		hashes := s.load(c, columns)
		dead := v.deadOf(ci)
		for i := c.n - 1; i >= 0; i-- {
			if i%BurstRows == 0 {
				runtime.Gosched()
			}
			if dead != nil && dead.Get(i) || anyNull(s.keys, i) {
				continue
			}
			key.j = i
			id := ci<<rowBits | uint32(i)
			switch old := ix.put(hashes[i], id, key, later == nil); {
			case old == 0:
			case later != nil:
				later(id)
			default:
				ix.link(v, id, old)
			}
		}
	}
	ix.owned = nil
	return ix
}

// link says that the row with number next-1 follows row id.
func (ix *index) link(v *version, id, next uint32) {
	if ix.next == nil {
		ix.next = make([][]uint32, len(v.chunks))
	}
	c := id >> rowBits
	if ix.next[c] == nil {
		ix.next[c] = make([]uint32, v.chunks[c].n)
	}
	ix.next[c][id&(ChunkRows-1)] = next
}

// after gives the row that follows id among those of its key, plus one; 0: none.
func (ix *index) after(id uint32) uint32 {
	if c := id >> rowBits; int(c) < len(ix.next) && ix.next[c] != nil {
		return ix.next[c][id&(ChunkRows-1)]
	}
	return 0
}
