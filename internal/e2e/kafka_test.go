//go:build integration

package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/lib/pq"

	"github.com/penstock/penstock/exec/kafka"
	"github.com/penstock/penstock/internal/gen"
	"github.com/penstock/penstock/internal/kafkatest"
)

// TestApacheKafka runs what the tests of every day run on the embedded broker,
// and foreign clients, against one Apache Kafka.
func TestApacheKafka(t *testing.T) {
	k := kafkatest.Start(t)
	for _, c := range []struct {
		name string
		run  func(*testing.T, site)
	}{
		{"bounded", trafficBounded},
		{"unbounded", trafficUnbounded},
		{"steps", trafficStepsTest},
		{"console-consumer", func(t *testing.T, b site) { consoleConsumer(t, k, b) }},
		{"psql", psql},
		{"psql-cancel", psqlCancel},
		{"lib-pq", libPQ},
		{"pgx-live", pgxLive},
		{"restart", func(t *testing.T, b site) { kafkaRestart(t, k, b) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := site{k.Addr, c.name + "-"}
			for topic, n := range trafficTopics() {
				if err := kafka.CreateTopic(testContext(t), kafka.ClientConfig{Brokers: []string{k.Addr}}, b.prefix+topic, n); err != nil {
					t.Fatal(err)
				}
			}
			c.run(t, b)
		})
	}
}

// consoleConsumer has Kafka's own consumer read keys and values.
func consoleConsumer(t *testing.T, k *kafkatest.Broker, b site) {
	in := disordered(t)
	produce(t, b, "website-visit", in)
	want := model(in...)
	w := serve(t, b)
	w.exec(fmt.Sprintf(trafficTables, bounded) + "INSERT INTO traffic_agg " + trafficQuery)
	out := k.Tool(t, "org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server", b.brokers, "--topic", b.prefix+"traffic-agg-sql",
		"--from-beginning", "--max-messages", fmt.Sprint(len(want)), "--timeout-ms", "15000",
		"--formatter-property", "print.key=true", "--formatter-property", "key.separator=|")
	var got []record
	for l := range strings.Lines(out) {
		key, value, ok := strings.Cut(strings.TrimSuffix(l, "\n"), "|")
		if !ok {
			t.Fatalf("line %q", l)
		}
		got = append(got, record{key, value})
	}
	diff(t, "console consumer", sortRecords(got), wantRecords(want))
}

// psqlCommand makes a psql that talks to the server.
func psqlCommand(ctx context.Context, t *testing.T, w *world, args ...string) *exec.Cmd {
	t.Helper()
	if v, err := exec.Command("psql", "--version").Output(); err != nil || !strings.Contains(string(v), " 15.") {
		t.Skip("needs psql 15 (Debian: postgresql-client-15)")
	}
	host, port, err := net.SplitHostPort(w.pg)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, "psql", append([]string{"-X", "-q", "-A", "-t", "-h", host, "-p", port, "-U", "u", "-d", "penstock"}, args...)...)
	cmd.Env = append(os.Environ(), "PSQL_PAGER=", "LC_ALL=C")
	return cmd
}

// psql reads the aggregation in each of the ways that psql has.
func psql(t *testing.T, b site) {
	in := disordered(t)
	produce(t, b, "website-visit", in)
	want := model(in...)
	w := serve(t, b)
	w.exec(fmt.Sprintf(trafficTables, bounded))
	for name, script := range map[string]string{
		"copy":        "COPY (" + trafficQuery + ") TO STDOUT WITH (DELIMITER '|')",
		"fetch-count": "\\set FETCH_COUNT 1\n" + trafficQuery + ";",
		"cursor":      "BEGIN; DECLARE c CURSOR FOR " + trafficQuery + "; FETCH 3 FROM c; FETCH ALL FROM c; CLOSE c; COMMIT;",
		"simple":      trafficQuery + ";",
	} {
		t.Run(name, func(t *testing.T) {
			cmd := psqlCommand(testContext(t), t, w, "-v", "ON_ERROR_STOP=1")
			cmd.Stdin = strings.NewReader(script + "\n")
			if name == "copy" {
				cmd.Stdin = strings.NewReader(script + ";\n")
			}
			var fault strings.Builder
			cmd.Stderr = &fault
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v: %s", err, fault.String())
			}
			if !strings.Contains(fault.String(), "NOTICE:  no watermark is declared") {
				t.Errorf("standard error: %s", fault.String())
			}
			var rows [][]string
			for l := range strings.Lines(string(out)) {
				rows = append(rows, strings.Split(strings.TrimSuffix(l, "\n"), "|"))
			}
			diff(t, name, sortRows(rows), wantRows(want))
		})
	}
}

