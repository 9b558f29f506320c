package datum

import (
	"math"
	"strconv"

	"github.com/penstock/penstock/internal/sqlerr"
)

// ParseInterval reads PostgreSQL's interval input: '1 day 02:03:04', '1-2',
// '1.5 hours', '3 weeks ago', '-1 mons +3 days' and ISO 8601 'P1DT2H'. A bare
// number is seconds.
func ParseInterval(b []byte) (Interval, error) {
	p := intervalParser{in: b, bare: Second}
	return p.parse()
}

// ParseIntervalUnit reads an interval literal of the SQL form, where the unit
// stands behind the text: INTERVAL '20' SECOND, '1:30' MINUTE TO SECOND, '1' DAY,
// '2.5' SECOND(1). Parts below the unit are dropped.
func ParseIntervalUnit(b []byte, unit string) (Interval, error) {
	r, ok := parseRange(unit)
	if !ok {
		return Interval{}, sqlerr.New(sqlerr.SyntaxError, `invalid interval unit "%s"`, quoted([]byte(unit))).
			Hint("Use YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE or SECOND, or a range such as DAY TO SECOND.")
	}
	p := intervalParser{in: b, bare: r.last, minuteToSecond: r.first == Minute && r.last == Second}
	v, err := p.parse()
	if err != nil {
		return v, err
	}
	return r.apply(v)
}

// intervalRange is what stands behind an interval literal.
type intervalRange struct {
	first, last Field
	digits      int // of the seconds' fraction
}

// parseRange reads "DAY", "DAY TO SECOND(3)".
func parseRange(unit string) (r intervalRange, ok bool) {
	words := make([]string, 0, 3)
	r.digits = 6
	for i := 0; i < len(unit); {
		switch c := unit[i]; {
		case isSpace(c):
			i++
		case lower(c) >= 'a' && lower(c) <= 'z':
			j := i
			for j < len(unit) && lower(unit[j]) >= 'a' && lower(unit[j]) <= 'z' {
				j++
			}
			words = append(words, unit[i:j])
			i = j
		case c == '(' && i+2 < len(unit) && unit[i+1] >= '0' && unit[i+1] <= '9' && unit[i+2] == ')':
			r.digits = min(int(unit[i+1]-'0'), 6)
			i += 3
		default:
			return r, false
		}
	}
	if len(words) != 1 && (len(words) != 3 || !foldEq([]byte(words[1]), "to")) {
		return r, false
	}
	f1, ok1 := ParseField(words[0])
	f2, ok2 := ParseField(words[len(words)-1])
	if !ok1 || !ok2 || f1 > Millennium || f2 > Millennium {
		return r, false
	}
	r.first, r.last = f1, f2
	if len(words) == 3 {
		yearMonth := f1 == Year && f2 == Month
		dayTime := f1 > f2 && f1 <= Day && f2 >= Second
		return r, yearMonth || dayTime
	}
	return r, true
}

// apply drops what is finer than the last unit.
func (r intervalRange) apply(v Interval) (Interval, error) {
	switch r.last {
	case Second:
		if r.digits < 6 {
			us, ok := addChecked(v.Micros, pow10i[6-r.digits]/2*int64(sign64(v.Micros)))
			if !ok {
				return v, errIntervalRange()
			}
			unit := pow10i[6-r.digits]
			v.Micros = us / unit * unit
		}
		return v, nil
	case Week, Quarter, Microseconds, Milliseconds:
		return v, nil
	}
	return DateTruncInterval(r.last, v)
}

func sign64(v int64) int {
	if v < 0 {
		return -1
	}
	return 1
}

// intervalParser sums the parts up.
type intervalParser struct {
	in             []byte
	s              []byte
	bare           Field // the unit of a number without one
	minuteToSecond bool  // '1:30' is minutes and seconds

	years, months, days, micros int64
	seen                        uint32 // fields met, each only once
	ago, over                   bool
	pending                     [maxIntervalParts]intervalNumber
	n                           int
}

// maxIntervalParts bounds the number of numbers in an interval: there are not
// more units.
const maxIntervalParts = 14

// intervalNumber is a number whose unit depends on what follows it.
type intervalNumber struct {
	neg       bool
	whole     int64
	frac      float64
	yearMonth bool
	clock     bool // a time of day; whole is microseconds
	unit      Field
}

func (p *intervalParser) bad() error { return errDatetime("interval", p.in) }

func (p *intervalParser) errField() error {
	return sqlerr.New(sqlerr.IntervalFieldOverflow, `interval field value out of range: "%s"`, quoted(p.in))
}

func (p *intervalParser) parse() (Interval, error) {
	p.s = trim(p.in)
	if len(p.s) > 0 && p.s[0] == 'P' {
		return p.iso()
	}
	if err := p.tokens(); err != nil {
		return Interval{}, err
	}
	if err := p.units(); err != nil {
		return Interval{}, err
	}
	return p.result()
}

