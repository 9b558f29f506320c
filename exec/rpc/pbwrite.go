package rpc

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// pbCodec writes questions and reads answers as protobuf messages.
type pbCodec struct {
	plan *pbPlan
	// tag is that of a question in the repeated field, nil for a unary method;
	// root writes its message, scalar it where it is no message.
	tag    []byte
	root   *writeNode
	scalar *writeField
	// wraps are the tags of the messages around the questions, outermost first.
	wraps [][]byte

	reader pbReader
}

// writeNode is a message of the question.
type writeNode struct{ fields []writeField }

// writeField is a field of it: an argument, or a message of others.
type writeField struct {
	num    protoreflect.FieldNumber
	tag    []byte
	arg    int
	leaf   *pbLeaf
	list   bool
	packed bool
	sub    *writeNode
}

func (p *pbPlan) codec(columns []int) (codec, error) {
	c := &pbCodec{plan: p}
	md := p.method.Input()
	if n := len(p.requestRows); n > 0 {
		rows := last(p.requestRows)
		for _, f := range p.requestRows[:n-1] {
			c.wraps = append(c.wraps, tagBytes(f, protowire.BytesType))
		}
		if md = rows.Message(); md == nil || p.selfArgument() {
			return c, c.initScalar(rows, columns)
		}
		c.tag = tagBytes(rows, protowire.BytesType)
	}
	c.root = &writeNode{}
	for _, a := range p.arguments {
		if a.path == self {
			return nil, p.badField("request.columns", sqlerr.New(sqlerr.InvalidParameterValue, "'.' goes with 'request.rows' alone"))
		}
		path, err := resolvePath(md, a.path, false)
		if err == nil {
			if isWrapper(last(path).Message()) && !last(path).IsList() {
				path = append(path, last(path).Message().Fields().Get(0))
			}
			err = c.root.add(path, a.index, p.d.fn.Args[a.index])
		}
		if err != nil {
			return nil, p.badField("request.columns", err)
		}
	}
	return c, c.reader.init(p, columns)
}

// selfArgument tells a question that is one argument, the element itself.
func (p *pbPlan) selfArgument() bool { return len(p.arguments) == 1 && p.arguments[0].path == self }

// initScalar is for questions that are elements of a repeated scalar field.
func (c *pbCodec) initScalar(rows protoreflect.FieldDescriptor, columns []int) error {
	p := c.plan
	if len(p.arguments) != 1 || p.arguments[0].path != self && !p.arguments[0].byName {
		return p.badField("request.columns", sqlerr.New(sqlerr.InvalidParameterValue, "%s is no message: it takes one argument, as '.'", rows.FullName()))
	}
	t := p.d.fn.Args[p.arguments[0].index].Type
	leaf, err := newLeaf(t, rows, true)
	if err != nil {
		return p.badField("request.columns", err)
	}
	c.scalar = &writeField{arg: p.arguments[0].index, leaf: leaf, tag: tagBytes(rows, leaf.wire)}
	return c.reader.init(p, columns)
}

// badField places an error at the option that named the field.
func (p *pbPlan) badField(key string, err error) error {
	return sqlerr.From(err).At(position(p.d.options)(key))
}

// add puts an argument at the end of a path.
func (n *writeNode) add(path []protoreflect.FieldDescriptor, arg int, col catalog.Column) error {
	f := path[0]
	if len(path) > 1 {
		for i := range n.fields {
			if x := &n.fields[i]; x.num == f.Number() && x.sub != nil {
				return x.sub.add(path[1:], arg, col)
			}
		}
		sub := &writeNode{}
		n.fields = append(n.fields, writeField{num: f.Number(), tag: tagBytes(f, protowire.BytesType), sub: sub})
		return sub.add(path[1:], arg, col)
	}
	for _, x := range n.fields {
		if x.num == f.Number() {
			return sqlerr.New(sqlerr.InvalidParameterValue, "field %s is used twice", f.FullName())
		}
	}
	w := writeField{num: f.Number(), arg: arg, list: f.IsList(), packed: f.IsPacked()}
	t := col.Type
	if (t.Kind == catalog.Array) != w.list {
		return sqlerr.New(sqlerr.DatatypeMismatch, "argument %s, a %s, does not go with field %s", catalog.QuoteIdent(col.Name), t, f.FullName()).
			Hint("an ARRAY goes with a repeated field, and nothing else does")
	}
	if w.list {
		t = *t.Elem
	}
	var err error
	if w.leaf, err = newLeaf(t, f, true); err != nil {
		return err
	}
	w.tag = tagBytes(f, w.leaf.wire)
	if w.packed {
		w.tag = tagBytes(f, protowire.BytesType)
	}
	n.fields = append(n.fields, w)
	return nil
}

