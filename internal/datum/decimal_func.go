package datum

import (
	"math"
	"math/big"

	"github.com/penstock/penstock/internal/sqlerr"
)

// funcPrecision is how many bits EXP, LN, LOG and POWER reckon with: those of
// MaxDigits digits, and as many again for what cancels out.
const funcPrecision = 320

// log10E is log10(e), by which the digits of a power of e are estimated.
const log10E = 0.434294481903252

// maxResultDigits is the weight past which PostgreSQL gives up on a result.
const maxResultDigits = 2000

func newFloat() *big.Float { return new(big.Float).SetPrec(funcPrecision) }

func (d Decimal) float() *big.Float {
	f := newFloat().SetInt(d.bigAt(int(d.Scale)))
	return f.Quo(f, newFloat().SetInt(bigPow10(int(d.Scale))))
}

// fromFloatAt rounds to a scale, to a smaller one where the digits do not fit.
func fromFloatAt(f *big.Float, scale int) (Decimal, error) {
	scale = min(max(scale, 0), 2*MaxScale)
	if f.MantExp(nil) > 1024 {
		return Decimal{}, errNumericOverflow()
	}
	// One digit more is taken, so that shrink has something to round.
	x, _ := newFloat().SetPrec(funcPrecision+1024).Mul(f, newFloat().SetInt(bigPow10(scale+1))).Int(nil)
	r, _ := fromBigRounded(x, 1)
	return shrink(r, scale, 0)
}

var lnTwo = atanhSeries(newFloat().Quo(big.NewFloat(1), big.NewFloat(3).SetPrec(funcPrecision)))

// atanhSeries gives 2·atanh(z), which is ln((1+z)/(1-z)).
func atanhSeries(z *big.Float) *big.Float {
	square := newFloat().Mul(z, z)
	sum, power := newFloat().Set(z), newFloat().Set(z)
	for k := int64(3); ; k += 2 {
		power.Mul(power, square)
		term := newFloat().Quo(power, newFloat().SetInt64(k))
		if term.Sign() == 0 || term.MantExp(nil) < sum.MantExp(nil)-funcPrecision {
			return sum.Mul(sum, big.NewFloat(2))
		}
		sum.Add(sum, term)
	}
}

// lnFloat is the natural logarithm of a positive number.
func lnFloat(x *big.Float) *big.Float {
	m := newFloat()
	exp := x.MantExp(m) // m is from 0.5 to below 1
	if m.Cmp(big.NewFloat(0.7)) < 0 {
		m.Mul(m, big.NewFloat(2))
		exp--
	}
	one := newFloat().SetInt64(1)
	z := newFloat().Quo(newFloat().Sub(m, one), newFloat().Add(m, one))
	if z.Sign() == 0 {
		return z.Mul(lnTwo, newFloat().SetInt64(int64(exp)))
	}
	return z.Add(atanhSeries(z), newFloat().Mul(lnTwo, newFloat().SetInt64(int64(exp))))
}

