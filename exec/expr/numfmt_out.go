package expr

import (
	"math"
	"strconv"
	"strings"
	"unsafe"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	floatDigits  = 15 // that a DOUBLE surely has
	singleDigits = 6  // that a REAL surely has
	romanWidth   = 15
)

// toCharNumber is to_char of numbers.
func toCharNumber(s *site) (exec.Eval, error) {
	p := &patterns[*numFormat]{compile: compileNumber, fixed: s.allConst(1)}
	return newCall(s, func(c *call, i int) error {
		if len(c.str(1, i)) == 0 {
			return nil
		}
		f, err := p.get(c.str(1, i), nil)
		if err != nil {
			return err
		}
		text, pre, err := f.number(c, i)
		if err != nil {
			return err
		}
		sign := byte('+')
		if !f.roman && !f.exponent && text != "" && text[0] == '-' {
			sign, text = '-', text[1:]
		}
		if f.exponent {
			c.out.Data = append(c.out.Data, text...)
			return nil
		}
		w := numWriter{f: f, dst: c.out.Data, number: text, sign: sign, lsign: f.sign, angle: f.angle}
		if !f.roman {
			w.fit(pre)
		}
		w.run()
		c.out.Data = w.dst
		return nil
	}, true), nil
}

// number writes the value as the template wants its digits, and tells how many
// digits it has room for before the point.
func (f *numFormat) number(c *call, i int) (text string, pre int, err error) {
	pre = f.pre + f.multi
	var d datum.Decimal
	kind := c.types[0].Kind
	switch kind {
	case catalog.Real, catalog.Double:
		v, digits := c.args[0].Float[i], floatDigits
		if kind == catalog.Real {
			digits = singleDigits
		}
		return f.float(c, v, digits, pre)
	case catalog.Decimal:
		d = c.args[0].Dec[i]
	default:
		d = datum.DecimalFromInt64(c.int(0, i))
	}
	if f.roman {
		n, err := d.ToInt64(32)
		return roman(n), pre, err
	}
	if f.exponent {
		if d.Form != datum.Finite {
			return f.hashes(), pre, nil
		}
		return blankSign(sci(d, f.post)), pre, nil
	}
	if d.Form == datum.Finite {
		if f.multi > 0 {
			p, err := datum.DecimalFromInt64(10).Pow(datum.DecimalFromInt64(int64(f.multi)))
			if err != nil {
				return "", 0, err
			}
			if d, err = d.Mul(p); err != nil {
				return "", 0, err
			}
		}
		if d, err = d.Round(min(f.post, datum.MaxScale)); err != nil {
			return "", 0, err
		}
	}
	c.buf = datum.AppendDecimal(c.buf[:0], d)
	text = c.held()
	if at := strings.IndexByte(text, '.'); d.Form == datum.Finite && f.post > 0 { // the scale may have been cut
		have := 0
		if at < 0 {
			text += "."
		} else {
			have = len(text) - at - 1
		}
		if have < f.post {
			text += strings.Repeat("0", f.post-have)
		}
	}
	return text, pre, nil
}

func (f *numFormat) float(c *call, v float64, digits, pre int) (string, int, error) {
	if f.roman {
		if v-v != 0 {
			return roman(0), pre, nil
		}
		if math.Abs(v) >= math.MaxInt32 {
			return "", 0, errIntRange(catalog.Int)
		}
		return roman(int64(math.RoundToEven(v))), pre, nil
	}
	if f.exponent {
		if v-v != 0 {
			return f.hashes(), pre, nil
		}
		return blankSign(strconv.FormatFloat(v, 'e', f.post, 64)), pre, nil
	}
	switch {
	case v != v:
		return "NaN", pre, nil
	case v-v != 0 && v > 0:
		return "Infinity", pre, nil
	case v-v != 0:
		return "-Infinity", pre, nil
	}
	v *= math.Pow10(f.multi)
	c.buf = strconv.AppendFloat(c.buf[:0], math.Abs(v), 'f', 0, 64)
	whole := len(c.buf)
	post := f.post
	if whole >= digits {
		post = 0
	} else {
		post = min(post, digits-whole)
	}
	c.buf = strconv.AppendFloat(c.buf[:0], v, 'f', post, 64)
	return c.held(), pre, nil
}

