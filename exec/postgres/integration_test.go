//go:build integration

package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/lookup/records"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// TestPostgres runs all tests on one server; each begins with an empty database.
func TestPostgres(t *testing.T) {
	s := startServer(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *server)
	}{{"types", testTypes}, {"mismatch", testMismatch}, {"connections", testConnections}, {"lookup", testLookup}, {"restart", testRestart}} {
		t.Run(test.name, func(t *testing.T) {
			s.t = t
			s.sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
			test.run(t, s)
		})
	}
	s.t = t
}

func openSource(t *testing.T, tab *catalog.Table, keys ...int) *source {
	t.Helper()
	s, err := Connector{}.Open(context.Background(), lookup.OpenRequest{Table: tab, Keys: keys, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s.(*source)
}

// load gives the rows as text, values with a bar between.
func load(s *source) ([]string, error) {
	var out []string
	_, err := s.Load(context.Background(), "", func(b *exec.Batch) error { out = append(out, show(s.table, b)...); return nil })
	return out, err
}

func show(t *catalog.Table, b *exec.Batch) (out []string) {
	for i := range b.N {
		var row []string
		for ci, c := range b.Cols {
			row = append(row, string(appendShown(nil, t.Columns[ci].Type, c, i)))
		}
		out = append(out, strings.Join(row, "|"))
	}
	return out
}

func appendShown(dst []byte, t catalog.Type, c *exec.Column, i int) []byte {
	switch {
	case c.IsNull(i):
		return append(dst, "NULL"...)
	case t.Kind == catalog.Real:
		return datum.AppendFloat4(dst, float32(c.Float[i]))
	case t.Kind == catalog.Array:
		dst = append(dst, '{')
		for j := c.Offs[i]; j < c.Offs[i+1]; j++ {
			if j > c.Offs[i] {
				dst = append(dst, ',')
			}
			dst = appendShown(dst, *t.Elem, c.Kids[0], int(j))
		}
		return append(dst, '}')
	}
	return appendText(dst, t, c, i)
}

// testTypes loads a value of each type and compares with PostgreSQL's text.
func testTypes(t *testing.T, s *server) {
	types := []struct {
		ours   catalog.Type
		theirs string
		values []string
	}{
		{catalog.Of(catalog.Boolean), "bool", []string{"t", "f"}},
		{catalog.Of(catalog.SmallInt), "int2", []string{"-32768", "32767"}},
		{catalog.Of(catalog.Int), "int4", []string{"-2147483648", "2147483647"}},
		{catalog.Of(catalog.Int), "int2", []string{"-32768"}},
		{catalog.Of(catalog.BigInt), "int8", []string{"-9223372036854775808", "9223372036854775807"}},
		{catalog.Of(catalog.BigInt), "int4", []string{"-5"}},
		{catalog.Of(catalog.Real), "float4", []string{"1.5", "-0", "NaN", "Infinity", "3.4028235e+38"}},
		{catalog.Of(catalog.Double), "float8", []string{"0.1", "-Infinity", "5e-324"}},
		{catalog.Of(catalog.Double), "float4", []string{"0.5"}},
		{catalog.Of(catalog.Decimal), "numeric", []string{"0", "1.50", "-12345678901234567890123456.789012345678", "NaN"}},
		{catalog.Type{Kind: catalog.Decimal, P: 10, S: 2}, "numeric(10,2)", []string{"1.50", "-99999999.99"}},
		{catalog.Of(catalog.Decimal), "int8", []string{"7"}},
		{catalog.Of(catalog.Varchar), "text", []string{"", "é日本", "a\"b\\c"}},
		{catalog.Type{Kind: catalog.Varchar, P: 3}, "varchar(3)", []string{"日本語"}},
		{catalog.Of(catalog.Varchar), "char(3)", []string{"a  "}},
		{catalog.Of(catalog.Varchar), "uuid", []string{"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
		{catalog.Of(catalog.Varchar), "mood", []string{"sad"}},
		{catalog.Of(catalog.Varchar), "inet", []string{"10.0.0.0/8"}},
		{catalog.Of(catalog.Varchar), "name", []string{"n"}},
		{catalog.Of(catalog.Bytes), "bytea", []string{`\x00ff`, `\x`}},
		{catalog.Of(catalog.Date), "date", []string{"1969-12-31", "infinity", "-infinity", "0001-01-01"}},
		{catalog.Of(catalog.Time), "time", []string{"00:00:00", "23:59:59.999999", "24:00:00"}},
		{catalog.Of(catalog.Timestamp), "timestamp", []string{"2024-02-29 12:00:00.123456", "1900-01-01 00:00:00", "infinity"}},
		{catalog.Of(catalog.Timestamp).WithFrac(3), "timestamp(3)", []string{"2024-02-29 12:00:00.123"}},
		{catalog.Of(catalog.TimestampLTZ), "timestamptz", []string{"2024-02-29 12:00:00+00", "-infinity"}},
		{catalog.Of(catalog.Interval), "interval", []string{"1 year 2 mons -3 days +04:05:06.7"}},
		{catalog.Of(catalog.JSON), "json", []string{`{"a": [1, null]}`}},
		{catalog.Of(catalog.JSON), "jsonb", []string{`{"a": [1, null]}`}},
		{catalog.Of(catalog.Varchar), "json", []string{`{"b":1}`}},
		{catalog.ArrayOf(catalog.Of(catalog.Int)), "int4[]", []string{"{}", "{1,NULL,-3}"}},
		{catalog.ArrayOf(catalog.Of(catalog.Varchar)), "text[]", []string{"{a,b}"}},
		{catalog.ArrayOf(catalog.Type{Kind: catalog.Decimal}), "numeric[]", []string{"{1.50,2}"}},
	}
	s.sql("CREATE TYPE mood AS ENUM ('sad', 'glad');")
	for i, tt := range types {
		name := fmt.Sprintf("t%d", i)
		script := fmt.Sprintf("CREATE TABLE %s (id int8, v %s);\n", name, tt.theirs)
		want := []string{}
		for n, v := range tt.values {
			script += fmt.Sprintf("SET timezone = 'UTC'; INSERT INTO %s VALUES (%d, '%s');\n", name, n, v)
			want = append(want, strconv.Itoa(n)+"|"+v)
		}
		s.sql(script + fmt.Sprintf("INSERT INTO %s VALUES (%d, NULL);", name, len(tt.values)))
		want = append(want, strconv.Itoa(len(tt.values))+"|NULL")
		src := openSource(t, table(catalog.Schema{idName[0], {Name: "v", Type: tt.ours}}, "url", s.url(""), "table-name", name))
		got, err := load(src)
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("%s as %s: %v %s", tt.theirs, tt.ours, err, d)
		}
	}
}

func testMismatch(t *testing.T, s *server) {
	s.sql(`CREATE TABLE t (id int8, i4 int4, i8 int8, n numeric(6,3), s text, ts timestamptz, a int4[], a2 int4[]);
		INSERT INTO t VALUES (1, 2, 3, 123.456, 'long', now(), '{1}', '{{1},{2}}');`)
	for _, tt := range []struct {
		column string
		typ    catalog.Type
		code   sqlerr.Code
		want   string
	}{
		{"i8", catalog.Of(catalog.Int), "42804", `column "i8" of lookup table "t" is of type INT, but of type bigint in PostgreSQL`},
		{"i4", catalog.Of(catalog.Varchar), "42804", `column "i4" of lookup table "t" is of type VARCHAR, but of type integer in PostgreSQL`},
		{"n", catalog.Of(catalog.Double), "42804", `column "n" of lookup table "t" is of type DOUBLE, but of type numeric(6,3) in PostgreSQL`},
		{"ts", catalog.Of(catalog.Timestamp), "42804", `column "ts" of lookup table "t" is of type TIMESTAMP, but of type timestamp with time zone in PostgreSQL`},
		{"a", catalog.ArrayOf(catalog.Of(catalog.Varchar)), "42804", `column "a" of lookup table "t" is of type VARCHAR ARRAY, but of type integer[] in PostgreSQL`},
		{"a2", catalog.ArrayOf(catalog.Of(catalog.Int)), "42804", `column "a2": the array has 2 dimensions; arrays have one here`},
		{"s", catalog.Type{Kind: catalog.Varchar, P: 3}, "22001", `column "s": value too long for type character varying(3)`},
		{"n", catalog.Type{Kind: catalog.Decimal, P: 4, S: 2}, "22003", `column "n": numeric field overflow`},
		{"none", catalog.Of(catalog.Int), "42703", "PostgreSQL at SERVER: column q.none does not exist"},
	} {
		src := openSource(t, table(catalog.Schema{idName[0], {Name: tt.column, Type: tt.typ}}, "url", s.url(""), "table-name", "t"))
		_, err := load(src)
		if got := strings.ReplaceAll(message(err), "localhost:"+s.port, "SERVER"); sqlerr.CodeOf(err) != tt.code || got != tt.want {
			t.Errorf("%s as %s: %s %s", tt.column, tt.typ, sqlerr.CodeOf(err), got)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return sqlerr.From(err).Message
}

func testConnections(t *testing.T, s *server) {
	s.sql(`CREATE SCHEMA other; CREATE TABLE other.c (id int8 PRIMARY KEY, name text);
		INSERT INTO other.c SELECT i, 'n' || i FROM generate_series(3000, 1, -1) i;`)
	root := s.path("cert.pem")
	for _, options := range [][]string{
		{"url", s.url("sslmode=disable"), "table-name", "c", "schema-name", "other"},
		{"url", s.url("sslmode=require&search_path=other"), "table-name", "c"},
		{"url", s.url(""), "ssl.root-cert", root, "query", "SELECT name, id FROM other.c -- all of them"},
		{"url", "postgres://joe:s3cret@127.0.0.1:1,localhost:" + s.port + "/postgres", "table-name", "c", "schema-name", "other"},
		{"url", "postgres://joe:s3cret@/postgres?host=" + s.dir + "&port=" + s.port, "table-name", "c", "schema-name", "other"},
	} {
		src := openSource(t, table(idName, options...))
		for range 2 {
			rows, err := load(src)
			if err != nil || len(rows) != 3000 || rows[0] != "1|n1" || rows[2999] != "3000|n3000" {
				t.Fatalf("%q: %d rows, %v", options, len(rows), err)
			}
		}
		if n := len(src.pool.free); n != 1 {
			t.Errorf("%q: %d connections are kept", options, n)
		}
	}
	t.Setenv("PGPASSWORD", "s3cret") // is not for servers that SQL names
	for _, tt := range []struct {
		options []string
		code    sqlerr.Code
	}{
		{[]string{"url", strings.Replace(s.url(""), "s3cret", "s3cret-but-wrong", 1), "table-name", "c"}, "28P01"},
		{[]string{"url", strings.Replace(s.url(""), ":s3cret", "", 1), "table-name", "c"}, "28P01"},
		{[]string{"url", "postgres://joe:s3cret@127.0.0.1:" + s.port + "/postgres", "ssl.root-cert", root, "table-name", "c"}, sqlerr.CannotConnect},
		{[]string{"url", "postgres://joe:s3cret@localhost:1/postgres", "table-name", "c"}, sqlerr.CannotConnect},
		{[]string{"url", strings.Replace(s.url(""), "/postgres", "/nobase", 1), "table-name", "c"}, "3D000"},
		{[]string{"url", s.url(""), "query", "SELECT 1::int8 AS id, 'a'::text || pg_sleep(60) AS name", "statement-timeout", "100ms"}, sqlerr.ConnectionFailure},
		{[]string{"url", s.url(""), "query", "SELECT 1::int8 AS id, 'a'::text AS name FROM other.c; DROP TABLE other.c"}, "42601"},
		{[]string{"url", s.url(""), "query", "WITH d AS (DELETE FROM other.c RETURNING *) SELECT * FROM d"}, "0A000"},
		{[]string{"url", s.url(""), "query", "SELECT i::int8 AS id, (1/(i-2000))::text AS name FROM generate_series(1, 3000) i"}, "22012"},
	} {
		_, err := load(openSource(t, table(idName, tt.options...)))
		if sqlerr.CodeOf(err) != tt.code || err != nil && strings.Contains(fmt.Sprintf("%+v", sqlerr.From(err)), "s3cret") {
			t.Errorf("%q: %v", tt.options, err)
		}
	}
	if n := s.sql("SELECT count(*) FROM other.c"); n != "3000" {
		t.Errorf("the table has %s rows", n)
	}
	full := errors.New("full")
	src := openSource(t, table(idName, "url", s.url("search_path=other"), "table-name", "c"))
	if _, err := src.Load(context.Background(), "", func(*exec.Batch) error { return full }); err != full {
		t.Errorf("the receiver's error became %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := src.Load(ctx, "", func(*exec.Batch) error { cancel(); return nil }); sqlerr.CodeOf(err) != sqlerr.QueryCanceled {
		t.Errorf("cancelled: %v", err)
	}
}

// testRestart stops the server in the middle of a load: it fails whole, and the
// next one, on the server started again, works, as do questions.
func testRestart(t *testing.T, s *server) {
	s.sql(`CREATE TABLE c (id int8 PRIMARY KEY, name text);
		INSERT INTO c SELECT i, repeat('x', 1000) FROM generate_series(1, 50000) i;`)
	src := openSource(t, table(idName, "url", s.url("sslmode=disable"), "table-name", "c"), 0)
	ask := func() error {
		_, _, err := lookupRows(src, question(idName[:1], "7"))
		return err
	}
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	rows := 0
	_, err := src.Load(context.Background(), "", func(b *exec.Batch) error {
		if rows == 0 {
			s.stop("immediate")
		}
		rows += b.N
		return nil
	})
	if sqlerr.CodeOf(err) != sqlerr.ConnectionFailure || rows == 0 || rows == 50000 {
		t.Errorf("after %d rows: %v", rows, err)
	}
	if err := ask(); sqlerr.CodeOf(err) != sqlerr.CannotConnect && sqlerr.CodeOf(err) != sqlerr.ConnectionFailure {
		t.Errorf("a question to nobody: %v", err)
	}
	s.start()
	if list, err := load(src); len(list) != 50000 || err != nil {
		t.Errorf("after the restart: %d rows, %v", len(list), err)
	}
	if err := ask(); err != nil {
		t.Error(err)
	}
	s.stop("fast")
	s.start()
	if err := ask(); err != nil { // on a connection that has died while it was idle
		t.Errorf("after another restart: %v", err)
	}
}

// question makes a batch of keys; "NULL" is one.
func question(columns catalog.Schema, rows ...string) *exec.Batch {
	b := records.NewBatch(columns)
	for _, r := range rows {
		for i, v := range strings.Split(r, "|") {
			n, err := strconv.ParseInt(v, 10, 64)
			switch {
			case v == "NULL":
				b.Cols[i].AppendNull()
			case columns[i].Type.IsInteger() && err == nil:
				b.Cols[i].AppendInt(n)
			default:
				b.Cols[i].AppendString(v)
			}
		}
		b.N++
	}
	return b
}

func lookupRows(s *source, keys *exec.Batch) (rows []string, out *exec.Matches, err error) {
	out = exec.NewMatches(records.NewBatch(records.Fields(s.table)))
	if err := s.Lookup(context.Background(), keys, out); err != nil {
		return nil, out, err
	}
	for i, r := range show(s.table, out.Rows) {
		rows = append(rows, fmt.Sprintf("%d:%s", out.Parent[i], r))
	}
	return rows, out, nil
}

func testLookup(t *testing.T, s *server) {
	s.sql(`CREATE TABLE c (id int4, name text); CREATE INDEX ON c (id); INSERT INTO c VALUES (1, 'a'), (2, 'b'), (2, 'c'), (NULL, 'd');
		CREATE TABLE u (id uuid PRIMARY KEY, name text); INSERT INTO u VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a');
		CREATE TABLE p (id char(4), n int2, name text); INSERT INTO p VALUES ('x', 1, 'x1'), ('x', 2, 'x2'), ('y', 1, 'y1');`)
	uuid := catalog.Schema{{Name: "id", Type: catalog.Of(catalog.Varchar)}, idName[1]}
	pair := catalog.Schema{{Name: "id", Type: catalog.Of(catalog.Varchar)}, {Name: "n", Type: catalog.Of(catalog.Int)}, idName[1]}
	for _, tt := range []struct {
		table     string
		columns   catalog.Schema
		keys      []int
		questions []string
		want      []string
		faults    []int32
	}{
		{"c", idName, []int{0}, []string{"2", "9", "1", "NULL", "2", "5000000000"}, []string{"0:2|b", "0:2|c", "2:1|a", "4:2|b", "4:2|c"}, nil},
		{"c", idName, []int{1}, []string{`it's "q" \`, "c", "a", "x\x00y"}, []string{"1:2|c", "2:1|a"}, []int32{3}},
		{"u", uuid, []int{0}, []string{"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "no", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "no"},
			[]string{"0:a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|a", "2:a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|a"}, []int32{1, 4}},
		{"p", pair, []int{0, 1}, []string{"x|2", "y|2", "y|1", "x|NULL", "x|1", "x|2"}, []string{"0:x   |2|x2", "2:y   |1|y1", "4:x   |1|x1", "5:x   |2|x2"}, nil},
		{"c", idName, []int{0}, []string{"NULL"}, nil, nil},
	} {
		src := openSource(t, table(tt.columns, "url", s.url(""), "table-name", tt.table, "cache", "partial"), tt.keys...)
		var keys catalog.Schema
		for _, k := range tt.keys {
			keys = append(keys, tt.columns[k])
		}
		for range 2 {
			got, out, err := lookupRows(src, question(keys, tt.questions...))
			if d := cmp.Diff(tt.want, got); err != nil || d != "" {
				t.Errorf("%s %q: %v %s", tt.table, tt.questions, err, d)
			}
			var faults []int32
			for _, f := range out.Faults {
				faults = append(faults, f.Question)
				if !strings.HasPrefix(string(sqlerr.CodeOf(f.Err)), "22") {
					t.Errorf("fault %v", f.Err)
				}
			}
			if d := cmp.Diff(tt.faults, faults); d != "" {
				t.Errorf("%s %q: faults %s", tt.table, tt.questions, d)
			}
		}
	}
	// The table changes under an open source.
	src := openSource(t, table(idName, "url", s.url(""), "table-name", "c", "cache", "none"), 0)
	if _, _, err := lookupRows(src, question(idName[:1], "1")); err != nil {
		t.Fatal(err)
	}
	s.sql("ALTER TABLE c ALTER id TYPE int8;")
	if got, _, err := lookupRows(src, question(idName[:1], "1")); err != nil || len(got) != 1 || got[0] != "0:1|a" {
		t.Errorf("a wider key: %q %v", got, err)
	}
	s.sql("ALTER TABLE c ALTER id TYPE text;")
	if _, _, err := lookupRows(src, question(idName[:1], "1")); err == nil {
		t.Error("a key of another type is no fault")
	}
	if _, _, err := lookupRows(src, question(idName[:1], "1")); sqlerr.CodeOf(err) != sqlerr.DatatypeMismatch {
		t.Errorf("a key of another type: %v", err)
	}
}
