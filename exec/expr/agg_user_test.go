package expr

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

var (
	tBig    = catalog.Of(catalog.BigInt)
	tDouble = catalog.Of(catalog.Double)
	tText   = catalog.Of(catalog.Varchar)
)

func col(i int, t catalog.Type) plan.Expr { return &plan.Col{Index: i, T: t} }
func lit(t catalog.Type, text string) plan.Expr {
	return &plan.Const{T: t, Text: text, Null: text == "NULL"}
}
func fn(name string, t catalog.Type, args ...plan.Expr) plan.Expr {
	return &plan.Call{Fn: name, Args: args, T: t}
}

// ewma is that of the dialect's description: s = COALESCE(0.9*s + 0.1*x, x).
func ewma() *plan.UserAgg {
	s, x := col(0, tDouble), col(1, tDouble)
	sum := fn("+", tDouble, fn("*", tDouble, lit(tDouble, "0.9"), s), fn("*", tDouble, lit(tDouble, "0.1"), x))
	return &plan.UserAgg{State: []catalog.Type{tDouble}, Init: []plan.Expr{lit(tDouble, "NULL")},
		Accumulate: []plan.Expr{fn("coalesce", tDouble, sum, x)}, Result: s}
}

// mean adds and counts, and can be merged.
func mean() *plan.UserAgg {
	s, n, x := col(0, tBig), col(1, tBig), col(2, tBig)
	return &plan.UserAgg{State: []catalog.Type{tBig, tBig}, Init: []plan.Expr{lit(tBig, "1000"), lit(tBig, "0")},
		Accumulate: []plan.Expr{fn("+", tBig, s, x), fn("+", tBig, n, lit(tBig, "1"))},
		Merge:      []plan.Expr{fn("-", tBig, fn("+", tBig, s, col(2, tBig)), lit(tBig, "1000")), fn("+", tBig, n, col(3, tBig))},
		Result:     fn("/", tBig, s, n)}
}

// joined joins texts: its state has no fixed size.
func joined() *plan.UserAgg {
	s, x := col(0, tText), col(1, tText)
	return &plan.UserAgg{State: []catalog.Type{tText}, Init: []plan.Expr{lit(tText, ">")},
		Accumulate: []plan.Expr{fn("||", tText, s, x)}, Result: s}
}

