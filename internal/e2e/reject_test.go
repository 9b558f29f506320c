package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	kafkago "github.com/segmentio/kafka-go"

	"github.com/penstock/penstock/internal/sqlerr"
)

// write puts values into partition 0 of a topic, one record each; "" is a
// tombstone.
func write(t testing.TB, b site, topic string, values ...string) {
	t.Helper()
	w := &kafkago.Writer{Addr: kafkago.TCP(b.brokers), Topic: b.prefix + topic, BatchTimeout: 1, Transport: &kafkago.Transport{},
		RequiredAcks: kafkago.RequireAll, Balancer: kafkago.BalancerFunc(func(kafkago.Message, ...int) int { return 0 })}
	defer w.Close()
	for _, v := range values {
		m := kafkago.Message{Value: []byte(v)}
		if v == "" {
			m.Value = nil
		}
		if err := w.WriteMessages(testContext(t), m); err != nil {
			t.Fatal(err)
		}
	}
}

const rejectTables = `
CREATE TABLE events (id VARCHAR, n INT, d INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
  WITH ('connector' = 'kafka', 'topic' = 'TOPICevents', 'properties.bootstrap.servers' = 'BROKERS', 'format' = 'json',
        'scan.bounded.mode' = 'latest-offset' OPTIONS);
CREATE TABLE bad (stage VARCHAR, error VARCHAR, sqlstate VARCHAR, topic VARCHAR, "partition" INT, "offset" BIGINT, raw BYTES)
  WITH ('connector' = 'kafka', 'topic' = 'TOPICbad', 'properties.bootstrap.servers' = 'BROKERS', 'format' = 'json',
        'scan.bounded.mode' = 'latest-offset');
CREATE TABLE hidden (raw BYTES) WITH ('connector' = 'file', 'path' = 'DIR/bad.raw', 'format' = 'raw');
CREATE TABLE again (id VARCHAR, n VARCHAR, d INT, ts VARCHAR) WITH ('connector' = 'file', 'path' = 'DIR/bad.raw', 'format' = 'json');
`

// rejectWorld is a server with a topic in which some records are bad in each of
// the ways that records can be.
func rejectWorld(t *testing.T, options string) *world {
	b := embedded(t, map[string]int{"events": 1, "bad": 1})
	write(t, b, "events",
		`{"id":"a","n":10,"d":2,"ts":"2024-01-01 00:00:01"}`,
		`{"id":"broken"`,
		`{"id":"b","n":"x","d":1,"ts":"2024-01-01 00:00:02"}`,
		`{"id":"c","n":1,"d":0,"ts":"2024-01-01 00:00:03"}`,
		`{"id":"d","n":9,"d":3,"ts":null}`,
		`{"id":"e","n":8,"d":2,"ts":"2024-01-01 00:01:00"}`,
		`{"id":"late","n":6,"d":2,"ts":"2024-01-01 00:00:05"}`)
	w := serve(t, b)
	w.exec(strings.NewReplacer("OPTIONS", options, "DIR", t.TempDir()).Replace(rejectTables))
	return w
}

const rejectQuery = `SELECT id, SUM(n / d) AS s FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, id ORDER BY s`

const rejectsList = `SELECT stage, sqlstate, topic, "partition", "offset", convert_from(raw, 'UTF8') FROM bad`

