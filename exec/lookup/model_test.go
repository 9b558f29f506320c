package lookup

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// step is something that happens to a table; who, n and ms are taken as far as
// they mean something.
type step struct{ do, who, n, ms int }

// TestSharing lets holders come, ask, refresh and go at random, and looks after
// each batch.
func TestSharing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) step {
			return step{rapid.IntRange(0, 6).Draw(rt, "do"), rapid.IntRange(0, 9).Draw(rt, "who"), rapid.IntRange(1, 5).Draw(rt, "n"),
				rapid.IntRange(1, 2500).Draw(rt, "ms")}
		}), 1, 40).Draw(rt, "steps")
		var err error
		synctest.Test(t, func(*testing.T) { err = share(steps) })
		if err != nil {
			rt.Fatal(err)
		}
	})
}

func share(steps []step) error {
	s := &script{rows: people(50, 0), takes: 30 * time.Millisecond}
	ts := New(Config{Connectors: map[string]Connector{"script": s}})
	def := customers("cache.keep-alive", "1s", "refresh.interval", "100ms")
	var held []*Reader
	var wg sync.WaitGroup
	for i, st := range steps {
		s.set(func() { s.rows = people(50, int64(i)) })
		switch st.do {
		case 0, 1: // some at once, who cause one load
			got := make([]*Reader, st.n)
			for i := range got {
				wg.Go(func() {
					var err error
					if got[i], err = ts.Open(context.Background(), def, []int{0}, []int{1, 2}); err != nil {
						panic(err)
					}
				})
			}
			wg.Wait()
			held = append(held, got...)
		case 2:
			if st.who < len(held) {
				held[st.who].Close()
				held = slices.Delete(held, st.who, st.who+1)
			}
		case 3:
			if err := ts.Refresh(context.Background(), def, st.n > 2); err != nil {
				return err
			}
		case 4:
			time.Sleep(time.Duration(st.ms) * time.Millisecond)
		case 5:
			s.set(func() { s.err = sqlerr.New(sqlerr.ConnectionFailure, "down") })
			time.Sleep(time.Duration(st.ms/5) * time.Millisecond)
			s.set(func() { s.err = nil })
		case 6:
			for _, r := range held {
				wg.Go(func() { wholeBatches(r) })
			}
			wg.Wait()
		}
		if n := s.opened.Load() - s.closed.Load(); n > 1 {
			return fmt.Errorf("step %d: %d sources open", i, n)
		}
	}
	for _, r := range held {
		r.Close()
	}
	time.Sleep(1100 * time.Millisecond)
	synctest.Wait()
	for _, st := range ts.Status() {
		if st.Loaded || st.Readers != 0 {
			return fmt.Errorf("kept: %+v", st)
		}
	}
	if n := s.most.Load(); n > 1 {
		return fmt.Errorf("%d loads at the same time", n)
	}
	if o, c := s.opened.Load(), s.closed.Load(); o != c {
		return fmt.Errorf("%d sources opened, %d closed", o, c)
	}
	return ts.Close()
}

// wholeBatches asks for all rows some times: each answer is of one version.
func wholeBatches(r *Reader) {
	ids := make([]int64, 50)
	for i := range ids {
		ids[i] = int64(i)
	}
	out := exec.NewMatches(r.t.batchOf([]int{1, 2}))
	for range 20 {
		out.Reset()
		if err := r.Call(context.Background(), ints(ids...), out); err != nil {
			panic(err)
		}
		if len(out.Parent) != 50 {
			panic(fmt.Sprint(len(out.Parent), " answers"))
		}
		for _, v := range out.Rows.Cols[1].Int {
			if v != out.Rows.Cols[1].Int[0] {
				panic("a torn batch")
			}
		}
		time.Sleep(7 * time.Millisecond)
	}
}

// contents reads all rows of a version by its chunks, and checks that its
// index over the key finds each and nothing else.
func contents(t interface{ Fatalf(string, ...any) }, d *definition, v *version) map[int64]string {
	rows := map[int64]string{}
	for _, c := range v.order {
		for i := range v.chunks[c].n {
			if dead := v.deadOf(c); dead != nil && dead.Get(i) {
				continue
			}
			cols := v.chunks[c].cols
			rows[cols[0].int(uint32(i))] = string(cols[1].str(uint32(i)))
		}
	}
	if int64(len(rows)) != v.rows {
		t.Fatalf("%d rows, counted as %d", len(rows), v.rows)
	}
	ix := v.find([]int{0})
	if ix == nil || ix.keys != v.rows {
		t.Fatalf("the index has %d keys of %d", ix.keys, v.rows)
	}
	tab := &table{def: d}
	r := &Reader{t: tab, columns: []int{0}, args: []int{0}, wanted: []int{1}}
	ids := slices.Sorted(maps.Keys(rows))
	out := exec.NewMatches(tab.batchOf([]int{1}))
	if err := r.answer(v, ints(append(ids, -1, 1<<40)...), out); err != nil {
		t.Fatalf("%v", err)
	}
	if len(out.Parent) != len(ids) {
		t.Fatalf("%d of %d found", len(out.Parent), len(ids))
	}
	for i, p := range out.Parent {
		if string(out.Rows.Cols[0].Str(i)) != rows[ids[p]] {
			t.Fatalf("%d is %q instead of %q", ids[p], out.Rows.Cols[0].Str(i), rows[ids[p]])
		}
	}
	return rows
}

