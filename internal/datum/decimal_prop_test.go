package datum

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/penstock/penstock/internal/sqlerr"
)

// genDecimal makes finite decimals of every size and scale.
func genDecimal() *rapid.Generator[Decimal] {
	return rapid.Custom(func(t *rapid.T) Decimal {
		digits := rapid.IntRange(0, MaxDigits).Draw(t, "digits")
		text := make([]byte, 0, 40)
		for range digits {
			text = append(text, byte('0'+rapid.IntRange(0, 9).Draw(t, "digit")))
		}
		x, _ := new(big.Int).SetString("0"+string(text), 10)
		if rapid.Bool().Draw(t, "negative") {
			x.Neg(x)
		}
		d, err := fromBig(x, rapid.IntRange(0, MaxScale).Draw(t, "scale"))
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}

// rat is the oracle's view of a decimal.
func rat(d Decimal) *big.Rat {
	return new(big.Rat).SetFrac(d.bigAt(int(d.Scale)), bigPow10(int(d.Scale)))
}

// ulp is half a unit in the last place of a scale.
func halfUnit(scale int) *big.Rat {
	return new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Mul(big.NewInt(2), bigPow10(scale)))
}

// near checks that got is want rounded to got's scale.
func near(t *rapid.T, what string, got Decimal, want *big.Rat) {
	diff := new(big.Rat).Sub(rat(got), want)
	if diff.Abs(diff).Cmp(halfUnit(int(got.Scale))) > 0 {
		t.Fatalf("%s: %v is too far from %s", what, got, want.FloatString(50))
	}
	if got.Digits() > MaxDigits || got.Scale < 0 || got.Scale > MaxScale {
		t.Fatalf("%s: %v does not fit", what, got)
	}
}

// overflowed checks that an error is an overflow, and with reason: no result
// of the least scale fits.
func overflowed(t *rapid.T, what string, err error, want *big.Rat, least int) {
	if sqlerr.CodeOf(err) != sqlerr.NumericOutOfRange {
		t.Fatalf("%s: %v", what, err)
	}
	limit := new(big.Rat).SetFrac(bigLimit, bigPow10(least))
	if new(big.Rat).Add(new(big.Rat).Abs(want), halfUnit(least)).Cmp(limit) < 0 {
		t.Fatalf("%s: overflow, though %s fits", what, want.FloatString(least))
	}
}

func TestDecimalArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genDecimal().Draw(t, "a"), genDecimal().Draw(t, "b")
		if rapid.Bool().Draw(t, "near") { // close numbers meet the carries
			b = a
			b.Lo += uint64(rapid.IntRange(0, 3).Draw(t, "delta"))
			if b.Lo < a.Lo || b.Digits() > MaxDigits {
				b = a
			}
		}
		ra, rb := rat(a), rat(b)
		scale := int(max(a.Scale, b.Scale))

		if c := ra.Cmp(rb); a.Cmp(b) != c || b.Cmp(a) != -c {
			t.Fatalf("Cmp = %d, want %d", a.Cmp(b), c)
		}
		if (a.Normalize() == b.Normalize()) != (a.Cmp(b) == 0) || a.Normalize().Cmp(a) != 0 {
			t.Fatalf("Normalize: %v, %v", a.Normalize(), b.Normalize())
		}
		exact := func(what string, got Decimal, err error, want *big.Rat) {
			if err != nil {
				overflowed(t, what, err, want, scale)
			} else if rat(got).Cmp(want) != 0 || int(got.Scale) != scale {
				t.Fatalf("%s = %v, want %s", what, got, want.FloatString(scale))
			}
		}
		sum, err := a.Add(b)
		exact("Add", sum, err, new(big.Rat).Add(ra, rb))
		diff, err := a.Sub(b)
		exact("Sub", diff, err, new(big.Rat).Sub(ra, rb))

		want := new(big.Rat).Mul(ra, rb)
		if p, err := a.Mul(b); err != nil {
			overflowed(t, "Mul", err, want, scale)
		} else {
			near(t, "Mul", p, want)
		}
		if b.IsZero() {
			if _, err := a.Div(b); sqlerr.CodeOf(err) != sqlerr.DivisionByZero {
				t.Fatal(err)
			}
			return
		}
		want.Quo(ra, rb)
		if q, err := a.Div(b); err != nil {
			overflowed(t, "Div", err, want, 0)
		} else {
			near(t, "Div", q, want)
		}
		whole := new(big.Int).Quo(new(big.Int).Mul(ra.Num(), rb.Denom()), new(big.Int).Mul(ra.Denom(), rb.Num()))
		rest := new(big.Rat).Sub(ra, new(big.Rat).Mul(rb, new(big.Rat).SetInt(whole)))
		mod, err := a.Mod(b)
		exact("Mod", mod, err, rest)
	})
}

