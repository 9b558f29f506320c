package planner

import (
	"slices"

	"github.com/penstock/penstock/planner/plan"
)

// pruneColumns takes away the columns that nobody needs, down to the scans,
// whose decoders then do not touch them.
func pruneColumns(_ *binder, n plan.Node) plan.Node {
	out, _ := prune(n, allNeeded(len(n.Schema())))
	return out
}

// needed marks columns.
type needed []bool

func allNeeded(n int) needed {
	s := make(needed, n)
	for i := range s {
		s[i] = true
	}
	return s
}

// expr marks the columns that an expression uses.
func (s needed) expr(x plan.Expr) {
	plan.WalkExpr(x, func(e plan.Expr) bool {
		if c, ok := e.(*plan.Col); ok {
			s[c.Index] = true
		}
		return true
	})
}

// moved tells the new places of columns; -1: gone.
type moved []int

func (m moved) expr(x plan.Expr) plan.Expr {
	return plan.TransformExpr(x, func(e plan.Expr) plan.Expr {
		c, ok := e.(*plan.Col)
		if !ok || m[c.Index] == c.Index {
			return e
		}
		d := *c
		d.Index = m[c.Index]
		return &d
	})
}

func (m moved) cols(cols []int) []int {
	out := make([]int, len(cols))
	for i, c := range cols {
		out[i] = m[c]
	}
	return out
}

// prune rebuilds n with the columns marked, and maybe more, and tells where they went.
func prune(n plan.Node, need needed) (plan.Node, moved) {
	switch n := n.(type) {
	case *plan.Scan:
		out := *n
		var m moved
		out.Columns, m = keep(n.Columns, need)
		return &out, m
	case *plan.Values:
		return pruneValues(n, need)
	case *plan.Project:
		return pruneProject(n, need)
	case *plan.Aggregate:
		return pruneAggregate(n, need)
	case *plan.Join:
		return pruneJoin(n, need)
	case *plan.Union:
		return pruneUnion(n, need)
	case *plan.Unnest, *plan.WindowAssign:
		return pruneBeside(n, need)
	case *plan.Expand:
		return pruneExpand(n, need)
	case *plan.Sink:
		in, m := prune(n.Input, allNeeded(len(need)))
		return plan.WithInputs(n, []plan.Node{exactly(in, m, allNeeded(len(need)))}), m
	}
	return prunePass(n, need)
}

// keep picks the marked items of a list.
func keep[T any](list []T, need needed) ([]T, moved) {
	out := make([]T, 0, len(list))
	m := make(moved, len(list))
	for i, x := range list {
		m[i] = -1
		if need[i] {
			m[i] = len(out)
			out = append(out, x)
		}
	}
	return out, m
}

func pruneValues(n *plan.Values, need needed) (plan.Node, moved) {
	out := &plan.Values{Rows: make([][]plan.Expr, len(n.Rows))}
	var m moved
	out.Cols, m = keep(n.Cols, need)
	for i, r := range n.Rows {
		out.Rows[i], _ = keep(r, need)
	}
	return out, m
}

func pruneProject(n *plan.Project, need needed) (plan.Node, moved) {
	exprs, m := keep(n.Exprs, need)
	names, _ := keep(n.Names, need)
	below := make(needed, len(n.Input.Schema()))
	for _, e := range exprs {
		below.expr(e)
	}
	in, to := prune(n.Input, below)
	for i, e := range exprs {
		exprs[i] = to.expr(e)
	}
	return &plan.Project{Input: in, Exprs: exprs, Names: names}, m
}

// prunePass handles the nodes whose columns are their input's.
func prunePass(n plan.Node, need needed) (plan.Node, moved) {
	need = slices.Clone(need)
	switch n := n.(type) {
	case *plan.Filter:
		need.expr(n.Cond)
	case *plan.Watermark:
		need[n.Time] = true
	case *plan.Sort:
		for _, k := range n.Keys {
			need[k.Col] = true
		}
	case *plan.Exchange:
		for _, k := range n.Keys {
			need[k] = true
		}
	}
	in, m := prune(n.Inputs()[0], need)
	out := plan.WithInputs(n, []plan.Node{in})
	switch o := out.(type) {
	case *plan.Filter:
		o.Cond = m.expr(o.Cond)
	case *plan.Watermark:
		o.Time = m[o.Time]
	case *plan.Sort:
		o.Keys = slices.Clone(o.Keys)
		for i := range o.Keys {
			o.Keys[i].Col = m[o.Keys[i].Col]
		}
	case *plan.Exchange:
		o.Keys = m.cols(o.Keys)
	}
	return out, m
}

