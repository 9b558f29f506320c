package expr

import (
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	calendarOne = "date -> bigint; ts -> bigint; tstz -> bigint"
	clockOne    = "time -> bigint; ts -> bigint; tstz -> bigint"
	extracts    = "text, ts -> decimal; text, tstz -> decimal; text, date -> decimal; text, time -> decimal; text, interval -> decimal"
	dateParts   = "text, ts -> double; text, tstz -> double; text, date -> double; text, time -> double; text, interval -> double"
	formats     = "ts, text -> text; tstz, text -> text"
)

var timeFunctions = []function{
	{name: "extract", sigs: extracts, kernel: strictly(extractRow), doc: "a field of a time", example: "EXTRACT(HOUR FROM TIMESTAMP '2001-02-16 20:38:40') → 20"},
	{name: "date_part", sigs: dateParts, kernel: strictly(extractRow), doc: "a field of a time, as DOUBLE", example: "date_part('hour', TIMESTAMP '2001-02-16 20:38:40') → 20"},
	{name: "date_trunc", sigs: "text, ts -> ts; text, tstz -> tstz; text, interval -> interval; text, tstz, text -> tstz", kernel: strictly(dateTrunc),
		doc: "the beginning of the unit that a time lies in", example: "date_trunc('hour', TIMESTAMP '2001-02-16 20:38:40') → 2001-02-16 20:00:00"},
	{name: "date_bin", sigs: "interval, ts, ts -> ts; interval, tstz, tstz -> tstz", doc: "the beginning of the interval that a time lies in, counted from an origin",
		example: "date_bin('15 minutes', TIMESTAMP '2020-02-11 15:44:17', TIMESTAMP '2001-01-01') → 2020-02-11 15:30:00",
		kernel: strictly(func(c *call, i int) (err error) {
			c.out.Int[i], err = datum.DateBin(c.args[0].Ivl[i], c.int(1, i), c.int(2, i))
			return err
		})},
	{name: "year", sigs: calendarOne, kernel: fieldOf(datum.Year), doc: "year", example: "year(DATE '1994-09-27') → 1994"},
	{name: "quarter", sigs: calendarOne, kernel: fieldOf(datum.Quarter), doc: "quarter, 1 to 4", example: "quarter(DATE '1994-09-27') → 3"},
	{name: "month", sigs: calendarOne, kernel: fieldOf(datum.Month), doc: "month, 1 to 12", example: "month(DATE '1994-09-27') → 9"},
	{name: "week", sigs: calendarOne, kernel: fieldOf(datum.Week), doc: "ISO week, 1 to 53", example: "week(DATE '1994-09-27') → 39"},
	{name: "dayofyear", sigs: calendarOne, kernel: fieldOf(datum.DOY), doc: "day of the year, 1 to 366", example: "dayofyear(DATE '1994-09-27') → 270"},
	{name: "dayofmonth", sigs: calendarOne, kernel: fieldOf(datum.Day), doc: "day of the month", example: "dayofmonth(DATE '1994-09-27') → 27"},
	{name: "day", sigs: calendarOne, kernel: fieldOf(datum.Day), doc: "day of the month", example: "day(DATE '1994-09-27') → 27"},
	{name: "dayofweek", sigs: calendarOne, kernel: fieldOf(datum.DOW), doc: "day of the week, 1 (Sunday) to 7", example: "dayofweek(DATE '1994-09-27') → 3"},
	{name: "hour", sigs: clockOne, kernel: fieldOf(datum.Hour), doc: "hour, 0 to 23", example: "hour(TIMESTAMP '1994-09-27 13:14:15') → 13"},
	{name: "minute", sigs: clockOne, kernel: fieldOf(datum.Minute), doc: "minute, 0 to 59", example: "minute(TIMESTAMP '1994-09-27 13:14:15') → 14"},
	{name: "second", sigs: clockOne, kernel: fieldOf(datum.Second), doc: "second, 0 to 59", example: "second(TIMESTAMP '1994-09-27 13:14:15') → 15"},
	{name: "date_format", sigs: formats, kernel: formatted, doc: "text by a Java pattern", example: "date_format(TIMESTAMP '2020-01-02 03:04:05', 'yyyy/MM/dd HH:mm') → 2020/01/02 03:04"},
	{name: "age", sigs: "ts, ts -> interval; tstz, tstz -> interval; ts -> interval; tstz -> interval", stable: true, kernel: newAge,
		doc: "difference in years, months and days; of one value, from the current date", example: "age(TIMESTAMP '2001-04-10', TIMESTAMP '1957-06-13') → 43 years 9 mons 27 days"},
	{name: "timestampdiff", sigs: "text, ts, ts -> int; text, tstz, tstz -> int; text, date, date -> int", kernel: strictly(timestampDiff),
		doc: "whole units from the first to the second", example: "timestampdiff('hour', TIMESTAMP '2020-01-01 00:00:00', TIMESTAMP '2020-01-01 05:30:00') → 5"},
	{name: "timestampadd", sigs: "text, int, ts -> ts; text, int, tstz -> tstz; text, int, date -> ts", kernel: strictly(timestampAdd),
		doc: "so many units later", example: "timestampadd('week', 1, DATE '2003-01-02') → 2003-01-09 00:00:00"},
	{name: "timezone", sigs: "text, ts -> tstz; text, tstz -> ts; interval, ts -> tstz; interval, tstz -> ts", kernel: strictly(atTimeZone), doc: "AT TIME ZONE: local time of a zone as an instant, or an instant as local time",
		example: "timezone('UTC', TIMESTAMP '2001-02-16 20:38:40') → 2001-02-16 20:38:40+00"},
	{name: "isfinite", sigs: "date -> bool; ts -> bool; tstz -> bool; interval -> bool", doc: "whether a time is not infinity", example: "isfinite(DATE 'infinity') → f",
		kernel: strictly(func(c *call, i int) error {
			c.out.Bool[i] = c.types[0].Kind == catalog.Interval || datum.IsFinite(c.int(0, i))
			return nil
		})},
	{name: "justify_hours", sigs: "interval -> interval", kernel: justified(datum.Interval.JustifyHours), doc: "24 hours as a day", example: "justify_hours(INTERVAL '27 hours') → 1 day 03:00:00"},
	{name: "justify_days", sigs: "interval -> interval", kernel: justified(datum.Interval.JustifyDays), doc: "30 days as a month", example: "justify_days(INTERVAL '35 days') → 1 mon 5 days"},
	{name: "justify_interval", sigs: "interval -> interval", kernel: justified(datum.Interval.Justify), doc: "24 hours as a day, 30 days as a month",
		example: "justify_interval(INTERVAL '1 mon -1 hour') → 29 days 23:00:00"},
}