// tokens collects numbers with the words behind them.
func (p *intervalParser) tokens() error {
	for len(p.s) > 0 {
		c := p.s[0]
		switch {
		case isSpace(c) || c == '@' || c == ',':
			p.s = p.s[1:]
		case lower(c) >= 'a' && lower(c) <= 'z':
			if err := p.word(); err != nil {
				return err
			}
		default:
			if p.ago || p.n == maxIntervalParts {
				return p.bad()
			}
			v, err := p.number()
			if err != nil {
				return err
			}
			p.pending[p.n] = v
			p.n++
		}
	}
	if p.n == 0 {
		return p.bad()
	}
	return nil
}

// word reads a unit, which belongs to the number before, or ago.
func (p *intervalParser) word() error {
	n := 0
	for n < len(p.s) && lower(p.s[n]) >= 'a' && lower(p.s[n]) <= 'z' {
		n++
	}
	w := p.s[:n]
	p.s = p.s[n:]
	if foldEq(w, "ago") && p.n > 0 {
		p.ago = true
		return nil
	}
	f, ok := ParseField(str(w))
	if !ok || f > Millennium || f == Quarter || p.n == 0 || p.ago {
		return p.bad()
	}
	last := &p.pending[p.n-1]
	if last.unit != FieldNone || last.clock {
		return p.bad()
	}
	last.unit = f
	return nil
}

// number reads a number, years-months or a time of day.
func (p *intervalParser) number() (v intervalNumber, err error) {
	if c := p.s[0]; c == '-' || c == '+' {
		v.neg = c == '-'
		p.s = p.s[1:]
		for len(p.s) > 0 && isSpace(p.s[0]) {
			p.s = p.s[1:]
		}
	}
	whole, n, ok := p.digits()
	if !ok {
		return v, p.errField()
	}
	v.whole = whole
	switch {
	case n > 0 && len(p.s) > 0 && p.s[0] == ':':
		return p.clock(v)
	case n > 0 && len(p.s) > 1 && p.s[0] == '-' && p.s[1]-'0' <= 9:
		p.s = p.s[1:]
		m, _, _ := p.digits()
		if len(p.s) > 0 && p.s[0] == '-' {
			return v, p.bad() // a date
		}
		if m >= monthsPerYear {
			return v, p.errField()
		}
		if v.whole > math.MaxInt32 {
			return v, p.errField()
		}
		v.whole, v.yearMonth = v.whole*monthsPerYear+m, true
	case len(p.s) > 0 && p.s[0] == '.':
		f, k := p.fraction()
		if n == 0 && k == 0 {
			return v, p.bad()
		}
		v.frac = f
	case n == 0:
		return v, p.bad()
	}
	if v.neg {
		v.whole, v.frac = -v.whole, -v.frac
	}
	return v, nil
}

// digits takes a run of digits; ok is false beyond 64 bits.
func (p *intervalParser) digits() (v int64, n int, ok bool) {
	ok = true
	for n < len(p.s) && p.s[n]-'0' <= 9 {
		d := int64(p.s[n] - '0')
		if v > (math.MaxInt64-d)/10 {
			ok = false
		} else {
			v = v*10 + d
		}
		n++
	}
	p.s = p.s[n:]
	return v, n, ok
}

// fraction takes a point and the digits behind it.
func (p *intervalParser) fraction() (f float64, n int) {
	n = 1
	for n < len(p.s) && p.s[n]-'0' <= 9 {
		n++
	}
	text := p.s[:n]
	p.s = p.s[n:]
	if n == 1 {
		return 0, 0
	}
	f, err := strconv.ParseFloat(str(text), 64)
	if err != nil {
		return 0, 0
	}
	return f, n - 1
}

// clock reads the rest of hh:mm[:ss[.f]], hours without a limit.
func (p *intervalParser) clock(v intervalNumber) (intervalNumber, error) {
	first := v.whole
	p.s = p.s[1:]
	second, n, ok := p.digits()
	if !ok || n == 0 {
		return v, p.bad()
	}
	h, m, s := first, second, int64(0)
	var frac float64
	switch {
	case len(p.s) > 0 && p.s[0] == ':':
		p.s = p.s[1:]
		if s, n, ok = p.digits(); !ok || n == 0 {
			return v, p.bad()
		}
		if len(p.s) > 0 && p.s[0] == '.' {
			frac, _ = p.fraction()
		}
	case len(p.s) > 0 && p.s[0] == '.': // mm:ss.f
		h, m, s = 0, first, second
		frac, _ = p.fraction()
	case p.minuteToSecond:
		h, m, s = 0, first, second
	}
	if m > 59 || s > 60 || h > math.MaxInt64/MicrosPerHour {
		return v, p.errField()
	}
	v.clock = true
	v.whole, ok = addChecked(h*MicrosPerHour, (m*60+s)*MicrosPerSecond+int64(math.RoundToEven(frac*1e6)))
	if !ok {
		return v, p.errField()
	}
	if v.neg {
		v.whole = -v.whole
	}
	return v, nil
}

