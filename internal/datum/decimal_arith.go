package datum

import (
	"math/big"

	"github.com/penstock/penstock/internal/sqlerr"
)

// minSigDigits is how many significant digits a quotient has at least, as in
// PostgreSQL.
const minSigDigits = 16

// Add gives the exact sum; more than MaxDigits digits are 22003.
func (d Decimal) Add(e Decimal) (Decimal, error) {
	if d.Form|e.Form != Finite {
		return addSpecial(d, e), nil
	}
	a, an := d.abs()
	b, bn := e.abs()
	scale := int(d.Scale)
	if d.Scale != e.Scale {
		var ok1, ok2 bool
		scale = int(max(d.Scale, e.Scale))
		a, ok1 = a.mulPow10(scale - int(d.Scale))
		b, ok2 = b.mulPow10(scale - int(e.Scale))
		if !ok1 || !ok2 || !a.fits() || !b.fits() {
			return addBig(d, e, scale)
		}
	}
	if an == bn {
		return checked(a.add(b), an, scale)
	}
	switch c := a.cmp(b); {
	case c > 0:
		return compose(a.sub(b), an, scale), nil
	case c < 0:
		return compose(b.sub(a), bn, scale), nil
	}
	return Decimal{Scale: int16(scale)}, nil
}

func addBig(d, e Decimal, scale int) (Decimal, error) {
	a, b := d.bigAt(scale), e.bigAt(scale)
	return fromBig(a.Add(a, b), scale)
}

func addSpecial(d, e Decimal) Decimal {
	switch {
	case d.Form == NaN || e.Form == NaN, d.IsInf() && e.IsInf() && d.Form != e.Form:
		return DecimalNaN
	case d.Form != Finite:
		return d
	}
	return e
}

// Sub gives the exact difference.
func (d Decimal) Sub(e Decimal) (Decimal, error) { return d.Add(e.Neg()) }

// Mul gives the product with the scales added up. Where that has more than
// MaxDigits digits, fraction digits are rounded away down to the larger scale of
// the two factors; what then still does not fit is 22003.
func (d Decimal) Mul(e Decimal) (Decimal, error) {
	if d.Form|e.Form != Finite {
		return mulSpecial(d, e), nil
	}
	a, an := d.abs()
	b, bn := e.abs()
	scale := int(d.Scale) + int(e.Scale)
	if p, ok := a.mul(b); ok && p.fits() && scale <= MaxScale {
		return compose(p, an != bn && !p.isZero(), scale), nil
	}
	x := a.big()
	x.Mul(x, b.big())
	if an != bn {
		x.Neg(x)
	}
	return shrink(x, scale, int(max(d.Scale, e.Scale)))
}

func mulSpecial(d, e Decimal) Decimal {
	s := d.Sign() * e.Sign()
	switch {
	case d.Form == NaN || e.Form == NaN || s == 0:
		return DecimalNaN
	case s < 0:
		return DecimalNegInf
	}
	return DecimalPosInf
}

// Div gives the quotient with PostgreSQL's scale: at least sixteen significant
// digits and no fewer fraction digits than either operand has, as far as
// MaxDigits allows. Division by zero is 22012.
func (d Decimal) Div(e Decimal) (Decimal, error) {
	if d.Form|e.Form != Finite {
		return divSpecial(d, e)
	}
	if e.IsZero() {
		return Decimal{}, errDivisionByZero()
	}
	a, an := d.abs()
	b, bn := e.abs()
	scale := divScale(d, e)
	// The quotient at that scale is a·10^shift / b.
	shift := scale + int(e.Scale) - int(d.Scale)
	if shift >= 0 {
		if num, ok := a.mulPow10(shift); ok {
			q, r := num.divmod(b)
			if r.cmp(b.sub(r)) >= 0 {
				q = q.add(u128{lo: 1})
			}
			if q.fits() {
				return compose(q, an != bn && !q.isZero(), scale), nil
			}
		}
	}
	return divBig(a, b, an != bn, scale, int(d.Scale), int(e.Scale))
}

