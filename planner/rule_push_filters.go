package planner

import "github.com/penstock/penstock/planner/plan"

// pushFilters moves conditions towards the scans: through projections, unions,
// joins and groupings; never below a watermark, which rows that are filtered out
// must still move.
func pushFilters(b *binder, n plan.Node) plan.Node { return b.pushConds(n, nil) }

// pushConds puts conditions over n's columns in force as far down as they go.
func (b *binder) pushConds(n plan.Node, conds []plan.Expr) plan.Node {
	switch n := n.(type) {
	case *plan.Filter:
		return b.pushConds(n.Input, append(conjuncts(n.Cond), conds...))
	case *plan.Project:
		return b.pushProject(n, conds)
	case *plan.Union:
		ins := make([]plan.Node, len(n.Ins))
		for i, in := range n.Ins {
			ins[i] = b.pushConds(in, conds)
		}
		return plan.WithInputs(n, ins)
	case *plan.Sort:
		if n.Limit < 0 && n.Offset == 0 {
			return plan.WithInputs(n, []plan.Node{b.pushConds(n.Input, conds)})
		}
	case *plan.WindowAssign, *plan.Unnest, *plan.Expand:
		in := n.Inputs()[0]
		below, rest := splitConds(b, conds, 0, len(in.Schema()))
		return filter(plan.WithInputs(n, []plan.Node{b.pushConds(in, below)}), rest)
	case *plan.Aggregate:
		return b.pushAggregate(n, conds)
	case *plan.Join:
		return b.pushJoin(n, conds)
	}
	ins := n.Inputs()
	if len(ins) == 0 {
		return filter(n, conds)
	}
	out := make([]plan.Node, len(ins))
	for i, in := range ins {
		out[i] = b.pushConds(in, nil)
	}
	return filter(plan.WithInputs(n, out), conds)
}

func (b *binder) pushProject(n *plan.Project, conds []plan.Expr) plan.Node {
	var below, rest []plan.Expr
	for _, c := range conds {
		if x := substitute(c, n.Exprs); b.immutable(x) {
			below = append(below, x)
		} else {
			rest = append(rest, c)
		}
	}
	return filter(plan.WithInputs(n, []plan.Node{b.pushConds(n.Input, below)}), rest)
}

// pushAggregate: a condition on keys alone takes whole groups away.
func (b *binder) pushAggregate(n *plan.Aggregate, conds []plan.Expr) plan.Node {
	first := 0
	if n.Window != nil {
		first = 2
	}
	below, rest := splitConds(b, conds, first, first+len(n.Keys))
	in := n.Input.Schema()
	for i, c := range below {
		if constant(c) { // no group at all is not what a global aggregate gives for no rows
			rest = append(rest, c)
			continue
		}
		below[i] = plan.TransformExpr(c, func(x plan.Expr) plan.Expr {
			if col, ok := x.(*plan.Col); ok {
				k := n.Keys[col.Index-first]
				return &plan.Col{Index: k, Name: in[k].Name, T: col.T, P: col.P}
			}
			return x
		})
	}
	kept := below[:0]
	for _, c := range below {
		if !constant(c) {
			kept = append(kept, c)
		}
	}
	return filter(plan.WithInputs(n, []plan.Node{b.pushConds(n.Input, kept)}), rest)
}

func (b *binder) pushJoin(n *plan.Join, conds []plan.Expr) plan.Node {
	lw := len(n.Left.Schema())
	width := lw + len(n.Right.Schema())
	var toLeft, toRight []plan.Expr
	if n.Kind == plan.Inner || n.Kind == plan.Left {
		toLeft, conds = splitConds(b, conds, 0, lw)
	}
	if n.Kind == plan.Inner || n.Kind == plan.Right {
		toRight, conds = splitConds(b, conds, lw, width)
	}
	for i, c := range toRight {
		toRight[i] = shift(c, -lw)
	}
	c := *n
	c.Left, c.Right = b.pushConds(n.Left, toLeft), b.pushConds(n.Right, toRight)
	if n.Kind == plan.Inner && len(conds) > 0 {
		c.Residual = conjunction(append(conjuncts(n.Residual), conds...))
		conds = nil
	}
	return filter(&c, conds)
}
