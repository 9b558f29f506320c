package expr

import (
	"math"
	"math/bits"
	"sort"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	decimalToInt = "decimal -> int"
	decimalPair  = "decimal, decimal -> decimal"
)

var mathFunctions2 = []function{
	{name: "@ ", sigs: numbers, kernel: newAbs, doc: "without its sign", example: "@ -5.0 → 5.0"},
	{name: "|/ ", sigs: doubleOne, kernel: newSqrt, doc: "square root", example: "|/ 25.0 → 5"},
	{name: "||/ ", sigs: doubleOne, kernel: double1(plain(math.Cbrt)), doc: "cube root", example: "||/ 64.0 → 4"},
	{name: "factorial", sigs: "bigint -> decimal", doc: "product of the numbers from 1", example: "factorial(5) → 120",
		kernel: strictly(func(c *call, i int) (err error) {
			c.out.Dec[i], err = datum.Factorial(c.int(0, i))
			return err
		})},
	{name: "scale", sigs: decimalToInt, kernel: digitsOf(func(d datum.Decimal) int { return int(d.Scale) }), doc: "number of fraction digits", example: "scale(8.4100) → 4"},
	{name: "min_scale", sigs: decimalToInt, kernel: digitsOf(datum.Decimal.MinScale), doc: "number of fraction digits that are needed", example: "min_scale(8.4100) → 2"},
	{name: "trim_scale", sigs: "decimal -> decimal", doc: "without zeros at the end of the fraction", example: "trim_scale(8.4100) → 8.41",
		kernel: strictly(func(c *call, i int) (err error) {
			d := c.args[0].Dec[i]
			if d.Form == datum.Finite {
				d, err = d.Trunc(d.MinScale())
			}
			c.out.Dec[i] = d
			return err
		})},
	{name: "width_bucket", sigs: "double, double, double, int -> int; decimal, decimal, decimal, int -> int; any, any[] -> int", loose: true, kernel: newWidthBucket,
		doc:     "number of the bucket of a histogram of equal widths, or of one whose sorted lower bounds an array has",
		example: "width_bucket(5.35, 0.024, 10.06, 5) → 3"},
	{name: "sind", sigs: doubleOne, kernel: double1(finite(sind)), doc: "sine of degrees", example: "sind(30) → 0.5"},
	{name: "cosd", sigs: doubleOne, kernel: double1(finite(cosd)), doc: "cosine of degrees", example: "cosd(60) → 0.5"},
	{name: "tand", sigs: doubleOne, kernel: double1(finite(tand)), doc: "tangent of degrees", example: "tand(45) → 1"},
	{name: "cotd", sigs: doubleOne, kernel: double1(finite(cotd)), doc: "cotangent of degrees", example: "cotd(45) → 1"},
	{name: "asind", sigs: doubleOne, kernel: double1(unit(asind)), doc: "inverse sine in degrees", example: "asind(0.5) → 30"},
	{name: "acosd", sigs: doubleOne, kernel: double1(unit(acosd)), doc: "inverse cosine in degrees", example: "acosd(0.5) → 60"},
	{name: "atand", sigs: doubleOne, kernel: double1(func(x float64) (float64, error) { return math.Atan(x) / atan1 * 45, nil }), doc: "inverse tangent in degrees", example: "atand(1) → 45"},
	{name: "atan2d", sigs: doublePair, kernel: double2(func(y, x float64) (float64, error) { return math.Atan2(y, x) / atan1 * 45, nil }),
		doc: "inverse tangent of y/x in degrees", example: "atan2d(1, 0) → 90"},
	{name: "asinh", sigs: doubleOne, kernel: double1(plain(math.Asinh)), doc: "inverse hyperbolic sine", example: "asinh(1) → 0.881373587019543"},
	{name: "acosh", sigs: doubleOne, kernel: double1(within(1, math.Inf(1), math.Acosh)), doc: "inverse hyperbolic cosine", example: "acosh(1) → 0"},
	{name: "atanh", sigs: doubleOne, kernel: double1(within(-1, 1, math.Atanh)), doc: "inverse hyperbolic tangent", example: "atanh(0.5) → 0.5493061443340548"},
	{name: "bit_count", sigs: "bytes -> bigint", doc: "number of bits that are set", example: `bit_count('\x1234'::BYTES) → 5`,
		kernel: strictly(func(c *call, i int) error {
			n := 0
			for _, b := range c.str(0, i) {
				n += bits.OnesCount8(b)
			}
			c.out.Int[i] = int64(n)
			return nil
		})},
}

