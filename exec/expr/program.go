package expr

import (
	"errors"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/planner/plan"
)

// Program evaluates several expressions over the same batches and computes
// what they have in common once a batch.
type Program struct {
	evals []exec.Eval
	cols  []*exec.Column
	// turn counts the batches, so that a shared result is known to be of this one.
	turn  uint64
	above narrowed
}

// CompileAll compiles expressions over the same input into one Program. Env may
// be nil.
func CompileAll(exprs []plan.Expr, env *Env) (*Program, error) {
	if env == nil {
		env = noEnv
	}
	p := &Program{cols: make([]*exec.Column, len(exprs))}
	c := &compiler{env: env, prog: p, facts: newFacts(), uses: map[int]int{}, shared: map[int]*shared{}}
	for _, e := range exprs {
		c.count(e)
	}
	for _, e := range exprs {
		n, err := c.compile(e)
		if err != nil {
			return nil, err
		}
		p.evals = append(p.evals, n)
	}
	return p, nil
}

// Eval computes all expressions. The columns are as those of an exec.Eval; the
// slice is valid until the next call. A fault is that of the lowest faulty row.
func (p *Program) Eval(b *exec.Batch) ([]*exec.Column, error) {
	err := p.run(b)
	if err == nil {
		return p.cols, nil
	}
	// A row before this one may fail in an expression not reached: look at
	// those rows alone until they have no fault.
	for {
		fault, ok := errors.AsType[*exec.RowError](err)
		if !ok {
			return nil, err
		}
		sel, n := p.above.begin(b), 0
		for n < b.Rows() && b.Row(n) < fault.Row {
			sel[n] = int32(b.Row(n))
			n++
		}
		if n == 0 {
			return nil, err
		}
		earlier := p.run(p.above.of(b, sel[:n]))
		if earlier == nil {
			return nil, err
		}
		err = earlier
	}
}

func (p *Program) run(b *exec.Batch) error {
	p.turn++
	for k, e := range p.evals {
		c, err := e.Eval(b)
		if err != nil {
			return err
		}
		p.cols[k] = c
	}
	return nil
}

// shared is a sub-expression that stands in several places, all of which are
// evaluated for every row that counts.
type shared struct {
	prog  *Program
	inner exec.Eval
	turn  uint64
	col   *exec.Column
}

func (s *shared) Eval(b *exec.Batch) (*exec.Column, error) {
	if s.turn == s.prog.turn {
		return s.col, nil
	}
	c, err := s.inner.Eval(b)
	if err != nil {
		return nil, err
	}
	s.col, s.turn = c, s.prog.turn
	return c, nil
}
