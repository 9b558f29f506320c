package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

var (
	intT  = catalog.Of(catalog.Int)
	boolT = catalog.Of(catalog.Boolean)
)

func col(i int) *Col { return &Col{Index: i, Name: "c", T: intT, P: 7} }

// sample has every node and every expression.
func sample() *Query {
	scan := &Scan{Table: catalog.Table{Name: "t", SQL: "CREATE TABLE t"}, Columns: []ScanColumn{{Name: "a", Type: intT}, {Name: "o", Type: intT, Meta: "offset"}}, Ends: true}
	row := catalog.Type{Kind: catalog.Row, Fields: []catalog.Field{{Name: "f", Type: intT}}}
	cond := &Call{Fn: "<", Args: []Expr{col(0), &Param{N: 1, T: intT}}, T: boolT, P: 3}
	proj := &Project{Input: &Watermark{Input: &Filter{Input: scan, Cond: cond}, Time: 0, Delay: 5, Implicit: true}, Names: []string{"x", "y", "z"}, Exprs: []Expr{
		&Case{Whens: []When{{cond, col(0)}, {cond, col(1)}}, Else: &Const{T: intT, Null: true}, T: intT},
		&Case{Whens: []When{{cond, col(0)}}, T: intT},
		&FieldOf{X: &Cast{X: &Call{Fn: "row", Args: []Expr{col(0)}, T: row}, T: row, Try: true}, Index: 0, Name: "f", T: intT},
	}}
	agg := &Aggregate{Input: &WindowAssign{Input: proj, Window: Window{Kind: Tumble, Size: 10}}, Window: &Window{Kind: Attached, Start: 3, End: 4}, Keys: []int{0},
		Names: []string{"window_start", "window_end", "x", "n"}, Types: []catalog.Type{intT, intT, intT, intT},
		Aggs: []AggCall{{Fn: "sum", Args: []int{1}, ArgTypes: []catalog.Type{intT}, Filter: -1, T: intT}}, Phase: Final, TwoPhase: true}
	vals := &Values{Rows: [][]Expr{{&Const{T: intT, Text: "1"}}, {&Param{N: 2, T: intT}}}, Cols: catalog.Schema{{Name: "v", Type: intT}}}
	join := &Join{Left: agg, Right: &Unnest{Input: vals, X: &Call{Fn: "array", Args: []Expr{col(0)}, T: catalog.ArrayOf(intT)}, Cols: catalog.Schema{{Name: "e", Type: intT}}, Outer: true},
		Kind: Left, LeftKeys: []int{2}, RightKeys: []int{0}, Residual: cond, Time: &JoinTime{Lower: -1, Upper: 1}}
	sorted := &Sort{Input: &Exchange{Input: join, Keys: []int{0}, Parallelism: 2}, Keys: []SortKey{{Col: 1, Desc: true}}, Limit: -1}
	limit := &Limit{Input: sorted, Count: 0, CountParam: 1, OffsetParam: 2}
	return &Query{Root: &Sink{Input: &Union{Ins: []Node{limit, limit}, Names: []string{"a", "b", "c", "d", "e", "f"}}, Table: catalog.Table{Name: "s"}},
		Params: []catalog.Type{intT, intT}, Notices: []string{"n"}, Parallelism: 2, Uses: []string{"t", "s"}}
}

