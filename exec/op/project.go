package op

import (
	"context"

	"github.com/penstock/penstock/exec"
)

// ProjectConfig says what a Project computes.
type ProjectConfig struct {
	// Columns computes all output columns of a batch, so that common
	// sub-expressions can be shared. The slice and the columns stay as they are until
	// its next call.
	Columns func(*exec.Batch) ([]*exec.Column, error)
	OnError RowPolicy
}

// Project puts computed columns in the place of the input's.
type Project struct {
	columns func(*exec.Batch) ([]*exec.Column, error)
	guard   guard
	eval    func(*exec.Batch) error
	out     exec.Batch
}

// NewProject makes a Project.
func NewProject(c ProjectConfig) *Project {
	p := &Project{columns: c.Columns, guard: guard{policy: c.OnError}}
	p.eval = func(b *exec.Batch) (err error) {
		p.out.Cols, err = p.columns(b)
		return err
	}
	return p
}

// Columns makes a ProjectConfig.Columns of separate expressions.
func Columns(evals []exec.Eval) func(*exec.Batch) ([]*exec.Column, error) {
	cols := make([]*exec.Column, len(evals))
	return func(b *exec.Batch) ([]*exec.Column, error) {
		for i, e := range evals {
			c, err := e.Eval(b)
			if err != nil {
				return nil, err
			}
			cols[i] = c
		}
		return cols, nil
	}
}

// Skipped counts the rows dropped by the policy for faulty rows.
func (p *Project) Skipped() int64 { return p.guard.count.Load() }

// Process emits the computed columns with the input's rows.
func (p *Project) Process(_ context.Context, _ int, in *exec.Batch, emit exec.Emit) error {
	if in.Rows() == 0 {
		return nil
	}
	b, err := p.guard.run(in, p.eval)
	if err != nil {
		return err
	}
	if b.Rows() == 0 {
		return nil
	}
	p.out.N, p.out.Sel, p.out.Split = b.N, b.Sel, b.Split
	return emit(&p.out)
}

// Advance does nothing: a projection holds no rows.
func (p *Project) Advance(context.Context, exec.Time, exec.Emit) error { return nil }
