package planner

import "github.com/penstock/penstock/planner/plan"

// twoPhase marks the aggregations that may be computed partially before the
// exchange. Whether there is an exchange is distribute's business.
func twoPhase(b *binder, n plan.Node) plan.Node {
	return plan.Transform(n, func(n plan.Node) plan.Node {
		a, ok := n.(*plan.Aggregate)
		if !ok || a.TwoPhase {
			return n
		}
		for _, c := range a.Aggs {
			if c.User != nil && c.User.Merge == nil || c.Distinct || len(c.Order) > 0 || c.User == nil && !b.mergeable(c.Fn) {
				return n
			}
		}
		c := *a
		c.TwoPhase = true
		return &c
	})
}

// mergeable says that every overload of an aggregate merges.
func (b *binder) mergeable(fn string) bool {
	sigs := b.signatures(fn)
	for _, s := range sigs {
		if !s.TwoPhase {
			return false
		}
	}
	return len(sigs) > 0
}
