package http

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/penstock/penstock/server/session"
)

const asJSON = "application/json"

func TestForms(t *testing.T) {
	f := serve(t)
	const q = "SELECT a, b FROM (VALUES (1, 'x,\"y'), (2, NULL), (3, '')) AS v(a, b)"
	for _, c := range []struct{ accept, ctype, want string }{
		{"", "application/x-ndjson", "{\"a\":1,\"b\":\"x,\\\"y\"}\n{\"a\":2,\"b\":null}\n{\"a\":3,\"b\":\"\"}\n"},
		{"*/*", "application/x-ndjson", "{\"a\":1,\"b\":\"x,\\\"y\"}\n{\"a\":2,\"b\":null}\n{\"a\":3,\"b\":\"\"}\n"},
		{"text/csv", csvType, "a,b\n1,\"x,\"\"y\"\n2,\n3,\"\"\n"},
		{"text/event-stream", "text/event-stream", "event: row\ndata: {\"a\":1,\"b\":\"x,\\\"y\"}\n\nevent: row\ndata: {\"a\":2,\"b\":null}\n\n" +
			"event: row\ndata: {\"a\":3,\"b\":\"\"}\n\nevent: end\ndata:\n\n"},
		{"image/png, text/csv;q=0.5", csvType, "a,b\n1,\"x,\"\"y\"\n2,\n3,\"\"\n"},
	} {
		res := f.do("POST", "/v1/sql", q, "Accept", c.accept)
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != 200 || res.Header.Get("Content-Type") != c.ctype || string(b) != c.want {
			t.Errorf("%q: %d %s %q %v", c.accept, res.StatusCode, res.Header.Get("Content-Type"), b, err)
		}
	}
	if status, out := f.text("POST", "/v1/sql", q, "Accept", "image/png"); status != 406 || !strings.Contains(out, "0A000") {
		t.Errorf("%d %s", status, out)
	}
	// Statements without rows, and several.
	if got := f.sql("SET parallelism = 1"); got != "{\"status\":\"SET\"}\n" {
		t.Errorf("%q", got)
	}
	if got := f.sql("SET timezone = 'Asia/Tokyo'; SELECT 1 AS a; SHOW timezone; "); got != "{\"a\":1}\n{\"TimeZone\":\"Asia/Tokyo\"}\n" {
		t.Errorf("%q", got)
	}
	if got := f.sql("SELECT 1 AS a, 2 AS a"); got != "{\"a\":1,\"a_2\":2}\n" {
		t.Errorf("%q", got)
	}
	if status, got := f.text("POST", "/v1/sql", "SET parallelism = 1", "Accept", "text/event-stream"); status != 200 || got != "event: status\ndata: SET\n\nevent: end\ndata:\n\n" {
		t.Errorf("%q", got)
	}
	if status, got := f.text("POST", "/v1/sql", "SET parallelism = 1", "Accept", "text/csv"); status != 200 || got != "status\nSET\n" {
		t.Errorf("%q", got)
	}
	res := f.do("POST", "/v1/sql", "DROP TABLE IF EXISTS nothing")
	if got := res.Header.Get("X-Notice"); got != `"table \"nothing\" does not exist, skipping"` {
		t.Errorf("%q", got)
	}
}

func TestJSONBody(t *testing.T) {
	f := serve(t)
	status, out := f.text("POST", "/v1/sql", `{"sql": "SELECT $1::int + 1 AS a, $2 || 'x' AS b, $3::boolean AS c, $4::text AS d",
		"params": [41, "ö", true, null], "settings": {"parallelism": 1, "timezone": "Asia/Tokyo"}}`, "Content-Type", asJSON)
	if status != 200 || out != "{\"a\":42,\"b\":\"öx\",\"c\":true,\"d\":null}\n" {
		t.Errorf("%d %s", status, out)
	}
	status, out = f.text("POST", "/v1/sql", `{"sql": "SHOW timezone", "settings": {"timezone": "Asia/Tokyo"}}`, "Content-Type", asJSON+"; charset=utf-8")
	if status != 200 || out != "{\"TimeZone\":\"Asia/Tokyo\"}\n" {
		t.Errorf("%d %s", status, out)
	}
}

