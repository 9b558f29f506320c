package datum

import "github.com/penstock/penstock/internal/sqlerr"

// DecimalNaN and the infinities, ready to use.
var (
	DecimalNaN    = Decimal{Form: NaN}
	DecimalPosInf = Decimal{Form: PosInf}
	DecimalNegInf = Decimal{Form: NegInf}
)

// DecimalFromInt64 makes a whole number.
func DecimalFromInt64(v int64) Decimal { return Decimal{Hi: v >> 63, Lo: uint64(v)} }

// DecimalFromScaled makes v × 10^-scale; scale is 0 to MaxScale.
func DecimalFromScaled(v int64, scale int) Decimal {
	return Decimal{Hi: v >> 63, Lo: uint64(v), Scale: int16(scale)}
}

// abs takes the coefficient apart.
func (d Decimal) abs() (u u128, neg bool) {
	if d.Hi < 0 {
		lo := -d.Lo
		hi := ^uint64(d.Hi)
		if lo == 0 {
			hi++
		}
		return u128{hi, lo}, true
	}
	return u128{uint64(d.Hi), d.Lo}, false
}

// compose puts a coefficient that fits together.
func compose(u u128, neg bool, scale int) Decimal {
	if neg {
		lo := -u.lo
		hi := ^u.hi
		if lo == 0 {
			hi++
		}
		u = u128{hi, lo}
	}
	return Decimal{Hi: int64(u.hi), Lo: u.lo, Scale: int16(scale)}
}

// checked is compose with the check.
func checked(u u128, neg bool, scale int) (Decimal, error) {
	if !u.fits() {
		return Decimal{}, errNumericOverflow()
	}
	return compose(u, neg, scale), nil
}

// IsNaN tells a value that is no number.
func (d Decimal) IsNaN() bool { return d.Form == NaN }

// IsInf tells the infinities.
func (d Decimal) IsInf() bool { return d.Form >= PosInf }

// IsZero tells 0 of any scale.
func (d Decimal) IsZero() bool { return d.Form == Finite && d.Hi == 0 && d.Lo == 0 }

// Sign is -1, 0 or 1; NaN, which sorts last, has 1.
func (d Decimal) Sign() int {
	switch {
	case d.Form == NegInf:
		return -1
	case d.Form != Finite:
		return 1
	case d.Hi < 0:
		return -1
	case d.Hi == 0 && d.Lo == 0:
		return 0
	}
	return 1
}

// Digits counts the significant digits of the coefficient; 0 has none.
func (d Decimal) Digits() int {
	u, _ := d.abs()
	return u.digits()
}

// Neg changes the sign.
func (d Decimal) Neg() Decimal {
	switch d.Form {
	case Finite:
		u, neg := d.abs()
		return compose(u, !neg && !u.isZero(), int(d.Scale))
	case PosInf:
		return DecimalNegInf
	case NegInf:
		return DecimalPosInf
	}
	return d
}

// Abs drops the sign.
func (d Decimal) Abs() Decimal {
	if d.Sign() < 0 {
		return d.Neg()
	}
	return d
}

// Cmp is -1, 0 or 1. The scale does not matter; NaN equals NaN and is greater
// than everything, as PostgreSQL sorts it.
func (d Decimal) Cmp(e Decimal) int {
	if d.Form|e.Form != Finite {
		return signum(rank(d) - rank(e))
	}
	if d.Scale == e.Scale {
		switch {
		case d.Hi < e.Hi || d.Hi == e.Hi && d.Lo < e.Lo:
			return -1
		case d.Hi == e.Hi && d.Lo == e.Lo:
			return 0
		}
		return 1
	}
	if s, t := d.Sign(), e.Sign(); s != t {
		return signum(s - t)
	} else if s == 0 {
		return 0
	}
	a, neg := d.abs()
	b, _ := e.abs()
	c := cmpScaled(a, int(d.Scale), b, int(e.Scale))
	if neg {
		return -c
	}
	return c
}

