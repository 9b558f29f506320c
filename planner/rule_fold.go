package planner

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/planner/plan"
)

// foldConstants computes what has no columns, and shortens AND, OR and CASE
// over constants. A fault (1/0) leaves the expression to fail at run time, if it
// is ever computed.
func foldConstants(b *binder, n plan.Node) plan.Node {
	return plan.Transform(n, func(n plan.Node) plan.Node {
		n = plan.MapExprs(n, func(x plan.Expr) plan.Expr { return plan.TransformExpr(x, b.foldOne) })
		if f, ok := n.(*plan.Filter); ok && isBool(f.Cond, true) {
			return f.Input
		}
		return n
	})
}

// foldOne folds an expression whose operands are folded.
func (b *binder) foldOne(x plan.Expr) plan.Expr {
	switch e := x.(type) {
	case *plan.Call:
		if e.Fn == "and" || e.Fn == "or" {
			return foldLogic(e)
		}
		if e.Fn == "row" || e.Fn == "array" || e.Fn == "map" {
			return x // nested values have no short text
		}
	case *plan.Case:
		return foldCase(e)
	case *plan.Cast:
	default:
		return x
	}
	for _, o := range plan.Operands(x) {
		if _, ok := o.(*plan.Const); !ok {
			return x
		}
	}
	if b.env.Fold == nil || !b.immutable(x) || !b.stable(x) || nested(x.Type()) {
		return x
	}
	c, err := b.env.Fold(x)
	if err != nil || c == nil {
		return x
	}
	return &plan.Const{T: x.Type(), Null: c.Null, Text: c.Text, P: x.Pos()}
}

func nested(t catalog.Type) bool {
	return t.Kind == catalog.Array || t.Kind == catalog.Row || t.Kind == catalog.Map
}

// stable says that nothing in x depends on when the query runs.
func (b *binder) stable(x plan.Expr) bool {
	ok := true
	plan.WalkExpr(x, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Call:
			for _, s := range b.signatures(e.Fn) {
				ok = ok && !s.Stable
			}
		case *plan.Cast:
			// These look at the session's time zone.
			ok = ok && (e.T.Kind == catalog.TimestampLTZ) == (e.X.Type().Kind == catalog.TimestampLTZ)
		}
		return ok
	})
	return ok
}

func isBool(x plan.Expr, v bool) bool {
	c, ok := x.(*plan.Const)
	return ok && !c.Null && c.T.Kind == catalog.Boolean && c.Text == boolConst(v, 0).Text
}

// foldLogic drops the neutral operands of AND and OR, and those behind one that
// decides; what stands before it may still fail and stays.
func foldLogic(e *plan.Call) plan.Expr {
	neutral := e.Fn == "and"
	var args []plan.Expr
	for _, a := range e.Args {
		if isBool(a, neutral) {
			continue
		}
		args = append(args, a)
		if isBool(a, !neutral) {
			break
		}
	}
	switch {
	case len(args) == 0:
		return boolConst(neutral, e.P)
	case len(args) == 1:
		return args[0]
	case len(args) == len(e.Args):
		return e
	}
	c := *e
	c.Args = args
	return &c
}

func foldCase(e *plan.Case) plan.Expr {
	out := *e
	out.Whens = nil
	changed := false
	for _, w := range e.Whens {
		c, ok := w.Cond.(*plan.Const)
		switch {
		case ok && !isBool(c, true): // false or NULL: never taken
			changed = true
			continue
		case ok:
			out.Else, changed = w.Then, true
		default:
			out.Whens = append(out.Whens, w)
			continue
		}
		break
	}
	switch {
	case !changed:
		return e
	case len(out.Whens) > 0:
		return &out
	case out.Else != nil:
		return out.Else
	}
	return &plan.Const{T: e.T, Null: true, P: e.P}
}
