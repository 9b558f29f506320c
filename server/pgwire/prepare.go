package pgwire

import (
	"context"
	"io"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/server/session"
)

// planTarget plans the statement behind PREPARE name AS.
func (c *conn) planTarget(ctx context.Context, st *statement, s *parser.Prepare) error {
	types := make([]catalog.Type, len(s.Types))
	for i := range s.Types {
		t, err := c.sess.Type(&s.Types[i])
		if err != nil {
			return err
		}
		types[i] = t
	}
	switch s.Target.(type) {
	case *parser.Prepare, *parser.Execute, *parser.Declare, *parser.Fetch, *parser.Copy, *parser.Transaction:
		return sqlerr.New(sqlerr.FeatureNotSupported, "PREPARE of such a statement is not supported").At(s.Target.Span().From)
	}
	target, err := c.plan(ctx, st.src.text, s.Target, types)
	if err != nil {
		return err
	}
	if target.inner != nil {
		target.params = target.inner.Params()
	}
	target.oids = make([]uint32, len(target.params))
	for i, t := range target.params {
		target.oids[i] = catalog.OID(t)
	}
	st.target = target
	return nil
}

// planArgs plans the arguments of EXECUTE as a query of one row.
func (c *conn) planArgs(ctx context.Context, st *statement, s *parser.Execute, types []catalog.Type) error {
	if len(s.Args) == 0 {
		return nil
	}
	text := s.Span().Text(st.src.text)
	open := strings.IndexByte(text[len("EXECUTE"):], '(') + len("EXECUTE")
	if s.Name.Quoted { // the name may hold a parenthesis
		after := int(s.Name.P-s.Span().From) + len(s.Name.Text) + strings.Count(s.Name.Text, `"`) + 2
		open = strings.IndexByte(text[after:], '(') + after
	}
	end := strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return sqlerr.New(sqlerr.SyntaxError, "syntax error in the arguments of EXECUTE")
	}
	const query = "SELECT "
	var err error
	st.base = int(s.Span().From) - 1 + open + 1 - len(query)
	st.inner, err = c.sess.Prepare(ctx, query+text[open+1:end], types)
	return shifted(err, st.base)
}

// runNamed is EXECUTE name(args).
func (c *conn) runNamed(ctx context.Context, p *portal, s *parser.Execute, limit int64) (outcome, error) {
	if p.inner == nil {
		target, err := c.statement(s.Name.Text)
		if err != nil {
			return outcome{}, err
		}
		if err := c.tx.allowed(target.ast); err != nil {
			return outcome{}, err
		}
		if len(s.Args) != len(target.params) {
			return outcome{}, sqlerr.New(sqlerr.SyntaxError, "wrong number of parameters for prepared statement \"%s\"", s.Name.Text).
				WithDetail("Expected %d parameters but got %d.", len(target.params), len(s.Args)).At(s.Name.P)
		}
		args, err := c.evalArgs(ctx, p)
		if err != nil {
			return outcome{}, err
		}
		if err := checkFormats(p.formats, len(c.columns(target).schema)); err != nil {
			return outcome{}, err
		}
		p.inner = &portal{name: p.name, st: target, args: args, formats: p.formats, describe: p.describe}
	}
	o, err := c.run(ctx, p.inner, limit)
	return o, placed(err, 0)
}

// evalArgs computes the arguments and prints them.
func (c *conn) evalArgs(ctx context.Context, p *portal) ([]session.Arg, error) {
	if p.st.inner == nil {
		return nil, nil
	}
	cols := columnsOf(p.st.inner)
	enc, err := newDataRows(cols, nil, c.status.zone)
	if err != nil {
		return nil, err
	}
	if err := c.start(ctx, p); err != nil {
		return nil, shifted(err, p.st.base)
	}
	defer func() { _ = p.rows.close(); p.rows = nil }()
	for {
		b, err := p.rows.res.Next(ctx, true)
		if err == io.EOF {
			return nil, sqlerr.New(sqlerr.InternalError, "the arguments of EXECUTE have no value")
		}
		if err != nil {
			return nil, shifted(causeOf(ctx, err), p.st.base)
		}
		if b == nil || b.Rows() == 0 {
			continue
		}
		args := make([]session.Arg, len(cols.schema))
		for i, col := range b.Cols[:len(args)] {
			if col.IsNull(b.Row(0)) {
				args[i].Null = true
				continue
			}
			args[i].Text = string(enc.cells[i](nil, col, b.Row(0)))
		}
		return args, nil
	}
}

// deallocate forgets statements.
func (c *conn) deallocate(s *parser.Deallocate) (string, error) {
	if s.Name.Text == "" {
		clear(c.statements)
		return "DEALLOCATE ALL", nil
	}
	if _, err := c.statement(s.Name.Text); err != nil {
		return "", err
	}
	delete(c.statements, s.Name.Text)
	return "DEALLOCATE", nil
}

// discard is DISCARD ALL and its parts.
func (c *conn) discard(ctx context.Context, s *parser.Discard) (string, error) {
	what := strings.ToUpper(s.What)
	if what == "ALL" {
		if c.tx.block || c.tx.implicit {
			return "", sqlerr.New(sqlerr.ActiveTransaction, "DISCARD ALL cannot run inside a transaction block")
		}
		c.closePortals(func(p *portal) bool { return !p.running })
		clear(c.statements)
	}
	return "DISCARD " + what, c.sess.Discard(ctx, what)
}
