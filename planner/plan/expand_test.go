package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
)

func TestExpandTravels(t *testing.T) {
	big := catalog.Of(catalog.BigInt)
	col := &Col{Index: 0, Name: "a", T: big}
	in := &Values{Cols: catalog.Schema{{Name: "a", Type: big}}, Rows: [][]Expr{{&Const{T: big, Text: "1"}}}}
	e := &Expand{Input: in, Lookup: &catalog.Table{Name: "l", Lookup: true}, Args: []Expr{col}, Keys: []int{0}, Columns: []int{1},
		Cols: catalog.Schema{{Name: "b", Type: big}}, Left: true, WindowEnd: -1, Residual: &Call{Fn: ">", Args: []Expr{col, &Col{Index: 1, T: big}}, T: catalog.Of(catalog.Boolean)}}
	agg := &Aggregate{Input: e, Keys: []int{}, Names: []string{"s"}, Types: []catalog.Type{big}, Aggs: []AggCall{{Fn: "mine", Args: []int{0}, ArgTypes: []catalog.Type{big}, Filter: -1, T: big,
		User: &UserAgg{State: []catalog.Type{big}, Init: []Expr{&Const{T: big, Null: true}}, Accumulate: []Expr{col}, Result: col}}}}
	q := &Query{Root: agg}
	data, err := MarshalQuery(q)
	if err != nil {
		t.Fatal(err)
	}
	back, err := UnmarshalQuery(data)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(q, back); d != "" {
		t.Error(d)
	}
	if Fingerprint(q) != Fingerprint(back) {
		t.Error("other fingerprint")
	}
}
