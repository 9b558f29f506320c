package parser

import (
	"strings"
	"unicode/utf8"

	"github.com/penstock/penstock/internal/sqlerr"
	_ "github.com/penstock/penstock/parser/internal/quiet" // before the TiDB parser's own imports
)

// The limits of a text. They keep a hostile statement from costing more than
// its size in time, and the recursion of everyone who walks a tree in bounds.
const (
	// MaxNesting is how deep parentheses, subqueries, CASE and the like nest.
	MaxNesting = 400
	// MaxChain is how many operators, joins or set operations stand in a row.
	MaxChain = 20_000
	// MaxTextBytes is the size of a script.
	MaxTextBytes = 1 << 20
	// MaxParams is the highest $n, as in the wire protocol.
	MaxParams = 65535
)

// Parse reads a script: statements divided by semicolons, empty ones dropped.
// An error is a *sqlerr.Error with its position in src.
func Parse(src string) ([]Statement, error) {
	p, err := open(src)
	if err != nil {
		return nil, err
	}
	var list []Statement
	for p.ok() {
		for p.acceptOp(";") {
		}
		if p.tok().kind == tEOF {
			break
		}
		list = append(list, p.statement())
		if !p.isOp(";") && p.tok().kind != tEOF {
			p.unexpected()
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	return list, nil
}

// ParseOne reads exactly one statement; it gives nil for a text without one.
func ParseOne(src string) (Statement, error) {
	list, err := Parse(src)
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return nil, nil
	case len(list) > 1:
		return nil, sqlerr.New(sqlerr.SyntaxError, "cannot insert multiple commands into a prepared statement").
			At(list[1].Span().From)
	}
	return list[0], nil
}

// ParseExpr reads one expression.
func ParseExpr(src string) (Expr, error) {
	p, err := open(src)
	if err != nil {
		return nil, err
	}
	x := p.expr(0)
	return finish(p, x)
}

// ParseType reads the name of a type.
func ParseType(src string) (TypeName, error) {
	p, err := open(src)
	if err != nil {
		return TypeName{}, err
	}
	t := p.typeName()
	return finish(p, t)
}

func finish[T any](p *parser, x T) (T, error) {
	if p.ok() && p.tok().kind != tEOF {
		p.unexpected()
	}
	if p.err != nil {
		var zero T
		return zero, p.err
	}
	return x, nil
}

func open(src string) (*parser, error) {
	if len(src) > MaxTextBytes {
		return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "SQL text of %d bytes is too long", len(src)).
			Hint("At most %d bytes are accepted.", MaxTextBytes)
	}
	if at := badByte(src); at >= 0 {
		return nil, sqlerr.New(sqlerr.BadByteSequence, `invalid byte sequence for encoding "UTF8": 0x%02x`, src[at]).
			At(Pos(at + 1))
	}
	return newParser(src), nil
}

// badByte is where src stops being text, or -1.
func badByte(src string) int {
	if utf8.ValidString(src) {
		return strings.IndexByte(src, 0)
	}
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRuneInString(src[i:])
		if r == 0 || r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// Split finds the statements of a text that may still be growing, as an
// interactive reader needs it: those closed by a semicolon (without it), and
// what remains behind the last one, where a string or comment may be open.
// Both leave out empty statements and surrounding blanks; an empty rest has
// From equal to To.
func Split(src string) (complete []Span, rest Span) {
	end := Pos(len(src) + 1)
	from, last := -1, 0
	for _, t := range lex(src) {
		switch {
		case t.kind == tEOF:
			if from < 0 {
				return complete, Span{end, end}
			}
			return complete, Span{Pos(from + 1), end}
		case t.is(";"):
			if from >= 0 {
				complete = append(complete, Span{Pos(from + 1), Pos(last + 1)})
			}
			from = -1
		default:
			if from < 0 {
				from = t.pos
			}
			last = t.end
		}
	}
	return complete, Span{end, end}
}
