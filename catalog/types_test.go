package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTypeTable(t *testing.T) {
	dec := Type{Kind: Decimal, P: 10, S: 2}
	varchar := Type{Kind: Varchar, P: 20}
	ts3 := Of(Timestamp).WithFrac(3)
	row := Type{Kind: Row, Fields: []Field{{"a", Of(Int)}, {"b", ArrayOf(Of(Varchar))}}}
	for _, c := range []struct {
		t          Type
		oid, array uint32
		mod        int32
		pg, arrow  string
	}{
		{Of(Boolean), 16, 1000, -1, "boolean", "bool"},
		{Of(SmallInt), 21, 1005, -1, "smallint", "int16"},
		{Of(Int), 23, 1007, -1, "integer", "int32"},
		{Of(BigInt), 20, 1016, -1, "bigint", "int64"},
		{Of(Real), 700, 1021, -1, "real", "float"},
		{Of(Double), 701, 1022, -1, "double precision", "double"},
		{Of(Decimal), 1700, 1231, -1, "numeric", "decimal128(38, 18)"},
		{dec, 1700, 1231, 10<<16 | 2 + 4, "numeric(10,2)", "decimal128(10, 2)"},
		{Of(Varchar), 25, 1009, -1, "text", "utf8"},
		{varchar, 1043, 1015, 24, "character varying(20)", "utf8"},
		{Of(Bytes), 17, 1001, -1, "bytea", "binary"},
		{Of(Date), 1082, 1182, -1, "date", "date32[day]"},
		{Of(Time), 1083, 1183, -1, "time without time zone", "time64[us]"},
		{Of(Time).WithFrac(0), 1083, 1183, 0, "time(0) without time zone", "time64[us]"},
		{Of(Timestamp), 1114, 1115, -1, "timestamp without time zone", "timestamp[us]"},
		{ts3, 1114, 1115, 3, "timestamp(3) without time zone", "timestamp[us]"},
		{Of(TimestampLTZ), 1184, 1185, -1, "timestamp with time zone", "timestamp[us, tz=UTC]"},
		{Of(TimestampLTZ).WithFrac(6), 1184, 1185, 6, "timestamp(6) with time zone", "timestamp[us, tz=UTC]"},
		{Of(Interval), 1186, 1187, -1, "interval", "month_day_nano_interval"},
		{Of(JSON), 114, 199, -1, "json", "utf8"},
		{ArrayOf(Of(BigInt)), 1016, 1016, -1, "bigint[]", "list<item: int64>"},
		{ArrayOf(ArrayOf(varchar)), 1015, 1015, 24, "character varying(20)[]", "list<item: list<item: utf8>>"},
		{row, 114, 199, -1, "json", "struct<a: int32, b: list<item: utf8>>"},
		{MapOf(Of(Varchar), Of(Double)), 114, 199, -1, "json", "map<utf8, double>"},
		{ArrayOf(row), 199, 199, -1, "json[]", "list<item: struct<a: int32, b: list<item: utf8>>>"},
		{Of(Unknown), 705, 0, -1, "unknown", "null"},
		{Of(Void), 2278, 0, -1, "void", "null"},
	} {
		t.Run(c.t.String(), func(t *testing.T) {
			got := []any{OID(c.t), ArrayOID(c.t), TypMod(c.t), PGName(c.t), ArrowName(c.t)}
			if d := cmp.Diff([]any{c.oid, c.array, c.mod, c.pg, c.arrow}, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestFromOID goes from every type to its OID and back.
func TestFromOID(t *testing.T) {
	for k := range NumKinds {
		kind := Kind(k)
		switch kind {
		case Row, Map:
			if got, _ := FromOID(OID(Of(kind))); got.Kind != JSON {
				t.Errorf("%v comes back as %v", Of(kind), got)
			}
			continue
		case Array:
			continue
		}
		for _, typ := range []Type{Of(kind), ArrayOf(Of(kind))} {
			oid := OID(typ)
			if oid == 0 {
				continue // there are no arrays of unknown and void
			}
			if got, ok := FromOID(oid); !ok || !got.Equal(typ) {
				t.Errorf("%v has OID %d, which is %v", typ, oid, got)
			}
		}
		if TypName(Of(kind)) == "" || TypLen(Of(kind)) == 0 {
			t.Errorf("%v: no name or length", Of(kind))
		}
	}
	for _, oid := range []uint32{OIDVarchar, OIDName, OIDBPChar} {
		if got, ok := FromOID(oid); !ok || got.Kind != Varchar {
			t.Errorf("OID %d is %v", oid, got)
		}
	}
	if got, ok := FromOID(600); ok {
		t.Errorf("point is %v", got)
	}
	if TypName(ArrayOf(Of(Int))) != "_int4" || TypLen(ArrayOf(Of(Int))) != -1 {
		t.Error("array of int4")
	}
	OID(Type{Kind: 200}) // must not panic
	PGName(Type{Kind: Array})
}
