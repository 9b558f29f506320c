package datum

import (
	"math"
	"math/bits"
	"strconv"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// What PostgreSQL takes a month and a year for where it must compare them with
// days.
const (
	daysPerMonth   = 30
	monthsPerYear  = 12
	secondsPerDay  = 86400
	daysPerYearSQL = 365.25 // of extract(epoch)
)

// IntervalKey is an interval reduced to one number, 128 bits wide, with months
// of 30 days and days of 24 hours: equal intervals have equal keys, and the
// order of keys is that of intervals. It is comparable, so it can be a map key.
type IntervalKey struct {
	Hi int64
	Lo uint64
}

// Key reduces an interval for comparing and hashing.
func (v Interval) Key() IntervalKey {
	days := int64(v.Months)*daysPerMonth + int64(v.Days)
	hi, lo := bits.Mul64(uint64(max(days, -days)), uint64(MicrosPerDay))
	if days < 0 {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	lo, carry := bits.Add64(lo, uint64(v.Micros), 0)
	hi, _ = bits.Add64(hi, uint64(v.Micros>>63), carry)
	return IntervalKey{int64(hi), lo}
}

// Cmp is -1, 0 or 1.
func (v Interval) Cmp(w Interval) int {
	a, b := v.Key(), w.Key()
	switch {
	case a == b:
		return 0
	case a.Hi < b.Hi || a.Hi == b.Hi && a.Lo < b.Lo:
		return -1
	}
	return 1
}

// IsZero tells an interval of no length that has no parts either.
func (v Interval) IsZero() bool { return v == Interval{} }

// FixedMicros gives the length of an interval without months, days of 24 hours;
// ok is false with months or when it is too long. It serves window sizes.
func (v Interval) FixedMicros() (micros int64, ok bool) {
	if v.Months != 0 {
		return 0, false
	}
	return addChecked(int64(v.Days)*MicrosPerDay, v.Micros)
}

func addChecked(a, b int64) (sum int64, ok bool) {
	sum = a + b
	return sum, (a >= 0) != (b >= 0) || (sum >= 0) == (a >= 0)
}

func add32(a, b int32) (int32, bool) {
	s := int64(a) + int64(b)
	return int32(s), s == int64(int32(s))
}

// Add adds part by part.
func (v Interval) Add(w Interval) (Interval, error) {
	m, ok1 := add32(v.Months, w.Months)
	d, ok2 := add32(v.Days, w.Days)
	us, ok3 := addChecked(v.Micros, w.Micros)
	if !ok1 || !ok2 || !ok3 {
		return Interval{}, errIntervalRange()
	}
	return Interval{m, d, us}, nil
}

// Neg changes the sign of every part.
func (v Interval) Neg() (Interval, error) {
	if v.Months == math.MinInt32 || v.Days == math.MinInt32 || v.Micros == math.MinInt64 {
		return Interval{}, errIntervalRange()
	}
	return Interval{-v.Months, -v.Days, -v.Micros}, nil
}

// Sub subtracts part by part.
func (v Interval) Sub(w Interval) (Interval, error) {
	m := int64(v.Months) - int64(w.Months)
	d := int64(v.Days) - int64(w.Days)
	us := v.Micros - w.Micros
	over := (v.Micros >= 0) != (w.Micros >= 0) && (us >= 0) != (v.Micros >= 0)
	if m != int64(int32(m)) || d != int64(int32(d)) || over {
		return Interval{}, errIntervalRange()
	}
	return Interval{int32(m), int32(d), us}, nil
}

// Mul multiplies; fractions of months become days of a month of 30, fractions
// of days become time.
func (v Interval) Mul(f float64) (Interval, error) {
	return v.scaled(float64(v.Months)*f, float64(v.Days)*f, float64(v.Micros)*f)
}

// Div divides likewise; by zero is 22012.
func (v Interval) Div(f float64) (Interval, error) {
	if f == 0 {
		return Interval{}, errDivisionByZero()
	}
	return v.scaled(float64(v.Months)/f, float64(v.Days)/f, float64(v.Micros)/f)
}

// scaled puts an interval of fractional parts together, cascading downward.
func (Interval) scaled(months, days, micros float64) (Interval, error) {
	if !fits32(months) || !fits32(days) {
		return Interval{}, errIntervalRange()
	}
	m, d := int32(months), int32(days)
	monthDays := roundMicro((months - float64(m)) * daysPerMonth)
	secs := roundMicro((days - float64(d) + monthDays - math.Trunc(monthDays)) * secondsPerDay)
	whole := int64(d) + int64(monthDays)
	if math.Abs(secs) >= secondsPerDay {
		extra := math.Trunc(secs / secondsPerDay)
		whole += int64(extra)
		secs -= extra * secondsPerDay
	}
	us := math.RoundToEven(micros + secs*1e6)
	if whole != int64(int32(whole)) || !(us >= math.MinInt64 && us < -math.MinInt64) {
		return Interval{}, errIntervalRange()
	}
	return Interval{m, int32(whole), int64(us)}, nil
}

func fits32(f float64) bool { return f >= math.MinInt32 && f <= math.MaxInt32 }

// roundMicro rounds to six fraction digits, which takes out the noise of
// binary fractions.
func roundMicro(f float64) float64 { return math.RoundToEven(f*1e6) / 1e6 }

// JustifyHours makes days of every 24 hours.
func (v Interval) JustifyHours() (Interval, error) {
	extra := v.Micros / MicrosPerDay
	d := int64(v.Days) + extra
	us := v.Micros - extra*MicrosPerDay
	switch {
	case d > 0 && us < 0:
		us += MicrosPerDay
		d--
	case d < 0 && us > 0:
		us -= MicrosPerDay
		d++
	}
	if d != int64(int32(d)) {
		return Interval{}, errIntervalRange()
	}
	return Interval{v.Months, int32(d), us}, nil
}

// JustifyDays makes months of every 30 days.
func (v Interval) JustifyDays() (Interval, error) {
	extra := v.Days / daysPerMonth
	m := int64(v.Months) + int64(extra)
	d := v.Days - extra*daysPerMonth
	switch {
	case m > 0 && d < 0:
		d += daysPerMonth
		m--
	case m < 0 && d > 0:
		d -= daysPerMonth
		m++
	}
	if m != int64(int32(m)) {
		return Interval{}, errIntervalRange()
	}
	return Interval{int32(m), d, v.Micros}, nil
}

// Justify does both and gives all parts the same sign.
func (v Interval) Justify() (Interval, error) {
	// Days that have the sign of the time are brought in order first, so that
	// the sum cannot overflow without need.
	r := v
	if v.Days > 0 && v.Micros > 0 || v.Days < 0 && v.Micros < 0 {
		extra := v.Days / daysPerMonth
		m, ok := add32(v.Months, extra)
		if !ok {
			return Interval{}, errIntervalRange()
		}
		r = Interval{m, v.Days - extra*daysPerMonth, v.Micros}
	}
	days := int64(r.Days) + r.Micros/MicrosPerDay
	us := r.Micros % MicrosPerDay
	months := int64(r.Months) + days/daysPerMonth
	days %= daysPerMonth
	switch {
	case months > 0 && (days < 0 || days == 0 && us < 0):
		days += daysPerMonth
		months--
	case months < 0 && (days > 0 || days == 0 && us > 0):
		days -= daysPerMonth
		months++
	}
	switch {
	case days > 0 && us < 0:
		us += MicrosPerDay
		days--
	case days < 0 && us > 0:
		us -= MicrosPerDay
		days++
	}
	if months != int64(int32(months)) {
		return Interval{}, errIntervalRange()
	}
	return Interval{int32(months), int32(days), us}, nil
}

// AddInterval moves a timestamp: months first, the day clipped to the month's
// last, then days, then time.
func AddInterval(micros int64, v Interval) (int64, error) { return AddIntervalIn(micros, v, nil) }

// AddIntervalIn moves an instant by the calendar of a zone, in which a day may
// have 23 or 25 hours. A nil zone is UTC.
func AddIntervalIn(micros int64, v Interval, loc *time.Location) (int64, error) {
	if !IsFinite(micros) {
		return micros, nil
	}
	if v.Months != 0 || v.Days != 0 {
		local, _ := LocalMicros(micros, loc)
		days, inDay := SplitTimestamp(local)
		if v.Months != 0 {
			days = addMonths(days, int(v.Months))
		}
		t, ok := makeTimestamp(days+int64(v.Days), inDay)
		if !ok {
			return 0, errTimestampRange()
		}
		micros = UTCMicros(t, loc)
	}
	t, ok := addChecked(micros, v.Micros)
	if !ok || !TimestampInRange(t) {
		return 0, errTimestampRange()
	}
	return t, nil
}

// SubInterval moves a timestamp back.
func SubInterval(micros int64, v Interval) (int64, error) {
	n, err := v.Neg()
	if err != nil {
		return 0, err
	}
	return AddInterval(micros, n)
}

// addMonths keeps the day of the month where the month has it.
func addMonths(days int64, months int) int64 {
	y, m, d := CivilFromDays(days)
	total := int64(m-1) + int64(months)
	y += int(floorDiv(total, monthsPerYear))
	m = int(floorMod(total, monthsPerYear)) + 1
	return DateFromCivil(max(y, -eraYears+1), m, min(d, DaysInMonth(y, m)))
}

// SubTimestamps gives a - b as days and time, without months. Infinities have
// no difference.
func SubTimestamps(a, b int64) (Interval, error) {
	d, ok := subChecked(a, b)
	if !ok {
		return Interval{}, errIntervalRange()
	}
	if !IsFinite(a) || !IsFinite(b) {
		return Interval{}, sqlerr.New(sqlerr.DatetimeOverflow, "cannot subtract infinite timestamps")
	}
	return Interval{Micros: d}.JustifyHours()
}

func subChecked(a, b int64) (int64, bool) {
	d := a - b
	return d, (a >= 0) == (b >= 0) || (d >= 0) == (a >= 0)
}

// Age gives a - b in years, months, days and time, as a person would count.
func Age(a, b int64) (Interval, error) {
	if !IsFinite(a) || !IsFinite(b) {
		return Interval{}, errTimestampRange()
	}
	if a < b {
		v, err := Age(b, a)
		if err != nil {
			return v, err
		}
		return v.Neg()
	}
	// From here a is the later one. Borrowed days are those of the earlier
	// one's month.
	da, ta := SplitTimestamp(a)
	db, tb := SplitTimestamp(b)
	ya, ma, dda := CivilFromDays(da)
	yb, mb, ddb := CivilFromDays(db)
	us, days, months := ta-tb, dda-ddb, (ya-yb)*monthsPerYear+ma-mb
	if us < 0 {
		us += MicrosPerDay
		days--
	}
	for days < 0 {
		days += DaysInMonth(yb, mb)
		months--
	}
	return Interval{int32(months), int32(days), us}, nil
}

// AppendInterval writes an interval in PostgreSQL's own style:
// 1 year 2 mons -3 days +04:05:06.789.
func AppendInterval(dst []byte, v Interval) []byte {
	start := len(dst)
	before := false // whether the part before was negative: the next shows its plus
	part := func(n int32, unit string) {
		if n == 0 {
			return
		}
		if len(dst) > start {
			dst = append(dst, ' ')
		}
		if before && n > 0 {
			dst = append(dst, '+')
		}
		dst = strconv.AppendInt(dst, int64(n), 10)
		dst = append(dst, unit...)
		if n != 1 {
			dst = append(dst, 's')
		}
		before = n < 0
	}
	part(v.Months/monthsPerYear, " year")
	part(v.Months%monthsPerYear, " mon")
	part(v.Days, " day")
	if len(dst) > start {
		if v.Micros == 0 {
			return dst
		}
		dst = append(dst, ' ')
	}
	us := uint64(v.Micros)
	if v.Micros < 0 {
		dst, us = append(dst, '-'), -us
	} else if before {
		dst = append(dst, '+')
	}
	secs := us / uint64(MicrosPerSecond)
	dst = append2(dst, int(secs/3600))
	n := len(dst)
	dst = append(dst, ":00:00.000000"...)
	put2(dst[n+1:], uint32(secs/60%60))
	put2(dst[n+4:], uint32(secs%60))
	return dst[:n+6+putFraction(dst[n+6:n+13], uint32(us%uint64(MicrosPerSecond)))]
}
