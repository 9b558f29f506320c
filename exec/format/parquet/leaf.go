package parquet

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// meaning is what a file says of a leaf beyond its physical type.
type meaning uint8

const (
	plain meaning = iota
	unsigned
	decimal
	date
	timeOfDay
	timestamp
	uuid
)

// converter copies values of a leaf into a column.
type converter struct {
	typ     catalog.Type
	phys    parquet.Kind
	what    meaning
	scale   int
	nanos   int64 // a unit of time
	digits  int
	lo, hi  int64
	text    *scalar.Reader
	one     func(c *exec.Column, v parquet.Value) error
	scratch []byte
}

// newConverter chooses how values of a leaf become a column's.
func newConverter(t parquet.Type, to catalog.Type) (*converter, error) {
	v := &converter{typ: to, phys: t.Kind(), digits: to.FracDigits()}
	v.describe(t)
	var err error
	if v.text, err = scalar.NewReader(to, scalar.Auto); err != nil {
		return nil, mismatch(t.String(), to)
	}
	if bits := map[catalog.Kind]int{catalog.SmallInt: 16, catalog.Int: 32, catalog.BigInt: 64}[to.Kind]; bits > 0 {
		v.lo, v.hi = -1<<(bits-1), 1<<(bits-1)-1
	}
	switch v.what {
	case decimal:
		v.one = v.decimals()
	case date, timeOfDay, timestamp:
		v.one = v.times()
	case uuid:
		if to.Kind == catalog.Varchar {
			v.one = v.uuids
		}
	default:
		v.one = v.plain()
	}
	if v.one == nil {
		return nil, mismatch(t.String(), to)
	}
	return v, nil
}

func mismatch(from string, to catalog.Type) error {
	return sqlerr.New(sqlerr.DatatypeMismatch, "Parquet type %s cannot be read as %s", from, to)
}

// describe finds the meaning of a leaf's type.
func (v *converter) describe(t parquet.Type) {
	if v.phys == parquet.Int96 {
		v.what = timestamp
		return
	}
	if l := t.LogicalType(); l != nil && l.Value != nil {
		switch x := l.Value.(type) {
		case *format.IntType:
			if !x.IsSigned {
				v.what = unsigned
			}
		case *format.DecimalType:
			v.what, v.scale = decimal, int(x.Scale)
		case *format.DateType:
			v.what = date
		case *format.TimeType:
			v.what, v.nanos = timeOfDay, int64(x.Unit.Value.Duration())
		case *format.TimestampType:
			v.what, v.nanos = timestamp, int64(x.Unit.Value.Duration())
		case *format.UUIDType:
			v.what = uuid
		}
		return
	}
	if c := t.ConvertedType(); c != nil {
		switch *c {
		case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
			v.what = unsigned
		case deprecated.Date:
			v.what = date
		case deprecated.TimeMillis:
			v.what, v.nanos = timeOfDay, 1e6
		case deprecated.TimeMicros:
			v.what, v.nanos = timeOfDay, 1e3
		case deprecated.TimestampMillis:
			v.what, v.nanos = timestamp, 1e6
		case deprecated.TimestampMicros:
			v.what, v.nanos = timestamp, 1e3
		}
	}
}

// whole gives an integer; one beyond BIGINT it does not.
func (v *converter) whole(x parquet.Value) (int64, bool) {
	if v.phys == parquet.Int32 {
		if v.what == unsigned {
			return int64(x.Uint32()), true
		}
		return int64(x.Int32()), true
	}
	n := x.Int64()
	return n, v.what != unsigned || n >= 0
}

// plain takes numbers, booleans, text and bytes.
func (v *converter) plain() func(*exec.Column, parquet.Value) error {
	k := v.typ.Kind
	switch v.phys {
	case parquet.Boolean:
		if k == catalog.Boolean || k == catalog.Varchar {
			return func(c *exec.Column, x parquet.Value) error { return v.text.Bool(c, x.Boolean()) }
		}
	case parquet.Int32, parquet.Int64:
		return v.integers()
	case parquet.Float, parquet.Double:
		get := func(x parquet.Value) float64 { return x.Double() }
		if v.phys == parquet.Float {
			get = func(x parquet.Value) float64 { return float64(x.Float()) }
		}
		return v.floats(get)
	case parquet.ByteArray, parquet.FixedLenByteArray:
		switch k {
		case catalog.Bytes:
			return v.bytes
		default:
			return v.texts
		}
	}
	return nil
}

