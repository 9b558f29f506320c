package postgres

import (
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// The OIDs of PostgreSQL's types.
const (
	oidBool        = 16
	oidBytea       = 17
	oidChar        = 18 // "char"
	oidName        = 19
	oidInt8        = 20
	oidInt2        = 21
	oidInt4        = 23
	oidText        = 25
	oidJSON        = 114
	oidFloat4      = 700
	oidFloat8      = 701
	oidBpchar      = 1042
	oidVarchar     = 1043
	oidDate        = 1082
	oidTime        = 1083
	oidTimestamp   = 1114
	oidTimestamptz = 1184
	oidInterval    = 1186
	oidTimetz      = 1266
	oidBit         = 1560
	oidNumeric     = 1700
	oidMoney       = 790
	oidJSONB       = 3802
)

// elements are the element types of array types.
var elements = map[uint32]uint32{1000: oidBool, 1001: oidBytea, 1002: oidChar, 1003: oidName, 1005: oidInt2, 1007: oidInt4, 1009: oidText, 1014: oidBpchar,
	1015: oidVarchar, 1016: oidInt8, 1021: oidFloat4, 1022: oidFloat8, 199: oidJSON, 1115: oidTimestamp, 1182: oidDate, 1183: oidTime,
	1185: oidTimestamptz, 1187: oidInterval, 1231: oidNumeric, 3807: oidJSONB}

// Between our epoch, 1970, and PostgreSQL's, 2000.
const (
	epochDays   = 10957
	epochMicros = epochDays * datum.MicrosPerDay
)

// decoder appends a value, which is not NULL, in PostgreSQL's binary form.
type decoder func(c *exec.Column, b []byte) error

// textual are the types whose binary form is their text.
func textual(oid uint32) bool {
	return oid == oidText || oid == oidVarchar || oid == oidBpchar || oid == oidName
}

// decoderOf gives what reads values of a PostgreSQL type into a column of type
// t; nil when their types do not suit.
func decoderOf(t catalog.Type, oid uint32) decoder {
	switch t.Kind {
	case catalog.Boolean:
		return only(oid, decodeBool, oidBool)
	case catalog.SmallInt:
		return integer(oid, oidInt2)
	case catalog.Int:
		return integer(oid, oidInt2, oidInt4)
	case catalog.BigInt:
		return integer(oid, oidInt2, oidInt4, oidInt8)
	case catalog.Real:
		return only(oid, decodeFloat4, oidFloat4)
	case catalog.Double:
		if oid == oidFloat4 {
			return decodeFloat4
		}
		return only(oid, decodeFloat8, oidFloat8)
	case catalog.Decimal:
		return decimalDecoder(t, oid)
	case catalog.Varchar:
		if textual(oid) {
			return textDecoder(t.P)
		}
	case catalog.Bytes:
		return only(oid, bytesDecoder(t.P), oidBytea)
	case catalog.Date:
		return only(oid, decodeDate, oidDate)
	case catalog.Time:
		return only(oid, timeDecoder(t.FracDigits()), oidTime)
	case catalog.Timestamp:
		return only(oid, timestampDecoder(t.FracDigits()), oidTimestamp)
	case catalog.TimestampLTZ:
		return only(oid, timestampDecoder(t.FracDigits()), oidTimestamptz)
	case catalog.Interval:
		return only(oid, decodeInterval, oidInterval)
	case catalog.JSON:
		if oid == oidJSONB {
			return decodeJSONB
		}
		return only(oid, textDecoder(0), oidJSON)
	case catalog.Array:
		if elem := elements[oid]; elem != 0 {
			if d := decoderOf(*t.Elem, elem); d != nil {
				return arrayDecoder(d, elem)
			}
		}
	}
	return nil
}

func only(oid uint32, d decoder, want uint32) decoder {
	if oid != want {
		return nil
	}
	return d
}

func errFormat() error {
	return sqlerr.New(sqlerr.InvalidBinaryRepresent, "incorrect binary data format")
}

func decodeBool(c *exec.Column, b []byte) error {
	if len(b) != 1 {
		return errFormat()
	}
	c.AppendBool(b[0] != 0)
	return nil
}

// int64Of reads an integer of 2, 4 or 8 bytes.
func int64Of(b []byte) (int64, bool) {
	switch len(b) {
	case 2:
		return int64(int16(binary.BigEndian.Uint16(b))), true
	case 4:
		return int64(int32(binary.BigEndian.Uint32(b))), true
	case 8:
		return int64(binary.BigEndian.Uint64(b)), true
	}
	return 0, false
}

var intSizes = map[uint32]int{oidInt2: 2, oidInt4: 4, oidInt8: 8}

func integer(oid uint32, wanted ...uint32) decoder {
	for _, w := range wanted {
		if oid == w {
			size := intSizes[oid]
			return func(c *exec.Column, b []byte) error {
				v, ok := int64Of(b)
				if !ok || len(b) != size {
					return errFormat()
				}
				c.AppendInt(v)
				return nil
			}
		}
	}
	return nil
}

func decodeFloat4(c *exec.Column, b []byte) error {
	if len(b) != 4 {
		return errFormat()
	}
	c.AppendFloat(float64(math.Float32frombits(binary.BigEndian.Uint32(b))))
	return nil
}

func decodeFloat8(c *exec.Column, b []byte) error {
	if len(b) != 8 {
		return errFormat()
	}
	c.AppendFloat(math.Float64frombits(binary.BigEndian.Uint64(b)))
	return nil
}

func decimalDecoder(t catalog.Type, oid uint32) decoder {
	if oid != oidNumeric && intSizes[oid] == 0 {
		return nil
	}
	return func(c *exec.Column, b []byte) (err error) {
		var d datum.Decimal
		if oid == oidNumeric {
			d, err = datum.ParseDecimalBinary(b)
		} else if v, ok := int64Of(b); ok {
			d = datum.DecimalFromInt64(v)
		} else {
			err = errFormat()
		}
		if err == nil && t.P > 0 {
			d, err = d.Rescale(t.P, t.S)
		}
		if err == nil {
			c.AppendDecimal(d)
		}
		return err
	}
}

func textDecoder(limit int) decoder {
	return func(c *exec.Column, b []byte) error {
		if !utf8.Valid(b) {
			return sqlerr.New(sqlerr.BadByteSequence, `invalid byte sequence for encoding "UTF8"`)
		}
		if limit > 0 && len(b) > limit && utf8.RuneCount(b) > limit {
			return sqlerr.New(sqlerr.StringTruncation, "value too long for type character varying(%d)", limit)
		}
		c.AppendBytes(b)
		return nil
	}
}

func bytesDecoder(limit int) decoder {
	return func(c *exec.Column, b []byte) error {
		if limit > 0 && len(b) > limit {
			return sqlerr.New(sqlerr.StringTruncation, "value too long for type BYTES(%d)", limit)
		}
		c.AppendBytes(b)
		return nil
	}
}

func decodeJSONB(c *exec.Column, b []byte) error {
	if len(b) == 0 || b[0] != 1 { // the version of the form
		return errFormat()
	}
	c.AppendBytes(b[1:])
	return nil
}

func decodeDate(c *exec.Column, b []byte) error {
	if len(b) != 4 {
		return errFormat()
	}
	v, _ := int64Of(b)
	switch v {
	case math.MaxInt32:
		v = datum.TimestampInfinity
	case math.MinInt32:
		v = datum.TimestampNegInfinity
	default:
		if v += epochDays; !datum.DateInRange(v) {
			return sqlerr.New(sqlerr.DatetimeOverflow, "date out of range")
		}
	}
	c.AppendInt(v)
	return nil
}

func timeDecoder(digits int) decoder {
	return func(c *exec.Column, b []byte) error {
		v, ok := int64Of(b)
		if !ok || len(b) != 8 || v < 0 || v > datum.MicrosPerDay {
			return errFormat()
		}
		c.AppendInt(datum.RoundMicros(v, digits))
		return nil
	}
}

func timestampDecoder(digits int) decoder {
	return func(c *exec.Column, b []byte) error {
		v, ok := int64Of(b)
		if !ok || len(b) != 8 {
			return errFormat()
		}
		if v != datum.TimestampInfinity && v != datum.TimestampNegInfinity {
			if v > math.MaxInt64-epochMicros || !datum.TimestampInRange(v+epochMicros) {
				return sqlerr.New(sqlerr.DatetimeOverflow, "timestamp out of range")
			}
			v = datum.RoundTimestamp(v+epochMicros, digits)
		}
		c.AppendInt(v)
		return nil
	}
}

func decodeInterval(c *exec.Column, b []byte) error {
	if len(b) != 16 {
		return errFormat()
	}
	c.AppendInterval(datum.Interval{Micros: int64(binary.BigEndian.Uint64(b)), Days: int32(binary.BigEndian.Uint32(b[8:])), Months: int32(binary.BigEndian.Uint32(b[12:]))})
	return nil
}
