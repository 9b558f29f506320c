package expr

import (
	"math"
	"strings"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

// newSpread makes the variances and standard deviations.
func newSpread(name string, layout exec.Layout) exec.Aggregate {
	sample, root := strings.HasSuffix(name, "_samp"), strings.HasPrefix(name, "stddev")
	if layout == exec.Floats {
		return &floatSpread{sample: sample, root: root}
	}
	return &decimalSpread{sample: sample, root: root}
}

// floatSpread follows Youngs and Cramer, as PostgreSQL does: a sum and the sum
// of squared distances from the mean.
type floatSpread struct {
	sample, root bool
	cells        []spreadCell
}

type spreadCell struct {
	n       int64
	sx, sxx float64
}

func (a *floatSpread) Resize(n int) { a.cells = grow(a.cells, n) }
func (a *floatSpread) Reset()       { a.cells = a.cells[:0] }
func (a *floatSpread) Bytes() int64 { return int64(cap(a.cells)) * 24 }

func (a *floatSpread) Update(groups []int32, args []*exec.Column, rows []int32) error {
	for k, g := range groups {
		i := at(rows, k)
		if args[0].IsNull(i) {
			continue
		}
		if err := a.cells[g].add(args[0].Float[i]); err != nil {
			return rowFault(i, err)
		}
	}
	return nil
}

func (c *spreadCell) add(x float64) error {
	before := *c
	was := c.sx
	c.n++
	c.sx += x
	if c.n == 1 {
		if x-x != 0 { // NaN, infinite
			c.sxx = math.NaN()
		}
		return nil
	}
	n := float64(c.n)
	d := x*n - c.sx
	c.sxx += d * d / (n * (n - 1))
	if math.IsInf(c.sx, 0) || math.IsInf(c.sxx, 0) {
		if !math.IsInf(x, 0) && !math.IsInf(was, 0) {
			*c = before
			return errOverflow()
		}
		c.sxx = math.NaN()
	}
	return nil
}

func (a *floatSpread) State() []exec.Layout {
	return []exec.Layout{exec.Ints, exec.Floats, exec.Floats}
}

func (a *floatSpread) AppendState(dst []*exec.Column, g int) {
	c := a.cells[g]
	dst[0].AppendInt(c.n)
	dst[1].AppendFloat(c.sx)
	dst[2].AppendFloat(c.sxx)
}

func (a *floatSpread) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	for k, g := range groups {
		i := at(rows, k)
		if state[0].IsNull(i) || state[0].Int[i] == 0 {
			continue
		}
		c, d := &a.cells[g], spreadCell{state[0].Int[i], state[1].Float[i], state[2].Float[i]}
		if c.n == 0 {
			*c = d
			continue
		}
		n1, n2 := float64(c.n), float64(d.n)
		mean := c.sx/n1 - d.sx/n2
		sum := spreadCell{n: c.n + d.n, sx: c.sx + d.sx, sxx: c.sxx + d.sxx + n1*n2*mean*mean/(n1+n2)}
		if math.IsInf(sum.sx, 0) && !math.IsInf(c.sx, 0) && !math.IsInf(d.sx, 0) ||
			math.IsInf(sum.sxx, 0) && !math.IsInf(c.sxx, 0) && !math.IsInf(d.sxx, 0) {
			return rowFault(i, errOverflow())
		}
		*c = sum
	}
	return nil
}

func (a *floatSpread) AppendResult(dst *exec.Column, g int) error {
	c := a.cells[g]
	n := float64(c.n)
	if a.sample {
		n--
	}
	if n <= 0 {
		dst.AppendNull()
		return nil
	}
	v := c.sxx / n
	if a.root {
		v = math.Sqrt(v)
	}
	dst.AppendFloat(v)
	return nil
}

// decimalSpread is exact: the sum and the sum of squares.
type decimalSpread struct {
	sample, root bool
	cells        []decimalSpreadCell
}

type decimalSpreadCell struct {
	n       int64
	sum, sq datum.Decimal
}

func (a *decimalSpread) Resize(n int) { a.cells = grow(a.cells, n) }
func (a *decimalSpread) Reset()       { a.cells = a.cells[:0] }
func (a *decimalSpread) Bytes() int64 { return int64(cap(a.cells)) * 56 }

func (a *decimalSpread) Update(groups []int32, args []*exec.Column, rows []int32) error {
	c := args[0]
	for k, g := range groups {
		i := at(rows, k)
		if c.IsNull(i) {
			continue
		}
		var d datum.Decimal
		if c.Layout == exec.Ints {
			d = datum.DecimalFromInt64(c.Int[i])
		} else {
			d = c.Dec[i]
		}
		sq, err := d.Mul(d)
		if err != nil {
			return rowFault(i, err)
		}
		if err := a.cells[g].add(1, d, sq); err != nil {
			return rowFault(i, err)
		}
	}
	return nil
}

func (c *decimalSpreadCell) add(n int64, sum, sq datum.Decimal) error {
	s, err := c.sum.Add(sum)
	if err != nil {
		return err
	}
	q, err := c.sq.Add(sq)
	if err != nil {
		return err
	}
	c.n, c.sum, c.sq = c.n+n, s, q
	return nil
}

func (a *decimalSpread) State() []exec.Layout {
	return []exec.Layout{exec.Ints, exec.Decimals, exec.Decimals}
}

func (a *decimalSpread) AppendState(dst []*exec.Column, g int) {
	c := a.cells[g]
	dst[0].AppendInt(c.n)
	dst[1].AppendDecimal(c.sum)
	dst[2].AppendDecimal(c.sq)
}

func (a *decimalSpread) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	for k, g := range groups {
		if i := at(rows, k); !state[0].IsNull(i) {
			if err := a.cells[g].add(state[0].Int[i], state[1].Dec[i], state[2].Dec[i]); err != nil {
				return rowFault(i, err)
			}
		}
	}
	return nil
}

func (a *decimalSpread) AppendResult(dst *exec.Column, g int) error {
	c := a.cells[g]
	less := c.n
	if a.sample {
		less--
	}
	if less <= 0 {
		dst.AppendNull()
		return nil
	}
	v, err := datum.Variance(c.n, c.sum, c.sq, less)
	if err == nil && a.root {
		scale := int(v.Scale)
		if v, err = v.Sqrt(); err == nil {
			v, err = v.Round(scale)
		}
	}
	if err != nil {
		return err
	}
	dst.AppendDecimal(v)
	return nil
}
