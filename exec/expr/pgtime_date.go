package expr

import (
	"time"

	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// nearYear completes a year of less than four digits to the one nearest to 2020.
func nearYear(y int) int {
	switch {
	case y < 70:
		return y + 2000
	case y < 100:
		return y + 1900
	case y < 520:
		return y + 2000
	case y < 1000:
		return y + 1000
	}
	return y
}

func (r *pgReader) errOverflow() error {
	return sqlerr.New(sqlerr.DatetimeOverflow, `date/time field value out of range: "%s"`, clip([]byte(r.in)))
}

// time puts the fields together.
func (r *pgReader) time() (days, inDay int64, err error) {
	if r.daySecond != 0 {
		r.hour, r.minute, r.second = r.daySecond/3600, r.daySecond/60%60, r.daySecond%60
	}
	if r.twelve {
		if r.hour < 1 || r.hour > 12 {
			return 0, 0, sqlerr.New(sqlerr.InvalidDatetimeFormat, `hour "%d" is invalid for the 12-hour clock`, r.hour).
				Hint("Use the 24-hour clock, or give an hour between 1 and 12.")
		}
		if r.hour %= 12; r.pm {
			r.hour += 12
		}
	}
	year, month, day, err := r.date()
	if err != nil {
		return 0, 0, err
	}
	if r.haveMonth && (month < 1 || month > 12) || r.haveDay && (day < 1 || day > 31) ||
		(r.wholeDate || r.haveDay && r.haveMonth && r.haveYear) && day > datum.DaysInMonth(year, month) {
		return 0, 0, r.errOverflow()
	}
	micros := int64(r.millis)*1000 + int64(r.micros)
	if r.hour < 0 || r.hour >= 24 || r.minute < 0 || r.minute >= 60 || r.second < 0 || r.second >= 60 || micros < 0 || micros >= datum.MicrosPerSecond {
		return 0, 0, r.errOverflow()
	}
	if year < -4800 || year > 6000000 {
		return 0, 0, r.errOverflow()
	}
	return datum.DateFromCivil(year, month, day), (int64(r.hour)*60+int64(r.minute))*datum.MicrosPerMinute + int64(r.second)*datum.MicrosPerSecond + micros, nil
}

func (r *pgReader) readYear() int {
	year := 0
	switch {
	case r.year != 0 && r.century != 0 && r.yearSize <= 2:
		if r.bc {
			r.century = -r.century
		}
		year = r.year % 100
		switch {
		case year != 0 && r.century >= 0:
			year += (r.century - 1) * 100
		case year != 0:
			year = (r.century+1)*100 - year + 1
		case r.century >= 0:
			year = r.century * 100
		default:
			year = r.century*100 + 1
		}
	case r.year != 0:
		if year = r.year; r.bc {
			year = -year
		}
		if year < 0 {
			year++
		}
	case r.century != 0:
		if r.bc {
			r.century = -r.century
		}
		if year = r.century*100 + 1; r.century >= 0 {
			year -= 100
		}
	}
	r.haveYear = r.year != 0 || r.century != 0
	return year
}

// date gives year, month and day; those that are not told are 0, 1 and 1.
func (r *pgReader) date() (year, month, day int, err error) {
	year, month, day = r.readYear(), 1, 1
	if r.julian != 0 {
		year, month, day = datum.CivilFromDays(int64(r.julian) - 2440588)
		r.wholeDate = true
	}
	if r.week != 0 && r.iso {
		days := isoWeekStart(year, r.week)
		if r.weekDay != 0 {
			days += int64(r.weekDay+5) % 7
		}
		year, month, day = datum.CivilFromDays(days)
		r.wholeDate = true
	} else if r.week != 0 {
		r.yearDay = (r.week-1)*7 + 1
	}
	if r.monthWeek != 0 {
		r.day = (r.monthWeek-1)*7 + 1
	}
	if r.day != 0 {
		day, r.haveDay = r.day, true
	}
	if r.month != 0 {
		month, r.haveMonth = r.month, true
	}
	if r.yearDay != 0 && (month <= 1 || day <= 1) {
		if year == 0 && !r.bc {
			return 0, 0, 0, sqlerr.New(sqlerr.InvalidDatetimeFormat, "cannot calculate day of year without year information")
		}
		if r.iso {
			year, month, day = datum.CivilFromDays(isoWeekStart(year, 1) + int64(r.yearDay) - 1)
		} else {
			year, month, day, err = r.fromYearDay(year, month, day)
		}
		r.haveMonth, r.haveDay = true, true
	}
	return year, month, day, err
}

func (r *pgReader) fromYearDay(year, month, day int) (int, int, int, error) {
	m, left := 1, r.yearDay
	for ; m < 13 && left > datum.DaysInMonth(year, min(m, 12)); m++ {
		left -= datum.DaysInMonth(year, m)
	}
	if month <= 1 {
		month = m
	}
	if day <= 1 {
		day = left
	}
	if month > 12 {
		return 0, 0, 0, r.errOverflow()
	}
	return year, month, day, nil
}

// isoWeekStart is the Monday of a week.
func isoWeekStart(year, week int) int64 {
	fourth := datum.DateFromCivil(year, 1, 4)
	return fourth - int64(datum.DayOfWeek(fourth)+6)%7 + int64(week-1)*7
}

// instant is the local time of the zone, or of the offset that was read.
func (r *pgReader) instant(days, inDay int64, zone *time.Location) (int64, error) {
	midnight, err := datum.TimestampFromDate(days)
	if err != nil {
		return 0, errTimestampRange()
	}
	t := midnight + inDay
	if r.zoneSign == 0 {
		return datum.UTCMicros(t, zone), nil
	}
	if r.zoneHour < 0 || r.zoneHour > 15 || r.zoneMinute < 0 || r.zoneMinute >= 60 {
		return 0, sqlerr.New(sqlerr.TimeZoneDisplacement, `time zone displacement out of range: "%s"`, clip([]byte(r.in)))
	}
	return t - int64(r.zoneSign)*int64(r.zoneHour*60+r.zoneMinute)*datum.MicrosPerMinute, nil
}
