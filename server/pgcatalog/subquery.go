package pgcatalog

import (
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

func (c *compiler) exists(s *scope, x *parser.Exists) (*expr, error) {
	q, err := c.query(x.Query, s)
	if err != nil {
		return nil, err
	}
	return &expr{typ: tBool, name: "exists", eval: func(f *frame) (any, error) {
		rows, err := q.rows(f)
		return len(rows) > 0, err
	}}, nil
}

// subquery is (SELECT …) as a value, and ARRAY(SELECT …).
func (c *compiler) subquery(s *scope, x *parser.Subquery) (*expr, error) {
	q, err := c.query(x.Query, s)
	if err != nil {
		return nil, err
	}
	if len(q.cols) != 1 {
		return nil, sqlerr.New(sqlerr.SyntaxError, "subquery must return only one column")
	}
	col := q.cols[0]
	if x.Array {
		return &expr{typ: arrayType(col.typ), name: "array", eval: func(f *frame) (any, error) {
			rows, err := q.rows(f)
			if err != nil {
				return nil, err
			}
			a := arrayOf()
			for _, r := range rows {
				a.elems = append(a.elems, r[0])
			}
			return a, nil
		}}, nil
	}
	return &expr{typ: col.typ, fields: col.fields, name: col.name, eval: func(f *frame) (any, error) {
		rows, err := q.rows(f)
		switch {
		case err != nil || len(rows) == 0:
			return nil, err
		case len(rows) > 1:
			return nil, sqlerr.New(sqlerr.Code("21000"), "more than one row returned by a subquery used as an expression")
		}
		return rows[0][0], nil
	}}, nil
}

// in is x IN (list) or (query).
func (c *compiler) in(s *scope, x *parser.In) (*expr, error) {
	if x.Query != nil {
		left, err := c.expr(s, x.X)
		if err != nil {
			return nil, err
		}
		e, err := c.anyOf(s, "=", false, left, x.Query)
		if err != nil || !x.Not {
			return e, err
		}
		return negated(e), nil
	}
	left, err := c.expr(s, x.X)
	if err != nil {
		return nil, err
	}
	items := make([]*expr, len(x.List))
	for i, item := range x.List {
		e, err := c.expr(s, item)
		if err != nil {
			return nil, err
		}
		if left.typ == tUnknown {
			if left, err = c.coerce(left, e.typ); err != nil {
				return nil, err
			}
		}
		if _, items[i], err = c.matched(left, e, "="); err != nil {
			return nil, sqlerr.From(err).At(item.Pos())
		}
	}
	if left, err = c.settle(left); err != nil {
		return nil, err
	}
	e := &expr{typ: tBool, name: "?column?", eval: func(f *frame) (any, error) {
		l, err := left.eval(f)
		if l == nil || err != nil {
			return nil, err
		}
		vals, err := evalAll(f, items)
		if err != nil {
			return nil, err
		}
		return anyHolds("=", false, l, vals)
	}}
	if x.Not {
		return negated(e), nil
	}
	return e, nil
}

// anyHolds is l op ANY|ALL (vals) with SQL's three values.
func anyHolds(op string, all bool, l any, vals []any) (any, error) {
	unknown := false
	for _, v := range vals {
		if v == nil {
			unknown = true
			continue
		}
		n, err := compare(l, v)
		if err != nil {
			return nil, err
		}
		if holds(op, n) != all {
			return !all, nil
		}
	}
	if unknown {
		return nil, nil
	}
	return all, nil
}

func (c *compiler) anyOf(s *scope, op string, all bool, left *expr, query *parser.Query) (*expr, error) {
	q, err := c.query(query, s)
	if err != nil {
		return nil, err
	}
	width := 1
	if left.typ == tRecord {
		width = len(left.fields)
	}
	if len(q.cols) != width {
		return nil, sqlerr.New(sqlerr.SyntaxError, "subquery has the wrong number of columns").At(query.P)
	}
	if width == 1 && left.typ != tRecord {
		if left, err = c.coerce(left, q.cols[0].typ); err != nil {
			return nil, err
		}
		if classOf(left.typ) != classOf(q.cols[0].typ) {
			return nil, noOperator(op, left.typ, q.cols[0].typ)
		}
	}
	return &expr{typ: tBool, name: "?column?", eval: func(f *frame) (any, error) {
		rows, err := q.rows(f)
		if err != nil {
			return nil, err
		}
		vals := make([]any, len(rows))
		for i, r := range rows {
			vals[i] = r[0]
			if left.typ == tRecord {
				vals[i] = &record{r}
			}
		}
		l, err := left.eval(f)
		if err != nil || l == nil && len(vals) > 0 {
			return nil, err
		}
		return anyHolds(op, all, l, vals)
	}}, nil
}

// quantified is l op ANY|ALL (array or query).
func (c *compiler) quantified(s *scope, x *parser.Quantified) (*expr, error) {
	switch x.Op {
	case "=", "<>", "<", "<=", ">", ">=":
	default:
		return nil, unsupported(x.P, x.Op+" ANY")
	}
	left, err := c.expr(s, x.L)
	if err != nil {
		return nil, err
	}
	if x.Query != nil {
		return c.anyOf(s, x.Op, x.All, left, x.Query)
	}
	right, err := c.expr(s, x.R)
	if err != nil {
		return nil, err
	}
	if right.typ == tUnknown {
		if right, err = c.coerce(right, arrayType(left.typ)); err != nil {
			return nil, err
		}
	}
	if classOf(right.typ) != classArray {
		return nil, sqlerr.New(sqlerr.WrongObjectType, "op ANY/ALL (array) requires array on right side")
	}
	if left, err = c.coerce(left, elementType(right.typ)); err != nil {
		return nil, err
	}
	if classOf(left.typ) != classOf(elementType(right.typ)) {
		return nil, noOperator(x.Op, left.typ, elementType(right.typ))
	}
	return strict(tBool, func(l, r any) (any, error) { return anyHolds(x.Op, x.All, l, r.(*array).elems) }, left, right), nil
}
