package parser

import (
	"strconv"

	"github.com/penstock/penstock/internal/sqlerr"
)

var literalKinds = map[kind]string{
	tInt: "int", tDecimal: "decimal", tFloat: "float",
	tString: "string", tBits: "bits", tBytes: "bytes",
}

// operand reads what stands between operators.
func (p *parser) operand() Expr {
	t := p.tok()
	switch t.kind {
	case tInt, tDecimal, tFloat, tString, tBits, tBytes:
		p.take()
		return &Literal{P: t.p(), Kind: literalKinds[t.kind], Text: t.text}
	case tParam:
		return p.param()
	case tOp:
		if t.text == "(" {
			return p.paren()
		}
		if t.text == "*" {
			p.unexpected()
			return nil
		}
	case tQuoted:
		return p.named()
	case tWord:
		return p.wordOperand(t)
	}
	p.unexpected()
	return nil
}

func (p *parser) param() Expr {
	t := p.take()
	n, err := strconv.Atoi(t.text)
	if err != nil || n > MaxParams {
		p.fail(sqlerr.New(sqlerr.ProgramLimitExceeded, "parameter number $%s is too large", clip(t.text)).At(t.p()))
		return nil
	}
	if n == 0 {
		p.fail(sqlerr.New(sqlerr.UndefinedParameter, "there is no parameter $0").At(t.p()))
	}
	return &Param{P: t.p(), N: n}
}

// paren reads (query), (expression) or the row (a, b).
func (p *parser) paren() Expr {
	at := p.pos()
	if p.queryAt(p.i) {
		return &Subquery{P: at, Query: p.parenQuery()}
	}
	p.expectOp("(")
	items := p.exprs()
	p.expectOp(")")
	if len(items) == 1 {
		return items[0]
	}
	return &RowExpr{P: at, Items: items}
}

func (p *parser) wordOperand(t *token) Expr {
	open := p.ahead(1).is("(")
	switch t.up {
	case "NULL":
		p.take()
		return &Literal{P: t.p(), Kind: "null", Text: "null"}
	case "TRUE", "FALSE":
		p.take()
		return &Literal{P: t.p(), Kind: "bool", Text: lower(t.up)}
	case "CASE":
		return p.caseExpr()
	case "CAST", "TRY_CAST":
		return p.cast()
	case "EXISTS":
		if open && p.queryAt(p.i+1) {
			p.take()
			return &Exists{P: t.p(), Query: p.parenQuery()}
		}
	case "ARRAY":
		return p.array()
	case "MAP":
		if p.ahead(1).is("[") {
			p.take()
			return &MapExpr{P: t.p(), Items: p.bracketed()}
		}
	case "ROW":
		if open {
			return p.row()
		}
	case "INTERVAL":
		if open || p.ahead(1).kind == tString {
			return p.interval()
		}
	case "TIMESTAMP", "TIME":
		if x := p.timeLiteral(); x != nil {
			return x
		}
	}
	if bareCalls[t.up] {
		return p.bareCall()
	}
	if x := p.typedLiteral(); x != nil {
		return x
	}
	if reserved[t.up] && !(funcWords[t.up] && open) {
		p.unexpected()
		return nil
	}
	if open {
		if x, ok := p.specialCall(t); ok {
			return x
		}
	}
	return p.named()
}

// named reads a column, t.*, or a call.
func (p *parser) named() Expr {
	first := p.take().ident()
	if p.isOp("(") {
		return p.call(Name{first})
	}
	n := Name{first}
	for p.isOp(".") {
		p.take()
		if p.acceptOp("*") {
			return &Star{P: first.P, Table: n}
		}
		n = append(n, p.label())
		if p.isOp("(") {
			return p.call(n)
		}
		if len(n) > MaxNesting {
			p.tooLong()
		}
	}
	return &ColumnRef{Parts: n}
}

func (p *parser) caseExpr() Expr {
	c := &Case{P: p.take().p()}
	if !p.isKw("WHEN") {
		c.X = p.expr(0)
	}
	for p.accept("WHEN") {
		var w When
		w.Cond = p.expr(0)
		p.expect("THEN")
		w.Then = p.expr(0)
		c.Whens = append(c.Whens, w)
	}
	if len(c.Whens) == 0 {
		p.unexpected()
	}
	if p.accept("ELSE") {
		c.Else = p.expr(0)
	}
	p.expect("END")
	return c
}

func (p *parser) cast() Expr {
	t := p.take()
	c := &Cast{P: t.p(), Try: t.up == "TRY_CAST"}
	p.expectOp("(")
	c.X = p.expr(0)
	p.expect("AS")
	c.To = p.typeName()
	p.expectOp(")")
	return c
}