// divBig divides at the widest scale not above the wanted one that fits.
func divBig(a, b u128, neg bool, scale, sa, sb int) (Decimal, error) {
	for ; scale >= 0; scale-- {
		num, den := a.big(), b.big()
		if shift := scale + sb - sa; shift >= 0 {
			num.Mul(num, bigPow10(shift))
		} else {
			den.Mul(den, bigPow10(-shift))
		}
		q, r := num.QuoRem(num, den, new(big.Int))
		if r.Lsh(r, 1).Cmp(den) >= 0 {
			q.Add(q, big.NewInt(1))
		}
		if q.Cmp(bigLimit) < 0 {
			if neg {
				q.Neg(q)
			}
			return fromBig(q, scale)
		}
		if over := len(q.String()) - MaxDigits; over > scale {
			break // too many digits before the point
		} else if over > 1 {
			scale -= over - 1
		}
	}
	return Decimal{}, errNumericOverflow()
}

// divScale is PostgreSQL's select_div_scale over digits to the base 10000.
func divScale(d, e Decimal) int {
	w1, f1 := leading(d)
	w2, f2 := leading(e)
	q := w1 - w2
	if f1 <= f2 {
		q--
	}
	return min(max(minSigDigits-4*q, int(d.Scale), int(e.Scale), 0), MaxScale)
}

// leading gives the weight of the first digit to the base 10000 and that digit.
func leading(d Decimal) (weight int, first uint64) {
	u, _ := d.abs()
	n := u.digits()
	if n == 0 {
		return 0, 0
	}
	weight = int(floorDiv(int64(n-int(d.Scale)-1), 4))
	if cut := int(d.Scale) + 4*weight; cut >= 0 {
		return weight, u.scaleDown(cut, roundDown).lo
	} else if p, ok := u.mulPow10(-cut); ok {
		return weight, p.lo
	}
	return weight, 0
}

func divSpecial(d, e Decimal) (Decimal, error) {
	switch {
	case d.Form == NaN || e.Form == NaN:
		return DecimalNaN, nil
	case e.Form != Finite && d.Form != Finite:
		return DecimalNaN, nil
	case e.Form != Finite:
		return Decimal{}, nil
	case e.IsZero():
		return Decimal{}, errDivisionByZero()
	}
	return mulSpecial(d, e), nil
}

// Mod gives the remainder of a division towards zero: it has the sign of d.
func (d Decimal) Mod(e Decimal) (Decimal, error) {
	switch {
	case d.Form == NaN || e.Form == NaN:
		return DecimalNaN, nil
	case d.Form != Finite:
		if e.IsZero() {
			return Decimal{}, errDivisionByZero()
		}
		return DecimalNaN, nil
	case e.Form != Finite:
		return d, nil
	case e.IsZero():
		return Decimal{}, errDivisionByZero()
	}
	a, neg := d.abs()
	b, _ := e.abs()
	scale := int(max(d.Scale, e.Scale))
	a2, ok1 := a.mulPow10(scale - int(d.Scale))
	b2, ok2 := b.mulPow10(scale - int(e.Scale))
	if ok1 && ok2 {
		_, r := a2.divmod(b2)
		return checked(r, neg && !r.isZero(), scale)
	}
	x := d.bigAt(scale)
	return fromBig(x.Rem(x, e.bigAt(scale)), scale)
}

// DivTrunc is PostgreSQL's div(): the whole part of the quotient.
func (d Decimal) DivTrunc(e Decimal) (Decimal, error) {
	if d.Form|e.Form != Finite {
		return divSpecial(d, e)
	}
	if e.IsZero() {
		return Decimal{}, errDivisionByZero()
	}
	scale := int(max(d.Scale, e.Scale))
	x := d.bigAt(scale)
	return fromBig(x.Quo(x, e.bigAt(scale)), 0)
}

// Sqrt gives the square root with PostgreSQL's scale.
func (d Decimal) Sqrt() (Decimal, error) {
	switch {
	case d.Form == NaN || d.Form == PosInf:
		return d, nil
	case d.Sign() < 0:
		return Decimal{}, sqlerr.New(sqlerr.InvalidArgumentForPower, "cannot take square root of a negative number")
	}
	weight, _ := leading(d)
	rootWeight := (weight+1)*2 - 1 // half as many digits before the point
	scale := min(max(minSigDigits-rootWeight, int(d.Scale), 0), MaxScale)
	for ; ; scale-- {
		// One digit more is computed, and rounded away.
		x := d.bigAt(2*scale + 2)
		r, _ := fromBigRounded(x.Sqrt(x), 1)
		if r.Cmp(bigLimit) < 0 || scale == 0 {
			return fromBig(r, scale)
		}
	}
}
