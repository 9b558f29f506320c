package expr

import "github.com/penstock/penstock/exec"

// resized gives s the length n, reusing its memory; the contents are
// unspecified.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/4)
	}
	return s[:n]
}

// prepare makes a column of a fixed-width layout n rows long, without NULLs and
// with unspecified values.
func prepare(c *exec.Column, n int) {
	c.Nulls = false
	switch c.Layout {
	case exec.Bools:
		c.Bool = resized(c.Bool, n)
	case exec.Ints:
		c.Int = resized(c.Int, n)
	case exec.Floats:
		c.Float = resized(c.Float, n)
	case exec.Decimals:
		c.Dec = resized(c.Dec, n)
	case exec.Intervals:
		c.Ivl = resized(c.Ivl, n)
	}
	c.SetLen(n)
}

func words(n int) int { return (n + 63) >> 6 }

// copyValid gives out the NULLs of a.
func copyValid(out, a *exec.Column, n int) {
	out.Nulls = a.Nulls
	if a.Nulls {
		out.Valid = resized(out.Valid, words(n))
		copy(out.Valid, a.Valid[:words(n)])
	}
}

// joinValid gives out a NULL wherever a or b has one.
func joinValid(out, a, b *exec.Column, n int) {
	if !a.Nulls {
		copyValid(out, b, n)
		return
	}
	copyValid(out, a, n)
	if b.Nulls {
		for w, v := range b.Valid[:words(n)] {
			out.Valid[w] &= v
		}
	}
}

// allValid turns on Nulls with every row valid, or none.
func allValid(c *exec.Column, n int, valid bool) {
	c.Valid = resized(c.Valid, words(n))
	fill := uint64(0)
	if valid {
		fill = ^fill
	}
	for w := range c.Valid {
		c.Valid[w] = fill
	}
	c.Nulls = true
}

// setNull makes row i of a column of n rows NULL.
func setNull(c *exec.Column, i, n int) {
	if !c.Nulls {
		allValid(c, n, true)
	}
	c.Valid.Clear(i)
}

// dense tells whether a kernel that cannot fault should rather run over all
// rows than over those that are selected.
func dense(b *exec.Batch) bool { return b.Sel == nil || 2*len(b.Sel) >= b.N }

// appended tells the layouts that are written by appending in order.
func appended(l exec.Layout) bool { return l >= exec.Strings }

// broadcast is a column of equal rows, grown to the largest batch met.
type broadcast struct {
	one *exec.Column // the value, one row
	out *exec.Column // shared slices of the wanted length
	all *exec.Column // as many rows as were ever wanted
	n   int
}

func newBroadcast(one *exec.Column) *broadcast {
	return &broadcast{one: one, out: one.Like(), all: one.Like()}
}

// rows gives the column with n rows.
func (k *broadcast) rows(n int) *exec.Column {
	if n == k.out.Len() && n > 0 {
		return k.out
	}
	for ; k.n < n; k.n++ {
		k.all.AppendFrom(k.one, 0)
	}
	o, a := k.out, k.all
	*o = *a
	switch o.Layout {
	case exec.Bools:
		o.Bool = a.Bool[:n]
	case exec.Ints:
		o.Int = a.Int[:n]
	case exec.Floats:
		o.Float = a.Float[:n]
	case exec.Decimals:
		o.Dec = a.Dec[:n]
	case exec.Intervals:
		o.Ivl = a.Ivl[:n]
	case exec.Strings:
		o.Offs = a.Offs[:n+1]
		o.Data = a.Data[:o.Offs[n]]
	case exec.List, exec.MapOf:
		o.Offs = a.Offs[:n+1]
	}
	if o.Nulls {
		o.Valid = a.Valid[:words(n)]
	}
	o.SetLen(n)
	return o
}

// constant is an expression whose value is known.
type constant struct{ col *broadcast }

func (k *constant) Eval(b *exec.Batch) (*exec.Column, error) {
	if len(k.col.one.Data)*b.N > maxBatchText {
		return nil, errTextTooLong()
	}
	return k.col.rows(b.N), nil
}

func newConstant(one *exec.Column) *constant { return &constant{newBroadcast(one)} }

// constOf gives the value of a constant expression as a column of one row, or nil.
func constOf(e exec.Eval) *exec.Column {
	if k, ok := e.(*constant); ok {
		return k.col.one
	}
	return nil
}

// constRow is a batch of one row without columns, to evaluate constants over.
var constRow = exec.Batch{N: 1, Split: -1}
