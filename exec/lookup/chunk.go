package lookup

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"unsafe"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// rowBits is how many bits of a row's number say where in its chunk it stands.
const rowBits = 13

// The size of a chunk. A chunk ends behind a row whose key's hash says so, once
// it has MinChunkRows; so a row put in or taken out moves the ends of one or two chunks
// alone, and all others are found in the version before. It ends at the latest with
// ChunkRows rows or ChunkBytes of values.
const (
	ChunkRows    = 1 << rowBits
	MinChunkRows = 2048
	ChunkBytes   = 4 << 20
	// cutMask makes one row in 2048 an end.
	cutMask = 2047
)

// MaxChunks bounds the chunks of a table: the number of a row has 32 bits.
const MaxChunks = 1<<(32-rowBits) - 1

// seed makes the hashes of this process its own, so that nobody can choose keys
// that collide.
var seed = rand.Uint64()

// cutSeed is that of the hashes that say where chunks end: the same in each
// process.
const cutSeed = 0

// chunk is some rows of a table, column by column. It is never changed once
// made, and versions share it.
type chunk struct {
	n     int
	cols  []column
	hash  uint64
	bytes int64
}

// packChunk makes a chunk of the rows of b, whose Sel is nil.
func packChunk(b *exec.Batch, hash uint64) *chunk {
	c := &chunk{n: b.N, hash: hash, cols: make([]column, len(b.Cols))}
	c.bytes = int64(unsafe.Sizeof(*c))
	for i, col := range b.Cols {
		c.cols[i] = pack(col, b.N)
		c.bytes += c.cols[i].bytes()
	}
	return c
}

// holds tells whether the chunk has exactly the rows of b.
func (c *chunk) holds(b *exec.Batch) bool {
	if c.n != b.N {
		return false
	}
	for i := range c.cols {
		if !c.cols[i].holds(b.Cols[i], b.N) {
			return false
		}
	}
	return true
}

// unpack puts all rows of the given columns into dst, which it empties first.
func (c *chunk) unpack(dst []*exec.Column, columns []int) {
	for d, col := range columns {
		src, to := &c.cols[col], dst[d]
		to.Reset()
		if src.layout == exec.Ints && src.valid == nil {
			to.Int = slices.Grow(to.Int, c.n)[:c.n]
			for i := range to.Int {
				to.Int[i] = src.int(uint32(i))
			}
			to.SetLen(c.n)
			continue
		}
		for i := range c.n {
			src.appendTo(to, uint32(i))
		}
	}
}

// contentHash is a hash of all values of b.
func contentHash(b *exec.Batch) uint64 {
	h := exec.HashUint64(seed, uint64(b.N))
	for _, c := range b.Cols {
		switch {
		case c.Layout == exec.Strings && !c.Nulls:
			for _, o := range c.Offs[1 : b.N+1] {
				h = exec.HashUint64(h, uint64(o))
			}
			h = exec.HashBytes(h, c.Data)
		case c.Layout == exec.Ints && !c.Nulls:
			for _, v := range c.Int[:b.N] {
				h = exec.HashUint64(h, uint64(v))
			}
		default:
			for i := range b.N {
				h = exec.HashValue(h, c, i)
			}
		}
	}
	return h
}

// hashKeys puts the hash of each of rows from...from+len(dst) of the key columns
// in dst. That of a key with a NULL means nothing.
func hashKeys(dst []uint64, keys []*exec.Column, from int, seed uint64) {
	for k, c := range keys {
		if k == 0 {
			for i := range dst {
				dst[i] = seed
			}
		}
		switch {
		case c.Layout == exec.Ints && !c.Nulls:
			for i, v := range c.Int[from : from+len(dst)] {
				dst[i] = exec.HashUint64(dst[i], uint64(v))
			}
		case c.Layout == exec.Strings && !c.Nulls:
			for i := range dst {
				dst[i] = exec.HashBytes(dst[i], c.Str(from+i))
			}
		default:
			for i := range dst {
				dst[i] = exec.HashValue(dst[i], c, from+i)
			}
		}
	}
}

// anyNull tells whether row i has a NULL among its keys.
func anyNull(keys []*exec.Column, i int) bool {
	for _, c := range keys {
		if c.IsNull(i) {
			return true
		}
	}
	return false
}

// describe writes the key of a row for a message; what is neither a number nor a
// string is left out.
func (c *chunk) describe(types []catalog.Type, columns []int, row uint32) string {
	var b strings.Builder
	for i, k := range columns {
		if i > 0 {
			b.WriteString(", ")
		}
		col := &c.cols[k]
		switch {
		case col.isNull(row):
			b.WriteString("NULL")
		case types[k].Kind == catalog.SmallInt || types[k].Kind == catalog.Int || types[k].Kind == catalog.BigInt:
			fmt.Fprint(&b, col.int(row))
		case col.layout == exec.Strings:
			fmt.Fprintf(&b, "%.64q", col.str(row))
		default:
			b.WriteString("…")
		}
	}
	return b.String()
}
