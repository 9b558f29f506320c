package expr

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Order is a key of ORDER BY within an aggregate.
type Order struct{ Desc, NullsFirst bool }

// rowFault places an error at a row of the batch, so that an operator may leave
// the row out.
func rowFault(i int, err error) error { return &exec.RowError{Row: i, Err: err} }

// WithinGroup tells the aggregates that are called with WITHIN GROUP.
func WithinGroup(fn string) bool {
	f := builtin.find(strings.ToLower(fn))
	return f != nil && f.withinGroup
}

// NewOrdered makes the state of an aggregate whose rows are taken in an order:
// the last len(order) of the arguments are the keys. Of an aggregate called with
// WITHIN GROUP they are arguments as well.
func NewOrdered(fn string, argTypes []catalog.Type, ret catalog.Type, distinct bool, order []Order, zone *time.Location) (exec.Aggregate, error) {
	name := strings.ToLower(fn)
	n := len(argTypes) - len(order)
	if n < 0 {
		return nil, sqlerr.New(sqlerr.InternalError, "%s has fewer arguments than keys", name)
	}
	a := &orderedAgg{n: n, order: order, distinct: distinct, zeros: make([]int32, 0, 64)}
	for _, t := range argTypes {
		a.rows = append(a.rows, exec.NewColumnOf(t))
	}
	if WithinGroup(name) {
		f := builtin.find(name)
		if !f.accepts(argTypes, ret) || len(order) != 1 {
			return nil, sqlerr.New(sqlerr.UndefinedFunction, "function %s does not exist", spell(name, argTypes))
		}
		a.pick = map[string]picker{"percentile_cont": percentileCont, "percentile_disc": percentileDisc, "mode": modeOf}[name]
		a.ret = ret
		return a, nil
	}
	inner, err := NewAggregateIn(name, argTypes[:n], ret, false, zone)
	a.inner = inner
	return a, err
}

// orderedAgg keeps the rows of the groups, and hands them in order to the
// aggregate when the result is asked for.
type orderedAgg struct {
	inner    exec.Aggregate
	pick     picker // in the place of inner: WITHIN GROUP
	ret      catalog.Type
	n        int // arguments of inner; keys stand behind them
	order    []Order
	distinct bool

	rows   []*exec.Column
	next   []int32
	groups []chain
	list   []int32
	zeros  []int32
}

// picker gives the result from a group's rows, which are in order and have no
// NULL among the keys.
type picker func(a *orderedAgg, dst *exec.Column, rows []int32) error

func (a *orderedAgg) Resize(n int) { a.groups = grow(a.groups, n) }

func (a *orderedAgg) Reset() {
	a.groups, a.next = a.groups[:0], a.next[:0]
	for _, c := range a.rows {
		c.Reset()
	}
}

// Bytes is the memory of the rows.
func (a *orderedAgg) Bytes() int64 {
	n := int64(cap(a.groups))*12 + int64(cap(a.next))*4
	for _, c := range a.rows {
		n += columnBytes(c)
	}
	return n
}

