package protobuf

import (
	"encoding/binary"
	"math"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/exec/format/schemaregistry"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Encoder writes rows as messages. It is used by one goroutine.
type Encoder struct {
	fields   []*writer
	registry *schemaregistry.Client
	subject  string
	text     string
	indexes  []int
	prefix   []byte // once the schema is registered
}

// NewEncoder makes an encoder of the given fields. A schema is registered with the
// first row.
func NewEncoder(fields []catalog.Column, o Options) (*Encoder, error) {
	if o.Registry.URL != "" {
		if o.Proto == "" {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "option %q is missing", confluent+keyProto).Hint("to write, the message's schema must be given")
		}
		if o.Subject == "" {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "option %q is missing", confluent+".subject")
		}
	}
	s, md, err := load(&o)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(fields))
	types := make([]catalog.Type, len(fields))
	for i, f := range fields {
		names[i], types[i] = f.Name, f.Type
	}
	e := &Encoder{subject: o.Subject, text: s.text, indexes: indexesOf(md)}
	if e.fields, err = newWriters(md, names, types); err != nil {
		return nil, err
	}
	if o.Registry.URL != "" {
		e.registry, err = schemaregistry.New(o.Registry)
	}
	return e, err
}

// Encode appends the message of a row.
func (e *Encoder) Encode(dst []byte, b *exec.Batch, row int) ([]byte, error) {
	if e.registry != nil && e.prefix == nil {
		id, err := e.registry.Register(e.subject, "PROTOBUF", e.text)
		if err != nil {
			return dst, err
		}
		e.prefix = binary.BigEndian.AppendUint32([]byte{0}, uint32(id))
		if len(e.indexes) == 1 && e.indexes[0] == 0 {
			e.prefix = append(e.prefix, 0)
		} else {
			e.prefix = binary.AppendVarint(e.prefix, int64(len(e.indexes)))
			for _, i := range e.indexes {
				e.prefix = binary.AppendVarint(e.prefix, int64(i))
			}
		}
	}
	start := len(dst)
	dst, err := appendMessage(append(dst, e.prefix...), e.fields, b.Cols, row)
	if err != nil {
		return dst[:start], err
	}
	return dst, nil
}

// writer appends a field.
type writer struct {
	name    string
	tag     []byte // of one value
	packTag []byte // of a packed list, or nil
	kind    protoreflect.Kind
	typ     catalog.Type
	md      protoreflect.FullName
	list    bool
	entry   bool // a map
	omit    bool // the default need not be written
	enum    protoreflect.EnumValueDescriptors
	text    *scalar.Writer
	fields  []*writer // of a message; key and value of a map
	scratch []byte
}

func newWriters(md protoreflect.MessageDescriptor, names []string, types []catalog.Type) ([]*writer, error) {
	var out []*writer
	for i, name := range names {
		fd := find(md, name)
		if fd == nil {
			return nil, sqlerr.New(sqlerr.UndefinedColumn, "message %q has no field %q", md.FullName(), name)
		}
		w, err := newWriter(fd, types[i])
		if err != nil {
			return nil, scalar.Within("field", name, err)
		}
		out = append(out, w)
	}
	return out, nil
}

func newWriter(fd protoreflect.FieldDescriptor, t catalog.Type) (*writer, error) {
	w := &writer{name: string(fd.Name()), kind: fd.Kind(), typ: t, omit: !fd.HasPresence() && !fd.IsList() && !fd.IsMap()}
	w.tag = protowire.AppendTag(nil, fd.Number(), protowire.Type(wireOf(fd.Kind())))
	switch {
	case fd.IsMap():
		if t.Kind != catalog.Map {
			return nil, mismatchOut(fd, t)
		}
		w.entry = true
		var err error
		w.fields, err = newWriters(fd.Message(), []string{"key", "value"}, []catalog.Type{*t.Key, *t.Elem})
		return w, err
	case fd.IsList():
		if t.Kind != catalog.Array {
			return nil, mismatchOut(fd, t)
		}
		w.list, t, w.typ = true, *t.Elem, *t.Elem
		if fd.IsPacked() {
			w.packTag = protowire.AppendTag(nil, fd.Number(), protowire.BytesType)
		}
	}
	return w, w.set(fd, t)
}

func mismatchOut(fd protoreflect.FieldDescriptor, t catalog.Type) error {
	return sqlerr.New(sqlerr.DatatypeMismatch, "%s cannot be written as Protobuf type %s", t, fd.Kind())
}

