package datum

// ExtractTimestamp gives a field of a timestamp as EXTRACT does: seconds and
// epoch with six fraction digits, milliseconds with three, the others whole. An
// infinite timestamp has infinite years and epoch, and NULL for the fields that
// go round.
func ExtractTimestamp(f Field, micros int64) (d Decimal, null bool, err error) {
	const typ = "timestamp without time zone"
	if f >= Timezone && IsFinite(micros) || f == FieldNone {
		return d, false, errUnsupportedField(f, typ)
	}
	return extract(f, micros, micros, typ)
}

// ExtractTimestampTZ gives a field of an instant by a clock that is offset
// seconds east of Greenwich.
func ExtractTimestampTZ(f Field, micros int64, offset int) (d Decimal, null bool, err error) {
	const typ = "timestamp with time zone"
	if f >= Timezone && IsFinite(micros) {
		switch f {
		case TimezoneHour:
			offset /= 3600
		case TimezoneMinute:
			offset = offset / 60 % 60
		}
		return DecimalFromInt64(int64(offset)), false, nil
	}
	local := micros
	if IsFinite(micros) {
		local += int64(offset) * MicrosPerSecond
	}
	return extract(f, local, micros, typ)
}

// ExtractDate gives a field of a date; it has none below the day.
func ExtractDate(f Field, days int64) (d Decimal, null bool, err error) {
	const typ = "date"
	switch {
	case f < Day || f >= Timezone:
		return d, false, errUnsupportedField(f, typ)
	case !IsFinite(days):
		return extract(f, days, days, typ)
	case f == Epoch:
		return DecimalFromInt64(days * secondsPerDay), false, nil
	case f == Julian:
		return DecimalFromInt64(days + julianEpoch), false, nil
	}
	return dayField(f, days, typ)
}

// extract serves both timestamps: local by the clock, epoch in UTC.
func extract(f Field, local, utc int64, typ string) (d Decimal, null bool, err error) {
	if !IsFinite(local) {
		switch f {
		case Year, Decade, Century, Millennium, ISOYear, Julian, Epoch:
			if local > 0 {
				return DecimalPosInf, false, nil
			}
			return DecimalNegInf, false, nil
		}
		return d, true, nil
	}
	days, inDay := SplitTimestamp(local)
	switch f {
	case Epoch:
		return DecimalFromScaled(utc, 6), false, nil
	case Julian:
		return julian(days, inDay)
	}
	if f < Day {
		return timeField(f, inDay), false, nil
	}
	return dayField(f, days, typ)
}

// julian gives the Julian day with the fraction of the day behind it.
func julian(days, inDay int64) (Decimal, bool, error) {
	whole := DecimalFromInt64(days + julianEpoch)
	frac, err := DecimalFromInt64(inDay).Div(DecimalFromInt64(MicrosPerDay))
	if err != nil {
		return frac, false, err
	}
	sum, err := whole.Add(frac)
	return sum, false, err
}

// timeField gives a field below the day of microseconds since midnight, or of
// the time part of an interval.
func timeField(f Field, inDay int64) Decimal {
	inMinute := inDay % MicrosPerMinute
	switch f {
	case Microseconds:
		return DecimalFromInt64(inMinute)
	case Milliseconds:
		return DecimalFromScaled(inMinute, 3)
	case Second:
		return DecimalFromScaled(inMinute, 6)
	case Minute:
		return DecimalFromInt64(inDay / MicrosPerMinute % 60)
	}
	return DecimalFromInt64(inDay / MicrosPerHour)
}

// dayField gives a field of the calendar.
func dayField(f Field, days int64, typ string) (d Decimal, null bool, err error) {
	v, ok := DayField(f, days)
	if !ok {
		return d, false, errUnsupportedField(f, typ)
	}
	return DecimalFromInt64(v), false, nil
}

// DayField gives a whole calendar field of a day, from Day to Millennium and DOW
// to ISOYear.
func DayField(f Field, days int64) (v int64, ok bool) {
	switch f {
	case DOW:
		return int64(DayOfWeek(days)), true
	case ISODOW:
		return floorMod(days+3, 7) + 1, true
	case Week:
		_, w := ISOWeek(days)
		return int64(w), true
	case ISOYear:
		y, _ := ISOWeek(days)
		if y <= 0 {
			y--
		}
		return int64(y), true
	}
	y, m, d := CivilFromDays(days)
	year := int64(y)
	switch f {
	case Day:
		return int64(d), true
	case Month:
		return int64(m), true
	case Quarter:
		return int64(m-1)/3 + 1, true
	case DOY:
		return days - DateFromCivil(y, 1, 1) + 1, true
	case Year:
		if y <= 0 {
			year--
		}
		return year, true
	case Decade:
		return floorDiv(year, 10), true
	case Century:
		return yearGroup(year, 100), true
	case Millennium:
		return yearGroup(year, 1000), true
	}
	return 0, false
}

// yearGroup counts centuries or millennia, of which there is no zeroth.
func yearGroup(year, length int64) int64 {
	if year > 0 {
		return (year + length - 1) / length
	}
	return -((length - 1 - (year - 1)) / length)
}

// ExtractTime gives a field of a time of day.
func ExtractTime(f Field, micros int64) (Decimal, error) {
	switch {
	case f == Epoch:
		return DecimalFromScaled(micros, 6), nil
	case f == FieldNone || f >= Day:
		return Decimal{}, errUnsupportedField(f, "time without time zone")
	}
	return timeField(f, micros), nil
}

// ExtractInterval gives a field of an interval; the epoch counts 365.25 days a
// year and 30 a month.
func ExtractInterval(f Field, v Interval) (Decimal, error) {
	years := int64(v.Months / monthsPerYear)
	switch f {
	case Microseconds, Milliseconds, Second, Minute, Hour:
		return timeField(f, v.Micros), nil
	case Day:
		return DecimalFromInt64(int64(v.Days)), nil
	case Month:
		return DecimalFromInt64(int64(v.Months % monthsPerYear)), nil
	case Quarter:
		return DecimalFromInt64(int64(v.Months%monthsPerYear)/3 + 1), nil
	case Year:
		return DecimalFromInt64(years), nil
	case Decade:
		return DecimalFromInt64(years / 10), nil
	case Century:
		return DecimalFromInt64(years / 100), nil
	case Millennium:
		return DecimalFromInt64(years / 1000), nil
	case Epoch:
		// 365.25 days are 31557600 s, a whole number.
		secs := years*int64(daysPerYearSQL*secondsPerDay) + int64(v.Months%monthsPerYear)*daysPerMonth*secondsPerDay +
			int64(v.Days)*secondsPerDay
		sum, err := DecimalFromInt64(secs).Round(6)
		if err != nil {
			return sum, err
		}
		return sum.Add(DecimalFromScaled(v.Micros, 6))
	}
	return Decimal{}, errUnsupportedField(f, "interval")
}
