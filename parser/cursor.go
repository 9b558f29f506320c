package parser

import (
	"slices"

	"github.com/penstock/penstock/internal/sqlerr"
)

// parser walks the tokens of one text. Its first error is sticky: fail notes
// it and moves to the end of the tokens, where no expectation is met and every
// loop ends, so the functions below return nodes alone and the entry points
// look at err once.
type parser struct {
	src   string
	toks  []token
	i     int
	depth int
	err   *sqlerr.Error
	match []int // for the token of a '(': the token of its ')', or 0
}

func newParser(src string) *parser { return &parser{src: src, toks: lex(src)} }

func (p *parser) ok() bool { return p.err == nil }

func (p *parser) fail(e *sqlerr.Error) {
	if p.err == nil {
		p.err = e
	}
	p.i = len(p.toks) - 1
}

// tok is the current token; it stays at tEOF.
func (p *parser) tok() *token { return &p.toks[p.i] }

// ahead is the token n further on.
func (p *parser) ahead(n int) *token { return &p.toks[min(p.i+n, len(p.toks)-1)] }

func (p *parser) pos() Pos { return p.tok().p() }

// take gives the current token and moves on.
func (p *parser) take() *token {
	t := p.tok()
	if p.i < len(p.toks)-1 {
		p.i++
	}
	return t
}

// unexpected fails at the current token in PostgreSQL's words.
func (p *parser) unexpected() { p.fail(p.syntaxError(p.tok())) }

func (p *parser) syntaxError(t *token) *sqlerr.Error {
	switch t.kind {
	case tErr:
		return t.err
	case tEOF:
		return sqlerr.New(sqlerr.SyntaxError, "syntax error at end of input").At(t.p())
	}
	return sqlerr.New(sqlerr.SyntaxError, "syntax error at or near \"%s\"", clip(p.src[t.pos:t.end])).At(t.p())
}

// unsupported fails for something that SQL has and we have not.
func (p *parser) unsupported(at Pos, what string) *sqlerr.Error {
	e := sqlerr.New(sqlerr.FeatureNotSupported, "%s is not supported", what).At(at)
	p.fail(e)
	return e
}

// enter counts a level of nesting; leave goes with it.
func (p *parser) enter() bool {
	p.depth++
	if p.depth > MaxNesting {
		p.fail(sqlerr.New(sqlerr.StatementTooComplex, "statement is nested too deeply").
			Hint("At most %d levels are accepted.", MaxNesting).At(p.pos()))
	}
	return p.ok()
}

func (p *parser) leave() { p.depth-- }

func (p *parser) isOp(op string) bool { return p.tok().is(op) }

func (p *parser) isKw(words ...string) bool {
	t := p.tok()
	return t.kind == tWord && slices.Contains(words, t.up)
}

// seq tells whether the words stand here one after the other.
func (p *parser) seq(words ...string) bool {
	for i, w := range words {
		if !p.ahead(i).kw(w) {
			return false
		}
	}
	return true
}

func (p *parser) acceptOp(op string) bool {
	if p.isOp(op) {
		p.i++
		return true
	}
	return false
}

// accept takes the words if all of them stand here.
func (p *parser) accept(words ...string) bool {
	if !p.seq(words...) {
		return false
	}
	p.i += len(words)
	return true
}

func (p *parser) expectOp(op string) {
	if !p.acceptOp(op) {
		p.unexpected()
	}
}

func (p *parser) expect(words ...string) {
	for _, w := range words {
		if !p.accept(w) {
			p.unexpected()
		}
	}
}

// ident reads a name.
func (p *parser) ident() Ident {
	if !p.tok().name() {
		p.unexpected()
		return Ident{}
	}
	return p.take().ident()
}

// label reads a name where any word may stand, as after AS or a dot.
func (p *parser) label() Ident {
	if k := p.tok().kind; k != tWord && k != tQuoted {
		p.unexpected()
		return Ident{}
	}
	return p.take().ident()
}

// name reads a qualified name.
func (p *parser) name() Name {
	n := Name{p.ident()}
	for p.acceptOp(".") {
		n = append(n, p.label())
	}
	return n
}

// idents reads (a, b, c).
func (p *parser) idents() []Ident {
	var list []Ident
	p.expectOp("(")
	for p.ok() {
		list = append(list, p.ident())
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp(")")
	return list
}

// text reads a string constant.
func (p *parser) text() string {
	if p.tok().kind != tString {
		p.unexpected()
		return ""
	}
	return p.take().text
}

// spanFrom is the source from token number from to the token just taken.
func (p *parser) spanFrom(from int) Span {
	if p.i <= from {
		at := p.toks[from].p()
		return Span{at, at}
	}
	return Span{p.toks[from].p(), Pos(p.toks[p.i-1].end + 1)}
}

// closing is the token of the parenthesis that closes the one at token i, or
// 0 when there is none. The pairs are found once, when first asked for.
func (p *parser) closing(i int) int {
	if p.match == nil {
		p.match = make([]int, len(p.toks))
		var open []int
		for j := range p.toks {
			switch t := &p.toks[j]; {
			case t.is("("):
				open = append(open, j)
			case t.is(")") && len(open) > 0:
				p.match[open[len(open)-1]] = j
				open = open[:len(open)-1]
			}
		}
	}
	return p.match[i]
}

// queryAt tells whether the parenthesis at token i holds a query rather than
// an expression or a join: ((SELECT 1) UNION …) does, ((SELECT 1) + 2) not.
func (p *parser) queryAt(i int) bool {
	first := i + 1
	for p.toks[first].is("(") && first-i <= MaxNesting {
		first++
	}
	if t := &p.toks[first]; t.kind != tWord || !queryStart[t.up] {
		return false
	}
	for j := first - 2; j >= i; j-- { // from the innermost level outwards
		after := p.closing(j + 1)
		if after == 0 {
			return true // unbalanced: let the query say so
		}
		if t := &p.toks[after+1]; !t.is(")") && !(t.kind == tWord && queryTail[t.up]) {
			return false
		}
	}
	return true
}

var (
	queryStart = wordSet(`SELECT WITH VALUES TABLE`)
	queryTail  = wordSet(`UNION EXCEPT INTERSECT ORDER LIMIT OFFSET FETCH EMIT`)
)
