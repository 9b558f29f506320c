package parquet

import (
	"bytes"
	"errors"
	"io"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go/compress"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format/formattest"
	"github.com/penstock/penstock/exec/format/formattest/rows"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

const allTypes = `s VARCHAR
b BOOLEAN
i8 INT
i32 DOUBLE
i64 BIGINT
u64 BIGINT
f REAL
d DOUBLE
ls VARCHAR
y BYTES
fx VARCHAR
dec DECIMAL(18,2)
day DATE
tm TIME
tus TIME
ms TIMESTAMP
us TIMESTAMP_LTZ(3)
ns TIMESTAMP
dict VARCHAR
arr INT ARRAY
m MAP<VARCHAR, DOUBLE>
r ROW<l ROW<z VARCHAR> ARRAY, x BIGINT, none INT>
none INT`

var allRows = []string{
	`{"s":"é0","b":true,"i8":0,"i32":0,"i64":0,"u64":0,"f":0,"d":0,"ls":"large","y":"AP8=","fx":"abc","dec":-9.00,"day":"1969-12-31","tm":"01:02:00.005","tus":"23:59:00.000007","ms":"2024-02-29 01:02:00.123","us":"1960-02-29 01:02:00.123+00","ns":"2024-01-01 00:00:00.999999","dict":"x","arr":[1,null,0],"m":{"a":1.5,"b":null},"r":{"l":[],"x":0,"none":null},"none":null}`,
	`{"s":"é1","b":false,"i8":-1,"i32":1000,"i64":1000000000000000,"u64":1,"f":0.5,"d":0.3333333333333333,"ls":"large","y":"Af8=","fx":"abc","dec":-2.00,"day":"1970-01-01","tm":"01:02:01.005","tus":"23:59:01.000007","ms":"2024-02-29 01:02:01.123","us":"1960-02-29 01:02:01.123+00","ns":"2024-01-01 00:00:01.999999","dict":"y","arr":[1,null,1],"m":{"a":1.5,"b":null},"r":{"l":[{"z":"p"}],"x":1,"none":null},"none":null}`,
	`{"s":"é2","b":true,"i8":-2,"i32":2000,"i64":2000000000000000,"u64":2,"f":1,"d":0.6666666666666666,"ls":"large","y":"Av8=","fx":"abc","dec":5.00,"day":"1970-01-02","tm":"01:02:02.005","tus":"23:59:02.000007","ms":"2024-02-29 01:02:02.123","us":"1960-02-29 01:02:02.123+00","ns":"2024-01-01 00:00:02.999999","dict":"x","arr":[1,null,2],"m":{"a":1.5,"b":null},"r":{"l":[{"z":"p"},{"z":"p"}],"x":2,"none":null},"none":null}`,
	`{"s":null,"b":false,"i8":-3,"i32":3000,"i64":3000000000000000,"u64":3,"f":1.5,"d":1,"ls":"large","y":"A/8=","fx":"abc","dec":12.00,"day":"1970-01-03","tm":"01:02:03.005","tus":"23:59:03.000007","ms":"2024-02-29 01:02:03.123","us":"1960-02-29 01:02:03.123+00","ns":"2024-01-01 00:00:03.999999","dict":"y","arr":[1,null,3],"m":{"a":1.5,"b":null},"r":null,"none":null}`,
	`{"s":"é4","b":true,"i8":-4,"i32":4000,"i64":4000000000000000,"u64":4,"f":2,"d":1.3333333333333333,"ls":"large","y":"BP8=","fx":"abc","dec":19.00,"day":"1970-01-04","tm":"01:02:04.005","tus":"23:59:04.000007","ms":"2024-02-29 01:02:04.123","us":"1960-02-29 01:02:04.123+00","ns":"2024-01-01 00:00:04.999999","dict":"x","arr":[1,null,4],"m":{"a":1.5,"b":null},"r":{"l":[{"z":"p"},{"z":"p"},{"z":"p"},{"z":"p"}],"x":4,"none":null},"none":null}`,
}

// readAll reads in small pieces, rows that are refused passed over.
func readAll(t testing.TB, b []byte, fields []catalog.Column) (out []string, refused int, err error) {
	r, err := OpenFile(bytes.NewReader(b), int64(len(b)), fields)
	if err != nil {
		return nil, 0, err
	}
	defer r.Close()
	cols := formattest.Columns(fields)
	for {
		n, err := r.Read(cols, 3)
		for range n {
			out = append(out, rows.Show(t, fields, cols, len(out)))
		}
		formattest.SameLengths(t, cols, len(out))
		if _, ok := errors.AsType[*scalar.RowError](err); ok {
			refused++
			continue
		}
		if err == io.EOF {
			return out, refused, nil
		}
		if err != nil {
			return out, refused, err
		}
	}
}

func TestOthersFiles(t *testing.T) {
	fields := formattest.Fields(t, allTypes)
	for _, codec := range []string{"none", "snappy", "gzip", "zstd"} {
		b, err := os.ReadFile("testdata/all." + codec + ".parquet")
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := readAll(t, b, fields)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(allRows, got); diff != "" {
			t.Errorf("%s: %s", codec, diff)
		}
		got, _, err = readAll(t, b, fields[len(fields)-1:])
		if err != nil || len(got) != 5 || got[0] != `{"none":null}` {
			t.Errorf("no columns: %q, %v", got, err)
		}
		for cut := 0; cut < len(b); cut += 101 {
			if _, _, err := readAll(t, b[:cut], fields); sqlerr.CodeOf(err) != sqlerr.DataCorrupted {
				t.Errorf("cut at %d: %v", cut, err)
			}
		}
	}
}

func TestRefusedRows(t *testing.T) {
	b, err := os.ReadFile("testdata/all.none.parquet")
	if err != nil {
		t.Fatal(err)
	}
	fields := formattest.Fields(t, "s VARCHAR(2)\ni32 SMALLINT\ndec DECIMAL(3,2)")
	got, refused, err := readAll(t, b, fields)
	if err != nil || refused != 2 || strings.Join(got, "") != `{"s":"é0","i32":0,"dec":-9.00}{"s":"é1","i32":1000,"dec":-2.00}{"s":"é2","i32":2000,"dec":5.00}` {
		t.Errorf("%q, %d refused, %v", got, refused, err)
	}
	for types, code := range map[string]sqlerr.Code{"b INT": sqlerr.DatatypeMismatch, "r INT": sqlerr.DatatypeMismatch, "i32 DATE": sqlerr.DatatypeMismatch} {
		if _, _, err := readAll(t, b, formattest.Fields(t, types)); sqlerr.CodeOf(err) != code {
			t.Errorf("%s: %v", types, err)
		}
	}
}

const ownTypes = `b BOOLEAN
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
iv INTERVAL
arr VARCHAR ARRAY
m MAP<VARCHAR, INT ARRAY>
r ROW<x INT, y ROW<z DECIMAL(5,2)> ARRAY>`

const ownRows = `{"b":true,"si":-3,"i":2147483647,"l":-9223372036854775808,"f":1.5,"d":-2.25,"dec":1234567890123456789012345678.0123456789,"s":"hé","y":"AQI=","day":"2024-02-29","tm":"23:59:59.999999","ts":"1969-12-31 23:59:59.999999","t3":"2024-01-01 00:00:00.123+00","iv":"1 mon 2 days 03:00:00","arr":["a",null,""],"m":{"k":[1,null],"e":[]},"r":{"x":1,"y":[{"z":-1.25},null]}}
{"b":null,"si":null,"i":null,"l":null,"f":null,"d":null,"dec":null,"s":null,"y":null,"day":null,"tm":null,"ts":null,"t3":null,"iv":null,"arr":null,"m":null,"r":null}
{"b":false,"si":0,"i":-1,"l":0,"f":0,"d":0,"dec":-0.0000000001,"s":"","y":"","day":"1970-01-01","tm":"00:00:00","ts":"1970-01-01 00:00:00","t3":"1970-01-01 00:00:00+00","iv":"00:00:00","arr":[],"m":{},"r":{"x":null,"y":null}}`

func written(t *testing.T, codec compress.Codec) ([]byte, []catalog.Column) {
	t.Helper()
	fields := formattest.Fields(t, ownTypes)
	b := rows.Batch(t, fields, ownRows)
	var out bytes.Buffer
	w, err := CreateFile(&out, fields, Options{Codec: codec})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), fields
}

