package rpc

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// pbReader reads the bytes of a response straight into columns.
type pbReader struct {
	steps []rowStep
	// unary: all answers are those of the one question.
	unary bool
	// scalar is set where an answer is an element of a repeated scalar field: its
	// leaf is leaves[0].
	scalar bool
	answer readTree
	index  *readTree // nil: answers stand in order
	outs   []int     // leaf of each column

	// The response under way.
	n     int
	base  int // rows in the columns before it
	cols  []*exec.Column
	got   *received
	count int // answers, of a nested list: lists, seen so far
	outer int // question of the list under way, -1 outside
}

// rowStep is a field on the way to the answers.
type rowStep struct {
	num  protoreflect.FieldNumber
	list bool
}

// readTree is the wanted part of a message.
type readTree struct {
	root    *readNode
	leaves  []readLeaf
	slots   []slot
	present []bool // of the messages within
}

// readNode is a message: its wanted fields.
type readNode struct {
	fields  []readField
	present int // index of its presence, -1 for the root
}

type readField struct {
	num    protoreflect.FieldNumber
	field  protoreflect.FieldDescriptor
	wire   protowire.Type
	packed bool // a list of what may be packed
	leaves []int
	sub    *readNode
}

type readLeaf struct {
	*pbLeaf
	list     bool
	nullable bool // tells absence from the zero value
	parent   int  // presence of the message that it is in
}

// slot is the last value of a field in a message.
type slot struct {
	u   uint64
	b   []byte
	set bool
	// elems are the values of a list, up to now.
	nums  []uint64
	texts [][]byte
}

func (r *pbReader) init(p *pbPlan, columns []int) error {
	for _, f := range p.responseRows {
		r.steps = append(r.steps, rowStep{f.Number(), f.IsList()})
	}
	r.unary = p.unary()
	md := p.method.Output()
	if len(p.responseRows) > 0 {
		rows := last(p.responseRows)
		if md = rows.Message(); md == nil {
			return r.initScalar(p, rows, columns)
		}
	}
	r.answer.root = &readNode{present: -1}
	// outs is by column; a leaf is made for each of them.
	byColumn := map[int]pair{}
	for _, c := range p.columns {
		byColumn[c.index] = c
	}
	for _, i := range columns {
		c := byColumn[i]
		if c.path == self {
			return p.badField("response.columns", sqlerr.New(sqlerr.InvalidParameterValue, "'.' goes with a repeated field of scalars alone"))
		}
		path, err := resolvePath(md, c.path, false)
		if err == nil {
			if isWrapper(last(path).Message()) && !last(path).IsList() {
				path = append(path, last(path).Message().Fields().Get(0))
			}
			err = r.answer.add(path, p.d.fn.Returns[i])
		}
		if err != nil {
			return p.badField("response.columns", err)
		}
		r.outs = append(r.outs, len(r.answer.leaves)-1)
	}
	r.answer.ready()
	if p.index != nil {
		r.index = &readTree{root: &readNode{present: -1}}
		if err := r.index.add(p.index, catalog.Column{Name: "index", Type: catalog.Of(catalog.BigInt)}); err != nil {
			return err
		}
		r.index.ready()
	}
	return nil
}

func (r *pbReader) initScalar(p *pbPlan, rows protoreflect.FieldDescriptor, columns []int) error {
	if len(p.columns) != 1 || p.columns[0].path != self && !p.columns[0].byName {
		return p.badField("response.columns", sqlerr.New(sqlerr.InvalidParameterValue, "%s is no message: it gives one column, as 'column=.'", rows.FullName()))
	}
	r.scalar = true
	leaf, err := newLeaf(p.d.fn.Returns[p.columns[0].index].Type, rows, false)
	if err != nil {
		return p.badField("response.columns", err)
	}
	r.answer.leaves = []readLeaf{{pbLeaf: leaf}}
	for range columns {
		r.outs = append(r.outs, 0)
	}
	return nil
}

// add puts a column's leaf at the end of a path.
func (t *readTree) add(path []protoreflect.FieldDescriptor, col catalog.Column) error {
	node := t.root
	for _, f := range path[:len(path)-1] {
		k := node.find(f)
		if node.fields[k].sub == nil {
			node.fields[k].sub = &readNode{present: len(t.present)}
			t.present = append(t.present, false)
		}
		node = node.fields[k].sub
	}
	f := last(path)
	typ := col.Type
	if (typ.Kind == catalog.Array) != f.IsList() {
		return sqlerr.New(sqlerr.DatatypeMismatch, "column %s, a %s, does not go with field %s", catalog.QuoteIdent(col.Name), typ, f.FullName()).
			Hint("an ARRAY goes with a repeated field, and nothing else does")
	}
	if f.IsList() {
		typ = *typ.Elem
	}
	leaf, err := newLeaf(typ, f, false)
	if err != nil {
		return err
	}
	k := node.find(f)
	node.fields[k].wire = leaf.wire
	node.fields[k].packed = f.IsList() && leaf.wire != protowire.BytesType
	node.fields[k].leaves = append(node.fields[k].leaves, len(t.leaves))
	t.leaves = append(t.leaves, readLeaf{pbLeaf: leaf, list: f.IsList(), nullable: f.HasPresence(), parent: node.present})
	return nil
}

