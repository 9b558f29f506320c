package expr

import (
	"bytes"
	"cmp"

	"github.com/penstock/penstock/exec"
)

// relation is a comparison operator.
type relation uint8

const (
	eq relation = iota
	ne
	lt
	le
	gt
	ge
)

// holds tells, for a three-way comparison (-1, 0, 1) plus one, whether the
// relation holds.
var holds = [6][3]bool{
	eq: {false, true, false}, ne: {true, false, true},
	lt: {true, false, false}, le: {true, true, false},
	gt: {false, false, true}, ge: {false, true, true},
}

// flipped gives the relation of b to a for that of a to b.
var flipped = [6]relation{eq: eq, ne: ne, lt: gt, le: ge, gt: lt, ge: le}

// compare compares two columns of plain values, the right one possibly constant.
type compare[T int64 | float64] struct {
	rel  relation
	l, r exec.Eval
	get  func(*exec.Column) []T
	// k is the right side's value where known is set.
	k     T
	known bool
	out   exec.Column
}

func newCompare[T int64 | float64](rel relation, l, r exec.Eval, get func(*exec.Column) []T) exec.Eval {
	if constOf(l) != nil && constOf(r) == nil {
		l, r, rel = r, l, flipped[rel]
	}
	e := &compare[T]{rel: rel, l: l, r: r, get: get}
	if c := constOf(r); c != nil && !c.IsNull(0) {
		e.k = get(c)[0]
		e.known = e.k == e.k // NaN takes the general way
	}
	return e
}

func intsOf(c *exec.Column) []int64     { return c.Int }
func floatsOf(c *exec.Column) []float64 { return c.Float }

func (e *compare[T]) Eval(b *exec.Batch) (*exec.Column, error) {
	l, err := e.l.Eval(b)
	if err != nil {
		return nil, err
	}
	prepare(&e.out, b.N)
	x := e.get(l)[:b.N]
	if e.known {
		copyValid(&e.out, l, b.N)
		if dense(b) {
			compareConst(e.rel, e.out.Bool, x, e.k)
		} else {
			t := &holds[e.rel]
			for _, i := range b.Sel {
				e.out.Bool[i] = t[compareOrdered(x[i], e.k)+1]
			}
		}
		return &e.out, nil
	}
	r, err := e.r.Eval(b)
	if err != nil {
		return nil, err
	}
	y := e.get(r)[:b.N]
	joinValid(&e.out, l, r, b.N)
	if dense(b) {
		compareColumns(e.rel, e.out.Bool, x, y)
	} else {
		t := &holds[e.rel]
		for _, i := range b.Sel {
			e.out.Bool[i] = t[compareOrdered(x[i], y[i])+1]
		}
	}
	return &e.out, nil
}

// compareOrdered orders numbers as PostgreSQL does: NaN equals itself and is
// greater than the rest.
func compareOrdered[T int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b:
		return 0
	case a == a: // b is NaN
		return -1
	case b == b:
		return 1
	}
	return 0
}

// compareConst compares with a value that is not NaN.
func compareConst[T int64 | float64](rel relation, out []bool, x []T, k T) {
	out = out[:len(x)]
	switch rel {
	case eq:
		for i, v := range x {
			out[i] = v == k
		}
	case ne:
		for i, v := range x {
			out[i] = v != k
		}
	case lt:
		for i, v := range x {
			out[i] = v < k
		}
	case le:
		for i, v := range x {
			out[i] = v <= k
		}
	case gt: // so put that NaN is greater
		for i, v := range x {
			out[i] = !(v <= k)
		}
	case ge:
		for i, v := range x {
			out[i] = !(v < k)
		}
	}
}

func compareColumns[T int64 | float64](rel relation, out []bool, x, y []T) {
	switch rel {
	case gt, ge:
		x, y, rel = y, x, flipped[rel]
	}
	out, y = out[:len(x)], y[:len(x)]
	switch rel {
	case eq:
		for i, v := range x {
			out[i] = v == y[i] || v != v && y[i] != y[i]
		}
	case ne:
		for i, v := range x {
			out[i] = v != y[i] && (v == v || y[i] == y[i])
		}
	case lt:
		for i, v := range x {
			out[i] = v < y[i] || v == v && y[i] != y[i]
		}
	case le:
		for i, v := range x {
			out[i] = v <= y[i] || y[i] != y[i]
		}
	}
}

// compareText compares strings by their bytes, as the C collation does.
type compareText struct {
	rel   relation
	l, r  exec.Eval
	k     string
	bytes []byte // k
	known bool
	out   exec.Column
}

func newCompareText(rel relation, l, r exec.Eval) exec.Eval {
	if constOf(l) != nil && constOf(r) == nil {
		l, r, rel = r, l, flipped[rel]
	}
	e := &compareText{rel: rel, l: l, r: r}
	if c := constOf(r); c != nil && !c.IsNull(0) {
		e.k, e.bytes, e.known = string(c.Str(0)), c.Str(0), true
	}
	return e
}