// set chooses how single values of t stand in the field.
func (w *writer) set(fd protoreflect.FieldDescriptor, t catalog.Type) error {
	ok := false
	switch k := t.Kind; fd.Kind() {
	case protoreflect.MessageKind:
		return w.setMessage(fd, t)
	case protoreflect.BoolKind:
		ok = k == catalog.Boolean
	case protoreflect.StringKind:
		w.text = scalar.NewWriter(t, scalar.SQL)
		ok = k != catalog.Row && k != catalog.Array && k != catalog.Map
	case protoreflect.BytesKind:
		ok = k == catalog.Bytes || k == catalog.Varchar
	case protoreflect.EnumKind:
		w.enum = fd.Enum().Values()
		ok = k == catalog.Varchar || t.IsInteger()
	case protoreflect.FloatKind:
		ok = k == catalog.Real
	case protoreflect.DoubleKind:
		ok = k == catalog.Real || k == catalog.Double || k == catalog.SmallInt || k == catalog.Int
	case protoreflect.GroupKind:
	default:
		ok = t.IsInteger()
	}
	if !ok {
		return mismatchOut(fd, t)
	}
	return nil
}

func (w *writer) setMessage(fd protoreflect.FieldDescriptor, t catalog.Type) error {
	md := fd.Message()
	w.md = md.FullName()
	var err error
	switch {
	case t.Kind == catalog.Row:
		w.md = ""
		names := make([]string, len(t.Fields))
		types := make([]catalog.Type, len(t.Fields))
		for i, f := range t.Fields {
			names[i], types[i] = f.Name, f.Type
		}
		w.fields, err = newWriters(md, names, types)
	case w.md == timestamp && t.IsTimestamp(), w.md == duration && t.Kind == catalog.Interval:
	case wrappers[w.md]:
		w.fields, err = newWriters(md, []string{"value"}, []catalog.Type{t})
	default:
		return mismatchOut(fd, t)
	}
	return err
}

func appendMessage(dst []byte, fields []*writer, cols []*exec.Column, row int) ([]byte, error) {
	for i, w := range fields {
		var err error
		if dst, err = w.append(dst, cols[i], row); err != nil {
			return dst, scalar.Within("field", w.name, err)
		}
	}
	return dst, nil
}

// append writes row i of c; NULL is nothing.
func (w *writer) append(dst []byte, c *exec.Column, i int) ([]byte, error) {
	if c.IsNull(i) {
		return dst, nil
	}
	if !w.list && !w.entry {
		if w.omit && w.isDefault(c, i) {
			return dst, nil
		}
		return w.value(append(dst, w.tag...), c, i)
	}
	from, to := int(c.Offs[i]), int(c.Offs[i+1])
	if from == to {
		return dst, nil
	}
	start := 0
	if w.packTag != nil {
		dst = append(dst, w.packTag...)
		start = len(dst)
	}
	for j := from; j < to; j++ {
		if c.Kids[0].IsNull(j) || w.entry && c.Kids[1].IsNull(j) {
			return dst, sqlerr.New(sqlerr.NotNullViolation, "NULL within an ARRAY or MAP cannot be written as Protobuf")
		}
		var err error
		switch {
		case w.entry:
			dst, err = w.message(append(dst, w.tag...), c.Kids, j)
		case w.packTag != nil:
			dst, err = w.value(dst, c.Kids[0], j)
		default:
			dst, err = w.value(append(dst, w.tag...), c.Kids[0], j)
		}
		if err != nil {
			return dst, err
		}
	}
	if w.packTag != nil {
		dst = lengthened(dst, start)
	}
	return dst, nil
}

// lengthened puts the length of dst[start:] in front of it.
func lengthened(dst []byte, start int) []byte {
	n := len(dst) - start
	size := protowire.SizeVarint(uint64(n))
	var room [binary.MaxVarintLen64]byte
	dst = append(dst, room[:size]...)
	copy(dst[start+size:], dst[start:start+n])
	binary.PutUvarint(dst[start:], uint64(n))
	return dst
}

func (w *writer) message(dst []byte, cols []*exec.Column, row int) ([]byte, error) {
	start := len(dst)
	dst, err := appendMessage(dst, w.fields, cols, row)
	if err != nil {
		return dst, err
	}
	return lengthened(dst, start), nil
}

func (w *writer) isDefault(c *exec.Column, i int) bool {
	switch c.Layout {
	case exec.Bools:
		return !c.Bool[i]
	case exec.Ints:
		return c.Int[i] == 0 && w.text == nil
	case exec.Floats:
		return math.Float64bits(c.Float[i]) == 0 && w.text == nil
	case exec.Strings:
		return len(c.Str(i)) == 0 && w.enum == nil
	}
	return false
}

