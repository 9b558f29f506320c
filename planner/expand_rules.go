package planner

import (
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// finishExpands tells the Expands of a bound plan about the windows that their
// rows are in, and what the sources of their answers do themselves.
func (b *binder) finishExpands(n plan.Node) (plan.Node, error) {
	if !hasExpand(n) {
		return n, strayAsk(n)
	}
	pin := b.env.setting("lookup.pin") == "window"
	out := plan.Transform(n, func(n plan.Node) plan.Node {
		e, ok := n.(*plan.Expand)
		if !ok {
			return n
		}
		c := *e
		c.WindowEnd = slices.IndexFunc(props(e.Input), func(p colProps) bool { return p.bound == windowEnd })
		c.Pin = pin && c.Lookup != nil && c.WindowEnd >= 0
		c.Pushed = pushedText(e)
		return &c
	})
	return out, strayAsk(out)
}

func hasExpand(n plan.Node) bool {
	found := false
	plan.Walk(n, func(n plan.Node) bool {
		_, ok := n.(*plan.Expand)
		found = found || ok
		return !found
	})
	return found
}

// strayAsk looks for a question that stands where nothing asks it.
func strayAsk(n plan.Node) error {
	var fault error
	plan.Walk(n, func(n plan.Node) bool {
		for _, x := range plan.Exprs(n) {
			plan.WalkExpr(x, func(x plan.Expr) bool {
				if c := asking(x); c != nil && fault == nil {
					fault = sqlerr.New(sqlerr.FeatureNotSupported, "%s is not supported here", askName(c)).At(c.P)
				}
				return fault == nil
			})
		}
		return fault == nil
	})
	return fault
}

// pushedText tells what a source that is asked for single keys looks for.
func pushedText(e *plan.Expand) string {
	if e.Lookup == nil || len(e.Keys) == 0 || cacheMode(e.Lookup) == "full" {
		return ""
	}
	names := make([]string, len(e.Keys))
	for i, k := range e.Keys {
		names[i] = catalog.QuoteIdent(e.Lookup.Columns[k].Name)
	}
	if len(names) == 1 {
		return names[0] + " = ANY(keys)"
	}
	return "(" + strings.Join(names, ", ") + ") = ANY(keys)"
}

// alwaysOne says that a lookup gives exactly one row for each of its input.
func alwaysOne(e *plan.Expand) bool {
	if e.Lookup == nil || !e.Left {
		return false
	}
	return e.First || len(e.Lookup.PrimaryKey) > 0 && sameSet(e.Keys, keyColumns(e.Lookup))
}

// pruneExpand takes away the answers' columns that nobody needs, and with the
// last of them a lookup that neither adds nor drops rows. Calls of functions stay:
// what they do is not known.
func pruneExpand(n *plan.Expand, need needed) (plan.Node, moved) {
	width := len(n.Input.Schema())
	if !slices.Contains(need[width:], true) && alwaysOne(n) {
		in, m := prune(n.Input, need[:width])
		for range n.Cols {
			m = append(m, -1)
		}
		return in, m
	}
	need = slices.Clone(need)
	if n.Residual != nil {
		need.expr(n.Residual)
	}
	for _, a := range n.Args {
		need.expr(a)
	}
	if n.WindowEnd >= 0 {
		need[n.WindowEnd] = true
	}
	own := need[width:]
	if n.Errors { // both or none
		last := own[len(n.Columns):]
		last[0] = last[0] || last[1]
		last[1] = last[0]
	}
	out := *n
	in, m := prune(n.Input, need[:width])
	out.Input = in
	out.Columns, _ = keep(n.Columns, own[:len(n.Columns)])
	cols, to := keep(n.Cols, own)
	out.Cols = cols
	extra := len(cols) > len(out.Columns)
	out.Version, out.Errors = n.Version && extra, n.Errors && extra
	base := len(in.Schema())
	for _, c := range to {
		if c >= 0 {
			c += base
		}
		m = append(m, c)
	}
	out.Args = make([]plan.Expr, len(n.Args))
	for i, a := range n.Args {
		out.Args[i] = m.expr(a)
	}
	if n.Residual != nil {
		out.Residual = m.expr(n.Residual)
	}
	if n.WindowEnd >= 0 {
		out.WindowEnd = m[n.WindowEnd]
	}
	return &out, m
}

// narrowExpand leaves the fields of its input's ROW columns that the arguments
// and those above want.
func narrowExpand(n *plan.Expand, need []*fieldNeed) (plan.Node, []*shape) {
	width := len(n.Input.Schema())
	below := nothing(len(need))
	for i := range width {
		below[i].add(need[i])
	}
	for _, e := range plan.Exprs(n) {
		needOf(e, &fieldNeed{whole: true}, below)
	}
	in, cols := narrow(n.Input, below[:width])
	shapes := append(slices.Clone(cols), unshaped(len(n.Cols))...)
	out := plan.MapExprs(plan.WithInputs(n, []plan.Node{in}), func(e plan.Expr) plan.Expr {
		y, _ := reshape(e, shapes)
		return y
	})
	return out, shapes
}

// widened gives a node that adds columns behind its input's an input that has
// more columns than the width of old.
func widened(n, in plan.Node, width int) plan.Node {
	out := plan.WithInputs(n, []plan.Node{in})
	e, ok := out.(*plan.Expand)
	grown := len(in.Schema()) - width
	if !ok || e.Residual == nil || grown == 0 {
		return out
	}
	e.Residual = moveColumns(e.Residual, width, grown)
	return e
}
