package op

import (
	"context"
	"testing"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/op/optest"
)

// TestSteadyStateAllocatesNothing holds the operators that see every record to
// no allocation a batch.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	if testing.CoverMode() != "" {
		t.Skip("coverage allocates")
	}
	in := visits(40, 300)
	window := Window{Kind: Tumble, Time: 2, Size: 100e6}
	words := countSum(window)
	words.Keys = []Key{{Col: 1, Like: exec.NewColumn(exec.Ints)}}
	other := countSum(window)
	other.Keys = append(other.Keys, words.Keys...)
	partial := countSum(window)
	partial.Phase = Partial
	aggregate := func(c AggregateConfig) exec.Operator {
		a, err := NewAggregate(c)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	assign, err := NewWindowAssign(WindowAssignConfig{Window: window})
	if err != nil {
		t.Fatal(err)
	}
	for name, op := range map[string]exec.Operator{
		"filter":            NewFilter(FilterConfig{Cond: optest.Less(1, 2)}),
		"project":           NewProject(ProjectConfig{Columns: Columns([]exec.Eval{optest.Col(1), optest.Col(0)})}),
		"assign":            assign,
		"expand":            expandVisits(modulo{}, nil),
		"expand half left":  expandVisits(modulo{2}, func(c *ExpandConfig) { c.Left = true }),
		"expand several":    expandVisits(modulo{4}, func(c *ExpandConfig) { c.Version, c.Errors = true, true }),
		"aggregate":         aggregate(countSum(window)),
		"aggregate words":   aggregate(words),
		"aggregate other":   aggregate(other),
		"aggregate partial": aggregate(partial),
	} {
		shift := int64(0)
		pass := func() {
			for _, b := range in {
				for i := range b.Cols[2].Int {
					b.Cols[2].Int[i] += shift
				}
				if err := op.Process(context.Background(), 0, b, drop); err != nil {
					t.Fatal(err)
				}
				if err := op.Advance(context.Background(), b.Cols[2].Int[0]-5e6, drop); err != nil {
					t.Fatal(err)
				}
			}
			shift = int64(len(in)) * 512 * 20_000
		}
		for range 5 {
			pass()
		}
		if n := testing.AllocsPerRun(5, pass) / float64(len(in)); n > 0 {
			t.Errorf("%s: %.2f allocations a batch", name, n)
		}
		for _, b := range in { // back to the first times
			for i := range b.Cols[2].Int {
				b.Cols[2].Int[i] %= shift
			}
		}
	}
}
