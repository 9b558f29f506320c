package planner

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// namedParams are the parameters, all of them numbers and 0 where they are not
// given, of the functions that may be called with name => value.
var namedParams = map[string][]string{"make_interval": {"years", "months", "weeks", "days", "hours", "mins", "secs"}}

// plainArgs writes VARIADIC ARRAY[…] and name => value as a plain list of arguments.
func (b *binder) plainArgs(x *parser.Call, name string) ([]parser.Expr, error) {
	args := x.Args
	if x.Variadic {
		a, ok := args[len(args)-1].(*parser.ArrayExpr)
		if !ok {
			return nil, b.unsupported(x.P, "VARIADIC of other than ARRAY[…]")
		}
		args = append(append([]parser.Expr{}, args[:len(args)-1]...), a.Items...)
	}
	named := false
	for _, a := range args {
		_, is := a.(*parser.NamedArg)
		named = named || is
	}
	params := namedParams[name]
	if !named || params == nil {
		return args, nil
	}
	out := make([]parser.Expr, len(params))
	for i, a := range args {
		n, ok := a.(*parser.NamedArg)
		if !ok {
			out[i] = a
			continue
		}
		at := -1
		for k, p := range params {
			if sameName(p, n.Name, false) {
				at = k
			}
		}
		if at < 0 || out[at] != nil {
			return nil, sqlerr.New(sqlerr.UndefinedFunction, "function %s has no argument \"%s\" to set", name, n.Name.Text).At(b.pos(n.Name.P))
		}
		out[at] = n.X
	}
	for i := range out {
		if out[i] == nil {
			out[i] = &parser.Literal{P: x.P, Kind: "int", Text: "0"}
		}
	}
	return out, nil
}

// overlapsArgs turns the length of a span, an interval, into its end.
func (b *binder) overlapsArgs(args []plan.Expr, pos sqlerr.Pos) ([]plan.Expr, error) {
	if len(args) != 4 {
		return args, nil
	}
	out := append([]plan.Expr{}, args...)
	for i := 1; i < 4; i += 2 {
		if args[i].Type().Kind != catalog.Interval {
			continue
		}
		e, err := b.operator("+", []plan.Expr{args[i-1], args[i]}, pos)
		if err != nil {
			return nil, err
		}
		out[i] = e
		if e.Type().Kind != args[i-1].Type().Kind { // DATE + INTERVAL
			if out[i-1], err = b.coerce(args[i-1], e.Type(), implicit); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// slice binds a[from:to].
func (b *binder) slice(x *parser.Subscript, e plan.Expr, s *exprScope) (plan.Expr, error) {
	if e.Type().Kind != catalog.Array {
		return nil, sqlerr.New(sqlerr.DatatypeMismatch, "cannot subscript type %s because it does not support subscripting", typeName(e.Type())).At(e.Pos())
	}
	args := []plan.Expr{e}
	for i, bound := range []parser.Expr{x.Index, x.Hi} {
		if bound == nil {
			args = append(args, &plan.Const{T: catalog.Of(catalog.Int), Text: [2]string{"1", "2147483647"}[i], P: e.Pos()})
			continue
		}
		n, err := b.expr(bound, s)
		if err != nil {
			return nil, err
		}
		if n, err = b.coerce(n, catalog.Of(catalog.Int), assignment); err != nil {
			return nil, err
		}
		args = append(args, n)
	}
	return &plan.Call{Fn: "array_slice", Args: args, T: e.Type(), P: b.pos(x.P)}, nil
}

// patternOps are the operators of patterns, by how they are written behind x op ANY.
var patternOps = map[string]parser.Like{
	"~": {Kind: "~"}, "!~": {Kind: "~", Not: true}, "~*": {Kind: "~*"}, "!~*": {Kind: "~*", Not: true},
	"~~": {Kind: "LIKE"}, "!~~": {Kind: "LIKE", Not: true}, "~~*": {Kind: "ILIKE"}, "!~~*": {Kind: "ILIKE", Not: true},
	"LIKE": {Kind: "LIKE"}, "NOT LIKE": {Kind: "LIKE", Not: true}, "ILIKE": {Kind: "ILIKE"}, "NOT ILIKE": {Kind: "ILIKE", Not: true},
}

// likeQuantified binds x LIKE ANY (ARRAY[…]) and its like as what it stands for:
// one pattern or the other.
func (b *binder) likeQuantified(x *parser.Quantified, items []parser.Expr, s *exprScope) (plan.Expr, bool, error) {
	form, ok := patternOps[x.Op]
	if !ok {
		return nil, false, nil
	}
	fn := "or"
	if x.All {
		fn = "and"
	}
	out := &plan.Call{Fn: fn, T: boolType, P: b.pos(x.P)}
	for _, it := range items {
		e, err := b.bindLike(&parser.Like{P: x.P, Kind: form.Kind, Not: form.Not, X: x.L, Pattern: it}, s)
		if err != nil {
			return nil, true, err
		}
		out.Args = append(out.Args, e)
	}
	if len(out.Args) == 1 {
		return out.Args[0], true, nil
	}
	return out, true, nil
}

// orderRows compares rows by their first fields, by the next where those are
// equal, and so on.
func (b *binder) orderRows(op string, l, r []plan.Expr, pos sqlerr.Pos) (plan.Expr, error) {
	if len(l) == 0 {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "cannot compare rows of zero length").At(pos)
	}
	if len(l) == 1 {
		return b.compare(op, l[0], r[0], pos)
	}
	before, err := b.compare(op[:1], l[0], r[0], pos)
	if err != nil {
		return nil, err
	}
	same, err := b.compare("=", l[0], r[0], pos)
	if err != nil {
		return nil, err
	}
	rest, err := b.orderRows(op, l[1:], r[1:], pos)
	if err != nil {
		return nil, err
	}
	rest = &plan.Call{Fn: "and", Args: []plan.Expr{same, rest}, T: boolType, P: pos}
	return &plan.Call{Fn: "or", Args: []plan.Expr{before, rest}, T: boolType, P: pos}, nil
}

// rowNull is ROW IS NULL: all its fields are; and IS NOT NULL: none of them is.
func rowNull(e plan.Expr, negate bool) plan.Expr {
	t, pos := e.Type(), e.Pos()
	all := &plan.Call{Fn: "and", T: boolType, P: pos}
	for i, f := range t.Fields {
		x := plan.Expr(&plan.FieldOf{X: e, Index: i, Name: f.Name, T: f.Type, P: pos})
		x = &plan.Call{Fn: "is_null", Args: []plan.Expr{x}, T: boolType, P: pos}
		if negate {
			x = not(x, pos)
		}
		all.Args = append(all.Args, x)
	}
	if len(all.Args) == 1 {
		return all.Args[0]
	}
	return all
}
