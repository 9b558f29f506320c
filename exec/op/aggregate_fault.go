package op

import (
	"errors"
	"slices"

	"github.com/penstock/penstock/exec"
)

// update adds rows to an aggregate. A row that it cannot take is left out of it
// and counted, if the policy is to skip such rows; the others go on.
func (a *Aggregate) update(agg exec.Aggregate, in *exec.Batch, groups []int32, args []*exec.Column, rows []int32) error {
	for {
		var err error
		if a.cfg.Phase == Final {
			err = agg.Merge(groups, args, rows)
		} else {
			err = agg.Update(groups, args, rows)
		}
		if err == nil {
			return nil
		}
		e, ok := errors.AsType[*exec.RowError](err)
		if !ok || !a.guard.policy.Skip {
			return err
		}
		k := e.Row
		if rows != nil {
			if k = slices.Index(rows, int32(e.Row)); k < 0 {
				return err
			}
		} else {
			for i := range groups {
				rows = append(rows, int32(i))
			}
		}
		a.guard.skipped(in, e)
		groups, rows = groups[k+1:], rows[k+1:]
		if len(groups) == 0 {
			return nil
		}
	}
}

// noResult deals with a group for which an aggregate has no result: the query
// fails, or the group's row is dropped and counted.
func (a *Aggregate) noResult(col *exec.Column, row int, err error) error {
	if !a.guard.policy.Skip {
		return err
	}
	col.Truncate(row)
	col.AppendNull()
	if len(a.faulty) == 0 || a.faulty[len(a.faulty)-1] != int32(row) {
		a.faulty = append(a.faulty, int32(row))
	}
	a.fault = err
	return nil
}

// dropFaulty takes the rows without a result out of the batch.
func (a *Aggregate) dropFaulty(n int) {
	if len(a.faulty) == 0 {
		return
	}
	slices.Sort(a.faulty)
	bad := slices.Compact(a.faulty)
	sel := make([]int32, 0, n)
	for i := range int32(n) {
		if _, is := slices.BinarySearch(bad, i); !is {
			sel = append(sel, i)
			continue
		}
		a.guard.skipped(&a.out, &exec.RowError{Row: int(i), Err: a.fault})
	}
	a.out.Sel = sel
	a.faulty, a.fault = a.faulty[:0], nil
}
