package pgcatalog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// TestQueries prints columns with their types, and rows, of queries that show
// what the interpreter can do. The answers are PostgreSQL 15's.
func TestQueries(t *testing.T) {
	env := testEnv(t)
	datadriven.RunTest(t, "testdata/queries", func(t *testing.T, d *datadriven.TestData) string {
		stmt, err := parser.ParseOne(d.Input)
		if err != nil {
			return describeError(err)
		}
		q := stmt.(*parser.SelectStmt).Query
		p, err := Prepare(q, env, nil)
		if err != nil {
			return describeError(err)
		}
		b, err := runAll(t, p)
		if err != nil {
			return describeError(err)
		}
		var out strings.Builder
		for i, c := range p.schema {
			if i > 0 {
				out.WriteString(" | ")
			}
			fmt.Fprintf(&out, "%s:%s", c.Name, typeName(p.oids[i]))
		}
		out.WriteByte('\n')
		for r := range b.N {
			for i, c := range b.Cols {
				if i > 0 {
					out.WriteString(" | ")
				}
				out.WriteString(show(c, p.schema[i].Type, r))
			}
			out.WriteByte('\n')
		}
		return out.String()
	})
}

func describeError(err error) string {
	e := sqlerr.From(err)
	return fmt.Sprintf("%s %s at %d\n", e.Code, e.Message, e.Pos)
}

func show(c *exec.Column, t catalog.Type, r int) string {
	switch {
	case c.IsNull(r):
		return "NULL"
	case c.Layout == exec.Bools:
		return string(datum.AppendBool(nil, c.Bool[r]))
	case c.Layout == exec.Ints:
		return fmt.Sprint(c.Int[r])
	case c.Layout == exec.Floats:
		return string(datum.AppendFloat8(nil, c.Float[r]))
	case c.Layout == exec.Decimals:
		return c.Dec[r].String()
	case c.Layout == exec.Strings:
		return string(c.Str(r))
	}
	var parts []string
	for i := c.Offs[r]; i < c.Offs[r+1]; i++ {
		parts = append(parts, show(c.Kids[0], *t.Elem, int(i)))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func TestHandles(t *testing.T) {
	for sql, want := range map[string]bool{
		"SELECT 1":                                                    false,
		"SELECT * FROM orders":                                        false,
		"SELECT now(), lower('x')":                                    false,
		"SELECT version()":                                            true,
		"SELECT current_schema()":                                     true,
		"SELECT * FROM pg_class":                                      true,
		"SELECT * FROM PG_Catalog.PG_Class":                           true,
		"SELECT * FROM information_schema.tables":                     true,
		"SELECT * FROM information_schema.nonsense":                   true,
		"SELECT (SELECT count(*) FROM pg_type)":                       true,
		"SELECT 'orders'::regclass":                                   true,
		"WITH pg_class AS (SELECT 1) SELECT * FROM pg_class":          false,
		"WITH c AS (SELECT * FROM pg_class) SELECT * FROM c":          true,
		"SELECT * FROM orders WHERE name = current_user":              false,
		"SELECT * FROM pg_class, orders":                              true, // to be refused
		"SELECT * FROM (VALUES (1)) v(x)":                             false,
		"SELECT pg_catalog.format_type(x, -1) FROM (VALUES (1)) v(x)": true,
		"SELECT 1 WHERE EXISTS (SELECT 1 FROM pg_am)":                 true,
		"SELECT x FROM generate_series(1, 3) x":                       false,
	} {
		stmt, err := parser.ParseOne(sql)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		if got := Handles(stmt.(*parser.SelectStmt).Query); got != want {
			t.Errorf("%s: %v", sql, got)
		}
	}
}

// TestOIDsStay: an object's OID does not depend on others.
func TestOIDsStay(t *testing.T) {
	env := testEnv(t)
	before := newDatabase(env).findRelation("orders").oid
	c := catalog.New()
	if err := c.Update(func(tx *catalog.Tx) error {
		return tx.CreateTable(catalog.Table{Name: "orders", SQL: "…", Columns: []catalog.TableColumn{{Name: "x", Type: catalog.Of(catalog.Int)}}})
	}); err != nil {
		t.Fatal(err)
	}
	env.Catalog = c.Current()
	if after := newDatabase(env).findRelation("Orders").oid; before != after || before < firstUser {
		t.Errorf("%d became %d", before, after)
	}
}

// FuzzQuery: no query panics, whatever it asks.
func FuzzQuery(f *testing.F) {
	env := testEnv(f)
	for _, path := range []string{"testdata/catalogue-queries.jsonl", "testdata/catalog_queries.jsonl"} {
		for _, q := range corpus(f, env, path) {
			f.Add(q.SQL)
		}
	}
	f.Fuzz(func(t *testing.T, sql string) {
		stmts, err := parser.Parse(sql)
		if err != nil || len(stmts) != 1 {
			return
		}
		sel, ok := stmts[0].(*parser.SelectStmt)
		if !ok || strings.Contains(sql, "generate_series") {
			return
		}
		p, err := Prepare(sel.Query, env, nil)
		if err != nil {
			return
		}
		_, _ = runAll(t, p)
	})
}
