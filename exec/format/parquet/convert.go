package parquet

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// converter copies values of an Arrow type into a column.
type converter struct {
	typ     catalog.Type
	text    *scalar.Reader
	one     func(c *exec.Column, a arrow.Array, i int) error
	scratch []byte
}

func mismatch(from arrow.DataType, t catalog.Type) error {
	return sqlerr.New(sqlerr.DatatypeMismatch, "Parquet type %s cannot be read as %s", from, t)
}

// append copies n values.
func (v *converter) append(c *exec.Column, a arrow.Array, from, n int) error {
	for i := from; i < from+n; i++ {
		if a.IsNull(i) {
			c.AppendNull()
			continue
		}
		if err := v.one(c, a, i); err != nil {
			return err
		}
	}
	return nil
}

// newConverter chooses how values of an Arrow type become a column's.
func newConverter(from arrow.DataType, t catalog.Type) (*converter, error) {
	v := &converter{typ: t}
	v.text, _ = scalar.NewReader(t, scalar.Auto) // none for nested types
	switch from := from.(type) {
	case *arrow.NullType:
		v.one = func(c *exec.Column, _ arrow.Array, _ int) error { c.AppendNull(); return nil }
	case *arrow.BooleanType:
		v.one = v.bools()
	case *arrow.Int8Type:
		v.one = v.ints(func(a arrow.Array, i int) int64 { return int64(a.(*array.Int8).Value(i)) })
	case *arrow.Int16Type:
		v.one = v.ints(func(a arrow.Array, i int) int64 { return int64(a.(*array.Int16).Value(i)) })
	case *arrow.Int32Type:
		v.one = v.ints(func(a arrow.Array, i int) int64 { return int64(a.(*array.Int32).Value(i)) })
	case *arrow.Int64Type:
		v.one = v.ints(func(a arrow.Array, i int) int64 { return a.(*array.Int64).Value(i) })
	case *arrow.Uint8Type:
		v.one = v.ints(func(a arrow.Array, i int) int64 { return int64(a.(*array.Uint8).Value(i)) })
	case *arrow.Uint16Type:
		v.one = v.ints(func(a arrow.Array, i int) int64 { return int64(a.(*array.Uint16).Value(i)) })
	case *arrow.Uint32Type:
		v.one = v.ints(func(a arrow.Array, i int) int64 { return int64(a.(*array.Uint32).Value(i)) })
	case *arrow.Uint64Type:
		v.one = v.uint64s()
	case *arrow.Float16Type:
		v.one = v.floats(func(a arrow.Array, i int) float64 { return float64(a.(*array.Float16).Value(i).Float32()) }, false)
	case *arrow.Float32Type:
		v.one = v.floats(func(a arrow.Array, i int) float64 { return float64(a.(*array.Float32).Value(i)) }, false)
	case *arrow.Float64Type:
		v.one = v.floats(func(a arrow.Array, i int) float64 { return a.(*array.Float64).Value(i) }, true)
	case *arrow.StringType:
		v.one = v.texts(func(a arrow.Array, i int) string { return a.(*array.String).Value(i) })
	case *arrow.LargeStringType:
		v.one = v.texts(func(a arrow.Array, i int) string { return a.(*array.LargeString).Value(i) })
	case *arrow.BinaryType:
		v.one = v.blobs(func(a arrow.Array, i int) []byte { return a.(*array.Binary).Value(i) })
	case *arrow.LargeBinaryType:
		v.one = v.blobs(func(a arrow.Array, i int) []byte { return a.(*array.LargeBinary).Value(i) })
	case *arrow.FixedSizeBinaryType:
		v.one = v.blobs(func(a arrow.Array, i int) []byte { return a.(*array.FixedSizeBinary).Value(i) })
	case *arrow.Decimal128Type:
		v.one = v.decimals(int(from.Scale))
	case *arrow.Date32Type, *arrow.Time32Type, *arrow.Time64Type, *arrow.TimestampType:
		v.one = v.times(from)
	default:
		return v, v.nested(from)
	}
	if v.one == nil {
		return nil, mismatch(from, t)
	}
	return v, nil
}

