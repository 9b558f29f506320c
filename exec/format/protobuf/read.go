package protobuf

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// reader appends values of one type to a column.
type reader struct {
	kind    readKind
	form    numForm
	wire    int8 // of a list's items
	typ     catalog.Type
	lo, hi  int64
	digits  int
	limit   int
	text    *scalar.Reader
	enum    protoreflect.EnumValueDescriptors
	message *program
	kids    []*reader
	preset  value // the default of a number
	presets []byte
	scratch []byte
	seen    map[string]int // keys of a big map
	entries []entry
	one     [1]*exec.Column
}

type readKind uint8

const (
	readInt        readKind = iota // a number into the integer types
	readBool                       // bool into BOOLEAN
	readFloat                      // any number into REAL and DOUBLE
	readNumberText                 // a number or bool, by its text, into VARCHAR or DECIMAL
	readText                       // string or bytes into VARCHAR
	readParse                      // string into another scalar
	readBytes
	readEnum
	readRow
	readList
	readMap
	readTimestamp
	readDuration
	readWrapper
)

// numForm is how a number stands in a value.
type numForm uint8

const (
	signed numForm = iota
	signed32
	unsigned
	zigzag
	fixed32
	fixed64
	float32s
	float64s
	boolean
)

var forms = map[protoreflect.Kind]numForm{
	protoreflect.Int32Kind: signed32, protoreflect.EnumKind: signed32, protoreflect.Int64Kind: signed, protoreflect.Uint32Kind: unsigned, protoreflect.Uint64Kind: unsigned,
	protoreflect.Sint32Kind: zigzag, protoreflect.Sint64Kind: zigzag, protoreflect.Fixed32Kind: unsigned, protoreflect.Fixed64Kind: unsigned,
	protoreflect.Sfixed32Kind: fixed32, protoreflect.Sfixed64Kind: fixed64, protoreflect.FloatKind: float32s, protoreflect.DoubleKind: float64s, protoreflect.BoolKind: boolean,
}

// newReader makes the reader of one value of a field.
func newReader(fd protoreflect.FieldDescriptor, t catalog.Type, defaults bool) (*reader, error) {
	r := &reader{typ: t, form: forms[fd.Kind()], digits: t.FracDigits(), limit: t.P}
	switch fd.Kind() {
	case protoreflect.MessageKind:
		return messageReader(r, fd, t, defaults)
	case protoreflect.GroupKind:
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "Protobuf groups are not supported")
	case protoreflect.StringKind, protoreflect.BytesKind:
		return r, r.setText(fd, t)
	}
	var err error
	if r.text, err = scalar.NewReader(t, scalar.Auto); err != nil {
		return nil, mismatch(fd, t)
	}
	k := t.Kind
	isFloat := fd.Kind() == protoreflect.FloatKind || fd.Kind() == protoreflect.DoubleKind
	switch {
	case fd.Kind() == protoreflect.EnumKind && k == catalog.Varchar:
		r.kind, r.enum = readEnum, fd.Enum().Values()
	case fd.Kind() == protoreflect.BoolKind && k == catalog.Boolean:
		r.kind = readBool
	case fd.Kind() == protoreflect.BoolKind && k != catalog.Varchar:
		return nil, mismatch(fd, t)
	case t.IsInteger() && !isFloat:
		bits := map[catalog.Kind]int{catalog.SmallInt: 16, catalog.Int: 32, catalog.BigInt: 64}[k]
		r.kind, r.lo, r.hi = readInt, -1<<(bits-1), 1<<(bits-1)-1
	case k == catalog.Real || k == catalog.Double:
		r.kind = readFloat
	case k == catalog.Varchar || k == catalog.Decimal:
		r.kind = readNumberText
	default:
		return nil, mismatch(fd, t)
	}
	return r, nil
}

func (r *reader) setText(fd protoreflect.FieldDescriptor, t catalog.Type) error {
	var err error
	if r.text, err = scalar.NewReader(t, scalar.Auto); err != nil {
		return mismatch(fd, t)
	}
	switch {
	case t.Kind == catalog.Varchar:
		r.kind = readText
	case t.Kind == catalog.Bytes:
		r.kind = readBytes
	case fd.Kind() == protoreflect.StringKind:
		r.kind = readParse
	default:
		return mismatch(fd, t)
	}
	return nil
}