// held gives what the call's buffer holds, until that is written again.
func (c *call) held() string { return unsafe.String(unsafe.SliceData(c.buf), len(c.buf)) }

// hashes stands for what EEEE cannot show.
func (f *numFormat) hashes() string {
	b := []byte(" " + strings.Repeat("#", f.pre+f.post+5))
	b[f.pre+1] = '.'
	return string(b)
}

func blankSign(s string) string {
	if s[0] != '-' {
		return " " + s
	}
	return s
}

// sci writes d as 1.23e+04.
func sci(d datum.Decimal, post int) string {
	neg := d.Sign() < 0
	text := d.Abs().String()
	whole, frac, _ := strings.Cut(text, ".")
	digits := strings.TrimLeft(whole+frac, "0")
	exp := len(whole) - 1 - (len(whole+frac) - len(digits))
	if digits == "" {
		digits, exp = "0", 0
	}
	// Digits beyond the wanted ones are rounded half away from zero.
	if len(digits) > post+1 {
		up := digits[post+1] >= '5'
		b := []byte(digits[:post+1])
		for k := len(b) - 1; up && k >= 0; k-- {
			if b[k]++; b[k] <= '9' {
				up = false
			} else {
				b[k] = '0'
			}
		}
		if up {
			b = append([]byte{'1'}, b[:len(b)-1]...)
			exp++
		}
		digits = string(b)
	}
	digits += strings.Repeat("0", post+1-len(digits))
	out := digits[:1]
	if post > 0 {
		out += "." + digits[1:]
	}
	if neg {
		out = "-" + out
	}
	sign := "+"
	if exp < 0 {
		sign, exp = "-", -exp
	}
	return out + "e" + sign + string(appendPadded(nil, int64(exp), 2))
}

func roman(n int64) string {
	if n < 1 || n > 3999 {
		return strings.Repeat("#", romanWidth)
	}
	var out strings.Builder
	for _, r := range []struct {
		v    int64
		text string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= r.v; n -= r.v {
			out.WriteString(r.text)
		}
	}
	return out.String()
}

// ordinal gives the ending of a number.
func ordinal(number string, upper bool) string {
	end := "th"
	if n := len(number); n > 0 && (n < 2 || number[n-2] != '1') {
		switch number[n-1] {
		case '1':
			end = "st"
		case '2':
			end = "nd"
		case '3':
			end = "rd"
		}
	}
	if upper {
		return strings.ToUpper(end)
	}
	return end
}

// numWriter writes a number by a template, digit for digit.
type numWriter struct {
	f      *numFormat
	dst    []byte
	number string
	sign   byte
	lsign  signPlace
	angle  bool

	blanks   int // digits of the template before those of the number
	at       int // in number
	curr     int // digits of the template done
	count    int
	last     int // the last digit that FM shows, -1: all
	signDone bool
	inNumber bool
}

// fit compares the number's length with the template's.
func (w *numWriter) fit(pre int) {
	have := strings.IndexByte(w.number, '.')
	if have < 0 {
		have = len(w.number)
	}
	if have < pre {
		w.blanks = pre - have
	} else if have > pre {
		w.number = strings.Repeat("#", pre) + "." + strings.Repeat("#", w.f.post)
	}
	w.count = w.f.post + pre - 1
}

func (w *numWriter) run() {
	f := w.f
	w.last = -1
	switch {
	case f.roman:
	case f.plus || f.minus:
		w.signDone = !(f.plus && !f.minus)
	default:
		if w.sign != '-' && f.fill {
			w.angle = false
		}
		w.signDone = w.sign == '+' && f.fill && !f.locSign
		if w.lsign == signBefore && f.pre+f.multi == f.preSign {
			w.lsign = signBehind
		}
	}
	if f.fill && f.decimal && !f.roman {
		w.findLast()
	}
	if !w.signDone && w.blanks == 0 {
		w.count++
	}
	for _, n := range f.nodes {
		w.node(n)
	}
}

// findLast finds the last digit that is not dropped under FM.
func (w *numWriter) findLast() {
	point := strings.IndexByte(w.number, '.')
	if point < 0 {
		return
	}
	w.last = point
	for k := point + 1; k < len(w.number); k++ {
		if w.number[k] != '0' {
			w.last = k
		}
	}
	if w.f.zeroEnd > w.blanks {
		w.last = max(w.last, min(len(w.number)-1, w.f.zeroEnd-w.blanks))
	}
}

