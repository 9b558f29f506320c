package expr

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/axiomhq/hyperloglog"
	"github.com/caio/go-tdigest/v4"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// approxCount is APPROX_COUNT_DISTINCT.
type approxCount struct {
	sketches []*hyperloglog.Sketch
	key      []byte
}

// sketchBytes is about what a sketch holds once it is dense.
const sketchBytes = 16 << 10

func (a *approxCount) Resize(n int) {
	for len(a.sketches) < n {
		a.sketches = append(a.sketches, nil)
	}
}

func (a *approxCount) Reset()       { a.sketches = a.sketches[:0] }
func (a *approxCount) Bytes() int64 { return int64(len(a.sketches)) * sketchBytes }

// approxSeed makes hashes of values alike in all parts of a query. It is fixed:
// sketches that were saved are merged with new ones.
const approxSeed = 0x9E3779B97F4A7C15

// mix is a finaliser of good quality for 64 bits.
func mix(h uint64) uint64 {
	h ^= h >> 30
	h *= 0xBF58476D1CE4E5B9
	h ^= h >> 27
	h *= 0x94D049BB133111EB
	return h ^ h>>31
}

// stableHash hashes bytes the same way in each process.
func stableHash(b []byte) uint64 {
	h := uint64(approxSeed) ^ uint64(len(b))
	for ; len(b) >= 8; b = b[8:] {
		h = mix(h ^ binary.LittleEndian.Uint64(b))
	}
	var last [8]byte
	copy(last[:], b)
	return mix(h ^ binary.LittleEndian.Uint64(last[:]))
}

func (a *approxCount) sketch(g int32) *hyperloglog.Sketch {
	if a.sketches[g] == nil {
		a.sketches[g] = hyperloglog.New14()
	}
	return a.sketches[g]
}

func (a *approxCount) Update(groups []int32, args []*exec.Column, rows []int32) error {
	c := args[0]
	for k, g := range groups {
		i := at(rows, k)
		if c.IsNull(i) {
			continue
		}
		var h uint64
		if c.Layout == exec.Ints {
			h = mix(uint64(c.Int[i]) ^ approxSeed)
		} else {
			a.key = appendKey(a.key[:0], c, i)
			h = stableHash(a.key)
		}
		a.sketch(g).InsertHash(h)
	}
	return nil
}

func (a *approxCount) State() []exec.Layout { return []exec.Layout{exec.Strings} }

func (a *approxCount) AppendState(dst []*exec.Column, g int) {
	if a.sketches[g] == nil {
		dst[0].AppendNull()
		return
	}
	if b, err := a.sketches[g].AppendBinary(dst[0].Data); err == nil {
		dst[0].Data = b
	}
	dst[0].EndString()
}

func (a *approxCount) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	for k, g := range groups {
		i := at(rows, k)
		if state[0].IsNull(i) {
			continue
		}
		var other hyperloglog.Sketch
		if err := other.UnmarshalBinary(state[0].Str(i)); err != nil {
			return sqlerr.New(sqlerr.InternalError, "a sketch cannot be read: %v", err)
		}
		if err := a.sketch(g).Merge(&other); err != nil {
			return sqlerr.New(sqlerr.InternalError, "sketches cannot be merged: %v", err)
		}
	}
	return nil
}

func (a *approxCount) AppendResult(dst *exec.Column, g int) error {
	if a.sketches[g] == nil {
		dst.AppendInt(0)
	} else {
		dst.AppendInt(int64(a.sketches[g].Estimate()))
	}
	return nil
}

// digestCompression is the size of the t-digests: some 200 to 1200 centroids.
const digestCompression = 200

// approxPercentile is APPROX_PERCENTILE.
type approxPercentile struct {
	digests []*tdigest.TDigest
	at      []float64 // the fraction of each group
}

func (a *approxPercentile) Resize(n int) {
	for len(a.digests) < n {
		a.digests = append(a.digests, nil)
	}
	a.at = grow(a.at, n)
}

func (a *approxPercentile) Reset() { a.digests, a.at = a.digests[:0], a.at[:0] }

