package planner

import (
	"slices"

	"github.com/penstock/penstock/planner/plan"
)

// distribute lays a plan out over tasks. It is no rewrite rule: a plan of more
// than one task is wrong without it. Scans spread by themselves; rows that must
// meet are brought together by exchanges, after a partial aggregation where that
// can be done.
func distribute(n plan.Node, parallelism int) plan.Node {
	if parallelism <= 1 {
		return n
	}
	d := &spreader{parallelism: parallelism}
	out, spread := d.node(n)
	if _, sink := out.(*plan.Sink); spread && !sink {
		out = gather(out)
	}
	return out
}

type spreader struct{ parallelism int }

func gather(n plan.Node) plan.Node { return &plan.Exchange{Input: n, Parallelism: 1} }

// node lays out n and says whether its rows come from several tasks.
func (d *spreader) node(n plan.Node) (out plan.Node, spread bool) {
	switch n := n.(type) {
	case *plan.Scan:
		return n, true
	case *plan.Aggregate:
		return d.aggregate(n)
	case *plan.Join:
		return d.join(n)
	case *plan.Sort, *plan.Limit:
		in, spread := d.node(n.Inputs()[0])
		if spread {
			in = gather(in)
		}
		return plan.WithInputs(n, []plan.Node{in}), false
	}
	ins := slices.Clone(n.Inputs())
	for i, in := range ins {
		var s bool
		ins[i], s = d.node(in)
		spread = spread || s
	}
	if len(ins) == 0 {
		return n, false
	}
	return plan.WithInputs(n, ins), spread
}

func (d *spreader) join(n *plan.Join) (plan.Node, bool) {
	left, _ := d.node(n.Left)
	right, _ := d.node(n.Right)
	c := *n
	if len(n.LeftKeys) == 0 {
		c.Left, c.Right = gather(left), gather(right)
		return &c, false
	}
	c.Left = &plan.Exchange{Input: left, Keys: n.LeftKeys, Parallelism: d.parallelism}
	c.Right = &plan.Exchange{Input: right, Keys: n.RightKeys, Parallelism: d.parallelism}
	return &c, true
}

func (d *spreader) aggregate(n *plan.Aggregate) (plan.Node, bool) {
	in, spread := d.node(n.Input)
	single := *n
	single.Input = in
	if !spread {
		return &single, false
	}
	if !n.TwoPhase {
		if len(n.Keys) == 0 {
			single.Input = gather(in)
			return &single, false
		}
		single.Input = &plan.Exchange{Input: in, Keys: n.Keys, Parallelism: d.parallelism}
		return &single, true
	}
	partial, final := single, single
	partial.Phase, final.Phase = plan.Partial, plan.Final
	first := 0
	if n.Window != nil {
		w := *n.Window
		w.Time, w.Start, w.End = 0, 0, 1
		final.Window, first = &w, 2
	}
	final.Keys, final.Aggs = make([]int, len(n.Keys)), slices.Clone(n.Aggs)
	for i := range final.Keys {
		final.Keys[i] = first + i
	}
	for i := range final.Aggs {
		final.Aggs[i].Args, final.Aggs[i].Filter = []int{first + len(n.Keys) + i}, -1
	}
	x := &plan.Exchange{Input: &partial, Parallelism: 1}
	if len(n.Keys) > 0 {
		x.Parallelism = d.parallelism
		for i := range first + len(n.Keys) {
			x.Keys = append(x.Keys, i)
		}
	}
	final.Input = x
	return &final, len(n.Keys) > 0
}
