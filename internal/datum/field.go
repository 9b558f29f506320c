package datum

import "github.com/penstock/penstock/internal/sqlerr"

// Field is a part of a date, time or interval, as EXTRACT and date_trunc name
// it.
type Field uint8

// The fields. The first group are also units of date_trunc.
const (
	FieldNone Field = iota
	Microseconds
	Milliseconds
	Second
	Minute
	Hour
	Day
	Week
	Month
	Quarter
	Year
	Decade
	Century
	Millennium
	Epoch
	DOW
	ISODOW
	DOY
	ISOYear
	Julian
	Timezone
	TimezoneHour
	TimezoneMinute
)

var fieldNames = map[string]Field{
	"microsecond": Microseconds, "microseconds": Microseconds, "us": Microseconds, "usec": Microseconds, "usecs": Microseconds,
	"usecond": Microseconds, "useconds": Microseconds, "microsecon": Microseconds,
	"millisecond": Milliseconds, "milliseconds": Milliseconds, "ms": Milliseconds, "msec": Milliseconds, "msecs": Milliseconds,
	"msecond": Milliseconds, "mseconds": Milliseconds, "millisecon": Milliseconds,
	"second": Second, "seconds": Second, "s": Second, "sec": Second, "secs": Second,
	"minute": Minute, "minutes": Minute, "m": Minute, "min": Minute, "mins": Minute,
	"hour": Hour, "hours": Hour, "h": Hour, "hr": Hour, "hrs": Hour,
	"day": Day, "days": Day, "d": Day, "week": Week, "weeks": Week, "w": Week,
	"month": Month, "months": Month, "mon": Month, "mons": Month, "quarter": Quarter, "qtr": Quarter,
	"year": Year, "years": Year, "y": Year, "yr": Year, "yrs": Year,
	"decade": Decade, "decades": Decade, "dec": Decade, "decs": Decade,
	"century": Century, "centuries": Century, "c": Century, "cent": Century,
	"millennium": Millennium, "millennia": Millennium, "mil": Millennium, "mils": Millennium,
	"epoch": Epoch, "dow": DOW, "isodow": ISODOW, "doy": DOY, "isoyear": ISOYear, "julian": Julian, "j": Julian, "jd": Julian,
	"timezone": Timezone, "timezone_hour": TimezoneHour, "timezone_h": TimezoneHour, "timezone_minute": TimezoneMinute,
	"timezone_m": TimezoneMinute,
}

var fieldText = [...]string{"", "microseconds", "milliseconds", "second", "minute", "hour", "day", "week", "month", "quarter",
	"year", "decade", "century", "millennium", "epoch", "dow", "isodow", "doy", "isoyear", "julian", "timezone",
	"timezone_hour", "timezone_minute"}

// String is the usual spelling.
func (f Field) String() string {
	if int(f) < len(fieldText) {
		return fieldText[f]
	}
	return ""
}

// ParseField finds a field by any of its names, in any case.
func ParseField(name string) (Field, bool) {
	var buf [16]byte
	if len(name) > len(buf) {
		return FieldNone, false
	}
	b := buf[:len(name)]
	for i := range b {
		b[i] = lower(name[i])
	}
	f, ok := fieldNames[string(b)]
	return f, ok
}

// ErrUnknownField is the error for a field name that ParseField does not know;
// typ is the type's name as PostgreSQL prints it.
func ErrUnknownField(name, typ string) error {
	return sqlerr.New(sqlerr.InvalidParameterValue, `unit "%s" not recognized for type %s`, quoted([]byte(name)), typ)
}

func errUnsupportedField(f Field, typ string) error {
	return sqlerr.New(sqlerr.FeatureNotSupported, `unit "%s" not supported for type %s`, f, typ)
}
