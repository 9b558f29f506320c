package expr

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

func TestRegistry(t *testing.T) {
	fs := Builtin()
	names := fs.Names()
	if !slices.IsSorted(names) || len(names) < 200 {
		t.Errorf("%d names, sorted %v", len(names), slices.IsSorted(names))
	}
	for _, n := range names {
		if n != strings.ToLower(n) {
			t.Errorf("%s is not in small letters", n)
		}
		if len(fs.Signatures(strings.ToUpper(n))) == 0 {
			t.Errorf("%s has no signature", n)
		}
	}
	for _, s := range fs.All() {
		if s.Doc == "" || s.Example == "" || s.Name == "" {
			t.Errorf("%s has no documentation", s.Name)
		}
		if s.RetOf == nil && hasUnknown(s.Ret) {
			t.Errorf("%s: the result's type is not known", s.Name)
		}
	}
	if fs.Signatures("no_such_function") != nil {
		t.Error("a function that does not exist has signatures")
	}
}

func hasUnknown(t catalog.Type) bool {
	return t.Kind == catalog.Unknown || t.Elem != nil && hasUnknown(*t.Elem)
}

// TestEveryFunctionIsTested: each has an example with its result, which
// internal/difftest runs, or changes with time or the session.
func TestEveryFunctionIsTested(t *testing.T) {
	for _, n := range Builtin().Names() {
		f := builtin.find(n)
		if !f.volatile && !f.stable && !strings.Contains(f.example, " → ") {
			t.Errorf("%s is tested nowhere", n)
		}
	}
}

func TestFold(t *testing.T) {
	env := testEnv()
	for _, c := range []struct{ in, want string }{
		{"(+ int:1 (* int:2 int:3))", "7"},
		{"(|| text:a text:NULL)", "NULL"},
		{"(cast ts text:'2024-01-01T00:00:00Z')", "2024-01-01 00:00:00"},
		{"(/ int:1 int:0)", "22012: division by zero"},
		{"(case bool:t int:1 (/ int:1 int:0))", "1"},
		{"(random)", "left"},
		{"(array int:1 int:2)", "left"},
		{"(now)", "2024-02-29 12:34:56.789012+00"},
		{"(proctime)", "left"},
	} {
		if got := folded(t, c.in, env); got != c.want {
			t.Errorf("%s: %s, want %s", c.in, got, c.want)
		}
	}
	if got := folded(t, "(now)", nil); got != "left" {
		t.Errorf("now() without a time is %s", got)
	}
	k, err := Fold(callOf(t, "+", intCol(0), intConst(1)), env)
	if k != nil || err != nil {
		t.Errorf("a column folds to %v, %v", k, err)
	}
}

func folded(t *testing.T, in string, env *Env) string {
	k, err := Fold(parse(t, in), env)
	switch {
	case err != nil:
		e := sqlerr.From(err)
		return string(e.Code) + ": " + e.Message
	case k == nil:
		return "left"
	case k.Null:
		return "NULL"
	}
	return k.Text
}

// TestBadPlans: a plan that the planner would not make gives an error.
func TestBadPlans(t *testing.T) {
	text := &plan.Const{T: catalog.Of(catalog.Varchar), Text: "x"}
	boolean := catalog.Of(catalog.Boolean)
	for _, e := range []plan.Expr{
		&plan.Call{Fn: "no_such", T: boolean},
		&plan.Call{Fn: "+", Args: []plan.Expr{text, intConst(1)}, T: catalog.Of(catalog.Int)},
		&plan.Call{Fn: "=", Args: []plan.Expr{text, intConst(1)}, T: boolean},
		&plan.Call{Fn: "abs", Args: []plan.Expr{intConst(1)}, T: catalog.Of(catalog.Varchar)},
		&plan.Call{Fn: "count", T: catalog.Of(catalog.BigInt)},
		&plan.Call{Fn: "coalesce", Args: []plan.Expr{text, intConst(1)}, T: text.T},
		&plan.Case{Whens: []plan.When{{Cond: text, Then: text}}, T: text.T},
		&plan.Case{Whens: []plan.When{{Cond: &plan.Const{T: boolean, Text: "t"}, Then: intConst(1)}}, T: text.T},
		&plan.FieldOf{X: text, T: text.T},
		&plan.Param{N: 1, T: text.T},
		&plan.Const{T: boolean, Text: "maybe"},
		&plan.Cast{X: intConst(1), T: catalog.Of(catalog.Date)},
	} {
		if _, err := Compile(e, nil); err == nil {
			t.Errorf("%#v compiles", e)
		}
	}
	if _, err := NewAggregate("sum", []catalog.Type{boolean}, boolean, false); sqlerr.CodeOf(err) != sqlerr.UndefinedFunction {
		t.Errorf("sum(boolean): %v", err)
	}
	deep := intCol(0)
	for range maxDepth + 10 {
		deep = callOf(t, "-", deep)
	}
	if _, err := Compile(deep, nil); sqlerr.CodeOf(err) != sqlerr.StatementTooComplex {
		t.Errorf("deep nesting: %v", err)
	}
}

// TestZonedText: instants are shown and read in the zone given.
func TestZonedText(t *testing.T) {
	zone := time.FixedZone("x", 2*3600)
	typ := catalog.Of(catalog.TimestampLTZ)
	c := exec.NewColumnOf(typ)
	if err := AppendConstIn(c, typ, []byte("2024-01-01 12:00:00"), zone); err != nil {
		t.Fatal(err)
	}
	if got := string(AppendTextIn(nil, typ, c, 0, zone)); got != "2024-01-01 12:00:00+02" {
		t.Error(got)
	}
	if got := string(AppendText(nil, typ, c, 0)); got != "2024-01-01 10:00:00+00" {
		t.Error(got)
	}
}
