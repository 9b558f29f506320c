//go:build integration

package sqltest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/penstock/penstock/internal/sim"
)

// TestRandomQueriesPostgres: PostgreSQL 15 answers random queries with the same rows,
// to the letter.
func TestRandomQueriesPostgres(t *testing.T) {
	p := startPostgres(t)
	e, err := sim.NewEngine(sim.Ways[0].Settings)
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	script.WriteString(randomTables(t, e, queryGen{rand.New(rand.NewPCG(1, 2))}))
	g := queryGen{rand.New(rand.NewPCG(5, 6))}
	type query struct {
		sql     string
		ordered bool
	}
	queries := make([]query, 5*randomQueries)
	for i := range queries {
		queries[i].sql, queries[i].ordered = g.query()
		script.WriteString("\\echo @@\n" + queries[i].sql + ";\n")
	}
	answers := strings.Split(p.run(t, script.String(), "psql", "-h", p.dir, "-U", "postgres", "-d", "postgres", "-XqAt", "-P", "null=NULL", "-f", "-"), "@@\n")[1:]
	if len(answers) != len(queries) {
		t.Fatalf("%d answers to %d queries", len(answers), len(queries))
	}
	for i, q := range queries {
		want := strings.Split(strings.TrimSuffix(answers[i], "\n"), "\n")
		if answers[i] == "" {
			want = nil
		}
		for k, line := range want {
			values := strings.Split(line, "|")
			for c := range values {
				if values[c] == "-0" {
					values[c] = "0"
				}
			}
			want[k] = strings.Join(values, "|")
		}
		if !q.ordered {
			slices.Sort(want)
		}
		if got := answer(e, q.sql, q.ordered); !slices.Equal(got, want) {
			t.Errorf("%s\n is %q\nwant %q", q.sql, minus(got, want), minus(want, got))
		}
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}
