package pgcatalog

import (
	"slices"
	"strconv"
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// query is a compiled query: its columns, and its rows within a frame.
type query struct {
	cols []column
	rows func(f *frame) ([][]any, error)
}

// cte finds a WITH query by name, the innermost first.
func (c *compiler) cte(name string) *query {
	for i := len(c.ctes) - 1; i >= 0; i-- {
		if q := c.ctes[i][name]; q != nil {
			return q
		}
	}
	return nil
}

// query compiles a query within a scope (nil: at the top).
func (c *compiler) query(q *parser.Query, up *scope) (*query, error) {
	if q.Recursive {
		return nil, unsupported(q.P, "WITH RECURSIVE")
	}
	if q.Emit != nil {
		return nil, unsupported(q.Emit.P, "EMIT")
	}
	ctes := map[string]*query{}
	c.ctes = append(c.ctes, ctes)
	defer func() { c.ctes = c.ctes[:len(c.ctes)-1] }()
	for _, w := range q.With {
		inner, err := c.query(w.Query, nil)
		if err != nil {
			return nil, err
		}
		cols, err := aliased(inner.cols, parser.Alias{Name: w.Name, Columns: w.Columns})
		if err != nil {
			return nil, err
		}
		ctes[fold(w.Name)] = &query{cols: cols, rows: inner.rows}
	}
	var out *query
	var err error
	if sel, ok := q.Body.(*parser.Select); ok {
		out, err = c.selectBody(sel, q.OrderBy, up)
	} else {
		if out, err = c.body(q.Body, up); err == nil && len(q.OrderBy) > 0 {
			out, err = c.orderOutput(out, q.OrderBy, up)
		}
	}
	if err != nil {
		return nil, err
	}
	return c.limit(out, q, up)
}

func (c *compiler) body(b parser.Body, up *scope) (*query, error) {
	switch b := b.(type) {
	case *parser.Select:
		return c.selectBody(b, nil, up)
	case *parser.Query:
		return c.query(b, up)
	case *parser.Values:
		return c.values(b, up)
	case *parser.SetOp:
		return c.setOp(b, up)
	}
	return nil, sqlerr.New(sqlerr.FeatureNotSupported, "this form of query is not supported over the catalogue")
}

// limit applies LIMIT and OFFSET.
func (c *compiler) limit(q *query, x *parser.Query, up *scope) (*query, error) {
	if x.Limit == nil && x.Offset == nil {
		return q, nil
	}
	bound := func(x parser.Expr) (*expr, error) {
		if x == nil {
			return constant(tInt8, nil), nil
		}
		e, err := c.expr(&scope{up: up}, x)
		if err != nil {
			return nil, err
		}
		return c.coerce(e, tInt8)
	}
	limit, err := bound(x.Limit)
	if err != nil {
		return nil, err
	}
	offset, err := bound(x.Offset)
	if err != nil {
		return nil, err
	}
	return &query{cols: q.cols, rows: func(f *frame) ([][]any, error) {
		rows, err := q.rows(f)
		if err != nil {
			return nil, err
		}
		own := &frame{run: f.run, up: f}
		n, err := offset.eval(own)
		if err != nil {
			return nil, err
		}
		if n, ok := n.(int64); ok {
			if n < 0 {
				return nil, sqlerr.New(sqlerr.InvalidOffset, "OFFSET must not be negative")
			}
			rows = rows[min(n, int64(len(rows))):]
		}
		if n, err = limit.eval(own); err != nil {
			return nil, err
		}
		if n, ok := n.(int64); ok {
			if n < 0 {
				return nil, sqlerr.New(sqlerr.InvalidLimit, "LIMIT must not be negative")
			}
			rows = rows[:min(n, int64(len(rows)))]
		}
		return rows, nil
	}}, nil
}

// sortKey is an ORDER BY item: an expression of the SELECT's scope, or an
// output column.
type sortKey struct {
	e          *expr
	out        int // when e is nil
	desc       bool
	nullsFirst bool
}

func newSortKey(it parser.OrderItem) sortKey {
	k := sortKey{desc: it.Desc, nullsFirst: it.Desc, out: -1}
	if it.NullsFirst != nil {
		k.nullsFirst = *it.NullsFirst
	}
	return k
}

// less orders two lists of values by keys.
func less(keys []sortKey, a, b []any) (int, error) {
	for i, k := range keys {
		x, y := a[i], b[i]
		switch {
		case x == nil && y == nil:
			continue
		case x == nil || y == nil:
			if (x == nil) == k.nullsFirst {
				return -1, nil
			}
			return 1, nil
		}
		n, err := compare(x, y)
		if err != nil {
			return 0, err
		}
		if n != 0 {
			if k.desc {
				n = -n
			}
			return n, nil
		}
	}
	return 0, nil
}

// selectPlan is a compiled SELECT block.
type selectPlan struct {
	node     *node
	width    int
	grouping *grouping // nil when not grouped
	having   *expr
	windows  []windowCall
	sets     []setCall
	items    []*expr
	distinct bool
	on       []*expr // DISTINCT ON
	keys     []sortKey
}

func (c *compiler) selectBody(x *parser.Select, order []parser.OrderItem, up *scope) (*query, error) {
	if x.Qualify != nil {
		return nil, unsupported(x.Qualify.Pos(), "QUALIFY")
	}
	s := &scope{up: up}
	p := &selectPlan{distinct: x.Distinct}
	var err error
	if p.node, err = c.from(s, x.From, x.Where); err != nil {
		return nil, err
	}
	s.grouped, s.sets, s.windows = &grouping{}, &p.sets, &p.windows
	cols, err := c.selectItems(s, p, x.Items)
	if err != nil {
		return nil, err
	}
	if p.on, err = c.exprs(s, x.DistinctOn); err != nil {
		return nil, err
	}
	for _, it := range order {
		k, err := c.sortKeyOf(s, p, cols, it)
		if err != nil {
			return nil, err
		}
		p.keys = append(p.keys, k)
	}
	if x.Having != nil {
		if p.having, err = c.boolean(s, x.Having, "HAVING"); err != nil {
			return nil, err
		}
	}
	if err := c.groupBy(s, p, cols, x); err != nil {
		return nil, err
	}
	p.width = s.width
	return &query{cols: cols, rows: p.rows}, nil
}

func (c *compiler) selectItems(s *scope, p *selectPlan, items []parser.SelectItem) (cols []column, err error) {
	add := func(e *expr, name string) error {
		e, err := c.settle(e)
		if err != nil {
			return err
		}
		p.items = append(p.items, e)
		cols = append(cols, column{name: name, typ: e.typ, typmod: -1, fields: e.fields})
		return nil
	}
	for _, it := range items {
		var list []*expr
		switch x := it.X.(type) {
		case *parser.Star:
			list, err = s.star(x)
		case *parser.Field:
			if x.Name.Text == "*" && !x.Name.Quoted {
				list, err = c.fieldStar(s, x)
				break
			}
			list, err = c.exprs(s, []parser.Expr{x})
		default:
			list, err = c.exprs(s, []parser.Expr{x})
		}
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			name := e.name
			if it.Alias != nil {
				name = fold(*it.Alias)
			}
			if name == "" {
				name = "?column?"
			}
			if err := add(e, name); err != nil {
				return nil, err
			}
		}
	}
	return cols, nil
}

