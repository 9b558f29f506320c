package op

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"

	"github.com/penstock/penstock/exec"
)

// chunk is how many rows are hashed, touched and found at a time: their probes
// stay in the first-level cache, and their cache misses overlap.
const chunk = 256

// inlineBytes is the longest key that is kept in the slot itself.
const inlineBytes = 24

// touchFrom is the number of slots from which a table is read ahead: 32 KB and
// less stay in the first-level cache anyway.
const touchFrom = 1 << 10

// probe is the key of a row, ready to be looked up. Keys of up to inlineBytes
// stand in k; of longer ones k[0] is the hash and the bytes are elsewhere.
// tag keeps keys of equal words apart: length+1 of bytes (0 is NULL), or the NULLs among words.
type probe struct {
	k   [3]uint64
	h   uint64
	tag uint32
}

// slot is a place of the table: a group's key and number.
type slot struct {
	k     [3]uint64 // as in probe; for long keys hash, arena offset, 0
	tag   uint32
	group uint32 // plus one; 0: free
}

// table numbers distinct keys from 0 in the order they come: open addressing
// with linear probing over slots without pointers.
type table struct {
	slots []slot
	n     int
	arena []byte // bytes of long keys
}

// The hash is seeded a process, so that nobody can choose keys that collide.
var seed0, seed1, seed2 = rand.Uint64() | 1, rand.Uint64() | 1, rand.Uint64() | 1

// hashWords is the hash of an inline key.
func hashWords(k *[3]uint64, tag uint32) uint64 {
	hi, lo := bits.Mul64(k[0]^seed0, k[1]^seed1)
	h := hi ^ lo ^ uint64(tag)<<32
	hi, lo = bits.Mul64(h^k[2], seed2)
	return hi ^ lo
}

// hashBytes is the hash of a key of at least 16 bytes.
func hashBytes(b []byte) uint64 {
	h := seed2 ^ uint64(len(b))
	for ; len(b) > 16; b = b[16:] {
		hi, lo := bits.Mul64(binary.LittleEndian.Uint64(b)^seed0, binary.LittleEndian.Uint64(b[8:])^h)
		h = hi ^ lo
		if len(b) < 32 {
			b = b[len(b)-16:]
			break
		}
	}
	hi, lo := bits.Mul64(binary.LittleEndian.Uint64(b)^seed1, binary.LittleEndian.Uint64(b[len(b)-8:])^h)
	h = hi ^ lo
	hi, lo = bits.Mul64(h^seed0, seed2)
	return hi ^ lo
}

// setBytes makes p the probe of a byte string.
func (p *probe) setBytes(b []byte) {
	n := len(b)
	p.tag = uint32(n) + 1
	switch {
	case n > inlineBytes:
		p.h = hashBytes(b)
		p.k = [3]uint64{p.h}
		return
	case n >= 16:
		p.k = [3]uint64{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint64(b[n-8:])}
	case n >= 8:
		p.k = [3]uint64{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])}
	case n >= 4:
		p.k = [3]uint64{uint64(binary.LittleEndian.Uint32(b))<<32 | uint64(binary.LittleEndian.Uint32(b[n-4:]))}
	case n > 0:
		p.k = [3]uint64{uint64(b[0])<<16 | uint64(b[n>>1])<<8 | uint64(b[n-1])}
	default:
		p.k = [3]uint64{}
	}
	p.h = hashWords(&p.k, p.tag)
}

// long tells that the key's bytes are not in k.
func (p *probe) long() bool { return p.tag > inlineBytes+1 }

// oversized tells that the table has more than eight times the memory that it
// needed.
func (t *table) oversized() bool { return len(t.slots) > 8*max(2*t.n, 2*chunk) }

// reset empties the table and keeps its memory, unless that is oversized.
func (t *table) reset() {
	if t.oversized() {
		t.slots = nil
	}
	clear(t.slots)
	t.n = 0
	t.arena = t.arena[:0]
}

