package planner

import (
	"slices"
	"strconv"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// While a grouped query is bound, these column indexes stand for what the
// Aggregate will give: the window's bounds, and aggregate n at firstAgg - n.
const (
	startMark = -1
	endMark   = -2
	firstAgg  = -3
)

// grouping is the GROUP BY of a block and the aggregates found in it.
type grouping struct {
	keys   []plan.Expr
	window *groupWindow // GROUP BY TUMBLE(…)
	aggs   []aggCall
	any    bool // there is a GROUP BY or HAVING
	// sets are the lists of keys of GROUPING SETS, ROLLUP and CUBE; nil for a
	// plain GROUP BY.
	sets [][]int
}

// aggCall is an aggregate over expressions of the block's input.
type aggCall struct {
	fn       string
	args     []plan.Expr
	distinct bool
	filter   plan.Expr
	order    []plan.AggOrder // its keys are the last of args
	t        catalog.Type
	user     *plan.UserAgg // of an aggregate written in SQL
}

func (k *block) grouped() bool { return k.group.any || len(k.group.aggs) > 0 }

// groupBy binds the GROUP BY list.
func (k *block) groupBy() error {
	k.group = &grouping{any: len(k.sel.GroupBy) > 0 || k.sel.Having != nil}
	sets := [][]int{{}}
	for _, x := range k.sel.GroupBy {
		more, err := k.groupSets(x, false)
		if err != nil {
			return err
		}
		if sets = product(sets, more); len(sets) > MaxGroupingSets {
			return sqlerr.New(sqlerr.StatementTooComplex, "too many grouping sets present (maximum %d)", MaxGroupingSets).At(k.b.pos(x.Pos()))
		}
	}
	if len(sets) > 1 {
		k.group.sets = sets
	}
	return nil
}

// groupKey binds a key and gives its place among the keys; a window is none.
func (k *block) groupKey(x parser.Expr) (int, error) {
	b := k.b
	s := &exprScope{rel: k.rel, clause: "GROUP BY"}
	if c, ok := x.(*parser.Call); ok && c.Over == nil {
		switch name := callName(c); name {
		case "tumble":
			return -1, k.groupWindow(c)
		case "hop", "session", "cumulate":
			return -1, b.unsupported(c.P, upper(name)).Hint("only tumbling windows (TUMBLE) are there")
		}
	}
	e, err := k.groupExpr(x, s)
	if err != nil {
		return -1, err
	}
	if e, err = b.decide(e); err != nil {
		return -1, err
	}
	if t := e.Type(); t.Kind == catalog.JSON || t.Kind == catalog.Map {
		return -1, sqlerr.New(sqlerr.UndefinedFunction, "could not identify an equality operator for type %s", typeName(t)).At(b.pos(x.Pos()))
	}
	for i, old := range k.group.keys {
		if plan.Equal(old, e) {
			return i, nil
		}
	}
	k.group.keys = append(k.group.keys, e)
	return len(k.group.keys) - 1, nil
}

// groupExpr resolves a key: an ordinal, a column of the input, else a column of
// the output, else an expression.
func (k *block) groupExpr(x parser.Expr, s *exprScope) (plan.Expr, error) {
	i, ok, err := k.ordinal(x, "GROUP BY")
	if err != nil {
		return nil, err
	}
	if ref, isRef := x.(*parser.ColumnRef); !ok && isRef && len(ref.Parts) == 1 {
		if len(k.rel.find(ref.Parts[0], func(c *scopeCol) bool { return !c.qualifiedOnly })) == 0 {
			if found := k.output(ref.Parts[0]); len(found) > 0 {
				i, ok = found[0], true
			}
		}
	}
	if !ok {
		return k.b.expr(x, s)
	}
	if k.items[i].e != nil {
		return k.items[i].e, nil
	}
	return k.b.expr(k.items[i].x, s)
}

// bindAggregate binds a call of an aggregate function.
func (b *binder) bindAggregate(x *parser.Call, name string, s *exprScope) (plan.Expr, error) {
	pos := b.pos(x.P)
	switch {
	case s.inAggregate:
		return nil, sqlerr.New(sqlerr.GroupingError, "aggregate function calls cannot be nested").At(pos)
	case s.group == nil:
		clause := s.clause
		if clause == "FROM" {
			return nil, sqlerr.New(sqlerr.GroupingError, "aggregate functions are not allowed in FROM clause of their own query level").At(pos)
		}
		return nil, sqlerr.New(sqlerr.GroupingError, "aggregate functions are not allowed in %s", clause).At(pos)
	}
	if err := b.checkOrdered(x, name); err != nil {
		return nil, err
	}
	inner := &exprScope{rel: s.rel, clause: s.clause, group: s.group, inAggregate: true}
	list, err := b.plainArgs(x, name)
	if err != nil {
		return nil, err
	}
	call := aggCall{fn: name, distinct: x.Distinct}
	if x.WithinGroup {
		list = append(slices.Clone(list), x.OrderBy[0].X)
		call.order = []plan.AggOrder{orderOf(x.OrderBy[0])}
	}
	args, err := b.exprs(list, inner)
	if err != nil {
		return nil, err
	}
	sigs := b.signatures(name)
	if x.Star && name != "count" {
		return nil, b.undefinedFunction(x, name, nil)
	}
	if !x.Star && len(args) == 0 && name == "count" {
		return nil, sqlerr.New(sqlerr.WrongObjectType, "count(*) must be used to call a parameterless aggregate function").At(pos)
	}
	if x.Star && x.Distinct {
		return nil, sqlerr.New(sqlerr.SyntaxError, "DISTINCT specified, but count(*) has no argument").At(pos)
	}
	if x.Star {
		call.t = catalog.Of(catalog.BigInt)
	} else {
		c, ambiguous := resolve(sigs, typesOf(args), false)
		if c == nil && ambiguous {
			return nil, sqlerr.New(sqlerr.AmbiguousFunction, "function %s is not unique", signatureText(name, args)).At(pos).
				Hint("Could not choose a best candidate function. You might need to add explicit type casts.")
		}
		if c == nil {
			return nil, b.undefinedFunction(x, name, args)
		}
		if call.args, err = b.convertArgs(c, args); err != nil {
			return nil, err
		}
		if call.t, err = resultType(c, call.args); err != nil {
			return nil, sqlerr.From(err).At(pos)
		}
	}
	if !x.WithinGroup && (len(x.OrderBy) > 0 || x.Distinct) {
		if err := b.orderAggregate(&call, x, inner); err != nil {
			return nil, err
		}
	}
	if x.Filter != nil {
		fs := &exprScope{rel: s.rel, clause: "FILTER", inAggregate: false}
		if call.filter, err = b.boolean(x.Filter, fs, "argument of FILTER"); err != nil {
			return nil, err
		}
		guard(call.args, call.filter)
	}
	return s.group.add(call, pos), nil
}

// guard makes sure that arguments are computed only for rows that pass the filter:
// sum(a / b) FILTER (WHERE b <> 0) does not divide by zero.
func guard(args []plan.Expr, filter plan.Expr) {
	for i, a := range args {
		switch a.(type) {
		case *plan.Col, *plan.Const:
		default:
			args[i] = &plan.Case{Whens: []plan.When{{Cond: filter, Then: a}}, T: a.Type()}
		}
	}
}

// add notes an aggregate, once for equal ones.
func (g *grouping) add(c aggCall, pos sqlerr.Pos) plan.Expr {
	at := -1
	for i, old := range g.aggs {
		if old.fn == c.fn && old.distinct == c.distinct && plan.Equal(old.filter, c.filter) && equalAll(old.args, c.args) && slices.Equal(old.order, c.order) {
			at = i
		}
	}
	if at < 0 {
		at = len(g.aggs)
		g.aggs = append(g.aggs, c)
	}
	return &plan.Col{Index: firstAgg - at, Name: c.fn, T: c.t, P: pos}
}

func equalAll(a, b []plan.Expr) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !plan.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// lowerProject collects the expressions that an Aggregate works on, each once.
type lowerProject struct {
	p *plan.Project
	h *hoister // takes out what they ask; nil: they ask nothing
}

func (l *lowerProject) add(e plan.Expr, name string) int {
	if l.h != nil {
		e = l.h.expr(e)
		l.p.Input = l.h.node
	}
	for i, old := range l.p.Exprs {
		if plan.Equal(old, e) {
			return i
		}
	}
	l.p.Exprs, l.p.Names = append(l.p.Exprs, e), append(l.p.Names, name)
	return len(l.p.Exprs) - 1
}

// aggregate makes the Aggregate over the block's input, and a function that
// turns expressions over the input into ones over its result.
func (k *block) aggregate() (plan.Node, func(plan.Expr) (plan.Expr, error), error) {
	g := k.group
	if k.hoist == nil {
		k.hoist = &hoister{b: k.b, node: k.rel.node}
	}
	r := &regrouper{k: k}
	if len(g.sets) > 0 {
		k.hoist.node, r.rows = k.expandSets(k.hoist.node)
	}
	low := &lowerProject{p: &plan.Project{Input: k.hoist.node}, h: k.hoist}
	agg := &plan.Aggregate{}
	keys, err := k.window(agg, low, r)
	if err != nil {
		return nil, nil, err
	}
	if err := k.setKeys(keys, agg, low, r); err != nil {
		return nil, nil, err
	}
	for i, e := range keys {
		if r.rows != nil {
			break
		}
		name := exprName(e)
		if _, ok := e.(*plan.Col); !ok {
			name = "key" + strconv.Itoa(i+1)
		}
		agg.Keys = append(agg.Keys, low.add(e, name))
		r.keys, r.outs = append(r.keys, e), append(r.outs, r.column(agg, name, e.Type()))
	}
	for _, c := range g.aggs {
		call := plan.AggCall{Fn: c.fn, Distinct: c.distinct, Filter: -1, T: c.t, User: c.user}
		for _, a := range c.args {
			call.Args, call.ArgTypes = append(call.Args, low.add(a, exprName(a))), append(call.ArgTypes, a.Type())
		}
		if f := r.rows.filter(c.filter); f != nil {
			call.Filter = low.add(f, "filter")
		}
		call.Order = c.order
		agg.Aggs = append(agg.Aggs, call)
		r.aggs = append(r.aggs, r.column(agg, c.fn, c.t))
	}
	agg.Input = low.p
	if k.hoist.err != nil {
		return nil, nil, k.hoist.err
	}
	if err := k.finishWindow(agg); err != nil {
		return nil, nil, err
	}
	return agg, r.rewrite, nil
}

// regrouper rewrites expressions over a block's input into ones over its groups.
type regrouper struct {
	k          *block
	start, end *plan.Col
	keys       []plan.Expr // what has an output …
	outs       []plan.Expr // … and which
	aggs       []plan.Expr
	rows       *setRows // of grouping sets
}

// column adds an output column to the Aggregate.
func (r *regrouper) column(agg *plan.Aggregate, name string, t catalog.Type) *plan.Col {
	agg.Names, agg.Types = append(agg.Names, name), append(agg.Types, t)
	return &plan.Col{Index: len(agg.Types) - 1, Name: name, T: t}
}

func (r *regrouper) rewrite(e plan.Expr) (plan.Expr, error) {
	var fault error
	out := r.expr(e, &fault)
	return out, fault
}

func (r *regrouper) expr(e plan.Expr, fault *error) plan.Expr {
	for i, key := range r.keys {
		if plan.Equal(key, e) {
			return at(r.outs[i], e.Pos())
		}
	}
	if c, ok := e.(*plan.Call); ok && c.Fn == "grouping" {
		return r.grouping(c, fault)
	}
	c, ok := e.(*plan.Col)
	if !ok {
		return plan.MapOperands(e, func(o plan.Expr) plan.Expr { return r.expr(o, fault) })
	}
	switch {
	case c.Index == startMark:
		return at(r.start, c.P)
	case c.Index == endMark:
		return at(r.end, c.P)
	case c.Index <= firstAgg:
		return at(r.aggs[firstAgg-c.Index], c.P)
	}
	if *fault == nil {
		*fault = sqlerr.New(sqlerr.GroupingError, "column \"%s\" must appear in the GROUP BY clause or be used in an aggregate function",
			r.k.qualified(c.Index)).At(c.P)
	}
	return e
}

// at gives a column the place of what it replaces.
func at(e plan.Expr, pos sqlerr.Pos) plan.Expr {
	if c, ok := e.(*plan.Col); ok {
		d := *c
		d.P = pos
		return &d
	}
	return e
}

// qualified is a column's name as PostgreSQL's grouping errors have it.
func (k *block) qualified(index int) string {
	for _, c := range k.rel.cols {
		if c.index != index {
			continue
		}
		for _, t := range k.rel.tables {
			if t.id == c.table && t.name != "" {
				return t.name + "." + c.name
			}
		}
		return c.name
	}
	return "?column?"
}

// distinct keeps one of equal rows.
func (b *binder) distinct(node plan.Node, pos parser.Pos, what string) (plan.Node, error) {
	s := node.Schema()
	k := &block{b: b, rel: &rel{node: node}, group: &grouping{any: true}, sel: &parser.Select{P: pos}}
	for i, c := range s {
		if c.Type.Kind == catalog.JSON || c.Type.Kind == catalog.Map {
			return nil, sqlerr.New(sqlerr.UndefinedFunction, "could not identify an equality operator for type %s", typeName(c.Type)).At(b.pos(pos))
		}
		k.group.keys = append(k.group.keys, &plan.Col{Index: i, Name: c.Name, T: c.Type})
	}
	keys := k.group.keys
	agg, rewrite, err := k.aggregate()
	if err != nil {
		if e := sqlerr.From(err); e.Code == sqlerr.FeatureNotSupported {
			return nil, b.unboundedError(pos, what)
		}
		return nil, err
	}
	p := &plan.Project{Input: agg}
	for i, e := range keys {
		x, err := rewrite(e)
		if err != nil {
			return nil, err
		}
		p.Exprs, p.Names = append(p.Exprs, x), append(p.Names, s[i].Name)
	}
	return p, nil
}
