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
	switch n := n.(type) {
	case *plan.Project:
		in, exprs := b.flatten(n)
		if f, ok := in.(*plan.Filter); ok {
			return b.shareFiltered(shareExpressions(b, f.Input), conjuncts(f.Cond), exprs, n.Names)
		}
		return b.shareProject(shareExpressions(b, in), exprs, n.Names)
	case *plan.Filter:
		all := passAll(n.Input)
		return b.shareFiltered(shareExpressions(b, n.Input), conjuncts(n.Cond), all.Exprs, all.Names)
	}
	ins := n.Inputs()
	if len(ins) == 0 {
		return n
	}
	out := make([]plan.Node, len(ins))
	for i, in := range ins {
		out[i] = shareExpressions(b, in)
	}
	return plan.WithInputs(n, out)
}

// flatten writes a stack of projections as one. What was computed once and used
// several times comes behind the outer projection's own expressions, so that it is
// found to be shared again.
func (b *binder) flatten(p *plan.Project) (in plan.Node, exprs []plan.Expr) {
	exprs, in = p.Exprs, p.Input
	for {
		below, ok := in.(*plan.Project)
		if !ok || slices.ContainsFunc(below.Exprs, func(e plan.Expr) bool { return !b.immutable(e) }) {
			return in, exprs
		}
		uses := countUses(exprs, len(below.Exprs))
		flat := make([]plan.Expr, 0, len(exprs))
		for _, e := range exprs {
			flat = append(flat, substitute(e, below.Exprs))
		}
		for i, e := range below.Exprs {
			if uses[i] > 1 && !cheap(e) {
				flat = append(flat, e)
			}
		}
		if exprSize(flat) > maxFlat {
			return in, exprs
		}
		exprs, in = flat, below.Input
	}
}

// maxFlat bounds the size to which flattening may blow expressions up.
const maxFlat = 10_000

func exprSize(xs []plan.Expr) (n int) {
	for _, x := range xs {
		plan.WalkExpr(x, func(plan.Expr) bool {
			n++
			return n <= maxFlat
		})
	}
	return n
}

func countUses(exprs []plan.Expr, width int) []int {
	uses := make([]int, width)
	for _, e := range exprs {
		plan.WalkExpr(e, func(x plan.Expr) bool {
			if c, ok := x.(*plan.Col); ok {
				uses[c.Index]++
			}
			return true
		})
	}
	return uses
}

// shareProject shares among the expressions of a projection alone. Those
// without a name were there to be counted.
func (b *binder) shareProject(in plan.Node, exprs []plan.Expr, names []string) plan.Node {
	exprs, _, low := b.share(in, exprs, nil)
	return &plan.Project{Input: low, Exprs: exprs[:len(names)], Names: names}
}

// shareFiltered shares among conditions and the projection above them. What a
// condition has in common with what comes after it is computed for the rows
// that the conditions before it let through.
func (b *binder) shareFiltered(in plan.Node, conds, exprs []plan.Expr, names []string) plan.Node {
	for i, c := range conds {
		rest := slices.Concat(conds[i+1:], exprs)
		passed := filter(in, conds[:i])
		first, rest, low := b.share(passed, []plan.Expr{c}, rest)
		if low == passed {
			continue
		}
		after := len(conds) - i - 1
		return b.shareFiltered(low, append(first, rest[:after]...), rest[after:], names)
	}
	return b.shareProject(filter(in, conds), exprs, names)
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
	if exprs, _, lower := b.share(in, p.Exprs, nil); lower != in { // they share something themselves
		p.Input, p.Exprs = lower, exprs
	}
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
}

// maxCensus bounds how many different expressions are compared with each other.
const maxCensus = 300

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
