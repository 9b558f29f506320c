package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/penstock/penstock/exec/kafka/broker"
	"github.com/penstock/penstock/internal/gen"
)

// TestBrokerRestart has an embedded broker with a folder start again on the same port
// while a query reads.
func TestBrokerRestart(t *testing.T) {
	dir := t.TempDir()
	run := func(listen string) *broker.Broker {
		k, err := broker.Start(broker.Config{Listen: listen, DataDir: dir, Topics: trafficTopics(), AutoCreate: true})
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	k := run("127.0.0.1:0")
	defer func() { k.Close() }()
	brokerRestart(t, site{brokers: k.Addr()}, func() {
		addr := k.Addr()
		k.Close()
		k = run(addr)
	})
}

// brokerRestart reads visits, restarts the broker, and reads more in the same
// query: each once.
func brokerRestart(t *testing.T, b site, restart func()) {
	in := visits(t, gen.Config{Keys: 10, Seed: 5, Count: 2000}, 2)
	produce(t, b, "website-visit", [][]visit{in[0][:500], in[1][:500]})
	w := serve(t, b)
	w.exec(fmt.Sprintf(trafficTables, unbounded))
	ctx, cancel := context.WithCancel(testContext(t))
	rows, err := w.connect().Query(ctx, "SELECT event_ts FROM website_visit")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { cancel(); rows.Close() }() // which reads on to an end
	seen := map[int64]int{}
	read := func(n int) {
		t.Helper()
		for range n {
			var ts int64
			if !rows.Next() {
				t.Fatalf("the query ended: %v", rows.Err())
			}
			if err := rows.Scan(&ts); err != nil {
				t.Fatal(err)
			}
			seen[ts]++
		}
	}
	read(1000)
	restart()
	produce(t, b, "website-visit", [][]visit{in[0][500:], in[1][500:]})
	read(1000)
	for _, vs := range in {
		for _, v := range vs {
			if n := seen[v.at.UnixMilli()]; n != 1 {
				t.Fatalf("the visit of %v was read %d times", v.at, n)
			}
		}
	}
}

// TestUnreachable has a query over what is not there say so, soon and in words
// that help.
func TestUnreachable(t *testing.T) {
	b := embedded(t, nil)
	w := serve(t, b)
	w.exec(`CREATE TABLE nowhere (a INT) WITH ('connector'='kafka', 'topic'='no-such-topic', 'properties.bootstrap.servers'='BROKERS', 'format'='json');
CREATE TABLE nobody (a INT) WITH ('connector'='kafka', 'topic'='t', 'properties.bootstrap.servers'='127.0.0.1:1', 'format'='json')`)
	for table, want := range map[string]string{"nowhere": "no-such-topic", "nobody": "127.0.0.1:1"} {
		begin := time.Now()
		rows, err := w.connect().Query(testContext(t), "SELECT * FROM "+table, pgx.QueryExecModeSimpleProtocol)
		if err == nil {
			rows.Close()
			err = rows.Err()
		}
		e, ok := errors.AsType[*pgconn.PgError](err)
		if !ok || !strings.Contains(e.Message, want) || e.Hint == "" {
			t.Errorf("%s: %v (hint %q), want an error that names %s", table, err, e.Hint, want)
			continue
		}
		t.Logf("%s: %s %s; %s", table, e.Code, e.Message, e.Hint)
		if d := time.Since(begin); d > 10*time.Second {
			t.Errorf("%s: told after %v", table, d)
		}
	}
}
