package build

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// LogEvery is the least time between two log lines about bad or late rows of
// one query; all of them are counted.
const LogEvery = 10 * time.Second

// Counter is one figure about a running query.
type Counter struct {
	// Table is the table it speaks of, empty for the query as a whole.
	Table string
	Name  string
	Value int64
}

// Stats tells what a running query has done. It may be read at any time.
type Stats struct {
	graph            *exec.Graph
	log              *slog.Logger
	Late             atomic.Int64 // rows that came after their window had fired
	Skipped          atomic.Int64 // rows that an expression refused
	NoTime           atomic.Int64 // rows dropped because they had no event time
	lateLog, skipLog limiter
	timeLog          limiter

	// nodes is filled while the graph is built, and only read afterwards.
	nodes map[plan.Node][]nodeTask

	mu     sync.Mutex
	tables []tableCounters
}

type tableCounters struct {
	table string
	c     Counters
}

func newStats(g *exec.Graph, log *slog.Logger) *Stats {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Stats{graph: g, log: log, nodes: map[plan.Node][]nodeTask{}}
}

// add takes in the counters of a scan or sink, if it has some.
func (s *Stats) add(table string, v any) {
	if c, ok := v.(Counters); ok {
		s.mu.Lock()
		s.tables = append(s.tables, tableCounters{table, c})
		s.mu.Unlock()
	}
}

// late and skipped are the hooks of the operators.
func (s *Stats) late(*exec.Batch, int) {
	n := s.Late.Add(1)
	if s.lateLog.allow() {
		s.log.Warn("late rows dropped", "total", n)
	}
}

// lateBy is late for rows that stand for as many as their column col says.
func (s *Stats) lateBy(col int) func(*exec.Batch, int) {
	return func(b *exec.Batch, row int) {
		s.Late.Add(b.Cols[col].Int[row] - 1)
		s.late(b, row)
	}
}

func (s *Stats) noTime() {
	n := s.NoTime.Add(1)
	if s.timeLog.allow() {
		s.log.Warn("rows without an event time dropped", "total", n)
	}
}

func (s *Stats) skipped(_ *exec.Batch, e *exec.RowError) {
	n := s.Skipped.Add(1)
	if s.skipLog.allow() {
		s.log.Warn("rows skipped: an expression failed", "error", e.Err, "sqlstate", string(sqlerr.CodeOf(e.Err)), "total", n)
	}
}

// dropped gives the hook for rows whose question to name failed and that are
// dropped by its 'on-error'.
func (s *Stats) dropped(stage, name, policy string) func(*exec.Batch, *exec.RowError) {
	lim := &limiter{}
	return func(_ *exec.Batch, e *exec.RowError) {
		if lim.allow() {
			s.log.Warn("rows dropped: a question was not answered", "stage", stage, "name", name, "on-error", policy,
				"error", e.Err, "sqlstate", string(sqlerr.CodeOf(e.Err)))
		}
	}
}

// limiter lets one event through each LogEvery.
type limiter struct{ next atomic.Int64 }

func (l *limiter) allow() bool {
	now := time.Now().UnixNano()
	next := l.next.Load()
	return now >= next && l.next.CompareAndSwap(next, now+int64(LogEvery))
}

// Counters lists everything counted: the tables' figures, then the query's.
func (s *Stats) Counters() []Counter {
	s.mu.Lock()
	tables := s.tables
	s.mu.Unlock()
	var out []Counter
	for _, t := range tables {
		t.c.Counters(func(name string, v int64) { out = append(out, Counter{t.table, name, v}) })
	}
	return append(out, Counter{"", "late_rows", s.Late.Load()}, Counter{"", "skipped_rows", s.Skipped.Load()},
		Counter{"", "no_time_rows", s.NoTime.Load()})
}

// TaskInfo is what one task has done.
type TaskInfo struct {
	Name                     string
	RowsIn, RowsOut, Batches int64
	Watermark                exec.Time
	Idle                     bool
	// Source: the task reads a table.
	Source bool
}

// Tasks lists the query's tasks.
func (s *Stats) Tasks() []TaskInfo {
	var out []TaskInfo
	for _, t := range s.graph.Tasks() {
		st := &t.Stats
		out = append(out, TaskInfo{st.Name, st.RowsIn.Load(), st.RowsOut.Load(), st.Batches.Load(), st.Watermark.Load(), st.Idle.Load(), t.IsSource()})
	}
	return out
}

// Watermark is the least event time that the tasks have reached: MinTime when
// none has a watermark.
func (s *Stats) Watermark() exec.Time {
	wm := exec.MaxTime
	for _, t := range s.Tasks() {
		if t.Watermark > exec.MinTime {
			wm = min(wm, t.Watermark)
		}
	}
	if wm == exec.MaxTime {
		return exec.MinTime
	}
	return wm
}
