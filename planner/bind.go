package planner

import (
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// binder binds one statement. Its state is what the whole statement shares.
type binder struct {
	env    *Env
	params []catalog.Type
	deps   []string // named by the statement itself
	uses   []string // those and what views among them use
	tables int      // ids given to FROM items
	depth  int
	size   int
	views  []string                  // the views being expanded, outermost first
	joins  map[*plan.Join]sqlerr.Pos // joins whose conditions are still in Residual
	hidden int                       // > 0: the text bound is not the user's, so positions mean nothing
	inSet  int                       // depth of the calls that make the set of a function in FROM
	sigs   map[string][]catalog.Signature
	// asked and remotes are the lookup tables and remote functions of questions
	// that are bound and not hoisted yet, by name.
	asked   map[string]*catalog.Table
	remotes map[string]*catalog.Function
	// inside are the SQL functions whose texts are being bound, outermost first;
	// stand is the place of the outermost one's call.
	inside []string
	stand  sqlerr.Pos
	// ctes are those that the block being bound sees; subs are the plans of subqueries in
	// expressions; plainIn marks the INs that may have one (markIn).
	ctes    *ctes
	subs    []plan.Node
	plainIn map[*parser.In]bool
	// around are the columns around the subqueries being bound, outermost first.
	around []*rel
}

func newBinder(env *Env) *binder {
	return &binder{env: env, params: slices.Clone(env.ParamTypes), sigs: map[string][]catalog.Signature{}}
}

// pos is p; nothing inside a view's or table's own text, and the call's place
// inside a function's.
func (b *binder) pos(p parser.Pos) sqlerr.Pos {
	if b.hidden > 0 {
		return b.stand
	}
	return p
}

func (b *binder) unsupported(p parser.Pos, what string) *sqlerr.Error {
	return sqlerr.New(sqlerr.FeatureNotSupported, "%s is not supported", what).At(b.pos(p))
}

func (b *binder) signatures(name string) []catalog.Signature {
	s, ok := b.sigs[name]
	if !ok && b.env.Functions != nil {
		s = b.env.Functions.Signatures(name)
		b.sigs[name] = s
	}
	return s
}

// exprScope is where an expression stands.
type exprScope struct {
	rel *rel
	// group collects the aggregates of a grouped query; nil: none may stand here.
	group *grouping
	// clause names the place in errors ("WHERE").
	clause string
	// inAggregate: aggregates may not nest.
	inAggregate bool
}

// expr binds an expression.
func (b *binder) expr(x parser.Expr, s *exprScope) (plan.Expr, error) {
	if err := b.enter(); err != nil {
		return nil, sqlerr.From(err).At(b.pos(x.Pos()))
	}
	defer b.leave()
	switch x := x.(type) {
	case *parser.Literal:
		return b.bindLiteral(x, false)
	case *parser.IntervalLit:
		return b.bindInterval(x)
	case *parser.Param:
		return b.bindParam(x)
	case *parser.ColumnRef:
		return b.bindColumn(x, s)
	case *parser.Field:
		return b.bindField(x, s)
	case *parser.Unary:
		return b.bindUnary(x, s)
	case *parser.Binary:
		return b.bindBinary(x, s)
	case *parser.Cast:
		return b.bindCast(x, s)
	case *parser.Case:
		return b.bindCase(x, s)
	case *parser.Call:
		return b.bindCall(x, s)
	}
	return b.predicate(x, s)
}

// predicate binds the forms that are neither operators nor calls.
func (b *binder) predicate(x parser.Expr, s *exprScope) (plan.Expr, error) {
	switch x := x.(type) {
	case *parser.Is:
		return b.bindIs(x, s)
	case *parser.IsDistinct:
		return b.bindIsDistinct(x, s)
	case *parser.Between:
		return b.bindBetween(x, s)
	case *parser.In:
		return b.bindIn(x, s)
	case *parser.Like:
		return b.bindLike(x, s)
	case *parser.Quantified:
		return b.bindQuantified(x, s)
	case *parser.ArrayExpr:
		return b.bindArray(x, s)
	case *parser.RowExpr:
		return b.bindRow(x, s)
	case *parser.MapExpr:
		return b.bindMap(x, s)
	case *parser.Subscript:
		return b.bindSubscript(x, s)
	case *parser.Collate:
		return b.bindCollate(x, s)
	case *parser.Exists:
		return b.bindExists(x, s)
	case *parser.Subquery:
		return b.bindSubquery(x, s)
	case *parser.Star:
		return nil, sqlerr.New(sqlerr.SyntaxError, "* is not allowed here").At(b.pos(x.P))
	case *parser.GroupingSet:
		return nil, b.unsupported(x.P, x.Kind)
	case *parser.Descriptor:
		return nil, sqlerr.New(sqlerr.SyntaxError, "DESCRIPTOR stands only in window table functions").At(b.pos(x.P))
	case *parser.TableArg:
		return nil, sqlerr.New(sqlerr.SyntaxError, "TABLE stands only in window table functions").At(b.pos(x.P))
	case *parser.NamedArg:
		return nil, b.unsupported(x.Name.P, "a named argument of an ordinary function")
	}
	return nil, sqlerr.New(sqlerr.FeatureNotSupported, "this expression is not supported").At(b.pos(x.Pos()))
}

func (b *binder) exprs(xs []parser.Expr, s *exprScope) ([]plan.Expr, error) {
	out := make([]plan.Expr, len(xs))
	for i, x := range xs {
		e, err := b.expr(x, s)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// boolean binds a condition.
func (b *binder) boolean(x parser.Expr, s *exprScope, place string) (plan.Expr, error) {
	e, err := b.expr(x, s)
	if err != nil {
		return nil, err
	}
	return b.want(e, boolType, place)
}

func (b *binder) bindParam(x *parser.Param) (plan.Expr, error) {
	if x.N < 1 || x.N > parser.MaxParams || len(b.inside) > 0 {
		return nil, sqlerr.New(sqlerr.UndefinedParameter, "there is no parameter $%d", x.N).At(b.pos(x.P))
	}
	for len(b.params) < x.N {
		b.params = append(b.params, catalog.Type{})
	}
	return &plan.Param{N: x.N, T: b.params[x.N-1], P: b.pos(x.P)}, nil
}

func (b *binder) bindColumn(x *parser.ColumnRef, s *exprScope) (plan.Expr, error) {
	e, err := b.column(x, s)
	if err != nil && b.isAround(x) {
		return nil, b.unsupported(x.Pos(), "a subquery that uses columns of the query around it").Hint("write it as a join")
	}
	return e, err
}

func (b *binder) column(x *parser.ColumnRef, s *exprScope) (plan.Expr, error) {
	if s.rel == nil {
		if len(x.Parts) > 1 {
			return nil, sqlerr.New(sqlerr.UndefinedTable, "missing FROM-clause entry for table \"%s\"", x.Parts[0].Text).At(b.pos(x.Parts[0].P))
		}
		return nil, b.undefinedColumn(nil, x.Parts[0], "")
	}
	return b.lookup(s.rel, x)
}

func (b *binder) bindField(x *parser.Field, s *exprScope) (plan.Expr, error) {
	e, err := b.expr(x.X, s)
	if err != nil {
		return nil, err
	}
	if x.Name.Text == "*" && !x.Name.Quoted {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "row expansion via \"*\" is not supported here").At(b.pos(x.Name.P))
	}
	if e, err = b.decide(e); err != nil {
		return nil, err
	}
	return b.fields(e, []parser.Ident{x.Name})
}

func (b *binder) bindCast(x *parser.Cast, s *exprScope) (plan.Expr, error) {
	to, err := ResolveType(&x.To)
	if err != nil {
		e := sqlerr.From(err)
		e.Pos = b.pos(e.Pos)
		return nil, e
	}
	if a, ok := x.X.(*parser.ArrayExpr); ok && len(a.Items) == 0 && to.Kind == catalog.Array {
		return &plan.Call{Fn: "array", T: to, P: b.pos(x.P)}, nil
	}
	e, err := b.castOperand(x, to, s)
	if err != nil {
		return nil, err
	}
	pos := b.pos(x.P)
	if x.Try {
		return b.tryCast(e, to, pos)
	}
	if !canCast(e.Type(), to, explicit) {
		return nil, cannotCast(e.Type(), to).At(pos)
	}
	out, err := b.coerce(e, to, explicit)
	if err != nil {
		return nil, err
	}
	if c, ok := out.(*plan.Cast); ok && out != e && e.Type().Kind != catalog.Unknown {
		c.P = pos // the cast's own place; a literal's faults are the literal's
	}
	return withType(out, to), nil
}

// castOperand binds what is cast. A number too long for DECIMAL may still be a
// float, and the items of ARRAY[…] are cast one by one, so that undecided ones
// among them get the type at once.
func (b *binder) castOperand(x *parser.Cast, to catalog.Type, s *exprScope) (plan.Expr, error) {
	e, err := b.castItems(x, to, s)
	if e != nil || err != nil {
		return e, err
	}
	e, err = b.expr(x.X, s)
	if err == nil || to.Kind != catalog.Real && to.Kind != catalog.Double {
		return e, err
	}
	l, sign := x.X, ""
	if u, ok := l.(*parser.Unary); ok && u.Op == "-" {
		l, sign = u.X, "-"
	}
	if n, ok := l.(*parser.Literal); ok && (n.Kind == "int" || n.Kind == "decimal" || n.Kind == "float") {
		return b.literalAs(&plan.Const{Text: sign + n.Text, P: b.pos(x.X.Pos())}, to)
	}
	return nil, err
}

// castItems is CAST(ARRAY[…] AS …), nil for any other cast.
func (b *binder) castItems(x *parser.Cast, to catalog.Type, s *exprScope) (plan.Expr, error) {
	a, ok := x.X.(*parser.ArrayExpr)
	if !ok || x.Try || to.Kind != catalog.Array {
		return nil, nil
	}
	items, err := b.exprs(a.Items, s)
	if err != nil {
		return nil, err
	}
	return b.coerceItems(&plan.Call{Fn: "array", Args: items, P: b.pos(a.P)}, to, explicit)
}

// tryCast makes a cast that gives NULL where it cannot be done.
func (b *binder) tryCast(e plan.Expr, to catalog.Type, pos sqlerr.Pos) (plan.Expr, error) {
	if c, ok := e.(*plan.Const); ok && c.T.Kind == catalog.Unknown && !c.Null {
		e = &plan.Const{T: catalog.Of(catalog.Varchar), Text: c.Text, P: c.P}
	} else if e.Type().Kind == catalog.Unknown {
		return b.coerce(e, to, explicit)
	}
	if !canCast(e.Type(), to, explicit) {
		return nil, cannotCast(e.Type(), to).At(pos)
	}
	return &plan.Cast{X: e, T: to, Try: true, P: pos}, nil
}

// withType gives an expression exactly the type that a cast names, where only
// parameters differ that do not change the value (VARCHAR(3) to VARCHAR).
func withType(x plan.Expr, t catalog.Type) plan.Expr {
	if x.Type().Equal(t) {
		return x
	}
	return &plan.Cast{X: x, T: t, P: x.Pos()}
}

func (b *binder) bindCase(x *parser.Case, s *exprScope) (plan.Expr, error) {
	out := &plan.Case{P: b.pos(x.P)}
	var operand plan.Expr
	if x.X != nil {
		e, err := b.expr(x.X, s)
		if err != nil {
			return nil, err
		}
		if operand, err = b.decide(e); err != nil {
			return nil, err
		}
	}
	var results []plan.Expr
	for _, w := range x.Whens {
		cond, err := b.whenCond(operand, w.Cond, s)
		if err != nil {
			return nil, err
		}
		then, err := b.expr(w.Then, s)
		if err != nil {
			return nil, err
		}
		out.Whens = append(out.Whens, plan.When{Cond: cond})
		results = append(results, then)
	}
	if x.Else != nil { // first, as it counts most for the common type
		e, err := b.expr(x.Else, s)
		if err != nil {
			return nil, err
		}
		results = append([]plan.Expr{e}, results...)
	}
	t, err := b.unite(results, "CASE")
	if err != nil {
		return nil, sqlerr.From(err).At(out.P)
	}
	out.T = t
	if x.Else != nil {
		out.Else, results = results[0], results[1:]
	}
	for i := range out.Whens {
		out.Whens[i].Then = results[i]
	}
	return out, nil
}

func (b *binder) whenCond(operand plan.Expr, cond parser.Expr, s *exprScope) (plan.Expr, error) {
	if operand == nil {
		return b.boolean(cond, s, "argument of CASE/WHEN")
	}
	e, err := b.expr(cond, s)
	if err != nil {
		return nil, err
	}
	return b.compare("=", operand, e, e.Pos())
}

func (b *binder) bindArray(x *parser.ArrayExpr, s *exprScope) (plan.Expr, error) {
	if len(x.Items) == 0 {
		return nil, sqlerr.New(sqlerr.IndeterminateDatatype, "cannot determine type of empty array").At(b.pos(x.P)).
			Hint("explicitly cast to the desired type, for example ARRAY[]::integer[]")
	}
	items, err := b.exprs(x.Items, s)
	if err != nil {
		return nil, err
	}
	t, err := b.unite(items, "ARRAY")
	if err != nil {
		return nil, err
	}
	return &plan.Call{Fn: "array", Args: items, T: catalog.ArrayOf(t), P: b.pos(x.P)}, nil
}

func (b *binder) bindRow(x *parser.RowExpr, s *exprScope) (plan.Expr, error) {
	items, err := b.exprs(x.Items, s)
	if err != nil {
		return nil, err
	}
	return b.row(items, b.pos(x.P)), nil
}

func (b *binder) bindMap(x *parser.MapExpr, s *exprScope) (plan.Expr, error) {
	items, err := b.exprs(x.Items, s)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 || len(items)%2 != 0 {
		return nil, sqlerr.New(sqlerr.SyntaxError, "MAP takes keys and values in turn, at least one pair").At(b.pos(x.P))
	}
	var keys, vals []plan.Expr
	for i := 0; i < len(items); i += 2 {
		keys, vals = append(keys, items[i]), append(vals, items[i+1])
	}
	kt, err := b.unite(keys, "MAP")
	if err != nil {
		return nil, err
	}
	vt, err := b.unite(vals, "MAP")
	if err != nil {
		return nil, err
	}
	for i := range keys {
		items[2*i], items[2*i+1] = keys[i], vals[i]
	}
	return &plan.Call{Fn: "map", Args: items, T: catalog.MapOf(kt, vt), P: b.pos(x.P)}, nil
}

func (b *binder) bindCollate(x *parser.Collate, s *exprScope) (plan.Expr, error) {
	switch x.Name.Last().Text {
	case "C", "POSIX", "ucs_basic", "default":
		return b.expr(x.X, s) // text compares by bytes everywhere
	}
	return nil, b.unsupported(x.Name.Pos(), "COLLATE \""+x.Name.Last().Text+"\"").Hint("only COLLATE \"C\" is there")
}
