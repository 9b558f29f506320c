package pgwire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// listen starts a server on loopback.
func listen(t *testing.T, e *fakeEngine) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := New(Config{Engine: e})
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		if n := e.open.Load() + e.sessions.Load(); n != 0 {
			t.Errorf("%d results and sessions left open", n)
		}
	})
	return l.Addr().String()
}

// TestDriver: a real client in each of its modes.
func TestDriver(t *testing.T) {
	addr := listen(t, &fakeEngine{numbers: 100_000})
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			conn, err := pgx.Connect(ctx, fmt.Sprintf("postgres://u@%s/d?sslmode=prefer&default_query_exec_mode=%s", addr, mode))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.Background())
			if err := conn.Ping(ctx); err != nil {
				t.Fatal(err)
			}
			driverRows(t, ctx, conn, mode)
			driverTypes(t, ctx, conn)
			driverErrors(t, ctx, conn)
		})
	}
}

func driverRows(t *testing.T, ctx context.Context, conn *pgx.Conn, mode string) {
	rows, err := conn.Query(ctx, "SELECT * FROM numbers")
	if err != nil {
		t.Fatal(err)
	}
	n := int64(0)
	for rows.Next() {
		var got int64
		var text string
		if err := rows.Scan(&got, &text); err != nil {
			t.Fatal(err)
		}
		n++
		if got != n || text != fmt.Sprintf("number %d", n) {
			t.Fatalf("row %d is %d %q", n, got, text)
		}
	}
	if err := rows.Err(); err != nil || n != 100_000 || rows.CommandTag().String() != "SELECT 100000" {
		t.Fatalf("%d rows, %v, %v", n, rows.CommandTag(), err)
	}
	if mode == "simple_protocol" {
		return // the fake knows parameters only
	}
	var last int64
	if err := conn.QueryRow(ctx, "SELECT * FROM numbers WHERE n > $1", 99_999).Scan(&last, nil); err != nil || last != 100_000 {
		t.Fatalf("%d %v", last, err)
	}
}

func driverTypes(t *testing.T, ctx context.Context, conn *pgx.Conn) {
	rows, err := conn.Query(ctx, "SELECT * FROM types")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for i := 0; rows.Next(); i++ {
		got, err := rows.Values()
		if err != nil {
			t.Fatal(err)
		}
		for j, v := range got {
			if (v == nil) != (i == 1) {
				t.Errorf("row %d, %s: %v", i, values[j].name, v)
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

func driverErrors(t *testing.T, ctx context.Context, conn *pgx.Conn) {
	_, err := conn.Exec(ctx, "SELECT 'ö', nothing")
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || pgErr.Code != "42703" || pgErr.Position != 13 {
		t.Fatalf("%+v", err)
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, "DECLARE c CURSOR FOR SELECT * FROM numbers"); err != nil {
		t.Fatal(err)
	}
	tag, err := tx.Exec(ctx, "FETCH 7 FROM c")
	if err != nil || tag.String() != "FETCH 7" {
		t.Fatalf("%v %v", tag, err)
	}
	if err := tx.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if _, err := conn.PgConn().CopyTo(ctx, &b, "COPY (SELECT 1, 'a') TO STDOUT (FORMAT csv)"); err != nil || b.String() != "1,a\n" {
		t.Fatalf("%q %v", b.String(), err)
	}
}

// TestDriverCancel: a row is there long before the query would end, and the
// connection goes on after a cancel request.
func TestDriverCancel(t *testing.T) {
	addr := listen(t, &fakeEngine{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, "postgres://u@"+addr+"/d")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	rows, err := conn.Query(ctx, "SELECT * FROM ticks")
	if err != nil {
		t.Fatal(err)
	}
	if !rows.Next() {
		t.Fatal(rows.Err())
	}
	if err := conn.PgConn().CancelRequest(ctx); err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		continue
	}
	if pgErr, ok := errors.AsType[*pgconn.PgError](rows.Err()); !ok || pgErr.Code != "57014" {
		t.Fatalf("%v", rows.Err())
	}
	if err := conn.Ping(ctx); err != nil {
		t.Fatal(err)
	}
}
