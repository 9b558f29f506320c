package postgres

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/lookup/records"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Connector is 'connector' = 'postgres'.
type Connector struct {
	// Allow says which hosts, sockets and certificates may be used; nil: all but
	// metadata services.
	Allow *allow.List
}

var _ lookup.Connector = Connector{}

// Options declares the options.
func (Connector) Options() []catalog.OptionSpec { return specs }

// Check looks at the options that a table is declared with. No connection is
// made.
func (k Connector) Check(t *catalog.Table) error {
	if err := check(t); err != nil {
		return err
	}
	_, _, err := configure(t, k.Allow)
	return err
}

// Open prepares a source; the first load or question connects.
func (k Connector) Open(_ context.Context, r lookup.OpenRequest) (lookup.Source, error) {
	if err := check(r.Table); err != nil {
		return nil, err
	}
	cfg, hide, err := configure(r.Table, k.Allow)
	if err != nil {
		return nil, err
	}
	return &source{cfg: cfg, table: r.Table, hide: hide, pool: newPool(cfg), keys: r.Keys}, nil
}

// source is a table of a server; it loads and answers keys.
type source struct {
	cfg   *config
	table *catalog.Table
	hide  func(error) error
	pool  *pool
	keys  []int
	asks  atomic.Pointer[asking]
}

var _ lookup.PointSource = (*source)(nil)

// Close ends the connections.
func (s *source) Close() error {
	s.pool.close()
	return nil
}

// filler decodes rows into a batch.
type filler struct {
	table *catalog.Table
	shape *shape
	batch *exec.Batch
	bytes int
}

func (s *source) filler(sh *shape) *filler {
	return &filler{table: s.table, shape: sh, batch: records.NewBatch(records.Fields(s.table))}
}

// value appends a value of column i; nil is NULL.
func (f *filler) value(i int, v []byte) error {
	c := f.batch.Cols[i]
	if v == nil {
		c.AppendNull()
		return nil
	}
	f.bytes += len(v)
	if err := f.shape.decoders[i](c, v); err != nil {
		e := *sqlerr.From(err)
		e.Message = fmt.Sprintf("column %q: %s", f.table.Columns[i].Name, e.Message)
		return &e
	}
	return nil
}

// maxBatchBytes ends a batch early.
const maxBatchBytes = 4 << 20

func (f *filler) full() bool { return f.batch.N >= records.MaxRows || f.bytes >= maxBatchBytes }

func (f *filler) reset() {
	f.batch.Reset()
	f.bytes = 0
}
