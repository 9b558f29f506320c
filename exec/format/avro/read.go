package avro

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"github.com/hamba/avro/v2"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// reader appends values of one Avro type to a column.
type reader struct {
	kind    readKind
	typ     catalog.Type
	wide    bool           // readFloat: of eight bytes
	lo, hi  int64          // of the integer types
	mul     int64          // times in milliseconds: 1000
	digits  int            // of times
	fixed   int            // size of a fixed, or -1 for bytes
	scale   int            // of a decimal
	text    *scalar.Reader // text for a column that is not VARCHAR, and numbers for one that is
	limit   int            // of VARCHAR(n) and BYTES(n)
	symbols [][]byte
	kids    []*reader
	steps   []step
	defs    []preset
	refusal error
	scratch []byte
}

type readKind uint8

const (
	readNull readKind = iota
	readRefused
	readUnion
	readRow
	readArray
	readMap
	readBool
	readInt        // Avro's int and long into the integer types
	readIntFloat   // … into REAL and DOUBLE
	readIntDecimal // … into DECIMAL
	readIntText    // … into VARCHAR
	readDate
	readTime
	readStamp
	readFloat
	readFloatDecimal
	readFloatText
	readBoolText
	readText  // string into VARCHAR: checked to be UTF-8
	readParse // string into another scalar, in its input syntax
	readBytes
	readDecimal
	readDecimalFloat
	readDecimalText
	readEnum
	readDuration
)

// read appends one value. What it has added beneath col when it fails is
// Rollback's to cut off.
func (r *reader) read(col *exec.Column, c *cursor) error {
	switch r.kind {
	case readUnion:
		n, ok := c.long()
		if !ok || n < 0 || n >= int64(len(r.kids)) {
			return errCorrupt("a union has no such branch")
		}
		if k := r.kids[n]; k.kind != readNull {
			return k.read(col, c)
		}
		col.AppendNull()
		return nil
	case readInt:
		v, ok := c.long()
		if !ok {
			return errShort()
		}
		if v < r.lo || v > r.hi {
			return outOfRange(r.typ, v)
		}
		col.AppendInt(v)
		return nil
	case readText:
		return r.string(col, c)
	case readFloat:
		v, ok := r.float(c)
		if !ok {
			return errShort()
		}
		if r.typ.Kind == catalog.Real && r.wide {
			v = float64(float32(v))
		}
		col.AppendFloat(v)
		return nil
	case readBool, readBoolText:
		b, ok := c.fixed(1)
		if !ok {
			return errShort()
		}
		if r.kind == readBoolText {
			return r.text.Bool(col, b[0] != 0)
		}
		col.AppendBool(b[0] != 0)
		return nil
	case readStamp:
		return r.stamp(col, c)
	case readRow:
		return r.row(col, c)
	case readArray, readMap:
		return r.list(col, c)
	}
	return r.rare(col, c)
}

func outOfRange(t catalog.Type, v int64) error {
	return sqlerr.New(sqlerr.NumericOutOfRange, `value "%d" is out of range for type %s`, v, scalar.Name(t))
}

func (r *reader) float(c *cursor) (float64, bool) {
	if r.wide {
		return c.double()
	}
	return c.float()
}

// rare is read for the types that need no haste.
func (r *reader) rare(col *exec.Column, c *cursor) error {
	switch r.kind {
	case readNull:
		col.AppendNull()
		return nil
	case readRefused:
		return r.refusal
	case readIntFloat, readIntDecimal, readIntText, readDate, readTime:
		v, ok := c.long()
		if !ok {
			return errShort()
		}
		return r.integer(col, v)
	case readFloatDecimal, readFloatText:
		v, ok := r.float(c)
		if !ok {
			return errShort()
		}
		r.scratch = appendFloat(r.scratch[:0], v, r.wide)
		return r.text.Text(col, r.scratch)
	case readParse:
		s, ok := c.bytes()
		if !ok {
			return errShort()
		}
		if err := checkText(s); err != nil {
			return err
		}
		return r.text.Text(col, s)
	case readBytes:
		s, ok := r.blob(c)
		if !ok {
			return errShort()
		}
		if r.limit > 0 && len(s) > r.limit {
			return sqlerr.New(sqlerr.StringTruncation, "value too long for type %s", r.typ)
		}
		col.AppendBytes(s)
		return nil
	case readDecimal, readDecimalFloat, readDecimalText:
		return r.decimal(col, c)
	case readEnum:
		n, ok := c.long()
		if !ok || n < 0 || n >= int64(len(r.symbols)) {
			return errCorrupt("an enum has no such symbol")
		}
		return r.text.Text(col, r.symbols[n])
	}
	return r.duration(col, c)
}

