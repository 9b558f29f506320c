package lookup

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/penstock/penstock/exec"
)

// wideRange is n rows whose ids are spread over 64 bits, so that they pack badly, with
// names of 20 bytes.
func wideRange(n int) *exec.Batch {
	b := people(0, 0)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		person(b, int64(r.Uint64()), fmt.Sprintf("customer-%011d", i), int64(int32(r.Uint32())))
	}
	return b
}

func probes(rows *exec.Batch, n int) []*exec.Batch {
	r := rand.New(rand.NewPCG(3, 4))
	list := make([]*exec.Batch, 64)
	for i := range list {
		list[i] = ints()
		for range n {
			list[i].Cols[0].AppendInt(rows.Cols[0].Int[r.IntN(rows.N)])
		}
		list[i].N = n
	}
	return list
}

// cpuTime is what the process has used: on a busy machine it says more than the
// clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkProbe(b *testing.B) {
	for _, n := range []int{1000, 100_000, 1_000_000} {
		for _, wanted := range [][]int{{2}, {1, 2}} {
			b.Run(fmt.Sprintf("rows=%d/columns=%d", n, len(wanted)), func(b *testing.B) {
				rows := wideRange(n)
				ts := registry(b, &script{rows: rows})
				r := open(b, ts, customers(), []int{0}, wanted)
				defer r.Close()
				const batch = 1024
				qs := probes(rows, batch)
				out := exec.NewMatches(r.t.batchOf(wanted))
				i := 0
				b.ReportAllocs()
				cpu := cpuTime()
				for b.Loop() {
					out.Reset()
					if err := r.Call(b.Context(), qs[i&63], out); err != nil || out.Rows.N != batch {
						b.Fatal(err, out.Rows.N)
					}
					i++
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/batch, "ns/row")
				b.ReportMetric(float64((cpuTime()-cpu).Nanoseconds())/float64(b.N)/batch, "cpu-ns/row")
			})
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	s := &script{rows: wideRange(1_000_000)}
	ts := registry(b, s)
	r := open(b, ts, customers(), []int{0}, []int{1})
	defer r.Close()
	for _, part := range []struct {
		name   string
		change func(versions []int64)
	}{
		{"same", func([]int64) {}},
		{"one-row", func(v []int64) { v[500_000]++ }},
		{"all-rows", func(v []int64) {
			for i := range v {
				v[i]++
			}
		}},
	} {
		b.Run(part.name, func(b *testing.B) {
			cpu := cpuTime()
			for b.Loop() {
				part.change(s.rows.Cols[2].Int)
				if err := ts.Refresh(b.Context(), customers(), true); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((cpuTime()-cpu).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

// BenchmarkStall tells how long batches of 1024 questions with 50 us of work
// behind each take while a table of a million rows is loaded anew without pause.
func BenchmarkStall(b *testing.B) {
	for _, refreshing := range []bool{false, true} {
		b.Run(fmt.Sprintf("refreshing=%v", refreshing), func(b *testing.B) {
			s := &script{rows: wideRange(1_000_000)}
			ts := registry(b, s)
			r := open(b, ts, customers(), []int{0}, []int{1, 2})
			defer r.Close()
			stop := make(chan struct{})
			var wg sync.WaitGroup
			if refreshing {
				wg.Go(func() {
					for {
						select {
						case <-stop:
							return
						case <-time.After(time.Second):
						}
						for i := range s.rows.Cols[2].Int {
							s.rows.Cols[2].Int[i]++
						}
						if err := ts.Refresh(b.Context(), customers(), true); err != nil {
							b.Error(err)
						}
					}
				})
			}
			qs := probes(s.rows, 1024)
			out := exec.NewMatches(r.t.batchOf([]int{1, 2}))
			var took []time.Duration
			for b.Loop() {
				for i := range 50 {
					start := time.Now()
					out.Reset()
					if err := r.Call(b.Context(), qs[i&63], out); err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(start))
					runtime.Gosched()
				}
			}
			close(stop)
			wg.Wait()
			slices.Sort(took)
			for _, p := range []float64{0.5, 0.99, 0.999} {
				b.ReportMetric(float64(took[int(p*float64(len(took)-1))].Microseconds()), fmt.Sprintf("p%v-us", p*100))
			}
		})
	}
}