// decimalOr is a function of one number that is there for DOUBLE and DECIMAL.
func decimalOr(fn func(datum.Decimal) (datum.Decimal, error), otherwise kernel) kernel {
	return func(s *site) (exec.Eval, error) {
		if s.ret.Kind != catalog.Decimal {
			return otherwise(s)
		}
		return newCall(s, func(c *call, i int) (err error) {
			c.out.Dec[i], err = fn(c.args[0].Dec[i])
			return err
		}, true), nil
	}
}

// decimalOr2 is the same of two.
func decimalOr2(fn func(a, b datum.Decimal) (datum.Decimal, error), otherwise kernel) kernel {
	return func(s *site) (exec.Eval, error) {
		if s.ret.Kind != catalog.Decimal {
			return otherwise(s)
		}
		return newCall(s, func(c *call, i int) (err error) {
			c.out.Dec[i], err = fn(c.args[0].Dec[i], c.args[1].Dec[i])
			return err
		}, true), nil
	}
}

func digitsOf(fn func(datum.Decimal) int) kernel {
	return strictly(func(c *call, i int) error {
		d := c.args[0].Dec[i]
		c.null = d.Form != datum.Finite
		c.out.Int[i] = int64(fn(d))
		return nil
	})
}

// endless is a function that may give infinity.
func endless(fn func(float64) float64) float1 {
	return func(x float64) (float64, error) { return fn(x), nil }
}

func within(from, to float64, fn func(float64) float64) float1 {
	return func(x float64) (float64, error) {
		switch {
		case x < from || x > to:
			return 0, errInputRange()
		case to == 1 && math.Abs(x) == 1:
			return math.Inf(int(x)), nil
		}
		return fn(x), nil
	}
}

// The functions of degrees are scaled so that they are exact where the result
// is a simple number.
var (
	degree        = math.Pi / 180 // a variable: rounded as it is where it is used
	sin30         = math.Sin(30 * degree)
	oneMinusCos60 = 1 - math.Cos(60*degree)
	asinHalf      = math.Asin(0.5)
	acosHalf      = acos(0.5)
	atan1         = math.Atan(1)
	tan45         = sindQ1(45) / cosdQ1(45)
	cot45         = cosdQ1(45) / sindQ1(45)
)

// powWhole raises to a whole power in double the precision, so that the result
// is rounded once.
func powWhole(x float64, n int) float64 {
	hi, lo := 1.0, 0.0
	bh, bl := x, 0.0
	for k := max(n, -n); k > 0; k >>= 1 {
		if k&1 != 0 {
			hi, lo = mulTwice(hi, lo, bh, bl)
		}
		bh, bl = mulTwice(bh, bl, bh, bl)
	}
	if n < 0 {
		q := 1 / hi
		return q + math.FMA(-q, hi, 1)/hi - q*lo/hi
	}
	return hi + lo
}

func mulTwice(ah, al, bh, bl float64) (hi, lo float64) {
	p := ah * bh
	e := math.FMA(ah, bh, -p) + ah*bl + al*bh
	hi = p + e
	return hi, e - (hi - p)
}

func asin(x float64) float64 { return math.Atan2(x, math.Sqrt((1-x)*(1+x))) }
func acos(x float64) float64 { return 2 * math.Atan2(math.Sqrt(1-x), math.Sqrt(1+x)) }

func sindQ1(x float64) float64 {
	if x <= 30 {
		return math.Sin(x*degree) / sin30 / 2
	}
	return cosdQ1(90 - x)
}

func cosdQ1(x float64) float64 {
	if x <= 60 {
		return 1 - (1-math.Cos(x*degree))/oneMinusCos60/2
	}
	return math.Sin((90-x)*degree) / sin30 / 2
}

// quadrant brings degrees to the first quadrant; below and beyond tell whether
// they were in the lower or the left half.
func quadrant(x float64) (q float64, below, beyond bool) {
	x = math.Mod(x, 360)
	if x < 0 {
		x, below = -x, true
	}
	if x > 180 {
		x, below = 360-x, !below
	}
	if x > 90 {
		x, beyond = 180-x, true
	}
	return x, below, beyond
}

func signed(v float64, minus bool) float64 {
	if minus {
		return -v
	}
	return v
}

func sind(x float64) float64 {
	q, below, _ := quadrant(x)
	return signed(sindQ1(q), below)
}

func cosd(x float64) float64 {
	q, _, beyond := quadrant(x)
	return signed(cosdQ1(q), beyond)
}

func tand(x float64) float64 {
	q, below, beyond := quadrant(x)
	if v := signed(sindQ1(q)/cosdQ1(q)/tan45, below != beyond); v != 0 {
		return v
	}
	return 0
}

