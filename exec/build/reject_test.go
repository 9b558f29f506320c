package build

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// rejectSink is a reject table in the test's hands.
type rejectSink struct {
	rows    []string
	flushed atomic.Int32
	closed  bool
	fault   error
	gate    chan struct{} // nil: Write does not wait
}

func (s *rejectSink) Check(*catalog.Table) error  { return nil }
func (s *rejectSink) Bounded(*catalog.Table) bool { return true }
func (s *rejectSink) OpenScan(context.Context, *ScanRequest) (Scan, error) {
	return nil, errors.New("no")
}
func (s *rejectSink) OpenSink(context.Context, *SinkRequest) (exec.Sink, error) { return s, nil }
func (s *rejectSink) Lanes() int                                                { return 1 }
func (s *rejectSink) Close() error                                              { s.closed = true; return nil }

func (s *rejectSink) Write(ctx context.Context, b *exec.Batch) error {
	if s.gate != nil {
		select {
		case <-s.gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if s.fault != nil {
		return s.fault
	}
	for i := range b.N {
		var cells []string
		for _, c := range b.Cols {
			switch {
			case c.IsNull(i):
				cells = append(cells, "NULL")
			case c.Layout == exec.Ints:
				cells = append(cells, fmt.Sprint(c.Int[i]))
			default:
				cells = append(cells, string(c.Str(i)))
			}
		}
		s.rows = append(s.rows, strings.Join(cells, " "))
	}
	return nil
}

func (s *rejectSink) Flush(context.Context) error { s.flushed.Add(1); return s.fault }

func openRejects(t *testing.T, s *rejectSink, cols ...catalog.TableColumn) *Rejects {
	t.Helper()
	table := &catalog.Table{Name: "bad", Columns: cols, Options: catalog.Options{{Key: "connector", Value: "s"}}}
	r, err := newRejects(t.Context(), table, &Env{Connectors: map[string]Connector{"s": s}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var (
	stageColumn = catalog.TableColumn{Name: "stage", Type: catalog.Of(catalog.Varchar)}
	rawColumns  = []catalog.TableColumn{stageColumn, {Name: "sqlstate", Type: catalog.Of(catalog.Varchar)}, {Name: "error", Type: catalog.Of(catalog.Varchar)},
		{Name: "topic", Type: catalog.Of(catalog.Varchar)}, {Name: "partition", Type: catalog.Of(catalog.BigInt)}, {Name: "offset", Type: catalog.Of(catalog.BigInt)},
		{Name: "timestamp", Type: catalog.Of(catalog.Timestamp)}, {Name: "raw", Type: catalog.Of(catalog.Varchar)}}
)

func TestRejectRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &rejectSink{}
		r := openRejects(t, s, rawColumns...)
		done := make(chan error, 1)
		go func() { done <- r.Serve(t.Context()) }()
		raw := []byte("a\xff")
		for _, x := range []Rejected{
			{Stage: StageDecode, Err: sqlerr.New(sqlerr.DataException, "bad"), Topic: "t", Partition: 3, Offset: 7, Timestamp: 5, Raw: raw},
			{Stage: StageRPC, Err: errors.New("plain"), Partition: NoPlace, Offset: NoPlace, Timestamp: exec.MinTime},
		} {
			if err := r.Reject(t.Context(), x); err != nil {
				t.Fatal(err)
			}
		}
		raw[0] = 'b' // the caller's own again
		synctest.Wait()
		if s.flushed.Load() != 0 {
			t.Error("flushed at once")
		}
		<-time.After(2 * RejectFlush)
		synctest.Wait()
		if s.flushed.Load() != 1 {
			t.Errorf("flushed %d times", s.flushed.Load())
		}
		r.Finish()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"decode 22000 bad t 3 7 5 a\uFFFD", "rpc XX000 plain NULL NULL NULL NULL NULL"}, s.rows); d != "" {
			t.Error(d)
		}
		if err := r.Reject(t.Context(), Rejected{}); err != nil || r.Lost.Load() != 1 || r.Written.Load() != 2 {
			t.Errorf("after the end: %v, %d lost, %d written", err, r.Lost.Load(), r.Written.Load())
		}
		if err := r.Close(); err != nil || !s.closed {
			t.Error("not closed")
		}
	})
}