func errTimestampRange() error {
	return sqlerr.New(sqlerr.DatetimeOverflow, "timestamp out of range")
}

func zoneName(e *Env, micros int64) string {
	if e.Timezone == nil {
		return "UTC"
	}
	name, _ := time.UnixMicro(micros).In(e.Timezone).Zone()
	return name
}

// unit gives the field that argument 0 or another names.
func (c *call) unit(k, i int, typ catalog.Type) (datum.Field, error) {
	name := c.str(k, i)
	if u, ok := c.state.(*unitName); ok && u.name == string(name) {
		return u.field, nil
	}
	f, ok := datum.ParseField(string(name))
	if !ok {
		return 0, datum.ErrUnknownField(string(name), typeName(typ))
	}
	c.state = &unitName{string(name), f}
	return f, nil
}

// unitName is the unit used last.
type unitName struct {
	name  string
	field datum.Field
}

func extractRow(c *call, i int) error {
	t := c.types[1]
	f, err := c.unit(0, i, t)
	if err != nil {
		return err
	}
	var d datum.Decimal
	switch t.Kind {
	case catalog.Date:
		d, c.null, err = datum.ExtractDate(f, c.int(1, i))
	case catalog.Time:
		d, err = datum.ExtractTime(f, c.int(1, i))
	case catalog.Interval:
		d, err = datum.ExtractInterval(f, c.args[1].Ivl[i])
	case catalog.TimestampLTZ:
		_, offset := datum.LocalMicros(c.int(1, i), c.env.Timezone)
		d, c.null, err = datum.ExtractTimestampTZ(f, c.int(1, i), offset)
	default:
		d, c.null, err = datum.ExtractTimestamp(f, c.int(1, i))
	}
	if err != nil {
		c.null = false
		return err
	}
	if c.ret.Kind == catalog.Double {
		c.out.Float[i] = d.ToFloat64()
	} else {
		c.out.Dec[i] = d
	}
	return nil
}

