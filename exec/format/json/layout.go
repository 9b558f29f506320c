package json

import (
	"bytes"
	"encoding/binary"
)

const (
	// maxLayouts bounds the remembered layouts. With that many known, and a
	// record that fits none, the general scan does the work and nothing more is
	// learnt: learning from every record would cost ten times a scan.
	maxLayouts = 4
	// maxSlots bounds the members of a layout; a wider record is scanned in the
	// general way.
	maxSlots = 512
)

// slot is one member of a layout: the bytes from the end of the value before
// it to the start of its own value, like `,"id":"`, white space as the producer
// writes it. The quote is there when the value was text at learning time.
//
// Up to 32 bytes are compared by words: the first, the last (which may overlap
// it), and two between.
type slot struct {
	head, last    uint64
	mask          uint64 // of both, where lit is shorter than a word
	second, third uint64
	n             int32 // len(lit)
	tail          int32 // where last begins
	words         int32 // how many of the words count, 5: compare lit
	field         int32 // wanted field, or -1
	kind          kind  // text, number, or missing for any other
	lit           []byte
}

func newSlot(lit []byte, field int32, k kind) slot {
	n := len(lit)
	s := slot{lit: bytes.Clone(lit), n: int32(n), tail: int32(max(0, n-8)), mask: ^uint64(0), field: field, kind: k}
	var padded [32]byte
	copy(padded[:], lit)
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(padded[i:]) }
	s.head, s.second, s.third = word(0), word(8), word(16)
	switch {
	case n < 8:
		s.mask = 1<<(8*n) - 1
		fallthrough
	case n <= 16:
		s.words = 2
	case n <= 24:
		s.words = 3
	case n <= 32:
		s.words = 4
	default:
		s.words = 5
		return s
	}
	s.last = word(int(s.tail))
	return s
}

// match tells whether b goes on with the slot at i. Near the end of b, where a
// word cannot be loaded, it may say no to what is a match: the general scan
// then decides.
func (s *slot) match(b []byte, i int) bool {
	if i+int(s.n) > len(b) || i+8 > len(b) {
		return false
	}
	b = b[i:]
	d := ((binary.LittleEndian.Uint64(b) ^ s.head) | (binary.LittleEndian.Uint64(b[s.tail:]) ^ s.last)) & s.mask
	if s.words == 2 {
		return d == 0
	}
	if s.words == 5 {
		return bytes.Equal(b[:s.n], s.lit)
	}
	d |= binary.LittleEndian.Uint64(b[8:]) ^ s.second
	if s.words == 4 {
		d |= binary.LittleEndian.Uint64(b[16:]) ^ s.third
	}
	return d == 0
}

// matchKey is match without the quote of a text value.
func (s *slot) matchKey(b []byte, i int) (end int, ok bool) {
	n := int(s.n)
	if s.kind == text {
		n--
	}
	if i+n > len(b) || !bytes.Equal(b[i:i+n], s.lit[:n]) {
		return 0, false
	}
	return i + n, true
}

// layout is the order of keys of a record seen before.
type layout struct {
	slots  []slot
	absent []int32 // wanted fields it does not have
}

// learn makes the layout of a record that has been checked. It gives nil where
// the record does not lend itself: escaped keys, a wanted field twice, white
// space before the first brace, too many members.
func learn(b []byte, want names) *layout {
	if b[0] != '{' {
		return nil
	}
	l := &layout{}
	seen := make([]bool, len(want))
	for i, first := 0, true; ; first = false {
		start := i
		if i = space(b, i); !first && b[i] == '}' || len(l.slots) == maxSlots {
			break
		}
		if i = space(b, i+1); b[i] != '"' { // past the brace or comma
			return nil
		}
		e, escaped := stringEnd(b, i+1)
		if escaped {
			return nil
		}
		f := int32(want.find(b[i+1 : e]))
		if f >= 0 {
			if seen[f] {
				return nil
			}
			seen[f] = true
		}
		i = space(b, space(b, e+1)+1)
		v, end := scanValue(b, i)
		k := missing
		switch v.kind {
		case text:
			k = text
			i++
		case number:
			k = number
		}
		l.slots = append(l.slots, newSlot(b[start:i], f, k))
		i = end
	}
	if len(l.slots) == maxSlots {
		return nil
	}
	for f, ok := range seen {
		if !ok {
			l.absent = append(l.absent, int32(f))
		}
	}
	return l
}

