package expr

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
)

// maxPattern bounds the length of a regular expression, in bytes.
const maxPattern = 16 << 10

func errRegex(format string, args ...any) *sqlerr.Error {
	return sqlerr.New(sqlerr.InvalidRegularExpression, "invalid regular expression: "+format, args...)
}

// regexFlags are the options of a match.
type regexFlags struct {
	fold, lines, all bool
}

// parseRegexFlags reads the flags argument of PostgreSQL's functions.
func parseRegexFlags(flags []byte, f *regexFlags) error {
	for _, ch := range flags {
		switch ch {
		case 'g':
			f.all = true
		case 'i':
			f.fold = true
		case 'c':
			f.fold = false
		case 'n', 'm':
			f.lines = true
		case 's':
			f.lines = false
		default:
			return sqlerr.New(sqlerr.InvalidParameterValue, `invalid regular expression option: "%c"`, ch)
		}
	}
	return nil
}

// compileRegex compiles a regular expression of PostgreSQL's advanced kind. RE2,
// which runs it in linear time, has no back references and no look-around:
// those are refused.
func compileRegex(pattern []byte, f regexFlags) (*regexp.Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, errRegex("regular expression is too complex")
	}
	t := &regexTranslator{in: string(pattern)}
	if err := t.run(&f); err != nil {
		return nil, err
	}
	opts := "(?s"
	if f.lines {
		opts = "(?m"
	}
	if f.fold {
		opts += "i"
	}
	re, err := regexp.Compile(opts + ")" + t.out.String())
	if err != nil {
		return nil, regexFault(err)
	}
	if !t.lazy {
		re.Longest() // as POSIX has it, and PostgreSQL
	}
	return re, nil
}

func regexFault(err error) error {
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		switch e.Code {
		case syntax.ErrMissingRepeatArgument, syntax.ErrInvalidRepeatOp:
			return errRegex("quantifier operand invalid")
		case syntax.ErrMissingBracket:
			return errRegex("brackets [] not balanced")
		case syntax.ErrMissingParen, syntax.ErrUnexpectedParen:
			return errRegex("parentheses () not balanced")
		case syntax.ErrInvalidCharRange:
			return errRegex("invalid character range")
		case syntax.ErrInvalidRepeatSize:
			return errRegex("invalid repetition count(s)")
		case syntax.ErrLarge, syntax.ErrNestingDepth:
			return errRegex("regular expression is too complex")
		}
		return errRegex("%s: `%s`", e.Code, clip([]byte(e.Expr)))
	}
	return errRegex("%v", err)
}

// regexTranslator writes PostgreSQL's syntax in RE2's.
type regexTranslator struct {
	in   string
	i    int
	out  strings.Builder
	lazy bool // there is a quantifier like *?
}

