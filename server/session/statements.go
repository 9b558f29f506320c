package session

import (
	"context"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner"
	"github.com/penstock/penstock/planner/plan"
	"github.com/penstock/penstock/server/pgcatalog"
)

func (s *Sess) prepareSelect(st *parser.SelectStmt, src string, types []catalog.Type) (Prepared, error) {
	if pgcatalog.Handles(st.Query) {
		return s.prepareCatalogue(st, types)
	}
	return s.newPlanned(st, src, types, func(env *planner.Env) (*plan.Query, error) {
		return planner.PlanQuery(st.Query, src, env)
	})
}

func (s *Sess) prepareInsert(st *parser.Insert, src string, types []catalog.Type) (Prepared, error) {
	return s.newPlanned(st, src, types, func(env *planner.Env) (*plan.Query, error) {
		return planner.PlanInsert(st, src, env)
	})
}

func (s *Sess) prepareExplain(st *parser.Explain, src string, types []catalog.Type) (Prepared, error) {
	switch {
	case st.Analyze && st.QueryID != "":
		return s.analyzedQuery(st)
	case st.QueryID != "":
		q, err := s.l.Query(st.QueryID)
		if err != nil {
			return nil, at(err, st.Span().From)
		}
		inner, err := s.Prepare(context.Background(), q.SQL, nil)
		if err != nil {
			return nil, sqlerr.New(sqlerr.CodeOf(err), "the query cannot be planned any more: %s", sqlerr.From(err).Message).At(st.Span().From)
		}
		return explained(st, inner, st.Span().From)
	}
	inner, err := s.prepare(st.Target, src, types)
	if err != nil {
		return nil, err
	}
	if p, ok := inner.(*planned); ok && st.Analyze {
		return s.analyzed(st, p)
	}
	return explained(st, inner, st.Target.Span().From)
}

// explainColumns are those of EXPLAIN.
var explainColumns = catalog.Schema{{Name: "QUERY PLAN", Type: catalog.Of(catalog.Varchar)}}

// explained makes the EXPLAIN of a prepared statement. The plan is that of the moment
// it is asked for.
func explained(st parser.Statement, inner Prepared, pos parser.Pos) (Prepared, error) {
	p, ok := inner.(*planned)
	if !ok {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "only queries of streams and INSERT can be explained").At(pos)
	}
	form := st.(*parser.Explain).Format
	return &command{st: st, cols: explainColumns, params: p.q.Params, run: func(context.Context) (Result, error) {
		if err := p.refresh(); err != nil {
			return nil, err
		}
		text, err := planner.ExplainWith(p.q, form, p.s.l.versions)
		if err != nil {
			return nil, err
		}
		lines := []string{text}
		if form == "text" {
			lines = strings.Split(strings.TrimRight(text, "\n"), "\n")
		}
		t := newRows(explainColumns)
		for _, l := range lines {
			t.add(l)
		}
		return t.result("EXPLAIN"), nil
	}}, nil
}

func (s *Sess) prepareSet(st *parser.Set) (Prepared, error) {
	return done(st, "SET", func(context.Context, *fixed) error {
		if st.Name == "transaction" || st.Name == "session characteristics" {
			return nil // every statement sees its own snapshot; drivers ask all the same
		}
		if st.Default {
			return at(s.set.Reset(st.Name), st.P)
		}
		return at(s.set.Set(st.Name, strings.Join(st.Values, ", ")), st.P)
	}), nil
}

// at gives an error a place if it has none.
func at(err error, p parser.Pos) error {
	if err == nil {
		return nil
	}
	e := *sqlerr.From(err) // it may be one that all share
	return e.At(p)
}

func (s *Sess) prepareReset(st *parser.Reset) (Prepared, error) {
	return done(st, "RESET", func(context.Context, *fixed) error {
		if st.Name == "" {
			s.set.ResetAll()
			return nil
		}
		return at(s.set.Reset(st.Name), st.Span().From)
	}), nil
}

func (s *Sess) prepareControl(st *parser.QueryControl) (Prepared, error) {
	switch st.Verb {
	case "STOP", "CANCEL":
		return done(st, st.Verb+" QUERY", func(context.Context, *fixed) error {
			return at(s.l.StopQuery(st.ID), st.P)
		}), nil
	}
	return nil, sqlerr.New(sqlerr.FeatureNotSupported, "%s QUERY is not supported yet", st.Verb).At(st.Span().From).
		Hint("STOP QUERY %s ends it", st.ID)
}

// unsupported names a statement that cannot be run yet.
func unsupported(st parser.Statement) error {
	what := map[string]string{
		"*parser.CreateSchema": "CREATE SCHEMA", "*parser.Subscribe": "SUBSCRIBE",
	}
	name := typeName(st)
	w, ok := what[name]
	if !ok {
		w = strings.ToUpper(strings.TrimPrefix(name, "*parser."))
		if slices.Contains([]string{"DECLARE", "FETCH", "CLOSECURSOR", "COPY", "PREPARE", "EXECUTE", "DEALLOCATE", "TRANSACTION", "DISCARD", "LISTEN"}, w) {
			return sqlerr.New(sqlerr.FeatureNotSupported, "%s belongs to the PostgreSQL protocol and has no meaning here", w).At(st.Span().From).
				Hint("connect with psql or a PostgreSQL driver to use it")
		}
	}
	return sqlerr.New(sqlerr.FeatureNotSupported, "%s is not supported yet", w).At(st.Span().From)
}
