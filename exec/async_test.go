package exec

import (
	"context"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// double is an Asker: the question is column 0, or none where that is negative;
// it emits column 0 and twice column 0, which only the function can tell.
type double struct {
	f         TableFunction
	args, out *Batch
	of        []int32
	windowEnd int
	// check is told of what the rows asked and got.
	wrong func(string)
}

func newDouble(f TableFunction, wrong func(string)) *double {
	return &double{f: f, args: intBatch(-1), out: &Batch{Cols: []*Column{NewColumn(Ints), NewColumn(Ints)}}, windowEnd: -1, wrong: wrong}
}

func (d *double) Function() TableFunction { return d.f }
func (d *double) NewMatches() *Matches    { return NewMatches(intBatch(-1)) }
func (d *double) WindowEnd() int          { return d.windowEnd }

func (d *double) Ask(in *Batch) (Questions, error) {
	d.args.Reset()
	d.of = d.of[:0]
	for k := range in.Rows() {
		v := in.Cols[0].Int[in.Row(k)]
		if v < 0 {
			d.of = append(d.of, -1)
			continue
		}
		d.of = append(d.of, int32(d.args.N))
		d.args.Cols[0].AppendInt(v)
		d.args.N++
	}
	return Questions{In: in, Args: d.args, Of: d.of}, nil
}

func (d *double) Answer(_ context.Context, in *Batch, n int, m *Matches, of []int32, emit Emit) error {
	if _, err := m.Check(n); err != nil {
		d.wrong(err.Error())
	}
	d.out.Reset()
	for k := range in.Rows() {
		v, got := in.Cols[0].Int[in.Row(k)], int64(-1)
		if q := of[k]; q >= 0 {
			i, ok := slices.BinarySearch(m.Parent, q)
			if !ok {
				d.wrong(fmt.Sprintf("row %d got no answer", v))
				continue
			}
			got = m.Rows.Cols[0].Int[i]
		}
		if v >= 0 && got != 2*v {
			d.wrong(fmt.Sprintf("row %d got the answer %d", v, got))
		}
		d.out.Cols[0].AppendInt(v)
		d.out.Cols[1].AppendInt(got)
		d.out.N++
	}
	return emit(d.out)
}

func (d *double) Process(context.Context, int, *Batch, Emit) error {
	panic("the stage asks")
}
func (d *double) Advance(context.Context, Time, Emit) error { return nil }

// twice is the function: it notes its calls.
type twice struct {
	calls [][]int64
	saved int
}

// AddDuplicates notes the questions not asked.
func (f *twice) AddDuplicates(n int) { f.saved += n }

func (f *twice) Call(_ context.Context, args *Batch, out *Matches) error {
	f.calls = append(f.calls, slices.Clone(args.Cols[0].Int))
	for q, v := range args.Cols[0].Int {
		out.Rows.Cols[0].AppendInt(2 * v)
		out.Parent = append(out.Parent, int32(q))
	}
	out.Rows.N = args.N
	return nil
}

// byHand is a task with one input and an asynchronous stage, whose calls end when
// the test says so.
type byHand struct {
	*harness
	flying []*asyncCall
	f      *twice
	now    time.Time
}

func newByHand(cfg AsyncConfig, wrong func(string)) *byHand {
	h := &byHand{f: &twice{}, now: time.Unix(0, 0)}
	g := NewGraph(GraphConfig{Now: func() time.Time { return h.now }})
	h.harness = &harness{log: &collect{}, t: g.Task("t")}
	d := newDouble(h.f, wrong)
	h.t.Add(d)
	h.t.Add(h.log)
	h.t.Async(d, cfg)
	h.t.async.launch = func(c *asyncCall) { h.flying = append(h.flying, c) }
	h.t.out = barriers{h.log}
	g.Connect(g.Task("from"), []*Task{h.t}, 0, nil, intBatch(0))
	g.open()
	h.ins = []*edge{h.t.ins[0].edge}
	return h
}

// barriers notes barriers in a log.
type barriers struct{ log *collect }

func (o barriers) Write(context.Context, *Batch) error         { return nil }
func (o barriers) Watermark(context.Context, Time, bool) error { return nil }
func (o barriers) Barrier(_ context.Context, e Epoch) error {
	o.log.log = append(o.log.log, fmt.Sprintf("barrier %d", e))
	return nil
}
func (o barriers) End(context.Context) error { return nil }

// complete ends the i-th call under way.
func (h *byHand) complete(t testing.TB, i int) {
	t.Helper()
	c := h.flying[i]
	h.flying = slices.Delete(h.flying, i, i+1)
	c.run(context.Background(), h.f, func(any) {})
	if err := h.t.async.completed(context.Background(), c); err != nil && err != io.EOF {
		t.Fatal(err)
	}
}

// batching is what the calls should be: the questions of a key in order, each
// call full before the next begins.
type batching struct {
	max    int
	dedup  bool
	parts  bool // a batch a value
	open   map[int64][]int64
	opened map[int64]time.Time
	calls  [][]int64
	saved  int
}

func (m *batching) ask(v int64, now time.Time) {
	if v < 0 {
		return
	}
	key := int64(0)
	if m.parts {
		key = v
	}
	b := m.open[key]
	if m.dedup && slices.Contains(b, v) {
		m.saved++
		return
	}
	if len(b) == 0 {
		m.opened[key] = now
	}
	if m.open[key] = append(b, v); len(m.open[key]) == m.max {
		m.send(key)
	}
}

func (m *batching) send(key int64) {
	m.calls = append(m.calls, m.open[key])
	delete(m.open, key)
}

// flush sends the batches opened at or before a time.
func (m *batching) flush(until time.Time) {
	for key := range m.open {
		if !m.opened[key].After(until) {
			m.send(key)
		}
	}
}

// Whatever comes in whatever order: each row comes out once, with its answer,
// in order (or, unordered, between the same signals); calls are as full as they can be,
// and never more of them under way than allowed.
func TestAsyncProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cfg := AsyncConfig{
			MaxRows:     rapid.IntRange(1, 5).Draw(rt, "rows"),
			MaxInFlight: rapid.IntRange(1, 3).Draw(rt, "in flight"),
			Unordered:   rapid.Bool().Draw(rt, "unordered"),
			Deduplicate: rapid.Bool().Draw(rt, "deduplicate"),
			MaxWait:     time.Duration(rapid.IntRange(0, 2).Draw(rt, "wait")) * time.Second,
		}
		parts := rapid.Bool().Draw(rt, "partition")
		if parts {
			cfg.PartitionBy = []int{0}
		}
		h := newByHand(cfg, func(s string) { rt.Fatal(s) })
		model := &batching{max: cfg.MaxRows, dedup: cfg.Deduplicate, parts: parts, open: map[int64][]int64{}, opened: map[int64]time.Time{}}
		var in []string // what went in, as it should come out
		mayTake := func() bool { return !h.t.async.full() }
		steps := rapid.SliceOfN(rapid.IntRange(0, 9), 0, 40).Draw(rt, "steps")
		wms, epoch := int64(0), Epoch(0)
		for _, step := range steps {
			switch {
			case step < 4 && mayTake():
				vs := rapid.SliceOfN(rapid.Int64Range(-1, 7), 1, 8).Draw(rt, "values")
				for _, v := range vs {
					in = append(in, fmt.Sprintf("row0 %d", v))
					model.ask(v, h.now)
				}
				if cfg.MaxWait == 0 {
					model.flush(h.now)
				}
				h.give(t, 0, rows(vs...))
			case step == 4 && mayTake():
				wms++
				// Of those that follow each other the last alone may come out.
				if n := len(in); n > 0 && len(in[n-1]) > 2 && in[n-1][:2] == "wm" && len(h.t.async.fifo) > 0 {
					in = in[:n-1]
				}
				in = append(in, fmt.Sprintf("wm %d", wms))
				h.give(t, 0, wm(wms, false))
			case step == 5 && mayTake():
				epoch++
				in = append(in, fmt.Sprintf("barrier %d", epoch))
				model.flush(h.now)
				h.give(t, 0, barrier(epoch))
			case step == 6:
				h.now = h.now.Add(time.Second)
				if at, ok := h.t.async.deadline(); ok && !at.After(h.now) {
					if err := h.t.async.expired(context.Background(), h.now); err != nil {
						rt.Fatal(err)
					}
				}
				model.flush(h.now.Add(-cfg.MaxWait))
			case len(h.flying) > 0:
				h.complete(t, rapid.IntRange(0, len(h.flying)-1).Draw(rt, "which"))
			}
			// A batch is sent before its time only if what waits for it, rows
			// without a question included, is all that may be held.
			if s := h.t.async; len(s.open) == 0 && len(model.open) > 0 {
				if s.rows < s.bound {
					rt.Fatalf("batches of %v were sent although only %d rows are held", model.open, s.rows)
				}
				model.flush(h.now)
			}
			if len(h.flying) > cfg.MaxInFlight {
				rt.Fatalf("%d calls under way", len(h.flying))
			}
			if n := h.t.async.rows; n > h.t.async.bound+8 {
				rt.Fatalf("%d rows held", n)
			}
		}
		model.flush(h.now)
		in = append(in, "end")
		h.give(t, 0, end)
		for len(h.flying) > 0 {
			h.complete(t, rapid.IntRange(0, len(h.flying)-1).Draw(rt, "which"))
		}
		if !h.t.done || h.t.async.rows != 0 {
			rt.Fatal("the task has not ended")
		}
		checkOrder(rt, in, h.log.log, cfg.Unordered)
		for _, c := range h.f.calls {
			if len(c) > cfg.MaxRows {
				rt.Fatalf("a call has %d rows", len(c))
			}
			if parts && slices.Min(c) != slices.Max(c) {
				rt.Fatalf("a call has several keys: %v", c)
			}
		}
		byText := func(a, b []int64) int { return slices.Compare(a, b) } // they end in any order
		slices.SortFunc(h.f.calls, byText)
		slices.SortFunc(model.calls, byText)
		if fmt.Sprint(h.f.calls) != fmt.Sprint(model.calls) {
			rt.Fatalf("calls %v, want %v", h.f.calls, model.calls)
		}
		if h.f.saved != model.saved {
			rt.Fatalf("%d duplicates, want %d", h.f.saved, model.saved)
		}
	})
}

