package parser

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/penstock/penstock/internal/sqlerr"
)

type stringForm uint8

const (
	plainString  stringForm = iota // '…'
	escapeString                   // E'…'
)

// stringConst reads a string from its opening quote on, with the pieces that
// follow on further lines: SQL joins those to one.
func (l *lexer) stringConst(start int, form stringForm) {
	raw, ok := l.pieces(start, form)
	if !ok {
		return
	}
	if form == plainString {
		l.add(tString, start, strings.ReplaceAll(raw, "''", "'"))
		return
	}
	text, bad := unescape(raw)
	if bad != nil {
		l.out = append(l.out, token{kind: tErr, pos: start, end: l.i, err: bad.At(Pos(start + 1))})
		return
	}
	l.add(tString, start, text)
}

// pieces gives what stands between the quotes, unresolved.
func (l *lexer) pieces(start int, form stringForm) (string, bool) {
	raw, ok := l.piece(form)
	for ok {
		mark := l.i
		if !l.toNextPiece() {
			l.i = mark
			return raw, true
		}
		var more string
		if more, ok = l.piece(form); ok {
			raw += more
		}
	}
	l.fail(start, len(l.src), sqlerr.SyntaxError, "unterminated quoted string", l.src[start:])
	return "", false
}

// piece reads from one quote to the other.
func (l *lexer) piece(form stringForm) (string, bool) {
	l.i++
	from := l.i
	for l.i < len(l.src) {
		switch c := l.src[l.i]; {
		case c == '\\' && form == escapeString:
			l.i += 2
		case c == '\'' && l.at(1) == '\'':
			l.i += 2
		case c == '\'':
			l.i++
			return l.src[from : l.i-1], true
		default:
			l.i++
		}
	}
	return "", false
}

// toNextPiece goes to the quote of a piece that continues the string: only
// blanks, at least one line break and -- comments may stand between.
func (l *lexer) toNextPiece() bool {
	lines := false
	for l.i < len(l.src) {
		switch c := l.src[l.i]; {
		case isBlank(c):
			lines = lines || c == '\n' || c == '\r'
			l.i++
		case strings.HasPrefix(l.src[l.i:], "--"):
			n := strings.IndexAny(l.src[l.i:], "\r\n")
			if n < 0 {
				return false
			}
			l.i += n
		default:
			return lines && c == '\''
		}
	}
	return false
}

// unescape resolves the backslashes and doubled quotes of E'…'.
func unescape(raw string) (string, *sqlerr.Error) {
	var b strings.Builder
	for i := 0; i < len(raw); {
		c := raw[i]
		if c == '\'' {
			b.WriteByte(c)
			i += 2
			continue
		}
		if c != '\\' || i+1 >= len(raw) {
			b.WriteByte(c)
			i++
			continue
		}
		i++
		n := 1
		switch e := raw[i]; {
		case strings.IndexByte("bfnrt", e) >= 0:
			b.WriteByte("\b\f\n\r\t"[strings.IndexByte("bfnrt", e)])
		case e >= '0' && e <= '7':
			n = span(raw[i:], 3, func(c byte) bool { return c >= '0' && c <= '7' })
			v, _ := strconv.ParseUint(raw[i:i+n], 8, 16)
			b.WriteByte(byte(v))
		case e == 'x' && i+1 < len(raw) && isHex(raw[i+1]):
			n = 1 + span(raw[i+1:], 2, isHex)
			v, _ := strconv.ParseUint(raw[i+1:i+n], 16, 8)
			b.WriteByte(byte(v))
		case e == 'u' || e == 'U':
			r, size, bad := unicodeEscape(raw[i:])
			if bad != nil {
				return "", bad
			}
			n = size
			b.WriteRune(r)
		default:
			b.WriteByte(e)
		}
		i += n
	}
	text := b.String()
	if strings.IndexByte(text, 0) >= 0 {
		return "", sqlerr.New(sqlerr.BadByteSequence, `invalid byte sequence for encoding "UTF8": 0x00`)
	}
	if !utf8.ValidString(text) {
		return "", sqlerr.New(sqlerr.BadByteSequence, `invalid byte sequence for encoding "UTF8"`)
	}
	return text, nil
}

