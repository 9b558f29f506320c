package build

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/exec/op"
	"github.com/penstock/penstock/planner/plan"
)

var phases = map[plan.Phase]op.Phase{plan.Single: op.Single, plan.Partial: op.Partial, plan.Final: op.Final}

// rowCount is the aggregate that a windowed two-phase aggregation carries along
// when the query has no COUNT(*): a partial row stands for many rows, and when it is
// late all of them are.
var rowCount = plan.AggCall{Fn: "count", Filter: -1, T: catalog.Of(catalog.BigInt)}

// counted gives the aggregates to compute, and which of them counts all rows;
// -1 where nobody needs to know.
func counted(n *plan.Aggregate) (calls []plan.AggCall, rows int) {
	if n.Phase == plan.Single || n.Window == nil {
		return n.Aggs, -1
	}
	for i, c := range partialOf(n).Aggs {
		if c.Fn == "count" && len(c.Args) == 0 && c.Filter < 0 && !c.Distinct {
			return n.Aggs, i
		}
	}
	return append(append([]plan.AggCall{}, n.Aggs...), rowCount), len(n.Aggs)
}

// partialOf gives the partial phase that a final one merges, or n itself: the
// calls of a final phase no longer tell their arguments and filters.
func partialOf(n *plan.Aggregate) *plan.Aggregate {
	for in := plan.Node(n); len(in.Inputs()) > 0; in = in.Inputs()[0] {
		if a, ok := in.(*plan.Aggregate); ok && a.Phase == plan.Partial {
			return a
		}
	}
	return n
}

func (b *builder) aggregate(n *plan.Aggregate) (lanes, error) {
	in, err := b.node(n.Input)
	if err != nil {
		return in, err
	}
	if _, spread := n.Input.(*plan.Exchange); !spread && n.Phase != plan.Partial {
		in = b.gather(in)
	}
	calls, rows := counted(n)
	specs, states, err := b.aggSpecs(calls)
	if err != nil {
		return in, err
	}
	base, err := b.aggregateConfig(n, in)
	if err != nil {
		return in, err
	}
	base.Aggs = specs
	if n.Phase == plan.Final && rows >= 0 {
		// The states stand behind windows and keys, in order; a count's is one column.
		base.Late = b.lateBy(inputOf(n), 2+len(n.Keys)+before(specs, rows))
	}
	make := func() (exec.Operator, error) { return op.NewAggregate(base) }
	if n.Phase == plan.Partial {
		// The columns of a partial's states are known to the aggregates alone.
		s := n.Schema()
		out, err := b.add(in, s[:len(s)-len(n.Aggs)], make)
		if err == nil {
			out.layout.Cols = append(out.layout.Cols, states...)
		}
		return out, err
	}
	out, err := b.add(in, n.Schema(), make)
	if err != nil || len(calls) == len(n.Aggs) {
		return out, err
	}
	// The count of rows was not asked for.
	width := len(n.Types)
	return b.add(out, n.Schema(), func() (exec.Operator, error) {
		return op.NewProject(op.ProjectConfig{Columns: func(b *exec.Batch) ([]*exec.Column, error) { return b.Cols[:width], nil }}), nil
	})
}

// inputOf gives the columns that the aggregation's input has and that rows can be
// shown with: in front of a final phase's states, windows and keys.
func inputOf(n *plan.Aggregate) catalog.Schema {
	if n.Phase != plan.Final {
		return n.Input.Schema()
	}
	width := len(n.Keys)
	if n.Window != nil {
		width += 2
	}
	return n.Schema()[:width]
}

func (b *builder) aggregateConfig(n *plan.Aggregate, in lanes) (op.AggregateConfig, error) {
	w, err := window(n.Window)
	if err != nil {
		return op.AggregateConfig{}, err
	}
	c := op.AggregateConfig{Window: w, Phase: phases[n.Phase], OnError: b.policy(inputOf(n)), Late: b.late(inputOf(n))}
	if n.Phase != plan.Partial { // a partial that is full hands over early
		c.MaxGroups = b.env.MaxGroups
	}
	if n.Phase == plan.Final && n.Window != nil {
		c.Window = op.Window{Kind: op.Attached, Start: 0, End: 1}
	}
	for _, k := range n.Keys {
		c.Keys = append(c.Keys, op.Key{Col: k, Like: in.layout.Cols[k].Like()})
	}
	return c, nil
}

// aggSpecs makes the operators' form of the calls, and empty columns for their states.
func (b *builder) aggSpecs(calls []plan.AggCall) (specs []op.AggSpec, states []*exec.Column, err error) {
	for _, call := range calls {
		make := func() (exec.Aggregate, error) {
			if call.User != nil {
				return expr.NewUserAggregate(call.User, call.ArgTypes, call.Distinct, b.expr)
			}
			if len(call.Order) > 0 {
				order := make([]expr.Order, len(call.Order))
				for i, o := range call.Order {
					order[i] = expr.Order(o)
				}
				return expr.NewOrdered(call.Fn, call.ArgTypes, call.T, call.Distinct, order, b.env.Timezone)
			}
			return expr.NewAggregateIn(call.Fn, call.ArgTypes, call.T, call.Distinct, b.env.Timezone)
		}
		one, err := make()
		if err != nil {
			return nil, nil, err
		}
		for _, l := range one.State() {
			states = append(states, exec.NewColumn(l))
		}
		specs = append(specs, op.AggSpec{Args: call.Args, Filter: call.Filter, Result: exec.NewColumnOf(call.T), New: func() exec.Aggregate {
			a, _ := make() // one was made above
			return a
		}})
	}
	return specs, states, nil
}

// before counts the state columns in front of aggregate i.
func before(specs []op.AggSpec, i int) (n int) {
	for _, s := range specs[:i] {
		n += len(s.New().State())
	}
	return n
}
