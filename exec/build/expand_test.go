package build

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/op"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

var bigint = catalog.Of(catalog.BigInt)

// numbers is a plan that gives the integers from 0 to n-1, NULL for 3.
func numbers(n int) plan.Node {
	v := &plan.Values{Cols: catalog.Schema{{Name: "n", Type: bigint}}}
	for i := range n {
		v.Rows = append(v.Rows, []plan.Expr{&plan.Const{T: bigint, Null: i == 3, Text: fmt.Sprint(i)}})
	}
	return v
}

// squares is a registry of lookup tables and functions: any answers with the
// square of even numbers; 6 fails.
type squares struct {
	asked        Asked
	open, opened atomic.Int64
	keys, cols   []int
}

func (s *squares) make() (*Asked, error) {
	a := s.asked
	a.Function = s
	s.open.Add(1)
	s.opened.Add(1)
	a.Close = func() { s.open.Add(-1) }
	return &a, nil
}

func (s *squares) Open(_ context.Context, _ *catalog.Table, keys, columns []int) (*Asked, error) {
	s.keys, s.cols = keys, columns
	return s.make()
}

func (s *squares) Scan(_ context.Context, _ *catalog.Table, columns []int) (exec.Source, error) {
	s.cols = columns
	b := &exec.Batch{Cols: []*exec.Column{exec.NewColumn(exec.Ints)}, N: 2}
	b.Cols[0].AppendInt(int64(columns[0]))
	b.Cols[0].AppendInt(99)
	return op.NewValues(b), nil
}

func (s *squares) Call(_ context.Context, args *exec.Batch, out *exec.Matches) error {
	for q, v := range args.Cols[0].Int {
		switch {
		case v == 6:
			out.Faults = append(out.Faults, exec.Fault{Question: int32(q), Err: sqlerr.New(sqlerr.InternalError, "six")})
		case v%2 == 0 && !args.Cols[0].IsNull(q):
			out.Rows.Cols[0].AppendInt(v * v)
			out.Parent = append(out.Parent, int32(q))
		}
	}
	out.Rows.N = len(out.Parent)
	return nil
}

// remotes is the registry as Remotes.
type remotes struct{ *squares }

func (r remotes) Open(_ context.Context, _ *catalog.Function, columns []int) (*Asked, error) {
	r.cols = columns
	return r.make()
}

func testEnv(s *squares) *Env {
	return &Env{Lookups: s, Remotes: remotes{s}, BatchRows: 4, Now: time.Now, Timezone: time.UTC}
}

// run builds a plan and gives its rows as text.
func run(t *testing.T, env *Env, root plan.Node) ([]string, *Query, error) {
	t.Helper()
	q, err := Build(t.Context(), &plan.Query{Root: root}, env)
	if err != nil {
		return nil, nil, err
	}
	go func() { q.Pipe.Finish(q.Graph.Run(context.WithoutCancel(t.Context()))) }()
	var got []string
	for {
		b, err := q.Pipe.Next(t.Context(), true)
		if err == io.EOF {
			return got, q, nil
		}
		if err != nil {
			return got, q, err
		}
		for i := range b.Rows() {
			var vals []string
			for _, c := range b.Cols {
				switch r := b.Row(i); {
				case c.IsNull(r):
					vals = append(vals, "NULL")
				case c.Layout == exec.Strings:
					vals = append(vals, string(c.Str(r)))
				default:
					vals = append(vals, fmt.Sprint(c.Int[r]))
				}
			}
			got = append(got, strings.Join(vals, " "))
		}
	}
}

func lookupOf(n int, set func(*plan.Expand)) *plan.Expand {
	e := &plan.Expand{Input: numbers(n), Lookup: &catalog.Table{Name: "squares", Lookup: true}, Keys: []int{0}, Columns: []int{1},
		Args: []plan.Expr{&plan.Col{Index: 0, T: bigint}}, Cols: catalog.Schema{{Name: "square", Type: bigint}}, WindowEnd: -1}
	if set != nil {
		set(e)
	}
	return e
}

