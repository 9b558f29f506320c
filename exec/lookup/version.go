package lookup

import (
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/penstock/penstock/exec"
)

// version is the content of a table after a load or a set of changes. All of
// it but the list of indexes is fixed when readers come to see it.
type version struct {
	number int64
	// chunks are found by the upper bits of a row's number; a chunk that two versions share
	// has the same number in both. Nil: the number is free.
	chunks []*chunk
	order  []uint32 // the chunks' numbers in the order of the rows
	// dead, by chunk, are rows that no longer count: a later one has their
	// key, or they were deleted. Nil: none.
	dead []exec.Bitmap
	rows int64 // that count
	// loaded is when the rows came.
	loaded time.Time
	// nullKeys and duplicates count the rows left out while loading.
	nullKeys, duplicates int64
	// size is the memory of the chunks.
	size int64

	mu      sync.Mutex
	indexes atomic.Pointer[[]*index]
}

func (v *version) deadOf(chunk uint32) exec.Bitmap {
	if int(chunk) < len(v.dead) {
		return v.dead[chunk]
	}
	return nil
}

// kill says that a row does not count. copied are the bitmaps that may be
// written to; it may be nil where all may.
func (v *version) kill(id uint32, copied map[uint32]bool) {
	c := id >> rowBits
	for len(v.dead) <= int(c) {
		v.dead = append(v.dead, nil)
	}
	switch {
	case v.dead[c] == nil:
		v.dead[c] = make(exec.Bitmap, ChunkRows/64)
	case copied != nil && !copied[c]:
		v.dead[c] = slices.Clone(v.dead[c])
	}
	if copied != nil {
		copied[c] = true
	}
	v.dead[c].Set(int(id & (ChunkRows - 1)))
	v.rows--
}

// deadRows counts the rows of a chunk that do not count.
func (v *version) deadRows(chunk uint32) int {
	n := 0
	for _, w := range v.deadOf(chunk) {
		n += bits.OnesCount64(w)
	}
	return n
}

// find gives the index over exactly these columns, nil when there is none.
func (v *version) find(columns []int) *index {
	list := v.indexes.Load()
	if list == nil {
		return nil
	}
	for _, ix := range *list {
		if slices.Equal(ix.columns, columns) {
			return ix
		}
	}
	return nil
}

// add puts an index into the list.
func (v *version) add(ix *index) {
	var list []*index
	if old := v.indexes.Load(); old != nil {
		list = append(list, *old...)
	}
	list = append(list, ix)
	v.indexes.Store(&list)
}

// ensure makes the index over columns unless there is one; who comes meanwhile
// waits.
func (v *version) ensure(like []*exec.Column, columns []int) *index {
	if ix := v.find(columns); ix != nil {
		return ix
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if ix := v.find(columns); ix != nil {
		return ix
	}
	ix := buildIndex(v, like, columns, nil)
	v.add(ix)
	return ix
}

// drop takes indexes that nobody uses any more off the list, unless one is
// just being made, which takes a while: then they go with the version.
func (v *version) drop(unused func(columns []int) bool) {
	if !v.mu.TryLock() {
		return
	}
	defer v.mu.Unlock()
	if list := v.indexes.Load(); list != nil {
		kept := slices.DeleteFunc(slices.Clone(*list), func(ix *index) bool { return unused(ix.columns) })
		v.indexes.Store(&kept)
	}
}

// bytes is the memory of the version, indexes included.
func (v *version) bytes() int64 {
	n := v.size + int64(len(v.chunks))*8 + int64(len(v.order))*4
	for _, d := range v.dead {
		n += int64(len(d)*8) + 24
	}
	if list := v.indexes.Load(); list != nil {
		for _, ix := range *list {
			n += ix.bytes()
		}
	}
	return n
}

// same tells whether two versions have the same rows in the same order.
func (v *version) same(o *version) bool {
	if o == nil || v.rows != o.rows || len(v.order) != len(o.order) {
		return false
	}
	for i, c := range v.order {
		if v.chunks[c] != o.chunks[o.order[i]] || !slices.Equal(v.deadOf(c), o.deadOf(o.order[i])) {
			return false
		}
	}
	return true
}
