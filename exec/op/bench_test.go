package op

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/op/optest"
)

// visits makes batches of 512 rows (19-digit id, size, time); the times climb
// a second every 50 rows.
func visits(batches, keys int) []*exec.Batch {
	rnd := rand.New(rand.NewPCG(1, 2))
	out := make([]*exec.Batch, batches)
	row := 0
	for i := range out {
		b := optest.NewBatch(optest.ParseTypes("id:str size:int t:ts"))
		for range 512 {
			b.Cols[0].AppendString(fmt.Sprintf("7%018d", rnd.IntN(keys)))
			b.Cols[1].AppendInt(rnd.Int64N(1 << 20))
			b.Cols[2].AppendInt(int64(row) * 20_000)
			row++
		}
		b.N = 512
		out[i] = b
	}
	return out
}

func countSum(window Window) AggregateConfig {
	return AggregateConfig{
		Keys: []Key{{Col: 0, Like: exec.NewColumn(exec.Strings)}},
		Aggs: []AggSpec{
			{New: func() exec.Aggregate { return &optest.Count{} }, Filter: -1, Result: exec.NewColumn(exec.Ints)},
			{New: func() exec.Aggregate { return &optest.Sum{} }, Args: []int{1}, Filter: -1, Result: exec.NewColumn(exec.Ints)},
		},
		Window: window,
	}
}

func drop(*exec.Batch) error { return nil }

// BenchmarkAggregate counts and sums by a 19-byte id in windows; every half of
// the rows a window fires. The 1M case sees some 400k groups in each.
func BenchmarkAggregate(b *testing.B) {
	for _, keys := range []int{5, 1000, 1_000_000} {
		b.Run(fmt.Sprintf("keys=%d", keys), func(b *testing.B) {
			n := 512
			if keys > 1000 {
				n = 4096
			}
			in := visits(n, keys)
			half := int64(n/2) * 512 * 20_000
			a, err := NewAggregate(countSum(Window{Kind: Tumble, Time: 2, Size: half}))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			i, round := 0, int64(0)
			for b.Loop() {
				if err := a.Process(context.Background(), 0, in[i], drop); err != nil {
					b.Fatal(err)
				}
				if i++; i%(n/2) == 0 {
					if i == n {
						i = 0
						for _, x := range in {
							for j := range x.Cols[2].Int {
								x.Cols[2].Int[j] += 2 * half
							}
						}
						round++
					}
					to := in[i].Cols[2].Int[0]
					if err := a.Advance(context.Background(), to, drop); err != nil {
						b.Fatal(err)
					}
				}
			}
			if a.Late() > 0 {
				b.Fatal("late rows")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/512, "ns/row")
		})
	}
}