func TestRoundTrip(t *testing.T) {
	for _, codec := range codecs {
		b, fields := written(t, codec)
		got, _, err := readAll(t, b, fields)
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Split(ownRows+"\n"+ownRows, "\n")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", codec, diff)
		}
	}
}

// TestOthersRead lets pyarrow read what we have written.
func TestOthersRead(t *testing.T) {
	python := os.Getenv("PENSTOCK_TEST_PYTHON")
	if python == "" {
		t.Skip("PENSTOCK_TEST_PYTHON names no Python with pyarrow")
	}
	b, _ := written(t, codecs[0])
	path := filepath.Join(t.TempDir(), "out.parquet")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := osexec.Command(python, "-c", `import pyarrow.parquet as pq,sys
t=pq.read_table(sys.argv[1])
print(t.num_rows, [str(t.schema.field(n).type) for n in ("ts","t3","dec","tm")])
for r in t.to_pylist()[:2]: print(r["s"],r["dec"],r["ts"],r["t3"],r["m"],r["r"])`, path).CombinedOutput()
	want := "6 ['timestamp[us]', 'timestamp[us, tz=UTC]', 'decimal128(38, 10)', 'time64[us]']\n" +
		"hé 1234567890123456789012345678.0123456789 1969-12-31 23:59:59.999999 2024-01-01 00:00:00.123000+00:00 [('k', [1, None]), ('e', [])] {'x': 1, 'y': [{'z': Decimal('-1.25')}, None]}\nNone None None None None None\n"
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
}

func FuzzFile(f *testing.F) {
	for _, codec := range []string{"none", "snappy"} {
		b, err := os.ReadFile("testdata/all." + codec + ".parquet")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	fields := formattest.Fields(f, "s VARCHAR\narr INT ARRAY\ni32 INT")
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := OpenFile(bytes.NewReader(in), int64(len(in)), fields)
		if err != nil {
			return
		}
		defer r.Close()
		cols := formattest.Columns(fields)
		for range 100 {
			n := cols[0].Len()
			k, err := r.Read(cols, 10)
			formattest.SameLengths(t, cols, n+k)
			if err != nil {
				return
			}
		}
	})
}
