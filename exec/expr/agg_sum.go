package expr

import (
	"math"
	"math/bits"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

func newSum(k catalog.Kind, avg bool) exec.Aggregate {
	switch k {
	case catalog.SmallInt, catalog.Int:
		if avg {
			return &wideSum{avg: true}
		}
		return &intSum{}
	case catalog.BigInt:
		return &wideSum{avg: avg}
	case catalog.Real:
		return &floatSum{avg: avg, single: !avg}
	case catalog.Double:
		return &floatSum{avg: avg}
	case catalog.Interval:
		return &intervalSum{avg: avg}
	}
	return &decimalSum{avg: avg}
}

// intSum is SUM of SMALLINT and INT, a BIGINT.
type intSum struct{ cells []intCell }

type intCell struct{ sum, n int64 }

func (a *intSum) Resize(n int) { a.cells = grow(a.cells, n) }
func (a *intSum) Reset()       { a.cells = a.cells[:0] }
func (a *intSum) Bytes() int64 { return int64(cap(a.cells)) * 16 }

func (a *intSum) Update(groups []int32, args []*exec.Column, rows []int32) error {
	c := args[0]
	if rows != nil || c.Nulls {
		return a.some(groups, c, rows)
	}
	cells, x := a.cells, c.Int[:len(groups)]
	for k, g := range groups {
		cell, v := &cells[g], x[k]
		s := cell.sum + v
		if (cell.sum^s)&(v^s) < 0 {
			return rowFault(k, errIntRange(catalog.BigInt))
		}
		cell.sum = s
		cell.n++
	}
	return nil
}

func (a *intSum) some(groups []int32, c *exec.Column, rows []int32) error {
	for k, g := range groups {
		i := at(rows, k)
		if c.IsNull(i) {
			continue
		}
		cell, v := &a.cells[g], c.Int[i]
		s := cell.sum + v
		if (cell.sum^s)&(v^s) < 0 {
			return rowFault(i, errIntRange(catalog.BigInt))
		}
		cell.sum = s
		cell.n++
	}
	return nil
}

func (a *intSum) State() []exec.Layout { return []exec.Layout{exec.Ints} }

func (a *intSum) AppendState(dst []*exec.Column, g int) { _ = a.AppendResult(dst[0], g) }

func (a *intSum) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	return a.Update(groups, state, rows)
}

func (a *intSum) AppendResult(dst *exec.Column, g int) error {
	if a.cells[g].n == 0 {
		dst.AppendNull()
	} else {
		dst.AppendInt(a.cells[g].sum)
	}
	return nil
}

// wideSum is SUM of BIGINT and AVG of integers: a sum of 128 bits.
type wideSum struct {
	avg   bool
	cells []wideCell
}

type wideCell struct {
	hi int64
	lo uint64
	n  int64
}

func (c *wideCell) add(hi int64, lo uint64) {
	var carry uint64
	c.lo, carry = bits.Add64(c.lo, lo, 0)
	c.hi += hi + int64(carry)
}

func (a *wideSum) Resize(n int) { a.cells = grow(a.cells, n) }
func (a *wideSum) Reset()       { a.cells = a.cells[:0] }
func (a *wideSum) Bytes() int64 { return int64(cap(a.cells)) * 24 }

func (a *wideSum) Update(groups []int32, args []*exec.Column, rows []int32) error {
	c := args[0]
	if rows == nil && !c.Nulls {
		cells, x := a.cells, c.Int[:len(groups)]
		for k, g := range groups {
			cell := &cells[g]
			cell.add(x[k]>>63, uint64(x[k]))
			cell.n++
		}
		return nil
	}
	for k, g := range groups {
		if i := at(rows, k); !c.IsNull(i) {
			cell := &a.cells[g]
			cell.add(c.Int[i]>>63, uint64(c.Int[i]))
			cell.n++
		}
	}
	return nil
}

func (a *wideSum) State() []exec.Layout { return []exec.Layout{exec.Decimals, exec.Ints} }

func (a *wideSum) AppendState(dst []*exec.Column, g int) {
	c := a.cells[g]
	dst[0].AppendDecimal(datum.Decimal{Hi: c.hi, Lo: c.lo})
	dst[1].AppendInt(c.n)
}

func (a *wideSum) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	for k, g := range groups {
		i := at(rows, k)
		if state[0].IsNull(i) {
			continue
		}
		cell, d := &a.cells[g], state[0].Dec[i]
		cell.add(d.Hi, d.Lo)
		cell.n += state[1].Int[i]
	}
	return nil
}

func (a *wideSum) AppendResult(dst *exec.Column, g int) error {
	c := a.cells[g]
	return appendMean(dst, datum.Decimal{Hi: c.hi, Lo: c.lo}, c.n, a.avg)
}

// appendMean writes a sum, or the sum divided by n, or NULL where n is 0.
func appendMean(dst *exec.Column, sum datum.Decimal, n int64, avg bool) error {
	if n == 0 {
		dst.AppendNull()
		return nil
	}
	if avg {
		var err error
		if sum, err = sum.Div(datum.DecimalFromInt64(n)); err != nil {
			return err
		}
	}
	dst.AppendDecimal(sum)
	return nil
}

// floatSum is SUM and AVG of REAL and DOUBLE.
type floatSum struct {
	avg    bool
	single bool // SUM(REAL), which is added up as REAL
	cells  []floatCell
}

type floatCell struct {
	sum float64
	n   int64
}

func (a *floatSum) Resize(n int) { a.cells = grow(a.cells, n) }
func (a *floatSum) Reset()       { a.cells = a.cells[:0] }
func (a *floatSum) Bytes() int64 { return int64(cap(a.cells)) * 16 }