// setDefault keeps a field's default.
func (r *reader) setDefault(fd protoreflect.FieldDescriptor) error {
	d := fd.Default()
	switch fd.Kind() {
	case protoreflect.BoolKind:
		r.preset.num = protowire.EncodeBool(d.Bool())
	case protoreflect.EnumKind:
		r.preset.num = uint64(int64(d.Enum()))
	case protoreflect.FloatKind:
		r.preset.num = uint64(math.Float32bits(float32(d.Float())))
	case protoreflect.DoubleKind:
		r.preset.num = math.Float64bits(d.Float())
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.Fixed32Kind, protoreflect.Fixed64Kind:
		r.preset.num = d.Uint()
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		r.preset.num = protowire.EncodeZigZag(d.Int())
	case protoreflect.StringKind:
		r.presets = []byte(d.String())
	case protoreflect.BytesKind:
		r.presets = d.Bytes()
	default:
		r.preset.num = uint64(d.Int())
	}
	if r.kind == readParse && len(r.presets) == 0 {
		r.presets = nil // the empty text is no number, date, …: absence is NULL
	}
	return nil
}

// row reads the message b into one row of cols.
func (p *program) row(b []byte, cols []*exec.Column) error {
	if !p.scan(b) {
		return errMalformed()
	}
	for i, f := range p.order {
		if f == nil {
			cols[i].AppendNull()
			continue
		}
		if err := f.append(cols[i], b, p.vals[i]); err != nil {
			return scalar.Within("field", f.name, err)
		}
	}
	return nil
}

func errMalformed() error {
	return sqlerr.New(sqlerr.InvalidBinaryRepresent, "the Protobuf message is malformed: was it written with another schema?")
}

// append adds what a message has of the field.
func (f *field) append(c *exec.Column, b []byte, v value) error {
	if f.list {
		if f.read.kind == readMap {
			return f.read.dict(c, b, f.items)
		}
		return f.read.list(c, b, f.items)
	}
	if v.wire != absent {
		return f.read.append(c, v.num, f.bytesOf(b, v))
	}
	if f.absent == isDefault && !f.merge && !(f.read.kind == readParse && f.read.presets == nil) {
		return f.read.append(c, f.read.preset.num, f.read.presets)
	}
	c.AppendNull()
	return nil
}

// whole gives a number as an integer; of uint64's upper half it is not.
func (r *reader) whole(u uint64) (int64, bool) {
	switch r.form {
	case signed32:
		return int64(int32(u)), true
	case unsigned:
		return int64(u), u <= math.MaxInt64
	case zigzag:
		return protowire.DecodeZigZag(u), true
	case fixed32:
		return int64(int32(u)), true
	}
	return int64(u), true
}

// append adds one value: the number u, or the bytes s.
func (r *reader) append(c *exec.Column, u uint64, s []byte) error {
	switch r.kind {
	case readInt:
		v, ok := r.whole(u)
		if !ok || v < r.lo || v > r.hi {
			return sqlerr.New(sqlerr.NumericOutOfRange, `value "%s" is out of range for type %s`, r.number(u), scalar.Name(r.typ))
		}
		c.AppendInt(v)
	case readText, readParse:
		if !utf8.Valid(s) || bytes.IndexByte(s, 0) >= 0 {
			return sqlerr.New(sqlerr.BadByteSequence, "invalid byte sequence for encoding \"UTF8\": %s", scalar.BadBytes(s))
		}
		return r.text.Text(c, s)
	case readBool:
		c.AppendBool(u != 0)
	case readFloat:
		v := r.float(u)
		if r.typ.Kind == catalog.Real {
			v = float64(float32(v))
		}
		c.AppendFloat(v)
	case readBytes:
		if r.limit > 0 && len(s) > r.limit {
			return sqlerr.New(sqlerr.StringTruncation, "value too long for type %s", r.typ)
		}
		c.AppendBytes(s)
	case readEnum:
		if e := r.enum.ByNumber(protoreflect.EnumNumber(int32(u))); e != nil {
			r.scratch = append(r.scratch[:0], e.Name()...)
			return r.text.Text(c, r.scratch)
		}
		return r.text.Text(c, r.number(u))
	case readNumberText:
		return r.text.Text(c, r.number(u))
	case readRow:
		if err := r.message.row(s, c.Kids); err != nil {
			return err
		}
		c.EndStruct()
	case readWrapper:
		return r.wrapper(c, s)
	default:
		return r.time(c, s)
	}
	return nil
}

