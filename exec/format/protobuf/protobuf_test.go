package protobuf

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format/formattest"
	"github.com/penstock/penstock/exec/format/formattest/rows"
	"github.com/penstock/penstock/exec/format/schemaregistry"
	"github.com/penstock/penstock/internal/sqlerr"
)

const allTypes = `last VARCHAR
b BOOLEAN
i32 SMALLINT
i64 BIGINT
u32 BIGINT
u64 BIGINT
s32 INT
s64 BIGINT
f32 INT
f64 INT
sf32 INT
sf64 BIGINT
fl REAL
d DOUBLE
s VARCHAR
y BYTES
e VARCHAR
oi INT
r ROW<y VARCHAR, x INT, more ROW<x INT, y VARCHAR> ARRAY>
nums BIGINT ARRAY
texts VARCHAR ARRAY
rows ROW<x INT, y VARCHAR> ARRAY
m MAP<VARCHAR, DOUBLE>
mm MAP<INT, ROW<x INT>>
at TIMESTAMP_LTZ
took INTERVAL
wrapped BIGINT
one VARCHAR
two INT`

// the rows that testdata/make.py has written.
var allRows = []string{
	`{"last":"end","b":true,"i32":-5,"i64":-9223372036854775808,"u32":4294967295,"u64":9223372036854775807,"s32":-2147483648,"s64":9223372036854775807,"f32":7,"f64":8,"sf32":-9,"sf64":-10,"fl":1.5,"d":-0.1,"s":"é","y":"AP8=","e":"BLUE","oi":0,"r":{"y":"in","x":1,"more":[{"x":2,"y":null}]},"nums":[1,-1,1099511627776],"texts":["a",""],"rows":[{"x":1,"y":null},{"x":0,"y":""}],"m":{"a":1.5},"mm":{"3":{"x":4}},"at":"1960-02-29 01:02:03.123456+00","took":"-00:00:01.5","wrapped":0,"one":null,"two":42}`,
	`{"last":"","b":false,"i32":0,"i64":0,"u32":0,"u64":0,"s32":0,"s64":0,"f32":0,"f64":0,"sf32":0,"sf64":0,"fl":0,"d":0,"s":"","y":"","e":"RED","oi":null,"r":null,"nums":[],"texts":[],"rows":[],"m":{},"mm":{},"at":null,"took":null,"wrapped":null,"one":null,"two":null}`,
	`{"last":"u","b":false,"i32":0,"i64":0,"u32":0,"u64":0,"s32":0,"s64":0,"f32":0,"f64":0,"sf32":0,"sf64":0,"fl":0,"d":0,"s":"","y":"","e":"99","oi":null,"r":null,"nums":[],"texts":[],"rows":[],"m":{},"mm":{},"at":null,"took":null,"wrapped":null,"one":"1","two":null}`,
}

func records(t testing.TB) [][]byte {
	t.Helper()
	b, err := os.ReadFile("testdata/all.bin")
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for len(b) > 0 {
		n := int(binary.BigEndian.Uint32(b)) + 4
		out = append(out, b[4:n])
		b = b[n:]
	}
	return out
}

var (
	byFile        = Options{Proto: "testdata/all.proto", Message: "test.All"}
	byDescriptors = Options{Descriptors: "testdata/all.desc", Message: "test.All"}
)

