package datum

import "testing"

// TestAllocations holds the hot functions to what they promise.
func TestAllocations(t *testing.T) {
	dst := make([]byte, 0, 64)
	var p TimestampParser
	a, b := dec("12345.678"), dec("-0.0456")
	in := map[string][]byte{}
	for _, s := range []string{"2024-04-28T23:12:50.484", "2024-04-28 23:12+02", "12345.678", "12345678901234567890.12345678901",
		"-12345", "1 day 02:03:04.5"} {
		in[s] = []byte(s)
	}
	for name, f := range map[string]func(){
		"AppendTimestamp":      func() { dst = AppendTimestamp(dst[:0], 1714345970484000) },
		"AppendTimestampTZ":    func() { dst = AppendTimestampTZ(dst[:0], 1714345970484000, 3600) },
		"AppendInterval":       func() { dst = AppendInterval(dst[:0], Interval{-1, 3, 4}) },
		"AppendFloat8":         func() { dst = AppendFloat8(dst[:0], 6.4958585308917136e16) },
		"AppendDecimal":        func() { dst = AppendDecimal(dst[:0], a) },
		"AppendDecimalBinary":  func() { dst = AppendDecimalBinary(dst[:0], a) },
		"ParseTimestamp":       func() { must(ParseTimestamp(in["2024-04-28T23:12:50.484"])) },
		"ParseTimestamp slow":  func() { must(ParseTimestamp(in["2024-04-28 23:12+02"])) },
		"TimestampParser":      func() { must(p.Parse(in["2024-04-28T23:12:50.484"])) },
		"ParseDecimal":         func() { must(ParseDecimal(in["12345.678"])) },
		"ParseDecimal long":    func() { must(ParseDecimal(in["12345678901234567890.12345678901"])) },
		"ParseFloat8":          func() { must(ParseFloat8(in["12345.678"])) },
		"ParseInt64":           func() { must(ParseInt64(in["-12345"], 64)) },
		"ParseInterval":        func() { must(ParseInterval(in["1 day 02:03:04.5"])) },
		"Decimal arithmetic":   func() { must(must(must(a.Add(b)).Mul(b)).Div(a)) },
		"Decimal to and fro":   func() { must(DecimalFromFloat64(must(a.Round(2)).ToFloat64())) },
		"ExtractTimestamp":     func() { _, _, _ = ExtractTimestamp(Epoch, 1714345970484000) },
		"AddInterval, DateBin": func() { must(DateBin(Interval{0, 0, 5}, must(AddInterval(0, Interval{1, 2, 3})), 0)) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkAppendTimestamp(b *testing.B) {
	dst := make([]byte, 0, 64)
	v := int64(1714345970484000)
	for b.Loop() {
		dst = AppendTimestamp(dst[:0], v)
		v += 1_000_123
	}
}

func BenchmarkParseTimestamp(b *testing.B) {
	text := []byte("2024-04-28T23:12:50.484")
	for b.Loop() {
		if _, err := ParseTimestamp(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTimestampParser(b *testing.B) {
	var p TimestampParser
	text := []byte("2024-04-28T23:12:50.484")
	for b.Loop() {
		text[22] = '0' + (text[22]+1)%10
		if _, err := p.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseDecimal(b *testing.B) {
	text := []byte("12345.678")
	for b.Loop() {
		if _, err := ParseDecimal(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendDecimal(b *testing.B) {
	dst := make([]byte, 0, 64)
	d := dec("12345.678")
	for b.Loop() {
		dst = AppendDecimal(dst[:0], d)
	}
}

func BenchmarkDecimalAdd(b *testing.B) {
	sum, d := Decimal{Scale: 3}, dec("12345.678")
	for b.Loop() {
		var err error
		if sum, err = sum.Add(d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecimalDiv(b *testing.B) {
	x, y := dec("12345.678"), dec("7.89")
	for b.Loop() {
		if _, err := x.Div(y); err != nil {
			b.Fatal(err)
		}
	}
}
