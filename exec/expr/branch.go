package expr

import "github.com/penstock/penstock/exec"

// merge builds a column out of rows of several others: row i comes from
// cols[choice[i]], or is NULL where choice[i] is negative.
type merge struct {
	cols   []*exec.Column
	choice []int32
	out    *exec.Column
}

// begin makes every row of b NULL.
func (m *merge) begin(b *exec.Batch) {
	m.choice = resized(m.choice, b.N)
	for i := range m.choice {
		m.choice[i] = -1
	}
	clear(m.cols)
}

// column puts the result together.
func (m *merge) column(b *exec.Batch) *exec.Column {
	if appended(m.out.Layout) {
		m.out.Reset()
		for i := range b.N {
			if k := m.choice[i]; k >= 0 {
				m.out.AppendFrom(m.cols[k], i)
			} else {
				m.out.AppendNull()
			}
		}
		return m.out
	}
	prepare(m.out, b.N)
	nulls := false
	for k := range b.Rows() {
		c := m.choice[b.Row(k)]
		nulls = nulls || c < 0 || m.cols[c].Nulls
	}
	if nulls {
		allValid(m.out, b.N, false)
	}
	for k := range b.Rows() {
		i := b.Row(k)
		if c := m.choice[i]; c >= 0 {
			m.copyRow(m.cols[c], i)
		}
	}
	return m.out
}

func (m *merge) copyRow(c *exec.Column, i int) {
	switch m.out.Layout {
	case exec.Bools:
		m.out.Bool[i] = c.Bool[i]
	case exec.Ints:
		m.out.Int[i] = c.Int[i]
	case exec.Floats:
		m.out.Float[i] = c.Float[i]
	case exec.Decimals:
		m.out.Dec[i] = c.Dec[i]
	case exec.Intervals:
		m.out.Ivl[i] = c.Ivl[i]
	}
	if m.out.Nulls && !c.IsNull(i) {
		m.out.Valid.Set(i)
	}
}

// caseOf is CASE: a branch is evaluated for the rows that take it, a condition
// for those that no branch before has taken.
type caseOf struct {
	conds, thens []exec.Eval
	otherwise    exec.Eval // nil: NULL
	m            merge
	taken, left  narrowed
}

func newCase(conds, thens []exec.Eval, otherwise exec.Eval, like *exec.Column) *caseOf {
	return &caseOf{conds: conds, thens: thens, otherwise: otherwise, m: merge{cols: make([]*exec.Column, len(conds)+1), out: like}}
}

func (e *caseOf) Eval(b *exec.Batch) (*exec.Column, error) {
	e.m.begin(b)
	left, rows := b, b.Rows()
	e.left.begin(b)
	for k, cond := range e.conds {
		c, err := cond.Eval(left)
		if err != nil {
			return nil, err
		}
		taken, nt := e.taken.begin(b), 0
		rest, nr := e.left.sel, 0 // may be what left selects: it is overwritten behind the reading
		for j := range rows {
			i := left.Row(j)
			if c.Bool[i] && !c.IsNull(i) {
				taken[nt] = int32(i)
				nt++
				e.m.choice[i] = int32(k)
			} else {
				rest[nr] = int32(i)
				nr++
			}
		}
		if nt > 0 {
			if e.m.cols[k], err = e.thens[k].Eval(e.taken.of(b, taken[:nt])); err != nil {
				return nil, err
			}
		}
		if rows = nr; rows == 0 {
			return e.m.column(b), nil
		}
		left = e.left.of(b, rest[:nr])
	}
	if e.otherwise != nil {
		c, err := e.otherwise.Eval(left)
		if err != nil {
			return nil, err
		}
		k := len(e.conds)
		e.m.cols[k] = c
		for j := range rows {
			e.m.choice[left.Row(j)] = int32(k)
		}
	}
	return e.m.column(b), nil
}

// coalesce is COALESCE: an argument is evaluated for the rows in which all
// before it are NULL.
type coalesce struct {
	args []exec.Eval
	m    merge
	left narrowed
}

func newCoalesce(args []exec.Eval, like *exec.Column) *coalesce {
	return &coalesce{args: args, m: merge{cols: make([]*exec.Column, len(args)), out: like}}
}

func (e *coalesce) Eval(b *exec.Batch) (*exec.Column, error) {
	c, err := e.args[0].Eval(b)
	if err != nil || !c.Nulls || len(e.args) == 1 {
		return c, err
	}
	e.m.begin(b)
	left, rows := b, b.Rows()
	rest := e.left.begin(b)
	for k := 0; ; {
		e.m.cols[k] = c
		nr := 0
		for j := range rows {
			i := left.Row(j)
			rest[nr] = int32(i)
			if c.IsNull(i) {
				nr++
			} else {
				e.m.choice[i] = int32(k)
			}
		}
		if k++; nr == 0 || k == len(e.args) {
			return e.m.column(b), nil
		}
		left, rows = e.left.of(b, rest[:nr]), nr
		if c, err = e.args[k].Eval(left); err != nil {
			return nil, err
		}
	}
}
