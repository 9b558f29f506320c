package session

import (
	"context"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner"
)

// optionsOf takes over the options of WITH (…).
func optionsOf(list []parser.Option) catalog.Options {
	var out catalog.Options
	for _, o := range list {
		out = append(out, catalog.Option{Key: o.Key, Value: o.Value, KeyPos: o.KeyP, ValuePos: o.ValueP})
	}
	return out
}

// placeless forgets places in a text that is soon forgotten.
func placeless(options catalog.Options) {
	for i := range options {
		options[i].KeyPos, options[i].ValuePos = 0, 0
	}
}

// functionName is the name of a function to be made; built-in ones keep theirs.
func (s *Sess) functionName(n parser.Name) (string, error) {
	name, inTemp, err := catalog.ResolveNew(planner.CatalogName(n))
	if err != nil {
		return "", at(err, n.Pos())
	}
	if inTemp {
		return "", sqlerr.New(sqlerr.FeatureNotSupported, "a function in the schema pg_temp is not supported").At(n.Pos()).
			Hint("CREATE TEMPORARY FUNCTION makes one of the session's own")
	}
	if len(s.l.funcs.Signatures(strings.ToLower(name))) > 0 || planner.BuiltIn(name) {
		return "", sqlerr.New(sqlerr.DuplicateFunction, "function %q is built in and cannot be defined anew", name).At(n.Pos())
	}
	return name, nil
}

// columnsOf resolves the types of arguments or results.
func columnsOf(defs []parser.ColumnDef, what string) (catalog.Schema, error) {
	var out catalog.Schema
	seen := map[string]bool{}
	for _, d := range defs {
		if d.Type == nil {
			return nil, sqlerr.New(sqlerr.InvalidFunctionDefinition, "%s \"%s\" has no type", what, d.Name.Text).At(d.Name.P)
		}
		t, err := planner.ResolveType(d.Type)
		if err != nil {
			return nil, err
		}
		if d.Name.Text != "" && seen[d.Name.Text] {
			return nil, sqlerr.New(sqlerr.InvalidFunctionDefinition, "%s \"%s\" is there twice", what, d.Name.Text).At(d.Name.P)
		}
		seen[d.Name.Text] = true
		out = append(out, catalog.Column{Name: d.Name.Text, Type: t})
	}
	return out, nil
}

func (s *Sess) prepareCreateFunction(st *parser.CreateFunction, src string) (Prepared, error) {
	return done(st, "CREATE FUNCTION", func(_ context.Context, r *fixed) error {
		s.l.ddl.Lock()
		defer s.l.ddl.Unlock()
		name, err := s.functionName(st.Name)
		if err != nil {
			return err
		}
		f := catalog.Function{Name: name, Language: st.Language, Body: st.As, Temporary: st.Temporary, Options: optionsOf(st.Options),
			SQL: st.Span().Text(src), Created: s.l.cfg.Now()}
		if f.Args, err = columnsOf(st.Args, "argument"); err != nil {
			return err
		}
		if f.Returns, err = columnsOf(st.ReturnsTable, "column"); err != nil {
			return err
		}
		f.Table = len(st.ReturnsTable) > 0
		if st.Returns != nil {
			t, err := planner.ResolveType(st.Returns)
			if err != nil {
				return err
			}
			f.Returns = catalog.Schema{{Name: name, Type: t}}
		}
		if f.Language == "" && st.As != "" {
			f.Language = catalog.LanguageSQL
		}
		if err := s.checkFunction(&f, st); err != nil {
			return err
		}
		return s.addFunction(f, st.Name, st.OrReplace, st.IfNotExists, r)
	}), nil
}

