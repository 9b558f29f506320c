package expr

import (
	"math"
	"math/rand/v2"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	numbers     = "smallint -> smallint; int -> int; bigint -> bigint; real -> real; double -> double; decimal -> decimal"
	reals       = "double -> double; decimal -> decimal"
	doubleOne   = "double -> double"
	doublePair  = "double, double -> double"
	roundings   = "double -> double; decimal -> decimal; decimal, int -> decimal; double, int -> double"
	timeUnit    = "ts, text -> ts; tstz, text -> tstz; date, text -> date"
	integerOnly = "int, int -> int; bigint, bigint -> bigint; decimal, decimal -> decimal"
)

var mathFunctions = []function{
	{name: "^", sigs: doublePair + "; " + decimalPair, kernel: decimalOr2(datum.Decimal.Pow, double2(power)), doc: "raised to a power", example: "2 ^ 3 → 8"},
	{name: "abs", sigs: numbers, kernel: newAbs, doc: "without its sign", example: "abs(-17.4) → 17.4"},
	{name: "ceil", sigs: reals + "; " + timeUnit, kernel: rounding(math.Ceil, datum.Decimal.Ceil, true),
		doc: "the next whole number that is not less; of a time, the next beginning of a unit", example: "ceil(42.2) → 43"},
	{name: "floor", sigs: reals + "; " + timeUnit, kernel: rounding(math.Floor, datum.Decimal.Floor, false),
		doc: "the next whole number that is not greater; of a time, the beginning of the unit", example: "floor(-42.8) → -43"},
	{name: "round", sigs: roundings, kernel: roundTo(math.RoundToEven, math.Round, datum.Decimal.Round),
		doc: "the nearest number with so many (or no) fraction digits", example: "round(42.4382, 2) → 42.44"},
	{name: "trunc", sigs: roundings, kernel: roundTo(math.Trunc, math.Trunc, datum.Decimal.Trunc), doc: "cut to so many (or no) fraction digits",
		example: "trunc(42.4382, 2) → 42.43"},
	{name: "sign", sigs: reals, kernel: newSign, doc: "-1, 0 or 1", example: "sign(-8.4) → -1"},
	{name: "mod", sigs: integerPairs + "; decimal, decimal -> decimal", kernel: arithmetic('%'), doc: "remainder", example: "mod(9, 4) → 1"},
	{name: "div", sigs: "decimal, decimal -> decimal", doc: "whole part of the quotient", example: "div(9, 4) → 2",
		kernel: strictly(func(c *call, i int) (err error) {
			c.out.Dec[i], err = c.args[0].Dec[i].DivTrunc(c.args[1].Dec[i])
			return err
		})},
	{name: "power", sigs: doublePair + "; " + decimalPair, kernel: decimalOr2(datum.Decimal.Pow, double2(power)), doc: "raised to a power", example: "power(9, 3) → 729"},
	{name: "sqrt", sigs: reals, kernel: newSqrt, doc: "square root", example: "sqrt(2) → 1.4142135623730951"},
	{name: "cbrt", sigs: doubleOne, kernel: double1(plain(math.Cbrt)), doc: "cube root", example: "cbrt(64.0) → 4"},
	{name: "exp", sigs: reals, kernel: decimalOr(datum.Decimal.Exp, double1(exp)), doc: "e raised to a power", example: "exp(1.0) → 2.7182818284590452"},
	{name: "ln", sigs: reals, kernel: decimalOr(datum.Decimal.Ln, double1(logarithm(math.Log))), doc: "natural logarithm", example: "ln(2.0) → 0.6931471805599453"},
	{name: "log10", sigs: reals, kernel: decimalOr(log10Decimal, double1(logarithm(log10))), doc: "logarithm to base 10", example: "log10(1000) → 3"},
	{name: "log2", sigs: doubleOne, kernel: double1(logarithm(math.Log2)), doc: "logarithm to base 2", example: "log2(8) → 3"},
	{name: "log", sigs: reals + "; " + doublePair + "; " + decimalPair, kernel: newLog, doc: "logarithm to base 10, or of the second to the base of the first",
		example: "log(2, 64) → 6.0000000000000000"},
	{name: "degrees", sigs: doubleOne, kernel: double1(plain(func(x float64) float64 { return x / (math.Pi / 180) })), doc: "radians as degrees", example: "degrees(0.5) → 28.64788975654116"},
	{name: "radians", sigs: doubleOne, kernel: double1(plain(func(x float64) float64 { return x * (math.Pi / 180) })), doc: "degrees as radians", example: "radians(45.0) → 0.7853981633974483"},
	{name: "sin", sigs: doubleOne, kernel: double1(finite(math.Sin)), doc: "sine", example: "sin(0) → 0"},
	{name: "cos", sigs: doubleOne, kernel: double1(finite(math.Cos)), doc: "cosine", example: "cos(0) → 1"},
	{name: "tan", sigs: doubleOne, kernel: double1(finite(math.Tan)), doc: "tangent", example: "tan(0) → 0"},
	{name: "cot", sigs: doubleOne, kernel: double1(finite(func(x float64) float64 { return 1 / math.Tan(x) })), doc: "cotangent", example: "cot(0.5) → 1.830487721712452"},
	{name: "asin", sigs: doubleOne, kernel: double1(unit(asin)), doc: "inverse sine", example: "asin(1) → 1.5707963267948966"},
	{name: "acos", sigs: doubleOne, kernel: double1(unit(acos)), doc: "inverse cosine", example: "acos(1) → 0"},
	{name: "atan", sigs: doubleOne, kernel: double1(plain(math.Atan)), doc: "inverse tangent", example: "atan(1) → 0.7853981633974483"},
	{name: "sinh", sigs: doubleOne, kernel: double1(endless(math.Sinh)), doc: "hyperbolic sine", example: "sinh(1) → 1.1752011936438014"},
	{name: "cosh", sigs: doubleOne, kernel: double1(endless(math.Cosh)), doc: "hyperbolic cosine", example: "cosh(0) → 1"},
	{name: "tanh", sigs: doubleOne, kernel: double1(plain(math.Tanh)), doc: "hyperbolic tangent", example: "tanh(1) → 0.7615941559557649"},
	{name: "atan2", sigs: doublePair, kernel: double2(func(y, x float64) (float64, error) { return math.Atan2(y, x), nil }), doc: "inverse tangent of y/x", example: "atan2(1, 0) → 1.5707963267948966"},
	{name: "pi", sigs: "-> double", doc: "π", example: "pi() → 3.141592653589793", kernel: strictly(func(c *call, i int) error {
		c.out.Float[i] = math.Pi
		return nil
	})},
	{name: "random", sigs: "-> double", volatile: true, doc: "a random number from 0 to below 1", example: "random()", kernel: strictly(func(c *call, i int) error {
		c.out.Float[i] = rand.Float64()
		return nil
	})},
	{name: "gcd", sigs: integerOnly, kernel: decimalOr2(datum.Decimal.GCD, strictly(gcdRow)), doc: "greatest common divisor", example: "gcd(1071, 462) → 21"},
	{name: "lcm", sigs: integerOnly, kernel: decimalOr2(datum.Decimal.LCM, strictly(lcmRow)), doc: "least common multiple", example: "lcm(1071, 462) → 23562"},
}