func (a *floatSum) Update(groups []int32, args []*exec.Column, rows []int32) error {
	c := args[0]
	for k, g := range groups {
		i := at(rows, k)
		if c.IsNull(i) {
			continue
		}
		if err := a.add(&a.cells[g], c.Float[i], 1); err != nil {
			return rowFault(i, err)
		}
	}
	return nil
}

func (a *floatSum) add(cell *floatCell, v float64, n int64) error {
	if cell.n == 0 {
		cell.sum, cell.n = v, n // keeps the sign of a zero
		return nil
	}
	s := cell.sum + v
	if a.single {
		s = float64(float32(s))
	}
	if s-s != 0 && math.IsInf(s, 0) && !math.IsInf(v, 0) && !math.IsInf(cell.sum, 0) {
		return errOverflow()
	}
	cell.sum = s
	cell.n += n
	return nil
}

func (a *floatSum) State() []exec.Layout { return []exec.Layout{exec.Floats, exec.Ints} }

func (a *floatSum) AppendState(dst []*exec.Column, g int) {
	dst[0].AppendFloat(a.cells[g].sum)
	dst[1].AppendInt(a.cells[g].n)
}

func (a *floatSum) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	for k, g := range groups {
		i := at(rows, k)
		if state[0].IsNull(i) || state[1].Int[i] == 0 {
			continue
		}
		if err := a.add(&a.cells[g], state[0].Float[i], state[1].Int[i]); err != nil {
			return rowFault(i, err)
		}
	}
	return nil
}

func (a *floatSum) AppendResult(dst *exec.Column, g int) error {
	c := a.cells[g]
	switch {
	case c.n == 0:
		dst.AppendNull()
	case a.avg:
		dst.AppendFloat(c.sum / float64(c.n))
	default:
		dst.AppendFloat(c.sum)
	}
	return nil
}

// decimalSum is SUM and AVG of DECIMAL.
type decimalSum struct {
	avg   bool
	cells []decimalCell
}

type decimalCell struct {
	sum datum.Decimal
	n   int64
}

func (a *decimalSum) Resize(n int) { a.cells = grow(a.cells, n) }
func (a *decimalSum) Reset()       { a.cells = a.cells[:0] }
func (a *decimalSum) Bytes() int64 { return int64(cap(a.cells)) * 32 }

func (a *decimalSum) Update(groups []int32, args []*exec.Column, rows []int32) error {
	for k, g := range groups {
		if i := at(rows, k); !args[0].IsNull(i) {
			if err := a.cells[g].add(args[0].Dec[i], 1); err != nil {
				return rowFault(i, err)
			}
		}
	}
	return nil
}

func (c *decimalCell) add(d datum.Decimal, n int64) error {
	s, err := c.sum.Add(d)
	if err != nil {
		return err
	}
	c.sum = s
	c.n += n
	return nil
}

func (a *decimalSum) State() []exec.Layout { return []exec.Layout{exec.Decimals, exec.Ints} }

func (a *decimalSum) AppendState(dst []*exec.Column, g int) {
	dst[0].AppendDecimal(a.cells[g].sum)
	dst[1].AppendInt(a.cells[g].n)
}

func (a *decimalSum) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	for k, g := range groups {
		if i := at(rows, k); !state[0].IsNull(i) {
			if err := a.cells[g].add(state[0].Dec[i], state[1].Int[i]); err != nil {
				return rowFault(i, err)
			}
		}
	}
	return nil
}

func (a *decimalSum) AppendResult(dst *exec.Column, g int) error {
	return appendMean(dst, a.cells[g].sum, a.cells[g].n, a.avg)
}

// intervalSum is SUM and AVG of INTERVAL.
type intervalSum struct {
	avg   bool
	cells []intervalCell
}

type intervalCell struct {
	sum datum.Interval
	n   int64
}

func (a *intervalSum) Resize(n int) { a.cells = grow(a.cells, n) }
func (a *intervalSum) Reset()       { a.cells = a.cells[:0] }
func (a *intervalSum) Bytes() int64 { return int64(cap(a.cells)) * 24 }

func (a *intervalSum) Update(groups []int32, args []*exec.Column, rows []int32) error {
	for k, g := range groups {
		if i := at(rows, k); !args[0].IsNull(i) {
			if err := a.cells[g].add(args[0].Ivl[i], 1); err != nil {
				return rowFault(i, err)
			}
		}
	}
	return nil
}

func (c *intervalCell) add(v datum.Interval, n int64) error {
	s, err := c.sum.Add(v)
	if err != nil {
		return err
	}
	c.sum = s
	c.n += n
	return nil
}

func (a *intervalSum) State() []exec.Layout { return []exec.Layout{exec.Intervals, exec.Ints} }

func (a *intervalSum) AppendState(dst []*exec.Column, g int) {
	dst[0].AppendInterval(a.cells[g].sum)
	dst[1].AppendInt(a.cells[g].n)
}

func (a *intervalSum) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	for k, g := range groups {
		if i := at(rows, k); !state[0].IsNull(i) {
			if err := a.cells[g].add(state[0].Ivl[i], state[1].Int[i]); err != nil {
				return rowFault(i, err)
			}
		}
	}
	return nil
}

func (a *intervalSum) AppendResult(dst *exec.Column, g int) error {
	c := a.cells[g]
	if c.n == 0 {
		dst.AppendNull()
		return nil
	}
	if a.avg {
		var err error
		if c.sum, err = c.sum.Div(float64(c.n)); err != nil {
			return err
		}
	}
	dst.AppendInterval(c.sum)
	return nil
}
