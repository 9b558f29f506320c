package session

import (
	"context"
	"errors"
	"sync"

	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/internal/sqlerr"
)

// restarting is how a running query is taken down and set up again.
type restarting struct {
	mu   sync.Mutex // one restart at a time
	stop context.CancelCauseFunc
	next *build.Query  // what runs when the tasks have ended
	on   chan struct{} // closed when it does
}

// errRestart ends the tasks of a query that is set up again.
var errRestart = errors.New("the query is restarted")

// RestartQuery saves the state of a running query at a barrier, ends its tasks,
// builds it anew from its plan and lets it go on from there, in the same Result or
// job: what a restart from a checkpoint does. penstock test does so between two records.
func (l *Local) RestartQuery(ctx context.Context, id string) error {
	q, err := l.queries.find(id)
	if err != nil {
		return err
	}
	r := &q.restart
	r.mu.Lock()
	defer r.mu.Unlock()
	q.mu.Lock()
	old := q.built
	q.mu.Unlock()
	if old == nil || q.rebuild == nil {
		return sqlerr.New(sqlerr.ObjectNotInPrerequisite, "query %q has ended already", id)
	}
	snap, err := old.Graph.Snapshot(ctx)
	if err != nil {
		return err
	}
	next, err := q.rebuild(ctx, old.Pipe)
	if err != nil {
		return err
	}
	if err := next.Graph.Restore(snap); err != nil {
		next.Graph.Close()
		return err
	}
	next.Written.Store(old.Written.Load())
	on := make(chan struct{})
	q.mu.Lock()
	if q.built == nil {
		q.mu.Unlock()
		next.Graph.Close()
		return sqlerr.New(sqlerr.ObjectNotInPrerequisite, "query %q has ended already", id)
	}
	r.next, r.on = next, on
	stop := r.stop
	q.mu.Unlock()
	stop(errRestart)
	select {
	case <-on:
	case <-q.done:
	}
	return nil
}

// run runs the query's graph, and what takes its place.
func (q *query) run(ctx context.Context, built *build.Query) error {
	for {
		part, stop := context.WithCancelCause(ctx)
		q.mu.Lock()
		q.restart.stop = stop
		q.mu.Unlock()
		err := built.Graph.Run(part)
		restarted := errors.Is(context.Cause(part), errRestart)
		stop(nil)
		q.mu.Lock()
		next, on := q.restart.next, q.restart.on
		q.restart.next, q.restart.on = nil, nil
		if next != nil && restarted && ctx.Err() == nil {
			q.built, built = next, next
			q.mu.Unlock()
			close(on)
			continue
		}
		q.mu.Unlock()
		if next != nil {
			next.Graph.Close()
		}
		return err
	}
}