// fieldStar is (x).*.
func (c *compiler) fieldStar(s *scope, x *parser.Field) ([]*expr, error) {
	base, err := c.expr(s, x.X)
	if err != nil {
		return nil, err
	}
	out := make([]*expr, len(base.fields))
	for i, col := range base.fields {
		out[i] = &expr{typ: col.typ, fields: col.fields, name: col.name, eval: func(f *frame) (any, error) {
			v, err := base.eval(f)
			if r, ok := v.(*record); ok && err == nil {
				return r.vals[i], nil
			}
			return nil, err
		}}
	}
	return out, nil
}

// outputColumn finds the output column that an item of ORDER BY or GROUP BY
// means: a number, or a name.
func outputColumn(x parser.Expr, cols []column, what string) (int, error) {
	switch x := x.(type) {
	case *parser.Literal:
		if x.Kind != "int" {
			return -1, nil
		}
		n, err := strconv.Atoi(x.Text)
		if err != nil || n < 1 || n > len(cols) {
			return -1, sqlerr.New(sqlerr.InvalidColumnReference, "%s position %s is not in select list", what, x.Text).At(x.P)
		}
		return n - 1, nil
	case *parser.ColumnRef:
		if len(x.Parts) == 1 {
			return slices.IndexFunc(cols, func(c column) bool { return c.name == fold(x.Parts[0]) }), nil
		}
	}
	return -1, nil
}

