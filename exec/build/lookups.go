package build

import (
	"context"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	cache "github.com/penstock/penstock/exec/lookup"
)

// NewLookups makes the process's lookup tables what plans ask.
func NewLookups(t *cache.Tables) Lookups { return lookups{t} }

type lookups struct{ tables *cache.Tables }

func (l lookups) Open(ctx context.Context, t *catalog.Table, keys, columns []int) (*Asked, error) {
	r, err := l.tables.Open(ctx, t, keys, columns)
	if err != nil {
		return nil, err
	}
	return &Asked{Function: r, Async: r.Async(), OnError: r.OnError(), Close: r.Close}, nil
}

func (l lookups) Scan(ctx context.Context, t *catalog.Table, columns []int) (exec.Source, error) {
	return l.tables.Scan(ctx, t, columns)
}
