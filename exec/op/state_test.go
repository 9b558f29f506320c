package op

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/op/optest"
	"github.com/penstock/penstock/internal/sqlerr"
)

// stateful makes a new aggregate, join and sort to restore into.
func stateful(t testing.TB) map[string]exec.Stateful {
	a, err := NewAggregate(countSum(Window{Kind: Tumble, Time: 2, Size: 1e6}))
	if err != nil {
		t.Fatal(err)
	}
	cols := optest.NewBatch(optest.ParseTypes("id:str size:int t:ts")).Cols
	return map[string]exec.Stateful{
		"aggregate": a,
		"join":      NewJoin(JoinConfig{Kind: FullJoin, LeftKeys: []int{0}, RightKeys: []int{0}, Left: cols, Right: cols}),
		"sort":      NewSort(SortConfig{Keys: []SortKey{{Col: 1}}, Limit: -1, Columns: cols}),
		"limit":     NewLimit(LimitConfig{Count: 5000}),
	}
}

// snapshots gives the saved state of each operator after some batches.
func snapshots(t testing.TB) map[string][]byte {
	out := map[string][]byte{}
	for name, s := range stateful(t) {
		for _, b := range visits(4, 500) {
			if err := s.(exec.Operator).Process(context.Background(), 0, b, drop); err != nil {
				t.Fatal(err)
			}
		}
		var buf bytes.Buffer
		if err := s.Save(1, &buf); err != nil {
			t.Fatal(err)
		}
		out[name] = buf.Bytes()
	}
	return out
}

// TestDamagedSnapshots: any bit that is flipped, any cut and any mix-up is told.
func TestDamagedSnapshots(t *testing.T) {
	all := snapshots(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	refused := func(name, what string, s exec.Stateful, data []byte) {
		err := s.Restore(bytes.NewReader(data))
		if e, ok := errors.AsType[*sqlerr.Error](err); !ok || e.Code != sqlerr.DataCorrupted {
			t.Fatalf("%s, %s: %v", name, what, err)
		}
	}
	for name, data := range all {
		for range 100 {
			bad := slices.Clone(data)
			at := rnd.IntN(len(bad))
			bad[at] ^= 1 << rnd.IntN(8)
			refused(name, fmt.Sprintf("byte %d flipped", at), stateful(t)[name], bad)
			refused(name, "cut", stateful(t)[name], data[:rnd.IntN(len(data))])
		}
		for other, s := range stateful(t) {
			if other != name {
				refused(name, "read by "+other, s, data)
			}
		}
	}
}

// TestSnapshotLeavesRest: Restore takes just its own bytes from the reader.
func TestSnapshotLeavesRest(t *testing.T) {
	for name, data := range snapshots(t) {
		r := bytes.NewReader(append(slices.Clone(data), "rest"...))
		if err := stateful(t)[name].Restore(r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if rest, _ := io.ReadAll(r); string(rest) != "rest" {
			t.Errorf("%s: %d bytes are left", name, len(rest))
		}
	}
}

// FuzzRestore: no bytes make Restore panic or take much memory. Payloads get a
// right checksum, so that the decoder is reached.
func FuzzRestore(f *testing.F) {
	for _, data := range snapshots(f) {
		var head frameReader
		head.r, head.kind = bytes.NewReader(data), "seed"
		head.next()
		f.Add(slices.Clone(head.b))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		for name, s := range stateful(t) {
			w := &bytes.Buffer{}
			fw := newFrameWriter(w, name)
			fw.buf = append(fw.buf[:8], payload...)
			fw.end()
			fw.buf = append(fw.buf[:8], payload...)
			fw.end()
			if err := fw.finish(); err != nil {
				t.Fatal(err)
			}
			_ = s.Restore(w) // an error or not: both are well
		}
	})
}

// TestLargeAggregate runs many keys of all lengths through growth, several
// windows, early flushes and a snapshot in between.
func TestLargeAggregate(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	types := optest.ParseTypes("id:str size:int t:ts")
	want := map[string]int64{}
	newOp := func() exec.Operator {
		a, err := NewAggregate(countSum(Window{Kind: Tumble, Time: 2, Size: 10e6}))
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	op := newOp()
	got := map[string]int64{}
	emit := func(b *exec.Batch) error {
		if b.N > BatchRows {
			t.Errorf("a batch of %d rows", b.N)
		}
		for i := range b.N {
			got[fmt.Sprintf("%d %s", b.Cols[0].Int[i], b.Cols[2].Str(i))] += b.Cols[3].Int[i]
		}
		return nil
	}
	for i := range 120 {
		b := optest.NewBatch(types)
		for range 1000 {
			key := fmt.Sprintf("%0*d", 1+rnd.IntN(40), rnd.IntN(20000))
			at := int64(i/40)*10e6 + rnd.Int64N(10e6)
			b.Cols[0].AppendString(key)
			b.Cols[1].AppendInt(1)
			b.Cols[2].AppendInt(at)
			b.N++
			want[fmt.Sprintf("%d %s", at/10e6*10e6, key)]++
		}
		if err := op.Process(t.Context(), 0, b, emit); err != nil {
			t.Fatal(err)
		}
		if i%40 == 20 {
			op = optest.Reopen(t, op, newOp)
		}
		if i == 90 {
			if err := op.Advance(t.Context(), 20e6, emit); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := op.Advance(t.Context(), exec.MaxTime, emit); err != nil {
		t.Fatal(err)
	}
	if d := gocmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
}

// TestSortModel compares with a stable sort of everything, limits and shrinking
// included.
func TestSortModel(t *testing.T) {
	types := optest.ParseTypes("k:int n:int")
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.SampledFrom([]int64{-1, 0, 1, 7, 100}).Draw(t, "limit")
		offset := rapid.SampledFrom([]int64{0, 1, 50}).Draw(t, "offset")
		desc := rapid.Bool().Draw(t, "desc")
		s := NewSort(SortConfig{Keys: []SortKey{{Desc: desc}}, Limit: limit, Offset: offset, Columns: optest.NewBatch(types).Cols})
		type row struct{ k, n int64 }
		var want, got []row
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		for range rapid.IntRange(0, 8).Draw(t, "batches") {
			b := optest.NewBatch(types)
			for range rnd.IntN(900) {
				r := row{rnd.Int64N(500), int64(len(want))}
				want = append(want, r)
				b.Cols[0].AppendInt(r.k)
				b.Cols[1].AppendInt(r.n)
				b.N++
			}
			if err := s.Process(context.Background(), 0, b, nil); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortStableFunc(want, func(a, b row) int {
			if desc {
				a, b = b, a
			}
			return int(a.k - b.k)
		})
		want = want[min(int(offset), len(want)):]
		if limit >= 0 {
			want = want[:min(int(limit), len(want))]
		}
		err := s.Advance(context.Background(), exec.MaxTime, func(b *exec.Batch) error {
			for i := range b.N {
				got = append(got, row{b.Cols[0].Int[i], b.Cols[1].Int[i]})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(want, got) {
			t.Fatalf("want %v\ngot %v", want, got)
		}
	})
}
