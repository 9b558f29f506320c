package op

import (
	"context"
	"slices"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Marks in the place of an answer's number.
const (
	noAnswer = -1 - iota // or the row does not count
	padded               // goes on with NULLs
	rejected             // the residual is not true of the answer
	failed               // the residual could not be computed
)

// answersForm tells how the answers of a batch lie.
type answersForm uint8

const (
	oneEach   answersForm = iota // answer k is that of question k
	atMostOne                    // first says which
	many                         // answer i.. of question q stand from first[q] to first[q+1]
)

// assembly is the memory in which rows and answers are put together.
type assembly struct {
	first []int32 // see answersForm
	// By position in the input: the answer and the question.
	src, qAt []int32
	keep     []int32 // positions that are emitted
	cand     []int32
	// Pairs to be emitted: row of the input, answer, question.
	rows, ans, qs []int32
	// cur is the row of the last pair, hit tells that one of its answers counts.
	cur int32
	hit bool

	in    []*exec.Column // the input's columns, copied
	added []*exec.Column // the answers', copied, then the extras
	plain int            // columns of answers in added
	out   exec.Batch
	cands exec.Batch // what the residual is evaluated on
}

func (a *assembly) init(c *ExpandConfig) {
	a.in, a.added, a.plain = likes(c.Columns), likes(c.Answers), len(c.Answers)
	if c.Version {
		a.added = append(a.added, exec.NewColumn(exec.Ints))
	}
	if c.Errors {
		a.added = append(a.added, exec.NewColumn(exec.Strings), exec.NewColumn(exec.Ints))
	}
}

// Answer emits the rows of in that count with their answers; see exec.Asker.
func (e *Expand) Answer(_ context.Context, in *exec.Batch, n int, m *exec.Matches, of []int32, emit exec.Emit) error {
	if in.Rows() == 0 {
		return nil
	}
	form, err := e.index(n, m)
	if err != nil {
		return err
	}
	// The values of rows that do not count would be copied in vain.
	if form != many && 2*in.Rows() >= in.N {
		return e.align(in, form, m, of, emit)
	}
	return e.spread(in, form, m, of, emit)
}

// index checks the answers and finds out how they lie.
func (e *Expand) index(n int, m *exec.Matches) (answersForm, error) {
	distinct, err := m.Check(n)
	if err != nil {
		return 0, err
	}
	switch {
	case distinct == n && len(m.Parent) == n:
		return oneEach, nil
	case distinct == len(m.Parent) || e.cfg.First && e.cfg.Residual == nil:
		e.first = resized(e.first, n)
		for q := range e.first {
			e.first[q] = noAnswer
		}
		for i, q := range slices.Backward(m.Parent) {
			e.first[q] = int32(i)
		}
		return atMostOne, nil
	}
	e.first = resized(e.first, n+1)
	clear(e.first)
	for _, q := range m.Parent {
		e.first[q+1]++
	}
	for q := range n {
		e.first[q+1] += e.first[q]
	}
	return many, nil
}

func resized(s []int32, n int) []int32 {
	if cap(s) < n {
		return make([]int32, n, max(n, 2*cap(s)))
	}
	return s[:n]
}

// question gives that of the k-th row.
func question(of []int32, k int) int32 {
	if of == nil {
		return int32(k)
	}
	return of[k]
}

// faultOf finds the fault of a question; nil: none.
func faultOf(m *exec.Matches, q int32) error {
	if len(m.Faults) == 0 || q < 0 {
		return nil
	}
	i, ok := slices.BinarySearchFunc(m.Faults, q, func(f exec.Fault, q int32) int { return int(f.Question) - int(q) })
	if !ok {
		return nil
	}
	return m.Faults[i].Err
}

// align is for at most one answer a row: the input's columns stay as they are and the
// answers are placed beside them.
func (e *Expand) align(in *exec.Batch, form answersForm, m *exec.Matches, of []int32, emit exec.Emit) error {
	added := e.added
	if form == oneEach && of == nil && in.Sel == nil && len(m.Faults) == 0 && len(added) == e.plain && e.cfg.Residual == nil {
		e.stats.Answered.Add(int64(in.N))
		return e.emit(in, m.Rows.Cols, nil, emit)
	}
	pads, err := e.place(in, form, m, of)
	if err != nil || len(e.keep) == 0 {
		return err
	}
	for i := range e.plain {
		gather(added[i], m.Rows.Cols[i], e.src, pads)
	}
	e.extras(m, e.qAt)
	if e.cfg.Residual != nil {
		e.cand = e.cand[:0]
		for _, p := range e.keep {
			if e.src[p] >= 0 {
				e.cand = append(e.cand, p)
			}
		}
		if err := e.residual(in.Cols, in.N, e.src); err != nil {
			return err
		}
		n := 0
		for _, p := range e.keep {
			switch e.src[p] {
			case failed:
				continue
			case rejected:
				if !e.cfg.Left {
					continue
				}
				for _, c := range added[:e.plain] {
					setNull(c, int(p), in.N)
				}
			}
			e.keep[n] = p
			n++
		}
		if e.keep = e.keep[:n]; n == 0 {
			return nil
		}
	}
	return e.emit(in, added, e.keep, emit)
}

// place fills src and qAt by position, and keep. It tells whether some row goes
// on with NULLs.
func (e *Expand) place(in *exec.Batch, form answersForm, m *exec.Matches, of []int32) (pads bool, err error) {
	e.src, e.qAt = resized(e.src, in.N), resized(e.qAt, in.N)
	if in.Sel != nil {
		for i := range e.src {
			e.src[i], e.qAt[i] = noAnswer, noAnswer
		}
	}
	if cap(e.keep) < in.Rows() {
		e.keep = make([]int32, 0, 2*in.Rows())
	}
	e.keep = e.keep[:0]
	answered := 0
	for k := range in.Rows() {
		p, q := in.Row(k), question(of, k)
		a := q
		if form == atMostOne && q >= 0 {
			a = e.first[q]
		}
		e.qAt[p] = q
		if cause := faultOf(m, q); cause != nil {
			pad, err := e.fault(in, p, cause)
			if err != nil {
				return false, err
			}
			if a = noAnswer; pad {
				a = padded
			}
		} else if a >= 0 {
			answered++
		} else if e.cfg.Left {
			a = padded
		}
		e.src[p] = a
		if a != noAnswer {
			e.keep = append(e.keep, int32(p))
			pads = pads || a == padded
		}
	}
	e.stats.Answered.Add(int64(answered))
	return pads, nil
}

// extras fills the columns behind the answers': qs are the questions of the rows.
func (e *Expand) extras(m *exec.Matches, qs []int32) {
	cols := e.added[e.plain:]
	for _, c := range cols {
		c.Reset()
	}
	if e.cfg.Version {
		for range qs {
			cols[0].AppendInt(m.Version)
		}
		cols = cols[1:]
	}
	if !e.cfg.Errors {
		return
	}
	for _, q := range qs {
		if cause := faultOf(m, q); cause != nil {
			cols[0].AppendString(sqlerr.From(cause).Message)
		} else {
			cols[0].AppendNull()
		}
		switch {
		case q < 0:
			cols[1].AppendInt(0)
		case m.Attempts != nil:
			cols[1].AppendInt(int64(m.Attempts[q]))
		default:
			cols[1].AppendInt(1)
		}
	}
}

// residual evaluates the residual of the rows in cand of columns in and added,
// n rows each, and marks in marks those of which it is not true.
func (e *Expand) residual(in []*exec.Column, n int, marks []int32) error {
	if len(e.cand) == 0 {
		return nil
	}
	t := &e.cands
	t.Cols = append(append(t.Cols[:0], in...), e.added...)
	t.N, t.Sel, t.Split = n, nil, -1
	if len(e.cand) < n {
		t.Sel = e.cand
	}
	b, err := e.test.run(t, e.check)
	if err != nil {
		return err
	}
	for _, p := range e.cand {
		marks[p] = failed
	}
	for k := range b.Rows() {
		p := b.Row(k)
		if marks[p] = rejected; !e.cond.IsNull(p) && e.cond.Bool[p] {
			marks[p] = 0
		}
	}
	return nil
}

// emit sends the columns of in and those added; sel nil: all rows.
func (e *Expand) emit(in *exec.Batch, added []*exec.Column, sel []int32, emit exec.Emit) error {
	o := &e.out
	o.Cols = append(append(o.Cols[:0], in.Cols...), added...)
	o.N, o.Sel, o.Split = in.N, sel, in.Split
	if len(sel) == in.N {
		o.Sel = nil
	}
	return emit(o)
}

// spread is for several answers a row: rows are copied once for each.
func (e *Expand) spread(in *exec.Batch, form answersForm, m *exec.Matches, of []int32, emit exec.Emit) error {
	e.rows, e.ans, e.qs, e.cur = e.rows[:0], e.ans[:0], e.qs[:0], -1
	answered := int64(0)
	for k := range in.Rows() {
		p, q := int32(in.Row(k)), question(of, k)
		from, to := int32(0), int32(0)
		if q >= 0 {
			switch form {
			case oneEach:
				from, to = q, q+1
			case atMostOne:
				if a := e.first[q]; a >= 0 {
					from, to = a, a+1
				}
			case many:
				from, to = e.first[q], e.first[q+1]
			}
		}
		pad := e.cfg.Left && (from == to || e.cfg.Residual != nil)
		if cause := faultOf(m, q); cause != nil {
			from = to
			var err error
			if pad, err = e.fault(in, int(p), cause); err != nil {
				return err
			}
		} else if from < to {
			answered++
		}
		for a := from; a < to; a++ {
			if err := e.pair(in, m, p, a, q, emit); err != nil {
				return err
			}
		}
		if pad {
			if err := e.pair(in, m, p, padded, q, emit); err != nil {
				return err
			}
		}
	}
	e.stats.Answered.Add(answered)
	return e.flush(in, m, emit)
}

func (e *Expand) pair(in *exec.Batch, m *exec.Matches, row, answer, q int32, emit exec.Emit) error {
	e.rows, e.ans, e.qs = append(e.rows, row), append(e.ans, answer), append(e.qs, q)
	if len(e.rows) < BatchRows {
		return nil
	}
	return e.flush(in, m, emit)
}

// flush emits the pairs listed, but for answers that do not count and for rows
// with NULLs that turned out to have an answer.
func (e *Expand) flush(in *exec.Batch, m *exec.Matches, emit exec.Emit) error {
	n := len(e.rows)
	if n == 0 {
		return nil
	}
	for i, c := range e.in {
		gather(c, in.Cols[i], e.rows, false)
	}
	for i := range e.plain {
		gather(e.added[i], m.Rows.Cols[i], e.ans, true)
	}
	e.extras(m, e.qs)
	if e.cfg.Residual != nil {
		e.cand = e.cand[:0]
		for i, a := range e.ans {
			if a >= 0 {
				e.cand = append(e.cand, int32(i))
			}
		}
		if err := e.residual(e.in, n, e.ans); err != nil {
			return err
		}
	}
	e.keep = e.keep[:0]
	for i, a := range e.ans {
		if row := e.rows[i]; row != e.cur {
			e.cur, e.hit = row, false
		}
		switch {
		case a >= 0 && !(e.cfg.First && e.hit), a == padded && !e.hit:
			e.keep = append(e.keep, int32(i))
			e.hit = true
		case a == failed:
			e.hit = true // the row is dropped by the policy for faulty rows
		}
	}
	e.rows, e.ans, e.qs = e.rows[:0], e.ans[:0], e.qs[:0]
	if len(e.keep) == 0 {
		return nil
	}
	view := exec.Batch{Cols: e.in, N: n, Split: in.Split}
	return e.emit(&view, e.added, e.keep, emit)
}
