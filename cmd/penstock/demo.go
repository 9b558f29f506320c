package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/penstock/penstock/exec/kafka"
	"github.com/penstock/penstock/exec/kafka/broker"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/gen"
	"github.com/penstock/penstock/internal/wordlen"
)

// What the demo runs on: visits of a few visitors, in event time that follows
// the clock; the minute before its start is made at once, so that windows close from the
// first second on.
const (
	demoRate    = 50 // visits a second
	demoKeys    = 5
	demoHistory = time.Minute
	// demoRetention bounds the memory of the embedded broker, per partition.
	demoRetention = 64 << 20
)

// demoTables declares the topics; %s is the broker.
const demoTables = `
CREATE TABLE website_visit (
  ip VARCHAR, id VARCHAR, lat DOUBLE, lng DOUBLE, user_agent VARCHAR, age_bracket VARCHAR, opted_into_marketing BOOLEAN,
  http_request VARCHAR, http_response INT, file_size_bytes BIGINT, event_datetime VARCHAR, event_ts BIGINT
) WITH ('connector' = 'kafka', 'topic' = 'website-visit', 'properties.bootstrap.servers' = '%[1]s',
        'format' = 'json', 'json.empty-string-as-null' = 'true');
CREATE TABLE traffic_agg (event_id VARCHAR, window_start VARCHAR, window_end VARCHAR, page_view BIGINT)
  WITH ('connector' = 'kafka', 'topic' = 'traffic-agg-sql', 'properties.bootstrap.servers' = '%[1]s',
        'format' = 'json', 'key.format' = 'json', 'key.fields' = 'event_id;window_start');`

// demoQuery is the traffic aggregation, as README.md has it.
const demoQuery = `WITH cte AS (SELECT id, CAST(event_datetime AS TIMESTAMP) AS ts FROM website_visit)
SELECT id AS event_id,
       CAST(TUMBLE_START(ts, INTERVAL '20' SECOND) AS VARCHAR) AS window_start,
       CAST(TUMBLE_END(ts, INTERVAL '20' SECOND) AS VARCHAR) AS window_end,
       COUNT(*) AS page_view
FROM cte GROUP BY TUMBLE(ts, INTERVAL '20' SECOND), id`

func demoCmd() *cobra.Command {
	var httpAddr, pgAddr, kafkaAddr, level string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Try it: a broker, visits, a server and a windowed query, all in this process",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			log, err := logger(c, level)
			if err != nil {
				return err
			}
			d := &demo{cmd: c}
			if d.broker, err = broker.Start(broker.Config{Listen: kafkaAddr, AutoCreate: true, RetentionBytes: demoRetention,
				Topics: map[string]int{"website-visit": 2, "traffic-agg-sql": 1, "input-topic": 1, "words": 1}}); err != nil {
				return err
			}
			defer d.broker.Close()
			if err := d.serveWords(); err != nil {
				return err
			}
			defer d.words.Close()
			if d.server, err = openServer(httpAddr, pgAddr, "", nil, allow.New(nil, nil), log); err != nil {
				return err
			}
			d.server.serve()
			return errors.Join(d.run(c.Context()), d.server.close())
		},
	}
	f := c.Flags()
	f.StringVar(&httpAddr, "http", defaultHTTP, "loopback `address` of the HTTP interface")
	f.StringVar(&pgAddr, "pg", defaultPG, "loopback `address` of the PostgreSQL interface")
	f.StringVar(&kafkaAddr, "kafka", "127.0.0.1:0", "loopback `address` of the embedded broker; port 0 takes a free one")
	f.StringVar(&level, "log-level", "warn", "least `level` logged: debug, info, warn or error")
	return c
}

type demo struct {
	cmd    *cobra.Command
	broker *broker.Broker
	server *server
	words  *wordlen.Server
}

func (d *demo) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var feeds sync.WaitGroup
	for _, feed := range []func(context.Context) error{d.visits, d.text} {
		feeds.Go(func() {
			if err := feed(ctx); err != nil && ctx.Err() == nil {
				cancel(err)
			}
		})
	}
	err := d.query(ctx)
	if errors.Is(err, context.Canceled) || ctx.Err() != nil {
		err = nil
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	cancel(nil)
	feeds.Wait() // a failure has come as the cause
	return err
}

// visits makes the history at once and then keeps pace with the clock.
func (d *demo) visits(ctx context.Context) error {
	const step = time.Second / demoRate
	start := time.Now()
	g, err := gen.New(gen.Config{Kind: gen.Visits, Keys: demoKeys, Seed: uint64(start.UnixNano()), Disorder: 2 * time.Second,
		Start: start.Add(-demoHistory), TimeStep: step})
	if err != nil {
		return err
	}
	w, err := openKafkaWriter(ctx, []string{d.broker.Addr()}, "website-visit", 2, kafka.LZ4)
	if err != nil {
		return err
	}
	var buf []byte
	for range int(demoHistory / step) {
		buf = g.Append(buf[:0])
		if err := w.write(ctx, g.Key(), buf); err != nil {
			return errors.Join(err, w.close())
		}
	}
	_, err = generate(ctx, g, w, demoRate)
	return errors.Join(err, w.close())
}

func (d *demo) query(ctx context.Context) error {
	out := d.cmd.OutOrStdout()
	e := d.server.engine
	if err := e.Exec(ctx, fmt.Sprintf(demoTables, d.broker.Addr())+"INSERT INTO traffic_agg "+demoQuery); err != nil {
		return err
	}
	if err := d.startWords(ctx); err != nil {
		return err
	}
	host, port := splitAddr(d.server.pgAddr.String())
	fmt.Fprintf(out, `Visits go into the topic website-visit of the broker on %s, page views per visitor and 20 seconds
into traffic-agg-sql. Words of the text in input-topic are sent to a gRPC service, at most ten a call, and go with
their lengths into words. Try in another terminal:

  psql -h %s -p %s
    \d
    \set FETCH_COUNT 1
    SELECT * FROM traffic_agg;
    SELECT * FROM words;
    EXPLAIN SELECT id, COUNT(*) FROM website_visit WHERE http_response = 404 GROUP BY TUMBLE(CAST(event_datetime AS TIMESTAMP), INTERVAL '20' SECOND), id;
  curl -N http://%s/v1/sql -d "SELECT id, lat, lng, http_request FROM website_visit"
  curl http://%s/v1/queries

The query, here and there, with its rows as windows close (Ctrl-C ends all of it):

%s

`, d.broker.Addr(), host, port, d.server.httpAddr, d.server.httpAddr, demoQuery)
	s, err := e.NewSession(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // an in-memory session: nothing can fail
	p, err := s.Prepare(ctx, demoQuery, nil)
	if err != nil {
		return err
	}
	return (&runner{engine: e, format: "table", out: out, err: d.cmd.ErrOrStderr()}).one(ctx, s, p)
}

func splitAddr(addr string) (host, port string) {
	for i := len(addr) - 1; i >= 0; i-- {
		if addr[i] == ':' {
			return addr[:i], addr[i+1:]
		}
	}
	return addr, ""
}
