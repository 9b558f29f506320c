package scalar

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// maxExcerpt bounds how much of a bad value an error repeats.
const maxExcerpt = 200

// Excerpt makes a piece of bad data fit for a message: cut to size, valid UTF-8,
// without control characters.
func Excerpt(b []byte) string {
	cut := len(b) > maxExcerpt
	if cut {
		b = b[:maxExcerpt]
		for range utf8.UTFMax - 1 { // not through a character
			if r, n := utf8.DecodeLastRune(b); r != utf8.RuneError || n != 1 {
				break
			}
			b = b[:len(b)-1]
		}
	}
	s := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(string(b), string(utf8.RuneError)))
	if cut {
		s += "..."
	}
	return s
}

// Name is PostgreSQL's name of a type, as its errors have it.
func Name(t catalog.Type) string {
	switch t.Kind {
	case catalog.Boolean:
		return "boolean"
	case catalog.SmallInt:
		return "smallint"
	case catalog.Int:
		return "integer"
	case catalog.BigInt:
		return "bigint"
	case catalog.Real:
		return "real"
	case catalog.Double:
		return "double precision"
	case catalog.Decimal:
		return "numeric"
	case catalog.Varchar:
		return "text"
	case catalog.Bytes:
		return "bytea"
	case catalog.Date:
		return "date"
	case catalog.Time:
		return "time"
	case catalog.Timestamp:
		return "timestamp"
	case catalog.TimestampLTZ:
		return "timestamp with time zone"
	case catalog.Interval:
		return "interval"
	case catalog.JSON:
		return "json"
	}
	return t.String()
}

// SyntaxError says that found is no value of the type.
func SyntaxError(t catalog.Type, found []byte) *sqlerr.Error {
	code := sqlerr.InvalidTextRepresentation
	switch t.Kind {
	case catalog.Date, catalog.Time, catalog.Timestamp, catalog.TimestampLTZ, catalog.Interval:
		code = sqlerr.InvalidDatetimeFormat
	}
	return sqlerr.New(code, `invalid input syntax for type %s: "%s"`, Name(t), Excerpt(found))
}

// BadBytes spells the first bytes of b that are not UTF-8, or NUL, as
// PostgreSQL does: 0xff 0x61.
func BadBytes(b []byte) string {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == 0 || r == utf8.RuneError && n == 1 {
			var s strings.Builder
			for j := i; j < min(i+sequenceLen(b[i]), len(b)); j++ {
				if j > i {
					s.WriteByte(' ')
				}
				fmt.Fprintf(&s, "0x%02x", b[j])
			}
			return s.String()
		}
		i += n
	}
	return ""
}

// sequenceLen is the length that a first byte of a character announces.
func sequenceLen(c byte) int {
	switch {
	case c >= 0xf0:
		return 4
	case c >= 0xe0:
		return 3
	case c >= 0xc0:
		return 2
	}
	return 1
}

// RowError is a row of a file that cannot be had; the columns are without it,
// and the file can be read on behind it.
type RowError struct{ Err error }

func (e *RowError) Error() string { return e.Err.Error() }

// Unwrap gives the SQL error.
func (e *RowError) Unwrap() error { return e.Err }
