package sqltest

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/internal/sim"
)

const nexmarkDir = "../../testdata/suites/nexmark"

// nexmarkQuery is a line of queries.jsonl.
type nexmarkQuery struct {
	ID, Query       string
	ExpectedFile    string   `json:"expected_file"`
	ExpectedCount   int      `json:"expected_count"`
	ExpectedColumns []string `json:"expected_columns"`
}

// TestNexmark compares with PostgreSQL's answers over 10,000 events.
func TestNexmark(t *testing.T) {
	ddl, err := os.ReadFile(filepath.Join(nexmarkDir, "ddl.sql"))
	if err != nil {
		t.Fatal(err)
	}
	script := strings.NewReplacer("${NEXMARK_TABLE}", "nexmark", "${NEXMARK_FILE}", filepath.Join(nexmarkDir, "events_10k.jsonl.gz")).Replace(string(ddl))
	var queries []nexmarkQuery
	for _, line := range readLines(t, filepath.Join(nexmarkDir, "queries.jsonl")) {
		var q nexmarkQuery
		if err := json.Unmarshal(line, &q); err != nil {
			t.Fatal(err)
		}
		queries = append(queries, q)
	}
	for _, w := range sim.Ways {
		e, err := sim.NewEngine(w.Settings)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Exec(script + sideInput()); err != nil {
			t.Fatal(sim.ErrorText(err))
		}
		for _, q := range queries {
			t.Run(filepath.Base(q.ID)+"/"+w.Name, func(t *testing.T) { q.run(t, e) })
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

// sideInput is the lookup table of q13: (i, "i") for 10,000 keys.
func sideInput() string {
	var rows strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&rows, `{"key":%d,"value":"%d"}`+"\n", i, i)
	}
	return "\nCREATE LOOKUP TABLE side_input (key BIGINT, `value` VARCHAR, PRIMARY KEY (key) NOT ENFORCED) WITH ('connector' = 'values', 'rows' = '" + rows.String() + "');"
}

func (n *nexmarkQuery) run(t *testing.T, e *sim.Engine) {
	q, err := e.Start(n.Query)
	if err != nil {
		t.Fatal(sim.ErrorText(err))
	}
	if err := q.Wait(); err != nil {
		t.Fatal(sim.ErrorText(err))
	}
	rows := readLines(t, filepath.Join(nexmarkDir, n.ExpectedFile))
	if len(rows) != n.ExpectedCount {
		t.Fatalf("%d expected rows, not %d", len(rows), n.ExpectedCount)
	}
	q.Renamed(n.ExpectedColumns)
	got, err := q.Canonical(n.ExpectedColumns)
	if err != nil {
		t.Fatal(err)
	}
	want, err := q.CanonicalJSON(rows, n.ExpectedColumns)
	if err != nil {
		t.Fatal(err)
	}
	sameRows(t, want, got)
}

// sameRows compares multisets of rows.
func sameRows(t *testing.T, want, got []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(want, got) {
		missing, extra := minus(want, got), minus(got, want)
		t.Errorf("%d rows, want %d; %d missing, %d too many (-want +got):\n%s", len(got), len(want), len(missing), len(extra),
			cmp.Diff(missing[:min(10, len(missing))], extra[:min(10, len(extra))]))
	}
}

// minus gives what is in a and not in b; both are sorted.
func minus(a, b []string) []string {
	var out []string
	for _, s := range a {
		for len(b) > 0 && b[0] < s {
			b = b[1:]
		}
		if len(b) > 0 && b[0] == s {
			b = b[1:]
			continue
		}
		out = append(out, s)
	}
	return out
}

// readLines reads a file of JSON lines, gzipped if its name ends in .gz.
func readLines(t *testing.T, path string) []json.RawMessage {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // only read
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	var out []json.RawMessage
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		out = append(out, slices.Clone(sc.Bytes()))
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
