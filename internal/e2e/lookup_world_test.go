//go:build integration

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	nethttp "net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	kafkago "github.com/segmentio/kafka-go"

	"github.com/penstock/penstock/exec/kafka"
	"github.com/penstock/penstock/internal/kafkatest"
)

// scenario runs all of a script of testdata/scenarios but its last statement, a
// query, which it gives. replace are pairs of texts; the script must have the first of each.
func (w *world) scenario(name string, replace ...string) string {
	w.t.Helper()
	b, err := os.ReadFile("../../testdata/scenarios/" + name + ".sql")
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(replace); i += 2 {
		if !bytes.Contains(b, []byte(replace[i])) {
			w.t.Fatalf("%s.sql has no %s", name, replace[i])
		}
	}
	script := strings.NewReplacer(replace...).Replace(string(b))
	i := strings.LastIndex(script, "SELECT")
	w.exec(script[:i])
	return strings.TrimRight(script[i:], ";\n")
}

// arrival is a row and when it came.
type arrival struct {
	row []string
	at  time.Time
}

// stream is an endless query that is read beside the test.
type stream struct {
	rows chan arrival
	err  error // once rows is closed
}

// arrivals is more than a test has rows, so that no reader waits for the test.
const arrivals = 100_000

func newStream(t testing.TB, run func(ctx context.Context, row func([]string)) error) *stream {
	s := &stream{rows: make(chan arrival, arrivals)}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(s.rows)
		err := run(ctx, func(r []string) { s.rows <- arrival{r, time.Now()} })
		if ctx.Err() == nil {
			s.err = errors.Join(errors.New("the query ended"), err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		for range s.rows { // until the reader has ended
			t.Error("a row is left over")
		}
		if s.err != nil {
			t.Error(s.err)
		}
	})
	return s
}

// streamPG reads a query by pgx.
func (w *world) streamPG(sql string) *stream {
	c := w.connect()
	return newStream(w.t, func(ctx context.Context, row func([]string)) error { return eachRow(ctx, c, sql, row) })
}

// eachRow reads a query to its end, with NULL as text.
func eachRow(ctx context.Context, c *pgx.Conn, sql string, row func([]string)) error {
	rows, err := c.Query(ctx, sql, pgx.QueryResultFormats{pgx.TextFormatCode})
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r []string
		for _, v := range rows.RawValues() {
			if v == nil {
				r = append(r, "NULL")
			} else {
				r = append(r, string(v))
			}
		}
		row(r)
	}
	return rows.Err()
}

// streamHTTP reads a query over HTTP; a row is one line of NDJSON.
func (w *world) streamHTTP(sql string) *stream {
	return newStream(w.t, func(ctx context.Context, row func([]string)) error {
		req, err := nethttp.NewRequestWithContext(ctx, nethttp.MethodPost, "http://"+w.http+"/v1/sql", strings.NewReader(sql))
		if err != nil {
			return err
		}
		res, err := nethttp.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if res.StatusCode != nethttp.StatusOK {
			return errors.New(res.Status)
		}
		s := bufio.NewScanner(res.Body)
		for s.Scan() {
			row([]string{s.Text()})
		}
		return s.Err()
	})
}

// next waits for a row.
func (s *stream) next(t testing.TB) arrival {
	t.Helper()
	select {
	case a, ok := <-s.rows:
		if !ok {
			t.Fatal(s.err)
		}
		return a
	case <-time.After(patience):
		t.Fatal("a row has not come")
	}
	return arrival{}
}

// lookupState is what GET /v1/lookup-tables/{name} tells, in part.
type lookupState struct {
	Rows, Version, Loads, Failures int64
	Stale, Live                    bool
	LastError                      string `json:"last_error"`
}

func (w *world) lookupTable(name string) (s lookupState) {
	w.t.Helper()
	req, err := nethttp.NewRequestWithContext(testContext(w.t), nethttp.MethodGet, "http://"+w.http+"/v1/lookup-tables/"+name, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := nethttp.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&s); err != nil || res.StatusCode != nethttp.StatusOK {
		w.t.Fatalf("%s: %v", res.Status, err)
	}
	return s
}

// feed writes to a topic.
type feed struct {
	t testing.TB
	w *kafkago.Writer
}

