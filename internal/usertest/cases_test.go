package usertest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/penstock/penstock/internal/sim"
	"github.com/penstock/penstock/server/session"
)

const casesDir = "../../testdata/suites/cases"

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
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cases, err := ParseLines(file, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			t.Run(c.ID, func(t *testing.T) {
				reason, skipped := notRun[c.ID]
				delete(notRun, c.ID)
				var faults []string
				for _, w := range []sim.Way{sim.Ways[2], {Name: "four lanes", Settings: map[string]string{"parallelism": "4", "batch.max-rows": "1"}}} {
					synctest.Test(t, func(*testing.T) {
						if diff := RunLine(c, w.Settings); diff != "" {
							faults = append(faults, w.Name+": "+diff)
						}
					})
				}
				synctest.Test(t, func(*testing.T) {
					diff := runLine(c, sim.Ways[2].Settings, restart)
					if strings.Contains(diff, "cannot be saved") {
						return // and says so
					}
					if diff != "" {
						faults = append(faults, "restarted after each record: "+diff)
					}
				})
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

// restart sets the running queries up again from their saved state.
func restart(e *sim.Engine) error {
	for _, q := range e.Local.Queries() {
		if q.State == session.Running {
			if err := e.Local.RestartQuery(context.Background(), q.ID); err != nil {
				return err
			}
		}
	}
	e.Settle()
	return nil
}
