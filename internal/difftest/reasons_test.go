package difftest

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// reasons are the differences from PostgreSQL that are on purpose, by the name
// that the lines of testdata/expr have.
var reasons = map[string]string{
	"digits":     "DECIMAL holds 38 digits: fraction digits beyond them are rounded away, more before the point are 22003.",
	"last-digit": "Sines, roots, logarithms and the like of DOUBLE may differ in the last of 17 digits: PostgreSQL's are those of the C library.",
	"intervals":  "An INTERVAL that does not fit is 22008; PostgreSQL 15's make_interval wraps around.",
	"wrap":       "The least integer counts as such; PostgreSQL's right() negates it, which wraps around.",
	"encodings":  "Encodings are UTF8, LATIN1 and SQL_ASCII; CONVERT knows no others.",
	"zones":      "Time zones have the names of the tz database, or are offsets; other POSIX forms are refused.",
	"regex":      `Regular expressions are RE2: no look-around, no back references, no \m and \M.`,
	"similar":    "SUBSTRING … SIMILAR … ESCAPE is not there; substring and regexp_substr are.",
	"char":       "CHAR is refused: padding with blanks has no place in streams.",
	"arrays":     "Arrays begin at 1 and compare with =, <> and the like, but have no MIN and MAX.",
	"sets":       "Functions that give sets stand in FROM alone.",
	"ends":       "Timestamps count microseconds from 1970 in 64 bits, which end some months earlier; the ends stand for infinity.",
	"row":        "Rows compare where both sides are written out as ROW(…).",
	"intervalp":  "INTERVAL has no precision of less than six digits: INTERVAL(3) is refused.",
	"json":       "JSON and JSONB are one type, which keeps its text: a scalar casts as its text does.",
	"undecided":  "A literal whose type nothing decides is text.",
	"special":    "'yesterday', 'today', 'tomorrow' and 'now' are no input of dates: a plan would keep the day it was made on.",
	"ascii":      "to_ascii is not there; PostgreSQL has it for LATIN encodings alone.",
	"infinity":   "The difference to infinity is 22008, as that of other values without one.",
}

// rule finds the reason of a difference when answers are recorded.
type rule struct {
	reason string
	holds  func(sql, theirs, ours string) bool
}

func oursIs(code string) func(_, _, ours string) bool {
	return func(_, _, ours string) bool { return ours == code }
}

func named(parts ...string) func(sql, _, _ string) bool {
	return func(sql, _, _ string) bool {
		for _, p := range parts {
			if strings.Contains(sql, p) {
				return true
			}
		}
		return false
	}
}

func both(a, b func(sql, theirs, ours string) bool) func(sql, theirs, ours string) bool {
	return func(sql, theirs, ours string) bool { return a(sql, theirs, ours) && b(sql, theirs, ours) }
}

var plainNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// manyDigits tells a number with more digits than DECIMAL holds.
func manyDigits(_, theirs, _ string) bool {
	return plainNumber.MatchString(theirs) && len(strings.Trim(theirs, "-")) > 38
}

// lastDigit tells numbers that differ by some units of the last of 17 digits.
func lastDigit(_, theirs, ours string) bool {
	a, err1 := strconv.ParseFloat(theirs, 64)
	b, err2 := strconv.ParseFloat(ours, 64)
	return err1 == nil && err2 == nil && math.Abs(a-b) <= 1e-14*math.Abs(a)
}

var rules = []rule{
	{"digits", manyDigits},
	{"last-digit", both(lastDigit, func(sql, _, _ string) bool { return !strings.Contains(sql, "numeric") })},
	{"intervals", both(oursIs("!22008"), named("make_interval"))},
	{"encodings", named("convert(")},
	{"zones", both(oursIs("!22023"), named("date_trunc", "timezone", "AT TIME ZONE", "make_timestamptz"))},
	{"regex", both(oursIs("!2201B"), named("~"))},
	{"similar", named(" similar ")},
	{"char", named("::char(")},
	{"arrays", named("ARRAY[3], ARRAY[2]", "(ARRAY[1,2]), (ARRAY[1])")},
	{"sets", named("SELECT regexp_matches(")},
	{"infinity", both(oursIs("!22008"), named("'infinity'", "'-infinity'"))},
	{"ends", named("294276")},
	{"row", named("ROW(")},
	{"intervalp", named("::interval(3)")},
	{"json", named("::json", "jsonb_build")},
	{"wrap", named("(-2147483648)")},
	{"undecided", both(func(_, theirs, _ string) bool { return theirs == "!42804" }, named("to_json"))},
	{"special", named("'yesterday'")},
	{"ascii", named("to_ascii")},
}

func reasonOf(sql, theirs, ours string) string {
	for _, r := range rules {
		if r.holds(sql, theirs, ours) {
			return r.reason
		}
	}
	return ""
}
