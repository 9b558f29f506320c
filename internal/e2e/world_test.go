package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	nethttp "net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	kafkago "github.com/segmentio/kafka-go"

	"github.com/penstock/penstock/exec/kafka/broker"
	"github.com/penstock/penstock/server/http"
	"github.com/penstock/penstock/server/pgwire"
	"github.com/penstock/penstock/server/session"
)

// patience bounds what a test waits for.
const patience = 30 * time.Second

// site is a broker and what the names of a test's topics begin with there.
type site struct{ brokers, prefix string }

// world is a server with both front doors, beside a broker.
type world struct {
	t        testing.TB
	site     site
	pg, http string
	engine   *session.Local
}

func testContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// embedded starts an embedded broker with topics, which are name and number of
// partitions.
func embedded(t testing.TB, topics map[string]int) site {
	t.Helper()
	b, err := broker.Start(broker.Config{Listen: "127.0.0.1:0", Topics: topics, AutoCreate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return site{brokers: b.Addr()}
}

// serve starts a server whose tables are in the broker.
func serve(t testing.TB, b site) *world {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	engine, err := session.Open(session.Config{Version: "test", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	h, p := http.New(engine, log), pgwire.New(pgwire.Config{Engine: engine, Log: log})
	hl, pl := loopback(t), loopback(t)
	done := make(chan error, 2)
	go func() { done <- h.Serve(hl) }()
	go func() { done <- p.Serve(pl) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		for _, err := range []error{h.Shutdown(ctx), p.Shutdown(ctx), <-done, <-done, engine.Close()} {
			if err != nil {
				t.Errorf("shutdown: %v", err)
			}
		}
	})
	return &world{t, b, pl.Addr().String(), hl.Addr().String(), engine}
}

func loopback(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// exec runs a script in which BROKERS stands for the broker's address and TOPIC
// for what the names of topics begin with.
func (w *world) exec(script string) {
	w.t.Helper()
	if err := w.engine.Exec(testContext(w.t), strings.NewReplacer("BROKERS", w.site.brokers, "TOPIC", w.site.prefix).Replace(script)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) connect() *pgx.Conn {
	w.t.Helper()
	c, err := pgx.Connect(testContext(w.t), "postgres://u@"+w.pg+"/penstock?sslmode=disable")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = c.Close(context.Background()) }) // the server ends it as well
	return c
}

// queryPG gives rows by pgx, as text. It ends with the n-th, or with the query
// where n is 0.
func (w *world) queryPG(sql string, n int) [][]string {
	w.t.Helper()
	ctx, cancel := context.WithCancel(testContext(w.t))
	defer cancel()
	c := w.connect()
	rows, err := c.Query(ctx, sql, pgx.QueryResultFormats{pgx.TextFormatCode})
	if err != nil {
		w.t.Fatal(err)
	}
	var out [][]string
	for rows.Next() {
		var row []string
		for _, v := range rows.RawValues() {
			row = append(row, string(v))
		}
		if out = append(out, row); len(out) == n {
			cancel()
			rows.Close()
			return out
		}
	}
	if err := rows.Err(); err != nil {
		w.t.Fatalf("%v, after %d rows", err, len(out))
	}
	return out
}

// queryHTTP gives the lines of NDJSON of a query, as queryPG does.
func (w *world) queryHTTP(sql string, n int) []string {
	w.t.Helper()
	ctx, cancel := context.WithCancel(testContext(w.t))
	defer cancel()
	req, err := nethttp.NewRequestWithContext(ctx, nethttp.MethodPost, "http://"+w.http+"/v1/sql", strings.NewReader(sql))
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := nethttp.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != nethttp.StatusOK {
		body, _ := io.ReadAll(res.Body)
		w.t.Fatalf("%s: %s", res.Status, body)
	}
	var out []string
	for s := bufio.NewScanner(res.Body); s.Scan(); {
		if out = append(out, s.Text()); len(out) == n {
			return out
		}
	}
	if n > 0 {
		w.t.Fatalf("%d of %d lines", len(out), n)
	}
	return out
}

// produce writes records to partitions of a topic through kafka-go's own
// writer.
func produce(t testing.TB, b site, topic string, partitions [][]visit) {
	t.Helper()
	w := &kafkago.Writer{Addr: kafkago.TCP(b.brokers), Topic: b.prefix + topic, BatchTimeout: time.Millisecond, Transport: &kafkago.Transport{},
		RequiredAcks: kafkago.RequireAll, // the default is none, and a bounded query may then start before the records are there
		Balancer:     kafkago.BalancerFunc(func(m kafkago.Message, _ ...int) int { return m.WriterData.(int) })}
	defer w.Close()
	var ms []kafkago.Message
	for p, vs := range partitions {
		for _, v := range vs {
			ms = append(ms, kafkago.Message{Value: v.json, WriterData: p})
		}
	}
	if err := w.WriteMessages(testContext(t), ms...); err != nil {
		t.Fatal(err)
	}
}

// record is a key and a value of an output topic.
type record struct{ key, value string }

// consume reads n records of a topic's only partition with kafka-go's reader.
func consume(t testing.TB, b site, topic string, n int) []record {
	t.Helper()
	r := kafkago.NewReader(kafkago.ReaderConfig{Brokers: []string{b.brokers}, Topic: b.prefix + topic, MaxWait: 100 * time.Millisecond})
	defer r.Close()
	var out []record
	for range n {
		m, err := r.ReadMessage(testContext(t))
		if err != nil {
			t.Fatalf("%v, after %d of %d records", err, len(out), n)
		}
		out = append(out, record{string(m.Key), string(m.Value)})
	}
	return out
}

// fields gives the values of NDJSON lines in the order of names.
func fields(t testing.TB, lines []string, names ...string) [][]string {
	t.Helper()
	var out [][]string
	for _, l := range lines {
		var m map[string]any
		d := json.NewDecoder(strings.NewReader(l))
		d.UseNumber()
		if err := d.Decode(&m); err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		if len(m) != len(names) {
			t.Fatalf("%s: %d fields, want %v", l, len(m), names)
		}
		var row []string
		for _, n := range names {
			row = append(row, fmt.Sprint(m[n]))
		}
		out = append(out, row)
	}
	return out
}