// checkFunction looks at what the language asks for.
func (s *Sess) checkFunction(f *catalog.Function, st *parser.CreateFunction) error {
	if len(f.Returns) == 0 {
		return sqlerr.New(sqlerr.InvalidFunctionDefinition, "function %q has no RETURNS", f.Name).At(st.Name.Pos()).
			Hint("RETURNS type, or RETURNS TABLE (name type, …)")
	}
	switch f.Language {
	case catalog.LanguageSQL:
		if st.As == "" {
			return sqlerr.New(sqlerr.InvalidFunctionDefinition, "no function body specified").At(st.Name.Pos()).Hint("add AS 'expression'")
		}
		if len(f.Options) > 0 {
			return sqlerr.New(sqlerr.InvalidFunctionDefinition, "a function in SQL has no options").At(f.Options[0].KeyPos)
		}
		env, err := s.env(nil)
		if err != nil {
			return err
		}
		return at(planner.CheckFunction(f, env), st.AsPos)
	case catalog.LanguageGRPC, catalog.LanguageHTTP:
		if st.As != "" {
			return sqlerr.New(sqlerr.InvalidFunctionDefinition, "a remote function has no body").At(st.AsPos)
		}
		return at(s.l.remotes.Check(f), st.Name.Pos())
	case "":
		return sqlerr.New(sqlerr.InvalidFunctionDefinition, "no language specified").At(st.Name.Pos()).
			Hint("LANGUAGE GRPC or HTTP with options, or AS 'expression'")
	}
	return sqlerr.New(sqlerr.UndefinedObject, "language %q does not exist", f.Language).At(st.Name.Pos()).Hint("languages: sql, grpc, http")
}

func (s *Sess) addFunction(f catalog.Function, n parser.Name, replace, ifNot bool, r *fixed) error {
	placeless(f.Options)
	exists := s.view().Function(f.Name) != nil
	if exists && ifNot {
		r.notice("function %q already exists, skipping", f.Name)
		return nil
	}
	err := s.update(f.Temporary, func(tx *catalog.Tx) error { return tx.CreateFunction(f, replace) })
	if err == nil && exists {
		s.l.remotes.Forget(f.Name)
	}
	return at(err, n.Pos())
}

func (s *Sess) prepareCreateAggregate(st *parser.CreateAggregate, src string) (Prepared, error) {
	return done(st, "CREATE AGGREGATE", func(_ context.Context, r *fixed) error {
		s.l.ddl.Lock()
		defer s.l.ddl.Unlock()
		name, err := s.functionName(st.Name)
		if err != nil {
			return err
		}
		f := catalog.Function{Name: name, Language: catalog.LanguageSQL, SQL: st.Span().Text(src), Created: s.l.cfg.Now()}
		if f.Args, err = columnsOf(st.Args, "argument"); err != nil {
			return err
		}
		ret, err := planner.ResolveType(&st.Returns)
		if err != nil {
			return err
		}
		f.Returns = catalog.Schema{{Name: name, Type: ret}}
		a := &catalog.UserAggregate{Accumulate: assignments(st.Accumulate), Merge: assignments(st.Merge), Result: parser.FormatExpr(st.Result)}
		for _, d := range st.State {
			t, err := planner.ResolveType(&d.Type)
			if err != nil {
				return err
			}
			c := catalog.StateColumn{Name: d.Name.Text, Type: t}
			if d.Init != nil {
				c.Init = parser.FormatExpr(d.Init)
			}
			a.State = append(a.State, c)
		}
		f.Aggregate = a
		env, err := s.env(nil)
		if err != nil {
			return err
		}
		if err := planner.CheckFunction(&f, env); err != nil {
			return at(err, st.Name.Pos())
		}
		return s.addFunction(f, st.Name, st.OrReplace, false, r)
	}), nil
}

func assignments(list []parser.Assign) []catalog.Assignment {
	var out []catalog.Assignment
	for _, a := range list {
		out = append(out, catalog.Assignment{Name: a.Name.Text, Expr: parser.FormatExpr(a.X)})
	}
	return out
}

