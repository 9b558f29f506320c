package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/penstock/penstock/bench/s1/memtable"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/server/session"
)

func main() {
	only := flag.String("only", "", "join, refresh, share or designs")
	length := flag.Duration("length", 8*time.Second, "how long each stream runs")
	runs := flag.Int("runs", 5, "runs of the join, the median counts")
	flag.Parse()
	ctx := context.Background()
	for _, p := range []struct {
		name string
		run  func() error
	}{
		{"join", func() error { return join(ctx, *runs) }},
		{"refresh", func() error { return refresh(ctx, *length) }},
		{"share", func() error { return share(ctx) }},
		{"designs", func() error { return designs(ctx, *length) }},
	} {
		if *only != "" && *only != p.name {
			continue
		}
		if err := p.run(); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", p.name, err)
			os.Exit(1)
		}
	}
}

// open makes an engine with the bench's connectors.
func open(conns map[string]build.Connector, m *made, parallelism int) (*session.Local, error) {
	all := build.Connectors()
	for k, v := range conns {
		all[k] = v
	}
	return session.Open(session.Config{Version: "bench", Connectors: all, Lookups: map[string]lookup.Connector{"made": m},
		Settings: map[string]string{"parallelism": strconv.Itoa(parallelism)}})
}

// query runs a SELECT to its end and gives each batch to see.
func query(ctx context.Context, e *session.Local, sql string, see func(session.Result, time.Time) error) (err error) {
	s, err := e.NewSession(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return err
	}
	r, err := p.Run(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return see(r, time.Now())
}

func lookupDDL(options string) string {
	return "CREATE LOOKUP TABLE c (id BIGINT, name VARCHAR, n INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'made'" + options + ")"
}

const visits = 1_000_000

// join measures S1 with and without a lookup join.
func join(ctx context.Context, runs int) error {
	table, err := memtable.Visits(visits, 1000)
	if err != nil {
		return err
	}
	// Both queries compute the key, so that the difference is the join.
	const from = `WITH k AS (SELECT id, CAST(event_datetime AS TIMESTAMP) AS ts, (file_size_bytes * 977 + CAST(RIGHT(id, 3) AS INT)) %% %d AS k FROM website_visit)
		SELECT k.id, TUMBLE_START(k.ts, INTERVAL '20' SECOND) AS s, COUNT(*) AS n, SUM(%s) AS b FROM k %s GROUP BY TUMBLE(k.ts, INTERVAL '20' SECOND), k.id`
	for _, rows := range []int{1000, 1_000_000} {
		plain, joined := fmt.Sprintf(from, rows, "k.k", ""), fmt.Sprintf(from, rows, "c.n", "LEFT JOIN c ON c.id = k.k")
		var with, without, ratio []float64
		for range runs {
			var cost [2]float64
			for k, sql := range []string{plain, joined} {
				e, err := open(map[string]build.Connector{"memory": table}, &made{rows: rows}, 1)
				if err != nil {
					return err
				}
				ddl := "CREATE TABLE website_visit (id VARCHAR, file_size_bytes INT, event_datetime VARCHAR) WITH ('connector' = 'memory');" + lookupDDL("") + "; REFRESH LOOKUP TABLE c"
				if err := e.Exec(ctx, ddl); err != nil {
					return err
				}
				runtime.GC()
				start := memtable.CPU()
				if err := query(ctx, e, sql, drain); err != nil {
					return err
				}
				cost[k] = float64((memtable.CPU() - start).Nanoseconds()) / visits
				if err := e.Close(); err != nil {
					return err
				}
			}
			without, with, ratio = append(without, cost[0]), append(with, cost[1]), append(ratio, cost[1]/cost[0])
		}
		fmt.Printf("join rows=%d s1_cpu_ns=%.0f with_lookup_cpu_ns=%.0f ratio=%.2f\n", rows, memtable.Median(without), memtable.Median(with), memtable.Median(ratio))
	}
	return nil
}

func drain(r session.Result, _ time.Time) error {
	for {
		if _, err := r.Next(context.Background(), true); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// latencies runs the paced stream through a join and gives how long each batch took.
func latencies(ctx context.Context, length time.Duration, m *made, options string) ([]time.Duration, error) {
	p := &paced{rows: 500, keys: m.rows, every: 2 * time.Millisecond, length: length}
	e, err := open(map[string]build.Connector{"paced": p}, m, 1)
	if err != nil {
		return nil, err
	}
	if err := e.Exec(ctx, "CREATE TABLE ticks (id BIGINT, made BIGINT) WITH ('connector' = 'paced'); "+lookupDDL(options)); err != nil {
		return nil, err
	}
	var out []time.Duration
	err = query(ctx, e, "SELECT t.made, c.name, c.n FROM ticks t JOIN c ON t.id = c.id", func(r session.Result, _ time.Time) error {
		for {
			b, err := r.Next(ctx, true)
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			now, last := time.Now().UnixNano(), int64(0)
			for i := range b.Rows() { // a batch of the client may hold several of the source
				if v := b.Cols[0].Int[b.Row(i)]; v != last {
					out, last = append(out, time.Duration(now-v)), v
				}
			}
		}
	})
	slices.Sort(out)
	return out, errors.Join(err, e.Close())
}

func at(l []time.Duration, q float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	return l[min(len(l)-1, int(q*float64(len(l))))].Round(10 * time.Microsecond)
}

// histogram prints how many batches took how long.
func histogram(name string, l []time.Duration) {
	fmt.Printf("%-22s batches=%d p50=%s p90=%s p99=%s p99.9=%s max=%s\n", name, len(l), at(l, .5), at(l, .9), at(l, .99), at(l, .999), at(l, 1))
	var b strings.Builder
	i := 0
	for _, bound := range []time.Duration{100 * time.Microsecond, 200 * time.Microsecond, 500 * time.Microsecond, time.Millisecond, 2 * time.Millisecond,
		5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond, time.Second, time.Hour} {
		n := 0
		for ; i < len(l) && l[i] <= bound; i++ {
			n++
		}
		if n > 0 {
			fmt.Fprintf(&b, " ≤%s:%d", bound, n)
		}
	}
	fmt.Println("   ", b.String())
}

const million = 1_000_000

func refresh(ctx context.Context, length time.Duration) error {
	still, err := latencies(ctx, length, &made{rows: million}, "")
	if err != nil {
		return err
	}
	m := &made{rows: million}
	moving, err := latencies(ctx, length, m, ", 'refresh.interval' = '1s'")
	if err != nil {
		return err
	}
	histogram("table at rest", still)
	histogram("refreshed every second", moving)
	fmt.Printf("refresh loads=%d p99_growth=%s\n", m.loads.Load(), at(moving, .99)-at(still, .99))
	return nil
}

// heap is what lives after a collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

// share compares the heap of one query with that of a hundred.
func share(ctx context.Context) error {
	base := heap()
	e, err := open(map[string]build.Connector{"paced": &paced{rows: 1, keys: 1, every: time.Second, length: time.Hour}}, &made{rows: million}, 1)
	if err != nil {
		return err
	}
	if err := e.Exec(ctx, "CREATE TABLE ticks (id BIGINT, made BIGINT) WITH ('connector' = 'paced'); "+lookupDDL("")); err != nil {
		return err
	}
	s, err := e.NewSession(ctx, nil)
	if err != nil {
		return err
	}
	var all []session.Result
	start := func(n int) error {
		for len(all) < n {
			p, err := s.Prepare(ctx, "SELECT t.made, c.name FROM ticks t JOIN c ON t.id = c.id", nil)
			if err != nil {
				return err
			}
			r, err := p.Run(ctx, nil)
			if err != nil {
				return err
			}
			all = append(all, r)
		}
		return nil
	}
	if err := start(1); err != nil {
		return err
	}
	one := heap() - base
	if err := start(100); err != nil {
		return err
	}
	hundred := heap() - base
	fmt.Printf("share one_query_mb=%.1f hundred_queries_mb=%.1f ratio=%.2f\n", float64(one)/(1<<20), float64(hundred)/(1<<20), float64(hundred)/float64(one))
	for _, r := range all {
		if err := r.Close(); err != nil {
			return err
		}
	}
	return errors.Join(s.Close(), e.Close())
}

// designs compares with those of S5 that failed.
func designs(ctx context.Context, length time.Duration) error {
	const devices = 20_000 // rows: less than 1 MB, as there
	for _, d := range []struct {
		name, options string
		m             *made
	}{
		{"shared cache", ", 'refresh.interval' = '1s'", &made{rows: devices}},
		{"reload in operator", ", 'cache' = 'none'", &made{rows: devices, inline: time.Second}},
		{"state for each key", ", 'cache' = 'none'", &made{rows: devices, perKey: time.Second, fetch: 200 * time.Microsecond}},
	} {
		l, err := latencies(ctx, length, d.m, d.options)
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		histogram(d.name, l)
	}
	return nil
}
