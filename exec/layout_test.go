package exec

import (
	"testing"

	"github.com/penstock/penstock/catalog"
)

func TestNewColumnOf(t *testing.T) {
	row := catalog.Type{Kind: catalog.Row, Fields: []catalog.Field{
		{Name: "a", Type: catalog.Of(catalog.Int)},
		{Name: "b", Type: catalog.ArrayOf(catalog.MapOf(catalog.Of(catalog.Varchar), catalog.Of(catalog.Decimal)))},
	}}
	c := NewColumnOf(row)
	if c.Layout != Struct || len(c.Kids) != 2 || c.Kids[0].Layout != Ints {
		t.Fatalf("row column is %+v", c)
	}
	m := c.Kids[1].Kids[0]
	if c.Kids[1].Layout != List || m.Layout != MapOf || m.Kids[0].Layout != Strings || m.Kids[1].Layout != Decimals {
		t.Fatalf("nested column is %+v", c.Kids[1])
	}
	// A NULL and then every kind of nested value must leave equally long kids.
	c.AppendNull()
	if c.Len() != 1 || c.Kids[0].Len() != 1 || c.Kids[1].Len() != 1 {
		t.Fatalf("lengths %d %d %d", c.Len(), c.Kids[0].Len(), c.Kids[1].Len())
	}
}

func TestLayoutOfEveryKind(t *testing.T) {
	want := map[catalog.Kind]Layout{
		catalog.Boolean: Bools, catalog.SmallInt: Ints, catalog.Int: Ints, catalog.BigInt: Ints,
		catalog.Real: Floats, catalog.Double: Floats, catalog.Decimal: Decimals, catalog.Varchar: Strings,
		catalog.Bytes: Strings, catalog.Date: Ints, catalog.Time: Ints, catalog.Timestamp: Ints,
		catalog.TimestampLTZ: Ints, catalog.Interval: Intervals, catalog.JSON: Strings,
		catalog.Array: List, catalog.Row: Struct, catalog.Map: MapOf,
		catalog.Unknown: Strings, catalog.Void: Strings,
	}
	for k := range catalog.NumKinds {
		if got := LayoutOf(catalog.Of(catalog.Kind(k))); got != want[catalog.Kind(k)] {
			t.Errorf("%v: layout %d", catalog.Of(catalog.Kind(k)), got)
		}
	}
}
