package planner

import (
	"strconv"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// hoister takes questions out of expressions over a node and puts Expands that
// ask them on top of it. The node's own columns keep their places; equal questions
// are asked once. Expressions are to be given in the order in which they are
// computed, as conditions may go in between.
type hoister struct {
	b    *binder
	node plan.Node
	done []hoisted
	err  error
}

// hoisted is a question that is asked, and where its answer's columns begin.
type hoisted struct {
	ask  *plan.Call
	base int
}

// expr gives an expression over the hoister's node with columns in the place of
// questions. A fault shows in err.
func (h *hoister) expr(x plan.Expr) plan.Expr {
	if x == nil || !asks(x) {
		return x
	}
	return plan.TransformExpr(x, func(x plan.Expr) plan.Expr {
		if c := asking(x); c != nil {
			return h.ask(c)
		}
		return x
	})
}

// exprs does so for a list, in its place.
func (h *hoister) exprs(xs []plan.Expr) error {
	for i, x := range xs {
		xs[i] = h.expr(x)
	}
	return h.err
}

// filter puts a condition on top.
func (h *hoister) filter(x plan.Expr) error {
	x = h.expr(x)
	h.node = &plan.Filter{Input: h.node, Cond: x}
	return h.err
}

// ask gives the column that holds a question's answer. What the question itself
// is made of has been taken out already.
func (h *hoister) ask(c *plan.Call) plan.Expr {
	if h.err != nil {
		return c
	}
	if c.Fn == askSubquery || c.Fn == askIn {
		return h.sub(c)
	}
	offset := 0
	if c.Fn == askLookup {
		offset = placeOf(c.Args[1])
	}
	base := h.find(c)
	if base < 0 {
		base = h.add(c)
		h.done = append(h.done, hoisted{c, base})
	}
	s := h.node.Schema()
	if len(s) > MaxColumns && h.err == nil {
		h.err = sqlerr.New(sqlerr.ProgramLimitExceeded, "a query can ask for at most %d columns", MaxColumns).At(c.P)
	}
	return &plan.Col{Index: base + offset, Name: s[base+offset].Name, T: c.T, P: c.P}
}

// find looks for an equal question that is asked already.
func (h *hoister) find(c *plan.Call) int {
	for _, d := range h.done {
		if d.ask.Fn == c.Fn && plan.Equal(d.ask.Args[0], c.Args[0]) && equalAll(questionArgs(d.ask), questionArgs(c)) {
			return d.base
		}
	}
	return -1
}

// questionArgs are the arguments behind the names.
func questionArgs(c *plan.Call) []plan.Expr {
	if c.Fn == askLookup {
		return c.Args[2:]
	}
	return c.Args[1:]
}

// add puts an Expand on top and gives the place of its first column.
func (h *hoister) add(c *plan.Call) int {
	name := c.Args[0].(*plan.Const).Text
	base := len(h.node.Schema())
	e := &plan.Expand{Input: h.node, Args: questionArgs(c), Left: true, First: true, WindowEnd: -1, P: c.P}
	switch c.Fn {
	case askRemote:
		e.Function = h.b.remotes[name]
		e.Columns, e.Cols = []int{0}, catalog.Schema{{Name: e.Function.Name, Type: e.Function.Returns[0].Type}}
	case askVersion:
		if n, col, ok := withVersion(h.node, name); ok {
			h.node = n
			return col
		}
		e.Lookup, e.Args = h.b.asked[name], nil
		e.Version, e.Cols = true, catalog.Schema{versionColumn()}
	default:
		// All columns, as others may be asked for later on: what is not used is pruned.
		e.Lookup = h.b.asked[name]
		e.Keys = keyColumns(e.Lookup)
		for i, col := range e.Lookup.Columns {
			e.Columns, e.Cols = append(e.Columns, i), append(e.Cols, catalog.Column{Name: col.Name, Type: col.Type})
		}
	}
	h.node = e
	return base
}

func versionColumn() catalog.Column {
	return catalog.Column{Name: "version", Type: catalog.Of(catalog.BigInt)}
}

// withVersion finds an Expand of the table in n's block, has it give the table's
// version, and carries that up as n's last column, or as the column it is
// already: rows and version are then of one reading.
func withVersion(n plan.Node, table string) (out plan.Node, col int, ok bool) {
	switch n := n.(type) {
	case *plan.Expand:
		if n.Lookup != nil && n.Lookup.Name == table {
			last := len(n.Schema())
			if n.Version {
				return n, last - 1, true
			}
			e := *n
			e.Version = true
			e.Cols = append(append(catalog.Schema{}, n.Cols...), versionColumn())
			return &e, last, true
		}
		return besideVersion(n, n.Input, table)
	case *plan.Unnest:
		return besideVersion(n, n.Input, table)
	case *plan.Filter:
		in, i, ok := withVersion(n.Input, table)
		if !ok {
			return nil, 0, false
		}
		return plan.WithInputs(n, []plan.Node{in}), i, true
	case *plan.Project:
		in, i, ok := withVersion(n.Input, table)
		if !ok {
			return nil, 0, false
		}
		c := in.Schema()[i]
		p := *n
		p.Input = in
		p.Exprs = append(append([]plan.Expr{}, n.Exprs...), &plan.Col{Index: i, Name: c.Name, T: c.Type})
		p.Names = append(append([]string{}, n.Names...), c.Name)
		return &p, len(n.Exprs), true
	}
	return nil, 0, false
}

// besideVersion goes through a node that adds columns behind its input's.
func besideVersion(n, input plan.Node, table string) (plan.Node, int, bool) {
	width := len(input.Schema())
	in, i, ok := withVersion(input, table)
	if !ok {
		return nil, 0, false
	}
	mid := widened(n, in, width)
	if len(in.Schema()) == width {
		return mid, i, true
	}
	return lastColumn(mid, width), len(mid.Schema()) - 1, true
}

// lastColumn puts a column behind all others.
func lastColumn(n plan.Node, col int) *plan.Project {
	p := &plan.Project{Input: n}
	s := n.Schema()
	add := func(i int) {
		p.Exprs, p.Names = append(p.Exprs, &plan.Col{Index: i, Name: s[i].Name, T: s[i].Type}), append(p.Names, s[i].Name)
	}
	for i := range s {
		if i != col {
			add(i)
		}
	}
	add(col)
	return p
}

// placeConst and placeOf keep the place of a column in a question.
func placeConst(i int) *plan.Const {
	return &plan.Const{T: catalog.Of(catalog.Int), Text: strconv.Itoa(i)}
}

func placeOf(x plan.Expr) int {
	i, _ := strconv.Atoi(x.(*plan.Const).Text) // placeConst wrote it
	return i
}
