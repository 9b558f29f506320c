package parser

import (
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
)

// The binding powers are PostgreSQL's precedence table, loosest first.
const (
	bpOr = iota + 1
	bpAnd
	bpNot
	bpIs
	bpCompare // does not associate
	bpLike    // BETWEEN, IN, LIKE, ILIKE, SIMILAR: do not associate
	bpOther   // every operator without a line of its own: || -> ~ & << …
	bpAdd
	bpMul
	bpPower // to the left, and looser than unary minus: -2 ^ 2 is 4
	bpZone
	bpCollate
	bpSign
)

// expr reads an expression of operators that bind tighter than least.
func (p *parser) expr(least int) Expr {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	x := p.prefix()
	for n := 0; p.ok(); n++ {
		if n > MaxChain {
			p.tooLong()
			break
		}
		next, more := p.infix(x, least)
		if !more {
			break
		}
		x = next
	}
	return x
}

func (p *parser) tooLong() {
	p.fail(sqlerr.New(sqlerr.StatementTooComplex, "statement is too long").
		Hint("At most %d operators, joins or set operations in a row are accepted.", MaxChain).At(p.pos()))
}

func (p *parser) prefix() Expr {
	t := p.tok()
	switch {
	case t.kw("NOT"):
		p.take()
		return &Unary{P: t.p(), Op: "NOT", X: p.expr(bpNot - 1)}
	case t.is("-") || t.is("+"):
		p.take()
		return &Unary{P: t.p(), Op: t.text, X: p.expr(bpSign)}
	case t.is("~") || t.is("@") || t.is("|/") || t.is("||/"):
		p.take()
		return &Unary{P: t.p(), Op: t.text, X: p.expr(bpOther)}
	case t.is("?"):
		p.fail(p.syntaxError(t).Hint("Parameters are written $1, $2, …"))
		return nil
	}
	return p.postfix(p.operand())
}

// infix reads one operator and its right side behind x, if it binds tighter
// than least.
func (p *parser) infix(x Expr, least int) (Expr, bool) {
	t := p.tok()
	switch t.kind {
	case tOp:
		return p.infixOp(x, least)
	case tWord:
		return p.infixWord(x, least)
	}
	return x, false
}

func opPower(op string) int {
	switch op {
	case "+", "-":
		return bpAdd
	case "*", "/", "%":
		return bpMul
	case "^":
		return bpPower
	case "=", "<>", "!=", "<", "<=", ">", ">=":
		return bpCompare
	case "=>", ":=", "..", "(", ")", "[", "]", ",", ";", ".", ":", "::":
		return 0
	}
	return bpOther
}

func (p *parser) infixOp(x Expr, least int) (Expr, bool) {
	t := p.tok()
	if t.text == "::" { // behind IS NULL, IN (…) and the like: of all that
		return p.postfix(x), true
	}
	bp := opPower(t.text)
	if bp <= least {
		return x, false
	}
	p.take()
	return p.binary(x, t.text, t.p(), bp), true
}

// patternOps are the spellings of LIKE and of the regular expressions.
var patternOps = map[string]Like{
	"~": {Kind: "~"}, "!~": {Kind: "~", Not: true},
	"~*": {Kind: "~*"}, "!~*": {Kind: "~*", Not: true},
	"~~": {Kind: "LIKE"}, "!~~": {Kind: "LIKE", Not: true},
	"~~*": {Kind: "ILIKE"}, "!~~*": {Kind: "ILIKE", Not: true},
}

// binary reads the right side of an operator already taken.
func (p *parser) binary(x Expr, op string, at Pos, bp int) Expr {
	if op == "!=" {
		op = "<>"
	}
	if p.isKw("ANY", "SOME", "ALL") && p.ahead(1).is("(") {
		return p.quantified(x, op, at)
	}
	right := p.expr(bp)
	if bp == bpCompare {
		p.notAgain(bpCompare)
	}
	if l, ok := patternOps[op]; ok {
		return &Like{P: at, Kind: l.Kind, Not: l.Not, X: x, Pattern: right}
	}
	return &Binary{P: at, Op: op, L: x, R: right}
}

