package sqltest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/penstock/penstock/internal/sim"
)

// queryGen writes random bounded queries that are valid here and in PostgreSQL and
// meet no error: divisors are never 0, numbers stay small, doubles are sums of
// powers of two. It is a function of its seed.
type queryGen struct{ *rand.Rand }

// The tables: columns i, j INT, b BIGINT, d DECIMAL(8,2), x DOUBLE, s, r VARCHAR, f BOOLEAN, t TIMESTAMP.
const (
	randomRows    = 60
	randomQueries = 400
)

const randomColumns = "i INT, j INT, b BIGINT, d DECIMAL(8,2), x DOUBLE PRECISION, s VARCHAR, r VARCHAR, f BOOLEAN, t TIMESTAMP(3)"

func (g queryGen) pick(list ...string) string { return list[g.IntN(len(list))] }

// row writes the values of a row, in SQL or as JSON.
func (g queryGen) row() (sql string, js string) {
	names := []string{"i", "j", "b", "d", "x", "s", "r", "f", "t"}
	values := []string{fmt.Sprint(g.IntN(7) - 2), fmt.Sprint(g.IntN(40)), fmt.Sprint(g.IntN(2_000_000) - 1_000_000),
		fmt.Sprintf("%d.%02d", g.IntN(50), g.IntN(100)), fmt.Sprint(float64(g.IntN(64)-32) / 4),
		"'" + g.pick("", "a", "b", "ab", "Abc", " x ", "äö", "10") + "'", "'" + g.pick("a", "b", "c%", "a_c") + "'",
		g.pick("true", "false"), fmt.Sprintf("'2024-01-%02d %02d:%02d:00'", 1+g.IntN(3), g.IntN(24), g.IntN(60))}
	var fields []string
	for i, v := range values {
		if g.IntN(6) == 0 {
			values[i], v = "NULL", "null"
		}
		fields = append(fields, fmt.Sprintf("%q: %s", names[i], strings.ReplaceAll(v, "'", `"`)))
	}
	return "(" + strings.Join(values, ", ") + ")", "{" + strings.Join(fields, ", ") + "}"
}

func (g queryGen) col(from []string, names ...string) string {
	return g.pick(from...) + "." + g.pick(names...)
}

func (g queryGen) integer(from []string, depth int) string {
	if depth == 0 || g.IntN(4) == 0 {
		if g.IntN(5) == 0 {
			return fmt.Sprint(g.IntN(5))
		}
		return g.col(from, "i", "j")
	}
	a, b := g.integer(from, depth-1), g.integer(from, depth-1)
	switch g.IntN(10) {
	case 0, 1:
		return fmt.Sprintf("(%s %s %s)", a, g.pick("+", "-"), b)
	case 9: // the branch must not be computed for other rows
		return fmt.Sprintf("CASE WHEN %s <> 0 THEN %s / %s END", b, a, b)
	case 2:
		return fmt.Sprintf("(%s %s NULLIF(%s, 0))", a, g.pick("/", "%"), b)
	case 3:
		return fmt.Sprintf("COALESCE(%s, %s)", a, b)
	case 4:
		return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", g.boolean(from, depth-1), a, b)
	case 5:
		return fmt.Sprintf("abs(%s)", a)
	case 6:
		return fmt.Sprintf("length(%s)", g.text(from, depth-1))
	case 7:
		return fmt.Sprintf("%s(%s, %s)", g.pick("GREATEST", "LEAST"), a, b)
	}
	return fmt.Sprintf("CAST(EXTRACT(%s FROM %s) AS INT)", g.pick("HOUR", "DAY", "MINUTE", "DOW"), g.col(from, "t"))
}

