package protobuf

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// program reads messages of one type into columns.
type program struct {
	table  []*field          // by number, for small ones
	sparse map[uint64]*field // the others
	order  []*field          // of the columns; nil where the message has none
	lists  []*field
	vals   []value
}

// field is one of the message's fields that matter.
type field struct {
	name   string
	wire   int8 // of one value
	slot   int  // in vals, -1: it only ends its rivals
	rivals []int
	list   bool // repeated, or a map
	merge  bool // a message
	items  []value
	merged []byte
	read   *reader
	absent absence
}

// absence is what an absent field is.
type absence uint8

const (
	isNull absence = iota
	isDefault
	isEmpty // an empty list
)

// maxTable is the number up to which fields are found by index.
const maxTable = 1024

// compile makes the program that reads md into columns of these names and types.
func compile(md protoreflect.MessageDescriptor, names []string, types []catalog.Type, defaults bool) (*program, error) {
	p := &program{order: make([]*field, len(names)), vals: make([]value, len(names))}
	for i, name := range names {
		fd := find(md, name)
		if fd == nil {
			continue
		}
		f, err := newField(fd, types[i], defaults)
		if err != nil {
			return nil, scalar.Within("field", name, err)
		}
		f.slot = i
		p.order[i] = f
		p.put(uint64(fd.Number()), f)
		if f.list {
			p.lists = append(p.lists, f)
		}
	}
	p.oneofs(md)
	return p, nil
}

// find gives the field of a column.
func find(md protoreflect.MessageDescriptor, name string) protoreflect.FieldDescriptor {
	if fd := md.Fields().ByName(protoreflect.Name(name)); fd != nil {
		return fd
	}
	return md.Fields().ByJSONName(name)
}

func (p *program) put(num uint64, f *field) {
	if num >= maxTable {
		if p.sparse == nil {
			p.sparse = map[uint64]*field{}
		}
		p.sparse[num] = f
		return
	}
	for uint64(len(p.table)) <= num {
		p.table = append(p.table, nil)
	}
	p.table[num] = f
}

func (p *program) at(num uint64) *field {
	if num < uint64(len(p.table)) {
		return p.table[num]
	}
	return p.sparse[num]
}

// oneofs tells the members of each oneof of which others they take the place.
func (p *program) oneofs(md protoreflect.MessageDescriptor) {
	for i := range md.Oneofs().Len() {
		one := md.Oneofs().Get(i)
		if one.IsSynthetic() {
			continue
		}
		var slots []int
		for j := range one.Fields().Len() {
			if f := p.at(uint64(one.Fields().Get(j).Number())); f != nil {
				slots = append(slots, f.slot)
			}
		}
		if len(slots) == 0 {
			continue
		}
		for j := range one.Fields().Len() {
			fd := one.Fields().Get(j)
			f := p.at(uint64(fd.Number()))
			if f == nil {
				f = &field{slot: -1, wire: wireOf(fd.Kind())}
				p.put(uint64(fd.Number()), f)
			}
			for _, s := range slots {
				if s != f.slot {
					f.rivals = append(f.rivals, s)
				}
			}
		}
	}
}

func newField(fd protoreflect.FieldDescriptor, t catalog.Type, defaults bool) (*field, error) {
	f := &field{name: string(fd.Name()), wire: wireOf(fd.Kind())}
	var err error
	switch {
	case fd.IsMap():
		if t.Kind != catalog.Map {
			return nil, mismatch(fd, t)
		}
		f.list, f.absent = true, isEmpty
		f.read, err = mapReader(fd, t, defaults)
	case fd.IsList():
		if t.Kind != catalog.Array {
			return nil, mismatch(fd, t)
		}
		f.list, f.absent = true, isEmpty
		var elem *reader
		if elem, err = newReader(fd, *t.Elem, defaults); err == nil {
			f.read = &reader{kind: readList, typ: t, kids: []*reader{elem}, wire: f.wire}
		}
	default:
		f.merge = fd.Kind() == protoreflect.MessageKind
		f.read, err = newReader(fd, t, defaults)
		if !fd.HasPresence() || defaults && !f.merge {
			f.absent = isDefault
			if err == nil {
				err = f.read.setDefault(fd)
			}
		}
	}
	return f, err
}

// wireOf gives the wire type of a value of a kind.
func wireOf(k protoreflect.Kind) int8 {
	switch k {
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind, protoreflect.FloatKind:
		return int8(protowire.Fixed32Type)
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind, protoreflect.DoubleKind:
		return int8(protowire.Fixed64Type)
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.MessageKind:
		return int8(protowire.BytesType)
	case protoreflect.GroupKind:
		return int8(protowire.StartGroupType)
	}
	return int8(protowire.VarintType)
}

// mismatch says that a field's values cannot stand in a column.
func mismatch(fd protoreflect.FieldDescriptor, t catalog.Type) error {
	name := fd.Kind().String()
	if fd.Kind() == protoreflect.MessageKind {
		name = string(fd.Message().FullName())
	}
	switch {
	case fd.IsMap():
		name = "map"
	case fd.IsList():
		name = "repeated " + name
	}
	return sqlerr.New(sqlerr.DatatypeMismatch, "Protobuf type %s cannot be read as %s", name, t)
}

// mapReader makes the reader of a map: its entries are messages of a key and a
// value.
func mapReader(fd protoreflect.FieldDescriptor, t catalog.Type, defaults bool) (*reader, error) {
	entry, err := compile(fd.Message(), []string{"key", "value"}, []catalog.Type{*t.Key, *t.Elem}, true)
	if err != nil {
		return nil, err
	}
	return &reader{kind: readMap, typ: t, message: entry, wire: int8(protowire.BytesType)}, nil
}

// the well-known types that stand for values.
const (
	wellKnown = "google.protobuf."
	timestamp = wellKnown + "Timestamp"
	duration  = wellKnown + "Duration"
)

var wrappers = map[protoreflect.FullName]bool{
	wellKnown + "DoubleValue": true, wellKnown + "FloatValue": true, wellKnown + "Int64Value": true, wellKnown + "UInt64Value": true, wellKnown + "Int32Value": true,
	wellKnown + "UInt32Value": true, wellKnown + "BoolValue": true, wellKnown + "StringValue": true, wellKnown + "BytesValue": true,
}

// messageReader makes the reader of a nested message.
func messageReader(r *reader, fd protoreflect.FieldDescriptor, t catalog.Type, defaults bool) (*reader, error) {
	md := fd.Message()
	var err error
	switch {
	case t.Kind == catalog.Row:
		names := make([]string, len(t.Fields))
		types := make([]catalog.Type, len(t.Fields))
		for i, f := range t.Fields {
			names[i], types[i] = f.Name, f.Type
		}
		r.kind = readRow
		r.message, err = compile(md, names, types, defaults)
	case md.FullName() == timestamp && t.IsTimestamp(), md.FullName() == duration && t.Kind == catalog.Interval:
		r.kind = readTimestamp
		if t.Kind == catalog.Interval {
			r.kind = readDuration
		}
		big := catalog.Of(catalog.BigInt)
		r.message, err = compile(md, []string{"seconds", "nanos"}, []catalog.Type{big, big}, false)
	case wrappers[md.FullName()]:
		r.kind = readWrapper
		r.message, err = compile(md, []string{"value"}, []catalog.Type{t}, false)
	default:
		return nil, mismatch(fd, t)
	}
	return r, err
}
