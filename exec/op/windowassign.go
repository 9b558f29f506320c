package op

import (
	"context"
	"sync/atomic"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

// WindowAssignConfig says which windows a WindowAssign gives.
type WindowAssignConfig struct {
	Window  Window // a Tumble
	OnError RowPolicy
}

// WindowAssign adds window_start, window_end and window_time (window_end - 1
// ms) to each row. Rows without a time are dropped and counted; a late row is
// passed on like any other.
type WindowAssign struct {
	window   Window
	guard    guard
	nullTime atomic.Int64
	sel      []int32
	out      exec.Batch
	added    [3]*exec.Column
}

// NewWindowAssign makes a WindowAssign.
func NewWindowAssign(c WindowAssignConfig) (*WindowAssign, error) {
	if err := c.Window.check(); err != nil {
		return nil, err
	}
	w := &WindowAssign{window: c.Window, guard: guard{policy: c.OnError}}
	for i := range w.added {
		w.added[i] = exec.NewColumn(exec.Ints)
	}
	return w, nil
}

// NullTimes counts the rows dropped because they had no time.
func (w *WindowAssign) NullTimes() int64 { return w.nullTime.Load() }

// Skipped counts the rows dropped because their time was out of range.
func (w *WindowAssign) Skipped() int64 { return w.guard.count.Load() }

// Process emits the rows with their windows.
func (w *WindowAssign) Process(_ context.Context, _ int, in *exec.Batch, emit exec.Emit) error {
	n := in.Rows()
	if n == 0 {
		return nil
	}
	for _, c := range w.added {
		if cap(c.Int) < in.N {
			c.Int = make([]int64, in.N)
		}
		c.Int = c.Int[:in.N]
		c.SetLen(in.N)
	}
	starts, ends, times := w.added[0].Int, w.added[1].Int, w.added[2].Int
	c := in.Cols[w.window.Time]
	w.sel = w.sel[:0]
	start, size := int64(0), w.window.Size
	known := false
	for i := range n {
		r := in.Row(i)
		if c.IsNull(r) {
			w.nullTime.Add(1)
			w.guard.noTime(in, r)
			continue
		}
		t := c.Int[r]
		if !known || uint64(t-start) >= uint64(size) {
			s, ok := w.window.start(t)
			if !ok {
				if err := w.guard.fault(in, r, errFar(t)); err != nil {
					return err
				}
				continue
			}
			start, known = s, true
		}
		starts[r], ends[r], times[r] = start, start+size, start+size-datum.MicrosPerMilli
		w.sel = append(w.sel, int32(r))
	}
	if len(w.sel) == 0 {
		return nil
	}
	w.out.Cols = append(append(w.out.Cols[:0], in.Cols...), w.added[:]...)
	w.out.N, w.out.Sel, w.out.Split = in.N, w.sel, in.Split
	if len(w.sel) == in.N {
		w.out.Sel = nil
	}
	return emit(&w.out)
}

// Advance does nothing: no rows are held.
func (w *WindowAssign) Advance(context.Context, exec.Time, exec.Emit) error { return nil }
