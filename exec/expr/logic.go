package expr

import "github.com/penstock/penstock/exec"

// narrowed is a batch with fewer rows selected, for expressions that are
// evaluated only for some rows.
type narrowed struct {
	batch exec.Batch
	sel   []int32
}

// begin gives room for the rows of b.
func (s *narrowed) begin(b *exec.Batch) []int32 {
	s.sel = resized(s.sel, max(b.Rows(), 1))
	return s.sel
}

// of makes the batch b with the rows sel selected.
func (s *narrowed) of(b *exec.Batch, sel []int32) *exec.Batch {
	s.batch = exec.Batch{Cols: b.Cols, N: b.N, Sel: sel, Split: b.Split}
	return &s.batch
}

// connective is AND and OR of any number of arguments. An argument that may
// fault is evaluated only for the rows which those before it have not decided.
type connective struct {
	args []exec.Eval
	// stop is the value that decides a row: false for AND, true for OR.
	stop bool
	out  exec.Column
	sub  narrowed
}

func (e *connective) Eval(b *exec.Batch) (*exec.Column, error) {
	first, err := e.args[0].Eval(b)
	if err != nil {
		return nil, err
	}
	prepare(&e.out, b.N)
	copy(e.out.Bool, first.Bool[:b.N])
	copyValid(&e.out, first, b.N)
	for _, arg := range e.args[1:] {
		if infallible(arg) {
			err = e.whole(b, arg)
		} else {
			err = e.rest(b, arg)
		}
		if err != nil {
			return nil, err
		}
	}
	return &e.out, nil
}

// whole combines an argument that can be evaluated for every row.
func (e *connective) whole(b *exec.Batch, arg exec.Eval) error {
	c, err := arg.Eval(b)
	if err != nil {
		return err
	}
	out, in := e.out.Bool[:b.N], c.Bool[:b.N]
	if !e.out.Nulls && !c.Nulls {
		if e.stop {
			for i, v := range in {
				out[i] = out[i] || v
			}
		} else {
			for i, v := range in {
				out[i] = out[i] && v
			}
		}
		return nil
	}
	for k := range b.Rows() {
		e.combine(b.Row(k), b.N, c)
	}
	return nil
}

// rest evaluates an argument for the rows that are not decided.
func (e *connective) rest(b *exec.Batch, arg exec.Eval) error {
	sel, n := e.sub.begin(b), 0
	for k := range b.Rows() {
		i := b.Row(k)
		sel[n] = int32(i)
		if e.out.Bool[i] != e.stop || e.out.IsNull(i) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	c, err := arg.Eval(e.sub.of(b, sel[:n]))
	if err != nil {
		return err
	}
	for _, i := range sel[:n] {
		e.combine(int(i), b.N, c)
	}
	return nil
}

// combine works row i of c into the result.
func (e *connective) combine(i, n int, c *exec.Column) {
	o := &e.out
	switch {
	case c.IsNull(i):
		if o.Bool[i] != e.stop || o.IsNull(i) {
			setNull(o, i, n)
		}
	case c.Bool[i] == e.stop:
		o.Bool[i] = e.stop
		if o.Nulls {
			o.Valid.Set(i)
		}
	}
}

// not is NOT.
type not struct {
	arg exec.Eval
	out exec.Column
}

func (e *not) Eval(b *exec.Batch) (*exec.Column, error) {
	c, err := e.arg.Eval(b)
	if err != nil {
		return nil, err
	}
	prepare(&e.out, b.N)
	copyValid(&e.out, c, b.N)
	for i, v := range c.Bool[:b.N] {
		e.out.Bool[i] = !v
	}
	return &e.out, nil
}

// isNull is IS NULL.
type isNull struct {
	arg exec.Eval
	out exec.Column
}

func (e *isNull) Eval(b *exec.Batch) (*exec.Column, error) {
	c, err := e.arg.Eval(b)
	if err != nil {
		return nil, err
	}
	prepare(&e.out, b.N)
	if !c.Nulls {
		clear(e.out.Bool)
		return &e.out, nil
	}
	for i := range e.out.Bool {
		e.out.Bool[i] = !c.Valid.Get(i)
	}
	return &e.out, nil
}

// isBool is IS TRUE and IS FALSE.
type isBool struct {
	arg  exec.Eval
	want bool
	out  exec.Column
}

func (e *isBool) Eval(b *exec.Batch) (*exec.Column, error) {
	c, err := e.arg.Eval(b)
	if err != nil {
		return nil, err
	}
	prepare(&e.out, b.N)
	for i, v := range c.Bool[:b.N] {
		e.out.Bool[i] = v == e.want
	}
	if c.Nulls {
		for i := range e.out.Bool {
			e.out.Bool[i] = e.out.Bool[i] && c.Valid.Get(i)
		}
	}
	return &e.out, nil
}

// infallible tells expressions that no row can make fail and that cost little,
// so that they may be evaluated for rows which do not need them.
func infallible(e exec.Eval) bool {
	switch e := e.(type) {
	case *column, *constant:
		return true
	case *not:
		return infallible(e.arg)
	case *isNull:
		return infallible(e.arg)
	case *isBool:
		return infallible(e.arg)
	case *compare[int64]:
		return infallible(e.l) && infallible(e.r)
	case *compare[float64]:
		return infallible(e.l) && infallible(e.r)
	case *connective:
		for _, a := range e.args {
			if !infallible(a) {
				return false
			}
		}
		return true
	}
	return false
}
