package planner

import (
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/planner/plan"
)

// pruneFields takes the fields that nobody reads out of the ROW columns of
// scans, so that decoders skip them.
func pruneFields(_ *binder, n plan.Node) plan.Node {
	out, _ := narrow(n, wholes(len(n.Schema())))
	return out
}

// fieldNeed says what is wanted of a value: all of it, or some fields.
type fieldNeed struct {
	whole  bool
	fields map[int]*fieldNeed
}

func wholes(n int) []*fieldNeed {
	s := make([]*fieldNeed, n)
	for i := range s {
		s[i] = &fieldNeed{whole: true}
	}
	return s
}

func nothing(n int) []*fieldNeed {
	s := make([]*fieldNeed, n)
	for i := range s {
		s[i] = &fieldNeed{}
	}
	return s
}

// at is the need for a field inside.
func (f *fieldNeed) at(path []int) *fieldNeed {
	for _, i := range path {
		if f.fields == nil {
			f.fields = map[int]*fieldNeed{}
		}
		if f.fields[i] == nil {
			f.fields[i] = &fieldNeed{}
		}
		f = f.fields[i]
	}
	return f
}

func (f *fieldNeed) add(g *fieldNeed) {
	f.whole = f.whole || g.whole
	for i, sub := range g.fields {
		f.at([]int{i}).add(sub)
	}
}

// fieldPath takes col.a.b apart; ok is false for other expressions.
func fieldPath(x plan.Expr) (col *plan.Col, path []int, ok bool) {
	for {
		switch e := x.(type) {
		case *plan.Col:
			slices.Reverse(path)
			return e, path, true
		case *plan.FieldOf:
			path = append(path, e.Index)
			x = e.X
		default:
			return nil, nil, false
		}
	}
}

// needOf notes what an expression wants of the columns, if want is wanted of it.
func needOf(x plan.Expr, want *fieldNeed, cols []*fieldNeed) {
	if c, path, ok := fieldPath(x); ok {
		cols[c.Index].at(path).add(want)
		return
	}
	for _, o := range plan.Operands(x) {
		needOf(o, &fieldNeed{whole: true}, cols)
	}
}

// shape is a narrowed type: which fields are left, and their shapes. nil: as before.
type shape struct {
	t    catalog.Type
	kept []int // old indexes in their order
	sub  []*shape
}

func (s *shape) index(old int) int {
	if s == nil {
		return old
	}
	return slices.Index(s.kept, old)
}

func (s *shape) field(old int) *shape {
	if s == nil {
		return nil
	}
	return s.sub[slices.Index(s.kept, old)]
}

// narrowType leaves the wanted fields in a ROW type.
func narrowType(t catalog.Type, need *fieldNeed) *shape {
	if need.whole || t.Kind != catalog.Row || len(need.fields) == 0 {
		return nil
	}
	s := &shape{t: catalog.Type{Kind: catalog.Row}}
	changed := len(need.fields) < len(t.Fields)
	for i, f := range t.Fields {
		sub := need.fields[i]
		if sub == nil {
			continue
		}
		inner := narrowType(f.Type, sub)
		if inner != nil {
			f.Type, changed = inner.t, true
		}
		s.t.Fields = append(s.t.Fields, f)
		s.kept, s.sub = append(s.kept, i), append(s.sub, inner)
	}
	if !changed {
		return nil
	}
	return s
}

// reshape fits an expression to narrowed columns and gives its own shape.
func reshape(x plan.Expr, cols []*shape) (plan.Expr, *shape) {
	switch e := x.(type) {
	case *plan.Col:
		s := cols[e.Index]
		if s == nil {
			return e, nil
		}
		return &plan.Col{Index: e.Index, Name: e.Name, T: s.t, P: e.P}, s
	case *plan.FieldOf:
		if _, _, ok := fieldPath(e); ok {
			in, s := reshape(e.X, cols)
			sub := s.field(e.Index)
			out := &plan.FieldOf{X: in, Index: s.index(e.Index), Name: e.Name, T: e.T, P: e.P}
			if sub != nil {
				out.T = sub.t
			}
			return out, sub
		}
	}
	return plan.MapOperands(x, func(o plan.Expr) plan.Expr {
		y, _ := reshape(o, cols)
		return y
	}), nil
}

func unshaped(n int) []*shape { return make([]*shape, n) }

// narrow rebuilds n, of whose columns need is wanted; their number and order stay.
func narrow(n plan.Node, need []*fieldNeed) (plan.Node, []*shape) {
	switch n := n.(type) {
	case *plan.Scan:
		out := *n
		out.Columns = slices.Clone(n.Columns)
		shapes := unshaped(len(need))
		for i, c := range n.Columns {
			if s := narrowType(c.Type, need[i]); s != nil {
				shapes[i], out.Columns[i].Type = s, s.t
			}
		}
		return &out, shapes
	case *plan.Project:
		below := nothing(len(n.Input.Schema()))
		for i, e := range n.Exprs {
			needOf(e, need[i], below)
		}
		in, cols := narrow(n.Input, below)
		out := &plan.Project{Input: in, Names: n.Names, Exprs: make([]plan.Expr, len(n.Exprs))}
		shapes := unshaped(len(n.Exprs))
		for i, e := range n.Exprs {
			out.Exprs[i], shapes[i] = reshape(e, cols)
		}
		return out, shapes
	case *plan.Filter, *plan.Watermark, *plan.Limit, *plan.Exchange, *plan.WindowAssign, *plan.Unnest:
		return narrowThrough(n, need)
	case *plan.Expand:
		return narrowExpand(n, need)
	}
	ins := n.Inputs()
	if len(ins) == 0 {
		return n, unshaped(len(need))
	}
	out := make([]plan.Node, len(ins))
	for i, in := range ins {
		out[i], _ = narrow(in, wholes(len(in.Schema())))
	}
	return plan.WithInputs(n, out), unshaped(len(need))
}

// narrowThrough handles the nodes that pass their input's columns on, with
// expressions of their own and maybe more columns behind.
func narrowThrough(n plan.Node, need []*fieldNeed) (plan.Node, []*shape) {
	input := n.Inputs()[0]
	width := len(input.Schema())
	below := nothing(width)
	for i := range width {
		below[i].add(need[i])
	}
	for _, e := range plan.Exprs(n) {
		needOf(e, &fieldNeed{whole: true}, below)
	}
	if x, ok := n.(*plan.Exchange); ok {
		for _, k := range x.Keys {
			below[k].whole = true
		}
	}
	in, cols := narrow(input, below)
	out := plan.MapExprs(plan.WithInputs(n, []plan.Node{in}), func(e plan.Expr) plan.Expr {
		y, _ := reshape(e, cols)
		return y
	})
	return out, append(slices.Clone(cols), unshaped(len(need)-width)...)
}