// units adds the numbers up from the right: one without a unit that stands
// before hours or a time of day is days.
func (p *intervalParser) units() error {
	next := FieldNone
	for i := p.n - 1; i >= 0; i-- {
		v := p.pending[i]
		if v.clock {
			if !p.mark(Hour) || !p.mark(Minute) || !p.mark(Second) {
				return p.bad()
			}
			p.addMicros(v.whole, 0, 1)
			next = Day
			continue
		}
		unit := v.unit
		switch {
		case v.yearMonth:
			unit = Month
		case unit == FieldNone && next != FieldNone:
			unit = next
		case unit == FieldNone:
			unit = p.bare
		}
		if !p.mark(unit) {
			return p.bad()
		}
		p.add(unit, v.whole, v.frac)
		if next = unit; unit == Hour {
			next = Day
		}
	}
	return nil
}

// mark notes a field, each of which may come once.
func (p *intervalParser) mark(f Field) bool {
	bit := uint32(1) << f
	fresh := p.seen&bit == 0
	p.seen |= bit
	return fresh
}

// add puts a number of a unit into the parts; fractions go down a part.
func (p *intervalParser) add(f Field, v int64, frac float64) {
	switch f {
	case Microseconds, Milliseconds, Second, Minute, Hour:
		p.addMicros(v, frac, fixedUnit(f))
	case Day:
		p.addTo(&p.days, v, 1)
		p.addMicros(0, frac, MicrosPerDay)
	case Week:
		p.addTo(&p.days, v, 7)
		p.addDays(frac * 7)
	case Month:
		p.addTo(&p.months, v, 1)
		p.addDays(frac * daysPerMonth)
	case Quarter:
		p.addTo(&p.months, v, 3)
		p.addDays(frac * 3 * daysPerMonth)
	default:
		n := map[Field]int64{Year: 1, Decade: 10, Century: 100, Millennium: 1000}[f]
		p.addTo(&p.years, v, n)
		p.addTo(&p.months, int64(math.RoundToEven(frac*float64(n*monthsPerYear))), 1)
	}
}

// addTo adds to years, months or days, all of which have 32 bits.
func (p *intervalParser) addTo(part *int64, v, unit int64) {
	if v > math.MaxInt32 || v < math.MinInt32 {
		p.over = true
		return
	}
	*part += v * unit
	p.over = p.over || *part != int64(int32(*part))
}

func (p *intervalParser) addDays(days float64) {
	whole := int64(days)
	p.addTo(&p.days, whole, 1)
	p.addMicros(0, days-float64(whole), MicrosPerDay)
}

func (p *intervalParser) addMicros(v int64, frac float64, unit int64) {
	frac *= float64(unit)
	us := int64(frac)
	if rest := frac - float64(us); rest > 0.5 {
		us++
	} else if rest < -0.5 {
		us--
	}
	if v > math.MaxInt64/unit || v < math.MinInt64/unit {
		p.over = true
		return
	}
	sum, ok1 := addChecked(p.micros, v*unit)
	sum, ok2 := addChecked(sum, us)
	p.micros = sum
	p.over = p.over || !ok1 || !ok2
}

// result puts the parts together.
func (p *intervalParser) result() (Interval, error) {
	if p.over {
		return Interval{}, p.errField()
	}
	months := p.years*monthsPerYear + p.months
	days, us := p.days, p.micros
	if p.ago {
		if us == math.MinInt64 {
			return Interval{}, p.errField()
		}
		months, days, us = -months, -days, -us
	}
	if months != int64(int32(months)) || days != int64(int32(days)) {
		return Interval{}, errIntervalRange()
	}
	return Interval{int32(months), int32(days), us}, nil
}

// iso reads ISO 8601: P1Y2M3W4DT5H6M7.5S, each number with a sign if need be.
func (p *intervalParser) iso() (Interval, error) {
	p.s = p.s[1:]
	inTime, found := false, false
	for len(p.s) > 0 {
		if p.s[0] == 'T' && !inTime {
			inTime = true
			found = true
			p.s = p.s[1:]
			continue
		}
		v, err := p.number()
		if err != nil || v.clock || v.yearMonth || len(p.s) == 0 {
			return Interval{}, p.bad()
		}
		f := isoUnit(p.s[0], inTime)
		if f == FieldNone {
			return Interval{}, p.bad()
		}
		p.s = p.s[1:]
		p.add(f, v.whole, v.frac)
		found = true
	}
	if !found {
		return Interval{}, p.bad()
	}
	return p.result()
}

func isoUnit(c byte, inTime bool) Field {
	if inTime {
		switch c {
		case 'H':
			return Hour
		case 'M':
			return Minute
		case 'S':
			return Second
		}
		return FieldNone
	}
	switch c {
	case 'Y':
		return Year
	case 'M':
		return Month
	case 'W':
		return Week
	case 'D':
		return Day
	}
	return FieldNone
}
