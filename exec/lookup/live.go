package lookup

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Changes of a live source are gathered and become a new version at most every
// LiveEvery, and so seldom that making versions takes at most a tenth of the time. Beyond
// LiveMaxRows waiting changes the source waits.
const (
	LiveEvery   = 100 * time.Millisecond
	LiveMaxRows = ChunkRows
)

// follower is the goroutine in which a live source tells its changes, and
// those that wait to be applied.
type follower struct {
	stop   context.CancelFunc
	done   chan struct{} // closed at its end, and err set
	err    error
	signal chan struct{} // changes wait
	space  chan struct{} // they have been taken

	mu      sync.Mutex
	rows    *exec.Batch
	deleted []bool
	// notBefore is the earliest time of the next version.
	notBefore time.Time
}

// follow starts to follow a live source that has just been loaded.
func (k *keeper) follow() {
	src, ok := k.src.(LiveSource)
	if !ok || k.live != nil || k.tries > 0 {
		return
	}
	ctx, stop := context.WithCancel(k.ctx)
	f := &follower{stop: stop, done: make(chan struct{}), signal: make(chan struct{}, 1), space: make(chan struct{}, 1), rows: k.t.rowsOf()}
	k.live = f
	k.t.following.Store(true)
	k.t.ts.wg.Go(func() {
		defer close(f.done)
		defer recovered(k.t.log, &f.err)
		f.err = src.Follow(ctx, func(c Change) error { return f.take(ctx, c, len(k.t.def.like.Cols)) })
		if f.err == nil {
			f.err = sqlerr.New(sqlerr.InternalError, "the live source of lookup table %q ended", k.t.name)
		}
	})
}

