package exec

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// GraphConfig holds what all tasks of a query share.
type GraphConfig struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// BatchRows is how many rows a packet between tasks gathers (default 1024).
	BatchRows int
	// Saved is called by each task at each barrier with its stateful parts, in
	// the task's goroutine. Nil: barriers save nothing.
	Saved func(task string, e Epoch, parts []Stateful) error
	// Panicked is told of a panic in a task, in its goroutine: the client learns
	// that there was one, the stack is for the log. May be nil.
	Panicked func(task string, value any, stack []byte)
}

// DefaultBatchRows is how many rows a packet between tasks gathers.
const DefaultBatchRows = 1024

// Graph is a query's running dataflow: tasks, each a goroutine, with bounded edges
// between them. Build it with Source, Task,
// Connect and Sink, add operators to the tasks, then Run it once.
type Graph struct {
	cfg     GraphConfig
	tasks   []*Task
	closers []io.Closer
	beside  []Companion
	// snapshot is the one under way, epoch the last that Snapshot began.
	snapshot atomic.Pointer[snapshotting]
	epoch    Epoch
}

// Companion works beside the tasks of a query, on what they hand to it. The
// graph closes it.
type Companion interface {
	// Serve works until Finish has been called and all is done that was handed
	// over before. ctx is the query's; an error ends the query.
	Serve(ctx context.Context) error
	// Finish says that the tasks have ended, whether well or not.
	Finish()
	io.Closer
}

// Beside has Run serve a companion.
func (g *Graph) Beside(c Companion) {
	g.beside = append(g.beside, c)
	g.closers = append(g.closers, c)
}

// NewGraph makes an empty graph.
func NewGraph(cfg GraphConfig) *Graph {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.BatchRows <= 0 {
		cfg.BatchRows = DefaultBatchRows
	}
	return &Graph{cfg: cfg}
}

// Source adds a task that reads src. The graph closes src.
func (g *Graph) Source(name string, src Source) *Task {
	t := g.Task(name)
	t.source = src
	t.splits, _ = src.(Splits)
	t.barrier = make(chan Epoch, 1)
	g.closers = append(g.closers, src)
	return t
}

// Task adds a task fed by other tasks (see Connect).
func (g *Graph) Task(name string) *Task {
	t := &Task{lastWM: MinTime, out: discard{}, now: g.cfg.Now, wake: make(chan struct{}, 1), panicked: g.cfg.Panicked}
	t.Stats.Name = name
	t.Stats.Watermark.Store(MinTime)
	i := len(g.tasks)
	t.saved = func(e Epoch, parts []Stateful) error {
		if g.cfg.Saved != nil {
			if err := g.cfg.Saved(name, e, parts); err != nil {
				return err
			}
		}
		return g.collect(i, e, parts)
	}
	g.tasks = append(g.tasks, t)
	return t
}

// Connect sends from's rows to the given port of the tasks in to: by the hash of the key
// columns, or, with keys nil, all to the only one. layout is an empty batch with from's columns.
func (g *Graph) Connect(from *Task, to []*Task, port int, keys []int, layout *Batch) {
	edges := make([]*edge, len(to))
	for i, t := range to {
		edges[i] = newEdge(nil, len(t.ins), layout)
		edges[i].wake = from.wake
		t.ins = append(t.ins, taskInput{edge: edges[i], port: port, wm: MinTime})
	}
	from.out = newExchange(edges, keys, g.cfg.BatchRows)
}

// Sink ends a task's road in a sink. The graph closes it.
func (g *Graph) Sink(from *Task, s Sink) {
	from.out = &sinkOutput{sink: s}
	g.closers = append(g.closers, s)
}

// Own has the graph close c with its sources and sinks.
func (g *Graph) Own(c io.Closer) { g.closers = append(g.closers, c) }

// Tasks lists the tasks, for statistics.
func (g *Graph) Tasks() []*Task { return g.tasks }

// Barrier starts epoch e at every source. One may be under way at a time; it
// returns false when a source has not yet taken the one before.
func (g *Graph) Barrier(e Epoch) bool {
	for _, t := range g.tasks {
		if len(t.barrier) > 0 {
			return false
		}
	}
	for _, t := range g.tasks {
		if t.barrier != nil {
			t.barrier <- e
		}
	}
	return true
}

// Run starts the tasks and waits for all of them. It returns the first fault,
// nil at the end of bounded input or when no more rows were wanted, and the
// context's cause when it was cancelled. Sources and sinks are closed on return.
func (g *Graph) Run(ctx context.Context) error {
	defer g.open()()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		wg    sync.WaitGroup
		once  sync.Once
		first error
	)
	fail := func(err error) {
		if err != nil {
			once.Do(func() { first = err; cancel(err) })
		}
	}
	var beside sync.WaitGroup
	for _, c := range g.beside {
		beside.Go(func() { fail(c.Serve(ctx)) })
	}
	for _, t := range g.tasks {
		wg.Go(func() {
			defer t.ended.Store(true)
			fail(t.run(ctx))
		})
	}
	wg.Wait()
	for _, c := range g.beside {
		c.Finish()
	}
	beside.Wait()
	return errors.Join(first)
}

// open gives each task its channel, now that its inputs are known, and returns
// what closes everything again.
func (g *Graph) open() func() {
	for _, t := range g.tasks {
		t.in = make(chan *Packet, max(1, len(t.ins)*EdgeDepth))
		for i := range t.ins {
			t.ins[i].edge.to = t.in
		}
		t.chain = newChain(t.ops, t.opStats, t.out, t.gen, t.genAt)
	}
	return g.Close
}

// Close closes sources, sinks and what it owns; only for a graph that is not Run.
func (g *Graph) Close() {
	for _, c := range g.closers {
		_ = c.Close() // the query is over; what mattered was flushed
	}
	g.closers = nil
}

// discard is the output of a task that has been given none.
type discard struct{}

func (discard) Write(context.Context, *Batch) error         { return nil }
func (discard) Watermark(context.Context, Time, bool) error { return nil }
func (discard) Barrier(context.Context, Epoch) error        { return nil }
func (discard) End(context.Context) error                   { return nil }