// value writes a single value behind its tag.
func (w *writer) value(dst []byte, c *exec.Column, i int) ([]byte, error) {
	switch w.kind {
	case protoreflect.MessageKind:
		return w.special(dst, c, i)
	case protoreflect.BoolKind:
		return protowire.AppendVarint(dst, protowire.EncodeBool(c.Bool[i])), nil
	case protoreflect.StringKind:
		if c.Layout == exec.Strings && w.typ.Kind != catalog.Bytes {
			return protowire.AppendBytes(dst, c.Str(i)), nil
		}
		w.scratch = w.text.Append(w.scratch[:0], c, i)
		return protowire.AppendBytes(dst, w.scratch), nil
	case protoreflect.BytesKind:
		return protowire.AppendBytes(dst, c.Str(i)), nil
	case protoreflect.FloatKind:
		return protowire.AppendFixed32(dst, math.Float32bits(float32(c.Float[i]))), nil
	case protoreflect.DoubleKind:
		v := 0.0
		if c.Layout == exec.Ints {
			v = float64(c.Int[i])
		} else {
			v = c.Float[i]
		}
		return protowire.AppendFixed64(dst, math.Float64bits(v)), nil
	case protoreflect.EnumKind:
		if c.Layout == exec.Strings {
			return w.symbol(dst, c.Str(i))
		}
	}
	return w.number(dst, c.Int[i])
}

func (w *writer) symbol(dst, name []byte) ([]byte, error) {
	if e := w.enum.ByName(protoreflect.Name(name)); e != nil {
		return protowire.AppendVarint(dst, uint64(int64(e.Number()))), nil
	}
	n, err := strconv.ParseInt(string(name), 10, 32) // as an unknown one is read
	if err != nil {
		return dst, sqlerr.New(sqlerr.InvalidTextRepresentation, "invalid input value for enum: \"%s\"", scalar.Excerpt(name))
	}
	return protowire.AppendVarint(dst, uint64(n)), nil
}

func (w *writer) number(dst []byte, v int64) ([]byte, error) {
	lo, hi := int64(math.MinInt64), int64(math.MaxInt64)
	switch w.kind {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind, protoreflect.EnumKind:
		lo, hi = math.MinInt32, math.MaxInt32
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		lo, hi = 0, math.MaxUint32
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		lo = 0
	}
	if v < lo || v > hi {
		return dst, sqlerr.New(sqlerr.NumericOutOfRange, `value "%d" is out of range for Protobuf type %s`, v, w.kind)
	}
	switch w.kind {
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		return protowire.AppendVarint(dst, protowire.EncodeZigZag(v)), nil
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind:
		return protowire.AppendFixed32(dst, uint32(v)), nil
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		return protowire.AppendFixed64(dst, uint64(v)), nil
	}
	return protowire.AppendVarint(dst, uint64(v)), nil
}

// special writes a message, or a well-known one that stands for a value.
func (w *writer) special(dst []byte, c *exec.Column, i int) ([]byte, error) {
	start := len(dst)
	switch w.md {
	case "":
		return w.message(dst, c.Kids, i)
	case timestamp:
		v := c.Int[i]
		if !datum.IsFinite(v) {
			return dst, sqlerr.New(sqlerr.DatetimeOverflow, "infinity cannot be written as Protobuf")
		}
		sec, micros := v/datum.MicrosPerSecond, v%datum.MicrosPerSecond
		if micros < 0 {
			sec, micros = sec-1, micros+datum.MicrosPerSecond
		}
		return lengthened(appendSeconds(dst, sec, micros), start), nil
	case duration:
		v := c.Ivl[i]
		if v.Months != 0 {
			return dst, sqlerr.New(sqlerr.DataException, "an interval of months cannot be written as Protobuf")
		}
		v.Micros += int64(v.Days) * datum.MicrosPerDay
		return lengthened(appendSeconds(dst, v.Micros/datum.MicrosPerSecond, v.Micros%datum.MicrosPerSecond), start), nil
	}
	dst, err := w.fields[0].append(dst, c, i)
	if err != nil {
		return dst, err
	}
	return lengthened(dst, start), nil
}

func appendSeconds(dst []byte, sec, micros int64) []byte {
	if sec != 0 {
		dst = protowire.AppendVarint(append(dst, 1<<3), uint64(sec))
	}
	if micros != 0 {
		dst = protowire.AppendVarint(append(dst, 2<<3), uint64(micros*1000))
	}
	return dst
}
