package op

import (
	"errors"
	"sync/atomic"

	"github.com/penstock/penstock/exec"
)

// RowPolicy says what becomes of a row that a kernel refuses.
type RowPolicy struct {
	// Skip drops the row and counts it; else the first such row ends the query.
	Skip bool
	// Skipped, when set, is told of each dropped row before it is gone. The
	// batch is valid during the call only. Rate limits are the hook's own.
	Skipped func(b *exec.Batch, e *exec.RowError)
	// NoTime, when set, is told of each row that is dropped because its event
	// time is NULL.
	NoTime func(b *exec.Batch, row int)
}

// maxRetries is how often a batch is evaluated again with one row taken out.
// Past it the rows are tried one at a time, so that a batch full of bad rows costs two
// evaluations a row rather than a square.
const maxRetries = 4

// guard applies a RowPolicy around an evaluation.
type guard struct {
	policy RowPolicy
	count  atomic.Int64
	sel    []int32
	one    [1]int32
	view   exec.Batch
}

// run calls f on b, or on b with fewer rows selected until f agrees; it returns
// the batch that f agreed to, which may have no rows left. What f left behind is
// its result for that batch.
func (g *guard) run(b *exec.Batch, f func(*exec.Batch) error) (*exec.Batch, error) {
	err := f(b)
	if err == nil {
		return b, nil
	}
	g.view = exec.Batch{Cols: b.Cols, N: b.N, Split: b.Split}
	first := true
	for try := 0; ; try++ {
		re, ok := errors.AsType[*exec.RowError](err)
		if !ok || !g.policy.Skip {
			return nil, err
		}
		if first {
			g.sel = g.sel[:0]
			for i := range b.Rows() {
				g.sel = append(g.sel, int32(b.Row(i)))
			}
			first = false
		}
		if !g.drop(b, re) {
			return nil, err
		}
		g.view.Sel = g.sel
		if len(g.sel) == 0 {
			return &g.view, nil
		}
		if try == maxRetries {
			return g.each(b, f)
		}
		if err = f(&g.view); err == nil {
			return &g.view, nil
		}
	}
}

// noTime tells of a row without an event time.
func (g *guard) noTime(b *exec.Batch, row int) {
	if g.policy.NoTime != nil {
		g.policy.NoTime(b, row)
	}
}

// drop takes the row of e out of the selection. It tells false when the row is
// not there, which would otherwise loop for ever.
func (g *guard) drop(b *exec.Batch, e *exec.RowError) bool {
	for k, r := range g.sel {
		if int(r) == e.Row {
			g.sel = append(g.sel[:k], g.sel[k+1:]...)
			g.skipped(b, e)
			return true
		}
	}
	return false
}

func (g *guard) skipped(b *exec.Batch, e *exec.RowError) {
	g.count.Add(1)
	if g.policy.Skipped != nil {
		g.policy.Skipped(b, e)
	}
}

// each tries the selected rows one by one and then all good ones together.
func (g *guard) each(b *exec.Batch, f func(*exec.Batch) error) (*exec.Batch, error) {
	keep := 0
	for _, r := range g.sel {
		g.one[0] = r
		g.view.Sel = g.one[:]
		err := f(&g.view)
		if err == nil {
			g.sel[keep] = r
			keep++
			continue
		}
		re, ok := errors.AsType[*exec.RowError](err)
		if !ok || re.Row != int(r) {
			return nil, err
		}
		g.skipped(b, re)
	}
	g.sel = g.sel[:keep]
	g.view.Sel = g.sel
	if keep == 0 {
		return &g.view, nil
	}
	return &g.view, f(&g.view)
}

// fault is a fault of one row that an operator itself finds.
func (g *guard) fault(b *exec.Batch, row int, err error) error {
	e := &exec.RowError{Row: row, Err: err}
	if !g.policy.Skip {
		return e
	}
	g.skipped(b, e)
	return nil
}
