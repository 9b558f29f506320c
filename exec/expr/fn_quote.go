package expr

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// keywords are PostgreSQL's words that do not stand as names everywhere:
// quote_ident quotes them.
var keywords = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(keywordList) {
		m[w] = true
	}
	return m
}()

const keywordList = "all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character " +
	"check coalesce collate collation column concurrently constraint create cross current_catalog current_date current_role " +
	"current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do else end except exists " +
	"extract false fetch float for foreign freeze from full grant greatest group grouping having ilike in initially inner inout int " +
	"integer intersect interval into is isnull join lateral leading least left like limit localtime localtimestamp national natural " +
	"nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision " +
	"primary real references returning right row select session_user setof similar smallint some substring symmetric table tablesample " +
	"then time timestamp to trailing treat trim true union unique user using values varchar variadic verbose when where window with " +
	"xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable"

var quoteFunctions = []function{
	{name: "format", sigs: "text -> text; text, any... -> text", loose: true, kernel: loosely(formatRow), doc: "text with %s (value), %I (quoted name) and %L (quoted literal) filled in",
		example: "format('Hello %s, %1$s', 'World') → Hello World, World"},
	{name: "quote_ident", sigs: "text -> text", doc: "quoted where a name must be", example: "quote_ident('Foo bar') → \"Foo bar\"",
		kernel: strictly(func(c *call, i int) error {
			c.putIdent(c.str(0, i))
			return nil
		})},
	{name: "quote_literal", sigs: "text -> text; any -> text", doc: "as a literal of SQL", example: "quote_literal('O''Reilly') → 'O''Reilly'",
		kernel: strictly(func(c *call, i int) error {
			c.putLiteral(c.castText(0, i))
			return nil
		})},
	{name: "quote_nullable", sigs: "text -> text; any -> text", loose: true, doc: "as a literal of SQL, or NULL", example: "quote_nullable(NULL) → NULL",
		kernel: loosely(func(c *call, i int) error {
			if c.isNull(0, i) {
				c.put([]byte("NULL"))
			} else {
				c.putLiteral(c.castText(0, i))
			}
			return nil
		})},
	{name: "parse_ident", sigs: "text -> text[]; text, bool -> text[]", kernel: strictly(parseIdent), doc: "the parts of a qualified name",
		example: "parse_ident('\"SomeSchema\".someTable') → {SomeSchema,sometable}"},
}

// textOf gives argument k as text; it is valid until the next call.
func (c *call) textOf(k, i int) []byte {
	c.buf = AppendTextIn(c.buf[:0], c.types[k], c.args[k], i, c.env.Timezone)
	return c.buf
}

// castText is textOf with BOOLEAN written out, as a cast does.
func (c *call) castText(k, i int) []byte {
	if c.types[k].Kind == catalog.Boolean {
		return strconv.AppendBool(c.buf[:0], c.args[k].Bool[i])
	}
	return c.textOf(k, i)
}

func isPlainIdent(s []byte) bool {
	for k, ch := range s {
		if !(ch >= 'a' && ch <= 'z' || ch == '_' || k > 0 && ch >= '0' && ch <= '9') {
			return false
		}
	}
	return len(s) > 0 && !keywords[string(s)]
}

func (c *call) putIdent(s []byte) {
	if isPlainIdent(s) {
		c.put(s)
		return
	}
	c.out.Data = append(c.out.Data, '"')
	for _, ch := range s {
		if ch == '"' {
			c.out.Data = append(c.out.Data, '"')
		}
		c.out.Data = append(c.out.Data, ch)
	}
	c.out.Data = append(c.out.Data, '"')
}

func (c *call) putLiteral(s []byte) {
	if bytes.IndexByte(s, '\\') >= 0 {
		c.out.Data = append(c.out.Data, 'E')
	}
	c.out.Data = append(c.out.Data, '\'')
	for _, ch := range s {
		if ch == '\'' || ch == '\\' {
			c.out.Data = append(c.out.Data, ch)
		}
		c.out.Data = append(c.out.Data, ch)
	}
	c.out.Data = append(c.out.Data, '\'')
}

func errFormatText(format string, args ...any) *sqlerr.Error {
	return sqlerr.New(sqlerr.InvalidParameterValue, format, args...)
}

// formatSpec is what stands behind a %.
type formatSpec struct {
	arg, widthArg int // 0: the next; of the width -1: there is none
	width         int
	left          bool
	verb          byte
}

// readSpec reads [n$][-][width|*|*n$]verb.
func readSpec(s []byte) (f formatSpec, rest []byte, err error) {
	number := func() (n int, ok bool) {
		k := 0
		for k < len(s) && s[k] >= '0' && s[k] <= '9' {
			k++
		}
		n, e := strconv.Atoi(string(s[:k]))
		if k > 0 && e != nil || n > 1<<31-1 {
			err = sqlerr.New(sqlerr.NumericOutOfRange, "number is out of range")
		}
		s = s[k:]
		return n, k > 0
	}
	errPosition := errFormatText("format specifies argument 0, but arguments are numbered from 1")
	f.widthArg = -1
	save := s
	if n, ok := number(); ok && len(s) > 0 && s[0] == '$' {
		if n == 0 {
			return f, s, errPosition
		}
		f.arg, s = n, s[1:]
	} else if ok {
		s = save
	}
	for len(s) > 0 && s[0] == '-' {
		f.left, s = true, s[1:]
	}
	if len(s) > 0 && s[0] == '*' {
		s = s[1:]
		f.widthArg = 0
		if n, ok := number(); ok {
			if len(s) == 0 || s[0] != '$' {
				return f, s, errFormatText("width argument position must be ended by \"$\"")
			}
			if n == 0 {
				return f, s, errPosition
			}
			f.widthArg, s = n, s[1:]
		}
	} else {
		f.width, _ = number()
	}
	if err != nil {
		return f, s, err
	}
	if len(s) == 0 {
		return f, s, errFormatText("unterminated format() type specifier").Hint("For a single \"%%\" use \"%%%%\".")
	}
	f.verb = s[0]
	if f.verb != 's' && f.verb != 'I' && f.verb != 'L' {
		r, _ := utf8.DecodeRune(s)
		return f, s, errFormatText("unrecognized format() type specifier \"%c\"", r).Hint("For a single \"%%\" use \"%%%%\".")
	}
	return f, s[1:], nil
}

