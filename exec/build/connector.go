package build

import (
	"context"
	"log/slog"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/planner/plan"
)

// Connector reads and writes tables of one kind ('connector' = name).
type Connector interface {
	// Check looks at the options of WITH (…) when a table is declared: unknown
	// keys, wrong values, a format that does not suit the columns.
	Check(t *catalog.Table) error
	// Bounded tells whether a scan of the table ends by itself.
	Bounded(t *catalog.Table) bool
	// OpenScan resolves what the query will read: its splits, where each
	// begins and, for a bounded scan, ends. ctx governs the opening alone.
	OpenScan(ctx context.Context, r *ScanRequest) (Scan, error)
	// OpenSink opens the table for writing. It is called once for each lane.
	OpenSink(ctx context.Context, r *SinkRequest) (exec.Sink, error)
	// Lanes says how many sinks may write the table at the same time; 0: any number.
	Lanes() int
}

// ScanRequest says what to read.
type ScanRequest struct {
	Table   *catalog.Table
	Columns []plan.ScanColumn
	// BatchRows bounds the rows of a batch.
	BatchRows int
	Env       *Env
	// Rejects takes what cannot be read where the table's options do not say
	// otherwise; nil: there is no reject table.
	Rejects *Rejects
}

// SinkRequest says what to write: the table's columns that rows are written to,
// in the order of the rows' columns.
type SinkRequest struct {
	Table   *catalog.Table
	Columns []catalog.TableColumn
	// Task is the number of this sink among those of the query.
	Task int
	Env  *Env
}

// Scan is an opened scan.
type Scan interface {
	// Splits is the number of parts that can be read side by side, at least 1.
	Splits() int
	// Source reads the given splits; their numbers are the Split of its batches.
	Source(splits []int) (exec.Source, error)
}

// Counters is what connectors report of a running query. All fields may be
// read at any time.
type Counters interface {
	// Counters gives name and value of each: records, bytes, rejects, lag, …
	Counters(yield func(name string, value int64))
}

// panicked logs a panic of a task, which the client is only told of.
func (e *Env) panicked(task string, value any, stack []byte) {
	if e.Log != nil {
		e.Log.Error("internal error", "task", task, "panic", value, "stack", string(stack))
	}
}

// Env is what a query needs to run beside its plan.
type Env struct {
	Connectors map[string]Connector
	// Lookups and Remotes are the process's lookup tables and remote functions;
	// nil: a plan that has any is refused.
	Lookups Lookups
	Remotes Remotes
	// Pipe, when not nil, is where the rows go: that of the query that this one
	// takes the place of.
	Pipe *exec.Pipe
	// Allow says which files and hosts tables may name; nil: any.
	Allow *allow.List
	// BatchRows bounds the rows of a source's batch (SET batch.max-rows).
	BatchRows int
	// SkipBadRows: a row that an expression refuses is dropped and counted
	// instead of ending the query.
	SkipBadRows bool
	// SkipAuto: where the query has a reject table, such a row goes there instead.
	SkipAuto bool
	// RejectTable is the session's reject table, "" for none, and Table finds
	// it, and those that tables name.
	RejectTable string
	Table       func(name string) (*catalog.Table, bool)
	Now         func() time.Time
	Timezone    *time.Location
	Log         *slog.Logger
	// MaxGroups bounds each aggregation, MaxSortBytes and MaxJoinBytes the rows
	// held by each sort and join; 0: the operators' defaults.
	MaxGroups                  int
	MaxSortBytes, MaxJoinBytes int64
	// User and Version answer current_user and version().
	User, Version string
}