func (g queryGen) text(from []string, depth int) string {
	if depth == 0 || g.IntN(3) == 0 {
		return g.col(from, "s", "r")
	}
	a := g.text(from, depth-1)
	switch g.IntN(6) {
	case 0:
		return fmt.Sprintf("(%s || %s)", a, g.text(from, depth-1))
	case 1:
		return fmt.Sprintf("%s(%s)", g.pick("upper", "lower", "trim", "reverse"), a)
	case 2:
		return fmt.Sprintf("CAST(%s AS TEXT)", g.pick(g.integer(from, depth-1), g.number(from, depth-1), g.col(from, "f", "t")))
	case 3:
		return fmt.Sprintf("substring(%s FROM %d FOR %d)", a, 1+g.IntN(3), g.IntN(3))
	case 4:
		return fmt.Sprintf("replace(%s, 'a', %s)", a, g.text(from, 0))
	}
	return fmt.Sprintf("CASE WHEN %s THEN %s END", g.boolean(from, depth-1), a)
}

func (g queryGen) number(from []string, depth int) string {
	if depth == 0 || g.IntN(3) == 0 {
		return g.col(from, "b", "d", "x")
	}
	switch g.IntN(5) {
	case 0:
		return fmt.Sprintf("(%s %s %s)", g.col(from, "d", "i", "b"), g.pick("+", "-", "*"), g.col(from, "d", "j"))
	case 1:
		return fmt.Sprintf("(%s * %s)", g.col(from, "x"), g.pick("0.5", "2", g.col(from, "i")))
	case 2:
		return fmt.Sprintf("(%s / NULLIF(%s, 0))", g.col(from, "d"), g.col(from, "d", "i", "j"))
	case 3:
		return fmt.Sprintf("round(%s, %d)", g.col(from, "d"), g.IntN(3))
	}
	return fmt.Sprintf("%s(%s)", g.pick("floor", "ceil", "abs", "sign"), g.col(from, "d", "x"))
}

func (g queryGen) boolean(from []string, depth int) string {
	if depth == 0 || g.IntN(5) == 0 {
		return g.col(from, "f")
	}
	cmp := g.pick("=", "<>", "<", "<=", ">", ">=")
	a := g.integer(from, depth-1)
	switch g.IntN(11) {
	case 0, 1:
		return fmt.Sprintf("(%s %s %s)", a, cmp, g.integer(from, depth-1))
	case 2:
		return fmt.Sprintf("(%s %s %s)", g.boolean(from, depth-1), g.pick("AND", "OR"), g.boolean(from, depth-1))
	case 3:
		return fmt.Sprintf("(NOT %s)", g.boolean(from, depth-1))
	case 4:
		return fmt.Sprintf("(%s IS %sNULL)", g.pick(a, g.text(from, depth-1), g.col(from, "f", "t")), g.pick("", "NOT "))
	case 5:
		return fmt.Sprintf("(%s %sIN (%d, %s, 3))", a, g.pick("", "NOT "), g.IntN(4), g.pick("1", "NULL"))
	case 6:
		return fmt.Sprintf("(%s %sBETWEEN %d AND %s)", a, g.pick("", "NOT "), g.IntN(3), g.integer(from, 0))
	case 7:
		return fmt.Sprintf("(%s %sLIKE '%s')", g.text(from, depth-1), g.pick("", "NOT "), g.pick("a%", "%b%", "_", "%", ""))
	case 8:
		return fmt.Sprintf("(%s IS %sDISTINCT FROM %s)", a, g.pick("", "NOT "), g.integer(from, depth-1))
	case 9:
		return fmt.Sprintf("(%s %s TIMESTAMP '2024-01-02 12:00:00' + INTERVAL '%d' HOUR)", g.col(from, "t"), cmp, g.IntN(20))
	}
	return fmt.Sprintf("(%s %s %s)", g.col(from, "x", "d", "b"), cmp, g.number(from, depth-1))
}

func (g queryGen) scalar(from []string, depth int) string {
	switch g.IntN(5) {
	case 0:
		return g.text(from, depth)
	case 1:
		return g.number(from, depth)
	case 2:
		return g.boolean(from, depth)
	case 3:
		return g.col(from, "t", "s", "f", "d")
	}
	return g.integer(from, depth)
}

