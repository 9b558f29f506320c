package op

import "github.com/penstock/penstock/exec"

// Sizes of values in memory.
const (
	decimalBytes  = 24
	intervalBytes = 16
)

// columnBytes estimates the memory of a column's values.
func columnBytes(c *exec.Column) int64 {
	n := int64(len(c.Valid))*8 + int64(len(c.Bool)) + int64(len(c.Int))*8 + int64(len(c.Float))*8 +
		int64(len(c.Dec))*decimalBytes + int64(len(c.Ivl))*intervalBytes +
		int64(len(c.Offs))*4 + int64(len(c.Data))
	for _, k := range c.Kids {
		n += columnBytes(k)
	}
	return n
}

func batchBytes(cols []*exec.Column) (n int64) {
	for _, c := range cols {
		n += columnBytes(c)
	}
	return n
}

// tooLong tells that a buffer of strings or elements nears the end of its 32-bit
// offsets.
func tooLong(cols []*exec.Column) bool {
	for _, c := range cols {
		if len(c.Data) > maxKeyBytes || len(c.Kids) > 0 && (c.Kids[0].Len() > maxKeyBytes || tooLong(c.Kids)) {
			return true
		}
	}
	return false
}

// takeRows empties dst and fills it with rows of src.
func takeRows(dst *exec.Batch, src []*exec.Column, rows []int32) {
	dst.Reset()
	for i, c := range dst.Cols {
		c.AppendColumn(src[i], rows, 0)
	}
	dst.N = len(rows)
}

// saveRows writes the number of rows of b, ends the frame, and writes the rows
// in frames of their own.
func saveRows(f *frameWriter, b *exec.Batch) {
	f.uint(uint64(b.N))
	f.end()
	for from := 0; from < b.N; from += BatchRows {
		f.rows(b.Cols, from, min(b.N, from+BatchRows))
		f.end()
	}
}

// restoreRows appends what saveRows wrote to b.
func restoreRows(f *frameReader, b *exec.Batch) {
	want := f.uint()
	for uint64(b.N) < want && f.err == nil {
		f.next()
		n := f.rows(b.Cols)
		if n == 0 || n > BatchRows {
			f.damaged("a frame has %d rows", n)
		}
		b.N += n
	}
}