func (a *orderedAgg) Update(groups []int32, args []*exec.Column, rows []int32) error {
	for k, g := range groups {
		r := at(rows, k)
		if a.pick != nil && args[len(args)-1].IsNull(r) {
			continue
		}
		i := int32(len(a.next))
		for j, c := range a.rows {
			c.AppendFrom(args[j], r)
		}
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

func (a *orderedAgg) State() []exec.Layout            { return nil }
func (a *orderedAgg) AppendState([]*exec.Column, int) {}
func (a *orderedAgg) Merge([]int32, []*exec.Column, []int32) error {
	return errOnePhase("an ordered aggregate")
}

func (a *orderedAgg) compare(i, j int32) int {
	for k, o := range a.order {
		c := a.rows[a.n+k]
		in, jn := c.IsNull(int(i)), c.IsNull(int(j))
		if in || jn {
			if in == jn {
				continue
			}
			if in == o.NullsFirst {
				return -1
			}
			return 1
		}
		if v := compareValues(c, int(i), c, int(j)); v != 0 {
			if o.Desc {
				return -v
			}
			return v
		}
	}
	return 0
}

// same tells rows with equal arguments.
func (a *orderedAgg) same(i, j int32) bool {
	return !slices.ContainsFunc(a.rows[:a.n], func(c *exec.Column) bool { return compareNullable(c, int(i), c, int(j)) != 0 })
}

func (a *orderedAgg) AppendResult(dst *exec.Column, g int) error {
	a.list = a.list[:0]
	c := a.groups[g]
	for i, n := c.first, c.n; n > 0; i, n = a.next[i], n-1 {
		a.list = append(a.list, i)
	}
	slices.SortStableFunc(a.list, a.compare)
	if a.pick != nil {
		if len(a.list) == 0 {
			dst.AppendNull()
			return nil
		}
		return a.pick(a, dst, a.list)
	}
	if a.distinct {
		a.list = slices.CompactFunc(a.list, a.same)
	}
	a.inner.Reset()
	a.inner.Resize(1)
	for len(a.zeros) < len(a.list) {
		a.zeros = append(a.zeros, 0)
	}
	if err := a.inner.Update(a.zeros[:len(a.list)], a.rows[:a.n], a.list); err != nil {
		if e, ok := err.(*exec.RowError); ok { //nolint:errorlint // made right there
			err = e.Err
		}
		return err
	}
	return a.inner.AppendResult(dst, 0)
}

func discType(t []catalog.Type) (catalog.Type, error) {
	if len(t) == 2 && t[0].Kind == catalog.Array {
		return catalog.ArrayOf(t[1]), nil
	}
	return t[len(t)-1], nil
}

func errFraction(p float64) error {
	return sqlerr.New(sqlerr.NumericOutOfRange, "percentile value %s is not between 0 and 1", datum.AppendFloat8(nil, p))
}

// fractions calls put with each fraction that is asked for; at is the column and
// row that it stands in.
func (a *orderedAgg) fractions(dst *exec.Column, rows []int32, put func(dst *exec.Column, p float64)) error {
	c, r := a.rows[0], int(rows[0])
	one := func(c *exec.Column, r int, dst *exec.Column) error {
		if c.IsNull(r) {
			dst.AppendNull()
			return nil
		}
		if p := c.Float[r]; !(p >= 0 && p <= 1) {
			return errFraction(p)
		}
		put(dst, c.Float[r])
		return nil
	}
	if c.Layout != exec.List {
		return one(c, r, dst)
	}
	if c.IsNull(r) {
		dst.AppendNull()
		return nil
	}
	from := dst.Kids[0].Len()
	for j := c.Offs[r]; j < c.Offs[r+1]; j++ {
		if err := one(c.Kids[0], int(j), dst.Kids[0]); err != nil {
			dst.Kids[0].Truncate(from)
			return err
		}
	}
	dst.EndList()
	return nil
}

func percentileDisc(a *orderedAgg, dst *exec.Column, rows []int32) error {
	return a.fractions(dst, rows, func(dst *exec.Column, p float64) {
		k := max(int(math.Ceil(p*float64(len(rows))))-1, 0)
		dst.AppendFrom(a.rows[1], int(rows[k]))
	})
}

func percentileCont(a *orderedAgg, dst *exec.Column, rows []int32) error {
	v := a.rows[1]
	var fault error
	err := a.fractions(dst, rows, func(dst *exec.Column, p float64) {
		place := p * float64(len(rows)-1)
		lo, hi := int(rows[int(math.Floor(place))]), int(rows[int(math.Ceil(place))])
		part := place - math.Floor(place)
		if v.Layout == exec.Floats {
			x := v.Float[lo]
			if lo != hi {
				x += part * (v.Float[hi] - x)
			}
			dst.AppendFloat(x)
			return
		}
		x := v.Ivl[lo]
		if lo != hi {
			d, err := v.Ivl[hi].Sub(x)
			if err == nil {
				d, err = d.Mul(part)
			}
			if err == nil {
				x, err = x.Add(d)
			}
			if err != nil && fault == nil {
				fault = err
			}
		}
		dst.AppendInterval(x)
	})
	if err == nil && fault != nil {
		dst.Truncate(dst.Len() - 1)
		err = fault
	}
	return err
}

func modeOf(a *orderedAgg, dst *exec.Column, rows []int32) error {
	v := a.rows[0]
	best, most := rows[0], 0
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && compareValues(v, int(rows[from]), v, int(rows[to])) == 0 {
			to++
		}
		if to-from > most {
			best, most = rows[from], to-from
		}
		from = to
	}
	dst.AppendFrom(v, int(best))
	return nil
}