func TestDecimalRounding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := genDecimal().Draw(t, "d")
		scale := rapid.IntRange(0, MaxScale).Draw(t, "scale")
		r := rat(d)
		if x, err := d.Round(scale); err == nil {
			near(t, "Round", x, r)
		} else {
			overflowed(t, "Round", err, r, scale)
		}
		if x, err := d.Trunc(scale); err == nil {
			if x.Abs().Cmp(d.Abs()) > 0 || x.Sign()*d.Sign() < 0 {
				t.Fatalf("Trunc = %v", x)
			}
		}
		if x, err := d.Floor(); err == nil && (x.Cmp(d) > 0 || x.Scale != 0) {
			t.Fatalf("Floor = %v", x)
		}
		if x, err := d.Ceil(); err == nil && (x.Cmp(d) < 0 || x.Scale != 0) {
			t.Fatalf("Ceil = %v", x)
		}
		if f, _ := r.Float64(); f != d.ToFloat64() {
			t.Fatalf("ToFloat64 = %v, want %v", d.ToFloat64(), f)
		}
		if f, _ := r.Float32(); f != d.ToFloat32() {
			t.Fatalf("ToFloat32 = %v, want %v", d.ToFloat32(), f)
		}
		if v, err := d.ToInt64(64); err == nil {
			near(t, "ToInt64", DecimalFromInt64(v), r)
		}
		if d.Sign() >= 0 {
			root, err := d.Sqrt()
			if err != nil {
				t.Fatal(err)
			}
			// Within a whole unit: (root ± unit)² encloses d.
			lo, hi := rat(root), new(big.Rat).Add(rat(root), new(big.Rat).Add(halfUnit(int(root.Scale)), halfUnit(int(root.Scale))))
			lo.Sub(lo, halfUnit(int(root.Scale)))
			lo.Sub(lo, halfUnit(int(root.Scale)))
			if hi.Mul(hi, hi).Cmp(r) < 0 || lo.Sign() > 0 && lo.Mul(lo, lo).Cmp(r) > 0 {
				t.Fatalf("Sqrt = %v", root)
			}
		}
	})
}

// TestDecimalForms: every way out and back in gives the same value.
func TestDecimalForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := genDecimal().Draw(t, "d")
		if back, err := ParseDecimal(AppendDecimal(nil, d)); err != nil || back != d {
			t.Fatalf("text %s: %v, %v", AppendDecimal(nil, d), back, err)
		}
		if back, err := ParseDecimalBinary(AppendDecimalBinary(nil, d)); err != nil || back != d {
			t.Fatalf("binary %x: %v, %v", AppendDecimalBinary(nil, d), back, err)
		}
		if d.Neg().Neg() != d || d.Neg().Cmp(d) != -d.Sign() {
			t.Fatalf("Neg = %v", d.Neg())
		}
		v := rapid.Int64().Draw(t, "v")
		if back, err := DecimalFromInt64(v).ToInt64(64); err != nil || back != v {
			t.Fatalf("int %d: %d, %v", v, back, err)
		}
	})
	for _, d := range []Decimal{DecimalNaN, DecimalPosInf, DecimalNegInf} {
		if back := must(ParseDecimal(AppendDecimal(nil, d))); back != d {
			t.Errorf("%v comes back as %v", d, back)
		}
		if back := must(ParseDecimalBinary(AppendDecimalBinary(nil, d))); back != d {
			t.Errorf("%v comes back as %v", d, back)
		}
	}
}

func TestDecimalFromFloat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64Range(-1e22, 1e22).Draw(t, "f")
		d, err := DecimalFromFloat64(f)
		if err != nil {
			t.Fatal(err)
		}
		if diff := math.Abs(d.ToFloat64() - f); diff > math.Abs(f)*1e-14+1e-37 {
			t.Fatalf("%v becomes %v", f, d)
		}
	})
	for _, f := range []float64{1e39, -1e300, math.MaxFloat64} {
		if _, err := DecimalFromFloat64(f); sqlerr.CodeOf(err) != sqlerr.NumericOutOfRange {
			t.Errorf("%v: %v", f, err)
		}
	}
}