// array reads ARRAY[…] and ARRAY(query).
func (p *parser) array() Expr {
	at := p.take().p()
	if p.isOp("(") {
		return &Subquery{P: at, Query: p.parenQuery(), Array: true}
	}
	return &ArrayExpr{P: at, Items: p.bracketed()}
}

// bracketed reads [a, b]; inside it [c] stands for an array too.
func (p *parser) bracketed() []Expr {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	var items []Expr
	p.expectOp("[")
	for p.ok() && !(len(items) == 0 && p.isOp("]")) {
		if p.isOp("[") {
			at := p.pos()
			items = append(items, &ArrayExpr{P: at, Items: p.bracketed()})
		} else {
			items = append(items, p.expr(0))
		}
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp("]")
	return items
}

func (p *parser) row() Expr {
	r := &RowExpr{P: p.take().p()}
	p.expectOp("(")
	if !p.isOp(")") {
		r.Items = p.exprs()
	}
	p.expectOp(")")
	return r
}

// bareCall reads CURRENT_TIMESTAMP, CURRENT_TIMESTAMP(3), CURRENT_SCHEMA().
func (p *parser) bareCall() Expr {
	t := p.take()
	c := &Call{P: t.p(), Name: Name{{Text: lower(t.text), P: t.p()}}}
	if p.acceptOp("(") {
		if !p.isOp(")") {
			c.Args = p.exprs()
		}
		p.expectOp(")")
	}
	return c
}

// typedLiteral reads type 'text' for a type of one word or a qualified name.
func (p *parser) typedLiteral() Expr {
	n := 1
	for p.ahead(n).is(".") && p.ahead(n+1).kind == tWord {
		n += 2
	}
	t := p.tok()
	if p.ahead(n).kind != tString || reserved[t.up] && t.up != "BINARY" {
		if !(t.kw("DOUBLE") && p.ahead(1).kw("PRECISION") && p.ahead(2).kind == tString) {
			return nil
		}
	}
	to := p.typeName()
	s := p.tok()
	return &Cast{P: t.p(), X: &Literal{P: s.p(), Kind: "string", Text: p.text()}, To: to}
}

// timeLiteral reads TIMESTAMP [(p)] [WITH … TIME ZONE] '…' and TIME likewise;
// it gives nil when a column or call of that name stands here.
func (p *parser) timeLiteral() Expr {
	n := 1
	if p.ahead(1).is("(") && p.ahead(2).kind == tInt && p.ahead(3).is(")") {
		n = 4
	}
	next := p.ahead(n)
	zoned := (next.kw("WITH") || next.kw("WITHOUT")) && (p.ahead(n+1).kw("TIME") || p.ahead(n+1).kw("LOCAL"))
	if next.kind != tString && !zoned {
		return nil
	}
	at := p.pos()
	to := p.typeName()
	s := p.pos()
	return &Cast{P: at, X: &Literal{P: s, Kind: "string", Text: p.text()}, To: to}
}

// interval reads INTERVAL [(p)] 'text' [unit [TO unit]].
func (p *parser) interval() Expr {
	iv := &IntervalLit{P: p.take().p(), Precision: -1}
	if p.acceptOp("(") {
		iv.Precision = p.smallInt()
		p.expectOp(")")
	}
	iv.Text = p.text()
	unit, precision := p.intervalUnit()
	iv.Unit = unit
	if precision >= 0 {
		iv.Precision = precision
	}
	return iv
}

// intervalUnits gives each word for a unit in the singular.
var intervalUnits = map[string]string{
	"YEAR": "year", "YEARS": "year", "QUARTER": "quarter", "QUARTERS": "quarter",
	"MONTH": "month", "MONTHS": "month", "WEEK": "week", "WEEKS": "week",
	"DAY": "day", "DAYS": "day", "HOUR": "hour", "HOURS": "hour",
	"MINUTE": "minute", "MINUTES": "minute", "SECOND": "second", "SECONDS": "second",
	"MILLISECOND": "millisecond", "MILLISECONDS": "millisecond",
}

// intervalUnit reads [unit [(p)] [TO unit [(p)]]].
func (p *parser) intervalUnit() (unit string, precision int) {
	precision = -1
	one := func() string {
		u := intervalUnits[p.take().up]
		if args := p.typeArgs(); len(args) > 0 {
			precision = args[0]
		}
		return u
	}
	if p.tok().kind != tWord || intervalUnits[p.tok().up] == "" {
		return "", precision
	}
	unit = one()
	if p.isKw("TO") {
		p.take()
		if p.tok().kind != tWord || intervalUnits[p.tok().up] == "" {
			p.unexpected()
			return "", precision
		}
		unit += " to " + one()
	}
	return unit, precision
}
