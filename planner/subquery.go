package planner

import (
	"slices"
	"strconv"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// Subqueries in expressions are questions too, with the place of their plan in
// binder.subs as first argument: askSubquery's answer is the value of a subquery of
// one row, askIn's whether the other arguments are a row of the subquery. What is
// unknown counts as none, so an IN stands only where that is the same.
const (
	askSubquery = "@subquery"
	askIn       = "@in"
)

// subqueryClauses are the places where a subquery in an expression may stand.
var subqueryClauses = map[string]bool{"SELECT": true, "WHERE": true, "GROUP BY": true, "HAVING": true, "ORDER BY": true, "FILTER": true,
	"functions in SQL": true}

// subquery binds a bounded query in an expression. It cannot see the columns around it.
func (b *binder) subquery(q *parser.Query, s *exprScope, what string, pos parser.Pos) (plan.Node, error) {
	node, err := b.innerQuery(q, s, what, pos)
	if err == nil && !node.Bounded() {
		return nil, b.unsupported(pos, what+" over an unbounded stream").Hint("write it as a join")
	}
	return node, err
}

func (b *binder) innerQuery(q *parser.Query, s *exprScope, what string, pos parser.Pos) (plan.Node, error) {
	if !subqueryClauses[s.clause] {
		return nil, b.unsupported(pos, what+" in "+s.clause)
	}
	if s.rel != nil {
		b.around = append(b.around, s.rel)
		defer func() { b.around = b.around[:len(b.around)-1] }()
	}
	return b.query(q, b.ctes, nil)
}

// isAround says that a name is one of the query around a subquery.
func (b *binder) isAround(x *parser.ColumnRef) bool {
	for _, r := range b.around {
		if _, err := b.lookup(r, x); err == nil {
			return true
		}
	}
	return false
}

// oneColumn wants a single column of a subquery.
func (b *binder) oneColumn(n plan.Node, pos parser.Pos) error {
	if len(n.Schema()) == 1 {
		return nil
	}
	return sqlerr.New(sqlerr.SyntaxError, "subquery must return only one column").At(b.pos(pos))
}

// keepSub keeps a subquery's plan until it is hoisted and gives its place.
func (b *binder) keepSub(n plan.Node) *plan.Const {
	b.subs = append(b.subs, n)
	return text(strconv.Itoa(len(b.subs) - 1))
}

// bindSubquery binds (SELECT …) as a value.
func (b *binder) bindSubquery(x *parser.Subquery, s *exprScope) (plan.Expr, error) {
	if x.Array {
		return nil, b.unsupported(x.P, "ARRAY (subquery)")
	}
	node, err := b.subquery(x.Query, s, "a subquery in an expression", x.P)
	if err != nil {
		return nil, err
	}
	if err := b.oneColumn(node, x.P); err != nil {
		return nil, err
	}
	if !oneRowAtMost(node) {
		return nil, b.unsupported(x.P, "a subquery in an expression that may give several rows").Hint("aggregate it, or end it with LIMIT 1")
	}
	return &plan.Call{Fn: askSubquery, Args: []plan.Expr{b.keepSub(node)}, T: node.Schema()[0].Type, P: b.pos(x.P)}, nil
}

// oneRowAtMost says that a node has no more than one row.
func oneRowAtMost(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Project, *plan.Filter, *plan.Sort:
		return oneRowAtMost(n.Inputs()[0])
	case *plan.Limit:
		return n.Count >= 0 && n.Count <= 1 && n.CountParam == 0 || oneRowAtMost(n.Input)
	case *plan.Aggregate:
		return len(n.Keys) == 0 && n.Window == nil
	case *plan.Values:
		return len(n.Rows) <= 1
	case *plan.Expand:
		return (n.First || alwaysOne(n)) && oneRowAtMost(n.Input)
	}
	return false
}