func dateTrunc(c *call, i int) error {
	if len(c.args) == 3 && !datum.IsFinite(c.int(1, i)) {
		c.out.Int[i] = c.int(1, i)
		return nil
	}
	f, err := c.unit(0, i, c.types[1])
	if err != nil {
		return err
	}
	if f >= datum.Epoch && f <= datum.Julian {
		return datum.ErrUnknownField(string(c.str(0, i)), typeName(c.types[1]))
	}
	switch c.types[1].Kind {
	case catalog.Interval:
		c.out.Ivl[i], err = datum.DateTruncInterval(f, c.args[1].Ivl[i])
	case catalog.TimestampLTZ:
		zone := c.env.Timezone
		if len(c.args) == 3 {
			if zone, err = datum.Location(string(c.str(2, i))); err != nil {
				return err
			}
		}
		c.out.Int[i], err = datum.DateTruncIn(f, c.int(1, i), zone)
	default:
		c.out.Int[i], err = datum.DateTrunc(f, c.int(1, i))
	}
	return err
}

// fieldOf is YEAR, HOUR and their like.
func fieldOf(f datum.Field) kernel {
	return func(s *site) (exec.Eval, error) {
		kind := s.types[0].Kind
		return newCall(s, func(c *call, i int) error {
			t := c.int(0, i)
			if !datum.IsFinite(t) {
				c.null = true
				return nil
			}
			var days, inDay int64
			switch kind {
			case catalog.Date:
				days = t
			case catalog.Time:
				inDay = t
			case catalog.TimestampLTZ:
				t, _ = datum.LocalMicros(t, c.env.Timezone)
				fallthrough
			default:
				days, inDay = datum.SplitTimestamp(t)
			}
			switch f {
			case datum.Hour:
				t = inDay / datum.MicrosPerHour
			case datum.Minute:
				t = inDay / datum.MicrosPerMinute % 60
			case datum.Second:
				t = inDay / datum.MicrosPerSecond % 60
			default:
				t, _ = datum.DayField(f, days)
				if f == datum.DOW {
					t++
				}
			}
			c.out.Int[i] = t
			return nil
		}, true), nil
	}
}

// formatted is date_format.
func formatted(s *site) (exec.Eval, error) {
	p := &patterns[timeFormat]{compile: javaFormat, fixed: s.allConst(1)}
	instant := isInstant(s.types[0])
	return newCall(s, func(c *call, i int) error {
		f, err := p.get(c.str(1, i), nil)
		if err != nil {
			return err
		}
		if t := c.int(0, i); datum.IsFinite(t) {
			c.putTime(f, t, instant)
		} else {
			c.null = true
		}
		return nil
	}, true), nil
}

func newAge(s *site) (exec.Eval, error) {
	zone := s.env.Timezone
	if !isInstant(s.types[0]) {
		zone = nil
	}
	today := localDate(s.env, s.env.now()) * datum.MicrosPerDay
	return newCall(s, func(c *call, i int) (err error) {
		a, _ := datum.LocalMicros(c.int(0, i), zone)
		from, to := a, today
		if len(c.args) == 2 {
			from, _ = datum.LocalMicros(c.int(1, i), zone)
			to = a
		}
		c.out.Ivl[i], err = datum.Age(to, from)
		return err
	}, true), nil
}

// monthsOf gives the months and the fixed length of a unit; one of them is 0.
func monthsOf(f datum.Field) (months int, micros int64) {
	switch f {
	case datum.Microseconds:
		return 0, 1
	case datum.Milliseconds:
		return 0, datum.MicrosPerMilli
	case datum.Second:
		return 0, datum.MicrosPerSecond
	case datum.Minute:
		return 0, datum.MicrosPerMinute
	case datum.Hour:
		return 0, datum.MicrosPerHour
	case datum.Day:
		return 0, datum.MicrosPerDay
	case datum.Week:
		return 0, 7 * datum.MicrosPerDay
	case datum.Month:
		return 1, 0
	case datum.Quarter:
		return 3, 0
	case datum.Year:
		return 12, 0
	case datum.Decade:
		return 120, 0
	case datum.Century:
		return 1200, 0
	case datum.Millennium:
		return 12000, 0
	}
	return 0, 0
}

func errUnit(f datum.Field, typ catalog.Type) error {
	return sqlerr.New(sqlerr.FeatureNotSupported, `unit "%s" not supported for type %s`, f, typeName(typ))
}