// cmpScaled compares a × 10^-s with b × 10^-t.
func cmpScaled(a u128, s int, b u128, t int) int {
	if s > t {
		return -cmpScaled(b, t, a, s)
	}
	p, ok := a.mulPow10(t - s)
	if !ok {
		return 1 // more than 128 bits, and b has fewer
	}
	return p.cmp(b)
}

func signum(v int) int {
	switch {
	case v < 0:
		return -1
	case v > 0:
		return 1
	}
	return 0
}

func rank(d Decimal) int { return [4]int{1, 3, 2, 0}[d.Form&3] }

// Normalize drops the trailing zeros of the fraction: equal values become
// identical, so that they can be map keys and hash alike.
func (d Decimal) Normalize() Decimal {
	if d.Form != Finite {
		return Decimal{Form: d.Form}
	}
	u, neg := d.abs()
	if u.isZero() {
		return Decimal{}
	}
	scale := int(d.Scale)
	for scale > 0 {
		q, r := u.divmod64(10)
		if r != 0 {
			break
		}
		u, scale = q, scale-1
	}
	return compose(u, neg, scale)
}

// Round rounds half away from zero to a number of fraction digits. It may be
// negative: -2 rounds to hundreds. A larger scale than the value has adds zeros.
func (d Decimal) Round(scale int) (Decimal, error) { return d.rescale(scale, roundHalfUp) }

// Trunc cuts off what is behind a number of fraction digits.
func (d Decimal) Trunc(scale int) (Decimal, error) { return d.rescale(scale, roundDown) }

func (d Decimal) rescale(scale int, mode roundMode) (Decimal, error) {
	if d.Form != Finite || int(d.Scale) == scale {
		return d, nil
	}
	u, neg := d.abs()
	if scale > int(d.Scale) {
		scale = min(scale, MaxScale)
		p, ok := u.mulPow10(scale - int(d.Scale))
		if !ok {
			return Decimal{}, errNumericOverflow()
		}
		return checked(p, neg, scale)
	}
	u = u.scaleDown(int(d.Scale)-scale, mode)
	if scale < 0 {
		p, ok := u.mulPow10(-scale)
		if !ok {
			return Decimal{}, errNumericOverflow()
		}
		u, scale = p, 0
	}
	return checked(u, neg && !u.isZero(), scale)
}

// Ceil gives the least whole number that is not smaller.
func (d Decimal) Ceil() (Decimal, error) {
	if d.Sign() > 0 {
		return d.rescale(0, roundUp)
	}
	return d.rescale(0, roundDown)
}

// Floor gives the greatest whole number that is not greater.
func (d Decimal) Floor() (Decimal, error) {
	if d.Sign() < 0 {
		return d.rescale(0, roundUp)
	}
	return d.rescale(0, roundDown)
}

// Rescale makes a value of DECIMAL(precision, scale): it rounds, and refuses
// what has too many digits before the point.
func (d Decimal) Rescale(precision, scale int) (Decimal, error) {
	switch d.Form {
	case NaN:
		return d, nil
	case PosInf, NegInf:
		return Decimal{}, errFieldOverflow().
			WithDetail("A field with precision %d, scale %d cannot hold an infinite value.", precision, scale)
	}
	r, err := d.rescale(scale, roundHalfUp)
	if err == nil && r.Digits() <= precision {
		return r, nil
	}
	limit := "1"
	if whole := precision - scale; whole > 0 {
		limit = "10^" + string(AppendDecimal(nil, DecimalFromInt64(int64(whole))))
	}
	return Decimal{}, errFieldOverflow().
		WithDetail("A field with precision %d, scale %d must round to an absolute value less than %s.", precision, scale, limit)
}

func errFieldOverflow() *sqlerr.Error {
	return sqlerr.New(sqlerr.NumericOutOfRange, "numeric field overflow")
}