func (r *reader) float(u uint64) float64 {
	switch r.form {
	case float32s:
		return float64(math.Float32frombits(uint32(u)))
	case float64s:
		return math.Float64frombits(u)
	case unsigned:
		return float64(u)
	}
	v, _ := r.whole(u)
	return float64(v)
}

// number gives a number's text, valid until the next call.
func (r *reader) number(u uint64) []byte {
	switch r.form {
	case float32s:
		r.scratch = datum.AppendFloat4(r.scratch[:0], math.Float32frombits(uint32(u)))
	case float64s:
		r.scratch = datum.AppendFloat8(r.scratch[:0], math.Float64frombits(u))
	case boolean:
		r.scratch = strconv.AppendBool(r.scratch[:0], u != 0)
	case unsigned:
		r.scratch = strconv.AppendUint(r.scratch[:0], u, 10)
	default:
		v, _ := r.whole(u)
		r.scratch = strconv.AppendInt(r.scratch[:0], v, 10)
	}
	return r.scratch
}

// wrapper adds what a wrapper holds; without a value it is the default.
func (r *reader) wrapper(c *exec.Column, s []byte) error {
	r.one[0] = c
	return r.message.row(s, r.one[:])
}

// time adds a Timestamp or Duration.
func (r *reader) time(c *exec.Column, s []byte) error {
	if !r.message.scan(s) {
		return errMalformed()
	}
	var sec, nanos int64
	if v := r.message.vals[0]; v.wire != absent {
		sec = int64(v.num)
	}
	if v := r.message.vals[1]; v.wire != absent {
		nanos = int64(int32(v.num))
	}
	const far = 1 << 42 // seconds further than any timestamp
	if sec > far || sec < -far {
		return sqlerr.New(sqlerr.DatetimeOverflow, "%s out of range: %d seconds", scalar.Name(r.typ), sec)
	}
	micros := sec*datum.MicrosPerSecond + nanos/1000
	if r.kind == readDuration {
		c.AppendInterval(datum.Interval{Micros: micros})
		return nil
	}
	if !datum.TimestampInRange(micros) {
		return sqlerr.New(sqlerr.DatetimeOverflow, "timestamp out of range: %d seconds", sec)
	}
	c.AppendInt(datum.RoundTimestamp(micros, r.digits))
	return nil
}

// list adds an ARRAY. Numbers may stand packed, many in one value.
func (r *reader) list(c *exec.Column, b []byte, items []value) error {
	elem := r.kids[0]
	for _, v := range items {
		if v.wire == r.wire {
			if err := elem.append(c.Kids[0], v.num, b[v.s:v.e]); err != nil {
				return err
			}
			continue
		}
		for s := b[v.s:v.e]; len(s) > 0; {
			var u uint64
			n := 8
			switch protowire.Type(r.wire) {
			case protowire.VarintType:
				u, n = binary.Uvarint(s)
			case protowire.Fixed32Type:
				if n = 4; len(s) >= 4 {
					u = uint64(binary.LittleEndian.Uint32(s))
				}
			default:
				if len(s) >= 8 {
					u = binary.LittleEndian.Uint64(s)
				}
			}
			if n <= 0 || n > len(s) {
				return errMalformed()
			}
			if err := elem.append(c.Kids[0], u, nil); err != nil {
				return err
			}
			s = s[n:]
		}
	}
	c.EndList()
	return nil
}
