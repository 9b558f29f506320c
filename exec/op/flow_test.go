package op

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/op/optest"
	"github.com/penstock/penstock/internal/sqlerr"
)

var allTrue = optest.Func(func(b *exec.Batch) (*exec.Column, error) {
	c := exec.NewColumn(exec.Bools)
	for range b.N {
		c.AppendBool(true)
	}
	return c, nil
})

// TestDonePassesOn: exec.ErrDone from emit comes back unchanged from whatever emits.
func TestDonePassesOn(t *testing.T) {
	types := optest.ParseTypes("k:int l:list(int)")
	cols := optest.NewBatch(types).Cols
	agg, err := NewAggregate(AggregateConfig{Keys: []Key{{Col: 0, Like: cols[0]}}})
	if err != nil {
		t.Fatal(err)
	}
	partial, err := NewAggregate(AggregateConfig{Keys: []Key{{Col: 0, Like: cols[0]}}, Phase: Partial, MaxGroups: 1})
	if err != nil {
		t.Fatal(err)
	}
	assign, err := NewWindowAssign(WindowAssignConfig{Window: Window{Kind: Tumble, Size: 5}})
	if err != nil {
		t.Fatal(err)
	}
	for name, op := range map[string]exec.Operator{
		"filter":    NewFilter(FilterConfig{Cond: allTrue}),
		"project":   NewProject(ProjectConfig{Columns: Columns([]exec.Eval{optest.Col(0)})}),
		"assign":    assign,
		"aggregate": agg,
		"partial":   partial,
		"sort":      NewSort(SortConfig{Limit: -1, Columns: cols}),
		"limit":     NewLimit(LimitConfig{Count: 100}),
		"union":     Union{},
		"unnest":    NewUnnest(UnnestConfig{X: optest.Col(1), Columns: cols, Like: cols[1]}),
		"join":      NewJoin(JoinConfig{Kind: LeftJoin, Left: cols, Right: cols}),
	} {
		calls := 0
		emit := func(*exec.Batch) error { calls++; return exec.ErrDone }
		err := op.Process(t.Context(), 0, optest.Parse("k:int l:list(int)", "1 [1,2]\n2 [3]"), emit)
		if err == nil {
			err = op.Advance(t.Context(), exec.MaxTime, emit)
		}
		if err != exec.ErrDone || calls != 1 {
			t.Errorf("%s: %v after %d calls", name, err, calls)
		}
	}
}

