package op

import (
	"io"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

const aggregateKind = "aggregate"

// Save writes the watermark, the counters, and of each open window its bounds,
// keys and states.
func (a *Aggregate) Save(_ exec.Epoch, w io.Writer) error {
	var states [][]*exec.Column
	for i, s := range a.states {
		if s == nil {
			return sqlerr.New(sqlerr.FeatureNotSupported, "the state of aggregate %d cannot be saved in a checkpoint", i+1)
		}
		states = append(states, newColumns(s))
	}
	f := newFrameWriter(w, aggregateKind)
	a.shape(func(v uint64) { f.uint(v) })
	f.int(a.wm)
	f.int(a.late.Load())
	f.int(a.nullTime.Load())
	f.int(a.guard.count.Load())
	f.uint(uint64(len(a.windows.open)))
	f.end()
	for _, win := range a.windows.open {
		f.int(win.start)
		f.int(win.end)
		f.uint(uint64(win.n))
		f.end()
		for from := 0; from < win.n; from += BatchRows {
			to := min(win.n, from+BatchRows)
			f.rows(win.keys, from, to)
			for i, agg := range win.aggs {
				for _, c := range states[i] {
					c.Reset()
				}
				for g := from; g < to; g++ {
					agg.AppendState(states[i], g)
				}
				f.rows(states[i], 0, to-from)
			}
			f.end()
		}
	}
	return f.finish()
}

// shape tells what a snapshot must agree in with the operator that reads it.
func (a *Aggregate) shape(put func(uint64)) {
	put(uint64(a.cfg.Phase))
	put(uint64(a.cfg.Window.Kind))
	put(uint64(len(a.keyer.shapes)))
	for _, s := range a.keyer.shapes {
		put(uint64(s.Layout))
	}
	put(uint64(len(a.states)))
	for _, s := range a.states {
		put(uint64(len(s)))
		for _, l := range s {
			put(uint64(l))
		}
	}
}

// Restore takes up what Save wrote. The operator must be new.
func (a *Aggregate) Restore(r io.Reader) error {
	f := newFrameReader(r, aggregateKind)
	a.shape(func(v uint64) {
		if got := f.uint(); f.err == nil && got != v {
			f.damaged("it is of another query")
		}
	})
	a.wm = f.int()
	a.late.Store(f.int())
	a.nullTime.Store(f.int())
	a.guard.count.Store(f.int())
	for n := f.uint(); n > 0 && f.err == nil; n-- {
		f.next()
		start, end, groups := f.int(), f.int(), f.uint()
		i, found := a.windows.search(start, end)
		if f.err != nil || found || groups > DefaultMaxGroups*4 {
			f.damaged("a window is malformed")
			break
		}
		if err := a.restoreWindow(f, a.windows.insert(i, start, end), int(groups)); err != nil {
			return err
		}
	}
	if err := f.finish(); err != nil {
		return err
	}
	if a.cfg.Window.Kind == NoWindow && len(a.windows.open) > 0 {
		a.windows.cur = a.windows.open[0]
	}
	return nil
}

// restoreWindow reads the groups of a window.
func (a *Aggregate) restoreWindow(f *frameReader, w *window, groups int) error {
	width := 0
	for _, c := range a.keyer.cols {
		width = max(width, c+1)
	}
	b := &exec.Batch{Cols: make([]*exec.Column, width)}
	numbers := make([]int32, BatchRows)
	for w.n < groups {
		f.next()
		keys := likes(a.keyer.shapes)
		for i, c := range a.keyer.cols {
			b.Cols[c] = keys[i]
		}
		n := f.rows(keys)
		before := w.n
		if n == 0 || n > BatchRows {
			f.damaged("a frame has %d groups", n)
		}
		if f.err != nil {
			return f.err
		}
		if a.keyer.form == noKeys {
			w.n = 1
		} else if err := a.restoreKeys(w, b, numbers[:n]); err != nil {
			return err
		}
		if w.n != before+n {
			f.damaged("a group stands there twice")
			return f.err
		}
		for i, agg := range w.aggs {
			state := newColumns(a.states[i])
			if f.rows(state) != n && len(state) > 0 {
				f.damaged("there are fewer states than groups")
			}
			if f.err != nil {
				return f.err
			}
			agg.Resize(w.n)
			if err := agg.Merge(numbers[:n], state, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *Aggregate) restoreKeys(w *window, b *exec.Batch, groups []int32) error {
	if a.fresh == nil {
		a.fresh = make([]int32, 0, chunk)
	}
	return a.find(w, b, nil, groups)
}
