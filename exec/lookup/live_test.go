package lookup

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

func change(version int64, gone bool, ids ...int64) Change {
	c := Change{Rows: people(0, 0)}
	for _, id := range ids {
		person(c.Rows, id, "changed", version)
		c.Deleted = append(c.Deleted, gone)
	}
	return c
}

func TestLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{rows: people(10_000, 1), live: make(chan Change), broken: make(chan error)}
		ts := registry(t, s)
		def := customers("refresh.max-staleness", "10s")
		r := open(t, ts, def, []int{0}, []int{2})
		defer r.Close()
		byName := open(t, ts, def, []int{1}, []int{2})
		defer byName.Close()
		ask := func(want string, ids ...int64) {
			t.Helper()
			if got := answersTo(t, r, 1, ids...); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		ask("3=1 9999=1 ", 3, 9999, 10_000)
		// Changes come together in one version, at most every 100 ms.
		s.live <- change(2, false, 3, 10_000)
		synctest.Wait()
		ask("3=2 10000=2 ", 3, 10_000)
		for v := range int64(10) {
			s.live <- change(3+v, false, 3)
		}
		s.live <- change(0, true, 10_000)
		synctest.Wait()
		ask("3=2 10000=2 ", 3, 10_000)
		time.Sleep(LiveEvery)
		synctest.Wait()
		ask("3=12 ", 3, 10_000)
		if n, _ := ts.Version("customers"); n != 3 {
			t.Errorf("version %d", n)
		}
		out := exec.NewMatches(r.t.batchOf([]int{2}))
		q := &exec.Batch{Cols: change(0, false, 1).Rows.Cols[1:2], N: 1}
		if err := byName.Call(t.Context(), q, out); err != nil || len(out.Parent) != 1 || out.Rows.Cols[0].Int[0] != 12 {
			t.Errorf("by another key: %v %v", out, err)
		}
		// Silence is no staleness while the source is followed; after a fault it is.
		time.Sleep(time.Hour)
		ask("3=12 ", 3)
		s.set(func() { s.err = sqlerr.New(sqlerr.ConnectionFailure, "broker gone") })
		s.broken <- sqlerr.New(sqlerr.ConnectionFailure, "broker gone")
		time.Sleep(9 * time.Second)
		ask("3=12 ", 3)
		if st := ts.Status()[0]; st.Live || !st.Stale || st.LastError == nil {
			t.Errorf("%+v", st)
		}
		time.Sleep(2 * time.Second)
		if got := answersTo(t, r, 1, 3); got[:11] != "error 55000" {
			t.Error(got)
		}
		// It comes back: loaded anew and followed.
		s.set(func() { s.err, s.rows = nil, people(5, 20) })
		time.Sleep(time.Minute)
		synctest.Wait()
		ask("3=20 ", 3, 7)
		s.live <- change(21, false, 7)
		time.Sleep(LiveEvery)
		synctest.Wait()
		ask("3=20 7=21 ", 3, 7)
		// REFRESH loads in between.
		s.set(func() { s.rows = people(6, 30) })
		if err := ts.Refresh(t.Context(), def, true); err != nil {
			t.Fatal(err)
		}
		ask("3=30 ", 3, 7)
	})
}

func TestLiveIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{rows: people(1, 1), live: make(chan Change), broken: make(chan error)}
		ts := registry(t, s)
		r := open(t, ts, customers("cache.max-bytes", "400kB"), []int{0}, []int{2})
		defer r.Close()
		var ids []int64
		for i := range int64(3 * LiveMaxRows) {
			ids = append(ids, i)
		}
		// More changes than may wait: the source waits, and all arrive. They do not
		// fit either, so following ends, and the table is loaded anew.
		s.live <- change(2, false, ids...)
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		st := ts.Status()[0]
		if sqlerr.CodeOf(st.LastError) != sqlerr.OutOfMemory || st.Live {
			t.Errorf("%+v", st)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := answersTo(t, r, 1, 0); got != "0=1 " {
			t.Error(got)
		}
	})
}

func TestLiveNeedsKey(t *testing.T) {
	s := &script{rows: people(1, 1), live: make(chan Change)}
	ts := registry(t, s)
	def := customers()
	def.PrimaryKey = nil
	_, err := ts.Open(context.Background(), def, []int{0}, []int{2})
	if sqlerr.CodeOf(err) != sqlerr.InvalidTableDefinition {
		t.Error(err)
	}
}
