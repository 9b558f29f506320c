package expr

import (
	"strings"
	"unicode/utf8"

	"github.com/penstock/penstock/internal/sqlerr"
)

// numKey is a template pattern of to_char and to_number for numbers.
type numKey uint8

// The patterns.
const (
	numText numKey = iota // a character of the template that is no pattern
	num9
	num0
	numPoint // . and D
	numComma
	numGroup
	numCurrency
	numMinus  // MI
	numPlus   // PL
	numSigned // SG
	numSign   // S
	numAngle  // PR
	numRoman
	numOrdinal
	numShift // V
	numExponent
	numFill
	numBlank
	numNothing // C and SP, which do nothing
)

// numNode is a piece of a template.
type numNode struct {
	key   numKey
	text  string
	lower bool
}

// signPlace is where S puts the sign.
type signPlace uint8

const (
	signNone signPlace = iota
	signBefore
	signBehind
)

// numFormat is a compiled template: its pieces, and what they say together.
type numFormat struct {
	nodes              []numNode
	pre, post          int // digits before and behind the point
	sign               signPlace
	preSign            int // digits before S
	multi              int // digits behind V
	zeroStart, zeroEnd int
	decimal, fill, zero, locSign, angle, minus, plus, roman, shift, exponent,
	blank bool
}

var numKeys = []struct {
	word string
	key  numKey
}{
	{"EEEE", numExponent}, {"FM", numFill}, {"MI", numMinus}, {"PL", numPlus}, {"PR", numAngle}, {"RN", numRoman}, {"SG", numSigned}, {"SP", numNothing},
	{"TH", numOrdinal}, {",", numComma}, {".", numPoint}, {"0", num0}, {"9", num9}, {"B", numBlank}, {"C", numNothing}, {"D", numPoint}, {"G", numGroup},
	{"L", numCurrency}, {"S", numSign}, {"V", numShift},
}

// maxTemplate bounds the length of a template, in bytes.
const maxTemplate = 4096

// compileNumber reads a template.
func compileNumber(pattern, _ []byte) (*numFormat, error) {
	if len(pattern) > maxTemplate {
		return nil, errTextTooLong()
	}
	f := &numFormat{}
	for s := string(pattern); s != ""; {
		if n, ok := numToken(s); ok {
			node := numNode{key: n.key, lower: s[0] >= 'a'}
			s = s[len(n.word):]
			if err := f.add(node.key); err != nil {
				return nil, err
			}
			f.nodes = append(f.nodes, node)
			continue
		}
		s = f.literal(s)
	}
	return f, nil
}

func numToken(s string) (t struct {
	word string
	key  numKey
}, ok bool) {
	for _, k := range numKeys {
		if n := len(k.word); len(s) >= n && (s[:n] == k.word || s[:n] == strings.ToLower(k.word)) {
			return k, true
		}
	}
	return t, false
}

// literal takes quoted text, or one character.
func (f *numFormat) literal(s string) (rest string) {
	add := func(n int) {
		f.nodes = append(f.nodes, numNode{text: s[:n]})
		s = s[n:]
	}
	if s[0] == '"' {
		s = s[1:]
		for s != "" && s[0] != '"' {
			if s[0] == '\\' && len(s) > 1 {
				s = s[1:]
			}
			_, n := utf8.DecodeRuneInString(s)
			add(n)
		}
		return strings.TrimPrefix(s, `"`)
	}
	if s[0] == '\\' && len(s) > 1 && s[1] == '"' {
		s = s[1:]
	}
	_, n := utf8.DecodeRuneInString(s)
	add(n)
	return s
}

func errTemplate(text string) error { return sqlerr.New(sqlerr.SyntaxError, "%s", text) }

// add takes note of what a pattern means for the whole.
func (f *numFormat) add(k numKey) error {
	if f.exponent && k != numExponent {
		return errTemplate(`"EEEE" must be the last pattern used`)
	}
	switch k {
	case num9, num0:
		return f.digit(k)
	case numBlank:
		f.blank = f.blank || f.pre == 0 && f.post == 0 && !f.zero
	case numPoint:
		if f.decimal {
			return errTemplate("multiple decimal points")
		}
		if f.shift {
			return errTemplate(`cannot use "V" and decimal point together`)
		}
		f.decimal = true
	case numFill:
		f.fill = true
	case numSign:
		return f.localeSign()
	case numMinus, numPlus, numSigned:
		if f.locSign {
			return errTemplate(`cannot use "S" and "` + map[numKey]string{numMinus: "MI", numPlus: "PL", numSigned: "SG"}[k] + `" together`)
		}
		f.minus = f.minus || k != numPlus
		f.plus = f.plus || k != numMinus
	case numAngle:
		if f.locSign || f.plus || f.minus {
			return errTemplate(`cannot use "PR" and "S"/"PL"/"MI"/"SG" together`)
		}
		f.angle = true
	case numRoman:
		f.roman = true
	case numShift:
		if f.decimal {
			return errTemplate(`cannot use "V" and decimal point together`)
		}
		f.shift = true
	case numExponent:
		if f.exponent {
			return errTemplate(`cannot use "EEEE" twice`)
		}
		if f.blank || f.fill || f.locSign || f.angle || f.minus || f.plus || f.roman || f.shift {
			return sqlerr.New(sqlerr.SyntaxError, `"EEEE" is incompatible with other formats`).
				WithDetail(`"EEEE" may only be used together with digit and decimal point patterns.`)
		}
		f.exponent = true
	}
	return nil
}

func (f *numFormat) digit(k numKey) error {
	if f.angle {
		return errTemplate(`"` + map[numKey]string{num9: "9", num0: "0"}[k] + `" must be ahead of "PR"`)
	}
	if k == num9 && f.shift {
		f.multi++
		return nil
	}
	if k == num0 && !f.zero && !f.decimal {
		f.zero, f.zeroStart = true, f.pre+1
	}
	if f.decimal {
		f.post++
	} else {
		f.pre++
	}
	if k == num0 {
		f.zeroEnd = f.pre + f.post
	}
	return nil
}

func (f *numFormat) localeSign() error {
	switch {
	case f.locSign:
		return errTemplate(`cannot use "S" twice`)
	case f.plus || f.minus || f.angle:
		return errTemplate(`cannot use "S" and "PL"/"MI"/"SG"/"PR" together`)
	case !f.decimal:
		f.sign, f.preSign = signBefore, f.pre
	default:
		f.sign = signBehind
	}
	f.locSign = true
	return nil
}

func errTemplateUnsupported(text string) error {
	return sqlerr.New(sqlerr.FeatureNotSupported, "%s", text)
}