func cotd(x float64) float64 {
	q, below, beyond := quadrant(x)
	if v := signed(cosdQ1(q)/sindQ1(q)/cot45, below != beyond); v != 0 {
		return v
	}
	return 0
}

func asindQ1(x float64) float64 {
	if x <= 0.5 {
		return math.Asin(x) / asinHalf * 30
	}
	return 90 - acos(x)/acosHalf*60
}

func asind(x float64) float64 {
	if x < 0 {
		return -asindQ1(-x)
	}
	return asindQ1(x)
}

func acosd(x float64) float64 {
	switch {
	case x < 0:
		return 90 + asindQ1(-x)
	case x <= 0.5:
		return 90 - math.Asin(x)/asinHalf*30
	}
	return acos(x) / acosHalf * 60
}

func errBucket(text string) error { return sqlerr.New(sqlerr.InvalidWidthBucket, "%s", text) }

func newWidthBucket(s *site) (exec.Eval, error) {
	switch {
	case len(s.args) == 2:
		if t := s.types[1]; t.Elem == nil || !sameLayout(*t.Elem, s.types[0]) {
			return nil, sqlerr.New(sqlerr.DatatypeMismatch, "%s has no elements of type %s", typeName(t), typeName(s.types[0]))
		}
		return newCall(s, bucketOfArray, true), nil
	case s.types[0].Kind == catalog.Decimal:
		return newCall(s, bucketOfDecimals, true), nil
	}
	return newCall(s, bucketOfDoubles, true), nil
}

func bucketOfArray(c *call, i int) error {
	a := c.args[1]
	from, n := int(a.Offs[i]), int(a.Offs[i+1]-a.Offs[i])
	for j := range n {
		if a.Kids[0].IsNull(from + j) {
			return sqlerr.New(sqlerr.NullNotAllowed, "thresholds array must not contain NULLs")
		}
	}
	c.out.Int[i] = int64(sort.Search(n, func(j int) bool { return compareNullable(a.Kids[0], from+j, c.args[0], i) > 0 }))
	return nil
}

// putBucket gives bucket n, from 0 of those between the bounds.
func (c *call) putBucket(i int, n, count int64) error {
	if n > count || n == count && count == math.MaxInt32 {
		return errIntRange(catalog.Int)
	}
	c.out.Int[i] = n + 1
	return nil
}

func bucketOfDoubles(c *call, i int) error {
	x, low, high, count := c.args[0].Float[i], c.args[1].Float[i], c.args[2].Float[i], c.int(3, i)
	switch {
	case count <= 0:
		return errBucket("count must be greater than zero")
	case x != x || low != low || high != high:
		return errBucket("operand, lower bound, and upper bound cannot be NaN")
	case math.IsInf(low, 0) || math.IsInf(high, 0):
		return errBucket("lower and upper bounds must be finite")
	case low == high:
		return errBucket("lower bound cannot equal upper bound")
	case low < high && x < low || low > high && x > low:
		c.out.Int[i] = 0
		return nil
	case low < high && x >= high || low > high && x <= high:
		return c.putBucket(i, count, count)
	}
	part := (x - low) / (high - low)
	if math.IsInf(high-low, 0) {
		part = (x/2 - low/2) / (high/2 - low/2)
	}
	return c.putBucket(i, min(int64(float64(count)*part), count-1), count)
}

func bucketOfDecimals(c *call, i int) error {
	x, low, high, count := c.args[0].Dec[i], c.args[1].Dec[i], c.args[2].Dec[i], c.int(3, i)
	switch {
	case count <= 0:
		return errBucket("count must be greater than zero")
	case x.IsNaN() || low.IsNaN() || high.IsNaN():
		return errBucket("operand, lower bound, and upper bound cannot be NaN")
	case low.IsInf() || high.IsInf():
		return errBucket("lower and upper bounds must be finite")
	case low.Cmp(high) == 0:
		return errBucket("lower bound cannot equal upper bound")
	}
	up := low.Cmp(high) < 0
	if before := x.Cmp(low); up && before < 0 || !up && before > 0 {
		c.out.Int[i] = 0
		return nil
	}
	if beyond := x.Cmp(high); up && beyond >= 0 || !up && beyond <= 0 {
		return c.putBucket(i, count, count)
	}
	part, err := x.Sub(low)
	if err != nil {
		return err
	}
	if part, err = part.Mul(datum.DecimalFromInt64(count)); err != nil {
		return err
	}
	width, err := high.Sub(low)
	if err != nil {
		return err
	}
	if part, err = part.DivTrunc(width); err != nil {
		return err
	}
	n, err := part.ToInt64(64)
	if err != nil {
		return err
	}
	return c.putBucket(i, min(n, count-1), count)
}
