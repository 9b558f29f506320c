package op

import (
	"context"

	"github.com/penstock/penstock/exec"
)

// FilterConfig says what a Filter keeps.
type FilterConfig struct {
	// Cond is BOOLEAN; a row counts on if it is true, not if it is NULL.
	Cond    exec.Eval
	OnError RowPolicy
}

// Filter keeps the rows for which a condition is true. It narrows the
// selection of the batch and copies no values.
type Filter struct {
	cond  exec.Eval
	guard guard
	eval  func(*exec.Batch) error // bound once: no closure a batch
	col   *exec.Column
	sel   []int32
	out   exec.Batch
}

// NewFilter makes a Filter.
func NewFilter(c FilterConfig) *Filter {
	f := &Filter{cond: c.Cond, guard: guard{policy: c.OnError}}
	f.eval = func(b *exec.Batch) (err error) {
		f.col, err = f.cond.Eval(b)
		return err
	}
	return f
}

// Skipped counts the rows dropped by the policy for faulty rows.
func (f *Filter) Skipped() int64 { return f.guard.count.Load() }

// Process emits the rows for which the condition is true.
func (f *Filter) Process(_ context.Context, _ int, in *exec.Batch, emit exec.Emit) error {
	if in.Rows() == 0 {
		return nil
	}
	b, err := f.guard.run(in, f.eval)
	if err != nil {
		return err
	}
	if b.Rows() == 0 {
		return nil
	}
	f.out = exec.Batch{Cols: in.Cols, N: in.N, Split: in.Split}
	f.sel = selectTrue(f.sel, f.col, b)
	switch len(f.sel) {
	case 0:
		return nil
	case in.N:
		f.out.Sel = nil
	default:
		f.out.Sel = f.sel
	}
	return emit(&f.out)
}

// Advance does nothing: a filter holds no rows.
func (f *Filter) Advance(context.Context, exec.Time, exec.Emit) error { return nil }

// selectTrue lists the rows of b in which c is true in dst's memory.
func selectTrue(dst []int32, c *exec.Column, b *exec.Batch) []int32 {
	n := b.Rows()
	if cap(dst) < n {
		dst = make([]int32, n, max(n, 2*cap(dst)))
	}
	dst = dst[:n]
	k := 0
	switch {
	case b.Sel == nil && !c.Nulls:
		for i, v := range c.Bool[:n] {
			dst[k] = int32(i)
			if v {
				k++
			}
		}
	case !c.Nulls:
		for _, i := range b.Sel {
			dst[k] = i
			if c.Bool[i] {
				k++
			}
		}
	default:
		for j := range n {
			i := b.Row(j)
			dst[k] = int32(i)
			if c.Valid.Get(i) && c.Bool[i] {
				k++
			}
		}
	}
	return dst[:k]
}
