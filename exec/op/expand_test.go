package op

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/op/optest"
)

// modulo answers question k with each of the numbers 0 to k mod n - 1, or, with
// n 0, with k: it costs next to nothing, so that what is measured is the operator.
type modulo struct{ n int64 }

func (f modulo) Call(_ context.Context, args *exec.Batch, out *exec.Matches) error {
	k := args.Cols[0]
	dst := out.Rows.Cols[0]
	for q, v := range k.Int[:args.N] {
		if f.n == 0 {
			dst.AppendInt(v)
			out.Parent = append(out.Parent, int32(q))
			continue
		}
		for i := range v % f.n {
			dst.AppendInt(i)
			out.Parent = append(out.Parent, int32(q))
		}
	}
	out.Rows.N = len(out.Parent)
	return nil
}

func expandVisits(f exec.TableFunction, set func(*ExpandConfig)) *Expand {
	ints := []*exec.Column{exec.NewColumn(exec.Ints)}
	c := ExpandConfig{Function: f, Args: Columns([]exec.Eval{optest.Col(1)}), Questions: ints,
		Columns: []*exec.Column{exec.NewColumn(exec.Strings), exec.NewColumn(exec.Ints), exec.NewColumn(exec.Ints)},
		Answers: ints, NullMatchesNothing: true, WindowEnd: -1}
	if set != nil {
		set(&c)
	}
	return NewExpand(c)
}

// BenchmarkExpand gives the cost of the operator beside that of the function.
func BenchmarkExpand(b *testing.B) {
	in := visits(16, 1000)
	left := func(c *ExpandConfig) { c.Left = true }
	for _, bench := range []struct {
		name string
		op   *Expand
	}{
		{"one answer", expandVisits(modulo{}, nil)},
		{"half without", expandVisits(modulo{2}, nil)},
		{"half without, left", expandVisits(modulo{2}, left)},
		{"several, left", expandVisits(modulo{4}, left)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			rows := 0
			for b.Loop() {
				x := in[rows/512%len(in)]
				if err := bench.op.Process(context.Background(), 0, x, drop); err != nil {
					b.Fatal(err)
				}
				rows += 512
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
		})
	}
}

// versions is a lookup table whose answer is its version.
type versions struct {
	now  int64
	pins map[int64]int // how many hold a version
}

func (v *versions) at(n int64) exec.TableFunction {
	return callFunc(func(args *exec.Batch, out *exec.Matches) error {
		for q := range args.N {
			out.Rows.Cols[0].AppendInt(n)
			out.Parent = append(out.Parent, int32(q))
		}
		out.Rows.N, out.Version = args.N, n
		return nil
	})
}

func (v *versions) Call(ctx context.Context, args *exec.Batch, out *exec.Matches) error {
	return v.at(v.now).Call(ctx, args, out)
}

func (v *versions) Pin() (exec.TableFunction, func()) {
	n := v.now
	v.pins[n]++
	return v.at(n), func() {
		if v.pins[n]--; v.pins[n] == 0 {
			delete(v.pins, n)
		}
	}
}

type callFunc func(args *exec.Batch, out *exec.Matches) error

func (f callFunc) Call(_ context.Context, args *exec.Batch, out *exec.Matches) error {
	return f(args, out)
}

