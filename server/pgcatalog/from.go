package pgcatalog

import (
	"slices"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// node is a part of a FROM that fills the slots lo to hi of its scope's rows.
type node struct {
	lo, hi int
	// needs are the slots that it reads before it can give rows (LATERAL).
	needs []int
	// extend gives copies of a row with the node's slots filled. f is the
	// frame of the scope around the SELECT.
	extend func(f *frame, base []any) ([][]any, error)
}

// cond is a condition of WHERE or ON. An equality between two sides keeps them.
type cond struct {
	e           *expr
	used        []int
	left, right *expr
	usedL       []int
	usedR       []int
}

// from compiles a FROM list with the WHERE behind it.
func (c *compiler) from(s *scope, items []parser.FromItem, where parser.Expr) (*node, error) {
	var children []*node
	var conds []*cond
	for _, item := range items {
		var err error
		if children, conds, err = c.flatten(s, item, children, conds); err != nil {
			return nil, err
		}
	}
	var err error
	if conds, err = c.conds(s, where, conds, "WHERE"); err != nil {
		return nil, err
	}
	return c.innerJoin(s, children, conds), nil
}

// flatten takes inner joins apart.
func (c *compiler) flatten(s *scope, item parser.FromItem, children []*node, conds []*cond) ([]*node, []*cond, error) {
	j, ok := item.(*parser.Join)
	if !ok || j.Kind != "INNER" && j.Kind != "CROSS" {
		n, err := c.fromItem(s, item)
		return append(children, n), conds, err
	}
	first := len(s.rels)
	children, conds, err := c.flatten(s, j.Left, children, conds)
	if err != nil {
		return nil, nil, err
	}
	middle := len(s.rels)
	if children, conds, err = c.flatten(s, j.Right, children, conds); err != nil {
		return nil, nil, err
	}
	conds, err = c.joinConds(s, j, first, middle, conds)
	return children, conds, err
}

// joinConds adds ON or USING; the sides' relations begin at first and middle.
func (c *compiler) joinConds(s *scope, j *parser.Join, first, middle int, conds []*cond) ([]*cond, error) {
	names := make([]string, 0, len(j.Using))
	for _, u := range j.Using {
		names = append(names, fold(u))
	}
	if j.Natural {
		for _, r := range s.rels[middle:] {
			for _, col := range r.cols {
				if _, ok := side(s.rels[first:middle], col.name); ok {
					names = append(names, col.name)
				}
			}
		}
	}
	for _, name := range names {
		l, okL := side(s.rels[first:middle], name)
		r, okR := side(s.rels[middle:], name)
		if !okL || !okR {
			return nil, sqlerr.New(sqlerr.UndefinedColumn, "column \"%s\" specified in USING clause does not exist in both tables", name).At(j.P)
		}
		merged := s.rels[middle+r.rel].merged
		if merged == nil {
			merged = map[string]bool{}
			s.rels[middle+r.rel].merged = merged
		}
		merged[name] = true
		a, b, err := c.matched(s.slot(l.slot, 0, l.col), s.slot(r.slot, 0, r.col), "=")
		if err != nil {
			return nil, err
		}
		conds = append(conds, &cond{
			e: comparison("=", a, b), used: []int{l.slot, r.slot}, left: a, right: b, usedL: []int{l.slot}, usedR: []int{r.slot},
		})
	}
	return c.conds(s, j.On, conds, "JOIN/ON")
}

type sideColumn struct {
	rel, slot int
	col       column
}

func side(rels []scopeRel, name string) (sideColumn, bool) {
	for i, r := range rels {
		for k, col := range r.cols {
			if col.name == name && !r.merged[name] {
				return sideColumn{i, r.offset + k, col}, true
			}
		}
	}
	return sideColumn{}, false
}

// conds splits a condition at its ANDs.
func (c *compiler) conds(s *scope, x parser.Expr, list []*cond, what string) ([]*cond, error) {
	if x == nil {
		return list, nil
	}
	if b, ok := x.(*parser.Binary); ok && b.Op == "AND" {
		list, err := c.conds(s, b.L, list, what)
		if err != nil {
			return nil, err
		}
		return c.conds(s, b.R, list, what)
	}
	outer := s.used
	defer func() { s.used = outer }()
	k := &cond{}
	s.used = &k.used
	if b, ok := x.(*parser.Binary); ok && b.Op == "=" {
		s.used = &k.usedL
		l, err := c.expr(s, b.L)
		if err != nil {
			return nil, err
		}
		s.used = &k.usedR
		r, err := c.expr(s, b.R)
		if err != nil {
			return nil, err
		}
		if k.left, k.right, err = c.matched(l, r, "="); err != nil {
			return nil, sqlerr.From(err).At(b.P)
		}
		k.e = comparison("=", k.left, k.right)
		k.used = append(slices.Clone(k.usedL), k.usedR...)
	} else {
		var err error
		if k.e, err = c.boolean(s, x, what); err != nil {
			return nil, err
		}
	}
	for _, slot := range k.used {
		if outer != nil && !slices.Contains(*outer, slot) {
			*outer = append(*outer, slot)
		}
	}
	return append(list, k), nil
}

func (c *compiler) fromItem(s *scope, item parser.FromItem) (*node, error) {
	switch item := item.(type) {
	case *parser.TableRef:
		return c.tableRef(s, item)
	case *parser.Derived:
		return c.derived(s, item)
	case *parser.TableFunc:
		return c.tableFunc(s, item)
	case *parser.Join:
		if item.Kind == "INNER" || item.Kind == "CROSS" {
			children, conds, err := c.flatten(s, item, nil, nil)
			if err != nil {
				return nil, err
			}
			return c.innerJoin(s, children, conds), nil
		}
		return c.outerJoin(s, item)
	}
	return nil, sqlerr.New(sqlerr.FeatureNotSupported, "this item of FROM is not supported in a catalogue query")
}

// leaf is a node whose rows are made by rows.
func leaf(lo, width int, needs []int, rows func(f *frame, base []any) ([][]any, error)) *node {
	return &node{lo: lo, hi: lo + width, needs: needs, extend: func(f *frame, base []any) ([][]any, error) {
		list, err := rows(f, base)
		if err != nil {
			return nil, err
		}
		out := make([][]any, len(list))
		for i, r := range list {
			row := slices.Clone(base)
			copy(row[lo:lo+width], r)
			out[i] = row
		}
		return out, f.run.count(len(out))
	}}
}

func aliased(cols []column, a parser.Alias) ([]column, error) {
	if len(a.Columns) > len(cols) {
		return nil, sqlerr.New(sqlerr.InvalidColumnReference, "table \"%s\" has %d columns available but %d columns specified",
			fold(a.Name), len(cols), len(a.Columns)).At(a.Name.P)
	}
	out := slices.Clone(cols)
	for i, id := range a.Columns {
		out[i].name = fold(id)
	}
	return out, nil
}

func (c *compiler) tableRef(s *scope, ref *parser.TableRef) (*node, error) {
	if ref.AsOf != nil {
		return nil, unsupported(ref.Name.Pos(), "FOR SYSTEM_TIME")
	}
	name := fold(ref.Name.Last())
	rel := scopeRel{name: name}
	if ref.Alias.Name.Text != "" {
		rel.name = fold(ref.Alias.Name)
	}
	if len(ref.Name) == 1 {
		if q := c.cte(name); q != nil {
			var err error
			if rel.cols, err = aliased(q.cols, ref.Alias); err != nil {
				return nil, err
			}
			return leaf(s.add(rel), len(rel.cols), nil, func(f *frame, _ []any) ([][]any, error) { return f.run.cached(q) }), nil
		}
	}
	r := lookupRelation(ref.Name)
	if r == nil {
		return nil, sqlerr.New(sqlerr.UndefinedTable, "relation \"%s\" does not exist", dotted(ref.Name)).At(ref.Name.Pos())
	}
	if ref.Alias.Name.Text == "" {
		rel.schema = r.schema
	}
	if r.kind == "r" {
		rel.oid = r.oid
	}
	var err error
	if rel.cols, err = aliased(r.cols, ref.Alias); err != nil {
		return nil, err
	}
	return leaf(s.add(rel), len(rel.cols), nil, func(f *frame, _ []any) ([][]any, error) { return f.run.db.rows(f.run, r), nil }), nil
}

func dotted(n parser.Name) string {
	s := ""
	for i, p := range n {
		if i > 0 {
			s += "."
		}
		s += fold(p)
	}
	return s
}

// derived is a subquery in FROM. Its scope is around the SELECT; with LATERAL
// it is the SELECT's own, as far as it has come.
func (c *compiler) derived(s *scope, d *parser.Derived) (*node, error) {
	around := s.up
	var needs []int
	if d.Lateral {
		around = s
		outer := s.used
		s.used = &needs
		defer func() { s.used = outer }()
	}
	q, err := c.query(d.Query, around)
	if err != nil {
		return nil, err
	}
	cols, err := aliased(q.cols, d.Alias)
	if err != nil {
		return nil, err
	}
	lo := s.add(scopeRel{name: fold(d.Alias.Name), cols: cols})
	return leaf(lo, len(cols), needs, func(f *frame, base []any) ([][]any, error) {
		if d.Lateral {
			f = &frame{run: f.run, row: base, up: f}
		}
		return q.rows(f)
	}), nil
}