func pruneAggregate(n *plan.Aggregate, need needed) (plan.Node, moved) {
	fixed := len(n.Types) - len(n.Aggs) // windows and keys stay: they make the groups
	out := *n
	out.Aggs, _ = keep(n.Aggs, need[fixed:])
	mark := slices.Clone(need)
	for i := range fixed {
		mark[i] = true
	}
	var m moved
	out.Names, m = keep(n.Names, mark)
	out.Types, _ = keep(n.Types, mark)
	below := make(needed, len(n.Input.Schema()))
	for _, c := range aggregateInputs(&out) {
		below[c] = true
	}
	if w := n.Window; w != nil && w.Kind == plan.Tumble {
		below[w.Time] = true
	} else if w != nil {
		below[w.Start], below[w.End] = true, true
	}
	in, to := prune(n.Input, below)
	out.Input = in
	out.Keys = to.cols(n.Keys)
	for i := range out.Aggs {
		c := &out.Aggs[i]
		c.Args = to.cols(c.Args)
		if c.Filter >= 0 {
			c.Filter = to[c.Filter]
		}
	}
	if n.Window != nil {
		w := moveWindow(*n.Window, to)
		out.Window = &w
	}
	return &out, m
}

func pruneJoin(n *plan.Join, need needed) (plan.Node, moved) {
	lw := len(n.Left.Schema())
	need = slices.Clone(need)
	if n.Residual != nil {
		need.expr(n.Residual)
	}
	for i := range n.LeftKeys {
		need[n.LeftKeys[i]], need[lw+n.RightKeys[i]] = true, true
	}
	if n.Time != nil {
		need[n.Time.LeftCol], need[lw+n.Time.RightCol] = true, true
	}
	out := *n
	var l, r moved
	out.Left, l = prune(n.Left, need[:lw])
	out.Right, r = prune(n.Right, need[lw:])
	out.LeftKeys, out.RightKeys = l.cols(n.LeftKeys), r.cols(n.RightKeys)
	if n.Time != nil {
		t := *n.Time
		t.LeftCol, t.RightCol = l[t.LeftCol], r[t.RightCol]
		out.Time = &t
	}
	width := len(out.Left.Schema())
	m := slices.Clone(l)
	for _, c := range r {
		if c >= 0 {
			c += width
		}
		m = append(m, c)
	}
	if n.Residual != nil {
		out.Residual = m.expr(n.Residual)
	}
	return &out, m
}

func pruneUnion(n *plan.Union, need needed) (plan.Node, moved) {
	out := &plan.Union{Ins: make([]plan.Node, len(n.Ins))}
	var m moved
	out.Names, m = keep(n.Names, need)
	for i, in := range n.Ins {
		p, to := prune(in, need)
		out.Ins[i] = exactly(p, to, need)
	}
	return out, m
}

// exactly takes away what is there beyond the columns marked.
func exactly(n plan.Node, m moved, need needed) plan.Node {
	s := n.Schema()
	p := &plan.Project{Input: n}
	for i, wanted := range need {
		if wanted {
			c := s[m[i]]
			p.Exprs, p.Names = append(p.Exprs, &plan.Col{Index: m[i], Name: c.Name, T: c.Type}), append(p.Names, c.Name)
		}
	}
	if identity(p) {
		return n
	}
	return p
}

// pruneBeside handles the nodes that add columns behind their input's.
func pruneBeside(n plan.Node, need needed) (plan.Node, moved) {
	in := n.Inputs()[0]
	width := len(in.Schema())
	below := slices.Clone(need[:width])
	switch n := n.(type) {
	case *plan.Unnest:
		below.expr(n.X)
	case *plan.WindowAssign:
		below[n.Window.Time] = true
	}
	pruned, m := prune(in, below)
	out := plan.WithInputs(n, []plan.Node{pruned})
	switch o := out.(type) {
	case *plan.Unnest:
		o.X = m.expr(o.X)
	case *plan.WindowAssign:
		o.Window.Time = m[o.Window.Time]
	}
	base := len(pruned.Schema())
	for i := range len(need) - width {
		m = append(m, base+i)
	}
	return out, m
}