// notAgain fails at an operator of a level that does not associate.
func (p *parser) notAgain(bp int) {
	t := p.tok()
	again := t.kind == tOp && opPower(t.text) == bp
	switch bp {
	case bpLike:
		_, again = p.likeWord()
	case bpIs:
		again = p.isKw("IS", "ISNULL", "NOTNULL")
	}
	if again && p.ok() {
		p.unexpected()
	}
}

func (p *parser) quantified(x Expr, op string, at Pos) Expr {
	q := &Quantified{P: at, Op: op, L: x, All: p.take().up == "ALL"}
	if p.queryAt(p.i) {
		q.Query = p.parenQuery()
		return q
	}
	p.expectOp("(")
	q.R = p.expr(0)
	p.expectOp(")")
	return q
}

// likeWord gives the operator word of the BETWEEN level that stands here, and
// whether there is one; NOT may be before it.
func (p *parser) likeWord() (string, bool) {
	t := p.tok()
	if t.kw("NOT") {
		t = p.ahead(1)
	}
	if t.kind != tWord {
		return "", false
	}
	switch t.up {
	case "BETWEEN", "IN", "LIKE", "ILIKE", "SIMILAR":
		return t.up, true
	}
	return "", false
}

func (p *parser) infixWord(x Expr, least int) (Expr, bool) {
	if word, ok := p.likeWord(); ok {
		if bpLike <= least {
			return x, false
		}
		not := p.accept("NOT")
		at := p.take().p()
		x = p.likeLevel(x, word, not, at)
		return x, true
	}
	t := p.tok()
	bp := 0
	switch t.up {
	case "OR":
		bp = bpOr
	case "AND":
		bp = bpAnd
	case "IS", "ISNULL", "NOTNULL":
		bp = bpIs
	case "OPERATOR":
		if p.ahead(1).is("(") {
			bp = bpOther
		}
	case "OVERLAPS":
		bp = bpOther
	case "AT":
		if p.seq("AT", "TIME", "ZONE") {
			bp = bpZone
		}
	case "COLLATE":
		bp = bpCollate
	}
	if bp <= least {
		return x, false
	}
	p.take()
	switch t.up {
	case "OR", "AND":
		return &Binary{P: t.p(), Op: t.up, L: x, R: p.expr(bp)}, true
	case "ISNULL", "NOTNULL":
		return &Is{X: x, What: "NULL", Not: t.up == "NOTNULL"}, true
	case "IS":
		return p.is(x, t.p()), true
	case "OPERATOR":
		return p.namedOperator(x, t.p()), true
	case "OVERLAPS":
		return p.overlaps(x, t.p()), true
	case "AT":
		p.expect("TIME", "ZONE")
		zone := p.expr(bpZone)
		return &Call{P: t.p(), Name: Name{{Text: "timezone", P: t.p()}}, Args: []Expr{zone, x}}, true
	}
	return &Collate{X: x, Name: p.name()}, true
}

// overlaps reads the right side of (a, b) OVERLAPS (c, d).
func (p *parser) overlaps(x Expr, at Pos) Expr {
	y := p.expr(bpOther)
	l, ok1 := x.(*RowExpr)
	r, ok2 := y.(*RowExpr)
	if !ok1 || !ok2 || len(l.Items) != 2 || len(r.Items) != 2 {
		p.fail(sqlerr.New(sqlerr.SyntaxError, "wrong number of parameters on left or right side of OVERLAPS expression").At(at))
		return nil
	}
	return &Call{P: at, Name: Name{{Text: "overlaps", P: at}}, Args: append(append([]Expr{}, l.Items...), r.Items...)}
}

// is reads what follows IS.
func (p *parser) is(x Expr, at Pos) Expr {
	not := p.accept("NOT")
	if p.accept("DISTINCT", "FROM") {
		d := &IsDistinct{L: x, R: p.expr(bpIs), Not: not, Word: at}
		p.notAgain(bpIs)
		return d
	}
	form := ""
	if p.isKw("NFC", "NFD", "NFKC", "NFKD") && p.ahead(1).kw("NORMALIZED") {
		form = p.take().up
	}
	if p.isKw("NORMALIZED") {
		p.take()
		args := []Expr{x}
		if form != "" {
			args = append(args, &Literal{P: at, Kind: "string", Text: form})
		}
		c := Expr(&Call{P: at, Name: Name{{Text: "is_normalized", P: at}}, Args: args})
		if not {
			c = &Unary{P: at, Op: "NOT", X: c}
		}
		return c
	}
	if !p.isKw("NULL", "TRUE", "FALSE", "UNKNOWN") {
		p.unexpected()
		return nil
	}
	return &Is{X: x, Not: not, What: p.take().up}
}

