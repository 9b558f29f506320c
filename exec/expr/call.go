package expr

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// site is a place in a plan where a function is called: what its kernel is
// built from.
type site struct {
	name  string
	args  []exec.Eval
	types []catalog.Type
	ret   catalog.Type
	pos   sqlerr.Pos
	env   *Env
}

// isConst gives the value of argument k as a column of one row if it is
// constant and not NULL.
func (s *site) constant(k int) *exec.Column {
	if k < len(s.args) {
		if c := constOf(s.args[k]); c != nil && !c.IsNull(0) {
			return c
		}
	}
	return nil
}

// kernel builds the evaluation of a call.
type kernel func(s *site) (exec.Eval, error)

// rowFunc computes row i of a call from c.args into c.out: for layouts of a
// fixed width it sets the row's value, for strings it appends to c.out.Data,
// for lists, maps and rows to c.out.Kids. What it returns is an error of that row.
type rowFunc func(c *call, i int) error

// call runs a rowFunc over a batch.
type call struct {
	*site
	args []*exec.Column
	out  *exec.Column
	fn   rowFunc
	// strict: a row with a NULL argument is NULL without asking fn.
	strict bool
	null   bool // set by fn: this row is NULL
	buf    []byte
	state  any // what the function keeps between rows
	marks  []int
}

// strictly makes a kernel of a function that is NULL when an argument is.
func strictly(fn rowFunc) kernel {
	return func(s *site) (exec.Eval, error) { return newCall(s, fn, true), nil }
}

// loosely makes a kernel of a function that looks at NULLs itself.
func loosely(fn rowFunc) kernel {
	return func(s *site) (exec.Eval, error) { return newCall(s, fn, false), nil }
}

func newCall(s *site, fn rowFunc, strict bool) *call {
	out := exec.NewColumnOf(s.ret)
	return &call{site: s, args: make([]*exec.Column, len(s.args)), out: out, fn: fn, strict: strict, marks: make([]int, len(out.Kids))}
}

// isNull tells whether argument k is NULL in row i.
func (c *call) isNull(k, i int) bool { return c.args[k].IsNull(i) }

// str gives argument k, a string.
func (c *call) str(k, i int) []byte { return c.args[k].Str(i) }

// int gives argument k, an integer or a time.
func (c *call) int(k, i int) int64 { return c.args[k].Int[i] }

func (c *call) Eval(b *exec.Batch) (*exec.Column, error) {
	nulls := false
	for k, a := range c.site.args {
		col, err := a.Eval(b)
		if err != nil {
			return nil, err
		}
		c.args[k] = col
		nulls = nulls || col.Nulls
	}
	nulls = nulls && c.strict
	if appended(c.out.Layout) {
		return c.out, c.appendRows(b, nulls)
	}
	out := c.out
	prepare(out, b.N)
	if nulls {
		c.joinNulls(b.N)
	}
	for k := range b.Rows() {
		i := b.Row(k)
		if nulls && !out.Valid.Get(i) {
			continue
		}
		if err := c.fn(c, i); err != nil {
			return nil, rowError(i, err, c.pos)
		}
		if c.null {
			c.null = false
			setNull(out, i, b.N)
		}
	}
	return out, nil
}

func (c *call) joinNulls(n int) {
	copyValid(c.out, c.args[0], n)
	for _, a := range c.args[1:] {
		joinValid(c.out, c.out, a, n)
	}
}

// maxBatchText bounds the texts that one call makes for one batch, in bytes.
const maxBatchText = 256 << 20

// appendRows computes strings and nested values, which are written in order.
func (c *call) appendRows(b *exec.Batch, nulls bool) error {
	c.out.Reset()
	next := 0
	for k := range b.Rows() {
		i := b.Row(k)
		for ; next < i; next++ {
			c.gap()
		}
		next = i + 1
		if nulls && c.anyNull(i) {
			c.out.AppendNull()
			continue
		}
		for k, kid := range c.out.Kids {
			c.marks[k] = kid.Len()
		}
		if err := c.fn(c, i); err != nil {
			return rowError(i, err, c.pos)
		}
		if len(c.out.Data) > maxBatchText {
			return rowError(i, errTextTooLong(), c.pos)
		}
		if c.null {
			c.null = false
			c.undo()
			c.out.AppendNull()
			continue
		}
		c.end()
	}
	for ; next < b.N; next++ {
		c.gap()
	}
	return nil
}

func (c *call) anyNull(i int) bool {
	for _, a := range c.args {
		if a.IsNull(i) {
			return true
		}
	}
	return false
}

// gap fills the place of a row that is not selected.
func (c *call) gap() {
	if c.out.Layout == exec.Struct {
		c.out.AppendNull()
		return
	}
	c.end()
}

func (c *call) end() {
	switch c.out.Layout {
	case exec.Strings:
		c.out.EndString()
	case exec.Struct:
		c.out.EndStruct()
	default:
		c.out.EndList()
	}
}

// undo drops what fn appended for the row.
func (c *call) undo() {
	if c.out.Layout == exec.Strings {
		c.out.Data = c.out.Data[:c.out.Offs[c.out.Len()]]
	}
	for k, kid := range c.out.Kids {
		kid.Truncate(c.marks[k])
	}
}

// put appends bytes to the row's string.
func (c *call) put(b []byte) { c.out.Data = append(c.out.Data, b...) }

// rowError places the error of a row in the text.
func rowError(i int, err error, pos sqlerr.Pos) error {
	return &exec.RowError{Row: i, Err: sqlerr.From(err).At(pos)}
}
