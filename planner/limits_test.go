package planner

import (
	"fmt"
	"strings"
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// TestLimits holds hostile statements to an error or a plan in bounded time.
func TestLimits(t *testing.T) {
	tables := newFakeTables()
	env := &Env{Tables: tables, Functions: loadFake(), Fold: fakeFold, Parallelism: 2}
	if err := tables.createAll("CREATE TABLE t (a INT, c VARCHAR, ts TIMESTAMP(3)) WITH ('connector' = 'kafka', 'scan.bounded.mode' = 'latest-offset')", env); err != nil {
		t.Fatal(err)
	}
	for i := range 80 {
		from := "t"
		if i > 0 {
			from = fmt.Sprintf("v%d", i-1)
		}
		name := fmt.Sprintf("v%d", i)
		tables.views[name] = &catalog.View{Name: name, QueryText: "SELECT a FROM " + from, Columns: catalog.Schema{{Name: "a"}}}
	}
	tables.views["loop"] = &catalog.View{Name: "loop", QueryText: "SELECT a FROM loop", Columns: catalog.Schema{{Name: "a"}}}
	doubling := "WITH q0 AS (SELECT a FROM t)"
	for i := range 40 {
		doubling += fmt.Sprintf(", q%d AS (SELECT a FROM q%d UNION ALL SELECT a FROM q%d)", i+1, i, i)
	}
	joining := "WITH q0 AS (SELECT * FROM t)"
	for i := range 9 {
		joining += fmt.Sprintf(", q%d AS (SELECT l.* FROM q%d l JOIN q%d r ON l.a = r.a)", i+1, i, i)
	}
	nested := func(n int) string {
		return strings.Repeat("SELECT * FROM (", n) + "SELECT a FROM t" + strings.Repeat(") x", n)
	}
	for _, c := range []struct {
		name, sql string
		code      sqlerr.Code
	}{
		{"long OR", "SELECT a FROM t WHERE a = 1" + strings.Repeat(" OR a = 2", 5000), ""},
		{"long sum", "SELECT a" + strings.Repeat(" + a", 400) + " FROM t", ""},
		{"too long sum", "SELECT a" + strings.Repeat(" + a", 5000) + " FROM t", sqlerr.StatementTooComplex},
		{"long IN", "SELECT a FROM t WHERE a IN (1" + strings.Repeat(", 2", 20000) + ")", ""},
		{"deep functions", "SELECT " + strings.Repeat("abs(", 300) + "a" + strings.Repeat(")", 300) + " FROM t", ""},
		{"deep subqueries", nested(120), ""},
		{"many columns", "SELECT a" + strings.Repeat(", a", 1663) + " FROM t", ""},
		{"too many columns", "SELECT a" + strings.Repeat(", a", 1664) + " FROM t", sqlerr.ProgramLimitExceeded},
		{"too many stars", "SELECT *" + strings.Repeat(", *", 600) + " FROM t", sqlerr.ProgramLimitExceeded},
		{"many rows", "VALUES (1)" + strings.Repeat(", (2)", 20000), ""},
		{"many unions", "SELECT a FROM t" + strings.Repeat(" UNION ALL SELECT a FROM t", 800), ""},
		{"many joins", "SELECT 1 FROM t t0" + manyJoins(60), ""},
		{"doubling CTEs", doubling + " SELECT * FROM q40", sqlerr.StatementTooComplex},
		{"doubling joins", joining + " SELECT * FROM q9", ""},
		{"views of views", "SELECT * FROM v60", ""},
		{"too many views of views", "SELECT * FROM v79", sqlerr.StatementTooComplex},
		{"view of itself", "SELECT * FROM loop", sqlerr.StatementTooComplex},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, err := planText(c.sql, env)
			if got := sqlerr.CodeOf(err); got != c.code && !(err == nil && c.code == "") {
				t.Fatalf("%v, not %q", err, c.code)
			}
			if err == nil {
				checkPlan(t, q)
			}
		})
	}
}

func manyJoins(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " JOIN t t%d ON t%d.a = t%d.a", i+1, i, i+1)
	}
	return b.String()
}
