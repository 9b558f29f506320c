package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/internal/sqlerr"
)

// MaxEndedQueries is how many ended queries SHOW QUERIES remembers.
const MaxEndedQueries = 100

// The states of a query.
const (
	Running  = "running"
	Finished = "finished" // its input ended, or its client wanted no more
	Failed   = "failed"
	Stopped  = "stopped" // by STOP QUERY, a cancel or the end of the process
)

// QueryInfo is what SHOW QUERIES and GET /v1/queries tell.
type QueryInfo struct {
	ID, SQL string
	// Kind is "select" or "insert"; an insert outlives its session.
	Kind, State    string
	Started, Ended time.Time // Ended is zero while it runs
	Err            error
	RowsIn         int64 // read from tables
	RowsOut        int64 // sent to the client or written
	Late, Skipped  int64
	Watermark      exec.Time // MinTime: none yet
	Counters       []build.Counter
	Tasks          []build.TaskInfo
}

// query is a running or ended query.
type query struct {
	id, sql, kind string
	started       time.Time
	q             *build.Query
	cancel        context.CancelCauseFunc
	done          chan struct{} // closed when the graph has ended

	mu    sync.Mutex
	ended time.Time
	state string
	err   error
	rows  int64 // sent to the client, for a select
}

// errStopped is the cause of a query ended by STOP QUERY or DELETE.
var errStopped = sqlerr.New(sqlerr.QueryCanceled, "query stopped by user request")

// errClosed is the cause of a result closed by its reader before the end.
var errClosed = errors.New("result closed")

// errShutdown is the cause of queries ended with the process.
var errShutdown = sqlerr.New(sqlerr.AdminShutdown, "terminating query because the server is shutting down")

// queries is the registry of a process's queries.
type queries struct {
	mu    sync.Mutex
	next  int
	all   []*query // in the order they began
	now   func() time.Time
	group sync.WaitGroup
}

// start runs a built query in goroutines that the registry owns. ctx, if it
// ends, ends the query. id is that of a job that starts again, else empty.
func (r *queries) start(ctx context.Context, kind, id, sql string, b *build.Query) *query {
	ctx, cancel := context.WithCancelCause(ctx)
	q := &query{sql: sql, kind: kind, started: r.now(), q: b, cancel: cancel, done: make(chan struct{}), state: Running}
	r.mu.Lock()
	var n int
	if _, err := fmt.Sscanf(id, "q%d", &n); err != nil {
		r.next++
		id = fmt.Sprintf("q%d", r.next)
	}
	r.next = max(r.next, n) // no new query gets the number of one that starts again
	q.id = id
	r.all = append(r.all, q)
	r.trim()
	r.mu.Unlock()
	r.group.Go(func() {
		err := b.Graph.Run(ctx)
		cause := context.Cause(ctx)
		cancel(nil)
		q.end(err, cause, r.now())
	})
	return q
}

// trim forgets the oldest ended queries past MaxEndedQueries.
func (r *queries) trim() {
	over := -MaxEndedQueries
	for _, q := range r.all {
		if q.hasEnded() {
			over++
		}
	}
	r.all = slices.DeleteFunc(r.all, func(q *query) bool {
		if over > 0 && q.hasEnded() {
			over--
			return true
		}
		return false
	})
}

func (q *query) hasEnded() bool {
	select {
	case <-q.done:
		return true
	default:
		return false
	}
}

// end notes how a query ended and tells its reader.
func (q *query) end(err, cause error, at time.Time) {
	if err != nil && cause != nil && (errors.Is(err, cause) || errors.Is(err, context.Canceled)) {
		err = cause
	}
	q.mu.Lock()
	q.ended, q.err = at, err
	switch {
	case err == nil, errors.Is(err, errClosed):
		q.state, q.err = Finished, nil
	case errors.Is(err, errStopped), errors.Is(err, errShutdown), errors.Is(err, context.Canceled):
		q.state = Stopped
	default:
		q.state = Failed
	}
	err = q.err
	q.mu.Unlock()
	if q.q.Pipe != nil {
		q.q.Pipe.Finish(err)
	}
	close(q.done)
}

