package parser

import (
	"strings"
	"unicode/utf8"

	"github.com/penstock/penstock/internal/sqlerr"
)

// lexer cuts a text into tokens by PostgreSQL's rules, with backquotes as a
// second way to quote a name. It never fails: what it cannot read becomes a
// token that carries the error, which counts once the parser comes to it.
type lexer struct {
	src string
	i   int
	out []token
}

// lex gives the tokens of src; the last one is tEOF.
func lex(src string) []token {
	l := &lexer{src: src, out: make([]token, 0, len(src)/5+8)}
	for {
		if start, ok := l.skipBlanks(); !ok {
			l.fail(start, len(src), sqlerr.SyntaxError, `unterminated /* comment`, src[start:])
		}
		if l.i >= len(src) {
			l.out = append(l.out, token{kind: tEOF, pos: len(src), end: len(src)})
			return l.out
		}
		l.next()
	}
}

func (l *lexer) add(k kind, start int, text string) {
	l.out = append(l.out, token{kind: k, text: text, pos: start, end: l.i})
}

// fail adds an error token over src[start:end] and goes on behind it.
func (l *lexer) fail(start, end int, code sqlerr.Code, message, near string) {
	l.i = end
	l.failAt(start, start, code, message, near)
}

func (l *lexer) failAt(start, at int, code sqlerr.Code, message, near string) {
	e := sqlerr.New(code, "%s", message)
	if near != "" {
		e.Message += ` at or near "` + clip(near) + `"`
	}
	l.out = append(l.out, token{kind: tErr, pos: start, end: l.i, err: e.At(Pos(at + 1))})
}

// clip keeps a quoted piece of source short enough for a message.
func clip(s string) string {
	const maxNear = 200
	if len(s) <= maxNear {
		return s
	}
	s = s[:maxNear]
	for len(s) > 0 {
		if r, n := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || n != 1 {
			break
		}
		s = s[:len(s)-1]
	}
	return s + "…"
}

// skipBlanks goes over blanks and comments; for an unterminated comment it
// gives where that began, and false.
func (l *lexer) skipBlanks() (int, bool) {
	for l.i < len(l.src) {
		switch c := l.src[l.i]; {
		case isBlank(c):
			l.i++
		case strings.HasPrefix(l.src[l.i:], "--"):
			n := strings.IndexAny(l.src[l.i:], "\r\n")
			if n < 0 {
				n = len(l.src) - l.i
			}
			l.i += n
		case strings.HasPrefix(l.src[l.i:], "/*"):
			start := l.i
			if !l.blockComment() {
				return start, false
			}
		default:
			return 0, true
		}
	}
	return 0, true
}

// blockComment goes over a comment; they nest.
func (l *lexer) blockComment() bool {
	depth := 0
	for l.i < len(l.src) {
		switch {
		case strings.HasPrefix(l.src[l.i:], "/*"):
			depth++
			l.i += 2
		case strings.HasPrefix(l.src[l.i:], "*/"):
			depth--
			l.i += 2
			if depth == 0 {
				return true
			}
		default:
			l.i++
		}
	}
	return false
}

func (l *lexer) at(n int) byte {
	if l.i+n < len(l.src) {
		return l.src[l.i+n]
	}
	return 0
}

// next reads one token; the text is not at its end and not at a blank.
func (l *lexer) next() {
	start, c := l.i, l.src[l.i]
	switch {
	case c == '\'':
		l.stringConst(start, plainString)
	case (c == 'e' || c == 'E') && l.at(1) == '\'':
		l.i++
		l.stringConst(start, escapeString)
	case (c == 'n' || c == 'N') && l.at(1) == '\'':
		l.i++
		l.stringConst(start, plainString)
	case (c == 'u' || c == 'U') && l.at(1) == '&' && (l.at(2) == '\'' || l.at(2) == '"'):
		l.i += 2
		l.unicodeConst(start)
	case (c == 'x' || c == 'X' || c == 'b' || c == 'B') && l.at(1) == '\'':
		l.i++
		l.bitConst(start, c|0x20)
	case isNameStart(c):
		l.nameParts()
		text := l.src[start:l.i]
		l.out = append(l.out, token{kind: tWord, text: text, up: strings.ToUpper(text), pos: start, end: l.i})
	case c == '"' || c == '`':
		if text, ok := l.quotedName(c); ok {
			l.add(tQuoted, start, text)
		}
	case isDigit(c) || c == '.' && isDigit(l.at(1)):
		l.number()
	case c == '$':
		l.dollar()
	case strings.IndexByte("()[],;", c) >= 0:
		l.i++
		l.add(tOp, start, l.src[start:l.i])
	case c == '.':
		l.i++
		if l.at(0) == '.' {
			l.i++
		}
		l.add(tOp, start, l.src[start:l.i])
	case c == ':':
		l.i++
		if l.at(0) == ':' || l.at(0) == '=' {
			l.i++
		}
		l.add(tOp, start, l.src[start:l.i])
	case isOpChar(c):
		l.operator()
	default:
		_, n := utf8.DecodeRuneInString(l.src[l.i:])
		l.fail(start, l.i+n, sqlerr.SyntaxError, "syntax error", l.src[start:l.i+n])
	}
}