// namedOperator reads OPERATOR(pg_catalog.~) behind its first word.
func (p *parser) namedOperator(x Expr, at Pos) Expr {
	p.expectOp("(")
	for p.tok().name() && p.ahead(1).is(".") {
		p.take()
		p.take()
	}
	op := p.take()
	if op.kind != tOp || opPower(op.text) == 0 {
		p.i--
		p.unexpected()
		return nil
	}
	p.expectOp(")")
	return p.binary(x, op.text, at, bpOther)
}

// likeLevel reads the right side of BETWEEN, IN, LIKE, ILIKE and SIMILAR TO.
func (p *parser) likeLevel(x Expr, word string, not bool, at Pos) Expr {
	switch word {
	case "IN":
		return p.in(x, not, at)
	case "BETWEEN":
		b := &Between{X: x, Not: not, Symmetric: p.accept("SYMMETRIC"), Word: at}
		if !b.Symmetric {
			p.accept("ASYMMETRIC")
		}
		b.Lo = p.expr(bpLike)
		p.expect("AND")
		b.Hi = p.expr(bpLike)
		p.notAgain(bpLike)
		return b
	}
	if word == "SIMILAR" {
		p.expect("TO")
	} else if p.isKw("ANY", "SOME", "ALL") && p.ahead(1).is("(") {
		if not {
			word = "NOT " + word
		}
		return p.quantified(x, word, at)
	}
	l := &Like{P: at, Kind: word, Not: not, X: x, Pattern: p.expr(bpLike)}
	if p.accept("ESCAPE") {
		l.Escape = p.expr(bpLike)
	}
	p.notAgain(bpLike)
	return l
}

func (p *parser) in(x Expr, not bool, at Pos) Expr {
	in := &In{X: x, Not: not, Word: at}
	if !p.isOp("(") {
		p.unexpected()
		return nil
	}
	if p.queryAt(p.i) {
		in.Query = p.parenQuery()
		return in
	}
	p.take()
	in.List = p.exprs()
	p.expectOp(")")
	return in
}

// exprs reads a comma list of at least one expression.
func (p *parser) exprs() []Expr {
	var list []Expr
	for p.ok() {
		list = append(list, p.expr(0))
		if !p.acceptOp(",") {
			break
		}
	}
	return list
}

// parenQuery reads ( query ).
func (p *parser) parenQuery() *Query {
	p.expectOp("(")
	q := p.query()
	p.expectOp(")")
	return q
}

// postfix reads ::type, [i], .field behind an operand.
func (p *parser) postfix(x Expr) Expr {
	for n := 0; p.ok(); n++ {
		if n > MaxNesting {
			p.tooLong()
		}
		t := p.tok()
		switch {
		case t.is("::"):
			p.take()
			to := p.typeName()
			x = &Cast{P: t.p(), X: x, To: to}
		case t.is("["):
			p.take()
			x = p.subscript(x, t.p())
		case t.is("."):
			p.take()
			x = p.field(x)
		default:
			return x
		}
	}
	return x
}

func (p *parser) field(x Expr) Expr {
	t := p.tok()
	if p.acceptOp("*") {
		return &Field{X: x, Name: Ident{Text: "*", P: t.p()}}
	}
	return &Field{X: x, Name: p.label()}
}

func (p *parser) subscript(x Expr, at Pos) Expr {
	s := &Subscript{X: x, P: at}
	if !p.isOp(":") {
		s.Index = p.expr(0)
	}
	if p.acceptOp(":") {
		s.Slice = true
		if !p.isOp("]") {
			s.Hi = p.expr(0)
		}
	}
	p.expectOp("]")
	return s
}

func lower(s string) string { return strings.ToLower(s) }

func upper(s string) string { return strings.ToUpper(s) }
