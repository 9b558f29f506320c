package planner

import (
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// groupWindow is TUMBLE(time, size [, offset]) in GROUP BY.
type groupWindow struct {
	time         plan.Expr
	size, offset int64
	pos          sqlerr.Pos // of the time
}

// groupWindow takes TUMBLE(…) out of a GROUP BY list.
func (k *block) groupWindow(c *parser.Call) error {
	if k.group.window != nil {
		return k.b.unsupported(c.P, "a second window in GROUP BY")
	}
	w, err := k.b.tumbleCall(c, k.rel)
	if err != nil {
		return err
	}
	k.group.window = w
	return nil
}

// tumbleCall reads TUMBLE(time, size [, offset]) and its kin.
func (b *binder) tumbleCall(c *parser.Call, r *rel) (*groupWindow, error) {
	name := upper(callName(c))
	if len(c.Args) < 2 || len(c.Args) > 3 {
		return nil, sqlerr.New(sqlerr.UndefinedFunction, "%s takes a time, a size and maybe an offset", name).At(b.pos(c.P)).
			Hint("%s(ts, INTERVAL '20' SECOND)", name)
	}
	s := &exprScope{rel: r, clause: name}
	t, err := b.expr(c.Args[0], s)
	if err != nil {
		return nil, err
	}
	if err := b.checkTime(t, b.pos(c.Args[0].Pos())); err != nil {
		return nil, err
	}
	w := &groupWindow{time: t, pos: b.pos(c.Args[0].Pos())}
	w.size, w.offset, err = b.windowSize(name, c.Args[1:])
	return w, err
}

// checkTime refuses what windows cannot go by.
func (b *binder) checkTime(t plan.Expr, pos sqlerr.Pos) error {
	typ := t.Type()
	if typ.Kind == catalog.Unknown || !typ.IsTimestamp() {
		return sqlerr.New(sqlerr.DatatypeMismatch, "a window goes by a TIMESTAMP, not by %s", typeName(typ)).At(pos).
			Hint("cast it: CAST(%s AS TIMESTAMP(3))", exprName(t))
	}
	return nil
}

// windowSize reads size and offset, in microseconds.
func (b *binder) windowSize(name string, args []parser.Expr) (size, offset int64, err error) {
	if size, err = b.fixedInterval(args[0], "the size of "+name); err != nil {
		return 0, 0, err
	}
	if size <= 0 {
		return 0, 0, sqlerr.New(sqlerr.InvalidParameterValue, "the size of %s must be positive", name).At(b.pos(args[0].Pos()))
	}
	if len(args) == 2 {
		if offset, err = b.fixedInterval(args[1], "the offset of "+name); err != nil {
			return 0, 0, err
		}
	}
	return size, offset, nil
}

// fixedInterval reads a constant INTERVAL of days and less (or a TIME, as the
// offset may be written).
func (b *binder) fixedInterval(x parser.Expr, what string) (int64, error) {
	pos := b.pos(x.Pos())
	e, err := b.expr(x, &exprScope{clause: "a window"})
	if err != nil {
		return 0, err
	}
	if k := e.Type().Kind; k == catalog.Unknown || k == catalog.Time {
		if e, err = b.coerce(e, catalog.Of(catalog.Interval), implicit); err != nil {
			return 0, err
		}
	}
	if c, ok := e.(*plan.Cast); ok { // TIME '00:05' as an interval
		if t, ok := c.X.(*plan.Const); ok && t.T.Kind == catalog.Time {
			e = &plan.Const{T: c.T, Text: t.Text, P: t.P}
		}
	}
	if e.Type().Kind != catalog.Interval {
		return 0, sqlerr.New(sqlerr.DatatypeMismatch, "%s must be an INTERVAL, not %s", what, typeName(e.Type())).At(pos)
	}
	if e, err = b.foldInterval(e); err != nil {
		return 0, err
	}
	v, ok := constInterval(e)
	if !ok {
		return 0, sqlerr.New(sqlerr.FeatureNotSupported, "%s must be a constant", what).At(pos)
	}
	micros, fixed := v.FixedMicros()
	if !fixed {
		return 0, sqlerr.New(sqlerr.FeatureNotSupported, "%s cannot be given in months or years", what).At(pos).
			Hint("months differ in length; use days")
	}
	if lim := int64(1) << 60; micros > lim || micros < -lim {
		return 0, sqlerr.New(sqlerr.IntervalFieldOverflow, "%s is out of range", what).At(pos)
	}
	return micros, nil
}

// foldInterval computes a constant; the sign of -INTERVAL '1' HOUR needs no registry.
func (b *binder) foldInterval(e plan.Expr) (plan.Expr, error) {
	if c, ok := e.(*plan.Call); ok && c.Fn == "-" && len(c.Args) == 1 {
		if v, ok := constInterval(c.Args[0]); ok {
			neg, err := v.Neg()
			if err != nil {
				return nil, err
			}
			return intervalConst(neg, c.P), nil
		}
	}
	return b.fold(e)
}

// bindWindowCall binds TUMBLE_START(…) and its kin where a value may stand.
func (b *binder) bindWindowCall(x *parser.Call, name string, s *exprScope) (plan.Expr, error) {
	pos := b.pos(x.P)
	if len(name) < 6 || name[:6] != "tumble" {
		return nil, b.unsupported(x.P, upper(name)).Hint("only tumbling windows (TUMBLE) are there")
	}
	if name == "tumble" {
		return nil, sqlerr.New(sqlerr.WindowingError, "TUMBLE stands only in GROUP BY and FROM").At(pos).Hint("TUMBLE_START and TUMBLE_END give the window's bounds")
	}
	if s.group == nil || s.group.window == nil || s.inAggregate {
		return nil, sqlerr.New(sqlerr.WindowingError, "%s needs a TUMBLE in GROUP BY of the same query", upper(name)).At(pos).
			Hint("GROUP BY TUMBLE(ts, INTERVAL '20' SECOND)")
	}
	w, err := b.tumbleCall(x, s.rel)
	if err != nil {
		return nil, err
	}
	g := s.group.window
	if w.size != g.size || w.offset != g.offset || !plan.Equal(w.time, g.time) {
		return nil, sqlerr.New(sqlerr.WindowingError, "%s does not match the TUMBLE in GROUP BY", upper(name)).At(pos).
			Hint("give it the same time, size and offset")
	}
	end := &plan.Col{Index: endMark, Name: "window_end", T: windowType(), P: pos}
	switch name {
	case "tumble_start":
		return &plan.Col{Index: startMark, Name: "window_start", T: windowType(), P: pos}, nil
	case "tumble_end":
		return end, nil
	case "tumble_rowtime":
		return windowTimeExpr(end), nil
	}
	return nil, b.unsupported(x.P, upper(name)).Hint("windows go by event time here")
}

// window gives the Aggregate its window, if there is one, and returns the keys
// that are not part of it.
func (k *block) window(agg *plan.Aggregate, low *lowerProject, r *regrouper) ([]plan.Expr, error) {
	g := k.group
	bounds := func() {
		r.start = r.column(agg, "window_start", windowType())
		r.end = r.column(agg, "window_end", windowType())
	}
	if g.window != nil {
		agg.Window = &plan.Window{Kind: plan.Tumble, Size: g.window.size, Offset: g.window.offset, Time: low.add(g.window.time, exprName(g.window.time))}
		bounds()
		return g.keys, nil
	}
	ps := props(k.rel.node)
	of := func(kind boundKind, win plan.Node) int {
		return slices.IndexFunc(g.keys, func(e plan.Expr) bool {
			p := exprProps(e, ps)
			return p.bound == kind && (win == nil || p.win == win)
		})
	}
	start, end := -1, -1
	for i, e := range g.keys {
		if p := exprProps(e, ps); p.bound == windowStart {
			if j := of(windowEnd, p.win); j >= 0 {
				start, end = i, j
				break
			}
		}
	}
	if start < 0 {
		if !k.rel.node.Bounded() {
			return nil, k.unwindowed(of(windowStart, nil) >= 0 || of(windowEnd, nil) >= 0)
		}
		return g.keys, nil
	}
	win := exprProps(g.keys[start], ps).win
	agg.Window = &plan.Window{Kind: plan.Attached, Start: low.add(g.keys[start], "window_start"), End: low.add(g.keys[end], "window_end")}
	bounds()
	var rest []plan.Expr
	for _, e := range g.keys {
		switch p := exprProps(e, ps); {
		case p.win != win || p.bound == noBound:
			rest = append(rest, e)
		case p.bound == windowStart:
			r.keys, r.outs = append(r.keys, e), append(r.outs, r.start)
		case p.bound == windowEnd:
			r.keys, r.outs = append(r.keys, e), append(r.outs, r.end)
		default:
			r.keys, r.outs = append(r.keys, e), append(r.outs, windowTimeExpr(r.end))
		}
	}
	return rest, nil
}

func (k *block) unwindowed(half bool) error {
	pos := k.sel.P
	if len(k.sel.GroupBy) > 0 {
		pos = k.sel.GroupBy[0].Pos()
	}
	e := k.b.unboundedError(pos, "aggregation without a window")
	if half {
		e.Hint("group by both window_start and window_end")
	}
	return e
}

// finishWindow makes the time of a tumbling Aggregate event time.
func (k *block) finishWindow(agg *plan.Aggregate) error {
	if agg.Window == nil || agg.Window.Kind != plan.Tumble {
		return nil
	}
	in, err := k.b.eventTime(agg.Input, agg.Window.Time, k.group.window.pos)
	if err != nil {
		return err
	}
	agg.Input = in
	return nil
}

// eventTime is ensureTime with expressions over PROCTIME() refused: only the
// clock itself is known not to go back.
func (b *binder) eventTime(n plan.Node, col int, pos sqlerr.Pos) (plan.Node, error) {
	if usesClock(n, col) && !isClockColumn(n, col) {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "a window over an expression of PROCTIME() is not supported").At(pos).
			Hint("window on PROCTIME() itself, or on a TIMESTAMP column of the records")
	}
	out, err := b.ensureTime(n, col)
	if err != nil {
		e := *sqlerr.From(err)
		e.Pos = pos // the window's, not that of the expression it goes by
		return nil, &e
	}
	return out, nil
}

