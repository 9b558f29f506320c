package optest

import (
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Func makes an exec.Eval of a function.
type Func func(*exec.Batch) (*exec.Column, error)

// Eval calls f.
func (f Func) Eval(b *exec.Batch) (*exec.Column, error) { return f(b) }

// Col is column i of the batch.
func Col(i int) exec.Eval {
	return Func(func(b *exec.Batch) (*exec.Column, error) { return b.Cols[i], nil })
}

// Less is column i < column j, of integers; NULL when one is NULL.
func Less(i, j int) exec.Eval {
	out := exec.NewColumn(exec.Bools)
	return Func(func(b *exec.Batch) (*exec.Column, error) {
		out.Reset()
		for r := range b.N {
			if b.Cols[i].IsNull(r) || b.Cols[j].IsNull(r) {
				out.AppendNull()
				continue
			}
			out.AppendBool(b.Cols[i].Int[r] < b.Cols[j].Int[r])
		}
		return out, nil
	})
}

// Inverse is 1000 / column i; zero is a fault of the row, as in PostgreSQL.
func Inverse(i int) exec.Eval {
	out := exec.NewColumn(exec.Ints)
	return Func(func(b *exec.Batch) (*exec.Column, error) {
		out.Reset()
		next := 0
		for k := range b.Rows() {
			r := b.Row(k)
			for ; next < r; next++ {
				out.AppendNull()
			}
			next++
			switch {
			case b.Cols[i].IsNull(r):
				out.AppendNull()
			case b.Cols[i].Int[r] == 0:
				return nil, &exec.RowError{Row: r, Err: sqlerr.New(sqlerr.DivisionByZero, "division by zero")}
			default:
				out.AppendInt(1000 / b.Cols[i].Int[r])
			}
		}
		for ; next < b.N; next++ {
			out.AppendNull()
		}
		return out, nil
	})
}

// Count is count(*) or count(x).
type Count struct{ n []int64 }

// Resize makes groups.
func (c *Count) Resize(n int) { c.n = resize(c.n, n) }

// Update counts rows, or values that are not NULL.
func (c *Count) Update(groups []int32, args []*exec.Column, rows []int32) error {
	if len(args) == 0 || !args[0].Nulls {
		for _, g := range groups {
			c.n[g]++
		}
		return nil
	}
	for k, g := range groups {
		if !args[0].IsNull(row(rows, k)) {
			c.n[g]++
		}
	}
	return nil
}

// State is the count.
func (c *Count) State() []exec.Layout { return []exec.Layout{exec.Ints} }

// AppendState writes the count.
func (c *Count) AppendState(dst []*exec.Column, g int) { dst[0].AppendInt(c.n[g]) }

// Merge adds counts.
func (c *Count) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	for k, g := range groups {
		c.n[g] += state[0].Int[row(rows, k)]
	}
	return nil
}

// AppendResult writes the count.
func (c *Count) AppendResult(dst *exec.Column, g int) error {
	dst.AppendInt(c.n[g])
	return nil
}

// Reset forgets all groups.
func (c *Count) Reset() { c.n = c.n[:0] }

// Sum is sum(x) of integers; NULL without values.
type Sum struct {
	sum []int64
	any []bool
}

// Resize makes groups.
func (s *Sum) Resize(n int) { s.sum, s.any = resize(s.sum, n), resize(s.any, n) }

// Update adds values.
func (s *Sum) Update(groups []int32, args []*exec.Column, rows []int32) error {
	c := args[0]
	if rows == nil && !c.Nulls {
		vals := c.Int[:len(groups)]
		for k, g := range groups {
			s.sum[g] += vals[k]
			s.any[g] = true
		}
		return nil
	}
	for k, g := range groups {
		if r := row(rows, k); !c.IsNull(r) {
			s.sum[g] += c.Int[r]
			s.any[g] = true
		}
	}
	return nil
}

// State is the sum.
func (s *Sum) State() []exec.Layout { return []exec.Layout{exec.Ints} }

// AppendState writes the sum.
func (s *Sum) AppendState(dst []*exec.Column, g int) {
	if !s.any[g] {
		dst[0].AppendNull()
		return
	}
	dst[0].AppendInt(s.sum[g])
}

// Merge adds sums.
func (s *Sum) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	return s.Update(groups, state, rows)
}

// AppendResult writes the sum.
func (s *Sum) AppendResult(dst *exec.Column, g int) error {
	s.AppendState([]*exec.Column{dst}, g)
	return nil
}

// Reset forgets all groups.
func (s *Sum) Reset() { s.sum, s.any = s.sum[:0], s.any[:0] }

func row(rows []int32, k int) int {
	if rows != nil {
		return int(rows[k])
	}
	return k
}

// resize makes s n long with zeros behind what it held.
func resize[T any](s []T, n int) []T {
	if n <= len(s) {
		return s
	}
	if n > cap(s) {
		d := make([]T, n, 2*n)
		copy(d, s)
		return d
	}
	old := len(s)
	s = s[:n]
	clear(s[old:])
	return s
}
