package expr

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// aggCase is an aggregate over columns of one type.
type aggCase struct {
	name string
	args []catalog.Type
	ret  catalog.Type
}

func twoPhaseCases() (all []aggCase) {
	d, i, n := catalog.Of(catalog.Double), catalog.Of(catalog.Int), catalog.Of(catalog.BigInt)
	for name, fn := range pairResults {
		ret := d
		if fn == nil {
			ret = n
		}
		all = append(all, aggCase{name, []catalog.Type{d, d}, ret})
	}
	for _, name := range []string{"bit_and", "bit_or", "bit_xor"} {
		all = append(all, aggCase{name, []catalog.Type{i}, i})
	}
	return append(all, aggCase{"approx_count_distinct", []catalog.Type{i}, n}, aggCase{"approx_count_distinct", []catalog.Type{d}, n},
		aggCase{"top_k", []catalog.Type{i, i}, catalog.ArrayOf(i)}, aggCase{"approx_percentile", []catalog.Type{d, d}, d})
}

// aggInput makes n rows: the last of two arguments is the parameter of TOP_K and APPROX_PERCENTILE.
func aggInput(c aggCase, n int, r *rand.Rand) []*exec.Column {
	cols := make([]*exec.Column, len(c.args))
	for k, t := range c.args {
		cols[k] = exec.NewColumnOf(t)
		for range n {
			switch {
			case k == 1 && c.name == "top_k":
				cols[k].AppendInt(3)
			case k == 1 && c.name == "approx_percentile":
				cols[k].AppendFloat(0.5)
			case r.IntN(10) == 0:
				cols[k].AppendNull()
			case t.Kind == catalog.Int:
				cols[k].AppendInt(int64(math.Abs(r.NormFloat64()) * 20))
			default:
				cols[k].AppendFloat(math.Round(r.NormFloat64()*1000) / 8)
			}
		}
	}
	return cols
}

func mustAggregate(t *testing.T, c aggCase) exec.Aggregate {
	t.Helper()
	a, err := NewAggregate(c.name, c.args, c.ret, false)
	if err != nil {
		t.Fatal(err)
	}
	a.Resize(1)
	return a
}

func aggText(t *testing.T, a exec.Aggregate, c aggCase) (string, float64) {
	t.Helper()
	out := exec.NewColumnOf(c.ret)
	if err := a.AppendResult(out, 0); err != nil {
		t.Fatal(err)
	}
	if out.IsNull(0) {
		return "NULL", 0
	}
	v := 0.0
	if out.Layout == exec.Floats {
		v = out.Float[0]
	}
	return string(AppendText(nil, c.ret, out, 0)), v
}

// TestMerge: partial states that are merged give what one state gives.
func TestMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range twoPhaseCases() {
		for _, n := range []int{0, 1, 2, 300} {
			t.Run(fmt.Sprintf("%s/%d", c.name, n), func(t *testing.T) {
				in := aggInput(c, n, r)
				whole, merged := mustAggregate(t, c), mustAggregate(t, c)
				if err := whole.Update(make([]int32, n), in, nil); err != nil {
					t.Fatal(err)
				}
				for part := range 3 {
					p := mustAggregate(t, c)
					var rows []int32
					for i := part; i < n; i += 3 {
						rows = append(rows, int32(i))
					}
					if len(rows) > 0 {
						if err := p.Update(make([]int32, len(rows)), in, rows); err != nil {
							t.Fatal(err)
						}
					}
					var state []*exec.Column
					for _, l := range p.State() {
						state = append(state, exec.NewColumn(l))
					}
					p.AppendState(state, 0)
					if err := merged.Merge([]int32{0}, state, nil); err != nil {
						t.Fatal(err)
					}
				}
				a, x := aggText(t, whole, c)
				b, y := aggText(t, merged, c)
				near := math.Abs(x-y) <= 1e-9*math.Max(1, math.Abs(x))
				if c.name == "approx_percentile" { // the digests differ
					near = math.Abs(x-y) <= 20
				}
				if a != b && !(x != 0 && near) {
					t.Errorf("merged %s, whole %s", b, a)
				}
			})
		}
	}
}

// TestEstimates: the errors are as the documentation has them.
func TestEstimates(t *testing.T) {
	const n = 100_000
	r := rand.New(rand.NewPCG(3, 4))
	i, d := catalog.Of(catalog.Int), catalog.Of(catalog.Double)
	zeros := make([]int32, n)

	count := aggCase{"approx_count_distinct", []catalog.Type{i}, catalog.Of(catalog.BigInt)}
	ids := exec.NewColumnOf(i)
	for k := range n {
		ids.AppendInt(int64(k % 40_000))
	}
	a := mustAggregate(t, count)
	if err := a.Update(zeros, []*exec.Column{ids}, nil); err != nil {
		t.Fatal(err)
	}
	out := exec.NewColumnOf(count.ret)
	_ = a.AppendResult(out, 0)
	if got := float64(out.Int[0]); math.Abs(got-40_000) > 0.03*40_000 {
		t.Errorf("%v different values, not about 40000", got)
	}

	for _, p := range []float64{0.01, 0.5, 0.99} {
		c := aggCase{"approx_percentile", []catalog.Type{d, d}, d}
		values, at := exec.NewColumnOf(d), exec.NewColumnOf(d)
		for range n {
			values.AppendFloat(r.ExpFloat64())
			at.AppendFloat(p)
		}
		a := mustAggregate(t, c)
		if err := a.Update(zeros, []*exec.Column{values, at}, nil); err != nil {
			t.Fatal(err)
		}
		_, got := aggText(t, a, c)
		sorted := slices.Sorted(slices.Values(values.Float))
		rank, _ := slices.BinarySearch(sorted, got)
		if off := math.Abs(float64(rank)/n - p); off > 0.01 {
			t.Errorf("the value at %v has rank %v", p, float64(rank)/n)
		}
	}

	top := aggCase{"top_k", []catalog.Type{i, i}, catalog.ArrayOf(i)}
	values, k := exec.NewColumnOf(i), exec.NewColumnOf(i)
	for row := range n {
		v := int64(row) + 10 // one of a kind
		if row%10 < 3 {
			v = int64(row % 10)
		} else if row%20 == 3 {
			v = 3
		}
		values.AppendInt(v)
		k.AppendInt(4)
	}
	a = mustAggregate(t, top)
	if err := a.Update(zeros, []*exec.Column{values, k}, nil); err != nil {
		t.Fatal(err)
	}
	if got, _ := aggText(t, a, top); got != "{0,1,2,3}" {
		t.Errorf("the most frequent are %s", got)
	}
}
