package pgcatalog

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/parser"
)

// testEnv is a small fixed catalogue: tables orders and ticks, a view over orders.
func testEnv(t testing.TB) *Env {
	t.Helper()
	c := catalog.New()
	kind := catalog.Of
	err := c.Update(func(tx *catalog.Tx) error {
		if err := tx.CreateTable(catalog.Table{
			Name: "orders", Comment: "what was ordered", PrimaryKey: []string{"id"}, SQL: "CREATE TABLE orders …",
			Columns: []catalog.TableColumn{
				{Name: "id", Type: kind(catalog.BigInt)}, {Name: "name", Type: kind(catalog.Varchar), Comment: "of the customer"},
				{Name: "price", Type: kind(catalog.Double)}, {Name: "amount", Type: catalog.Type{Kind: catalog.Decimal, P: 10, S: 2}},
				{Name: "ts", Type: kind(catalog.TimestampLTZ), NotNull: true}, {Name: "ok", Type: kind(catalog.Boolean), Default: "true"},
				{Name: "tags", Type: catalog.ArrayOf(kind(catalog.Varchar))},
			},
		}); err != nil {
			return err
		}
		if err := tx.CreateTable(catalog.Table{
			Name: "ticks", SQL: "CREATE TABLE ticks …",
			Columns: []catalog.TableColumn{
				{Name: "n", Type: kind(catalog.BigInt)}, {Name: "ts", Type: kind(catalog.Timestamp).WithFrac(3)}, {Name: "txt", Type: catalog.Type{Kind: catalog.Varchar, P: 20}},
				{Name: "double", Type: kind(catalog.BigInt), Computed: "n * 2"},
			},
		}); err != nil {
			return err
		}
		return tx.CreateView(catalog.View{
			Name: "big", QueryText: "SELECT id, name FROM orders WHERE price > 100", SQL: "CREATE VIEW big …", Uses: []string{"orders"},
			Columns: catalog.Schema{{Name: "id", Type: kind(catalog.BigInt)}, {Name: "name", Type: kind(catalog.Varchar)}},
		}, false)
	})
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{"application_name": "test", "search_path": "public", "server_version_num": "150000", "max_index_keys": "32", "server_version": "15.0", "TimeZone": "UTC"}
	return &Env{
		Catalog: c.Current(), User: "me", Database: "penstock", ServerVersion: "15.0", PID: 4711,
		Settings: func() []catalog.SettingValue {
			return []catalog.SettingValue{{Name: "TimeZone", Value: "UTC", Doc: "zone"}}
		},
		Setting: func(name string) (string, bool) { v, ok := settings[name]; return v, ok },
		Functions: []Function{{
			Name: "twice", Args: []catalog.Column{{Name: "x", Type: kind(catalog.BigInt)}}, Returns: kind(catalog.BigInt), Language: "sql", Body: "x * 2",
		}},
	}
}

// prepare compiles a query of the corpus; nil means that it is none for here.
func prepare(t testing.TB, env *Env, src string) (*Plan, error) {
	t.Helper()
	stmts, err := parser.Parse(src)
	if err != nil {
		return nil, err
	}
	if len(stmts) != 1 {
		return nil, nil
	}
	sel, ok := stmts[0].(*parser.SelectStmt)
	if !ok || !Handles(sel.Query) {
		return nil, nil
	}
	return Prepare(sel.Query, env, nil)
}

func runAll(t testing.TB, p *Plan) (*exec.Batch, error) {
	t.Helper()
	args := make([]*string, len(p.Params()))
	for i, typ := range p.Params() {
		text := "1"
		if typ.Kind == catalog.Array {
			text = "{r,v}"
		}
		args[i] = &text
	}
	return p.Run(t.Context(), args)
}

// corpus reads a file of queries and puts our own OIDs in.
func corpus(t testing.TB, env *Env, path string) (out []corpusQuery) {
	t.Helper()
	db := newDatabase(env)
	oid := func(name string) string { return fmt.Sprint(db.findRelation(name).oid) }
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var q corpusQuery
		if err := json.Unmarshal(sc.Bytes(), &q); err != nil {
			t.Fatal(err)
		}
		if q.Tool == "psql_9.5.0" {
			continue // columns that PostgreSQL 15 has not got either
		}
		q.SQL = strings.ReplaceAll(q.SQL, "'vt'", "'orders'")
		q.SQL = strings.ReplaceAll(q.SQL, "<oid>", oid("orders"))
		q.SQL = strings.ReplaceAll(q.SQL, "'16385'", "'"+oid("ticks")+"'")
		out = append(out, q)
	}
	return out
}

type corpusQuery struct {
	Tool   string
	SQL    string
	Error  any
	Fields [][2]any // name and OID, as PostgreSQL answered
}

// TestCorpus runs what psql, JDBC, ODBC, SQLAlchemy, Npgsql, Grafana and others
// ask. Where PostgreSQL's columns are known, ours have their names and types.
func TestCorpus(t *testing.T) {
	env := testEnv(t)
	for _, path := range []string{"testdata/catalogue-queries.jsonl", "testdata/catalog_queries.jsonl"} {
		ran := 0
		for _, q := range corpus(t, env, path) {
			p, err := prepare(t, env, q.SQL)
			if err == nil && p != nil {
				_, err = runAll(t, p)
			}
			if err != nil {
				if q.Error == nil {
					t.Errorf("%v\n%s\n", err, q.SQL)
				}
				continue
			}
			if p == nil {
				continue
			}
			ran++
			if q.Fields == nil {
				continue
			}
			var got [][2]any
			for i, c := range p.Columns() {
				got = append(got, [2]any{c.Name, float64(p.TypeOIDs()[i])})
			}
			if diff := cmp.Diff(q.Fields, got); diff != "" {
				t.Errorf("columns (-PostgreSQL +ours):\n%s\n%s\n", diff, q.SQL)
			}
		}
		t.Logf("%s: %d queries", path, ran)
	}
}