func appendFloat(dst []byte, v float64, wide bool) []byte {
	if wide {
		return datum.AppendFloat8(dst, v)
	}
	return datum.AppendFloat4(dst, float32(v))
}

func (r *reader) integer(col *exec.Column, v int64) error {
	switch r.kind {
	case readIntFloat:
		if r.typ.Kind == catalog.Real {
			col.AppendFloat(float64(float32(v)))
		} else {
			col.AppendFloat(float64(v))
		}
	case readIntDecimal:
		d, err := fit(datum.DecimalFromInt64(v), r.typ)
		if err != nil {
			return err
		}
		col.AppendDecimal(d)
	case readDate:
		if !datum.DateInRange(v) {
			return sqlerr.New(sqlerr.DatetimeOverflow, "date out of range: %d days", v)
		}
		col.AppendInt(v)
	case readTime:
		if v < 0 || v > datum.MicrosPerDay/r.mul {
			return sqlerr.New(sqlerr.DatetimeOverflow, "time out of range: %d", v)
		}
		col.AppendInt(datum.RoundMicros(v*r.mul, r.digits))
	default:
		r.scratch = strconv.AppendInt(r.scratch[:0], v, 10)
		return r.text.Text(col, r.scratch)
	}
	return nil
}

// fit brings a decimal to a column's precision and scale.
func fit(d datum.Decimal, t catalog.Type) (datum.Decimal, error) {
	if t.P == 0 {
		return d, nil
	}
	return d.Rescale(t.P, t.S)
}

func (r *reader) stamp(col *exec.Column, c *cursor) error {
	v, ok := c.long()
	if !ok {
		return errShort()
	}
	const far = 1 << 52 // milliseconds further than any timestamp
	if r.mul > 1 && (v > far || v < -far) || !datum.TimestampInRange(v*r.mul) {
		return sqlerr.New(sqlerr.DatetimeOverflow, "timestamp out of range: %d", v)
	}
	if v *= r.mul; r.digits < 6 && !(r.digits == 3 && v%datum.MicrosPerMilli == 0) {
		v = datum.RoundTimestamp(v, r.digits)
	}
	col.AppendInt(v)
	return nil
}

func checkText(s []byte) error {
	if utf8.Valid(s) && bytes.IndexByte(s, 0) < 0 {
		return nil
	}
	return sqlerr.New(sqlerr.BadByteSequence, "invalid byte sequence for encoding \"UTF8\": %s", scalar.BadBytes(s))
}

func (r *reader) blob(c *cursor) ([]byte, bool) {
	if r.fixed >= 0 {
		return c.fixed(r.fixed)
	}
	return c.bytes()
}

func (r *reader) string(col *exec.Column, c *cursor) error {
	s, ok := r.blob(c)
	if !ok {
		return errShort()
	}
	if err := checkText(s); err != nil {
		return err
	}
	if r.limit > 0 && len(s) > r.limit && utf8.RuneCount(s) > r.limit {
		return sqlerr.New(sqlerr.StringTruncation, "value too long for type character varying(%d)", r.limit)
	}
	col.AppendBytes(s)
	return nil
}

func (r *reader) row(col *exec.Column, c *cursor) error {
	if err := run(r.steps, r.defs, col.Kids, c); err != nil {
		return err
	}
	col.EndStruct()
	return nil
}

// run goes through a record's fields.
func run(steps []step, defs []preset, cols []*exec.Column, c *cursor) error {
	for i := range steps {
		s := &steps[i]
		if s.read == nil {
			if !s.skip.skip(c, 0) {
				return scalar.Within("field", s.name, errShort())
			}
			continue
		}
		if err := s.read.read(cols[s.col], c); err != nil {
			return scalar.Within("field", s.name, err)
		}
	}
	for i := range defs {
		d := &defs[i]
		if d.read == nil {
			cols[d.col].AppendNull()
			continue
		}
		if err := d.read.read(cols[d.col], &cursor{b: d.data}); err != nil {
			return err
		}
	}
	return nil
}

// list adds an ARRAY or MAP.
func (r *reader) list(col *exec.Column, c *cursor) error {
	empty := 0
	for {
		n, _, ok := c.block()
		if !ok {
			return errShort()
		}
		if n == 0 {
			break
		}
		for ; n > 0; n-- {
			at := c.i
			for k, kid := range r.kids {
				if err := kid.read(col.Kids[k], c); err != nil {
					return err
				}
			}
			if c.i == at {
				if empty++; empty > maxEmptyItems {
					return errCorrupt("a list has too many empty items")
				}
			}
		}
	}
	col.EndList()
	return nil
}

