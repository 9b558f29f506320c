package pgwire_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/lib/pq"

	"github.com/penstock/penstock/server/pgwire"
	"github.com/penstock/penstock/server/session"
)

// Real clients over the real engine.

// patience bounds every wait of these tests.
const patience = 20 * time.Second

// serve starts an engine with a PostgreSQL port, and two tables over files: bounded,
// and followed.
func serve(t *testing.T) (engine *session.Local, addr, dir string) {
	t.Helper()
	dir = t.TempDir()
	engine, err := session.Open(session.Config{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bounded", "followed"} {
		text := `{"id":1,"name":"one","amount":1.5}` + "\n" + `{"id":2,"name":null}` + "\n" + `{"id":3,"name":"three","amount":-7}` + "\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := engine.Exec(t.Context(), fmt.Sprintf(`CREATE TABLE %s (id INT NOT NULL, name VARCHAR, amount DECIMAL(10, 2), PRIMARY KEY (id) NOT ENFORCED)
			WITH ('connector' = 'file', 'path' = '%s', 'format' = 'json', 'scan.follow.interval' = '1ms', 'scan.follow' = '%t')`,
			name, filepath.Join(dir, name), name == "followed"))
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := engine.Exec(t.Context(), "CREATE VIEW doubled AS SELECT id * 2 AS twice FROM bounded"); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := pgwire.New(pgwire.Config{Engine: engine})
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		for _, q := range engine.Queries() {
			if q.State == session.Running {
				t.Errorf("%s still runs: %s", q.ID, q.SQL)
			}
		}
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return engine, l.Addr().String(), dir
}

func grow(t *testing.T, path, lines string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(lines); err != nil {
		t.Fatal(err)
	}
}

func TestPgxPool(t *testing.T) {
	engine, addr, dir := serve(t)
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			pool, err := pgxpool.New(ctx, fmt.Sprintf("postgres://ada@%s/penstock?default_query_exec_mode=%s&pool_max_conns=4", addr, mode))
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			var wg sync.WaitGroup
			for i := range 20 {
				wg.Go(func() {
					var x int
					var name *string
					err := pool.QueryRow(ctx, "SELECT id + $1::int, name FROM bounded WHERE id = $2::int", i, i%3+1).Scan(&x, &name)
					if err != nil || x != i+i%3+1 || (name == nil) != (i%3 == 1) {
						t.Errorf("%d: %d %v %v", i, x, name, err)
					}
				})
			}
			wg.Wait()
			var version, user string
			var now time.Time
			if err := pool.QueryRow(ctx, "SELECT version(), current_user, now()").Scan(&version, &user, &now); err != nil || user != "ada" ||
				!strings.HasPrefix(version, "PostgreSQL 15") || time.Since(now) > time.Minute {
				t.Errorf("%q %q %v %v", version, user, now, err)
			}
			_, err = pool.Exec(ctx, "SELECT nope FROM bounded")
			if e, ok := errors.AsType[*pgconn.PgError](err); !ok || e.Code != "42703" || e.Position != 8 {
				t.Errorf("%v", err)
			}
			path := filepath.Join(dir, mode)
			grow(t, path, "")
			err = engine.Exec(ctx, fmt.Sprintf("CREATE TABLE stream_%s (id INT) WITH ('connector' = 'file', 'path' = '%s', 'format' = 'json', 'scan.follow' = 'true', 'scan.follow.interval' = '1ms')", mode, path))
			if err != nil {
				t.Fatal(err)
			}
			live(t, ctx, pool, "SELECT id FROM stream_"+mode, path)
		})
	}
}

// live reads a stream whose rows are written while it is read, and breaks off.
func live(t *testing.T, ctx context.Context, pool *pgxpool.Pool, query, path string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	grow(t, path, `{"id":0}`+"\n") // pgx waits for the first row when it knows the columns
	rows, err := pool.Query(ctx, query)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if i > 0 {
			grow(t, path, fmt.Sprintf(`{"id":%d}`+"\n", i))
		}
		var id int
		if !rows.Next() || rows.Scan(&id) != nil || id != i {
			t.Fatalf("row %d: %d %v", i, id, rows.Err())
		}
	}
	cancel()
	rows.Close()
	if rows.Err() == nil {
		t.Error("the query has ended by itself")
	}
}

func TestLibPQ(t *testing.T) {
	_, addr, dir := serve(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for _, binary := range []string{"no", "yes"} {
		db, err := sql.Open("postgres", fmt.Sprintf("postgres://ada@%s/penstock?sslmode=disable&binary_parameters=%s", addr, binary))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.PingContext(ctx); err != nil {
			t.Fatal(err)
		}
		var sum float64
		var n int
		if err := db.QueryRowContext(ctx, "SELECT sum(amount), count(*) FROM bounded WHERE id > $1", 0).Scan(&sum, &n); err != nil || sum != -5.5 || n != 3 {
			t.Errorf("%v %d %v", sum, n, err)
		}
		st, err := db.PrepareContext(ctx, "SELECT name FROM bounded WHERE id = $1")
		if err != nil {
			t.Fatal(err)
		}
		var name sql.NullString
		if err := st.QueryRowContext(ctx, 2).Scan(&name); err != nil || name.Valid {
			t.Errorf("%v %v", name, err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
		_, err = db.ExecContext(ctx, "SELECT * FROM nothing")
		if e, ok := errors.AsType[*pq.Error](err); !ok || e.Code != "42P01" || e.Position != "15" {
			t.Errorf("%v", err)
		}
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(ctx, "SET timezone = 'Asia/Tokyo'"); err != nil {
			t.Error(err)
		}
		if err := tx.Commit(); err != nil {
			t.Error(err)
		}
		stream, cancel := context.WithCancel(ctx)
		rows, err := db.QueryContext(stream, "SELECT id FROM followed")
		if err != nil {
			t.Fatal(err)
		}
		for i := range 4 {
			if i == 3 {
				grow(t, filepath.Join(dir, "followed"), `{"id":4}`+"\n")
			}
			var id int
			if !rows.Next() || rows.Scan(&id) != nil || id != i+1 {
				t.Fatalf("%d %v", id, rows.Err())
			}
		}
		cancel()
		_ = rows.Close() // the cancellation is what was wanted
		if err := os.Truncate(filepath.Join(dir, "followed"), int64(strings.LastIndex(read(t, filepath.Join(dir, "followed")), `{"id":4}`))); err != nil {
			t.Fatal(err)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestPsqlSession has psql 15 talk to the real engine; it skips where there is none.
func TestPsqlSession(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "psql", "--version").Output()
	if err != nil || !strings.Contains(string(out), " 15.") {
		t.Skip("needs psql 15 (Debian: postgresql-client-15)")
	}
	_, addr, dir := serve(t)
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	datadriven.RunTest(t, "testdata/session/psql", func(t *testing.T, d *datadriven.TestData) string {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		cmd := exec.CommandContext(ctx, "psql", "-X", "-h", host, "-p", port, "-U", "ada", "-d", "penstock")
		cmd.Env = append(cmd.Environ(), "PSQL_PAGER=", "LC_ALL=C", "PGCLIENTENCODING=UTF8")
		cmd.Stdin = strings.NewReader(strings.ReplaceAll(d.Input, "DIR", dir))
		out, err := cmd.CombinedOutput()
		text := strings.NewReplacer(port, "PORT", dir, "DIR").Replace(string(out))
		if err != nil {
			text += err.Error() + "\n"
		}
		lines := strings.Split(text, "\n")
		for i, l := range lines {
			lines[i] = strings.TrimRight(l, " ")
		}
		return strings.Join(lines, "\n")
	})
}

// TestPsqlCancel: rows reach psql as they come, and Ctrl-C ends the query.
func TestPsqlCancel(t *testing.T) {
	if _, err := exec.LookPath("psql"); err != nil {
		t.Skip("needs psql (Debian: postgresql-client-15)")
	}
	engine, addr, dir := serve(t)
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "psql", "-X", "-A", "-t", "-h", host, "-p", port, "-U", "ada", "-d", "penstock", "-v", "FETCH_COUNT=1", "-f", "-")
	cmd.Env = append(cmd.Environ(), "LC_ALL=C")
	cmd.Stdin = strings.NewReader("SELECT id FROM followed;\nSELECT 'after';\n")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len("1\n2\n3\n4")) // psql ends a line when it begins the next
	if _, err := io.ReadFull(stdout, got[:5]); err != nil {
		t.Fatal(err)
	}
	grow(t, filepath.Join(dir, "followed"), `{"id":4}`+"\n")
	if _, err := io.ReadFull(stdout, got[5:]); err != nil || string(got) != "1\n2\n3\n4" {
		t.Fatalf("%q %v", got, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.ReadAll(stdout)
		_ = cmd.Wait() // psql ends a script that was interrupted
	}()
	// psql takes no notice of a signal that comes just between two of its FETCHes.
	for again := time.NewTicker(200 * time.Millisecond); ; {
		if err := cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		select {
		case <-ended:
		case <-again.C:
			continue
		}
		again.Stop()
		break
	}
	q := engine.Queries()[0]
	// The cursor may be between two fetches when the signal comes: then it is closed.
	if q.State != session.Stopped && q.State != session.Finished || q.RowsOut != 4 {
		t.Errorf("%+v", q)
	}
}

// TestGarbageOnThePort: whatever comes, the next client is served.
func TestGarbageOnThePort(t *testing.T) {
	_, addr, _ := serve(t)
	start := "\x00\x00\x00\x15\x00\x03\x00\x00user\x00ada\x00\x00\x00"
	for _, raw := range []string{"", "GET / HTTP/1.1\r\n\r\n", "\x00\x00\x00\x00", "\xff\xff\xff\xff\xff\xff\xff\xff", "\x00\x00\x00\x08\x04\xd2\x16\x2f" + start + "Q\x00\x00\x00\x03",
		start + "Q\x7f\xff\xff\xff", start + "B\x00\x00\x00\x08\x00\x00\xff\xff", start + "\x00\x00\x00\x00\x00", start + "P\x00\x00\x00\x06ab",
		start + strings.Repeat("\xff", 100_000), start + "Q\x00\x00\x00\x08\xff\xfe;\x00", "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1"} {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write([]byte(raw))
		_ = c.(*net.TCPConn).CloseWrite()
		_ = c.SetReadDeadline(time.Now().Add(patience))
		b, _ := io.ReadAll(c)
		_ = c.Close()
		if strings.Contains(string(b), "XX000") {
			t.Errorf("%.40q: %q", raw, b)
		}
	}
	db, err := sql.Open("postgres", "postgres://ada@"+addr+"/penstock?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	deep := "SELECT " + strings.Repeat("(", 10_000) + "1" + strings.Repeat(")", 10_000)
	huge := "SELECT '" + strings.Repeat("x", 8<<20) + "'"
	for _, c := range []struct{ sql, code string }{{deep, "54001"}, {huge, ""}, {"SELECT " + strings.Repeat("- ", 10_000) + "1", "54001"},
		{"SELECT " + strings.Repeat("NOT ", 10_000) + "true", "54001"}, {"SELECT ARRAY" + strings.Repeat("[", 10_000), ""},
		{strings.Repeat("SELECT * FROM (", 10_000) + "SELECT 1" + strings.Repeat(") t", 10_000), "54001"},
		{"SELECT CASE " + strings.Repeat("WHEN true THEN CASE ", 10_000), ""}, {"SELECT 1 IN (" + strings.Repeat("1,", 100_000) + "1)", ""},
		{strings.Repeat("SELECT 1;", 20_000), ""}} {
		_, err := db.ExecContext(t.Context(), c.sql)
		e, ok := errors.AsType[*pq.Error](err)
		if c.code != "" && (!ok || string(e.Code) != c.code) || ok && e.Code == "XX000" {
			t.Errorf("%.30q: %.200v", c.sql, err)
		}
	}
	var one int
	if err := db.QueryRowContext(t.Context(), "SELECT 1").Scan(&one); err != nil || one != 1 {
		t.Errorf("%d %v", one, err)
	}
}
