package datum

import "math"

// The range of dates and timestamps, in their own units. The lower bound is
// PostgreSQL's (Julian day 0); the upper one of dates is too.
const (
	minDate      int64 = -2440588            // 4714-11-24 BC
	endDate      int64 = 2145042906          // the day after 5874897-12-31
	minTimestamp int64 = -210866803200000000 // minDate in microseconds
	endTimestamp int64 = 9223371244800000000 // 294247-01-01
	pgEpochDays  int64 = 10957               // 2000-01-01, where PostgreSQL counts from
	pgEpoch            = pgEpochDays * MicrosPerDay
	julianEpoch  int64 = 2440588 // the Julian day of 1970-01-01
)

// The same infinities for days.
const (
	DateInfinity    = TimestampInfinity
	DateNegInfinity = TimestampNegInfinity
)

// Eras of 400 years are added before dividing, so that the arithmetic is
// unsigned: 32 of them reach back before the first date.
const (
	eras      = 32
	eraDays   = 719468 + 146097*eras
	eraYears  = 400 * eras
	civilMult = 2939745 // 2^32 / 1461, rounded up
)

// CivilFromDays gives the proleptic Gregorian date of a day counted from
// 1970-01-01. Years are astronomical: 0 is 1 BC, -1 is 2 BC.
func CivilFromDays(days int64) (year, month, day int) {
	n := 4*uint64(days+eraDays) + 3
	century := n / 146097
	inCentury := uint32(n%146097) / 4
	p := civilMult * uint64(4*inCentury+3)
	y := p >> 32
	dayOfYear := uint32(p) / civilMult / 4
	m := 2141*dayOfYear + 197913
	year = int(100*century+y) - eraYears
	month = int(m >> 16)
	day = int(m&0xffff)/2141 + 1
	if dayOfYear >= 306 { // the computed year begins in March
		year++
		month -= 12
	}
	return year, month, day
}

// DateFromCivil gives the days since 1970-01-01 of a date. The month must be 1
// to 12; the day may lie outside the month and then counts on.
func DateFromCivil(year, month, day int) int64 {
	y := int64(year) + eraYears
	m := int64(month)
	if m <= 2 {
		y--
		m += 12
	}
	century := y / 100
	return 1461*y/4 - century + century/4 + (979*m-2919)/32 + int64(day) - 1 - eraDays
}

// IsLeapYear tells the years with a 29 February.
func IsLeapYear(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

var monthDays = [13]int8{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// DaysInMonth is 28 to 31; the month must be 1 to 12.
func DaysInMonth(year, month int) int {
	if month == 2 && IsLeapYear(year) {
		return 29
	}
	return int(monthDays[month])
}

// DayOfWeek is 0 for Sunday to 6 for Saturday.
func DayOfWeek(days int64) int { return int(floorMod(days+4, 7)) }

// ISOWeek gives the week that ISO 8601 counts a day to, and that week's year.
func ISOWeek(days int64) (year, week int) {
	thursday := days - floorMod(days+3, 7) + 3
	year, _, _ = CivilFromDays(thursday)
	return year, int(thursday-DateFromCivil(year, 1, 1))/7 + 1
}

// SplitTimestamp cuts a timestamp into its day and the microseconds since
// midnight, 0 to MicrosPerDay-1.
func SplitTimestamp(micros int64) (days, inDay int64) {
	days = micros / MicrosPerDay
	inDay = micros - days*MicrosPerDay
	if inDay < 0 {
		inDay += MicrosPerDay
		days--
	}
	return days, inDay
}

// IsFinite tells a timestamp or date from the infinities.
func IsFinite(t int64) bool { return t != TimestampInfinity && t != TimestampNegInfinity }

// TimestampInRange tells whether a finite timestamp can be kept.
func TimestampInRange(micros int64) bool { return micros >= minTimestamp && micros < endTimestamp }

// DateInRange tells whether a finite date can be kept.
func DateInRange(days int64) bool { return days >= minDate && days < endDate }

// TimestampFromDate is midnight of a day; it fails for days that only a date
// can express.
func TimestampFromDate(days int64) (int64, error) {
	if !IsFinite(days) {
		return days, nil
	}
	if days < minTimestamp/MicrosPerDay || days >= endTimestamp/MicrosPerDay {
		return 0, errDateRangeForTimestamp()
	}
	return days * MicrosPerDay, nil
}

// DateFromTimestamp is the day of a timestamp.
func DateFromTimestamp(micros int64) int64 {
	if !IsFinite(micros) {
		return micros
	}
	days, _ := SplitTimestamp(micros)
	return days
}

// MakeTimestamp puts a checked date and time of day together; ok is false
// outside the range of timestamps.
func makeTimestamp(days, inDay int64) (t int64, ok bool) {
	if days < minTimestamp/MicrosPerDay || days >= endTimestamp/MicrosPerDay+1 {
		return 0, false
	}
	t = days*MicrosPerDay + inDay
	return t, TimestampInRange(t)
}

func floorMod(a, b int64) int64 {
	m := a % b
	if m < 0 {
		m += b
	}
	return m
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

var pow10i = [19]int64{1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
	100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000,
	100000000000000000, 1000000000000000000}

// RoundTimestamp rounds to a number of fraction digits, 0 to 6, as a cast to
// TIMESTAMP(p) does: half away from 2000-01-01, PostgreSQL's own zero.
func RoundTimestamp(micros int64, digits int) int64 {
	if digits >= 6 || !IsFinite(micros) {
		return micros
	}
	if micros < math.MinInt64+pgEpoch {
		return micros
	}
	return roundMicros(micros-pgEpoch, digits) + pgEpoch
}

// RoundMicros rounds a time of day or the microseconds of an interval to a
// number of fraction digits, half away from zero.
func RoundMicros(micros int64, digits int) int64 {
	if digits >= 6 {
		return micros
	}
	return roundMicros(micros, digits)
}

func roundMicros(micros int64, digits int) int64 {
	unit := pow10i[6-max(digits, 0)]
	if micros >= 0 {
		return (micros + unit/2) / unit * unit
	}
	return -((-micros + unit/2) / unit * unit)
}
