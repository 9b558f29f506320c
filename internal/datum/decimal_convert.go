package datum

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/penstock/penstock/internal/sqlerr"
)

// ToInt64 rounds half away from zero to an integer of 16, 32 or 64 bits.
func (d Decimal) ToInt64(bits int) (int64, error) {
	switch d.Form {
	case NaN:
		return 0, sqlerr.New(sqlerr.FeatureNotSupported, "cannot convert NaN to %s", intName(bits))
	case PosInf, NegInf:
		return 0, sqlerr.New(sqlerr.FeatureNotSupported, "cannot convert infinity to %s", intName(bits))
	}
	u, neg := d.abs()
	if d.Scale > 0 {
		u = u.scaleDown(int(d.Scale), roundHalfUp)
	}
	limit := uint64(1) << (bits - 1)
	if u.hi != 0 || u.lo > limit || u.lo == limit && !neg {
		return 0, sqlerr.New(sqlerr.NumericOutOfRange, "%s out of range", intName(bits))
	}
	if neg {
		return -int64(u.lo), nil
	}
	return int64(u.lo), nil
}

// ToFloat64 gives the nearest DOUBLE.
func (d Decimal) ToFloat64() float64 {
	switch d.Form {
	case NaN:
		return math.NaN()
	case PosInf:
		return math.Inf(1)
	case NegInf:
		return math.Inf(-1)
	}
	u, neg := d.abs()
	var f float64
	if u.hi == 0 && u.lo < 1<<53 && int(d.Scale) < len(exactPow10) {
		f = float64(u.lo) / exactPow10[d.Scale] // both exact, so the quotient is nearest
	} else {
		var buf [48]byte
		text := u.appendDigits(buf[:0], 1)
		text = strconv.AppendInt(append(text, 'e'), -int64(d.Scale), 10)
		f, _ = strconv.ParseFloat(str(text), 64)
	}
	if neg {
		return -f
	}
	return f
}

var exactPow10 = [23]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
	1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// ToFloat32 gives the nearest REAL.
func (d Decimal) ToFloat32() float32 {
	if d.Form != Finite {
		return float32(d.ToFloat64())
	}
	var buf [64]byte
	f, _ := strconv.ParseFloat(str(AppendDecimal(buf[:0], d)), 32)
	return float32(f)
}

// DecimalFromFloat64 takes the first 15 significant digits of a DOUBLE, as
// PostgreSQL's cast does; magnitudes beyond MaxDigits are 22003.
func DecimalFromFloat64(f float64) (Decimal, error) { return fromFloat(f, 15, 64) }

// DecimalFromFloat32 takes the first 6 significant digits of a REAL.
func DecimalFromFloat32(f float32) (Decimal, error) { return fromFloat(float64(f), 6, 32) }

func fromFloat(f float64, digits, bits int) (Decimal, error) {
	switch {
	case f != f:
		return DecimalNaN, nil
	case math.IsInf(f, 1):
		return DecimalPosInf, nil
	case math.IsInf(f, -1):
		return DecimalNegInf, nil
	}
	var buf [40]byte
	text := strconv.AppendFloat(buf[:0], f, 'e', digits-1, bits)
	// d.ddd000e±xx: without the trailing zeros, as C's %g has it.
	e := len(text) - 1
	for text[e] != 'e' {
		e--
	}
	end := e
	for end > 0 && text[end-1] == '0' {
		end--
	}
	if end > 0 && text[end-1] == '.' {
		end--
	}
	if end == 0 || end == 1 && text[0] == '-' { // the number is 0
		return Decimal{}, nil
	}
	exp, _ := exponent(text[e:])
	return fromMantissa(text[:end], exp)
}

// fromMantissa parses d.ddd × 10^exp. A number too small for MaxScale is rounded
// to it rather than refused: floats are not exact to begin with.
func fromMantissa(text []byte, exp int) (Decimal, error) {
	m, err := ParseDecimal(text)
	if err != nil {
		return m, err
	}
	u, neg := m.abs()
	scale := int(m.Scale) - exp
	if scale > MaxScale {
		u = u.scaleDown(scale-MaxScale, roundHalfUp)
		return compose(u, neg && !u.isZero(), MaxScale), nil
	}
	return assemble(u, neg, 0, scale)
}