func timestampDiff(c *call, i int) error {
	f, err := c.unit(0, i, c.types[1])
	if err != nil {
		return err
	}
	a, b := c.int(1, i), c.int(2, i)
	if !datum.IsFinite(a) || !datum.IsFinite(b) {
		c.null = true
		return nil
	}
	if c.types[1].Kind == catalog.Date {
		a, b = a*datum.MicrosPerDay, b*datum.MicrosPerDay
	}
	months, micros := monthsOf(f)
	var v int64
	switch {
	case micros > 0:
		v = (b - a) / micros
	case months > 0:
		v = wholeMonths(a, b) / int64(months)
	default:
		return errUnit(f, c.types[1])
	}
	if !inRange(v, c.ret.Kind) {
		return errIntRange(c.ret.Kind)
	}
	c.out.Int[i] = v
	return nil
}

// wholeMonths counts the months that have passed from a to b.
func wholeMonths(a, b int64) int64 {
	if a > b {
		return -wholeMonths(b, a)
	}
	da, ta := datum.SplitTimestamp(a)
	db, tb := datum.SplitTimestamp(b)
	y1, m1, d1 := datum.CivilFromDays(da)
	y2, m2, d2 := datum.CivilFromDays(db)
	n := int64(y2-y1)*12 + int64(m2-m1)
	if d2 < d1 || d2 == d1 && tb < ta {
		n--
	}
	return n
}

func timestampAdd(c *call, i int) error {
	f, err := c.unit(0, i, c.types[2])
	if err != nil {
		return err
	}
	t, zone := c.int(2, i), c.env.Timezone
	if !isInstant(c.types[2]) {
		zone = nil
	}
	if c.types[2].Kind == catalog.Date {
		if t, err = datum.TimestampFromDate(t); err != nil {
			return err
		}
	}
	c.out.Int[i], err = addUnits(f, c.int(1, i), t, zone, c.types[2])
	return err
}

// addUnits moves a time by n units.
func addUnits(f datum.Field, n, t int64, zone *time.Location, typ catalog.Type) (int64, error) {
	months, micros := monthsOf(f)
	var iv datum.Interval
	switch {
	case months > 0:
		if n *= int64(months); n != int64(int32(n)) {
			return 0, errTimestampRange()
		}
		iv.Months = int32(n)
	case micros >= datum.MicrosPerDay:
		if n *= micros / datum.MicrosPerDay; n != int64(int32(n)) {
			return 0, errTimestampRange()
		}
		iv.Days = int32(n)
	case micros > 0:
		iv.Micros = n * micros // an INT of hours fits
	default:
		return 0, errUnit(f, typ)
	}
	return datum.AddIntervalIn(t, iv, zone)
}

// newTruncTime is FLOOR and CEIL of a time to a unit.
func newTruncTime(s *site, up bool) (exec.Eval, error) {
	zone := s.env.Timezone
	if !isInstant(s.types[0]) {
		zone = nil
	}
	isDate := s.types[0].Kind == catalog.Date
	return newCall(s, func(c *call, i int) error {
		f, err := c.unit(1, i, c.types[0])
		if err != nil {
			return err
		}
		t := c.int(0, i)
		if !datum.IsFinite(t) {
			c.out.Int[i] = t
			return nil
		}
		if isDate {
			if t, err = datum.TimestampFromDate(t); err != nil {
				return err
			}
		}
		v, err := datum.DateTruncIn(f, t, zone)
		if err == nil && up && v < t {
			v, err = addUnits(f, 1, v, zone, c.types[0])
		}
		if isDate {
			v = datum.DateFromTimestamp(v)
		}
		c.out.Int[i] = v
		return err
	}, true), nil
}

// zone gives the zone that the first argument names, or whose offset it is.
func (c *call) zone(i int) (*time.Location, error) {
	if c.types[0].Kind != catalog.Interval {
		return location(string(c.str(0, i)))
	}
	iv := c.args[0].Ivl[i]
	if iv.Months != 0 || iv.Days != 0 {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, `interval time zone "%s" must not include months or days`, datum.AppendInterval(nil, iv))
	}
	return time.FixedZone("", int(iv.Micros/datum.MicrosPerSecond)), nil
}

func atTimeZone(c *call, i int) error {
	if !datum.IsFinite(c.int(1, i)) {
		c.out.Int[i] = c.int(1, i)
		return nil
	}
	zone, err := c.zone(i)
	if err != nil {
		return err
	}
	t := c.int(1, i)
	if isInstant(c.types[1]) {
		t, _ = datum.LocalMicros(t, zone)
	} else {
		t = datum.UTCMicros(t, zone)
	}
	c.out.Int[i] = t
	return nil
}

func justified(fn func(datum.Interval) (datum.Interval, error)) kernel {
	return strictly(func(c *call, i int) (err error) {
		c.out.Ivl[i], err = fn(c.args[0].Ivl[i])
		return err
	})
}
