package planner

import (
	"slices"

	"github.com/penstock/penstock/planner/plan"
)

// absorbProjects lets aggregations read their columns where
// they stand: a projection below that only rearranges columns goes.
func absorbProjects(_ *binder, n plan.Node) plan.Node {
	return plan.Transform(n, func(n plan.Node) plan.Node {
		a, ok := n.(*plan.Aggregate)
		if !ok {
			return n
		}
		p, ok := a.Input.(*plan.Project)
		if !ok {
			return n
		}
		m := make(moved, len(p.Exprs))
		for i, e := range p.Exprs {
			c, ok := e.(*plan.Col)
			if !ok {
				return n
			}
			m[i] = c.Index
		}
		out := *a
		out.Input = p.Input
		out.Keys = m.cols(a.Keys)
		out.Aggs = slices.Clone(a.Aggs)
		for i := range out.Aggs {
			c := &out.Aggs[i]
			c.Args = m.cols(c.Args)
			if c.Filter >= 0 {
				c.Filter = m[c.Filter]
			}
		}
		if a.Window != nil {
			w := moveWindow(*a.Window, m)
			out.Window = &w
		}
		return &out
	})
}

// moveWindow gives a window the new places of its columns.
func moveWindow(w plan.Window, m moved) plan.Window {
	if w.Kind == plan.Tumble {
		w.Time = m[w.Time]
	} else {
		w.Start, w.End = m[w.Start], m[w.End]
	}
	return w
}