func (s *Sess) prepareCreateEndpoint(st *parser.CreateEndpoint, src string) (Prepared, error) {
	return done(st, "CREATE ENDPOINT", func(_ context.Context, r *fixed) error {
		s.l.ddl.Lock()
		defer s.l.ddl.Unlock()
		name, _, err := catalog.ResolveNew(planner.CatalogName(st.Name))
		if err != nil {
			return at(err, st.Name.Pos())
		}
		if st.IfNotExists && s.view().Endpoint(name) != nil {
			r.notice("endpoint %q already exists, skipping", name)
			return nil
		}
		e := catalog.Endpoint{Name: name, Options: optionsOf(st.Options), SQL: st.Span().Text(src), Created: s.l.cfg.Now()}
		if err := s.l.remotes.CheckEndpoint(&e); err != nil {
			return at(err, st.Name.Pos())
		}
		placeless(e.Options)
		return at(s.l.catalog.Update(func(tx *catalog.Tx) error { return tx.CreateEndpoint(e, st.OrReplace) }), st.Name.Pos())
	}), nil
}

// dropFunctions removes all functions that the statement names, or none.
func (s *Sess) dropFunctions(st *parser.Drop, r *fixed) error {
	var gone catalog.Dropped
	var names []string
	for _, n := range st.Names {
		f := s.view().Function(n.Last().Text)
		aggregate := st.Kind == "AGGREGATE FUNCTION"
		switch {
		case f == nil && st.IfExists:
			r.notice("function %q does not exist, skipping", n.Last().Text)
			continue
		case f == nil && len(s.l.funcs.Signatures(strings.ToLower(n.Last().Text))) > 0:
			return sqlerr.New(sqlerr.WrongObjectType, "function %q is built in and cannot be dropped", n.Last().Text).At(n.Pos())
		case f == nil:
			return sqlerr.New(sqlerr.UndefinedFunction, "function %q does not exist", n.Last().Text).At(n.Pos())
		case aggregate && f.Aggregate == nil:
			return sqlerr.New(sqlerr.WrongObjectType, "function %q is not an aggregate function", f.Name).At(n.Pos())
		}
		names = append(names, f.Name)
		err := s.update(f.Temporary, func(tx *catalog.Tx) error {
			d, err := tx.DropFunction(f.Name, st.Cascade)
			gone.Views, gone.Jobs = append(gone.Views, d.Views...), append(gone.Jobs, d.Jobs...)
			return err
		})
		if err != nil {
			return at(err, n.Pos())
		}
	}
	for _, n := range names {
		s.l.remotes.Forget(n)
	}
	s.cascaded(gone, r)
	return nil
}

// dropEndpoints removes endpoints.
func (s *Sess) dropEndpoints(st *parser.Drop, r *fixed) error {
	for _, n := range st.Names {
		name := n.Last().Text
		if st.IfExists && s.view().Endpoint(name) == nil {
			r.notice("endpoint %q does not exist, skipping", name)
			continue
		}
		if err := s.l.catalog.Update(func(tx *catalog.Tx) error { return tx.DropEndpoint(name) }); err != nil {
			return at(err, n.Pos())
		}
	}
	return nil
}

// showUserFunctions lists the functions that users have made.
func (s *Sess) showUserFunctions(r *rows, like func(string) bool) {
	for _, f := range s.view().Functions() {
		if !like(strings.ToLower(f.Name)) {
			continue
		}
		args := make([]string, len(f.Args))
		for i, a := range f.Args {
			args[i] = strings.TrimSpace(catalog.QuoteIdent(a.Name) + " " + a.Type.String())
			if a.Name == "" {
				args[i] = a.Type.String()
			}
		}
		kind, returns, doc := "scalar", f.Returns[0].Type.String(), "AS "+f.Body
		switch {
		case f.Aggregate != nil:
			kind, doc = "aggregate", "an aggregate written in SQL"
		case f.Table:
			kind = "table"
			cols := make([]string, len(f.Returns))
			for i, c := range f.Returns {
				cols[i] = catalog.QuoteIdent(c.Name) + " " + c.Type.String()
			}
			returns = "TABLE (" + strings.Join(cols, ", ") + ")"
		}
		if f.Remote() {
			endpoint, _ := f.Options.Get("endpoint")
			doc = strings.TrimSpace("LANGUAGE " + strings.ToUpper(f.Language) + " " + catalog.MaskOption("endpoint", endpoint))
		}
		r.add(f.Name, strings.Join(args, ", "), returns, kind, doc)
	}
}
