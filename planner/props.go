package planner

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/planner/plan"
)

// boundKind tells which bound of a window a column holds.
type boundKind uint8

const (
	noBound boundKind = iota
	windowStart
	windowEnd
	windowTime // window_end - 1 ms
)

// colProps is what is known of a column in time.
type colProps struct {
	// event: no row that comes after a watermark has a smaller value, late rows apart.
	event bool
	bound boundKind
	// win identifies the window that a bound belongs to.
	win plan.Node
}

// props works out what a node's columns are in time. It is read off the plan,
// so that it holds however the plan came about.
func props(n plan.Node) []colProps {
	switch n := n.(type) {
	case *plan.Values:
		ps := make([]colProps, len(n.Cols))
		for i, c := range n.Cols {
			ps[i].event = c.Type.IsTimestamp() // no watermark before the end: nothing is late
		}
		return ps
	case *plan.Filter, *plan.Exchange:
		return props(n.Inputs()[0])
	case *plan.Limit:
		return props(n.Input)
	case *plan.Project:
		in := props(n.Input)
		ps := make([]colProps, len(n.Exprs))
		for i, e := range n.Exprs {
			ps[i] = exprProps(e, in)
		}
		return ps
	case *plan.Watermark:
		ps := props(n.Input)
		ps[n.Time].event = true
		return ps
	case *plan.WindowAssign:
		return append(props(n.Input), colProps{bound: windowStart, win: n}, colProps{event: true, bound: windowEnd, win: n},
			colProps{event: true, bound: windowTime, win: n})
	case *plan.Aggregate:
		ps := make([]colProps, len(n.Types))
		if n.Window != nil {
			ps[0] = colProps{bound: windowStart, win: n}
			ps[1] = colProps{event: true, bound: windowEnd, win: n}
		}
		return ps
	case *plan.Unnest:
		return append(props(n.Input), make([]colProps, len(n.Cols))...)
	case *plan.Expand: // rows keep their order to watermarks, whatever is asked for them
		return append(props(n.Input), make([]colProps, len(n.Cols))...)
	case *plan.Union:
		return unionProps(n)
	case *plan.Join:
		return joinProps(n)
	}
	return make([]colProps, len(n.Schema()))
}

// exprProps follows copies, and knows window_end - 1 ms.
func exprProps(e plan.Expr, in []colProps) colProps {
	switch e := e.(type) {
	case *plan.Col:
		return in[e.Index]
	case *plan.Cast:
		from := e.X.Type()
		if e.T.Kind != from.Kind || !e.T.IsTimestamp() {
			break
		}
		// Rounding may put a time before the watermark; bounds of windows are whole milliseconds.
		p := exprProps(e.X, in)
		if e.T.FracDigits() >= from.FracDigits() || p.bound != noBound && e.T.FracDigits() >= 3 {
			return p
		}
	case *plan.Call:
		if c, ok := windowTimeOf(e); ok && in[c.Index].bound == windowEnd {
			return colProps{event: true, bound: windowTime, win: in[c.Index].win}
		}
	}
	return colProps{}
}

// windowTimeExpr is window_end - 1 ms.
func windowTimeExpr(end *plan.Col) plan.Expr {
	return &plan.Cast{T: windowType(), P: end.P, X: &plan.Call{Fn: "-", T: catalog.Of(catalog.Timestamp), P: end.P,
		Args: []plan.Expr{end, intervalConst(datum.Interval{Micros: datum.MicrosPerMilli}, end.P)}}}
}

func windowTimeOf(e *plan.Call) (*plan.Col, bool) {
	if e.Fn != "-" || len(e.Args) != 2 {
		return nil, false
	}
	c, ok := e.Args[0].(*plan.Col)
	v, isConst := constInterval(e.Args[1])
	return c, ok && isConst && v == datum.Interval{Micros: datum.MicrosPerMilli}
}

// windowType is the type of window bounds.
func windowType() catalog.Type { return catalog.Of(catalog.Timestamp).WithFrac(3) }

// unionProps keeps what all inputs agree on. Bounds of different inputs are
// of different windows and lose their mark, but not their order.
func unionProps(n *plan.Union) []colProps {
	ps := props(n.Ins[0])
	for i := range ps {
		ps[i].bound, ps[i].win = noBound, nil
	}
	for _, in := range n.Ins[1:] {
		for i, p := range props(in) {
			ps[i].event = ps[i].event && p.event
		}
	}
	return ps
}

// joinProps: a joined row comes when the later of its two comes. The times that
// bound the join lie behind the watermark by no more than the bounds, and what
// stands above the join sees a watermark held back by that (exec/op.Join.Delay), so
// they are event time still; other columns' times are not bounded.
func joinProps(n *plan.Join) []colProps {
	left, right := props(n.Left), props(n.Right)
	keep := func(ps []colProps, timeCol int, kept bool) {
		for i := range ps {
			same := i == timeCol || ps[i].win != nil && ps[i].win == ps[timeCol].win
			if !kept || !same {
				ps[i] = colProps{}
			}
		}
	}
	l, r := 0, 0
	if n.Time != nil {
		l, r = n.Time.LeftCol, n.Time.RightCol
	}
	keep(left, l, n.Time != nil && (n.Kind == plan.Inner || n.Kind == plan.Left))
	keep(right, r, n.Time != nil && (n.Kind == plan.Inner || n.Kind == plan.Right))
	return append(left, right...)
}