// checkOrder compares what came out with what went in; unordered, rows between
// two signals may change places.
func checkOrder(t *rapid.T, in, out []string, unordered bool) {
	settle := func(log []string) []string {
		log = slices.Clone(log)
		from := 0
		for i, s := range log {
			if s[:3] != "row" {
				slices.Sort(log[from:i])
				from = i + 1
			}
		}
		return log
	}
	if unordered {
		in, out = settle(in), settle(out)
	}
	if !slices.Equal(in, out) {
		t.Fatalf("in  %v\nout %v", in, out)
	}
}

// A window's end closes the batches with its rows, and no others.
func TestAsyncWindowEndClosesBatches(t *testing.T) {
	h := newByHand(AsyncConfig{MaxRows: 10, MaxWait: time.Hour}, func(s string) { t.Fatal(s) })
	h.t.async.asker.(*double).windowEnd = 0
	h.give(t, 0, rows(20_000, 30_000))
	h.give(t, 0, wm(18_999, false))
	if len(h.flying) != 0 {
		t.Fatal("a batch was closed before the end of its windows")
	}
	h.give(t, 0, wm(19_000, false))
	if len(h.flying) != 1 || h.flying[0].args.N != 2 {
		t.Fatalf("%d calls", len(h.flying))
	}
	h.complete(t, 0)
	want := []string{"row0 20000", "row0 30000", "wm 19000"}
	if !slices.Equal(h.log.log, want) {
		t.Fatalf("got %v, want %v", h.log.log, want)
	}
}

