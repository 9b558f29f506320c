package avro

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	hamba "github.com/hamba/avro/v2"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format/formattest"
	"github.com/penstock/penstock/exec/format/formattest/rows"
	"github.com/penstock/penstock/exec/format/schemaregistry"
	"github.com/penstock/penstock/internal/sqlerr"
)

const allTypes = `last VARCHAR
b BOOLEAN
i SMALLINT
l BIGINT
f REAL
d DOUBLE
s VARCHAR
y BYTES
fx VARCHAR
e VARCHAR
dec DECIMAL(18,2)
fdec DECIMAL(20,2)
day DATE
tms TIME
tus TIME
at_ms TIMESTAMP
at_us TIMESTAMP_LTZ(3)
loc_ms TIMESTAMP
id VARCHAR
arr INT ARRAY
m MAP<VARCHAR, DOUBLE>
r ROW<y VARCHAR ARRAY, x BIGINT, absent VARCHAR>
u VARCHAR
none INT`

// the rows that testdata/make.py has written.
var allRows = []string{
	`{"last":"end0","b":true,"i":-5,"l":0,"f":0,"d":0,"s":"","y":"","fx":"abcd","e":"RED","dec":-20.00,"fdec":0.00,"day":"1969-12-31","tms":"01:02:00.005","tus":"23:59:00.000007","at_ms":"2024-02-29 01:02:00.123","at_us":"1960-02-29 01:02:00.123+00","loc_ms":"2024-02-29 01:02:00","id":"00000000-0000-0000-0000-000000000000","arr":[1,null,0],"m":{"a":1.5,"b":0},"r":null,"u":null,"none":null}`,
	`{"last":"end1","b":false,"i":-4,"l":null,"f":0.5,"d":0.3333333333333333,"s":"é","y":"AA==","fx":"abcd","e":"GREEN","dec":-7.66,"fdec":-0.07,"day":"1970-01-01","tms":"01:02:01.005","tus":"23:59:01.000007","at_ms":"2024-02-29 01:02:01.123","at_us":"1960-02-29 01:02:01.123+00","loc_ms":"2024-02-29 01:02:01","id":"00000000-0000-0000-0000-000000000001","arr":[1,null,1],"m":{"a":1.5,"b":1},"r":{"y":["p"],"x":1,"absent":null},"u":"1","none":null}`,
	`{"last":"end2","b":true,"i":-3,"l":2000000000000,"f":1,"d":0.6666666666666666,"s":null,"y":"AAE=","fx":"abcd","e":"BLUE","dec":4.69,"fdec":-0.14,"day":"1970-01-02","tms":"01:02:02.005","tus":"23:59:02.000007","at_ms":"2024-02-29 01:02:02.123","at_us":"1960-02-29 01:02:02.123+00","loc_ms":"2024-02-29 01:02:02","id":"00000000-0000-0000-0000-000000000002","arr":[1,null,2],"m":{"a":1.5,"b":2},"r":{"y":["p","q"],"x":2,"absent":null},"u":"t2","none":null}`,
	`{"last":"end3","b":false,"i":-2,"l":3000000000000,"f":1.5,"d":1,"s":"ééé","y":"AAEC","fx":"abcd","e":"RED","dec":17.04,"fdec":-0.21,"day":"1970-01-03","tms":"01:02:03.005","tus":"23:59:03.000007","at_ms":"2024-02-29 01:02:03.123","at_us":"1960-02-29 01:02:03.123+00","loc_ms":"2024-02-29 01:02:03","id":"00000000-0000-0000-0000-000000000003","arr":[1,null,3],"m":{"a":1.5,"b":3},"r":{"y":["p","q"],"x":3,"absent":null},"u":"0.75","none":null}`,
	`{"last":"end4","b":true,"i":-1,"l":4000000000000,"f":2,"d":1.3333333333333333,"s":"éééé","y":"AAECAw==","fx":"abcd","e":"GREEN","dec":29.38,"fdec":-0.28,"day":"1970-01-04","tms":"01:02:04.005","tus":"23:59:04.000007","at_ms":"2024-02-29 01:02:04.123","at_us":"1960-02-29 01:02:04.123+00","loc_ms":"2024-02-29 01:02:04","id":"00000000-0000-0000-0000-000000000004","arr":[1,null,4],"m":{"a":1.5,"b":4},"r":{"y":["p","q"],"x":4,"absent":null},"u":null,"none":null}`,
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// records splits all.bin.
func records(t testing.TB) [][]byte {
	var out [][]byte
	for b := read(t, "all.bin"); len(b) > 0; {
		n := int(binary.BigEndian.Uint32(b)) + 4
		out = append(out, b[4:n])
		b = b[n:]
	}
	return out
}

// TestOthersRecords reads what fastavro has written.
func TestOthersRecords(t *testing.T) {
	fields := formattest.Fields(t, allTypes)
	d, err := NewDecoder(fields, fields, Options{Schema: string(read(t, "all.avsc"))})
	if err != nil {
		t.Fatal(err)
	}
	cols := formattest.Columns(fields)
	for i, rec := range records(t) {
		if err := d.Append(rec, cols); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(allRows[i], rows.Show(t, fields, cols, i)); diff != "" {
			t.Errorf("row %d: %s", i, diff)
		}
		for cut := range rec { // and refuses what is cut short
			if err := d.Append(rec[:cut], cols); sqlerr.CodeOf(err) != sqlerr.InvalidBinaryRepresent {
				t.Fatalf("cut at %d: %v", cut, err)
			}
			formattest.SameLengths(t, cols, i+1)
		}
		if err := d.Append(append(rec, 0), cols); sqlerr.CodeOf(err) != sqlerr.InvalidBinaryRepresent {
			t.Errorf("a byte more: %v", err)
		}
	}
}

func readFile(r *FileReader, fields []catalog.Column, t testing.TB) ([]string, error) {
	var out []string
	cols := formattest.Columns(fields)
	for {
		n, err := r.Read(cols, 2)
		for range n {
			out = append(out, rows.Show(t, fields, cols, len(out)))
		}
		if err == io.EOF {
			return out, r.Close()
		}
		if err != nil {
			return out, err
		}
	}
}

func TestOthersFiles(t *testing.T) {
	fields := formattest.Fields(t, allTypes)
	for _, codec := range codecNames {
		b := read(t, "all."+codec+".avro")
		r, err := OpenFile(bytes.NewReader(b), fields, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := readFile(r, fields, t)
		if err != nil {
			t.Fatal(codec, err)
		}
		if diff := cmp.Diff(allRows, got); diff != "" {
			t.Errorf("%s: %s", codec, diff)
		}
		for cut := 0; cut < len(b); cut += 37 {
			r, err := OpenFile(bytes.NewReader(b[:cut]), fields, Options{})
			if err == nil {
				_, err = readFile(r, fields, t)
			}
			if c := sqlerr.CodeOf(err); err != nil && c != sqlerr.DataCorrupted && c != sqlerr.InvalidParameterValue {
				t.Errorf("%s cut at %d: %v", codec, cut, err)
			}
		}
	}
}

func TestEvolution(t *testing.T) {
	writer := `{"type":"record","name":"A","fields":[{"name":"old","type":"int"},{"name":"gone","type":"string"},{"name":"n","type":"float"}]}`
	reader := `{"type":"record","name":"A","fields":[
		{"name":"renamed","aliases":["old"],"type":"long"},{"name":"n","type":"double"},
		{"name":"added","type":"string","default":"dflt"},{"name":"list","type":{"type":"array","items":"int"},"default":[1,2]},
		{"name":"rec","type":{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"string","default":"q"}]},"default":{"a":7}}]}`
	w, err := parse(writer)
	if err != nil {
		t.Fatal(err)
	}
	r, err := parse(reader)
	if err != nil {
		t.Fatal(err)
	}
	fields := formattest.Fields(t, "renamed BIGINT\nn DOUBLE\nadded VARCHAR\nlist INT ARRAY\nrec ROW<a INT, b VARCHAR>\nelse INT")
	p, err := compile(w, r, fields)
	if err != nil {
		t.Fatal(err)
	}
	cols := formattest.Columns(fields)
	rec := append(appendBytes(appendLong(nil, 41), []byte("x")), 0, 0, 0x20, 0x40)
	if err := p.append(&cursor{b: rec}, cols); err != nil {
		t.Fatal(err)
	}
	if got := rows.Show(t, fields, cols, 0); got != `{"renamed":41,"n":2.5,"added":"dflt","list":[1,2],"rec":{"a":7,"b":"q"},"else":null}` {
		t.Error(got)
	}
}

func TestMismatches(t *testing.T) {
	for schema, typ := range map[string]string{
		`"boolean"`: "INT", `"string"`: "ROW<a INT>", `"bytes"`: "INT", `{"type":"array","items":"int"}`: "INT", `["null","boolean"]`: "DATE",
		`{"type":"map","values":"boolean"}`: "MAP<VARCHAR, INT>", `"long"`: "TIMESTAMP",
	} {
		fields := formattest.Fields(t, "x "+typ)
		text := `{"type":"record","name":"T","fields":[{"name":"x","type":` + schema + `}]}`
		if _, err := NewDecoder(fields, fields, Options{Schema: text}); sqlerr.CodeOf(err) != sqlerr.DatatypeMismatch {
			t.Errorf("%s as %s: %v", schema, typ, err)
		}
	}
	for _, text := range []string{"{", `"nope"`, `{"type":"record","name":"T","fields":[{"name":"x"}]}`} {
		fields := formattest.Fields(t, "x INT")
		if _, err := NewDecoder(fields, fields, Options{Schema: text}); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestRanges(t *testing.T) {
	fields := formattest.Fields(t, "x SMALLINT")
	d, err := NewDecoder(fields, fields, Options{Schema: `{"type":"record","name":"T","fields":[{"name":"x","type":"long"}]}`})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Append(appendLong(nil, 40000), formattest.Columns(fields)); sqlerr.CodeOf(err) != sqlerr.NumericOutOfRange {
		t.Error(err)
	}
}

// derived is a table of every type.
const derived = `b BOOLEAN
si SMALLINT
i INT
l BIGINT
f REAL
d DOUBLE
dec DECIMAL(38,10)
s VARCHAR
y BYTES
day DATE
tm TIME
ts TIMESTAMP
t3 TIMESTAMP_LTZ(3)
j JSON
iv INTERVAL
arr VARCHAR ARRAY
m MAP<VARCHAR, INT ARRAY>
r ROW<x INT, y ROW<z DECIMAL(5,2)> ARRAY>`

const derivedRows = `{"b":true,"si":-3,"i":2147483647,"l":-9223372036854775808,"f":1.5,"d":-2.25,"dec":1234567890123456789012345678.0123456789,"s":"hé","y":"AQI=","day":"2024-02-29","tm":"23:59:59.999999","ts":"1969-12-31 23:59:59.999999","t3":"2024-01-01 00:00:00.123+00","j":{"a":[1]},"iv":"1 mon 2 days 03:00:00","arr":["a",null,""],"m":{"k":[1,null],"e":[]},"r":{"x":1,"y":[{"z":-1.25},null]}}
{"b":null,"si":null,"i":null,"l":null,"f":null,"d":null,"dec":null,"s":null,"y":null,"day":null,"tm":null,"ts":null,"t3":null,"j":null,"iv":null,"arr":null,"m":null,"r":null}
{"b":false,"si":0,"i":-1,"l":0,"f":0,"d":0,"dec":-0.0000000001,"s":"","y":"","day":"1970-01-01","tm":"00:00:00","ts":"1970-01-01 00:00:00","t3":"1970-01-01 00:00:00+00","j":null,"iv":"00:00:00","arr":[],"m":{},"r":{"x":null,"y":null}}`

func TestRoundTrip(t *testing.T) {
	fields := formattest.Fields(t, derived)
	b := rows.Batch(t, fields, derivedRows)
	e, err := NewEncoder(fields, Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDecoder(fields, fields, Options{})
	if err != nil {
		t.Fatal(err)
	}
	cols := formattest.Columns(fields)
	want := strings.Split(derivedRows, "\n")
	for i := range b.N {
		rec, err := e.Encode([]byte("x"), b, i)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Append(rec[1:], cols); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want[i], rows.Show(t, fields, cols, i)); diff != "" {
			t.Error(diff)
		}
		s, err := parse(e.text)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := hamba.Unmarshal(s, rec[1:], &m); err != nil { // the library agrees
			t.Error(err)
		}
	}
	for _, codec := range codecNames {
		var out bytes.Buffer
		w, err := CreateFile(&out, fields, Options{Codec: codec})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := w.Write(b); err != nil {
				t.Fatal(err)
			}
			if err := w.flush(); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := OpenFile(&out, fields, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := readFile(r, fields, t)
		if diff := cmp.Diff(append(append(want, want...), want...), got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", codec, err, diff)
		}
	}
}

// TestOthersRead lets fastavro read what we have written.
func TestOthersRead(t *testing.T) {
	python := os.Getenv("PENSTOCK_TEST_PYTHON")
	if python == "" {
		t.Skip("PENSTOCK_TEST_PYTHON names no Python with fastavro and cramjam")
	}
	fields := formattest.Fields(t, derived)
	b := rows.Batch(t, fields, derivedRows)
	for _, codec := range []string{"null", "deflate", "snappy"} {
		path := filepath.Join(t.TempDir(), "out.avro")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		w, err := CreateFile(f, fields, Options{Codec: codec})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		f.Close()
		out, err := exec.Command(python, "-c", `import fastavro,sys
for r in fastavro.reader(open(sys.argv[1],"rb")): print(r["s"],r["dec"],r["ts"],r["t3"],r["m"],r["r"])`, path).CombinedOutput()
		want := "hé 1234567890123456789012345678.0123456789 1969-12-31 23:59:59.999999 2024-01-01 00:00:00.123000+00:00 {'k': [1, None], 'e': []} {'x': 1, 'y': [{'z': Decimal('-1.25')}, None]}\nNone None None None None None\n" +
			" -1E-10 1970-01-01 00:00:00 1970-01-01 00:00:00+00:00 {} {'x': None, 'y': None}\n"
		if err != nil || string(out) != want {
			t.Errorf("%s: %v\n%s", codec, err, out)
		}
	}
}

// registry speaks the HTTP API of a schema registry.
func registry(t *testing.T, asked *int) *httptest.Server {
	schemas := []string{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /subjects/{s}/versions", func(w http.ResponseWriter, r *http.Request) {
		if u, p, _ := r.BasicAuth(); u != "me" || p != "secret" {
			w.WriteHeader(401)
			return
		}
		var in struct{ Schema string }
		json.NewDecoder(r.Body).Decode(&in)
		schemas = append(schemas, in.Schema)
		fmt.Fprintf(w, `{"id":%d}`, len(schemas))
	})
	mux.HandleFunc("GET /schemas/ids/{id}", func(w http.ResponseWriter, r *http.Request) {
		*asked++
		var id int
		fmt.Sscan(r.PathValue("id"), &id)
		if id < 1 || id > len(schemas) {
			w.WriteHeader(404)
			io.WriteString(w, `{"error_code":40403,"message":"Schema not found"}`)
			return
		}
		json.NewEncoder(w).Encode(map[string]string{"schema": schemas[id-1]})
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func TestConfluent(t *testing.T) {
	asked := 0
	s := registry(t, &asked)
	o := Options{Registry: schemaregistry.Config{URL: s.URL, User: "me", Password: "secret"}, Subject: "t-value"}
	v1, v2 := formattest.Fields(t, "a INT\nb VARCHAR"), formattest.Fields(t, "c DOUBLE\na BIGINT")
	var recs [][]byte
	for i, fields := range [][]catalog.Column{v1, v2} {
		e, err := NewEncoder(fields, o)
		if err != nil {
			t.Fatal(err)
		}
		b := rows.Batch(t, fields, []string{`{"a":1,"b":"x"}`, `{"a":3000000000,"c":2.5}`}[i])
		rec, err := e.Encode(nil, b, 0)
		if err != nil {
			t.Fatal(err)
		}
		recs = append(recs, rec)
	}
	want := formattest.Fields(t, "a BIGINT\nc DOUBLE")
	d, err := NewDecoder(want, want, o)
	if err != nil {
		t.Fatal(err)
	}
	cols := formattest.Columns(want)
	for range 3 {
		for _, rec := range recs {
			if err := d.Append(rec, cols); err != nil {
				t.Fatal(err)
			}
		}
	}
	if a, b := rows.Show(t, want, cols, 4), rows.Show(t, want, cols, 5); a != `{"a":1,"c":null}` || b != `{"a":3000000000,"c":2.5}` || asked != 2 {
		t.Error(a, b, asked)
	}
	for range 3 {
		if err := d.Append([]byte{0, 0, 0, 0, 99, 1}, cols); sqlerr.CodeOf(err) != sqlerr.InvalidBinaryRepresent {
			t.Error(err)
		}
	}
	if asked != 3 {
		t.Errorf("asked %d times", asked)
	}
	if err := d.Append([]byte(`{"a":1}`), cols); sqlerr.CodeOf(err) != sqlerr.InvalidBinaryRepresent {
		t.Error(err)
	}
	o.Registry.Password = "wrong"
	e, err := NewEncoder(v1, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Encode(nil, rows.Batch(t, v1, `{"a":1}`), 0); sqlerr.CodeOf(err) != sqlerr.CannotConnect || strings.Contains(err.Error(), "wrong") {
		t.Error(err)
	}
}
