package op

import (
	"context"
	"sync/atomic"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// JoinKind is a kind of join.
type JoinKind uint8

// The kinds of join.
const (
	InnerJoin JoinKind = iota
	LeftJoin
	RightJoin
	FullJoin
)

// JoinTime bounds a join in event time, in microseconds:
// left.time + Lower <= right.time <= left.time + Upper.
type JoinTime struct {
	LeftCol, RightCol int
	Lower, Upper      int64
}

// JoinMaxBytesSetting is the name that the user knows JoinConfig.MaxBytes by.
const JoinMaxBytesSetting = "join.max-bytes"

// JoinConfig says what a Join matches.
type JoinConfig struct {
	Kind JoinKind
	// LeftKeys and RightKeys are columns that must be equal, of equal shapes;
	// none at all is a cross join. NULL equals nothing.
	LeftKeys, RightKeys []int
	// Left and Right are empty columns of the inputs' shapes.
	Left, Right []*exec.Column
	// Residual, when set, must also be true; it is over left then right columns.
	Residual exec.Eval
	// Time, when set, bounds the join, and rows are forgotten by the watermark.
	// Without it all rows are kept to the end.
	Time *JoinTime
	// MaxBytes bounds the rows held; past it the query ends with 53200.
	MaxBytes int64
	OnError  RowPolicy // for the residual
	// Late, when set, is told of each late row before it is gone.
	Late func(port int, b *exec.Batch, row int)
}

// Join is a symmetric hash join of ports 0 (left) and 1 (right): each row is
// matched with the rows of the other side that came before it, and kept for those to come.
// Its columns are the left's, then the right's. A row of an outer side without partner comes
// out once that is certain: at once when a key is NULL, when the watermark has passed its last
// possible partner, or at the end.
//
// With time bounds a row is late if the watermark has passed both the row's time and
// its last possible partner when it comes: it is dropped and counted.
type Join struct {
	cfg   JoinConfig
	sides [2]*joinSide
	wm    exec.Time
	guard guard
	late  atomic.Int64

	items  []int32 // rows of the batch in order; ^row: without partners for sure
	probes []int32 // those that may have partners
	groups []int32

	// The pairs to be emitted: row of the batch, of its own side's store (-1: not
	// kept), of the other side's store (-1: none).
	ins, own, other []int32
	out             *exec.Batch
	view            exec.Batch
	cand, sel       []int32
	cond            *exec.Column
	eval            func(*exec.Batch) error
}

// NewJoin makes a Join.
func NewJoin(c JoinConfig) *Join {
	if c.MaxBytes == 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	j := &Join{cfg: c, wm: exec.MinTime, guard: guard{policy: c.OnError}}
	j.sides[0], j.sides[1] = newJoinSide(c.LeftKeys, c.Left), newJoinSide(c.RightKeys, c.Right)
	j.sides[0].outer = c.Kind == LeftJoin || c.Kind == FullJoin
	j.sides[1].outer = c.Kind == RightJoin || c.Kind == FullJoin
	if t := c.Time; t != nil {
		j.sides[0].time, j.sides[0].slack = t.LeftCol, t.Upper
		j.sides[1].time, j.sides[1].slack = t.RightCol, addTime(0, -max(t.Lower, -exec.MaxTime))
	}
	j.out = &exec.Batch{Cols: append(likes(c.Left), likes(c.Right)...), Split: -1}
	j.eval = func(b *exec.Batch) (err error) {
		j.cond, err = j.cfg.Residual.Eval(b)
		return err
	}
	return j
}

// Late counts the rows that came behind the watermark and after their last
// possible partner.
func (j *Join) Late() int64 { return j.late.Load() }

// Skipped counts the pairs dropped because the residual failed on them.
func (j *Join) Skipped() int64 { return j.guard.count.Load() }

// Delay is how far behind the join's own watermark the times of the rows that
// it emits can lie, in microseconds: the watermark for what comes after must be held
// back by that (see Delay). It is 0 without time bounds, whose rows come at the end of bounded input.
func (j *Join) Delay() int64 {
	if j.cfg.Time == nil {
		return 0
	}
	return max(0, j.sides[0].slack, j.sides[1].slack)
}

// Process matches the rows of a side with the rows held of the other.
func (j *Join) Process(_ context.Context, port int, in *exec.Batch, emit exec.Emit) error {
	if in.Rows() == 0 {
		return nil
	}
	self, other := j.sides[port], j.sides[1-port]
	j.classify(port, in)
	if cap(j.groups) < len(j.probes) {
		j.groups = make([]int32, len(j.probes), 2*len(j.probes))
	}
	groups := j.groups[:len(j.probes)]
	other.find(self.keyer, in.Cols, j.probes, groups)
	base := self.rows.N
	self.insert(in.Cols, j.probes)
	k := 0
	for _, item := range j.items {
		if item < 0 {
			if err := j.pair(port, in, ^item, -1, -1, emit); err != nil {
				return err
			}
			continue
		}
		if g := groups[k]; g >= 0 {
			for row := other.heads[g]; row >= 0; row = other.next[row] {
				if !j.within(port, in, int(item), int(row)) {
					continue
				}
				if err := j.pair(port, in, item, int32(base+k), row, emit); err != nil {
					return err
				}
			}
		}
		k++
	}
	if err := j.flush(port, in, emit); err != nil {
		return err
	}
	return j.bound()
}

// classify lists the rows that go on, and those among them that may have
// partners.
func (j *Join) classify(port int, in *exec.Batch) {
	s := j.sides[port]
	j.items, j.probes = j.items[:0], j.probes[:0]
	for i := range in.Rows() {
		r := in.Row(i)
		lone := s.nullKey(in.Cols, r)
		if s.time >= 0 && !lone {
			c := in.Cols[s.time]
			switch {
			case c.IsNull(r):
				lone = true
			case max(c.Int[r], s.expires(c.Int[r])) <= j.wm:
				j.late.Add(1)
				if j.cfg.Late != nil {
					j.cfg.Late(port, in, r)
				}
				continue
			}
		}
		if !lone {
			j.items = append(j.items, int32(r))
			j.probes = append(j.probes, int32(r))
		} else if s.outer {
			j.items = append(j.items, ^int32(r))
		}
	}
}

// within tells whether row r of the batch and a row held of the other side are
// within the bounds of time, and the latter alive.
func (j *Join) within(port int, in *exec.Batch, r, row int) bool {
	t := j.cfg.Time
	if t == nil {
		return true
	}
	other := j.sides[1-port]
	if other.dead[row] {
		return false
	}
	left, right := in.Cols[j.sides[port].time].Int[r], other.rows.Cols[other.time].Int[row]
	if port == 1 {
		left, right = right, left
	}
	return addTime(left, t.Lower) <= right && right <= addTime(left, t.Upper)
}

// pair lists a pair, and emits when there are enough.
func (j *Join) pair(port int, in *exec.Batch, row, own, other int32, emit exec.Emit) error {
	j.ins = append(j.ins, row)
	j.own = append(j.own, own)
	j.other = append(j.other, other)
	if len(j.ins) < BatchRows {
		return nil
	}
	return j.flush(port, in, emit)
}

// flush emits those of the listed pairs for which the residual is true.
func (j *Join) flush(port int, in *exec.Batch, emit exec.Emit) error {
	n := len(j.ins)
	if n == 0 {
		return nil
	}
	self, other := j.sides[port], j.sides[1-port]
	mine, theirs := j.columns(port)
	for i, c := range mine {
		c.AppendColumn(in.Cols[i], j.ins, 0)
	}
	for i, c := range theirs {
		src := other.rows.Cols[i]
		for _, row := range j.other {
			if row < 0 {
				c.AppendNull()
			} else {
				c.AppendFrom(src, int(row))
			}
		}
	}
	j.out.N = n
	if err := j.residual(); err != nil {
		return err
	}
	for _, i := range j.sel {
		if j.other[i] < 0 {
			continue
		}
		if self.outer {
			self.matched[j.own[i]] = true
		}
		if other.outer {
			other.matched[j.other[i]] = true
		}
	}
	j.ins, j.own, j.other = j.ins[:0], j.own[:0], j.other[:0]
	return j.emit(emit)
}

// columns gives the output's columns of a port and of the other, all emptied.
func (j *Join) columns(port int) (mine, theirs []*exec.Column) {
	j.out.Reset()
	n := len(j.cfg.Left)
	if port == 0 {
		return j.out.Cols[:n], j.out.Cols[n:]
	}
	return j.out.Cols[n:], j.out.Cols[:n]
}

// emit puts out the rows sel of the output.
func (j *Join) emit(emit exec.Emit) error {
	if len(j.sel) == 0 {
		return nil
	}
	j.out.Sel = nil
	if len(j.sel) < j.out.N {
		j.out.Sel = j.sel
	}
	return emit(j.out)
}

// residual lists in sel the rows of the output for which it is true, and those
// without partner.
func (j *Join) residual() error {
	j.sel, j.cand = j.sel[:0], j.cand[:0]
	for i, row := range j.other {
		if row >= 0 {
			j.cand = append(j.cand, int32(i))
		}
	}
	if j.cfg.Residual == nil || len(j.cand) == 0 {
		for i := range j.other {
			j.sel = append(j.sel, int32(i))
		}
		return nil
	}
	j.view = exec.Batch{Cols: j.out.Cols, N: j.out.N, Split: -1}
	if len(j.cand) < j.out.N {
		j.view.Sel = j.cand
	}
	b, err := j.guard.run(&j.view, j.eval)
	if err != nil {
		return err
	}
	if b.Rows() > 0 {
		j.sel = selectTrue(j.sel, j.cond, b)
	}
	if len(j.cand) == j.out.N {
		return nil
	}
	// Put those without partner back in their places.
	j.cand = append(j.cand[:0], j.sel...)
	j.sel = j.sel[:0]
	k := 0
	for i, row := range j.other {
		hit := k < len(j.cand) && j.cand[k] == int32(i)
		if hit {
			k++
		}
		if hit || row < 0 {
			j.sel = append(j.sel, int32(i))
		}
	}
	return nil
}

// bound keeps the memory within MaxBytes.
func (j *Join) bound() error {
	var n int64
	long := false
	for _, s := range j.sides {
		n += s.bytes()
		long = long || s.rows.N > maxKeyBytes || tooLong(s.rows.Cols)
	}
	if n <= j.cfg.MaxBytes && !long {
		return nil
	}
	return sqlerr.New(sqlerr.OutOfMemory, "the join holds more than %d bytes", j.cfg.MaxBytes).
		Hint("Raise %q, or bound the join in time.", JoinMaxBytesSetting)
}

// Advance forgets the rows that have no partners to come, and emits those that
// had none, the left's first.
func (j *Join) Advance(_ context.Context, to exec.Time, emit exec.Emit) error {
	j.wm = to
	for port, s := range j.sides {
		alone := s.live[:0]
		if s.time >= 0 {
			alone = s.expire(to, alone)
		} else if to == exec.MaxTime && s.outer {
			for i, m := range s.matched {
				if !m {
					alone = append(alone, int32(i))
				}
			}
		}
		s.live = alone
		for from := 0; from < len(alone); from += BatchRows {
			if err := j.pad(port, alone[from:min(len(alone), from+BatchRows)], emit); err != nil {
				return err
			}
		}
		if s.time >= 0 {
			s.compact()
		}
	}
	return nil
}

// pad emits rows held of a side with NULLs for the other.
func (j *Join) pad(port int, rows []int32, emit exec.Emit) error {
	mine, theirs := j.columns(port)
	for i, c := range mine {
		c.AppendColumn(j.sides[port].rows.Cols[i], rows, 0)
	}
	for _, c := range theirs {
		for range rows {
			c.AppendNull()
		}
	}
	j.out.N = len(rows)
	return emit(j.out)
}
