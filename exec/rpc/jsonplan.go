package rpc

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// jsonPlan is a body of questions and a body of answers.
type jsonPlan struct {
	d *definition
	// before and after are the request around its questions.
	before, after []byte
	// outer leads to the answers, or with nested to what holds each list of them.
	outer, inner []string
	nested       bool
	index        []string // nil: answers stand in the order of the questions

	arguments, columns []pair
}

func (p *jsonPlan) unary() bool { return false }

func (p *jsonPlan) transport(l *link, d *definition) transport { return newHTTPTransport(l.http, d) }

// listMark stands in a path behind what is an array on the way: 'results[].items'.
const listMark = "[]"

func compileJSON(d *definition) (plan, error) {
	p := &jsonPlan{d: d}
	var err error
	if p.arguments, err = mapping(d, "request.columns", d.fn.Args, "argument"); err != nil {
		return nil, err
	}
	if p.columns, err = mapping(d, "response.columns", d.fn.Returns, "column"); err != nil {
		return nil, err
	}
	for key, pairs := range map[string][]pair{"request.columns": p.arguments, "response.columns": p.columns} {
		for _, x := range pairs {
			if x.path == self && len(pairs) > 1 {
				return nil, sqlerr.New(sqlerr.InvalidParameterValue, "option '%s': '.' is the whole element, so that it stands alone", key).At(position(d.options)(key))
			}
		}
	}
	rows := d.values.String("response.rows")
	if left, right, ok := strings.Cut(rows, listMark); ok {
		p.nested = true
		if p.inner, err = jsonPath("response.rows", strings.TrimPrefix(right, "."), d); err != nil {
			return nil, err
		}
		rows = left
	}
	if p.outer, err = jsonPath("response.rows", rows, d); err != nil {
		return nil, err
	}
	if d.values.IsSet("response.index") {
		if p.index, err = jsonPath("response.index", d.values.String("response.index"), d); err != nil {
			return nil, err
		}
	}
	if err := p.body(); err != nil {
		return nil, err
	}
	all := make([]int, len(d.fn.Returns))
	for i := range all {
		all[i] = i
	}
	if _, err := p.codec(all); err != nil {
		return nil, err
	}
	return p, nil
}

// jsonPath cuts a.b.c apart; nothing and "." are the value itself.
func jsonPath(key, path string, d *definition) ([]string, error) {
	if path = strings.TrimSpace(path); path == "" || path == self {
		return nil, nil
	}
	parts := strings.Split(path, ".")
	for _, p := range parts {
		if p == "" || strings.Contains(p, listMark) {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "option '%s': '%s' is no path", key, path).At(position(d.options)(key)).
				Hint("the form is a.b.c, of 'response.rows' with one [] behind an array on the way")
		}
	}
	return parts, nil
}

// body makes the request around the questions, of request.rows and the constants.
func (p *jsonPlan) body() error {
	rows, err := jsonPath("request.rows", p.d.values.String("request.rows"), p.d)
	if err != nil {
		return err
	}
	given := p.d.values.Prefixed("request.const.")
	if rows == nil {
		if len(given) > 0 {
			return sqlerr.New(sqlerr.InvalidParameterValue, "option 'request.const.%s' goes with 'request.rows': the body is an array", given[0].Key).At(given[0].KeyPos)
		}
		p.before, p.after = []byte("["), []byte("]")
		return nil
	}
	root := map[string]any{}
	const mark = "\x00rows\x00"
	if !setJSON(root, rows, mark) {
		return sqlerr.New(sqlerr.InternalError, "no body")
	}
	for _, o := range given {
		path, err := jsonPath("request.const."+o.Key, o.Key, p.d)
		if err != nil {
			return err
		}
		if !setJSON(root, path, jsonConstant(o.Value)) {
			return sqlerr.New(sqlerr.InvalidParameterValue, "option 'request.const.%s' contradicts another path", o.Key).At(o.KeyPos)
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(root); err != nil {
		return sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "the constants of the request are no JSON: %v", err)
	}
	quoted, err := json.Marshal(mark)
	if err != nil {
		return err
	}
	left, right, _ := bytes.Cut(bytes.TrimSpace(b.Bytes()), quoted)
	p.before = append(bytes.Clone(left), '[')
	p.after = append([]byte{']'}, right...)
	return nil
}

// setJSON puts a value at a path that nothing else uses.
func setJSON(m map[string]any, path []string, v any) bool {
	for _, k := range path[:len(path)-1] {
		next, ok := m[k].(map[string]any)
		if !ok {
			if m[k] != nil {
				return false
			}
			next = map[string]any{}
			m[k] = next
		}
		m = next
	}
	k := path[len(path)-1]
	if m[k] != nil {
		return false
	}
	m[k] = v
	return true
}

// jsonConstant takes a value that is JSON as it is, and any other for a string.
func jsonConstant(s string) any {
	if json.Valid([]byte(s)) {
		return json.RawMessage(s)
	}
	return s
}

// jsonCodec writes questions and reads answers as JSON.
type jsonCodec struct {
	plan    *jsonPlan
	root    *jsonNode
	writers []*scalar.Writer // by argument
	outs    []jsonColumn
}

// jsonNode is an object of the question: its members in order.
type jsonNode struct {
	name string // quoted, with a colon
	arg  int    // -1: an object
	kids []*jsonNode
}

type jsonColumn struct {
	path   []string
	name   string
	typ    catalog.Type
	reader *scalar.Reader
}

func (p *jsonPlan) codec(columns []int) (codec, error) {
	c := &jsonCodec{plan: p, root: &jsonNode{arg: -1}, writers: make([]*scalar.Writer, len(p.d.fn.Args))}
	for _, a := range p.arguments {
		t, err := jsonScalar(p.d.fn.Args[a.index])
		if err != nil {
			return nil, err
		}
		c.writers[a.index] = scalar.NewWriter(t, scalar.ISO)
		path, err := jsonPath("request.columns", a.path, p.d)
		if err != nil {
			return nil, err
		}
		if !c.root.add(path, a.index) {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "field %q is used twice", a.path).At(position(p.d.options)("request.columns"))
		}
	}
	byColumn := map[int]pair{}
	for _, x := range p.columns {
		byColumn[x.index] = x
	}
	for _, i := range columns {
		col := p.d.fn.Returns[i]
		t, err := jsonScalar(col)
		if err != nil {
			return nil, err
		}
		out := jsonColumn{typ: col.Type, name: col.Name}
		if out.path, err = jsonPath("response.columns", byColumn[i].path, p.d); err != nil {
			return nil, err
		}
		if out.reader, err = scalar.NewReader(t, scalar.Auto); err != nil {
			return nil, err
		}
		c.outs = append(c.outs, out)
	}
	return c, nil
}