func formatRow(c *call, i int) error {
	if c.isNull(0, i) {
		c.null = true
		return nil
	}
	next := 0 // the argument used last
	pick := func(n int) (int, error) {
		if n == 0 {
			n = next + 1
		}
		if next = n; n >= len(c.args) {
			return 0, errFormatText("too few arguments for format()")
		}
		return n, nil
	}
	for s := c.str(0, i); len(s) > 0; {
		k := bytes.IndexByte(s, '%')
		if k < 0 {
			c.put(s)
			break
		}
		c.put(s[:k])
		if s = s[k+1:]; len(s) > 0 && s[0] == '%' {
			c.out.Data, s = append(c.out.Data, '%'), s[1:]
			continue
		}
		f, rest, err := readSpec(s)
		if err != nil {
			return err
		}
		s = rest
		if f.widthArg >= 0 {
			n, err := pick(f.widthArg)
			if err != nil {
				return err
			}
			if !c.isNull(n, i) {
				w, err := strconv.ParseInt(string(c.textOf(n, i)), 10, 32)
				if err != nil {
					return sqlerr.New(sqlerr.InvalidTextRepresentation, "invalid input syntax for type integer: \"%s\"", c.buf)
				}
				f.width, f.left = int(max(w, -w)), f.left || w < 0
			}
		}
		n, err := pick(f.arg)
		if err != nil {
			return err
		}
		if err := c.putFormatted(f, n, i); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) putFormatted(f formatSpec, n, i int) error {
	if f.width > maxText/utf8.UTFMax {
		return errTextTooLong()
	}
	from := len(c.out.Data)
	switch {
	case c.isNull(n, i) && f.verb == 'I':
		return sqlerr.New(sqlerr.NullNotAllowed, "null values cannot be formatted as an SQL identifier")
	case c.isNull(n, i) && f.verb == 'L':
		c.put([]byte("NULL"))
	case c.isNull(n, i):
	case f.verb == 'I':
		c.putIdent(c.textOf(n, i))
	case f.verb == 'L':
		c.putLiteral(c.textOf(n, i))
	default:
		c.putText(n, i)
	}
	missing := f.width - utf8.RuneCount(c.out.Data[from:])
	for k := 0; k < missing; k++ {
		c.out.Data = append(c.out.Data, ' ')
	}
	if missing > 0 && !f.left {
		copy(c.out.Data[from+missing:], c.out.Data[from:len(c.out.Data)-missing])
		for k := range missing {
			c.out.Data[from+k] = ' '
		}
	}
	return nil
}

// parseIdent splits a qualified name. Unless told otherwise nothing may follow it.
func parseIdent(c *call, i int) error {
	whole := c.str(0, i)
	strict := len(c.args) < 2 || c.args[1].Bool[i]
	bad := func(detail string) error {
		return sqlerr.New(sqlerr.InvalidParameterValue, "string is not a valid identifier: \"%s\"", clip(whole)).WithDetail("%s", detail)
	}
	s := bytes.TrimLeft(whole, " \t\n\r\f")
	for {
		var part []byte
		switch {
		case len(s) > 0 && s[0] == '"':
			end := 1
			for ; end < len(s); end++ {
				if s[end] != '"' {
					part = append(part, s[end])
				} else if end+1 < len(s) && s[end+1] == '"' {
					part = append(part, '"')
					end++
				} else {
					break
				}
			}
			if end >= len(s) {
				return bad("String has unclosed double quotes.")
			}
			if len(part) == 0 {
				return bad("Quoted identifier must not be empty.")
			}
			s = s[end+1:]
		case len(s) > 0 && (s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z' || s[0] == '_' || s[0] >= utf8.RuneSelf):
			end := 1
			for end < len(s) && (s[end]|0x20 >= 'a' && s[end]|0x20 <= 'z' || s[end] >= '0' && s[end] <= '9' || s[end] == '_' || s[end] == '$' || s[end] >= utf8.RuneSelf) {
				end++
			}
			part = bytes.ToLower(s[:end])
			s = s[end:]
		default:
			return bad("No valid identifier before \".\".")
		}
		c.out.Kids[0].AppendBytes(part)
		s = bytes.TrimLeft(s, " \t\n\r\f")
		if len(s) == 0 {
			return nil
		}
		if s[0] != '.' {
			if strict {
				return bad("")
			}
			return nil
		}
		s = bytes.TrimLeft(s[1:], " \t\n\r\f")
	}
}