// newFeed makes a topic, with options of the broker's, and writes to it.
func newFeed(t testing.TB, k *kafkatest.Broker, topic string, partitions int, options ...string) *feed {
	t.Helper()
	transport := &kafkago.Transport{}
	var entries []kafkago.ConfigEntry
	for i := 0; i < len(options); i += 2 {
		entries = append(entries, kafkago.ConfigEntry{ConfigName: options[i], ConfigValue: options[i+1]})
	}
	c := &kafkago.Client{Addr: kafkago.TCP(k.Addr), Transport: transport}
	res, err := c.CreateTopics(testContext(t), &kafkago.CreateTopicsRequest{Topics: []kafkago.TopicConfig{
		{Topic: topic, NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: entries}}})
	if err != nil || res.Errors[topic] != nil {
		t.Fatal(err, res)
	}
	if err := kafka.CreateTopic(testContext(t), kafka.ClientConfig{Brokers: []string{k.Addr}}, topic, partitions); err != nil { // waits until it can be used
		t.Fatal(err)
	}
	f := &feed{t, &kafkago.Writer{Addr: kafkago.TCP(k.Addr), Topic: topic, BatchTimeout: time.Millisecond, Transport: transport, RequiredAcks: kafkago.RequireAll}}
	t.Cleanup(func() {
		if err := f.w.Close(); err != nil {
			t.Error(err)
		}
		transport.CloseIdleConnections()
	})
	return f
}

func (f *feed) send(ms ...kafkago.Message) {
	f.t.Helper()
	ctx := testContext(f.t)
	err := f.w.WriteMessages(ctx, ms...)
	// A broker that has just been started may not lead its partitions yet; the
	// writer's metadata then knows no leader, and nothing has been sent.
	for end := time.Now().Add(patience); err != nil && strings.Contains(err.Error(), "has no leader") && time.Now().Before(end); {
		await(ctx, 100*time.Millisecond)
		err = f.w.WriteMessages(ctx, ms...)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// values sends records without keys.
func (f *feed) values(values ...string) {
	f.t.Helper()
	var ms []kafkago.Message
	for _, v := range values {
		ms = append(ms, kafkago.Message{Value: []byte(v)})
	}
	f.send(ms...)
}

// delays describes how long rows took.
func delays(ds []time.Duration) string {
	if len(ds) == 0 {
		return "none"
	}
	ds = slices.Sorted(slices.Values(ds))
	round := func(i int) time.Duration { return ds[min(i, len(ds)-1)].Round(100 * time.Microsecond) }
	return fmt.Sprintf("%d rows, median %v, 99 %% %v, longest %v", len(ds), round(len(ds)/2), round(len(ds)*99/100), round(len(ds)))
}

// pgBin is where Debian's postgresql-15 has its programs.
const pgBin = "/usr/lib/postgresql/15/bin"

// postgres is a server of the test's own that logs each statement.
type postgres struct {
	t    testing.TB
	dir  string
	port string
	cred *syscall.Credential // it does not run as root
}

// startPostgres starts a server that ends with the test.
func startPostgres(t testing.TB) *postgres {
	t.Helper()
	if _, err := os.Stat(filepath.Join(pgBin, "initdb")); err != nil {
		t.Skipf("PostgreSQL 15 is not installed (apt-get install postgresql-15): %v", err)
	}
	dir, err := os.MkdirTemp("", "pg") // its user cannot reach into t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // a temporary folder
	p := &postgres{t: t, dir: dir}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Skipf("PostgreSQL does not run as root, and there is no user postgres: %v", err)
		}
		uid, _ := strconv.Atoi(u.Uid) // numbers on every Unix
		gid, _ := strconv.Atoi(u.Gid)
		p.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	l := loopback(t)
	_, p.port, _ = net.SplitHostPort(l.Addr().String())
	_ = l.Close() // for the server
	data := filepath.Join(dir, "data")
	p.run("", "initdb", "-D", data, "-A", "trust", "-U", "joe", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	t.Cleanup(func() { p.run("", "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop") })
	p.run("", "pg_ctl", "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o",
		"-c listen_addresses=127.0.0.1 -c port="+p.port+" -c fsync=off -c log_statement=all -k "+dir, "start")
	return p
}

func (p *postgres) run(stdin, name string, args ...string) {
	p.t.Helper()
	cmd := exec.Command(filepath.Join(pgBin, name), args...)
	cmd.Dir = p.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.cred}
	cmd.Stdin = strings.NewReader(stdin)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Run(); err != nil {
		p.t.Fatalf("%s: %v\n%s", name, err, errs.String())
	}
}

func (p *postgres) exec(script string) {
	p.t.Helper()
	p.run(script, "psql", "-h", p.dir, "-p", p.port, "-U", "joe", "-d", "postgres", "-Xq", "-v", "ON_ERROR_STOP=1", "-f", "-")
}

// copies counts the tables that have been read as a whole.
func (p *postgres) copies() int {
	p.t.Helper()
	b, err := os.ReadFile(filepath.Join(p.dir, "log"))
	if err != nil {
		p.t.Fatal(err)
	}
	return bytes.Count(b, []byte(": COPY (SELECT"))
}

// await gives time to another process, or to a client that should feel it.
func await(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
