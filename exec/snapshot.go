package exec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// SnapshotTimeout is how long Snapshot waits for a barrier to pass all tasks; a
// barrier waits behind calls under way.
const SnapshotTimeout = time.Minute

// Snapshot is the state of all tasks of a graph at one barrier: what a graph built anew from
// the same plan needs to go on as if nothing had been.
type Snapshot struct{ tasks []taskState }

// taskState is one task's: its stateful parts in the order of save, and how far
// event time had come in each split.
type taskState struct {
	saved bool
	parts [][]byte
	times []Time
}

// snapshotting is a Snapshot under way.
type snapshotting struct {
	mu    sync.Mutex
	state *Snapshot
	left  int
	err   error
	done  chan struct{}
}

// Snapshot takes the state of a running graph at a barrier of its own, and waits for
// it. The graph goes on. A source or operator that holds state and cannot save it
// makes it fail; so does a task that has ended. It must not be mixed with barriers that others start.
func (g *Graph) Snapshot(ctx context.Context) (*Snapshot, error) {
	s := &snapshotting{state: &Snapshot{tasks: make([]taskState, len(g.tasks))}, left: len(g.tasks), done: make(chan struct{})}
	for _, t := range g.tasks {
		if t.ended.Load() {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "%s has ended: the state of a query is taken while all of it runs", t.Stats.Name)
		}
		if _, ok := t.source.(Stateful); t.source != nil && !ok {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "the position of %s cannot be saved", t.Stats.Name)
		}
	}
	if !g.snapshot.CompareAndSwap(nil, s) {
		return nil, sqlerr.New(sqlerr.ObjectInUse, "a snapshot is being taken")
	}
	defer g.snapshot.Store(nil)
	g.epoch++
	if !g.Barrier(g.epoch) {
		return nil, sqlerr.New(sqlerr.ObjectInUse, "a barrier is under way")
	}
	late := time.NewTimer(SnapshotTimeout)
	defer late.Stop()
	select {
	case <-s.done:
		return s.state, s.err
	case <-late.C:
		return nil, sqlerr.New(sqlerr.ObjectNotInPrerequisite, "not every task has saved its state within %s", SnapshotTimeout)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// collect takes a task's state at a barrier, in the task's goroutine.
func (g *Graph) collect(i int, e Epoch, parts []Stateful) error {
	s := g.snapshot.Load()
	if s == nil {
		return nil
	}
	st := taskState{saved: true}
	var fault error
	for _, p := range parts {
		var b bytes.Buffer
		if err := p.Save(e, &b); err != nil {
			fault = errors.Join(fault, err)
		}
		st.parts = append(st.parts, b.Bytes())
	}
	if gen := g.tasks[i].gen; gen != nil {
		st.times = gen.times()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.tasks[i].saved {
		return nil
	}
	s.state.tasks[i], s.err = st, errors.Join(s.err, fault)
	if s.left--; s.left == 0 {
		close(s.done)
	}
	return nil // the query goes on, whatever becomes of the snapshot
}

// Restore gives the graph the state of one that was built from the same plan in
// the same way. Before Run.
func (g *Graph) Restore(s *Snapshot) error {
	if len(s.tasks) != len(g.tasks) {
		return sqlerr.New(sqlerr.DataCorrupted, "the snapshot has %d tasks, the query %d", len(s.tasks), len(g.tasks))
	}
	for i, t := range g.tasks {
		parts := stateful(t.source, t.ops)
		if len(parts) != len(s.tasks[i].parts) {
			return sqlerr.New(sqlerr.DataCorrupted, "task %s: the snapshot has %d parts, the query %d", t.Stats.Name, len(s.tasks[i].parts), len(parts))
		}
		for k, p := range parts {
			if err := p.Restore(bytes.NewReader(s.tasks[i].parts[k])); err != nil {
				return fmt.Errorf("task %s: %w", t.Stats.Name, err)
			}
		}
		if t.gen != nil {
			t.gen.restore(s.tasks[i].times)
		}
	}
	return nil
}

// stateful lists the parts of a task that hold state, the source first.
func stateful(src Source, ops []Operator) (s []Stateful) {
	if st, ok := src.(Stateful); ok {
		s = append(s, st)
	}
	for _, op := range ops {
		if st, ok := op.(Stateful); ok {
			s = append(s, st)
		}
	}
	return s
}

// times copies how far event time has come, by split.
func (g *watermarkGen) times() []Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]Time, len(g.splits))
	for i := range g.splits {
		out[i] = g.splits[i].max
	}
	return out
}

// restore lets event time go on where it was: otherwise rows that were late
// before would not be afterwards.
func (g *watermarkGen) restore(times []Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, t := range times {
		s := g.split(int32(i))
		s.max = t
	}
}
