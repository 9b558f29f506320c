package expr

import (
	"strings"

	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// timeItem is a piece of a format of dates and times.
type timeItem struct {
	kind  timeKind
	width int    // digits; of fractions the number of them
	text  string // literal
	style textStyle
}

type timeKind uint8

// Pieces of a format.
const (
	litItem timeKind = iota
	yearItem
	isoYearItem
	monthItem
	monthNameItem
	monthAbbrItem
	dayItem
	yearDayItem
	weekDayItem // 1 is Sunday
	isoDayItem
	dayNameItem
	dayAbbrItem
	hourItem
	hour12Item
	minuteItem
	secondItem
	fractionItem
	daySecondItem
	meridiemItem
	quarterItem
	weekItem
	isoWeekItem
	julianItem
	centuryItem
	zoneItem // +00:00
	zoneNameItem
)

// textStyle is how a word is written.
type textStyle struct {
	upper, lower, padded bool
}

// timeFormat is a compiled format.
type timeFormat []timeItem

var monthNames = [...]string{"", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
	"November", "December"}

var dayNames = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

// longestName is the width that PostgreSQL pads the names of months and days to.
const longestName = 9

func appendName(dst []byte, name string, s textStyle, width int) []byte {
	switch {
	case s.upper:
		dst = append(dst, strings.ToUpper(name)...)
	case s.lower:
		dst = append(dst, strings.ToLower(name)...)
	default:
		dst = append(dst, name...)
	}
	for n := len(name); s.padded && n < width; n++ {
		dst = append(dst, ' ')
	}
	return dst
}

// appendPadded writes a number with at least width digits.
func appendPadded(dst []byte, v int64, width int) []byte {
	if v < 0 {
		dst, v = append(dst, '-'), -v
	}
	n := 1
	for p := v; p >= 10; p /= 10 {
		n++
	}
	for ; n < width; n++ {
		dst = append(dst, '0')
	}
	return appendInt(dst, v)
}

// append writes local time t, whose zone is offset seconds east of Greenwich.
func (f timeFormat) append(dst []byte, t int64, offset int, zone string) []byte {
	days, inDay := datum.SplitTimestamp(t)
	y, m, d := datum.CivilFromDays(days)
	hour := inDay / datum.MicrosPerHour
	for _, it := range f {
		switch it.kind {
		case litItem:
			dst = append(dst, it.text...)
		case hourItem:
			dst = appendPadded(dst, hour, it.width)
		case hour12Item:
			dst = appendPadded(dst, (hour+11)%12+1, it.width)
		case minuteItem:
			dst = appendPadded(dst, inDay/datum.MicrosPerMinute%60, it.width)
		case secondItem:
			dst = appendPadded(dst, inDay/datum.MicrosPerSecond%60, it.width)
		case fractionItem:
			dst = appendFraction(dst, inDay%datum.MicrosPerSecond, it.width)
		case daySecondItem:
			dst = appendPadded(dst, inDay/datum.MicrosPerSecond, it.width)
		case meridiemItem:
			word := "AM"
			if hour >= 12 {
				word = "PM"
			}
			dst = appendName(dst, word, it.style, 0)
		case zoneItem:
			dst = appendOffset(dst, offset, it.text, it.width)
		case zoneNameItem:
			dst = appendName(dst, zone, it.style, 0)
		default:
			dst = it.appendDate(dst, days, y, m, d)
		}
	}
	return dst
}

// appendFraction writes the first digits of a fraction; beyond microseconds
// they are zeros.
func appendFraction(dst []byte, micros int64, digits int) []byte {
	var b [6]byte
	for k := 5; k >= 0; k-- {
		b[k] = byte('0' + micros%10)
		micros /= 10
	}
	dst = append(dst, b[:min(digits, 6)]...)
	for ; digits > 6; digits-- {
		dst = append(dst, '0')
	}
	return dst
}

// appendOffset writes an offset: hours, then if width is 4 (or, for 3, if there
// are any) minutes behind sep. A negative width writes Z for none.
func appendOffset(dst []byte, offset int, sep string, width int) []byte {
	if width < 0 {
		if offset == 0 {
			return append(dst, 'Z')
		}
		width = -width
	}
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	dst = appendPadded(append(dst, sign), int64(offset/3600), 2)
	if minutes := offset / 60 % 60; width == 4 || width == 3 && minutes != 0 {
		dst = appendPadded(append(dst, sep...), int64(minutes), 2)
	}
	return dst
}

func (it timeItem) appendDate(dst []byte, days int64, y, m, d int) []byte {
	switch it.kind {
	case yearItem:
		return appendYear(dst, y, it.width)
	case isoYearItem:
		iso, _ := datum.ISOWeek(days)
		return appendYear(dst, iso, it.width)
	case monthItem:
		return appendPadded(dst, int64(m), it.width)
	case monthNameItem:
		return appendName(dst, monthNames[m], it.style, longestName)
	case monthAbbrItem:
		return appendName(dst, monthNames[m][:3], it.style, 0)
	case dayItem:
		return appendPadded(dst, int64(d), it.width)
	case weekDayItem:
		return appendPadded(dst, int64(datum.DayOfWeek(days))+1, it.width)
	case isoDayItem:
		return appendPadded(dst, int64(datum.DayOfWeek(days)+6)%7+1, it.width)
	case dayNameItem:
		return appendName(dst, dayNames[datum.DayOfWeek(days)], it.style, longestName)
	case dayAbbrItem:
		return appendName(dst, dayNames[datum.DayOfWeek(days)][:3], it.style, 0)
	case quarterItem:
		return appendPadded(dst, int64(m+2)/3, it.width)
	case isoWeekItem:
		_, w := datum.ISOWeek(days)
		return appendPadded(dst, int64(w), it.width)
	case julianItem:
		return appendPadded(dst, days+2440588, it.width)
	case centuryItem:
		return appendPadded(dst, int64(y+99)/100, it.width)
	}
	yearDay := days - datum.DateFromCivil(y, 1, 1)
	if it.kind == weekItem {
		return appendPadded(dst, yearDay/7+1, it.width)
	}
	return appendPadded(dst, yearDay+1, it.width)
}

// appendYear writes a year, or its last digits where width is below four.
func appendYear(dst []byte, y, width int) []byte {
	if y <= 0 { // before Christ
		y = 1 - y
	}
	for p, w := 10, 1; w <= 3; p, w = p*10, w+1 {
		if w == width {
			y %= p
		}
	}
	return appendPadded(dst, int64(y), width)
}

func errFormat(pattern []byte, what string) error {
	return sqlerr.New(sqlerr.InvalidParameterValue, `invalid date format "%s": %s`, clip(pattern), what)
}

// javaFormat compiles a pattern of Java's DateTimeFormatter, as Flink has it.
func javaFormat(pattern, _ []byte) (timeFormat, error) {
	var f timeFormat
	for i := 0; i < len(pattern); {
		ch := pattern[i]
		switch {
		case ch == '\'':
			lit, n, ok := javaQuoted(pattern[i:])
			if !ok {
				return nil, errFormat(pattern, "a quote is not closed")
			}
			f, i = append(f, timeItem{text: lit}), i+n
			continue
		case ch|0x20 < 'a' || ch|0x20 > 'z':
			if ch == '[' || ch == ']' || ch == '{' || ch == '}' || ch == '#' {
				return nil, errFormat(pattern, "optional parts are not supported")
			}
			f, i = append(f, timeItem{text: string(ch)}), i+1
			continue
		}
		n := 1
		for i+n < len(pattern) && pattern[i+n] == ch {
			n++
		}
		it, ok := javaItem(ch, n)
		if !ok {
			return nil, errFormat(pattern, `the letters "`+string(pattern[i:i+n])+`" are not supported`)
		}
		f, i = append(f, it), i+n
	}
	return f, nil
}

// javaQuoted reads 'text' or ”, which is a quote.
func javaQuoted(b []byte) (lit string, n int, ok bool) {
	if len(b) > 1 && b[1] == '\'' {
		return "'", 2, true
	}
	var s strings.Builder
	for n = 1; n < len(b); n++ {
		if b[n] != '\'' {
			s.WriteByte(b[n])
			continue
		}
		if n+1 < len(b) && b[n+1] == '\'' {
			s.WriteByte('\'')
			n++
			continue
		}
		return s.String(), n + 1, true
	}
	return "", 0, false
}

func javaItem(ch byte, n int) (timeItem, bool) {
	kinds := map[byte]timeKind{'y': yearItem, 'u': yearItem, 'd': dayItem, 'D': yearDayItem, 'H': hourItem, 'h': hour12Item, 'm': minuteItem,
		's': secondItem, 'S': fractionItem, 'Q': quarterItem, 'w': isoWeekItem}
	if k, ok := kinds[ch]; ok {
		return timeItem{kind: k, width: n}, n <= 9
	}
	switch ch {
	case 'M', 'L':
		switch {
		case n <= 2:
			return timeItem{kind: monthItem, width: n}, true
		case n == 3:
			return timeItem{kind: monthAbbrItem}, true
		}
		return timeItem{kind: monthNameItem}, n == 4
	case 'E':
		if n <= 3 {
			return timeItem{kind: dayAbbrItem}, true
		}
		return timeItem{kind: dayNameItem}, n == 4
	case 'e':
		return timeItem{kind: weekDayItem, width: n}, n <= 2
	case 'a':
		return timeItem{kind: meridiemItem, style: textStyle{upper: true}}, n == 1
	case 'X':
		return timeItem{kind: zoneItem, width: [4]int{0, -3, -4, -4}[min(n, 3)], text: [4]string{"", "", "", ":"}[min(n, 3)]}, n <= 3
	case 'x', 'Z':
		return timeItem{kind: zoneItem, width: 4, text: [4]string{"", "", "", ":"}[min(n, 3)]}, n <= 3
	case 'z', 'V':
		return timeItem{kind: zoneNameItem}, n <= 3
	}
	return timeItem{}, false
}