func (e *compareText) Eval(b *exec.Batch) (*exec.Column, error) {
	l, err := e.l.Eval(b)
	if err != nil {
		return nil, err
	}
	prepare(&e.out, b.N)
	if e.known {
		copyValid(&e.out, l, b.N)
		e.withConst(b, l)
		return &e.out, nil
	}
	r, err := e.r.Eval(b)
	if err != nil {
		return nil, err
	}
	joinValid(&e.out, l, r, b.N)
	t := &holds[e.rel]
	equality := e.rel <= ne
	for k := range b.Rows() {
		i := b.Row(k)
		x, y := l.Str(i), r.Str(i)
		if equality {
			e.out.Bool[i] = (string(x) == string(y)) == (e.rel == eq)
		} else {
			e.out.Bool[i] = t[bytes.Compare(x, y)+1]
		}
	}
	return &e.out, nil
}

func (e *compareText) withConst(b *exec.Batch, l *exec.Column) {
	out, key, want := e.out.Bool, e.k, e.rel == eq
	switch {
	case e.rel <= ne && b.Sel == nil:
		for i := range out {
			out[i] = string(l.Data[l.Offs[i]:l.Offs[i+1]]) == key == want
		}
	case e.rel <= ne:
		for _, i := range b.Sel {
			out[i] = string(l.Data[l.Offs[i]:l.Offs[i+1]]) == key == want
		}
	default:
		t := &holds[e.rel]
		for k := range b.Rows() {
			i := b.Row(k)
			out[i] = t[bytes.Compare(l.Str(i), e.bytes)+1]
		}
	}
}

// compareRows compares values of any one layout, row by row.
type compareRows struct {
	rel  relation
	l, r exec.Eval
	out  exec.Column
}

func (e *compareRows) Eval(b *exec.Batch) (*exec.Column, error) {
	l, err := e.l.Eval(b)
	if err != nil {
		return nil, err
	}
	r, err := e.r.Eval(b)
	if err != nil {
		return nil, err
	}
	prepare(&e.out, b.N)
	joinValid(&e.out, l, r, b.N)
	t := &holds[e.rel]
	for k := range b.Rows() {
		if i := b.Row(k); !e.out.IsNull(i) {
			e.out.Bool[i] = t[compareValues(l, i, r, i)+1]
		}
	}
	return &e.out, nil
}

// distinct is IS DISTINCT FROM.
type distinct struct {
	l, r exec.Eval
	out  exec.Column
}

func (e *distinct) Eval(b *exec.Batch) (*exec.Column, error) {
	l, err := e.l.Eval(b)
	if err != nil {
		return nil, err
	}
	r, err := e.r.Eval(b)
	if err != nil {
		return nil, err
	}
	prepare(&e.out, b.N)
	for k := range b.Rows() {
		i := b.Row(k)
		ln, rn := l.IsNull(i), r.IsNull(i)
		e.out.Bool[i] = ln != rn || !ln && compareValues(l, i, r, i) != 0
	}
	return &e.out, nil
}

// compareValues orders row i of a and row j of b, which are of one layout and
// not NULL. Inside lists and rows a NULL equals a NULL and is the greatest, as
// where PostgreSQL compares arrays.
func compareValues(a *exec.Column, i int, b *exec.Column, j int) int {
	switch a.Layout {
	case exec.Bools:
		x, y := a.Bool[i], b.Bool[j]
		switch {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	case exec.Ints:
		return compareOrdered(a.Int[i], b.Int[j])
	case exec.Floats:
		return compareOrdered(a.Float[i], b.Float[j])
	case exec.Decimals:
		return a.Dec[i].Cmp(b.Dec[j])
	case exec.Intervals:
		return a.Ivl[i].Cmp(b.Ivl[j])
	case exec.Strings:
		return bytes.Compare(a.Str(i), b.Str(j))
	case exec.Struct:
		for k := range a.Kids {
			if c := compareNullable(a.Kids[k], i, b.Kids[k], j); c != 0 {
				return c
			}
		}
		return 0
	}
	na, nb := a.Offs[i+1]-a.Offs[i], b.Offs[j+1]-b.Offs[j]
	for k := range min(na, nb) {
		for kid := range a.Kids {
			if c := compareNullable(a.Kids[kid], int(a.Offs[i]+k), b.Kids[kid], int(b.Offs[j]+k)); c != 0 {
				return c
			}
		}
	}
	return cmp.Compare(na, nb)
}

func compareNullable(a *exec.Column, i int, b *exec.Column, j int) int {
	an, bn := a.IsNull(i), b.IsNull(j)
	switch {
	case an && bn:
		return 0
	case an:
		return 1
	case bn:
		return -1
	}
	return compareValues(a, i, b, j)
}
