package exec

import (
	"context"
	"runtime/debug"
	"sync"
	"time"
)

// asyncTask is a task whose first operator asks its questions beside the
// stream. What happens is in the stage; this is its loop, its goroutines and its timer.
type asyncTask struct {
	*asyncStage
	t     *Task
	calls sync.WaitGroup
	// ended holds the calls that have ended; there is room for all, so that a
	// call never waits for the task.
	ended chan *asyncCall
}

// Async lets the task's first operator, an Asker, ask its questions in calls
// beside the stream, gathered as cfg says. Rows, watermarks, barriers and the end
// queue behind the calls in one FIFO. Not for a task with a source.
func (t *Task) Async(a Asker, cfg AsyncConfig) {
	t.async = &asyncTask{asyncStage: newAsyncStage(cfg, a, t.now), t: t}
	t.async.ended = make(chan *asyncCall, t.async.cfg.MaxInFlight)
}

// The packets of the task, from its Handle.

func (a *asyncTask) take(b *Batch) error {
	a.t.chain.rowsIn += int64(b.Rows())
	if err := a.asyncStage.take(b); err != nil {
		return err
	}
	return a.move()
}

func (a *asyncTask) watermark(to Time, idle bool) error {
	a.asyncStage.watermark(to, idle)
	return a.move()
}

func (a *asyncTask) barrier(e Epoch) error {
	a.asyncStage.barrier(e)
	return a.move()
}

func (a *asyncTask) end() error {
	a.asyncStage.end()
	return a.move()
}

// completed takes the end of a call and does all that follows from it; it returns
// io.EOF when the task has ended.
func (a *asyncTask) completed(ctx context.Context, c *asyncCall) error {
	a.t.chain.ctx = ctx
	if a.t.done {
		return nil
	}
	if err := a.complete(c); err != nil {
		return err
	}
	return a.t.settle(a.move())
}

// expired closes the batches that have waited long enough.
func (a *asyncTask) expired(ctx context.Context, at time.Time) error {
	a.t.chain.ctx = ctx
	a.expire(at)
	return a.t.settle(a.move())
}

func (a *asyncTask) move() error { return a.asyncStage.move(a) }

// What comes out of the stage.

func (a *asyncTask) answer(in *Batch, n int, m *Matches, of []int32) error {
	return a.t.chain.answer(a.asker, in, n, m, of)
}

func (a *asyncTask) passWatermark(to Time, idle bool) error { return a.t.pass(to, idle) }

func (a *asyncTask) passBarrier(e Epoch) error { return a.t.cut(a.t.chain.ctx, e) }

func (a *asyncTask) finish() error {
	a.t.done = true
	return a.t.chain.finish()
}

// run drives the task until it ends, then ends and awaits the calls.
func (a *asyncTask) run(ctx context.Context) error {
	t := a.t
	defer a.calls.Wait()
	asking, cancel := context.WithCancel(ctx)
	defer cancel()
	a.launch = func(c *asyncCall) {
		a.calls.Go(func() {
			c.run(asking, a.asker.Function(), func(v any) {
				if t.panicked != nil {
					t.panicked(t.Stats.Name, v, debug.Stack())
				}
			})
			a.ended <- c
		})
	}
	timer := time.NewTimer(0)
	timer.Stop()
	defer timer.Stop()
	var set time.Time // what the timer is set to
	for {
		in := t.in
		if a.full() {
			in = nil // what waits there stops the sender, and so the source
		}
		var due <-chan time.Time
		if at, ok := a.deadline(); ok {
			if at != set {
				set = at
				timer.Reset(at.Sub(a.now()))
			}
			due = timer.C
		}
		var err error
		select {
		case p := <-in:
			err = t.Handle(ctx, p)
		case c := <-a.ended:
			err = a.completed(ctx, c)
		case <-due:
			err, set = a.expired(ctx, set), time.Time{}
		case <-t.wake:
			err = t.settle(t.refused())
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
		if err != nil {
			return err
		}
		if len(a.ended) == 0 && (len(t.in) == 0 || a.full()) {
			t.chain.flush()
		}
	}
}
