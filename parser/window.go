package parser

import "github.com/penstock/penstock/internal/sqlerr"

// orderBy reads ORDER BY and its keys.
func (p *parser) orderBy() []OrderItem {
	p.expect("ORDER", "BY")
	return p.orderItems()
}

func (p *parser) orderItems() []OrderItem {
	var list []OrderItem
	for p.ok() {
		list = append(list, p.orderItem())
		if !p.acceptOp(",") {
			break
		}
	}
	return list
}

func (p *parser) orderItem() OrderItem {
	o := OrderItem{X: p.expr(0)}
	switch {
	case p.accept("DESC"):
		o.Desc = true
	case p.isKw("USING"):
		p.unsupported(p.pos(), "ORDER BY … USING")
	default:
		p.accept("ASC")
	}
	if p.isKw("NULLS") {
		p.take()
		if !p.isKw("FIRST", "LAST") {
			p.unexpected()
			return o
		}
		o.NullsFirst = new(p.take().up == "FIRST")
	}
	return o
}

// windowSpec reads ( [name] [PARTITION BY …] [ORDER BY …] [frame] ).
func (p *parser) windowSpec(at Pos) *WindowSpec {
	w := &WindowSpec{P: at}
	p.expectOp("(")
	if p.tok().name() && !p.seq("PARTITION", "BY") && !(p.isKw("ROWS", "RANGE", "GROUPS") && !p.ahead(1).is(")")) {
		w.Name = p.ident()
	}
	if p.accept("PARTITION", "BY") {
		w.PartitionBy = p.exprs()
	}
	if p.isKw("ORDER") {
		w.OrderBy = p.orderBy()
	}
	if p.isKw("ROWS", "RANGE", "GROUPS") {
		w.Frame = p.frame()
	}
	p.expectOp(")")
	return w
}

func (p *parser) frame() *Frame {
	f := &Frame{Unit: p.take().up}
	at := p.pos()
	if p.accept("BETWEEN") {
		f.From = p.bound()
		p.expect("AND")
		f.To = p.bound()
	} else {
		f.From = p.bound()
		f.To = Bound{Kind: "CURRENT ROW"}
	}
	if p.isKw("EXCLUDE") {
		p.unsupported(p.pos(), "EXCLUDE in a window frame")
	}
	switch {
	case !p.ok():
	case f.From.Kind == "UNBOUNDED FOLLOWING":
		p.fail(sqlerr.New(sqlerr.WindowingError, "frame start cannot be UNBOUNDED FOLLOWING").At(at))
	case f.To.Kind == "UNBOUNDED PRECEDING":
		p.fail(sqlerr.New(sqlerr.WindowingError, "frame end cannot be UNBOUNDED PRECEDING").At(at))
	}
	return f
}

func (p *parser) bound() Bound {
	switch {
	case p.accept("UNBOUNDED", "PRECEDING"):
		return Bound{Kind: "UNBOUNDED PRECEDING"}
	case p.accept("UNBOUNDED", "FOLLOWING"):
		return Bound{Kind: "UNBOUNDED FOLLOWING"}
	case p.accept("CURRENT", "ROW"):
		return Bound{Kind: "CURRENT ROW"}
	}
	b := Bound{X: p.expr(0)}
	if !p.isKw("PRECEDING", "FOLLOWING") {
		p.unexpected()
		return b
	}
	b.Kind = p.take().up
	return b
}
