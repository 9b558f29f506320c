package lookup

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// blockRows is how many questions are hashed, touched and found at a time: what is
// needed for them stands on the stack, and their cache misses overlap.
const blockRows = 256

// touchFrom is the number of keys from which an index is read ahead; a smaller
// one stays in the first-level cache anyway.
const touchFrom = 2048

// Reader answers questions to one table. It is an exec.TableFunction and an
// exec.Pinner; Call may be used by several goroutines.
type Reader struct {
	t *table
	// args are the questions' columns in the order of the index's columns.
	columns []int // ascending: the key of the index
	args    []int
	// again are pairs of arguments for the same column, which must be equal.
	again   [][2]int
	wanted  []int
	set     *keySet
	points  *points // cache partial and none
	pointAt []int   // of points: the argument for each column of the primary key
	close   sync.Once
}

var (
	_ exec.TableFunction = (*Reader)(nil)
	_ exec.Pinner        = (*Reader)(nil)
)

// setKeys works out which argument goes with which column of the index.
func (r *Reader) setKeys(keys []int) {
	r.columns = sortedSet(keys)
	r.args = make([]int, len(r.columns))
	for i, c := range r.columns {
		r.args[i] = slices.Index(keys, c)
	}
	for i, c := range keys {
		if first := slices.Index(keys, c); first != i {
			r.again = append(r.again, [2]int{first, i})
		}
	}
}

// Call answers questions from the version that is current.
func (r *Reader) Call(ctx context.Context, args *exec.Batch, out *exec.Matches) error {
	if r.points != nil {
		return r.points.call(ctx, r, args, out)
	}
	v, err := r.t.current()
	if err != nil {
		return err
	}
	return r.answer(v, args, out)
}

// Pin gives a function that answers from the version that is current now.
func (r *Reader) Pin() (exec.TableFunction, func()) {
	if r.points != nil {
		return r, func() {}
	}
	v, err := r.t.current()
	return &pinned{r, v, err}, func() {}
}

// pinned answers from one version, which the collector keeps for it.
type pinned struct {
	r   *Reader
	v   *version
	err error
}

func (p *pinned) Call(_ context.Context, args *exec.Batch, out *exec.Matches) error {
	if p.err != nil {
		return p.err
	}
	return p.r.answer(p.v, args, out)
}

// Close lets go of the table.
func (r *Reader) Close() {
	r.close.Do(func() { r.t.letGo(r.set) })
}

// Async says how questions are to be gathered; nil: they are answered at once.
func (r *Reader) Async() *exec.AsyncConfig {
	if r.points == nil {
		return nil
	}
	return &exec.AsyncConfig{MaxRows: r.t.def.batchRows, MaxInFlight: r.t.def.inFlight}
}

// OnError is the policy for a question that got no answer: fail, null, skip or reject.
func (r *Reader) OnError() string { return r.t.def.onError }

// answer looks the questions up in v; with no version (too old a copy, with
// 'stale.action' = 'null') there are no answers.
func (r *Reader) answer(v *version, args *exec.Batch, out *exec.Matches) error {
	n := args.N
	if v == nil {
		r.t.misses.Add(int64(n))
		return nil
	}
	out.Version = v.number
	if len(r.columns) == 0 { // the version alone is wanted
		for i := range n {
			out.Parent = append(out.Parent, int32(i))
		}
		out.Rows.N = len(out.Parent)
		return nil
	}
	ix := v.find(r.columns)
	if ix == nil { // opened after the version was made by someone without this key
		ix = v.ensure(r.t.def.like.Cols, r.columns)
	}
	if len(args.Cols) <= slices.Max(r.args) {
		return sqlerr.New(sqlerr.InternalError, "lookup table %q is asked with %d columns", r.t.name, len(args.Cols))
	}
	q := &question{r: r, v: v, ix: ix, args: args, out: out}
	hits := 0
	for from := 0; from < n; from += blockRows {
		found, err := q.block(from, min(blockRows, n-from))
		if err != nil {
			return err
		}
		hits += found
	}
	out.Rows.N = len(out.Parent)
	r.t.hits.Add(int64(hits))
	r.t.misses.Add(int64(n - hits))
	return nil
}

// maxKeyColumns is how many key columns are answered without an allocation.
const maxKeyColumns = 8

// question is a call under way.
type question struct {
	r    *Reader
	v    *version
	ix   *index
	args *exec.Batch
	out  *exec.Matches
}

// block answers n questions beginning with from and tells how many have an
// answer.
func (q *question) block(from, n int) (int, error) {
	var hashes [blockRows]uint64
	var ids [blockRows]uint32
	var cols [maxKeyColumns]*exec.Column
	keys := cols[:0]
	for _, a := range q.r.args {
		keys = append(keys, q.args.Cols[a])
	}
	hashKeys(hashes[:n], keys, from, seed)
	if q.ix.keys >= touchFrom {
		q.ix.touch(hashes[:n])
	}
	q.candidates(hashes[:n], ids[:n])
	q.verify(hashes[:n], ids[:n], keys, from)
	return q.collect(ids[:n], from)
}

