package planner

import (
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// bound are the functions that the planner binds itself: the registry need not have them.
var bound = map[string]bool{"lookup": true, "lookup_version": true, "unnest": true, "coalesce": true, "nullif": true, "greatest": true,
	"least": true, "if": true, "ifnull": true, "row": true, "array": true, "map": true}

// BuiltIn says that a name is one of the functions that are none of the registry's
// but cannot be made by users either: LOOKUP, COALESCE, TUMBLE and the like.
func BuiltIn(name string) bool {
	name = lower(name)
	return bound[name] || windowCalls[name]
}

// userFunction finds a function that a user has made. Built-in names cannot be taken.
func (b *binder) userFunction(name string) *catalog.Function {
	if b.env.UserFunction == nil || BuiltIn(name) || len(b.signatures(name)) > 0 {
		return nil
	}
	return b.env.UserFunction(name)
}

// bindUserCall binds a call of a user's function where a value may stand.
func (b *binder) bindUserCall(x *parser.Call, f *catalog.Function, s *exprScope) (plan.Expr, error) {
	if f.Aggregate != nil {
		return b.bindUserAggregate(x, f, s)
	}
	if err := b.userCall(x, f.Name); err != nil {
		return nil, err
	}
	if f.Table {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "table function %s is not supported in %s", f.Name, s.clause).At(b.pos(x.P)).
			Hint("a table function stands in FROM: CROSS JOIN LATERAL TABLE(%s(…)) AS r", catalog.QuoteIdent(f.Name))
	}
	args, err := b.exprs(x.Args, s)
	if err != nil {
		return nil, err
	}
	if args, err = b.functionArgs(x, f, args); err != nil {
		return nil, err
	}
	b.depends(f.Name + "()")
	if !f.Remote() {
		return b.inline(x, f, args, s)
	}
	if err := b.mayAsk(x, s, "the remote function "+f.Name); err != nil {
		return nil, err
	}
	if b.remotes == nil {
		b.remotes = map[string]*catalog.Function{}
	}
	b.remotes[f.Name] = f
	return &plan.Call{Fn: askRemote, Args: append([]plan.Expr{text(f.Name)}, args...), T: f.Returns[0].Type, P: b.pos(x.P)}, nil
}

// userCall refuses what neither users' functions nor questions have.
func (b *binder) userCall(x *parser.Call, name string) error {
	if x.Variadic {
		return b.unsupported(x.P, "VARIADIC of "+name)
	}
	return b.plainCall(x, name, true)
}