// MaxBytes closes a batch before it would be passed.
func TestAsyncMaxBytes(t *testing.T) {
	h := newByHand(AsyncConfig{MaxBytes: 3*valueBytes + 1, MaxInFlight: 9}, func(s string) { t.Fatal(s) })
	h.give(t, 0, rows(1, 2, 3, 4, 5, 6, 7))
	var got []int
	for _, c := range h.flying {
		got = append(got, c.args.N)
	}
	if !slices.Equal(got, []int{3, 3, 1}) {
		t.Fatalf("calls of %v rows", got)
	}
}

// When calls are under way and a batch waits, or too many rows are held, no more
// input is taken; the rows of a batch that never fills do not stop the stream.
func TestAsyncBackPressure(t *testing.T) {
	h := newByHand(AsyncConfig{MaxRows: 2, MaxInFlight: 1, MaxWait: time.Hour}, func(s string) { t.Fatal(s) })
	full := func(want bool) {
		t.Helper()
		if h.t.async.full() != want {
			t.Fatalf("full: %v", !want)
		}
	}
	h.give(t, 0, rows(1, 2))
	full(false) // one under way, none waits
	h.give(t, 0, rows(3))
	full(false)
	h.give(t, 0, rows(4))
	full(true)
	h.complete(t, 0)
	full(false)
	h.complete(t, 0)
	h = newByHand(AsyncConfig{MaxRows: 2, MaxInFlight: 1, MaxWait: time.Hour}, func(s string) { t.Fatal(s) })
	h.give(t, 0, rows(1, -1, -1, -1, -1, -1, -1))
	if len(h.flying) != 1 {
		t.Fatal("rows without a question wait for a batch that does not fill")
	}
}