// jsonScalar is the type of a column, or of the elements of its array.
func jsonScalar(c catalog.Column) (catalog.Type, error) {
	t := c.Type
	if t.Kind == catalog.Array {
		t = *t.Elem
	}
	switch t.Kind {
	case catalog.Array, catalog.Row, catalog.Map, catalog.Void, catalog.Unknown:
		return t, sqlerr.New(sqlerr.FeatureNotSupported, "type %s of %s is not supported for remote functions", c.Type, catalog.QuoteIdent(c.Name)).
			Hint("JSON holds any structure")
	}
	return t, nil
}

// add puts an argument at the end of a path; an empty one is the question itself.
func (n *jsonNode) add(path []string, arg int) bool {
	if len(path) == 0 {
		n.arg = arg
		return len(n.kids) == 0
	}
	name := string(append(appendJSONString(nil, []byte(path[0])), ':'))
	for _, k := range n.kids {
		if k.name == name {
			return k.arg < 0 && len(path) > 1 && k.add(path[1:], arg)
		}
	}
	k := &jsonNode{name: name, arg: -1}
	n.kids = append(n.kids, k)
	return k.add(path[1:], arg)
}

func (c *jsonCodec) question(dst []byte, args *exec.Batch, i int) ([]byte, error) {
	return c.node(dst, c.root, args, i)
}

