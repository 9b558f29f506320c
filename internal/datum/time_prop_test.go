package datum

import (
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func genTimestamp() *rapid.Generator[int64] {
	return rapid.OneOf(
		rapid.Int64Range(minTimestamp, endTimestamp-1),
		rapid.Int64Range(firstPlain-1e12, endPlain+1e12),
		rapid.Int64Range(-1e15, 2e15),
		rapid.Map(rapid.Int64Range(-1e9, 4e9), func(s int64) int64 { return s * MicrosPerSecond }),
		rapid.SampledFrom([]int64{minTimestamp, endTimestamp - 1, firstPlain, firstPlain - 1, endPlain, endPlain - 1, 0, -1, TimestampInfinity, TimestampNegInfinity}),
	)
}

// TestTimestampText prints and reads back, and compares with package time.
func TestTimestampText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := genTimestamp().Draw(t, "v")
		text := AppendTimestamp(nil, v)
		if back, err := ParseTimestamp(text); err != nil || back != v {
			t.Fatalf("%s reads back as %d, %v", text, back, err)
		}
		if v >= firstPlain && v < endPlain {
			if want := time.UnixMicro(v).UTC().Format("2006-01-02 15:04:05.999999"); string(text) != want {
				t.Fatalf("%s, want %s", text, want)
			}
			if got, want := string(AppendTimestampISO(nil, v, 3, true)), isoOf(v); got != want {
				t.Fatalf("ISO %s, want %s", got, want)
			}
			for digits := range 7 {
				want := time.UnixMicro(v).UTC().Format("2006-01-02 15:04:05.000000"[:19+min(digits, 1)+digits])
				if got := string(AppendTimestampFrac(nil, v, digits)); got != want {
					t.Fatalf("%d digits: %s, want %s", digits, got, want)
				}
			}
		}
		offset := rapid.IntRange(-57599, 57599).Draw(t, "offset")
		text = AppendTimestampTZ(nil, v, offset)
		if back, err := ParseTimestampTZ(text, nil); err != nil || back != v {
			local := v + int64(offset)*MicrosPerSecond
			if IsFinite(v) && !TimestampInRange(local) {
				return // local time that has no date
			}
			t.Fatalf("%s reads back as %d, %v", text, back, err)
		}
	})
}

// isoOf has at least milliseconds.
func isoOf(v int64) string {
	s := time.UnixMicro(v).UTC().Format("2006-01-02T15:04:05.000000")
	for len(s) > 23 && s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	return s + "Z"
}

// TestTimestampParser: the parser with a memory says what the plain one says.
func TestTimestampParser(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p TimestampParser
		base := genTimestamp().Draw(t, "base")
		forms := []string{"2006-01-02T15:04:05.000", "2006-01-02 15:04:05", "2006-01-02T15:04:05.000000000Z", "2006-01-02 15:04:05.999999",
			"2006-01-02 15:04", "2006-01-02T15:04:05.0000000000", "15:04:05", "2006-01-02T15:04:05,000"}
		for range rapid.IntRange(1, 8).Draw(t, "n") {
			v := base + rapid.Int64Range(-3*MicrosPerMinute, 3*MicrosPerMinute).Draw(t, "delta")
			if !IsFinite(base) {
				v = base
			}
			text := []byte(time.UnixMicro(v).UTC().Format(rapid.SampledFrom(forms).Draw(t, "form")))
			if rapid.Bool().Draw(t, "spoil") && len(text) > 0 {
				text[rapid.IntRange(0, len(text)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("0159:-TZ. x")).Draw(t, "byte")
			}
			got, err1 := p.Parse(text)
			want, err2 := ParseTimestamp(text)
			if got != want || (err1 == nil) != (err2 == nil) {
				t.Fatalf("%s: %d, %v; plain %d, %v", text, got, err1, want, err2)
			}
		}
	})
}

func TestCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.OneOf(rapid.Int64Range(minDate, endDate-1), rapid.Int64Range(-800000, 3000000)).Draw(t, "days")
		y, m, d := CivilFromDays(days)
		if m < 1 || m > 12 || d < 1 || d > DaysInMonth(y, m) || DateFromCivil(y, m, d) != days {
			t.Fatalf("%d is %d-%d-%d", days, y, m, d)
		}
		want := time.Unix(days*secondsPerDay, 0).UTC()
		wy, ww := want.ISOWeek()
		gy, gw := ISOWeek(days)
		if want.Year() != y || int(want.Month()) != m || want.Day() != d || int(want.Weekday()) != DayOfWeek(days) || wy != gy || ww != gw {
			t.Fatalf("%d is %d-%d-%d week %d-%d, want %v", days, y, m, d, gy, gw, want)
		}
		if back, err := ParseDate(AppendDate(nil, days)); err != nil || back != days {
			t.Fatalf("%s reads back as %d, %v", AppendDate(nil, days), back, err)
		}
		us := rapid.Int64Range(0, MicrosPerDay).Draw(t, "time")
		if back, err := ParseTime(AppendTime(nil, us)); err != nil || back != us {
			t.Fatalf("%s reads back as %d, %v", AppendTime(nil, us), back, err)
		}
	})
}

func genInterval() *rapid.Generator[Interval] {
	return rapid.Custom(func(t *rapid.T) Interval {
		return Interval{rapid.Int32().Draw(t, "months"), rapid.Int32().Draw(t, "days"), rapid.Int64().Draw(t, "micros")}
	})
}

func TestInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := genInterval().Draw(t, "a"), genInterval().Draw(t, "b")
		if a.Micros > -1<<63 { // PostgreSQL cannot read its own text of the least one either
			if back, err := ParseInterval(AppendInterval(nil, a)); err != nil || back != a {
				t.Fatalf("%s reads back as %v, %v", AppendInterval(nil, a), back, err)
			}
		}
		length := func(v Interval) *big.Int {
			x := big.NewInt(int64(v.Months)*30 + int64(v.Days))
			return x.Add(x.Mul(x, big.NewInt(MicrosPerDay)), big.NewInt(v.Micros))
		}
		if want := length(a).Cmp(length(b)); a.Cmp(b) != want || (a.Key() == b.Key()) != (want == 0) {
			t.Fatalf("Cmp = %d, want %d", a.Cmp(b), want)
		}
		if s, err := a.Add(b); err == nil {
			if back, err := s.Sub(b); err != nil || back != a {
				t.Fatalf("(a+b)-b = %v, %v", back, err)
			}
		}
		for _, f := range []func() (Interval, error){a.JustifyDays, a.JustifyHours, a.Justify} {
			if j, err := f(); err == nil && j.Cmp(a) != 0 {
				t.Fatalf("justified to %v", j)
			}
		}
	})
}

// TestZones: an instant's local time is that instant again, except in the hour
// that comes twice.
func TestZones(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := must(Location(rapid.SampledFrom([]string{"America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe"}).Draw(t, "zone")))
		v := rapid.Int64Range(0, 4e15).Draw(t, "v")
		local, offset := LocalMicros(v, loc)
		if want := time.UnixMicro(v).In(loc); want.Format("2006-01-02 15:04:05.000000") != string(AppendTimestampFrac(nil, local, 6)) {
			t.Fatalf("local time of %v", want)
		}
		back := UTCMicros(local, loc)
		if again, _ := LocalMicros(back, loc); again != local {
			t.Fatalf("%d: %d and back is %d", v, local, again)
		}
		trunc, err := DateTruncIn(Hour, v, loc)
		if err != nil || trunc > v || v-trunc >= MicrosPerHour {
			t.Fatalf("hour of %d (offset %d) is %d, %v", v, offset, trunc, err)
		}
	})
}
