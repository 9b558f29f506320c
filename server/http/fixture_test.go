package http

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/penstock/penstock/server/session"
)

// patience bounds every wait of these tests.
const patience = 20 * time.Second

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

// fixture is a server on loopback over a real engine.
type fixture struct {
	t      *testing.T
	engine *session.Local
	server *Server
	url    string
	client *http.Client
	dir    string
}

func serve(t *testing.T) *fixture {
	t.Helper()
	engine, err := session.Open(session.Config{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, engine: engine, server: New(engine, slog.New(slog.DiscardHandler)), url: "http://" + l.Addr().String(),
		client: &http.Client{Transport: &http.Transport{}}, dir: t.TempDir()}
	served := make(chan error, 1)
	go func() { served <- f.server.Serve(l) }()
	t.Cleanup(func() {
		f.client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := f.server.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// do sends a request; headers are pairs.
func (f *fixture) do(method, path, body string, headers ...string) *http.Response {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	f.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, method, f.url+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if req.Header.Set(headers[i], headers[i+1]); headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	res, err := f.client.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// text sends a request and reads the whole answer.
func (f *fixture) text(method, path, body string, headers ...string) (int, string) {
	f.t.Helper()
	res := f.do(method, path, body, headers...)
	b, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func (f *fixture) sql(sql string) string {
	f.t.Helper()
	status, out := f.text("POST", "/v1/sql", sql)
	if status != 200 {
		f.t.Fatalf("%s: %d %s", sql, status, out)
	}
	return out
}

// follow declares a table over a followed file and returns the file.
func (f *fixture) follow(name, lines string) string {
	f.t.Helper()
	path := filepath.Join(f.dir, name)
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		f.t.Fatal(err)
	}
	f.sql(fmt.Sprintf(`CREATE TABLE %s (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
		WITH ('connector' = 'file', 'path' = '%s', 'format' = 'json', 'scan.follow' = 'true', 'scan.follow.interval' = '1ms')`, name, path))
	return path
}

func write(t *testing.T, path, lines string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(lines); err != nil {
		t.Fatal(err)
	}
}