// find gives the place of a field, making it.
func (n *readNode) find(f protoreflect.FieldDescriptor) int {
	for i := range n.fields {
		if n.fields[i].num == f.Number() {
			return i
		}
	}
	n.fields = append(n.fields, readField{num: f.Number(), field: f, wire: protowire.BytesType})
	return len(n.fields) - 1
}

func (t *readTree) ready() { t.slots = make([]slot, len(t.leaves)) }

// read fills the slots from a message.
func (t *readTree) read(b []byte) error {
	for i := range t.slots {
		s := &t.slots[i]
		s.set, s.u, s.b, s.nums, s.texts = false, 0, nil, s.nums[:0], s.texts[:0]
	}
	clear(t.present)
	return t.walk(t.root, b)
}

func (t *readTree) walk(n *readNode, b []byte) error {
	for len(b) > 0 {
		num, typ, k := protowire.ConsumeTag(b)
		if k < 0 {
			return errDamaged
		}
		b = b[k:]
		var f *readField
		for i := range n.fields {
			if n.fields[i].num == num {
				f = &n.fields[i]
				break
			}
		}
		if f == nil {
			if k = protowire.ConsumeFieldValue(num, typ, b); k < 0 {
				return errDamaged
			}
			b = b[k:]
			continue
		}
		u, text, k := consume(typ, b)
		if k < 0 {
			return errDamaged
		}
		b = b[k:]
		if err := t.take(f, typ, u, text); err != nil {
			return err
		}
	}
	return nil
}

// take handles one occurrence of a wanted field.
func (t *readTree) take(f *readField, typ protowire.Type, u uint64, text []byte) error {
	packed := f.packed && typ == protowire.BytesType
	if typ != f.wire && !packed {
		return sqlerr.New(sqlerr.ProtocolViolation, "field %s comes in another wire type than a %s has", f.field.FullName(), kindName(f.field)).
			Hint("the service's .proto may be another than that of the function")
	}
	for _, i := range f.leaves {
		s := &t.slots[i]
		s.set = true
		switch {
		case packed:
			for rest := text; len(rest) > 0; {
				v, _, k := consume(f.wire, rest)
				if k < 0 {
					return errDamaged
				}
				s.nums = append(s.nums, v)
				rest = rest[k:]
			}
		case t.leaves[i].list && typ == protowire.BytesType:
			s.texts = append(s.texts, text)
		case t.leaves[i].list:
			s.nums = append(s.nums, u)
		default:
			s.u, s.b = u, text
		}
	}
	if f.sub != nil {
		t.present[f.sub.present] = true
		return t.walk(f.sub, text)
	}
	return nil
}

// consume reads a value of a wire type; n is negative for what is none.
func consume(typ protowire.Type, b []byte) (u uint64, text []byte, n int) {
	switch typ {
	case protowire.VarintType:
		if len(b) > 0 && b[0] < 0x80 {
			return uint64(b[0]), nil, 1
		}
		u, n = protowire.ConsumeVarint(b)
	case protowire.Fixed32Type:
		var v uint32
		v, n = protowire.ConsumeFixed32(b)
		u = uint64(v)
	case protowire.Fixed64Type:
		u, n = protowire.ConsumeFixed64(b)
	case protowire.BytesType:
		text, n = protowire.ConsumeBytes(b)
	default:
		n = -1
	}
	return u, text, n
}

// append adds the value of a leaf to its column.
func (t *readTree) append(i int, c *exec.Column) error {
	l, s := &t.leaves[i], &t.slots[i]
	switch {
	case l.parent >= 0 && !t.present[l.parent], !s.set && l.nullable:
		c.AppendNull()
		return nil
	case !l.list:
		return l.read(c, s.u, s.b)
	}
	for _, u := range s.nums {
		if err := l.read(c.Kids[0], u, nil); err != nil {
			return err
		}
	}
	for _, b := range s.texts {
		if err := l.read(c.Kids[0], 0, b); err != nil {
			return err
		}
	}
	c.EndList()
	return nil
}

