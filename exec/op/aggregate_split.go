package op

import "github.com/penstock/penstock/exec"

// sole gives the window that all n rows of the batch belong to, or nil when
// there may be several. It is the way of nearly every batch, so it divides at most once.
func (a *Aggregate) sole(in *exec.Batch, n int) *window {
	switch a.cfg.Window.Kind {
	case NoWindow:
		if a.windows.cur == nil {
			a.windows.cur = a.windows.insert(0, exec.MinTime, exec.MaxTime)
		}
		return a.windows.cur
	case Tumble:
		return a.soleTumble(in, n)
	default:
		return a.soleAttached(in, n)
	}
}

func (a *Aggregate) soleTumble(in *exec.Batch, n int) *window {
	c := in.Cols[a.cfg.Window.Time]
	if c.Nulls {
		return nil
	}
	w := a.windows.cur
	first := c.Int[in.Row(0)]
	if w == nil || first < w.start || first >= w.end {
		if w = a.tumble(first); w == nil {
			return nil
		}
	}
	start, size := w.start, uint64(a.cfg.Window.Size)
	if in.Sel == nil {
		for _, t := range c.Int[:n] {
			if uint64(t-start) >= size {
				return nil
			}
		}
		return w
	}
	for _, r := range in.Sel {
		if uint64(c.Int[r]-start) >= size {
			return nil
		}
	}
	return w
}

func (a *Aggregate) soleAttached(in *exec.Batch, n int) *window {
	s, e := in.Cols[a.cfg.Window.Start], in.Cols[a.cfg.Window.End]
	w := a.windows.cur
	if s.Nulls || e.Nulls || w == nil {
		return nil
	}
	for i := range n {
		if r := in.Row(i); s.Int[r] != w.start || e.Int[r] != w.end {
			return nil
		}
	}
	return w
}

// tumble gives the open window of t and remembers it; nil when there can be none.
func (a *Aggregate) tumble(t int64) *window {
	start, ok := a.cfg.Window.start(t)
	if !ok {
		return nil
	}
	return a.window(start, start+a.cfg.Window.Size)
}

// window gives an open window and remembers it; nil when it has fired.
func (a *Aggregate) window(start, end int64) *window {
	i, found := a.windows.search(start, end)
	switch {
	case found:
		a.windows.cur = a.windows.open[i]
	case a.cfg.Phase != Partial && due(end, a.wm):
		return nil
	default:
		a.windows.cur = a.windows.insert(i, start, end)
	}
	return a.windows.cur
}

// split lists each row with its window, the windows in touched. Rows without a
// window are counted and told of.
func (a *Aggregate) split(in *exec.Batch, n int) error {
	a.touched = a.touched[:0]
	if a.cfg.Window.Kind == Attached {
		a.splitAttached(in, n)
		return nil
	}
	c := in.Cols[a.cfg.Window.Time]
	w := a.windows.cur
	for i := range n {
		r := in.Row(i)
		if c.IsNull(r) {
			a.nullTime.Add(1)
			a.guard.noTime(in, r)
			continue
		}
		t := c.Int[r]
		if w == nil || t < w.start || t >= w.end {
			v := a.tumble(t)
			if v == nil {
				if err := a.without(in, r, t); err != nil {
					return err
				}
				continue
			}
			w = v
		}
		a.put(w, r)
	}
	return nil
}

// without deals with a row that has no open window: late, or out of all time.
func (a *Aggregate) without(in *exec.Batch, row int, t int64) error {
	if _, ok := a.cfg.Window.start(t); !ok {
		return a.guard.fault(in, row, errFar(t))
	}
	a.lateRow(in, row)
	return nil
}

func (a *Aggregate) lateRow(in *exec.Batch, row int) {
	a.late.Add(1)
	if a.cfg.Late != nil {
		a.cfg.Late(in, row)
	}
}

// put lists row r with w.
func (a *Aggregate) put(w *window, r int) {
	if len(w.rows) == 0 {
		a.touched = append(a.touched, w)
	}
	w.rows = append(w.rows, int32(r))
}

func (a *Aggregate) splitAttached(in *exec.Batch, n int) {
	s, e := in.Cols[a.cfg.Window.Start], in.Cols[a.cfg.Window.End]
	w := a.windows.cur
	for i := range n {
		r := in.Row(i)
		if s.IsNull(r) || e.IsNull(r) {
			a.nullTime.Add(1)
			a.guard.noTime(in, r)
			continue
		}
		if w == nil || s.Int[r] != w.start || e.Int[r] != w.end {
			v := a.window(s.Int[r], e.Int[r])
			if v == nil {
				a.lateRow(in, r)
				continue
			}
			w = v
		}
		a.put(w, r)
	}
}
