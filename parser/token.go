package parser

import "github.com/penstock/penstock/internal/sqlerr"

type kind uint8

const (
	tEOF    kind = iota
	tWord        // an unquoted word: a keyword or a name
	tQuoted      // "name" or `name`
	tString      // any form of string constant, escapes resolved
	tInt
	tDecimal
	tFloat
	tBits  // B'101'
	tBytes // X'0F', as bytes
	tParam // $1
	tOp    // operators and punctuation
	tErr   // what cannot be read
)

// token is a piece of the source. text is the value: a name without quotes, a
// string with its escapes resolved.
type token struct {
	kind     kind
	text     string
	up       string // the word in upper case
	pos, end int    // byte offsets in the source
	err      *sqlerr.Error
}

func (t *token) p() Pos { return Pos(t.pos + 1) }

func (t *token) is(op string) bool { return t.kind == tOp && t.text == op }

func (t *token) kw(word string) bool { return t.kind == tWord && t.up == word }

// name tells whether the token can stand where PostgreSQL has ColId.
func (t *token) name() bool {
	return t.kind == tQuoted || t.kind == tWord && !reserved[t.up]
}

func (t *token) ident() Ident {
	return Ident{Text: t.text, Quoted: t.kind == tQuoted, P: t.p()}
}
