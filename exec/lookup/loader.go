package lookup

import (
	"runtime"
	"slices"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// loader takes the rows of one load and makes a version of them that shares
// with the one before all chunks that are the same.
type loader struct {
	name     string
	key      []int // the primary key's columns, nil: none
	maxBytes int64
	refuse   bool // duplicate keys are an error
	prev     *version

	types  []catalog.Type
	open   *exec.Batch // rows of the chunk that is being filled
	wide   int         // bytes of its long values
	long   []int       // columns that have some
	sel    []int32
	keys   []*exec.Column
	hashes []uint64
	same   map[uint64][]uint32 // prev's chunks by content
	taken  map[uint32]bool
	placed []placed
	size   int64
	rows   int64
	nulls  int64
}

// placed is a chunk of the version being made; shared ones have a number already.
type placed struct {
	c      *chunk
	id     uint32
	shared bool
}

func newLoader(d *definition, prev *version) *loader {
	l := &loader{name: d.table.Name, key: d.key, types: d.types, maxBytes: d.maxBytes, refuse: d.refuseDuplicates, prev: prev, open: d.like.Like(),
		hashes: make([]uint64, BurstRows), same: map[uint64][]uint32{}, taken: map[uint32]bool{}}
	for i, c := range d.like.Cols {
		if c.Layout == exec.Strings || len(c.Kids) > 0 {
			l.long = append(l.long, i)
		}
	}
	if prev != nil {
		for _, id := range prev.order {
			h := prev.chunks[id].hash
			l.same[h] = append(l.same[h], id)
		}
	}
	return l
}

// add takes the rows of a batch, in bursts.
func (l *loader) add(b *exec.Batch) error {
	if len(b.Cols) != len(l.open.Cols) {
		return sqlerr.New(sqlerr.InternalError, "the source of lookup table %q gives %d columns instead of %d", l.name, len(b.Cols), len(l.open.Cols))
	}
	l.keys = l.keys[:0]
	for _, k := range l.key {
		l.keys = append(l.keys, b.Cols[k])
	}
	if l.key == nil {
		l.keys = append(l.keys, b.Cols...)
	}
	sel := b.Sel
	if sel == nil {
		l.sel = l.sel[:0]
		for i := range b.N {
			l.sel = append(l.sel, int32(i))
		}
		sel = l.sel
	}
	for len(sel) > 0 {
		n := min(len(sel), BurstRows)
		if err := l.burst(b, sel[:n]); err != nil {
			return err
		}
		sel = sel[n:]
		runtime.Gosched()
	}
	return nil
}

// burst takes some rows. Runs of them are copied a column at a time.
func (l *loader) burst(b *exec.Batch, sel []int32) error {
	if n := len(sel); int(sel[n-1]-sel[0]) == n-1 {
		hashKeys(l.hashes[:n], l.keys, int(sel[0]), cutSeed)
	} else {
		for i, row := range sel {
			hashKeys(l.hashes[i:i+1], l.keys, int(row), cutSeed)
		}
	}
	from := 0 // sel[from:i] are to be copied
	flush := func(to int) {
		if run := sel[from:to]; len(run) > 0 {
			for c, col := range b.Cols {
				appendRows(l.open.Cols[c], col, run)
			}
			l.open.N += len(run)
		}
		from = to
	}
	nulls := l.key != nil && slices.ContainsFunc(l.keys, func(c *exec.Column) bool { return c.Nulls })
	for i, row := range sel {
		if nulls && anyNull(l.keys, int(row)) {
			flush(i)
			from = i + 1
			l.nulls++
			continue
		}
		for _, c := range l.long {
			l.wide += wide(b.Cols[c], int(row))
		}
		n := l.open.N + i + 1 - from
		if n >= MinChunkRows && l.hashes[i]&cutMask == 0 || n >= ChunkRows || l.wide >= ChunkBytes {
			flush(i + 1)
			if err := l.close(); err != nil {
				return err
			}
		}
	}
	flush(len(sel))
	return nil
}

// appendRows appends rows to dst: a run of plain values as a whole.
func appendRows(dst, src *exec.Column, rows []int32) {
	from, to := int(rows[0]), int(rows[len(rows)-1])+1
	if src.Nulls || dst.Nulls || to-from != len(rows) {
		dst.AppendColumn(src, rows, 0)
		return
	}
	switch dst.Layout {
	case exec.Ints:
		dst.Int = append(dst.Int, src.Int[from:to]...)
	case exec.Floats:
		dst.Float = append(dst.Float, src.Float[from:to]...)
	case exec.Strings:
		shift := int32(len(dst.Data)) - src.Offs[from]
		dst.Data = append(dst.Data, src.Data[src.Offs[from]:src.Offs[to]]...)
		for _, o := range src.Offs[from+1 : to+1] {
			dst.Offs = append(dst.Offs, o+shift)
		}
	default:
		dst.AppendColumn(src, rows, 0)
		return
	}
	dst.SetLen(dst.Len() + len(rows))
}

// wide is the length of a value that may be long.
func wide(c *exec.Column, row int) int {
	n := 0
	switch c.Layout {
	case exec.Strings:
		n = int(c.Offs[row+1] - c.Offs[row])
	case exec.List, exec.MapOf:
		for _, k := range c.Kids {
			for i := c.Offs[row]; i < c.Offs[row+1]; i++ {
				n += 8 + wide(k, int(i))
			}
		}
	case exec.Struct:
		for _, k := range c.Kids {
			n += 8 + wide(k, row)
		}
	}
	return n
}

// close makes the open rows a chunk, or finds it in the version before.
func (l *loader) close() error {
	if l.open.N == 0 {
		return nil
	}
	h := contentHash(l.open)
	p := placed{}
	for _, id := range l.same[h] {
		if c := l.prev.chunks[id]; !l.taken[id] && c.holds(l.open) {
			p = placed{c, id, true}
			l.taken[id] = true
			break
		}
	}
	if p.c == nil {
		p.c = packChunk(l.open, h)
	}
	l.placed = append(l.placed, p)
	l.rows += int64(l.open.N)
	l.size += p.c.bytes
	l.open.Reset()
	l.wide = 0
	if need := l.size + l.rows*8; need > l.maxBytes {
		return sqlerr.New(sqlerr.OutOfMemory, "lookup table %q is larger than 'cache.max-bytes' (%d bytes) after %d rows", l.name, l.maxBytes, l.rows).
			Hint("raise 'cache.max-bytes', declare fewer columns, or use 'cache' = 'partial'")
	}
	if len(l.placed) > MaxChunks/2 {
		return sqlerr.New(sqlerr.ProgramLimitExceeded, "lookup table %q has more than %d chunks", l.name, MaxChunks/2)
	}
	return nil
}

// finish makes the version, with the index over the primary key if there is one.
func (l *loader) finish(now time.Time) (*version, error) {
	if err := l.close(); err != nil {
		return nil, err
	}
	v := &version{rows: l.rows, nullKeys: l.nulls, loaded: now, size: l.size}
	var old []*chunk
	if l.prev != nil {
		old = l.prev.chunks
	}
	v.chunks = make([]*chunk, max(len(old), len(l.placed)))
	for _, p := range l.placed {
		if p.shared {
			v.chunks[p.id] = p.c
		}
	}
	fresh := l.number(v)
	if l.key == nil {
		return v, nil
	}
	return v, l.primary(v, fresh)
}

// number gives the new chunks of v their numbers and lists them. One that
// stands where another was takes that one's number, so that the index need not change for
// rows whose key is still in the same place.
func (l *loader) number(v *version) (fresh []uint32) {
	var was []uint32 // prev's order
	at := map[uint32]int{}
	if l.prev != nil {
		was = l.prev.order
		for i, id := range was {
			at[id] = i
		}
	}
	j, free := 0, uint32(0)
	for _, p := range l.placed {
		id := p.id
		switch {
		case p.shared:
			j = at[id] + 1
		case j < len(was) && v.chunks[was[j]] == nil:
			id = was[j]
			j++
		default:
			for int(free) < len(v.chunks) && v.chunks[free] != nil {
				free++
			}
			if int(free) == len(v.chunks) {
				v.chunks = append(v.chunks, nil)
			}
			id = free
		}
		if !p.shared {
			v.chunks[id] = p.c
			fresh = append(fresh, id)
		}
		v.order = append(v.order, id)
	}
	return fresh
}

// primary gives v the index over its primary key: that of the version before,
// mended, where few chunks differ, else a new one.
func (l *loader) primary(v *version, fresh []uint32) error {
	columns := sortedSet(l.key)
	if ix := l.mended(v, columns, fresh); ix != nil {
		v.add(ix)
		return nil
	}
	var extra []uint32
	ix := buildIndex(v, l.open.Cols, columns, func(id uint32) { extra = append(extra, id) })
	if len(extra) > 0 && l.refuse {
		id := extra[len(extra)-1]
		return sqlerr.New(sqlerr.DataException, "lookup table %q: %d rows have the primary key of another, such as (%s)",
			l.name, len(extra), v.chunks[id>>rowBits].describe(l.types, l.key, id&(ChunkRows-1))).
			Hint("'duplicate-keys' = 'last' keeps the last row of each key")
	}
	v.duplicates = int64(len(extra))
	for _, id := range extra {
		v.kill(id, nil)
	}
	v.add(ix)
	return nil
}

// mended is the index of the version before with the rows of its lost chunks
// taken out and those of fresh ones put in; nil where more than a quarter of the
// slots would change, and where keys come twice.
func (l *loader) mended(v *version, columns []int, fresh []uint32) *index {
	if l.prev == nil || len(l.prev.dead) > 0 {
		return nil
	}
	old := l.prev.find(columns)
	if old == nil || old.next != nil || old.cramped() {
		return nil
	}
	ix := old.edit()
	was, is := newKeyScratch(l.open.Cols, columns), newKeyScratch(l.open.Cols, columns)
	// both reads the keys of a chunk's rows in both versions; a row whose key has
	// the same hash in both has the same slot.
	both := func(id uint32) (before, now []uint64) {
		if int(id) < len(l.prev.chunks) && l.prev.chunks[id] != nil {
			before = was.load(l.prev.chunks[id], columns)
		}
		if v.chunks[id] != nil {
			now = is.load(v.chunks[id], columns)
		}
		return before, now
	}
	moved := int64(0) // rows whose slot changes
	for _, id := range l.prev.order {
		if l.taken[id] {
			continue
		}
		before, now := both(id)
		for i, h := range before {
			if i%BurstRows == 0 {
				runtime.Gosched()
			}
			if i < len(now) && now[i] == h {
				continue
			}
			if moved++; moved > v.rows/4 || !ix.remove(h, id<<rowBits|uint32(i)) {
				return nil
			}
		}
	}
	key := &rowKey{chunks: v.chunks, columns: columns, keys: is.keys}
	for _, id := range fresh {
		before, now := both(id)
		for i, h := range now {
			if i%BurstRows == 0 {
				runtime.Gosched()
			}
			key.j = i
			if (i >= len(before) || before[i] != h) && ix.put(h, id<<rowBits|uint32(i), key, false) != 0 {
				return nil
			}
		}
	}
	ix.owned = nil
	return ix
}
