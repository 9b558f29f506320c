package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// collect is a sink and operator for tests: it writes down what it sees.
type collect struct{ log []string }

func (c *collect) Process(_ context.Context, port int, b *Batch, emit Emit) error {
	for i := range b.Rows() {
		c.log = append(c.log, fmt.Sprintf("row%d %d", port, b.Cols[0].Int[b.Row(i)]))
	}
	return emit(b)
}

func (c *collect) Advance(_ context.Context, to Time, _ Emit) error {
	if to == MaxTime {
		c.log = append(c.log, "end")
	} else {
		c.log = append(c.log, fmt.Sprintf("wm %d", to))
	}
	return nil
}

func intBatch(split int32, vs ...int64) *Batch {
	c := NewColumn(Ints)
	for _, v := range vs {
		c.AppendInt(v)
	}
	return &Batch{Cols: []*Column{c}, N: len(vs), Split: split}
}

// harness is a task with n inputs, driven by hand.
type harness struct {
	t   *Task
	log *collect
	ins []*edge
}

func newHarness(n int) *harness {
	h := &harness{log: &collect{}}
	g := NewGraph(GraphConfig{})
	h.t = g.Task("t")
	h.t.Add(h.log)
	for range n {
		from := g.Task("from")
		g.Connect(from, []*Task{h.t}, 0, nil, intBatch(0))
	}
	g.open()
	for i := range h.t.ins {
		h.ins = append(h.ins, h.t.ins[i].edge)
	}
	return h
}

// give handles one packet, as if input i had sent it. When the edge has no free
// packet (a blocked input holds them all) it tells false.
func (h *harness) give(t testing.TB, i int, set func(*Packet)) bool {
	t.Helper()
	select {
	case p := <-h.ins[i].free:
		set(p)
		if err := h.t.Handle(context.Background(), p); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		return true
	default:
		return false
	}
}

func rows(vs ...int64) func(*Packet) {
	return func(p *Packet) { p.Kind = PacketRows; intBatch(0, vs...).AppendTo(p.Batch) }
}
func wm(to Time, idle bool) func(*Packet) {
	return func(p *Packet) { p.Kind, p.Time, p.Idle = PacketWatermark, to, idle }
}
func barrier(e Epoch) func(*Packet) { return func(p *Packet) { p.Kind, p.Epoch = PacketBarrier, e } }
func end(p *Packet)                 { p.Kind = PacketEnd }

func TestWatermarkIsTheLeastOfLiveInputs(t *testing.T) {
	h := newHarness(2)
	h.give(t, 0, wm(10, false))
	if len(h.log.log) > 0 {
		t.Fatalf("advanced before the second input spoke: %v", h.log.log)
	}
	h.give(t, 1, wm(5, false))
	h.give(t, 0, wm(20, false))
	h.give(t, 1, wm(30, true)) // idle: does not hold back
	h.give(t, 1, wm(7, false)) // awake again, behind: the watermark stays
	h.give(t, 0, wm(25, false))
	h.give(t, 1, wm(40, false))
	h.give(t, 1, end)
	h.give(t, 0, wm(50, false))
	h.give(t, 0, end)
	want := []string{"wm 5", "wm 20", "wm 25", "wm 50", "end"}
	if !slices.Equal(h.log.log, want) {
		t.Fatalf("got %v, want %v", h.log.log, want)
	}
}

func TestAllIdleInputsFollowTheSlowestClock(t *testing.T) {
	h := newHarness(2)
	h.give(t, 0, wm(10, false))
	h.give(t, 1, wm(100, true))
	h.give(t, 0, wm(90, true))
	h.give(t, 0, wm(120, true))
	want := []string{"wm 10", "wm 90", "wm 100"}
	if !slices.Equal(h.log.log, want) {
		t.Fatalf("got %v, want %v", h.log.log, want)
	}
}

// For any interleaving of the inputs the state saved at a barrier holds exactly
// the rows that stood before it.
func TestBarrierAlignment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "inputs")
		h := newHarness(n)
		var saved []string
		h.t.saved = func(e Epoch, _ []Stateful) error {
			saved = append(saved, fmt.Sprintf("%d:%d", e, len(h.log.log)))
			return nil
		}
		// Each input sends three epochs of three rows.
		script := func(i int) (s []func(*Packet)) {
			for e := range 3 {
				for r := range 3 {
					s = append(s, rows(int64(i*100+e*10+r)))
				}
				s = append(s, barrier(Epoch(e+1)))
			}
			return s
		}
		scripts := make([][]func(*Packet), n)
		for i := range scripts {
			scripts[i] = script(i)
		}
		tb := &tbShim{t}
		for stuck := 0; stuck < 10_000; stuck++ {
			var open []int
			for i := range scripts {
				if len(scripts[i]) > 0 && len(h.ins[i].free) > 0 {
					open = append(open, i)
				}
			}
			if len(open) == 0 {
				break
			}
			i := open[rapid.IntRange(0, len(open)-1).Draw(t, "pick")]
			if h.give(tb.TB(), i, scripts[i][0]) {
				scripts[i] = scripts[i][1:]
			}
		}
		want := []string{}
		for e := range 3 {
			want = append(want, fmt.Sprintf("%d:%d", e+1, (e+1)*3*n))
		}
		if !slices.Equal(saved, want) {
			t.Fatalf("saved %v, want %v", saved, want)
		}
	})
}