func (c *compiler) sortKeyOf(s *scope, p *selectPlan, cols []column, it parser.OrderItem) (sortKey, error) {
	k := newSortKey(it)
	var err error
	if k.out, err = outputColumn(it.X, cols, "ORDER BY"); err != nil || k.out >= 0 {
		return k, err
	}
	if k.e, err = c.expr(s, it.X); err != nil {
		return k, err
	}
	k.e, err = c.settle(k.e)
	return k, err
}

// projected is an output row with what it is sorted by.
type projected struct{ out, keys, on []any }

func (p *selectPlan) rows(f *frame) ([][]any, error) {
	rows, err := p.node.extend(f, make([]any, p.width))
	if err != nil {
		return nil, err
	}
	frames := make([]*frame, len(rows))
	for i, r := range rows {
		frames[i] = &frame{run: f.run, row: r, up: f}
	}
	if p.grouping != nil {
		if frames, err = p.grouping.group(f, frames, p.width, p.having); err != nil {
			return nil, err
		}
	}
	if err := numberRows(frames, p.windows); err != nil {
		return nil, err
	}
	var list []projected
	for _, own := range frames {
		if list, err = p.project(own, list); err != nil {
			return nil, err
		}
	}
	return p.finish(list)
}

// project evaluates the select list of a frame: once, or as often as its
// set-returning functions have rows.
func (p *selectPlan) project(f *frame, list []projected) ([]projected, error) {
	sets := make([][]any, len(p.sets))
	times := 1
	for i, call := range p.sets {
		var err error
		if sets[i], err = call.list(f); err != nil {
			return nil, err
		}
		if i == 0 {
			times = 0
		}
		times = max(times, len(sets[i]))
	}
	f.sets = make([]any, len(sets))
	for n := range times {
		for i, s := range sets {
			f.sets[i] = nil
			if n < len(s) {
				f.sets[i] = s[n]
			}
		}
		var r projected
		var err error
		if r.out, err = evalAll(f, p.items); err != nil {
			return nil, err
		}
		if r.on, err = evalAll(f, p.on); err != nil {
			return nil, err
		}
		r.keys = make([]any, len(p.keys))
		for i, k := range p.keys {
			if k.e == nil {
				r.keys[i] = r.out[k.out]
				continue
			}
			if r.keys[i], err = k.e.eval(f); err != nil {
				return nil, err
			}
		}
		list = append(list, r)
	}
	return list, f.run.count(len(list))
}

// finish sorts and takes doubles out.
func (p *selectPlan) finish(list []projected) ([][]any, error) {
	var fault error
	if len(p.keys) > 0 {
		slices.SortStableFunc(list, func(a, b projected) int {
			n, err := less(p.keys, a.keys, b.keys)
			if err != nil {
				fault = err
			}
			return n
		})
	}
	seen := map[string]bool{}
	out := make([][]any, 0, len(list))
	for _, r := range list {
		if p.distinct || len(p.on) > 0 {
			vals := r.out
			if len(p.on) > 0 {
				vals = r.on
			}
			k := rowKey(vals)
			if seen[k] {
				continue
			}
			seen[k] = true
		}
		out = append(out, r.out)
	}
	return out, fault
}

func rowKey(vals []any) string {
	var b strings.Builder
	for _, v := range vals {
		b.Write(key(nil, v))
	}
	return b.String()
}
