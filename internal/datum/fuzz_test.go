package datum

import (
	"bytes"
	"math"
	"testing"

	"github.com/penstock/penstock/internal/sqlerr"
)

// coded checks that an error has an SQLSTATE of bad data.
func coded(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		if c := sqlerr.CodeOf(err); len(c) != 5 || c[:2] != "22" {
			t.Fatalf("error %v", err)
		}
	}
}

// FuzzTime: whatever reads as a time prints and reads as the same again.
func FuzzTime(f *testing.F) {
	for _, s := range []string{"2024-04-28T23:12:50.484", "0044-03-15 BC", "Jan 8 1999 04:05 PM", "20240101T101112", "infinity",
		"2024-01-01 10:00:00+05:30", "1/8/1999", "24:00:00", "2024.123", "8-Jan-1999 UTC", "10:00 Europe/Berlin"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := ParseTimestamp(b)
		coded(t, err)
		var p TimestampParser
		for range 2 {
			if w, err2 := p.Parse(b); w != v || (err == nil) != (err2 == nil) {
				t.Fatalf("parser gives %d, %v", w, err2)
			}
		}
		if err == nil {
			if back, err := ParseTimestamp(AppendTimestamp(nil, v)); err != nil || back != v {
				t.Fatalf("timestamp %d, back %d, %v", v, back, err)
			}
		}
		if v, err := ParseTimestampTZ(b, nil); err == nil {
			if back, err := ParseTimestampTZ(AppendTimestampTZ(nil, v, 0), nil); err != nil || back != v {
				t.Fatalf("timestamptz %d, back %d, %v", v, back, err)
			}
		}
		if v, err := ParseDate(b); err == nil {
			if back, err := ParseDate(AppendDate(nil, v)); err != nil || back != v {
				t.Fatalf("date %d, back %d, %v", v, back, err)
			}
		}
		if v, err := ParseTime(b); err == nil {
			if back, err := ParseTime(AppendTime(nil, v)); err != nil || back != v {
				t.Fatalf("time %d, back %d, %v", v, back, err)
			}
		}
	})
}

func FuzzInterval(f *testing.F) {
	for _, s := range []string{"1 day 02:03:04", "1-2", "P1Y2M3DT4H5M6.5S", "1.5 hours ago", "-1 mons +3 days", "@ 5 us", "1 2:03"} {
		f.Add([]byte(s), "DAY TO SECOND(3)")
	}
	f.Fuzz(func(t *testing.T, b []byte, unit string) {
		v, err := ParseInterval(b)
		coded(t, err)
		if err == nil && v.Micros > math.MinInt64 {
			if back, err := ParseInterval(AppendInterval(nil, v)); err != nil || back != v {
				t.Fatalf("%v, back %v, %v", v, back, err)
			}
		}
		if _, err := ParseIntervalUnit(b, unit); err != nil && sqlerr.CodeOf(err) != sqlerr.SyntaxError {
			coded(t, err)
		}
	})
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1.50", "-1e-38", "NaN", "9223372036854775808", "0x10", "99999999999999999999999999999999999999", "-inf", "1e308"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := ParseDecimal(b)
		coded(t, err)
		if err == nil {
			if back, err := ParseDecimal(AppendDecimal(nil, d)); err != nil || back != d {
				t.Fatalf("%v, back %v, %v", d, back, err)
			}
			if d.Digits() > MaxDigits {
				t.Fatalf("%v has %d digits", d, d.Digits())
			}
		}
		if v, err := ParseFloat8(b); err == nil {
			if back, err := ParseFloat8(AppendFloat8(nil, v)); err != nil || back != v && v == v {
				t.Fatalf("%v, back %v, %v", v, back, err)
			}
		}
		if v, err := ParseFloat4(b); err == nil {
			if back, err := ParseFloat4(AppendFloat4(nil, v)); err != nil || back != v && v == v {
				t.Fatalf("%v, back %v, %v", v, back, err)
			}
		}
		for _, bits := range []int{16, 32, 64} {
			v, err := ParseInt64(b, bits)
			coded(t, err)
			if err == nil && v != v<<(64-bits)>>(64-bits) {
				t.Fatalf("%d does not fit %d bits", v, bits)
			}
		}
		_, err = ParseBool(b)
		coded(t, err)
	})
}

func FuzzBytes(f *testing.F) {
	f.Add([]byte(`\x00ff`))
	f.Add([]byte(`a\\b\000`))
	f.Add([]byte{0, 2, 0, 1, 0, 0, 0, 2, 0, 1, 0, 50})
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := ParseBytea(nil, b)
		coded(t, err)
		if err == nil {
			if back, err := ParseBytea(nil, AppendBytea(nil, v)); err != nil || !bytes.Equal(back, v) {
				t.Fatalf("%x, back %x, %v", v, back, err)
			}
		}
		d, err := ParseDecimalBinary(b)
		coded(t, err)
		if err == nil {
			if back, err := ParseDecimalBinary(AppendDecimalBinary(nil, d)); err != nil || back != d {
				t.Fatalf("%v, back %v, %v", d, back, err)
			}
		}
	})
}