type tbShim struct{ t *rapid.T }

func (s *tbShim) TB() testing.TB { return fatalTB{t: s.t} }

// fatalTB lets the harness fail a rapid check.
type fatalTB struct {
	testing.TB
	t *rapid.T
}

func (f fatalTB) Helper()           {}
func (f fatalTB) Fatal(args ...any) { f.t.Fatal(args...) }

// limit passes n rows and then wants no more.
type limit struct{ left int }

func (l *limit) Process(_ context.Context, _ int, b *Batch, emit Emit) error {
	out := *b
	out.Sel = nil
	out.N = min(b.N, l.left)
	l.left -= out.N
	if err := emit(&out); err != nil {
		return err
	}
	if l.left == 0 {
		return ErrDone
	}
	return nil
}
func (l *limit) Advance(context.Context, Time, Emit) error { return nil }

// script is a source of given batches; it is silent where a batch is nil, until
// ctx ends if open.
type script struct {
	batches []*Batch
	splits  []int32
	behind  map[int32]bool
	open    bool
	tick    time.Duration
	closed  bool
}

func (s *script) Read(ctx context.Context) (*Batch, error) {
	if len(s.batches) == 0 && !s.open {
		return nil, io.EOF
	}
	var b *Batch
	if len(s.batches) > 0 {
		b, s.batches = s.batches[0], s.batches[1:]
	}
	if b == nil {
		select {
		case <-time.After(s.tick):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return b, nil
}
func (s *script) Close() error              { s.closed = true; return nil }
func (s *script) Splits() []int32           { return s.splits }
func (s *script) CaughtUp(split int32) bool { return !s.behind[split] }
func (s *script) Ended(int32) bool          { return false }

func TestLimitEndsTheQueryAndLaterOperatorsSeeTheEnd(t *testing.T) {
	g := NewGraph(GraphConfig{})
	src := &script{batches: []*Batch{intBatch(0, 1, 2, 3), intBatch(0, 4, 5)}, open: true, tick: time.Hour}
	after := &collect{}
	a := g.Source("scan", src)
	a.Add(&limit{left: 2})
	b := g.Task("rest")
	b.Add(after)
	g.Connect(a, []*Task{b}, 0, nil, intBatch(0))
	pipe := NewPipe(intBatch(0))
	g.Sink(b, pipe)
	if err := g.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	pipe.Finish(nil)
	if want := []string{"row0 1", "row0 2", "end"}; !slices.Equal(after.log, want) {
		t.Fatalf("got %v, want %v", after.log, want)
	}
	if !src.closed {
		t.Fatal("source was not closed")
	}
	got, err := pipe.Next(t.Context(), true)
	if err != nil || got.N != 2 {
		t.Fatalf("rows before the end were lost: %v %v", got, err)
	}
	if _, err := pipe.Next(t.Context(), true); err != io.EOF {
		t.Fatalf("got %v at the end", err)
	}
}

func TestReaderThatLeavesEndsTheQuery(t *testing.T) {
	g := NewGraph(GraphConfig{})
	pipe := NewPipe(intBatch(0))
	var many []*Batch
	for range 100 {
		many = append(many, intBatch(0, 1))
	}
	g.Sink(g.Source("scan", &script{batches: many, open: true, tick: time.Hour}), pipe)
	done := make(chan error, 1)
	go func() { done <- g.Run(context.Background()) }()
	if _, err := pipe.Next(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	pipe.Leave()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestPanicEndsOnlyTheQuery(t *testing.T) {
	var log string
	g := NewGraph(GraphConfig{Panicked: func(task string, value any, stack []byte) { log = fmt.Sprint(task, value, string(stack)) }})
	g.Source("scan", &script{batches: []*Batch{{Cols: nil, N: 1}}}).Add(&collect{})
	err := g.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "XX000") || strings.Contains(err.Error(), ".go:") {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(log, "scan") || !strings.Contains(log, ".go:") {
		t.Fatalf("the log was told %q", log)
	}
}

func TestCancelGivesTheCause(t *testing.T) {
	g := NewGraph(GraphConfig{})
	g.Source("scan", &script{open: true, tick: time.Hour})
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("because")
	cancel(why)
	if err := g.Run(ctx); !errors.Is(err, why) {
		t.Fatalf("got %v", err)
	}
}

const ms = int64(1000)

// runTimed runs a source with a watermark in simulated time and gives the log of
// the operator behind it.
func runTimed(t *testing.T, src *script, run time.Duration, idle time.Duration) (log []string) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGraph(GraphConfig{})
		c := &collect{}
		task := g.Source("scan", src)
		task.Watermark(WatermarkSpec{Time: 0, Delay: ms, IdleTimeout: idle})
		task.Add(c)
		ctx, cancel := context.WithTimeout(t.Context(), run)
		defer cancel()
		_ = g.Run(ctx)
		log = c.log
	})
	return log
}

func TestWatermarkPerSplit(t *testing.T) {
	src := &script{splits: []int32{0, 1}, batches: []*Batch{
		intBatch(0, 5*ms), intBatch(0, 9*ms), intBatch(1, 3*ms), intBatch(1, 20*ms)}}
	want := []string{"row0 5000", "row0 9000", "row0 3000", "wm 2000", "row0 20000", "wm 8000", "end"}
	if got := runTimed(t, src, time.Hour, 0); !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestSilentSplitIsIdleOnlyWhenCaughtUp(t *testing.T) {
	// Split 1 never speaks. While the source is behind with it, it holds.
	batches := []*Batch{intBatch(0, 5*ms), nil, nil, nil, intBatch(0, 6*ms), intBatch(0, 7*ms)}
	src := &script{splits: []int32{0, 1}, batches: slices.Clone(batches), behind: map[int32]bool{1: true}, tick: 5 * time.Second}
	if got := runTimed(t, src, time.Hour, 10*time.Second); slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "wm") }) {
		t.Fatalf("a split that is behind was taken for idle: %v", got)
	}
	// Split 0 speaks every 4 s: at 12 s split 1 has been silent for longer than 10 s.
	batches = []*Batch{intBatch(0, 5*ms), nil, intBatch(0, 6*ms), nil, intBatch(0, 7*ms), nil, intBatch(0, 8*ms)}
	src = &script{splits: []int32{0, 1}, batches: batches, tick: 4 * time.Second}
	got := runTimed(t, src, time.Hour, 10*time.Second)
	if want := []string{"row0 5000", "row0 6000", "row0 7000", "wm 6000", "row0 8000", "wm 7000", "end"}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestAllIdleFollowsTheClock(t *testing.T) {
	// The bubble's clock starts at 2000-01-01: windows of 1970 all close.
	src := &script{splits: []int32{0}, batches: []*Batch{intBatch(0, 5*ms)}, open: true, tick: time.Second}
	got := runTimed(t, src, 12*time.Second, 10*time.Second)
	start := time.Date(2000, 1, 1, 0, 0, 10, 0, time.UTC).UnixMicro() - ms
	want := []string{"row0 5000", "wm 4000", fmt.Sprintf("wm %d", start), fmt.Sprintf("wm %d", start+1_000_000)}
	if len(got) < 3 || !slices.Equal(got[:3], want[:3]) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestInfinityDoesNotEndTime(t *testing.T) {
	src := &script{splits: []int32{0}, batches: []*Batch{intBatch(0, MaxTime), intBatch(0, 5*ms)}}
	want := []string{fmt.Sprintf("row0 %d", MaxTime), "row0 5000", "wm 4000", "end"}
	if got := runTimed(t, src, time.Hour, 0); !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestHashExchangeKeepsKeysTogether(t *testing.T) {
	g := NewGraph(GraphConfig{})
	var bs []*Batch
	for i := range 50 {
		bs = append(bs, intBatch(0, int64(i%7), int64(i%11), int64(i%3)))
	}
	from := g.Source("scan", &script{batches: bs})
	outs := []*collect{{}, {}, {}}
	var to []*Task
	for _, o := range outs {
		agg := g.Task("agg")
		agg.Add(o)
		to = append(to, agg)
	}
	g.Connect(from, to, 0, []int{0}, intBatch(0))
	if err := g.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	where := map[string]int{}
	total := 0
	for i, o := range outs {
		for _, l := range o.log {
			if l == "end" {
				continue
			}
			total++
			if at, ok := where[l]; ok && at != i {
				t.Fatalf("%s went to tasks %d and %d", l, at, i)
			}
			where[l] = i
		}
	}
	if total != 150 {
		t.Fatalf("%d of 150 rows arrived", total)
	}
}

// PROCTIME() windows close by the clock, whether rows come or not.
func TestProcTimeFollowsTheClock(t *testing.T) {
	var got []string
	synctest.Test(t, func(t *testing.T) {
		start := time.Now().UnixMicro()
		g := NewGraph(GraphConfig{})
		c := &collect{}
		task := g.Source("scan", &script{splits: []int32{0}, behind: map[int32]bool{0: true}, open: true, tick: time.Second})
		task.Watermark(WatermarkSpec{Delay: ms, ProcTime: true})
		task.Add(c)
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		_ = g.Run(ctx)
		got = c.log
		want := []string{fmt.Sprintf("wm %d", start+1_000_000-ms), fmt.Sprintf("wm %d", start+2_000_000-ms)}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