// psqlCancel interrupts an endless query with Ctrl-C at a terminal, after which the
// session goes on.
func psqlCancel(t *testing.T, b site) {
	terminal, err := exec.LookPath("script")
	if err != nil {
		t.Skip("needs script (Debian: bsdutils), which gives psql a terminal")
	}
	in := disordered(t)
	produce(t, b, "website-visit", in)
	w := serve(t, b)
	w.exec(fmt.Sprintf(trafficTables, unbounded))
	inner := psqlCommand(t.Context(), t, w)
	cmd := exec.CommandContext(testContext(t), terminal, "-q", "-e", "-c", "exec "+strings.Join(inner.Args, " "), "/dev/null") // exec: a shell that stays would get the Ctrl-C too
	cmd.Env = inner.Env
	keys, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	screen, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(keys, "\\set FETCH_COUNT 1\nSELECT 'row' || id FROM website_visit;\n")
	var seen strings.Builder
	until := func(what string, n int) {
		for buf := make([]byte, 4096); strings.Count(seen.String(), what) < n; {
			k, err := screen.Read(buf)
			if seen.Write(buf[:k]); err != nil {
				t.Fatalf("%v before %d times %q: %q", err, n, what, seen.String())
			}
		}
	}
	until("row1", 1) // visitors' ids have 19 digits, some begin with 1
	fmt.Fprint(keys, "\x03")
	until("Cancel request sent", 1) // the error is shown only when it comes while psql waits
	fmt.Fprint(keys, "SELECT 'still ' || 'here';\n")
	until("still here", 1)
	fmt.Fprint(keys, "\\q\n")
	if _, err := io.Copy(io.Discard, screen); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("psql: %v: %q", err, seen.String())
	}
}

// libPQ reads with database/sql while records come.
func libPQ(t *testing.T, b site) {
	w := serve(t, b)
	w.exec(fmt.Sprintf(trafficTables, unbounded))
	db, err := sql.Open("postgres", "postgres://u@"+w.pg+"/penstock?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithCancel(testContext(t))
	defer cancel()
	live(t, b, func(row func(id string) bool) {
		rows, err := db.QueryContext(ctx, "SELECT id FROM website_visit")
		if err != nil {
			t.Error(err)
			return
		}
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil || !row(id) {
				break
			}
		}
		if err := rows.Err(); err != nil {
			t.Error(err)
		}
		cancel()
		rows.Close()
	})
}

// pgxLive is the same with pgx.
func pgxLive(t *testing.T, b site) {
	w := serve(t, b)
	w.exec(fmt.Sprintf(trafficTables, unbounded))
	c := w.connect()
	ctx, cancel := context.WithCancel(testContext(t))
	defer cancel()
	live(t, b, func(row func(id string) bool) {
		rows, err := c.Query(ctx, "SELECT id FROM website_visit")
		if err != nil {
			t.Error(err)
			return
		}
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil || !row(id) {
				break
			}
		}
		cancel()
		rows.Close()
	})
}

// liveDelay is how soon a row must be with its reader.
const liveDelay = time.Second

// live writes a record when the reader has got the one before, so that rows that
// wait for others never come, and notes when each was written and read.
func live(t *testing.T, b site, read func(row func(id string) bool)) {
	const n = 8
	vs := visits(t, gen.Config{Keys: 100, Seed: 3, Count: n}, 1)[0]
	got := make(chan string, n)
	done := make(chan struct{})
	go func() {
		defer close(done)
		i := 0
		read(func(id string) bool {
			got <- id
			i++
			return i < n
		})
	}()
	start := time.Now()
	var delays []time.Duration
	for i, v := range vs {
		produce(t, b, "website-visit", [][]visit{vs[i : i+1]})
		written := time.Now()
		select {
		case id := <-got:
			if id != v.id {
				t.Fatalf("row %d is %s, want %s", i, id, v.id)
			}
			delays = append(delays, time.Since(written))
			t.Logf("row %d: written at %v, read %v later", i, written.Sub(start).Round(time.Millisecond), delays[i].Round(100*time.Microsecond))
		case <-time.After(patience):
			t.Fatalf("row %d has not come", i)
		}
	}
	<-done
	if d := slices.Max(delays); d > liveDelay {
		t.Errorf("a row came after %v", d)
	}
}

// kafkaRestart has the broker end and start again while a query reads.
func kafkaRestart(t *testing.T, k *kafkatest.Broker, b site) {
	brokerRestart(t, b, func() { k.Stop(t); k.Run(t) })
}
