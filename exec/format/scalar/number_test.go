package scalar

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// jsonNumber draws numbers as JSON spells them; exponents are small enough for
// math/big.
var jsonNumber = rapid.StringMatching(`-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?`)

func TestWholeNumberIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := jsonNumber.Draw(t, "number")
		want, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("%s is no number", s)
		}
		v, verdict := wholeNumber([]byte(s))
		switch {
		case !want.IsInt():
			if verdict != notANumber {
				t.Fatalf("%s: %d, %d", s, v, verdict)
			}
		case !want.Num().IsInt64():
			if verdict != tooBig {
				t.Fatalf("%s: %d, %d", s, v, verdict)
			}
		case verdict != whole || v != want.Num().Int64():
			t.Fatalf("%s: %d, %d", s, v, verdict)
		}
	})
}

func TestEpochIsExact(t *testing.T) {
	units := map[Timestamps]int64{EpochSeconds: 1e6, EpochMillis: 1e3, EpochMicros: 1}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?`).Draw(t, "number")
		form := rapid.SampledFrom([]Timestamps{EpochSeconds, EpochMillis, EpochMicros}).Draw(t, "form")
		want, _ := new(big.Rat).SetString(s)
		want.Mul(want, big.NewRat(units[form], 1))
		// half away from zero
		half := big.NewRat(int64(want.Sign()), 2)
		n := new(big.Int).Quo(new(big.Rat).Add(want, half).Num(), new(big.Rat).Add(want, half).Denom())
		v, ok := epoch([]byte(s), form)
		if !n.IsInt64() || n.Int64() < -210866803200000000 || n.Int64() >= 9223371244800000000 {
			if ok {
				t.Fatalf("%s: %d accepted", s, v)
			}
			return
		}
		if !ok || v != n.Int64() {
			t.Fatalf("%s: %d %v, want %s", s, v, ok, n)
		}
	})
}

func TestAutoEpoch(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int64
	}{
		{"1714309970", 1714309970000000}, {"1714309970.484", 1714309970484000}, {"1714309970484", 1714309970484000},
		{"1714309970484123", 1714309970484123}, {"1714309970484123499", 1714309970484123}, {"1714309970484123500", 1714309970484124},
		{"-1714309970484", -1714309970484000}, {"0", 0}, {"99999999999", 99999999999000000}, {"100000000000", 100000000000000},
		{"1.714309970484e9", 1714309970484000},
	} {
		if v, ok := epoch([]byte(c.in), Auto); !ok || v != c.want {
			t.Errorf("%s: %d %v, want %d", c.in, v, ok, c.want)
		}
	}
}

// What is written reads back, in every form that keeps the instant whole.
func TestTimestampRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int64Range(-62135596800e6, 253402300800e6-1).Draw(t, "micros")
		form := Timestamps(rapid.IntRange(0, len(TimestampForms)-1).Draw(t, "form"))
		typ := catalog.Of(rapid.SampledFrom([]catalog.Kind{catalog.Timestamp, catalog.TimestampLTZ}).Draw(t, "kind"))
		r, err := NewReader(typ, form)
		if err != nil {
			t.Fatal(err)
		}
		in, out := exec.NewColumn(exec.Ints), exec.NewColumn(exec.Ints)
		in.AppendInt(v)
		w := NewWriter(typ, form)
		text := w.Append(nil, in, 0)
		if w.Number(in, 0) {
			err = r.Number(out, text)
		} else {
			err = r.Text(out, text)
		}
		if err != nil || out.Int[0] != v {
			t.Fatalf("%d is %s, which reads as %v, %v", v, text, out.Int, err)
		}
	})
}

func TestIntegers(t *testing.T) {
	for _, k := range []catalog.Kind{catalog.SmallInt, catalog.Int, catalog.BigInt} {
		r, err := NewReader(catalog.Of(k), Auto)
		if err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(t *rapid.T) {
			v := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-70000, 70000), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, r.lo, r.hi})).Draw(t, "v")
			c := exec.NewColumn(exec.Ints)
			text := []byte(big.NewInt(v).String())
			for range 2 {
				err := r.Text(c, text)
				if v < r.lo || v > r.hi {
					if sqlerr.CodeOf(err) != sqlerr.NumericOutOfRange {
						t.Fatalf("%d: %v", v, err)
					}
				} else if err != nil || c.Int[c.Len()-1] != v {
					t.Fatalf("%d: %v, %v", v, c.Int, err)
				}
				if err2 := r.Number(c, text); (err2 == nil) != (err == nil) {
					t.Fatalf("%d: as text %v, as a number %v", v, err, err2)
				}
			}
		})
	}
}

func TestNestedTypesAreRefused(t *testing.T) {
	for _, typ := range []catalog.Type{catalog.ArrayOf(catalog.Of(catalog.Int)), {Kind: catalog.Row}, catalog.Of(catalog.Void)} {
		if _, err := NewReader(typ, Auto); sqlerr.CodeOf(err) != sqlerr.FeatureNotSupported {
			t.Errorf("%v", err)
		}
	}
}

func TestExcerpt(t *testing.T) {
	long := make([]byte, 1000)
	for i := range long {
		long[i] = "äé"[i%4]
	}
	if s := Excerpt(long); len(s) > maxExcerpt+3 || !strings.HasSuffix(s, "...") || strings.Contains(s, "\ufffd") {
		t.Errorf("%d bytes: %q", len(s), s)
	}
	if s := Excerpt([]byte("a\x00b\xffc\n")); s != "a\ufffdb\ufffdc\ufffd" {
		t.Errorf("%q", s)
	}
}
