package op

import (
	"context"

	"github.com/penstock/penstock/exec"
)

// Union passes the rows of all its ports on: UNION ALL. The columns of all
// inputs have the same layouts.
type Union struct{}

// Process passes the batch on.
func (Union) Process(_ context.Context, _ int, in *exec.Batch, emit exec.Emit) error {
	if in.Rows() == 0 {
		return nil
	}
	return emit(in)
}

// Advance does nothing: no rows are held.
func (Union) Advance(context.Context, exec.Time, exec.Emit) error { return nil }