// problemOf checks that an answer is an error, and gives it.
func problemOf(t *testing.T, res *http.Response) problemBody {
	t.Helper()
	var p problemBody
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &p); err != nil || res.Header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%d %s %s %v", res.StatusCode, res.Header.Get("Content-Type"), b, err)
	}
	if p.Status != res.StatusCode || p.Title == "" || p.Type == "" || p.Detail == "" {
		t.Errorf("%+v", p)
	}
	return p
}

func TestProblems(t *testing.T) {
	f := serve(t)
	f.sql("CREATE VIEW v AS SELECT 1 AS a")
	f.sql(fmt.Sprintf("CREATE TABLE nofile (id INT) WITH ('connector' = 'file', 'path' = '%s/none', 'format' = 'json')", f.dir))
	deep := "SELECT " + strings.Repeat("(", 10_000) + "1" + strings.Repeat(")", 10_000)
	for _, c := range []struct {
		body, ctype  string
		status       int
		state        string
		line, column int
		detail       string
	}{
		{"SET parallelism = 1;\nSELECT nope FROM v", "", 400, "42703", 2, 8, `column "nope" does not exist`},
		{"SELEC 1", "", 400, "42601", 1, 1, "syntax error"},
		{"SELECT * FROM nothing", "", 404, "42P01", 1, 15, `relation "nothing" does not exist`},
		{"SELECT * FROM nofile", "", 404, "58P01", 0, 0, "No such file"},
		{"CREATE VIEW v AS SELECT 2", "", 409, "42P07", 1, 13, "already exists"},
		{"PAUSE QUERY q1", "", 501, "0A000", 1, 1, "PAUSE QUERY is not supported yet"},
		{"STOP QUERY q77", "", 404, "42704", 1, 12, `query "q77" does not exist`},
		{"", "", 400, "42601", 0, 0, "the request holds no SQL"},
		{" ; -- nothing", "", 400, "42601", 0, 0, "the request holds no SQL"},
		{"SELECT '\xff'", "", 400, "22021", 0, 0, "invalid byte sequence"},
		{"SELECT '\x00'", "", 400, "22021", 0, 0, ""},
		{deep, "", 400, "54001", 0, 0, ""},
		{"SELECT " + strings.Repeat("1 + ", 200_000) + "1", "", 400, "54001", 0, 0, ""},
		{strings.Repeat("x", MaxBodyBytes+1), "", 413, "54000", 0, 0, "larger than"},
		{"{", asJSON, 400, "22023", 0, 0, "not the JSON object wanted"},
		{`{"sql": "SELECT 1"} x`, asJSON, 400, "22023", 0, 0, "not the JSON object wanted"},
		{`{"sql": "SELECT 1", "parameters": []}`, asJSON, 400, "22023", 0, 0, "unknown field"},
		{`{"sql": "SELECT $1", "params": [[1]]}`, asJSON, 400, "22023", 0, 0, "parameter $1 is neither"},
		{`{"sql": "SELECT $1::int", "params": []}`, asJSON, 400, "08P01", 0, 0, "has 1, the request gives 0"},
		{`{"sql": "SELECT $1::int", "params": ["x"]}`, asJSON, 400, "22P02", 0, 0, "invalid input syntax"},
		{`{"sql": "SELECT $1::int; SELECT 2", "params": [1]}`, asJSON, 400, "42601", 0, 0, "single statement"},
		{`{"sql": "SELECT 1", "settings": {"paralelism": "1"}}`, asJSON, 404, "42704", 0, 0, "unrecognized configuration parameter"},
		{`{"sql": "SELECT 1", "settings": {"parallelism": []}}`, asJSON, 400, "22023", 0, 0, "is neither a string"},
		{`{"sql": "SELECT 1", "settings": {"a'b": "1"}}`, asJSON, 404, "42704", 0, 0, "unrecognized configuration parameter"},
		{strings.Repeat("[", 10_000), asJSON, 400, "22023", 0, 0, ""},
	} {
		res := f.do("POST", "/v1/sql", c.body, "Content-Type", c.ctype)
		p := problemOf(t, res)
		if p.Status != c.status || c.state != "" && p.SQLState != c.state || c.line != 0 && (p.Line != c.line || p.Column != c.column) || !strings.Contains(p.Detail, c.detail) {
			t.Errorf("%.60q: %+v", c.body, p)
		}
		if p.SQLState == "XX000" {
			t.Errorf("%.60q: %+v", c.body, p)
		}
	}
	if p := problemOf(t, f.do("POST", "/v1/sql", "SELECT 'ö', nope FROM v")); p.Position != 13 || p.Column != 13 {
		t.Errorf("%+v", p)
	}
}

