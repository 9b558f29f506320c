package session_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/server/session"
)

// badRecords are lines that no record should look like, with what they are.
var badRecords = map[string]string{
	"cut":           `{"id":1,"name":"a`,
	"not an object": `[1,2]`,
	"a word":        `nonsense`,
	"a NUL":         "{\"id\":1,\"name\":\"a\x00b\"}",
	"invalid UTF-8": "{\"id\":1,\"name\":\"\xff\xfe\"}",
	"a text number": `{"id":"one"}`,
	"too great":     `{"id":2147483648}`,
	"far too great": `{"id":1e400}`,
	"a fraction":    `{"id":1.5}`,
	"month 13":      `{"id":1,"ts":"2026-13-01T00:00:00"}`,
	"year 999999":   `{"id":1,"ts":"999999-01-01T00:00:00"}`,
	"no time":       `{"id":1,"ts":"yesterday"}`,
	"an object":     `{"id":{"a":1}}`,
	"nested":        `{"id":1,"x":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`,
	"unclosed":      `{"id":` + strings.Repeat(`{"a":`, 10_000),
	"lone \\u":      `{"id":1,"name":"\uD800"}`,
	"two objects":   `{"id":1}{"id":2}`,
}

// TestBadRecords: each is passed over and counted, ends the query, or becomes NULLs, as
// the table says; the good ones beside it are all there.
func TestBadRecords(t *testing.T) {
	l := open(t, session.Config{})
	s := connect(t, l)
	dir := t.TempDir()
	for name, line := range badRecords {
		path := filepath.Join(dir, "f")
		if err := os.WriteFile(path, []byte(`{"id":10,"name":"x"}`+"\n"+line+"\n"+`{"id":20}`+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, policy := range []string{"skip", "fail", "null"} {
			must(t, s, fmt.Sprintf(`CREATE OR REPLACE TABLE f (id INT, name VARCHAR, ts TIMESTAMP(3))
				WITH ('connector' = 'file', 'path' = '%s', 'format' = 'json', 'on-error' = '%s')`, path, policy))
			got, _, err := run(t.Context(), s, "SELECT id, name, ts FROM f")
			qs := l.Queries()
			rejects := counter(qs[len(qs)-1], "rejects")
			if rejects == 0 && err == nil {
				if policy == "skip" {
					t.Logf("%s is read as %q", name, got)
				}
				if len(got) < 3 {
					t.Errorf("%s, %s: lost: %q", name, policy, got)
				}
				continue
			}
			switch policy {
			case "skip":
				if err != nil || !slices.Equal(got, []string{"10|x|NULL", "20|NULL|NULL"}) || rejects != 1 {
					t.Errorf("%s: %q %d %v", name, got, rejects, err)
				}
			case "null":
				if err != nil || len(got) != 3 || got[1] != "NULL|NULL|NULL" {
					t.Errorf("%s: %q %v", name, got, err)
				}
			case "fail":
				e := sqlerr.From(err)
				if err == nil || e.Code == sqlerr.InternalError || !strings.Contains(e.Message, "line 2") {
					t.Errorf("%s: %q %v", name, got, err)
				}
			}
		}
	}
}

// Records of 10 MB go through, and a limit on them holds.
func TestLongRecords(t *testing.T) {
	l := open(t, session.Config{})
	s := connect(t, l)
	path := filepath.Join(t.TempDir(), "f")
	long := `{"id":1,"name":"` + strings.Repeat("x", 10<<20) + `"}` + "\n"
	if err := os.WriteFile(path, []byte(long+`{"id":2,"name":"y"}`+"\n"+long), 0o600); err != nil {
		t.Fatal(err)
	}
	table := func(options string) {
		must(t, s, fmt.Sprintf("CREATE OR REPLACE TABLE f (id INT, name VARCHAR) WITH ('connector' = 'file', 'path' = '%s', 'format' = 'json'%s)", path, options))
	}
	table("")
	if got := must(t, s, "SELECT id, length(name) FROM f ORDER BY id"); !slices.Equal(got, []string{"1|10485760", "1|10485760", "2|1"}) {
		t.Errorf("%.100q", got)
	}
	if got := must(t, s, "SELECT length(name || name) FROM f WHERE id = 1 LIMIT 1"); !slices.Equal(got, []string{"20971520"}) {
		t.Errorf("%.100q", got)
	}
	table(", 'file.max-line-bytes' = '1MiB'")
	if got := must(t, s, "SELECT id, length(name) FROM f"); !slices.Equal(got, []string{"2|1"}) {
		t.Errorf("%.100q", got)
	}
	table(", 'file.max-line-bytes' = '1MiB', 'on-error' = 'fail'")
	_, _, err := run(t.Context(), s, "SELECT id FROM f")
	wantCode(t, err, sqlerr.ProgramLimitExceeded, "line 1")
}
