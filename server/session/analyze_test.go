package session_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/penstock/penstock/server/session"
)

const analyzedVisits = `{"id":"a","ts":"2024-01-01 00:00:01","n":1}
{"id":"b","ts":"2024-01-01 00:00:02","n":2}
{"id":"a","ts":"2024-01-01 00:00:21","n":3}
`

func visitsFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "visits.ndjson")
	if err := os.WriteFile(path, []byte(analyzedVisits), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// all runs a statement that must not fail.
func all(t *testing.T, s session.Session, sql string) []string {
	t.Helper()
	lines, _, err := run(t.Context(), s, sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return lines
}

func TestExplainAnalyze(t *testing.T) {
	l := open(t, session.Config{Settings: map[string]string{"parallelism": "1"}})
	s := connect(t, l)
	table := `CREATE TABLE v (id VARCHAR, ts TIMESTAMP(3), n INT, WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
		WITH ('connector'='file', 'format'='json', 'path'='` + visitsFile(t) + `'`
	all(t, s, table+")")
	lines := all(t, s, "EXPLAIN ANALYZE SELECT id, sum(n) FROM v WHERE n > 1 GROUP BY TUMBLE(ts, INTERVAL '20' SECOND), id")
	text := strings.Join(lines, "\n")
	for _, want := range []string{`scan v .* rows=3 batches=1 .*bytes=\d+`, `filter .*rows_in=3 rows=2 `, `aggregate .*rows_in=2 rows=2 .*busy=\S+`,
		`time: \S+`} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	// A query that has no end cannot be waited for, but looked at while it runs.
	all(t, s, strings.Replace(table, "TABLE v", "TABLE live", 1)+", 'scan.follow'='true')")
	if _, err := s.Prepare(t.Context(), "EXPLAIN ANALYZE SELECT * FROM live", nil); err == nil || !strings.Contains(err.Error(), "does not end") {
		t.Errorf("err = %v", err)
	}
	all(t, s, "CREATE TABLE nowhere (id VARCHAR, n BIGINT) WITH ('connector'='blackhole')")
	all(t, s, "INSERT INTO nowhere SELECT id, count(*) FROM live GROUP BY TUMBLE(ts, INTERVAL '20' SECOND), id")
	id := l.Queries()[len(l.Queries())-1].ID
	want := regexp.MustCompile(`scan live .*rows=3 .*watermark="2024-01-01 00:00:20" behind=`)
	deadline := time.Now().Add(10 * time.Second)
	for text = ""; !want.MatchString(text); text = strings.Join(all(t, s, "EXPLAIN ANALYZE QUERY "+id), "\n") {
		if time.Now().After(deadline) {
			t.Fatalf("no %s in\n%s", want, text)
		}
	}
	marks := all(t, s, "SHOW WATERMARKS")
	if len(marks) != 1 || !strings.HasPrefix(marks[0], id+"|live|0|2024-01-01 00:00:20|") || !strings.HasSuffix(marks[0], "|t") {
		t.Errorf("%q", marks)
	}
	all(t, s, "STOP QUERY "+id)
	if text = strings.Join(all(t, s, "EXPLAIN ANALYZE QUERY "+id), "\n"); !strings.Contains(text, "rows=3") {
		t.Errorf("after its end:\n%s", text)
	}
}
