package parser

import (
	"fmt"
	"strconv"

	"github.com/pingcap/tidb/pkg/parser/ast"
)

// converter turns the TiDB tree of a skeleton into ours, putting what the
// slots hold back to its place. A shape it does not know is our own fault.
type converter struct {
	slots []any
	err   error
}

func (c *converter) fail(what string, node any) {
	if c.err == nil {
		c.err = fmt.Errorf("unexpected %s: %T", what, node)
	}
}

// slotOf gives the content of the slot with this name.
func slotOf[T any](c *converter, name string) (v T) {
	if len(name) > 1 && name[0] == '$' {
		if n, err := strconv.Atoi(name[1:]); err == nil && n < len(c.slots) {
			got, ok := c.slots[n].(T)
			if !ok && c.slots[n] != nil {
				c.fail("slot", c.slots[n])
			}
			return got
		}
	}
	c.fail("name", name)
	return v
}

// exprSlot gives the slot that a column of the skeleton stands for.
func exprSlot[T any](c *converter, x ast.ExprNode) (v T) {
	if col, ok := x.(*ast.ColumnNameExpr); ok {
		return slotOf[T](c, col.Name.Name.O)
	}
	c.fail("expression", x)
	return v
}

func (c *converter) query(node ast.Node) *Query {
	q := &Query{}
	var first, last *block
	var limit *ast.Limit
	var order *ast.OrderByClause
	var with *ast.WithClause
	switch n := node.(type) {
	case *ast.SelectStmt:
		with, order, limit = n.With, n.OrderBy, n.Limit
		c.with(q, with)
		q.Body, first = c.block(n)
		last = first
	case *ast.SetOprStmt:
		with, order, limit = n.With, n.OrderBy, n.Limit
		c.with(q, with)
		q.Body, first, last = c.setOps(n.SelectList.Selects)
	default:
		c.fail("query", node)
	}
	if c.err != nil {
		return q
	}
	q.P = first.queryPos
	q.Emit = last.emit
	if order != nil {
		for _, item := range order.Items {
			q.OrderBy = append(q.OrderBy, exprSlot[OrderItem](c, item.Expr))
		}
	}
	if limit != nil {
		q.Limit = c.limit(limit.Count)
		q.Offset = c.limit(limit.Offset)
	}
	if in, ok := q.Body.(*Query); ok && with == nil && order == nil && limit == nil && q.Emit == nil {
		return in // a query that is just one in parentheses
	}
	return q
}

// bare tells that q is its body and nothing else.
func (q *Query) bare() bool {
	return len(q.With) == 0 && len(q.OrderBy) == 0 && q.Limit == nil && q.Offset == nil && q.Emit == nil
}

func (c *converter) limit(x ast.ExprNode) Expr {
	if x == nil {
		return nil
	}
	v, ok := x.(ast.ValueExpr)
	if !ok {
		c.fail("limit", x)
		return nil
	}
	n, err := strconv.Atoi(fmt.Sprint(v.GetValue()))
	if err != nil || n < 0 || n >= len(c.slots) {
		c.fail("limit", v.GetValue())
		return nil
	}
	if n == 0 {
		return nil
	}
	e, ok := c.slots[n].(Expr)
	if !ok {
		c.fail("limit", c.slots[n])
	}
	return e
}

func (c *converter) with(q *Query, w *ast.WithClause) {
	if w == nil {
		return
	}
	q.Recursive = w.IsRecursive
	for _, n := range w.CTEs {
		cte := slotOf[*CTE](c, n.Name.O)
		if c.err != nil {
			return
		}
		cte.Query = c.query(n.Query.Query)
		q.With = append(q.With, *cte)
	}
}

