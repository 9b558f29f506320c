package expr

import "strings"

// pgTokens are the template patterns of to_char for times, the longer of two
// that begin alike first.
var pgTokens = []struct {
	word string
	item timeItem
}{
	{"SSSSS", timeItem{kind: daySecondItem}}, {"SSSS", timeItem{kind: daySecondItem}},
	{"YYYY", timeItem{kind: yearItem, width: 4}}, {"YYY", timeItem{kind: yearItem, width: 3}}, {"YY", timeItem{kind: yearItem, width: 2}},
	{"Y", timeItem{kind: yearItem, width: 1}}, {"IYYY", timeItem{kind: isoYearItem, width: 4}}, {"IYY", timeItem{kind: isoYearItem, width: 3}},
	{"IY", timeItem{kind: isoYearItem, width: 2}}, {"IDDD", timeItem{}}, {"IW", timeItem{kind: isoWeekItem, width: 2}},
	{"ID", timeItem{kind: isoDayItem, width: 1}}, {"I", timeItem{kind: isoYearItem, width: 1}},
	{"MONTH", timeItem{kind: monthNameItem, style: textStyle{padded: true}}}, {"MON", timeItem{kind: monthAbbrItem}},
	{"MM", timeItem{kind: monthItem, width: 2}}, {"MI", timeItem{kind: minuteItem, width: 2}}, {"MS", timeItem{kind: fractionItem, width: 3}},
	{"DAY", timeItem{kind: dayNameItem, style: textStyle{padded: true}}}, {"DY", timeItem{kind: dayAbbrItem}},
	{"DDD", timeItem{kind: yearDayItem, width: 3}}, {"DD", timeItem{kind: dayItem, width: 2}}, {"D", timeItem{kind: weekDayItem, width: 1}},
	{"HH24", timeItem{kind: hourItem, width: 2}}, {"HH12", timeItem{kind: hour12Item, width: 2}}, {"HH", timeItem{kind: hour12Item, width: 2}},
	{"SS", timeItem{kind: secondItem, width: 2}}, {"US", timeItem{kind: fractionItem, width: 6}},
	{"FF1", timeItem{kind: fractionItem, width: 1}}, {"FF2", timeItem{kind: fractionItem, width: 2}}, {"FF3", timeItem{kind: fractionItem, width: 3}},
	{"FF4", timeItem{kind: fractionItem, width: 4}}, {"FF5", timeItem{kind: fractionItem, width: 5}}, {"FF6", timeItem{kind: fractionItem, width: 6}},
	{"AM", timeItem{kind: meridiemItem}}, {"PM", timeItem{kind: meridiemItem}},
	{"Q", timeItem{kind: quarterItem, width: 1}}, {"WW", timeItem{kind: weekItem, width: 2}}, {"J", timeItem{kind: julianItem, width: 1}},
	{"CC", timeItem{kind: centuryItem, width: 2}}, {"OF", timeItem{kind: zoneItem, width: 3, text: ":"}},
	{"TZH", timeItem{}}, {"TZM", timeItem{}}, {"TZ", timeItem{kind: zoneNameItem}},
	{"A.M.", timeItem{}}, {"P.M.", timeItem{}}, {"BC", timeItem{}}, {"AD", timeItem{}}, {"RM", timeItem{}}, {"TM", timeItem{}}, {"W", timeItem{}},
	{"Y,YYY", timeItem{}}, {"TH", timeItem{}},
}

// pgFormat compiles a template of to_char.
func pgFormat(pattern, _ []byte) (timeFormat, error) {
	var f timeFormat
	bare := false // FM: no padding of the next pattern
	for s := string(pattern); s != ""; {
		switch {
		case s[0] == '"':
			n := strings.IndexByte(s[1:], '"')
			if n < 0 {
				n = len(s) - 1
			}
			f, s = append(f, timeItem{text: s[1 : 1+n]}), s[min(n+2, len(s)):]
			continue
		case len(s) > 1 && strings.EqualFold(s[:2], "FM"):
			bare, s = true, s[2:]
			continue
		}
		it, n := pgToken(s)
		if n < 0 {
			return nil, errFormat(pattern, `the pattern "`+s[:-n]+`" is not supported`)
		}
		if bare {
			it.style.padded = false
			if it.kind != fractionItem && it.kind != yearItem {
				it.width = min(it.width, 1)
			}
		}
		bare = bare && it.kind == litItem && n == 0
		if n == 0 {
			it, n = timeItem{text: s[:1]}, 1
		}
		f, s = append(f, it), s[n:]
	}
	return f, nil
}

// pgToken finds the pattern at the beginning of s, its length (negative: of one
// that is not supported), or 0.
func pgToken(s string) (timeItem, int) {
	best, item := 0, timeItem{}
	for _, t := range pgTokens {
		if n := len(t.word); n > best && len(s) >= n && strings.EqualFold(s[:n], t.word) {
			best, item = n, t.item
		}
	}
	if best == 0 {
		return item, 0
	}
	if item.kind == litItem {
		return item, -best
	}
	switch word := s[:best]; item.kind {
	case monthNameItem, monthAbbrItem, dayNameItem, dayAbbrItem, meridiemItem, zoneNameItem:
		item.style.upper = word[1] >= 'A' && word[1] <= 'Z'
		item.style.lower = word[0] >= 'a'
	}
	return item, best
}
