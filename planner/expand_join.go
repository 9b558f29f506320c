package planner

import (
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// joinAsks takes what a join's condition asks out of it: what one side's columns
// are enough for is asked on that side. Inner joins ask the rest above.
type joinAsks struct {
	left, right *hoister
	lw, width   int
}

// leftMark is added to the columns that the left side gets, until the place of the
// right side's columns is known.
const leftMark = 1 << 28

// side gives an expression over both sides with columns for what one side can ask.
func (j *joinAsks) side(x plan.Expr) plan.Expr {
	if asking(x) != nil {
		if usesOnly(x, 0, j.lw) {
			return moveColumns(j.left.expr(x), j.lw, leftMark-j.lw)
		}
		if usesOnly(x, j.lw, j.width) {
			return shift(j.right.expr(shift(x, -j.lw)), j.lw)
		}
	}
	return plan.MapOperands(x, j.side)
}

// moveColumns moves the columns from a place on by n.
func moveColumns(x plan.Expr, from, n int) plan.Expr {
	return plan.TransformExpr(x, func(x plan.Expr) plan.Expr {
		if c, ok := x.(*plan.Col); ok && c.Index >= from {
			d := *c
			d.Index += n
			return &d
		}
		return x
	})
}

// askingJoin joins two relations on a condition that asks something.
func (b *binder) askingJoin(left, right *rel, kind plan.JoinKind, cond plan.Expr, pos parser.Pos) (*rel, error) {
	lw := len(left.node.Schema())
	j := &joinAsks{left: &hoister{b: b, node: left.node}, right: &hoister{b: b, node: right.node}, lw: lw, width: lw + len(right.node.Schema())}
	conds := conjuncts(cond)
	for i, c := range conds {
		conds[i] = j.side(c)
	}
	for _, h := range []*hoister{j.left, j.right} {
		if h.err != nil {
			return nil, h.err
		}
	}
	grown := len(j.left.node.Schema()) - lw
	var on, above []plan.Expr
	for _, c := range conds {
		c = plan.TransformExpr(c, func(x plan.Expr) plan.Expr {
			col, ok := x.(*plan.Col)
			if !ok || col.Index < lw {
				return x
			}
			d := *col
			if d.Index += grown; col.Index >= leftMark {
				d.Index = col.Index - leftMark + lw
			}
			return &d
		})
		if asks(c) {
			above = append(above, c)
		} else {
			on = append(on, c)
		}
	}
	if len(above) > 0 && kind != plan.Inner {
		return nil, b.unsupported(pos, joinKindName(kind)+" on a condition that asks a lookup table or remote function about both sides")
	}
	l := &rel{node: j.left.node, cols: left.cols, tables: left.tables}
	r := &rel{node: j.right.node, cols: right.cols, tables: right.tables}
	out := combine(l, r)
	node := &plan.Join{Left: l.node, Right: r.node, Kind: kind, Residual: conjunction(on)}
	b.place(node, pos)
	h := &hoister{b: b, node: node}
	for _, c := range above {
		if err := h.filter(c); err != nil {
			return nil, err
		}
	}
	out.node = h.node
	return out, nil
}