// scanner finds the wanted members of records. Its vals are valid until the
// next scan and speak of the record scanned.
type scanner struct {
	want    names
	vals    []value
	layouts []*layout
	scratch []byte // unescaped key
	general int    // records that no layout fitted
	_       [24]byte
}

// A decoder writes its little state for every record, so that two decoders on
// two cores must not have it in one cache line: what is written has a multiple
// of the line as its size, which makes the allocator align it.
const cacheLine = 64

func newScanner(keys []string) *scanner {
	const line = cacheLine / 4 // values that fill whole lines: of 12 bytes each, 192
	s := &scanner{vals: make([]value, len(keys), (len(keys)+line-1)/line*line)}
	for _, k := range keys {
		s.want = append(s.want, []byte(k))
	}
	return s
}

// outcome of trying a layout.
type outcome uint8

const (
	fits outcome = iota
	differs
	broken // the record is not JSON
)

// scan fills vals, and tells whether b is one JSON object.
func (s *scanner) scan(b []byte) bool {
	for i, l := range s.layouts {
		switch s.try(l, b) {
		case fits:
			if i > 0 {
				copy(s.layouts[1:i+1], s.layouts[:i])
				s.layouts[0] = l
			}
			return true
		case broken:
			return false
		}
	}
	s.general++
	if !s.scanObject(b) {
		return false
	}
	if len(s.layouts) < maxLayouts {
		if l := learn(b, s.want); l != nil {
			s.layouts = append(s.layouts, l)
		}
	}
	return true
}

// try scans b as a record of layout l. A value of another kind than the
// learnt one is no reason to give up; another key is.
func (s *scanner) try(l *layout, b []byte) outcome {
	i := 0
	vals := s.vals
	for k := range l.slots {
		sl := &l.slots[k]
		if !sl.match(b, i) {
			end, ok := sl.matchKey(b, i)
			if !ok {
				return differs
			}
			v, end := scanValue(b, space(b, end))
			if end < 0 {
				return broken
			}
			if sl.field >= 0 {
				vals[sl.field] = v
			}
			i = end
			continue
		}
		i += int(sl.n)
		switch sl.kind {
		case text:
			e, esc := stringEnd(b, i)
			if e < 0 {
				return broken
			}
			if sl.field >= 0 {
				vals[sl.field] = value{int32(i), int32(e), text, esc}
			}
			i = e + 1
			continue
		case number:
			if e := numberEnd(b, i); e >= 0 {
				if sl.field >= 0 {
					vals[sl.field] = value{int32(i), int32(e), number, false}
				}
				i = e
				continue
			}
		}
		v, end := scanValue(b, space(b, i))
		if end < 0 {
			return broken
		}
		if sl.field >= 0 {
			vals[sl.field] = v
		}
		i = end
	}
	if i+1 != len(b) || b[i] != '}' {
		if i = space(b, i); i >= len(b) || b[i] != '}' || space(b, i+1) != len(b) {
			return differs
		}
	}
	for _, f := range l.absent {
		vals[f] = value{}
	}
	return fits
}

// scanObject is scan without layouts.
func (s *scanner) scanObject(b []byte) bool {
	clear(s.vals)
	i := space(b, 0)
	if i >= len(b) || b[i] != '{' {
		return false
	}
	i = space(b, i+1)
	if i < len(b) && b[i] == '}' {
		return space(b, i+1) == len(b)
	}
	for {
		if i >= len(b) || b[i] != '"' {
			return false
		}
		e, escaped := stringEnd(b, i+1)
		if e < 0 {
			return false
		}
		key := b[i+1 : e]
		if escaped {
			s.scratch = unescape(s.scratch[:0], key)
			key = s.scratch
		}
		f := s.want.find(key)
		i = space(b, e+1)
		if i >= len(b) || b[i] != ':' {
			return false
		}
		v, end := scanValue(b, space(b, i+1))
		if end < 0 {
			return false
		}
		if f >= 0 {
			s.vals[f] = v
		}
		i = space(b, end)
		if i >= len(b) {
			return false
		}
		if b[i] == '}' {
			return space(b, i+1) == len(b)
		}
		if b[i] != ',' {
			return false
		}
		i = space(b, i+1)
	}
}
