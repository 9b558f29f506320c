package planner

import (
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// ensureTime makes column col of n event time: where it is not, an implicit
// watermark goes right above the scan that it comes from. The schema of n stays as it is.
func (b *binder) ensureTime(n plan.Node, col int) (plan.Node, error) {
	if props(n)[col].event {
		return n, nil
	}
	delay, err := durationMicros("watermark.default-delay", b.env.setting("watermark.default-delay"), DefaultDelay)
	if err != nil {
		return nil, err
	}
	c := n.Schema()[col]
	p := &timePusher{b: b, delay: delay, name: c.Name}
	out, idx, err := p.push(n, &plan.Col{Index: col, Name: c.Name, T: c.Type})
	if err != nil {
		return nil, err
	}
	if idx != col {
		return nil, sqlerr.New(sqlerr.InternalError, "event time went to column %d, not %d", idx, col)
	}
	return out, nil
}

// clockDelay keeps the watermark of PROCTIME() windows, in microseconds, behind the
// clock: a window fires at its end - 1 ms, and rows of its last millisecond may still come.
const clockDelay = 1000

// isClock tells PROCTIME() itself from what is made of it.
func isClock(e plan.Expr) bool {
	c, ok := e.(*plan.Call)
	return ok && c.Fn == "proctime"
}

// timePusher carries an expression down to the scan.
type timePusher struct {
	b     *binder
	delay int64
	name  string // of the column, where it has to be computed
}

// push makes e, over n's columns, event time. It returns n rebuilt, with at most
// one more column at the end, and the column that is e.
func (p *timePusher) push(n plan.Node, e plan.Expr) (plan.Node, int, error) {
	switch n := n.(type) {
	case *plan.Project:
		return p.pushProject(n, e)
	case *plan.Watermark:
		return p.push(n.Input, e) // one source, one watermark: this one takes its place
	case *plan.Filter, *plan.Limit:
		in, i, err := p.push(n.Inputs()[0], e)
		if err != nil {
			return nil, 0, err
		}
		return plan.WithInputs(n, []plan.Node{in}), i, nil
	case *plan.Unnest:
		return p.pushBeside(n, n.Input, e)
	case *plan.Expand:
		return p.pushBeside(n, n.Input, e)
	case *plan.WindowAssign:
		return p.pushBeside(n, n.Input, e)
	case *plan.Union:
		return p.pushUnion(n, e)
	case *plan.Scan:
		return p.place(n, e, &n.Table)
	case *plan.Values:
		in, i := withColumn(n, e, p.name)
		return in, i, nil
	}
	return nil, 0, sqlerr.New(sqlerr.FeatureNotSupported, "a window needs event time, and \"%s\" is none here", exprName(e)).At(e.Pos()).
		Hint("a window over the result of a window takes its window_time (or TUMBLE_ROWTIME); over a join without bounds in time or an unwindowed aggregate there is none")
}

// place puts the watermark over a scan.
func (p *timePusher) place(n plan.Node, e plan.Expr, t *catalog.Table) (plan.Node, int, error) {
	if isClock(e) {
		in, i := withColumn(n, e, p.name)
		return &plan.Watermark{Input: in, Time: i, Delay: clockDelay, ProcTime: true}, i, nil
	}
	idle, err := p.b.idleTimeout(t)
	if err != nil {
		return nil, 0, err
	}
	in, i := withColumn(n, e, p.name)
	return &plan.Watermark{Input: in, Time: i, Delay: p.delay, IdleTimeout: idle, Implicit: true}, i, nil
}

// withColumn adds an expression as a column unless it is one.
func withColumn(n plan.Node, e plan.Expr, name string) (plan.Node, int) {
	if c, ok := e.(*plan.Col); ok {
		return n, c.Index
	}
	proj := passAll(n)
	proj.Exprs = append(proj.Exprs, e)
	proj.Names = append(proj.Names, name)
	return proj, len(proj.Exprs) - 1
}

// passAll is a projection that changes nothing.
func passAll(n plan.Node) *plan.Project {
	p := &plan.Project{Input: n}
	for i, c := range n.Schema() {
		p.Exprs, p.Names = append(p.Exprs, &plan.Col{Index: i, Name: c.Name, T: c.Type}), append(p.Names, c.Name)
	}
	return p
}

// exprName is what a computed column is called where nobody named it.
func exprName(e plan.Expr) string {
	switch e := e.(type) {
	case *plan.Col:
		return e.Name
	case *plan.FieldOf:
		return e.Name
	case *plan.Cast:
		return exprName(e.X)
	case *plan.Call:
		if e.Fn[0] >= 'a' && e.Fn[0] <= 'z' {
			return e.Fn
		}
	case *plan.Case:
		return "case"
	}
	return "expr"
}

func (p *timePusher) pushProject(n *plan.Project, e plan.Expr) (plan.Node, int, error) {
	in, i, err := p.push(n.Input, substitute(e, n.Exprs))
	if err != nil {
		return nil, 0, err
	}
	s := in.Schema()[i]
	col := &plan.Col{Index: i, Name: s.Name, T: s.Type}
	out := &plan.Project{Input: in, Exprs: slices.Clone(n.Exprs), Names: slices.Clone(n.Names)}
	if c, ok := e.(*plan.Col); ok {
		out.Exprs[c.Index] = col
		return out, c.Index, nil
	}
	out.Exprs, out.Names = append(out.Exprs, col), append(out.Names, s.Name)
	return out, len(out.Exprs) - 1, nil
}

// pushBeside goes through a node that adds columns behind those of its input.
func (p *timePusher) pushBeside(n, input plan.Node, e plan.Expr) (plan.Node, int, error) {
	width := len(input.Schema())
	if !usesOnly(e, 0, width) {
		return nil, 0, sqlerr.New(sqlerr.FeatureNotSupported, "a window needs event time, and \"%s\" is none here", exprName(e)).At(e.Pos()).
			Hint("window on a column of a table")
	}
	in, i, err := p.push(input, e)
	if err != nil {
		return nil, 0, err
	}
	if len(in.Schema()) == width {
		return plan.WithInputs(n, []plan.Node{in}), i, nil
	}
	// The new column stands between: put it behind all others.
	mid := widened(n, in, width)
	proj := &plan.Project{Input: mid}
	s := mid.Schema()
	for k := range s {
		if k != width {
			proj.Exprs, proj.Names = append(proj.Exprs, &plan.Col{Index: k, Name: s[k].Name, T: s[k].Type}), append(proj.Names, s[k].Name)
		}
	}
	proj.Exprs = append(proj.Exprs, &plan.Col{Index: width, Name: s[width].Name, T: s[width].Type})
	proj.Names = append(proj.Names, s[width].Name)
	return proj, len(proj.Exprs) - 1, nil
}

func (p *timePusher) pushUnion(n *plan.Union, e plan.Expr) (plan.Node, int, error) {
	out := &plan.Union{Names: slices.Clone(n.Names)}
	at, width := -1, len(n.Names)
	for _, in := range n.Ins {
		got, i, err := p.push(in, e)
		if err != nil {
			return nil, 0, err
		}
		// Every input must have the column in the same place: at the end, unless it is one of old.
		if _, ok := e.(*plan.Col); !ok && i < width {
			proj := passAll(got)
			s := got.Schema()[i]
			proj.Exprs, proj.Names = append(proj.Exprs, &plan.Col{Index: i, Name: s.Name, T: s.Type}), append(proj.Names, s.Name)
			got, i = proj, width
		}
		out.Ins, at = append(out.Ins, got), i
	}
	if at == width {
		out.Names = append(out.Names, p.name)
	}
	return out, at, nil
}

// substitute puts the expressions of a projection in place of its columns.
func substitute(e plan.Expr, exprs []plan.Expr) plan.Expr {
	return plan.TransformExpr(e, func(x plan.Expr) plan.Expr {
		if c, ok := x.(*plan.Col); ok {
			return exprs[c.Index]
		}
		return x
	})
}

// usesOnly says whether all columns of an expression lie in [from, to).
func usesOnly(e plan.Expr, from, to int) bool {
	ok := true
	plan.WalkExpr(e, func(x plan.Expr) bool {
		if c, is := x.(*plan.Col); is && (c.Index < from || c.Index >= to) {
			ok = false
		}
		return ok
	})
	return ok
}

// shift moves the columns of an expression by n.
func shift(e plan.Expr, n int) plan.Expr {
	return plan.TransformExpr(e, func(x plan.Expr) plan.Expr {
		if c, ok := x.(*plan.Col); ok {
			d := *c
			d.Index += n
			return &d
		}
		return x
	})
}
