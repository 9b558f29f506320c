package datum

import (
	"math/big"
	"math/bits"
)

// u128 is an unsigned number of 128 bits: the absolute value of a Decimal's
// coefficient.
type u128 struct{ hi, lo uint64 }

// pow10u holds 10^0 to 10^38.
var pow10u = func() (t [39]u128) {
	t[0] = u128{lo: 1}
	for i := 1; i < len(t); i++ {
		t[i], _ = t[i-1].mul64(10)
	}
	return t
}()

// tenTo19 is the largest power of ten that fits a word.
const tenTo19 = 10_000_000_000_000_000_000

func (a u128) isZero() bool { return a.hi|a.lo == 0 }

func (a u128) cmp(b u128) int {
	switch {
	case a == b:
		return 0
	case a.hi < b.hi || a.hi == b.hi && a.lo < b.lo:
		return -1
	}
	return 1
}

// add cannot overflow for coefficients, which stay below 2^127.
func (a u128) add(b u128) u128 {
	lo, c := bits.Add64(a.lo, b.lo, 0)
	hi, _ := bits.Add64(a.hi, b.hi, c)
	return u128{hi, lo}
}

// sub needs a >= b.
func (a u128) sub(b u128) u128 {
	lo, c := bits.Sub64(a.lo, b.lo, 0)
	hi, _ := bits.Sub64(a.hi, b.hi, c)
	return u128{hi, lo}
}

// mul64 tells with ok whether the product fits.
func (a u128) mul64(m uint64) (p u128, ok bool) {
	h, lo := bits.Mul64(a.lo, m)
	over, mid := bits.Mul64(a.hi, m)
	hi, c := bits.Add64(mid, h, 0)
	return u128{hi, lo}, over == 0 && c == 0
}

// mul tells with ok whether the product fits.
func (a u128) mul(b u128) (p u128, ok bool) {
	switch {
	case b.hi == 0:
		return a.mul64(b.lo)
	case a.hi == 0:
		return b.mul64(a.lo)
	}
	return u128{}, false
}

// mulPow10 multiplies by 10^k, k from 0.
func (a u128) mulPow10(k int) (p u128, ok bool) {
	switch {
	case k == 0 || a.isZero():
		return a, true
	case k >= len(pow10u):
		return u128{}, false
	}
	return a.mul(pow10u[k])
}

func (a u128) divmod64(d uint64) (q u128, r uint64) {
	q.hi = a.hi / d
	q.lo, r = bits.Div64(a.hi%d, a.lo, d)
	return q, r
}

// divmod divides by d, which is not 0.
func (a u128) divmod(d u128) (q, r u128) {
	if d.hi == 0 {
		q, r.lo = a.divmod64(d.lo)
		return q, r
	}
	// The quotient is one word: guess it from the leading words, at most one too big.
	n := uint(bits.LeadingZeros64(d.hi))
	top := d.hi<<n | d.lo>>(64-n)
	guess, _ := bits.Div64(a.hi>>1, a.hi<<63|a.lo>>1, top)
	guess >>= 63 - n
	if guess != 0 {
		guess--
	}
	p, _ := d.mul64(guess)
	r = a.sub(p)
	if r.cmp(d) >= 0 {
		guess++
		r = r.sub(d)
	}
	return u128{lo: guess}, r
}

// roundMode is what becomes of the digits cut off.
type roundMode uint8

const (
	roundHalfUp roundMode = iota // half away from zero
	roundDown                    // towards zero
	roundUp                      // away from zero
)

// scaleDown divides by 10^k and rounds.
func (a u128) scaleDown(k int, mode roundMode) u128 {
	if k >= len(pow10u) { // more digits than there are
		if mode == roundUp && !a.isZero() {
			return u128{lo: 1}
		}
		return u128{}
	}
	d := pow10u[k]
	q, r := a.divmod(d)
	if mode == roundUp && !r.isZero() || mode == roundHalfUp && r.cmp(d.sub(r)) >= 0 {
		q = q.add(u128{lo: 1})
	}
	return q
}

// digits counts decimal digits; 0 has none.
func (a u128) digits() int {
	n := bits.Len64(a.lo)
	if a.hi != 0 {
		n = 64 + bits.Len64(a.hi)
	}
	d := n * 1233 >> 12 // n·log10(2), rounded down
	if d < len(pow10u) && a.cmp(pow10u[d]) >= 0 {
		d++
	}
	return d
}

// fits tells whether a coefficient has at most MaxDigits digits.
func (a u128) fits() bool { return a.cmp(pow10u[MaxDigits]) < 0 }

func (a u128) big() *big.Int {
	z := new(big.Int).SetUint64(a.hi)
	return z.Or(z.Lsh(z, 64), new(big.Int).SetUint64(a.lo))
}

// u128FromBig tells with ok whether a positive x has at most 128 bits.
func u128FromBig(x *big.Int) (u u128, ok bool) {
	if x.BitLen() > 128 {
		return u, false
	}
	var lo, hi big.Int
	lo.And(x, wordMask)
	hi.Rsh(x, 64)
	return u128{hi.Uint64(), lo.Uint64()}, true
}

var wordMask = new(big.Int).SetUint64(^uint64(0))

// appendDigits writes a in decimal, at least width digits.
func (a u128) appendDigits(dst []byte, width int) []byte {
	var buf [40]byte
	i := len(buf)
	for a.hi != 0 {
		var r uint64
		a, r = a.divmod64(tenTo19)
		for range 19 {
			i--
			buf[i] = byte('0' + r%10)
			r /= 10
		}
	}
	v := a.lo
	for v >= 10 {
		q := v / 100
		p := 2 * (v - q*100)
		i -= 2
		buf[i], buf[i+1] = digitPairs[p], digitPairs[p+1]
		v = q
	}
	if v > 0 {
		i--
		buf[i] = byte('0' + v)
	}
	for i < len(buf)-1 && buf[i] == '0' { // a pair may begin with one
		i++
	}
	if buf[len(buf)-1] == 0 {
		i = len(buf)
	}
	for len(buf)-i < width {
		i--
		buf[i] = '0'
	}
	return append(dst, buf[i:]...)
}