func (v *converter) bools() func(*exec.Column, arrow.Array, int) error {
	switch v.typ.Kind {
	case catalog.Boolean, catalog.Varchar:
		return func(c *exec.Column, a arrow.Array, i int) error { return v.text.Bool(c, a.(*array.Boolean).Value(i)) }
	}
	return nil
}

// ints takes integers for the numbers, and for text.
func (v *converter) ints(get func(arrow.Array, int) int64) func(*exec.Column, arrow.Array, int) error {
	bits := map[catalog.Kind]int{catalog.SmallInt: 16, catalog.Int: 32, catalog.BigInt: 64}[v.typ.Kind]
	switch v.typ.Kind {
	case catalog.SmallInt, catalog.Int, catalog.BigInt:
		lo, hi := int64(-1)<<(bits-1), int64(1)<<(bits-1)-1
		return func(c *exec.Column, a arrow.Array, i int) error {
			n := get(a, i)
			if n < lo || n > hi {
				return sqlerr.New(sqlerr.NumericOutOfRange, `value "%d" is out of range for type %s`, n, scalar.Name(v.typ))
			}
			c.AppendInt(n)
			return nil
		}
	case catalog.Real:
		return func(c *exec.Column, a arrow.Array, i int) error {
			c.AppendFloat(float64(float32(get(a, i))))
			return nil
		}
	case catalog.Double:
		return func(c *exec.Column, a arrow.Array, i int) error { c.AppendFloat(float64(get(a, i))); return nil }
	case catalog.Decimal, catalog.Varchar:
		return func(c *exec.Column, a arrow.Array, i int) error {
			v.scratch = strconv.AppendInt(v.scratch[:0], get(a, i), 10)
			return v.text.Text(c, v.scratch)
		}
	}
	return nil
}

// uint64s is ints for numbers beyond BIGINT.
func (v *converter) uint64s() func(*exec.Column, arrow.Array, int) error {
	whole := v.ints(func(a arrow.Array, i int) int64 { return int64(a.(*array.Uint64).Value(i)) })
	if whole == nil {
		return nil
	}
	return func(c *exec.Column, a arrow.Array, i int) error {
		n := a.(*array.Uint64).Value(i)
		if n <= math.MaxInt64 {
			return whole(c, a, i)
		}
		v.scratch = strconv.AppendUint(v.scratch[:0], n, 10)
		return v.text.Text(c, v.scratch)
	}
}

func (v *converter) floats(get func(arrow.Array, int) float64, wide bool) func(*exec.Column, arrow.Array, int) error {
	switch v.typ.Kind {
	case catalog.Real:
		return func(c *exec.Column, a arrow.Array, i int) error {
			c.AppendFloat(float64(float32(get(a, i))))
			return nil
		}
	case catalog.Double:
		return func(c *exec.Column, a arrow.Array, i int) error { c.AppendFloat(get(a, i)); return nil }
	case catalog.Decimal, catalog.Varchar:
		return func(c *exec.Column, a arrow.Array, i int) error {
			if wide {
				v.scratch = datum.AppendFloat8(v.scratch[:0], get(a, i))
			} else {
				v.scratch = datum.AppendFloat4(v.scratch[:0], float32(get(a, i)))
			}
			return v.text.Text(c, v.scratch)
		}
	}
	return nil
}

func checkText(s []byte) error {
	for _, b := range s {
		if b == 0 || b >= utf8.RuneSelf {
			if bad := scalar.BadBytes(s); bad != "" {
				return sqlerr.New(sqlerr.BadByteSequence, "invalid byte sequence for encoding \"UTF8\": %s", bad)
			}
			break
		}
	}
	return nil
}

