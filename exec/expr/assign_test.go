package expr

import (
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/planner/plan"
)

// TestAssign compares conversions into a column with those that a user asks
// for: the first refuse to lose anything but blanks.
func TestAssign(t *testing.T) {
	short := catalog.Type{Kind: catalog.Varchar, P: 3}
	text := func(s string) plan.Expr { return &plan.Const{T: catalog.Of(catalog.Varchar), Text: s} }
	for _, c := range []struct {
		x              plan.Expr
		assigned, cast string
	}{
		{text("äbc"), "äbc", "äbc"},
		{text("äbc  "), "äbc", "äbc"},
		{text("äbcd"), "22001: value too long for type character varying(3)", "äbc"},
		{text("ab   x"), "22001: value too long for type character varying(3)", "ab "},
		{&plan.Const{T: catalog.Of(catalog.Int), Text: "1234"}, "22001: value too long for type character varying(3)", "123"},
		{&plan.Const{T: catalog.Of(catalog.Boolean), Text: "t"}, "22001: value too long for type character varying(3)", "tru"},
	} {
		for assign, want := range map[bool]string{true: c.assigned, false: c.cast} {
			e := &plan.Cast{X: c.x, T: short, Assign: assign}
			got, err := evalOne(e, testEnv())
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("%v, assign %v: is %s, want %s", c.x, assign, got, want)
			}
		}
	}
}
