package lookup

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

func TestPointsSingleFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{rows: people(100, 1), points: true, takes: time.Second}
		ts := registry(t, s)
		def := customers("cache", "partial", "lookup.batch.max-rows", "10", "max-in-flight", "2")
		var ids []int64
		for i := range int64(40) {
			ids = append(ids, i)
		}
		start := time.Now()
		var wg sync.WaitGroup
		for range 20 {
			r := open(t, ts, def, []int{0}, []int{2})
			defer r.Close()
			wg.Go(func() {
				out := exec.NewMatches(r.t.batchOf([]int{2}))
				if err := r.Call(context.Background(), ints(ids...), out); err != nil || len(out.Parent) != 40 {
					t.Error(len(out.Parent), err)
				}
				for i, p := range out.Parent {
					if int(p) != i {
						t.Errorf("answer %d is to question %d", i, p)
					}
				}
			})
		}
		wg.Wait()
		// Forty keys, each asked once, in four batches of which two are under way at a time.
		if n := s.asked.Load(); n != 40 {
			t.Errorf("%d keys asked for", n)
		}
		if took := time.Since(start); s.lookups.Load() != 4 || took != 2*time.Second {
			t.Errorf("%d batches in %v", s.lookups.Load(), took)
		}
	})
}

// TestPointsCancel: who gives up does not take the answer from others.
func TestPointsCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{rows: people(100, 1), points: true, takes: time.Second}
		ts := registry(t, s)
		r := open(t, ts, customers("cache", "partial"), []int{0}, []int{2})
		defer r.Close()
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			out := exec.NewMatches(r.t.batchOf([]int{2}))
			if err := r.Call(ctx, ints(1), out); err != context.Canceled {
				t.Error(err)
			}
		})
		synctest.Wait()
		wg.Go(func() {
			if got := answersTo(t, r, 1, 1); got != "1=1 " {
				t.Error(got)
			}
		})
		synctest.Wait()
		cancel()
		wg.Wait()
		if n := s.asked.Load(); n != 1 {
			t.Errorf("%d keys asked for", n)
		}
	})
}

func TestPointsOtherKey(t *testing.T) {
	s := &script{rows: people(100, 1), points: true}
	ts := registry(t, s)
	_, err := ts.Open(t.Context(), customers("cache", "none"), []int{1}, []int{2})
	if sqlerr.CodeOf(err) != sqlerr.FeatureNotSupported {
		t.Error(err)
	}
	if r := open(t, ts, customers("cache", "none"), []int{0}, []int{2}); r.Async() == nil || r.Async().MaxRows != 1024 || r.Async().MaxInFlight != 4 {
		t.Errorf("%+v", r.Async())
	} else {
		r.Close()
	}
}

func TestRowCache(t *testing.T) {
	c := newRowCache(3 * (entryBytes + 10))
	for _, k := range []string{"a", "b", "c"} {
		c.put(k, make([]byte, 9), time.Time{})
	}
	c.get([]byte("a"))
	c.put("d", make([]byte, 9), time.Time{}) // b goes: it was used least recently
	if c.get([]byte("b")) != nil || c.get([]byte("a")) == nil || len(c.entries) != 3 || c.bytes != c.max {
		t.Errorf("%d entries, %d bytes", len(c.entries), c.bytes)
	}
	c.put("d", make([]byte, 300), time.Time{})
	if len(c.entries) != 1 || c.newest.key != "d" || c.oldest.key != "d" {
		t.Errorf("%d entries", len(c.entries))
	}
	c.put("e", make([]byte, 1000), time.Time{}) // never fits
	if c.get([]byte("e")) != nil || c.get([]byte("d")) == nil {
		t.Error("an entry larger than the cache")
	}
	c.clear()
	if c.bytes != 0 || c.newest != nil || c.get([]byte("d")) != nil {
		t.Error("not empty")
	}
}
