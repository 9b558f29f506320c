package scalar

import (
	"encoding/base64"
	"slices"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Reader appends values of one scalar type, given as text, to a column. It is
// used by one goroutine.
type Reader struct {
	kind   catalog.Kind
	typ    catalog.Type
	limit  int // length of VARCHAR(n) and BYTES(n), or 0
	digits int // fraction digits of times
	bits   int // of the integer types
	lo, hi int64
	stamps Timestamps
	last   datum.TimestampParser
	_      [24]byte // to 192: readers of two lanes write no common cache line
}

// NewReader makes a reader of values of a scalar type; ROW, ARRAY and MAP are
// refused.
func NewReader(t catalog.Type, stamps Timestamps) (*Reader, error) {
	r := &Reader{typ: t, kind: t.Kind, stamps: stamps}
	switch t.Kind {
	case catalog.SmallInt:
		r.bits = 16
	case catalog.Int:
		r.bits = 32
	case catalog.BigInt:
		r.bits = 64
	case catalog.Varchar, catalog.Bytes:
		r.limit = t.P
	case catalog.Time, catalog.Timestamp, catalog.TimestampLTZ:
		r.digits = t.FracDigits()
	case catalog.Boolean, catalog.Real, catalog.Double, catalog.Decimal, catalog.Date, catalog.Interval, catalog.JSON:
	default:
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "type %s cannot be read from text", t)
	}
	if r.bits > 0 {
		r.lo, r.hi = -1<<(r.bits-1), 1<<(r.bits-1)-1
	}
	return r, nil
}

// Text appends the value that s spells in PostgreSQL's input syntax for the
// type. s is valid UTF-8; BYTES are base64, JSON is taken unseen.
func (r *Reader) Text(c *exec.Column, s []byte) error {
	switch r.kind {
	case catalog.Varchar:
		if r.limit > 0 && len(s) > r.limit && utf8.RuneCount(s) > r.limit {
			return sqlerr.New(sqlerr.StringTruncation, "value too long for type character varying(%d)", r.limit)
		}
		c.AppendBytes(s)
	case catalog.JSON:
		c.AppendBytes(s)
	case catalog.SmallInt, catalog.Int, catalog.BigInt:
		v, ok := r.digitsOnly(s)
		if !ok {
			var err error
			if v, err = datum.ParseInt64(s, r.bits); err != nil {
				return err
			}
		}
		c.AppendInt(v)
	case catalog.Timestamp:
		if r.quotedEpoch(c, s) {
			return nil
		}
		v, err := r.last.Parse(s)
		if err != nil {
			return err
		}
		c.AppendInt(r.round(v))
	case catalog.Double:
		v, err := datum.ParseFloat8(s)
		if err != nil {
			return err
		}
		c.AppendFloat(v)
	case catalog.Bytes:
		return r.base64(c, s)
	default:
		return r.rare(c, s)
	}
	return nil
}

// rare is Text for the types that need no haste.
func (r *Reader) rare(c *exec.Column, s []byte) error {
	switch r.kind {
	case catalog.Boolean:
		v, err := datum.ParseBool(s)
		if err != nil {
			return err
		}
		c.AppendBool(v)
	case catalog.Real:
		v, err := datum.ParseFloat4(s)
		if err != nil {
			return err
		}
		c.AppendFloat(float64(v))
	case catalog.TimestampLTZ:
		if r.quotedEpoch(c, s) {
			return nil
		}
		v, err := datum.ParseTimestampTZ(s, nil)
		if err != nil {
			return err
		}
		c.AppendInt(r.round(v))
	case catalog.Date:
		v, err := datum.ParseDate(s)
		if err != nil {
			return err
		}
		c.AppendInt(v)
	case catalog.Time:
		v, err := datum.ParseTime(s)
		if err != nil {
			return err
		}
		c.AppendInt(datum.RoundMicros(v, r.digits))
	case catalog.Decimal:
		v, err := datum.ParseDecimal(s)
		if err == nil && r.typ.P > 0 {
			v, err = v.Rescale(r.typ.P, r.typ.S)
		}
		if err != nil {
			return err
		}
		c.AppendDecimal(v)
	case catalog.Interval:
		v, err := datum.ParseInterval(s)
		if err != nil {
			return err
		}
		c.AppendInterval(v)
	}
	return nil
}

