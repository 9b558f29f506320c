package datum

import (
	"math"
	"strconv"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// ParseTimestampTZ reads a TIMESTAMP WITH TIME ZONE: the forms of
// ParseTimestamp, where a missing zone means loc (nil: UTC).
func ParseTimestampTZ(b []byte, loc *time.Location) (int64, error) {
	if t, zulu, ok := fastTimestamp(b); ok {
		if zulu {
			return t, nil
		}
		return UTCMicros(t, loc), nil
	}
	p := timeParser{in: b, typ: "timestamp with time zone"}
	t, err := p.timestamp()
	if err != nil || !IsFinite(t) || p.special {
		return t, err
	}
	switch {
	case p.zone != nil:
		t = UTCMicros(t, p.zone)
	case p.hasZone:
		t -= int64(p.offset) * MicrosPerSecond
	default:
		t = UTCMicros(t, loc)
	}
	if !TimestampInRange(t) {
		return 0, errRange("timestamp", b)
	}
	return t, nil
}

// ParseDate reads a DATE; a time of day behind it is ignored.
func ParseDate(b []byte) (int64, error) {
	if len(b) == 10 {
		if days, ok := fastDate(b); ok {
			return days, nil
		}
	}
	p := timeParser{in: b, typ: "date"}
	if err := p.scan(); err != nil {
		return 0, err
	}
	if p.special {
		return DateFromTimestamp(p.value), nil
	}
	days, err := p.date()
	if err == nil && p.hasTime {
		_, err = p.inDay()
	}
	if err == nil && !DateInRange(days) {
		err = errRange("date", b)
	}
	return days, err
}

// ParseTime reads a TIME: HH:MM[:SS[.f]] or HHMM[SS], AM and PM; a date before
// and a zone behind it are ignored.
func ParseTime(b []byte) (int64, error) {
	p := timeParser{in: b, typ: "time"}
	if err := p.scan(); err != nil {
		return 0, err
	}
	if p.special || !p.hasTime || (p.hasY || p.hasM || p.hasD) && !(p.hasY && p.hasM && p.hasD) {
		return 0, errDatetime(p.typ, b)
	}
	if p.hasY {
		if _, err := p.date(); err != nil {
			return 0, err
		}
	}
	return p.inDay()
}

// timeParser reads every accepted form of dates and times, token by token.
type timeParser struct {
	in  []byte
	typ string // in errors
	s   []byte // what is left

	special bool // infinity, epoch: value says it all
	value   int64

	year, month, day          int
	hasY, hasM, hasD, bc      bool
	hour, minute, sec, meridi int // meridi: 1 AM, 2 PM
	frac                      int64
	hasTime, hasZone          bool
	offset                    int
	zone                      *time.Location
}

func (p *timeParser) bad() error { return errDatetime(p.typ, p.in) }

// timestamp reads the whole and puts date and time together, without the zone.
func (p *timeParser) timestamp() (int64, error) {
	if err := p.scan(); err != nil {
		return 0, err
	}
	if p.special {
		return p.value, nil
	}
	days, err := p.date()
	if err != nil {
		return 0, err
	}
	var inDay int64
	if p.hasTime {
		if inDay, err = p.inDay(); err != nil {
			return 0, err
		}
	}
	t, ok := makeTimestamp(days, inDay)
	if !ok {
		return 0, errRange("timestamp", p.in)
	}
	return t, nil
}

// date checks the date's fields and counts the days.
func (p *timeParser) date() (int64, error) {
	if !p.hasY || !p.hasM || !p.hasD {
		return 0, p.bad()
	}
	if p.year == 0 || p.month < 1 || p.month > 12 || p.day < 1 || p.day > 31 || p.year > 5874898 {
		if p.year > 5874898 {
			return 0, errRange(p.rangeName(), p.in)
		}
		return 0, errField(p.in)
	}
	y := p.year
	if p.bc {
		y = 1 - y
	}
	if p.day > DaysInMonth(y, p.month) {
		return 0, errField(p.in)
	}
	if y < -4713 {
		return 0, errRange(p.rangeName(), p.in)
	}
	return DateFromCivil(y, p.month, p.day), nil
}

func (p *timeParser) rangeName() string {
	if p.typ == "date" {
		return "date"
	}
	return "timestamp"
}

// inDay checks the time's fields and counts the microseconds.
func (p *timeParser) inDay() (int64, error) {
	h := p.hour
	if p.meridi != 0 {
		if h > 12 {
			return 0, errField(p.in)
		}
		if h == 12 {
			h = 0
		}
		if p.meridi == 2 {
			h += 12
		}
	}
	if h > 24 || p.minute > 59 || p.sec > 60 || h == 24 && (p.minute > 0 || p.sec > 0 || p.frac > 0) {
		return 0, errField(p.in)
	}
	return int64((h*60+p.minute)*60+p.sec)*MicrosPerSecond + p.frac, nil
}

// scan reads the tokens into the fields.
func (p *timeParser) scan() error {
	p.s = trim(p.in)
	if len(p.s) == 0 || len(p.s) > 128 {
		return p.bad()
	}
	if p.scanSpecial() {
		return nil
	}
	for len(p.s) > 0 {
		var err error
		switch c := p.s[0]; {
		case isSpace(c) || c == ',':
			p.s = p.s[1:]
		case c >= '0' && c <= '9':
			err = p.scanNumber()
		case (c == '+' || c == '-') && p.hasTime && !p.hasZone:
			err = p.scanOffset()
		case lower(c) >= 'a' && lower(c) <= 'z':
			err = p.scanWord()
		default:
			err = p.bad()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *timeParser) scanSpecial() bool {
	p.special = true
	switch {
	case foldEq(p.s, "infinity"), foldEq(p.s, "+infinity"):
		p.value = TimestampInfinity
	case foldEq(p.s, "-infinity"):
		p.value = TimestampNegInfinity
	case foldEq(p.s, "epoch"):
		p.value = 0
	default:
		p.special = false
	}
	return p.special
}

// digits takes a run of digits; more than nine are refused by ok.
func (p *timeParser) digits() (v, n int, ok bool) {
	for n < len(p.s) && p.s[n]-'0' <= 9 {
		if n < 9 {
			v = v*10 + int(p.s[n]-'0')
		}
		n++
	}
	p.s = p.s[n:]
	return v, n, n > 0 && n <= 9
}

// scanNumber reads a token that begins with a digit: a date, a time, or one
// number of a date with the month in letters.
func (p *timeParser) scanNumber() error {
	v, n, ok := p.digits()
	if !ok {
		return p.bad()
	}
	next := byte(0)
	if len(p.s) > 0 {
		next = p.s[0]
	}
	switch {
	case next == ':':
		return p.scanClock(v)
	case next == '.' && n == 6 && p.typ == "time" && !p.hasTime:
		return p.scanCompact(v, n)
	case (next == '-' || next == '/' || next == '.') && !p.hasY && !p.hasD:
		return p.scanDate(v, n, next)
	case n == 8 && !p.hasY:
		return p.setDate(v/10000, v/100%100, v%100)
	case (n == 6 || n == 4) && !p.hasTime && (p.hasY && p.hasM && p.hasD || p.typ == "time"):
		return p.scanCompact(v, n)
	case n <= 2 && !p.hasD && p.wordDate():
		p.day, p.hasD = v, true
	case n >= 3 && !p.hasY && p.wordDate():
		p.year, p.hasY = v, true
	default:
		return p.bad()
	}
	return nil
}

// wordDate tells whether bare numbers can belong to a date: it needs a month in
// letters, before or behind.
func (p *timeParser) wordDate() bool {
	if p.hasM {
		return true
	}
	for i := range p.s {
		if i+3 <= len(p.s) && monthOf(p.s[i:i+3]) > 0 {
			return true
		}
	}
	return false
}

func (p *timeParser) setDate(y, m, d int) error {
	if p.hasY || p.hasM || p.hasD {
		return p.bad()
	}
	p.year, p.month, p.day = y, m, d
	p.hasY, p.hasM, p.hasD = true, true, true
	return nil
}

// scanDate reads the rest of a date whose first number of n digits is v.
func (p *timeParser) scanDate(v, n int, sep byte) error {
	p.s = p.s[1:]
	if len(p.s) >= 3 && monthOf(p.s[:3]) > 0 {
		m := p.word()
		p.month = monthOf(m)
		if p.month == 0 || len(p.s) == 0 || p.s[0] != sep {
			return p.bad()
		}
		p.s = p.s[1:]
		w, k, ok := p.digits()
		if !ok || p.hasM || (n >= 3) == (k >= 3) {
			return p.bad()
		}
		if n >= 3 {
			return p.setDate(v, p.month, w)
		}
		return p.setDate(w, p.month, v)
	}
	v2, n2, ok := p.digits()
	if !ok || n2 > 3 {
		return p.bad()
	}
	if len(p.s) == 0 || p.s[0] != sep {
		if n2 == 3 && n >= 4 && sep == '.' { // 2024.123: the day of the year
			y, m, d := CivilFromDays(DateFromCivil(v, 1, v2))
			if y != v || v2 == 0 {
				return errField(p.in)
			}
			return p.setDate(y, m, d)
		}
		return p.bad()
	}
	p.s = p.s[1:]
	v3, n3, ok := p.digits()
	switch {
	case !ok || n2 > 2:
		return p.bad()
	case n >= 3 && n3 <= 2:
		return p.setDate(v, v2, v3)
	case n <= 2 && n3 >= 3: // month first, as DateStyle MDY has it
		return p.setDate(v3, v, v2)
	}
	return p.bad()
}

// scanClock reads the rest of HH:MM[:SS[.f]].
func (p *timeParser) scanClock(hour int) error {
	if p.hasTime {
		return p.bad()
	}
	p.s = p.s[1:]
	m, _, ok := p.digits()
	if !ok {
		return p.bad()
	}
	p.hour, p.minute, p.hasTime = hour, m, true
	if len(p.s) == 0 || p.s[0] != ':' {
		return nil
	}
	p.s = p.s[1:]
	if p.sec, _, ok = p.digits(); !ok {
		return p.bad()
	}
	return p.scanFraction()
}

// scanFraction reads a fraction of a second, if there is one.
func (p *timeParser) scanFraction() error {
	if len(p.s) == 0 || p.s[0] != '.' && p.s[0] != ',' {
		return nil
	}
	n := 1
	for n < len(p.s) && p.s[n]-'0' <= 9 {
		n++
	}
	micros, ok := fractionMicros(p.s[1:n])
	if !ok {
		return p.bad()
	}
	p.frac = micros
	p.s = p.s[n:]
	return nil
}

// fractionMicros turns the digits behind a point into microseconds, rounding
// the nearest double half to even, as PostgreSQL does.
func fractionMicros(digits []byte) (int64, bool) {
	if len(digits) == 0 {
		return 0, true
	}
	var buf [32]byte
	f, err := strconv.ParseFloat(str(append(append(buf[:0], '0', '.'), digits...)), 64)
	return int64(math.RoundToEven(f * 1e6)), err == nil
}

// scanCompact reads HHMM or HHMMSS, the latter with a fraction.
func (p *timeParser) scanCompact(v, n int) error {
	p.hasTime = true
	if n == 4 {
		p.hour, p.minute = v/100, v%100
		return nil
	}
	p.hour, p.minute, p.sec = v/10000, v/100%100, v%100
	return p.scanFraction()
}

// scanOffset reads +hh, +hhmm, +hh:mm or +hh:mm:ss.
func (p *timeParser) scanOffset() error {
	sign := 1
	if p.s[0] == '-' {
		sign = -1
	}
	p.s = p.s[1:]
	h, n, ok := p.digits()
	if !ok {
		return p.bad()
	}
	var m, s int
	if len(p.s) > 0 && p.s[0] == ':' {
		p.s = p.s[1:]
		if m, _, ok = p.digits(); !ok {
			return p.bad()
		}
		if len(p.s) > 0 && p.s[0] == ':' {
			p.s = p.s[1:]
			if s, _, ok = p.digits(); !ok {
				return p.bad()
			}
		}
	} else if n > 2 {
		h, m = h/100, h%100
		if n > 4 {
			h, m, s = h/100, h%100, m
		}
	}
	if h > 15 || m > 59 || s > 59 {
		return sqlerr.New(sqlerr.TimeZoneDisplacement, `time zone displacement out of range: "%s"`, quoted(p.in))
	}
	p.offset, p.hasZone = sign*(h*3600+m*60+s), true
	return nil
}