// unicodeEscape reads uXXXX or UXXXXXXXX (a surrogate pair takes two).
func unicodeEscape(s string) (rune, int, *sqlerr.Error) {
	r, n, ok := hexRune(s)
	if ok && r >= 0xD800 && r < 0xDC00 && len(s) > n && s[n] == '\\' {
		if low, m, ok := hexRune(s[n+1:]); ok && low >= 0xDC00 && low < 0xE000 {
			return (r-0xD800)<<10 + (low - 0xDC00) + 0x10000, n + 1 + m, nil
		}
	}
	if !ok {
		return 0, 0, sqlerr.New(sqlerr.InvalidEscape, "invalid Unicode escape").
			Hint(`Unicode escapes must be \uXXXX or \UXXXXXXXX.`)
	}
	if !utf8.ValidRune(r) || r == 0 {
		return 0, 0, sqlerr.New(sqlerr.SyntaxError, "invalid Unicode escape value")
	}
	return r, n, nil
}

func hexRune(s string) (rune, int, bool) {
	n := 0
	switch {
	case strings.HasPrefix(s, "u"):
		n = 5
	case strings.HasPrefix(s, "U"):
		n = 9
	}
	if n == 0 || len(s) < n {
		return 0, 0, false
	}
	v, err := strconv.ParseUint(s[1:n], 16, 32)
	return rune(v), n, err == nil && v <= utf8.MaxRune
}

// unicodeConst reads U&'…' or U&"…" from the quote on, and its UESCAPE.
func (l *lexer) unicodeConst(start int) {
	k, raw, ok := tString, "", false
	if l.at(0) == '"' {
		k = tQuoted
		raw, ok = l.quotedName('"')
	} else if raw, ok = l.pieces(start, plainString); ok {
		raw = strings.ReplaceAll(raw, "''", "'")
	}
	if !ok {
		return
	}
	esc, ok := l.uescape()
	if !ok {
		l.failAt(start, start, sqlerr.SyntaxError, "invalid Unicode escape character", l.src[start:l.i])
		return
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != esc {
			b.WriteByte(raw[i])
			continue
		}
		digits := raw[i+1:]
		switch {
		case strings.HasPrefix(digits, string(esc)):
			b.WriteByte(esc)
			i++
			continue
		case strings.HasPrefix(digits, "+") && len(digits) >= 7:
			digits = digits[1:7]
			i++
		case len(digits) >= 4:
			digits = digits[:4]
		}
		v, err := strconv.ParseUint(digits, 16, 32)
		if len(digits) < 4 || err != nil || v == 0 || !utf8.ValidRune(rune(v)) {
			l.failAt(start, start, sqlerr.SyntaxError, "invalid Unicode escape", l.src[start:l.i])
			return
		}
		b.WriteRune(rune(v))
		i += len(digits)
	}
	l.add(k, start, b.String())
}

// uescape reads an optional UESCAPE 'c'.
func (l *lexer) uescape() (byte, bool) {
	mark := l.i
	if _, ok := l.skipBlanks(); ok && len(l.src) >= l.i+7 && strings.EqualFold(l.src[l.i:l.i+7], "UESCAPE") {
		l.i += 7
		if _, ok := l.skipBlanks(); !ok || l.at(0) != '\'' || l.at(2) != '\'' {
			return 0, false
		}
		esc := l.at(1)
		l.i += 3
		return esc, !isHex(esc) && !isBlank(esc) && esc < 0x80 && strings.IndexByte(`+'"`, esc) < 0
	}
	l.i = mark
	return '\\', true
}

// bitConst reads B'101' or X'0F' from the quote on.
func (l *lexer) bitConst(start int, form byte) {
	raw, ok := l.pieces(start, plainString)
	if !ok {
		return
	}
	if form == 'b' {
		if i := strings.IndexFunc(raw, func(r rune) bool { return r != '0' && r != '1' }); i >= 0 {
			l.failAt(start, start, sqlerr.InvalidTextRepresentation, `"`+clip(raw[i:][:1])+`" is not a valid binary digit`, "")
			return
		}
		l.add(tBits, start, raw)
		return
	}
	data, err := hex.DecodeString(raw)
	if err != nil {
		l.failAt(start, start, sqlerr.InvalidTextRepresentation, "hexadecimal string must be pairs of hexadecimal digits", l.src[start:l.i])
		return
	}
	l.add(tBytes, start, string(data))
}

// span counts leading bytes that are ok, at most limit.
func span(s string, limit int, ok func(byte) bool) int {
	n := 0
	for n < len(s) && n < limit && ok(s[n]) {
		n++
	}
	return n
}

func isHex(c byte) bool {
	return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f'
}
