package session

import (
	"context"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
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
	case *parser.QueryControl:
		return s.prepareControl(st)
	}
	return nil, unsupported(st)
}

// command is a prepared statement that runs a function.
type command struct {
	st   parser.Statement
	cols catalog.Schema
	run  func(ctx context.Context) (Result, error)
}

func (c *command) Statement() parser.Statement { return c.st }
func (c *command) Params() []catalog.Type      { return nil }
func (c *command) Columns() catalog.Schema     { return c.cols }
func (c *command) Run(ctx context.Context, args []Arg) (Result, error) {
	if len(args) > 0 {
		return nil, sqlerr.New(sqlerr.ProtocolViolation, "the statement has no parameters, %d are given", len(args))
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

// planned is a prepared SELECT or INSERT.
type planned struct {
	s     *Sess
	st    parser.Statement
	src   string
	types []catalog.Type
	plan  func() (*plan.Query, error)
	q     *plan.Query
	seen  seen
}

func (s *Sess) newPlanned(st parser.Statement, src string, types []catalog.Type, f func(env *planner.Env) (*plan.Query, error)) (*planned, error) {
	p := &planned{s: s, st: st, src: src, types: types}
	p.plan = func() (*plan.Query, error) {
		env, err := s.env(types)
		if err != nil {
			return nil, err
		}
		return f(env)
	}
	return p, p.replan()
}

func (p *planned) replan() (err error) {
	p.seen = p.s.seen()
	p.q, err = p.plan()
	return err
}

func (p *planned) Statement() parser.Statement { return p.st }
func (p *planned) Params() []catalog.Type      { return p.q.Params }

func (p *planned) Columns() catalog.Schema {
	if _, sink := p.q.Root.(*plan.Sink); sink {
		return nil
	}
	return p.q.Root.Schema()
}

// ready gives the plan with the parameters in it, made anew if the catalog has
// changed since.
func (p *planned) ready(args []Arg) (*plan.Query, error) {
	if p.seen != p.s.seen() {
		old := p.Columns()
		if err := p.replan(); err != nil {
			return nil, err
		}
		if !sameColumns(old, p.Columns()) {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "cached plan must not change result type")
		}
	}
	if len(args) != len(p.q.Params) {
		return nil, sqlerr.New(sqlerr.ProtocolViolation, "the statement has %s, %d are given", plural(len(p.q.Params), "parameter"), len(args))
	}
	if len(args) == 0 {
		return p.q, nil
	}
	consts := make([]*plan.Const, len(args))
	for i, a := range args {
		consts[i] = &plan.Const{T: p.q.Params[i], Null: a.Null, Text: a.Text}
		if a.Null {
			continue
		}
		// A wrong text is the client's fault, told before anything runs.
		if err := expr.AppendConst(exec.NewColumnOf(p.q.Params[i]), p.q.Params[i], a.Text); err != nil {
			return nil, err
		}
	}
	return plan.BindParams(p.q, consts)
}

func sameColumns(a, b catalog.Schema) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name != b[i].Name || !a[i].Type.Equal(b[i].Type) {
			return false
		}
	}
	return true
}

func (p *planned) Run(ctx context.Context, args []Arg) (Result, error) {
	q, err := p.ready(args)
	if err != nil {
		return nil, err
	}
	env, err := p.s.buildEnv(q)
	if err != nil {
		return nil, err
	}
	b, err := build.Build(ctx, q, env)
	if err != nil {
		return nil, err
	}
	var n notices
	for _, t := range q.Notices {
		n.notice("%s", t)
	}
	if b.Pipe != nil {
		run := p.s.l.queries.start(p.s.withTimeout(ctx), kindSelect, "", p.src, b)
		return &stream{notices: n, q: run, schema: q.Root.Schema()}, nil
	}
	return p.s.startInsert(p, q, b, n)
}

// withTimeout applies statement_timeout to a SELECT.
func (s *Sess) withTimeout(ctx context.Context) context.Context {
	d := s.set.Duration("statement_timeout")
	if d <= 0 {
		return ctx
	}
	ctx, cancel := context.WithTimeoutCause(ctx, d, sqlerr.New(sqlerr.QueryCanceled, "canceling statement due to statement timeout"))
	context.AfterFunc(ctx, cancel)
	return ctx
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
	return &planner.Env{
		Tables:      planner.InVersion(s.view()),
		Functions:   s.l.funcs,
		Fold:        func(e plan.Expr) (*plan.Const, error) { return expr.Fold(e, fold) },
		Setting:     s.get,
		Bounded:     s.bounded,
		Parallelism: s.set.Int("parallelism"),
		Rules:       rules,
		ParamTypes:  types,
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
	return "PostgreSQL " + s.get("server_version") + " compatible, Penstock " + s.l.cfg.Version
}

// buildEnv is what the graph needs.
func (s *Sess) buildEnv(q *plan.Query) (*build.Env, error) {
	zone, err := s.zone()
	if err != nil {
		return nil, err
	}
	skip := !q.Root.Bounded()
	switch s.get("expression.on-error") {
	case "fail":
		skip = false
	case "skip":
		skip = true
	}
	return &build.Env{Connectors: s.l.cfg.Connectors, BatchRows: s.set.Int("batch.max-rows"), SkipBadRows: skip, Now: s.l.cfg.Now,
		Timezone: zone, Log: s.l.cfg.Log, User: s.user, Version: s.version()}, nil
}
