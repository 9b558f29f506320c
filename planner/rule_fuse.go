package planner

import (
	"slices"

	"github.com/penstock/penstock/planner/plan"
)

// fuseWindows lets an Aggregate find the windows itself where it would take them
// from a WindowAssign with nothing but projections and filters between.
func fuseWindows(b *binder, n plan.Node) plan.Node {
	return plan.Transform(n, func(n plan.Node) plan.Node {
		a, ok := n.(*plan.Aggregate)
		if !ok || a.Window == nil || a.Window.Kind != plan.Attached {
			return n
		}
		f := &fusing{b: b}
		if !f.collapse(a) {
			return n
		}
		return f.fused(a)
	})
}

// fusing holds an Aggregate's input, taken down to the WindowAssign's input.
type fusing struct {
	b      *binder
	assign *plan.WindowAssign
	exprs  []plan.Expr // the Aggregate's input columns, over the WindowAssign's output
	conds  []plan.Expr // likewise
}

func (f *fusing) collapse(a *plan.Aggregate) bool {
	f.exprs = passAll(a.Input).Exprs
	for n := a.Input; ; {
		switch x := n.(type) {
		case *plan.Project:
			if slices.ContainsFunc(x.Exprs, func(e plan.Expr) bool { return !f.b.immutable(e) }) {
				return false
			}
			for i, e := range f.exprs {
				f.exprs[i] = substitute(e, x.Exprs)
			}
			for i, e := range f.conds {
				f.conds[i] = substitute(e, x.Exprs)
			}
			n = x.Input
		case *plan.Filter:
			f.conds = append(conjuncts(x.Cond), f.conds...)
			n = x.Input
		case *plan.WindowAssign:
			f.assign = x
			return f.fits(a)
		default:
			return false
		}
	}
}

// fits says that the window's bounds are used as the Aggregate's window and
// nowhere else.
func (f *fusing) fits(a *plan.Aggregate) bool {
	width := len(f.assign.Input.Schema())
	is := func(e plan.Expr, i int) bool {
		c, ok := stripCasts(e).(*plan.Col)
		return ok && c.Index == i
	}
	if !is(f.exprs[a.Window.Start], width) || !is(f.exprs[a.Window.End], width+1) {
		return false
	}
	for _, c := range f.conds {
		if !usesOnly(c, 0, width) {
			return false
		}
	}
	for _, i := range aggregateInputs(a) {
		if !usesOnly(f.exprs[i], 0, width) {
			return false
		}
	}
	return true
}

// aggregateInputs lists the input columns that keys and aggregates use.
func aggregateInputs(a *plan.Aggregate) []int {
	cols := slices.Clone(a.Keys)
	for _, c := range a.Aggs {
		cols = append(cols, c.Args...)
		if c.Filter >= 0 {
			cols = append(cols, c.Filter)
		}
	}
	return cols
}

func (f *fusing) fused(a *plan.Aggregate) plan.Node {
	in := f.assign.Input
	w := f.assign.Window
	time := in.Schema()[w.Time]
	low := &lowerProject{p: &plan.Project{Input: filter(in, f.conds)}}
	names := a.Input.Schema()
	at := func(i int) int { return low.add(f.exprs[i], names[i].Name) }
	w.Time = low.add(&plan.Col{Index: w.Time, Name: time.Name, T: time.Type}, time.Name)
	out := *a
	out.Window = &w
	out.Keys, out.Aggs = slices.Clone(a.Keys), slices.Clone(a.Aggs)
	for i, k := range out.Keys {
		out.Keys[i] = at(k)
	}
	for i := range out.Aggs {
		c := &out.Aggs[i]
		c.Args = slices.Clone(c.Args)
		for k, arg := range c.Args {
			c.Args[k] = at(arg)
		}
		if c.Filter >= 0 {
			c.Filter = at(c.Filter)
		}
	}
	out.Input = low.p
	return &out
}
