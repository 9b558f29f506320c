package optest

import (
	"context"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Answers is an exec.TableFunction for tests: the question is an integer, or
// NULL, and its answers integers of a list.
type Answers struct {
	Of map[int64][]int64
	// OfNull are the answers to NULL.
	OfNull []int64
	// Bad are the questions that fail.
	Bad     map[int64]bool
	Version int64
	// Tries, when not 0, is the number of attempts reported of each question.
	Tries int32
}

// Call answers from the maps.
func (a *Answers) Call(_ context.Context, args *exec.Batch, out *exec.Matches) error {
	out.Version = a.Version
	for q := range args.N {
		if a.Tries > 0 {
			out.Attempts = append(out.Attempts, a.Tries)
		}
		answers := a.OfNull
		if c := args.Cols[0]; !c.IsNull(q) {
			if answers = a.Of[c.Int[q]]; a.Bad[c.Int[q]] {
				out.Faults = append(out.Faults, exec.Fault{Question: int32(q), Err: sqlerr.New(sqlerr.InternalError, "no answer to %d", c.Int[q])})
				continue
			}
		}
		for _, v := range answers {
			out.Rows.Cols[0].AppendInt(v)
			out.Rows.N++
			out.Parent = append(out.Parent, int32(q))
		}
	}
	return nil
}
