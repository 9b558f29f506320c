package op

import (
	"math"
	"math/bits"

	"github.com/penstock/penstock/internal/datum"
)

// floatBits gives equal words for equal floats: -0 = 0, and NaN = NaN.
func floatBits(f float64) uint64 {
	if f == 0 {
		return 0
	}
	if f != f {
		return math.Float64bits(math.NaN())
	}
	return math.Float64bits(f)
}

// normalDecimal gives the one form that equal decimals share: no trailing
// zeros behind the point.
func normalDecimal(d datum.Decimal) datum.Decimal {
	if d.Form != datum.Finite {
		return datum.Decimal{Form: d.Form}
	}
	neg := d.Hi < 0
	hi, lo := magnitude(d)
	if hi == 0 && lo == 0 {
		return datum.Decimal{}
	}
	for d.Scale > 0 {
		qh := hi / 10
		ql, r := bits.Div64(hi%10, lo, 10)
		if r != 0 {
			break
		}
		hi, lo = qh, ql
		d.Scale--
	}
	if neg {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	d.Hi, d.Lo = int64(hi), lo
	return d
}

// magnitude is the absolute value of the coefficient.
func magnitude(d datum.Decimal) (hi, lo uint64) {
	hi, lo = uint64(d.Hi), d.Lo
	if d.Hi < 0 {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	return hi, lo
}

// formRank orders -Infinity, numbers, Infinity, NaN.
func formRank(f datum.Form) int {
	switch f {
	case datum.NegInf:
		return 0
	case datum.PosInf:
		return 2
	case datum.NaN:
		return 3
	default:
		return 1
	}
}

// compareDecimal orders decimals as PostgreSQL's numeric: NaN is the greatest
// and equals itself.
func compareDecimal(a, b datum.Decimal) int {
	if ra, rb := formRank(a.Form), formRank(b.Form); ra != rb || a.Form != datum.Finite {
		return ra - rb
	}
	if (a.Hi < 0) != (b.Hi < 0) {
		if a.Hi < 0 {
			return -1
		}
		return 1
	}
	c := compareMagnitude(a, b)
	if a.Hi < 0 {
		return -c
	}
	return c
}

// compareMagnitude compares absolute values of finite decimals: the one with
// the smaller scale is brought to the other's in 256 bits.
func compareMagnitude(a, b datum.Decimal) int {
	ah, al := magnitude(a)
	bh, bl := magnitude(b)
	x, y := [4]uint64{al, ah}, [4]uint64{bl, bh}
	if d := int(b.Scale) - int(a.Scale); d > 0 {
		scaleUp(&x, d)
	} else if d < 0 {
		scaleUp(&y, -d)
	}
	for i := 3; i >= 0; i-- {
		if x[i] != y[i] {
			if x[i] < y[i] {
				return -1
			}
			return 1
		}
	}
	return 0
}

// scaleUp multiplies x (least word first) by 10^n; n is at most MaxScale, so
// that 38 + 38 digits fit 256 bits.
func scaleUp(x *[4]uint64, n int) {
	for n > 0 {
		step := min(n, 19)
		n -= step
		m := uint64(1)
		for range step {
			m *= 10
		}
		var carry uint64
		for i := range x {
			hi, lo := bits.Mul64(x[i], m)
			var c uint64
			x[i], c = bits.Add64(lo, carry, 0)
			carry = hi + c
		}
	}
}

// normalInterval gives days of 24 hours and the rest of a day, with months of
// 30 days: PostgreSQL's intervals are equal when these are.
func normalInterval(v datum.Interval) (days, micros int64) {
	days = int64(v.Months)*30 + int64(v.Days) + v.Micros/datum.MicrosPerDay
	micros = v.Micros % datum.MicrosPerDay
	if micros < 0 {
		micros += datum.MicrosPerDay
		days--
	}
	return days, micros
}
