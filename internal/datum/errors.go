package datum

import (
	"unicode/utf8"

	"github.com/penstock/penstock/internal/sqlerr"
)

// maxQuoted bounds how much of a bad value an error repeats.
const maxQuoted = 200

// quoted prepares a bad value for a message: cut to size, valid UTF-8.
func quoted(b []byte) string {
	cut := len(b) > maxQuoted
	if cut {
		b = b[:maxQuoted]
		for len(b) > 0 && !utf8.RuneStart(b[len(b)-1]) {
			b = b[:len(b)-1]
		}
	}
	out := make([]byte, 0, len(b)+3)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		out = utf8.AppendRune(out, r)
		b = b[n:]
	}
	if cut {
		out = append(out, "..."...)
	}
	return string(out)
}

// errSyntax is for the types whose bad input is 22P02.
func errSyntax(typ string, b []byte) error {
	return sqlerr.New(sqlerr.InvalidTextRepresentation, `invalid input syntax for type %s: "%s"`, typ, quoted(b))
}

// errDatetime is for the date and time types, whose bad input is 22007.
func errDatetime(typ string, b []byte) error {
	return sqlerr.New(sqlerr.InvalidDatetimeFormat, `invalid input syntax for type %s: "%s"`, typ, quoted(b))
}

func errField(b []byte) error {
	return sqlerr.New(sqlerr.DatetimeOverflow, `date/time field value out of range: "%s"`, quoted(b))
}

func errRange(typ string, b []byte) error {
	return sqlerr.New(sqlerr.DatetimeOverflow, `%s out of range: "%s"`, typ, quoted(b))
}

func errIntegerRange(typ string, b []byte) error {
	return sqlerr.New(sqlerr.NumericOutOfRange, `value "%s" is out of range for type %s`, quoted(b), typ)
}

func errTimestampRange() error { return sqlerr.New(sqlerr.DatetimeOverflow, "timestamp out of range") }

func errDateRangeForTimestamp() error {
	return sqlerr.New(sqlerr.DatetimeOverflow, "date out of range for timestamp")
}

func errIntervalRange() error { return sqlerr.New(sqlerr.DatetimeOverflow, "interval out of range") }

func errDivisionByZero() error { return sqlerr.New(sqlerr.DivisionByZero, "division by zero") }

func errNumericOverflow() error {
	return sqlerr.New(sqlerr.NumericOutOfRange, "value overflows numeric format").
		WithDetail("A numeric value has at most %d digits.", MaxDigits)
}