// stop ends the query with a cause and waits until it has ended.
func (q *query) stop(cause error) {
	q.cancel(cause)
	if q.q.Pipe != nil {
		q.q.Pipe.Leave()
	}
	<-q.done
}

func (q *query) info() QueryInfo {
	q.mu.Lock()
	i := QueryInfo{ID: q.id, SQL: q.sql, Kind: q.kind, State: q.state, Started: q.started, Ended: q.ended, Err: q.err, RowsOut: q.rows}
	q.mu.Unlock()
	s := q.q.Stats
	i.Late, i.Skipped, i.Watermark = s.Late.Load(), s.Skipped.Load(), s.Watermark()
	i.Counters, i.Tasks = s.Counters(), s.Tasks()
	for _, t := range i.Tasks {
		if t.Source {
			i.RowsIn += t.RowsIn
		}
	}
	if q.kind == kindInsert {
		i.RowsOut = q.q.Written.Load()
	}
	return i
}

const (
	kindSelect = "select"
	kindInsert = "insert"
)

// find gives a query by its id.
func (r *queries) find(id string) (*query, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, q := range r.all {
		if q.id == id {
			return q, nil
		}
	}
	return nil, sqlerr.New(sqlerr.UndefinedObject, "query %q does not exist", id).Hint("SHOW QUERIES lists them")
}

func (r *queries) list() []*query {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

// stopAll ends every query and waits for their goroutines.
func (r *queries) stopAll(cause error) {
	for _, q := range r.list() {
		q.cancel(cause)
	}
	for _, q := range r.list() {
		q.stop(cause)
	}
	r.group.Wait()
}

// stream is the Result of a SELECT.
type stream struct {
	notices
	q      *query
	schema catalog.Schema
}

func (s *stream) Next(ctx context.Context, wait bool) (*exec.Batch, error) {
	b, err := s.q.q.Pipe.Next(ctx, wait)
	if b != nil {
		s.q.mu.Lock()
		s.q.rows += int64(b.Rows())
		s.q.mu.Unlock()
	}
	return b, err
}

func (s *stream) Columns() catalog.Schema { return s.schema }
func (s *stream) Tag(rows int64) string   { return fmt.Sprintf("SELECT %d", rows) }

func (s *stream) Close() error {
	s.q.stop(errClosed)
	return nil
}

// written is the Result of an INSERT. Bounded input is waited for; a continuous
// job goes on when the Result is closed.
type written struct {
	notices
	q    *query
	wait bool
}

func (w *written) Next(ctx context.Context, wait bool) (*exec.Batch, error) {
	if !w.wait {
		return nil, io.EOF
	}
	if !wait && !w.q.hasEnded() {
		return nil, nil
	}
	select {
	case <-w.q.done:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	w.q.mu.Lock()
	defer w.q.mu.Unlock()
	if w.q.err != nil {
		return nil, w.q.err
	}
	return nil, io.EOF
}

func (w *written) Columns() catalog.Schema { return nil }

func (w *written) Tag(int64) string {
	if !w.wait {
		return "INSERT 0 0"
	}
	return fmt.Sprintf("INSERT 0 %d", w.q.q.Written.Load())
}

func (w *written) Close() error {
	if w.wait {
		w.q.stop(errStopped)
	}
	return nil
}

// fixed is a Result whose rows, if any, are known at once.
type fixed struct {
	notices
	schema catalog.Schema
	batch  *exec.Batch
	tag    string
	given  bool
}

func (f *fixed) Next(context.Context, bool) (*exec.Batch, error) {
	if f.given || f.batch == nil {
		return nil, io.EOF
	}
	f.given = true
	return f.batch, nil
}

func (f *fixed) Columns() catalog.Schema { return f.schema }

func (f *fixed) Tag(rows int64) string {
	if f.tag != "" {
		return f.tag
	}
	return fmt.Sprintf("SELECT %d", rows)
}

func (f *fixed) Close() error { return nil }

// notices is the part of a Result that holds what the user is told beside it.
type notices struct{ list []*sqlerr.Error }

func (n *notices) notice(format string, args ...any) {
	n.list = append(n.list, sqlerr.New(sqlerr.SuccessfulCompletion, format, args...))
}

func (n *notices) Notices() []*sqlerr.Error {
	l := n.list
	n.list = nil
	return l
}