// A fault of a call ends the query, and so does a panic in it.
func TestAsyncCallFails(t *testing.T) {
	for name, f := range map[string]TableFunction{
		"error": callFunc(func(*Batch, *Matches) error { return io.ErrUnexpectedEOF }),
		"panic": callFunc(func(*Batch, *Matches) error { panic("no") }),
		"wrong": callFunc(func(_ *Batch, m *Matches) error { m.Parent = append(m.Parent, 1); return nil }),
	} {
		h := newByHand(AsyncConfig{}, func(string) {})
		h.give(t, 0, rows(1))
		c := h.flying[0]
		c.run(t.Context(), f, func(any) {})
		if err := h.t.async.completed(t.Context(), c); err == nil || err == io.EOF {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type callFunc func(args *Batch, out *Matches) error

func (f callFunc) Call(_ context.Context, args *Batch, out *Matches) error { return f(args, out) }

// The attempts and faults of rows answered by several calls stay theirs.
func TestAsyncMergesCalls(t *testing.T) {
	h := newByHand(AsyncConfig{MaxRows: 1, MaxInFlight: 4}, func(s string) { t.Fatal(s) })
	var got []string
	h.t.async.asker = &spy{double: h.t.async.asker.(*double), saw: func(s string) { got = append(got, s) }}
	h.give(t, 0, rows(1, 2, 3, -1))
	for _, i := range []int{2, 1, 0} {
		c := h.flying[i]
		c.answers.Version = int64(i)
		if i == 1 {
			c.answers.Faults = append(c.answers.Faults, Fault{0, io.ErrNoProgress})
		} else {
			c.run(t.Context(), h.f, func(any) {})
			c.answers.Attempts = []int32{int32(i + 5)}
		}
		if err := h.t.async.completed(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"n 3 parent [0 2] faults [{1 multiple Read calls return no data or error}] attempts [5 1 7] of [0 1 2 -1] version 2"}
	if !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

// spy writes down the answers instead of emitting them.
type spy struct {
	*double
	saw func(string)
}

func (s *spy) Answer(_ context.Context, _ *Batch, n int, m *Matches, of []int32, _ Emit) error {
	s.saw(fmt.Sprintf("n %d parent %v faults %v attempts %v of %v version %d", n, m.Parent, m.Faults, m.Attempts, of, m.Version))
	return nil
}
