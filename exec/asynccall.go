package exec

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// asyncCall is a batch of questions: open, closed, under way, done.
type asyncCall struct {
	args    *Batch
	answers *Matches
	err     error
	done    bool
	rows    int // of the FIFO that wait for its answers
	bytes   int64
	opened  time.Time
	end     Time // the least end of a window among its rows, MaxTime: none
	part    uint64
	// seen finds questions by their hashes: the last with that hash; before is the one
	// before it, -1 for none.
	seen   map[uint64]int32
	before []int32
	// first says where the answers to a question stand, once indexed.
	first []int32
	has   bool
}

// run asks f. A panic is a fault of this query alone.
func (c *asyncCall) run(ctx context.Context, f TableFunction, panicked func(any)) {
	defer func() {
		if r := recover(); r != nil {
			c.err = sqlerr.New(sqlerr.InternalError, "internal error in a call: %v", r)
			panicked(r)
		}
	}()
	c.err = f.Call(ctx, c.args, c.answers)
}

// hash computes what place needs to know of all questions of a batch.
func (s *asyncStage) hash(args *Batch) {
	if s.cfg.Deduplicate {
		for len(s.all) < len(args.Cols) {
			s.all = append(s.all, len(s.all))
		}
		s.hashes = HashRows(s.hashes, args, s.all)
	}
	if s.cfg.PartitionBy != nil {
		s.parts = HashRows(s.parts, args, s.cfg.PartitionBy)
	}
}

// place puts question q of args into an open batch, or finds it there.
func (s *asyncStage) place(args *Batch, q int, now time.Time) (*asyncCall, int32) {
	c := s.find(args, q)
	if c != nil && s.cfg.Deduplicate {
		if i := c.duplicate(args, q, s.hashes[q]); i >= 0 {
			s.duplicates++
			return c, i
		}
	}
	size := rowBytes(args.Cols, q)
	if c != nil && s.cfg.MaxBytes > 0 && c.bytes+size > s.cfg.MaxBytes {
		s.close(c)
		c = nil
	}
	if c == nil {
		c = s.openCall(args, q, now)
	}
	for i, col := range args.Cols {
		c.args.Cols[i].AppendFrom(col, q)
	}
	n := int32(c.args.N)
	c.args.N++
	c.bytes += size
	if s.cfg.Deduplicate {
		h := s.hashes[q]
		last, ok := c.seen[h]
		if !ok {
			last = -1
		}
		c.before = append(c.before, last)
		c.seen[h] = n
	}
	return c, n
}

// find gives the open batch that question q belongs to.
func (s *asyncStage) find(args *Batch, q int) *asyncCall {
	if s.cfg.PartitionBy == nil {
		if len(s.open) == 0 {
			return nil
		}
		return s.open[0]
	}
	for _, c := range s.open {
		if c.part == s.parts[q] && c.samePart(s.cfg.PartitionBy, args, q) {
			return c
		}
	}
	return nil
}

func (c *asyncCall) samePart(cols []int, args *Batch, q int) bool {
	for _, i := range cols {
		if !sameValue(c.args.Cols[i], 0, args.Cols[i], q) {
			return false
		}
	}
	return true
}

// duplicate finds a question equal to question q of args, -1 if there is none.
func (c *asyncCall) duplicate(args *Batch, q int, h uint64) int32 {
	i, ok := c.seen[h]
	if !ok {
		return -1
	}
	for ; i >= 0; i = c.before[i] {
		same := true
		for col := range args.Cols {
			same = same && sameValue(c.args.Cols[col], int(i), args.Cols[col], q)
		}
		if same {
			return i
		}
	}
	return -1
}