func TestExpand(t *testing.T) {
	async := &exec.AsyncConfig{MaxRows: 3, MaxWait: time.Second, MaxInFlight: 2, Gather: true}
	for _, a := range []*exec.AsyncConfig{nil, async} {
		for _, c := range []struct {
			onError string
			set     func(*plan.Expand)
			want    string
			err     string
		}{
			{"", nil, "", "six"},
			{"fail", nil, "", "six"},
			{"skip", nil, "0 0; 2 4; 4 16", ""},
			{"reject", nil, "", "needs a reject table"},
			{"skip", func(e *plan.Expand) { e.Left = true }, "0 0; 1 NULL; 2 4; NULL NULL; 4 16; 5 NULL; 7 NULL", ""},
			{"null", nil, "0 0; 2 4; 4 16; 6 NULL", ""},
			{"", func(e *plan.Expand) {
				e.Errors = true
				e.Cols = append(e.Cols, catalog.Column{Name: "error", Type: catalog.Of(catalog.Varchar)}, catalog.Column{Name: "attempts", Type: catalog.Of(catalog.Int)})
			}, "0 0 NULL 1; 2 4 NULL 1; 4 16 NULL 1; 6 NULL six 1", ""},
			{"skip", func(e *plan.Expand) {
				e.Residual = &plan.Call{Fn: "<", Args: []plan.Expr{&plan.Col{Index: 1, T: bigint}, &plan.Const{T: bigint, Text: "9"}}, T: catalog.Of(catalog.Boolean)}
			}, "0 0; 2 4", ""},
			{"skip", func(e *plan.Expand) {
				e.Lookup, e.Keys = nil, nil
				e.Function = &catalog.Function{Name: "f", Language: catalog.LanguageGRPC, Args: catalog.Schema{{Name: "x", Type: bigint}}}
			}, "0 0; 2 4; 4 16", ""},
		} {
			s := &squares{asked: Asked{OnError: c.onError, Async: a}}
			got, q, err := run(t, testEnv(s), lookupOf(8, c.set))
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("%q: error %v, want %s", c.onError, err, c.err)
				}
				if want := `The row is {"n":6}`; c.err == "six" && sqlerr.From(err).Detail != want {
					t.Errorf("detail %q, want %q", sqlerr.From(err).Detail, want)
				}
			} else if diff := cmp.Diff(c.want, strings.Join(got, "; ")); err != nil || diff != "" {
				t.Errorf("%q, async %v: %v %s", c.onError, a != nil, err, diff)
			}
			if s.opened.Load() != 1 || s.open.Load() != 0 {
				t.Errorf("opened %d times, %d left open", s.opened.Load(), s.open.Load())
			}
			if err == nil && !slices.Contains(q.Stats.Counters(), Counter{nameOf(c.set), "rows_failed", 1}) {
				t.Errorf("counters: %v", q.Stats.Counters())
			}
		}
	}
}

func nameOf(set func(*plan.Expand)) string { return lookupOf(0, set).Name() }

func TestScanOfLookupTable(t *testing.T) {
	table := catalog.Table{Name: "squares", Lookup: true, Columns: []catalog.TableColumn{{Name: "n", Type: bigint}, {Name: "square", Type: bigint}}}
	s := &squares{}
	got, _, err := run(t, testEnv(s), &plan.Scan{Table: table, Columns: []plan.ScanColumn{{Name: "square", Type: bigint}}, Ends: true})
	if diff := cmp.Diff("1; 99", strings.Join(got, "; ")); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

// An engine without lookup tables or functions says so, and what was opened is closed.
func TestExpandRefused(t *testing.T) {
	s := &squares{}
	env := testEnv(s)
	env.Lookups, env.Remotes = nil, nil
	for name, root := range map[string]plan.Node{
		"lookup":   lookupOf(1, nil),
		"scan":     &plan.Scan{Table: catalog.Table{Name: "t", Lookup: true}},
		"function": lookupOf(1, func(e *plan.Expand) { e.Lookup, e.Function = nil, &catalog.Function{Name: "f"} }),
	} {
		if _, _, err := run(t, env, root); sqlerr.CodeOf(err) != sqlerr.FeatureNotSupported {
			t.Errorf("%s: %v", name, err)
		}
	}
	pinned := lookupOf(1, func(e *plan.Expand) { e.Pin, e.WindowEnd = true, 0 })
	if _, _, err := run(t, testEnv(s), pinned); sqlerr.CodeOf(err) != sqlerr.FeatureNotSupported || s.open.Load() != 0 {
		t.Errorf("pin: %v, %d left open", err, s.open.Load())
	}
}

// Each lane asks for itself, unless what is asked wants all in one.
func TestExpandLanes(t *testing.T) {
	for _, c := range []struct {
		async *exec.AsyncConfig
		opens int64
	}{{nil, 2}, {&exec.AsyncConfig{MaxRows: 3}, 2}, {&exec.AsyncConfig{MaxRows: 3, Gather: true}, 1}} {
		s := &squares{asked: Asked{OnError: "null", Async: c.async}}
		root := lookupOf(8, func(e *plan.Expand) {
			e.Input = &plan.Union{Ins: []plan.Node{numbers(8), numbers(8)}, Names: []string{"n"}}
		})
		got, _, err := run(t, testEnv(s), root)
		slices.Sort(got)
		want := "0 0; 0 0; 2 4; 2 4; 4 16; 4 16; 6 NULL; 6 NULL"
		if diff := cmp.Diff(want, strings.Join(got, "; ")); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		if s.opened.Load() != c.opens || s.open.Load() != 0 {
			t.Errorf("opened %d times, %d left open; want %d", s.opened.Load(), s.open.Load(), c.opens)
		}
	}
}
