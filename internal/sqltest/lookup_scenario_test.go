package sqltest

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/exec/lookup/sources"
	"github.com/penstock/penstock/exec/web"
	"github.com/penstock/penstock/internal/sim"
	"github.com/penstock/penstock/server/session"
)

// scenario is a script of testdata/scenarios in a bubble: topics are feeds, and
// the one web server there is is the test's.
type scenario struct {
	*sim.Engine
	t      *testing.T
	query  string // the script's last statement
	wg     sync.WaitGroup
	server *http.Server
}

// pipes is a listener for connections within the process, which a bubble's time
// knows.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	a, b := net.Pipe()
	select {
	case p.conns <- b:
		return a, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error { p.once.Do(func() { close(p.done) }); return nil }

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// startScenario runs all of a script but its last statement. replace are pairs
// of texts, for what a test has elsewhere.
func startScenario(t *testing.T, name string, settings map[string]string, h http.HandlerFunc, replace ...string) *scenario {
	b, err := os.ReadFile("../../testdata/scenarios/" + name + ".sql")
	if err != nil {
		t.Fatal(err)
	}
	script := strings.NewReplacer(replace...).Replace(string(b))
	i := strings.LastIndex(script, "SELECT")
	s := &scenario{Engine: &sim.Engine{Feeds: sim.NewFeeds()}, t: t, query: strings.TrimRight(script[i:], ";\n")}
	ln := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	s.server = &http.Server{Handler: h, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)} //nolint:gosec // of a test
	s.wg.Go(func() { _ = s.server.Serve(ln) })
	conns := maps.Clone(build.Connectors())
	conns["kafka"] = s.Feeds.StandIn(conns["kafka"])
	lookups := sources.All(sources.Config{})
	lookups["http"] = web.Connector{Dial: ln.dial}
	if s.Local, err = session.Open(session.Config{Connectors: conns, Lookups: lookups, Settings: settings, Version: "test"}); err != nil {
		t.Fatal(err)
	}
	if s.Sess, err = s.Local.NewSession(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Exec(script[:i]); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *scenario) start() *sim.Query {
	s.t.Helper()
	q, err := s.Start(s.query)
	if err != nil {
		s.t.Fatal(err)
	}
	return q
}

func (s *scenario) show(sql string) string {
	s.t.Helper()
	rows, err := s.Exec(sql)
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.Join(rows, "\n")
}

// close ends the engine and the server, and then nothing may be left.
func (s *scenario) close(qs ...*sim.Query) {
	s.t.Helper()
	for _, q := range qs {
		if err := q.Stop(); err != nil {
			s.t.Error(err)
		}
	}
	if err := s.Close(); err != nil {
		s.t.Error(err)
	}
	_ = s.server.Close() // of pipes
	s.wg.Wait()
}

// inWays runs a test in a bubble for each way of running.
func inWays(t *testing.T, run func(*testing.T, map[string]string)) {
	for _, w := range sim.Ways {
		t.Run(w.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { run(t, w.Settings) })
		})
	}
}

const scenarioCustomers = 20

// customers answers with all customers in the given version, after a delay.
func customers(w http.ResponseWriter, r *http.Request, version int, delay time.Duration) {
	select {
	case <-time.After(delay):
	case <-r.Context().Done():
		return
	}
	w.Header().Set("Content-Type", "application/json")
	var rows []string
	for i := range scenarioCustomers {
		rows = append(rows, fmt.Sprintf(`{"customer_id":%d,"name":"c%d","version":%d}`, i, i, version))
	}
	_, _ = io.WriteString(w, "["+strings.Join(rows, ",")+"]")
}

