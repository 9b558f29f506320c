package op

import (
	"context"
	"io"

	"github.com/penstock/penstock/exec"
)

// LimitConfig says which rows a Limit passes.
type LimitConfig struct {
	// Count rows (-1: all) after the first Offset.
	Count, Offset int64
}

// Limit passes some rows and then answers exec.ErrDone.
type Limit struct {
	skip, left int64 // left -1: no end
	sel        []int32
	out        exec.Batch
}

// NewLimit makes a Limit.
func NewLimit(c LimitConfig) *Limit { return &Limit{skip: c.Offset, left: c.Count} }

// Process passes the rows that are wanted, and returns exec.ErrDone with the
// last of them (for LIMIT 0, at the first batch).
func (l *Limit) Process(_ context.Context, _ int, in *exec.Batch, emit exec.Emit) error {
	if l.left == 0 {
		return exec.ErrDone
	}
	n := int64(in.Rows())
	from := min(l.skip, n)
	l.skip -= from
	to := n
	if l.left >= 0 {
		to = min(n, from+l.left)
		l.left -= to - from
	}
	if from < to {
		l.out = exec.Batch{Cols: in.Cols, N: in.N, Sel: in.Sel, Split: in.Split}
		if from > 0 || to < n {
			l.sel = l.sel[:0]
			for i := from; i < to; i++ {
				l.sel = append(l.sel, int32(in.Row(int(i))))
			}
			l.out.Sel = l.sel
		}
		if err := emit(&l.out); err != nil {
			return err
		}
	}
	if l.left == 0 {
		return exec.ErrDone
	}
	return nil
}

// Advance holds nothing back; it tells LIMIT 0 to end without waiting for a row.
func (l *Limit) Advance(context.Context, exec.Time, exec.Emit) error {
	if l.left == 0 {
		return exec.ErrDone
	}
	return nil
}

const limitKind = "limit"

// Save writes how many rows are still to be skipped and passed.
func (l *Limit) Save(_ exec.Epoch, w io.Writer) error {
	f := newFrameWriter(w, limitKind)
	f.int(l.skip)
	f.int(l.left)
	f.end()
	return f.finish()
}

// Restore takes up what Save wrote. The operator must be new.
func (l *Limit) Restore(r io.Reader) error {
	f := newFrameReader(r, limitKind)
	l.skip, l.left = f.int(), f.int()
	return f.finish()
}