// TestHooks: what is dropped is told of while its values are there, and only counted
// once, however often the batch is evaluated.
func TestHooks(t *testing.T) {
	var told []string
	p := NewProject(ProjectConfig{
		Columns: Columns([]exec.Eval{optest.Inverse(0), optest.Inverse(1)}),
		OnError: RowPolicy{Skip: true, Skipped: func(b *exec.Batch, e *exec.RowError) {
			told = append(told, fmt.Sprintf("%d,%d: %v", b.Cols[0].Int[e.Row], b.Cols[1].Int[e.Row], e))
		}},
	})
	if err := p.Process(t.Context(), 0, optest.Parse("a:int b:int", "1 1\n0 2\n3 0\n0 0"), drop); err != nil {
		t.Fatal(err)
	}
	want := []string{"0,2: division by zero (22012)", "0,0: division by zero (22012)", "3,0: division by zero (22012)"}
	if d := gocmp.Diff(want, told); d != "" || p.Skipped() != 3 {
		t.Errorf("skipped %d: %s", p.Skipped(), d)
	}

	var late []int64
	a, err := NewAggregate(AggregateConfig{
		Window: Window{Kind: Tumble, Size: 10e6},
		Late:   func(b *exec.Batch, row int) { late = append(late, b.Cols[0].Int[row]) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Advance(t.Context(), 20e6, drop); err != nil {
		t.Fatal(err)
	}
	if err := a.Process(t.Context(), 0, optest.Parse("t:ts", "00:00:19\n00:00:20\n00:00:03"), drop); err != nil {
		t.Fatal(err)
	}
	if d := gocmp.Diff([]int64{19e6, 3e6}, late); d != "" {
		t.Error(d)
	}
}

// TestOtherErrorsEndTheQuery: the policy is for faults of rows alone.
func TestOtherErrorsEndTheQuery(t *testing.T) {
	boom := errors.New("boom")
	for name, fault := range map[string]error{
		"no row error":           boom,
		"a row that is not ours": &exec.RowError{Row: 99, Err: boom},
	} {
		f := NewFilter(FilterConfig{
			Cond:    optest.Func(func(*exec.Batch) (*exec.Column, error) { return nil, fault }),
			OnError: RowPolicy{Skip: true},
		})
		if err := f.Process(t.Context(), 0, optest.Parse("k:int", "1"), drop); !errors.Is(err, boom) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestValues reads all rows in batches, and from where it was saved.
func TestValues(t *testing.T) {
	b := optest.NewBatch(optest.ParseTypes("n:int"))
	for i := range int64(2*BatchRows + 5) {
		b.Cols[0].AppendInt(i)
		b.N++
	}
	v := NewValues(b)
	next := int64(0)
	for reads := 0; ; reads++ {
		in, err := v.Read(t.Context())
		if err == io.EOF {
			if reads != 3 || !v.Ended(0) {
				t.Fatalf("ended after %d reads: %v", reads, v.Ended(0))
			}
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range in.Rows() {
			if got := in.Cols[0].Int[in.Row(i)]; got != next {
				t.Fatalf("row %d is %d", next, got)
			}
			next++
		}
		var buf bytes.Buffer
		if err := v.Save(1, &buf); err != nil {
			t.Fatal(err)
		}
		v = NewValues(b)
		if err := v.Restore(&buf); err != nil {
			t.Fatal(err)
		}
	}
	if next != int64(b.N) {
		t.Fatalf("%d rows", next)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled read: %v", err)
	}
}

// stateless is an aggregate that cannot be computed in two phases.
type stateless struct{ optest.Count }

func (*stateless) State() []exec.Layout { return nil }

// TestAggregateWithoutState can be computed, but neither in phases nor saved.
func TestAggregateWithoutState(t *testing.T) {
	c := AggregateConfig{Aggs: []AggSpec{{
		New: func() exec.Aggregate { return &stateless{} }, Filter: -1, Result: exec.NewColumn(exec.Ints),
	}}}
	a, err := NewAggregate(c)
	if err != nil {
		t.Fatal(err)
	}
	var e *sqlerr.Error
	if err := a.Save(1, io.Discard); !errors.As(err, &e) || e.Code != sqlerr.FeatureNotSupported {
		t.Errorf("save: %v", err)
	}
	c.Phase = Partial
	if _, err := NewAggregate(c); err == nil {
		t.Error("a partial phase was made")
	}
}

// TestBadWindows are refused before any row comes.
func TestBadWindows(t *testing.T) {
	for _, w := range []Window{{Size: 0}, {Size: -1}, {Size: maxWindowSize + 1}, {Size: 1, Offset: -maxWindowSize - 1}} {
		w.Kind = Tumble
		if _, err := NewAggregate(AggregateConfig{Window: w}); err == nil {
			t.Errorf("aggregate took %+v", w)
		}
		if _, err := NewWindowAssign(WindowAssignConfig{Window: w}); err == nil {
			t.Errorf("assign took %+v", w)
		}
	}
}

// TestDelay: windows behind a join with time bounds wait for its rows; the end
// of input is not put off, and comes once however often it is told.
func TestDelay(t *testing.T) {
	a, err := NewAggregate(AggregateConfig{Window: Window{Kind: Tumble, Size: 10e6}})
	if err != nil {
		t.Fatal(err)
	}
	op := Delay(a, 5e6)
	if _, ok := op.(exec.Stateful); !ok {
		t.Error("the state cannot be saved any more")
	}
	if _, ok := Delay(Union{}, 5e6).(exec.Stateful); ok {
		t.Error("an operator without state has got one")
	}
	windows := 0
	emit := func(b *exec.Batch) error { windows += b.N; return nil }
	if err := op.Process(t.Context(), 0, optest.Parse("t:ts", "00:00:03\n00:00:13"), emit); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		to   exec.Time
		want int
	}{{exec.MinTime, 0}, {14e6, 0}, {15e6 - 1000, 1}, {exec.MaxTime, 2}, {exec.MaxTime, 2}} {
		if err := op.Advance(t.Context(), step.to, emit); err != nil {
			t.Fatal(err)
		}
		if windows != step.want {
			t.Errorf("%d windows at %d, want %d", windows, step.to, step.want)
		}
	}
}
