package sqltest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// peerCase is a line of testdata/suites/cases; its README explains the fields.
type peerCase struct {
	ID              string
	DDL, Query      string
	Views           []string
	Sources         []peerSource
	Arrival         [][2]int
	Expected        []json.RawMessage
	ExpectedColumns []string `json:"expected_columns"`
	ExpectedMode    string   `json:"expected_mode"`
	EndOfInput      string   `json:"end_of_input"`
	Ordered         bool
}

type peerSource struct {
	Name, Kind string
	Records    []json.RawMessage
}

const casesDir = "../../testdata/suites/cases"

// connectorOptions finds what a case says of its connectors, which is not ours.
var connectorOptions = regexp.MustCompile(`(?s)\)\s*WITH\s*\('connector'.*?\)`)

// TestPeerCases runs the cases of other systems. Those in not_run.txt must fail,
// the others pass.
func TestPeerCases(t *testing.T) {
	notRun := readNotRun(t)
	files, err := filepath.Glob(casesDir + "/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	passed := 0
	for _, file := range files {
		for _, c := range readCases(t, file) {
			t.Run(c.ID, func(t *testing.T) {
				reason, skipped := notRun[c.ID]
				delete(notRun, c.ID)
				var faults []string
				for _, w := range []Way{Ways[2], {"four lanes", map[string]string{"parallelism": "4", "batch.max-rows": "1"}}} {
					synctest.Test(t, func(t *testing.T) {
						if diff := runCase(c, w); diff != "" {
							faults = append(faults, w.Name+": "+diff)
						}
					})
				}
				switch {
				case skipped && len(faults) == 0:
					t.Errorf("passes, but not_run.txt lists it: %s", reason)
				case !skipped && len(faults) > 0:
					t.Error(strings.Join(faults, "\n"))
				case skipped && !strings.Contains(strings.Join(faults, "\n"), reason):
					t.Errorf("fails otherwise than not_run.txt says (%s):\n%s", reason, strings.Join(faults, "\n"))
				case !skipped:
					passed++
				}
			})
		}
	}
	for id := range notRun {
		t.Errorf("not_run.txt lists %q, which is no case", id)
	}
	t.Logf("%d cases pass", passed)
}

// readNotRun reads lines of a case's id and what its fault contains.
func readNotRun(t *testing.T) map[string]string {
	data, err := os.ReadFile(filepath.Join(casesDir, "not_run.txt"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		id, reason, ok := strings.Cut(line, ": ")
		if !ok || reason == "" {
			t.Fatalf("not_run.txt: %q has no reason", line)
		}
		out[id] = reason
	}
	return out
}

func readCases(t *testing.T, file string) []peerCase {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []peerCase
	sc := bufio.NewScanner(bytes.NewReader(data))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var c peerCase
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		out = append(out, c)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// runCase tells how the case's rows differ, or what kept it from running.
func runCase(c peerCase, w Way) (fault string) {
	e, err := NewEngine(w.Settings)
	if err != nil {
		return err.Error()
	}
	defer func() {
		if err := e.Close(); err != nil && fault == "" {
			fault = err.Error()
		}
	}()
	for _, s := range c.Sources {
		if s.Kind != "stream" {
			return "a " + s.Kind + " source"
		}
	}
	ddl := connectorOptions.ReplaceAllString(c.DDL, ") WITH ('connector' = 'test')")
	if _, err := e.Exec(ddl + "\n" + strings.Join(c.Views, ";\n")); err != nil {
		return ErrorText(err)
	}
	q, err := e.Start(c.Query)
	if err != nil {
		return ErrorText(err)
	}
	defer func() { _ = q.Stop() }() // its rows are what matters
	if c.Arrival == nil {
		for s, src := range c.Sources {
			for r := range src.Records {
				c.Arrival = append(c.Arrival, [2]int{s, r})
			}
		}
	}
	for _, a := range c.Arrival {
		s := c.Sources[a[0]]
		e.Feeds.Append(s.Name, 0, s.Records[a[1]])
		e.Settle()
	}
	if c.EndOfInput == "flush" {
		for _, s := range c.Sources {
			e.Feeds.End(s.Name, -1)
		}
		e.Settle()
		if over, err := q.Over(); err != nil {
			return ErrorText(err)
		} else if !over {
			return "the query has not ended"
		}
	}
	return compareCase(c, q)
}

func compareCase(c peerCase, q *Query) string {
	if c.ExpectedMode != "append" {
		return fmt.Sprintf("expected_mode %q", c.ExpectedMode)
	}
	got, err := q.Canonical(c.ExpectedColumns)
	if err != nil {
		return err.Error()
	}
	want, err := q.CanonicalJSON(c.Expected, c.ExpectedColumns)
	if err != nil {
		return err.Error()
	}
	if !c.Ordered {
		slices.Sort(got)
		slices.Sort(want)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return "rows differ (-want +got):\n" + diff
	}
	return ""
}
