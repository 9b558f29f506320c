package session

import (
	"context"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner"
	"github.com/penstock/penstock/planner/plan"
)

// Sess is the Session of a Local engine.
type Sess struct {
	l        *Local
	set      *catalog.Settings
	temp     *catalog.Overlay
	user     string
	pid      int32
	resuming string // the id of the job that this session starts again
}

// Parse parses a text.
func (s *Sess) Parse(src string) ([]parser.Statement, error) { return parser.Parse(src) }

// Setting gives a setting's value.
func (s *Sess) Setting(name string) (string, bool) {
	v, err := s.set.Get(name)
	return v, err == nil
}

// OnParameter has f called when a setting changes.
func (s *Sess) OnParameter(f func(name, value string)) { s.set.OnChange(f) }

// Discard forgets settings and temporary objects.
func (s *Sess) Discard(_ context.Context, what string) error {
	switch strings.ToUpper(what) {
	case "ALL":
		s.temp.Clear()
		s.set.ResetAll()
	case "TEMP", "TEMPORARY":
		s.temp.Clear()
	}
	return nil
}

// Close drops the session's temporary objects.
func (s *Sess) Close() error {
	s.temp.Clear()
	return nil
}

// Type resolves a type as written.
func (s *Sess) Type(t *parser.TypeName) (catalog.Type, error) { return planner.ResolveType(t) }

// view is the catalog as the session sees it at this moment.
func (s *Sess) view() *catalog.Version { return s.temp.On(s.l.catalog.Current()) }

// seen tells whether the catalog is as it was: what was planned still holds.
type seen struct{ base, temp uint64 }

func (s *Sess) seen() seen { return seen{s.l.catalog.Current().Num(), s.temp.Num()} }

// Prepare plans one statement.
func (s *Sess) Prepare(_ context.Context, src string, types []catalog.Type) (Prepared, error) {
	st, err := parser.ParseOne(src)
	if err != nil {
		return nil, err
	}
	if st == nil {
		return nil, sqlerr.New(sqlerr.SyntaxError, "the text holds no statement")
	}
	return s.prepare(st, src, types)
}

func (s *Sess) prepare(st parser.Statement, src string, types []catalog.Type) (Prepared, error) {
	switch st := st.(type) {
	case *parser.SelectStmt:
		return s.prepareSelect(st, src, types)
	case *parser.Insert:
		return s.prepareInsert(st, src, types)
	case *parser.Explain:
		return s.prepareExplain(st, src, types)
	case *parser.CreateTable:
		return s.prepareCreateTable(st, src)
	case *parser.CreateView:
		return s.prepareCreateView(st, src)
	case *parser.Drop:
		return s.prepareDrop(st)
	case *parser.Set:
		return s.prepareSet(st)
	case *parser.Reset:
		return s.prepareReset(st)
	case *parser.Show:
		return s.prepareShow(st)
	case *parser.Describe:
		return s.prepareDescribe(st)
	case *parser.CreateFunction:
		return s.prepareCreateFunction(st, src)
	case *parser.CreateAggregate:
		return s.prepareCreateAggregate(st, src)
	case *parser.CreateEndpoint:
		return s.prepareCreateEndpoint(st, src)
	case *parser.RefreshLookup:
		return s.prepareRefresh(st)
	case *parser.QueryControl:
		return s.prepareControl(st)
	}
	return nil, unsupported(st)
}

// command is a prepared statement that runs a function.
type command struct {
	st     parser.Statement
	cols   catalog.Schema
	params []catalog.Type // taken, and of no meaning: EXPLAIN of a query with parameters
	run    func(ctx context.Context) (Result, error)
}

func (c *command) Statement() parser.Statement { return c.st }
func (c *command) Params() []catalog.Type      { return c.params }
func (c *command) Columns() catalog.Schema     { return c.cols }
func (c *command) Run(ctx context.Context, args []Arg) (Result, error) {
	if len(args) != len(c.params) {
		return nil, sqlerr.New(sqlerr.ProtocolViolation, "wrong number of parameters: the statement has %d, %d are given", len(c.params), len(args))
	}
	return c.run(ctx)
}

// done makes a command without rows whose work is f.
func done(st parser.Statement, tag string, f func(ctx context.Context, r *fixed) error) *command {
	return &command{st: st, run: func(ctx context.Context) (Result, error) {
		r := &fixed{tag: tag}
		if err := f(ctx, r); err != nil {
			return nil, err
		}
		return r, nil
	}}
}

// env is what the planner needs.
func (s *Sess) env(types []catalog.Type) (*planner.Env, error) {
	rules, err := planner.ParseRules(s.get("optimizer.rules"))
	if err != nil {
		return nil, err
	}
	zone, err := s.zone()
	if err != nil {
		return nil, err
	}
	fold := &expr.Env{Timezone: zone, User: s.user, Database: catalog.DatabaseName, Schema: catalog.SchemaName, Version: s.version()}
	view := s.view()
	return &planner.Env{
		Tables:       planner.InVersion(view),
		Functions:    s.l.funcs,
		UserFunction: view.Function,
		Fold:         func(e plan.Expr) (*plan.Const, error) { return expr.Fold(e, fold) },
		Setting:      s.get,
		Bounded:      s.bounded,
		Parallelism:  s.set.Int("parallelism"),
		Rules:        rules,
		ParamTypes:   types,
	}, nil
}

func (s *Sess) get(name string) string {
	v, _ := s.set.Get(name) // "" for a name that is none
	return v
}

func (s *Sess) bounded(t *catalog.Table) bool {
	name, _ := t.Option("connector")
	c, ok := s.l.cfg.Connectors[name]
	return ok && c.Bounded(t)
}

func (s *Sess) zone() (*time.Location, error) {
	name := s.get("timezone")
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "invalid value for parameter %q: %q", "TimeZone", name)
	}
	return loc, nil
}

func (s *Sess) version() string {
	number, _, _ := strings.Cut(s.get("server_version"), " ")
	return "PostgreSQL " + number + " compatible, Penstock " + s.l.cfg.Version
}

// tableIn finds tables by a name as it stands in options and settings.
func tableIn(v *catalog.Version) func(string) (*catalog.Table, bool) {
	return func(name string) (*catalog.Table, bool) {
		rel, ok, err := v.Find(catalog.ParseName(name))
		if err != nil || !ok || rel.Table == nil {
			return nil, false
		}
		return rel.Table, true
	}
}

// buildEnv is what the graph needs.
func (s *Sess) buildEnv(q *plan.Query) (*build.Env, error) {
	zone, err := s.zone()
	if err != nil {
		return nil, err
	}
	skip, auto := !q.Root.Bounded(), false
	switch s.get("expression.on-error") {
	case "fail":
		skip = false
	case "skip":
		skip = true
	default:
		auto = true
	}
	view := s.view()
	return &build.Env{Connectors: s.l.cfg.Connectors, BatchRows: s.set.Int("batch.max-rows"), SkipBadRows: skip, SkipAuto: auto, Now: s.l.cfg.Now,
		Lookups: build.NewLookups(s.l.lookups), Remotes: build.NewRemotes(s.l.remotes), Allow: s.l.cfg.Allow,
		RejectTable: s.get("reject.table"), Table: tableIn(view),
		MaxGroups:    s.set.Int("aggregate.max-groups"),
		MaxSortBytes: int64(s.set.Int("sort.max-bytes")), MaxJoinBytes: int64(s.set.Int("join.max-bytes")), Timezone: zone, Log: s.l.cfg.Log, User: s.user, Version: s.version()}, nil
}