func (v *converter) integers() func(*exec.Column, parquet.Value) error {
	switch v.typ.Kind {
	case catalog.SmallInt, catalog.Int, catalog.BigInt:
		return func(c *exec.Column, x parquet.Value) error {
			n, ok := v.whole(x)
			if !ok || n < v.lo || n > v.hi {
				return sqlerr.New(sqlerr.NumericOutOfRange, `value "%s" is out of range for type %s`, v.digitsOf(x), scalar.Name(v.typ))
			}
			c.AppendInt(n)
			return nil
		}
	case catalog.Real, catalog.Double:
		return v.floats(func(x parquet.Value) float64 {
			n, ok := v.whole(x)
			if !ok {
				return float64(uint64(n))
			}
			return float64(n)
		})
	case catalog.Decimal, catalog.Varchar:
		return func(c *exec.Column, x parquet.Value) error { return v.text.Text(c, v.digitsOf(x)) }
	}
	return nil
}

// digitsOf gives an integer's text, valid until the next call.
func (v *converter) digitsOf(x parquet.Value) []byte {
	if n, ok := v.whole(x); ok {
		v.scratch = strconv.AppendInt(v.scratch[:0], n, 10)
	} else {
		v.scratch = strconv.AppendUint(v.scratch[:0], uint64(n), 10)
	}
	return v.scratch
}

func (v *converter) floats(get func(parquet.Value) float64) func(*exec.Column, parquet.Value) error {
	switch v.typ.Kind {
	case catalog.Real:
		return func(c *exec.Column, x parquet.Value) error { c.AppendFloat(float64(float32(get(x)))); return nil }
	case catalog.Double:
		return func(c *exec.Column, x parquet.Value) error { c.AppendFloat(get(x)); return nil }
	case catalog.Decimal, catalog.Varchar:
		return func(c *exec.Column, x parquet.Value) error {
			if v.phys == parquet.Float {
				v.scratch = datum.AppendFloat4(v.scratch[:0], x.Float())
			} else {
				v.scratch = datum.AppendFloat8(v.scratch[:0], x.Double())
			}
			return v.text.Text(c, v.scratch)
		}
	}
	return nil
}

func (v *converter) bytes(c *exec.Column, x parquet.Value) error {
	s := x.ByteArray()
	if v.typ.P > 0 && len(s) > v.typ.P {
		return sqlerr.New(sqlerr.StringTruncation, "value too long for type %s", v.typ)
	}
	c.AppendBytes(s)
	return nil
}

// texts takes text for every scalar, in its input syntax.
func (v *converter) texts(c *exec.Column, x parquet.Value) error {
	s := x.ByteArray()
	for _, b := range s {
		if b == 0 || b >= utf8.RuneSelf {
			if bad := scalar.BadBytes(s); bad != "" {
				return sqlerr.New(sqlerr.BadByteSequence, "invalid byte sequence for encoding \"UTF8\": %s", bad)
			}
			break
		}
	}
	return v.text.Text(c, s)
}

func (v *converter) uuids(c *exec.Column, x parquet.Value) error {
	const hex = "0123456789abcdef"
	out := v.scratch[:0]
	for i, b := range x.ByteArray() {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			out = append(out, '-')
		}
		out = append(out, hex[b>>4], hex[b&15])
	}
	v.scratch = out
	return v.text.Text(c, out)
}

