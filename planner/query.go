package planner

import (
	"strconv"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// cte is WITH name AS (…): bound anew at each use.
type cte struct {
	def   *parser.CTE
	outer *ctes // what its own query sees
	used  bool
}

// ctes is a scope of CTEs.
type ctes struct {
	list  []*cte
	outer *ctes
}

func (c *ctes) find(id parser.Ident) *cte {
	for s := c; s != nil; s = s.outer {
		for _, exact := range []bool{true, false} {
			for i := len(s.list) - 1; i >= 0; i-- {
				if sameName(s.list[i].def.Name.Text, id, exact) {
					return s.list[i]
				}
			}
		}
	}
	return nil
}

// queryOptions says what a query is for.
type queryOptions struct {
	// targets are the types of the columns that an INSERT assigns to; undecided
	// literals stay so.
	targets []catalog.Type
	// keep leaves undecided literals of a plain SELECT to the one who asked.
	keep bool
}

// query binds a query with all around it. The columns of the result are those of the node.
func (b *binder) query(q *parser.Query, scope *ctes, opt *queryOptions) (plan.Node, error) {
	if err := b.enter(); err != nil {
		return nil, sqlerr.From(err).At(b.pos(q.P))
	}
	defer b.leave()
	if q.Emit != nil && q.Emit.Mode != "close" {
		return nil, b.unsupported(q.Emit.P, "EMIT "+strings.ToUpper(q.Emit.Mode)).Hint("windows come out when they close")
	}
	scope, err := b.with(q, scope)
	if err != nil {
		return nil, err
	}
	var node plan.Node
	switch body := q.Body.(type) {
	case *parser.Select:
		node, err = b.selectBlock(body, q, scope, opt)
	case *parser.Values:
		node, err = b.values(body, scope, opt)
	case *parser.SetOp:
		node, err = b.setOp(body, scope)
	case *parser.Query:
		if len(q.OrderBy) > 0 || q.Limit != nil || q.Offset != nil {
			opt = nil // what stands above wants decided columns
		}
		node, err = b.query(body, scope, opt)
	default:
		return nil, sqlerr.New(sqlerr.SyntaxError, "this is no query").At(b.pos(q.P))
	}
	if err != nil {
		return nil, err
	}
	if _, ok := q.Body.(*parser.Select); !ok {
		if node, err = b.orderByOutput(node, q); err != nil {
			return nil, err
		}
	}
	if node, err = b.limit(node, q); err != nil {
		return nil, err
	}
	return node, b.checkUnused(q, scope)
}

// with opens the scope of a WITH list.
func (b *binder) with(q *parser.Query, outer *ctes) (*ctes, error) {
	if len(q.With) == 0 {
		return outer, nil
	}
	if q.Recursive {
		return nil, b.unsupported(q.P, "WITH RECURSIVE")
	}
	scope := &ctes{outer: outer}
	for i := range q.With {
		def := &q.With[i]
		for _, c := range scope.list {
			if c.def.Name.Text == def.Name.Text {
				return nil, sqlerr.New(sqlerr.DuplicateAlias, "WITH query name \"%s\" specified more than once", def.Name.Text).At(b.pos(def.Name.P))
			}
		}
		before := &ctes{list: scope.list[:len(scope.list):len(scope.list)], outer: outer}
		scope.list = append(scope.list, &cte{def: def, outer: before})
	}
	return scope, nil
}

// checkUnused binds the CTEs that nothing refers to, for their errors alone.
func (b *binder) checkUnused(q *parser.Query, scope *ctes) error {
	if len(q.With) == 0 {
		return nil
	}
	for i := len(scope.list) - 1; i >= 0; i-- {
		if c := scope.list[i]; !c.used {
			if _, err := b.useCTE(c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *binder) useCTE(c *cte) (plan.Node, error) {
	c.used = true
	node, err := b.query(c.def.Query, c.outer, nil)
	if err != nil {
		return nil, err
	}
	if n := len(node.Schema()); len(c.def.Columns) > n {
		return nil, sqlerr.New(sqlerr.InvalidColumnReference, "WITH query \"%s\" has %d columns available but %d columns specified",
			c.def.Name.Text, n, len(c.def.Columns)).At(b.pos(c.def.Name.P))
	}
	return b.rename(node, c.def.Columns, c.def.Name.Text)
}

// rename gives the first columns the names of an alias list.
func (b *binder) rename(node plan.Node, names []parser.Ident, table string) (plan.Node, error) {
	if len(names) == 0 {
		return node, nil
	}
	s := node.Schema()
	if len(names) > len(s) {
		return nil, sqlerr.New(sqlerr.InvalidColumnReference, "table \"%s\" has %d columns available but %d columns specified",
			table, len(s), len(names)).At(b.pos(names[len(s)].P))
	}
	p := &plan.Project{Input: node}
	for i, c := range s {
		name := c.Name
		if i < len(names) {
			name = names[i].Text
		}
		p.Exprs = append(p.Exprs, &plan.Col{Index: i, Name: c.Name, T: c.Type})
		p.Names = append(p.Names, name)
	}
	return p, nil
}

// values binds VALUES (…), (…).
func (b *binder) values(v *parser.Values, scope *ctes, opt *queryOptions) (plan.Node, error) {
	s := &exprScope{clause: "VALUES"}
	width := len(v.Rows[0])
	cols := make([][]plan.Expr, width) // by column, as types unite by column
	for _, row := range v.Rows {
		if len(row) != width {
			return nil, sqlerr.New(sqlerr.SyntaxError, "VALUES lists must all be the same length").At(b.pos(row[0].Pos()))
		}
		xs, err := b.exprs(row, s)
		if err != nil {
			return nil, err
		}
		for i, x := range xs {
			cols[i] = append(cols[i], x)
		}
	}
	node := &plan.Values{Rows: make([][]plan.Expr, len(v.Rows))}
	for i, col := range cols {
		t, err := b.valuesColumn(col, i, opt)
		if err != nil {
			return nil, err
		}
		node.Cols = append(node.Cols, catalog.Column{Name: "column" + strconv.Itoa(i+1), Type: t})
		for r := range node.Rows {
			node.Rows[r] = append(node.Rows[r], col[r])
		}
	}
	return node, nil
}

// valuesColumn brings a column of VALUES to one type: an INSERT's target where
// all values may be assigned to it.
func (b *binder) valuesColumn(col []plan.Expr, i int, opt *queryOptions) (catalog.Type, error) {
	if opt == nil || i >= len(opt.targets) {
		return b.unite(col, "VALUES")
	}
	t := opt.targets[i]
	for _, x := range col {
		if !canCast(x.Type(), t, assignment) {
			return b.unite(col, "VALUES")
		}
	}
	for r, x := range col {
		y, err := b.coerce(x, t, assignment)
		if err != nil {
			return t, err
		}
		col[r] = y
	}
	return t, nil
}

// setOp binds UNION [ALL]; EXCEPT and INTERSECT are refused.
func (b *binder) setOp(x *parser.SetOp, scope *ctes) (plan.Node, error) {
	if x.Op != "UNION" {
		return nil, b.unsupported(x.P, x.Op)
	}
	// A chain leans left: walk it.
	var chain []*parser.SetOp
	var left parser.Body = x
	for {
		s, ok := left.(*parser.SetOp)
		if !ok || s.Op != "UNION" {
			break
		}
		chain = append(chain, s)
		left = s.Left
	}
	opt := &queryOptions{keep: true}
	node, err := b.body(left, scope, opt)
	if err != nil {
		return nil, err
	}
	for i := len(chain) - 1; i >= 0; i-- {
		s := chain[i]
		right, err := b.body(s.Right, scope, opt)
		if err != nil {
			return nil, err
		}
		if node, err = b.union(node, right, s); err != nil {
			return nil, err
		}
		if !s.All {
			if node, err = b.distinct(node, s.P, "UNION"); err != nil {
				return nil, err
			}
		}
	}
	return node, nil
}

func (b *binder) body(body parser.Body, scope *ctes, opt *queryOptions) (plan.Node, error) {
	if q, ok := body.(*parser.Query); ok {
		return b.query(q, scope, opt)
	}
	return b.query(&parser.Query{Body: body}, scope, opt)
}

// beginning is where an expression's text begins; an operator's own place, and
// that of ::, is the operator's.
func beginning(x parser.Expr) parser.Pos {
	for {
		switch e := x.(type) {
		case *parser.Binary:
			x = e.L
		case *parser.Cast:
			return min(e.P, beginning(e.X))
		default:
			return x.Pos()
		}
	}
}

// bodyPos is the place of column i of a query, else that which is given.
func bodyPos(body parser.Body, i int, other parser.Pos) parser.Pos {
	switch x := body.(type) {
	case *parser.Query:
		return bodyPos(x.Body, i, other)
	case *parser.Select:
		if i < len(x.Items) {
			return beginning(x.Items[i].X)
		}
	case *parser.Values:
		if i < len(x.Rows[0]) {
			return beginning(x.Rows[0][i])
		}
	}
	return other
}

func (b *binder) union(l, r plan.Node, s *parser.SetOp) (plan.Node, error) {
	ls, rs := l.Schema(), r.Schema()
	if len(ls) != len(rs) {
		return nil, sqlerr.New(sqlerr.SyntaxError, "each UNION query must have the same number of columns").At(b.pos(bodyPos(s.Right, 0, s.P)))
	}
	types := make([]catalog.Type, len(ls))
	names := make([]string, len(ls))
	for i := range ls {
		t, ok := commonType([]catalog.Type{ls[i].Type, rs[i].Type})
		if !ok {
			return nil, sqlerr.New(sqlerr.DatatypeMismatch, "UNION types %s and %s cannot be matched",
				typeName(ls[i].Type), typeName(rs[i].Type)).At(b.pos(bodyPos(s.Right, i, s.P)))
		}
		types[i], names[i] = t, ls[i].Name
	}
	l, err := b.convertColumns(l, types)
	if err != nil {
		return nil, err
	}
	if r, err = b.convertColumns(r, types); err != nil {
		return nil, err
	}
	if u, ok := l.(*plan.Union); ok && s.All {
		return &plan.Union{Ins: append(append([]plan.Node{}, u.Ins...), r), Names: u.Names}, nil
	}
	return &plan.Union{Ins: []plan.Node{l, r}, Names: names}, nil
}

// convertColumns casts a node's columns to the types given.
func (b *binder) convertColumns(n plan.Node, types []catalog.Type) (plan.Node, error) {
	s := n.Schema()
	top, _ := n.(*plan.Project)
	p := &plan.Project{Input: n}
	if top != nil {
		p.Input = top.Input
	}
	changed := false
	for i, c := range s {
		var x plan.Expr = &plan.Col{Index: i, Name: c.Name, T: c.Type}
		if top != nil {
			x = top.Exprs[i] // literals that are not decided yet get the type at once
		}
		y, err := b.coerceOutput(x, types[i])
		if err != nil {
			return nil, err
		}
		changed = changed || y != x
		p.Exprs, p.Names = append(p.Exprs, y), append(p.Names, c.Name)
	}
	if !changed {
		return n, nil
	}
	return p, nil
}

// coerceOutput converts a column unless only a length differs.
func (b *binder) coerceOutput(x plan.Expr, t catalog.Type) (plan.Expr, error) {
	from := x.Type()
	if from.SameKind(t) && from.Kind != catalog.Unknown && !(t.Kind == catalog.Decimal && t.P > 0 && !from.Equal(t)) {
		return x, nil
	}
	return b.coerce(x, t, implicit)
}

// limit binds LIMIT and OFFSET.
func (b *binder) limit(node plan.Node, q *parser.Query) (plan.Node, error) {
	if q.Limit == nil && q.Offset == nil {
		return node, nil
	}
	l := &plan.Limit{Input: node, Count: -1}
	if q.Limit != nil {
		v, param, err := b.limitValue(q.Limit, "LIMIT", sqlerr.InvalidLimit)
		if err != nil {
			return nil, err
		}
		l.Count, l.CountParam = v, param
	}
	if q.Offset != nil {
		v, param, err := b.limitValue(q.Offset, "OFFSET", sqlerr.InvalidOffset)
		if err != nil {
			return nil, err
		}
		l.Offset, l.OffsetParam = max(v, 0), param
	}
	return l, nil
}

func (b *binder) limitValue(x parser.Expr, clause string, code sqlerr.Code) (v int64, param int, err error) {
	e, err := b.expr(x, &exprScope{clause: clause})
	if err != nil {
		return 0, 0, err
	}
	if !canCast(e.Type(), catalog.Of(catalog.BigInt), assignment) || e.Type().Kind == catalog.Varchar {
		return 0, 0, sqlerr.New(sqlerr.DatatypeMismatch, "argument of %s must be type bigint, not type %s", clause, typeName(e.Type())).At(b.pos(x.Pos()))
	}
	if e, err = b.coerce(e, catalog.Of(catalog.BigInt), assignment); err != nil {
		return 0, 0, err
	}
	if p, ok := e.(*plan.Param); ok {
		return 0, p.N, nil
	}
	if e, err = b.fold(e); err != nil {
		return 0, 0, err
	}
	c, ok := e.(*plan.Const)
	if !ok {
		return 0, 0, b.unsupported(x.Pos(), clause+" with this expression").Hint("it must be a constant or a parameter")
	}
	if c.Null {
		return -1, 0, nil
	}
	if v, err = strconv.ParseInt(c.Text, 10, 64); err != nil {
		return 0, 0, sqlerr.New(sqlerr.NumericOutOfRange, "bigint out of range").At(b.pos(x.Pos()))
	}
	if v < 0 {
		return 0, 0, sqlerr.New(code, "%s must not be negative", clause).At(b.pos(x.Pos()))
	}
	return v, 0, nil
}
