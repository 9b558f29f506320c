package expr

import (
	"strings"
	"unicode/utf8"
)

// pgKey is a template pattern of to_char, to_date and to_timestamp for times.
type pgKey uint8

// The patterns.
const (
	pgText pgKey = iota
	pgBlank
	pgSeparator
	pgEraDots // B.C.
	pgEra
	pgHalfDots // A.M.
	pgHalf
	pgCentury
	pgDayName
	pgDayAbbr
	pgYearDay
	pgISOYearDay
	pgMonthDay
	pgWeekDay
	pgISOWeekDay
	pgFraction // FF1 to FF6
	pgFixed    // FX
	pgHour24
	pgHour12
	pgISOWeek
	pgISOYear // of 1 to 4 digits
	pgJulian
	pgMinute
	pgMonth
	pgMonthName
	pgMonthAbbr
	pgMillis
	pgOffset
	pgQuarter
	pgRoman
	pgSecond
	pgDaySecond
	pgZoneHour
	pgZoneMinute
	pgZoneName
	pgMicros
	pgWeek
	pgMonthWeek
	pgYearComma // Y,YYY
	pgYear      // of 1 to 4 digits
)

// letterCase is how a word is written.
type letterCase uint8

const (
	caseUpper letterCase = iota
	caseTitle
	caseLower
)

// pgNode is a piece of a template.
type pgNode struct {
	key     pgKey
	text    string // as written, or a literal character
	n       int    // digits of a year or a fraction
	style   letterCase
	fill    bool // FM
	local   bool // TM
	th      bool
	thUpper bool
}

type pgWord struct {
	word  string
	key   pgKey
	n     int
	digit bool
}

// pgWords are the patterns in capital letters, the longer of two that begin
// alike first. Those of names may be written with one capital letter, too.
var pgWords = []pgWord{
	{"A.D.", pgEraDots, 0, false}, {"A.M.", pgHalfDots, 0, false}, {"AD", pgEra, 0, false}, {"AM", pgHalf, 0, false},
	{"B.C.", pgEraDots, 0, false}, {"BC", pgEra, 0, false}, {"CC", pgCentury, 0, true}, {"DAY", pgDayName, 0, false}, {"DDD", pgYearDay, 0, true},
	{"DD", pgMonthDay, 0, true}, {"DY", pgDayAbbr, 0, false}, {"D", pgWeekDay, 0, true},
	{"FF1", pgFraction, 1, true}, {"FF2", pgFraction, 2, true}, {"FF3", pgFraction, 3, true}, {"FF4", pgFraction, 4, true},
	{"FF5", pgFraction, 5, true}, {"FF6", pgFraction, 6, true}, {"FX", pgFixed, 0, false},
	{"HH24", pgHour24, 0, true}, {"HH12", pgHour12, 0, true}, {"HH", pgHour12, 0, true}, {"IDDD", pgISOYearDay, 0, true}, {"ID", pgISOWeekDay, 0, true},
	{"IW", pgISOWeek, 0, true}, {"IYYY", pgISOYear, 4, true}, {"IYY", pgISOYear, 3, true}, {"IY", pgISOYear, 2, true}, {"I", pgISOYear, 1, true},
	{"J", pgJulian, 0, true}, {"MI", pgMinute, 0, true}, {"MM", pgMonth, 0, true}, {"MONTH", pgMonthName, 0, false}, {"MON", pgMonthAbbr, 0, false},
	{"MS", pgMillis, 0, true}, {"OF", pgOffset, 0, false}, {"P.M.", pgHalfDots, 0, false}, {"PM", pgHalf, 0, false}, {"Q", pgQuarter, 0, true},
	{"RM", pgRoman, 0, false}, {"SSSSS", pgDaySecond, 0, true}, {"SSSS", pgDaySecond, 0, true}, {"SS", pgSecond, 0, true},
	{"TZH", pgZoneHour, 0, false}, {"TZM", pgZoneMinute, 0, true}, {"TZ", pgZoneName, 0, false}, {"US", pgMicros, 0, true},
	{"WW", pgWeek, 0, true}, {"W", pgMonthWeek, 0, true}, {"Y,YYY", pgYearComma, 0, true}, {"YYYY", pgYear, 4, true}, {"YYY", pgYear, 3, true},
	{"YY", pgYear, 2, true}, {"Y", pgYear, 1, true},
}

// pgDigits tells the patterns that begin with a digit.
var pgDigits = func() (m [pgYear + 1]bool) {
	for _, w := range pgWords {
		m[w.key] = w.digit
	}
	return m
}()

// pgTemplate is a compiled template.
type pgTemplate []pgNode

func compilePGTime(pattern, _ []byte) (pgTemplate, error) {
	if len(pattern) > maxTemplate {
		return nil, errTextTooLong()
	}
	var f pgTemplate
	for s := string(pattern); s != ""; {
		var n pgNode
		switch {
		case len(s) > 1 && (s[:2] == "FM" || s[:2] == "fm"):
			n.fill, s = true, s[2:]
		case len(s) > 1 && (s[:2] == "TM" || s[:2] == "tm"):
			n.local, s = true, s[2:]
		}
		if s == "" {
			break
		}
		if w, style, ok := pgWordAt(s); ok {
			n.key, n.n, n.style, n.text = w.key, w.n, style, s[:len(w.word)]
			s = s[len(w.word):]
			if len(s) > 1 && (s[:2] == "TH" || s[:2] == "th") {
				n.th, n.thUpper, s = true, s[0] == 'T', s[2:]
			} else if len(s) > 1 && s[:2] == "SP" {
				s = s[2:]
			}
			f = append(f, n)
			continue
		}
		f, s = pgLiteral(f, s)
	}
	return f, nil
}

func pgWordAt(s string) (w pgWord, style letterCase, ok bool) {
	for _, w := range pgWords {
		if len(s) < len(w.word) {
			continue
		}
		have := s[:len(w.word)]
		switch {
		case have == w.word:
			return w, caseUpper, true
		case have == strings.ToLower(w.word):
			return w, caseLower, true
		case (w.key == pgDayName || w.key == pgDayAbbr || w.key == pgMonthName || w.key == pgMonthAbbr) && have == w.word[:1]+strings.ToLower(w.word[1:]):
			return w, caseTitle, true
		}
	}
	return w, 0, false
}

// isSeparator tells printable ASCII that is no letter or digit.
func isSeparator(ch byte) bool {
	return ch > ' ' && ch < 0x7f && !(ch|0x20 >= 'a' && ch|0x20 <= 'z') && !isDigit(ch)
}

func pgLiteral(f pgTemplate, s string) (pgTemplate, string) {
	if s[0] == '"' {
		s = s[1:]
		for s != "" && s[0] != '"' {
			if s[0] == '\\' && len(s) > 1 {
				s = s[1:]
			}
			_, n := utf8.DecodeRuneInString(s)
			f, s = append(f, pgNode{text: s[:n]}), s[n:]
		}
		return f, strings.TrimPrefix(s, `"`)
	}
	if s[0] == '\\' && len(s) > 1 && s[1] == '"' {
		s = s[1:]
	}
	_, n := utf8.DecodeRuneInString(s)
	node := pgNode{text: s[:n]}
	switch {
	case isSpace(s[0]):
		node.key = pgBlank
	case isSeparator(s[0]):
		node.key = pgSeparator
	}
	return append(f, node), s[n:]
}
