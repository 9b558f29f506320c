package session

import (
	"context"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/build"
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

// startInsert runs an INSERT as a job of the engine. Bounded input belongs to
// the statement, which waits for it; a continuous job outlives the session.
func (s *Sess) startInsert(p *planned, q *plan.Query, b *build.Query, n notices) (Result, error) {
	wait := q.Root.Bounded()
	job := s.l.queries.start(s.l.base, kindInsert, s.resuming, p.src, b)
	if wait {
		return &written{notices: n, q: job, wait: true}, nil
	}
	if err := s.keep(job, q); err != nil {
		job.stop(err)
		return nil, err
	}
	n.notice("query %s runs: SHOW QUERIES tells how it does, STOP QUERY %s ends it", job.id, job.id)
	return &written{notices: n, q: job}, nil
}

// keep notes a continuous job in the catalog, and its end when it comes.
func (s *Sess) keep(q *query, p *plan.Query) error {
	err := s.l.catalog.Update(func(tx *catalog.Tx) error {
		j := catalog.Job{ID: q.id, SQL: q.sql, State: catalog.JobRunning, Settings: s.set.Changed(), Created: q.started, Changed: q.started}
		for _, name := range planner.Dependencies(p) {
			if tx.Has(name) { // temporary ones are nobody's affair
				j.Uses = append(j.Uses, name)
			}
		}
		return tx.PutJob(j)
	})
	if err != nil {
		return err
	}
	s.l.queries.group.Go(func() {
		<-q.done
		i := q.info()
		state := map[string]catalog.JobState{Finished: catalog.JobFinished, Failed: catalog.JobFailed, Stopped: catalog.JobStopped}[i.State]
		if context.Cause(s.l.base) != nil {
			return // the process ends: the job runs again with the next
		}
		if i.Err != nil {
			s.l.cfg.Log.Error("a job has ended", "query", q.id, "state", i.State, "error", i.Err)
		}
		if err := s.l.mark(q.id, state, i.Err); err != nil {
			s.l.cfg.Log.Error("the end of a job was not noted", "query", q.id, "error", err)
		}
	})
	return nil
}

func (s *Sess) prepareExplain(st *parser.Explain, src string, types []catalog.Type) (Prepared, error) {
	switch {
	case st.Analyze:
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "EXPLAIN ANALYZE is not supported yet").At(st.Span().From).
			Hint("GET /v1/queries/ID and /metrics tell what a running query does")
	case st.Format != "text" && st.Format != "json":
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "EXPLAIN (FORMAT %s) is not supported yet", strings.ToUpper(st.Format)).At(st.Span().From).
			Hint("FORMAT TEXT or JSON")
	case st.QueryID != "":
		q, err := s.l.queries.find(st.QueryID)
		if err != nil {
			return nil, err
		}
		return s.explainSQL(st, q.sql)
	}
	inner, err := s.prepare(st.Target, src, types)
	if err != nil {
		return nil, err
	}
	p, ok := inner.(*planned)
	if !ok {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "only queries and INSERT can be explained").At(st.Target.Span().From)
	}
	return explained(st, p), nil
}

func (s *Sess) explainSQL(st *parser.Explain, sql string) (Prepared, error) {
	inner, err := s.Prepare(context.Background(), sql, nil)
	if err != nil {
		return nil, err
	}
	return explained(st, inner.(*planned)), nil
}

func explained(st *parser.Explain, p *planned) Prepared {
	cols := catalog.Schema{{Name: "QUERY PLAN", Type: catalog.Of(catalog.Varchar)}}
	return &command{st: st, cols: cols, run: func(context.Context) (Result, error) {
		text, err := planner.Explain(p.q, st.Format)
		if err != nil {
			return nil, err
		}
		lines := []string{text}
		if st.Format == "text" {
			lines = strings.Split(strings.TrimRight(text, "\n"), "\n")
		}
		t := newRows(cols)
		for _, l := range lines {
			t.add(l)
		}
		return t.result("EXPLAIN"), nil
	}}
}

func (s *Sess) prepareSet(st *parser.Set) (Prepared, error) {
	return done(st, "SET", func(context.Context, *fixed) error {
		if st.Name == "transaction" || st.Name == "session characteristics" {
			return nil // every statement sees its own snapshot; drivers ask all the same
		}
		if st.Default {
			return at2(s.set.Reset(st.Name), st.P)
		}
		return at2(s.set.Set(st.Name, strings.Join(st.Values, ", ")), st.P)
	}), nil
}

// at gives an error a place if it has none.
func at(err error, p parser.Pos) error { return sqlerr.From(err).At(p) }

func (s *Sess) prepareReset(st *parser.Reset) (Prepared, error) {
	return done(st, "RESET", func(context.Context, *fixed) error {
		if st.Name == "" {
			s.set.ResetAll()
			return nil
		}
		return s.set.Reset(st.Name)
	}), nil
}

func (s *Sess) prepareControl(st *parser.QueryControl) (Prepared, error) {
	switch st.Verb {
	case "STOP", "CANCEL":
		return done(st, st.Verb+" QUERY", func(context.Context, *fixed) error {
			return at2(s.l.StopQuery(st.ID), st.P)
		}), nil
	}
	return nil, sqlerr.New(sqlerr.FeatureNotSupported, "%s QUERY is not supported yet", st.Verb).At(st.Span().From).
		Hint("STOP QUERY %s ends it", st.ID)
}

func at2(err error, p parser.Pos) error {
	if err == nil {
		return nil
	}
	return at(err, p)
}

// unsupported names a statement that cannot be run yet.
func unsupported(st parser.Statement) error {
	what := map[string]string{
		"*parser.CreateFunction": "CREATE FUNCTION", "*parser.CreateAggregate": "CREATE AGGREGATE FUNCTION",
		"*parser.CreateEndpoint": "CREATE ENDPOINT", "*parser.CreateSchema": "CREATE SCHEMA",
		"*parser.RefreshLookup": "REFRESH LOOKUP TABLE", "*parser.Subscribe": "SUBSCRIBE",
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
