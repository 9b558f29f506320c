package planner

import (
	"math"

	"github.com/penstock/penstock/planner/plan"
)

// sortLimits tells a Sort how many of its rows are wanted, so that it keeps no more.
func sortLimits(_ *binder, n plan.Node) plan.Node {
	return plan.Transform(n, func(n plan.Node) plan.Node {
		l, ok := n.(*plan.Limit)
		if !ok || l.CountParam+l.OffsetParam > 0 || l.Count < 0 || l.Offset > math.MaxInt64-l.Count {
			return n
		}
		in := l.Input
		proj, _ := in.(*plan.Project)
		if proj != nil {
			in = proj.Input
		}
		s, ok := in.(*plan.Sort)
		if !ok || s.Limit >= 0 || s.Offset > 0 {
			return n
		}
		c := *s
		c.Limit, c.Offset = l.Count, l.Offset
		if proj == nil {
			return &c
		}
		return plan.WithInputs(proj, []plan.Node{&c})
	})
}
