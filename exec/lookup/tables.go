package lookup

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Config is what the registry needs of its process.
type Config struct {
	Connectors map[string]Connector
	Log        *slog.Logger
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	// SnapshotDir is the folder for 'cache.disk-snapshot'; "": there is none.
	SnapshotDir string
	// Endpoint finds an endpoint, nil when there is none of that name.
	Endpoint func(name string) *catalog.Endpoint
}

// Tables are the lookup tables of a process. All methods may be called by any
// goroutine.
type Tables struct {
	cfg    Config
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup // keepers and questions under way

	mu     sync.Mutex
	closed bool
	// tables are found by name and fingerprint; gone ones have been forgotten
	// and are still held.
	tables map[string]*table
	gone   map[*table]bool
}

// New makes an empty registry.
func New(cfg Config) *Tables {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Tables{cfg: cfg, ctx: ctx, cancel: cancel, tables: map[string]*table{}, gone: map[*table]bool{}}
}

// Check looks at the definition of a table: all its options, those of its
// connector and endpoint included.
func (ts *Tables) Check(t *catalog.Table) error {
	_, _, err := ts.define(t)
	return err
}

// table finds or makes the entry of a definition, with mu of the entry held.
func (ts *Tables) table(def *catalog.Table) (*table, error) {
	d, conn, err := ts.define(def)
	if err != nil {
		return nil, err
	}
	print := d.fingerprint()
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.closed {
		return nil, errClosed()
	}
	key := def.Name + "\x00" + print
	t := ts.tables[key]
	if t == nil {
		ts.replace(d)
		t = &table{ts: ts, def: d, conn: conn, name: def.Name, print: print, log: ts.cfg.Log.With("table", def.Name)}
		ts.tables[key] = t
	}
	t.mu.Lock()
	return t, nil
}

// replace lets go of other definitions of the name: an endpoint, or the table
// itself, has been altered. Temporary tables of several sessions may share a name.
// mu is held.
func (ts *Tables) replace(d *definition) {
	if d.table.Temporary {
		return
	}
	for key, old := range ts.tables {
		if old.name == d.table.Name && !old.def.table.Temporary {
			delete(ts.tables, key)
			ts.gone[old] = true
			old.forget()
		}
	}
}

func errClosed() error {
	return sqlerr.New(sqlerr.AdminShutdown, "the lookup tables have been closed")
}

// Open holds a table for questions about keys, its columns in the order of the
// questions', and answers with columns. A full cache is loaded before Open returns.
func (ts *Tables) Open(ctx context.Context, def *catalog.Table, keys, columns []int) (*Reader, error) {
	n := len(def.Columns)
	for _, c := range slices.Concat(keys, columns) {
		if c < 0 || c >= n {
			return nil, sqlerr.New(sqlerr.InternalError, "lookup table %q has no column number %d", def.Name, c)
		}
	}
	if len(keys) == 0 && len(columns) > 0 {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "lookup table %q is joined without a key", def.Name).
			Hint("compare one of its columns with =")
	}
	t, err := ts.table(def)
	if err != nil {
		return nil, err
	}
	r := &Reader{t: t, wanted: slices.Clone(columns)}
	r.setKeys(keys)
	if t.def.cache != cacheFull {
		return r, t.openPoints(ctx, r)
	}
	if r.set, err = t.hold(ctx, r.columns); err != nil {
		return nil, err
	}
	if v := t.cur.Load(); v != nil && len(r.columns) > 0 {
		v.ensure(t.def.like.Cols, r.columns)
	}
	return r, nil
}

// Refresh loads a table anew, or empties a partial cache. With wait it returns
// the outcome of a load that began after the call.
func (ts *Tables) Refresh(ctx context.Context, def *catalog.Table, wait bool) error {
	t, err := ts.table(def)
	if err != nil {
		return err
	}
	if t.def.cache != cacheFull {
		p := t.points
		t.mu.Unlock()
		if p != nil {
			p.clear()
		}
		return nil
	}
	// Held meanwhile, so that it is not let go of; where it is not loaded the load
	// that the hold causes is the refresh.
	fresh := t.keeper == nil
	_, k := t.take(nil)
	var done <-chan error
	if !fresh {
		done = k.ask()
	}
	t.mu.Unlock()
	defer t.letGo(nil)
	if !wait {
		return nil
	}
	ready := k.ready
	if !fresh {
		ready = nil
	}
	select {
	case <-ready:
		return k.err
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Forget tells that a table has been dropped or declared anew: later opens
// see a new one, those who hold it go on.
func (ts *Tables) Forget(name string) {
	ts.mu.Lock()
	var found []*table
	for key, t := range ts.tables {
		if t.name == name {
			delete(ts.tables, key)
			ts.gone[t] = true
			found = append(found, t)
		}
	}
	ts.mu.Unlock()
	for _, t := range found {
		t.forget()
	}
	ts.removeSnapshots(name)
}

// Version gives the number of the version of a table that is current; false
// when it is not loaded.
func (ts *Tables) Version(name string) (int64, bool) {
	for _, t := range ts.named(name) {
		if v := t.cur.Load(); v != nil {
			return v.number, true
		}
	}
	return 0, false
}

// named lists the tables of a name; "" means all. They are in the order of
// their names.
func (ts *Tables) named(name string) []*table {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	var list []*table
	for _, t := range ts.tables {
		if name == "" || t.name == name {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *table) int {
		return strings.Compare(a.name+"\x00"+a.print, b.name+"\x00"+b.print)
	})
	return list
}

// Close lets go of all tables and waits for their goroutines. Readers go on
// with what they have.
func (ts *Tables) Close() error {
	ts.mu.Lock()
	ts.closed = true
	var all []*table
	for _, t := range ts.tables {
		all = append(all, t)
	}
	for t := range ts.gone {
		all = append(all, t)
	}
	ts.mu.Unlock()
	ts.cancel()
	for _, t := range all {
		t.stop()
	}
	ts.wg.Wait()
	return nil
}

var _ exec.TableFunction = (*pinned)(nil)
