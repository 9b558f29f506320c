package session

import (
	"context"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/server/pgcatalog"
)

// catalogued is a prepared query of the system catalogue, which pgcatalog
// answers.
type catalogued struct {
	s     *Sess
	st    *parser.SelectStmt
	types []catalog.Type
	plan  *pgcatalog.Plan
	seen  seen
}

func (s *Sess) prepareCatalogue(st *parser.SelectStmt, types []catalog.Type) (Prepared, error) {
	c := &catalogued{s: s, st: st, types: types}
	return c, c.replan()
}

func (c *catalogued) replan() error {
	s, now := c.s, c.s.seen()
	version, _, _ := strings.Cut(s.get("server_version"), " ")
	p, err := pgcatalog.Prepare(c.st.Query, &pgcatalog.Env{Catalog: s.view(), User: s.user, Database: catalog.DatabaseName,
		ServerVersion: version, Version: s.version(), PID: s.pid, Settings: s.set.All, Setting: s.Setting, SetSetting: s.set.Set, Builtins: s.l.funcs.All()}, c.types)
	if err == nil {
		c.plan, c.seen = p, now
	}
	return err
}

func (c *catalogued) Statement() parser.Statement { return c.st }
func (c *catalogued) Params() []catalog.Type      { return c.plan.Params() }
func (c *catalogued) Columns() catalog.Schema     { return c.plan.Columns() }
func (c *catalogued) TypeOIDs() []uint32          { return c.plan.TypeOIDs() }

func (c *catalogued) Run(ctx context.Context, args []Arg) (Result, error) {
	if c.seen != c.s.seen() { // the columns of the system's relations never change
		if err := c.replan(); err != nil {
			return nil, err
		}
	}
	texts := make([]*string, len(args))
	for i := range args {
		if !args[i].Null {
			texts[i] = &args[i].Text
		}
	}
	b, err := c.plan.Run(ctx, texts)
	if err != nil {
		return nil, err
	}
	return &fixed{schema: c.plan.Columns(), batch: b}, nil
}
