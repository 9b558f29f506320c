package session

import (
	"context"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner"
	"github.com/penstock/penstock/planner/plan"
)

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

// refresh plans anew if the catalog has changed since. Clients that have been told
// of other columns cannot take the new ones.
func (p *planned) refresh() error {
	if p.seen == p.s.seen() {
		return nil
	}
	old := p.q
	cols := p.Columns()
	if err := p.replan(); err != nil {
		p.q, p.seen = old, seen{} // the next Run tries again
		return err
	}
	if !sameColumns(cols, p.Columns()) {
		p.q, p.seen = old, seen{}
		return sqlerr.New(sqlerr.FeatureNotSupported, "cached plan must not change result type")
	}
	return nil
}

// ready gives the plan with the parameters in it.
func (p *planned) ready(args []Arg) (*plan.Query, error) {
	if err := p.refresh(); err != nil {
		return nil, err
	}
	if len(args) != len(p.q.Params) {
		return nil, sqlerr.New(sqlerr.ProtocolViolation, "wrong number of parameters: the statement has %d, %d are given", len(p.q.Params), len(args))
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
		if err := expr.AppendConstIn(exec.NewColumnOf(p.q.Params[i]), p.q.Params[i], []byte(a.Text), Zone(p.s)); err != nil {
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
	rebuild := func(ctx context.Context, pipe *exec.Pipe) (*build.Query, error) {
		again := *env
		again.Pipe = pipe
		return build.Build(ctx, q, &again)
	}
	var n notices
	for _, t := range q.Notices {
		n.notice("%s", t)
	}
	if b.Pipe != nil {
		run, err := p.s.l.queries.start(ctx, starting{kind: kindSelect, sql: p.src, plan: q, built: b, rebuild: rebuild, timeout: p.s.set.Duration("statement_timeout")})
		if err != nil {
			return nil, err
		}
		return &stream{notices: n, q: run, pipe: b.Pipe, schema: q.Root.Schema()}, nil
	}
	return p.s.startInsert(ctx, p, args, starting{plan: q, built: b, rebuild: rebuild}, n)
}