// texts takes text for every scalar, in its input syntax.
func (v *converter) texts(get func(arrow.Array, int) string) func(*exec.Column, arrow.Array, int) error {
	if v.text == nil {
		return nil
	}
	return func(c *exec.Column, a arrow.Array, i int) error {
		v.scratch = append(v.scratch[:0], get(a, i)...)
		if v.typ.Kind == catalog.Bytes {
			return v.bytes(c, v.scratch)
		}
		if err := checkText(v.scratch); err != nil {
			return err
		}
		return v.text.Text(c, v.scratch)
	}
}

func (v *converter) bytes(c *exec.Column, s []byte) error {
	if v.typ.P > 0 && len(s) > v.typ.P {
		return sqlerr.New(sqlerr.StringTruncation, "value too long for type %s", v.typ)
	}
	c.AppendBytes(s)
	return nil
}

func (v *converter) blobs(get func(arrow.Array, int) []byte) func(*exec.Column, arrow.Array, int) error {
	switch v.typ.Kind {
	case catalog.Bytes:
		return func(c *exec.Column, a arrow.Array, i int) error { return v.bytes(c, get(a, i)) }
	case catalog.Varchar:
		return func(c *exec.Column, a arrow.Array, i int) error {
			s := get(a, i)
			if err := checkText(s); err != nil {
				return err
			}
			return v.text.Text(c, s)
		}
	}
	return nil
}

func (v *converter) decimals(scale int) func(*exec.Column, arrow.Array, int) error {
	get := func(a arrow.Array, i int) (datum.Decimal, error) {
		n := a.(*array.Decimal128).Value(i)
		d := datum.Decimal{Hi: n.HighBits(), Lo: n.LowBits(), Scale: int16(scale)}
		if scale < 0 || scale > datum.MaxScale || d.Digits() > datum.MaxDigits {
			return d, sqlerr.New(sqlerr.NumericOutOfRange, "a decimal of more than %d digits", datum.MaxDigits)
		}
		return d, nil
	}
	switch v.typ.Kind {
	case catalog.Decimal:
		return func(c *exec.Column, a arrow.Array, i int) error {
			d, err := get(a, i)
			if err == nil && v.typ.P > 0 {
				d, err = d.Rescale(v.typ.P, v.typ.S)
			}
			if err != nil {
				return err
			}
			c.AppendDecimal(d)
			return nil
		}
	case catalog.Double:
		return func(c *exec.Column, a arrow.Array, i int) error {
			d, err := get(a, i)
			if err != nil {
				return err
			}
			c.AppendFloat(d.ToFloat64())
			return nil
		}
	}
	return nil
}

// times takes dates, times of day and timestamps.
func (v *converter) times(from arrow.DataType) func(*exec.Column, arrow.Array, int) error {
	k, digits := v.typ.Kind, v.typ.FracDigits()
	switch from := from.(type) {
	case *arrow.Date32Type:
		if k == catalog.Date {
			return func(c *exec.Column, a arrow.Array, i int) error {
				n := int64(a.(*array.Date32).Value(i))
				if !datum.DateInRange(n) {
					return sqlerr.New(sqlerr.DatetimeOverflow, "date out of range: %d days", n)
				}
				c.AppendInt(n)
				return nil
			}
		}
	case *arrow.Time32Type:
		if k == catalog.Time {
			unit := from.Unit
			return func(c *exec.Column, a arrow.Array, i int) error {
				n, _ := micros(int64(a.(*array.Time32).Value(i)), unit)
				c.AppendInt(datum.RoundMicros(n, digits))
				return nil
			}
		}
	case *arrow.Time64Type:
		if k == catalog.Time {
			unit := from.Unit
			return func(c *exec.Column, a arrow.Array, i int) error {
				n, _ := micros(int64(a.(*array.Time64).Value(i)), unit)
				c.AppendInt(datum.RoundMicros(n, digits))
				return nil
			}
		}
	case *arrow.TimestampType:
		unit := from.Unit
		if v.typ.IsTimestamp() {
			return func(c *exec.Column, a arrow.Array, i int) error {
				raw := int64(a.(*array.Timestamp).Value(i))
				n, ok := micros(raw, unit)
				if !ok || !datum.TimestampInRange(n) {
					return sqlerr.New(sqlerr.DatetimeOverflow, "timestamp out of range: %d", raw)
				}
				c.AppendInt(datum.RoundTimestamp(n, digits))
				return nil
			}
		}
	}
	return nil
}

