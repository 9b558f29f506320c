package pgcatalog

import (
	"slices"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// values is VALUES (…), (…).
func (c *compiler) values(x *parser.Values, up *scope) (*query, error) {
	s := &scope{up: up}
	rows := make([][]*expr, len(x.Rows))
	for i, r := range x.Rows {
		var err error
		if rows[i], err = c.exprs(s, r); err != nil {
			return nil, err
		}
		if len(rows[i]) != len(rows[0]) {
			return nil, sqlerr.New(sqlerr.SyntaxError, "VALUES lists must all be the same length").At(x.P)
		}
	}
	cols := make([]column, len(rows[0]))
	for k := range cols {
		list := make([]*expr, len(rows))
		for i := range rows {
			list[i] = rows[i][k]
		}
		list, t, err := c.common("VALUES", list)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			rows[i][k] = list[i]
		}
		cols[k] = column{name: "column" + itoa(k+1), typ: t, typmod: -1}
	}
	return &query{cols: cols, rows: func(f *frame) ([][]any, error) {
		own := &frame{run: f.run, up: f}
		out := make([][]any, len(rows))
		for i, r := range rows {
			var err error
			if out[i], err = evalAll(own, r); err != nil {
				return nil, err
			}
		}
		return out, nil
	}}, nil
}

// setOp is UNION, EXCEPT and INTERSECT.
func (c *compiler) setOp(x *parser.SetOp, up *scope) (*query, error) {
	l, err := c.body(x.Left, up)
	if err != nil {
		return nil, err
	}
	r, err := c.body(x.Right, up)
	if err != nil {
		return nil, err
	}
	if len(l.cols) != len(r.cols) {
		return nil, sqlerr.New(sqlerr.SyntaxError, "each %s query must have the same number of columns", x.Op).At(x.P)
	}
	cols := slices.Clone(l.cols)
	for i := range cols {
		pair := []*expr{{typ: l.cols[i].typ}, {typ: r.cols[i].typ}}
		if _, cols[i].typ, err = c.common(x.Op, pair); err != nil {
			return nil, sqlerr.From(err).At(x.P)
		}
	}
	both := func(f *frame) (a, b [][]any, err error) {
		if a, err = converted(f, l, cols); err != nil {
			return nil, nil, err
		}
		b, err = converted(f, r, cols)
		return a, b, err
	}
	return &query{cols: cols, rows: func(f *frame) ([][]any, error) {
		a, b, err := both(f)
		if err != nil {
			return nil, err
		}
		return combine(x.Op, x.All, a, b), f.run.count(len(a) + len(b))
	}}, nil
}

// converted gives a side's rows with the types of the whole.
func converted(f *frame, q *query, cols []column) ([][]any, error) {
	rows, err := q.rows(f)
	if err != nil {
		return nil, err
	}
	for i, col := range cols {
		from := q.cols[i].typ
		if from == col.typ {
			continue
		}
		for _, r := range rows {
			if r[i], err = f.run.db.cast(r[i], from, col.typ, q.cols[i].fields); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

func combine(op string, all bool, a, b [][]any) [][]any {
	if op == "UNION" {
		rows := slices.Concat(a, b)
		if all {
			return rows
		}
		return unique(rows)
	}
	right := map[string]int{}
	for _, r := range b {
		right[rowKey(r)]++
	}
	if !all {
		a = unique(a)
	}
	var out [][]any
	for _, r := range a {
		k := rowKey(r)
		in := right[k] > 0
		if in && all {
			right[k]--
		}
		if in == (op == "INTERSECT") {
			out = append(out, r)
		}
	}
	return out
}

func unique(rows [][]any) [][]any {
	seen := map[string]bool{}
	var out [][]any
	for _, r := range rows {
		if k := rowKey(r); !seen[k] {
			seen[k] = true
			out = append(out, r)
		}
	}
	return out
}

// orderOutput sorts rows by output columns, the only ones that a set operation has.
func (c *compiler) orderOutput(q *query, order []parser.OrderItem, up *scope) (*query, error) {
	s := &scope{up: up}
	s.add(scopeRel{cols: q.cols})
	keys := make([]sortKey, len(order))
	for i, it := range order {
		keys[i] = newSortKey(it)
		var err error
		if keys[i].out, err = outputColumn(it.X, q.cols, "ORDER BY"); err != nil {
			return nil, err
		}
		if keys[i].out < 0 {
			if keys[i].e, err = c.expr(s, it.X); err != nil {
				return nil, err
			}
		}
	}
	return &query{cols: q.cols, rows: func(f *frame) ([][]any, error) {
		rows, err := q.rows(f)
		if err != nil {
			return nil, err
		}
		list := make([]projected, len(rows))
		for i, r := range rows {
			list[i] = projected{out: r, keys: make([]any, len(keys))}
			for k, sk := range keys {
				if sk.e == nil {
					list[i].keys[k] = r[sk.out]
				} else if list[i].keys[k], err = sk.e.eval(&frame{run: f.run, row: r, up: f}); err != nil {
					return nil, err
				}
			}
		}
		return (&selectPlan{keys: keys}).finish(list)
	}}, nil
}