// A query that fails while it runs has a status of its own if it fails soon.
func TestSoonFailed(t *testing.T) {
	f := serve(t)
	for _, sql := range []string{"SELECT 1 / 0", "SELECT a / (a - 1) FROM (VALUES (1)) AS v(a)"} {
		began := time.Now()
		status, out := f.text("POST", "/v1/sql", sql)
		if !strings.Contains(out, `"sqlstate":"22012"`) || status != 400 && time.Since(began) < Grace {
			t.Errorf("%d %s", status, out)
		}
	}
	if status, out := f.text("POST", "/v1/sql", "SELECT '"+strings.Repeat("[", 10_000)+"'::json"); status >= 500 || strings.Contains(out, "XX000") {
		t.Errorf("%d %s", status, out)
	}
}

func TestRoutes(t *testing.T) {
	f := serve(t)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/healthz", 200, ""}, {"GET", "/readyz", 200, ""}, {"GET", "/metrics", 200, ""}, {"GET", "/v1/queries", 200, ""},
		{"GET", "/nothing", 404, ""}, {"GET", "/v1/sql", 405, "POST"}, {"PUT", "/v1/queries/q1", 405, "GET DELETE"},
		{"GET", "/v1/queries/q99", 404, ""}, {"DELETE", "/v1/queries/q99", 404, ""},
	} {
		res := f.do(c.method, c.path, "")
		if res.StatusCode != c.status || strings.Join(res.Header.Values("Allow"), " ") != c.allow {
			t.Errorf("%s %s: %d %v", c.method, c.path, res.StatusCode, res.Header)
		}
		if c.status >= 400 {
			problemOf(t, res)
		}
	}
}

// Web pages in a browser of this machine are kept out.
func TestForeignPages(t *testing.T) {
	f := serve(t)
	for _, h := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Host", "evil.example"}, {"Host", "10.0.0.1:8080"}} {
		if p := problemOf(t, f.do("POST", "/v1/sql", "SELECT 1", h...)); p.Status != 403 || p.SQLState != "42501" {
			t.Errorf("%v: %+v", h, p)
		}
	}
	for _, h := range [][]string{{"Host", "localhost:8080"}, {"Host", "[::1]:8080"}, {"Host", "127.0.0.1"}, {"Sec-Fetch-Site", "same-origin"}} {
		if status, out := f.text("POST", "/v1/sql", "SELECT 1", h...); status != 200 {
			t.Errorf("%v: %d %s", h, status, out)
		}
	}
}