func (t *regexTranslator) run(f *regexFlags) error {
	switch {
	case strings.HasPrefix(t.in, "***="):
		t.out.WriteString(regexp.QuoteMeta(t.in[4:]))
		return nil
	case strings.HasPrefix(t.in, "***:"):
		t.i = 4
	case strings.HasPrefix(t.in, "***"):
		return errRegex("invalid embedded option")
	}
	if err := t.embedded(f); err != nil {
		return err
	}
	for t.i < len(t.in) {
		ch := t.in[t.i]
		var err error
		switch {
		case ch == '\\':
			err = t.escape(false)
		case ch == '[':
			err = t.bracket()
		case strings.HasPrefix(t.in[t.i:], "(?"):
			err = t.group()
		case ch == '{' && t.i+1 < len(t.in) && t.in[t.i+1]-'0' <= 9:
			err = t.braces()
		case ch == '?' && t.i > 0 && strings.IndexByte("*+?}", t.in[t.i-1]) >= 0 && !t.escaped():
			t.lazy = true
			fallthrough
		default:
			t.out.WriteByte(ch)
			t.i++
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// escaped tells whether the character before i has a backslash before it.
func (t *regexTranslator) escaped() bool {
	n := 0
	for k := t.i - 2; k >= 0 && t.in[k] == '\\'; k-- {
		n++
	}
	return n%2 == 1
}

// embedded reads (?flags) at the beginning.
func (t *regexTranslator) embedded(f *regexFlags) error {
	rest := t.in[t.i:]
	if !strings.HasPrefix(rest, "(?") {
		return nil
	}
	end := strings.IndexByte(rest, ')')
	if end < 0 || strings.ContainsAny(rest[2:end], ":=!<#(") {
		return nil
	}
	for _, ch := range rest[2:end] {
		switch ch {
		case 'i':
			f.fold = true
		case 'c':
			f.fold = false
		case 'n', 'm':
			f.lines = true
		case 's', 't':
			f.lines = false
		default:
			return errRegex("invalid embedded option")
		}
	}
	t.i += end + 1
	return nil
}

// maxRepeat is PostgreSQL's bound of a repetition count.
const maxRepeat = 255

// braces takes {m}, {m,} or {m,n}.
func (t *regexTranslator) braces() error {
	end := strings.IndexByte(t.in[t.i:], '}')
	if end < 0 {
		return errRegex("braces {} not balanced")
	}
	low, high, ranged := strings.Cut(t.in[t.i+1:t.i+end], ",")
	m, err := strconv.Atoi(low)
	n := m
	if err == nil && ranged && high != "" {
		n, err = strconv.Atoi(high)
	}
	if err != nil || m > maxRepeat || n > maxRepeat || n < m {
		return errRegex("invalid repetition count(s)")
	}
	t.out.WriteString(t.in[t.i : t.i+end+1])
	t.i += end + 1
	return nil
}

// group takes the beginning of a group that captures nothing.
func (t *regexTranslator) group() error {
	switch rest := t.in[t.i+2:]; {
	case strings.HasPrefix(rest, ":"):
		t.out.WriteString("(?:")
		t.i += 3
		return nil
	case strings.HasPrefix(rest, "="), strings.HasPrefix(rest, "!"), strings.HasPrefix(rest, "<"):
		return errRegex("lookahead and lookbehind constraints are not supported")
	}
	return errRegex("quantifier operand invalid")
}

// escape takes a backslash and what it stands with.
func (t *regexTranslator) escape(inBracket bool) error {
	if t.i+1 >= len(t.in) {
		return errRegex("invalid escape \\ sequence")
	}
	ch := t.in[t.i+1]
	t.i += 2
	switch {
	case ch == 'u' || ch == 'U' || ch == 'x':
		return t.hex(ch)
	case ch >= '1' && ch <= '9':
		if inBracket {
			return errRegex("invalid escape \\ sequence")
		}
		return errRegex("backreferences are not supported")
	case ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z' || ch == '0':
		outside, inside := regexEscapes[ch], bracketEscapes[ch]
		if inBracket {
			outside = inside
		}
		if outside == "" {
			if ch == 'm' || ch == 'M' {
				return errRegex("the constraint \\%c is not supported", ch)
			}
			return errRegex("invalid escape \\ sequence")
		}
		t.out.WriteString(outside)
		return nil
	case ch < 0x80 && ch != '_':
		t.out.WriteByte('\\')
	}
	t.out.WriteByte(ch)
	return nil
}

var regexEscapes = map[byte]string{'a': `\x07`, 'b': `\x08`, 'B': `\\`, 'e': `\x1b`, 'f': `\f`, 'n': `\n`, 'r': `\r`, 't': `\t`, 'v': `\v`,
	'0': `\x00`, 'd': `[[:digit:]]`, 's': `[[:space:]]`, 'w': `[[:word:]]`, 'D': `[^[:digit:]]`, 'S': `[^[:space:]]`, 'W': `[^[:word:]]`,
	'A': `\A`, 'Z': `\z`, 'y': `\b`, 'Y': `\B`}

var bracketEscapes = map[byte]string{'a': `\x07`, 'b': `\x08`, 'B': `\\`, 'e': `\x1b`, 'f': `\f`, 'n': `\n`, 'r': `\r`, 't': `\t`, 'v': `\v`,
	'0': `\x00`, 'd': `[:digit:]`, 's': `[:space:]`, 'w': `[:word:]`}

// hex takes \uwxyz, \Ustuvwxyz and \xhhh.
func (t *regexTranslator) hex(kind byte) error {
	want, n := map[byte]int{'u': 4, 'U': 8, 'x': 255}[kind], 0
	for n < want && t.i+n < len(t.in) && strings.IndexByte("0123456789abcdefABCDEF", t.in[t.i+n]) >= 0 {
		n++
	}
	if n == 0 || kind != 'x' && n != want {
		return errRegex("invalid escape \\ sequence")
	}
	t.out.WriteString(`\x{` + t.in[t.i:t.i+n] + "}")
	t.i += n
	return nil
}

// bracket takes a bracket expression.
func (t *regexTranslator) bracket() error {
	t.out.WriteByte('[')
	t.i++
	if t.i < len(t.in) && t.in[t.i] == '^' {
		t.out.WriteByte('^')
		t.i++
	}
	for first := true; t.i < len(t.in); first = false {
		ch := t.in[t.i]
		switch {
		case ch == ']' && !first:
			t.out.WriteByte(']')
			t.i++
			return nil
		case ch == '\\':
			if err := t.escape(true); err != nil {
				return err
			}
			continue
		case strings.HasPrefix(t.in[t.i:], "[:"):
			end := strings.Index(t.in[t.i:], ":]")
			if end < 0 {
				return errRegex("brackets [] not balanced")
			}
			name := t.in[t.i+2 : t.i+end]
			if name == "<" || name == ">" {
				return errRegex("the constraint [[:%s:]] is not supported", name)
			}
			t.out.WriteString("[:" + name + ":]")
			t.i += end + 2
			continue
		case strings.HasPrefix(t.in[t.i:], "[."), strings.HasPrefix(t.in[t.i:], "[="):
			return errRegex("collating elements are not supported")
		case ch == '[' || ch == ']':
			t.out.WriteByte('\\')
		}
		t.out.WriteByte(ch)
		t.i++
	}
	return errRegex("brackets [] not balanced")
}

// similarToRegex writes a SIMILAR TO pattern as a regular expression for the
// whole of a text.
func similarToRegex(pattern string, escape rune) (string, error) {
	var b strings.Builder
	b.WriteString(`\A(?:`)
	inBracket := false
	for rest := []rune(pattern); len(rest) > 0; rest = rest[1:] {
		r := rest[0]
		switch {
		case escape != 0 && r == escape:
			if rest = rest[1:]; len(rest) == 0 {
				return "", sqlerr.New(sqlerr.InvalidEscape, "invalid escape string")
			}
			b.WriteString(regexp.QuoteMeta(string(rest[0])))
		case inBracket:
			inBracket = r != ']'
			if r == '\\' {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		case r == '[':
			inBracket = true
			b.WriteRune(r)
		case r == '%':
			b.WriteString(".*")
		case r == '_':
			b.WriteByte('.')
		case r == '(':
			b.WriteString("(?:")
		case strings.ContainsRune(`\.^$`, r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteString(`)\Z`)
	return b.String(), nil
}