// The sign words of PostgreSQL's binary form.
const (
	binPositive = 0x0000
	binNegative = 0x4000
	binNaN      = 0xC000
	binPosInf   = 0xD000
	binNegInf   = 0xF000
	binInfScale = 0x0020 // what PostgreSQL happens to send for them
)

// AppendDecimalBinary writes PostgreSQL's binary numeric: number of digits to
// the base 10000, weight of the first, sign, scale, digits.
func AppendDecimalBinary(dst []byte, d Decimal) []byte {
	switch d.Form {
	case NaN:
		return appendWords(dst, 0, 0, binNaN, 0)
	case PosInf:
		return appendWords(dst, 0, 0, binPosInf, binInfScale)
	case NegInf:
		return appendWords(dst, 0, 0, binNegInf, binInfScale)
	}
	u, neg := d.abs()
	sign := uint16(binPositive)
	if neg {
		sign = binNegative
	}
	scale := int(d.Scale)
	if u.isZero() {
		return appendWords(dst, 0, 0, sign, uint16(scale))
	}
	var digits [12]uint16
	i := len(digits)
	// The fraction is filled up to groups of four; what does not fit 128 bits
	// that way is split before the last group.
	groups := (scale + 3) / 4
	if pad := groups*4 - scale; pad > 0 {
		keep := 4 - pad // digits of the last group that are there
		q, r := u.divmod64(uint64(pow10i[keep]))
		i--
		digits[i] = uint16(r * uint64(pow10i[pad]))
		u = q
	}
	for !u.isZero() {
		var r uint64
		u, r = u.divmod64(10000)
		i--
		digits[i] = uint16(r)
	}
	end := len(digits)
	weight := end - i - groups - 1
	for end > i && digits[end-1] == 0 {
		end--
	}
	for i < end && digits[i] == 0 {
		i++
		weight--
	}
	dst = appendWords(dst, uint16(end-i), uint16(int16(weight)), sign, uint16(scale))
	return appendWords(dst, digits[i:end]...)
}

func appendWords(dst []byte, words ...uint16) []byte {
	for _, w := range words {
		dst = binary.BigEndian.AppendUint16(dst, w)
	}
	return dst
}

func errBinary(format string, args ...any) error {
	return sqlerr.New(sqlerr.InvalidBinaryRepresent, format, args...)
}

// ParseDecimalBinary reads what AppendDecimalBinary writes.
func ParseDecimalBinary(b []byte) (Decimal, error) {
	if len(b) < 8 {
		return Decimal{}, errBinary("insufficient data left in message")
	}
	n := int(binary.BigEndian.Uint16(b))
	weight := int(int16(binary.BigEndian.Uint16(b[2:])))
	sign := binary.BigEndian.Uint16(b[4:])
	scale := int(binary.BigEndian.Uint16(b[6:]))
	switch sign {
	case binNaN:
		return DecimalNaN, nil
	case binPosInf:
		return DecimalPosInf, nil
	case binNegInf:
		return DecimalNegInf, nil
	case binPositive, binNegative:
	default:
		return Decimal{}, errBinary(`invalid sign in external "numeric" value`)
	}
	if len(b) != 8+2*n {
		return Decimal{}, errBinary("incorrect binary data format")
	}
	if scale > 0x3fff {
		return Decimal{}, errBinary(`invalid scale in external "numeric" value`)
	}
	var u u128
	behind := -4 * (weight + 1) // fraction digits up to the end of this group
	for i := range n {
		digit := uint64(binary.BigEndian.Uint16(b[8+2*i:]))
		if digit >= 10000 {
			return Decimal{}, errBinary(`invalid digit in external "numeric" value`)
		}
		behind += 4
		cut := min(max(behind-scale, 0), 4) // digits that the scale hides
		p, ok := u.mul64(uint64(pow10i[4-cut]))
		u = p.add(u128{lo: digit / uint64(pow10i[cut])})
		if !ok || u.hi>>63 != 0 {
			return Decimal{}, errNumericOverflow()
		}
	}
	have := min(behind, scale)
	if u.isZero() {
		return assemble(u, false, 0, scale)
	}
	return assemble(u, sign == binNegative, scale-have, scale)
}
