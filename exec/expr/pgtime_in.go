package expr

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// parseTime is to_date and to_timestamp with a template.
func parseTime(s *site, date bool) (exec.Eval, error) {
	p := &patterns[pgTemplate]{compile: compilePGTime, fixed: s.allConst(1)}
	return newCall(s, func(c *call, i int) error {
		f, err := p.get(c.str(1, i), nil)
		if err != nil {
			return err
		}
		r := pgReader{f: f, in: string(c.str(0, i))}
		r.s = r.in
		if err := r.run(); err != nil {
			return sqlerr.From(err).Hint("the template is PostgreSQL's (YYYY-MM-DD HH24:MI:SS); parse_timestamp takes Java's (yyyy-MM-dd HH:mm:ss)")
		}
		days, inDay, err := r.time()
		if err != nil {
			return err
		}
		if date {
			if !datum.DateInRange(days) {
				return sqlerr.New(sqlerr.DatetimeOverflow, `date out of range: "%s"`, clip([]byte(r.in)))
			}
			c.out.Int[i] = days
			return nil
		}
		c.out.Int[i], err = r.instant(days, inDay, c.env.Timezone)
		return err
	}, true), nil
}

// pgReader reads a time by a template.
type pgReader struct {
	f     pgTemplate
	in, s string // the whole, and what is left of it
	extra int    // blanks that were skipped beyond those of the template
	fixed bool   // FX

	iso, plain                              bool // kinds of date patterns seen
	hour, minute, second, daySecond         int
	millis, micros                          int
	year, yearSize, month, day              int
	yearDay, weekDay, week, monthWeek       int
	century, julian                         int
	twelve, pm, bc                          bool
	zoneSign, zoneHour, zoneMinute          int
	haveMonth, haveDay, haveYear, wholeDate bool
}

func (r *pgReader) blanks() {
	for r.s != "" && isSpace(r.s[0]) {
		r.s = r.s[1:]
		r.extra++
	}
}

func (r *pgReader) char() {
	_, n := utf8.DecodeRuneInString(r.s)
	r.s = r.s[n:]
}

func (r *pgReader) run() error {
	for k := 0; k < len(r.f) && r.s != ""; k++ {
		n := &r.f[k]
		action := n.key > pgSeparator
		if !r.fixed && (action || k == 0) {
			r.blanks()
		}
		switch {
		case r.s == "":
			return nil
		case n.key == pgBlank || n.key == pgSeparator:
			if r.fixed {
				r.char()
				continue
			}
			r.extra--
			if isSpace(r.s[0]) || isSeparator(r.s[0]) {
				r.s = r.s[1:]
				r.extra++
			}
			continue
		case n.key == pgText:
			if !r.fixed && r.extra > 0 {
				r.extra--
			} else {
				r.char()
			}
			continue
		}
		if err := r.mode(n); err != nil {
			return err
		}
		if err := r.field(n, k); err != nil {
			return err
		}
		if !r.fixed {
			r.extra = 0
			r.blanks()
		}
	}
	return nil
}

// mode keeps ISO weeks and months apart.
func (r *pgReader) mode(n *pgNode) error {
	switch n.key {
	case pgISOYear, pgISOWeek, pgISOYearDay, pgISOWeekDay:
		r.iso = true
	case pgCentury, pgYearDay, pgMonthDay, pgMonth, pgMonthName, pgMonthAbbr, pgRoman, pgWeek, pgMonthWeek, pgYear, pgYearComma, pgWeekDay:
		r.plain = true
	}
	if r.iso && r.plain {
		return sqlerr.New(sqlerr.InvalidDatetimeFormat, "invalid combination of date conventions").
			Hint("Do not mix Gregorian and ISO week date conventions in a formatting template.")
	}
	return nil
}

// atEnd tells that something other than a digit follows piece k, so that a
// number may be as long as it likes.
func (r *pgReader) atEnd(k int) bool {
	if r.f[k].th || k+1 == len(r.f) {
		return true
	}
	next := &r.f[k+1]
	if next.key > pgSeparator {
		return !pgDigits[next.key]
	}
	return !(len(next.text) == 1 && isDigit(next.text[0]))
}

