package expr

import (
	"strings"
	"unicode/utf8"

	"github.com/penstock/penstock/internal/datum"
)

// parsedTime gathers what a format reads.
type parsedTime struct {
	year, month, day, yearDay, hour, hour12, minute, second int
	micros                                                  int64
	pm, has12, hasOffset                                    bool
	offset                                                  int
}

// parse reads a text by the format, as strictly as Java does; ok is false if it
// is not so written. The offset, if one is read, is given back.
func (f timeFormat) parse(s []byte) (t int64, offset int, hasOffset, ok bool) {
	p := parsedTime{year: 1970, month: 1, day: 1}
	for k, it := range f {
		// A number that another follows at once has exactly its width.
		fixed := k+1 < len(f) && f[k+1].kind != litItem
		n, ok := p.item(it, s, fixed)
		if !ok {
			return 0, 0, false, false
		}
		s = s[n:]
	}
	if len(s) > 0 || !p.valid() {
		return 0, 0, false, false
	}
	days := datum.DateFromCivil(p.year, p.month, p.day)
	if p.yearDay > 0 {
		days = datum.DateFromCivil(p.year, 1, 1) + int64(p.yearDay) - 1
	}
	hour := p.hour
	if p.has12 {
		hour = p.hour12 % 12
		if p.pm {
			hour += 12
		}
	}
	t = days*datum.MicrosPerDay + int64((hour*60+p.minute)*60+p.second)*datum.MicrosPerSecond + p.micros
	return t, p.offset, p.hasOffset, datum.TimestampInRange(t)
}

func (p *parsedTime) valid() bool {
	return p.year >= 1 && p.year <= 9999 && p.month >= 1 && p.month <= 12 && p.day >= 1 && p.day <= datum.DaysInMonth(p.year, p.month) &&
		p.hour < 24 && p.minute < 60 && p.second < 60 && (!p.has12 || p.hour12 >= 1 && p.hour12 <= 12)
}

// item reads one piece and gives the bytes it took.
func (p *parsedTime) item(it timeItem, s []byte, fixed bool) (int, bool) {
	switch it.kind {
	case litItem:
		return len(it.text), strings.HasPrefix(string(s[:min(len(s), len(it.text))]), it.text)
	case monthNameItem, monthAbbrItem, dayNameItem, dayAbbrItem, meridiemItem:
		return p.word(it, s)
	case zoneItem:
		return p.zone(s)
	case fractionItem:
		return p.fraction(it, s)
	}
	most := 2
	switch {
	case fixed || it.width > 2:
		most = it.width
	case it.kind == yearItem && it.width == 1:
		most = 4
	case it.kind == yearDayItem:
		most = 3
	}
	v, n := digits(s, most)
	if n == 0 || it.width > 1 && n < it.width {
		return 0, false
	}
	switch it.kind {
	case yearItem:
		if it.width == 2 {
			v += 2000
		}
		p.year = v
	case monthItem:
		p.month = v
	case dayItem:
		p.day = v
	case yearDayItem:
		p.yearDay = v
	case hourItem:
		p.hour = v
	case hour12Item:
		p.hour12, p.has12 = v, true
	case minuteItem:
		p.minute = v
	case secondItem:
		p.second = v
	default:
		return 0, false // quarters and weeks do not say a date
	}
	return n, true
}

func digits(s []byte, most int) (v, n int) {
	for n < len(s) && n < most && s[n]-'0' <= 9 {
		v = v*10 + int(s[n]-'0')
		n++
	}
	return v, n
}

func (p *parsedTime) fraction(it timeItem, s []byte) (int, bool) {
	v, n := digits(s, it.width)
	if n != it.width {
		return 0, false
	}
	p.micros = int64(v)
	for k := n; k < 6; k++ {
		p.micros *= 10
	}
	for k := n; k > 6; k-- {
		p.micros /= 10
	}
	return n, true
}

func (p *parsedTime) word(it timeItem, s []byte) (int, bool) {
	names, short := monthNames[1:], it.kind == monthAbbrItem || it.kind == dayAbbrItem
	switch it.kind {
	case dayNameItem, dayAbbrItem:
		names = dayNames[:]
	case meridiemItem:
		names = []string{"AM", "PM"}
	}
	for k, name := range names {
		if short {
			name = name[:3]
		}
		if len(s) < len(name) || !strings.EqualFold(string(s[:len(name)]), name) {
			continue
		}
		switch it.kind {
		case monthNameItem, monthAbbrItem:
			p.month = k + 1
		case meridiemItem:
			p.pm = k == 1
		}
		return len(name), true
	}
	return 0, false
}

// zone reads Z or ±hh[[:]mm].
func (p *parsedTime) zone(s []byte) (int, bool) {
	if len(s) == 0 {
		return 0, false
	}
	p.hasOffset = true
	if s[0] == 'Z' {
		return 1, true
	}
	h, n := digits(s[1:], 2)
	if s[0] != '+' && s[0] != '-' || n != 2 {
		return 0, false
	}
	at := 3
	if len(s) > at && s[at] == ':' {
		at++
	}
	m, n := digits(s[at:], 2)
	if n == 2 {
		at += 2
	} else {
		m, at = 0, 3
	}
	p.offset = (h*60 + m) * 60
	if s[0] == '-' {
		p.offset = -p.offset
	}
	return at, h <= 18 && m < 60 && utf8.Valid(s[:at])
}
