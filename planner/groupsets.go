package planner

import (
	"slices"
	"strconv"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// The bounds of GROUPING SETS, those of PostgreSQL: each row counts once a set.
const (
	MaxGroupingSets = 4096
	// MaxCube is the most elements of a CUBE.
	MaxCube = 12
)

// groupSets binds an item of GROUP BY: the alternatives that it stands for, each
// a list of keys. All but GROUPING SETS, ROLLUP and CUBE have just one.
func (k *block) groupSets(x parser.Expr, nested bool) ([][]int, error) {
	switch x := x.(type) {
	case *parser.RowExpr:
		set, err := k.keyList(x.Items, nested)
		return [][]int{set}, err
	case *parser.GroupingSet:
		return k.setsOf(x)
	}
	set, err := k.keyList([]parser.Expr{x}, nested)
	return [][]int{set}, err
}

func (k *block) keyList(xs []parser.Expr, nested bool) ([]int, error) {
	set := []int{}
	for _, x := range xs {
		if c, ok := x.(*parser.Call); ok && nested && windowCalls[callName(c)] {
			return nil, k.b.unsupported(c.P, upper(callName(c))+" within GROUPING SETS, ROLLUP or CUBE").Hint("write it before them: GROUP BY TUMBLE(…), ROLLUP (…)")
		}
		i, err := k.groupKey(x)
		if err != nil {
			return nil, err
		}
		if i >= 0 && !slices.Contains(set, i) {
			set = append(set, i)
		}
	}
	return set, nil
}

func (k *block) setsOf(g *parser.GroupingSet) ([][]int, error) {
	pos := k.b.pos(g.P)
	var parts [][]int
	var all [][]int
	for _, xs := range g.Sets {
		if inner, ok := nestedSet(xs); ok {
			if g.Kind != "GROUPING SETS" {
				return nil, sqlerr.New(sqlerr.SyntaxError, "%s takes expressions, not grouping sets", g.Kind).At(pos)
			}
			sets, err := k.setsOf(inner)
			if err != nil {
				return nil, err
			}
			all = append(all, sets...)
			continue
		}
		set, err := k.keyList(xs, true)
		if err != nil {
			return nil, err
		}
		parts, all = append(parts, set), append(all, set)
	}
	switch g.Kind {
	case "ROLLUP":
		all = all[:0]
		for n := len(parts); n >= 0; n-- {
			all = append(all, union(parts[:n]))
		}
	case "CUBE":
		if len(parts) > MaxCube {
			return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "CUBE is limited to %d elements", MaxCube).At(pos)
		}
		all = all[:0]
		for mask := 1<<len(parts) - 1; mask >= 0; mask-- {
			var some [][]int
			for i, p := range parts {
				if mask>>(len(parts)-1-i)&1 != 0 {
					some = append(some, p)
				}
			}
			all = append(all, union(some))
		}
	}
	if len(all) > MaxGroupingSets {
		return nil, sqlerr.New(sqlerr.StatementTooComplex, "too many grouping sets present (maximum %d)", MaxGroupingSets).At(pos)
	}
	return all, nil
}

func nestedSet(xs []parser.Expr) (*parser.GroupingSet, bool) {
	if len(xs) != 1 {
		return nil, false
	}
	g, ok := xs[0].(*parser.GroupingSet)
	return g, ok
}

func union(sets [][]int) []int {
	out := []int{}
	for _, s := range sets {
		for _, i := range s {
			if !slices.Contains(out, i) {
				out = append(out, i)
			}
		}
	}
	return out
}

// product combines the alternatives of two items.
func product(a, b [][]int) [][]int {
	var out [][]int
	for _, x := range a {
		for _, y := range b {
			out = append(out, union([][]int{x, y}))
		}
	}
	return out
}

// setRows is how grouping sets are computed: each row of the input comes once a
// set, numbered in a column of its own; keys that a set has not are NULL in its rows.
// So the input is read once, and windows and two phases work as ever.
type setRows struct {
	sets [][]int
	col  plan.Expr // the number of the set
	real plan.Expr // false in a row that only makes the group of an empty set; may be nil
	out  *plan.Col // the number of the set in the Aggregate's result
}

var intType = catalog.Of(catalog.Int)

func intConst(n int) *plan.Const { return &plan.Const{T: intType, Text: strconv.Itoa(n)} }

// expandSets puts the rows of all sets on top of node.
func (k *block) expandSets(node plan.Node) (plan.Node, *setRows) {
	g := k.group
	numbers := &plan.Call{Fn: "array", T: catalog.ArrayOf(intType)}
	for i := range g.sets {
		numbers.Args = append(numbers.Args, intConst(i))
	}
	base := len(node.Schema())
	cols := catalog.Schema{{Name: "grouping_set", Type: intType}}
	bounded := node.Bounded() && g.window == nil
	out := plan.Node(&plan.Unnest{Input: node, X: numbers, Cols: cols})
	rows := &setRows{sets: g.sets, col: &plan.Col{Index: base, Name: "grouping_set", T: intType}}
	var empty []int
	for i, s := range g.sets {
		if len(s) == 0 && bounded {
			empty = append(empty, i)
		}
	}
	if len(empty) == 0 {
		return out, rows
	}
	// The group of the empty set is there even if no row is.
	p := passAll(out)
	p.Exprs, p.Names = append(p.Exprs, &plan.Const{T: boolType, Text: "t"}), append(p.Names, "real")
	u := &plan.Union{Ins: []plan.Node{p}, Names: p.Names}
	for _, i := range empty {
		none := &plan.Project{Input: oneRow(), Names: p.Names}
		for _, c := range node.Schema() {
			none.Exprs = append(none.Exprs, &plan.Const{T: c.Type, Null: true})
		}
		none.Exprs = append(none.Exprs, intConst(i), &plan.Const{T: boolType, Text: "f"})
		u.Ins = append(u.Ins, none)
	}
	rows.real = &plan.Col{Index: base + 1, Name: "real", T: boolType}
	return u, rows
}

