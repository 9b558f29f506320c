package parser

import "github.com/penstock/penstock/internal/sqlerr"

// call reads a call from its parenthesis on, with everything that may follow.
func (p *parser) call(n Name) Expr {
	if len(n) == 1 && !n[0].Quoted && upper(n[0].Text) == "DESCRIPTOR" {
		return &Descriptor{P: n.Pos(), Columns: p.idents()}
	}
	return p.callTail(p.plainCall(n))
}

// callTail reads WITHIN GROUP, FILTER, IGNORE NULLS and OVER behind a call.
func (p *parser) callTail(c *Call) Expr {
	if p.isKw("WITHIN") && p.ahead(1).kw("GROUP") {
		at := p.pos()
		p.expect("WITHIN", "GROUP")
		p.expectOp("(")
		if len(c.OrderBy) > 0 {
			p.fail(sqlerr.New(sqlerr.SyntaxError, "cannot use multiple ORDER BY clauses with WITHIN GROUP").At(at))
		}
		c.WithinGroup = true
		if !p.isKw("ORDER") {
			p.unexpected()
		}
		c.OrderBy = p.orderBy()
		p.expectOp(")")
	}
	if p.isKw("FILTER") && p.ahead(1).is("(") {
		p.take()
		p.take()
		p.expect("WHERE")
		c.Filter = p.expr(0)
		p.expectOp(")")
	}
	p.nullTreatment(c)
	if p.isKw("OVER") && (p.ahead(1).is("(") || p.ahead(1).name()) {
		at := p.take().p()
		if p.isOp("(") {
			c.Over = p.windowSpec(at)
		} else {
			c.Over = &WindowSpec{P: at, Name: p.ident()}
		}
	}
	return c
}

func (p *parser) nullTreatment(c *Call) {
	if p.accept("IGNORE", "NULLS") {
		c.IgnoreNulls = true
	} else {
		p.accept("RESPECT", "NULLS")
	}
}

// plainCall reads the parenthesis of a call.
func (p *parser) plainCall(n Name) *Call {
	c := &Call{P: n.Pos(), Name: n}
	p.expectOp("(")
	if p.isOp("*") && p.ahead(1).is(")") {
		p.take()
		c.Star = true
	}
	if p.accept("DISTINCT") {
		c.Distinct = true
	} else {
		p.accept("ALL")
	}
	if c.Distinct || !p.isOp(")") {
		for p.ok() {
			if p.accept("VARIADIC") {
				c.Variadic = true
			}
			c.Args = append(c.Args, p.arg())
			if !p.acceptOp(",") {
				break
			}
		}
		p.nullTreatment(c)
		if p.isKw("ORDER") {
			c.OrderBy = p.orderBy()
		}
	}
	p.expectOp(")")
	return c
}

// arg reads an argument: an expression, name => argument, or a table.
func (p *parser) arg() Expr {
	if next := p.ahead(1); p.tok().name() && (next.is("=>") || next.is(":=")) {
		a := &NamedArg{Name: p.ident()}
		p.take()
		a.X = p.arg()
		return a
	}
	if p.isKw("TABLE") {
		return p.tableArg()
	}
	return p.expr(0)
}

// tableArg reads TABLE t or TABLE (query) with its partitioning and order,
// each one column or a list in parentheses.
func (p *parser) tableArg() Expr {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	a := &TableArg{P: p.take().p()}
	switch {
	case p.isOp("(") && p.queryAt(p.i):
		a.Query = p.parenQuery()
	case p.acceptOp("("):
		a.Name = p.name()
		p.expectOp(")")
	default:
		a.Name = p.name()
	}
	if p.accept("PARTITION", "BY") {
		x := p.expr(0)
		if r, ok := x.(*RowExpr); ok {
			a.PartitionBy = r.Items
		} else {
			a.PartitionBy = []Expr{x}
		}
	}
	if p.accept("ORDER", "BY") {
		if p.isOp("(") {
			p.take()
			a.OrderBy = p.orderItems()
			p.expectOp(")")
		} else {
			a.OrderBy = []OrderItem{p.orderItem()}
		}
	}
	return a
}