// bindExists binds EXISTS (SELECT …): whether one of its rows can be counted.
func (b *binder) bindExists(x *parser.Exists, s *exprScope) (plan.Expr, error) {
	if e, err := b.bindCorrelated(x, s); e != nil || err != nil {
		return e, err
	}
	node, err := b.subquery(x.Query, s, "EXISTS (subquery)", x.P)
	if err != nil {
		return nil, err
	}
	big := catalog.Of(catalog.BigInt)
	count := &plan.Aggregate{Input: &plan.Limit{Input: node, Count: 1}, Keys: []int{}, Names: []string{"count"}, Types: []catalog.Type{big},
		Aggs: []plan.AggCall{{Fn: "count", Args: []int{}, ArgTypes: []catalog.Type{}, Filter: -1, T: big}}}
	pos := b.pos(x.P)
	value := &plan.Call{Fn: askSubquery, Args: []plan.Expr{b.keepSub(count)}, T: big, P: pos}
	return b.compare(">", value, &plan.Const{T: big, Text: "0", P: pos}, pos)
}

// markIn notes the INs of a condition for which unknown is as good as false.
func (b *binder) markIn(x parser.Expr) {
	for {
		switch e := x.(type) {
		case *parser.Binary:
			if e.Op != "AND" && e.Op != "OR" {
				return
			}
			b.markIn(e.R)
			x = e.L
			continue
		case *parser.In:
			if e.Query != nil && !e.Not {
				if b.plainIn == nil {
					b.plainIn = map[*parser.In]bool{}
				}
				b.plainIn[e] = true
			}
		}
		return
	}
}

// bindInQuery binds x IN (SELECT …).
func (b *binder) bindInQuery(x *parser.In, s *exprScope) (plan.Expr, error) {
	if !b.plainIn[x] {
		what := "IN (subquery)"
		if x.Not {
			what = "NOT IN (subquery)"
		}
		return nil, b.unsupported(x.Word, what+" here").Hint("IN stands as a condition of WHERE or HAVING, maybe with AND and OR; else write it as a join")
	}
	e, err := b.expr(x.X, s)
	if err != nil {
		return nil, err
	}
	node, err := b.subquery(x.Query, s, "IN (subquery)", x.Word)
	if err != nil {
		return nil, err
	}
	if len(node.Schema()) != 1 {
		return nil, sqlerr.New(sqlerr.SyntaxError, "subquery has too many columns").At(b.pos(x.Word))
	}
	return b.among([]plan.Expr{e}, node, x.Word)
}

// among asks whether values are a row of a subquery.
func (b *binder) among(values []plan.Expr, node plan.Node, pos parser.Pos) (plan.Expr, error) {
	out := &plan.Call{Fn: askIn, Args: []plan.Expr{nil}, T: boolType, P: b.pos(pos)}
	cast := passAll(node)
	lookup := lookupIn(node) != nil
	changed := false
	for i, c := range node.Schema() {
		eq, err := b.compare("=", values[i], &plan.Col{Index: i, Name: c.Name, T: c.Type}, b.pos(pos))
		if err != nil {
			return nil, err
		}
		call, ok := eq.(*plan.Call)
		if !ok || call.Fn != "=" || len(call.Args) != 2 {
			return nil, b.unsupported(pos, "IN (subquery) with rows")
		}
		left, right := call.Args[0], call.Args[1]
		if _, bare := right.(*plan.Col); !bare {
			if _, arg, ok := keyPair(right, left); ok && lookup {
				left = arg
			} else {
				cast.Exprs[i], changed = right, true
			}
		}
		out.Args = append(out.Args, left)
	}
	if changed {
		node = cast
	}
	out.Args[0] = b.keepSub(node)
	return out, nil
}

