package lookup

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// TestFaultRun lets half of the loads fail for a minute while batches are
// answered without a break: none is missing, torn or older than the one before, and a minute
// later the table is as fresh as if nothing had been.
func TestFaultRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		s := &script{rows: people(3000, 0), takes: 20 * time.Millisecond}
		ts := registry(t, s)
		reader := open(t, ts, customers("refresh.interval", "500ms"), []int{0}, []int{2})
		defer reader.Close()
		ids := make([]int64, 1000)
		for i := range ids {
			ids[i] = int64(r.IntN(3000))
		}
		out := exec.NewMatches(reader.t.batchOf([]int{2}))
		last := int64(0)
		for tick := range int64(12_000) { // two minutes
			if tick%10 == 0 {
				s.set(func() {
					s.rows, s.err = people(3000, tick), nil
					if tick < 6000 && r.IntN(2) == 0 {
						s.err = sqlerr.New(sqlerr.ConnectionFailure, "down")
					}
				})
			}
			out.Reset()
			if err := reader.Call(t.Context(), ints(ids...), out); err != nil || len(out.Parent) != len(ids) {
				t.Fatalf("%d answers, %v", len(out.Parent), err)
			}
			now := out.Rows.Cols[0].Int[0]
			for _, v := range out.Rows.Cols[0].Int {
				if v != now {
					t.Fatal("a torn batch")
				}
			}
			if now < last {
				t.Fatalf("%d after %d", now, last)
			}
			last = now
			time.Sleep(10 * time.Millisecond)
		}
		st := ts.Status()[0]
		t.Logf("%d loads, %d failed, version %d", st.Loads, st.Failures, st.Version)
		if st.Failures < 10 || st.LastError != nil || st.Stale || st.Age > time.Second {
			t.Errorf("%+v", st)
		}
		if s.most.Load() != 1 {
			t.Errorf("%d loads at the same time", s.most.Load())
		}
	})
}
