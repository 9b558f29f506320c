package postgres

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

// table makes one of the given columns ("name TYPE" by pairs) and options.
func table(columns catalog.Schema, options ...string) *catalog.Table {
	t := &catalog.Table{Name: "t", Lookup: true, Options: catalog.Options{{Key: "connector", Value: "postgres"}, {Key: "cache", Value: "full"}}}
	for _, c := range columns {
		t.Columns = append(t.Columns, catalog.TableColumn{Name: c.Name, Type: c.Type})
	}
	t.PrimaryKey = []string{columns[0].Name}
	for i := 0; i < len(options); i += 2 {
		t.Options = append(t.Options, catalog.Option{Key: options[i], Value: options[i+1]})
	}
	return t
}

var idName = catalog.Schema{{Name: "id", Type: catalog.Of(catalog.BigInt)}, {Name: "name", Type: catalog.Of(catalog.Varchar)}}

func TestConfigure(t *testing.T) {
	t.Setenv("PGPASSWORD", "of-the-environment")
	for _, tt := range []struct {
		options                []string
		server, password, from string
	}{
		{[]string{"url", "postgres://u:p@h/db", "table-name", "a"}, "h:5432", "p", `"a"`},
		{[]string{"url", "postgresql://u@h:5433/db", "table-name", `a"b`, "schema-name", "s.x"}, "h:5433", "", `"s.x"."a""b"`},
		{[]string{"url", "postgres://u:p%40@/db?host=/run/pg&sslmode=disable", "query", " SELECT 1; "}, "/run/pg", "p@", "(\nSELECT 1\n)"},
		{[]string{"url", "postgres://u:p@a:1,b:2,c/db?target_session_attrs=any", "table-name", "a"}, "a:1", "p", `"a"`},
		{[]string{"url", "postgres://u@h/db?password=q", "table-name", "a"}, "h:5432", "q", `"a"`},
	} {
		c, _, err := configure(table(idName, tt.options...), nil)
		if err != nil {
			t.Errorf("%q: %v", tt.options, err)
			continue
		}
		if d := cmp.Diff([]string{tt.server, tt.password, tt.from}, []string{c.server, c.conn.Password, c.from}); d != "" {
			t.Errorf("%q: %s", tt.options, d)
		}
	}
	c, _, err := configure(table(idName, "url", "postgres://u:p@a:1,b:2,c/db?sslmode=disable", "table-name", "a"), nil)
	if err != nil || len(c.conn.Fallbacks) != 2 || c.conn.Fallbacks[0].Port != 2 || c.conn.Fallbacks[1].Port != 5432 {
		t.Errorf("several hosts: %v", err)
	}
}

func TestConfigureRefuses(t *testing.T) {
	list := allow.New([]string{t.TempDir()}, []string{"db.example", "10.0.0.0/8"})
	for _, tt := range []struct {
		options []string
		code    sqlerr.Code
		want    string
	}{
		{[]string{"table-name", "a"}, "22023", "option 'url' is missing"},
		{[]string{"url", "postgres://db.example"}, "22023", "one of the options 'table-name' and 'query' is needed"},
		{[]string{"url", "postgres://db.example", "table-name", "a", "query", "b"}, "22023", "one of the options 'table-name' and 'query' is needed"},
		{[]string{"url", "postgres://db.example", "schema-name", "a", "query", "b"}, "22023", `option "schema-name": it does not go with 'query'`},
		{[]string{"url", "mysql://u:s3cret@db.example", "table-name", "a"}, "22023", `option "url": it is not a PostgreSQL URL`},
		{[]string{"url", "host=db.example password=s3cret", "table-name", "a"}, "22023", `option "url": it is not a PostgreSQL URL`},
		{[]string{"url", "postgres://u:s3cret%zz@db.example", "table-name", "a"}, "22023", `option "url": it is not a PostgreSQL URL`},
		{[]string{"url", "postgres://u:s3cret@db.example:port/x", "table-name", "a"}, "22023", `option "url": it is not a PostgreSQL URL`},
		{[]string{"url", "postgres://u:s3cret@db.example/x?passfile=/etc/passwd", "table-name", "a"}, "22023", `option "url": it is not a PostgreSQL URL`},
		{[]string{"url", "postgres://u:s3cret@db.example/x?sslmode=s3cret", "table-name", "a"}, "22023", `option "url": it is not a PostgreSQL URL`},
		{[]string{"url", "postgres:///x", "table-name", "a"}, "22023", `option "url": it names no host`},
		{[]string{"url", "postgres://db.example/?sslrootcert=/etc/x", "table-name", "a"}, "22023", `option "url": sslrootcert is given by the option 'ssl.root-cert'`},
		{[]string{"url", "postgres://db.example", "table-name", "a", "ssl.root-cert", "/etc/x.pem"}, "42501", `path "/etc/x.pem" is not allowed`},
		{[]string{"url", "postgres://u:s3cret@other.example", "table-name", "a", "pool.max-size", "2"}, "", ""},
		{[]string{"url", "postgres://u:s3cret@11.0.0.1", "table-name", "a"}, "42501", `host "11.0.0.1" is not allowed`},
		{[]string{"url", "postgres://u:s3cret@db.example,169.254.169.254/x", "table-name", "a"}, "42501", `host "169.254.169.254" is not allowed`},
		{[]string{"url", "postgres:///x?host=/run/postgresql", "table-name", "a"}, "42501", `path "/run/postgresql" is not allowed`},
	} {
		err := Connector{list}.Check(table(idName, tt.options...))
		if tt.code == "" {
			if err != nil {
				t.Errorf("%q: %v", tt.options, err) // a name may stand for an address of the range
			}
			continue
		}
		if sqlerr.CodeOf(err) != tt.code || sqlerr.From(err).Message != tt.want {
			t.Errorf("%q: %v", tt.options, err)
		}
		if err != nil && strings.Contains(err.Error()+sqlerr.From(err).Detail, "s3cret") {
			t.Errorf("%q shows the password: %v", tt.options, err)
		}
	}
	row := catalog.Type{Kind: catalog.Row, Fields: []catalog.Field{{Name: "a", Type: catalog.Of(catalog.Int)}}}
	for _, typ := range []catalog.Type{row, catalog.ArrayOf(row), catalog.MapOf(catalog.Of(catalog.Int), catalog.Of(catalog.Int))} {
		err := Connector{}.Check(table(catalog.Schema{{Name: "id", Type: typ}}, "url", "postgres://h", "table-name", "a"))
		if sqlerr.CodeOf(err) != sqlerr.FeatureNotSupported {
			t.Errorf("%s: %v", typ, err)
		}
	}
}

func TestArrayLiteral(t *testing.T) {
	text := exec.NewColumn(exec.Strings)
	for _, s := range []string{``, `a`, `"`, `\`, `a"b\c""`, "é,{}", "NULL"} {
		text.AppendString(s)
	}
	got := string(appendArray(nil, catalog.Of(catalog.Varchar), text, []int32{0, 1, 2, 3, 4, 5, 6}))
	if want := `{"","a","\"","\\","a\"b\\c\"\"","é,{}","NULL"}`; got != want {
		t.Errorf("got %s", got)
	}
	got = string(appendArray(nil, catalog.Of(catalog.Bytes), text, []int32{1}))
	if want := `{"\\x61"}`; got != want {
		t.Errorf("got %s", got)
	}
	if got := string(appendArray(nil, catalog.Of(catalog.Int), text, nil)); got != "{}" {
		t.Errorf("got %s", got)
	}
}
