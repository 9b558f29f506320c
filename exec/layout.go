package exec

import "github.com/penstock/penstock/catalog"

// LayoutOf gives the layout that values of a type are kept in. VOID and
// UNKNOWN, which no stored column has, lie as Strings.
func LayoutOf(t catalog.Type) Layout {
	switch t.Kind {
	case catalog.Boolean:
		return Bools
	case catalog.SmallInt, catalog.Int, catalog.BigInt, catalog.Date, catalog.Time, catalog.Timestamp, catalog.TimestampLTZ:
		return Ints
	case catalog.Real, catalog.Double:
		return Floats
	case catalog.Decimal:
		return Decimals
	case catalog.Interval:
		return Intervals
	case catalog.Array:
		return List
	case catalog.Row:
		return Struct
	case catalog.Map:
		return MapOf
	}
	return Strings
}

// NewColumnOf makes an empty column for values of a type, with the columns of
// its elements or fields beneath.
func NewColumnOf(t catalog.Type) *Column {
	switch t.Kind {
	case catalog.Array:
		return NewColumn(List, NewColumnOf(*t.Elem))
	case catalog.Map:
		return NewColumn(MapOf, NewColumnOf(*t.Key), NewColumnOf(*t.Elem))
	case catalog.Row:
		kids := make([]*Column, len(t.Fields))
		for i, f := range t.Fields {
			kids[i] = NewColumnOf(f.Type)
		}
		return NewColumn(Struct, kids...)
	}
	return NewColumn(LayoutOf(t))
}
