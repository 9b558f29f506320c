package op

import (
	"context"

	"github.com/penstock/penstock/exec"
)

// UnnestConfig says what an Unnest takes apart.
type UnnestConfig struct {
	// X gives a List or MapOf column.
	X exec.Eval
	// Columns are empty columns of the input's shapes, Like of X's.
	Columns []*exec.Column
	Like    *exec.Column
	// Outer keeps a row whose list is empty or NULL, with NULLs for the element.
	Outer bool
	// Ordinality adds the element's number, from 1, as the last column.
	Ordinality bool
	OnError    RowPolicy
}

// Unnest emits each row once for each element of a list, with the element
// behind it: a column, the fields of a struct, or a map's key and value.
type Unnest struct {
	cfg    UnnestConfig
	guard  guard
	eval   func(*exec.Batch) error
	list   *exec.Column
	fields bool // elements are structs
	rows   []int32
	elems  []int32 // -1: none
	ords   []int64 // 0: none
	out    *exec.Batch
}

// NewUnnest makes an Unnest.
func NewUnnest(c UnnestConfig) *Unnest {
	u := &Unnest{cfg: c, guard: guard{policy: c.OnError}}
	u.eval = func(b *exec.Batch) (err error) {
		u.list, err = u.cfg.X.Eval(b)
		return err
	}
	kids := c.Like.Kids
	if c.Like.Layout == exec.List && kids[0].Layout == exec.Struct {
		u.fields = true
		kids = kids[0].Kids
	}
	u.out = &exec.Batch{Cols: append(likes(c.Columns), likes(kids)...), Split: -1}
	if c.Ordinality {
		u.out.Cols = append(u.out.Cols, exec.NewColumn(exec.Ints))
	}
	return u
}

// Skipped counts the rows dropped by the policy for faulty rows.
func (u *Unnest) Skipped() int64 { return u.guard.count.Load() }

// Process emits the rows with their elements, in order.
func (u *Unnest) Process(_ context.Context, _ int, in *exec.Batch, emit exec.Emit) error {
	if in.Rows() == 0 {
		return nil
	}
	b, err := u.guard.run(in, u.eval)
	if err != nil {
		return err
	}
	u.clear()
	for i := range b.Rows() {
		r := b.Row(i)
		from, to := 0, 0
		if !u.list.IsNull(r) {
			from, to = int(u.list.Offs[r]), int(u.list.Offs[r+1])
		}
		if from == to && u.cfg.Outer {
			u.add(r, -1, 0)
		}
		for e := from; e < to; e++ {
			u.add(r, e, int64(e-from+1))
			if len(u.rows) == BatchRows {
				if err := u.flush(b, emit); err != nil {
					return err
				}
			}
		}
		if len(u.rows) >= BatchRows {
			if err := u.flush(b, emit); err != nil {
				return err
			}
		}
	}
	return u.flush(b, emit)
}

func (u *Unnest) add(row, elem int, ord int64) {
	u.rows = append(u.rows, int32(row))
	u.elems = append(u.elems, int32(elem))
	u.ords = append(u.ords, ord)
}

func (u *Unnest) clear() { u.rows, u.elems, u.ords = u.rows[:0], u.elems[:0], u.ords[:0] }

// flush emits the rows listed.
func (u *Unnest) flush(b *exec.Batch, emit exec.Emit) error {
	if len(u.rows) == 0 {
		return nil
	}
	u.out.Reset()
	for i := range u.cfg.Columns {
		u.out.Cols[i].AppendColumn(b.Cols[i], u.rows, 0)
	}
	cols := u.out.Cols[len(u.cfg.Columns):]
	src := u.list.Kids
	var whole *exec.Column // the struct, whose own NULL covers the fields
	if u.fields {
		whole, src = src[0], src[0].Kids
	}
	for i, s := range src {
		for _, e := range u.elems {
			if e < 0 || whole != nil && whole.IsNull(int(e)) {
				cols[i].AppendNull()
			} else {
				cols[i].AppendFrom(s, int(e))
			}
		}
	}
	if u.cfg.Ordinality {
		o := cols[len(src)]
		for _, v := range u.ords {
			if v == 0 {
				o.AppendNull()
			} else {
				o.AppendInt(v)
			}
		}
	}
	u.out.N, u.out.Split = len(u.rows), b.Split
	u.clear()
	return emit(u.out)
}

// Advance does nothing: no rows are held.
func (u *Unnest) Advance(context.Context, exec.Time, exec.Emit) error { return nil }