func (w *numWriter) put(b byte) { w.dst = append(w.dst, b) }

func (w *numWriter) node(n numNode) {
	f := w.f
	switch n.key {
	case numText:
		w.dst = append(w.dst, n.text...)
	case num9, num0, numPoint:
		if !f.roman {
			w.digit(n.key)
		}
	case numComma, numGroup:
		if w.inNumber {
			w.put(',')
		} else if !f.fill {
			w.put(' ')
		}
	case numCurrency:
		w.put(' ')
	case numRoman:
		text := w.number
		if n.lower {
			text = strings.ToLower(text)
		}
		if !f.fill {
			w.dst = append(w.dst, strings.Repeat(" ", max(romanWidth-len(text), 0))...)
		}
		w.dst = append(w.dst, text...)
	case numOrdinal:
		if !f.roman && !f.decimal && w.sign != '-' && !strings.HasPrefix(w.number, "#") {
			w.dst = append(w.dst, ordinal(w.number, !n.lower)...)
		}
	case numMinus, numPlus:
		want := byte('-')
		if n.key == numPlus {
			want = '+'
		}
		if w.sign == want {
			w.put(want)
		} else if !f.fill {
			w.put(' ')
		}
	case numSigned:
		w.put(w.sign)
	}
}

// bracket writes the bracket of a negative number, or a blank.
func (w *numWriter) bracket(b byte) {
	if w.sign == '+' {
		b = ' '
	}
	w.put(b)
}

// bareFraction tells that the 0 before the point is not shown: 9.9 makes " .1".
func (w *numWriter) bareFraction() bool {
	return !w.f.zero && w.at == 0 && strings.HasPrefix(w.number, "0") && w.f.post != 0
}

func (w *numWriter) lastIsPoint() bool { return w.last >= 0 && w.number[w.last] == '.' }

// putSign writes the sign in front of the first digit.
func (w *numWriter) putSign() {
	f := w.f
	if w.signDone || !(w.curr >= w.blanks || f.zero && f.zeroStart-1 == w.curr) || w.bareFraction() && !w.lastIsPoint() {
		return
	}
	switch {
	case f.locSign:
		if w.lsign == signBefore {
			w.put(w.sign)
			w.signDone = true
		}
	case w.angle:
		w.bracket('<')
		w.signDone = true
	case w.sign == '+':
		if !f.fill {
			w.put(' ')
		}
		w.signDone = true
	default:
		w.put('-')
		w.signDone = true
	}
}

func (w *numWriter) digit(k numKey) {
	f := w.f
	w.inNumber = false
	w.putSign()
	switch {
	case w.curr < w.blanks && (!f.zero || f.zeroStart-1 > w.curr):
		if !f.fill {
			w.put(' ')
		}
	case f.zero && w.curr < w.blanks:
		w.put('0')
		w.inNumber = true
	default:
		w.ownDigit(k)
		if w.at < len(w.number) {
			w.at++
		}
	}
	end := w.count
	if w.blanks > 0 {
		end++
	}
	if f.decimal {
		end++
	}
	if w.last >= 0 && w.last == w.at {
		end = w.curr
	}
	if w.curr+1 == end {
		if w.signDone && w.angle {
			w.bracket('>')
		} else if f.locSign && w.lsign == signBehind {
			w.put(w.sign)
		}
	}
	w.curr++
}

// ownDigit writes a digit of the number, or its point.
func (w *numWriter) ownDigit(k numKey) {
	ch := byte(0)
	if w.at < len(w.number) {
		ch = w.number[w.at]
	}
	switch {
	case ch == '.':
		if !w.lastIsPoint() || w.f.fill {
			w.put('.')
		}
	case w.last >= 0 && w.at > w.last && k != num0:
	case w.bareFraction():
		if !w.f.fill {
			w.put(' ')
		} else if w.lastIsPoint() {
			w.put('0')
		}
	case ch != 0:
		w.put(ch)
		w.inNumber = true
	}
}

func errRomanInput() error {
	return sqlerr.New(sqlerr.FeatureNotSupported, `"RN" not supported for input`)
}