// micros brings a number of units to microseconds.
func micros(n int64, unit arrow.TimeUnit) (int64, bool) {
	mul := int64(1)
	switch unit {
	case arrow.Second:
		mul = datum.MicrosPerSecond
	case arrow.Millisecond:
		mul = datum.MicrosPerMilli
	case arrow.Nanosecond:
		return datum.RoundMicros(n, 3) / 1000, true
	}
	return n * mul, n <= math.MaxInt64/mul && n >= math.MinInt64/mul
}

// nested takes lists, structs and maps.
func (v *converter) nested(from arrow.DataType) error {
	t := v.typ
	switch from := from.(type) {
	case *arrow.DictionaryType:
		values, err := newConverter(from.ValueType, t)
		if err != nil {
			return err
		}
		v.one = func(c *exec.Column, a arrow.Array, i int) error {
			d := a.(*array.Dictionary)
			return values.append(c, d.Dictionary(), d.GetValueIndex(i), 1)
		}
		return nil
	case *arrow.MapType:
		if t.Kind != catalog.Map {
			return mismatch(from, t)
		}
		key, err := newConverter(from.KeyType(), *t.Key)
		if err != nil {
			return err
		}
		val, err := newConverter(from.ItemType(), *t.Elem)
		if err != nil {
			return err
		}
		v.one = func(c *exec.Column, a arrow.Array, i int) error {
			m := a.(*array.Map)
			s, e := m.ValueOffsets(i)
			if err := key.append(c.Kids[0], m.Keys(), int(s), int(e-s)); err != nil {
				return err
			}
			if err := val.append(c.Kids[1], m.Items(), int(s), int(e-s)); err != nil {
				return err
			}
			c.EndList()
			return nil
		}
		return nil
	case *arrow.StructType:
		if t.Kind != catalog.Row {
			return mismatch(from, t)
		}
		return v.rows(from)
	case arrow.ListLikeType:
		if t.Kind != catalog.Array {
			return mismatch(from, t)
		}
		elem, err := newConverter(from.Elem(), *t.Elem)
		if err != nil {
			return scalar.Within("element", "of the array", err)
		}
		v.one = func(c *exec.Column, a arrow.Array, i int) error {
			l := a.(array.ListLike)
			s, e := l.ValueOffsets(i)
			if err := elem.append(c.Kids[0], l.ListValues(), int(s), int(e-s)); err != nil {
				return err
			}
			c.EndList()
			return nil
		}
		return nil
	}
	return mismatch(from, t)
}

func (v *converter) rows(from *arrow.StructType) error {
	kids := make([]*converter, len(v.typ.Fields))
	at := make([]int, len(kids))
	for i, f := range v.typ.Fields {
		var ok bool
		if at[i], ok = from.FieldIdx(f.Name); !ok {
			continue // NULL
		}
		var err error
		if kids[i], err = newConverter(from.Field(at[i]).Type, f.Type); err != nil {
			return scalar.Within("field", f.Name, err)
		}
	}
	v.one = func(c *exec.Column, a arrow.Array, i int) error {
		s := a.(*array.Struct)
		for k, kid := range kids {
			if kid == nil {
				c.Kids[k].AppendNull()
				continue
			}
			if err := kid.append(c.Kids[k], s.Field(at[k]), i, 1); err != nil {
				return err
			}
		}
		c.EndStruct()
		return nil
	}
	return nil
}