// isClockColumn follows a column down to where it is PROCTIME() and nothing else.
func isClockColumn(n plan.Node, col int) bool {
	switch n := n.(type) {
	case *plan.Project:
		if c, ok := n.Exprs[col].(*plan.Col); ok {
			return isClockColumn(n.Input, c.Index)
		}
		return isClock(n.Exprs[col])
	case *plan.Filter, *plan.Watermark, *plan.Limit:
		return isClockColumn(n.Inputs()[0], col)
	case *plan.Unnest, *plan.Expand, *plan.WindowAssign:
		in := n.Inputs()[0]
		return col < len(in.Schema()) && isClockColumn(in, col)
	case *plan.Join:
		if lw := len(n.Left.Schema()); col >= lw {
			return isClockColumn(n.Right, col-lw)
		}
		return isClockColumn(n.Left, col)
	}
	return false
}

// usesClock follows a column down to PROCTIME().
func usesClock(n plan.Node, col int) bool {
	switch n := n.(type) {
	case *plan.Project:
		found := false
		plan.WalkExpr(n.Exprs[col], func(x plan.Expr) bool {
			switch x := x.(type) {
			case *plan.Call:
				found = found || x.Fn == "proctime"
			case *plan.Col:
				found = found || usesClock(n.Input, x.Index)
			}
			return !found
		})
		return found
	case *plan.Filter, *plan.Watermark, *plan.Limit:
		return usesClock(n.Inputs()[0], col)
	case *plan.Expand:
		return col < len(n.Input.Schema()) && usesClock(n.Input, col)
	}
	return false
}

