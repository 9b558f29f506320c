package avro

import (
	"github.com/hamba/avro/v2"
)

// skipper steps over a value. Those of named types are shared, so that a type
// may contain itself.
type skipper struct {
	kind  skipKind
	size  int        // skipFixed
	kids  []*skipper // skipAll: fields; skipUnion: branches; skipList: what an item consists of
	empty bool       // a value may take no bytes
}

type skipKind uint8

const (
	skipFixed skipKind = iota
	skipVarint
	skipBytes
	skipAll
	skipUnion
	skipList
)

// maxDepth bounds how deep a record nests, which recursive types leave open.
const maxDepth = 100

// maxEmptyItems bounds the items of a list that take no bytes: there is nothing
// else to bound them by.
const maxEmptyItems = 1 << 16

// skippers makes the skippers of a schema.
type skippers map[avro.Schema]*skipper

func (m skippers) of(s avro.Schema) *skipper {
	if r, ok := s.(*avro.RefSchema); ok {
		return m.of(r.Schema())
	}
	if k, ok := m[s]; ok {
		return k
	}
	k := &skipper{}
	m[s] = k
	switch s := s.(type) {
	case *avro.NullSchema:
		k.empty = true
	case *avro.RecordSchema:
		k.kind = skipAll
		k.empty = true
		for _, f := range s.Fields() {
			f := m.of(f.Type())
			k.empty = k.empty && f.empty
			k.kids = append(k.kids, f)
		}
	case *avro.EnumSchema:
		k.kind = skipVarint
	case *avro.ArraySchema:
		k.kind, k.kids = skipList, []*skipper{m.of(s.Items())}
	case *avro.MapSchema:
		k.kind, k.kids = skipList, []*skipper{{kind: skipBytes}, m.of(s.Values())}
	case *avro.UnionSchema:
		k.kind = skipUnion
		for _, t := range s.Types() {
			k.kids = append(k.kids, m.of(t))
		}
	case *avro.FixedSchema:
		k.size, k.empty = s.Size(), s.Size() == 0
	default:
		k.primitive(s.Type())
	}
	return k
}

func (k *skipper) primitive(t avro.Type) {
	switch t {
	case avro.Boolean:
		k.size = 1
	case avro.Int, avro.Long:
		k.kind = skipVarint
	case avro.Float:
		k.size = 4
	case avro.Double:
		k.size = 8
	case avro.String, avro.Bytes:
		k.kind = skipBytes
	}
}

// skip steps over one value.
func (k *skipper) skip(c *cursor, depth int) bool {
	switch k.kind {
	case skipFixed:
		if k.size > len(c.b)-c.i {
			return false
		}
		c.i += k.size
		return true
	case skipVarint:
		_, ok := c.long()
		return ok
	case skipBytes:
		n, ok := c.length()
		c.i += n
		return ok
	}
	if depth >= maxDepth {
		return false
	}
	switch k.kind {
	case skipUnion:
		n, ok := c.long()
		return ok && n >= 0 && n < int64(len(k.kids)) && k.kids[n].skip(c, depth+1)
	case skipList:
		return k.list(c, depth)
	}
	for _, f := range k.kids {
		if !f.skip(c, depth+1) {
			return false
		}
	}
	return true
}

func (k *skipper) list(c *cursor, depth int) bool {
	for empty := int64(0); ; {
		n, size, ok := c.block()
		if !ok {
			return false
		}
		if n == 0 {
			return true
		}
		if size >= 0 {
			c.i += size
			continue
		}
		for ; n > 0; n-- {
			at := c.i
			for _, f := range k.kids {
				if !f.skip(c, depth+1) {
					return false
				}
			}
			if c.i == at {
				if empty++; empty > maxEmptyItems {
					return false
				}
			}
		}
	}
}
