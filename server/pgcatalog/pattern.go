package pgcatalog

import (
	"regexp"
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// like is LIKE, ILIKE, SIMILAR TO and the regular expressions.
func (c *compiler) like(s *scope, x *parser.Like) (*expr, error) {
	a, b, err := c.pair(s, x.X, x.Pattern, x.Kind)
	if err != nil {
		return nil, err
	}
	if classOf(a.typ) != classText {
		return nil, noOperator(x.Kind, a.typ, b.typ)
	}
	escape := `\`
	if lit, ok := x.Escape.(*parser.Literal); ok {
		escape = lit.Text
	} else if x.Escape != nil {
		return nil, unsupported(x.Escape.Pos(), "an ESCAPE that is no constant")
	}
	var last string
	var re *regexp.Regexp
	match := strict(tBool, func(l, r any) (any, error) {
		if p := r.(string); re == nil || p != last {
			compiled, err := pattern(p, x.Kind, escape)
			if err != nil {
				return nil, err
			}
			re, last = compiled, p
		}
		return re.MatchString(l.(string)) != x.Not, nil
	}, a, b)
	return match, nil
}

// pattern turns a pattern of any kind into a regular expression.
func pattern(p, kind, escape string) (*regexp.Regexp, error) {
	text := p
	switch kind {
	case "LIKE", "ILIKE":
		text = likePattern(p, escape)
		if kind == "ILIKE" {
			text = "(?is)" + text
		} else {
			text = "(?s)" + text
		}
	case "~*":
		text = "(?i)" + p
	case "~":
	default:
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "%s is not supported in a catalogue query", kind)
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, sqlerr.New(sqlerr.InvalidRegularExpression, "invalid regular expression: %s", p)
	}
	return re, nil
}

func likePattern(p, escape string) string {
	var b strings.Builder
	b.WriteByte('^')
	for rest := p; rest != ""; {
		switch {
		case escape != "" && strings.HasPrefix(rest, escape) && len(rest) > len(escape):
			rest = rest[len(escape):]
			b.WriteString(regexp.QuoteMeta(rest[:1]))
		case rest[0] == '%':
			b.WriteString(".*")
		case rest[0] == '_':
			b.WriteByte('.')
		case rest[0] >= 0x80:
			b.WriteByte(rest[0]) // a byte of a longer character stands for itself
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
		}
		rest = rest[1:]
	}
	b.WriteByte('$')
	return b.String()
}
