package op

import (
	"context"
	"sync/atomic"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Phase tells the halves of a two-phase aggregation.
type Phase uint8

// The phases. Partial emits [window_start, window_end,] keys, then the columns
// of the aggregates' states in order; Final takes just that.
const (
	Single Phase = iota
	Partial
	Final
)

// BatchRows is the most rows that an operator puts in a batch of its own making.
const BatchRows = 1024

// The bounds of MaxGroups where the config has 0. A group costs some 100 bytes
// with a short key and two aggregates.
const (
	DefaultMaxGroups        = 1 << 25
	DefaultMaxPartialGroups = 1 << 17
)

// A partial phase whose groups have less than two rows gathers only fewGroups
// at a time, but MaxGroups again at each fullFlush-th flush, to see whether it pays now.
const (
	fewGroups = 1 << 12
	fullFlush = 256
)

// MaxGroupsSetting is the name that the user knows AggregateConfig.MaxGroups by.
const MaxGroupsSetting = "aggregate.max-groups"

// maxKeyBytes bounds the strings of one key column of a window: columns have
// 32-bit offsets, and a batch must still fit on top.
const maxKeyBytes = 1 << 30

// Key is a column to group or join by. Like is an empty column of its shape.
type Key struct {
	Col  int
	Like *exec.Column
}

// AggSpec is one aggregate function of an Aggregate.
type AggSpec struct {
	// New makes the state for the groups of one window.
	New func() exec.Aggregate
	// Args are columns of the input; none for COUNT(*). Phase Final ignores
	// Args and Filter: the states stand behind the keys, in order.
	Args []int
	// Filter is a BOOLEAN column: only rows where it is true count. -1: none.
	Filter int
	// Result is an empty column of the result's shape. Phase Partial ignores it.
	Result *exec.Column
}

// AggregateConfig says what an Aggregate computes.
type AggregateConfig struct {
	Keys   []Key
	Aggs   []AggSpec // none: DISTINCT over the keys
	Window Window
	Phase  Phase
	// MaxGroups bounds the groups of all open windows together. Past it a
	// Partial flushes early (the Final merges), the others end the query with 53200.
	MaxGroups int
	// OnError is for rows whose time is out of range.
	OnError RowPolicy
	// Late, when set, is told of each late row before it is gone.
	Late func(b *exec.Batch, row int)
}

// Aggregate groups rows by keys, within windows of event time or over the whole
// of bounded input, and computes aggregates. Its columns are [window_start,
// window_end,] keys, results.
//
// A window comes out when the watermark reaches its end - 1 ms; rows for it that
// come later are dropped and counted. Without a window groups come out at
// MaxTime; without keys as well there is then exactly one row, even of no input.
type Aggregate struct {
	cfg     AggregateConfig
	keyer   *keyer
	windows windows
	wm      exec.Time
	guard   guard

	late, nullTime atomic.Int64

	limit   int   // of groups: MaxGroups, or less (see adapt)
	rows    int64 // since the last early flush
	flushes int

	argCols [][]int          // columns of arguments, or of states in Final
	args    [][]*exec.Column // the same of the batch in hand
	states  [][]exec.Layout

	groups, zeros, fresh []int32
	fgroups, frows       []int32   // of rows that pass an aggregate's FILTER
	touched              []*window // with rows of the batch in hand
	out                  exec.Batch
	seq                  []int32
	faulty               []int32 // rows of out without a result, and the last fault
	fault                error
}

// NewAggregate makes an Aggregate.
func NewAggregate(c AggregateConfig) (*Aggregate, error) {
	if err := c.Window.check(); err != nil {
		return nil, err
	}
	a := &Aggregate{cfg: c, wm: exec.MinTime, guard: guard{policy: c.OnError}}
	if c.MaxGroups == 0 {
		a.cfg.MaxGroups = DefaultMaxGroups
		if c.Phase == Partial {
			a.cfg.MaxGroups = DefaultMaxPartialGroups
		}
	}
	a.limit = a.cfg.MaxGroups
	cols, shapes := make([]int, len(c.Keys)), make([]*exec.Column, len(c.Keys))
	for i, k := range c.Keys {
		cols[i], shapes[i] = k.Col, k.Like
	}
	a.keyer = newKeyer(cols, shapes)
	if err := a.layout(shapes); err != nil {
		return nil, err
	}
	a.windows.make = a.newWindow
	a.seq = make([]int32, BatchRows)
	return a, nil
}

// layout finds where arguments stand and makes the columns of the output.
func (a *Aggregate) layout(shapes []*exec.Column) error {
	c := &a.cfg
	var outs []*exec.Column
	if c.Window.Kind != NoWindow {
		outs = append(outs, exec.NewColumn(exec.Ints), exec.NewColumn(exec.Ints))
	}
	outs = append(outs, likes(shapes)...)
	next := len(outs)
	for i := range c.Aggs {
		s := &c.Aggs[i]
		state := s.New().State()
		if state == nil && c.Phase != Single {
			return sqlerr.New(sqlerr.InternalError, "aggregate %d cannot be computed in two phases", i)
		}
		args := s.Args
		if c.Phase == Final {
			args = make([]int, len(state))
			for j := range args {
				args[j] = next + j
			}
			next += len(state)
		}
		a.argCols = append(a.argCols, args)
		a.args = append(a.args, make([]*exec.Column, len(args)))
		a.states = append(a.states, state)
		if c.Phase == Partial {
			outs = append(outs, newColumns(state)...)
		} else {
			outs = append(outs, s.Result.Like())
		}
	}
	a.out.Cols = outs
	return nil
}

func newColumns(ls []exec.Layout) []*exec.Column {
	cols := make([]*exec.Column, len(ls))
	for i, l := range ls {
		cols[i] = exec.NewColumn(l)
	}
	return cols
}

func (a *Aggregate) newWindow() *window {
	w := &window{keys: likes(a.keyer.shapes), aggs: make([]exec.Aggregate, len(a.cfg.Aggs))}
	for i := range w.aggs {
		w.aggs[i] = a.cfg.Aggs[i].New()
	}
	return w
}

// Late counts the rows that came after their window had fired. In Phase Final
// these are rows of the partial phase.
func (a *Aggregate) Late() int64 { return a.late.Load() }

// NullTimes counts the rows dropped because they had no time.
func (a *Aggregate) NullTimes() int64 { return a.nullTime.Load() }

// Skipped counts the rows dropped because their time was out of range.
func (a *Aggregate) Skipped() int64 { return a.guard.count.Load() }

// Process adds the rows to their groups.
func (a *Aggregate) Process(_ context.Context, _ int, in *exec.Batch, emit exec.Emit) error {
	n := in.Rows()
	if n == 0 {
		return nil
	}
	a.rows += int64(n)
	if cap(a.groups) < n {
		a.groups = make([]int32, n)
		a.zeros = make([]int32, n)
		a.fresh = make([]int32, 0, chunk)
	}
	if w := a.sole(in, n); w != nil {
		if err := a.add(w, in, in.Sel, n); err != nil {
			return err
		}
	} else {
		if err := a.split(in, n); err != nil {
			return err
		}
		for _, w := range a.touched {
			err := a.add(w, in, w.rows, len(w.rows))
			w.rows = w.rows[:0]
			if err != nil {
				return err
			}
		}
	}
	return a.bound(emit)
}

// bound keeps the number of groups within MaxGroups.
func (a *Aggregate) bound(emit exec.Emit) error {
	groups := a.windows.groups()
	if groups <= a.limit {
		return a.pass(emit)
	}
	if a.cfg.Phase != Partial {
		return sqlerr.New(sqlerr.OutOfMemory, "aggregation holds more than %d groups", a.cfg.MaxGroups).
			Hint("Raise %q, or group by fewer distinct values or shorter windows.", MaxGroupsSetting)
	}
	a.adapt(groups)
	return a.fire(len(a.windows.open), emit)
}

// pass lets a partial phase give on at once what came behind its own watermark.
// The other lanes may hold the final phase's back, where these rows are not late
// yet, and this lane's next advance may come after it has moved.
func (a *Aggregate) pass(emit exec.Emit) error {
	if a.cfg.Phase != Partial || a.cfg.Window.Kind == NoWindow {
		return nil
	}
	n := 0
	for n < len(a.windows.open) && due(a.windows.open[n].end, a.wm) {
		n++
	}
	if n == 0 {
		return nil
	}
	return a.fire(n, emit)
}

// adapt chooses how many groups a partial phase gathers before the next early
// flush: few, which stay in the cache, while rows hardly ever meet their group.
func (a *Aggregate) adapt(groups int) {
	a.flushes++
	a.limit = a.cfg.MaxGroups
	if a.rows < 2*int64(groups) && a.flushes%fullFlush != 0 {
		a.limit = min(a.limit, fewGroups)
	}
	a.rows = 0
}

// add puts rows (all n of the batch when nil) into the groups of w.
func (a *Aggregate) add(w *window, in *exec.Batch, rows []int32, n int) error {
	groups := a.zeros[:n]
	if a.keyer.form == noKeys {
		w.n = 1
	} else {
		groups = a.groups[:n]
		if err := a.find(w, in, rows, groups); err != nil {
			return err
		}
	}
	for i, agg := range w.aggs {
		agg.Resize(w.n)
		args := a.args[i]
		for j, c := range a.argCols[i] {
			args[j] = in.Cols[c]
		}
		g, r := groups, rows
		if f := a.cfg.Aggs[i].Filter; f >= 0 && a.cfg.Phase != Final {
			if g, r = a.filtered(in.Cols[f], groups, rows); len(g) == 0 {
				continue
			}
		}
		if err := a.update(agg, in, g, args, r); err != nil {
			return err
		}
	}
	return nil
}

// find gives each row its group in w, new ones where needed.
func (a *Aggregate) find(w *window, in *exec.Batch, rows, groups []int32) error {
	for _, k := range w.keys {
		if len(k.Data) > maxKeyBytes {
			return sqlerr.New(sqlerr.ProgramLimitExceeded, "the keys of a window exceed %d bytes", maxKeyBytes)
		}
	}
	for from := 0; from < len(groups); from += chunk {
		n := min(chunk, len(groups)-from)
		var part []int32
		if rows != nil {
			part = rows[from : from+n]
		}
		ps, src, srcRows, srcFrom := a.keyer.fill(in.Cols, part, from, n)
		fresh := w.table.find(ps, groups[from:from+n], a.fresh[:0], src, srcRows, srcFrom)
		if len(fresh) == 0 {
			continue
		}
		for i, f := range fresh {
			fresh[i] = int32(at(part, from, int(f)))
		}
		for i, c := range a.keyer.cols {
			w.keys[i].AppendColumn(in.Cols[c], fresh, 0)
		}
	}
	w.n = w.table.n
	return nil
}

// filtered lists those rows, and their groups, for which c is true.
func (a *Aggregate) filtered(c *exec.Column, groups, rows []int32) (g, r []int32) {
	g, r = a.fgroups[:0], a.frows[:0]
	for i, group := range groups {
		row := at(rows, 0, i)
		if c.Bool[row] && !c.IsNull(row) {
			g = append(g, group)
			r = append(r, int32(row))
		}
	}
	a.fgroups, a.frows = g, r
	return g, r
}

// Advance emits and drops the windows that end at or before the watermark.
func (a *Aggregate) Advance(_ context.Context, to exec.Time, emit exec.Emit) error {
	if a.wm == exec.MaxTime {
		return nil // the one row of no input has come out
	}
	a.wm = to
	if a.cfg.Window.Kind == NoWindow {
		if to != exec.MaxTime {
			return nil
		}
		if len(a.windows.open) == 0 && a.keyer.form == noKeys && a.cfg.Phase != Partial {
			w := a.windows.insert(0, exec.MinTime, exec.MaxTime)
			w.n = 1
			for _, agg := range w.aggs {
				agg.Resize(1)
			}
		}
		return a.fire(len(a.windows.open), emit)
	}
	n := 0
	for n < len(a.windows.open) && due(a.windows.open[n].end, to) {
		n++
	}
	if n == 0 {
		return nil
	}
	return a.fire(n, emit)
}

// fire emits the first n windows and closes them.
func (a *Aggregate) fire(n int, emit exec.Emit) error {
	for _, w := range a.windows.open[:n] {
		for from := 0; from < w.n; from += BatchRows {
			if err := a.emit(w, from, min(w.n, from+BatchRows), emit); err != nil {
				return err
			}
		}
	}
	a.windows.dropFirst(n)
	return nil
}

// emit puts out groups from..to of w.
func (a *Aggregate) emit(w *window, from, to int, emit exec.Emit) error {
	a.out.Reset()
	cols := a.out.Cols
	n := to - from
	seq := a.seq[:n]
	for i := range seq {
		seq[i] = int32(from + i)
	}
	if a.cfg.Window.Kind != NoWindow {
		for range n {
			cols[0].AppendInt(w.start)
			cols[1].AppendInt(w.end)
		}
		cols = cols[2:]
	}
	for i, k := range w.keys {
		cols[i].AppendColumn(k, seq, 0)
	}
	cols = cols[len(w.keys):]
	for i, agg := range w.aggs {
		if a.cfg.Phase == Partial {
			k := len(a.states[i])
			for g := from; g < to; g++ {
				agg.AppendState(cols[:k], g)
			}
			cols = cols[k:]
			continue
		}
		for g := from; g < to; g++ {
			if err := agg.AppendResult(cols[0], g); err != nil {
				if err := a.noResult(cols[0], g-from, err); err != nil {
					return err
				}
			}
		}
		cols = cols[1:]
	}
	a.out.N = n
	a.dropFaulty(n)
	return emit(&a.out)
}
