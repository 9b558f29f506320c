package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// IdleTick is how often a task whose source is silent looks at the clock. A
// Source's Read returns a nil batch at least this often.
const IdleTick = 200 * time.Millisecond

// TaskStats are a task's counters. They may be read at any time.
type TaskStats struct {
	Name                     string
	RowsIn, RowsOut, Batches atomic.Int64
	// Watermark is the event time the task has reached.
	Watermark atomic.Int64
	Idle      atomic.Bool
	// Reading is the time, in nanoseconds, that the source took to fetch and decode, or to
	// wait for records.
	Reading atomic.Int64
}

// Task runs a chain of operators: it merges the watermarks of its inputs,
// handles idle ones, aligns barriers, and ends when they have. Everything it does
// happens in Handle (or, for a task with a source, in step), so that a test can
// drive it from one goroutine in any order it likes.
type Task struct {
	Stats TaskStats
	ops   []Operator
	// opStats are the counters of ops.
	opStats []*OpStats
	out     Output
	chain   *chain // made of ops and out when the graph starts
	in      chan *Packet
	ins     []taskInput
	epoch   Epoch // the barrier being aligned, 0: none
	saved   func(Epoch, []Stateful) error
	// panicked takes what is for the log and not for the client; may be nil.
	panicked func(task string, value any, stack []byte)
	done     bool
	ended    atomic.Bool // its goroutine is through

	async *asyncTask // set by Async

	source   Source
	splits   Splits // source, if it has them
	gen      *watermarkGen
	genAt    int
	now      func() time.Time
	lastWM   Time
	lastIdle bool
	barrier  chan Epoch // for a source task: barriers to inject
	// wake is filled when a receiver of this task's rows wants no more of them:
	// the task may have nothing to send, and so no other way to notice.
	wake chan struct{}
}

type taskInput struct {
	edge  *edge
	port  int
	wm    Time
	idle  bool
	ended bool
	// blocked: this input's barrier has come, others' not yet; what follows
	// waits in held, which cannot outgrow the edge's packets.
	blocked bool
	held    []*Packet
}

// Add puts an operator at the end of the task's chain. Only the first may have
// more than one port. Not after Run.
func (t *Task) Add(op Operator) {
	t.ops, t.opStats = append(t.ops, op), append(t.opStats, &OpStats{})
}

// Watermark makes the watermark from the rows at this place of the chain, that
// is before the operator added next. A later call takes the place of an earlier one. Only
// for a task with a source.
func (t *Task) Watermark(spec WatermarkSpec) {
	t.gen, t.genAt = newWatermarkGen(spec, t.now), len(t.ops)
}

// IsSource tells whether the task reads a Source.
func (t *Task) IsSource() bool { return t.source != nil }

// Handle takes one packet and does all that follows from it. It returns io.EOF
// when the task has ended, ErrDone never. It owns the packet.
func (t *Task) Handle(ctx context.Context, p *Packet) error {
	in := &t.ins[p.edge.input]
	if in.blocked {
		in.held = append(in.held, p)
		return nil
	}
	t.chain.ctx = ctx
	err := t.take(ctx, in, p)
	p.release()
	return err
}

func (t *Task) take(ctx context.Context, in *taskInput, p *Packet) error {
	switch p.Kind {
	case PacketRows:
		if t.done {
			return nil
		}
		t.Stats.Batches.Add(1)
		t.Stats.RowsIn.Add(int64(p.Batch.Rows()))
		p.Batch.Split = -1
		if t.async != nil {
			return t.settle(t.async.take(p.Batch))
		}
		return t.settle(t.chain.push(in.port, p.Batch))
	case PacketWatermark:
		in.wm, in.idle = p.Time, p.Idle
		return t.settle(t.merge())
	case PacketBarrier:
		t.epoch = p.Epoch
		in.blocked = true
		return t.align(ctx)
	default:
		in.ended = true
		if err := t.align(ctx); err != nil {
			return err
		}
		for i := range t.ins {
			if !t.ins[i].ended {
				return t.settle(t.merge())
			}
		}
		if t.done {
			return io.EOF
		}
		if t.async != nil {
			return t.settle(t.async.end())
		}
		return t.finish()
	}
}

// finish ends the chain: everything held comes out.
func (t *Task) finish() error {
	t.done = true
	if err := t.chain.finish(); err != nil {
		return err
	}
	return io.EOF
}

// settle turns ErrDone into the end of this task: upstream is told to stop,
// what is held comes out, and packets still under way are let go.
func (t *Task) settle(err error) error {
	t.Stats.RowsOut.Store(t.chain.rowsOut)
	if err != ErrDone {
		return err
	}
	if t.done {
		return nil
	}
	t.done = true
	for i := range t.ins {
		t.ins[i].edge.refuse()
	}
	if t.async != nil {
		t.async.drop()
	}
	return t.finish()
}

