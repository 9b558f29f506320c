package lookup

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/penstock/penstock/exec"
)

// manyRows is the table of which the documents give figures: a BIGINT over the
// whole range, a VARCHAR of 20 bytes, an INT over its whole range.
const manyRows = 1_000_000

// generated gives its rows without holding them.
type generated struct{ script }

func (g *generated) Open(context.Context, OpenRequest) (Source, error) { return &generator{g: g}, nil }

type generator struct{ g *generated }

func (*generator) Close() error { return nil }

func (c *generator) Load(_ context.Context, _ string, emit func(*exec.Batch) error) (string, error) {
	turn := int(c.g.loads.Add(1))
	b := people(0, 0)
	for i := range manyRows {
		version := int64(int32(i * 2654435761))
		if i%100_000 == 0 { // ten rows change with each load
			version = int64(turn)
		}
		b.Cols[0].AppendInt(int64(uint64(i) * 0x9e3779b97f4a7c15))
		b.Cols[1].Data = fmt.Appendf(b.Cols[1].Data, "customer-%011d", i)
		b.Cols[1].EndString()
		b.Cols[2].AppendInt(version)
		b.N++
		if b.N == 4096 || i == manyRows-1 {
			if err := emit(b); err != nil {
				return "", err
			}
			b.Reset()
		}
	}
	return "", nil
}

// heap is the memory in use after a collection.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestMemory(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("loads a million rows three times, and counts bytes that the race detector has its own of")
	}
	g := &generated{}
	ts := New(Config{Connectors: map[string]Connector{"script": g}})
	defer ts.Close()
	before := heap()
	r := open(t, ts, customers(), []int{0}, []int{1, 2})
	one := heap() - before
	const most = 80 << 20
	shown := ts.Status()[0].Bytes
	t.Logf("%d rows: %.1f MB of heap, %.1f MB shown", manyRows, mb(one), mb(shown))
	if one > most {
		t.Errorf("%d rows take %.1f MB, more than %.1f", manyRows, mb(one), mb(most))
	}
	if shown < one*9/10 || shown > one*11/10 {
		t.Errorf("%d bytes are shown, %d are taken", shown, one)
	}

	// A hundred readers, who open at the same time.
	readers := make([]*Reader, 100)
	var wg sync.WaitGroup
	for i := range readers {
		wg.Go(func() { readers[i] = open(t, ts, customers(), []int{0}, []int{1, 2}) })
	}
	wg.Wait()
	out := exec.NewMatches(r.t.batchOf([]int{1, 2}))
	for _, r := range readers {
		out.Reset()
		if err := r.Call(t.Context(), ints(0, 1, 2), out); err != nil {
			t.Fatal(err)
		}
	}
	hundred := heap() - before
	t.Logf("100 readers: %.1f MB", mb(hundred))
	if hundred > one*11/10 {
		t.Errorf("100 readers take %.1f MB, one %.1f", mb(hundred), mb(one))
	}
	if n := g.loads.Load(); n != 1 {
		t.Errorf("%d loads", n)
	}

	// Both versions at once, after a refresh that changed ten rows.
	old := r.t.cur.Load()
	var start, end runtime.MemStats
	runtime.ReadMemStats(&start)
	if err := ts.Refresh(t.Context(), customers(), true); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&end)
	// What was allocated in all bounds what was needed at any time; part of it is
	// the source's: a boxed number a row.
	used := int64(end.TotalAlloc-start.TotalAlloc) - 8*manyRows
	both := heap() - before
	t.Logf("old and new version: %.1f MB; the refresh took %.1f MB in all", mb(both), mb(used))
	if used > one/10 {
		t.Errorf("a refresh that changed ten rows took %.1f MB, the table has %.1f", mb(used), mb(one))
	}
	if both > one*11/10 {
		t.Errorf("two versions that differ in ten rows take %.1f MB, one %.1f", mb(both), mb(one))
	}
	if now := r.t.cur.Load(); now == old || now.number != 2 {
		t.Error("no new version")
	}
	runtime.KeepAlive(old)
	for _, r := range append(readers, r) {
		r.Close()
	}
}

func mb(n int64) float64 { return float64(n) / (1 << 20) }

func TestCallAllocatesNothing(t *testing.T) {
	s := &script{rows: people(20_000, 7)}
	ts := registry(t, s)
	for _, tt := range []struct {
		name string
		keys []int
		args *exec.Batch
	}{
		{"int", []int{0}, ints(1, 2, 3, 40_000)},
		{"string", []int{1}, &exec.Batch{Cols: people(700, 0).Cols[1:2], N: 700}},
		{"composite", []int{0, 1}, &exec.Batch{Cols: people(700, 0).Cols[:2], N: 700}},
	} {
		r := open(t, ts, customers(), tt.keys, []int{0, 1, 2})
		defer r.Close()
		out := exec.NewMatches(people(0, 0))
		call := func() {
			out.Reset()
			if err := r.Call(t.Context(), tt.args, out); err != nil {
				t.Fatal(err)
			}
		}
		call()
		if len(out.Parent) == 0 {
			t.Errorf("%s: no answers", tt.name)
		}
		if n := testing.AllocsPerRun(100, call); n > 0 {
			t.Errorf("%s: %v allocations a call", tt.name, n)
		}
	}
}
