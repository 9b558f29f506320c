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

// Jobs outlive their session, and the process.
func TestJobs(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	out := filepath.Join(dir, "out")
	l, err := session.Open(session.Config{DataDir: data})
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.NewSession(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	path := follow(t, s, "f", `{"id":1}`+"\n")
	must(t, s, fmt.Sprintf("CREATE TABLE g (id INT, zone VARCHAR) WITH ('connector' = 'file', 'path' = '%s', 'format' = 'json')", out))
	must(t, s, "SET timezone = 'Asia/Tokyo'")
	lines, tag, err := run(t.Context(), s, "INSERT INTO g SELECT id + $1::int, 'x' FROM f", session.Arg{Text: "100"})
	if err != nil || tag != "INSERT 0 0" || len(lines) != 1 || !strings.HasPrefix(lines[0], "NOTICE: query q1 runs") {
		t.Fatalf("%q %q %v", lines, tag, err)
	}
	must(t, s, "INSERT INTO g SELECT id, 'y' FROM f")
	must(t, s, "STOP QUERY q2")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content := func() string { b, _ := os.ReadFile(out); return string(b) }
	eventually(t, "the job writes", func() bool { return strings.Contains(content(), `"id":101`) })
	eventually(t, "the end is noted", func() bool { return kept(t, l, "q2") == "stopped" })
	if q, err := l.Query("q1"); err != nil || q.State != session.Running || q.RowsOut != 1 || q.RowsIn != 1 {
		t.Fatalf("%+v %v", q, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(out, 0); err != nil {
		t.Fatal(err)
	}

	l = open(t, session.Config{DataDir: data})
	if err := l.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	appendTo(t, path, `{"id":2}`+"\n")
	eventually(t, "the job writes again", func() bool { return strings.Contains(content(), `"id":102`) })
	s = connect(t, l)
	lines = must(t, s, "SHOW QUERIES")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "q2|stopped|insert|") || !strings.HasPrefix(lines[1], "q1|running|insert|") {
		t.Errorf("%q", lines)
	}
	_, _, err = run(t.Context(), s, "DROP TABLE f")
	wantCode(t, err, sqlerr.DependentObjects, "cannot drop table f")
	_, _, err = run(t.Context(), s, "STOP QUERY q2")
	wantCode(t, err, sqlerr.ObjectNotInPrerequisite, "has ended already")
	lines = must(t, s, "INSERT INTO g SELECT id, 'z' FROM f")
	if !strings.HasPrefix(lines[0], "NOTICE: query q3 runs") {
		t.Errorf("%q", lines)
	}
	if lines = must(t, s, "EXPLAIN QUERY q3"); !slices.Contains(lines, "sink g") {
		t.Errorf("%q", lines)
	}
	lines = must(t, s, "DROP TABLE f CASCADE")
	slices.Sort(lines)
	if !slices.Equal(lines, []string{"NOTICE: drop cascades to query q1", "NOTICE: drop cascades to query q3"}) {
		t.Errorf("%q", lines)
	}
	for _, id := range []string{"q1", "q3"} {
		if q, err := l.Query(id); err != nil || q.State != session.Stopped {
			t.Errorf("%+v %v", q, err)
		}
	}
}

// kept is how the catalog has a job.
func kept(t *testing.T, l *session.Local, id string) string {
	t.Helper()
	j, ok := l.Job(id)
	if !ok {
		return "none"
	}
	return string(j.State)
}

// A job that cannot start again is marked as failed, and the others go on.
func TestResumeFails(t *testing.T) {
	data := t.TempDir()
	l, err := session.Open(session.Config{DataDir: data})
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.NewSession(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	path := follow(t, s, "f", "")
	must(t, s, fmt.Sprintf("CREATE TABLE g (id INT) WITH ('connector' = 'file', 'path' = '%s/out', 'format' = 'json')", t.TempDir()))
	must(t, s, "INSERT INTO g SELECT id FROM f")
	_ = s.Close()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	l = open(t, session.Config{DataDir: data})
	if err := l.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	q, err := l.Query("q1")
	if err != nil || q.State != session.Failed || sqlerr.CodeOf(q.Err) != sqlerr.UndefinedFile {
		t.Errorf("%+v %v", q, err)
	}
}
