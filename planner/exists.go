package planner

import (
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// bindCorrelated binds EXISTS (SELECT … WHERE inner = outer AND …): whether the outer
// sides of the equalities are a row of the inner ones. It gives nil, and no error,
// for a subquery without such equalities.
func (b *binder) bindCorrelated(x *parser.Exists, s *exprScope) (plan.Expr, error) {
	sel, ok := x.Query.Body.(*parser.Select)
	if !ok || s.rel == nil || sel.Where == nil || !subqueryClauses[s.clause] || !plainSelect(x.Query, sel) {
		return nil, nil
	}
	scope, err := b.with(x.Query, b.ctes)
	if err != nil {
		return nil, err
	}
	inner, err := b.from(sel.From, scope)
	if err != nil || inner == nil {
		return nil, err
	}
	is := &exprScope{rel: inner, clause: "WHERE"}
	binds := func(x parser.Expr, s *exprScope) bool {
		_, err := b.expr(x, s)
		return err == nil
	}
	for _, it := range sel.Items { // they give nothing, but must be right
		if ref, ok := it.X.(*parser.ColumnRef); ok && !binds(ref, s) {
			if _, err := b.expr(ref, is); err != nil {
				return nil, err
			}
		}
	}
	rewritten := &parser.Select{P: sel.P, From: sel.From}
	var outer []plan.Expr
	for _, c := range parsedConjuncts(sel.Where) {
		if binds(c, is) {
			rewritten.Where = and(rewritten.Where, c)
			continue
		}
		eq, ok := c.(*parser.Binary)
		if !ok || eq.Op != "=" {
			return nil, nil // binding it will say what is wrong
		}
		in, out := eq.L, eq.R
		if !binds(in, is) {
			in, out = out, in
		}
		e, err := b.expr(out, s)
		if err != nil || !binds(in, is) {
			return nil, nil
		}
		outer = append(outer, e)
		rewritten.Items = append(rewritten.Items, parser.SelectItem{X: in})
	}
	if len(outer) == 0 {
		return nil, nil
	}
	q := &parser.Query{P: x.Query.P, With: x.Query.With, Body: rewritten}
	node, err := b.innerQuery(q, s, "EXISTS (subquery)", x.P)
	if err != nil {
		return nil, err
	}
	return b.among(outer, node, x.P)
}

// plainSelect says that a block gives a row for each row of FROM that WHERE lets
// through.
func plainSelect(q *parser.Query, sel *parser.Select) bool {
	return len(sel.GroupBy) == 0 && sel.Having == nil && sel.Qualify == nil && len(sel.DistinctOn) == 0 && q.Limit == nil && q.Offset == nil &&
		q.Emit == nil && !q.Recursive && plainItems(sel)
}

// plainItems says that no item is an aggregate, as far as can be seen: only
// columns, * and constants are taken for sure.
func plainItems(sel *parser.Select) bool {
	for _, it := range sel.Items {
		switch it.X.(type) {
		case *parser.Star, *parser.Literal, *parser.ColumnRef:
		default:
			return false
		}
	}
	return true
}

// parsedConjuncts takes an AND apart as it was parsed.
func parsedConjuncts(x parser.Expr) []parser.Expr {
	var out []parser.Expr
	for {
		e, ok := x.(*parser.Binary)
		if !ok || e.Op != "AND" {
			return append(out, x)
		}
		out = append(out, parsedConjuncts(e.R)...)
		x = e.L
	}
}

func and(l, r parser.Expr) parser.Expr {
	if l == nil {
		return r
	}
	return &parser.Binary{P: r.Pos(), Op: "AND", L: l, R: r}
}
