package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// service is a function that takes a time, and notes when it was called with
// how many rows.
type service struct {
	mu    sync.Mutex
	start time.Time
	calls []string
	takes func() time.Duration
	// slow, when not nil, tells by its first question whether a call never ends:
	// those that begin at the same moment come in any order.
	slow func(first int64) bool
	// now and most are the calls under way, and the most there were.
	now, most atomic.Int32
}

func newService(takes func() time.Duration) *service {
	return &service{start: time.Now(), takes: takes}
}

func (s *service) Call(ctx context.Context, args *Batch, out *Matches) error {
	n := s.now.Add(1)
	defer s.now.Add(-1)
	s.mu.Lock()
	s.most.Store(max(s.most.Load(), n))
	s.calls = append(s.calls, fmt.Sprintf("%v: %d", time.Since(s.start), args.N))
	takes := s.takes()
	if s.slow != nil && s.slow(args.Cols[0].Int[0]) {
		takes = 1000 * time.Hour
	}
	s.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return (&twice{}).Call(ctx, args, out)
}

func always(d time.Duration) func() time.Duration { return func() time.Duration { return d } }

// every is a source of one row after each pause; open: it never ends.
type every struct {
	pause time.Duration
	n     int64
	at    int64
	size  int64 // rows a batch
	open  bool
}

func (s *every) Read(ctx context.Context) (*Batch, error) {
	if s.at == s.n && !s.open {
		return nil, io.EOF
	}
	pause := s.pause
	if s.at == s.n {
		pause = IdleTick
	}
	if pause > 0 {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if s.at == s.n {
		return nil, nil
	}
	b := intBatch(0)
	for range max(s.size, 1) {
		b.Cols[0].AppendInt(s.at)
		b.N++
		s.at++
	}
	return b, nil
}
func (s *every) Close() error { return nil }

// asyncGraph is a source, a stage and an operator behind it.
func asyncGraph(src Source, f TableFunction, cfg AsyncConfig, behind ...Operator) (*Graph, *Task) {
	g := NewGraph(GraphConfig{})
	d := newDouble(f, func(s string) { panic(s) })
	from, to := g.Source("scan", src), g.Task("ask")
	to.Add(d)
	for _, op := range behind {
		to.Add(op)
	}
	to.Async(d, cfg)
	g.Connect(from, []*Task{to}, 0, nil, intBatch(0))
	return g, to
}

// runService runs rows through a service in simulated time.
func runService(t *testing.T, src Source, takes func() time.Duration, cfg AsyncConfig) (calls, log []string) {
	synctest.Test(t, func(t *testing.T) {
		c, s := &collect{}, newService(takes)
		g, _ := asyncGraph(src, s, cfg, c)
		if err := g.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if most := int(s.most.Load()); most > max(cfg.MaxInFlight, 1) {
			t.Errorf("%d calls at the same time", most)
		}
		calls, log = s.calls, c.log
	})
	return calls, log
}

// The rules of GroupIntoBatches, one by one.
func TestGroupIntoBatchesRules(t *testing.T) {
	for _, c := range []struct {
		name string
		src  *every
		cfg  AsyncConfig
		want []string
	}{
		{"ten elements, size five", &every{n: 10, size: 10}, AsyncConfig{MaxRows: 5, MaxWait: time.Hour, MaxInFlight: 4}, []string{"0s: 5", "0s: 5"}},
		{"the rest goes at the end of the input", &every{n: 12, size: 3}, AsyncConfig{MaxRows: 5, MaxWait: time.Hour, MaxInFlight: 4}, []string{"0s: 5", "0s: 5", "0s: 2"}},
		{"an element each 2 s, at most 5 s of waiting", &every{n: 8, pause: 2 * time.Second}, AsyncConfig{MaxRows: 100, MaxWait: 5 * time.Second, MaxInFlight: 4},
			// from the first row of each batch: 2 s, 8 s, 14 s
			[]string{"7s: 3", "13s: 3", "16s: 2"}},
		{"size before time", &every{n: 4, pause: 2 * time.Second}, AsyncConfig{MaxRows: 2, MaxWait: 5 * time.Second, MaxInFlight: 4}, []string{"4s: 2", "8s: 2"}},
		{"no waiting: what came together", &every{n: 7, size: 7}, AsyncConfig{MaxRows: 5, MaxInFlight: 4}, []string{"0s: 5", "0s: 2"}},
		{"one call at a time", &every{n: 6, size: 6}, AsyncConfig{MaxRows: 2, MaxInFlight: 1}, []string{"0s: 2", "1s: 2", "2s: 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			calls, log := runService(t, c.src, always(time.Second), c.cfg)
			slices.Sort(calls) // those of one moment begin in any order
			want := slices.Clone(c.want)
			slices.Sort(want)
			if !slices.Equal(calls, want) {
				t.Errorf("calls %v, want %v", calls, want)
			}
			if len(log) != int(c.src.n)+1 {
				t.Errorf("%d rows came out of %d", len(log)-1, c.src.n)
			}
		})
	}
}

// A row waits for its batch MaxWait at most, and then for one call.
func TestAsyncAddedLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const wait, takes = 4 * time.Second, 300 * time.Millisecond
		seen := &clocked{start: time.Now()}
		g, _ := asyncGraph(&every{n: 50, pause: 700 * time.Millisecond}, newService(always(takes)),
			AsyncConfig{MaxRows: 1000, MaxWait: wait, MaxInFlight: 2}, seen)
		if err := g.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		for v, at := range seen.at {
			if came := time.Duration(v+1) * 700 * time.Millisecond; at-came > wait+takes {
				t.Errorf("row %d waited %v", v, at-came)
			}
		}
		if len(seen.at) != 50 {
			t.Errorf("%d rows", len(seen.at))
		}
	})
}

