package expr

import (
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// pgFields is a time, or an interval, taken apart.
type pgFields struct {
	interval             bool
	year, month, day     int64
	hour, minute, second int64
	micros               int64 // of the second
	days                 int64 // since 1970
	yearDay, weekDay     int64 // from 1; Sunday is 0
	isoYear, isoWeek     int64
	offset               int
	zone                 string
}

// toCharTime is to_char of times and intervals.
func toCharTime(s *site) (exec.Eval, error) {
	p := &patterns[pgTemplate]{compile: compilePGTime, fixed: s.allConst(1)}
	kind := s.types[0].Kind
	return newCall(s, func(c *call, i int) error {
		var v pgFields
		switch {
		case len(c.str(1, i)) == 0:
			c.null = kind != catalog.Interval
			return nil
		case kind == catalog.Interval:
			v = fieldsOfInterval(c.args[0].Ivl[i])
		default:
			t := c.int(0, i)
			if !datum.IsFinite(t) {
				c.null = true
				return nil
			}
			if kind == catalog.TimestampLTZ {
				v.zone = zoneName(c.env, t)
				t, v.offset = datum.LocalMicros(t, c.env.Timezone)
			}
			v.of(t)
		}
		f, err := p.get(c.str(1, i), nil)
		if err != nil {
			return err
		}
		for k := range f {
			if c.out.Data, err = f[k].append(c.out.Data, &v); err != nil {
				return err
			}
		}
		return nil
	}, true), nil
}

func (v *pgFields) of(t int64) {
	days, inDay := datum.SplitTimestamp(t)
	y, m, d := datum.CivilFromDays(days)
	iy, iw := datum.ISOWeek(days)
	v.year, v.month, v.day, v.days = int64(y), int64(m), int64(d), days
	v.isoYear, v.isoWeek = int64(iy), int64(iw)
	v.weekDay = int64(datum.DayOfWeek(days))
	v.yearDay = days - datum.DateFromCivil(y, 1, 1) + 1
	v.clock(inDay)
}

func (v *pgFields) clock(micros int64) {
	v.hour, v.minute, v.second = micros/datum.MicrosPerHour, micros/datum.MicrosPerMinute%60, micros/datum.MicrosPerSecond%60
	v.micros = micros % datum.MicrosPerSecond
}

func fieldsOfInterval(iv datum.Interval) pgFields {
	v := pgFields{interval: true, year: int64(iv.Months / 12), month: int64(iv.Months % 12), day: int64(iv.Days)}
	v.clock(iv.Micros)
	v.yearDay = (v.year*12+v.month)*30 + v.day
	days := datum.DateFromCivil(int(v.year), int(max(v.month, 1)), int(max(v.day, 1)))
	iy, iw := datum.ISOWeek(days)
	v.isoYear, v.isoWeek, v.days = int64(iy), int64(iw), days
	return v
}

func errIntervalFormat() error {
	return sqlerr.New(sqlerr.InvalidDatetimeFormat, "invalid format specification for an interval value").
		Hint("Intervals are not tied to specific calendar dates.")
}

// number writes digits, padded unless FM says otherwise, and the ending for TH.
func (n *pgNode) number(dst []byte, v int64, width int) []byte {
	from := len(dst)
	if n.fill {
		width = 0
	}
	dst = appendPadded(dst, v, width)
	return n.ending(dst, from)
}

// signed is number where the sign counts as a digit.
func (n *pgNode) signed(dst []byte, v int64, width int) []byte {
	if v < 0 {
		width--
	}
	return n.number(dst, v, width)
}

func (n *pgNode) ending(dst []byte, from int) []byte {
	if n.th {
		dst = append(dst, ordinal(string(dst[from:]), n.thUpper)...)
	}
	return dst
}

// name writes a word in its case, padded to width.
func (n *pgNode) name(dst []byte, word string, width int) []byte {
	switch n.style {
	case caseUpper:
		word = strings.ToUpper(word)
	case caseLower:
		word = strings.ToLower(word)
	}
	dst = append(dst, word...)
	for k := len(word); k < width && !n.fill && !n.local; k++ {
		dst = append(dst, ' ')
	}
	return dst
}

// calendarOnly are the patterns that intervals have not.
func (k pgKey) calendarOnly() bool {
	switch k {
	case pgZoneName, pgZoneHour, pgZoneMinute, pgOffset, pgEra, pgEraDots, pgMonthName, pgMonthAbbr, pgDayName, pgDayAbbr, pgWeekDay, pgISOWeekDay:
		return true
	}
	return false
}

// append writes a piece.
func (n *pgNode) append(dst []byte, v *pgFields) ([]byte, error) {
	if v.interval && n.key.calendarOnly() {
		return nil, errIntervalFormat()
	}
	switch n.key {
	case pgText, pgBlank, pgSeparator:
		dst = append(dst, n.text...)
	case pgFixed:
	case pgHalf, pgHalfDots:
		dst = n.either(dst, v.hour%24 >= 12, "AM", "PM")
	case pgEra, pgEraDots:
		dst = n.either(dst, v.year <= 0, "AD", "BC")
	case pgHour12:
		h := v.hour % 12
		if h == 0 {
			h = 12
		}
		dst = n.number(dst, h, 2)
	case pgHour24:
		dst = n.number(dst, v.hour, 2)
	case pgMinute:
		dst = n.number(dst, v.minute, 2)
	case pgSecond:
		dst = n.number(dst, v.second, 2)
	case pgDaySecond:
		from := len(dst)
		dst = n.ending(appendInt(dst, v.hour*3600+v.minute*60+v.second), from)
	case pgFraction, pgMillis, pgMicros:
		digits := n.n
		switch n.key {
		case pgMillis:
			digits = 3
		case pgMicros:
			digits = 6
		}
		m := v.micros
		for range 6 - digits {
			m /= 10
		}
		from := len(dst)
		dst = n.ending(appendPadded(dst, m, digits), from)
	case pgZoneName:
		dst = n.name(dst, v.zone, 0)
	case pgZoneHour, pgOffset:
		if v.offset < 0 {
			dst = append(dst, '-')
		} else {
			dst = append(dst, '+')
		}
		h, m := int64(max(v.offset, -v.offset)/3600), int64(max(v.offset, -v.offset)/60%60)
		if n.key == pgZoneHour {
			dst = appendPadded(dst, h, 2)
			break
		}
		width := 2
		if n.fill {
			width = 0
		}
		if dst = appendPadded(dst, h, width); m != 0 {
			dst = appendPadded(append(dst, ':'), m, 2)
		}
	case pgZoneMinute:
		dst = appendPadded(dst, int64(max(v.offset, -v.offset)/60%60), 2)
	default:
		dst = n.appendDate(dst, v)
	}
	return dst, nil
}

// either writes the second word if it is so, with dots if the pattern has them.
func (n *pgNode) either(dst []byte, second bool, a, b string) []byte {
	if second {
		a = b
	}
	if n.key == pgEraDots || n.key == pgHalfDots {
		a = a[:1] + "." + a[1:] + "."
	}
	if n.style == caseLower {
		a = strings.ToLower(a)
	}
	return append(dst, a...)
}

var romanMonths = [...]string{"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"}

func (n *pgNode) appendDate(dst []byte, v *pgFields) []byte {
	switch n.key {
	case pgMonth:
		return n.number(dst, v.month, 2)
	case pgMonthName:
		return n.name(dst, monthNames[v.month], longestName)
	case pgMonthAbbr:
		return n.name(dst, monthNames[v.month][:3], 0)
	case pgDayName:
		return n.name(dst, dayNames[v.weekDay], longestName)
	case pgDayAbbr:
		return n.name(dst, dayNames[v.weekDay][:3], 0)
	case pgYearDay:
		return n.signed(dst, v.yearDay, 3)
	case pgISOYearDay:
		first := datum.DateFromCivil(int(v.isoYear), 1, 4)
		first -= int64(datum.DayOfWeek(first)+6) % 7
		return n.signed(dst, v.days-first+1, 3)
	case pgMonthDay:
		return n.signed(dst, v.day, 2)
	case pgWeekDay:
		return n.number(dst, v.weekDay+1, 0)
	case pgISOWeekDay:
		return n.number(dst, (v.weekDay+6)%7+1, 0)
	case pgWeek:
		return n.signed(dst, (v.yearDay-1)/7+1, 2)
	case pgISOWeek:
		return n.signed(dst, v.isoWeek, 2)
	case pgMonthWeek:
		return n.number(dst, (v.day-1)/7+1, 0)
	case pgQuarter:
		if v.month == 0 {
			return dst
		}
		return n.number(dst, (v.month-1)/3+1, 0)
	case pgJulian:
		return n.number(dst, v.days+2440588, 0)
	case pgRoman:
		return n.romanMonth(dst, v)
	case pgCentury:
		c := v.year / 100
		if !v.interval && v.year > 0 {
			c = (v.year-1)/100 + 1
		} else if !v.interval {
			c = v.year/100 - 1
		}
		return n.number(dst, c, 2)
	}
	return n.appendYear(dst, v)
}

func (n *pgNode) romanMonth(dst []byte, v *pgFields) []byte {
	if v.month == 0 && v.year == 0 {
		return dst
	}
	m := v.month
	switch {
	case m == 0 && v.year >= 0:
		m = 12
	case m == 0:
		m = 1
	case m < 0:
		m += 13
	}
	word := romanMonths[m]
	return n.name(dst, word, 4)
}

func (n *pgNode) appendYear(dst []byte, v *pgFields) []byte {
	y := v.year
	if n.key == pgISOYear {
		y = v.isoYear
	}
	if !v.interval && y <= 0 {
		y = 1 - y
	}
	from := len(dst)
	switch {
	case n.key == pgYearComma:
		dst = appendPadded(append(appendInt(dst, y/1000), ','), y%1000, 3)
		return n.ending(dst, from)
	case n.n == 3:
		y %= 1000
	case n.n == 2:
		y %= 100
	case n.n == 1:
		y %= 10
	}
	return n.number(dst, y, n.n)
}