// ask runs a query on a connection whose settings the test has made.
func ask(t testing.TB, c *pgx.Conn, sql string) [][]string {
	t.Helper()
	rows, err := c.Query(testContext(t), sql, pgx.QueryResultFormats{pgx.TextFormatCode})
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out [][]string
	for rows.Next() {
		var row []string
		for _, v := range rows.RawValues() {
			if v == nil {
				row = append(row, "NULL")
			} else {
				row = append(row, string(v))
			}
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func settings(t testing.TB, c *pgx.Conn, sets ...string) {
	t.Helper()
	for _, s := range sets {
		if _, err := c.Exec(testContext(t), "SET "+s); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRejects: what each stage cannot use is in the one reject table, and the
// rest of the query's rows come.
func TestRejects(t *testing.T) {
	w := rejectWorld(t, `, 'reject.table' = 'bad'`)
	c := w.connect()
	settings(t, c, "batch.max-rows = 1", "parallelism = 1")
	diff(t, "rows", ask(t, c, rejectQuery), [][]string{{"e", "4"}, {"a", "5"}})
	diff(t, "rejects", ask(t, c, rejectsList), [][]string{
		{"decode", "22032", "events", "0", "1", `{"id":"broken"`},
		{"decode", "22P02", "events", "0", "2", `{"id":"b","n":"x","d":1,"ts":"2024-01-01 00:00:02"}`},
		{"expression", "22012", "NULL", "NULL", "NULL", `{"id":"c","n":1,"d":0,"ts":"2024-01-01 00:00:03"}`},
		{"event-time", "22004", "NULL", "NULL", "NULL", `{"ts":null,"id":"d","expr":3}`},
		{"late", "22000", "NULL", "NULL", "NULL", `{"ts":"2024-01-01 00:00:05","id":"late","expr":3}`},
	})
	diff(t, "errors", ask(t, c, "SELECT error FROM bad WHERE stage <> 'decode'"), [][]string{{"division by zero"}, {"the row has no event time"}, {"the row came after its window had fired"}})
}

// TestRejectsLater: with the rows of two lanes added up in two phases the late
// ones are found by the second, which knows their windows, keys and number.
func TestRejectsLater(t *testing.T) {
	w := rejectWorld(t, `, 'on-error' = 'skip'`)
	c := w.connect()
	settings(t, c, "batch.max-rows = 1", "parallelism = 2", "reject.table = 'bad'", "expression.on-error = 'skip'")
	ask(t, c, rejectQuery)
	for _, row := range ask(t, c, rejectsList) {
		if row[0] == "decode" || row[0] == "late" && !strings.Contains(row[5], `"late"`) {
			t.Errorf("rejected: %q", row)
		}
	}
	settings(t, c, "expression.on-error = 'fail'")
	if _, err := c.Exec(testContext(t), rejectQuery); err == nil || !strings.Contains(err.Error(), "22012") {
		t.Errorf("expression.on-error is fail: %v", err)
	}
}

// TestRejectsReplayed: the bytes that a decoder refused go to a file as they
// were, from which another table reads them.
func TestRejectsReplayed(t *testing.T) {
	w := rejectWorld(t, "")
	c := w.connect()
	settings(t, c, "reject.table = 'hidden'")
	diff(t, "rows", len(ask(t, c, "SELECT id, n, ts FROM events")), 5)
	diff(t, "replayed", w.queryPG("SELECT id, n, d, ts FROM again", 0), [][]string{{"b", "x", "1", "2024-01-01 00:00:02"}})
}

// TestRejectFaults: reject tables that cannot be.
func TestRejectFaults(t *testing.T) {
	w := rejectWorld(t, "")
	dir := t.TempDir()
	w.exec(strings.ReplaceAll(`
CREATE TABLE odd (raw BYTES, more INT) WITH ('connector' = 'file', 'path' = 'DIR/x', 'format' = 'json');
CREATE TABLE typed (stage INT) WITH ('connector' = 'file', 'path' = 'DIR/x', 'format' = 'json');
CREATE VIEW v AS SELECT 1 AS one;
CREATE TABLE wants (id VARCHAR) WITH ('connector' = 'kafka', 'topic' = 'events', 'properties.bootstrap.servers' = 'BROKERS', 'format' = 'json',
  'scan.bounded.mode' = 'latest-offset', 'on-error' = 'reject');
CREATE TABLE itself (raw BYTES) WITH ('connector' = 'kafka', 'topic' = 'events', 'properties.bootstrap.servers' = 'BROKERS', 'format' = 'raw',
  'scan.bounded.mode' = 'latest-offset', 'reject.table' = 'itself');
`, "DIR", dir))
	for _, c := range []struct{ set, sql, code, message string }{
		{"nowhere", "SELECT id FROM events", string(sqlerr.UndefinedTable), `reject table "nowhere" does not exist`},
		{"v", "SELECT id FROM events", string(sqlerr.UndefinedTable), `"v"`},
		{"odd", "SELECT id FROM events", string(sqlerr.InvalidTableDefinition), `"more"`},
		{"typed", "SELECT id FROM events", string(sqlerr.DatatypeMismatch), `"stage"`},
		{"", "SELECT id FROM wants", string(sqlerr.InvalidParameterValue), "needs a reject table"},
		{"", "SELECT raw FROM itself", string(sqlerr.InvalidParameterValue), "its own reject table"},
	} {
		conn := w.connect()
		settings(t, conn, "reject.table = '"+c.set+"'")
		_, err := conn.Exec(testContext(t), c.sql)
		if err == nil || !strings.Contains(err.Error(), c.code) || !strings.Contains(err.Error(), c.message) {
			t.Errorf("%s, %s: %v", c.set, c.sql, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "x")); err == nil {
		t.Error("a table that cannot be one was opened")
	}
}

// TestRejectsOfQuestions: rows whose question to a service fails.
func TestRejectsOfQuestions(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), "10") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `[{"y":7}]`)
	}))
	defer service.Close()
	w := rejectWorld(t, "")
	w.exec(`CREATE FUNCTION score(x INT) RETURNS INT LANGUAGE HTTP WITH ('endpoint' = '` + service.URL + `',
  'request.columns' = 'x=x', 'response.columns' = 'score=y', 'batch.max-rows' = '1', 'on-error' = 'reject');`)
	c := w.connect()
	const query = "SELECT id, score(n) FROM events WHERE id IN ('a', 'e')"
	if _, err := c.Exec(testContext(t), query); err == nil || !strings.Contains(err.Error(), "needs a reject table") {
		t.Errorf("without a reject table: %v", err)
	}
	settings(t, c, "reject.table = 'bad'")
	diff(t, "rows", ask(t, c, query), [][]string{{"e", "7"}})
	var got [][]string
	for _, row := range ask(t, c, rejectsList) {
		if row[0] != "decode" {
			got = append(got, []string{row[0], row[2], row[5]})
		}
	}
	if len(got) != 1 || got[0][0] != "rpc" || !strings.Contains(got[0][2], `"a"`) {
		t.Errorf("rejected: %q", got)
	}
}

