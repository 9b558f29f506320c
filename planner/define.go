package planner

import (
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// builtIn are the functions that are no entries of the registry.
var builtIn = map[string]bool{"lookup": true, "lookup_version": true, "unnest": true, "coalesce": true, "nullif": true, "greatest": true,
	"least": true, "if": true, "ifnull": true, "row": true, "array": true, "map": true}

// DefineFunction makes a function's definition of CREATE FUNCTION: types resolved,
// and for SQL the text checked. What options mean is for others to check. src is
// the whole text given to the parser.
func DefineFunction(st *parser.CreateFunction, src string, env *Env) (*catalog.Function, error) {
	b := newBinder(env)
	f, err := b.defineFunction(st)
	if err == nil {
		if err = CheckFunction(f, env); err != nil {
			err = sqlerr.From(err).At(st.AsPos)
		}
	}
	if err != nil {
		return nil, located(err, src)
	}
	f.SQL = st.Span().Text(src)
	return f, nil
}

func (b *binder) defineFunction(st *parser.CreateFunction) (*catalog.Function, error) {
	f := &catalog.Function{Name: st.Name.Last().Text, Language: st.Language, Body: st.As, Temporary: st.Temporary}
	pos := st.Name.Pos()
	if err := b.freeName(f.Name, pos); err != nil {
		return nil, err
	}
	if f.Language == "" && st.AsPos > 0 {
		f.Language = catalog.LanguageSQL
	}
	switch f.Language {
	case "":
		return nil, sqlerr.New(sqlerr.InvalidFunctionDefinition, "no language specified").At(pos).Hint("LANGUAGE grpc or http, or AS 'expression' for SQL")
	case catalog.LanguageSQL:
		if st.AsPos == 0 {
			return nil, sqlerr.New(sqlerr.InvalidFunctionDefinition, "no function body specified").At(pos)
		}
		if len(st.Options) > 0 {
			return nil, b.unsupported(st.Options[0].KeyP, "WITH (…) of a function in SQL")
		}
	case catalog.LanguageGRPC, catalog.LanguageHTTP:
		if st.AsPos > 0 {
			return nil, sqlerr.New(sqlerr.InvalidFunctionDefinition, "a function in language %s has no text behind AS", f.Language).At(st.AsPos)
		}
	default:
		return nil, sqlerr.New(sqlerr.UndefinedObject, "language \"%s\" does not exist", f.Language).At(pos).Hint("sql, grpc and http are")
	}
	for _, o := range st.Options {
		f.Options = append(f.Options, catalog.Option{Key: o.Key, Value: o.Value, KeyPos: o.KeyP, ValuePos: o.ValueP})
	}
	var err error
	if f.Args, err = b.declaredArgs(st.Args); err != nil {
		return nil, err
	}
	switch {
	case st.Returns != nil:
		t, err := ResolveType(st.Returns)
		if err != nil {
			return nil, err
		}
		f.Returns = catalog.Schema{{Name: f.Name, Type: t}}
		return f, nil
	case len(st.ReturnsTable) == 0:
		return nil, sqlerr.New(sqlerr.InvalidFunctionDefinition, "function result type must be specified").At(pos)
	}
	f.Table = true
	if f.Returns, err = b.declaredArgs(st.ReturnsTable); err != nil {
		return nil, err
	}
	for i, c := range f.Returns {
		if slices.ContainsFunc(f.Returns[:i], func(d catalog.Column) bool { return d.Name == c.Name }) {
			return nil, sqlerr.New(sqlerr.DuplicateColumn, "column \"%s\" specified more than once", c.Name).At(st.ReturnsTable[i].Name.P)
		}
	}
	return f, nil
}

// freeName refuses the names of built-in functions.
func (b *binder) freeName(name string, pos parser.Pos) error {
	key := lower(name)
	if len(b.signatures(key)) == 0 && !windowCalls[key] && !builtIn[key] {
		return nil
	}
	return sqlerr.New(sqlerr.DuplicateFunction, "function \"%s\" is built in", key).At(pos).Hint("give it another name")
}

// declaredArgs are arguments, or the columns of RETURNS TABLE.
func (b *binder) declaredArgs(list []parser.ColumnDef) (catalog.Schema, error) {
	s := catalog.Schema{}
	for _, c := range list {
		t, err := ResolveType(c.Type)
		if err != nil {
			return nil, err
		}
		if c.Default != nil {
			return nil, b.unsupported(c.Default.Pos(), "a default of an argument")
		}
		if c.NotNull {
			return nil, b.unsupported(c.Name.P, "NOT NULL of an argument")
		}
		s = append(s, catalog.Column{Name: c.Name.Text, Type: t})
	}
	if len(s) > MaxColumns {
		return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "functions cannot have more than %d arguments or columns", MaxColumns).At(list[MaxColumns].Name.P)
	}
	return s, nil
}

// DefineAggregate makes the definition of CREATE AGGREGATE FUNCTION, with its
// texts checked.
func DefineAggregate(st *parser.CreateAggregate, src string, env *Env) (*catalog.Function, error) {
	b := newBinder(env)
	f, err := b.defineAggregate(st)
	if err == nil {
		if err = CheckFunction(f, env); err != nil {
			err = sqlerr.From(err).At(st.Source.From)
		}
	}
	if err != nil {
		return nil, located(err, src)
	}
	f.SQL = st.Span().Text(src)
	return f, nil
}

func (b *binder) defineAggregate(st *parser.CreateAggregate) (*catalog.Function, error) {
	f := &catalog.Function{Name: st.Name.Last().Text, Language: catalog.LanguageSQL}
	if err := b.freeName(f.Name, st.Name.Pos()); err != nil {
		return nil, err
	}
	var err error
	if f.Args, err = b.declaredArgs(st.Args); err != nil {
		return nil, err
	}
	if len(f.Args) == 0 {
		return nil, sqlerr.New(sqlerr.InvalidFunctionDefinition, "an aggregate function needs an argument").At(st.Name.Pos())
	}
	t, err := ResolveType(&st.Returns)
	if err != nil {
		return nil, err
	}
	f.Returns = catalog.Schema{{Name: f.Name, Type: t}}
	agg := &catalog.UserAggregate{Result: parser.FormatExpr(st.Result)}
	for _, s := range st.State {
		c := catalog.StateColumn{Name: s.Name.Text}
		if s.Init != nil {
			c.Init = parser.FormatExpr(s.Init)
		}
		if c.Type, err = ResolveType(&s.Type); err != nil {
			return nil, err
		}
		agg.State = append(agg.State, c)
	}
	for _, a := range st.Accumulate {
		agg.Accumulate = append(agg.Accumulate, catalog.Assignment{Name: a.Name.Text, Expr: parser.FormatExpr(a.X)})
	}
	for _, a := range st.Merge {
		agg.Merge = append(agg.Merge, catalog.Assignment{Name: a.Name.Text, Expr: parser.FormatExpr(a.X)})
	}
	f.Aggregate = agg
	return f, nil
}
