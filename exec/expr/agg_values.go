package expr

import (
	"bytes"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// extremeOf is MIN and MAX of integers, times and floats.
type extremeOf[T int64 | float64] struct {
	sign   int // 1: MAX, -1: MIN
	get    func(*exec.Column) []T
	put    func(*exec.Column, T)
	layout exec.Layout
	cells  []extremeCell[T]
}

type extremeCell[T any] struct {
	v    T
	seen bool
}

func (a *extremeOf[T]) Resize(n int) { a.cells = grow(a.cells, n) }
func (a *extremeOf[T]) Reset()       { a.cells = a.cells[:0] }
func (a *extremeOf[T]) Bytes() int64 { return int64(cap(a.cells)) * 16 }

func (a *extremeOf[T]) Update(groups []int32, args []*exec.Column, rows []int32) error {
	c := args[0]
	x, cells, sign := a.get(c), a.cells, a.sign
	for k, g := range groups {
		i := at(rows, k)
		if c.IsNull(i) {
			continue
		}
		if cell := &cells[g]; !cell.seen || compareOrdered(x[i], cell.v)*sign > 0 {
			cell.v, cell.seen = x[i], true
		}
	}
	return nil
}

func (a *extremeOf[T]) State() []exec.Layout { return []exec.Layout{a.layout} }

func (a *extremeOf[T]) AppendState(dst []*exec.Column, g int) { _ = a.AppendResult(dst[0], g) }

func (a *extremeOf[T]) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	return a.Update(groups, state, rows)
}

func (a *extremeOf[T]) AppendResult(dst *exec.Column, g int) error {
	if a.cells[g].seen {
		a.put(dst, a.cells[g].v)
	} else {
		dst.AppendNull()
	}
	return nil
}

// extremeAny is MIN and MAX of strings, decimals and intervals.
type extremeAny struct {
	sign   int
	layout exec.Layout
	seen   []bool
	vals   *exec.Column // of a fixed width: row g is group g's
	strs   [][]byte     // strings; memory is kept over Reset
	bytes  int64
}

func newExtreme(t catalog.Type, sign int) exec.Aggregate {
	return &extremeAny{sign: sign, layout: exec.LayoutOf(t), vals: exec.NewColumnOf(t)}
}

func (a *extremeAny) Resize(n int) {
	a.seen = grow(a.seen, n)
	if a.layout == exec.Strings {
		for len(a.strs) < n {
			a.strs = append(a.strs, nil)
		}
		return
	}
	a.vals.Dec, a.vals.Ivl = growIf(a.layout == exec.Decimals, a.vals.Dec, n), growIf(a.layout == exec.Intervals, a.vals.Ivl, n)
	a.vals.SetLen(n)
}

func growIf[T any](yes bool, s []T, n int) []T {
	if yes {
		return grow(s, n)
	}
	return s
}

func (a *extremeAny) Reset() {
	a.seen = a.seen[:0]
	a.vals.Reset()
}

func (a *extremeAny) Bytes() int64 {
	return a.bytes + int64(cap(a.seen)) + 24*int64(cap(a.strs)+cap(a.vals.Dec)) + 16*int64(cap(a.vals.Ivl))
}

func (a *extremeAny) Update(groups []int32, args []*exec.Column, rows []int32) error {
	c := args[0]
	for k, g := range groups {
		i := at(rows, k)
		if c.IsNull(i) {
			continue
		}
		switch a.layout {
		case exec.Strings:
			if v := c.Str(i); !a.seen[g] || bytes.Compare(v, a.strs[g])*a.sign > 0 {
				old := cap(a.strs[g])
				a.strs[g] = append(a.strs[g][:0], v...)
				a.bytes += int64(cap(a.strs[g]) - old)
			}
		case exec.Decimals:
			if !a.seen[g] || c.Dec[i].Cmp(a.vals.Dec[g])*a.sign > 0 {
				a.vals.Dec[g] = c.Dec[i]
			}
		default:
			if !a.seen[g] || c.Ivl[i].Cmp(a.vals.Ivl[g])*a.sign > 0 {
				a.vals.Ivl[g] = c.Ivl[i]
			}
		}
		a.seen[g] = true
	}
	return nil
}

func (a *extremeAny) State() []exec.Layout { return []exec.Layout{a.layout} }

func (a *extremeAny) AppendState(dst []*exec.Column, g int) { _ = a.AppendResult(dst[0], g) }

func (a *extremeAny) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	return a.Update(groups, state, rows)
}

func (a *extremeAny) AppendResult(dst *exec.Column, g int) error {
	switch {
	case !a.seen[g]:
		dst.AppendNull()
	case a.layout == exec.Strings:
		dst.AppendBytes(a.strs[g])
	default:
		dst.AppendFrom(a.vals, g)
	}
	return nil
}

// arrayAgg is ARRAY_AGG. A group's values are a chain through a column of all.
type arrayAgg struct {
	elem   catalog.Type
	vals   *exec.Column
	next   []int32
	groups []chain
}

type chain struct{ first, last, n int32 }

func (a *arrayAgg) Resize(n int) { a.groups = grow(a.groups, n) }

func (a *arrayAgg) Reset() {
	a.groups, a.next = a.groups[:0], a.next[:0]
	if a.vals != nil {
		a.vals.Reset()
	}
}