// touch reads the slots of the hashes, so that the cache misses overlap.
// Inlined, the reads would be thrown away with the unused result.
//
//go:noinline
func (ix *index) touch(hashes []uint64) (x uint64) {
	for _, h := range hashes {
		s := ix.segs[h>>ix.shift]
		x += s[uint32(h)&uint32(len(s)-1)]
	}
	return x
}

// candidates puts the first row of each hash's tag, plus one, in ids; 0: none.
func (q *question) candidates(hashes []uint64, ids []uint32) {
	segs, shift := q.ix.segs, q.ix.shift
	ids = ids[:len(hashes)]
	for i, h := range hashes {
		s := segs[h>>shift]
		mask := uint32(len(s) - 1)
		tag := uint32(h)
		for at := tag & mask; ; at = (at + 1) & mask {
			v := s[at]
			if v == 0 || uint32(v>>32) == tag {
				ids[i] = uint32(v)
				break
			}
		}
	}
}

// verify compares the keys of the candidates. Where one has only the tag in
// common with the question, the search goes on.
func (q *question) verify(hashes []uint64, ids []uint32, keys []*exec.Column, from int) {
	if len(q.r.again) > 0 {
		q.agree(ids, from)
	}
	one := len(keys) == 1 && !keys[0].Nulls
	switch {
	case one && keys[0].Layout == exec.Ints:
		col, vals := q.r.columns[0], keys[0].Int[from:]
		for i, id := range ids {
			if id == 0 {
				continue
			}
			c := &q.v.chunks[(id-1)>>rowBits].cols[col]
			if c.int((id-1)&(ChunkRows-1)) != vals[i] {
				ids[i] = q.further(hashes[i], keys, from+i)
			}
		}
	case one && keys[0].Layout == exec.Strings:
		col := q.r.columns[0]
		for i, id := range ids {
			if id == 0 {
				continue
			}
			c := &q.v.chunks[(id-1)>>rowBits].cols[col]
			if string(c.str((id-1)&(ChunkRows-1))) != string(keys[0].Str(from+i)) {
				ids[i] = q.further(hashes[i], keys, from+i)
			}
		}
	default:
		for i, id := range ids {
			switch {
			case id == 0:
			case anyNull(keys, from+i):
				ids[i] = 0
			case !q.matches(id-1, keys, from+i):
				ids[i] = q.further(hashes[i], keys, from+i)
			}
		}
	}
}

// agree drops questions whose arguments for the same column differ.
func (q *question) agree(ids []uint32, from int) {
	for _, p := range q.r.again {
		a, b := q.args.Cols[p[0]], q.args.Cols[p[1]]
		for i := range ids {
			if a.IsNull(from+i) || b.IsNull(from+i) || !sameNested(a, from+i, b, from+i) {
				ids[i] = 0
			}
		}
	}
}

func (q *question) matches(id uint32, keys []*exec.Column, row int) bool {
	c := q.v.chunks[id>>rowBits]
	for k, col := range q.r.columns {
		if !c.cols[col].equals(id&(ChunkRows-1), keys[k], row) {
			return false
		}
	}
	return true
}

// further looks for a key behind the first slot that has its tag.
func (q *question) further(h uint64, keys []*exec.Column, row int) uint32 {
	s := q.ix.segs[h>>q.ix.shift]
	mask := uint32(len(s) - 1)
	tag := uint32(h)
	for at := tag & mask; ; at = (at + 1) & mask {
		v := s[at]
		if v == 0 || uint32(v>>32) == tag && q.matches(uint32(v)-1, keys, row) {
			return uint32(v)
		}
	}
}

// collect appends the rows found to out.
func (q *question) collect(ids []uint32, from int) (int, error) {
	found, out := 0, q.out
	rows := ids[:0] // never longer than what has been read of ids, unless keys have several rows
	if q.ix.next == nil {
		for i, id := range ids {
			if id != 0 {
				rows = append(rows, id-1)
				out.Parent = append(out.Parent, int32(from+i))
			}
		}
		q.gather(rows)
		return len(rows), q.fits()
	}
	var buf [blockRows]uint32
	rows = buf[:0]
	for i, id := range ids {
		if id == 0 {
			continue
		}
		found++
		for ; id != 0; id = q.ix.after(id - 1) {
			if len(rows) == blockRows {
				q.gather(rows)
				if err := q.fits(); err != nil {
					return found, err
				}
				rows = rows[:0]
			}
			rows = append(rows, id-1)
			out.Parent = append(out.Parent, int32(from+i))
		}
	}
	q.gather(rows)
	return found, q.fits()
}

// MaxAnswerBytes bounds the strings that one call answers with, in each column.
const MaxAnswerBytes = math.MaxInt32 / 2

// fits tells whether the offsets of the answers can go on.
func (q *question) fits() error {
	for _, c := range q.out.Rows.Cols {
		if len(c.Data) > MaxAnswerBytes {
			return sqlerr.New(sqlerr.ProgramLimitExceeded, "the rows of lookup table %q that answer %d questions exceed %d bytes", q.r.t.name, q.args.N, MaxAnswerBytes)
		}
	}
	return nil
}