func testDefinition(t *testing.T) *definition {
	ts := registry(t, &script{})
	d, _, err := ts.define(customers())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestLoads makes versions of ever changing rows, each sharing with the one
// before, and compares them with a map.
func TestLoads(t *testing.T) {
	d := testDefinition(t)
	rapid.Check(t, func(rt *rapid.T) {
		type row struct {
			id   int64
			name string
		}
		var rows []row
		for i := range rapid.IntRange(0, 12_000).Draw(rt, "rows") {
			rows = append(rows, row{int64(i), fmt.Sprint("a", i)})
		}
		var prev *version
		for range rapid.IntRange(1, 4).Draw(rt, "loads") {
			b, want := people(0, 0), map[int64]string{}
			for _, r := range rows {
				person(b, r.id, r.name, 1)
				want[r.id] = r.name
			}
			l := newLoader(d, prev)
			if err := l.add(b); err != nil {
				rt.Fatal(err)
			}
			v, err := l.finish(time.Now())
			if err != nil {
				rt.Fatal(err)
			}
			if got := contents(rt, d, v); !maps.Equal(got, want) {
				rt.Fatalf("%d rows instead of %d", len(got), len(want))
			}
			if prev != nil {
				contents(rt, d, prev) // it stays as it was
			}
			prev = v
			for range rapid.IntRange(0, 6).Draw(rt, "changes") {
				at := rapid.IntRange(0, len(rows)).Draw(rt, "at")
				switch rapid.IntRange(0, 4).Draw(rt, "change") {
				case 0:
					rows = slices.Insert(rows, at, row{int64(len(rows)) + 100_000, "new"})
				case 1: // the key of another row
					rows = slices.Insert(rows, at, row{int64(rapid.IntRange(0, 13_000).Draw(rt, "id")), "twice"})
				case 2:
					if at < len(rows) {
						rows = slices.Delete(rows, at, at+1)
					}
				case 3:
					if at < len(rows) {
						rows[at].name += "!"
					}
				case 4: // half of the table
					if rapid.Bool().Draw(rt, "half") {
						rows = rows[:len(rows)/2]
					}
				}
			}
		}
	})
}

// TestEdits applies changes of a live source and compares with a map.
func TestEdits(t *testing.T) {
	d := testDefinition(t)
	rapid.Check(t, func(rt *rapid.T) {
		want := map[int64]string{}
		n := rapid.IntRange(0, 10_000).Draw(rt, "rows")
		l := newLoader(d, nil)
		first := people(n, 1)
		for i := range n {
			want[int64(i)] = string(first.Cols[1].Str(i))
		}
		if err := l.add(first); err != nil {
			rt.Fatal(err)
		}
		v, err := l.finish(time.Now())
		if err != nil {
			rt.Fatal(err)
		}
		for step := range rapid.IntRange(1, 5).Draw(rt, "steps") {
			b, deleted := people(0, 0), []bool(nil)
			from, size := rapid.Int64Range(0, 12_000).Draw(rt, "from"), rapid.Int64Range(1, 5000).Draw(rt, "size")
			every := rapid.Int64Range(1, 3).Draw(rt, "every")
			gone := rapid.Bool().Draw(rt, "gone")
			for id := from; id < from+size; id += every {
				name := fmt.Sprint(id, "-", step)
				person(b, id, name, 2)
				del := gone && id%5 != 0
				deleted = append(deleted, del)
				if want[id] = name; del {
					delete(want, id)
				}
			}
			before := v
			was := contents(rt, d, before)
			if v, err = newEdit(d, before).apply(b, deleted, time.Now()); err != nil {
				rt.Fatal(err)
			}
			if got := contents(rt, d, v); !maps.Equal(got, want) {
				rt.Fatalf("step %d: %d rows instead of %d", step, len(got), len(want))
			}
			if !maps.Equal(contents(rt, d, before), was) {
				rt.Fatal("the version before has changed")
			}
			rows := 0
			for _, c := range v.order {
				rows += v.chunks[c].n
			}
			if rows > 2*len(want)+2*ChunkRows {
				rt.Fatalf("%d rows are kept for %d", rows, len(want))
			}
		}
	})
}