type float1 func(float64) (float64, error)

func double1(fn float1) kernel {
	return strictly(func(c *call, i int) (err error) {
		c.out.Float[i], err = fn(c.args[0].Float[i])
		return err
	})
}

func double2(fn func(x, y float64) (float64, error)) kernel {
	return strictly(func(c *call, i int) (err error) {
		c.out.Float[i], err = fn(c.args[0].Float[i], c.args[1].Float[i])
		return err
	})
}

// plain is a function that only can overflow.
func plain(fn func(float64) float64) float1 {
	return func(x float64) (float64, error) {
		v := fn(x)
		if math.IsInf(v, 0) && !math.IsInf(x, 0) {
			return 0, errOverflow()
		}
		return v, nil
	}
}

func errInputRange() error {
	return sqlerr.New(sqlerr.NumericOutOfRange, "input is out of range")
}

// finite is a function that infinities are no argument of.
func finite(fn func(float64) float64) float1 {
	return func(x float64) (float64, error) {
		if math.IsInf(x, 0) {
			return 0, errInputRange()
		}
		return fn(x), nil
	}
}

// unit is a function of numbers from -1 to 1.
func unit(fn func(float64) float64) float1 {
	return func(x float64) (float64, error) {
		if x < -1 || x > 1 {
			return 0, errInputRange()
		}
		return fn(x), nil
	}
}