func (g queryGen) aggregate(from []string) string {
	arg := g.pick(g.integer(from, 1), g.number(from, 1))
	var a string
	switch g.IntN(8) {
	case 0:
		a = "count(*)"
	case 1:
		a = fmt.Sprintf("count(DISTINCT %s)", g.scalar(from, 1))
	case 2:
		a = fmt.Sprintf("%s(%s)", g.pick("min", "max"), g.pick(g.text(from, 1), g.col(from, "t"), arg))
	case 3:
		a = fmt.Sprintf("%s(%s)", g.pick("bool_and", "bool_or"), g.boolean(from, 1))
	case 4:
		a = fmt.Sprintf("%s(DISTINCT %s)", g.pick("sum", "avg"), g.integer(from, 1))
	default:
		a = fmt.Sprintf("%s(%s)", g.pick("sum", "avg", "count"), arg)
	}
	switch g.IntN(8) {
	case 0:
		a += fmt.Sprintf(" FILTER (WHERE %s)", g.boolean(from, 1))
	case 1:
		c := g.col(from, "i", "j")
		a = fmt.Sprintf("sum(%s / %s) FILTER (WHERE %s <> 0)", g.integer(from, 1), c, c)
	}
	return a
}

// source writes a FROM clause and the names in it.
func (g queryGen) source(depth int) (sql string, names []string) {
	if depth > 0 && g.IntN(4) == 0 {
		cols := "i, j, b, d, x, s, r, f, t"
		q := fmt.Sprintf("SELECT %s FROM %s p", cols, g.pick("ta", "tb"))
		if g.IntN(2) == 0 {
			q += " WHERE " + g.boolean([]string{"p"}, 2)
		}
		if g.IntN(3) == 0 {
			q += fmt.Sprintf(" UNION ALL SELECT %s FROM tb", cols)
		}
		return "(" + q + ") AS u", []string{"u"}
	}
	if depth > 0 && g.IntN(4) == 0 {
		return g.grouped("u", "tb") + " JOIN ta ON u.i = ta." + g.pick("i", "j"), []string{"u", "ta"}
	}
	if depth > 0 && g.IntN(4) == 0 {
		return g.grouped("l", "ta") + g.pick(" LEFT", " FULL", "") + " JOIN " + g.grouped("r", "tb") + " ON l.i = r.i AND l.j = r.j", []string{"l", "r"}
	}
	if g.IntN(2) == 0 {
		return "ta", []string{"ta"}
	}
	on := fmt.Sprintf("l.%s = r.%s", g.pick("i", "j"), g.pick("i", "j"))
	kind := g.pick("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN")
	if kind != "FULL JOIN" && g.IntN(2) == 0 {
		on += " AND " + g.boolean([]string{"l", "r"}, 2)
	}
	return fmt.Sprintf("ta l %s tb r ON %s", kind, on), []string{"l", "r"}
}

// grouped is a subquery with the columns of a table, a row a group.
func (g queryGen) grouped(name, table string) string {
	p := []string{"p"}
	q := fmt.Sprintf(`SELECT p.i, CAST(count(*) AS INT) AS j, sum(%s) AS b, max(p.d) AS d, min(p.x) AS x, max(%s) AS s, min(p.r) AS r, bool_or(%s) AS f, max(p.t) AS t FROM %s p`,
		g.integer(p, 1), g.text(p, 1), g.boolean(p, 1), table)
	if g.IntN(2) == 0 {
		q += " WHERE " + g.boolean(p, 2)
	}
	q += " GROUP BY p.i"
	if g.IntN(3) == 0 {
		q += " HAVING " + g.pick("count(*) > 1", "sum(p.j) IS NOT NULL", "bool_or(p.f)", "p.i > 0")
	}
	return fmt.Sprintf("(%s) AS %s", q, name)
}