func (c *jsonCodec) node(dst []byte, n *jsonNode, args *exec.Batch, i int) ([]byte, error) {
	if n.arg >= 0 {
		return c.value(dst, n.arg, args.Cols[n.arg], i)
	}
	dst = append(dst, '{')
	for k, kid := range n.kids {
		if k > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = c.node(append(dst, kid.name...), kid, args, i); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

func (c *jsonCodec) value(dst []byte, arg int, col *exec.Column, i int) ([]byte, error) {
	if col.IsNull(i) {
		return append(dst, "null"...), nil
	}
	if col.Layout != exec.List {
		return c.scalar(dst, arg, c.plan.d.fn.Args[arg].Type, col, i)
	}
	dst = append(dst, '[')
	for j := int(col.Offs[i]); j < int(col.Offs[i+1]); j++ {
		if j > int(col.Offs[i]) {
			dst = append(dst, ',')
		}
		if col.Kids[0].IsNull(j) {
			dst = append(dst, "null"...)
			continue
		}
		var err error
		if dst, err = c.scalar(dst, arg, *c.plan.d.fn.Args[arg].Type.Elem, col.Kids[0], j); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func (c *jsonCodec) scalar(dst []byte, arg int, t catalog.Type, col *exec.Column, i int) ([]byte, error) {
	w := c.writers[arg]
	switch {
	case t.Kind == catalog.Varchar:
		if !utf8.Valid(col.Str(i)) {
			return dst, sqlerr.New(sqlerr.BadByteSequence, `invalid byte sequence for encoding "UTF8": %s`, scalar.BadBytes(col.Str(i)))
		}
		return appendJSONString(dst, col.Str(i)), nil
	case t.Kind == catalog.JSON:
		if !json.Valid(col.Str(i)) {
			return dst, scalar.SyntaxError(t, col.Str(i))
		}
		return append(dst, col.Str(i)...), nil
	case t.Kind == catalog.Boolean, w.Number(col, i):
		return w.Append(dst, col, i), nil
	}
	dst = w.Append(append(dst, '"'), col, i)
	return append(dst, '"'), nil
}

func (c *jsonCodec) request(dst []byte, qs *questions, lo, hi int) []byte {
	dst = append(dst, c.plan.before...)
	for i := lo; i < hi; i++ {
		if i > lo {
			dst = append(dst, ',')
		}
		dst = append(dst, qs.bytes(i)...)
	}
	return append(dst, c.plan.after...)
}

func (c *jsonCodec) answers(b []byte, n, base int, cols []*exec.Column, got *received) error {
	body, err := checkJSON(b)
	if err != nil {
		return err
	}
	if err := scalar.Room(cols, len(b)); err != nil {
		return err
	}
	list := body.at(c.plan.outer)
	if list.kind() != jsonArray {
		return c.noArray(c.plan.outer, list)
	}
	count := 0
	for at := list.walk(); at.more(); {
		e := at.element()
		q := count
		count++
		if c.plan.index != nil {
			if q, err = c.question1(e, count, n); err != nil {
				return err
			}
		}
		if q >= n {
			continue
		}
		if !c.plan.nested {
			c.row(e, q, base, cols, got)
			continue
		}
		inner := e.at(c.plan.inner)
		switch inner.kind() {
		case jsonArray:
			for in := inner.walk(); in.more(); {
				c.row(in.element(), q, base, cols, got)
			}
		case jsonNull, jsonMissing:
		default:
			return c.noArray(append(append([]string{}, c.plan.outer...), c.plan.inner...), inner)
		}
	}
	if c.plan.index == nil && count != n {
		return sqlerr.New(sqlerr.ProtocolViolation, "the response has %d answers to %d questions", count, n).
			Hint("set 'response.index' to the member that has the number of an answer's question, or 'response.rows' to a path like 'results[].items'")
	}
	return nil
}

func (c *jsonCodec) noArray(path []string, v jsonValue) error {
	where := "the response"
	if len(path) > 0 {
		where = strconv.Quote(strings.Join(path, ".")) + " of the response"
	}
	return sqlerr.New(sqlerr.ProtocolViolation, "%s is %s instead of an array", where, v.kind()).
		Hint("'response.rows' is the path of the answers")
}

// question1 reads the number of an answer's question.
func (c *jsonCodec) question1(e jsonValue, count, n int) (int, error) {
	v := e.at(c.plan.index)
	q, err := strconv.Atoi(string(v))
	if err != nil || q < 0 || q >= n {
		return 0, sqlerr.New(sqlerr.ProtocolViolation, "answer %d says that its question is number %s of %d", count, scalar.Excerpt(v), n).
			Hint("'response.index' counts the questions of a call from 0")
	}
	return q, nil
}

// row reads an answer; what is wrong with its values is that question's fault.
func (c *jsonCodec) row(e jsonValue, q, base int, cols []*exec.Column, got *received) {
	for i := range c.outs {
		out := &c.outs[i]
		if err := out.append(cols[i], e.at(out.path)); err != nil {
			scalar.RollbackAll(cols, base+len(got.parents))
			got.faults = append(got.faults, exec.Fault{Question: int32(q), Err: scalar.Within("field", out.name, err)})
			return
		}
	}
	got.parents = append(got.parents, int32(q))
}

func (o *jsonColumn) append(c *exec.Column, v jsonValue) error {
	k := v.kind()
	if k == jsonMissing || k == jsonNull {
		c.AppendNull()
		return nil
	}
	if o.typ.Kind != catalog.Array {
		return o.scalar(c, o.typ, v)
	}
	if k != jsonArray {
		return scalar.SyntaxError(o.typ, v)
	}
	for at := v.walk(); at.more(); {
		e := at.element()
		if e.kind() == jsonNull {
			c.Kids[0].AppendNull()
		} else if err := o.scalar(c.Kids[0], *o.typ.Elem, e); err != nil {
			return err
		}
	}
	c.EndList()
	return nil
}

func (o *jsonColumn) scalar(c *exec.Column, t catalog.Type, v jsonValue) error {
	if t.Kind == catalog.JSON {
		c.AppendBytes(v)
		return nil
	}
	switch k := v.kind(); k {
	case jsonText:
		s, err := v.text()
		if err != nil || !utf8.Valid(s) || hasNUL(s) {
			return scalar.SyntaxError(t, v)
		}
		return o.reader.Text(c, s)
	case jsonNumber:
		return o.reader.Number(c, v)
	case jsonTrue, jsonFalse:
		return o.reader.Bool(c, k == jsonTrue)
	}
	return scalar.SyntaxError(t, v)
}
