package datum

import (
	"bytes"

	"github.com/penstock/penstock/internal/sqlerr"
)

var monthNames = [13]string{"", "january", "february", "march", "april", "may", "june", "july", "august", "september",
	"october", "november", "december"}

var dayNames = [7]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// monthOf reads a month's name or its first three letters (or Sept); 0 is none.
func monthOf(w []byte) int {
	if len(w) < 3 {
		return 0
	}
	for m := 1; m <= 12; m++ {
		if foldPrefix(w, monthNames[m]) && (len(w) == 3 || len(w) == len(monthNames[m]) || m == 9 && len(w) == 4) {
			return m
		}
	}
	return 0
}

func isDayName(w []byte) bool {
	if len(w) < 3 {
		return false
	}
	for _, d := range dayNames {
		if foldPrefix(w, d) && (len(w) == 3 || len(w) == len(d)) {
			return true
		}
	}
	return false
}

// word takes letters.
func (p *timeParser) word() []byte {
	n := 0
	for n < len(p.s) && lower(p.s[n]) >= 'a' && lower(p.s[n]) <= 'z' {
		n++
	}
	w := p.s[:n]
	p.s = p.s[n:]
	return w
}

// scanWord reads a token of letters: the T before a time, BC, AM, a month, a
// day's name (ignored), a zone.
func (p *timeParser) scanWord() error {
	if lower(p.s[0]) == 't' && len(p.s) > 1 && p.s[1]-'0' <= 9 && !p.hasTime {
		p.s = p.s[1:]
		return p.scanTimeOnly()
	}
	whole := p.s
	w := p.word()
	date := p.hasY && p.hasM && p.hasD
	switch {
	case foldEq(w, "bc") && date && !p.bc:
		p.bc = true
	case foldEq(w, "ad") && date:
	case foldEq(w, "am") && p.hasTime && p.meridi == 0:
		p.meridi = 1
	case foldEq(w, "pm") && p.hasTime && p.meridi == 0:
		p.meridi = 2
	case !p.hasM && monthOf(w) > 0:
		p.month, p.hasM = monthOf(w), true
		return p.scanDashes()
	case isDayName(w):
	case (p.hasTime || date) && !p.hasZone:
		return p.scanZone(whole)
	default:
		return p.bad()
	}
	return nil
}

// scanDashes reads the rest of Jan-08-1999, where there is one.
func (p *timeParser) scanDashes() error {
	if len(p.s) == 0 || p.s[0] != '-' || p.hasY || p.hasD {
		return nil
	}
	p.s = p.s[1:]
	d, n, ok := p.digits()
	if !ok || n > 2 || len(p.s) == 0 || p.s[0] != '-' {
		return p.bad()
	}
	p.s = p.s[1:]
	y, n, ok := p.digits()
	if !ok || n < 3 {
		return p.bad()
	}
	p.day, p.year, p.hasD, p.hasY = d, y, true, true
	return nil
}

// scanTimeOnly reads what stands behind a T: a time of day in either form.
func (p *timeParser) scanTimeOnly() error {
	v, n, ok := p.digits()
	switch {
	case !ok:
		return p.bad()
	case len(p.s) > 0 && p.s[0] == ':':
		return p.scanClock(v)
	case n == 4 || n == 6:
		return p.scanCompact(v, n)
	}
	return p.bad()
}

// scanZone reads the name of a time zone at the beginning of s.
func (p *timeParser) scanZone(s []byte) error {
	n := 0
	for n < len(s) && (lower(s[n]) >= 'a' && lower(s[n]) <= 'z' || s[n] == '/' || s[n] == '_' ||
		n > 3 && (s[n] == '-' || s[n] == '+' || s[n]-'0' <= 9)) {
		n++
	}
	p.s = s[n:]
	p.hasZone = true
	if n == 1 && lower(s[0]) == 'z' || foldEq(s[:n], "utc") || foldEq(s[:n], "gmt") {
		return nil
	}
	loc, err := Location(string(s[:n]))
	if err != nil {
		if !bytes.ContainsRune(s[:n], '/') {
			return p.bad()
		}
		return sqlerr.New(sqlerr.InvalidParameterValue, `time zone "%s" not recognized`, bytes.ToLower(s[:n]))
	}
	p.zone = loc
	return nil
}