// TestRejectPressure: who rejects waits for a slow table, until the query is
// stopped; what was handed over before is written all the same.
func TestRejectPressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &rejectSink{gate: make(chan struct{})}
		r := openRejects(t, s, stageColumn)
		ctx, cancel := context.WithCancel(t.Context())
		served, sent := make(chan error, 1), 0
		go func() { served <- r.Serve(ctx) }()
		sender := make(chan struct{})
		go func() {
			defer close(sender)
			for range 2*RejectQueue + rejectBatch {
				if r.Reject(ctx, Rejected{Stage: "x", Err: errLate}) != nil {
					return
				}
				sent++
			}
		}()
		synctest.Wait()
		if sent < RejectQueue || sent > RejectQueue+rejectBatch {
			t.Errorf("%d were handed over to a table that takes none", sent)
		}
		cancel()
		<-sender
		close(s.gate)
		r.Finish()
		if err := <-served; err != nil || len(s.rows) < RejectQueue || s.flushed.Load() == 0 {
			t.Errorf("%d written, %d flushes: %v", len(s.rows), s.flushed.Load(), err)
		}
	})
}

// TestRejectBytes: long records wait for room even where there are few.
func TestRejectBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &rejectSink{gate: make(chan struct{})}
		r := openRejects(t, s, stageColumn)
		served := make(chan error, 1)
		go func() { served <- r.Serve(t.Context()) }()
		long := make([]byte, RejectQueueBytes/2+1)
		var sent atomic.Int64
		var senders sync.WaitGroup
		for range 3 {
			senders.Go(func() {
				for range 2 {
					if err := r.Reject(t.Context(), Rejected{Stage: "x", Err: errLate, Raw: long}); err != nil {
						t.Error(err)
					}
					sent.Add(1)
				}
			})
		}
		synctest.Wait()
		if n := sent.Load(); n < 1 || n > 3 {
			t.Errorf("%d long records wait", n)
		}
		close(s.gate)
		senders.Wait()
		r.Finish()
		if err := <-served; err != nil || len(s.rows) != 6 || r.pending.Load() != 0 {
			t.Errorf("%d written, %d bytes pending: %v", len(s.rows), r.pending.Load(), err)
		}
	})
}

// TestRejectTableStuck: a table that takes nothing holds the end of a stopped
// query up for a bounded time.
func TestRejectTableStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &rejectSink{gate: make(chan struct{})}
		r := openRejects(t, s, stageColumn)
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- r.Serve(ctx) }()
		if err := r.Reject(ctx, Rejected{Stage: "x", Err: errLate}); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		cancel()
		r.Finish()
		if err := <-served; err != nil || time.Since(start) > rejectPatience {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// TestRejectTableFails: the query ends with the table's error, and nobody waits.
func TestRejectTableFails(t *testing.T) {
	s := &rejectSink{fault: sqlerr.New(sqlerr.IOError, "disk full")}
	r := openRejects(t, s, stageColumn)
	g := exec.NewGraph(exec.GraphConfig{})
	g.Beside(r)
	g.Source("src", &endless{r: r})
	err := g.Run(t.Context())
	if sqlerr.CodeOf(err) != sqlerr.IOError || !strings.Contains(err.Error(), `reject table "bad": disk full`) || !s.closed {
		t.Errorf("%v, closed %t", err, s.closed)
	}
}

// endless rejects until it is stopped.
type endless struct{ r *Rejects }

func (e *endless) Read(ctx context.Context) (*exec.Batch, error) {
	if err := e.r.Reject(context.Background(), Rejected{Stage: "x", Err: errLate}); err != nil {
		return nil, err
	}
	return nil, ctx.Err()
}

func (e *endless) Close() error { return nil }
