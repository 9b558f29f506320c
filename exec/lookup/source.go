package lookup

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// ErrUnchanged is what Load returns when the source holds what it held at the
// last good load.
var ErrUnchanged = errors.New("unchanged")

// Connector opens the sources of lookup tables of one kind ('connector' = name).
type Connector interface {
	// Options are those of the connector and its format alone; the cache's are added by Tables.
	Options() []catalog.OptionSpec
	// Check looks at what the options' kinds do not tell: whether they go
	// together and suit the columns. They are known to be valid each by itself.
	Check(t *catalog.Table) error
	// Open prepares a source; it reads no rows.
	Open(ctx context.Context, r OpenRequest) (Source, error)
}

// OpenRequest says which table to open.
type OpenRequest struct {
	Table *catalog.Table
	// Keys are the table's columns that questions to a PointSource have; nil
	// where the table is only loaded.
	Keys []int
	Log  *slog.Logger
	Now  func() time.Time
}

// Source loads the rows of one lookup table. It is used by one goroutine at a
// time, but for Lookup.
type Source interface {
	// Load emits all rows, whose columns are the table's, in order; a batch is
	// valid until emit returns. since is what the last good Load returned, "" at
	// first; a source that finds nothing changed returns ErrUnchanged without emitting.
	// Sources whose rows come in the same order each time share more memory with
	// the version before.
	Load(ctx context.Context, since string, emit func(*exec.Batch) error) (token string, err error)
	Close() error
}

// PointSource answers keys alone, as cache partial and none need.
type PointSource interface {
	Source
	// Lookup answers the questions of keys, which has the columns OpenRequest.Keys
	// in their order; out.Rows has all columns of the table. Several goroutines call it at
	// the same time.
	Lookup(ctx context.Context, keys *exec.Batch, out *exec.Matches) error
}

// LiveSource goes on after Load and tells changes as they happen (a compacted
// topic).
type LiveSource interface {
	Source
	// Follow applies what has changed since the last Load, until ctx ends or the
	// source fails. A Change is valid until apply returns.
	Follow(ctx context.Context, apply func(Change) error) error
}

// Change is a set of rows that replace those of their primary keys, in order.
type Change struct {
	Rows *exec.Batch
	// Deleted[i]: the key of row i is gone, and only its key columns count; nil: none.
	Deleted []bool
}
