package planner

import (
	"slices"

	"github.com/penstock/penstock/planner/plan"
)

// shareExpressions computes what several expressions of a filter and the
// projection above it have in common once, in a projection below them. An
// expression is taken out only where it would be computed for every row anyway,
// so that no fault comes up that a CASE or an AND guards against.
func shareExpressions(b *binder, n plan.Node) plan.Node {
	ins := n.Inputs()
	if p, ok := n.(*plan.Project); ok {
		if f, ok := p.Input.(*plan.Filter); ok {
			in := shareExpressions(b, f.Input)
			conds, exprs, low := b.share(in, []plan.Expr{f.Cond}, p.Exprs)
			above, more, mid := b.share(&plan.Filter{Input: low, Cond: conds[0]}, exprs, nil)
			_ = more
			return &plan.Project{Input: mid, Exprs: above, Names: p.Names}
		}
		in := shareExpressions(b, p.Input)
		exprs, _, low := b.share(in, p.Exprs, nil)
		return &plan.Project{Input: low, Exprs: exprs, Names: p.Names}
	}
	out := make([]plan.Node, len(ins))
	for i, in := range ins {
		out[i] = shareExpressions(b, in)
	}
	if len(out) == 0 {
		return n
	}
	n = plan.WithInputs(n, out)
	if f, ok := n.(*plan.Filter); ok {
		width := len(f.Input.Schema())
		conds, _, low := b.share(f.Input, []plan.Expr{f.Cond}, nil)
		if low != f.Input {
			p := passAll(&plan.Filter{Input: low, Cond: conds[0]})
			p.Exprs, p.Names = p.Exprs[:width], p.Names[:width]
			return p
		}
	}
	return n
}

// share takes out what occurs twice in first and second together, and in first
// without a condition. It returns both rewritten, and the input with the shared
// expressions as columns behind its own.
func (b *binder) share(in plan.Node, first, second []plan.Expr) (_, _ []plan.Expr, low plan.Node) {
	c := &census{b: b}
	for _, e := range first {
		c.count(e, true)
	}
	for _, e := range second {
		c.count(e, false)
	}
	var common []plan.Expr
	for _, e := range c.seen {
		if e.uses > 1 && e.always && !c.coveredBy(e, common) {
			common = append(common, e.x)
		}
	}
	if len(common) == 0 {
		return first, second, in
	}
	p := passAll(in)
	width := len(p.Exprs)
	for _, e := range common {
		p.Exprs, p.Names = append(p.Exprs, e), append(p.Names, exprName(e))
	}
	use := func(x plan.Expr) plan.Expr { return replaceAll(x, common, width) }
	f, s := slices.Clone(first), slices.Clone(second)
	for i := range f {
		f[i] = use(f[i])
	}
	for i := range s {
		s[i] = use(s[i])
	}
	return f, s, p
}

// replaceAll puts columns in place of the shared expressions, outermost first.
func replaceAll(x plan.Expr, common []plan.Expr, width int) plan.Expr {
	for i, e := range common {
		if plan.Equal(e, x) {
			return &plan.Col{Index: width + i, Name: exprName(e), T: e.Type(), P: x.Pos()}
		}
	}
	return plan.MapOperands(x, func(o plan.Expr) plan.Expr { return replaceAll(o, common, width) })
}

// census counts equal expressions.
type census struct {
	b    *binder
	seen []*counted
	size int
}

// maxCensus bounds how many different expressions are compared with each other.
const maxCensus = 2000

type counted struct {
	x      plan.Expr
	uses   int
	always bool // computed for every row somewhere
	within int  // uses inside larger expressions that are shared themselves
}

// count notes x and what is inside it.
func (c *census) count(x plan.Expr, always bool) {
	if cheap(x) || constant(x) {
		return
	}
	if c.b.immutable(x) && c.note(x, always) {
		return // what is inside was counted with its first occurrence
	}
	switch e := x.(type) {
	case *plan.Case:
		for i, w := range e.Whens {
			c.count(w.Cond, always && i == 0)
			c.count(w.Then, false)
		}
		if e.Else != nil {
			c.count(e.Else, false)
		}
	case *plan.Call:
		lazy := e.Fn == "and" || e.Fn == "or" || e.Fn == "coalesce" || e.Fn == "if" || e.Fn == "ifnull"
		for i, a := range e.Args {
			c.count(a, always && (i == 0 || !lazy))
		}
	default:
		for _, o := range plan.Operands(x) {
			c.count(o, always)
		}
	}
}

// note counts x; true if it was known already.
func (c *census) note(x plan.Expr, always bool) bool {
	if len(c.seen) >= maxCensus {
		return false
	}
	for _, s := range c.seen {
		if plan.Equal(s.x, x) {
			s.uses++
			s.always = s.always || always
			return true
		}
	}
	c.seen = append(c.seen, &counted{x: x, uses: 1, always: always})
	return false
}

// coveredBy says that every occurrence of e lies inside one of the larger
// expressions that are shared already, which come first in seen.
func (c *census) coveredBy(e *counted, common []plan.Expr) bool {
	for _, big := range common {
		plan.WalkExpr(big, func(x plan.Expr) bool {
			if plan.Equal(x, e.x) {
				e.within++
				return false
			}
			return true
		})
	}
	return e.within >= e.uses
}
