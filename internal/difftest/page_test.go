package difftest

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const page = "../../docs/reference/postgresql.md"

// difference is a reason with the statements that it holds for.
type difference struct {
	count             int
	sql, theirs, ours string // of the first
}

// TestPage: docs/reference/postgresql.md lists every difference.
func TestPage(t *testing.T) {
	want := makePage(t)
	if *psql != "" {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is stale; record it anew (see doc.go)", page)
	}
}

func makePage(t *testing.T) string {
	all := map[string]*difference{}
	of := 0
	note := func(reason, sql, theirs, ours string) {
		d := all[reason]
		if d == nil {
			d = &difference{sql: sql, theirs: theirs, ours: ours}
			all[reason] = d
		}
		d.count++
	}
	for _, file := range exprFiles(t) {
		for _, l := range loadLines(t, file) {
			if l.sql != "" {
				of++
			}
			if l.reason != "" {
				note(reasons[l.reason], l.sql, l.theirs, l.ours)
			}
		}
	}
	files, err := filepath.Glob("testdata/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range readBlocks(string(data)) {
			if b.sql != "" {
				of++
			}
			if b.reason != "" {
				note(b.reason, b.sql, strings.Join(b.want, " / "), strings.Join(b.ours, " / "))
			}
		}
	}
	return writePage(all, of)
}

func writePage(all map[string]*difference, of int) string {
	var out strings.Builder
	out.WriteString("# Where we differ from PostgreSQL 15\n\n<!-- Made from internal/difftest; do not edit. -->\n\n")
	listed := 0
	for _, d := range all {
		listed += d.count
	}
	fmt.Fprintf(&out, "`make difftest` puts %d expressions and statements to a PostgreSQL 15 and compares text and SQLSTATE. They are equal but for the %d that\n"+
		"differ for one of these reasons, each with its number of cases and one of them. An answer like `!22003` is an SQLSTATE.\n\n", of, listed)
	out.WriteString("| reason | cases | for example | PostgreSQL | ours |\n|---|---|---|---|---|\n")
	for _, reason := range slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(all[b].count, all[a].count), strings.Compare(a, b))
	}) {
		d := all[reason]
		fmt.Fprintf(&out, "| %s | %d | %s | %s | %s |\n", inTable(reason), d.count, asCode(d.sql), asCode(d.theirs), asCode(d.ours))
	}
	return out.String()
}

func inTable(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}

// maxCell bounds the text of a cell, in bytes.
const maxCell = 160

func asCode(s string) string {
	s = inTable(strings.ReplaceAll(s, "`", "'"))
	if len(s) > maxCell {
		s = strings.ToValidUTF8(s[:maxCell], "") + "…"
	}
	return "`" + s + "`"
}