func decoder(t testing.TB, fields []catalog.Column, o Options) *Decoder {
	t.Helper()
	d, err := NewDecoder(fields, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestOthersRecords reads what Google's protobuf has written.
func TestOthersRecords(t *testing.T) {
	fields := formattest.Fields(t, allTypes)
	for _, o := range []Options{byFile, byDescriptors} {
		d := decoder(t, fields, o)
		cols := formattest.Columns(fields)
		for i, rec := range records(t) {
			if err := d.Append(rec, cols); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(allRows[i], rows.Show(t, fields, cols, i)); diff != "" {
				t.Errorf("row %d: %s", i, diff)
			}
		}
		if err := d.Append([]byte{0x12, 0x20, 'x'}, cols); sqlerr.CodeOf(err) != sqlerr.InvalidBinaryRepresent {
			t.Error(err)
		}
		formattest.SameLengths(t, cols, 3)
	}
}

// TestRoundTrip writes the rows, lets the library read them, and reads them
// back.
func TestRoundTrip(t *testing.T) {
	fields := formattest.Fields(t, allTypes)
	b := rows.Batch(t, fields, strings.Join(allRows, "\n"))
	e, err := NewEncoder(fields, byFile)
	if err != nil {
		t.Fatal(err)
	}
	_, md, err := load(&byFile)
	if err != nil {
		t.Fatal(err)
	}
	d := decoder(t, fields, byFile)
	cols := formattest.Columns(fields)
	for i, theirs := range records(t) {
		rec, err := e.Encode([]byte("x"), b, i)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Append(rec[1:], cols); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(allRows[i], rows.Show(t, fields, cols, i)); diff != "" {
			t.Error(diff)
		}
		x, y := dynamicpb.NewMessage(md), dynamicpb.NewMessage(md)
		if err := proto.Unmarshal(rec[1:], x); err != nil {
			t.Fatal(err)
		}
		if err := proto.Unmarshal(theirs, y); err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(x, y) {
			t.Errorf("row %d: ours %v, theirs %v", i, x, y)
		}
	}
}

func TestOthersRead(t *testing.T) {
	python := os.Getenv("PENSTOCK_TEST_PYTHON")
	if python == "" {
		t.Skip("PENSTOCK_TEST_PYTHON names no Python with protobuf and grpcio-tools")
	}
	fields := formattest.Fields(t, allTypes)
	e, err := NewEncoder(fields, byFile)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := e.Encode(nil, rows.Batch(t, fields, allRows[0]), 0)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "rec"), rec, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := osexec.Command(python, "-c", `import sys,os,grpc_tools
from grpc_tools import protoc
d=sys.argv[1]
assert protoc.main(["","-Itestdata","-I"+os.path.join(os.path.dirname(grpc_tools.__file__),"_proto"),"--python_out="+d,"all.proto"])==0
sys.path.insert(0,d)
import all_pb2
m=all_pb2.All.FromString(open(d+"/rec","rb").read())
print(m.i64,m.s,m.at.ToJsonString(),m.took.ToJsonString(),list(m.nums),m.mm[3].x,m.WhichOneof("choice"),m.last)`, dir).CombinedOutput()
	if want := "-9223372036854775808 é 1960-02-29T01:02:03.123456Z -1.500s [1, -1, 1099511627776] 4 two end\n"; err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
}

// inline is the decoder of one message.
func inline(t testing.TB, text, types string) (*Decoder, []catalog.Column) {
	fields := formattest.Fields(t, types)
	return decoder(t, fields, Options{Proto: text}), fields
}

func TestWire(t *testing.T) {
	d, fields := inline(t, `syntax = "proto3"; message M { repeated int32 p = 1; repeated int32 u = 2 [packed=false]; S s = 3; int32 last = 4;
		oneof c { int32 x = 5; string y = 6; } map<string, int32> m = 7; } message S { int32 a = 1; int32 b = 2; repeated int32 l = 3; }`,
		"p INT ARRAY\nu INT ARRAY\ns ROW<a INT, b INT, l INT ARRAY>\nlast INT\nx INT\nm MAP<VARCHAR, INT>")
	for in, want := range map[string]string{
		"\x08\x01\x0a\x02\x02\x03\x08\x04":                         `{"p":[1,2,3,4],"u":[],"s":null,"last":0,"x":null,"m":{}}`, // packed and not, mixed
		"\x12\x02\x02\x03":                                         `{"p":[],"u":[2,3],"s":null,"last":0,"x":null,"m":{}}`,
		"\x1a\x02\x08\x01\x1a\x04\x10\x02\x18\x05\x1a\x02\x18\x06": `{"p":[],"u":[],"s":{"a":1,"b":2,"l":[5,6]},"last":0,"x":null,"m":{}}`, // merged
		"\x20\x01\x20\x02":                                         `{"p":[],"u":[],"s":null,"last":2,"x":null,"m":{}}`,                    // the last counts
		"\x28\x01\x32\x01z":                                        `{"p":[],"u":[],"s":null,"last":0,"x":null,"m":{}}`,                    // another of the oneof
		"\x32\x01z\x28\x01":                                        `{"p":[],"u":[],"s":null,"last":0,"x":1,"m":{}}`,
		"\x3a\x05\x0a\x01a\x10\x01\x3a\x02\x10\x05\x3a\x05\x0a\x01a\x10\x02": `{"p":[],"u":[],"s":null,"last":0,"x":null,"m":{"a":2,"":5}}`,
		"\xc3\x3e\x08\x01\xc4\x3e\x20\x07":                                   `{"p":[],"u":[],"s":null,"last":7,"x":null,"m":{}}`, // an unknown group
		"\x22\x01z\x20\x07":                                                  `{"p":[],"u":[],"s":null,"last":7,"x":null,"m":{}}`, // another wire type
	} {
		cols := formattest.Columns(fields)
		if err := d.Append([]byte(in), cols); err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if diff := cmp.Diff(want, rows.Show(t, fields, cols, 0)); diff != "" {
			t.Errorf("%q: %s", in, diff)
		}
	}
}

func TestErrors(t *testing.T) {
	x := formattest.Fields(t, "x INT")
	for _, c := range []struct {
		fields []catalog.Column
		o      Options
		code   sqlerr.Code
	}{
		{x, Options{Proto: "testdata/none.proto"}, sqlerr.UndefinedFile},
		{x, Options{Proto: "syntax = \"proto3\"; message"}, sqlerr.InvalidParameterValue},
		{x, Options{Proto: "syntax = \"proto3\";"}, sqlerr.InvalidParameterValue},
		{x, Options{Proto: `syntax = "proto3"; message M { int32 y = 1; }`}, sqlerr.UndefinedColumn},
		{x, Options{Proto: `syntax = "proto3"; message M { int32 x = 1; }`, Message: "N"}, sqlerr.InvalidParameterValue},
		{x, Options{Proto: `syntax = "proto3"; message M { bytes x = 1; }`}, sqlerr.DatatypeMismatch},
		{x, Options{Proto: `syntax = "proto3"; message M { repeated int32 x = 1; }`}, sqlerr.DatatypeMismatch},
		{x, Options{Descriptors: "testdata/make.py"}, sqlerr.InvalidParameterValue},
	} {
		if _, err := NewDecoder(c.fields, c.o); sqlerr.CodeOf(err) != c.code {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
	d, fields := inline(t, `syntax = "proto2"; message M { optional int64 x = 1 [default = 70000]; }`, "x SMALLINT")
	if err := d.Append([]byte{8, 0xff, 0xff, 3}, formattest.Columns(fields)); sqlerr.CodeOf(err) != sqlerr.NumericOutOfRange {
		t.Error(err)
	}
	big := formattest.Fields(t, "x BIGINT")
	cols := formattest.Columns(big)
	o := Options{Proto: d.opts.Proto, Defaults: true}
	if err := decoder(t, big, o).Append(nil, cols); err != nil || cols[0].Int[0] != 70000 {
		t.Error(err)
	}
}

func TestConfluent(t *testing.T) {
	var kept string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			var in struct{ Schema, SchemaType string }
			json.NewDecoder(r.Body).Decode(&in)
			kept = in.Schema
			fmt.Fprint(w, `{"id":7}`)
			return
		}
		json.NewEncoder(w).Encode(map[string]any{"schema": kept, "schemaType": "PROTOBUF"})
	}))
	defer s.Close()
	text := `syntax = "proto3"; message A { int32 x = 1; } message B { message C { string s = 1; } }`
	for message, types := range map[string]string{"A": "x INT", "B.C": "s VARCHAR"} {
		fields := formattest.Fields(t, types)
		o := Options{Registry: schemaregistry.Config{URL: s.URL}, Subject: "t-value", Proto: text, Message: message}
		e, err := NewEncoder(fields, o)
		if err != nil {
			t.Fatal(err)
		}
		row := map[string]string{"A": `{"x":5}`, "B.C": `{"s":"v"}`}[message]
		rec, err := e.Encode(nil, rows.Batch(t, fields, row), 0)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]string{"A": "\x00\x00\x00\x00\x07\x00\x08\x05", "B.C": "\x00\x00\x00\x00\x07\x04\x02\x00\x0a\x01v"}[message]; string(rec) != want {
			t.Errorf("%q", rec)
		}
		d := decoder(t, fields, Options{Registry: o.Registry})
		cols := formattest.Columns(fields)
		if err := d.Append(rec, cols); err != nil {
			t.Fatal(err)
		}
		if got := rows.Show(t, fields, cols, 0); got != row {
			t.Error(got)
		}
		for _, bad := range []string{"", "{}", "\x00\x00\x00\x00\x07\xff\xff", "\x00\x00\x00\x00\x07\x02\x63"} {
			if err := d.Append([]byte(bad), cols); sqlerr.CodeOf(err) != sqlerr.InvalidBinaryRepresent {
				t.Errorf("%q: %v", bad, err)
			}
		}
	}
}