func logarithm(fn func(float64) float64) float1 {
	return func(x float64) (float64, error) {
		if err := checkLog(x); err != nil {
			return 0, err
		}
		return fn(x), nil
	}
}

func checkLog(x float64) error {
	switch {
	case x == 0:
		return sqlerr.New(sqlerr.InvalidArgumentForLog, "cannot take logarithm of zero")
	case x < 0:
		return sqlerr.New(sqlerr.InvalidArgumentForLog, "cannot take logarithm of a negative number")
	}
	return nil
}

func newLog(s *site) (exec.Eval, error) {
	if len(s.args) == 1 {
		return decimalOr(log10Decimal, double1(logarithm(log10)))(s)
	}
	return decimalOr2(func(base, x datum.Decimal) (datum.Decimal, error) { return x.Log(base) }, double2(logTo))(s)
}

func logTo(base, x float64) (float64, error) {
	if err := checkLog(base); err != nil {
		return 0, err
	}
	if err := checkLog(x); err != nil {
		return 0, err
	}
	switch base {
	case 1:
		return 0, errDivision()
	case 2:
		return math.Log2(x), nil
	}
	return math.Log(x) / math.Log(base), nil
}

// log10 brings subnormal numbers up first, which the library does not.
func log10(x float64) float64 {
	if x < 1e-300 {
		return math.Log10(x*1e100) - 100
	}
	return math.Log10(x)
}

func log10Decimal(x datum.Decimal) (datum.Decimal, error) { return x.Log(datum.DecimalFromInt64(10)) }

func exp(x float64) (float64, error) {
	v := math.Exp(x)
	if math.IsInf(v, 0) && !math.IsInf(x, 0) {
		return 0, errOverflow()
	}
	if v == 0 && !math.IsInf(x, 0) {
		return 0, errUnderflow()
	}
	return v, nil
}

func power(x, y float64) (float64, error) {
	switch {
	case x == 0 && y < 0:
		return 0, sqlerr.New(sqlerr.InvalidArgumentForPower, "zero raised to a negative power is undefined")
	case x < 0 && !math.IsInf(x, 0) && !math.IsInf(y, 0) && y == y && y != math.Floor(y):
		return 0, sqlerr.New(sqlerr.InvalidArgumentForPower, "a negative number raised to a non-integer power yields a complex result")
	}
	v := math.Pow(x, y)
	if n := int(y); y > -300 && y < 300 && float64(n) == y && v-v == 0 && math.Abs(v) > 1e-290 {
		if w := powWhole(x, n); w-w == 0 {
			v = w
		}
	}
	if !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		if math.IsInf(v, 0) {
			return 0, errOverflow()
		}
		if v == 0 && x != 0 {
			return 0, errUnderflow()
		}
	}
	return v, nil
}

func newSqrt(s *site) (exec.Eval, error) {
	if s.ret.Kind == catalog.Decimal {
		return newCall(s, func(c *call, i int) (err error) {
			c.out.Dec[i], err = c.args[0].Dec[i].Sqrt()
			return err
		}, true), nil
	}
	return double1(func(x float64) (float64, error) {
		if x < 0 {
			return 0, sqlerr.New(sqlerr.InvalidArgumentForPower, "cannot take square root of a negative number")
		}
		return math.Sqrt(x), nil
	})(s)
}

