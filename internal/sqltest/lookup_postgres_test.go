//go:build integration

package sqltest

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/penstock/penstock/internal/sim"
	"github.com/penstock/penstock/internal/sqlerr"
)

// until waits for something that another process brings about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick, over := time.NewTicker(5*time.Millisecond), time.After(time.Minute)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-over:
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

// TestLookupPostgres runs on the real clock with a real server: a full table that
// is refreshed ten times a second while the server is taken away and comes back,
// and a table without a cache.
func TestLookupPostgres(t *testing.T) {
	p := startPostgres(t)
	p.query(t, `CREATE TABLE customers (customer_id BIGINT PRIMARY KEY, version INT);
		INSERT INTO customers SELECT i, 1 FROM generate_series(0, 19) i;`)
	e, err := sim.NewEngine(nil)
	if err != nil {
		t.Fatal(err)
	}
	with := fmt.Sprintf("'connector' = 'postgres', 'table-name' = 'customers', 'url' = 'postgres://postgres@/postgres?host=%s'", p.dir)
	if _, err := e.Exec(`CREATE TABLE orders (order_id BIGINT, customer_id BIGINT) WITH ('connector' = 'test');
		CREATE TABLE asks (order_id BIGINT, customer_id BIGINT) WITH ('connector' = 'test');
		CREATE LOOKUP TABLE customers (customer_id BIGINT, version INT, PRIMARY KEY (customer_id) NOT ENFORCED) WITH (` + with + `, 'refresh.interval' = '100ms');
		CREATE LOOKUP TABLE direct (customer_id BIGINT, version INT, PRIMARY KEY (customer_id) NOT ENFORCED) WITH (` + with + `, 'cache' = 'none', 'lookup.max-attempts' = '1');`); err != nil {
		t.Fatal(err)
	}
	full := startQuery(t, e, "SELECT o.order_id, c.version FROM orders o LEFT JOIN customers c ON o.customer_id = c.customer_id")
	none := startQuery(t, e, "SELECT o.order_id, c.version FROM asks o LEFT JOIN direct c ON o.customer_id = c.customer_id")
	sent := 0
	// feed sends five orders, of which one is of nobody, and waits for the answers.
	feed := func(table string, q *sim.Query, version string) {
		t.Helper()
		var want []string
		for i := range 5 {
			sent++
			customer, v := sent%20, version
			if i == 4 {
				customer, v = 99, "NULL"
			}
			e.Feeds.Append(table, 0, fmt.Appendf(nil, `{"order_id":%d,"customer_id":%d}`, sent, customer))
			want = append(want, fmt.Sprintf("%d | %s", sent, v))
		}
		var got []string
		until(t, "five orders", func() bool { got = append(got, q.Rows()...); return len(got) >= 5 })
		if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
			t.Errorf("got\n%s\nwant\n%s", g, w)
		}
	}
	refresh := func() {
		t.Helper()
		until(t, "a refresh", func() bool { _, err := e.Exec("REFRESH LOOKUP TABLE customers"); return err == nil })
	}
	feed("orders", full, "1")
	feed("asks", none, "1")
	p.query(t, "UPDATE customers SET version = 2;")
	refresh()
	feed("orders", full, "2")
	feed("asks", none, "2")

	data := filepath.Join(p.dir, "data")
	p.run(t, "", "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
	until(t, "the fault", func() bool {
		rows, err := e.Exec("SHOW LOOKUP TABLES")
		return err == nil && strings.Contains(strings.Join(rows, "\n"), "PostgreSQL at "+p.dir)
	})
	for range 10 {
		feed("orders", full, "2")
	}
	e.Feeds.Append("asks", 0, []byte(`{"order_id":1,"customer_id":1}`))
	until(t, "the end of the query without a cache", func() bool { over, _ := none.Over(); return over })
	if _, err := none.Over(); !strings.HasPrefix(string(sqlerr.CodeOf(err)), "08") {
		t.Errorf("without a server: %v", err)
	}

	p.run(t, "", "pg_ctl", "-D", data, "-w", "-l", filepath.Join(p.dir, "log"), "-o", "-c listen_addresses='' -c fsync=off -c timezone=UTC -k "+p.dir, "start")
	p.query(t, "UPDATE customers SET version = 3;")
	refresh()
	feed("orders", full, "3")
	for _, q := range []*sim.Query{full, none} {
		if err := q.Stop(); err != nil {
			t.Error(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// startQuery runs a query in a session of its own.
func startQuery(t *testing.T, e *sim.Engine, sql string) *sim.Query {
	t.Helper()
	sess, err := e.Local.NewSession(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	q, err := (&sim.Engine{Feeds: e.Feeds, Local: e.Local, Sess: sess}).Start(sql)
	if err != nil {
		t.Fatal(err)
	}
	return q
}
