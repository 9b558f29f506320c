package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// MaxEndedQueries is how many ended queries SHOW QUERIES remembers.
const MaxEndedQueries = 100

// The states of a query.
const (
	Running  = "running"
	Finished = "finished" // its input ended, or its client wanted no more
	Failed   = "failed"
	Stopped  = "stopped" // by STOP QUERY, a cancel, a timeout, or the end of its client or the process
)

// The kinds of a query.
const (
	kindSelect = "select"
	kindInsert = "insert"
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
	NoTime         int64     // rows dropped because they had no event time
	Watermark      exec.Time // MinTime: none yet
	Counters       []build.Counter
	Tasks          []build.TaskInfo
}

// The reasons for which a query ends before its input does.
var (
	errStopped  = sqlerr.New(sqlerr.QueryCanceled, "query stopped by user request")
	errClosed   = errors.New("result closed") // by its reader, before the end
	errGone     = sqlerr.New(sqlerr.QueryCanceled, "canceling statement because its client has gone")
	errShutdown = sqlerr.New(sqlerr.AdminShutdown, "terminating query because the server is shutting down")
	errTimeout  = sqlerr.New(sqlerr.QueryCanceled, "canceling statement due to statement timeout")
)

// query is a running or ended query.
type query struct {
	id, sql, kind string
	started       time.Time
	cancel        context.CancelCauseFunc
	done          chan struct{} // closed when the graph has ended
	sent          atomic.Int64  // rows the client took, of a select

	plan *plan.Query
	now  func() time.Time
	// rebuild makes the query anew from its plan, with its pipe.
	rebuild func(context.Context, *exec.Pipe) (*build.Query, error)
	restart restarting

	mu    sync.Mutex
	built *build.Query // nil once it has ended: its state is let go
	final *analysis    // of one that has ended
	last  QueryInfo    // how it ended
	err   error
}

// queries is the registry of a process's queries.
type queries struct {
	now   func() time.Time
	group sync.WaitGroup

	mu     sync.Mutex
	next   int      // the greatest number given to a query
	all    []*query // in the order they began
	closed bool
}

// starting says what to run.
type starting struct {
	kind, sql string
	// id is that of a job that starts again, else empty.
	id    string
	plan  *plan.Query
	built *build.Query
	// rebuild makes it anew, for RestartQuery.
	rebuild func(context.Context, *exec.Pipe) (*build.Query, error)
	// timeout ends it, if it is not 0.
	timeout time.Duration
}

// start runs a built query in goroutines that the registry owns. ctx, if it
// ends, ends the query.
func (r *queries) start(ctx context.Context, st starting) (*query, error) {
	q := &query{sql: st.sql, kind: st.kind, started: r.now(), now: r.now, plan: st.plan, built: st.built, rebuild: st.rebuild, done: make(chan struct{})}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		st.built.Graph.Close()
		return nil, errShutdown
	}
	if q.id = st.id; q.id == "" {
		r.next++
		q.id = fmt.Sprintf("q%d", r.next)
	}
	r.all = append(r.all, q)
	r.trim()
	ctx, q.cancel = context.WithCancelCause(ctx)
	r.group.Go(func() {
		if st.timeout > 0 {
			t := time.AfterFunc(st.timeout, func() { q.cancel(errTimeout) })
			defer t.Stop()
		}
		err := q.run(ctx, st.built)
		cause := context.Cause(ctx)
		q.cancel(nil)
		q.end(err, cause, r.now())
	})
	return q, nil
}

// taken says that a job kept from before has an id: no new query gets it.
func (r *queries) taken(id string) {
	var n int
	if _, err := fmt.Sscanf(id, "q%d", &n); err == nil {
		r.next = max(r.next, n)
	}
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

// end notes how a query ended and tells its reader. cause is why its context
// ended, nil if it did not.
func (q *query) end(err, cause error, at time.Time) {
	state := Failed
	switch {
	case err == nil:
		state = Finished
	case cause != nil && (errors.Is(err, cause) || errors.Is(err, context.Canceled)):
		state, err = Stopped, cause
		if errors.Is(cause, errClosed) {
			state, err = Finished, nil
		} else if _, ok := errors.AsType[*sqlerr.Error](cause); !ok {
			err = errGone
		}
	}
	q.mu.Lock()
	i := q.running()
	i.State, i.Ended, i.Err = state, at, err
	pipe := q.built.Pipe
	q.final = analyze(q.plan, q.built.Stats, q.started, at)
	q.last, q.err, q.built = i, err, nil
	q.mu.Unlock()
	if pipe != nil {
		pipe.Finish(err)
	}
	close(q.done)
}

// stop ends the query with a cause and waits until it has ended.
func (q *query) stop(cause error) {
	q.cancel(cause)
	<-q.done
}

// fault is why the query failed or was stopped.
func (q *query) fault() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err
}

func (q *query) info() QueryInfo {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.built != nil {
		return q.running()
	}
	i := q.last
	if q.kind == kindSelect {
		i.RowsOut = q.sent.Load() // some are taken after the end
	}
	return i
}

// running reads the counters; mu is held.
func (q *query) running() QueryInfo {
	s := q.built.Stats
	i := QueryInfo{ID: q.id, SQL: q.sql, Kind: q.kind, State: Running, Started: q.started, RowsOut: q.sent.Load(),
		Late: s.Late.Load(), Skipped: s.Skipped.Load(), NoTime: s.NoTime.Load(), Watermark: s.Watermark(), Counters: s.Counters(), Tasks: s.Tasks()}
	for _, t := range i.Tasks {
		if t.Source {
			i.RowsIn += t.RowsIn
		}
	}
	if q.kind == kindInsert {
		i.RowsOut = q.built.Written.Load()
	}
	return i
}

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

// close ends every query, waits for their goroutines, and takes no more.
func (r *queries) close(cause error) {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	for _, q := range r.list() {
		q.cancel(cause)
	}
	r.group.Wait()
}