// quotedEpoch appends a number written as text, where a setting says that times
// are numbers.
func (r *Reader) quotedEpoch(c *exec.Column, s []byte) bool {
	if r.stamps < EpochSeconds {
		return false
	}
	v, ok := epoch(s, r.stamps)
	if ok {
		c.AppendInt(r.round(v))
	}
	return ok
}

// Number appends the value of a JSON number: for the numeric types the number
// itself, for timestamps a point of time, for VARCHAR and BOOLEAN what its text
// spells.
func (r *Reader) Number(c *exec.Column, s []byte) error {
	switch r.kind {
	case catalog.SmallInt, catalog.Int, catalog.BigInt:
		v, ok := r.digitsOnly(s)
		if !ok {
			var verdict int
			v, verdict = wholeNumber(s)
			switch {
			case verdict == notANumber:
				return r.syntax(s)
			case verdict == tooBig || v < r.lo || v > r.hi:
				return sqlerr.New(sqlerr.NumericOutOfRange, `value "%s" is out of range for type %s`, Excerpt(s), Name(r.typ))
			}
		}
		c.AppendInt(v)
	case catalog.Timestamp, catalog.TimestampLTZ:
		v, ok := epoch(s, r.stamps)
		if !ok {
			return r.epochError(s)
		}
		c.AppendInt(r.round(v))
	case catalog.Date, catalog.Time, catalog.Interval, catalog.Bytes:
		return r.syntax(s)
	default:
		return r.Text(c, s)
	}
	return nil
}

// Bool appends a JSON true or false, for VARCHAR its text.
func (r *Reader) Bool(c *exec.Column, v bool) error {
	s := "false"
	if v {
		s = "true"
	}
	switch r.kind {
	case catalog.Boolean:
		c.AppendBool(v)
	case catalog.Varchar, catalog.JSON:
		return r.Text(c, []byte(s))
	default:
		return r.syntax([]byte(s))
	}
	return nil
}

// round brings a timestamp to the type's precision. Whole milliseconds in a
// TIMESTAMP(3), the usual case, are told without a division.
func (r *Reader) round(v int64) int64 {
	if r.digits == 6 || r.digits == 3 && v%datum.MicrosPerMilli == 0 {
		return v
	}
	return datum.RoundTimestamp(v, r.digits)
}

// digitsOnly reads an integer of at most 18 digits that the type can hold.
func (r *Reader) digitsOnly(s []byte) (v int64, ok bool) {
	i, neg := 0, false
	if len(s) > 0 && s[0] == '-' {
		i, neg = 1, true
	}
	if i == len(s) || len(s)-i > 18 {
		return 0, false
	}
	for _, d := range s[i:] {
		if d -= '0'; d > 9 {
			return 0, false
		}
		v = v*10 + int64(d)
	}
	if neg {
		v = -v
	}
	return v, v >= r.lo && v <= r.hi
}

func (r *Reader) base64(c *exec.Column, s []byte) error {
	n := len(c.Data)
	c.Data = slices.Grow(c.Data, base64.StdEncoding.DecodedLen(len(s)))
	m, err := base64.StdEncoding.Decode(c.Data[n:cap(c.Data)], s)
	if err != nil {
		return sqlerr.New(sqlerr.InvalidTextRepresentation, `invalid base64 text for type bytea: "%s"`, Excerpt(s))
	}
	if r.limit > 0 && m > r.limit {
		return sqlerr.New(sqlerr.StringTruncation, "value too long for type BYTES(%d)", r.limit)
	}
	c.Data = c.Data[:n+m]
	c.EndString()
	return nil
}

// syntax is the error for what is no value of the type.
func (r *Reader) syntax(s []byte) error { return SyntaxError(r.typ, s) }

func (r *Reader) epochError(s []byte) error {
	if r.stamps == SQL || r.stamps == ISO {
		return SyntaxError(r.typ, s).Hint("numbers are read as times under the timestamp formats auto, epoch-seconds, epoch-millis and epoch-micros")
	}
	return sqlerr.New(sqlerr.DatetimeOverflow, `timestamp out of range: "%s"`, Excerpt(s))
}
