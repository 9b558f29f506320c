package plan

import (
	"slices"
	"strconv"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Walk visits a node and all below it, inputs after their node. Where visit
// returns false it does not go below.
func Walk(n Node, visit func(Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	for _, in := range n.Inputs() {
		Walk(in, visit)
	}
}

// Transform rebuilds a plan from its leaves: f sees each node with its inputs
// already transformed. Nodes that do not change are not copied.
func Transform(n Node, f func(Node) Node) Node {
	ins := n.Inputs()
	var changed []Node
	for i, in := range ins {
		if out := Transform(in, f); out != in {
			if changed == nil {
				changed = slices.Clone(ins)
			}
			changed[i] = out
		}
	}
	if changed != nil {
		n = WithInputs(n, changed)
	}
	return f(n)
}

// WithInputs copies a node with other inputs, in the order of Inputs.
func WithInputs(n Node, ins []Node) Node {
	switch n := n.(type) {
	case *Filter:
		c := *n
		c.Input = ins[0]
		return &c
	case *Project:
		c := *n
		c.Input = ins[0]
		return &c
	case *Watermark:
		c := *n
		c.Input = ins[0]
		return &c
	case *WindowAssign:
		c := *n
		c.Input = ins[0]
		return &c
	case *Aggregate:
		c := *n
		c.Input = ins[0]
		return &c
	case *Sort:
		c := *n
		c.Input = ins[0]
		return &c
	case *Limit:
		c := *n
		c.Input = ins[0]
		return &c
	case *Union:
		c := *n
		c.Ins = ins
		return &c
	case *Unnest:
		c := *n
		c.Input = ins[0]
		return &c
	case *Expand:
		c := *n
		c.Input = ins[0]
		return &c
	case *Join:
		c := *n
		c.Left, c.Right = ins[0], ins[1]
		return &c
	case *Exchange:
		c := *n
		c.Input = ins[0]
		return &c
	case *Sink:
		c := *n
		c.Input = ins[0]
		return &c
	}
	return n // a leaf
}

// MapExprs copies a node with each of its own expressions replaced; the node
// itself comes back when nothing changed.
func MapExprs(n Node, f func(Expr) Expr) Node {
	switch n := n.(type) {
	case *Filter:
		if x := f(n.Cond); x != n.Cond {
			c := *n
			c.Cond = x
			return &c
		}
	case *Project:
		if xs, changed := mapList(n.Exprs, f); changed {
			c := *n
			c.Exprs = xs
			return &c
		}
	case *Values:
		rows, any := n.Rows, false
		for i, r := range n.Rows {
			if xs, changed := mapList(r, f); changed {
				if !any {
					rows, any = slices.Clone(n.Rows), true
				}
				rows[i] = xs
			}
		}
		if any {
			c := *n
			c.Rows = rows
			return &c
		}
	case *Unnest:
		if x := f(n.X); x != n.X {
			c := *n
			c.X = x
			return &c
		}
	case *Expand:
		return n.mapExprs(f)
	case *Join:
		if n.Residual == nil {
			return n
		}
		if x := f(n.Residual); x != n.Residual {
			c := *n
			c.Residual = x
			return &c
		}
	}
	return n
}

func mapList(xs []Expr, f func(Expr) Expr) ([]Expr, bool) {
	out, changed := xs, false
	for i, x := range xs {
		if y := f(x); y != x {
			if !changed {
				out, changed = slices.Clone(xs), true
			}
			out[i] = y
		}
	}
	return out, changed
}

// Exprs lists a node's own expressions.
func Exprs(n Node) []Expr {
	switch n := n.(type) {
	case *Filter:
		return []Expr{n.Cond}
	case *Project:
		return n.Exprs
	case *Values:
		return slices.Concat(n.Rows...)
	case *Unnest:
		return []Expr{n.X}
	case *Expand:
		return n.exprs()
	case *Join:
		if n.Residual != nil {
			return []Expr{n.Residual}
		}
	}
	return nil
}

// Operands lists the expressions directly inside one.
func Operands(x Expr) []Expr {
	switch e := x.(type) {
	case *Call:
		return e.Args
	case *Case:
		xs := make([]Expr, 0, 2*len(e.Whens)+1)
		for _, w := range e.Whens {
			xs = append(xs, w.Cond, w.Then)
		}
		if e.Else != nil {
			xs = append(xs, e.Else)
		}
		return xs
	case *Cast:
		return []Expr{e.X}
	case *FieldOf:
		return []Expr{e.X}
	}
	return nil
}

// WalkExpr visits an expression and all inside it. Where visit returns false it
// does not go inside.
func WalkExpr(x Expr, visit func(Expr) bool) {
	if x == nil || !visit(x) {
		return
	}
	for _, o := range Operands(x) {
		WalkExpr(o, visit)
	}
}

// TransformExpr rebuilds an expression from its leaves: f sees each one with its
// operands already transformed. What does not change is not copied.
func TransformExpr(x Expr, f func(Expr) Expr) Expr {
	return f(MapOperands(x, func(o Expr) Expr { return TransformExpr(o, f) }))
}

// MapOperands copies an expression with its direct operands replaced.
func MapOperands(x Expr, f func(Expr) Expr) Expr {
	switch e := x.(type) {
	case *Call:
		if args, changed := mapList(e.Args, f); changed {
			c := *e
			c.Args = args
			return &c
		}
	case *Case:
		whens, changed := e.Whens, false
		for i, w := range e.Whens {
			if n := (When{f(w.Cond), f(w.Then)}); n != w {
				if !changed {
					whens, changed = slices.Clone(e.Whens), true
				}
				whens[i] = n
			}
		}
		last := e.Else
		if last != nil {
			last = f(last)
		}
		if changed || last != e.Else {
			c := *e
			c.Whens, c.Else = whens, last
			return &c
		}
	case *Cast:
		if y := f(e.X); y != e.X {
			c := *e
			c.X = y
			return &c
		}
	case *FieldOf:
		if y := f(e.X); y != e.X {
			c := *e
			c.X = y
			return &c
		}
	}
	return x
}

// Equal says whether two expressions compute the same, positions and the names
// of columns apart.
func Equal(x, y Expr) bool {
	if x == nil || y == nil {
		return x == nil && y == nil
	}
	if !equalHead(x, y) {
		return false
	}
	return slices.EqualFunc(Operands(x), Operands(y), Equal)
}

func equalHead(x, y Expr) bool {
	switch a := x.(type) {
	case *Col:
		b, ok := y.(*Col)
		return ok && a.Index == b.Index
	case *Const:
		b, ok := y.(*Const)
		return ok && a.Null == b.Null && a.Text == b.Text && a.T.Equal(b.T)
	case *Param:
		b, ok := y.(*Param)
		return ok && a.N == b.N && a.T.Equal(b.T)
	case *Call:
		b, ok := y.(*Call)
		return ok && a.Fn == b.Fn && a.T.Equal(b.T)
	case *Case:
		b, ok := y.(*Case)
		return ok && len(a.Whens) == len(b.Whens) && (a.Else == nil) == (b.Else == nil) && a.T.Equal(b.T)
	case *Cast:
		b, ok := y.(*Cast)
		return ok && a.Try == b.Try && a.Assign == b.Assign && a.T.Equal(b.T)
	case *FieldOf:
		b, ok := y.(*FieldOf)
		return ok && a.Index == b.Index
	}
	return false
}

// BindParams gives each $N its value. A missing one stays. A negative LIMIT or
// OFFSET is an error.
func BindParams(q *Query, args []*Const) (*Query, error) {
	var fault error
	bind := func(x Expr) Expr {
		if p, ok := x.(*Param); ok && p.N >= 1 && p.N <= len(args) && args[p.N-1] != nil {
			a := *args[p.N-1]
			a.T, a.P = p.T, p.P
			return &a
		}
		return x
	}
	out := *q
	out.Root = Transform(q.Root, func(n Node) Node {
		n = MapExprs(n, func(x Expr) Expr { return TransformExpr(x, bind) })
		if l, ok := n.(*Limit); ok && l.CountParam+l.OffsetParam > 0 {
			bound, err := bindLimit(l, args)
			if err != nil {
				fault = err
			}
			return bound
		}
		return n
	})
	return &out, fault
}

func bindLimit(l *Limit, args []*Const) (Node, error) {
	c := *l
	if v, ok := limitArg(c.CountParam, args, -1); ok {
		if v < 0 && !args[c.CountParam-1].Null {
			return l, sqlerr.New(sqlerr.InvalidLimit, "LIMIT must not be negative")
		}
		c.Count, c.CountParam = v, 0
	}
	if v, ok := limitArg(c.OffsetParam, args, 0); ok {
		if v < 0 {
			return l, sqlerr.New(sqlerr.InvalidOffset, "OFFSET must not be negative")
		}
		c.Offset, c.OffsetParam = v, 0
	}
	return &c, nil
}

// limitArg reads a bound LIMIT or OFFSET; NULL means none.
func limitArg(n int, args []*Const, null int64) (int64, bool) {
	if n < 1 || n > len(args) || args[n-1] == nil {
		return 0, false
	}
	if args[n-1].Null {
		return null, true
	}
	v, err := strconv.ParseInt(args[n-1].Text, 10, 64)
	return v, err == nil
}
