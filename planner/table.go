package planner

import (
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// What holds where neither the table nor a setting says otherwise.
const (
	// DefaultDelay is the delay of an implicit watermark (watermark.default-delay).
	DefaultDelay = 5 * time.Second
	// DefaultIdleTimeout is how long a split is silent before it counts as idle
	// (the table's scan.watermark.idle-timeout, the setting scan.idle-timeout); 0 would be never.
	DefaultIdleTimeout = 10 * time.Second
)

// table makes the scan of a table: its physical and metadata columns, above it
// the computed ones, above these the declared watermark.
func (b *binder) table(t *catalog.Table) (plan.Node, error) {
	b.hidden++
	defer func() { b.hidden-- }()
	scan := &plan.Scan{Table: *t, Ends: t.Lookup || b.env.bounded(t)}
	b.tables++
	r := &rel{tables: []scopeTable{{name: t.Name, id: b.tables}}}
	for _, c := range t.Columns {
		if c.Computed != "" {
			continue
		}
		r.cols = append(r.cols, scopeCol{name: c.Name, table: b.tables, index: len(scan.Columns), typ: c.Type})
		scan.Columns = append(scan.Columns, plan.ScanColumn{Name: c.Name, Type: c.Type, Meta: c.Metadata})
	}
	var node plan.Node = scan
	if len(scan.Columns) < len(t.Columns) {
		p, err := b.computed(t, scan, r)
		if err != nil {
			return nil, err
		}
		node = p
	}
	if t.Watermark == nil {
		return node, nil
	}
	return b.declaredWatermark(t, node)
}

// computed puts a table's columns in their declared order. Computed ones may
// use those before them.
func (b *binder) computed(t *catalog.Table, scan plan.Node, r *rel) (plan.Node, error) {
	p := &plan.Project{Input: scan}
	for _, c := range t.Columns {
		var e plan.Expr
		if c.Computed == "" {
			e = r.find(parser.Ident{Text: c.Name, Quoted: true}, func(*scopeCol) bool { return true })[0].ref(0)
		} else {
			x, err := parser.ParseExpr(c.Computed)
			if err == nil {
				e, err = b.computedExpr(x, r)
			}
			if err != nil {
				return nil, inTable(err, "column \""+c.Name+"\" of table \""+t.Name+"\"")
			}
			r.cols = append(r.cols, scopeCol{name: c.Name, table: r.tables[0].id, typ: e.Type(), expr: e})
		}
		p.Exprs, p.Names = append(p.Exprs, e), append(p.Names, c.Name)
	}
	return p, nil
}

func (b *binder) computedExpr(x parser.Expr, r *rel) (plan.Expr, error) {
	e, err := b.expr(x, &exprScope{rel: r, clause: "a computed column"})
	if err != nil {
		return nil, err
	}
	return b.decide(e)
}

// inTable says where an error in a stored text is.
func inTable(err error, where string) error {
	e := *sqlerr.From(err)
	e.Pos = 0
	e.Message = where + ": " + e.Message
	return &e
}

func (b *binder) declaredWatermark(t *catalog.Table, node plan.Node) (plan.Node, error) {
	where := "watermark of table \"" + t.Name + "\""
	x, err := parser.ParseExpr(t.Watermark.ExprText)
	if err != nil {
		return nil, inTable(err, where)
	}
	r := b.newRel(node, t.Name)
	col, delay, err := b.watermarkExpr(parser.Ident{Text: t.Watermark.Column, Quoted: true}, x, r)
	if err != nil {
		return nil, inTable(err, where)
	}
	w := &plan.Watermark{Input: node, Time: col, Delay: delay}
	if w.IdleTimeout, err = b.idleTimeout(t); err != nil {
		return nil, inTable(err, where)
	}
	return w, nil
}

// watermarkExpr reads WATERMARK FOR column AS x: the column, or the column less
// a constant interval.
func (b *binder) watermarkExpr(column parser.Ident, x parser.Expr, r *rel) (col int, delay int64, err error) {
	cols := r.find(column, func(*scopeCol) bool { return true })
	if len(cols) != 1 {
		return 0, 0, b.undefinedColumn(r, column, "")
	}
	c := cols[0]
	if !c.typ.IsTimestamp() {
		return 0, 0, sqlerr.New(sqlerr.DatatypeMismatch, "watermark column \"%s\" must be of type TIMESTAMP, not %s", c.name, c.typ).
			At(b.pos(column.P)).Hint("add a computed column: ts AS CAST(%s AS TIMESTAMP(3))", catalog.QuoteIdent(c.name))
	}
	e, err := b.expr(x, &exprScope{rel: r, clause: "WATERMARK"})
	if err != nil {
		return 0, 0, err
	}
	bad := sqlerr.New(sqlerr.InvalidTableDefinition, "unsupported watermark expression").At(b.pos(x.Pos())).
		Hint("write WATERMARK FOR %[1]s AS %[1]s, or AS %[1]s - INTERVAL '5' SECOND", catalog.QuoteIdent(c.name))
	var lag plan.Expr
	if call, ok := e.(*plan.Call); ok && call.Fn == "-" && len(call.Args) == 2 {
		e, lag = call.Args[0], call.Args[1]
	}
	if !plan.Equal(stripCasts(e), c.ref(0)) {
		return 0, 0, bad
	}
	if lag == nil {
		return c.index, 0, nil
	}
	if lag, err = b.fold(lag); err != nil {
		return 0, 0, err
	}
	v, ok := constInterval(lag)
	delay, fixed := v.FixedMicros()
	if !ok || !fixed || delay < 0 {
		return 0, 0, bad
	}
	return c.index, delay, nil
}

// stripCasts looks below casts between timestamp types.
func stripCasts(x plan.Expr) plan.Expr {
	for {
		c, ok := x.(*plan.Cast)
		if !ok || !c.T.IsTimestamp() || c.T.Kind != c.X.Type().Kind {
			return x
		}
		x = c.X
	}
}

// idleTimeout is the table's option, else the setting, else the default, in microseconds.
func (b *binder) idleTimeout(t *catalog.Table) (int64, error) {
	if t != nil {
		if v, ok := t.Option("scan.watermark.idle-timeout"); ok {
			return durationMicros("scan.watermark.idle-timeout", v, 0)
		}
	}
	return durationMicros("scan.idle-timeout", b.env.setting("scan.idle-timeout"), DefaultIdleTimeout)
}

// durationMicros reads "10s", "500 ms", "1 min" or an interval's text.
func durationMicros(name, text string, def time.Duration) (int64, error) {
	if text == "" {
		return def.Microseconds(), nil
	}
	short := strings.ReplaceAll(text, " ", "")
	if n, ok := strings.CutSuffix(short, "min"); ok {
		short = n + "m"
	}
	if d, err := time.ParseDuration(short); err == nil && d >= 0 {
		return d.Microseconds(), nil
	}
	if v, err := datum.ParseInterval([]byte(text)); err == nil {
		if micros, ok := v.FixedMicros(); ok && micros >= 0 {
			return micros, nil
		}
	}
	return 0, sqlerr.New(sqlerr.InvalidParameterValue, "invalid value for \"%s\": \"%s\"", name, text).Hint("a duration such as '10s' or '5 min'")
}