// reserve makes room for n more groups at a load of at most five eighths.
func (t *table) reserve(n int) {
	need := (t.n + n) * 8 / 5
	if need < len(t.slots) {
		return
	}
	size := max(2*chunk, 2*len(t.slots))
	for size <= need {
		size *= 2
	}
	old := t.slots
	t.slots = make([]slot, size)
	mask := uint64(size - 1)
	for i := range old {
		s := &old[i]
		if s.group == 0 {
			continue
		}
		h := s.k[0]
		if s.tag <= inlineBytes+1 {
			h = hashWords(&s.k, s.tag)
		}
		p := h & mask
		for t.slots[p].group != 0 {
			p = (p + 1) & mask
		}
		t.slots[p] = *s
	}
}

// touch reads the slots of the probes, so that the cache misses overlap. Inlined,
// the reads would be thrown away with the unused result.
//
//go:noinline
func (t *table) touch(ps []probe) (x uint32) {
	mask := uint64(len(t.slots) - 1)
	for i := range ps {
		x += t.slots[ps[i].h&mask].group
	}
	return x
}

// find puts the group of each of at most chunk probes in groups; unknown keys
// get the next numbers, and their indexes are appended to fresh. The bytes of long
// keys are those of column src at rows (from..., when rows is nil).
func (t *table) find(ps []probe, groups, fresh []int32, src *exec.Column, rows []int32, from int) []int32 {
	t.reserve(len(ps))
	if len(t.slots) >= touchFrom {
		t.touch(ps)
	}
	slots := t.slots
	mask := uint64(len(slots) - 1)
	groups = groups[:len(ps)]
	for i := range ps {
		p := &ps[i]
		if p.long() {
			at := from + i
			if rows != nil {
				at = int(rows[i])
			}
			g, isNew := t.findLong(p, src.Str(at), true)
			if isNew {
				fresh = append(fresh, int32(i))
			}
			groups[i] = g
			continue
		}
		for at := p.h & mask; ; at = (at + 1) & mask {
			s := &slots[at&uint64(len(slots)-1)]
			if s.k == p.k && s.tag == p.tag && s.group != 0 {
				groups[i] = int32(s.group - 1)
				break
			}
			if s.group == 0 {
				s.k, s.tag, s.group = p.k, p.tag, uint32(t.n+1)
				groups[i] = int32(t.n)
				t.n++
				fresh = append(fresh, int32(i))
				break
			}
		}
	}
	return fresh
}

// findLong finds a long key, or with add makes a group of it; -1 is "not there".
func (t *table) findLong(p *probe, key []byte, add bool) (group int32, isNew bool) {
	mask := uint64(len(t.slots) - 1)
	for at := p.h & mask; ; at = (at + 1) & mask {
		s := &t.slots[at]
		if s.group == 0 {
			if !add {
				return -1, false
			}
			s.k, s.tag, s.group = [3]uint64{p.h, uint64(len(t.arena))}, p.tag, uint32(t.n+1)
			t.arena = append(t.arena, key...)
			t.n++
			return int32(t.n - 1), true
		}
		if s.tag == p.tag && s.k[0] == p.h && string(t.arena[s.k[1]:s.k[1]+uint64(len(key))]) == string(key) {
			return int32(s.group - 1), false
		}
	}
}

// get puts the group of each probe in groups, -1 where there is none.
func (t *table) get(ps []probe, groups []int32, src *exec.Column, rows []int32, from int) {
	if t.n == 0 {
		for i := range ps {
			groups[i] = -1
		}
		return
	}
	if len(t.slots) >= touchFrom {
		t.touch(ps)
	}
	mask := uint64(len(t.slots) - 1)
	for i := range ps {
		p := &ps[i]
		if p.long() {
			at := from + i
			if rows != nil {
				at = int(rows[i])
			}
			groups[i], _ = t.findLong(p, src.Str(at), false)
			continue
		}
		groups[i] = -1
		for at := p.h & mask; t.slots[at].group != 0; at = (at + 1) & mask {
			if s := &t.slots[at]; s.k == p.k && s.tag == p.tag {
				groups[i] = int32(s.group - 1)
				break
			}
		}
	}
}