// primitive sets r up for a type without parts.
func (r *reader) primitive(w avro.Schema, t catalog.Type) error {
	r.digits, r.limit, r.fixed, r.mul = t.FracDigits(), 0, -1, 1
	l := logical(w)
	switch w.Type() {
	case avro.Null:
		r.kind = readNull
		return nil
	case avro.Boolean:
		return r.of(w, t, map[catalog.Kind]readKind{catalog.Boolean: readBool, catalog.Varchar: readBoolText})
	case avro.Int, avro.Long:
		return r.whole(w, l, t)
	case avro.Float, avro.Double:
		r.wide = w.Type() == avro.Double
		return r.of(w, t, map[catalog.Kind]readKind{catalog.Real: readFloat, catalog.Double: readFloat, catalog.Decimal: readFloatDecimal, catalog.Varchar: readFloatText})
	case avro.String:
		return r.asText(t)
	}
	if f, ok := w.(*avro.FixedSchema); ok {
		r.fixed = f.Size()
	}
	switch {
	case l == avro.Decimal:
		r.scale = w.(avro.LogicalTypeSchema).Logical().(*avro.DecimalLogicalSchema).Scale()
		return r.of(w, t, map[catalog.Kind]readKind{catalog.Decimal: readDecimal, catalog.Double: readDecimalFloat, catalog.Real: readDecimalFloat, catalog.Varchar: readDecimalText})
	case l == avro.Duration && r.fixed == 12 && t.Kind == catalog.Interval:
		r.kind = readDuration
		return nil
	}
	r.limit = t.P
	return r.of(w, t, map[catalog.Kind]readKind{catalog.Bytes: readBytes, catalog.Varchar: readText})
}

// whole sets r up for int and long.
func (r *reader) whole(w avro.Schema, l avro.LogicalType, t catalog.Type) error {
	switch l {
	case avro.TimeMillis, avro.TimestampMillis, avro.LocalTimestampMillis:
		r.mul = datum.MicrosPerMilli
	}
	switch l {
	case avro.Date:
		if t.Kind == catalog.Date {
			r.kind = readDate
			return nil
		}
	case avro.TimeMillis, avro.TimeMicros:
		if t.Kind == catalog.Time {
			r.kind = readTime
			return nil
		}
	case avro.TimestampMillis, avro.TimestampMicros, avro.LocalTimestampMillis, avro.LocalTimestampMicros:
		if t.IsTimestamp() {
			r.kind = readStamp
			return nil
		}
	}
	kinds := map[catalog.Kind]readKind{catalog.SmallInt: readInt, catalog.Int: readInt, catalog.BigInt: readInt}
	if l == "" {
		kinds[catalog.Real], kinds[catalog.Double] = readIntFloat, readIntFloat
		kinds[catalog.Decimal], kinds[catalog.Varchar] = readIntDecimal, readIntText
	}
	bits := map[catalog.Kind]int{catalog.SmallInt: 16, catalog.Int: 32, catalog.BigInt: 64}[t.Kind]
	if bits > 0 {
		r.lo, r.hi = -1<<(bits-1), 1<<(bits-1)-1
	}
	return r.of(w, t, kinds)
}

// of picks the kind for t, and gives it a text reader if it may need one.
func (r *reader) of(w avro.Schema, t catalog.Type, kinds map[catalog.Kind]readKind) error {
	var ok bool
	if r.kind, ok = kinds[t.Kind]; !ok {
		return mismatch(w, t)
	}
	if r.kind == readText {
		r.limit = t.P
	}
	var err error
	r.text, err = scalar.NewReader(t, scalar.Auto)
	return err
}

// asText sets r up for text into any scalar.
func (r *reader) asText(t catalog.Type) error {
	r.fixed = -1
	var err error
	if r.text, err = scalar.NewReader(t, scalar.Auto); err != nil {
		return sqlerr.New(sqlerr.DatatypeMismatch, "Avro type string cannot be read as %s", t)
	}
	switch {
	case r.kind == readEnum:
	case t.Kind == catalog.Varchar:
		r.kind, r.limit = readText, t.P
	case t.Kind == catalog.Bytes:
		r.kind, r.limit = readBytes, t.P
	default:
		r.kind = readParse
	}
	return nil
}
