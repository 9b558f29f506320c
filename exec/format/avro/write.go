package avro

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/hamba/avro/v2"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

func appendLong(dst []byte, v int64) []byte {
	return binary.AppendUvarint(dst, uint64(v)<<1^uint64(v>>63))
}

func appendBytes(dst, b []byte) []byte { return append(appendLong(dst, int64(len(b))), b...) }

// writer appends the value of a column in the encoding of a schema.
type writer struct {
	typ     catalog.Type
	kind    writeKind
	null    int64 // the union's branch for NULL, -1 where there is none
	branch  int64 // and that for values, -1 where the schema is no union
	div     int64 // times: microseconds to the schema's unit
	lo, hi  int64
	size    int // of a fixed, or -1
	p, s    int // of a decimal
	symbols []string
	text    *scalar.Writer
	kids    []*writer
	fields  []member
	scratch []byte
}

// member is a field of a record: a column, or the bytes of a value that every
// record has.
type member struct {
	write    *writer
	col      int
	constant []byte
	name     string
}

type writeKind uint8

const (
	writeBool writeKind = iota
	writeInt
	writeFloat
	writeDouble
	writeString // bytes as they stand
	writeText   // the value's text
	writeBlob   // BYTES into bytes or fixed
	writeDecimal
	writeTime
	writeEnum
	writeRow
	writeArray
	writeMap
)

// append writes row i of c.
func (w *writer) append(dst []byte, c *exec.Column, i int) ([]byte, error) {
	if c.IsNull(i) {
		if w.null < 0 {
			return dst, sqlerr.New(sqlerr.NotNullViolation, "NULL cannot be written: the Avro schema has no null here")
		}
		return appendLong(dst, w.null), nil
	}
	if w.branch >= 0 {
		dst = appendLong(dst, w.branch)
	}
	switch w.kind {
	case writeBool:
		if c.Bool[i] {
			return append(dst, 1), nil
		}
		return append(dst, 0), nil
	case writeInt:
		v := c.Int[i]
		if v < w.lo || v > w.hi {
			return dst, outOfRange(catalog.Of(catalog.Int), v)
		}
		return appendLong(dst, v), nil
	case writeTime:
		if w.typ.IsTimestamp() && !datum.IsFinite(c.Int[i]) {
			return dst, sqlerr.New(sqlerr.DatetimeOverflow, "infinity cannot be written as Avro")
		}
		return appendLong(dst, floorDiv(c.Int[i], w.div)), nil
	case writeFloat:
		return binary.LittleEndian.AppendUint32(dst, math.Float32bits(float32(c.Float[i]))), nil
	case writeDouble:
		v := 0.0
		if c.Layout == exec.Ints {
			v = float64(c.Int[i])
		} else {
			v = c.Float[i]
		}
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v)), nil
	case writeString:
		return appendBytes(dst, c.Str(i)), nil
	case writeText:
		w.scratch = w.text.Append(w.scratch[:0], c, i)
		return appendBytes(dst, w.scratch), nil
	case writeBlob:
		return w.blob(dst, c.Str(i))
	case writeDecimal:
		return w.decimal(dst, c.Dec[i])
	case writeEnum:
		n := slices.Index(w.symbols, string(c.Str(i)))
		if n < 0 {
			return dst, sqlerr.New(sqlerr.InvalidTextRepresentation, "invalid input value for enum: \"%s\"", scalar.Excerpt(c.Str(i)))
		}
		return appendLong(dst, int64(n)), nil
	case writeRow:
		return appendFields(dst, w.fields, c.Kids, i)
	}
	return w.list(dst, c, i)
}

func floorDiv(v, by int64) int64 {
	q := v / by
	if v%by < 0 {
		q--
	}
	return q
}

func (w *writer) blob(dst, v []byte) ([]byte, error) {
	if w.size < 0 {
		return appendBytes(dst, v), nil
	}
	if len(v) != w.size {
		return dst, sqlerr.New(sqlerr.StringTruncation, "%d bytes cannot be written as an Avro fixed of %d", len(v), w.size)
	}
	return append(dst, v...), nil
}

func (w *writer) decimal(dst []byte, d datum.Decimal) ([]byte, error) {
	if d.Form != datum.Finite {
		return dst, sqlerr.New(sqlerr.NumericOutOfRange, "%s cannot be written as an Avro decimal", d)
	}
	d, err := d.Rescale(w.p, w.s)
	if err != nil {
		return dst, err
	}
	return appendTwos(dst, d, w.size)
}

func (w *writer) list(dst []byte, c *exec.Column, i int) ([]byte, error) {
	from, to := int(c.Offs[i]), int(c.Offs[i+1])
	if from < to {
		dst = appendLong(dst, int64(to-from))
	}
	for j := from; j < to; j++ {
		for k, kid := range w.kids {
			var err error
			if dst, err = kid.append(dst, c.Kids[k], j); err != nil {
				return dst, err
			}
		}
	}
	return append(dst, 0), nil
}

func appendFields(dst []byte, fields []member, cols []*exec.Column, row int) ([]byte, error) {
	for k := range fields {
		m := &fields[k]
		if m.write == nil {
			dst = append(dst, m.constant...)
			continue
		}
		var err error
		if dst, err = m.write.append(dst, cols[m.col], row); err != nil {
			return dst, scalar.Within("field", m.name, err)
		}
	}
	return dst, nil
}

