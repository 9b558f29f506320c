package datum

// Interval is PostgreSQL's: months, days and microseconds are kept apart, for
// a month is not a number of days nor a day always 24 hours.
type Interval struct {
	Months, Days int32
	Micros       int64
}

// Micros per unit. Timestamps are microseconds since 1970-01-01 UTC, dates are
// days since 1970-01-01, times are microseconds since midnight: all int64.
const (
	MicrosPerMilli  int64 = 1000
	MicrosPerSecond int64 = 1000 * MicrosPerMilli
	MicrosPerMinute int64 = 60 * MicrosPerSecond
	MicrosPerHour   int64 = 60 * MicrosPerMinute
	MicrosPerDay    int64 = 24 * MicrosPerHour
)

// TimestampInfinity and its negative are PostgreSQL's 'infinity' for
// timestamps and dates.
const (
	TimestampInfinity    int64 = 1<<63 - 1
	TimestampNegInfinity int64 = -1 << 63
)

// Decimal is a number of up to 38 digits: Coef × 10^-Scale, where the
// 128-bit two's complement Coef is Hi<<64|Lo. Scale is 0..MaxScale and is kept per
// value, as PostgreSQL's numeric does (1.50 stays 1.50). Form tells NaN and the
// infinities. Equal numbers with different scales are equal under Cmp.
type Decimal struct {
	Hi    int64
	Lo    uint64
	Scale int16
	Form  Form
}

// Form is the kind of a Decimal.
type Form uint8

// Finite is the zero value.
const (
	Finite Form = iota
	NaN
	PosInf
	NegInf
)

// MaxDigits is the largest number of significant digits of a Decimal, MaxScale
// of digits behind the point. PostgreSQL has 131072 and 16383; more than 38 is
// 22003 here (docs say so).
const (
	MaxDigits = 38
	MaxScale  = 38
)