// answers reads a response to n questions.
func (r *pbReader) answers(b []byte, n, base int, cols []*exec.Column, got *received) error {
	r.n, r.cols, r.got, r.count, r.outer, r.base = n, cols, got, 0, -1, base
	if err := scalar.Room(cols, len(b)); err != nil {
		return err
	}
	if len(r.steps) == 0 {
		return r.row(b, 0)
	}
	if err := r.descend(b, 0); err != nil {
		return err
	}
	if r.index == nil && !r.unary && r.count != n {
		return sqlerr.New(sqlerr.ProtocolViolation, "the response has %d answers to %d questions", r.count, n).
			Hint("set 'response.index' to the field that has the number of an answer's question, or a path of nested lists to 'response.rows'")
	}
	return nil
}

// descend follows steps[depth:] within a message.
func (r *pbReader) descend(b []byte, depth int) error {
	step := r.steps[depth]
	for len(b) > 0 {
		num, typ, k := protowire.ConsumeTag(b)
		if k < 0 {
			return errDamaged
		}
		b = b[k:]
		if num != step.num {
			if k = protowire.ConsumeFieldValue(num, typ, b); k < 0 {
				return errDamaged
			}
			b = b[k:]
			continue
		}
		u, text, k := consume(typ, b)
		if k < 0 {
			return errDamaged
		}
		b = b[k:]
		var err error
		switch end := depth == len(r.steps)-1; {
		case end && r.scalar:
			err = r.scalars(typ, u, text)
		case typ != protowire.BytesType:
			return errDamaged
		case end:
			err = r.element(text)
		case step.list:
			err = r.list(text, depth)
		default:
			err = r.descend(text, depth+1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// list reads the outer element of a nested list: the answers to one question.
func (r *pbReader) list(b []byte, depth int) error {
	q, err := r.question(b)
	if err != nil {
		return err
	}
	if q >= r.n { // counted on; the error comes at the end
		return nil
	}
	r.outer = q
	err = r.descend(b, depth+1)
	r.outer = -1
	return err
}

// question tells which question the element b of the list answers.
func (r *pbReader) question(b []byte) (int, error) {
	r.count++
	if r.index == nil {
		return r.count - 1, nil
	}
	if err := r.index.read(b); err != nil {
		return 0, err
	}
	u := r.index.slots[0].u
	v, ok := r.index.leaves[0].integer(u)
	if !ok || v < 0 || v >= int64(r.n) {
		return 0, sqlerr.New(sqlerr.ProtocolViolation, "answer %d says that its question is number %d of %d", r.count, int64(u), r.n).
			Hint("'response.index' counts the questions of a call from 0")
	}
	return int(v), nil
}

// element reads one answer.
func (r *pbReader) element(b []byte) error {
	q := r.outer
	if q < 0 {
		if r.unary {
			q = 0
		} else {
			var err error
			if q, err = r.question(b); err != nil || q >= r.n {
				return err
			}
		}
	}
	return r.row(b, q)
}

// row reads an answer to question q. What is wrong with its values is that
// question's fault alone.
func (r *pbReader) row(b []byte, q int) error {
	if err := r.answer.read(b); err != nil {
		return err
	}
	for i, c := range r.cols {
		if err := r.answer.append(r.outs[i], c); err != nil {
			r.refuse(q, r.answer.leaves[r.outs[i]].field, err)
			return nil
		}
	}
	r.got.parents = append(r.got.parents, int32(q))
	return nil
}

func (r *pbReader) refuse(q int, f protoreflect.FieldDescriptor, err error) {
	scalar.RollbackAll(r.cols, r.base+len(r.got.parents))
	r.got.faults = append(r.got.faults, exec.Fault{Question: int32(q), Err: scalar.Within("field", string(f.FullName()), err)})
}

// scalars reads answers that are elements of a repeated scalar field.
func (r *pbReader) scalars(typ protowire.Type, u uint64, text []byte) error {
	l := &r.answer.leaves[0]
	if typ == l.wire {
		return r.one(u, text)
	}
	if typ != protowire.BytesType {
		return errDamaged
	}
	for len(text) > 0 {
		v, _, k := consume(l.wire, text)
		if k < 0 {
			return errDamaged
		}
		text = text[k:]
		if err := r.one(v, nil); err != nil {
			return err
		}
	}
	return nil
}

func (r *pbReader) one(u uint64, b []byte) error {
	q := r.outer
	switch {
	case q >= 0:
	case r.unary:
		q = 0
	default:
		if q = r.count; q == math.MaxInt32 {
			return errDamaged
		}
		if r.count++; q >= r.n {
			return nil
		}
	}
	for _, c := range r.cols {
		if err := r.answer.leaves[0].read(c, u, b); err != nil {
			r.refuse(q, r.answer.leaves[0].field, err)
			return nil
		}
	}
	r.got.parents = append(r.got.parents, int32(q))
	return nil
}
