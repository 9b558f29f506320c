package datum

import (
	"errors"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// DateTrunc cuts a timestamp down to the beginning of its second, hour, day,
// week (Monday), month, quarter, year, decade, century or millennium.
func DateTrunc(f Field, micros int64) (int64, error) {
	if f == FieldNone || f > Millennium {
		return 0, errUnsupportedField(f, "timestamp without time zone")
	}
	if !IsFinite(micros) {
		return micros, nil
	}
	if unit := fixedUnit(f); unit > 0 {
		return floorDiv(micros, unit) * unit, nil
	}
	days := floorDiv(micros, MicrosPerDay)
	if f == Week {
		days -= floorMod(days+3, 7)
	} else {
		y, m, _ := CivilFromDays(days)
		y, m = truncYear(f, y, m)
		days = DateFromCivil(y, m, 1)
	}
	t, ok := makeTimestamp(days, 0)
	if !ok {
		return 0, errTimestampRange()
	}
	return t, nil
}

// fixedUnit gives the length of the fields that have always the same.
func fixedUnit(f Field) int64 {
	switch f {
	case Microseconds:
		return 1
	case Milliseconds:
		return MicrosPerMilli
	case Second:
		return MicrosPerSecond
	case Minute:
		return MicrosPerMinute
	case Hour:
		return MicrosPerHour
	case Day:
		return MicrosPerDay
	}
	return 0
}

// truncYear gives the first month of a month or longer field. There is no year
// 0 in the count of centuries: the first began with the year 1.
func truncYear(f Field, y, m int) (year, month int) {
	switch f {
	case Month:
		return y, m
	case Quarter:
		return y, (m-1)/3*3 + 1
	case Decade:
		return int(floorDiv(int64(y), 10) * 10), 1
	case Century:
		return int(floorDiv(int64(y)-1, 100)*100) + 1, 1
	case Millennium:
		return int(floorDiv(int64(y)-1, 1000)*1000) + 1, 1
	}
	return y, 1
}

// DateTruncIn truncates an instant by the clock of a zone.
func DateTruncIn(f Field, micros int64, loc *time.Location) (int64, error) {
	local, offset := LocalMicros(micros, loc)
	t, err := DateTrunc(f, local)
	if err != nil || !IsFinite(t) {
		return t, err
	}
	if f < Day { // within an hour that comes twice the offset is kept
		return t - int64(offset)*MicrosPerSecond, nil
	}
	return UTCMicros(t, loc), nil
}

// DateTruncInterval drops the parts of an interval below a field, towards zero.
func DateTruncInterval(f Field, v Interval) (Interval, error) {
	switch f {
	case Millennium:
		v.Months = v.Months / 12000 * 12000
	case Century:
		v.Months = v.Months / 1200 * 1200
	case Decade:
		v.Months = v.Months / 120 * 120
	case Year:
		v.Months = v.Months / 12 * 12
	case Quarter:
		v.Months = v.Months / 3 * 3
	case Month:
	case Day:
		return Interval{Months: v.Months, Days: v.Days}, nil
	case Hour, Minute, Second, Milliseconds, Microseconds:
		unit := fixedUnit(f)
		v.Micros = v.Micros / unit * unit
		return v, nil
	default:
		err := errUnsupportedField(f, "interval")
		if e, ok := errors.AsType[*sqlerr.Error](err); ok && f == Week {
			return v, e.WithDetail("Months usually have fractional weeks.")
		}
		return v, err
	}
	return Interval{Months: v.Months}, nil
}

// DateBin gives the beginning of the bin of stride's length, counted from
// origin, that a timestamp falls into.
func DateBin(stride Interval, micros, origin int64) (int64, error) {
	if !IsFinite(micros) {
		return micros, nil
	}
	if !IsFinite(origin) {
		return 0, sqlerr.New(sqlerr.DatetimeOverflow, "origin out of range")
	}
	if stride.Months != 0 {
		return 0, sqlerr.New(sqlerr.FeatureNotSupported,
			"timestamps cannot be binned into intervals containing months or years")
	}
	width, ok := stride.FixedMicros()
	if !ok {
		return 0, errIntervalRange()
	}
	if width <= 0 {
		return 0, sqlerr.New(sqlerr.DatetimeOverflow, "stride must be greater than zero")
	}
	diff, ok := subChecked(micros, origin)
	if !ok {
		return 0, errIntervalRange()
	}
	t, ok := addChecked(origin, floorDiv(diff, width)*width)
	if !ok || !TimestampInRange(t) {
		return 0, errTimestampRange()
	}
	return t, nil
}
