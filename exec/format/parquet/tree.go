package parquet

import (
	"io"

	"github.com/parquet-go/parquet-go"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
)

// stream is the values of one leaf, over all row groups.
type stream struct {
	index  int
	chunks []parquet.ColumnChunk // those left
	pages  parquet.Pages
	page   parquet.Page
	values parquet.ValueReader
	buf    []parquet.Value
	at     int
	rows   int64 // of which a value was taken
	over   bool
}

// pieceValues is how many values of a leaf are taken from its page at a time.
const pieceValues = 256

// peek gives the next value; there is none at the end of the file.
func (s *stream) peek() (*parquet.Value, error) {
	for s.at == len(s.buf) {
		if s.over {
			return nil, io.EOF
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
	return &s.buf[s.at], nil
}

// take steps over the value that peek has given.
func (s *stream) take() {
	if s.buf[s.at].RepetitionLevel() == 0 {
		s.rows++
	}
	s.at++
}

// fill takes more values, of the next page or chunk where need be.
func (s *stream) fill() error {
	switch {
	case s.values != nil:
		n, err := s.values.ReadValues(s.buf[:cap(s.buf)])
		s.buf, s.at = s.buf[:n], 0
		if err == io.EOF {
			s.values = nil
			err = nil
		}
		return err
	case s.pages != nil:
		if s.page != nil {
			parquet.Release(s.page)
			s.page = nil
		}
		p, err := s.pages.ReadPage()
		if err == io.EOF {
			err = s.pages.Close()
			s.pages = nil
			return err
		}
		if err != nil {
			return err
		}
		s.page, s.values = p, p.Values()
		return nil
	case len(s.chunks) > 0:
		s.pages = s.chunks[0].Pages()
		s.chunks = s.chunks[1:]
		return nil
	}
	s.over = true
	return nil
}

func (s *stream) close() error {
	if s.page != nil {
		parquet.Release(s.page)
		s.page = nil
	}
	if s.pages == nil {
		return nil
	}
	return s.pages.Close()
}

// node puts values of a column, or a part of one, together.
type node struct {
	kind    nodeKind
	name    string
	present int // the definition level from which it is not NULL
	some    int // of lists and maps: the one from which there are items
	rep     int // of lists and maps: the repetition level of further items
	conv    *converter
	kids    []*node   // of a group, nil: the file has none; the item's; key and value
	streams []*stream // of all leaves beneath
}

type nodeKind uint8

const (
	leafNode nodeKind = iota
	groupNode
	listNode
	mapNode
)

// grower makes nodes, and the streams of leaves as they are met.
type grower struct {
	groups  []parquet.RowGroup
	streams map[int]*stream
}

func (g *grower) stream(c *parquet.Column) *stream {
	s, ok := g.streams[c.Index()]
	if !ok {
		s = &stream{index: c.Index(), buf: make([]parquet.Value, 0, pieceValues)}
		for _, rg := range g.groups {
			s.chunks = append(s.chunks, rg.ColumnChunks()[c.Index()])
		}
		g.streams[c.Index()] = s
	}
	return s
}

// node makes the node of column c read as t. A repeated column without a list
// around it is a list itself.
func (g *grower) node(c *parquet.Column, t catalog.Type) (*node, error) {
	if c.Repeated() {
		if t.Kind != catalog.Array {
			return nil, mismatch("repeated "+c.Name(), t)
		}
		item, err := g.item(c, *t.Elem)
		if err != nil {
			return nil, err
		}
		return &node{kind: listNode, name: c.Name(), present: c.MaxDefinitionLevel() - 1, some: c.MaxDefinitionLevel(), rep: c.MaxRepetitionLevel(),
			kids: []*node{item}, streams: item.streams}, nil
	}
	return g.item(c, t)
}

// item is node for what stands once.
func (g *grower) item(c *parquet.Column, t catalog.Type) (*node, error) {
	n := &node{name: c.Name(), present: c.MaxDefinitionLevel()}
	if c.Leaf() {
		var err error
		n.streams = []*stream{g.stream(c)}
		n.conv, err = newConverter(c.Type(), t)
		return n, err
	}
	switch kids := c.Columns(); t.Kind {
	case catalog.Row:
		return n, g.row(n, c, t)
	case catalog.Array:
		if len(kids) == 1 && kids[0].Repeated() {
			return n, g.list(n, c, kids[0], t)
		}
	case catalog.Map:
		if len(kids) == 1 && kids[0].Repeated() && len(kids[0].Columns()) == 2 {
			return n, g.dict(n, kids[0], t)
		}
	}
	return nil, mismatch("group "+c.Name(), t)
}

func (g *grower) row(n *node, c *parquet.Column, t catalog.Type) error {
	n.kind = groupNode
	for _, f := range t.Fields {
		kid := c.Column(f.Name)
		if kid == nil {
			n.kids = append(n.kids, nil)
			continue
		}
		k, err := g.node(kid, f.Type)
		if err != nil {
			return scalar.Within("field", f.Name, err)
		}
		n.kids = append(n.kids, k)
		n.streams = append(n.streams, k.streams...)
	}
	if len(n.streams) == 0 { // some leaf tells whether the group is there
		leaf := c
		for !leaf.Leaf() {
			leaf = leaf.Columns()[0]
		}
		n.streams = []*stream{g.stream(leaf)}
	}
	return nil
}

// list makes a list of the group c around the repeated column r, whose only child
// is the item; as old writers have it, r is the item itself.
func (g *grower) list(n *node, c, r *parquet.Column, t catalog.Type) error {
	n.kind, n.some, n.rep = listNode, r.MaxDefinitionLevel(), r.MaxRepetitionLevel()
	var item *node
	var err error
	if r.Leaf() || len(r.Columns()) != 1 || r.Name() == "array" || r.Name() == c.Name()+"_tuple" {
		item, err = g.item(r, *t.Elem)
	} else {
		item, err = g.node(r.Columns()[0], *t.Elem)
	}
	if err != nil {
		return scalar.Within("element", "of the array", err)
	}
	n.kids, n.streams = []*node{item}, item.streams
	return nil
}

func (g *grower) dict(n *node, r *parquet.Column, t catalog.Type) error {
	n.kind, n.some, n.rep = mapNode, r.MaxDefinitionLevel(), r.MaxRepetitionLevel()
	for i, kt := range []catalog.Type{*t.Key, *t.Elem} {
		k, err := g.node(r.Columns()[i], kt)
		if err != nil {
			return err
		}
		n.kids = append(n.kids, k)
		n.streams = append(n.streams, k.streams...)
	}
	return nil
}

// skip takes one value of each leaf: those that say that nothing is there.
func (n *node) skip() {
	for _, s := range n.streams {
		if _, err := s.peek(); err == nil {
			s.take()
		}
	}
}

// append adds one value to c.
func (n *node) append(c *exec.Column) error {
	v, err := n.streams[0].peek()
	if err != nil {
		return err
	}
	level := v.DefinitionLevel()
	if level < n.present {
		n.skip()
		c.AppendNull()
		return nil
	}
	switch n.kind {
	case leafNode:
		n.streams[0].take()
		return n.conv.one(c, *v)
	case groupNode:
		if err := n.group(c); err != nil {
			return err
		}
		c.EndStruct()
		return nil
	}
	if level < n.some {
		n.skip()
		c.EndList()
		return nil
	}
	for {
		for i, k := range n.kids {
			if err := k.append(c.Kids[i]); err != nil {
				return err
			}
		}
		v, err := n.streams[0].peek()
		if err != nil && err != io.EOF {
			return err
		}
		if err == io.EOF || v.RepetitionLevel() < n.rep {
			break
		}
	}
	c.EndList()
	return nil
}

func (n *node) group(c *exec.Column) error {
	found := false
	for i, k := range n.kids {
		if k == nil {
			c.Kids[i].AppendNull()
			continue
		}
		found = true
		if err := k.append(c.Kids[i]); err != nil {
			return scalar.Within("field", k.name, err)
		}
	}
	if !found {
		n.skip()
	}
	return nil
}
