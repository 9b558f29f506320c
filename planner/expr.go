package planner

import (
	"strconv"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

func (b *binder) bindUnary(x *parser.Unary, s *exprScope) (plan.Expr, error) {
	pos := b.pos(x.P)
	if x.Op == "NOT" {
		e, err := b.boolean(x.X, s, "argument of NOT")
		if err != nil {
			return nil, err
		}
		return not(e, pos), nil
	}
	if l, ok := x.X.(*parser.Literal); ok && (x.Op == "-" || x.Op == "+") && l.Kind != "string" && l.Kind != "bool" {
		n := *l
		n.P = x.P
		return b.bindLiteral(&n, x.Op == "-") // as one number: -2147483648 is an INT
	}
	e, err := b.expr(x.X, s)
	if err != nil {
		return nil, err
	}
	if x.Op == "+" && e.Type().IsNumeric() {
		return e, nil
	}
	op := x.Op
	switch op {
	case "~":
		op = "bitnot" // ~ between two values is another operator
	case "@", "|/", "||/":
		op += " " // and so they are not found between two values
	}
	return b.operator(op, []plan.Expr{e}, pos)
}

func not(x plan.Expr, pos sqlerr.Pos) plan.Expr {
	return &plan.Call{Fn: "not", Args: []plan.Expr{x}, T: boolType, P: pos}
}

// isComparison tells the operators whose result is a truth value of an order.
func isComparison(op string) bool {
	switch op {
	case "=", "<>", "<", "<=", ">", ">=":
		return true
	}
	return false
}

func (b *binder) bindBinary(x *parser.Binary, s *exprScope) (plan.Expr, error) {
	if x.Op == "AND" || x.Op == "OR" {
		return b.bindLogic(x, s)
	}
	// Long chains lean left: they are walked, not recursed into.
	var chain []*parser.Binary
	var left parser.Expr = x
	for {
		l, ok := left.(*parser.Binary)
		if !ok || l.Op == "AND" || l.Op == "OR" {
			break
		}
		chain = append(chain, l)
		left = l.L
	}
	e, err := b.expr(left, s)
	if err != nil {
		return nil, err
	}
	if len(chain) > MaxExprDepth {
		return nil, sqlerr.New(sqlerr.StatementTooComplex, "stack depth limit exceeded").At(b.pos(x.P))
	}
	for i := len(chain) - 1; i >= 0; i-- {
		link := chain[i]
		r, err := b.expr(link.R, s)
		if err != nil {
			return nil, err
		}
		op := link.Op
		if op == "!=" {
			op = "<>"
		}
		if isComparison(op) {
			e, err = b.compare(op, e, r, b.pos(link.P))
		} else {
			e, err = b.operator(op, []plan.Expr{e, r}, b.pos(link.P))
		}
		if err != nil {
			return nil, err
		}
	}
	return e, nil
}

// bindLogic flattens a chain of one operator into one call.
func (b *binder) bindLogic(x *parser.Binary, s *exprScope) (plan.Expr, error) {
	var terms []parser.Expr
	var left parser.Expr = x
	for {
		l, ok := left.(*parser.Binary)
		if !ok || l.Op != x.Op {
			terms = append(terms, left)
			break
		}
		terms = append(terms, l.R)
		left = l.L
	}
	out := &plan.Call{Fn: lower(x.Op), T: boolType, P: b.pos(x.P)}
	for i := len(terms) - 1; i >= 0; i-- {
		e, err := b.boolean(terms[i], s, "argument of "+x.Op)
		if err != nil {
			return nil, err
		}
		out.Args = append(out.Args, e)
	}
	return out, nil
}

// operator resolves an operator among the registry's overloads.
func (b *binder) operator(op string, args []plan.Expr, pos sqlerr.Pos) (plan.Expr, error) {
	if op == "||" {
		if err := b.concatArgs(args); err != nil {
			return nil, err
		}
	}
	if err := b.mixedReal(op, args); err != nil {
		return nil, err
	}
	if e, done, err := b.arrayOperator(op, args, pos); done || err != nil {
		return e, err
	}
	types := typesOf(args)
	c, ambiguous := resolve(b.signatures(op), types, true)
	if c == nil {
		return nil, operatorError(op, types, ambiguous).At(pos)
	}
	return b.apply(op, c, args, pos)
}

// concatArgs turns the other side of text || x into text, as PostgreSQL's
// text || anynonarray does.
func (b *binder) concatArgs(args []plan.Expr) error {
	l, r := args[0].Type().Kind, args[1].Type().Kind
	textual := func(k catalog.Kind) bool { return k == catalog.Varchar || k == catalog.Unknown }
	if textual(l) == textual(r) && l != catalog.Unknown {
		return nil
	}
	for _, k := range []catalog.Kind{l, r} {
		switch k {
		case catalog.Array, catalog.Bytes, catalog.JSON, catalog.Map:
			return nil
		}
	}
	for i, a := range args {
		x, err := b.coerce(a, catalog.Of(catalog.Varchar), explicit)
		if err != nil {
			return err
		}
		args[i] = x
	}
	return nil
}

func operatorError(op string, types []catalog.Type, ambiguous bool) *sqlerr.Error {
	op = strings.TrimSpace(op) // of the prefix operators
	spelt := op + " " + typeName(types[0])
	if len(types) == 2 {
		spelt = typeName(types[0]) + " " + op + " " + typeName(types[1])
	}
	if ambiguous {
		return sqlerr.New(sqlerr.AmbiguousFunction, "operator is not unique: %s", spelt).
			Hint("Could not choose a best candidate operator. You might need to add explicit type casts.")
	}
	return sqlerr.New(sqlerr.UndefinedFunction, "operator does not exist: %s", spelt).
		Hint("No operator matches the given name and argument types. You might need to add explicit type casts.")
}

func typesOf(xs []plan.Expr) []catalog.Type {
	ts := make([]catalog.Type, len(xs))
	for i, x := range xs {
		ts[i] = x.Type()
	}
	return ts
}

// compare binds l op r.
func (b *binder) compare(op string, l, r plan.Expr, pos sqlerr.Pos) (plan.Expr, error) {
	lt, rt := l.Type(), r.Type()
	if lr, ok := l.(*plan.Call); ok && lr.Fn == "row" {
		if rr, ok := r.(*plan.Call); ok && rr.Fn == "row" {
			return b.compareRows(op, lr, rr, pos)
		}
	}
	nested := func(k catalog.Kind) bool { return k == catalog.Array || k == catalog.Row }
	if nested(lt.Kind) || nested(rt.Kind) {
		t, ok := commonType([]catalog.Type{lt, rt})
		if !ok {
			return nil, operatorError(op, []catalog.Type{lt, rt}, false).At(pos)
		}
		return b.sameKindCall(op, l, r, t, pos)
	}
	if lt.Kind == catalog.Unknown && rt.Kind == catalog.Unknown {
		return b.sameKindCall(op, l, r, catalog.Of(catalog.Varchar), pos)
	}
	c, ambiguous := resolve(comparison, []catalog.Type{lt, rt}, true)
	if c == nil {
		return nil, operatorError(op, []catalog.Type{lt, rt}, ambiguous).At(pos)
	}
	t := c.args[0]
	if c.args[1].Kind != t.Kind {
		t = catalog.Of(catalog.Double) // the pairs of unlike kinds are the floats
	}
	return b.sameKindCall(op, l, r, t, pos)
}

func (b *binder) sameKindCall(op string, l, r plan.Expr, t catalog.Type, pos sqlerr.Pos) (plan.Expr, error) {
	// A TIMESTAMP(3) compares with a TIMESTAMP as it stands: no cast for parameters alone.
	conv := func(x plan.Expr) (plan.Expr, error) {
		if x.Type().SameKind(t) {
			return x, nil
		}
		return b.coerce(x, t, implicit)
	}
	l, err := conv(l)
	if err != nil {
		return nil, err
	}
	if r, err = conv(r); err != nil {
		return nil, err
	}
	return &plan.Call{Fn: op, Args: []plan.Expr{l, r}, T: boolType, P: pos}, nil
}

// compareRows compares ROW(a, b) with ROW(c, d) field by field.
func (b *binder) compareRows(op string, l, r *plan.Call, pos sqlerr.Pos) (plan.Expr, error) {
	if len(l.Args) != len(r.Args) {
		return nil, sqlerr.New(sqlerr.SyntaxError, "unequal number of entries in row expressions").At(pos)
	}
	if op != "=" && op != "<>" {
		return b.orderRows(op, l.Args, r.Args, pos)
	}
	fn := "and"
	if op == "<>" {
		fn = "or"
	}
	out := &plan.Call{Fn: fn, T: boolType, P: pos}
	for i := range l.Args {
		x, err := b.compare(op, l.Args[i], r.Args[i], pos)
		if err != nil {
			return nil, err
		}
		out.Args = append(out.Args, x)
	}
	if len(out.Args) == 1 {
		return out.Args[0], nil
	}
	return out, nil
}

func (b *binder) bindIs(x *parser.Is, s *exprScope) (plan.Expr, error) {
	e, err := b.expr(x.X, s)
	if err != nil {
		return nil, err
	}
	pos := e.Pos()
	fn, negate := "", x.Not
	switch x.What {
	case "NULL":
		fn = "is_null"
		if e, err = b.decide(e); err != nil {
			return nil, err
		}
		if t := e.Type(); t.Kind == catalog.Row && len(t.Fields) > 0 {
			return rowNull(e, negate), nil
		}
	case "TRUE", "FALSE", "UNKNOWN":
		if e, err = b.want(e, boolType, "argument of IS "+x.What); err != nil {
			return nil, err
		}
		fn = map[string]string{"TRUE": "is_true", "FALSE": "is_false", "UNKNOWN": "is_null"}[x.What]
	default:
		return nil, b.unsupported(x.Pos(), "IS "+x.What)
	}
	var out plan.Expr = &plan.Call{Fn: fn, Args: []plan.Expr{e}, T: boolType, P: pos}
	if negate {
		out = not(out, pos)
	}
	return out, nil
}

func (b *binder) bindIsDistinct(x *parser.IsDistinct, s *exprScope) (plan.Expr, error) {
	l, err := b.expr(x.L, s)
	if err != nil {
		return nil, err
	}
	r, err := b.expr(x.R, s)
	if err != nil {
		return nil, err
	}
	e, err := b.compare("=", l, r, b.pos(x.Word))
	if err != nil {
		return nil, err
	}
	c := e.(*plan.Call)
	if c.Fn != "=" {
		return nil, b.unsupported(x.Pos(), "IS DISTINCT FROM between rows")
	}
	out := plan.Expr(&plan.Call{Fn: "is_distinct", Args: c.Args, T: boolType, P: c.P})
	if x.Not {
		out = not(out, c.P)
	}
	return out, nil
}

// bindBetween makes two comparisons of BETWEEN.
func (b *binder) bindBetween(x *parser.Between, s *exprScope) (plan.Expr, error) {
	xs, err := b.exprs([]parser.Expr{x.X, x.Lo, x.Hi}, s)
	if err != nil {
		return nil, err
	}
	pos := b.pos(x.Word)
	within := func(lo, hi plan.Expr) (plan.Expr, error) {
		l, err := b.compare(">=", xs[0], lo, pos)
		if err != nil {
			return nil, err
		}
		h, err := b.compare("<=", xs[0], hi, pos)
		if err != nil {
			return nil, err
		}
		return &plan.Call{Fn: "and", Args: []plan.Expr{l, h}, T: boolType, P: pos}, nil
	}
	out, err := within(xs[1], xs[2])
	if err != nil {
		return nil, err
	}
	if x.Symmetric {
		other, err := within(xs[2], xs[1])
		if err != nil {
			return nil, err
		}
		out = &plan.Call{Fn: "or", Args: []plan.Expr{out, other}, T: boolType, P: pos}
	}
	if x.Not {
		out = not(out, pos)
	}
	return out, nil
}

func (b *binder) bindIn(x *parser.In, s *exprScope) (plan.Expr, error) {
	if x.Query != nil {
		return b.bindInQuery(x, s)
	}
	e, err := b.expr(x.X, s)
	if err != nil {
		return nil, err
	}
	items, err := b.exprs(x.List, s)
	if err != nil {
		return nil, err
	}
	out, err := b.in(e, items, x.Not, b.pos(x.Word))
	if err != nil {
		return nil, err
	}
	if x.Not {
		out = not(out, e.Pos())
	}
	return out, nil
}

// in makes x IN (items): one call when all have a type in common, else the
// disjunction that it stands for.
func (b *binder) in(e plan.Expr, items []plan.Expr, negate bool, pos sqlerr.Pos) (plan.Expr, error) {
	all := append([]plan.Expr{e}, items...)
	t, ok := commonType(typesOf(all))
	if r, isRow := e.(*plan.Call); ok && !(isRow && r.Fn == "row") && comparable(t) {
		for i, a := range all {
			if a.Type().SameKind(t) {
				continue
			}
			x, err := b.coerce(a, t, implicit)
			if err != nil {
				return nil, err
			}
			all[i] = x
		}
		return &plan.Call{Fn: "in", Args: all, T: boolType, P: e.Pos()}, nil
	}
	or := &plan.Call{Fn: "or", T: boolType, P: e.Pos()}
	for _, it := range items {
		x, err := b.compare("=", e, it, pos)
		if err != nil && negate {
			_, err = b.compare("<>", e, it, pos) // that is the operator it stands for
		}
		if err != nil {
			return nil, err
		}
		or.Args = append(or.Args, x)
	}
	if len(or.Args) == 1 {
		return or.Args[0], nil
	}
	return or, nil
}

func comparable(t catalog.Type) bool {
	return t.Kind != catalog.JSON && t.Kind != catalog.Map && t.Kind != catalog.Unknown && t.Kind != catalog.Row
}

func (b *binder) bindQuantified(x *parser.Quantified, s *exprScope) (plan.Expr, error) {
	what := x.Op + " ANY"
	if x.All {
		what = x.Op + " ALL"
	}
	if x.Query != nil {
		return nil, b.unsupported(x.P, what+" (subquery)").Hint("write it as a join")
	}
	a, ok := x.R.(*parser.ArrayExpr)
	if ok && len(a.Items) > 0 {
		if e, done, err := b.likeQuantified(x, a.Items, s); done {
			return e, err
		}
	}
	same := !x.All && x.Op == "=" || x.All && (x.Op == "<>" || x.Op == "!=")
	if !ok || !same || len(a.Items) == 0 {
		return b.quantify(x, s)
	}
	return b.bindIn(&parser.In{X: x.L, Not: x.All, List: a.Items, Word: x.P}, s)
}

var likeNames = map[string]struct{ fn, op string }{
	"LIKE": {"like", "~~"}, "ILIKE": {"ilike", "~~*"}, "SIMILAR": {"similar", "~"}, "~": {"~", "~"}, "~*": {"~*", "~*"},
}

func (b *binder) bindLike(x *parser.Like, s *exprScope) (plan.Expr, error) {
	name, ok := likeNames[x.Kind]
	if !ok {
		return nil, b.unsupported(x.P, x.Kind)
	}
	parts := []parser.Expr{x.X, x.Pattern}
	if x.Escape != nil {
		parts = append(parts, x.Escape)
	}
	args, err := b.exprs(parts, s)
	if err != nil {
		return nil, err
	}
	pos := b.pos(x.P)
	types := typesOf(args)
	for i, a := range args {
		if k := a.Type().Kind; k != catalog.Unknown && k != catalog.Varchar {
			op := name.op
			if x.Not {
				op = "!" + op
			}
			return nil, operatorError(op, types[:2], false).At(pos)
		}
		if args[i], err = b.decide(a); err != nil {
			return nil, err
		}
	}
	out := plan.Expr(&plan.Call{Fn: name.fn, Args: args, T: boolType, P: pos})
	if x.Not {
		out = not(out, pos)
	}
	return out, nil
}

func (b *binder) row(items []plan.Expr, pos sqlerr.Pos) plan.Expr {
	t := catalog.Type{Kind: catalog.Row}
	for i, x := range items {
		t.Fields = append(t.Fields, catalog.Field{Name: "f" + strconv.Itoa(i+1), Type: x.Type()})
	}
	return &plan.Call{Fn: "row", Args: items, T: t, P: pos}
}