// take adds changes to those that wait.
func (f *follower) take(ctx context.Context, c Change, columns int) error {
	if len(c.Rows.Cols) != columns || c.Deleted != nil && len(c.Deleted) < c.Rows.N {
		return sqlerr.New(sqlerr.InternalError, "a change of a live lookup table has the wrong shape")
	}
	for at := 0; at < c.Rows.Rows(); {
		f.mu.Lock()
		for ; at < c.Rows.Rows() && f.rows.N < LiveMaxRows; at++ {
			row := c.Rows.Row(at)
			for i, col := range c.Rows.Cols {
				f.rows.Cols[i].AppendFrom(col, row)
			}
			f.rows.N++
			f.deleted = append(f.deleted, c.Deleted != nil && c.Deleted[row])
		}
		f.mu.Unlock()
		select {
		case f.signal <- struct{}{}:
		default:
		}
		if at < c.Rows.Rows() {
			select {
			case <-f.space:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}

// unfollow stops following and waits for it. Changes that wait are dropped: a
// load comes next, or the end.
func (k *keeper) unfollow() {
	if k.live == nil {
		return
	}
	k.live.stop()
	<-k.live.done
	k.live = nil
	k.t.following.Store(false)
	k.t.confirmed.Store(k.t.ts.cfg.Now().UnixNano())
}

// liveFailed is the end of following: the table is loaded anew after a while.
func (k *keeper) liveFailed(err error) {
	k.live.stop()
	k.live = nil
	k.tries++
	t := k.t
	t.following.Store(false)
	t.confirmed.Store(t.ts.cfg.Now().UnixNano())
	t.failures.Add(1)
	err = k.hide(err)
	k.closeSource()
	t.log.Warn("following a lookup table failed", "error", err, "sqlstate", string(sqlerr.CodeOf(err)), "failures", k.tries)
	if t.def.failOnFailure {
		t.fault.Store(sqlerr.From(err))
	}
	t.mu.Lock()
	t.shown.err = err
	t.mu.Unlock()
}

// applyChanges makes a version with the waiting changes once it is time.
func (k *keeper) applyChanges() error {
	f := k.live
	if wait := f.notBefore.Sub(k.t.ts.cfg.Now()); wait > 0 && !k.sleep(wait) {
		return nil
	}
	f.mu.Lock()
	rows, deleted := f.rows, f.deleted
	f.rows, f.deleted = k.t.rowsOf(), nil
	f.mu.Unlock()
	select {
	case f.space <- struct{}{}:
	default:
	}
	v := k.t.cur.Load()
	if rows.N == 0 || v == nil {
		return nil
	}
	start := k.t.ts.cfg.Now()
	next, err := newEdit(k.t.def, v).apply(rows, deleted, start)
	if err != nil {
		return err
	}
	k.publish(next)
	k.disk.dirty(k)
	now := k.t.ts.cfg.Now()
	f.notBefore = now.Add(max(LiveEvery, 10*now.Sub(start)))
	k.t.mu.Lock()
	k.t.shown.last = now
	k.t.mu.Unlock()
	return nil
}

// edit makes a version out of another and some changes. Rows are appended to the
// last chunk, which alone is copied; those they replace are marked as dead, and a chunk of
// which more than half is dead is written anew.
type edit struct {
	d      *definition
	v      *version
	ix     *index
	key    []int
	tail   *exec.Batch // rows of the chunk that is being filled
	tailID uint32
	has    bool
	copied map[uint32]bool
	s      *keyScratch
	// buried are the chunks that lost a row.
	buried map[uint32]bool
}

func newEdit(d *definition, old *version) *edit {
	e := &edit{d: d, key: sortedSet(d.key), copied: map[uint32]bool{}, buried: map[uint32]bool{}}
	e.v = &version{chunks: slices.Clone(old.chunks), order: slices.Clone(old.order), dead: slices.Clone(old.dead), rows: old.rows,
		size: old.size, nullKeys: old.nullKeys, duplicates: old.duplicates}
	e.ix = old.ensure(d.like.Cols, e.key).edit()
	e.s = newKeyScratch(d.like.Cols, e.key)
	e.tail = d.like.Like()
	if n := len(old.order); n > 0 && old.chunks[old.order[n-1]].n < ChunkRows && old.chunks[old.order[n-1]].bytes < ChunkBytes {
		e.tailID, e.has = old.order[n-1], true
		all := make([]int, len(d.like.Cols))
		for i := range all {
			all[i] = i
		}
		c := old.chunks[e.tailID]
		c.unpack(e.tail.Cols, all)
		e.tail.N = c.n
	}
	return e
}

// apply puts changes in and makes the version.
func (e *edit) apply(rows *exec.Batch, deleted []bool, now time.Time) (*version, error) {
	keys := make([]*exec.Column, len(e.key))
	for i, c := range e.key {
		keys[i] = rows.Cols[c]
	}
	hashes := make([]uint64, rows.N)
	hashKeys(hashes, keys, 0, seed)
	for i, h := range hashes {
		if i%BurstRows == 0 {
			runtime.Gosched()
		}
		if anyNull(keys, i) {
			e.v.nullKeys++
			continue
		}
		if err := e.change(rows, keys, i, h, deleted[i]); err != nil {
			return nil, err
		}
	}
	for _, c := range slices.Sorted(maps.Keys(e.buried)) {
		if err := e.compact(c); err != nil {
			return nil, err
		}
	}
	e.seal()
	e.ix.owned = nil
	e.v.add(e.ix)
	e.v.loaded = now
	if e.v.size+e.ix.bytes() > e.d.maxBytes {
		return nil, sqlerr.New(sqlerr.OutOfMemory, "lookup table %q has grown beyond 'cache.max-bytes' (%d bytes)", e.d.table.Name, e.d.maxBytes).
			Hint("raise 'cache.max-bytes'")
	}
	return e.v, nil
}

// change applies row i of rows.
func (e *edit) change(rows *exec.Batch, keys []*exec.Column, i int, h uint64, gone bool) error {
	at := &editKey{e: e, keys: keys, j: i}
	old, found := e.ix.get(h, at)
	if found {
		e.bury(old)
	}
	if gone {
		if found {
			e.ix.remove(h, old)
		}
		return nil
	}
	id, err := e.append(rows, i)
	if err != nil {
		return err
	}
	if found { // the slot is found by the row it had
		e.ix.remove(h, old)
	}
	e.ix.put(h, id, at, false)
	return nil
}

// bury marks a row as dead.
func (e *edit) bury(id uint32) {
	e.v.kill(id, e.copied)
	e.buried[id>>rowBits] = true
}

// append adds a row to the open chunk and gives it its number.
func (e *edit) append(rows *exec.Batch, i int) (uint32, error) {
	if !e.has {
		id := slices.Index(e.v.chunks, nil)
		if id < 0 {
			id = len(e.v.chunks)
			if id >= MaxChunks {
				return 0, sqlerr.New(sqlerr.ProgramLimitExceeded, "lookup table %q has more than %d chunks", e.d.table.Name, MaxChunks)
			}
			e.v.chunks = append(e.v.chunks, nil)
		}
		e.tailID, e.has = uint32(id), true
		if id < len(e.v.dead) {
			e.v.dead[id] = nil
		}
		e.v.order = append(e.v.order, e.tailID)
	}
	id := e.tailID<<rowBits | uint32(e.tail.N)
	wideRow := 0
	for c, col := range rows.Cols {
		e.tail.Cols[c].AppendFrom(col, i)
		wideRow += len(e.tail.Cols[c].Data)
	}
	e.tail.N++
	e.v.rows++
	if e.tail.N == ChunkRows || wideRow >= ChunkBytes {
		e.seal()
	}
	return id, nil
}

// seal packs the open chunk.
func (e *edit) seal() {
	if !e.has {
		return
	}
	if old := e.v.chunks[e.tailID]; old != nil {
		e.v.size -= old.bytes
	}
	c := packChunk(e.tail, contentHash(e.tail))
	e.v.chunks[e.tailID] = c
	e.v.size += c.bytes
	e.tail.Reset()
	e.has = false
}

// compact moves the rows of a chunk that is mostly dead to the open one.
func (e *edit) compact(id uint32) error {
	if e.has && e.tailID == id {
		return nil
	}
	c := e.v.chunks[id]
	if e.v.deadRows(id)*2 <= c.n {
		return nil
	}
	all := e.d.like.Like()
	columns := make([]int, len(all.Cols))
	for i := range columns {
		columns[i] = i
	}
	c.unpack(all.Cols, columns)
	all.N = c.n
	hashes := slices.Clone(e.s.load(c, e.key))
	bits := e.v.deadOf(id)
	e.v.order = slices.DeleteFunc(e.v.order, func(o uint32) bool { return o == id })
	keys := make([]*exec.Column, len(e.key))
	for i, k := range e.key {
		keys[i] = all.Cols[k]
	}
	for i := range c.n {
		if bits.Get(i) {
			continue
		}
		e.ix.remove(hashes[i], id<<rowBits|uint32(i))
		e.v.rows--
		to, err := e.append(all, i)
		if err != nil {
			return err
		}
		e.ix.put(hashes[i], to, &editKey{e: e, keys: keys, j: i}, false)
	}
	e.v.chunks[id], e.v.dead[id] = nil, nil
	e.v.size -= c.bytes
	return nil
}

// editKey compares a key with rows of chunks, the open one included.
type editKey struct {
	e    *edit
	keys []*exec.Column
	j    int
}

func (k *editKey) is(id uint32) bool {
	at := id & (ChunkRows - 1)
	if k.e.has && id>>rowBits == k.e.tailID {
		for i, col := range k.e.key {
			if !sameNested(k.e.tail.Cols[col], int(at), k.keys[i], k.j) {
				return false
			}
		}
		return true
	}
	c := k.e.v.chunks[id>>rowBits]
	for i, col := range k.e.key {
		if !c.cols[col].equals(at, k.keys[i], k.j) {
			return false
		}
	}
	return true
}