// integer reads a number of so many digits.
func (r *pgReader) integer(k, width int) (v, used int, err error) {
	n := &r.f[k]
	before := r.s
	s := strings.TrimLeft(before, " \t\n\v\f\r")
	free := n.fill || r.atEnd(k)
	if !free && len(s) < width {
		return 0, 0, sqlerr.New(sqlerr.InvalidDatetimeFormat, `source string too short for "%s" formatting field`, n.text)
	}
	end := 0
	if end < len(s) && (s[0] == '-' || s[0] == '+') {
		end++
	}
	for end < len(s) && isDigit(s[end]) && (free || end < width) {
		end++
	}
	text := s[:end]
	v64, e := strconv.ParseInt(text, 10, 32)
	if text == "" || text == "-" || text == "+" {
		return 0, 0, sqlerr.New(sqlerr.InvalidDatetimeFormat, `invalid value "%s" for "%s"`, clipText(s, width), n.text).WithDetail("Value must be an integer.")
	}
	if !free && end < width {
		return 0, 0, sqlerr.New(sqlerr.InvalidDatetimeFormat, `invalid value "%s" for "%s"`, clipText(s, width), n.text)
	}
	if e != nil {
		return 0, 0, sqlerr.New(sqlerr.DatetimeOverflow, `value for "%s" in source string is out of range`, n.text)
	}
	r.s = s[end:]
	return int(v64), len(before) - len(r.s), nil
}

func clipText(s string, n int) string { return s[:min(n, len(s))] }

// set reads a number into dst, where nothing else may stand.
func (r *pgReader) set(dst *int, k, width int) error {
	v, _, err := r.integer(k, width)
	if err != nil {
		return err
	}
	if r.f[k].th && len(r.s) >= 2 {
		r.s = r.s[2:]
	}
	return r.assign(dst, v, &r.f[k])
}

func (r *pgReader) assign(dst *int, v int, n *pgNode) error {
	if *dst != 0 && *dst != v {
		return sqlerr.New(sqlerr.InvalidDatetimeFormat, `conflicting values for "%s" field in formatting string`, n.text).
			WithDetail("This value contradicts a previous setting for the same field type.")
	}
	*dst = v
	return nil
}

// word finds which of the words comes next.
func (r *pgReader) word(n *pgNode, words []string, width int) (int, error) {
	for i, w := range words {
		if width > 0 && len(w) > width {
			w = w[:width]
		}
		if w != "" && len(r.s) >= len(w) && strings.EqualFold(r.s[:len(w)], w) {
			r.s = r.s[len(w):]
			return i, nil
		}
	}
	return 0, sqlerr.New(sqlerr.InvalidDatetimeFormat, `invalid value "%s" for "%s"`, clipText(r.s, max(len(n.text), 1)), n.text).
		WithDetail("The given value did not match any of the allowed values for this field.")
}

var (
	halves, halvesDots = []string{"AM", "PM"}, []string{"A.M.", "P.M."}
	eras, erasDots     = []string{"AD", "BC"}, []string{"A.D.", "B.C."}
	romansLongest      = []string{"XII", "XI", "X", "IX", "VIII", "VII", "VI", "V", "IV", "III", "II", "I"}
)

func (r *pgReader) field(n *pgNode, k int) error {
	switch n.key {
	case pgFixed:
		r.fixed = true
	case pgHalf, pgHalfDots:
		words := halves
		if n.key == pgHalfDots {
			words = halvesDots
		}
		i, err := r.word(n, words, 0)
		r.pm, r.twelve = i == 1, true
		return err
	case pgHour12:
		r.twelve = true
		return r.set(&r.hour, k, 2)
	case pgHour24:
		return r.set(&r.hour, k, 2)
	case pgMinute:
		return r.set(&r.minute, k, 2)
	case pgSecond:
		return r.set(&r.second, k, 2)
	case pgDaySecond:
		return r.set(&r.daySecond, k, len(n.text))
	case pgMillis:
		return r.fraction(&r.millis, k, 3, 3)
	case pgMicros:
		return r.fraction(&r.micros, k, 6, 6)
	case pgFraction:
		return r.fraction(&r.micros, k, n.n, 6)
	case pgZoneName, pgOffset:
		return sqlerr.New(sqlerr.FeatureNotSupported, `formatting field "%s" is only supported in to_char`, strings.ToUpper(n.text))
	case pgZoneHour:
		r.zoneSign = 1
		if r.s[0] == '+' || r.s[0] == '-' || r.s[0] == ' ' {
			if r.s[0] == '-' {
				r.zoneSign = -1
			}
			r.s = r.s[1:]
		} else if at := len(r.in) - len(r.s); r.extra > 0 && at > 0 && r.in[at-1] == '-' {
			r.zoneSign = -1
		}
		return r.set(&r.zoneHour, k, 2)
	case pgZoneMinute:
		if r.zoneSign == 0 {
			r.zoneSign = 1
		}
		return r.set(&r.zoneMinute, k, 2)
	}
	return r.dateField(n, k)
}