// setOps builds the tree of a chain of set operations; INTERSECT binds tighter
// than UNION and EXCEPT, and all of them to the left.
func (c *converter) setOps(list []ast.Node) (body Body, first, last *block) {
	var terms []Body // operands of UNION and EXCEPT
	var ops []*SetOp // the operators before terms[1:]
	for i, node := range list {
		sel, ok := node.(*ast.SelectStmt)
		if !ok {
			c.fail("operand", node)
			return nil, nil, nil
		}
		operand, b := c.block(sel)
		if c.err != nil {
			return nil, nil, nil
		}
		if q, ok := operand.(*Query); ok && q.bare() {
			operand = q.Body
		}
		last = b
		if i == 0 {
			first = b
			terms = append(terms, operand)
			continue
		}
		op := c.setOp(sel.AfterSetOperator, b.opPos)
		if op.Op == "INTERSECT" {
			op.Left, op.Right = terms[len(terms)-1], operand
			terms[len(terms)-1] = op
			continue
		}
		ops = append(ops, op)
		terms = append(terms, operand)
	}
	body = terms[0]
	for i, op := range ops {
		op.Left, op.Right = body, terms[i+1]
		body = op
	}
	return body, first, last
}

func (c *converter) setOp(t *ast.SetOprType, at Pos) *SetOp {
	op := &SetOp{P: at}
	if t == nil {
		c.fail("set operator", t)
		return op
	}
	switch *t {
	case ast.Union, ast.UnionAll:
		op.Op, op.All = "UNION", *t == ast.UnionAll
	case ast.Except, ast.ExceptAll:
		op.Op, op.All = "EXCEPT", *t == ast.ExceptAll
	case ast.Intersect, ast.IntersectAll:
		op.Op, op.All = "INTERSECT", *t == ast.IntersectAll
	}
	return op
}

// block converts one operand of a query.
func (c *converter) block(n *ast.SelectStmt) (Body, *block) {
	if n.Fields == nil || len(n.Fields.Fields) == 0 {
		c.fail("SELECT list", n)
		return nil, nil
	}
	b := exprSlot[*block](c, n.Fields.Fields[0].Expr)
	switch {
	case c.err != nil:
		return nil, nil
	case b.values != nil:
		return b.values, b
	case b.paren != nil:
		return b.paren, b
	case b.table != nil:
		star := SelectItem{X: &Star{P: b.p}}
		return &Select{P: b.p, Items: []SelectItem{star}, From: []FromItem{b.table}}, b
	}
	s := &Select{P: b.p, Distinct: n.Distinct, DistinctOn: b.distinctOn, Qualify: b.qualify}
	for _, f := range n.Fields.Fields[1:] {
		s.Items = append(s.Items, exprSlot[SelectItem](c, f.Expr))
	}
	if n.From != nil {
		s.From = c.from(s.From, n.From.TableRefs)
	}
	if n.Where != nil {
		s.Where = exprSlot[Expr](c, n.Where)
	}
	if n.GroupBy != nil {
		for _, item := range n.GroupBy.Items {
			s.GroupBy = append(s.GroupBy, exprSlot[Expr](c, item.Expr))
		}
	}
	if n.Having != nil {
		s.Having = exprSlot[Expr](c, n.Having.Expr)
	}
	for i := range n.WindowSpecs {
		s.Windows = append(s.Windows, slotOf[NamedWindow](c, n.WindowSpecs[i].Name.O))
	}
	return s, b
}

// from adds the items of a comma list: such a list is a chain of joins to the
// left that have no ON.
func (c *converter) from(list []FromItem, n ast.ResultSetNode) []FromItem {
	if j, ok := n.(*ast.Join); ok && j.On == nil && !j.ExplicitParens {
		list = c.from(list, j.Left)
		if j.Right != nil {
			list = append(list, c.item(j.Right))
		}
		return list
	}
	if item := c.item(n); item != nil {
		list = append(list, item)
	}
	return list
}

func (c *converter) item(n ast.ResultSetNode) FromItem {
	switch n := n.(type) {
	case *ast.Join:
		if n.On == nil {
			if n.Right != nil {
				c.fail("join", n)
				return nil
			}
			return c.item(n.Left)
		}
		j := exprSlot[*Join](c, n.On.Expr)
		if c.err != nil {
			return nil
		}
		j.Left, j.Right = c.item(n.Left), c.item(n.Right)
		return j
	case *ast.TableSource:
		if t, ok := n.Source.(*ast.TableName); ok {
			return slotOf[FromItem](c, t.Name.O)
		}
		d := slotOf[derived](c, n.AsName.O)
		return &Derived{P: d.p, Query: c.query(n.Source), Lateral: d.lateral, Alias: d.alias}
	}
	c.fail("table", n)
	return nil
}