// tumbleTable binds TUMBLE(TABLE t, DESCRIPTOR(ts), size [, offset]) in FROM.
func (b *binder) tumbleTable(c *parser.Call, scope *ctes) (plan.Node, error) {
	args, err := b.tableFuncArgs(c)
	if err != nil {
		return nil, err
	}
	node, err := b.tableArg(args[0], scope)
	if err != nil {
		return nil, err
	}
	d, ok := args[1].(*parser.Descriptor)
	if !ok || len(d.Columns) != 1 {
		return nil, sqlerr.New(sqlerr.SyntaxError, "TUMBLE wants DESCRIPTOR(column) as its second argument").At(b.pos(args[1].Pos()))
	}
	r := b.newRel(node, "")
	t, err := b.lookup(r, &parser.ColumnRef{Parts: d.Columns})
	if err != nil {
		return nil, err
	}
	if err := b.checkTime(t, b.pos(d.Columns[0].P)); err != nil {
		return nil, err
	}
	col, ok := t.(*plan.Col)
	if !ok {
		return nil, sqlerr.New(sqlerr.SyntaxError, "DESCRIPTOR wants a column").At(b.pos(d.P))
	}
	w := plan.Window{Kind: plan.Tumble, Time: col.Index}
	if w.Size, w.Offset, err = b.windowSize("TUMBLE", args[2:]); err != nil {
		return nil, err
	}
	if node, err = b.eventTime(node, w.Time, b.pos(d.Columns[0].P)); err != nil {
		return nil, err
	}
	return &plan.WindowAssign{Input: node, Window: w}, nil
}