// functionArgs converts arguments to the declared types.
func (b *binder) functionArgs(x *parser.Call, f *catalog.Function, args []plan.Expr) ([]plan.Expr, error) {
	fits := len(args) == len(f.Args)
	for i := 0; fits && i < len(args); i++ {
		fits = canCast(args[i].Type(), f.Args[i].Type, implicit)
	}
	if !fits {
		return nil, sqlerr.New(sqlerr.UndefinedFunction, "function %s does not exist", signatureText(f.Name, args)).At(b.pos(x.P)).
			Hint("%s is. You might need to add explicit type casts.", declaredText(f))
	}
	out := make([]plan.Expr, len(args))
	for i, a := range args {
		e, err := b.coerce(a, f.Args[i].Type, implicit)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// declaredText is a function with the types of its arguments.
func declaredText(f *catalog.Function) string {
	types := make([]string, len(f.Args))
	for i, a := range f.Args {
		types[i] = typeName(a.Type)
	}
	return f.Name + "(" + strings.Join(types, ", ") + ")"
}

// inline puts an SQL function's text in the place of its call. The text sees the
// arguments alone.
func (b *binder) inline(x *parser.Call, f *catalog.Function, args []plan.Expr, s *exprScope) (plan.Expr, error) {
	pos := b.pos(x.P)
	leave, err := b.enterFunction(f, pos)
	if err != nil {
		return nil, err
	}
	e, err := b.functionBody(f, args, s.clause)
	leave()
	if err != nil {
		return nil, inFunction(err, f, pos)
	}
	return e, nil
}

// enterFunction notes that a function's text is being bound: what is in it stands
// at the call as far as places go.
func (b *binder) enterFunction(f *catalog.Function, pos sqlerr.Pos) (leave func(), err error) {
	if slices.Contains(b.inside, lower(f.Name)) {
		return nil, sqlerr.New(sqlerr.InvalidObjectDefinition, "infinite recursion detected in function \"%s\"", f.Name).At(pos)
	}
	if len(b.inside) >= MaxViewDepth {
		return nil, sqlerr.New(sqlerr.StatementTooComplex, "functions nest deeper than %d levels at function \"%s\"", MaxViewDepth, f.Name).At(pos)
	}
	before, outer := b.stand, b.ctes
	b.ctes = nil
	b.inside = append(b.inside, lower(f.Name))
	b.hidden++
	b.stand = pos
	return func() {
		b.inside = b.inside[:len(b.inside)-1]
		b.hidden--
		b.stand, b.ctes = before, outer
	}, nil
}

// functionBody binds an SQL function's text over given arguments.
func (b *binder) functionBody(f *catalog.Function, args []plan.Expr, clause string) (plan.Expr, error) {
	x, err := parser.ParseExpr(f.Body)
	if err != nil {
		return nil, err
	}
	scope := &exprScope{rel: b.argumentScope(f.Args, args), clause: clause}
	e, err := b.expr(x, scope)
	if err != nil {
		return nil, err
	}
	if err := b.onceOnly(f, e, args); err != nil {
		return nil, err
	}
	return b.functionResult(f.Name, e, f.Returns[0].Type)
}

// functionResult converts a function's result to the declared type.
func (b *binder) functionResult(name string, e plan.Expr, t catalog.Type) (plan.Expr, error) {
	if !canCast(e.Type(), t, assignment) {
		return nil, sqlerr.New(sqlerr.InvalidFunctionDefinition, "return type mismatch in function declared to return %s", typeName(t)).
			WithDetail("Actual return type of \"%s\" is %s.", name, typeName(e.Type()))
	}
	e, err := b.coerce(e, t, implicit)
	if err != nil {
		return nil, err
	}
	return withType(e, t), nil
}

// argumentScope lets names stand for values.
func (b *binder) argumentScope(names catalog.Schema, values []plan.Expr) *rel {
	b.tables++
	r := &rel{tables: []scopeTable{{id: b.tables}}}
	for i, a := range names {
		if a.Name != "" {
			r.cols = append(r.cols, scopeCol{name: a.Name, table: b.tables, index: i, typ: values[i].Type(), expr: values[i]})
		}
	}
	return r
}

// onceOnly refuses a volatile argument that the text would compute several times.
func (b *binder) onceOnly(f *catalog.Function, body plan.Expr, args []plan.Expr) error {
	for i, a := range args {
		if b.immutable(a) {
			continue
		}
		uses := 0
		plan.WalkExpr(body, func(x plan.Expr) bool {
			if x == a {
				uses++
			}
			return x != a
		})
		if uses > 1 {
			return sqlerr.New(sqlerr.FeatureNotSupported, "a volatile value of argument \"%s\", which is used more than once, is not supported", f.Args[i].Name).
				Hint("compute the value in a subquery")
		}
	}
	return nil
}

// inFunction says where an error in a function's text is.
func inFunction(err error, f *catalog.Function, pos sqlerr.Pos) error {
	e := *sqlerr.From(err)
	e.Pos = pos
	e.Message = "function \"" + f.Name + "\": " + e.Message
	return &e
}

// CheckFunction checks the texts of a function that is to be made: they are bound
// over arguments of the declared types. Places in its errors mean nothing.
func CheckFunction(f *catalog.Function, env *Env) error {
	b := newBinder(env)
	err := b.checkFunction(f)
	if err == nil && len(b.params) > 0 {
		err = sqlerr.New(sqlerr.UndefinedParameter, "there is no parameter $1")
	}
	if err != nil {
		return inFunction(err, f, 0)
	}
	return nil
}

func (b *binder) checkFunction(f *catalog.Function) error {
	seen := map[string]bool{}
	for _, a := range f.Args {
		if a.Name != "" && seen[lower(a.Name)] {
			return sqlerr.New(sqlerr.InvalidFunctionDefinition, "parameter name \"%s\" used more than once", a.Name)
		}
		seen[lower(a.Name)] = true
	}
	if f.Table && !f.Remote() {
		return sqlerr.New(sqlerr.FeatureNotSupported, "RETURNS TABLE of a function in SQL is not supported").
			Hint("make a view, or give the function a LANGUAGE grpc or http")
	}
	if f.Remote() {
		return nil
	}
	b.inside = append(b.inside, lower(f.Name))
	if f.Aggregate != nil {
		return b.checkAggregate(f)
	}
	args := make([]plan.Expr, len(f.Args))
	for i, a := range f.Args {
		args[i] = &plan.Col{Index: i, Name: a.Name, T: a.Type}
	}
	_, err := b.functionBody(f, args, "functions in SQL")
	return err
}