// question writes a question with its tag and length, for a unary method without.
func (c *pbCodec) question(dst []byte, args *exec.Batch, i int) ([]byte, error) {
	if s := c.scalar; s != nil {
		col := args.Cols[s.arg]
		if col.IsNull(i) {
			return dst, sqlerr.New(sqlerr.DataException, "NULL cannot be a question of its own")
		}
		return s.leaf.append(append(dst, s.tag...), col, i)
	}
	if c.tag == nil {
		return c.root.append(dst, args, i)
	}
	dst = append(dst, c.tag...)
	mark := len(dst)
	dst, err := c.root.append(append(dst, 0), args, i)
	if err != nil {
		return dst, err
	}
	return closeLength(dst, mark), nil
}

// append writes the fields that are not NULL: an absent field is what NULL is.
func (n *writeNode) append(dst []byte, args *exec.Batch, i int) ([]byte, error) {
	var err error
	for k := range n.fields {
		f := &n.fields[k]
		start := len(dst)
		switch {
		case f.sub != nil:
			dst = append(dst, f.tag...)
			mark := len(dst)
			if dst, err = f.sub.append(append(dst, 0), args, i); err != nil {
				return dst, err
			}
			if len(dst) == mark+1 {
				dst = dst[:start]
				continue
			}
			dst = closeLength(dst, mark)
		case args.Cols[f.arg].IsNull(i):
		case f.list:
			if dst, err = f.appendList(dst, args.Cols[f.arg], i); err != nil {
				return dst, err
			}
		default:
			if dst, err = f.leaf.append(append(dst, f.tag...), args.Cols[f.arg], i); err != nil {
				return dst, err
			}
		}
	}
	return dst, nil
}

func (f *writeField) appendList(dst []byte, c *exec.Column, i int) ([]byte, error) {
	lo, hi := int(c.Offs[i]), int(c.Offs[i+1])
	if lo == hi {
		return dst, nil
	}
	mark := 0
	if f.packed {
		dst = append(dst, f.tag...)
		mark = len(dst)
		dst = append(dst, 0)
	}
	var err error
	for j := lo; j < hi; j++ {
		if c.Kids[0].IsNull(j) {
			return dst, sqlerr.New(sqlerr.DataException, "NULL cannot be an element of field %s", f.leaf.field.FullName())
		}
		if !f.packed {
			dst = append(dst, f.tag...)
		}
		if dst, err = f.leaf.append(dst, c.Kids[0], j); err != nil {
			return dst, err
		}
	}
	if f.packed {
		dst = closeLength(dst, mark)
	}
	return dst, nil
}

// request writes the constants and the questions, within the messages around
// them. A message that comes twice is merged by who reads it, so that constants may
// stand in the same one.
func (c *pbCodec) request(dst []byte, qs *questions, lo, hi int) []byte {
	dst = append(dst, c.plan.prefix...)
	body := qs.span(lo, hi)
	if n := len(c.wraps); n > 0 {
		sizes := make([]int, n)
		size := len(body)
		for i := n - 1; i >= 0; i-- {
			sizes[i] = size
			size += len(c.wraps[i]) + protowire.SizeVarint(uint64(size))
		}
		for i, tag := range c.wraps {
			dst = protowire.AppendVarint(append(dst, tag...), uint64(sizes[i]))
		}
	}
	return append(dst, body...)
}

func (c *pbCodec) answers(response []byte, n, base int, cols []*exec.Column, got *received) error {
	return c.reader.answers(response, n, base, cols, got)
}