// newMembers pairs a record schema's fields with columns.
func newMembers(s *avro.RecordSchema, names []string, types []catalog.Type) ([]member, error) {
	var out []member
	used := 0
	for _, f := range s.Fields() {
		i := slices.IndexFunc(names, func(n string) bool { return n == f.Name() || slices.Contains(f.Aliases(), n) })
		m := member{name: f.Name(), col: i}
		var err error
		switch {
		case i >= 0:
			used++
			m.write, err = newWriter(f.Type(), types[i])
		case f.HasDefault():
			m.constant, err = appendDefault(nil, f.Type(), f.Default())
		default:
			err = sqlerr.New(sqlerr.InvalidTableDefinition, "no column gives this field of the Avro schema a value, and it has no default")
		}
		if err != nil {
			return nil, scalar.Within("field", f.Name(), err)
		}
		out = append(out, m)
	}
	if used < len(names) {
		for _, n := range names {
			if !slices.ContainsFunc(out, func(m member) bool { return m.write != nil && names[m.col] == n }) {
				return nil, sqlerr.New(sqlerr.UndefinedColumn, "the Avro schema has no field for column %q", n)
			}
		}
	}
	return out, nil
}

// newWriter makes the writer of a type under a schema.
func newWriter(s avro.Schema, t catalog.Type) (*writer, error) {
	w := &writer{typ: t, null: -1, branch: -1, size: -1, div: 1, lo: math.MinInt64, hi: math.MaxInt64}
	s = deref(s)
	if u, ok := s.(*avro.UnionSchema); ok {
		var first error
		for i, b := range u.Types() {
			if b.Type() == avro.Null {
				w.null = int64(i)
				continue
			}
			if w.branch >= 0 {
				continue
			}
			if err := w.set(deref(b), t); err != nil {
				first = err
				continue
			}
			w.branch = int64(i)
		}
		if w.branch < 0 {
			if first == nil {
				first = mismatchOut(s, t)
			}
			return nil, first
		}
		return w, nil
	}
	return w, w.set(s, t)
}

func mismatchOut(s avro.Schema, t catalog.Type) error {
	return sqlerr.New(sqlerr.DatatypeMismatch, "%s cannot be written as Avro type %s", t, s.Type())
}

// set chooses how values of t stand in schema s, which is no union.
func (w *writer) set(s avro.Schema, t catalog.Type) error {
	l := logical(s)
	k := t.Kind
	switch typ := s.Type(); {
	case typ == avro.Boolean && k == catalog.Boolean:
		w.kind = writeBool
	case typ == avro.Int && (k == catalog.SmallInt || k == catalog.Int || k == catalog.BigInt) && (l == "" || l == avro.Date), typ == avro.Int && k == catalog.Date && l == avro.Date:
		w.kind, w.lo, w.hi = writeInt, math.MinInt32, math.MaxInt32
	case typ == avro.Long && t.IsInteger():
		w.kind = writeInt
	case k == catalog.Time && (l == avro.TimeMillis || l == avro.TimeMicros),
		t.IsTimestamp() && (l == avro.TimestampMillis || l == avro.TimestampMicros || l == avro.LocalTimestampMillis || l == avro.LocalTimestampMicros):
		w.kind = writeTime
		if l == avro.TimeMillis || l == avro.TimestampMillis || l == avro.LocalTimestampMillis {
			w.div = datum.MicrosPerMilli
		}
	case typ == avro.Float && k == catalog.Real:
		w.kind = writeFloat
	case typ == avro.Double && (k == catalog.Real || k == catalog.Double || t.IsInteger()):
		w.kind = writeDouble
	case l == avro.Decimal && k == catalog.Decimal:
		d := s.(avro.LogicalTypeSchema).Logical().(*avro.DecimalLogicalSchema)
		w.kind, w.p, w.s = writeDecimal, d.Precision(), d.Scale()
		w.size = fixedSize(s)
	case typ == avro.String && (k == catalog.Varchar || k == catalog.JSON), typ == avro.Bytes && k == catalog.Varchar:
		w.kind = writeString
	case (typ == avro.Bytes || typ == avro.Fixed) && k == catalog.Bytes:
		w.kind, w.size = writeBlob, fixedSize(s)
	case typ == avro.Enum && k == catalog.Varchar:
		w.kind, w.symbols = writeEnum, s.(*avro.EnumSchema).Symbols()
	case typ == avro.Record && k == catalog.Row, typ == avro.Array && k == catalog.Array, typ == avro.Map && k == catalog.Map:
		return w.nested(s, t)
	case typ == avro.String && k != catalog.Row && k != catalog.Array && k != catalog.Map && k != catalog.Bytes:
		w.kind, w.text = writeText, scalar.NewWriter(t, scalar.SQL)
	default:
		return mismatchOut(s, t)
	}
	return nil
}

func fixedSize(s avro.Schema) int {
	if f, ok := s.(*avro.FixedSchema); ok {
		return f.Size()
	}
	return -1
}

func (w *writer) nested(s avro.Schema, t catalog.Type) error {
	switch s := s.(type) {
	case *avro.RecordSchema:
		names := make([]string, len(t.Fields))
		types := make([]catalog.Type, len(t.Fields))
		for i, f := range t.Fields {
			names[i], types[i] = f.Name, f.Type
		}
		var err error
		w.kind = writeRow
		w.fields, err = newMembers(s, names, types)
		return err
	case *avro.ArraySchema:
		elem, err := newWriter(s.Items(), *t.Elem)
		w.kind, w.kids = writeArray, []*writer{elem}
		return err
	}
	key := &writer{typ: *t.Key, null: -1, branch: -1, size: -1, kind: writeText, text: scalar.NewWriter(*t.Key, scalar.SQL)}
	switch t.Key.Kind {
	case catalog.Row, catalog.Array, catalog.Map:
		return mismatchOut(s, t)
	}
	val, err := newWriter(s.(*avro.MapSchema).Values(), *t.Elem)
	w.kind, w.kids = writeMap, []*writer{key, val}
	return err
}
