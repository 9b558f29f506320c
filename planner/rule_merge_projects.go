package planner

import "github.com/penstock/penstock/planner/plan"

// mergeProjects makes one projection of two where nothing is computed twice by
// that.
func mergeProjects(b *binder, n plan.Node) plan.Node {
	return plan.Transform(n, func(n plan.Node) plan.Node {
		p, ok := n.(*plan.Project)
		if !ok {
			return n
		}
		in, ok := p.Input.(*plan.Project)
		if !ok || !b.inlinable(p.Exprs, in.Exprs) {
			return n
		}
		out := &plan.Project{Input: in.Input, Names: p.Names}
		for _, e := range p.Exprs {
			out.Exprs = append(out.Exprs, substitute(e, in.Exprs))
		}
		return out
	})
}

// inlinable says that no inner expression of any cost is used more than once.
func (b *binder) inlinable(outer, inner []plan.Expr) bool {
	uses := countUses(outer, len(inner))
	for i, e := range inner {
		if uses[i] > 1 && !cheap(e) || uses[i] > 0 && !b.immutable(e) {
			return false
		}
	}
	return true
}

// cheap says that an expression only fetches a value.
func cheap(x plan.Expr) bool {
	switch e := x.(type) {
	case *plan.Col, *plan.Const, *plan.Param:
		return true
	case *plan.FieldOf:
		return cheap(e.X)
	}
	return false
}
