package session

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner"
)

// typeName is the Go type of a statement, which names it.
func typeName(st parser.Statement) string { return fmt.Sprintf("%T", st) }

func (s *Sess) prepareCreateTable(st *parser.CreateTable, src string) (Prepared, error) {
	if st.As != nil {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "CREATE TABLE AS is not supported yet").At(st.Span().From).
			Hint("create the table, then INSERT INTO it")
	}
	tag := "CREATE TABLE"
	if st.Lookup {
		tag = "CREATE LOOKUP TABLE"
	}
	return done(st, tag, func(_ context.Context, r *fixed) error {
		s.l.ddl.Lock()
		defer s.l.ddl.Unlock()
		name, temp, err := s.newName(st.Name, st.Temporary)
		if err != nil {
			return err
		}
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
		placeless(t.Options)
		if st.OrReplace && t.Lookup {
			s.l.lookups.Forget(t.Name)
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
	if t.Lookup {
		return at(s.l.lookups.Check(t), st.Name.Pos())
	}
	names := slices.Sorted(maps.Keys(s.l.cfg.Connectors))
	list := strings.Join(names, ", ")
	name, ok := t.Option("connector")
	if !ok {
		for _, o := range st.Options {
			if _, like := catalog.Suggest(o.Key, []string{"connector"}); like {
				return sqlerr.New(sqlerr.InvalidParameterValue, "unknown option '%s'", o.Key).At(o.KeyP).Hint("did you mean 'connector'?")
			}
		}
		return sqlerr.New(sqlerr.InvalidParameterValue, "the table has no connector").At(st.Name.Pos()).
			Hint("add WITH ('connector' = 'kafka', …); connectors: %s", list)
	}
	c, ok := s.l.cfg.Connectors[name]
	if ok {
		return at(c.Check(t), st.Name.Pos())
	}
	e := sqlerr.New(sqlerr.InvalidParameterValue, "connector %q does not exist", name).Hint("connectors: %s", list)
	if like, ok := catalog.Suggest(name, names); ok {
		e.Hint("did you mean %q? connectors: %s", like, list)
	}
	for _, o := range st.Options {
		if o.Key == "connector" {
			e.At(o.ValueP)
		}
	}
	return e
}

// newName is the name of a relation to be made, and whether it is temporary. A name
// without quotes stands for a relation that is there and differs only in its
// capitals.
func (s *Sess) newName(n parser.Name, temp bool) (string, bool, error) {
	cn := planner.CatalogName(n)
	name, inTemp, err := catalog.ResolveNew(cn)
	if err != nil {
		return "", false, at(err, n.Pos())
	}
	temp = temp || inTemp
	if cn.Quoted {
		return name, temp, nil
	}
	v := s.l.catalog.Current()
	if temp {
		v = s.temp.On(catalog.New().Current())
	}
	if rel, ok, err := v.Find(catalog.NameOf(name)); err == nil && ok {
		name = rel.Name()
	}
	return name, temp, nil
}

func (s *Sess) prepareCreateView(st *parser.CreateView, src string) (Prepared, error) {
	if st.Materialized {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "CREATE MATERIALIZED VIEW is not supported yet").At(st.Span().From).
			Hint("create a view, or a table and INSERT INTO it")
	}
	return done(st, "CREATE VIEW", func(_ context.Context, r *fixed) error {
		s.l.ddl.Lock()
		defer s.l.ddl.Unlock()
		name, temp, err := s.newName(st.Name, st.Temporary)
		if err != nil {
			return err
		}
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
	drop := s.drop
	switch st.Kind {
	case "TABLE", "VIEW", "LOOKUP TABLE":
	case "FUNCTION", "AGGREGATE FUNCTION":
		drop = s.dropFunctions
	case "ENDPOINT":
		drop = s.dropEndpoints
	default:
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "DROP %s is not supported yet", st.Kind).At(st.Span().From)
	}
	return done(st, "DROP "+st.Kind, func(_ context.Context, r *fixed) error {
		s.l.ddl.Lock()
		defer s.l.ddl.Unlock()
		return drop(st, r)
	}), nil
}

// doomed is a relation that a DROP names.
type doomed struct {
	name string
	pos  parser.Pos
}

// drop removes all that the statement names, or nothing.
func (s *Sess) drop(st *parser.Drop, r *fixed) error {
	kind := strings.ToLower(st.Kind)
	var kept, temp []doomed
	for _, n := range st.Names {
		cn := planner.CatalogName(n)
		rel, ok, err := s.view().Find(cn)
		switch {
		case err != nil:
			return at(err, n.Pos())
		case !ok && st.IfExists:
			r.notice("%s %q does not exist, skipping", kind, cn.Name)
		case !ok:
			return sqlerr.New(sqlerr.UndefinedTable, "%s %q does not exist", kind, cn.Name).At(n.Pos())
		case rel.Table != nil && st.Kind != "VIEW" && rel.Table.Lookup != (st.Kind == "LOOKUP TABLE"):
			e := sqlerr.New(sqlerr.WrongObjectType, "%q is not a %s", rel.Name(), kind).At(n.Pos())
			if rel.Table.Lookup {
				return e.Hint("Use DROP LOOKUP TABLE to remove a lookup table.")
			}
			return e.Hint("Use DROP TABLE to remove a table.")
		case s.temp.Has(cn):
			temp = append(temp, doomed{rel.Name(), n.Pos()})
		default:
			kept = append(kept, doomed{rel.Name(), n.Pos()})
		}
	}
	var gone catalog.Dropped
	err := s.update(true, func(tx *catalog.Tx) error {
		if err := dropAll(tx, st, temp, &gone); err != nil {
			return err
		}
		// If this fails, the temporary ones stay too.
		return s.update(false, func(tx *catalog.Tx) error { return dropAll(tx, st, kept, &gone) })
	})
	if err != nil {
		return err
	}
	if st.Kind == "LOOKUP TABLE" {
		for _, d := range append(kept, temp...) {
			s.l.lookups.Forget(d.name)
		}
	}
	s.cascaded(gone, r)
	return nil
}

// cascaded ends what a DROP … CASCADE has taken with it, and says so.
func (s *Sess) cascaded(gone catalog.Dropped, r *fixed) {
	for _, v := range gone.Views {
		r.notice("drop cascades to view %s", v)
	}
	for _, id := range gone.Jobs {
		if q, err := s.l.queries.find(id); err == nil && !q.hasEnded() {
			q.stop(errStopped)
		}
		r.notice("drop cascades to query %s", id)
	}
}

// dropAll drops relations that may depend on each other, in whatever order
// they are named.
func dropAll(tx *catalog.Tx, st *parser.Drop, names []doomed, gone *catalog.Dropped) error {
	drop := tx.DropTable
	if st.Kind == "VIEW" {
		drop = tx.DropView
	}
	for len(names) > 0 {
		var left []doomed
		var first error
		for _, n := range names {
			if _, err := drop(n.name, false); err != nil {
				left = append(left, n)
				if first == nil {
					first = at(err, n.pos)
				}
			}
		}
		if len(left) == len(names) {
			if !st.Cascade || sqlerr.CodeOf(first) != sqlerr.DependentObjects {
				return first
			}
			d, err := drop(left[0].name, true)
			if err != nil {
				return at(err, left[0].pos)
			}
			gone.Views, gone.Jobs = append(gone.Views, d.Views...), append(gone.Jobs, d.Jobs...)
			left = slices.DeleteFunc(left[1:], func(n doomed) bool { return !tx.Has(n.name) })
		}
		names = left
	}
	return nil
}