// Rows of a window have the version that was current at its first row, in
// whatever lane they come; the version is let go when all lanes have passed the window.
func TestWindowsKeepToAVersion(t *testing.T) {
	table := &versions{now: 1, pins: map[int64]int{}}
	pins := NewPins()
	config := func(c *ExpandConfig) { c.Pins, c.WindowEnd = pins, 2 }
	lanes := []*Expand{expandVisits(table, config), expandVisits(table, config)}
	ask := func(lane int, ends ...int64) string {
		b := optest.NewBatch(optest.ParseTypes("id:str k:int end:ts"))
		for _, e := range ends {
			b.Cols[0].AppendString("x")
			b.Cols[1].AppendInt(1)
			if e < 0 {
				b.Cols[2].AppendNull()
			} else {
				b.Cols[2].AppendInt(e * 1e6)
			}
			b.N++
		}
		var got []int64
		err := lanes[lane].Process(t.Context(), 0, b, func(b *exec.Batch) error {
			for i := range b.Rows() {
				got = append(got, b.Cols[3].Int[b.Row(i)])
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(got)
	}
	advance := func(lane int, to int64) {
		if err := lanes[lane].Advance(t.Context(), to, drop); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	got = append(got, ask(0, 10, 10, 20))
	table.now = 2
	got = append(got, ask(1, 10, 20, 30, 10, -1), ask(0, 30, 10))
	advance(0, 10e6-1000)
	table.now = 3
	got = append(got, "late in one lane", ask(0, 10, 20), ask(1, 10))
	advance(1, 10e6-1000)
	got = append(got, "late in both", ask(1, 10, 30), fmt.Sprint(table.pins))
	advance(0, exec.MaxTime)
	advance(1, exec.MaxTime)
	got = append(got, fmt.Sprint(table.pins), ask(0, 50), fmt.Sprint(table.pins))
	want := []string{"[1 1 1]", "[1 1 2 1 2]", "[2 1]", "late in one lane", "[3 1]", "[1]", "late in both", "[3 2]", "map[1:1 2:1]",
		"map[]", "[3]", "map[]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	table.now = 4
	open := expandVisits(table, func(c *ExpandConfig) { c.Pins, c.WindowEnd = NewPins(), 2 })
	lanes = append(lanes, open)
	ask(2, 10)
	if err := open.cfg.Pins.Close(); err != nil || len(table.pins) > 0 {
		t.Errorf("pins left open at the end of the query: %v, %v", table.pins, err)
	}
}

// A function that breaks the rules ends the query and does no harm.
func TestWrongAnswers(t *testing.T) {
	for name, f := range map[string]callFunc{
		"too few parents": func(_ *exec.Batch, out *exec.Matches) error {
			out.Rows.Cols[0].AppendInt(1)
			out.Rows.N = 1
			return nil
		},
		"descending": func(_ *exec.Batch, out *exec.Matches) error {
			for range 2 {
				out.Rows.Cols[0].AppendInt(1)
			}
			out.Rows.N, out.Parent = 2, append(out.Parent, 1, 0)
			return nil
		},
		"not asked": func(args *exec.Batch, out *exec.Matches) error {
			out.Rows.Cols[0].AppendInt(1)
			out.Rows.N, out.Parent = 1, append(out.Parent, int32(args.N))
			return nil
		},
		"fault of nothing": func(_ *exec.Batch, out *exec.Matches) error {
			out.Faults = append(out.Faults, exec.Fault{Question: -1})
			return nil
		},
		"attempts": func(_ *exec.Batch, out *exec.Matches) error {
			out.Attempts = []int32{1}
			return nil
		},
	} {
		if err := expandVisits(f, nil).Process(t.Context(), 0, visits(1, 10)[0], drop); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A row with more answers than fit in a batch comes out in several.
func TestManyAnswersComeInSeveralBatches(t *testing.T) {
	for _, residual := range []exec.Eval{nil, optest.Less(3, 1)} {
		e := expandVisits(modulo{1 << 20}, func(c *ExpandConfig) { c.Left, c.Residual = true, residual })
		in := optest.NewBatch(optest.ParseTypes("id:str k:int t:ts"))
		for _, n := range []int64{3*BatchRows + 7, 0, 1, BatchRows} {
			in.Cols[0].AppendString(fmt.Sprint(n))
			in.Cols[1].AppendInt(n)
			in.Cols[2].AppendInt(0)
			in.N++
		}
		var got []string
		err := e.Process(t.Context(), 0, in, func(b *exec.Batch) error {
			if b.Rows() > BatchRows {
				t.Errorf("a batch has %d rows", b.Rows())
			}
			got = append(got, optest.Rows(b, optest.ParseTypes("id:str k:int t:int v:int"))...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, n := range []int{3*BatchRows + 7, 0, 1, BatchRows} {
			for i := range n {
				want = append(want, fmt.Sprintf("%d %d 0 %d", n, n, i))
			}
			if n == 0 {
				want = append(want, "0 0 0 NULL")
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("residual %v: got %d rows, want %d", residual != nil, len(got), len(want))
		}
	}
}

// Where questions have very many answers, fewer are asked at a time; and all
// again once that is over.
func TestExpandAsksFewerAtATime(t *testing.T) {
	var asked []int
	answers := 2000
	f := callFunc(func(args *exec.Batch, out *exec.Matches) error {
		asked = append(asked, args.N)
		for q := range args.N {
			for i := range answers {
				out.Rows.Cols[0].AppendInt(int64(i))
				out.Parent = append(out.Parent, int32(q))
			}
		}
		out.Rows.N = len(out.Parent)
		return nil
	})
	e := expandVisits(f, nil)
	rows := 0
	process := func(b *exec.Batch) {
		err := e.Process(t.Context(), 0, b, func(b *exec.Batch) error { rows += b.Rows(); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	in := visits(1, 10)[0]
	process(in)
	process(in)
	if rows != 2*512*answers || asked[0] != 512 || slices.Max(asked[1:]) > 64 {
		t.Errorf("%d rows, asked %v", rows, asked)
	}
	answers = 1
	for range 10 {
		process(in)
	}
	if rows != (2*2000+10)*512 || asked[len(asked)-1] != 512 {
		t.Errorf("%d rows, asked %v", rows, asked)
	}
}
