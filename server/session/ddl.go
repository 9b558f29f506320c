package session

import (
	"context"
	"fmt"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner"
)

// typeName is the Go type of a statement, which names it.
func typeName(st parser.Statement) string { return fmt.Sprintf("%T", st) }

func (s *Sess) prepareCreateTable(st *parser.CreateTable, src string) (Prepared, error) {
	switch {
	case st.Lookup:
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "CREATE LOOKUP TABLE is not supported yet").At(st.Span().From)
	case st.As != nil:
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "CREATE TABLE AS is not supported yet").At(st.Span().From).
			Hint("create the table, then INSERT INTO it")
	}
	return done(st, "CREATE TABLE", func(_ context.Context, r *fixed) error {
		s.l.ddl.Lock()
		defer s.l.ddl.Unlock()
		name, temp, err := catalog.ResolveNew(planner.CatalogName(st.Name))
		if err != nil {
			return at(err, st.Name.Pos())
		}
		temp = temp || st.Temporary
		env, err := s.env(nil)
		if err != nil {
			return err
		}
		t, err := planner.CheckTable(st, src, env)
		if err != nil {
			return err
		}
		t.Name, t.Temporary, t.SQL, t.Created = name, temp, st.Span().Text(src), s.l.cfg.Now()
		if err := s.checkOptions(t, st); err != nil {
			return err
		}
		for i := range t.Options { // places in a text that is soon forgotten
			t.Options[i].KeyPos, t.Options[i].ValuePos = 0, 0
		}
		return at(s.update(temp, func(tx *catalog.Tx) error {
			if st.OrReplace {
				return tx.ReplaceTable(*t)
			}
			if st.IfNotExists && tx.Has(name) {
				r.notice("relation %q already exists, skipping", name)
				return nil
			}
			return tx.CreateTable(*t)
		}), st.Name.Pos())
	}), nil
}

// update changes the catalog, or the session's temporary objects.
func (s *Sess) update(temp bool, f func(*catalog.Tx) error) error {
	if temp {
		return s.temp.Update(f)
	}
	return s.l.catalog.Update(f)
}

// checkOptions has the table's connector look at WITH (…).
func (s *Sess) checkOptions(t *catalog.Table, st *parser.CreateTable) error {
	name, ok := t.Option("connector")
	if !ok {
		return sqlerr.New(sqlerr.InvalidParameterValue, "the table has no connector").At(st.Name.Pos()).
			Hint("add WITH ('connector' = 'kafka', …); connectors: %s", s.connectors())
	}
	c, ok := s.l.cfg.Connectors[name]
	if !ok {
		e := sqlerr.New(sqlerr.InvalidParameterValue, "connector %q does not exist", name).Hint("connectors: %s", s.connectors())
		for _, o := range st.Options {
			if o.Key == "connector" {
				e.At(o.ValueP)
			}
		}
		return e
	}
	return c.Check(t)
}

func (s *Sess) prepareCreateView(st *parser.CreateView, src string) (Prepared, error) {
	if st.Materialized {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "CREATE MATERIALIZED VIEW is not supported yet").At(st.Span().From).
			Hint("create a view, or a table and INSERT INTO it")
	}
	return done(st, "CREATE VIEW", func(_ context.Context, r *fixed) error {
		s.l.ddl.Lock()
		defer s.l.ddl.Unlock()
		name, temp, err := catalog.ResolveNew(planner.CatalogName(st.Name))
		if err != nil {
			return at(err, st.Name.Pos())
		}
		temp = temp || st.Temporary
		env, err := s.env(nil)
		if err != nil {
			return err
		}
		v, deps, err := planner.CheckView(st, src, env)
		if err != nil {
			return err
		}
		v.Name, v.Temporary, v.SQL, v.Uses, v.Created = name, temp, st.Span().Text(src), deps, s.l.cfg.Now()
		if !temp {
			for _, d := range deps {
				if s.temp.Has(catalog.Name{Name: d, Quoted: true}) {
					return sqlerr.New(sqlerr.InvalidTableDefinition, "a view that is kept cannot use the temporary relation %q", d).
						At(st.Name.Pos()).Hint("create the view as TEMPORARY")
				}
			}
		}
		return at(s.update(temp, func(tx *catalog.Tx) error {
			if st.IfNotExists && tx.Has(name) {
				r.notice("relation %q already exists, skipping", name)
				return nil
			}
			return tx.CreateView(*v, st.OrReplace)
		}), st.Name.Pos())
	}), nil
}

func (s *Sess) prepareDrop(st *parser.Drop) (Prepared, error) {
	if st.Kind != "TABLE" && st.Kind != "VIEW" {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "DROP %s is not supported yet", st.Kind).At(st.Span().From)
	}
	return done(st, "DROP "+st.Kind, func(_ context.Context, r *fixed) error {
		s.l.ddl.Lock()
		defer s.l.ddl.Unlock()
		for _, n := range st.Names {
			if err := s.drop(st, n, r); err != nil {
				return at(err, n.Pos())
			}
		}
		return nil
	}), nil
}

func (s *Sess) drop(st *parser.Drop, n parser.Name, r *fixed) error {
	cn := planner.CatalogName(n)
	rel, ok, err := s.view().Find(cn)
	if err != nil {
		return err
	}
	kind := map[string]string{"TABLE": "table", "VIEW": "view"}[st.Kind]
	if !ok {
		if st.IfExists {
			r.notice("%s %q does not exist, skipping", kind, cn.Name)
			return nil
		}
		return sqlerr.New(sqlerr.UndefinedTable, "%s %q does not exist", kind, cn.Name)
	}
	var gone catalog.Dropped
	err = s.update(s.temp.Has(cn), func(tx *catalog.Tx) (err error) {
		if st.Kind == "TABLE" {
			gone, err = tx.DropTable(rel.Name(), st.Cascade)
		} else {
			gone, err = tx.DropView(rel.Name(), st.Cascade)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, v := range gone.Views {
		r.notice("drop cascades to view %s", v)
	}
	for _, id := range gone.Jobs {
		if q, err := s.l.queries.find(id); err == nil && !q.hasEnded() {
			q.stop(errStopped)
		}
		r.notice("drop cascades to query %s", id)
	}
	return nil
}
