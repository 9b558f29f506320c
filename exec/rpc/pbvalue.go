package rpc

import (
	"bytes"
	"encoding/json"
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// pbForm is how a value lies in a message.
type pbForm uint8

const (
	pbBool      pbForm = iota
	pbInt              // int32, int64, the number of an enum
	pbUint             // uint32, uint64
	pbZigzag           // sint32, sint64
	pbFixed            // fixed32, fixed64
	pbSfixed           // sfixed32, sfixed64
	pbFloat            // float, of a REAL or DOUBLE
	pbDouble           // double, of a REAL or DOUBLE
	pbIntFloat         // float, of an integer
	pbIntDouble        // double, of an integer
	pbString           // string, of a VARCHAR
	pbBytes            // bytes, of BYTES
	pbText             // string, of another type
	pbEnumName         // enum, of a VARCHAR
	pbTimestamp        // google.protobuf.Timestamp
	pbDuration         // google.protobuf.Duration, of an INTERVAL
	pbMessage          // any message, of JSON
)

// pbLeaf is one scalar of a message and the SQL type it goes with. It is used by
// one goroutine.
type pbLeaf struct {
	form pbForm
	wire protowire.Type
	typ  catalog.Type
	// lo and hi bound integers: those of the field when writing, of the type when
	// reading.
	lo, hi int64
	field  protoreflect.FieldDescriptor
	writer *scalar.Writer
	reader *scalar.Reader
}

// integer ranges by field kind and by type.
func fieldRange(k protoreflect.Kind) (lo, hi int64) {
	switch k {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind, protoreflect.EnumKind:
		return math.MinInt32, math.MaxInt32
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return 0, math.MaxUint32
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return 0, math.MaxInt64
	}
	return math.MinInt64, math.MaxInt64
}

func typeRange(k catalog.Kind) (lo, hi int64) {
	switch k {
	case catalog.SmallInt:
		return math.MinInt16, math.MaxInt16
	case catalog.Int:
		return math.MinInt32, math.MaxInt32
	}
	return math.MinInt64, math.MaxInt64
}

// newLeaf matches a type with a field, whose label (repeated or not) is the
// caller's affair.
func newLeaf(t catalog.Type, fd protoreflect.FieldDescriptor, write bool) (*pbLeaf, error) {
	l := &pbLeaf{typ: t, field: fd}
	var ok bool
	if l.form, l.wire, ok = formOf(t, fd, write); !ok {
		return nil, sqlerr.New(sqlerr.DatatypeMismatch, "type %s does not go with field %s, a %s", t, fd.FullName(), kindName(fd)).
			Hint("%s", kindHint(fd))
	}
	if write {
		l.lo, l.hi = fieldRange(fd.Kind())
	} else {
		l.lo, l.hi = typeRange(t.Kind)
	}
	if t.Kind == catalog.BigInt || t.IsInteger() || write {
		l.writer = scalar.NewWriter(t, scalar.ISO)
	}
	if !write {
		var err error
		if l.reader, err = scalar.NewReader(t, scalar.Auto); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func formOf(t catalog.Type, fd protoreflect.FieldDescriptor, write bool) (pbForm, protowire.Type, bool) {
	float := t.Kind == catalog.Real || t.Kind == catalog.Double
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return pbBool, protowire.VarintType, t.Kind == catalog.Boolean
	case protoreflect.Int32Kind, protoreflect.Int64Kind:
		return pbInt, protowire.VarintType, t.IsInteger()
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind:
		return pbUint, protowire.VarintType, t.IsInteger()
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		return pbZigzag, protowire.VarintType, t.IsInteger()
	case protoreflect.Fixed32Kind:
		return pbFixed, protowire.Fixed32Type, t.IsInteger()
	case protoreflect.Fixed64Kind:
		return pbFixed, protowire.Fixed64Type, t.IsInteger()
	case protoreflect.Sfixed32Kind:
		return pbSfixed, protowire.Fixed32Type, t.IsInteger()
	case protoreflect.Sfixed64Kind:
		return pbSfixed, protowire.Fixed64Type, t.IsInteger()
	case protoreflect.FloatKind:
		if t.IsInteger() {
			return pbIntFloat, protowire.Fixed32Type, write
		}
		return pbFloat, protowire.Fixed32Type, float
	case protoreflect.DoubleKind:
		if t.IsInteger() {
			return pbIntDouble, protowire.Fixed64Type, write
		}
		return pbDouble, protowire.Fixed64Type, float
	case protoreflect.EnumKind:
		if t.Kind == catalog.Varchar {
			return pbEnumName, protowire.VarintType, true
		}
		return pbInt, protowire.VarintType, t.IsInteger()
	case protoreflect.StringKind:
		switch t.Kind {
		case catalog.Varchar:
			return pbString, protowire.BytesType, true
		case catalog.Bytes, catalog.Array, catalog.Row, catalog.Map:
			return 0, 0, false
		}
		return pbText, protowire.BytesType, true
	case protoreflect.BytesKind:
		return pbBytes, protowire.BytesType, t.Kind == catalog.Bytes
	case protoreflect.MessageKind:
		switch name := fd.Message().FullName(); {
		case name == "google.protobuf.Timestamp" && t.IsTimestamp():
			return pbTimestamp, protowire.BytesType, true
		case name == "google.protobuf.Duration" && t.Kind == catalog.Interval:
			return pbDuration, protowire.BytesType, true
		}
		return pbMessage, protowire.BytesType, t.Kind == catalog.JSON
	}
	return 0, 0, false
}

func kindName(fd protoreflect.FieldDescriptor) string {
	if fd.Kind() == protoreflect.MessageKind {
		return string(fd.Message().FullName())
	}
	return fd.Kind().String()
}

func kindHint(fd protoreflect.FieldDescriptor) string {
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return "a bool is a BOOLEAN"
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return "float and double are REAL or DOUBLE"
	case protoreflect.StringKind:
		return "a string is a VARCHAR, or the text of a DECIMAL, time, number or JSON"
	case protoreflect.BytesKind:
		return "bytes are BYTES"
	case protoreflect.EnumKind:
		return "an enum is a VARCHAR (its name) or an integer (its number)"
	case protoreflect.MessageKind:
		return "a message is JSON, a google.protobuf.Timestamp a TIMESTAMP, a google.protobuf.Duration an INTERVAL; write the path of a field within others"
	}
	return "it is a SMALLINT, INT or BIGINT"
}

// append adds the value of row i, without the field's tag but with the length of
// what needs one.
func (l *pbLeaf) append(dst []byte, c *exec.Column, i int) ([]byte, error) {
	switch l.form {
	case pbBool:
		return protowire.AppendVarint(dst, protowire.EncodeBool(c.Bool[i])), nil
	case pbInt, pbUint, pbZigzag, pbFixed, pbSfixed:
		return l.appendInt(dst, c.Int[i])
	case pbFloat:
		return protowire.AppendFixed32(dst, math.Float32bits(float32(c.Float[i]))), nil
	case pbDouble:
		return protowire.AppendFixed64(dst, math.Float64bits(c.Float[i])), nil
	case pbIntFloat:
		return protowire.AppendFixed32(dst, math.Float32bits(float32(c.Int[i]))), nil
	case pbIntDouble:
		return protowire.AppendFixed64(dst, math.Float64bits(float64(c.Int[i]))), nil
	case pbString, pbBytes:
		return protowire.AppendBytes(dst, c.Str(i)), nil
	case pbText:
		mark := len(dst)
		return closeLength(l.writer.Append(append(dst, 0), c, i), mark), nil
	case pbEnumName:
		v := l.field.Enum().Values().ByName(protoreflect.Name(c.Str(i)))
		if v == nil {
			return dst, sqlerr.New(sqlerr.InvalidTextRepresentation, "enum %s has no value %q", l.field.Enum().FullName(), scalar.Excerpt(c.Str(i)))
		}
		return protowire.AppendVarint(dst, uint64(int64(v.Number()))), nil
	case pbTimestamp, pbDuration:
		return l.appendTime(dst, c, i)
	}
	m := dynamicpb.NewMessage(l.field.Message())
	if err := protojson.Unmarshal(c.Str(i), m); err != nil {
		return dst, sqlerr.Wrap(err, sqlerr.InvalidJSONText, "the JSON is no %s: %v", l.field.Message().FullName(), err)
	}
	b, err := proto.Marshal(m)
	if err != nil {
		return dst, sqlerr.Wrap(err, sqlerr.DataException, "the JSON is no %s: %v", l.field.Message().FullName(), err)
	}
	return protowire.AppendBytes(dst, b), nil
}

func (l *pbLeaf) appendInt(dst []byte, v int64) ([]byte, error) {
	if v < l.lo || v > l.hi {
		return dst, sqlerr.New(sqlerr.NumericOutOfRange, "%d is out of range for field %s, a %s", v, l.field.FullName(), kindName(l.field))
	}
	switch {
	case l.form == pbZigzag:
		return protowire.AppendVarint(dst, protowire.EncodeZigZag(v)), nil
	case l.wire == protowire.Fixed32Type:
		return protowire.AppendFixed32(dst, uint32(v)), nil
	case l.wire == protowire.Fixed64Type:
		return protowire.AppendFixed64(dst, uint64(v)), nil
	}
	return protowire.AppendVarint(dst, uint64(v)), nil
}

// The range of google.protobuf.Timestamp, in microseconds: the years 1 to 9999.
const (
	minPBTime = -62135596800 * datum.MicrosPerSecond
	maxPBTime = 253402300800*datum.MicrosPerSecond - 1
)

// appendTime writes a Timestamp or Duration: seconds and nanoseconds.
func (l *pbLeaf) appendTime(dst []byte, c *exec.Column, i int) ([]byte, error) {
	var micros int64
	if l.form == pbTimestamp {
		if micros = c.Int[i]; micros < minPBTime || micros > maxPBTime {
			return dst, sqlerr.New(sqlerr.DatetimeOverflow, "timestamp out of range for google.protobuf.Timestamp")
		}
	} else {
		v := c.Ivl[i]
		days := int64(v.Days)
		if v.Months != 0 || days > 1e7 || days < -1e7 || v.Micros > math.MaxInt64/2 || v.Micros < math.MinInt64/2 {
			return dst, sqlerr.New(sqlerr.IntervalFieldOverflow, "interval with months, or too long, for google.protobuf.Duration")
		}
		micros = days*datum.MicrosPerDay + v.Micros
	}
	sec, rest := micros/datum.MicrosPerSecond, micros%datum.MicrosPerSecond
	if l.form == pbTimestamp && rest < 0 { // nanoseconds of a Timestamp count forward
		sec, rest = sec-1, rest+datum.MicrosPerSecond
	}
	mark := len(dst)
	dst = append(dst, 0)
	dst = protowire.AppendVarint(append(dst, 1<<3), uint64(sec))
	dst = protowire.AppendVarint(append(dst, 2<<3), uint64(rest*1000))
	return closeLength(dst, mark), nil
}

// closeLength puts the length of what follows dst[mark] there; a byte has been
// kept free for it, and longer ones push the rest along.
func closeLength(dst []byte, mark int) []byte {
	n := uint64(len(dst) - mark - 1)
	if n < 1<<7 {
		dst[mark] = byte(n)
		return dst
	}
	extra := protowire.SizeVarint(n) - 1
	for range extra {
		dst = append(dst, 0)
	}
	copy(dst[mark+1+extra:], dst[mark+1:len(dst)-extra])
	protowire.AppendVarint(dst[:mark], n)
	return dst
}

// read appends a value to c: u holds what is a number on the wire, b what has a
// length.
func (l *pbLeaf) read(c *exec.Column, u uint64, b []byte) error {
	switch l.form {
	case pbBool:
		c.AppendBool(u != 0)
	case pbInt, pbUint, pbZigzag, pbFixed, pbSfixed:
		return l.readInt(c, u)
	case pbFloat:
		c.AppendFloat(float64(math.Float32frombits(uint32(u))))
	case pbDouble:
		f := math.Float64frombits(u)
		if l.typ.Kind == catalog.Real {
			if math.Abs(f) > math.MaxFloat32 && !math.IsInf(f, 0) {
				return sqlerr.New(sqlerr.NumericOutOfRange, `"%v" is out of range for type real`, f)
			}
			f = float64(float32(f))
		}
		c.AppendFloat(f)
	case pbString, pbText:
		if !utf8.Valid(b) || hasNUL(b) {
			return sqlerr.New(sqlerr.BadByteSequence, `invalid byte sequence for encoding "UTF8": %s`, scalar.BadBytes(b))
		}
		if l.typ.Kind == catalog.JSON && !json.Valid(b) {
			return scalar.SyntaxError(l.typ, b)
		}
		return l.reader.Text(c, b)
	case pbBytes:
		if l.typ.P > 0 && len(b) > l.typ.P {
			return sqlerr.New(sqlerr.StringTruncation, "value too long for type BYTES(%d)", l.typ.P)
		}
		c.AppendBytes(b)
	case pbEnumName:
		if v := l.field.Enum().Values().ByNumber(protoreflect.EnumNumber(int32(u))); v != nil {
			return l.reader.Text(c, []byte(v.Name()))
		}
		return sqlerr.New(sqlerr.InvalidTextRepresentation, "enum %s has no value %d", l.field.Enum().FullName(), int32(u))
	case pbTimestamp, pbDuration:
		return l.readTime(c, b)
	case pbMessage:
		m := dynamicpb.NewMessage(l.field.Message())
		if err := proto.Unmarshal(b, m); err != nil {
			return sqlerr.Wrap(err, sqlerr.DataException, "damaged %s", l.field.Message().FullName())
		}
		text, err := protojson.Marshal(m)
		if err != nil {
			return sqlerr.Wrap(err, sqlerr.DataException, "%s is no JSON: %v", l.field.Message().FullName(), err)
		}
		c.AppendBytes(text)
	}
	return nil
}

func hasNUL(b []byte) bool { return bytes.IndexByte(b, 0) >= 0 }

func (l *pbLeaf) readInt(c *exec.Column, u uint64) error {
	v, ok := l.integer(u)
	switch {
	case !ok:
		return sqlerr.New(sqlerr.NumericOutOfRange, `value "%d" is out of range for type %s`, u, scalar.Name(l.typ))
	case v < l.lo || v > l.hi:
		return sqlerr.New(sqlerr.NumericOutOfRange, `value "%d" is out of range for type %s`, v, scalar.Name(l.typ))
	}
	c.AppendInt(v)
	return nil
}

// integer gives the number that u is on the wire; unsigned ones beyond 63 bits
// have none.
func (l *pbLeaf) integer(u uint64) (v int64, ok bool) {
	switch l.form {
	case pbZigzag:
		return protowire.DecodeZigZag(u), true
	case pbUint, pbFixed:
		if l.field.Kind() == protoreflect.Uint32Kind {
			u = uint64(uint32(u))
		}
		return int64(u), int64(u) >= 0
	case pbSfixed:
		if l.wire == protowire.Fixed32Type {
			return int64(int32(u)), true
		}
	case pbInt:
		if l.field.Kind() != protoreflect.Int64Kind {
			return int64(int32(u)), true
		}
	}
	return int64(u), true
}

// readTime reads a Timestamp or Duration.
func (l *pbLeaf) readTime(c *exec.Column, b []byte) error {
	var sec, nanos int64
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return errDamaged
		}
		b = b[n:]
		if typ == protowire.VarintType && (num == 1 || num == 2) {
			v, n := protowire.ConsumeVarint(b)
			if n < 0 {
				return errDamaged
			}
			if num == 1 {
				sec = int64(v)
			} else {
				nanos = int64(int32(v))
			}
			b = b[n:]
			continue
		}
		if n = protowire.ConsumeFieldValue(num, typ, b); n < 0 {
			return errDamaged
		}
		b = b[n:]
	}
	if sec > maxPBTime/datum.MicrosPerSecond*2 || sec < -maxPBTime/datum.MicrosPerSecond*2 {
		return sqlerr.New(sqlerr.DatetimeOverflow, "timestamp out of range")
	}
	micros := sec*datum.MicrosPerSecond + datum.RoundMicros(nanos, 3)/1000
	if l.form == pbDuration {
		c.AppendInterval(datum.Interval{Micros: micros})
		return nil
	}
	c.AppendInt(datum.RoundTimestamp(micros, l.typ.FracDigits()))
	return nil
}

// errDamaged is about bytes that are no protobuf.
var errDamaged = sqlerr.New(sqlerr.ProtocolViolation, "the response is damaged: it is no protobuf message of its type")
