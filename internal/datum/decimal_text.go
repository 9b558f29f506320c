package datum

// AppendDecimal writes a decimal with all digits of its scale: 1.50.
func AppendDecimal(dst []byte, d Decimal) []byte {
	switch d.Form {
	case NaN:
		return append(dst, "NaN"...)
	case PosInf:
		return append(dst, "Infinity"...)
	case NegInf:
		return append(dst, "-Infinity"...)
	}
	u, neg := d.abs()
	if neg {
		dst = append(dst, '-')
	}
	scale := int(d.Scale)
	dst = u.appendDigits(dst, scale+1)
	if scale == 0 {
		return dst
	}
	dst = append(dst, 0)
	point := len(dst) - 1 - scale
	copy(dst[point+1:], dst[point:len(dst)-1])
	dst[point] = '.'
	return dst
}

// String is AppendDecimal, for messages and tests.
func (d Decimal) String() string { return string(AppendDecimal(nil, d)) }

// ParseDecimal reads a NUMERIC: 1.50, .5, 1e-3, NaN, -Infinity. The scale is the
// number of fraction digits written.
func ParseDecimal(b []byte) (Decimal, error) {
	if d, ok := shortDecimal(b); ok {
		return d, nil
	}
	t := trim(b)
	i, neg := 0, false
	if len(t) > 0 && (t[0] == '-' || t[0] == '+') {
		neg = t[0] == '-'
		i = 1
	}
	if i < len(t) && t[i]-'0' > 9 && t[i] != '.' {
		return specialDecimal(b, t[i:], neg)
	}
	var m mantissa
	rest := m.read(t[i:])
	if !m.seen {
		return Decimal{}, errSyntax("numeric", b)
	}
	exp := 0
	if len(rest) > 0 {
		var ok bool
		if exp, ok = exponent(rest); !ok {
			return Decimal{}, errSyntax("numeric", b)
		}
	}
	if m.over {
		return Decimal{}, errNumericOverflow()
	}
	return assemble(m.coef, neg, m.zeros, m.scale-exp)
}

// mantissa is the digits of a number of any length.
type mantissa struct {
	coef  u128
	scale int // digits behind the point
	// zeros have been read last and are held back, so that trailing ones need
	// no room.
	zeros   int
	digits  int // significant ones in coef, pending ones included
	pending uint64
	count   int // of pending
	seen    bool
	over    bool // more than MaxDigits
}

// read takes digits and a point, and gives what follows them.
func (m *mantissa) read(t []byte) []byte {
	point, i := false, 0
	for ; i < len(t); i++ {
		d := t[i] - '0'
		if t[i] == '.' && !point {
			point = true
			continue
		} else if d > 9 {
			break
		}
		m.seen = true
		if point {
			m.scale++
		}
		switch {
		case d != 0:
			m.push(d)
		case m.digits > 0:
			m.zeros++
		}
	}
	m.flush()
	return t[i:]
}

// push takes the zeros held back and a digit.
func (m *mantissa) push(d byte) {
	if m.digits += m.zeros + 1; m.digits > MaxDigits {
		m.over, m.zeros = true, 0
		return
	}
	for ; m.zeros > 0; m.zeros-- {
		m.one(0)
	}
	m.one(d)
}

func (m *mantissa) one(d byte) {
	if m.count == len(pow10i)-1 {
		m.flush()
	}
	m.pending = m.pending*10 + uint64(d)
	m.count++
}

// flush moves the pending digits to coef, where there is room for MaxDigits.
func (m *mantissa) flush() {
	p, _ := m.coef.mulPow10(m.count)
	m.coef = p.add(u128{lo: m.pending})
	m.pending, m.count = 0, 0
}

// maxShort is the longest text of which the digits surely fit a word.
const maxShort = 19

// shortDecimal reads [-]digits[.digits] of at most maxShort bytes, which is what
// nearly all numbers are, and nothing else.
func shortDecimal(b []byte) (d Decimal, ok bool) {
	neg := len(b) > 0 && b[0] == '-'
	if neg {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > maxShort {
		return d, false
	}
	v, point := int64(0), -1
	for i, c := range b {
		if c -= '0'; c <= 9 {
			v = v*10 + int64(c)
		} else if b[i] == '.' && point < 0 {
			point = i
		} else {
			return d, false
		}
	}
	if point >= 0 {
		d.Scale = int16(len(b) - 1 - point)
		if len(b) == 1 {
			return d, false
		}
	} else if len(b) == maxShort { // nineteen digits may be too many for a word
		return d, false
	}
	if neg {
		v = -v
	}
	d.Hi, d.Lo = v>>63, uint64(v)
	return d, true
}

// assemble makes u followed by zeros, with the point before the last scale
// digits, which may be less than none.
func assemble(u u128, neg bool, zeros, scale int) (Decimal, error) {
	if u.isZero() {
		return Decimal{Scale: int16(min(max(scale, 0), MaxScale))}, nil
	}
	if scale < 0 {
		zeros, scale = zeros-scale, 0
	}
	if drop := scale - MaxScale; drop > 0 { // zeros that the scale has no room for
		if drop > zeros {
			return Decimal{}, errNumericOverflow()
		}
		zeros, scale = zeros-drop, MaxScale
	}
	for drop := u.digits() + zeros - MaxDigits; drop > 0 && zeros > 0 && scale > 0; drop-- {
		zeros, scale = zeros-1, scale-1
	}
	p, ok := u.mulPow10(zeros)
	if !ok {
		return Decimal{}, errNumericOverflow()
	}
	return checked(p, neg, scale)
}

// maxExponent bounds what is read of an exponent; anything near it is out of
// range anyway.
const maxExponent = 1 << 20

// exponent reads e[+-]digits to the end.
func exponent(t []byte) (exp int, ok bool) {
	if lower(t[0]) != 'e' || len(t) < 2 {
		return 0, false
	}
	t = t[1:]
	neg := t[0] == '-'
	if neg || t[0] == '+' {
		t = t[1:]
	}
	if len(t) == 0 {
		return 0, false
	}
	for _, c := range t {
		d := c - '0'
		if d > 9 {
			return 0, false
		}
		exp = min(exp*10+int(d), maxExponent)
	}
	if neg {
		exp = -exp
	}
	return exp, true
}

func specialDecimal(b, t []byte, neg bool) (Decimal, error) {
	switch {
	case foldEq(t, "nan") && len(t) == len(trim(b)):
		return DecimalNaN, nil
	case foldEq(t, "inf"), foldEq(t, "infinity"):
		if neg {
			return DecimalNegInf, nil
		}
		return DecimalPosInf, nil
	}
	return Decimal{}, errSyntax("numeric", b)
}