// clocked notes when each row came.
type clocked struct {
	start time.Time
	at    []time.Duration
}

func (c *clocked) Process(_ context.Context, _ int, b *Batch, emit Emit) error {
	for range b.Rows() {
		c.at = append(c.at, time.Since(c.start))
	}
	return emit(b)
}
func (c *clocked) Advance(context.Context, Time, Emit) error { return nil }

// Calls of random length keep the order of the rows.
func TestAsyncOrderUnderRandomDelays(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	takes := func() time.Duration { return time.Duration(rnd.IntN(1000)) * time.Millisecond }
	for _, parts := range [][]int{nil, {0}} {
		_, log := runService(t, &every{n: 500, size: 20, pause: 10 * time.Millisecond}, takes,
			AsyncConfig{MaxRows: 7, MaxInFlight: 5, MaxWait: time.Second, PartitionBy: parts})
		var want []string
		for i := range 500 {
			want = append(want, fmt.Sprintf("row0 %d", i))
		}
		if want = append(want, "end"); !slices.Equal(log, want) {
			t.Errorf("partition %v: out of order: %v", parts, log)
		}
	}
}

// A slow call stops neither more than it must: the source waits once all
// calls are under way, and no row is lost.
func TestAsyncBackPressureReachesTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &every{n: 1000, open: true}
		s := newService(always(time.Hour))
		g, task := asyncGraph(src, s, AsyncConfig{MaxRows: 10, MaxInFlight: 2, MaxWait: time.Minute})
		ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Minute, io.ErrClosedPipe)
		defer cancel()
		if err := g.Run(ctx); !errors.Is(err, io.ErrClosedPipe) {
			t.Fatal(err)
		}
		if took := src.at; took > 30+EdgeDepth+2 {
			t.Errorf("the source gave %d rows to a service that never answers", took)
		}
		if n := s.most.Load(); n != 2 || s.now.Load() != 0 {
			t.Errorf("%d calls at most, %d left behind", n, s.now.Load())
		}
		if got := task.Stats.RowsOut.Load(); got != 0 {
			t.Errorf("%d rows came out", got)
		}
	})
}

// A LIMIT behind the stage ends the query, and the calls under way with it.
func TestAsyncEndsWithLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(always(time.Second))
		s.slow = func(first int64) bool { return first >= 8 } // the third call and later ones
		g, _ := asyncGraph(&every{n: 1 << 40, size: 4}, s, AsyncConfig{MaxRows: 4, MaxInFlight: 4}, &limit{left: 3})
		start := time.Now()
		if err := g.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d != time.Second || s.now.Load() != 0 {
			t.Errorf("ended after %v with %d calls left behind", d, s.now.Load())
		}
	})
}

// The barrier comes out behind the rows before it and ahead of those behind it.
func TestAsyncBarrierWaitsForCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log []string
		saved := func(task string, e Epoch, _ []Stateful) error {
			if task == "ask" {
				log = append(log, fmt.Sprintf("saved %d", e))
			}
			return nil
		}
		c := &collect{}
		g, to := asyncGraph(&every{n: 6, pause: time.Second}, newService(always(1500*time.Millisecond)),
			AsyncConfig{MaxRows: 100, MaxWait: time.Hour, MaxInFlight: 2}, c)
		to.saved = func(e Epoch, parts []Stateful) error {
			log = append(log, fmt.Sprintf("%d rows", len(c.log)))
			return saved("ask", e, parts)
		}
		go func() {
			<-time.After(3500 * time.Millisecond)
			g.Barrier(7)
		}()
		if err := g.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		// The source looks for barriers between reads: after the fourth row.
		if want := []string{"4 rows", "saved 7"}; !slices.Equal(log, want) {
			t.Errorf("got %v, want %v", log, want)
		}
	})
}

// A call's fault ends the query at once.
func TestAsyncFaultEndsTheQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := callFunc(func(args *Batch, out *Matches) error {
			if args.Cols[0].Int[0] > 5 {
				return io.ErrUnexpectedEOF
			}
			return (&twice{}).Call(context.Background(), args, out)
		})
		g, _ := asyncGraph(&every{n: 1 << 40, open: true, pause: time.Second}, f, AsyncConfig{MaxRows: 2, MaxInFlight: 3})
		if err := g.Run(t.Context()); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatal(err)
		}
	})
}