// Bytes counts a digest as it is at its usual size.
func (a *approxPercentile) Bytes() int64 { return int64(len(a.digests)) * digestCompression * 64 }

func (a *approxPercentile) digest(g int32) (*tdigest.TDigest, error) {
	if a.digests[g] == nil {
		// A fixed seed: the same rows give the same answer.
		d, err := tdigest.New(tdigest.Compression(digestCompression), tdigest.LocalRandomNumberGenerator(1))
		if err != nil {
			return nil, sqlerr.New(sqlerr.InternalError, "%v", err)
		}
		a.digests[g] = d
	}
	return a.digests[g], nil
}

func (a *approxPercentile) Update(groups []int32, args []*exec.Column, rows []int32) error {
	for k, g := range groups {
		i := at(rows, k)
		if args[0].IsNull(i) || args[1].IsNull(i) {
			continue
		}
		p := args[1].Float[i]
		if !(p >= 0 && p <= 1) {
			return rowFault(i, errFraction(p))
		}
		a.at[g] = p
		d, err := a.digest(g)
		if err != nil {
			return err
		}
		if err := d.Add(args[0].Float[i]); err != nil { // NaN, infinite
			return rowFault(i, sqlerr.New(sqlerr.NumericOutOfRange, "approx_percentile takes finite numbers alone"))
		}
	}
	return nil
}

func (a *approxPercentile) State() []exec.Layout { return []exec.Layout{exec.Strings, exec.Floats} }

func (a *approxPercentile) AppendState(dst []*exec.Column, g int) {
	dst[1].AppendFloat(a.at[g])
	if a.digests[g] == nil {
		dst[0].AppendNull()
		return
	}
	b, _ := a.digests[g].AsBytes() // never fails
	dst[0].AppendBytes(b)
}

func (a *approxPercentile) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	for k, g := range groups {
		i := at(rows, k)
		if state[0].IsNull(i) {
			continue
		}
		other, err := tdigest.FromBytes(bytes.NewReader(state[0].Str(i)), tdigest.Compression(digestCompression))
		if err != nil {
			return sqlerr.New(sqlerr.InternalError, "a digest cannot be read: %v", err)
		}
		a.at[g] = state[1].Float[i]
		d, err := a.digest(g)
		if err != nil {
			return err
		}
		if err := d.Merge(other); err != nil {
			return sqlerr.New(sqlerr.InternalError, "digests cannot be merged: %v", err)
		}
	}
	return nil
}

func (a *approxPercentile) AppendResult(dst *exec.Column, g int) error {
	if a.digests[g] == nil {
		dst.AppendNull()
	} else {
		dst.AppendFloat(a.digests[g].Quantile(a.at[g]))
	}
	return nil
}

// The counters of TOP_K: so many for each value wanted, and at least leastCounters.
const (
	countersPerValue = 16
	leastCounters    = 256
	maxTopK          = 1000
)

// topK keeps counters of the most frequent values (Misra and Gries): a value
// without a counter takes one away from all.
type topK struct {
	types  []catalog.Type
	groups []*topGroup
	key    []byte
	one    *exec.Column
}

type topGroup struct {
	k      int
	counts map[string]int64 // by appendKey
	values map[string]int   // row in vals
	vals   *exec.Column
}

func (a *topK) Resize(n int) {
	for len(a.groups) < n {
		a.groups = append(a.groups, nil)
	}
}

func (a *topK) Reset() { a.groups = a.groups[:0] }

// Bytes counts each counter with a short value.
func (a *topK) Bytes() (n int64) {
	for _, g := range a.groups {
		if g != nil {
			n += int64(len(g.counts))*96 + columnBytes(g.vals)
		}
	}
	return n
}

func (a *topK) group(g int32, k int64) (*topGroup, error) {
	if k < 1 || k > maxTopK {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "top_k keeps 1 to %d values, not %d", maxTopK, k)
	}
	t := a.groups[g]
	if t == nil {
		t = &topGroup{k: int(k), counts: map[string]int64{}, values: map[string]int{}, vals: exec.NewColumnOf(a.types[0])}
		a.groups[g] = t
	}
	return t, nil
}

