package op

import (
	"context"
	"io"

	"github.com/penstock/penstock/exec"
)

// Values is the exec.Source of constant rows.
type Values struct {
	rows *exec.Batch
	next int
	sel  []int32
	out  exec.Batch
}

// NewValues makes a source of the rows of b, which has no selection. A batch
// without columns is well: SELECT without FROM has one row of no columns.
func NewValues(b *exec.Batch) *Values { return &Values{rows: b} }

// Read gives up to BatchRows rows, and io.EOF after the last.
func (v *Values) Read(ctx context.Context) (*exec.Batch, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if v.next >= v.rows.N {
		return nil, io.EOF
	}
	to := min(v.rows.N, v.next+BatchRows)
	v.out = exec.Batch{Cols: v.rows.Cols, N: v.rows.N}
	if to-v.next < v.rows.N {
		v.sel = v.sel[:0]
		for i := v.next; i < to; i++ {
			v.sel = append(v.sel, int32(i))
		}
		v.out.Sel = v.sel
	}
	v.next = to
	return &v.out, nil
}

// Splits tells that all rows are of split 0.
func (v *Values) Splits() []int32 { return []int32{0} }

// CaughtUp tells whether all rows have been read.
func (v *Values) CaughtUp(int32) bool { return v.Ended(0) }

// Ended tells whether all rows have been read.
func (v *Values) Ended(int32) bool { return v.next >= v.rows.N }

// Close does nothing.
func (v *Values) Close() error { return nil }

const valuesKind = "values"

// Save writes how many rows have been read.
func (v *Values) Save(_ exec.Epoch, w io.Writer) error {
	f := newFrameWriter(w, valuesKind)
	f.uint(uint64(v.next))
	f.end()
	return f.finish()
}

// Restore takes up what Save wrote.
func (v *Values) Restore(r io.Reader) error {
	f := newFrameReader(r, valuesKind)
	n := f.uint()
	if n > uint64(v.rows.N) {
		f.damaged("it has read more rows than there are")
	}
	if err := f.finish(); err != nil {
		return err
	}
	v.next = int(n)
	return nil
}