func (a *arrayAgg) Bytes() int64 {
	n := int64(cap(a.groups))*12 + int64(cap(a.next))*4
	if a.vals != nil {
		n += columnBytes(a.vals)
	}
	return n
}

func (a *arrayAgg) Update(groups []int32, args []*exec.Column, rows []int32) error {
	if a.vals == nil {
		a.vals = exec.NewColumnOf(a.elem)
	}
	for k, g := range groups {
		i := int32(len(a.next))
		a.vals.AppendFrom(args[0], at(rows, k))
		a.next = append(a.next, 0)
		c := &a.groups[g]
		if c.n == 0 {
			c.first = i
		} else {
			a.next[c.last] = i
		}
		c.last = i
		c.n++
	}
	return nil
}

func (a *arrayAgg) State() []exec.Layout                         { return nil }
func (a *arrayAgg) AppendState([]*exec.Column, int)              {}
func (a *arrayAgg) Merge([]int32, []*exec.Column, []int32) error { return errOnePhase("array_agg") }
func (a *arrayAgg) AppendResult(dst *exec.Column, g int) error {
	c := a.groups[g]
	if c.n == 0 {
		dst.AppendNull()
		return nil
	}
	for i, n := c.first, c.n; n > 0; i, n = a.next[i], n-1 {
		dst.Kids[0].AppendFrom(a.vals, int(i))
	}
	dst.EndList()
	return nil
}

// stringAgg is STRING_AGG.
type stringAgg struct {
	texts [][]byte
	seen  []bool
	bytes int64
}

func (a *stringAgg) Resize(n int) { a.texts, a.seen = grow(a.texts, n), grow(a.seen, n) }
func (a *stringAgg) Reset()       { a.texts, a.seen, a.bytes = a.texts[:0], a.seen[:0], 0 }
func (a *stringAgg) Bytes() int64 { return a.bytes + int64(cap(a.texts))*24 + int64(cap(a.seen)) }

func (a *stringAgg) Update(groups []int32, args []*exec.Column, rows []int32) error {
	for k, g := range groups {
		i := at(rows, k)
		if args[0].IsNull(i) {
			continue
		}
		old := cap(a.texts[g])
		if a.seen[g] && !args[1].IsNull(i) {
			a.texts[g] = append(a.texts[g], args[1].Str(i)...)
		}
		a.texts[g] = append(a.texts[g], args[0].Str(i)...)
		a.seen[g] = true
		a.bytes += int64(cap(a.texts[g]) - old)
	}
	return nil
}

func (a *stringAgg) State() []exec.Layout                         { return nil }
func (a *stringAgg) AppendState([]*exec.Column, int)              {}
func (a *stringAgg) Merge([]int32, []*exec.Column, []int32) error { return errOnePhase("string_agg") }
func (a *stringAgg) AppendResult(dst *exec.Column, g int) error {
	if a.seen[g] {
		dst.AppendBytes(a.texts[g])
	} else {
		dst.AppendNull()
	}
	return nil
}

// edgeAgg is FIRST_VALUE and LAST_VALUE by arrival.
type edgeAgg struct {
	last bool
	like catalog.Type
	vals *exec.Column
	row  []int32 // of a group in vals, plus one; 0: none
	old  *exec.Column
	live int
}

func (a *edgeAgg) Resize(n int) { a.row = grow(a.row, n) }

func (a *edgeAgg) Reset() {
	a.row, a.live = a.row[:0], 0
	a.vals.Reset()
}

func (a *edgeAgg) Bytes() int64 { return int64(cap(a.row))*4 + columnBytes(a.vals) }

func (a *edgeAgg) Update(groups []int32, args []*exec.Column, rows []int32) error {
	for k, g := range groups {
		i := at(rows, k)
		if args[0].IsNull(i) || !a.last && a.row[g] != 0 {
			continue
		}
		if a.row[g] == 0 {
			a.live++
		}
		a.vals.AppendFrom(args[0], i)
		a.row[g] = int32(a.vals.Len())
	}
	if a.vals.Len() > 4*a.live+edgeSlack {
		a.compact()
	}
	return nil
}

// edgeSlack is how many values of LAST_VALUE that have been replaced may be
// kept before they are cleared away.
const edgeSlack = 1024

func (a *edgeAgg) compact() {
	if a.old == nil {
		a.old = exec.NewColumnOf(a.like)
	}
	a.old, a.vals = a.vals, a.old
	a.vals.Reset()
	for g, r := range a.row {
		if r != 0 {
			a.vals.AppendFrom(a.old, int(r)-1)
			a.row[g] = int32(a.vals.Len())
		}
	}
}

func (a *edgeAgg) State() []exec.Layout                         { return nil }
func (a *edgeAgg) AppendState([]*exec.Column, int)              {}
func (a *edgeAgg) Merge([]int32, []*exec.Column, []int32) error { return errOnePhase("first_value") }
func (a *edgeAgg) AppendResult(dst *exec.Column, g int) error {
	if r := a.row[g]; r != 0 {
		dst.AppendFrom(a.vals, int(r)-1)
	} else {
		dst.AppendNull()
	}
	return nil
}
