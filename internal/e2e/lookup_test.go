//go:build integration

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/penstock/penstock/internal/kafkatest"
)

// Times of the tests below. A load takes longer than any row may, so that a row
// that waits for a load is seen.
const (
	slowLoad   = 1500 * time.Millisecond
	rowPace    = 10 * time.Millisecond // an event each
	loadSlack  = 700 * time.Millisecond
	shortCycle = 2 * time.Second // of refreshes
)

// TestLookup runs the scenarios of lookup tables on the real clock, with Apache
// Kafka, PostgreSQL, a web server and an object store.
func TestLookup(t *testing.T) {
	k := kafkatest.Start(t, "log.cleaner.backoff.ms=100")
	t.Run("S3", func(t *testing.T) { lookupS3(t, k) })
	t.Run("S4", func(t *testing.T) { lookupS4(t, k) })
	t.Run("S5-store", func(t *testing.T) { lookupS5Store(t, k) })
	t.Run("S5-file", func(t *testing.T) { lookupS5File(t, k) })
	t.Run("compacted", func(t *testing.T) { lookupCompacted(t, k) })
}

// lookupS3: five queries that start together over a topic of 3000 orders read
// the customers once, which takes the server a second, and every order is enriched.
func lookupS3(t *testing.T, k *kafkatest.Broker) {
	const orders, customers, queries = 3000, 20, 5
	p := startPostgres(t)
	p.exec(fmt.Sprintf(`CREATE VIEW customers AS WITH slow AS MATERIALIZED (SELECT pg_sleep(1))
  SELECT i::bigint AS customer_id, 'c' || i AS name, 7 AS version FROM slow, generate_series(0, %d) i`, customers-1))
	f := newFeed(t, k, "s3-orders", 3)
	var values []string
	for i := range orders {
		values = append(values, fmt.Sprintf(`{"order_id":%d,"customer_id":%d,"amount":%d.5}`, i, i%customers, i))
	}
	f.values(values...)
	w := serve(t, site{brokers: k.Addr})
	query := w.scenario("s3",
		"'connector' = 'file', 'path' = 'orders.ndjson', 'format' = 'json'",
		"'connector' = 'kafka', 'topic' = 's3-orders', 'properties.bootstrap.servers' = 'BROKERS', 'format' = 'json', 'scan.bounded.mode' = 'latest-offset'",
		"'connector' = 'http', 'url' = 'http://localhost:8089/customers', 'format' = 'json'",
		"'connector' = 'postgres', 'url' = 'postgres://joe@127.0.0.1:"+p.port+"/postgres', 'table-name' = 'customers'")
	var got [queries][][]string
	var wg sync.WaitGroup
	begin := time.Now()
	for i := range queries {
		c, ctx := w.connect(), testContext(t)
		wg.Go(func() {
			if err := eachRow(ctx, c, query, func(r []string) { got[i] = append(got[i], r) }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	t.Logf("%d queries of %d orders in %v", queries, orders, time.Since(begin).Round(time.Millisecond))
	for _, rows := range got {
		seen := map[string]bool{}
		for _, r := range rows {
			id, _ := strconv.Atoi(r[0])
			want := []string{strconv.Itoa(id), strconv.Itoa(id % customers), fmt.Sprintf("%d.50", id), fmt.Sprintf("c%d", id%customers), "7"}
			if diff(t, "row", r, want); seen[r[0]] || t.Failed() {
				t.Fatalf("order %s: %q, seen %v", r[0], r, seen[r[0]])
			}
			seen[r[0]] = true
		}
		if len(seen) != orders {
			t.Errorf("%d orders of %d", len(seen), orders)
		}
	}
	if n, s := p.copies(), w.lookupTable("customers"); n != 1 || s.Loads != 1 || s.Rows != customers {
		t.Errorf("%d times copied, %+v", n, s)
	}
}

// customerServer is the web server of S4. Its answers: version 1 at once, 2 and
// slowly, 304 since nothing has changed, 500 until the test has seen that, then 3 and 4, and 304 from then on.
type customerServer struct {
	t    *testing.T
	seen atomic.Bool // the failure
	busy atomic.Int32

	mu     sync.Mutex
	served []time.Time // when each version was
	asked  []time.Time // when it was asked for
	starts []time.Time // of all requests
	counts map[int]int // requests by status
}

func (c *customerServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.busy.Add(1) > 1 {
		c.t.Error("two loads at the same time")
	}
	defer c.busy.Add(-1)
	begin := time.Now()
	c.mu.Lock()
	c.starts = append(c.starts, begin)
	step, version := len(c.starts), len(c.served)
	c.mu.Unlock() // or the test would wait for a slow answer
	tag := func(v int) string { return fmt.Sprintf(`"v%d"`, v) }
	if got := r.Header.Get("If-None-Match"); version > 0 && got != tag(version) || version == 0 && got != "" {
		c.t.Errorf("If-None-Match %s, the version is %d", got, version)
	}
	status := http.StatusOK
	switch {
	case step == 3 || version == 4:
		status = http.StatusNotModified
		w.WriteHeader(status)
	case step > 3 && !c.seen.Load():
		status = http.StatusInternalServerError
		http.Error(w, "out of order", status)
	default:
		if version++; version == 2 {
			await(r.Context(), slowLoad)
		}
		w.Header().Set("ETag", tag(version))
		w.Header().Set("Content-Type", "application/json")
		var rows []string
		for i := range s4Customers {
			rows = append(rows, fmt.Sprintf(`{"customer_id":%d,"version":%d}`, i, version))
		}
		_, _ = fmt.Fprintf(w, "[%s]", strings.Join(rows, ",")) // the client may have gone
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts[status]++; status == http.StatusOK {
		c.served, c.asked = append(c.served, time.Now()), append(c.asked, begin)
	}
}

const s4Customers = 20

// lookupS4: two queries read five orders a quarter of a second. Each order has a
// version that was served, not older than what had been served when it was written.
func lookupS4(t *testing.T, k *kafkatest.Broker) {
	f := newFeed(t, k, "s4-orders", 2)
	c := &customerServer{t: t, counts: map[int]int{}}
	server := httptest.NewServer(c)
	defer server.Close()
	w := serve(t, site{brokers: k.Addr})
	query := w.scenario("s4", "localhost:9092", k.Addr, "'topic' = 'orders'", "'topic' = 's4-orders'",
		"http://localhost:8089", server.URL, "'refresh.interval' = '5s'", fmt.Sprintf("'refresh.interval' = '%s'", shortCycle))
	pg, web := w.streamPG(query), w.streamHTTP(query)
	var took []time.Duration
	during := 0 // rows that a load was beside
	perVersion := map[int]int{}
	last := 0
	tick := time.NewTicker(shortCycle / 8)
	defer tick.Stop()
	for order := 0; ; {
		state := w.lookupTable("customers")
		c.mu.Lock()
		done := c.counts[http.StatusNotModified] >= 2 && len(c.served) == 4 && state.Loads == int64(len(c.starts))
		c.mu.Unlock()
		if done && last == 4 {
			break
		}
		if s := state; s.LastError != "" && !c.seen.Load() && last > 0 {
			if !s.Stale || s.Failures < 1 || !strings.Contains(s.LastError, "500") || s.Version != 2 {
				t.Errorf("while it fails: %+v", s)
			}
			c.seen.Store(true)
		}
		loading := c.busy.Load() > 0
		sent := time.Now()
		want := map[string]bool{}
		var values []string
		for range 5 {
			ts := sent.UTC().Format("2006-01-02 15:04:05.000")
			values = append(values, fmt.Sprintf(`{"order_id":%d,"customer_id":%d,"timestamp":"%s"}`, order, order%s4Customers, ts))
			want[fmt.Sprintf("%d|%d|%s", order, order%s4Customers, strings.TrimRight(strings.TrimRight(ts, "0"), "."))] = true
			order++
		}
		f.values(values...)
		high := last
		for _, s := range []*stream{pg, web} {
			missing := map[string]bool{}
			for w := range want {
				missing[w] = true
			}
			for range 5 {
				a := s.next(t)
				row := a.row
				if s == web {
					row = fields(t, row, "order_id", "customer_id", "timestamp", "version")[0]
					row[2] = strings.TrimRight(strings.TrimRight(strings.Replace(row[2], "T", " ", 1), "0"), ".")
				}
				if key := strings.Join(row[:3], "|"); !missing[key] {
					t.Fatalf("row %q, want one of %v", row, missing)
				} else {
					delete(missing, key)
				}
				v, err := strconv.Atoi(row[3])
				if err != nil || v < last {
					t.Fatalf("version %s after %d", row[3], last)
				}
				c.check(v, sent, a.at)
				high = max(high, v)
				if took = append(took, a.at.Sub(sent)); s == pg {
					perVersion[v]++
				}
			}
		}
		if loading && last > 0 && c.busy.Load() > 0 {
			during += 10
		}
		last = high
		<-tick.C
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// The first ten rows waited for the first load and for the queries to start.
	t.Logf("%s; %d of them during loads; orders by version: %v; requests by status: %v", delays(took[10:]), during, perVersion, c.counts)
	if during < 20 {
		t.Errorf("%d rows during loads show little", during)
	}
	for i, d := range took[10:] {
		if d > liveDelay {
			t.Errorf("row %d came after %v", i, d)
		}
	}
	if s := w.lookupTable("customers"); s.Version != 4 || s.Stale || s.LastError != "" || s.Failures != int64(c.counts[500]) || s.Failures < 1 {
		t.Errorf("%+v, requests %v", s, c.counts)
	}
	for i, at := range c.starts[1:3] { // those behind are tried again out of turn
		if late := at.Sub(at.Truncate(shortCycle)); late > loadSlack {
			t.Errorf("load %d began %v behind a multiple of %v", i+2, late, shortCycle)
		}
	}
}

// check tells whether a row that was written and read at these times could have this version.
func (c *customerServer) check(v int, sent, read time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v < 1 || v > len(c.served) || read.Before(c.asked[v-1]) {
		c.t.Errorf("version %d of %d", v, len(c.served))
		return
	}
	if v < len(c.served) && sent.Sub(c.served[v]) > loadSlack {
		c.t.Errorf("version %d, %v after version %d was served", v, sent.Sub(c.served[v]), v+1)
	}
}
