package expr

import (
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

const templates = "ts, text -> text; tstz, text -> text; interval, text -> text; bigint, text -> text; int, text -> text; decimal, text -> text; " +
	"double, text -> text; real, text -> text"

var timeMakers2 = []function{
	{name: "to_char", sigs: templates, doc: "text of a time, an interval or a number by a template of PostgreSQL",
		example: "to_char(TIMESTAMP '2020-01-02 03:04:05', 'FMDay, DD Mon YYYY HH24:MI') → Thursday, 02 Jan 2020 03:04",
		kernel: func(s *site) (exec.Eval, error) {
			switch s.types[0].Kind {
			case catalog.Timestamp, catalog.TimestampLTZ, catalog.Interval:
				return toCharTime(s)
			}
			return toCharNumber(s)
		}},
	{name: "to_number", sigs: "text, text -> decimal", kernel: toNumber, doc: "number read by a template of PostgreSQL", example: "to_number('12,454.8-', '99G999D9S') → -12454.8"},
	{name: "parse_timestamp", sigs: "text, text -> ts", kernel: parseJava, doc: "text in a Java pattern as TIMESTAMP, NULL if it is not so written (Flink's TO_TIMESTAMP)",
		example: "parse_timestamp('02.01.2020 03:04', 'dd.MM.yyyy HH:mm') → 2020-01-02 03:04:00"},
	{name: "make_timestamptz", sigs: "int, int, int, int, int, double -> tstz; int, int, int, int, int, double, text -> tstz", kernel: strictly(makeTimestampTZ),
		stable: true, doc: "from local year, month, day, hour, minute and second", example: "make_timestamptz(2013, 7, 15, 8, 15, 23.5) → 2013-07-15 08:15:23.5+00"},
	{name: "overlaps", sigs: "ts, ts, ts, ts -> bool; tstz, tstz, tstz, tstz -> bool; time, time, time, time -> bool; date, date, date, date -> bool",
		loose: true, kernel: loosely(overlapsRow), doc: "whether two spans of time have a moment in common",
		example: "(DATE '2001-02-16', DATE '2001-12-21') OVERLAPS (DATE '2001-10-30', DATE '2002-10-30') → t"},
}

func parseJava(s *site) (exec.Eval, error) {
	p := javaOf(s, 1)
	return newCall(s, func(c *call, i int) error {
		f, err := p.get(c.str(1, i), nil)
		if err != nil {
			return err
		}
		t, offset, _, ok := f.parse(c.str(0, i))
		c.out.Int[i], c.null = t-int64(offset)*datum.MicrosPerSecond, !ok
		return nil
	}, true), nil
}

func makeTimestampTZ(c *call, i int) error {
	if err := makeTimestamp(c, i); err != nil {
		return err
	}
	zone := c.env.Timezone
	if len(c.args) == 7 {
		var err error
		if zone, err = location(string(c.str(6, i))); err != nil {
			return err
		}
	}
	c.out.Int[i] = datum.UTCMicros(c.out.Int[i], zone)
	return nil
}

// location finds a zone by its name, or by an offset as POSIX has it: UTC+3 and
// +3 are three hours west of Greenwich.
func location(name string) (*time.Location, error) {
	zone, err := datum.Location(name)
	if err == nil {
		return zone, nil
	}
	k := 0
	for k < len(name) && (name[k]|0x20 >= 'a' && name[k]|0x20 <= 'z') {
		k++
	}
	if rest := name[k:]; rest != "" && (k == 0 || k >= 3) {
		sign := 1
		if rest[0] == '-' || rest[0] == '+' {
			if rest[0] == '-' {
				sign = -1
			}
			rest = rest[1:]
		}
		var parts [3]int
		n, digits := 0, 0
		for ; rest != ""; rest = rest[1:] {
			switch {
			case isDigit(rest[0]) && parts[n] < 1000:
				parts[n] = parts[n]*10 + int(rest[0]-'0')
				digits++
			case rest[0] == ':' && digits > 0 && n < 2:
				n, digits = n+1, 0
			default:
				return nil, err
			}
		}
		if digits > 0 && parts[0] <= 167 && parts[1] < 60 && parts[2] < 60 {
			return time.FixedZone(name, -sign*(parts[0]*3600+parts[1]*60+parts[2])), nil
		}
	}
	return nil, err
}

// overlapsRow compares the spans (a, b) and (c, d), each with its ends in any
// order and one of them perhaps NULL.
func overlapsRow(c *call, i int) error {
	type end struct {
		v    int64
		null bool
	}
	at := func(k int) end { return end{c.int(k, i), c.isNull(k, i)} }
	order := func(a, b end) (end, end, bool) {
		switch {
		case a.null && b.null:
			return a, b, false
		case a.null:
			return b, a, true
		case !b.null && a.v > b.v:
			return b, a, true
		}
		return a, b, true
	}
	s1, e1, ok1 := order(at(0), at(1))
	s2, e2, ok2 := order(at(2), at(3))
	if !ok1 || !ok2 {
		c.null = true
		return nil
	}
	if s1.v > s2.v {
		s1, e1, s2, e2 = s2, e2, s1, e1
	}
	switch {
	case s1.v == s2.v:
		c.out.Bool[i], c.null = true, e1.null || e2.null
	case e1.null:
		c.null = true
	case s2.v < e1.v:
		c.out.Bool[i] = true
	default:
		c.out.Bool[i], c.null = false, e2.null
	}
	return nil
}