// lookupIn reads a subquery as columns of the rows of a lookup table that pass
// conditions; nil when it is anything else.
func lookupIn(n plan.Node) *lookupRows {
	p, ok := n.(*plan.Project)
	if !ok {
		return nil
	}
	r := &lookupRows{}
	for _, e := range p.Exprs {
		c, ok := e.(*plan.Col)
		if !ok || slices.Contains(r.want, c.Index) {
			return nil
		}
		r.want = append(r.want, c.Index)
	}
	in := p.Input
	if f, ok := in.(*plan.Filter); ok {
		r.conds, in = conjuncts(f.Cond), f.Input
	}
	if r.lookupSide = lookupOf(in); r.lookupSide == nil {
		return nil
	}
	return r
}

// lookupRows are the rows of a lookup table that pass conditions.
type lookupRows struct {
	*lookupSide
	want  []int // of schema
	conds []plan.Expr
}

// sub puts a subquery beside the hoister's node and gives the expression that
// stands for it.
func (h *hoister) sub(c *plan.Call) plan.Expr {
	i, _ := strconv.Atoi(c.Args[0].(*plan.Const).Text) // keepSub wrote it
	node := h.b.subs[i]
	width := len(h.node.Schema())
	if c.Fn == askIn {
		if r := lookupIn(node); r != nil {
			return h.inLookup(c, r)
		}
	}
	if !h.node.Bounded() && node.Bounded() {
		h.fail(sqlerr.New(sqlerr.FeatureNotSupported, "%s in a query over an unbounded stream is not supported", askName(c)).At(c.P).
			Hint("write it as a join, or look the values up in a lookup table"))
		return c
	}
	join := &plan.Join{Left: h.node, Right: node, Kind: plan.Left}
	if c.Fn == askIn {
		d, err := h.b.distinct(node, 0, "IN or EXISTS (subquery)")
		if err != nil {
			h.fail(sqlerr.From(err).At(c.P))
			return c
		}
		join.Right = d
		var eqs []plan.Expr
		for k, y := range d.Schema() {
			eqs = append(eqs, &plan.Call{Fn: "=", Args: []plan.Expr{c.Args[1+k], &plan.Col{Index: width + k, Name: y.Name, T: y.Type}}, T: boolType, P: c.P})
		}
		join.Residual = conjunction(eqs)
	}
	h.b.place(join, 0)
	h.b.joins[join] = c.P
	out, err := h.b.settleJoins(join, nil)
	if err != nil {
		h.fail(err)
		return c
	}
	h.node = out
	y := node.Schema()[0]
	return answered(c, &plan.Col{Index: width, Name: y.Name, T: y.Type, P: c.P})
}

// inLookup asks a lookup table whether it has the values.
func (h *hoister) inLookup(c *plan.Call, r *lookupRows) plan.Expr {
	width := len(h.node.Schema())
	k := &lookupKeys{b: h.b, side: r.lookupSide, lw: width, args: slices.Clone(c.Args[1:])}
	for _, i := range r.want {
		k.keys = append(k.keys, r.cols[i])
	}
	for _, cond := range r.conds {
		k.rest = append(k.rest, shift(cond, width))
	}
	if err := k.check(c.P); err != nil {
		h.fail(err)
		return c
	}
	k.sort()
	h.node = &plan.Expand{Input: h.node, Lookup: r.table, Args: k.args, Keys: k.keys, Columns: r.cols, Cols: r.schema, Left: true, First: true,
		Residual: conjunction(k.rest), WindowEnd: -1, P: c.P}
	y := r.schema[r.want[0]]
	return answered(c, &plan.Col{Index: width + r.want[0], Name: y.Name, T: y.Type, P: c.P})
}

// answered is what a subquery's question has come to.
func answered(c *plan.Call, value plan.Expr) plan.Expr {
	if c.Fn != askIn {
		return value
	}
	return not(&plan.Call{Fn: "is_null", Args: []plan.Expr{value}, T: boolType, P: c.P}, c.P)
}

func (h *hoister) fail(err error) {
	if h.err == nil {
		h.err = err
	}
}
