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

// BenchmarkPartial is the same in the partial phase, by its bound of groups.
func BenchmarkPartial(b *testing.B) {
	for _, keys := range []int{1000, 1_000_000} {
		for _, groups := range []int{1 << 12, 1 << 14, 1 << 17} {
			b.Run(fmt.Sprintf("keys=%d/groups=%d", keys, groups), func(b *testing.B) {
				in := visits(2048, keys)
				c := countSum(Window{Kind: Tumble, Time: 2, Size: 1e15})
				c.Phase, c.MaxGroups = Partial, groups
				a, err := NewAggregate(c)
				if err != nil {
					b.Fatal(err)
				}
				i, out := 0, 0
				for b.Loop() {
					err := a.Process(context.Background(), 0, in[i%len(in)], func(o *exec.Batch) error {
						out += o.N
						return nil
					})
					if err != nil {
						b.Fatal(err)
					}
					i++
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/512, "ns/row")
				b.ReportMetric(float64(out)/float64(b.N)/512, "out/row")
			})
		}
	}
}

// BenchmarkFilterProject passes about half of the rows and two columns.
func BenchmarkFilterProject(b *testing.B) {
	in := visits(64, 1000)
	half := exec.NewColumn(exec.Bools)
	for i := range 512 {
		half.AppendBool(i%3 == 0)
	}
	p := NewProject(ProjectConfig{Columns: Columns([]exec.Eval{optest.Col(1), optest.Col(0)})})
	f := NewFilter(FilterConfig{Cond: optest.Func(func(*exec.Batch) (*exec.Column, error) { return half, nil })})
	emit := func(o *exec.Batch) error { return p.Process(context.Background(), 0, o, drop) }
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if err := f.Process(context.Background(), 0, in[i%len(in)], emit); err != nil {
			b.Fatal(err)
		}
		i++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/512, "ns/row")
}

// BenchmarkSort sorts half a million rows by a string or a number.
func BenchmarkSort(b *testing.B) {
	in := visits(1000, 1_000_000)
	for name, keys := range map[string][]SortKey{"string": {{Col: 0}}, "int": {{Col: 1, Desc: true}}} {
		for _, limit := range []int64{-1, 10} {
			b.Run(fmt.Sprintf("%s/limit=%d", name, limit), func(b *testing.B) {
				for b.Loop() {
					s := NewSort(SortConfig{Keys: keys, Limit: limit, Columns: in[0].Cols})
					for _, x := range in {
						if err := s.Process(context.Background(), 0, x, drop); err != nil {
							b.Fatal(err)
						}
					}
					if err := s.Advance(context.Background(), exec.MaxTime, drop); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/512_000, "ns/row")
			})
		}
	}
}

// BenchmarkJoin matches each row with one of the other side of ten seconds.
func BenchmarkJoin(b *testing.B) {
	types := optest.ParseTypes("k:int v:int t:ts")
	cols := optest.NewBatch(types).Cols
	j := NewJoin(JoinConfig{
		Kind: LeftJoin, LeftKeys: []int{0}, RightKeys: []int{0}, Left: cols, Right: cols,
		Time: &JoinTime{LeftCol: 2, RightCol: 2, Lower: -10e6, Upper: 10e6},
	})
	in := optest.NewBatch(types)
	for range 512 {
		for _, c := range in.Cols {
			c.AppendInt(0)
		}
		in.N++
	}
	out, round := 0, int64(0)
	b.ReportAllocs()
	for b.Loop() {
		for i := range 512 {
			at := round*512 + int64(i)
			in.Cols[0].Int[i], in.Cols[1].Int[i], in.Cols[2].Int[i] = at, at, at*1000
		}
		for port := range 2 {
			err := j.Process(context.Background(), port, in, func(o *exec.Batch) error {
				out += o.Rows()
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := j.Advance(context.Background(), in.Cols[2].Int[0], drop); err != nil {
			b.Fatal(err)
		}
		round++
	}
	if int64(out) != round*512 {
		b.Fatalf("%d pairs in %d rounds", out, round)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1024, "ns/row")
}