// query writes a query, and tells whether its rows have an order.
func (g queryGen) query() (sql string, ordered bool) {
	from, names := g.source(1)
	where := ""
	if g.IntN(2) == 0 {
		where = " WHERE " + g.boolean(names, 3)
	}
	n := 1 + g.IntN(4)
	cols := make([]string, n)
	tail := ""
	distinct := ""
	if g.IntN(2) == 0 {
		keys := make([]string, g.IntN(min(n, 3)))
		for i := range keys {
			keys[i] = g.scalar(names, 1)
		}
		for i := range cols {
			if cols[i] = g.aggregate(names); i < len(keys) {
				cols[i] = keys[i]
			}
		}
		if len(keys) > 0 {
			pos := make([]string, len(keys))
			for i := range keys {
				pos[i] = fmt.Sprint(i + 1)
			}
			tail = " GROUP BY " + strings.Join(pos, ", ")
		}
		if g.IntN(3) == 0 {
			tail += " HAVING count(*) > " + fmt.Sprint(g.IntN(3))
		}
	} else {
		for i := range cols {
			cols[i] = g.scalar(names, 3)
		}
		if g.IntN(5) == 0 {
			distinct = "DISTINCT "
		}
	}
	if g.IntN(3) == 0 {
		order := make([]string, n)
		for i := range order {
			order[i] = fmt.Sprint(i+1) + g.pick("", " DESC", " NULLS FIRST", " DESC NULLS LAST")
		}
		tail += " ORDER BY " + strings.Join(order, ", ") + g.pick("", " LIMIT 7", " LIMIT 5 OFFSET 3")
		ordered = true
	}
	return "SELECT " + distinct + strings.Join(cols, ", ") + " FROM " + from + where + tail, ordered
}

// randomTables fills ta and tb, here and in the statements for PostgreSQL.
func randomTables(t *testing.T, e *sim.Engine, g queryGen) (pg string) {
	for i, name := range []string{"ta", "tb"} {
		ddl := fmt.Sprintf("CREATE TABLE %s (%s) WITH ('connector' = 'test', 'bounded' = 'true', 'partitions' = '3')", name, randomColumns)
		if _, err := e.Exec(ddl); err != nil {
			t.Fatal(sim.ErrorText(err))
		}
		var rows []string
		for k := range randomRows / (i + 1) {
			sql, js := g.row()
			rows = append(rows, sql)
			e.Feeds.Append(name, k%3, []byte(js))
		}
		e.Feeds.End(name, -1)
		pg += fmt.Sprintf("CREATE TABLE %s (%s);\nINSERT INTO %s VALUES %s;\n", name, randomColumns, name, strings.Join(rows, ", "))
	}
	return pg
}

// answer runs a query to its end and gives its rows as lines, or its error.
func answer(e *sim.Engine, sql string, ordered bool) []string {
	q, err := e.Start(sql)
	if err == nil {
		err = q.Wait()
	}
	if err != nil {
		return []string{sim.ErrorText(err)}
	}
	out := []string{}
	for _, row := range q.Values() {
		for i := range row {
			switch row[i] {
			case sim.Null:
				row[i] = "NULL"
			case "-0":
				row[i] = "0" // which of equal values stands for a group is anybody's choice
			}
		}
		out = append(out, strings.Join(row, "|"))
	}
	if !ordered {
		slices.Sort(out)
	}
	return out
}

// TestRandomQueries: all ways of running give the same rows.
func TestRandomQueries(t *testing.T) {
	var engines []*sim.Engine
	for _, w := range sim.Ways {
		e, err := sim.NewEngine(w.Settings)
		if err != nil {
			t.Fatal(err)
		}
		randomTables(t, e, queryGen{rand.New(rand.NewPCG(1, 2))})
		engines = append(engines, e)
	}
	g := queryGen{rand.New(rand.NewPCG(3, 4))}
	empty, failed := 0, 0
	for range randomQueries {
		sql, ordered := g.query()
		want := answer(engines[0], sql, ordered)
		switch {
		case len(want) == 0:
			empty++
		case strings.HasPrefix(want[0], "error "):
			failed++
			t.Errorf("%s\n%s", sql, want[0])
		}
		for i, e := range engines[1:] {
			if got := answer(e, sql, ordered); !slices.Equal(got, want) {
				t.Errorf("%s\n%s: %q\nbut %s: %q", sql, sim.Ways[i+1].Name, minus(got, want), sim.Ways[0].Name, minus(want, got))
			}
		}
	}
	t.Logf("%d of %d queries without a row, %d failed", empty, randomQueries, failed)
	for _, e := range engines {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}
