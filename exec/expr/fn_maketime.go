package expr

import (
	"math"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

var timeMakers = []function{
	{name: "to_timestamp", sigs: "text -> ts; text, text -> tstz; double -> tstz", kernel: newToTimestamp,
		doc:     "a text as TIMESTAMP, NULL if it is none; a text by a template of PostgreSQL, or seconds since 1970, as TIMESTAMP_LTZ",
		example: "to_timestamp('05 Dec 2000', 'DD Mon YYYY') → 2000-12-05 00:00:00+00"},
	{name: "to_timestamp_ltz", sigs: "bigint, int -> tstz; bigint -> tstz", kernel: strictly(toTimestampLTZ), doc: "seconds (precision 0) or milliseconds (3) since 1970",
		example: "to_timestamp_ltz(1577934245000, 3) → 2020-01-02 03:04:05+00"},
	{name: "to_date", sigs: "text -> date; text, text -> date", kernel: newToDate, doc: "a text as DATE, NULL if it is none; a text by a template of PostgreSQL",
		example: "to_date('05 Dec 2000', 'DD Mon YYYY') → 2000-12-05"},
	{name: "make_date", sigs: "int, int, int -> date", kernel: strictly(makeDate), doc: "from year, month and day", example: "make_date(2013, 7, 15) → 2013-07-15"},
	{name: "make_time", sigs: "int, int, double -> time", kernel: strictly(makeTime), doc: "from hour, minute and second", example: "make_time(8, 15, 23.5) → 08:15:23.5"},
	{name: "make_timestamp", sigs: "int, int, int, int, int, double -> ts", kernel: strictly(makeTimestamp), doc: "from year, month, day, hour, minute and second",
		example: "make_timestamp(2013, 7, 15, 8, 15, 23.5) → 2013-07-15 08:15:23.5"},
	{name: "make_interval", sigs: "-> interval; int -> interval; int, int -> interval; int, int, int -> interval; int, int, int, int -> interval; " +
		"int, int, int, int, int -> interval; int, int, int, int, int, int -> interval; int, int, int, int, int, int, double -> interval",
		kernel: strictly(makeInterval), doc: "from years, months, weeks, days, hours, minutes and seconds", example: "make_interval(0, 0, 0, 10) → 10 days"},
}

func newToTimestamp(s *site) (exec.Eval, error) {
	if s.types[0].Kind == catalog.Double {
		return newCall(s, fromSeconds, true), nil
	}
	if len(s.args) == 1 {
		// Whatever a cast takes, for many texts are in ISO form.
		n, err := newCast(s.args[0], s.types[0], s.ret, true, s.pos, s.env)
		return n, err
	}
	return parseTime(s, false)
}

func fromSeconds(c *call, i int) error {
	v := c.args[0].Float[i]
	switch {
	case math.IsNaN(v):
		return sqlerr.New(sqlerr.DatetimeOverflow, "timestamp cannot be NaN")
	case math.IsInf(v, 1):
		c.out.Int[i] = datum.TimestampInfinity
		return nil
	case math.IsInf(v, -1):
		c.out.Int[i] = datum.TimestampNegInfinity
		return nil
	}
	micros := math.RoundToEven(v * 1e6)
	if !(micros >= -(1<<63) && micros < 1<<63) || !datum.TimestampInRange(int64(micros)) {
		return sqlerr.New(sqlerr.DatetimeOverflow, `timestamp out of range: "%s"`, datum.AppendFloat8(nil, v))
	}
	c.out.Int[i] = int64(micros)
	return nil
}

func toTimestampLTZ(c *call, i int) error {
	unit, digits := datum.MicrosPerMilli, int64(3)
	if len(c.args) == 2 {
		digits = c.int(1, i)
	}
	switch digits {
	case 0:
		unit = datum.MicrosPerSecond
	case 3:
	default:
		return sqlerr.New(sqlerr.InvalidParameterValue, "the precision of to_timestamp_ltz must be 0 or 3, not %d", digits)
	}
	t, ok := mulInt(c.int(0, i), unit)
	if !ok || !datum.TimestampInRange(t) {
		return errTimestampRange()
	}
	c.out.Int[i] = t
	return nil
}

func newToDate(s *site) (exec.Eval, error) {
	if len(s.args) == 1 {
		return newCast(s.args[0], s.types[0], s.ret, true, s.pos, s.env)
	}
	return parseTime(s, true)
}

// dateOf makes a date of year, month and day; a negative year is BC.
func dateOf(y, m, d int64) (int64, error) {
	year := int(y)
	if y < 0 {
		year++
	}
	if y == 0 || m < 1 || m > 12 || d < 1 || d > int64(datum.DaysInMonth(year, int(m))) {
		return 0, sqlerr.New(sqlerr.DatetimeOverflow, "date field value out of range: %d-%02d-%02d", y, m, d)
	}
	if y < -4713 || y > 5874897 {
		return 0, sqlerr.New(sqlerr.DatetimeOverflow, "date out of range: %d-%02d-%02d", y, m, d)
	}
	days := datum.DateFromCivil(year, int(m), int(d))
	if !datum.DateInRange(days) {
		return 0, sqlerr.New(sqlerr.DatetimeOverflow, "date out of range: %d-%02d-%02d", y, m, d)
	}
	return days, nil
}

func makeDate(c *call, i int) (err error) {
	c.out.Int[i], err = dateOf(c.int(0, i), c.int(1, i), c.int(2, i))
	return err
}

func timeOf(h, m int64, s float64) (int64, error) {
	t := (h*60+m)*datum.MicrosPerMinute + int64(math.RoundToEven(s*1e6))
	if h < 0 || m < 0 || m > 59 || !(s >= 0) || s > 60 || h > 24 || t > datum.MicrosPerDay {
		return 0, sqlerr.New(sqlerr.DatetimeOverflow, "time field value out of range: %d:%02d:%02g", h, m, s)
	}
	return t, nil
}

func makeTime(c *call, i int) (err error) {
	c.out.Int[i], err = timeOf(c.int(0, i), c.int(1, i), c.args[2].Float[i])
	return err
}

func makeTimestamp(c *call, i int) error {
	days, err := dateOf(c.int(0, i), c.int(1, i), c.int(2, i))
	if err != nil {
		return err
	}
	t, err := timeOf(c.int(3, i), c.int(4, i), c.args[5].Float[i])
	if err != nil {
		return err
	}
	midnight, err := datum.TimestampFromDate(days)
	c.out.Int[i] = midnight + t
	return err
}

func makeInterval(c *call, i int) error {
	at := func(k int) int64 {
		if k < len(c.args) {
			return c.int(k, i)
		}
		return 0
	}
	months := at(0)*12 + at(1)
	days := at(2)*7 + at(3)
	micros := at(4)*datum.MicrosPerHour + at(5)*datum.MicrosPerMinute
	if len(c.args) == 7 {
		s := math.RoundToEven(c.args[6].Float[i] * 1e6)
		if !(s > -1e18 && s < 1e18) {
			return sqlerr.New(sqlerr.DatetimeOverflow, "interval out of range")
		}
		micros += int64(s)
	}
	if months != int64(int32(months)) || days != int64(int32(days)) {
		return sqlerr.New(sqlerr.DatetimeOverflow, "interval out of range")
	}
	c.out.Ivl[i] = datum.Interval{Months: int32(months), Days: int32(days), Micros: micros}
	return nil
}