func TestRoundTrip(t *testing.T) {
	q := sample()
	data, err := MarshalQuery(q)
	if err != nil {
		t.Fatal(err)
	}
	back, err := UnmarshalQuery(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(q, back); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(string(data), `{"version":1,`) {
		t.Errorf("%.40s", data)
	}
}

// TestUnmarshalBad: what is no plan is an error, not a panic or half a plan.
func TestUnmarshalBad(t *testing.T) {
	for _, s := range []string{
		``, `[]`, `{"version":2,"root":{"node":"scan"}}`, `{"version":1}`, `{"version":1,"root":{"node":"teapot"}}`,
		`{"version":1,"root":{"node":"filter"}}`, `{"version":1,"root":{"node":"limit"}}`, `{"version":1,"root":{"node":"union"}}`,
		`{"version":1,"root":{"node":"project","names":["a"],"inputs":[{"node":"scan"}]}}`,
		`{"version":1,"root":{"node":"join","inputs":[{"node":"scan"}]}}`,
		`{"version":1,"root":{"node":"filter","exprs":[{"expr":"teapot"}],"inputs":[{"node":"scan"}]}}`,
		`{"version":1,"root":{"node":"filter","exprs":[{"expr":"cast"}],"inputs":[{"node":"scan"}]}}`,
		`{"version":1,"root":{"node":"filter","exprs":[{"expr":"case","else":true}],"inputs":[{"node":"scan"}]}}`,
		`{"version":1,"root":{"node":"values","cols":[{"name":"a"}],"rows":[[]]}}`,
	} {
		if q, err := UnmarshalQuery([]byte(s)); err == nil {
			t.Errorf("%s gives %v", s, q)
		}
	}
}

func TestFingerprint(t *testing.T) {
	base := Fingerprint(sample())
	rename := func(n Node) Node {
		if p, ok := n.(*Project); ok {
			c := *p
			c.Names = []string{"other", "names", "here"}
			return &c
		}
		return MapExprs(n, func(x Expr) Expr {
			return TransformExpr(x, func(x Expr) Expr {
				if c, ok := x.(*Col); ok {
					return &Col{Index: c.Index, Name: "renamed", T: c.T, P: 99}
				}
				return x
			})
		})
	}
	q := sample()
	q.Root = Transform(q.Root, rename)
	q.Notices = nil
	if Fingerprint(q) != base {
		t.Error("names and positions count")
	}
	bound, err := BindParams(sample(), []*Const{{Text: "1"}, {Text: "2"}})
	if err != nil {
		t.Fatal(err)
	}
	if Fingerprint(bound) == base {
		t.Error("a parameter's value does not count")
	}
	q = sample()
	q.Parallelism = 3
	if Fingerprint(q) == base {
		t.Error("parallelism does not count")
	}
}

func TestBindParams(t *testing.T) {
	q := sample()
	before, _ := MarshalQuery(q)
	out, err := BindParams(q, []*Const{{Text: "5"}, {Null: true}})
	if err != nil {
		t.Fatal(err)
	}
	Walk(out.Root, func(n Node) bool {
		for _, x := range Exprs(n) {
			WalkExpr(x, func(e Expr) bool {
				if p, ok := e.(*Param); ok {
					t.Errorf("%T still has $%d", n, p.N)
				}
				return true
			})
		}
		if l, ok := n.(*Limit); ok && (l.Count != 5 || l.Offset != 0 || l.CountParam+l.OffsetParam != 0) {
			t.Errorf("limit %+v", l)
		}
		return true
	})
	if after, _ := MarshalQuery(q); !slices.Equal(before, after) {
		t.Error("the plan itself has changed")
	}
	_, err = BindParams(q, []*Const{{Text: "-5"}, {Text: "1"}})
	if sqlerr.CodeOf(err) != sqlerr.InvalidLimit {
		t.Errorf("negative limit: %v", err)
	}
	_, err = BindParams(q, []*Const{{Text: "5"}, {Text: "-1"}})
	if sqlerr.CodeOf(err) != sqlerr.InvalidOffset {
		t.Errorf("negative offset: %v", err)
	}
}

func TestEqual(t *testing.T) {
	a := &Call{Fn: "+", Args: []Expr{col(0), &Const{T: intT, Text: "1"}}, T: intT, P: 3}
	b := &Call{Fn: "+", Args: []Expr{&Col{Index: 0, T: intT}, &Const{T: intT, Text: "1", P: 9}}, T: intT}
	if !Equal(a, b) {
		t.Error("positions and names count")
	}
	for _, c := range []Expr{
		col(0), &Call{Fn: "-", Args: a.Args, T: intT}, &Call{Fn: "+", Args: []Expr{col(1), a.Args[1]}, T: intT},
		&Call{Fn: "+", Args: []Expr{a.Args[0], &Const{T: intT, Text: "2"}}, T: intT}, &Call{Fn: "+", Args: a.Args[:1], T: intT}, nil,
	} {
		if Equal(a, c) || Equal(c, a) {
			t.Errorf("equal to %v", c)
		}
	}
}

// TestTransformShares: what does not change is not copied.
func TestTransformShares(t *testing.T) {
	q := sample()
	if out := Transform(q.Root, func(n Node) Node { return n }); out != q.Root {
		t.Error("the plan was copied")
	}
	x := Exprs(q.Root.Inputs()[0].Inputs()[0].Inputs()[0].Inputs()[0].Inputs()[0])[0]
	if out := TransformExpr(x, func(x Expr) Expr { return x }); out != x {
		t.Error("the expression was copied")
	}
}
