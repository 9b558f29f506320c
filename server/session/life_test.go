package session_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/server/session"
)

// patience bounds every wait of these tests.
const patience = 20 * time.Second

// eventually waits until f is true; what is being waited for is outside this
// process's clock (files, goroutines).
func eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !f() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%s: not within %s", what, patience)
		}
	}
}

// follow declares a table over a file that is followed, and returns the file.
func follow(t testing.TB, s session.Session, name, lines string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, s, fmt.Sprintf(`CREATE TABLE %s (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
		WITH ('connector' = 'file', 'path' = '%s', 'format' = 'json', 'scan.follow' = 'true', 'scan.follow.interval' = '1ms')`, name, path))
	return path
}

func appendTo(t testing.TB, path, lines string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(lines); err != nil {
		t.Fatal(err)
	}
}

func start(t testing.TB, ctx context.Context, s session.Session, sql string, args ...session.Arg) session.Result {
	t.Helper()
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Run(ctx, args)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantCode(t testing.TB, err error, code sqlerr.Code, part string) {
	t.Helper()
	if sqlerr.CodeOf(err) != code || !strings.Contains(fmt.Sprint(err), part) {
		t.Fatalf("got %v, want %s %q", err, code, part)
	}
}

func TestPlannedAnew(t *testing.T) {
	l := open(t, session.Config{})
	s, other := connect(t, l), connect(t, l)
	must(t, s, "CREATE VIEW v AS SELECT 1 AS a")
	p, err := s.Prepare(t.Context(), "SELECT * FROM v", nil)
	if err != nil {
		t.Fatal(err)
	}
	again := func() ([]string, error) {
		r, err := p.Run(t.Context(), nil)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return rowsOf(t.Context(), r)
	}
	must(t, other, "CREATE OR REPLACE VIEW v AS SELECT 2 AS a")
	if got, err := again(); err != nil || !slices.Equal(got, []string{"2"}) {
		t.Fatalf("%v %v", got, err)
	}
	must(t, other, "CREATE OR REPLACE VIEW v AS SELECT 'x' AS a")
	for range 2 { // it does not wear off
		_, err = again()
		wantCode(t, err, sqlerr.FeatureNotSupported, "cached plan must not change result type")
	}
	must(t, other, "DROP VIEW v")
	_, err = again()
	wantCode(t, err, sqlerr.UndefinedTable, `relation "v" does not exist`)
	must(t, other, "CREATE VIEW v AS SELECT 3 AS a")
	if got, err := again(); err != nil || !slices.Equal(got, []string{"3"}) {
		t.Fatalf("%v %v", got, err)
	}
	must(t, s, "CREATE TEMPORARY VIEW v AS SELECT 4 AS a")
	if got, err := again(); err != nil || !slices.Equal(got, []string{"4"}) {
		t.Fatalf("%v %v", got, err)
	}
}

func TestParameters(t *testing.T) {
	s := connect(t, open(t, session.Config{}))
	p, err := s.Prepare(t.Context(), "SELECT $1::int + 1, $2 || 'x', $3", []catalog.Type{{}, {}, catalog.Of(catalog.Date)})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(p.Params()); got != "[INT VARCHAR DATE]" {
		t.Errorf("types %s", got)
	}
	r, err := p.Run(t.Context(), []session.Arg{{Text: "41"}, {Null: true}, {Text: "2026-01-02"}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := rowsOf(t.Context(), r)
	if err != nil || !slices.Equal(got, []string{"42|NULL|2026-01-02"}) || r.Close() != nil {
		t.Errorf("%v %v", got, err)
	}
	_, err = p.Run(t.Context(), []session.Arg{{Text: "many"}, {}, {Text: "2026-01-02"}})
	wantCode(t, err, sqlerr.InvalidTextRepresentation, `invalid input syntax for type integer: "many"`)
	_, err = p.Run(t.Context(), nil)
	wantCode(t, err, sqlerr.ProtocolViolation, "statement has 3")
	_, _, err = run(t.Context(), s, "SHOW TABLES", session.Arg{Text: "1"})
	wantCode(t, err, sqlerr.ProtocolViolation, "statement has 0")
	if got, _, err := run(t.Context(), s, "EXPLAIN SELECT $1::int", session.Arg{Text: "1"}); err != nil || len(got) == 0 {
		t.Errorf("%v %v", got, err)
	}
}

// Rows come before the query ends, and the figures are right while it runs.
func TestFollowedFile(t *testing.T) {
	l := open(t, session.Config{})
	s := connect(t, l)
	path := follow(t, s, "f", "")
	r := start(t, t.Context(), s, "SELECT id FROM f WHERE id > 1")
	defer r.Close()
	if b, err := r.Next(t.Context(), false); b != nil || err != nil {
		t.Fatalf("%v %v", b, err)
	}
	appendTo(t, path, `{"id":1,"ts":"2026-01-01T00:00:01"}`+"\n"+`{"id":2,"ts":"2026-01-01T00:00:02"}`+"\nnot json\n")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	b, err := r.Next(ctx, true)
	if err != nil || b.Rows() != 1 {
		t.Fatalf("%v %v", b, err)
	}
	eventually(t, "the reject counted", func() bool { return counter(l.Queries()[0], "rejects") == 1 })
	q := l.Queries()[0]
	if q.State != session.Running || q.Kind != "select" || q.RowsIn != 2 || q.RowsOut != 1 || counter(q, "records") != 2 || counter(q, "bytes") == 0 {
		t.Errorf("%+v", q)
	}
	lines := must(t, s, "SHOW QUERIES")
	if len(lines) != 1 || !strings.HasPrefix(lines[0], q.ID+"|running|select|") || !strings.Contains(lines[0], "|2|1|0|0|") {
		t.Errorf("%q", lines)
	}
	must(t, s, "STOP QUERY "+q.ID)
	_, err = r.Next(ctx, true)
	wantCode(t, err, sqlerr.QueryCanceled, "stopped by user request")
	if q = l.Queries()[0]; q.State != session.Stopped || q.Ended.IsZero() || q.RowsIn != 2 {
		t.Errorf("%+v", q)
	}
	_, _, err = run(ctx, s, "STOP QUERY "+q.ID)
	wantCode(t, err, sqlerr.ObjectNotInPrerequisite, "has ended already")
	_, _, err = run(ctx, s, "STOP QUERY q99")
	wantCode(t, err, sqlerr.UndefinedObject, "does not exist")
}

func counter(q session.QueryInfo, name string) (n int64) {
	for _, c := range q.Counters {
		if c.Name == name {
			n += c.Value
		}
	}
	return n
}

// Windows: the watermark and late rows of a running query.
func TestWatermarkShown(t *testing.T) {
	l := open(t, session.Config{})
	s := connect(t, l)
	must(t, s, "SET parallelism = 1")
	line := func(sec int) string { return fmt.Sprintf(`{"id":1,"ts":"2026-01-01T00:00:%02d"}`+"\n", sec) }
	path := follow(t, s, "f", line(1)+line(2)+line(20))
	r := start(t, t.Context(), s, "SELECT TUMBLE_START(ts, INTERVAL '10' SECOND), count(*) FROM f GROUP BY TUMBLE(ts, INTERVAL '10' SECOND)")
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	b, err := r.Next(ctx, true)
	if err != nil || b.Rows() != 1 || b.Cols[1].Int[0] != 2 {
		t.Fatalf("%v %v", b, err)
	}
	appendTo(t, path, line(3)+line(21))
	eventually(t, "the late row counted", func() bool { return l.Queries()[0].Late == 1 })
	eventually(t, "the watermark", func() bool {
		return time.UnixMicro(l.Queries()[0].Watermark).UTC().Equal(time.Date(2026, 1, 1, 0, 0, 20, 0, time.UTC))
	})
	if lines := must(t, s, "SHOW QUERIES"); !strings.Contains(lines[0], "|1|0|0|2026-01-01 00:00:20|") {
		t.Errorf("%q", lines)
	}
}

func TestTimeoutAndCancel(t *testing.T) {
	l := open(t, session.Config{})
	s := connect(t, l)
	follow(t, s, "f", "")
	must(t, s, "SET statement_timeout = '20ms'")
	_, _, err := run(t.Context(), s, "SELECT * FROM f")
	wantCode(t, err, sqlerr.QueryCanceled, "canceling statement due to statement timeout")
	must(t, s, "RESET statement_timeout")

	cause := sqlerr.New(sqlerr.QueryCanceled, "canceling statement due to user request")
	ctx, cancel := context.WithCancelCause(t.Context())
	r := start(t, ctx, s, "SELECT * FROM f")
	cancel(cause)
	_, err = r.Next(t.Context(), true)
	wantCode(t, err, sqlerr.QueryCanceled, "user request")
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r = start(t, ctx, s, "SELECT * FROM f")
	stop()
	_, err = r.Next(t.Context(), true)
	wantCode(t, err, sqlerr.QueryCanceled, "client has gone")
	_ = r.Close()

	// A deadline of Next leaves the query alone; Close ends it.
	r = start(t, t.Context(), s, "SELECT * FROM f")
	short, done := context.WithTimeout(t.Context(), time.Millisecond)
	defer done()
	if _, err = r.Next(short, true); err != context.DeadlineExceeded {
		t.Errorf("%v", err)
	}
	if q := l.Queries(); q[len(q)-1].State != session.Running {
		t.Errorf("%+v", q[len(q)-1])
	}
	for range 2 {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	var states []string
	for _, q := range l.Queries() {
		states = append(states, q.State)
	}
	if got := strings.Join(states, " "); got != "stopped stopped stopped finished" {
		t.Error(got)
	}
}

// A LIMIT ends an endless query by itself.
func TestLimitEnds(t *testing.T) {
	l := open(t, session.Config{})
	s := connect(t, l)
	follow(t, s, "f", `{"id":1}`+"\n"+`{"id":2}`+"\n")
	if got := must(t, s, "SELECT id FROM f LIMIT 1"); !slices.Equal(got, []string{"1"}) {
		t.Errorf("%q", got)
	}
	if q := l.Queries()[0]; q.State != session.Finished || q.RowsOut != 1 {
		t.Errorf("%+v", q)
	}
}

func TestCloseEndsAll(t *testing.T) {
	before := runtime.NumGoroutine()
	l, err := session.Open(session.Config{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.NewSession(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	follow(t, s, "f", "")
	must(t, s, fmt.Sprintf("CREATE TABLE g (id INT) WITH ('connector' = 'file', 'path' = '%s/g', 'format' = 'json')", t.TempDir()))
	must(t, s, "INSERT INTO g SELECT id FROM f")
	var open []session.Result
	for range 5 {
		open = append(open, start(t, t.Context(), s, "SELECT * FROM f"))
	}
	var wg sync.WaitGroup
	for _, r := range open {
		wg.Go(func() {
			if _, err := r.Next(t.Context(), true); sqlerr.CodeOf(err) != sqlerr.AdminShutdown {
				t.Errorf("%v", err)
			}
			_ = r.Close()
		})
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
	if _, err := l.NewSession(t.Context(), nil); sqlerr.CodeOf(err) != sqlerr.AdminShutdown {
		t.Errorf("%v", err)
	}
	_, _, err = run(t.Context(), s, "SELECT 1")
	wantCode(t, err, sqlerr.AdminShutdown, "shutting down")
	eventually(t, "the goroutines end", func() bool { return runtime.NumGoroutine() <= before })
}

// Only so many ended queries are remembered.
func TestEndedForgotten(t *testing.T) {
	l := open(t, session.Config{})
	s := connect(t, l)
	for range session.MaxEndedQueries + 20 {
		must(t, s, "SELECT 1")
	}
	q := l.Queries()
	if n := len(q); n < session.MaxEndedQueries || n > session.MaxEndedQueries+1 || q[n-1].ID != fmt.Sprint("q", session.MaxEndedQueries+20) {
		t.Errorf("%d, last %s", n, q[n-1].ID)
	}
	if _, err := l.Query("q1"); sqlerr.CodeOf(err) != sqlerr.UndefinedObject {
		t.Errorf("%v", err)
	}
}

// vault is a connector that has secrets.
type vault struct{ build.Connector }

func (vault) Check(*catalog.Table) error  { return nil }
func (vault) Bounded(*catalog.Table) bool { return true }

func TestSecretsMasked(t *testing.T) {
	s := connect(t, open(t, session.Config{Connectors: map[string]build.Connector{"vault": vault{}}}))
	must(t, s, "CREATE TABLE t (id INT) WITH ('connector' = 'vault', 'password' = 'hunter2', 'path' = 'x')")
	got := must(t, s, "SHOW CREATE TABLE t")
	if len(got) != 1 || strings.Contains(got[0], "hunter2") || !strings.Contains(got[0], "'path' = 'x'") {
		t.Errorf("%q", got)
	}
}

func TestSettingsOfClient(t *testing.T) {
	l := open(t, session.Config{Settings: map[string]string{"parallelism": "3"}})
	s, err := l.NewSession(t.Context(), map[string]string{"user": "ada", "database": "x", "TimeZone": "Europe/Berlin", "application_name": "a", "unknown": "y"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var told []string
	s.OnParameter(func(name, value string) { told = append(told, name+"="+value) })
	must(t, s, "SET timezone = 'UTC'")
	must(t, s, "SET timezone = 'UTC'")
	must(t, s, "RESET ALL")
	if err := s.Discard(t.Context(), "ALL"); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(told, "TimeZone=UTC") {
		t.Errorf("%q", told)
	}
	if v, ok := s.Setting("PARALLELISM"); v != "3" || !ok {
		t.Errorf("%q %v", v, ok)
	}
	if _, err := l.NewSession(t.Context(), map[string]string{"TimeZone": "Mars"}); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
		t.Errorf("%v", err)
	}
	if _, err := session.Open(session.Config{Settings: map[string]string{"paralelism": "3"}}); sqlerr.CodeOf(err) != sqlerr.UndefinedObject {
		t.Errorf("%v", err)
	}
}

func TestExec(t *testing.T) {
	l := open(t, session.Config{})
	if err := l.Exec(t.Context(), "CREATE VIEW v AS SELECT 1;\nSELECT * FROM v; CREATE TEMPORARY VIEW w AS SELECT 1"); err != nil {
		t.Fatal(err)
	}
	if got := must(t, connect(t, l), "SHOW VIEWS"); len(got) != 1 {
		t.Errorf("%q", got)
	}
	err := l.Exec(t.Context(), "SELECT 1;\nSELECT nope FROM v")
	wantCode(t, err, sqlerr.UndefinedColumn, "nope")
	if e := sqlerr.From(err); e.Pos != sqlerr.Pos(len("SELECT 1;\nSELECT ")+1) {
		t.Errorf("at %d", e.Pos)
	}
	if err := l.Exec(t.Context(), ""); err != nil {
		t.Error(err)
	}
}

// Sessions change the catalog and read at the same time.
func TestManySessions(t *testing.T) {
	l := open(t, session.Config{})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			s, err := l.NewSession(t.Context(), nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			for range 10 {
				for _, sql := range []string{fmt.Sprintf("CREATE OR REPLACE VIEW v%d AS SELECT %d AS a", i%4, i), "SHOW VIEWS", "SELECT 1", "SHOW QUERIES"} {
					if _, _, err := run(t.Context(), s, sql); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if got := l.Queries(); len(got) == 0 {
		t.Error("no queries")
	}
}