var tumbleParams = []string{"data", "timecol", "size", "offset"}

// tableFuncArgs puts positional or named arguments in order.
func (b *binder) tableFuncArgs(c *parser.Call) ([]parser.Expr, error) {
	args := make([]parser.Expr, len(tumbleParams))
	n := 0
	for i, a := range c.Args {
		at := i
		if named, ok := a.(*parser.NamedArg); ok {
			if at = slices.Index(tumbleParams, lower(named.Name.Text)); at < 0 {
				e := sqlerr.New(sqlerr.UndefinedFunction, "TUMBLE has no parameter \"%s\"", named.Name.Text).At(b.pos(named.Name.P))
				return nil, e.Hint("DATA, TIMECOL, SIZE and OFFSET are")
			}
			a = named.X
		}
		if at >= len(args) || args[at] != nil {
			return nil, sqlerr.New(sqlerr.UndefinedFunction, "TUMBLE takes a table, a DESCRIPTOR, a size and maybe an offset").At(b.pos(a.Pos()))
		}
		args[at] = a
		n++
	}
	if args[0] == nil || args[1] == nil || args[2] == nil {
		return nil, sqlerr.New(sqlerr.UndefinedFunction, "TUMBLE takes a table, a DESCRIPTOR, a size and maybe an offset").At(b.pos(c.P)).
			Hint("TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '20' SECOND)")
	}
	return args[:n], nil
}

// tableArg binds TABLE t or a query as an argument.
func (b *binder) tableArg(x parser.Expr, scope *ctes) (plan.Node, error) {
	switch x := x.(type) {
	case *parser.TableArg:
		if len(x.PartitionBy) > 0 || len(x.OrderBy) > 0 {
			return nil, b.unsupported(x.P, "PARTITION BY or ORDER BY in the table of TUMBLE")
		}
		if x.Query != nil {
			return b.query(x.Query, scope, nil)
		}
		return b.named(x.Name, scope)
	case *parser.Subquery:
		return b.query(x.Query, scope, nil)
	case *parser.ColumnRef:
		return b.named(x.Parts, scope)
	}
	return nil, sqlerr.New(sqlerr.SyntaxError, "TUMBLE wants TABLE t or a subquery as its first argument").At(b.pos(x.Pos()))
}