// fraction reads digits behind the point: 25 is as good as 250.
func (r *pgReader) fraction(dst *int, k, width, digits int) error {
	v, used, err := r.integer(k, width)
	if err != nil {
		return err
	}
	if r.f[k].th && len(r.s) >= 2 {
		r.s = r.s[2:]
	}
	if err := r.assign(dst, v, &r.f[k]); err != nil {
		return err
	}
	for ; used < digits; used++ {
		*dst *= 10
	}
	return nil
}

func (r *pgReader) dateField(n *pgNode, k int) error {
	switch n.key {
	case pgEra, pgEraDots:
		words := eras
		if n.key == pgEraDots {
			words = erasDots
		}
		i, err := r.word(n, words, 0)
		r.bc = i == 1
		return err
	case pgMonthName, pgMonthAbbr, pgRoman:
		words, width := monthNames[1:], 0
		if n.key == pgMonthAbbr {
			width = 3
		}
		if n.key == pgRoman {
			words = romansLongest
		}
		i, err := r.word(n, words, width)
		if err != nil {
			return err
		}
		if n.key == pgRoman {
			i = 11 - i
		}
		return r.assign(&r.month, i+1, n)
	case pgMonth:
		return r.set(&r.month, k, 2)
	case pgDayName, pgDayAbbr:
		width := 0
		if n.key == pgDayAbbr {
			width = 3
		}
		i, err := r.word(n, dayNames[:], width)
		if err != nil {
			return err
		}
		return r.assign(&r.weekDay, i+1, n)
	case pgYearDay, pgISOYearDay:
		return r.set(&r.yearDay, k, 3)
	case pgMonthDay:
		return r.set(&r.day, k, 2)
	case pgWeekDay:
		return r.set(&r.weekDay, k, 1)
	case pgISOWeekDay:
		if err := r.set(&r.weekDay, k, 1); err != nil {
			return err
		}
		if r.weekDay++; r.weekDay > 7 {
			r.weekDay = 1
		}
	case pgWeek, pgISOWeek:
		return r.set(&r.week, k, 2)
	case pgQuarter:
		_, _, err := r.integer(k, 1)
		return err
	case pgCentury:
		return r.set(&r.century, k, 2)
	case pgMonthWeek:
		return r.set(&r.monthWeek, k, 1)
	case pgJulian:
		return r.set(&r.julian, k, 1)
	case pgYearComma:
		thousands, rest, ok := strings.Cut(r.s, ",")
		a, err1 := strconv.Atoi(strings.TrimSpace(thousands))
		end := 0
		for end < min(len(rest), 3) && isDigit(rest[end]) {
			end++
		}
		b, err2 := strconv.Atoi(rest[:end])
		if !ok || err1 != nil || err2 != nil || a > math.MaxInt32/1000 {
			return sqlerr.New(sqlerr.InvalidDatetimeFormat, `invalid input string for "Y,YYY"`)
		}
		r.s, r.yearSize = rest[end:], 4
		return r.assign(&r.year, a*1000+b, n)
	case pgYear, pgISOYear:
		v, used, err := r.integer(k, n.n)
		if err != nil {
			return err
		}
		if n.th && len(r.s) >= 2 {
			r.s = r.s[2:]
		}
		if n.n < 4 && used < 4 {
			v = nearYear(v)
		}
		r.yearSize = n.n
		return r.assign(&r.year, v, n)
	}
	return nil
}