// quotedName reads a name between quotes, which are doubled inside.
func (l *lexer) quotedName(q byte) (string, bool) {
	start := l.i
	l.i++
	var b strings.Builder
	from := l.i
	for {
		n := strings.IndexByte(l.src[l.i:], q)
		if n < 0 {
			l.fail(start, len(l.src), sqlerr.SyntaxError, "unterminated quoted identifier", l.src[start:])
			return "", false
		}
		l.i += n + 1
		if l.at(0) != q {
			break
		}
		b.WriteString(l.src[from:l.i])
		l.i++
		from = l.i
	}
	text := l.src[from : l.i-1]
	if b.Len() > 0 {
		text = b.String() + text
	}
	if text == "" {
		l.failAt(start, start, sqlerr.SyntaxError, "zero-length delimited identifier", l.src[start:l.i])
		return "", false
	}
	return text, true
}

// number reads a number; a letter right behind it is an error.
func (l *lexer) number() {
	start, k := l.i, tInt
	l.digits()
	if l.at(0) == '.' && l.at(1) != '.' {
		k = tDecimal
		l.i++
		l.digits()
	}
	if c := l.at(0); c == 'e' || c == 'E' {
		n := 1
		if s := l.at(1); s == '+' || s == '-' {
			n = 2
		}
		if isDigit(l.at(n)) {
			k = tFloat
			l.i += n
			l.digits()
		}
	}
	if l.i < len(l.src) && isNameStart(l.src[l.i]) {
		e := l.i
		l.nameParts()
		if l.i == e+1 && l.src[e]|0x20 == 'e' && (l.at(0) == '+' || l.at(0) == '-') {
			l.i++
		}
		l.failAt(start, start, sqlerr.SyntaxError, "trailing junk after numeric literal", l.src[start:l.i])
		return
	}
	l.add(k, start, l.src[start:l.i])
}

func (l *lexer) digits() {
	for l.i < len(l.src) && isDigit(l.src[l.i]) {
		l.i++
	}
}

func (l *lexer) nameParts() {
	for l.i < len(l.src) && isNamePart(l.src[l.i]) {
		l.i++
	}
}

// dollar reads $1 or $tag$ … $tag$.
func (l *lexer) dollar() {
	start := l.i
	l.i++
	if isDigit(l.at(0)) {
		l.digits()
		if l.i < len(l.src) && isNameStart(l.src[l.i]) {
			l.nameParts()
			l.failAt(start, start, sqlerr.SyntaxError, "trailing junk after parameter", l.src[start:l.i])
			return
		}
		l.add(tParam, start, l.src[start+1:l.i])
		return
	}
	for l.i < len(l.src) && isNamePart(l.src[l.i]) && l.src[l.i] != '$' {
		l.i++
	}
	if l.at(0) != '$' {
		l.fail(start, start+1, sqlerr.SyntaxError, "syntax error", "$")
		return
	}
	l.i++
	tag := l.src[start:l.i]
	n := strings.Index(l.src[l.i:], tag)
	if n < 0 {
		l.fail(start, len(l.src), sqlerr.SyntaxError, "unterminated dollar-quoted string", l.src[start:])
		return
	}
	text := l.src[l.i : l.i+n]
	l.i += n + len(tag)
	l.add(tString, start, text)
}

// operator reads the longest run of operator characters that does not begin a
// comment; a run of several ends in + or - only if it holds one of the
// characters that standard operators lack.
func (l *lexer) operator() {
	start, end, odd := l.i, l.i, false
	for end < len(l.src) && isOpChar(l.src[end]) {
		rest := l.src[end:]
		if strings.HasPrefix(rest, "--") || strings.HasPrefix(rest, "/*") {
			break
		}
		odd = odd || strings.IndexByte("~!@#%^&|?", l.src[end]) >= 0
		end++
	}
	for !odd && end > start+1 && (l.src[end-1] == '+' || l.src[end-1] == '-') {
		end--
	}
	l.i = end
	l.add(tOp, start, l.src[start:end])
}

func isBlank(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isNameStart(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80
}

func isNamePart(c byte) bool { return isNameStart(c) || isDigit(c) || c == '$' }

func isOpChar(c byte) bool { return strings.IndexByte("+-*/<>=~!@#%^&|?", c) >= 0 }
