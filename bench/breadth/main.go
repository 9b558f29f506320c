package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"github.com/penstock/penstock/bench/s1/memtable"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/server/session"
)

const table = `CREATE TABLE website_visit (ip VARCHAR, id VARCHAR, user_agent VARCHAR, age_bracket VARCHAR, http_request VARCHAR,
  http_response INT, file_size_bytes INT, event_datetime VARCHAR, event_ts DOUBLE) WITH ('connector' = 'memory')`

// The queries. The plain one and the one with functions read the same columns.
var queries = []struct{ name, sql string }{
	{"plain", `SELECT id, ip, event_ts, http_request, file_size_bytes, CAST(event_datetime AS TIMESTAMP) AS ts, age_bracket, http_response FROM website_visit`},
	{"12 functions", `SELECT upper(id) AS id, split_part(ip, '.', 1) AS ip, round(event_ts) AS event_ts, abs(event_ts) AS a, substring(http_request, 1, 4) AS http_request,
  coalesce(nullif(file_size_bytes, 0), -1) AS file_size_bytes, date_trunc('minute', CAST(event_datetime AS TIMESTAMP)) AS ts, left(age_bracket, 2) AS age_bracket,
  greatest(http_response, 200) AS http_response, length(http_request) AS n, http_request LIKE 'GET %' AS got, floor(event_ts) AS f FROM website_visit`},
	{"COUNT", `SELECT TUMBLE_START(ts, INTERVAL '20' SECOND) AS s, age_bracket, COUNT(*) AS n
  FROM (SELECT *, CAST(event_datetime AS TIMESTAMP) AS ts FROM website_visit) v GROUP BY TUMBLE(ts, INTERVAL '20' SECOND), age_bracket`},
	{"20 aggregates", `SELECT TUMBLE_START(ts, INTERVAL '20' SECOND) AS s, age_bracket, COUNT(*), COUNT(event_ts), SUM(file_size_bytes), AVG(file_size_bytes),
  MIN(file_size_bytes), MAX(file_size_bytes), SUM(event_ts), AVG(event_ts), MIN(event_ts), MAX(event_ts), STDDEV_SAMP(event_ts), VAR_POP(event_ts), CORR(event_ts, file_size_bytes), REGR_SLOPE(event_ts, file_size_bytes),
  BOOL_AND(http_response < 500), BOOL_OR(http_response > 400), BIT_OR(http_response), BIT_AND(http_response), MAX(http_response), LAST_VALUE(http_response)
  FROM (SELECT *, CAST(event_datetime AS TIMESTAMP) AS ts FROM website_visit) v GROUP BY TUMBLE(ts, INTERVAL '20' SECOND), age_bracket`},
}

func main() {
	records := flag.Int("records", 400_000, "visits in memory")
	runs := flag.Int("runs", 5, "runs of each query; the median counts")
	flag.Parse()
	if err := measure(context.Background(), *records, *runs); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, records, runs int) (err error) {
	runtime.GOMAXPROCS(1)
	m, err := memtable.Visits(records, 1000)
	if err != nil {
		return err
	}
	conns := build.Connectors()
	conns["memory"] = m
	e, err := session.Open(session.Config{Version: "bench", Connectors: conns, Settings: map[string]string{"parallelism": "1"}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	if err := e.Exec(ctx, table); err != nil {
		return err
	}
	spent := map[string]time.Duration{}
	all := make([][]float64, len(queries))
	for range runs {
		for i, q := range queries { // in turn: a disturbance meets all alike
			before := memtable.CPU()
			if err := drain(ctx, e, q.sql); err != nil {
				return fmt.Errorf("%s: %w", q.name, err)
			}
			all[i] = append(all[i], float64(memtable.CPU()-before))
		}
	}
	for i, q := range queries {
		spent[q.name] = time.Duration(memtable.Median(all[i]))
		fmt.Printf("%-14s %6.0f ns a record, %5.2f M records/s/core\n", q.name, float64(spent[q.name])/float64(records), float64(records)/spent[q.name].Seconds()/1e6)
	}
	fmt.Printf("12 functions / plain = %.2f\n", float64(spent["12 functions"])/float64(spent["plain"]))
	return nil
}

// drain runs a query and drops its rows.
func drain(ctx context.Context, e *session.Local, sql string) (err error) {
	s, err := e.NewSession(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return err
	}
	res, err := p.Run(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, res.Close()) }()
	for {
		if _, err := res.Next(ctx, true); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
