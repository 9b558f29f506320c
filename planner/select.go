package planner

import (
	"slices"
	"strconv"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// item is a column of a SELECT list.
type item struct {
	x     parser.Expr // nil for what * stands for
	e     plan.Expr
	name  string
	alias bool
}

// block is a SELECT block being bound.
type block struct {
	b      *binder
	sel    *parser.Select
	rel    *rel
	group  *grouping
	items  []item
	orders []order
	hoist  *hoister // over rel.node
}

// order is a sort key: an output column, or an expression of its own.
type order struct {
	col        int // -1: e
	e          plan.Expr
	desc       bool
	nullsFirst bool
	pos        parser.Pos
}

func (b *binder) selectBlock(sel *parser.Select, q *parser.Query, scope *ctes, opt *queryOptions) (plan.Node, error) {
	switch {
	case len(sel.DistinctOn) > 0:
		return nil, b.unsupported(sel.P, "DISTINCT ON")
	case sel.Qualify != nil:
		return nil, b.unsupported(sel.Qualify.Pos(), "QUALIFY")
	case len(sel.Windows) > 0:
		return nil, b.unsupported(sel.Windows[0].Name.P, "WINDOW (a named window)")
	}
	k := &block{b: b, sel: sel}
	defer func(outer *ctes) { b.ctes = outer }(b.ctes)
	b.ctes = scope
	b.markIn(sel.Where)
	b.markIn(sel.Having)
	if err := k.source(scope); err != nil {
		return nil, err
	}
	if err := k.expand(); err != nil {
		return nil, err
	}
	if err := k.groupBy(); err != nil {
		return nil, err
	}
	s := &exprScope{rel: k.rel, group: k.group, clause: "SELECT"}
	for i := range k.items {
		if it := &k.items[i]; it.e == nil {
			e, err := b.expr(it.x, s)
			if err != nil {
				return nil, err
			}
			it.e = e
			if own := exprName(e); !it.alias && strings.EqualFold(own, it.name) {
				it.name = own // as it is declared, not as it is written here
			}
		}
	}
	var having plan.Expr
	if sel.Having != nil {
		e, err := b.boolean(sel.Having, &exprScope{rel: k.rel, group: k.group, clause: "HAVING"}, "argument of HAVING")
		if err != nil {
			return nil, err
		}
		having = e
	}
	if err := k.orderBy(q.OrderBy); err != nil {
		return nil, err
	}
	plain := !sel.Distinct && len(q.OrderBy) == 0 && q.Limit == nil && q.Offset == nil
	if !plain || opt == nil || !opt.keep && opt.targets == nil {
		if err := k.decide(); err != nil {
			return nil, err
		}
	}
	return k.build(having)
}

// source binds FROM and WHERE.
func (k *block) source(scope *ctes) error {
	b := k.b
	r, err := b.from(k.sel.From, scope)
	if err != nil {
		return err
	}
	if r == nil {
		r = &rel{node: oneRow()}
	}
	var conds, later []plan.Expr
	if k.sel.Where != nil {
		cond, err := b.boolean(k.sel.Where, &exprScope{rel: r, clause: "WHERE"}, "argument of WHERE")
		if err != nil {
			return err
		}
		for _, c := range conjuncts(cond) {
			if asks(c) {
				later = append(later, c)
			} else {
				conds = append(conds, c)
			}
		}
	}
	if r.node, err = b.settleJoins(r.node, conds); err != nil {
		return err
	}
	k.rel, k.hoist = r, &hoister{b: b, node: r.node}
	for _, c := range later {
		if err := k.hoist.filter(c); err != nil {
			return err
		}
	}
	r.node = k.hoist.node
	return nil
}

// expand makes the list of columns, with * and t.* written out.
func (k *block) expand() error {
	for _, it := range k.sel.Items {
		switch x := it.X.(type) {
		case *parser.Star:
			if err := k.star(x); err != nil {
				return err
			}
			continue
		case *parser.Field:
			if x.Name.Text == "*" && !x.Name.Quoted {
				if err := k.rowStar(x); err != nil {
					return err
				}
				continue
			}
		}
		n := item{x: it.X, name: columnName(it.X)}
		if it.Alias != nil {
			n.name, n.alias = it.Alias.Text, true
		}
		k.items = append(k.items, n)
	}
	if len(k.items) > MaxColumns {
		return sqlerr.New(sqlerr.ProgramLimitExceeded, "target lists can have at most %d entries", MaxColumns).At(k.b.pos(k.sel.P))
	}
	return nil
}

func (k *block) star(x *parser.Star) error {
	b := k.b
	if len(x.Table) == 0 {
		if len(k.sel.From) == 0 {
			return sqlerr.New(sqlerr.SyntaxError, "SELECT * with no tables specified is not valid").At(b.pos(x.P))
		}
		for i := range k.rel.cols {
			if c := &k.rel.cols[i]; !c.qualifiedOnly {
				k.items = append(k.items, item{e: c.ref(b.pos(x.P)), name: c.name})
			}
		}
		return nil
	}
	last := x.Table.Last()
	ts := k.rel.table(last, x.Table[:len(x.Table)-1])
	if len(ts) == 0 {
		if e, err := b.lookup(k.rel, &parser.ColumnRef{Parts: x.Table}); err == nil && e.Type().Kind == catalog.Row {
			k.rowItems(e)
			return nil
		}
		e := sqlerr.New(sqlerr.UndefinedTable, "missing FROM-clause entry for table \"%s\"", last.Text).At(b.pos(last.P))
		return hintName(e, last.Text, k.rel.tableNames())
	}
	for i := range k.rel.cols {
		if c := &k.rel.cols[i]; c.table == ts[0].id {
			k.items = append(k.items, item{e: c.ref(b.pos(x.P)), name: c.name})
		}
	}
	return nil
}

// rowStar is (x).*: the fields of a ROW.
func (k *block) rowStar(x *parser.Field) error {
	e, err := k.b.expr(x.X, &exprScope{rel: k.rel, clause: "SELECT"})
	if err != nil {
		return err
	}
	if e.Type().Kind != catalog.Row {
		return sqlerr.New(sqlerr.WrongObjectType, "column notation .* applied to type %s, which is not a composite type",
			typeName(e.Type())).At(k.b.pos(x.Name.P))
	}
	k.rowItems(e)
	return nil
}

func (k *block) rowItems(e plan.Expr) {
	for i, f := range e.Type().Fields {
		k.items = append(k.items, item{e: &plan.FieldOf{X: e, Index: i, Name: f.Name, T: f.Type, P: e.Pos()}, name: f.Name})
	}
}

// output finds a SELECT column by its name, for ORDER BY and GROUP BY.
func (k *block) output(id parser.Ident) (found []int) {
	for _, exact := range []bool{true, false} {
		for i, it := range k.items {
			if sameName(it.name, id, exact) {
				found = append(found, i)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// ordinal reads ORDER BY 2; ok is false when x is no number.
func (k *block) ordinal(x parser.Expr, clause string) (i int, ok bool, err error) {
	sign, pos := "", k.b.pos(x.Pos())
	if u, ok := x.(*parser.Unary); ok && u.Op == "-" {
		x, sign = u.X, "-"
	}
	l, isLit := x.(*parser.Literal)
	if !isLit {
		return 0, false, nil
	}
	if l.Kind != "int" {
		return 0, false, sqlerr.New(sqlerr.SyntaxError, "non-integer constant in %s", clause).At(pos)
	}
	n, err := strconv.Atoi(sign + l.Text)
	if err != nil || n < 1 || n > len(k.items) {
		return 0, false, sqlerr.New(sqlerr.InvalidColumnReference, "%s position %s is not in select list", clause, sign+l.Text).At(pos)
	}
	return n - 1, true, nil
}

func (k *block) orderBy(list []parser.OrderItem) error {
	for _, o := range list {
		key := order{col: -1, desc: o.Desc, nullsFirst: o.Desc, pos: beginning(o.X)}
		if o.NullsFirst != nil {
			key.nullsFirst = *o.NullsFirst
		}
		i, ok, err := k.ordinal(o.X, "ORDER BY")
		if err != nil {
			return err
		}
		if ref, isRef := o.X.(*parser.ColumnRef); !ok && isRef && len(ref.Parts) == 1 {
			found := k.output(ref.Parts[0])
			if len(found) > 1 && !k.sameItems(found) {
				return sqlerr.New(sqlerr.AmbiguousColumn, "ORDER BY \"%s\" is ambiguous", ref.Parts[0].Text).At(k.b.pos(ref.Pos()))
			}
			if len(found) > 0 {
				i, ok = found[0], true
			}
		}
		if ok {
			key.col = i
		} else if err := k.orderExpr(&key, o.X); err != nil {
			return err
		}
		k.orders = append(k.orders, key)
	}
	return nil
}

func (k *block) orderExpr(key *order, x parser.Expr) error {
	e, err := k.b.expr(x, &exprScope{rel: k.rel, group: k.group, clause: "ORDER BY"})
	if err != nil {
		return err
	}
	if e, err = k.b.decide(e); err != nil {
		return err
	}
	for i, it := range k.items {
		if plan.Equal(it.e, e) {
			key.col = i
			return nil
		}
	}
	key.e = e
	return nil
}

func (k *block) sameItems(found []int) bool {
	return !slices.ContainsFunc(found, func(i int) bool { return !plan.Equal(k.items[i].e, k.items[found[0]].e) })
}

func (k *block) decide() error {
	for i := range k.items {
		e, err := k.b.decide(k.items[i].e)
		if err != nil {
			return err
		}
		k.items[i].e = e
	}
	return nil
}

// build makes the nodes above FROM and WHERE.
func (k *block) build(having plan.Expr) (plan.Node, error) {
	h := k.hoist
	if k.grouped() {
		n, rewrite, err := k.aggregate()
		if err != nil {
			return nil, err
		}
		h = &hoister{b: k.b, node: n}
		for i := range k.items {
			if k.items[i].e, err = rewrite(k.items[i].e); err != nil {
				return nil, err
			}
		}
		for i := range k.orders {
			if o := &k.orders[i]; o.e != nil {
				if o.e, err = rewrite(o.e); err != nil {
					return nil, err
				}
			}
		}
		if having != nil {
			if having, err = rewrite(having); err != nil {
				return nil, err
			}
			if err := h.filter(having); err != nil {
				return nil, err
			}
		}
	}
	p := &plan.Project{}
	for _, it := range k.items {
		p.Exprs, p.Names = append(p.Exprs, h.expr(it.e)), append(p.Names, it.name)
	}
	for i := range k.orders {
		k.orders[i].e = h.expr(k.orders[i].e)
	}
	if h.err != nil {
		return nil, h.err
	}
	p.Input = h.node
	if k.sel.Distinct {
		return k.buildDistinct(p)
	}
	return k.sorted(p, p)
}

func (k *block) buildDistinct(p *plan.Project) (plan.Node, error) {
	for _, o := range k.orders {
		if o.col < 0 {
			return nil, sqlerr.New(sqlerr.InvalidColumnReference, "for SELECT DISTINCT, ORDER BY expressions must appear in select list").At(k.b.pos(o.pos))
		}
	}
	d, err := k.b.distinct(p, k.sel.P, "DISTINCT")
	if err != nil {
		return nil, err
	}
	return k.sorted(d, nil)
}

// sorted puts the Sort on top. Keys that are no output columns become columns of
// p for the time of the sort.
func (k *block) sorted(node plan.Node, p *plan.Project) (plan.Node, error) {
	if len(k.orders) == 0 {
		return node, nil
	}
	s := &plan.Sort{Input: node, Limit: -1}
	width := len(k.items)
	for _, o := range k.orders {
		col := o.col
		if col < 0 {
			col = len(p.Exprs)
			p.Exprs, p.Names = append(p.Exprs, o.e), append(p.Names, exprName(o.e))
		}
		s.Keys = append(s.Keys, plan.SortKey{Col: col, Desc: o.desc, NullsFirst: o.nullsFirst})
	}
	if err := k.b.checkSort(s, k.orders[0].pos); err != nil {
		return nil, err
	}
	if p == nil || len(p.Exprs) == width {
		return s, nil
	}
	out := passAll(s)
	out.Exprs, out.Names = out.Exprs[:width], out.Names[:width]
	return out, nil
}

// checkSort refuses what cannot be ordered.
func (b *binder) checkSort(s *plan.Sort, pos parser.Pos) error {
	schema := s.Input.Schema()
	for _, key := range s.Keys {
		if t := schema[key.Col].Type; t.Kind == catalog.JSON || t.Kind == catalog.Map {
			return sqlerr.New(sqlerr.UndefinedFunction, "could not identify an ordering operator for type %s", typeName(t)).At(b.pos(pos))
		}
	}
	if !s.Input.Bounded() {
		return b.unboundedError(pos, "ORDER BY")
	}
	return nil
}

// unboundedError refuses what needs the end of its input.
func (b *binder) unboundedError(pos parser.Pos, what string) *sqlerr.Error {
	return sqlerr.New(sqlerr.FeatureNotSupported, "%s over an unbounded stream is not supported", what).At(b.pos(pos)).
		Hint("group by a window, such as TUMBLE(ts, INTERVAL '1' MINUTE), or bound the scan with 'scan.bounded.mode' = 'latest-offset'")
}

// orderByOutput sorts a UNION or VALUES, by its columns alone.
func (b *binder) orderByOutput(node plan.Node, q *parser.Query) (plan.Node, error) {
	if len(q.OrderBy) == 0 {
		return node, nil
	}
	k := &block{b: b, rel: &rel{node: node}}
	for i, c := range node.Schema() {
		k.items = append(k.items, item{name: c.Name, e: &plan.Col{Index: i, Name: c.Name, T: c.Type}})
	}
	for _, o := range q.OrderBy {
		_, isLit := o.X.(*parser.Literal)
		if ref, ok := o.X.(*parser.ColumnRef); ok && len(ref.Parts) == 1 {
			if len(k.output(ref.Parts[0])) == 0 {
				return nil, sqlerr.New(sqlerr.UndefinedColumn, "column \"%s\" does not exist", ref.Parts[0].Text).At(b.pos(ref.Pos()))
			}
		} else if !isLit {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "invalid UNION/INTERSECT/EXCEPT ORDER BY clause").At(b.pos(beginning(o.X))).
				WithDetail("Only result column names can be used, not expressions or functions.")
		}
	}
	if err := k.orderBy(q.OrderBy); err != nil {
		return nil, err
	}
	return k.sorted(node, nil)
}
