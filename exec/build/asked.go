package build

import (
	"context"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// Asked is what an Expand node asks, opened for one lane of one query.
type Asked struct {
	Function exec.TableFunction
	// Async, when set, has the questions gathered and asked beside the stream;
	// nil: Function answers at once, on the task's goroutine.
	Async *exec.AsyncConfig
	// OnError is the policy for a question that got no answer: fail, null
	// (the row goes on with NULLs), skip or reject (the row is dropped); "" is fail.
	OnError string
	// Close lets go of it; never nil.
	Close func()
}

// Lookups is the process's registry of lookup tables.
type Lookups interface {
	// Open holds a table until Close, loading it first where its cache is full.
	// keys are the table's columns that questions have, in order; columns those
	// that answers must have.
	Open(ctx context.Context, t *catalog.Table, keys, columns []int) (*Asked, error)
	// Scan reads the rows of the version that is current; it is bounded.
	Scan(ctx context.Context, t *catalog.Table, columns []int) (exec.Source, error)
}

// Remotes is the process's registry of remote functions.
type Remotes interface {
	// Open prepares calls of a function; columns are those of its Returns that
	// answers must have.
	Open(ctx context.Context, f *catalog.Function, columns []int) (*Asked, error)
}
