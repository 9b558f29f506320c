package op

import (
	"math"
	"slices"

	"github.com/penstock/penstock/exec"
)

// joinSide holds the rows of one input that may still find partners.
type joinSide struct {
	keyer *keyer
	outer bool // rows without a partner come out
	// time is the column of event time, -1 without bounds. A row expires when
	// the watermark reaches its time plus slack: then no partner can come.
	time  int
	slack int64

	table        table
	heads, tails []int32 // a group: its first and last row
	rows         *exec.Batch
	next         []int32 // the next row of the group, -1: none
	matched      []bool  // of outer sides
	dead         []bool  // expired, until the next compaction; only with time
	deads        int
	expiries     expiries // of the rows that live; only with time

	spare         *exec.Batch
	live, moved   []int32
	groups, fresh []int32
}

func newJoinSide(cols []int, shapes []*exec.Column) *joinSide {
	keys := make([]*exec.Column, len(cols))
	for i, c := range cols {
		keys[i] = shapes[c]
	}
	s := &joinSide{keyer: newKeyer(cols, keys), time: -1, fresh: make([]int32, 0, chunk)}
	s.rows = &exec.Batch{Cols: likes(shapes), Split: -1}
	s.spare = s.rows.Like()
	return s
}

// expires gives the moment from which the row of time t has no partners to come.
func (s *joinSide) expires(t int64) int64 { return addTime(t, s.slack) }

// addTime adds and stays within the ends of time.
func addTime(t, d int64) int64 {
	v := t + d
	if d >= 0 && v < t {
		return math.MaxInt64
	}
	if d < 0 && v > t {
		return math.MinInt64
	}
	return v
}

// nullKey tells whether some key of the row is NULL, so that it equals nothing.
func (s *joinSide) nullKey(cols []*exec.Column, row int) bool {
	for _, c := range s.keyer.cols {
		if cols[c].IsNull(row) {
			return true
		}
	}
	return false
}

// find gives the groups that the given rows of a batch of the other side match here,
// -1 for none; k makes the probes.
func (s *joinSide) find(k *keyer, cols []*exec.Column, rows, groups []int32) {
	if k.form == noKeys {
		g := int32(-1)
		if len(s.heads) > 0 {
			g = 0
		}
		for i := range groups {
			groups[i] = g
		}
		return
	}
	for from := 0; from < len(rows); from += chunk {
		part := rows[from:min(len(rows), from+chunk)]
		ps, src, srcRows, srcFrom := k.fill(cols, part, 0, len(part))
		s.table.get(ps, groups[from:from+len(part)], src, srcRows, srcFrom)
	}
}

// insert keeps rows of a batch of this side.
func (s *joinSide) insert(cols []*exec.Column, rows []int32) {
	base := s.rows.N
	for i, c := range s.rows.Cols {
		c.AppendColumn(cols[i], rows, 0)
	}
	s.rows.N += len(rows)
	if s.outer {
		s.matched = appendFalse(s.matched, len(rows))
	}
	s.index(cols, rows, base)
	if s.time < 0 {
		return
	}
	s.dead = appendFalse(s.dead, len(rows))
	for i := range rows {
		s.expiries.push(expiry{s.expires(s.rows.Cols[s.time].Int[base+i]), int32(base + i)})
	}
}

// appendFalse adds n times false.
func appendFalse(b []bool, n int) []bool {
	old := len(b)
	b = slices.Grow(b, n)[:old+n]
	clear(b[old:])
	return b
}

// index puts rows, which are kept from base on, into the table and their chains.
func (s *joinSide) index(cols []*exec.Column, rows []int32, base int) {
	for from := 0; from < len(rows); from += chunk {
		part := rows[from:min(len(rows), from+chunk)]
		if cap(s.groups) < chunk {
			s.groups = make([]int32, chunk)
		}
		groups := s.groups[:len(part)]
		if s.keyer.form == noKeys {
			clear(groups)
		} else {
			ps, src, srcRows, srcFrom := s.keyer.fill(cols, part, 0, len(part))
			s.table.find(ps, groups, s.fresh[:0], src, srcRows, srcFrom)
		}
		for i, g := range groups {
			row := int32(base + from + i)
			s.next = append(s.next, -1)
			if int(g) == len(s.heads) { // groups are numbered in the order they come
				s.heads = append(s.heads, row)
				s.tails = append(s.tails, row)
				continue
			}
			s.next[s.tails[g]] = row
			s.tails[g] = row
		}
	}
}

// expire marks the rows dead that have no partner to come at watermark to, and
// lists those of them that had none at all, in the order of expiry.
func (s *joinSide) expire(to exec.Time, alone []int32) []int32 {
	for {
		row, ok := s.expiries.popUntil(to)
		if !ok {
			return alone
		}
		s.dead[row] = true
		s.deads++
		if s.outer && !s.matched[row] {
			alone = append(alone, row)
		}
	}
}

// compact gives the memory of dead rows back once they are the greater part.
func (s *joinSide) compact() {
	if s.deads < BatchRows || s.deads*2 < s.rows.N {
		return
	}
	s.live = s.live[:0]
	s.moved = s.moved[:0]
	for i, dead := range s.dead {
		s.moved = append(s.moved, int32(len(s.live)))
		if !dead {
			s.live = append(s.live, int32(i))
		}
	}
	takeRows(s.spare, s.rows.Cols, s.live)
	s.rows, s.spare = s.spare, s.rows
	s.spare.Reset()
	for i, row := range s.live {
		if s.outer {
			s.matched[i] = s.matched[row]
		}
		s.live[i] = int32(i)
	}
	if s.outer {
		s.matched = s.matched[:s.rows.N]
	}
	s.dead = s.dead[:s.rows.N]
	clear(s.dead)
	s.deads = 0
	s.expiries.move(s.moved)
	s.table.reset()
	s.heads, s.tails, s.next = s.heads[:0], s.tails[:0], s.next[:0]
	s.index(s.rows.Cols, s.live, 0)
}

// bytes estimates the memory held.
func (s *joinSide) bytes() int64 {
	return batchBytes(s.rows.Cols) + int64(len(s.table.slots))*32 + int64(len(s.table.arena)) +
		int64(len(s.heads))*8 + int64(len(s.next))*4 + int64(len(s.matched)+len(s.dead)) + int64(s.expiries.len())*16
}