// TestRejectsOfStreams: a query that goes on has its rejects in the table soon,
// and none is lost when it is stopped. Replayed, the mended ones are read.
func TestRejectsOfStreams(t *testing.T) {
	b := embedded(t, map[string]int{"in": 1, "out": 1})
	w := serve(t, b)
	dir := t.TempDir()
	w.exec(strings.ReplaceAll(`
CREATE TABLE "in" (id VARCHAR, n INT) WITH ('connector' = 'kafka', 'topic' = 'in', 'properties.bootstrap.servers' = 'BROKERS', 'format' = 'json', 'reject.table' = 'bad');
CREATE TABLE out (id VARCHAR, n INT) WITH ('connector' = 'kafka', 'topic' = 'out', 'properties.bootstrap.servers' = 'BROKERS', 'format' = 'json');
CREATE TABLE bad (stage VARCHAR, error VARCHAR, "offset" BIGINT, raw BYTES) WITH ('connector' = 'file', 'path' = 'DIR/bad.ndjson', 'format' = 'json');
INSERT INTO out SELECT id, 100 / n FROM "in";
`, "DIR", dir))
	write(t, b, "in", `{"id":"a","n":"one"}`, `{"id":"b","n":5}`, `{"id":"c","n":0}`)
	c := w.connect()
	const list = `SELECT stage, "offset", convert_from(raw, 'UTF8') FROM bad ORDER BY stage`
	want := [][]string{{"decode", "0", `{"id":"a","n":"one"}`}, {"expression", "NULL", `{"id":"c","n":0}`}}
	var got [][]string
	for ctx := testContext(t); len(got) < len(want) && ctx.Err() == nil; {
		if _, err := os.Stat(filepath.Join(dir, "bad.ndjson")); err == nil {
			got = ask(t, c, list)
		}
	}
	diff(t, "while it runs", got, want)
	diff(t, "rows", consume(t, b, "out", 1), []record{{"", `{"id":"b","n":20}`}})
	if _, err := c.Exec(testContext(t), `DROP TABLE bad`); err == nil || !strings.Contains(err.Error(), "2BP01") {
		t.Errorf("dropped while a job uses it: %v", err)
	}
	write(t, b, "in", `{"id":"d","n":20}`, `{`, `{"id":"e","n":25}`)
	consume(t, b, "out", 3)
	if _, err := c.Exec(testContext(t), "STOP QUERY q1"); err != nil {
		t.Fatal(err)
	}
	want = append([][]string{want[0], {"decode", "4", "{"}}, want[1:]...)
	diff(t, "after it was stopped", ask(t, c, list), want)
	diff(t, "replayed", ask(t, c, `SELECT x->>'id', REPLACE(x->>'n', 'one', '1')::INT FROM (SELECT convert_from(raw, 'UTF8')::JSON AS x FROM bad WHERE "offset" = 0) AS r`), [][]string{{"a", "1"}})
}