func TestNoAllocations(t *testing.T) {
	fields := formattest.Fields(t, allTypes)
	d := decoder(t, fields, byFile)
	rec, cols := records(t)[0], formattest.Columns(fields)
	step := func() {
		for _, c := range cols {
			c.Reset()
		}
		if err := d.Append(rec, cols); err != nil {
			t.Fatal(err)
		}
	}
	step()
	if n := testing.AllocsPerRun(100, step); n != 0 {
		t.Errorf("%v allocations a record", n)
	}
}

// FuzzDecode takes what the library takes, and writes it as the library reads
// it.
func FuzzDecode(f *testing.F) {
	for _, r := range records(f) {
		f.Add(r)
	}
	fields := formattest.Fields(f, strings.NewReplacer("i32 SMALLINT", "i32 INT", "u64 BIGINT", "u64 DECIMAL(20,0)").Replace(allTypes))
	d := decoder(f, fields, byFile)
	_, md, err := load(&byFile)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		cols := formattest.Columns(fields)
		err := d.Append(in, cols)
		if err != nil {
			formattest.SameLengths(t, cols, 0)
			return
		}
		formattest.SameLengths(t, cols, 1)
		m := dynamicpb.NewMessage(md)
		if err := proto.Unmarshal(in, m); err != nil {
			return // the library looks into what nobody has asked for
		}
		for i, fd := range []string{"i32", "s", "last", "two", "nums", "rows", "m"} {
			c := cols[indexOf(fields, fd)]
			v := m.Get(md.Fields().ByName(protoreflect.Name(fd)))
			switch {
			case i == 0 && c.Int[0] != v.Int(), i == 1 && string(c.Str(0)) != v.String(), i == 2 && string(c.Str(0)) != v.String(),
				i == 3 && !c.IsNull(0) && c.Int[0] != v.Int(),
				(i == 4 || i == 5) && int(c.Offs[1]) != v.List().Len(), i == 6 && int(c.Offs[1]) != v.Map().Len():
				t.Fatalf("%s: %v, ours %s", fd, v, rows.Show(t, fields, cols, 0))
			}
		}
	})
}

func indexOf(fields []catalog.Column, name string) int {
	for i, f := range fields {
		if f.Name == name {
			return i
		}
	}
	return -1
}

func BenchmarkDecode(b *testing.B) {
	fields := formattest.Fields(b, "last VARCHAR\ni32 INT\ns VARCHAR")
	d := decoder(b, fields, byFile)
	rec, cols := records(b)[0], formattest.Columns(fields)
	b.SetBytes(int64(len(rec)))
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range cols {
			c.Reset()
		}
		if err := d.Append(rec, cols); err != nil {
			b.Fatal(err)
		}
	}
}