func (v *converter) decimals() func(*exec.Column, parquet.Value) error {
	get := func(x parquet.Value) (datum.Decimal, error) {
		var d datum.Decimal
		switch v.phys {
		case parquet.Int32:
			d = datum.DecimalFromInt64(int64(x.Int32()))
		case parquet.Int64:
			d = datum.DecimalFromInt64(x.Int64())
		default:
			b := x.ByteArray()
			if len(b) > 16 {
				return d, sqlerr.New(sqlerr.NumericOutOfRange, "a decimal of more than %d digits", datum.MaxDigits)
			}
			var full [16]byte
			if len(b) > 0 && b[0] >= 0x80 {
				for i := range full {
					full[i] = 0xff
				}
			}
			copy(full[16-len(b):], b)
			d.Hi, d.Lo = int64(binary.BigEndian.Uint64(full[:])), binary.BigEndian.Uint64(full[8:])
		}
		d.Scale = int16(v.scale)
		if v.scale < 0 || v.scale > datum.MaxScale || d.Digits() > datum.MaxDigits {
			return d, sqlerr.New(sqlerr.NumericOutOfRange, "a decimal of more than %d digits", datum.MaxDigits)
		}
		return d, nil
	}
	switch v.typ.Kind {
	case catalog.Decimal:
		return func(c *exec.Column, x parquet.Value) error {
			d, err := get(x)
			if err == nil && v.typ.P > 0 {
				d, err = d.Rescale(v.typ.P, v.typ.S)
			}
			if err != nil {
				return err
			}
			c.AppendDecimal(d)
			return nil
		}
	case catalog.Double, catalog.Varchar:
		return func(c *exec.Column, x parquet.Value) error {
			d, err := get(x)
			if err != nil {
				return err
			}
			v.scratch = datum.AppendDecimal(v.scratch[:0], d)
			return v.text.Text(c, v.scratch)
		}
	}
	return nil
}

// times takes dates, times of day and timestamps.
func (v *converter) times() func(*exec.Column, parquet.Value) error {
	switch {
	case v.what == date && v.typ.Kind == catalog.Date:
		return func(c *exec.Column, x parquet.Value) error {
			n := int64(x.Int32())
			if !datum.DateInRange(n) {
				return sqlerr.New(sqlerr.DatetimeOverflow, "date out of range: %d days", n)
			}
			c.AppendInt(n)
			return nil
		}
	case v.what == timeOfDay && v.typ.Kind == catalog.Time:
		return func(c *exec.Column, x parquet.Value) error {
			raw, _ := v.whole(x)
			n, ok := v.micros(raw)
			if !ok || n < 0 || n > datum.MicrosPerDay {
				return sqlerr.New(sqlerr.DatetimeOverflow, "time out of range: %d", raw)
			}
			c.AppendInt(datum.RoundMicros(n, v.digits))
			return nil
		}
	case v.what == timestamp && v.typ.IsTimestamp():
		return func(c *exec.Column, x parquet.Value) error {
			var n int64
			var ok bool
			if v.phys == parquet.Int96 {
				n, ok = julian(x.Int96())
			} else {
				n, ok = v.micros(x.Int64())
			}
			if !ok || !datum.TimestampInRange(n) {
				return sqlerr.New(sqlerr.DatetimeOverflow, "timestamp out of range: %s", x)
			}
			c.AppendInt(datum.RoundTimestamp(n, v.digits))
			return nil
		}
	case v.typ.Kind == catalog.BigInt && v.phys == parquet.Int64:
		return v.integers() // as it stands
	}
	return nil
}

// julian reads the old timestamps: nanoseconds of a day of the Julian calendar's
// count.
func julian(x deprecated.Int96) (int64, bool) {
	const epoch = 2440588
	nanos := int64(uint64(x[1])<<32 | uint64(x[0]))
	days := int64(x[2]) - epoch
	if nanos < 0 || nanos > 2*datum.MicrosPerDay*1000 || days > 1<<31 {
		return 0, false
	}
	return days*datum.MicrosPerDay + datum.RoundMicros(nanos, 3)/1000, true
}

// micros brings a number of units to microseconds.
func (v *converter) micros(n int64) (int64, bool) {
	if v.nanos <= 1 {
		return datum.RoundMicros(n, 3) / 1000, true
	}
	mul := v.nanos / 1000
	return n * mul, n <= math.MaxInt64/mul && n >= math.MinInt64/mul
}