func newAbs(s *site) (exec.Eval, error) {
	neg := negate(s.ret.Kind)
	layout := exec.LayoutOf(s.ret)
	return newCall(s, func(c *call, i int) error {
		switch layout {
		case exec.Floats:
			c.out.Float[i] = math.Abs(c.args[0].Float[i])
		case exec.Decimals:
			c.out.Dec[i] = c.args[0].Dec[i].Abs()
		default:
			if c.int(0, i) < 0 {
				return neg(c, i)
			}
			c.out.Int[i] = c.int(0, i)
		}
		return nil
	}, true), nil
}

func newSign(s *site) (exec.Eval, error) {
	if s.ret.Kind == catalog.Decimal {
		return newCall(s, func(c *call, i int) error {
			d := c.args[0].Dec[i]
			if !d.IsNaN() {
				d = datum.DecimalFromInt64(int64(d.Sign()))
			}
			c.out.Dec[i] = d
			return nil
		}, true), nil
	}
	return double1(func(x float64) (float64, error) {
		switch {
		case x > 0:
			return 1, nil
		case x < 0:
			return -1, nil
		}
		return 0, nil // NaN too, as in PostgreSQL
	})(s)
}

// rounding is floor and ceil.
func rounding(fn func(float64) float64, dec func(datum.Decimal) (datum.Decimal, error), up bool) kernel {
	return func(s *site) (exec.Eval, error) {
		switch {
		case len(s.args) == 2:
			return newTruncTime(s, up)
		case s.ret.Kind == catalog.Decimal:
			return newCall(s, func(c *call, i int) (err error) {
				c.out.Dec[i], err = dec(c.args[0].Dec[i])
				return err
			}, true), nil
		}
		return double1(plain(fn))(s)
	}
}

// roundTo is round and trunc; scaled is what is done at a fraction digit.
func roundTo(whole, scaled func(float64) float64, dec func(datum.Decimal, int) (datum.Decimal, error)) kernel {
	return func(s *site) (exec.Eval, error) {
		if s.ret.Kind == catalog.Decimal {
			return newCall(s, func(c *call, i int) (err error) {
				n := int64(0)
				if len(c.args) == 2 {
					n = c.int(1, i)
				}
				c.out.Dec[i], err = dec(c.args[0].Dec[i], int(max(min(n, datum.MaxScale), -datum.MaxScale-1)))
				return err
			}, true), nil
		}
		return newCall(s, func(c *call, i int) error {
			v := c.args[0].Float[i]
			if len(c.args) == 1 {
				c.out.Float[i] = whole(v)
				return nil
			}
			p := math.Pow10(int(max(min(c.int(1, i), 330), -330)))
			if r := scaled(v*p) / p; !math.IsNaN(r) && !math.IsInf(r, 0) {
				v = r
			} else if p == 0 {
				v = 0
			}
			c.out.Float[i] = v
			return nil
		}, true), nil
	}
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return uint64(-v)
	}
	return uint64(v)
}

func gcdRow(c *call, i int) error {
	v := gcd(magnitude(c.int(0, i)), magnitude(c.int(1, i)))
	if v > math.MaxInt64 || !inRange(int64(v), c.ret.Kind) {
		return errIntRange(c.ret.Kind)
	}
	c.out.Int[i] = int64(v)
	return nil
}

func lcmRow(c *call, i int) error {
	a, b := c.int(0, i), c.int(1, i)
	c.out.Int[i] = 0
	if a == 0 || b == 0 {
		return nil
	}
	d := gcd(magnitude(a), magnitude(b))
	v, ok := mulInt(int64(magnitude(a)/d), b)
	if !ok || v == math.MinInt64 {
		return errIntRange(c.ret.Kind)
	}
	if v = max(v, -v); !inRange(v, c.ret.Kind) {
		return errIntRange(c.ret.Kind)
	}
	c.out.Int[i] = v
	return nil
}
