package pgcatalog

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// parse reads a value's text as the type's input function does.
func (d *database) parse(s string, t uint32) (any, error) {
	bad := func() error {
		return sqlerr.New(sqlerr.InvalidTextRepresentation, "invalid input syntax for type %s: \"%s\"", formatType(t, -1), s)
	}
	switch t {
	case tBool:
		return datum.ParseBool([]byte(s))
	case tInt2:
		return datum.ParseInt64([]byte(s), 16)
	case tInt4:
		return datum.ParseInt64([]byte(s), 32)
	case tInt8:
		return datum.ParseInt64([]byte(s), 64)
	case tOID, tXID, tCID:
		v, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
		if err != nil || v < math.MinInt32 || v > math.MaxUint32 {
			return nil, bad()
		}
		return int64(uint32(v)), nil
	case tFloat4, tFloat8, tNumeric:
		return datum.ParseFloat8([]byte(s))
	case tRegclass, tRegtype, tRegproc, tRegnspace, tRegrole:
		return d.regParse(s, t)
	case tTimestampTZ:
		return datum.ParseTimestampTZ([]byte(s), time.UTC)
	case tTimestamp:
		return datum.ParseTimestamp([]byte(s))
	case tDate:
		return datum.ParseDate([]byte(s))
	case tChar:
		if s == "" {
			return "", nil
		}
		return s[:1], nil
	case tRecord:
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "input of anonymous composite types is not implemented")
	}
	if classOf(t) == classArray {
		a, err := d.parseArray(s, t)
		if err != nil {
			return nil, err
		}
		return a, nil
	}
	return s, nil
}

// cast converts a value, which may be NULL, between types.
func (d *database) cast(v any, from, to uint32, fields []column) (any, error) {
	if v == nil || from == to {
		return v, nil
	}
	switch x := v.(type) {
	case string:
		if classOf(to) != classText || to == tChar {
			return d.parse(x, to)
		}
		if to == tName && len(x) > 63 {
			return x[:63], nil
		}
		return x, nil
	case int64:
		return d.castInt(x, from, to)
	case float64:
		switch to {
		case tInt2, tInt4, tInt8, tOID:
			return d.castInt(int64(math.RoundToEven(x)), tInt8, to)
		case tFloat4, tFloat8, tNumeric:
			return x, nil
		}
	case bool:
		if to == tInt4 {
			if x {
				return int64(1), nil
			}
			return int64(0), nil
		}
	case *array:
		if classOf(to) == classArray {
			out := &array{lower: 1, elems: make([]any, len(x.elems))}
			for i, e := range x.elems {
				var err error
				if out.elems[i], err = d.cast(e, elementType(from), elementType(to), nil); err != nil {
					return nil, err
				}
			}
			return out, nil
		}
	}
	if classOf(to) == classText {
		if x, ok := v.(bool); ok && to != tChar {
			return strconv.FormatBool(x), nil
		}
		return d.text(v, from, fields), nil
	}
	return nil, sqlerr.New(sqlerr.CannotCoerce, "cannot cast type %s to %s", formatType(from, -1), formatType(to, -1))
}

func (d *database) castInt(x int64, from, to uint32) (any, error) {
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	switch to {
	case tInt2:
		low, high = math.MinInt16, math.MaxInt16
	case tInt4:
		low, high = math.MinInt32, math.MaxInt32
	case tOID, tXID, tCID:
		low, high = math.MinInt32, math.MaxUint32
		if x < 0 && x >= low {
			return int64(uint32(x)), nil
		}
	case tInt8, tRegclass, tRegtype, tRegproc, tRegnspace, tRegrole:
	case tFloat4, tFloat8, tNumeric:
		return float64(x), nil
	case tBool:
		return x != 0, nil
	case tChar:
		return string([]byte{byte(x)}), nil
	default:
		switch {
		case classOf(to) == classText:
			return d.text(x, from, nil), nil
		case classOf(to) == classTime && classOf(from) == classTime:
			return castTime(x, from, to), nil
		}
		return nil, sqlerr.New(sqlerr.CannotCoerce, "cannot cast type %s to %s", formatType(from, -1), formatType(to, -1))
	}
	if x < low || x > high {
		return nil, sqlerr.New(sqlerr.NumericOutOfRange, "%s out of range", formatType(to, -1))
	}
	return x, nil
}

func castTime(x int64, from, to uint32) int64 {
	switch {
	case from == tDate:
		return x * datum.MicrosPerDay
	case to == tDate:
		return datum.DateFromTimestamp(x)
	}
	return x
}