func newUser(t testing.TB, u *plan.UserAgg, args []catalog.Type, distinct bool) exec.Aggregate {
	t.Helper()
	a, err := NewUserAggregate(u, args, distinct, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// resultsOf gives the results of the first n groups, asked for in order.
func resultsOf(t testing.TB, a exec.Aggregate, like catalog.Type, n int) string {
	t.Helper()
	out := exec.NewColumnOf(like)
	for g := range n {
		if err := a.AppendResult(out, g); err != nil {
			t.Fatal(err)
		}
	}
	var s []string
	for i := range n {
		switch {
		case out.IsNull(i):
			s = append(s, "NULL")
		case out.Layout == exec.Strings:
			s = append(s, string(out.Str(i)))
		case out.Layout == exec.Floats:
			s = append(s, fmt.Sprintf("%.4f", out.Float[i]))
		default:
			s = append(s, fmt.Sprint(out.Int[i]))
		}
	}
	return strings.Join(s, " ")
}

func TestEwma(t *testing.T) {
	a := newUser(t, ewma(), []catalog.Type{tDouble}, false)
	a.Resize(3)
	x := exec.NewColumn(exec.Floats)
	for _, v := range []float64{100, 1, 200, 2, 0, 3} {
		x.AppendFloat(v)
	}
	x.AppendNull()
	// Group 0 sees 100, 200, 0; group 1 sees 1, 2, 3; group 2 nothing.
	if err := a.Update([]int32{0, 1, 0, 1, 0, 1}, []*exec.Column{x}, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := resultsOf(t, a, tDouble, 3), "99.0000 1.2900 NULL"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// A NULL makes the sum NULL, and COALESCE then takes the NULL itself.
	if err := a.Update([]int32{1}, []*exec.Column{x}, []int32{6}); err != nil {
		t.Fatal(err)
	}
	if got, want := resultsOf(t, a, tDouble, 3), "99.0000 NULL NULL"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	a.Reset()
	a.Resize(1)
	if got := resultsOf(t, a, tDouble, 1); got != "NULL" {
		t.Errorf("after Reset: %s", got)
	}
	if a.State() != nil {
		t.Error("an aggregate without MERGE has a partial state")
	}
}

// All assignments see the state as it was before the row.
func TestUserAggregateAssignsAtOnce(t *testing.T) {
	u := &plan.UserAgg{State: []catalog.Type{tBig, tBig}, Init: []plan.Expr{lit(tBig, "1"), lit(tBig, "2")},
		Accumulate: []plan.Expr{col(1, tBig), col(0, tBig)}, Result: fn("-", tBig, col(0, tBig), col(1, tBig))}
	a := newUser(t, u, nil, false)
	a.Resize(1)
	for _, want := range []string{"1", "-1", "1"} {
		if err := a.Update([]int32{0}, nil, nil); err != nil {
			t.Fatal(err)
		}
		if got := resultsOf(t, a, tBig, 1); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// However the rows are cut into batches and lanes, the result is that of one row
// after the other.
func TestUserAggregateProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(rt, "groups")
		type row struct {
			group int32
			v     int64
		}
		rows := rapid.SliceOf(rapid.Custom(func(t *rapid.T) row {
			return row{int32(rapid.IntRange(0, n-1).Draw(t, "group")), rapid.Int64Range(0, 9).Draw(t, "value")}
		})).Draw(rt, "rows")
		type want struct {
			sum, n int64
			text   string
		}
		wants := make([]want, n)
		for i := range wants {
			wants[i] = want{sum: 1000, text: ">"}
		}
		lanes := []exec.Aggregate{newUser(t, mean(), []catalog.Type{tBig}, false), newUser(t, mean(), []catalog.Type{tBig}, false)}
		text := newUser(t, joined(), []catalog.Type{tText}, false)
		for _, a := range append(lanes, text) {
			a.Resize(n)
		}
		for len(rows) > 0 {
			k := rapid.IntRange(1, len(rows)).Draw(rt, "batch")
			vals, texts := exec.NewColumn(exec.Ints), exec.NewColumn(exec.Strings)
			var groups, sel []int32
			for i, r := range rows[:k] {
				vals.AppendInt(-1) // a row that does not count
				vals.AppendInt(r.v)
				texts.AppendString("?")
				texts.AppendString(fmt.Sprint(r.v))
				groups, sel = append(groups, r.group), append(sel, int32(2*i+1))
				w := &wants[r.group]
				w.sum, w.n, w.text = w.sum+r.v, w.n+1, w.text+fmt.Sprint(r.v)
			}
			rows = rows[k:]
			lane := rapid.IntRange(0, 1).Draw(rt, "lane")
			if err := lanes[lane].Update(groups, []*exec.Column{vals}, sel); err != nil {
				rt.Fatal(err)
			}
			if err := text.Update(groups, []*exec.Column{texts}, sel); err != nil {
				rt.Fatal(err)
			}
		}
		final := newUser(t, mean(), []catalog.Type{tBig}, false)
		final.Resize(n)
		for _, lane := range lanes {
			var state []*exec.Column
			for _, l := range lane.State() {
				state = append(state, exec.NewColumn(l))
			}
			var groups []int32
			for g := range n {
				lane.AppendState(state, g)
				groups = append(groups, int32(g))
			}
			if err := final.Merge(groups, state, nil); err != nil {
				rt.Fatal(err)
			}
		}
		var texts []string
		for g, w := range wants {
			texts = append(texts, w.text)
			out := exec.NewColumn(exec.Ints)
			switch err := final.AppendResult(out, g); {
			case w.n == 0 && sqlerr.CodeOf(err) != sqlerr.DivisionByZero:
				rt.Fatalf("group %d without rows: %v", g, err)
			case w.n > 0 && (err != nil || out.Int[0] != w.sum/w.n):
				rt.Fatalf("group %d: %v, want %d", g, err, w.sum/w.n)
			}
		}
		if got := resultsOf(t, text, tText, n); got != strings.Join(texts, " ") {
			rt.Fatalf("got %q, want %q", got, texts)
		}
	})
}

// Values that have been replaced do not pile up.
func TestUserAggregateKeepsMemoryBounded(t *testing.T) {
	u := joined()
	u.Accumulate = []plan.Expr{col(1, tText)} // the last value
	a := newUser(t, u, []catalog.Type{tText}, false)
	a.Resize(2)
	x := exec.NewColumn(exec.Strings)
	for i := range 500 {
		x.AppendString(strings.Repeat("x", 1000) + fmt.Sprint(i))
	}
	groups := make([]int32, 500)
	for range 20 {
		if err := a.Update(groups, []*exec.Column{x}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := a.(Sized).Bytes(); n > 4<<20 {
		t.Errorf("%d bytes are held for one text", n)
	}
	if got := resultsOf(t, a, tText, 2); got != strings.Repeat("x", 1000)+"499 >" {
		t.Errorf("got %s", got)
	}
}

func TestUserAggregateDistinct(t *testing.T) {
	a := newUser(t, joined(), []catalog.Type{tText}, true)
	a.Resize(1)
	x := exec.NewColumn(exec.Strings)
	for _, s := range []string{"a", "b", "a", "c", "b"} {
		x.AppendString(s)
	}
	if err := a.Update(make([]int32, 5), []*exec.Column{x}, nil); err != nil {
		t.Fatal(err)
	}
	if got := resultsOf(t, a, tText, 1); got != ">abc" {
		t.Errorf("got %s", got)
	}
}

func TestUserAggregateRefused(t *testing.T) {
	list := mean()
	list.State[0] = catalog.ArrayOf(tBig)
	list.Init[0] = &plan.Const{T: catalog.ArrayOf(tBig), Null: true}
	if _, err := NewUserAggregate(list, nil, false, nil); sqlerr.CodeOf(err) != sqlerr.FeatureNotSupported {
		t.Errorf("MERGE of arrays: %v", err)
	}
	if _, err := NewUserAggregate(ewma(), nil, true, nil); err == nil {
		t.Error("DISTINCT without an argument is taken")
	}
	wrong := ewma()
	wrong.Accumulate = []plan.Expr{lit(tText, "x")}
	if _, err := NewUserAggregate(wrong, []catalog.Type{tDouble}, false, nil); err == nil {
		t.Error("a text is assigned to a number")
	}
	div := ewma()
	div.Accumulate = []plan.Expr{fn("/", tDouble, lit(tDouble, "1"), col(1, tDouble))}
	a := newUser(t, div, []catalog.Type{tDouble}, false)
	a.Resize(1)
	zero := exec.NewColumn(exec.Floats)
	zero.AppendFloat(0)
	if err := a.Update([]int32{0}, []*exec.Column{zero}, nil); sqlerr.CodeOf(err) != sqlerr.DivisionByZero {
		t.Errorf("1/0: %v", err)
	}
}

// BenchmarkEwma applies batches of 512 rows of 1, 16 and 512 groups.
func BenchmarkEwma(b *testing.B) {
	x := exec.NewColumn(exec.Floats)
	for i := range 512 {
		x.AppendFloat(float64(i))
	}
	for _, n := range []int{1, 16, 512} {
		b.Run(fmt.Sprintf("groups=%d", n), func(b *testing.B) {
			a := newUser(b, ewma(), []catalog.Type{tDouble}, false)
			a.Resize(n)
			groups := make([]int32, 512)
			for i := range groups {
				groups[i] = int32(i % n)
			}
			args := []*exec.Column{x}
			rows := 0
			for b.Loop() {
				if err := a.Update(groups, args, nil); err != nil {
					b.Fatal(err)
				}
				rows += 512
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
		})
	}
}