func (s *asyncStage) openCall(args *Batch, q int, now time.Time) *asyncCall {
	if len(s.open) >= MaxOpenBatches {
		s.close(s.open[0])
	}
	var c *asyncCall
	if n := len(s.freeCalls); n > 0 {
		c, s.freeCalls = s.freeCalls[n-1], s.freeCalls[:n-1]
	} else {
		c = &asyncCall{args: args.Like(), answers: s.asker.NewMatches()}
		if s.cfg.Deduplicate {
			c.seen = map[uint64]int32{}
		}
	}
	c.opened, c.end = now, MaxTime
	if s.cfg.PartitionBy != nil {
		c.part = s.parts[q]
	}
	s.open = append(s.open, c)
	return c
}

// close puts a batch in the queue of those to be launched.
func (s *asyncStage) close(c *asyncCall) {
	if i := slices.Index(s.open, c); i >= 0 {
		s.open = slices.Delete(s.open, i, i+1)
		s.ready = append(s.ready, c)
	}
}

func (s *asyncStage) closeAll() {
	s.ready = append(s.ready, s.open...)
	clear(s.open)
	s.open = s.open[:0]
}

// recycle keeps the memory of a call for another.
func (s *asyncStage) recycle(c *asyncCall) {
	c.args.Reset()
	c.answers.Reset()
	c.err, c.done, c.rows, c.bytes, c.has = nil, false, 0, 0, false
	clear(c.seen)
	c.before = c.before[:0]
	s.freeCalls = append(s.freeCalls, c)
}

// index finds out where the answers to each question stand.
func (c *asyncCall) index() {
	if c.has {
		return
	}
	c.has = true
	c.first = slices.Grow(c.first[:0], c.args.N+1)[:c.args.N+1]
	clear(c.first)
	for _, q := range c.answers.Parent {
		c.first[q+1]++
	}
	for q := range c.args.N {
		c.first[q+1] += c.first[q]
	}
}

// fault gives that of a question, nil: none.
func (c *asyncCall) fault(q int32) error {
	fs := c.answers.Faults
	i, ok := slices.BinarySearchFunc(fs, q, func(f Fault, q int32) int { return int(f.Question) - int(q) })
	if !ok {
		return nil
	}
	return fs[i].Err
}

// Bytes that a value of fixed size counts for.
const valueBytes = 8

// rowBytes estimates the size of a row in a message.
func rowBytes(cols []*Column, i int) (n int64) {
	for _, c := range cols {
		switch {
		case c.IsNull(i):
			n++
		case c.Layout == Strings:
			n += int64(c.Offs[i+1] - c.Offs[i])
		case c.Layout == List || c.Layout == MapOf:
			for j := c.Offs[i]; j < c.Offs[i+1]; j++ {
				n += rowBytes(c.Kids, int(j))
			}
		case c.Layout == Struct:
			n += rowBytes(c.Kids, i)
		default:
			n += valueBytes
		}
	}
	return n
}

// sameValue tells whether two values are the same, NULL like NULL: not merely
// equal as 1.0 and 1.00 are, for a function may tell these apart.
func sameValue(a *Column, i int, b *Column, j int) bool {
	if a.IsNull(i) || b.IsNull(j) {
		return a.IsNull(i) && b.IsNull(j)
	}
	switch a.Layout {
	case Bools:
		return a.Bool[i] == b.Bool[j]
	case Ints:
		return a.Int[i] == b.Int[j]
	case Floats:
		return math.Float64bits(a.Float[i]) == math.Float64bits(b.Float[j])
	case Decimals:
		return a.Dec[i] == b.Dec[j]
	case Intervals:
		return a.Ivl[i] == b.Ivl[j]
	case Strings:
		return string(a.Str(i)) == string(b.Str(j))
	case List, MapOf:
		n := a.Offs[i+1] - a.Offs[i]
		if n != b.Offs[j+1]-b.Offs[j] {
			return false
		}
		for k := range a.Kids {
			for x := range n {
				if !sameValue(a.Kids[k], int(a.Offs[i]+x), b.Kids[k], int(b.Offs[j]+x)) {
					return false
				}
			}
		}
		return true
	default:
		for k := range a.Kids {
			if !sameValue(a.Kids[k], i, b.Kids[k], j) {
				return false
			}
		}
		return true
	}
}
