package pgwire

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

// TestTextForms holds the text of each type against what PostgreSQL 15 prints
// for the expression beside it.
func TestTextForms(t *testing.T) {
	for _, v := range values {
		col := exec.NewColumnOf(v.typ)
		v.write(col)
		if got := string(textCell(v.typ, time.UTC)(nil, col, 0)); got != v.text {
			t.Errorf("%s: %s, PostgreSQL prints %s", v.sql, got, v.text)
		}
	}
}

// TestBinaryForms has a PostgreSQL driver read both forms of each value.
func TestBinaryForms(t *testing.T) {
	m := pgtype.NewMap()
	for _, v := range values {
		oid := catalog.OID(v.typ)
		typ, ok := m.TypeForOID(oid)
		if !ok {
			t.Fatalf("%s: the driver does not know OID %d", v.name, oid)
		}
		col := exec.NewColumnOf(v.typ)
		v.write(col)
		write, err := binaryCell(v.typ, oid)
		if err != nil {
			t.Fatalf("%s: %v", v.name, err)
		}
		bin := write(nil, col, 0)
		got, err := typ.Codec.DecodeValue(m, oid, pgtype.BinaryFormatCode, bin)
		if err != nil {
			t.Errorf("%s: %v", v.name, err)
			continue
		}
		want, err := typ.Codec.DecodeValue(m, oid, pgtype.TextFormatCode, []byte(v.text))
		if err != nil {
			t.Errorf("%s: %v", v.name, err)
			continue
		}
		if !equalValues(got, want) {
			t.Errorf("%s: binary is %v, text %v", v.name, got, want)
		}
		// And back in as a parameter.
		back, err := paramText(nil, bin, oid, 1)
		if err != nil || string(back) != v.text {
			t.Errorf("%s: as a parameter %s %v, not %s", v.name, back, err, v.text)
		}
	}
}

// equalValues compares what the driver made: instants by their instant.
func equalValues(a, b any) bool {
	if x, ok := a.(time.Time); ok {
		y, ok := b.(time.Time)
		return ok && x.Equal(y)
	}
	if x, ok := a.([]any); ok {
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !equalValues(x[i], y[i]) {
				return false
			}
		}
		return true
	}
	if x, ok := a.(pgtype.Numeric); ok {
		xv, _ := x.Value()
		yv, _ := b.(pgtype.Numeric).Value()
		return xv == yv
	}
	return reflect.DeepEqual(a, b)
}

func TestZones(t *testing.T) {
	col := exec.NewColumnOf(catalog.Of(catalog.TimestampLTZ))
	col.AppendInt(1704067200000000)
	col.AppendInt(1719792000000000)
	col.AppendInt(datum.TimestampInfinity)
	for _, tt := range []struct {
		zone string
		want [3]string
	}{
		{"UTC", [3]string{"2024-01-01 00:00:00+00", "2024-07-01 00:00:00+00", "infinity"}},
		{"Europe/Berlin", [3]string{"2024-01-01 01:00:00+01", "2024-07-01 02:00:00+02", "infinity"}},
		{"America/St_Johns", [3]string{"2023-12-31 20:30:00-03:30", "2024-06-30 21:30:00-02:30", "infinity"}},
	} {
		loc, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		write := textCell(catalog.Of(catalog.TimestampLTZ), loc)
		for i, want := range tt.want {
			if got := string(write(nil, col, i)); got != want {
				t.Errorf("%s: %s, want %s", tt.zone, got, want)
			}
		}
	}
}

