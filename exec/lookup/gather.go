package lookup

import (
	"math"
	"slices"

	"github.com/penstock/penstock/exec"
)

// gather appends the wanted columns of rows to the answers, a column after the
// other.
func (q *question) gather(rows []uint32) {
	if len(rows) == 0 {
		return
	}
	for d, col := range q.r.wanted {
		gatherColumn(q.out.Rows.Cols[d], q.v.chunks, col, rows)
	}
	q.out.Rows.N += len(rows)
}

// gatherColumn appends a column of rows to dst.
func gatherColumn(dst *exec.Column, chunks []*chunk, col int, rows []uint32) {
	if dst.Nulls || !plainRows(chunks, col, rows) {
		for _, id := range rows {
			chunks[id>>rowBits].cols[col].appendTo(dst, id&(ChunkRows-1))
		}
		return
	}
	n := dst.Len()
	switch dst.Layout {
	case exec.Ints:
		dst.Int = slices.Grow(dst.Int, len(rows))[:n+len(rows)]
		to := dst.Int[n:]
		for i, id := range rows {
			to[i] = chunks[id>>rowBits].cols[col].int(id & (ChunkRows - 1))
		}
	case exec.Floats:
		for _, id := range rows {
			dst.Float = append(dst.Float, math.Float64frombits(chunks[id>>rowBits].cols[col].w8[id&(ChunkRows-1)]))
		}
	case exec.Bools:
		for _, id := range rows {
			dst.Bool = append(dst.Bool, chunks[id>>rowBits].cols[col].b[id&(ChunkRows-1)] != 0)
		}
	case exec.Decimals:
		for _, id := range rows {
			dst.Dec = append(dst.Dec, chunks[id>>rowBits].cols[col].dec[id&(ChunkRows-1)])
		}
	case exec.Intervals:
		for _, id := range rows {
			dst.Ivl = append(dst.Ivl, chunks[id>>rowBits].cols[col].ivl[id&(ChunkRows-1)])
		}
	case exec.Strings:
		if len(chunks) > farChunks {
			touchStrings(chunks, col, rows)
		}
		data, offs := dst.Data, dst.Offs
		for _, id := range rows {
			c := &chunks[id>>rowBits].cols[col]
			data = append(data, c.str(id&(ChunkRows-1))...)
			offs = append(offs, int32(len(data)))
		}
		dst.Data, dst.Offs = data, offs
	}
	dst.SetLen(n + len(rows))
}

// farChunks is the number of chunks from which strings are read ahead: fewer
// stay in the second-level cache.
const farChunks = 16

// touchStrings reads where the strings of rows begin, so that the cache misses
// overlap.
//
//go:noinline
func touchStrings(chunks []*chunk, col int, rows []uint32) (x byte) {
	for _, id := range rows {
		c := &chunks[id>>rowBits].cols[col]
		if at := c.w4[id&(ChunkRows-1)]; int(at) < len(c.b) {
			x += c.b[at]
		}
	}
	return x
}

// plainRows tells that none of the rows' chunks has NULLs in the column, whose
// values are not nested.
func plainRows(chunks []*chunk, col int, rows []uint32) bool {
	for _, id := range rows {
		if c := &chunks[id>>rowBits].cols[col]; c.valid != nil || c.nested != nil {
			return false
		}
	}
	return true
}