// TestScenario3: every order is enriched, and the customers are loaded once,
// however many queries wait for them.
func TestScenario3(t *testing.T) {
	const orders = 3000
	var lines strings.Builder
	for i := range orders {
		fmt.Fprintf(&lines, "{\"order_id\":%d,\"customer_id\":%d,\"amount\":1.5}\n", i, i%scenarioCustomers)
	}
	path := filepath.Join(t.TempDir(), "orders.ndjson")
	if err := os.WriteFile(path, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	inWays(t, func(t *testing.T, settings map[string]string) {
		var mu sync.Mutex
		loads := 0
		s := startScenario(t, "s3", settings, func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			loads++
			version := loads
			mu.Unlock()
			customers(w, r, version, 2*time.Second)
		}, "orders.ndjson", path)
		begin := time.Now()
		// A session runs one query at a time; the others have their own.
		var wg sync.WaitGroup
		for range 5 {
			sess, err := s.Local.NewSession(context.Background(), nil)
			if err != nil {
				t.Fatal(err)
			}
			other := &sim.Engine{Local: s.Local, Sess: sess}
			wg.Go(func() {
				q, err := other.Start(s.query)
				if err != nil {
					t.Error(err)
					return
				}
				if err := q.Wait(); err != nil {
					t.Error(err)
				}
				rows := q.Values()
				if len(rows) != orders {
					t.Errorf("%d rows of %d", len(rows), orders)
				}
				for _, r := range rows {
					if r[3] != "c"+r[1] || r[4] != "1" {
						t.Errorf("row %q", r)
						return
					}
				}
				if err := sess.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if took := time.Since(begin); loads != 1 || took != 2*time.Second {
			t.Errorf("%d loads, in %s", loads, took)
		}
		s.close()
	})
}

// feedOrders sends five orders and checks that they come out at once, with the
// given version.
func (s *scenario) feedOrders(q *sim.Query, from int, version string) {
	s.t.Helper()
	before := time.Now()
	for i := from; i < from+5; i++ {
		s.Feeds.Append("orders", 0, fmt.Appendf(nil, `{"order_id":%d,"customer_id":%d,"timestamp":"%s"}`, i, i%scenarioCustomers, before.UTC().Format("2006-01-02 15:04:05.000")))
	}
	s.Settle()
	rows := q.Rows()
	if len(rows) != 5 || time.Since(before) != 0 {
		s.t.Fatalf("%d of 5 orders have come after %s", len(rows), time.Since(before))
	}
	for i, r := range rows {
		want := fmt.Sprintf("%d | %d | %s | %s", from+i, (from+i)%scenarioCustomers, before.UTC().Format("2006-01-02 15:04:05.999"), version)
		if r != want {
			s.t.Errorf("got  %s\nwant %s", r, want)
		}
	}
}

// TestScenario4: five orders every two seconds against customers of at most five
// seconds: ten to fifteen orders a version. Two queries cause one load. A load
// takes 1.5 s, and no order waits for it.
func TestScenario4(t *testing.T) {
	inWays(t, func(t *testing.T, settings map[string]string) {
		var times []time.Time
		s := startScenario(t, "s4", settings, func(w http.ResponseWriter, r *http.Request) {
			times = append(times, time.Now())
			customers(w, r, len(times), 1500*time.Millisecond)
		})
		epoch := time.Now() // midnight
		time.Sleep(700 * time.Millisecond)
		q := s.start()
		if waited := time.Since(epoch); waited != 2200*time.Millisecond {
			t.Errorf("the first query began after %s", waited)
		}
		twin := s.start() // waits for nothing
		s.Settle()
		orders := map[int]int{}
		for n := range 100 {
			// A load that began at a multiple of 5 s is in force 1.5 s later.
			version := 1
			for i, at := range times {
				if time.Since(at) >= 1500*time.Millisecond {
					version = i + 1
				}
			}
			s.feedOrders(q, 5*n, fmt.Sprint(version))
			if rows := twin.Rows(); len(rows) != 5 || !strings.HasSuffix(rows[4], fmt.Sprint(" | ", version)) {
				t.Fatalf("the other query: %q", rows)
			}
			orders[version] += 5
			time.Sleep(2 * time.Second)
			s.Settle()
		}
		s.Settle()
		for i, at := range times {
			if off := at.Sub(epoch) % (5 * time.Second); i > 0 && off != 0 {
				t.Errorf("load %d began %s beside a multiple of 5 s", i+1, off)
			}
		}
		if want := 1 + int(time.Since(epoch)/(5*time.Second)); len(times) != want {
			t.Errorf("%d loads, want %d", len(times), want)
		}
		for v := 2; v < len(times)-1; v++ {
			if orders[v] != 10 && orders[v] != 15 {
				t.Errorf("version %d: %d orders", v, orders[v])
			}
		}
		s.close(q, twin)
	})
}

// TestScenario4Failing: the server fails for half a minute. The last good
// version serves, SHOW LOOKUP TABLES says why, and no order waits or is lost.
func TestScenario4Failing(t *testing.T) {
	inWays(t, func(t *testing.T, settings map[string]string) {
		epoch, loads, tries := time.Now(), 0, 0
		s := startScenario(t, "s4", settings, func(w http.ResponseWriter, r *http.Request) {
			switch at := time.Since(epoch); {
			case at < 10*time.Second || at >= 40*time.Second:
				loads++
				customers(w, r, loads, 0)
				return
			case at < 20*time.Second:
				http.Error(w, "out of order", http.StatusInternalServerError)
			case at < 30*time.Second: // cut off
				w.Header().Set("Content-Length", "1000")
				_, _ = io.WriteString(w, `[{"customer_id":1,"version":99},`)
			default:
				w.Header().Set("Content-Type", "text/html")
				_, _ = io.WriteString(w, "<html>")
			}
			tries++
		})
		q := s.start()
		s.Settle()
		for n := range 27 {
			time.Sleep(2 * time.Second)
			s.Settle() // a load of this moment takes no time
			s.feedOrders(q, 5*n, fmt.Sprint(loads))
			if at := time.Since(epoch); at == 14*time.Second || at == 24*time.Second || at == 34*time.Second {
				status := s.show("SHOW LOOKUP TABLES")
				want := map[int]string{14: "HTTP status 500", 24: "the body ended too early", 34: "content type"}[int(at.Seconds())]
				if !strings.Contains(status, want) {
					t.Errorf("after %s: %s", at, status)
				}
			}
		}
		if status := s.show("SHOW LOOKUP TABLES"); strings.Contains(status, "HTTP") || strings.Contains(status, "content type") {
			t.Errorf("it is over: %s", status)
		}
		if loads < 4 || tries < 6 {
			t.Errorf("%d loads, %d tries", loads, tries)
		}
		s.close(q)
	})
}

// TestScenario4Flaky: for a minute every other load fails, in one of three ways
// and at random. No order waits, is lost, or has anything but the last good version.
func TestScenario4Flaky(t *testing.T) {
	inWays(t, func(t *testing.T, settings map[string]string) {
		dice := rand.New(rand.NewPCG(4, 5))
		epoch, loads, tries := time.Now(), 0, 0
		s := startScenario(t, "s4", settings, func(w http.ResponseWriter, r *http.Request) {
			if at := time.Since(epoch); at > 0 && at < time.Minute && dice.IntN(2) == 0 {
				tries++
				switch dice.IntN(3) {
				case 0:
					http.Error(w, "out of order", http.StatusServiceUnavailable)
				case 1:
					_, _ = io.WriteString(w, `[{"customer_id":1,"version":99}`)
				default:
					panic(http.ErrAbortHandler)
				}
				return
			}
			loads++
			customers(w, r, loads, 0)
		})
		q := s.start()
		s.Settle()
		for n := range 150 {
			time.Sleep(500 * time.Millisecond)
			s.Settle()
			s.feedOrders(q, 5*n, fmt.Sprint(loads))
		}
		if loads < 8 || tries < 3 {
			t.Errorf("%d loads, %d failed", loads, tries)
		}
		s.close(q)
	})
}

// TestScenario5: events of three hours; the file changes once. Its refresh stops
// no event, an unchanged file makes no version, and events are as fresh as before.
func TestScenario5(t *testing.T) {
	inWays(t, func(t *testing.T, settings map[string]string) {
		path := filepath.Join(t.TempDir(), "locations.json.gz")
		writeLocations(t, path, "old", 1)
		s := startScenario(t, "s5", settings, func(http.ResponseWriter, *http.Request) {}, "s3://metadata/locations.json.gz", path)
		epoch := time.Now()
		q := s.start()
		s.Settle()
		events := 0
		for at := time.Since(epoch); at < 3*time.Hour; at = time.Since(epoch) {
			if at == 30*time.Minute {
				writeLocations(t, path, "new", 2)
			}
			now := time.Now().UTC().Format("2006-01-02 15:04:05")
			s.Feeds.Append("device_events", 0, fmt.Appendf(nil, `{"device_id":"d%d","reading":%d,"ts":"%s"}`, events%1000, events, now))
			s.Settle()
			want := fmt.Sprintf("%s | d%d | %d | old-%d | 1", now, events%1000, events, events%1000)
			if at >= time.Hour {
				want = fmt.Sprintf("%s | d%d | %d | new-%d | 2", now, events%1000, events, events%1000)
			}
			if rows := q.Rows(); len(rows) != 1 || rows[0] != want {
				t.Fatalf("after %s:\n got %q\nwant %q", at, rows, want)
			}
			events++
			time.Sleep(10 * time.Second)
			s.Settle() // a load of this moment takes no time
		}
		s.close(q)
	})
}

// writeLocations replaces the file as one should: in one step.
func writeLocations(t *testing.T, path, city string, hour int) {
	t.Helper()
	var b strings.Builder
	z := gzip.NewWriter(&b)
	for i := range 1000 {
		fmt.Fprintf(z, "{\"device_id\":\"d%d\",\"city\":\"%s-%d\",\"lat\":%d,\"lng\":2}\n", i, city, i, i)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".tmp", []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Date(1999, 1, 1, hour, 0, 0, 0, time.UTC)
	if err := os.Chtimes(path+".tmp", at, at); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		t.Fatal(err)
	}
}