func TestMapsAreJSON(t *testing.T) {
	typ := catalog.MapOf(catalog.Of(catalog.Varchar), catalog.ArrayOf(catalog.Type{Kind: catalog.Row, Fields: []catalog.Field{
		{Name: "d", Type: catalog.Of(catalog.Double)}, {Name: "t", Type: catalog.Of(catalog.Date)}, {Name: "b", Type: catalog.Of(catalog.Boolean)},
	}}))
	col := exec.NewColumnOf(typ)
	col.Kids[0].AppendString("a\"\n\x01")
	row := col.Kids[1].Kids[0]
	for _, f := range []float64{1.5, math.NaN()} {
		row.Kids[0].AppendFloat(f)
		row.Kids[1].AppendInt(0)
		row.Kids[2].AppendNull()
		row.EndStruct()
	}
	col.Kids[1].EndList()
	col.Kids[0].AppendString("none")
	col.Kids[1].AppendNull()
	col.EndList()
	want := `{"a\"\n\u0001":[{"d":1.5,"t":"1970-01-01","b":null},{"d":"NaN","t":"1970-01-01","b":null}],"none":null}`
	if got := string(textCell(typ, time.UTC)(nil, col, 0)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestNestedArrays(t *testing.T) {
	typ := catalog.ArrayOf(catalog.ArrayOf(catalog.Of(catalog.Varchar)))
	col := exec.NewColumnOf(typ)
	for _, s := range []string{"a", "b c"} {
		col.Kids[0].Kids[0].AppendString(s)
		col.Kids[0].EndList()
	}
	col.EndList()
	if got := string(textCell(typ, time.UTC)(nil, col, 0)); got != `{{a},{"b c"}}` {
		t.Error(got)
	}
	if oid := catalog.OID(typ); oid != 1009 {
		t.Errorf("OID %d", oid)
	}
	if _, err := binaryCell(typ, 1009); err == nil {
		t.Error("the binary form of nested arrays is refused")
	}
}

// TestBadParams: what a client sends in binary is checked before it is read.
func TestBadParams(t *testing.T) {
	for _, tt := range []struct {
		oid uint32
		raw string
	}{
		{catalog.OIDInt8, "\x00"}, {catalog.OIDBool, ""}, {catalog.OIDDate, "\x00\x00\x00"}, {catalog.OIDDate, "\x7f\xff\xff\xfe"}, {catalog.OIDTimestamp, "\x7f\xff\xff\xff\xff\xff\xff\xfe"},
		{catalog.OIDTime, "\xff\xff\xff\xff\xff\xff\xff\xff"}, {oidUUID, "abc"}, {catalog.OIDJSONB, "\x02{}"}, {catalog.OIDJSONB, ""}, {catalog.OIDNumeric, "\x00\x09"}, {600, "x"},
		{1007, ""}, {1007, "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x17"},
		{1007, "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x17\x7f\xff\xff\xff\x00\x00\x00\x01"},
		{1007, "\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00\x17" + "\x00\x10\x00\x00\x00\x00\x00\x01\x00\x10\x00\x00\x00\x00\x00\x01\x00\x10\x00\x00\x00\x00\x00\x01" +
			"\x00\x10\x00\x00\x00\x00\x00\x01\x00\x10\x00\x00\x00\x00\x00\x01\x00\x10\x00\x00\x00\x00\x00\x01"},
		{1007, "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x19\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00"},
		{1007, "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x17\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x09\x00\x00\x00\x00"},
	} {
		if got, err := paramText(nil, []byte(tt.raw), tt.oid, 1); err == nil {
			t.Errorf("OID %d, %q: taken as %s", tt.oid, tt.raw, got)
		}
	}
	for raw, want := range map[string]string{
		"\x00\x05": "5", "\xff\xff\xff\xfe": "-2", "\x00\x00\x00\x01\x00\x00\x00\x00": "4294967296",
	} {
		if got, err := paramText(nil, []byte(raw), catalog.OIDInt8, 1); err != nil || string(got) != want {
			t.Errorf("%q: %s %v", raw, got, err)
		}
	}
}

// TestRowsAllocateNothing: sending a row costs no memory once the buffer has grown.
func TestRowsAllocateNothing(t *testing.T) {
	cols := columns{schema: typesSchema()}
	b := newBatch(cols.schema)
	appendTypes(b)
	for _, formats := range [][]int16{nil, {1}} {
		rows, err := newDataRows(cols, formats, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		csv, err := newCopyRows(copyOpt{format: "csv", delimiter: ',', quote: '"', escape: '"'}, cols, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		var buf []byte
		if n := testing.AllocsPerRun(100, func() {
			buf = rows.appendRow(buf[:0], b, 0)
			buf = rows.appendRow(buf, b, 1)
			buf = csv.appendRow(buf, b, 0)
		}); n > 0 {
			t.Errorf("formats %v: %v allocations a row", formats, n)
		}
	}
}

func BenchmarkDataRow(b *testing.B) {
	cols := columns{schema: relations["ticks"]}
	batch := newBatch(cols.schema)
	for i := range int64(1024) {
		appendTick(batch, i)
	}
	for name, formats := range map[string][]int16{"text": nil, "binary": {1}} {
		b.Run(name, func(b *testing.B) {
			rows, err := newDataRows(cols, formats, time.UTC)
			if err != nil {
				b.Fatal(err)
			}
			var buf []byte
			for b.Loop() {
				buf = buf[:0]
				for i := range batch.N {
					buf = rows.appendRow(buf, batch, i)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(batch.N), "ns/row")
		})
	}
}
