package session

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/lookup/sources"
	"github.com/penstock/penstock/exec/rpc"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner"
)

// Config says how an engine runs.
type Config struct {
	// DataDir keeps tables, views and jobs; in memory when empty.
	DataDir string
	Log     *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Connectors are those that tables may name; nil means build.Connectors().
	Connectors map[string]build.Connector
	// Version is the program's, for SELECT version().
	Version string
	// Lookups are the sources that lookup tables may name; nil means sources.All.
	Lookups map[string]lookup.Connector
	// Allow says which files and hosts statements may name; nil: all but addresses
	// that lead to the machine's own secrets.
	Allow *allow.List
	// RemoteDial makes the connections of remote functions; nil means Allow's. Tests
	// connect within the process.
	RemoteDial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Settings are the defaults of every session, over the built-in ones.
	Settings map[string]string
}

// Local is the engine in this process: the catalog, the functions, the
// connectors, and the queries that run.
type Local struct {
	cfg     Config
	catalog *catalog.Catalog
	funcs   *expr.Functions
	queries queries
	lookups *lookup.Tables
	remotes *rpc.Functions
	base    context.Context
	cancel  context.CancelCauseFunc
	// ddl serialises statements that look at the catalog and then change it.
	ddl sync.Mutex
}

// Open makes an engine. With a data directory the tables and views kept there
// come back; Resume starts the jobs. Close it.
func Open(cfg Config) (*Local, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Connectors == nil {
		cfg.Connectors = build.Connectors()
	}
	cat, err := catalog.Open(cfg.DataDir)
	if err != nil {
		return nil, err
	}
	l := &Local{cfg: cfg, catalog: cat, funcs: expr.Builtin(), queries: queries{now: cfg.Now}}
	endpoint := func(name string) *catalog.Endpoint { return cat.Current().Endpoint(name) }
	if cfg.Lookups == nil {
		cfg.Lookups = sources.All(sources.Config{Allow: cfg.Allow})
	}
	snapshots := ""
	if cfg.DataDir != "" {
		snapshots = filepath.Join(cfg.DataDir, "lookup")
	}
	l.lookups = lookup.New(lookup.Config{Connectors: cfg.Lookups, Log: cfg.Log, Now: cfg.Now, SnapshotDir: snapshots, Endpoint: endpoint})
	l.remotes = rpc.New(rpc.Config{Log: cfg.Log, Now: cfg.Now, Allow: cfg.Allow, Dial: cfg.RemoteDial, Endpoint: endpoint})
	for _, j := range cat.Current().Jobs() {
		l.queries.taken(j.ID)
	}
	l.base, l.cancel = context.WithCancelCause(context.Background())
	if _, err := l.settings("penstock"); err != nil {
		_ = cat.Close() // the fault of the settings is the one to report
		return nil, err
	}
	return l, nil
}

// settings makes those of a new session.
func (l *Local) settings(user string) (*catalog.Settings, error) {
	d := maps.Clone(l.cfg.Settings)
	if d == nil {
		d = map[string]string{}
	}
	d["session_authorization"] = user
	return catalog.NewSettings(catalog.SettingsConfig{Defaults: d, Checks: map[string]func(string) error{
		"optimizer.rules": func(v string) error { _, err := planner.ParseRules(v); return err },
	}})
}

// NewSession starts a session. It is of the type *Sess.
func (l *Local) NewSession(_ context.Context, params map[string]string) (Session, error) {
	if err := context.Cause(l.base); err != nil {
		return nil, err
	}
	user := params["user"]
	if user == "" {
		user = "penstock"
	}
	set, err := l.settings(user)
	if err != nil {
		return nil, err
	}
	for _, k := range slices.Sorted(maps.Keys(params)) {
		if spec, known := catalog.LookupSetting(k); known && !spec.ReadOnly {
			if err := set.Set(k, params[k]); err != nil {
				return nil, err
			}
		}
	}
	pid, _ := strconv.ParseInt(params["pg_backend_pid"], 10, 32) // 0 where there is none
	return &Sess{l: l, set: set, temp: catalog.NewOverlay(), user: user, pid: int32(pid)}, nil
}

// Queries lists the queries that run or have lately ended, oldest first.
func (l *Local) Queries() []QueryInfo {
	out := l.kept()
	for _, q := range l.queries.list() {
		out = append(out, q.info())
	}
	return out
}

// Query gives one query; 42704 when there is none.
func (l *Local) Query(id string) (QueryInfo, error) {
	q, err := l.queries.find(id)
	if err == nil {
		return q.info(), nil
	}
	for _, i := range l.kept() {
		if i.ID == id {
			return i, nil
		}
	}
	return QueryInfo{}, err
}

// StopQuery ends a query and waits for its end.
func (l *Local) StopQuery(id string) error {
	i, err := l.Query(id)
	if err != nil {
		return err
	}
	q, err := l.queries.find(id)
	if err != nil || q.hasEnded() {
		return sqlerr.New(sqlerr.ObjectNotInPrerequisite, "query %q has ended already", i.ID)
	}
	q.stop(errStopped)
	return nil
}

// Close ends all queries with 57P01, waits for them and closes the catalog.
// Sessions must be closed before.
func (l *Local) Close() error {
	l.cancel(errShutdown)
	l.queries.close(errShutdown)
	return errors.Join(l.lookups.Close(), l.remotes.Close(), l.catalog.Close())
}

// drain reads a result that gives no rows to its end.
func drain(ctx context.Context, r Result) error {
	for {
		if _, err := r.Next(ctx, true); err == io.EOF {
			return r.Close()
		} else if err != nil {
			_ = r.Close() // the statement's fault is the one to report
			return err
		}
	}
}

// Exec runs a script to its end: statements that return rows are run too, and
// their rows passed over. It is for start-up scripts. Continuous jobs go on.
func (l *Local) Exec(ctx context.Context, script string) error {
	s, err := l.NewSession(ctx, map[string]string{"application_name": "init"})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // an in-memory session: nothing can fail
	stmts, err := s.Parse(script)
	if err != nil {
		return err
	}
	for _, st := range stmts {
		p, err := s.Prepare(ctx, st.Span().Text(script), nil)
		if err != nil {
			return Shift(err, st.Span().From)
		}
		r, err := p.Run(ctx, nil)
		if err != nil {
			return Shift(err, st.Span().From)
		}
		if err := drain(ctx, r); err != nil {
			return Shift(err, st.Span().From)
		}
	}
	return nil
}

// Shift moves an error's position from a statement to the text that it begins
// at from in.
func Shift(err error, from sqlerr.Pos) error {
	e := sqlerr.From(err)
	if e == nil || e.Pos == 0 {
		return err
	}
	c := *e
	c.Pos += from - 1
	return &c
}