// key gives a key that is NULL in the rows of sets without it.
func (r *setRows) key(i int, e plan.Expr) plan.Expr {
	in := &plan.Call{Fn: "in", Args: []plan.Expr{r.col}, T: boolType}
	for n, s := range r.sets {
		if slices.Contains(s, i) {
			in.Args = append(in.Args, intConst(n))
		}
	}
	if len(in.Args) == len(r.sets)+1 {
		return e
	}
	return &plan.Case{Whens: []plan.When{{Cond: in, Then: e}}, T: e.Type(), P: e.Pos()}
}

// everywhere tells whether all sets have a key.
func (r *setRows) everywhere(i int) bool {
	return !slices.ContainsFunc(r.sets, func(s []int) bool { return !slices.Contains(s, i) })
}

// filter lets an aggregate see real rows only.
func (r *setRows) filter(f plan.Expr) plan.Expr {
	switch {
	case r == nil || r.real == nil:
		return f
	case f == nil:
		return r.real
	}
	return &plan.Call{Fn: "and", Args: []plan.Expr{r.real, f}, T: boolType}
}

// bindGrouping binds GROUPING(x, …), which the regrouper turns into a number.
func (b *binder) bindGrouping(x *parser.Call, s *exprScope) (plan.Expr, error) {
	pos := b.pos(x.P)
	if s.group == nil || s.inAggregate {
		return nil, sqlerr.New(sqlerr.GroupingError, "grouping operations are not allowed in %s", s.clause).At(pos)
	}
	if len(x.Args) > 31 {
		return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "GROUPING must have fewer than 32 arguments").At(pos)
	}
	if !s.group.any {
		return nil, sqlerr.New(sqlerr.GroupingError, "arguments to GROUPING must be grouping expressions of the associated query level").At(pos)
	}
	args, err := b.exprs(x.Args, &exprScope{rel: s.rel, clause: s.clause, group: s.group, inAggregate: true})
	if err != nil {
		return nil, err
	}
	return &plan.Call{Fn: "grouping", Args: args, T: intType, P: pos}, nil
}

// grouping gives a bit an argument: 1 where it is not among the keys of the set.
func (r *regrouper) grouping(c *plan.Call, fault *error) plan.Expr {
	g := r.k.group
	places := make([]int, len(c.Args))
	for i, a := range c.Args {
		places[i] = slices.IndexFunc(g.keys, func(key plan.Expr) bool { return plan.Equal(key, a) })
		if places[i] < 0 {
			if *fault == nil {
				*fault = sqlerr.New(sqlerr.GroupingError, "arguments to GROUPING must be grouping expressions of the associated query level").At(a.Pos())
			}
			return c
		}
	}
	bits := func(set []int) (v int) {
		for _, p := range places {
			v <<= 1
			if !slices.Contains(set, p) {
				v |= 1
			}
		}
		return v
	}
	if r.rows == nil {
		return intConst(0)
	}
	out := &plan.Case{T: intType, Else: intConst(0), P: c.P}
	for n, set := range r.rows.sets {
		if v := bits(set); v != 0 {
			is := &plan.Call{Fn: "=", Args: []plan.Expr{r.rows.out, intConst(n)}, T: boolType}
			out.Whens = append(out.Whens, plan.When{Cond: is, Then: intConst(v)})
		}
	}
	if len(out.Whens) == 0 {
		return intConst(0)
	}
	return out
}

// setKeys gives the Aggregate the number of the set and the keys of all sets.
func (k *block) setKeys(keys []plan.Expr, agg *plan.Aggregate, low *lowerProject, r *regrouper) error {
	if r.rows == nil {
		return nil
	}
	place := func(e plan.Expr) int {
		return slices.IndexFunc(k.group.keys, func(key plan.Expr) bool { return plan.Equal(key, e) })
	}
	for i, e := range k.group.keys {
		isKey := slices.ContainsFunc(keys, func(key plan.Expr) bool { return plan.Equal(key, e) })
		if !isKey && !r.rows.everywhere(i) { // the bounds of a window
			return k.b.unsupported(k.sel.GroupBy[0].Pos(), "a window that not all grouping sets have")
		}
	}
	agg.Keys = append(agg.Keys, low.add(r.rows.col, "grouping_set"))
	r.rows.out = r.column(agg, "grouping_set", intType)
	for i, e := range keys {
		name := exprName(e)
		if _, ok := e.(*plan.Col); !ok {
			name = "key" + strconv.Itoa(i+1)
		}
		agg.Keys = append(agg.Keys, low.add(r.rows.key(place(e), e), name))
		r.keys, r.outs = append(r.keys, e), append(r.outs, r.column(agg, name, e.Type()))
	}
	return nil
}
