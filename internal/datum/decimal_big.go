package datum

import "math/big"

var (
	bigTen   = big.NewInt(10)
	bigLimit = new(big.Int).Exp(bigTen, big.NewInt(MaxDigits), nil)
)

func bigPow10(k int) *big.Int { return new(big.Int).Exp(bigTen, big.NewInt(int64(k)), nil) }

// bigAt is the coefficient of a finite value at a scale that is not smaller
// than its own; at a smaller one digits are cut off.
func (d Decimal) bigAt(scale int) *big.Int {
	u, neg := d.abs()
	x := u.big()
	if neg {
		x.Neg(x)
	}
	if k := scale - int(d.Scale); k > 0 {
		x.Mul(x, bigPow10(k))
	} else if k < 0 {
		x.Quo(x, bigPow10(-k))
	}
	return x
}

// fromBig makes x × 10^-scale, 22003 if it has too many digits.
func fromBig(x *big.Int, scale int) (Decimal, error) {
	neg := x.Sign() < 0
	u, ok := u128FromBig(new(big.Int).Abs(x))
	if !ok {
		return Decimal{}, errNumericOverflow()
	}
	return checked(u, neg, scale)
}

// fromBigRounded divides by 10^k, half away from zero.
func fromBigRounded(x *big.Int, k int) (*big.Int, bool) {
	den := bigPow10(k)
	q, r := new(big.Int).QuoRem(x, den, new(big.Int))
	if r.Abs(r).Lsh(r, 1).Cmp(den) >= 0 {
		q.Add(q, big.NewInt(int64(x.Sign())))
	}
	return q, r.Sign() == 0
}

// shrink rounds fraction digits away, down to least of them, until x fits.
func shrink(x *big.Int, scale, least int) (Decimal, error) {
	least = min(least, MaxScale)
	digits := len(new(big.Int).Abs(x).String())
	cut := max(digits-MaxDigits, scale-MaxScale, 0)
	cut = min(cut, scale-least)
	r, _ := fromBigRounded(x, cut)
	if new(big.Int).Abs(r).Cmp(bigLimit) >= 0 && scale-cut > least { // 99…9.5 rounded up
		cut++
		r, _ = fromBigRounded(x, cut)
	}
	return fromBig(r, scale-cut)
}