func (t *topGroup) capacity() int { return max(countersPerValue*t.k, leastCounters) }

// add counts a value n times.
func (t *topGroup) add(key []byte, c *exec.Column, i int, n int64) {
	if _, ok := t.counts[string(key)]; ok {
		t.counts[string(key)] += n
		return
	}
	t.counts[string(key)] = n
	t.values[string(key)] = t.vals.Len()
	t.vals.AppendFrom(c, i)
	if len(t.counts) >= 2*t.capacity() {
		t.prune()
	}
}

// prune keeps the greatest counters, less the greatest of those that go.
func (t *topGroup) prune() {
	all := make([]int64, 0, len(t.counts))
	for _, n := range t.counts {
		all = append(all, n)
	}
	slices.Sort(all)
	less := all[len(all)-t.capacity()-1]
	vals := t.vals.Like()
	for key, n := range t.counts {
		if n <= less {
			delete(t.counts, key)
			delete(t.values, key)
			continue
		}
		t.counts[key] = n - less
		row := t.values[key]
		t.values[key] = vals.Len()
		vals.AppendFrom(t.vals, row)
	}
	t.vals = vals
}

// sorted gives the keys, the most frequent first.
func (t *topGroup) sorted() []string {
	keys := make([]string, 0, len(t.counts))
	for key := range t.counts {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(x, y string) int {
		if c := cmp.Compare(t.counts[y], t.counts[x]); c != 0 {
			return c
		}
		return compareNullable(t.vals, t.values[x], t.vals, t.values[y])
	})
	return keys
}

func (a *topK) Update(groups []int32, args []*exec.Column, rows []int32) error {
	for k, g := range groups {
		i := at(rows, k)
		if args[0].IsNull(i) || args[1].IsNull(i) {
			continue
		}
		t, err := a.group(g, args[1].Int[i])
		if err != nil {
			return rowFault(i, err)
		}
		a.key = appendKey(a.key[:0], args[0], i)
		t.add(a.key, args[0], i, 1)
	}
	return nil
}

// State is k and, in one string, the counts with the values' text.
func (a *topK) State() []exec.Layout { return []exec.Layout{exec.Ints, exec.Strings} }

func (a *topK) AppendState(dst []*exec.Column, g int) {
	t := a.groups[g]
	if t == nil {
		dst[0].AppendNull()
		dst[1].AppendNull()
		return
	}
	dst[0].AppendInt(int64(t.k))
	b := dst[1].Data
	for _, key := range t.sorted() {
		text := AppendTextIn(nil, a.types[0], t.vals, t.values[key], nil)
		b = binary.AppendUvarint(b, uint64(t.counts[key]))
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	dst[1].Data = b
	dst[1].EndString()
}

func (a *topK) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	if a.one == nil {
		a.one = exec.NewColumnOf(a.types[0])
	}
	for k, g := range groups {
		i := at(rows, k)
		if state[0].IsNull(i) {
			continue
		}
		t, err := a.group(g, state[0].Int[i])
		if err != nil {
			return err
		}
		for b := state[1].Str(i); len(b) > 0; {
			n, w := binary.Uvarint(b)
			size, v := binary.Uvarint(b[max(w, 0):])
			if w <= 0 || v <= 0 || uint64(len(b)-w-v) < size {
				return sqlerr.New(sqlerr.InternalError, "the counters of top_k cannot be read")
			}
			text := b[w+v : w+v+int(size)]
			b = b[w+v+int(size):]
			a.one.Reset()
			if err := AppendConstIn(a.one, a.types[0], text, nil); err != nil {
				return err
			}
			a.key = appendKey(a.key[:0], a.one, 0)
			t.add(a.key, a.one, 0, int64(n))
		}
	}
	return nil
}

func (a *topK) AppendResult(dst *exec.Column, g int) error {
	t := a.groups[g]
	if t == nil {
		dst.AppendNull()
		return nil
	}
	for k, key := range t.sorted() {
		if k == t.k {
			break
		}
		dst.Kids[0].AppendFrom(t.vals, t.values[key])
	}
	dst.EndList()
	return nil
}