// specialCall reads the calls with words between their arguments; the
// arguments come out in the order of the plain function.
func (p *parser) specialCall(t *token) (Expr, bool) {
	fn := func(name string, args ...Expr) (Expr, bool) {
		p.expectOp(")")
		return &Call{P: t.p(), Name: Name{{Text: name, P: t.p()}}, Args: args}, true
	}
	switch t.up {
	case "EXTRACT":
		return p.extract(fn)
	case "POSITION":
		p.take()
		p.take()
		sub := p.expr(bpLike)
		p.expect("IN")
		return fn("position", p.expr(bpLike), sub)
	case "OVERLAY", "SUBSTRING":
		return p.fromFor(t, fn)
	case "TRIM":
		return p.trim(fn)
	case "FLOOR", "CEIL", "CEILING":
		p.take()
		p.take()
		x := p.expr(0)
		if p.accept("TO") {
			name := map[string]string{"FLOOR": "floor", "CEIL": "ceil", "CEILING": "ceil"}[t.up]
			return fn(name, x, p.unitWord())
		}
		return p.commaCall(t, x), true
	case "NORMALIZE":
		p.take()
		p.take()
		args := []Expr{p.expr(0)}
		if p.acceptOp(",") {
			if p.isKw("NFC", "NFD", "NFKC", "NFKD") && p.ahead(1).is(")") {
				args = append(args, p.unitWord())
			} else {
				args = append(args, p.exprs()...)
			}
		}
		return fn("normalize", args...)
	case "TIMESTAMPADD", "TIMESTAMPDIFF":
		if unit := p.ahead(2); unit.kind == tWord && intervalUnits[unit.up] != "" && p.ahead(3).is(",") {
			p.take()
			p.take()
			u := p.unitWord()
			p.take()
			return fn(lower(t.up), append([]Expr{u}, p.exprs()...)...)
		}
	}
	return nil, false
}

// commaCall reads the rest of a plain call whose first argument is read.
func (p *parser) commaCall(t *token, first Expr) Expr {
	c := &Call{P: t.p(), Name: Name{t.ident()}, Args: []Expr{first}}
	if p.acceptOp(",") {
		c.Args = append(c.Args, p.exprs()...)
	}
	p.expectOp(")")
	return p.callTail(c)
}

type callMaker func(name string, args ...Expr) (Expr, bool)

// unitWord reads a word for a unit of time as a string constant.
func (p *parser) unitWord() Expr {
	at, id := p.pos(), p.label()
	text := lower(id.Text)
	if u := intervalUnits[upper(id.Text)]; u != "" {
		text = u
	}
	return &Literal{P: at, Kind: "string", Text: text}
}

func (p *parser) extract(fn callMaker) (Expr, bool) {
	next := p.ahead(2)
	if (next.kind != tWord && next.kind != tString && next.kind != tQuoted) || !p.ahead(3).kw("FROM") {
		p.i = min(p.i+2, len(p.toks)-1)
		if next.kind == tWord || next.kind == tString || next.kind == tQuoted {
			p.take()
		}
		p.unexpected()
		return nil, true
	}
	p.take()
	p.take()
	field := &Literal{P: p.pos(), Kind: "string", Text: lower(p.take().text)}
	p.expect("FROM")
	return fn("extract", field, p.expr(0))
}

// fromFor reads SUBSTRING(x FROM a FOR b) and OVERLAY(x PLACING y FROM a FOR b);
// with commas they are calls like any other.
func (p *parser) fromFor(t *token, fn callMaker) (Expr, bool) {
	p.take()
	p.take()
	x := p.expr(bpLike) // not SIMILAR, which may follow
	if p.isOp(",") || p.isOp(")") {
		return p.commaCall(t, x), true
	}
	args := []Expr{x}
	if t.up == "OVERLAY" {
		p.expect("PLACING")
		args = append(args, p.expr(0))
		p.expect("FROM")
		args = append(args, p.expr(0))
		if p.accept("FOR") {
			args = append(args, p.expr(0))
		}
		return fn("overlay", args...)
	}
	if p.accept("SIMILAR") {
		args = append(args, p.expr(0))
		p.expect("ESCAPE")
		return fn("substring", append(args, p.expr(0))...)
	}
	var from, length Expr
	for p.ok() && (from == nil && p.isKw("FROM") || length == nil && p.isKw("FOR")) {
		if p.take().up == "FROM" {
			from = p.expr(0)
		} else {
			length = p.expr(0)
		}
	}
	if from == nil && length == nil {
		p.unexpected()
		return nil, true
	}
	if from == nil {
		from = &Literal{P: t.p(), Kind: "int", Text: "1"}
	}
	args = append(args, from)
	if length != nil {
		args = append(args, length)
	}
	return fn("substring", args...)
}

// trim reads TRIM([BOTH|LEADING|TRAILING] [chars] [FROM] x).
func (p *parser) trim(fn callMaker) (Expr, bool) {
	p.take()
	p.take()
	name := "btrim"
	switch {
	case p.accept("LEADING"):
		name = "ltrim"
	case p.accept("TRAILING"):
		name = "rtrim"
	default:
		p.accept("BOTH")
	}
	if p.accept("FROM") {
		return fn(name, p.exprs()...)
	}
	args := p.exprs()
	if len(args) == 1 && p.accept("FROM") {
		chars := args[0]
		return fn(name, append(p.exprs(), chars)...)
	}
	return fn(name, args...)
}