// A row is with the client long before the query ends; when the client goes, the
// query ends, and so do its goroutines.
func TestStreams(t *testing.T) {
	f := serve(t)
	path := f.follow("f", "")
	before := runtime.NumGoroutine()
	for _, c := range []struct{ accept, first, end string }{
		{"application/x-ndjson", "{\"id\":1}\n", ""},
		{"text/csv", "id\n", "1\n"},
		{"text/event-stream", "event: row\n", "data: {\"id\":1}\n"},
	} {
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, "POST", f.url+"/v1/sql", strings.NewReader("SELECT id FROM f"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", c.accept)
		res, err := f.client.Do(req) // the headers come before any row
		if err != nil || res.StatusCode != 200 {
			t.Fatal(res, err)
		}
		write(t, path, `{"id":1}`+"\n")
		in := bufio.NewReader(res.Body)
		for _, want := range []string{c.first, c.end} {
			if want == "" {
				continue
			}
			if got, err := in.ReadString('\n'); err != nil || got != want {
				t.Fatalf("%q %v", got, err)
			}
		}
		qs := f.engine.Queries()
		if q := qs[len(qs)-1]; q.State != session.Running {
			t.Errorf("%+v", q)
		}
		cancel()
		_ = res.Body.Close()
		eventually(t, "the query ends with its client", func() bool {
			q, err := f.engine.Query(qs[len(qs)-1].ID)
			return err == nil && q.State == session.Stopped
		})
	}
	f.client.CloseIdleConnections()
	eventually(t, "the goroutines end", func() bool { return runtime.NumGoroutine() <= before })
}

// An error behind rows: each form tells that the rows are not all.
func TestErrorAfterRows(t *testing.T) {
	f := serve(t)
	path := f.follow("f", `{"id":1}`+"\n")
	for _, c := range []struct{ accept, rows, end string }{
		{"application/x-ndjson", "{\"x\":1}\n", `{"error":{"type":"about:blank","title":"Bad Request","status":400,"detail":"division by zero","sqlstate":"22012","line":1,"column":46,"position":46}}` + "\n"},
		{"text/event-stream", "event: row\ndata: {\"x\":1}\n\n", "event: error\ndata: {\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\"detail\":\"division by zero\",\"sqlstate\":\"22012\",\"line\":1,\"column\":46,\"position\":46}\n\n"},
		{"text/csv", "x\n1\n", ""},
	} {
		if err := os.WriteFile(path, []byte(`{"id":1}`+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		res := f.do("POST", "/v1/sql", "SET \"expression.on-error\" = 'fail';\nSELECT 1 / id AS x FROM f WHERE 1 = 1 AND ((1 / id) IS NOT NULL)", "Accept", c.accept)
		got := make([]byte, len(c.rows))
		if _, err := io.ReadFull(res.Body, got); err != nil || string(got) != c.rows {
			t.Fatalf("%s: %q %v", c.accept, got, err)
		}
		write(t, path, `{"id":0}`+"\n")
		rest, err := io.ReadAll(res.Body)
		if c.end == "" {
			if err == nil {
				t.Errorf("a cut CSV looks whole: %q", rest)
			}
			continue
		}
		if !strings.Contains(string(rest), `"detail":"division by zero","sqlstate":"22012","line":2`) || err != nil {
			t.Errorf("%s: %q %v", c.accept, rest, err)
		}
	}
}

func TestQueriesAndMetrics(t *testing.T) {
	f := serve(t)
	line := func(sec int) string { return fmt.Sprintf(`{"id":1,"ts":"2026-01-01T00:00:%02d"}`+"\n", sec) }
	path := f.follow("f", line(1)+line(2)+line(20)+"not json\n")
	res := f.do("POST", "/v1/sql", "SELECT TUMBLE_START(ts, INTERVAL '10' SECOND) AS s, count(*) AS n FROM f GROUP BY TUMBLE(ts, INTERVAL '10' SECOND)")
	in := bufio.NewReader(res.Body)
	if got, err := in.ReadString('\n'); err != nil || got != "{\"s\":\"2026-01-01 00:00:00\",\"n\":2}\n" {
		t.Fatalf("%q %v", got, err)
	}
	write(t, path, line(3))
	eventually(t, "late and reject counted", func() bool {
		q := f.engine.Queries()
		return q[len(q)-1].Late == 1 && strings.Contains(fmt.Sprint(q[len(q)-1].Counters), "{f rejects 1}")
	})
	qs := f.engine.Queries()
	id := qs[len(qs)-1].ID
	var list struct{ Queries []queryBody }
	if err := json.NewDecoder(f.do("GET", "/v1/queries", "").Body).Decode(&list); err != nil || len(list.Queries) != len(qs) {
		t.Fatalf("%+v %v", list, err)
	}
	var q queryBody
	if err := json.NewDecoder(f.do("GET", "/v1/queries/"+id, "").Body).Decode(&q); err != nil {
		t.Fatal(err)
	}
	if q.ID != id || q.State != "running" || q.Kind != "select" || q.RowsIn != 4 || q.RowsOut != 1 || q.Late != 1 || q.Watermark == nil || len(q.Tasks) == 0 || len(q.Counters) == 0 {
		t.Errorf("%+v", q)
	}

	_, text := f.text("GET", "/metrics", "")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	value := func(name string) float64 {
		t.Helper()
		fam := families[name]
		if fam == nil || len(fam.Metric) != 1 || fam.Metric[0].Label[0].GetValue()+fam.Metric[0].Label[1].GetValue() == "" {
			t.Fatalf("%s: %v", name, fam)
		}
		m := fam.Metric[0]
		return m.GetCounter().GetValue() + m.GetGauge().GetValue()
	}
	for name, want := range map[string]float64{"penstock_query_running": 1, "penstock_query_rows_in_total": 4, "penstock_query_rows_out_total": 1,
		"penstock_query_late_rows_total": 1, "penstock_query_skipped_rows_total": 0, "penstock_table_records_total": 4, "penstock_table_rejects_total": 1} {
		if got := value(name); got != want {
			t.Errorf("%s: %v, not %v", name, got, want)
		}
	}
	if value("penstock_table_bytes_total") < 100 || value("penstock_query_watermark_delay_seconds") < 1 || families["go_goroutines"] == nil {
		t.Error(text)
	}

	if res := f.do("DELETE", "/v1/queries/"+id, ""); res.StatusCode != 204 {
		t.Errorf("%d", res.StatusCode)
	}
	rest, err := io.ReadAll(in)
	if err != nil || !strings.Contains(string(rest), `"sqlstate":"57014"`) {
		t.Errorf("%q %v", rest, err)
	}
	if p := problemOf(t, f.do("DELETE", "/v1/queries/"+id, "")); p.Status != 409 || p.SQLState != "55000" {
		t.Errorf("%+v", p)
	}
	if err := json.NewDecoder(f.do("GET", "/v1/queries/"+id, "").Body).Decode(&q); err != nil || q.State != "stopped" || q.Ended == nil || q.Error == nil || q.Error.SQLState != "57014" {
		t.Errorf("%+v %v", q, err)
	}
	if _, text := f.text("GET", "/metrics", ""); strings.Contains(text, "penstock_query_running{") {
		t.Error(text)
	}
}

func TestShutdown(t *testing.T) {
	f := serve(t)
	f.follow("f", `{"id":1}`+"\n")
	res := f.do("POST", "/v1/sql", "SELECT id FROM f")
	in := bufio.NewReader(res.Body)
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := f.server.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	rest, err := io.ReadAll(in)
	if err != nil || !strings.Contains(string(rest), `"sqlstate":"57P01"`) {
		t.Errorf("%q %v", rest, err)
	}
	if _, err := f.client.Get(f.url + "/healthz"); err == nil {
		t.Error("the server still answers")
	}
}

// A client that sends its body slowly, or garbage, disturbs nobody.
func TestGarbage(t *testing.T) {
	f := serve(t)
	addr := strings.TrimPrefix(f.url, "http://")
	for _, raw := range []string{"\x00\x00\x00\x08\x04\xd2\x16\x2f", "GET\r\n\r\n", "POST /v1/sql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nSELECT",
		"\x16\x03\x01\x02\x00\x01\x00", strings.Repeat("A", 200_000), "POST /v1/sql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"POST /v1/sql HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", "GET /v1/queries/%00%ff HTTP/1.1\r\nHost: localhost\r\n\r\n"} {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write([]byte(raw))
		_ = c.(*net.TCPConn).CloseWrite()
		_ = c.SetReadDeadline(time.Now().Add(patience))
		b, _ := io.ReadAll(c)
		_ = c.Close()
		if len(b) > 0 && !bytes.HasPrefix(b, []byte("HTTP/1.1 4")) {
			t.Errorf("%.40q: %q", raw, b)
		}
	}
	if got := f.sql("SELECT 1 AS a"); got != "{\"a\":1}\n" {
		t.Errorf("%q", got)
	}
}