// expFloat is e^x for a moderate x.
func expFloat(x *big.Float) *big.Float {
	k, _ := newFloat().Quo(x, lnTwo).Int64()
	r := newFloat().Sub(x, newFloat().Mul(lnTwo, newFloat().SetInt64(k)))
	const halvings = 8
	r.SetMantExp(r, -halvings)
	sum, term := newFloat().SetInt64(1), newFloat().SetInt64(1)
	for n := int64(1); term.Sign() != 0 && term.MantExp(nil) > -funcPrecision; n++ {
		term.Mul(term, r)
		term.Quo(term, newFloat().SetInt64(n))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum.SetMantExp(sum, int(k))
}

// zeroAt is 0 with fraction digits.
func zeroAt(scale int) Decimal { return Decimal{Scale: int16(min(max(scale, 0), MaxScale))} }

// Exp gives e^d with PostgreSQL's scale.
func (d Decimal) Exp() (Decimal, error) {
	switch d.Form {
	case NaN, PosInf:
		return d, nil
	case NegInf:
		return Decimal{}, nil
	}
	weight := d.ToFloat64() * log10E
	if weight > maxResultDigits {
		return Decimal{}, errNumericOverflow()
	}
	if weight < -maxResultDigits {
		return zeroAt(MaxScale), nil
	}
	scale := min(max(minSigDigits-int(weight), int(d.Scale), 0), 1000)
	return fromFloatAt(expFloat(d.float()), scale)
}

// lnWeight is PostgreSQL's estimate of the weight of ln(d), for the scale.
func (d Decimal) lnWeight() int {
	f := d.ToFloat64()
	if f >= 0.9 && f <= 1.1 {
		x, err := d.Sub(DecimalFromInt64(1))
		if err != nil || x.IsZero() {
			return 0
		}
		w, first := leading(x)
		return 4*w + int(math.Log10(float64(first)))
	}
	if w := math.Abs(math.Log(f)); w > 0 {
		return int(math.Log10(w))
	}
	return 0
}

func (d Decimal) checkLog() error {
	switch {
	case d.Sign() < 0:
		return sqlerr.New(sqlerr.InvalidArgumentForLog, "cannot take logarithm of a negative number")
	case d.Sign() == 0:
		return sqlerr.New(sqlerr.InvalidArgumentForLog, "cannot take logarithm of zero")
	}
	return nil
}

// Ln gives the natural logarithm with PostgreSQL's scale.
func (d Decimal) Ln() (Decimal, error) {
	if d.Form == NaN || d.Form == PosInf {
		return d, nil
	}
	if err := d.checkLog(); err != nil {
		return Decimal{}, err
	}
	return fromFloatAt(lnFloat(d.float()), max(minSigDigits-d.lnWeight(), int(d.Scale), 0))
}

// Log gives the logarithm of d to a base, with PostgreSQL's scale.
func (d Decimal) Log(base Decimal) (Decimal, error) {
	if d.Form == NaN || base.Form == NaN {
		return DecimalNaN, nil
	}
	for _, x := range []Decimal{base, d} {
		if x.Sign() < 0 {
			return Decimal{}, x.checkLog()
		}
	}
	for _, x := range []Decimal{base, d} {
		if err := x.checkLog(); err != nil {
			return Decimal{}, err
		}
	}
	switch {
	case base.Form == PosInf && d.Form == PosInf:
		return DecimalNaN, nil
	case base.Form == PosInf:
		return Decimal{}, nil
	case d.Form == PosInf:
		return DecimalPosInf, nil
	}
	lnBase := lnFloat(base.float())
	if lnBase.Sign() == 0 {
		return Decimal{}, errDivisionByZero()
	}
	scale := max(minSigDigits-(d.lnWeight()-base.lnWeight()), int(d.Scale), int(base.Scale), 0)
	return fromFloatAt(newFloat().Quo(lnFloat(d.float()), lnBase), scale)
}

// isWhole tells a number without a fraction; the infinities are whole.
func (d Decimal) isWhole() bool {
	return d.Form != NaN && (d.Form != Finite || d.Normalize().Scale <= 0)
}

// Pow gives d^e with PostgreSQL's scale.
func (d Decimal) Pow(e Decimal) (Decimal, error) {
	one := DecimalFromInt64(1)
	if d.Form|e.Form != Finite {
		return d.powSpecial(e)
	}
	switch {
	case d.IsZero() && e.Sign() < 0:
		return Decimal{}, sqlerr.New(sqlerr.InvalidArgumentForPower, "zero raised to a negative power is undefined")
	case d.Sign() < 0 && !e.isWhole():
		return Decimal{}, sqlerr.New(sqlerr.InvalidArgumentForPower, "a negative number raised to a non-integer power yields a complex result")
	}
	if n, err := e.ToInt64(32); err == nil && e.isWhole() {
		return d.powInt(int(n))
	}
	if d.IsZero() {
		return zeroAt(minSigDigits), nil
	}
	ln := lnFloat(d.Abs().float())
	product := newFloat().Mul(ln, e.float())
	val, _ := product.Float64()
	if math.Abs(val) > maxResultDigits*3.01 {
		if val > 0 {
			return Decimal{}, errNumericOverflow()
		}
		return zeroAt(MaxScale), nil
	}
	weight := int(val * log10E)
	scale := min(max(minSigDigits-weight, int(d.Scale), int(e.Scale), 0), 1000)
	x := expFloat(product)
	if half, err := e.Mod(DecimalFromInt64(2)); d.Sign() < 0 && err == nil && half.Abs().Cmp(one) == 0 {
		x.Neg(x)
	}
	return fromFloatAt(x, scale)
}

func (d Decimal) powInt(n int) (Decimal, error) {
	scale := max(minSigDigits, int(d.Scale))
	if n == 0 {
		return DecimalFromInt64(1).Round(scale)
	}
	if d.IsZero() {
		return zeroAt(scale), nil
	}
	weight := float64(n) * math.Log10(math.Abs(d.ToFloat64()))
	switch {
	case weight > 400: // far beyond MaxDigits
		return Decimal{}, errNumericOverflow()
	case weight+1 < float64(-scale):
		return zeroAt(scale), nil
	}
	x, sum := d.float(), newFloat().SetInt64(1)
	for k := max(n, -n); k > 0; k >>= 1 {
		if k&1 != 0 {
			sum.Mul(sum, x)
		}
		x.Mul(x, x)
	}
	if n < 0 {
		sum.Quo(newFloat().SetInt64(1), sum)
	}
	return fromFloatAt(sum, scale)
}

// powSpecial is Pow where one side is no finite number.
func (d Decimal) powSpecial(e Decimal) (Decimal, error) {
	one := DecimalFromInt64(1)
	switch {
	case e.IsZero(), d.Form == Finite && d.Cmp(one) == 0:
		return one, nil
	case d.Form == NaN || e.Form == NaN:
		return DecimalNaN, nil
	case d.IsZero() && e.Sign() < 0:
		return Decimal{}, sqlerr.New(sqlerr.InvalidArgumentForPower, "zero raised to a negative power is undefined")
	case d.Sign() < 0 && !e.isWhole():
		return Decimal{}, sqlerr.New(sqlerr.InvalidArgumentForPower, "a negative number raised to a non-integer power yields a complex result")
	case d.IsZero():
		return Decimal{}, nil
	case e.Form != Finite:
		by := d.Abs().Cmp(one)
		switch {
		case by == 0:
			return one, nil
		case (by > 0) == (e.Form == PosInf):
			return DecimalPosInf, nil
		}
		return Decimal{}, nil
	case e.Sign() < 0:
		return Decimal{}, nil
	}
	if half, err := e.Mod(DecimalFromInt64(2)); d.Form == NegInf && err == nil && !half.IsZero() {
		return DecimalNegInf, nil
	}
	return DecimalPosInf, nil
}

// GCD gives the greatest common divisor.
func (d Decimal) GCD(e Decimal) (Decimal, error) {
	switch {
	case d.Form == NaN || e.Form == NaN || d.Form != Finite && e.Form != Finite:
		return DecimalNaN, nil
	case d.Form != Finite || e.Form != Finite:
		return DecimalNaN, nil
	}
	scale := int(max(d.Scale, e.Scale))
	x, y := d.Abs().bigAt(scale), e.Abs().bigAt(scale)
	return fromBig(new(big.Int).GCD(nil, nil, x, y), scale)
}

// LCM gives the least common multiple.
func (d Decimal) LCM(e Decimal) (Decimal, error) {
	if d.Form|e.Form != Finite {
		return DecimalNaN, nil
	}
	scale := int(max(d.Scale, e.Scale))
	x, y := d.Abs().bigAt(scale), e.Abs().bigAt(scale)
	if x.Sign() == 0 || y.Sign() == 0 {
		return zeroAt(scale), nil
	}
	g := new(big.Int).GCD(nil, nil, x, y)
	return fromBig(x.Mul(x.Quo(x, g), y), scale)
}

// MinScale counts the fraction digits that a finite value needs.
func (d Decimal) MinScale() int { return max(int(d.Normalize().Scale), 0) }

// maxFactorial is the greatest whose factorial has no more than MaxDigits digits.
const maxFactorial = 33

// Factorial gives n!.
func Factorial(n int64) (Decimal, error) {
	switch {
	case n < 0:
		return Decimal{}, sqlerr.New(sqlerr.NumericOutOfRange, "factorial of a negative number is undefined")
	case n > maxFactorial:
		return Decimal{}, errNumericOverflow()
	}
	return fromBig(new(big.Int).MulRange(1, n), 0)
}

// Variance gives (n·Σx² - (Σx)²) / (n·less) of n values, exact up to the
// rounding of the quotient; the sums of squares may have more than MaxDigits digits on the way.
func Variance(n int64, sum, squares Decimal, less int64) (Decimal, error) {
	if sum.Form != Finite || squares.Form != Finite {
		return DecimalNaN, nil
	}
	scale := max(2*int(sum.Scale), int(squares.Scale))
	top := new(big.Int).Mul(big.NewInt(n), squares.bigAt(scale))
	square := new(big.Int).Mul(sum.bigAt(int(sum.Scale)), sum.bigAt(int(sum.Scale)))
	top.Sub(top, square.Mul(square, bigPow10(scale-2*int(sum.Scale))))
	if top.Sign() <= 0 {
		return Decimal{}, nil
	}
	below := new(big.Int).Mul(big.NewInt(n), big.NewInt(less))
	w1, f1 := bigLeading(top, scale)
	w2, f2 := bigLeading(below, 0)
	q := w1 - w2
	if f1 <= f2 {
		q--
	}
	to := max(minSigDigits-4*q, scale, 0)
	top.Mul(top, bigPow10(to-scale+1))
	r, _ := fromBigRounded(top.Quo(top, below), 1)
	return shrink(r, to, 0)
}

// bigLeading is leading of x × 10^-scale.
func bigLeading(x *big.Int, scale int) (weight int, first uint64) {
	text := x.String()
	weight = int(floorDiv(int64(len(text)-scale-1), 4))
	n := len(text) - scale - 4*weight // digits of the first one to the base 10000
	for i := range n {
		first *= 10
		if i < len(text) {
			first += uint64(text[i] - '0')
		}
	}
	return weight, first
}
