package protobuf

import (
	"encoding/binary"

	"google.golang.org/protobuf/encoding/protowire"
)

// value is what a message has of a wanted field: a number, or where its bytes
// lie.
type value struct {
	num  uint64
	s, e int32
	wire int8 // protowire.Type, or absent
}

const absent int8 = -1

// scan notes where the wanted fields of the message b lie.
func (m *program) scan(b []byte) bool {
	vals := m.vals
	for i := range vals {
		vals[i].wire = absent
	}
	for _, f := range m.lists {
		f.items = f.items[:0]
	}
	for i := 0; i < len(b); {
		tag := uint64(b[i])
		if tag < 0x80 {
			i++
		} else {
			var n int
			if tag, n = binary.Uvarint(b[i:]); n <= 0 || tag>>3 > uint64(protowire.MaxValidNumber) {
				return false
			}
			i += n
		}
		v := value{wire: int8(tag & 7)}
		switch protowire.Type(tag & 7) {
		case protowire.VarintType:
			if i < len(b) && b[i] < 0x80 {
				v.num = uint64(b[i])
				i++
			} else {
				u, n := binary.Uvarint(b[i:])
				if n <= 0 {
					return false
				}
				v.num = u
				i += n
			}
		case protowire.BytesType:
			n, k := binary.Uvarint(b[i:])
			if k <= 0 || n > uint64(len(b)-i-k) {
				return false
			}
			i += k
			v.s, v.e = int32(i), int32(i+int(n))
			i += int(n)
		case protowire.Fixed64Type:
			if len(b)-i < 8 {
				return false
			}
			v.num = binary.LittleEndian.Uint64(b[i:])
			i += 8
		case protowire.Fixed32Type:
			if len(b)-i < 4 {
				return false
			}
			v.num = uint64(binary.LittleEndian.Uint32(b[i:]))
			i += 4
		case protowire.StartGroupType:
			n := protowire.ConsumeFieldValue(protowire.Number(tag>>3), protowire.StartGroupType, b[i:])
			if n < 0 {
				return false
			}
			i += n
			continue // no wanted field is a group
		default:
			return false
		}
		num := tag >> 3
		if num == 0 {
			return false
		}
		var f *field
		if num < uint64(len(m.table)) {
			f = m.table[num]
		} else if m.sparse != nil {
			f = m.sparse[num]
		}
		if f != nil {
			m.note(f, v, b)
		}
	}
	return true
}

// note keeps a value of a field.
func (m *program) note(f *field, v value, b []byte) {
	if v.wire != f.wire && !(f.list && v.wire == int8(protowire.BytesType)) {
		return // of another type than the schema's: as good as unknown
	}
	for _, other := range f.rivals {
		m.vals[other].wire = absent
	}
	switch {
	case f.slot < 0:
	case f.list:
		f.items = append(f.items, v)
	case f.merge && m.vals[f.slot].wire != absent:
		// The parts of a message that comes twice are merged, which is to read one
		// behind the other.
		old := m.vals[f.slot]
		if old.num == 0 {
			f.merged = append(f.merged[:0], b[old.s:old.e]...)
		}
		f.merged = append(f.merged, b[v.s:v.e]...)
		m.vals[f.slot] = value{num: 1, wire: v.wire}
	default:
		m.vals[f.slot] = v
	}
}

// bytesOf gives the bytes of a value.
func (f *field) bytesOf(b []byte, v value) []byte {
	if f.merge && v.num == 1 {
		return f.merged
	}
	return b[v.s:v.e]
}