// merge computes the watermark over the inputs: the least of those that are
// neither idle nor ended; when all are idle, the least of their clocks.
func (t *Task) merge() error {
	if t.done {
		return nil
	}
	wm, clock := MaxTime, MaxTime
	live, idle := false, false
	for i := range t.ins {
		switch in := &t.ins[i]; {
		case in.ended:
		case in.idle:
			idle, clock = true, min(clock, in.wm)
		default:
			live, wm = true, min(wm, in.wm)
		}
	}
	switch {
	case live:
		return t.tell(wm, false)
	case idle:
		return t.tell(clock, true)
	}
	return nil
}

// tell passes a watermark on if it says anything new.
func (t *Task) tell(wm Time, idle bool) error {
	if wm == t.lastWM && idle == t.lastIdle {
		return nil
	}
	t.lastWM, t.lastIdle = wm, idle
	if t.async != nil {
		return t.async.watermark(wm, idle)
	}
	return t.pass(wm, idle)
}

// pass tells the chain a watermark.
func (t *Task) pass(wm Time, idle bool) error {
	t.Stats.Watermark.Store(max(wm, t.chain.at))
	t.Stats.Idle.Store(idle)
	return t.chain.watermark(wm, idle)
}

// align completes a barrier once every live input has delivered it: state is
// saved, the barrier goes on, and what the fast inputs sent meanwhile is handled.
func (t *Task) align(ctx context.Context) error {
	if t.epoch == 0 {
		return nil
	}
	for i := range t.ins {
		if in := &t.ins[i]; !in.ended && !in.blocked {
			return nil
		}
	}
	e := t.epoch
	t.epoch = 0
	if t.async != nil {
		if err := t.settle(t.async.barrier(e)); err != nil {
			return err
		}
	} else if err := t.cut(ctx, e); err != nil {
		return err
	}
	// All inputs are open again before the first held packet is handled: it
	// may be the next barrier.
	held := make([][]*Packet, len(t.ins))
	for i := range t.ins {
		in := &t.ins[i]
		in.blocked = false
		held[i], in.held = in.held, nil
	}
	for _, ps := range held {
		for _, p := range ps {
			if err := t.Handle(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// cut saves the state as it is between two epochs and sends the barrier on.
func (t *Task) cut(ctx context.Context, e Epoch) error {
	if err := t.save(e); err != nil {
		return err
	}
	return t.chain.out.Barrier(ctx, e)
}

func (t *Task) save(e Epoch) error {
	if t.saved == nil {
		return nil
	}
	return t.saved(e, stateful(t.source, t.chain.ops))
}

// step reads once from the source and does all that follows. It returns io.EOF
// when the task has ended.
func (t *Task) step(ctx context.Context) error {
	t.chain.ctx = ctx
	select {
	case e := <-t.barrier:
		if err := t.cut(ctx, e); err != nil {
			return err
		}
	default:
	}
	start := time.Now()
	b, err := t.source.Read(ctx)
	t.Stats.Reading.Add(int64(time.Since(start)))
	if err == io.EOF {
		t.done = true
		if err := t.chain.finish(); err != nil {
			return err
		}
		return io.EOF
	}
	if err != nil {
		return err
	}
	if b != nil && b.Rows() > 0 {
		t.Stats.Batches.Add(1)
		t.Stats.RowsIn.Add(int64(b.Rows()))
		if t.gen != nil {
			t.gen.touch(b.Split)
		}
		err = t.chain.push(0, b)
	}
	if err == nil && t.gen != nil {
		if t.splits != nil {
			t.gen.watch(t.splits)
		}
		err = t.tell(t.gen.current(t.splits))
	}
	// The next record may be long in coming.
	t.chain.flush()
	if err == nil && b == nil {
		select {
		case <-t.wake:
			err = t.refused()
		default:
		}
	}
	return t.settle(err)
}

// refused returns ErrDone when all receivers have said that they want no more.
func (t *Task) refused() error {
	if x, ok := t.chain.out.(*exchange); ok && x.allDone() {
		return t.chain.refused()
	}
	return nil
}

// run drives the task until it ends. A panic is our fault: it ends this query
// with XX000 and leaves the process alone.
func (t *Task) run(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = sqlerr.New(sqlerr.InternalError, "internal error in task %s: %v", t.Stats.Name, r)
			if t.panicked != nil {
				t.panicked(t.Stats.Name, r, debug.Stack())
			}
		}
	}()
	defer func() {
		if errors.Is(err, io.EOF) {
			err = nil
		}
	}()
	if t.source != nil {
		for {
			if err := t.step(ctx); err != nil {
				return err
			}
		}
	}
	if t.async != nil {
		return t.async.run(ctx)
	}
	for {
		select {
		case p := <-t.in:
			if err := t.Handle(ctx, p); err != nil {
				return err
			}
			if len(t.in) == 0 {
				t.chain.flush()
			}
		case <-t.wake:
			if err := t.settle(t.refused()); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (t *Task) String() string { return fmt.Sprintf("task %s", t.Stats.Name) }
