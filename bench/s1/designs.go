package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"syscall"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/kafka"
	"github.com/penstock/penstock/internal/gen"
	"github.com/penstock/penstock/server/render"
	"github.com/penstock/penstock/server/session"
)

// load fills the topic.
func load(ctx context.Context, c *config, topic string) error {
	codec, err := kafka.ParseCodec(c.codec)
	if err != nil {
		return err
	}
	s, err := kafka.OpenSink(ctx, kafka.SinkConfig{Client: kafka.ClientConfig{Brokers: []string{c.brokers}}, Topic: topic, Codec: codec,
		Key: column(0), Value: column(1), Timestamp: -1, Headers: -1, AutoCreate: true, Partitions: c.partitions})
	if err != nil {
		return err
	}
	g, err := gen.New(gen.Config{Kind: gen.Visits, Keys: c.keys, Seed: 42, Count: int64(c.records), TimeStep: c.step})
	if err != nil {
		return err
	}
	b := &exec.Batch{Cols: []*exec.Column{exec.NewColumn(exec.Strings), exec.NewColumn(exec.Strings)}}
	tr, err := newTranslator()
	if err != nil {
		return err
	}
	var visit, buf []byte
	for g.More() {
		b.Reset()
		for ; b.N < 1000 && g.More(); b.N++ {
			visit = g.Append(visit[:0])
			if buf, err = tr.append(buf[:0], visit); err != nil {
				return err
			}
			b.Cols[0].AppendBytes(g.Key())
			b.Cols[1].AppendBytes(buf)
		}
		if err := s.Write(ctx, b); err != nil {
			return err
		}
	}
	return errors.Join(s.Flush(ctx), s.Close())
}

// column hands a column's bytes over as they are.
type column int

func (c column) Encode(dst []byte, b *exec.Batch, row int) ([]byte, error) {
	return append(dst, b.Cols[c].Str(row)...), nil
}

// child runs one design once and prints what it measured.
func child(args []string) error {
	design, addr, topic := args[0], args[1], args[2]
	records, err := strconv.Atoi(args[3])
	if err != nil {
		return err
	}
	cores, err := strconv.Atoi(args[4])
	if err != nil {
		return err
	}
	run, ok := map[string]func(ctx context.Context, addr, topic string, records, cores int) (result, error){
		"planned": planned, "raw": raw, "naive": naive, "memory": memory}[design]
	if !ok {
		return fmt.Errorf("there is no design %q", design)
	}
	if mem := os.Getenv("S1_MEMPROFILE"); mem != "" {
		runtime.MemProfileRate = 1
		defer func() {
			if f, err := os.Create(mem); err == nil {
				_ = pprof.Lookup("allocs").WriteTo(f, 0)
				_ = f.Close()
			}
		}()
	}
	if len(args) > 5 {
		f, err := os.Create(args[5])
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer f.Close()
		defer pprof.StopCPUProfile()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, start := usage()
	r, err := run(context.Background(), addr, topic, records, cores)
	if err != nil {
		return err
	}
	if end, stop := usage(); r.Wall == 0 {
		r.CPU, r.Wall = (end - cpu).Nanoseconds(), stop.Sub(start).Nanoseconds()
	}
	runtime.ReadMemStats(&after)
	r.Allocs = int64(after.Mallocs - before.Mallocs)
	var ru syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &ru); err != nil {
		return err
	}
	r.RSS = ru.Maxrss
	return json.NewEncoder(os.Stdout).Encode(r)
}

// usage is the processor time of this process, kernel included.
func usage() (time.Duration, time.Time) {
	var ru syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &ru) // cannot fail for RUSAGE_SELF
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano()), time.Now()
}

const ddl = `CREATE TABLE website_visit (
  ip VARCHAR, id VARCHAR, lat DOUBLE, lng DOUBLE, user_agent VARCHAR, age_bracket VARCHAR, opted_into_marketing BOOLEAN,
  http_request VARCHAR, http_response INT, file_size_bytes INT, event_datetime VARCHAR, event_ts BIGINT
) WITH ('connector' = 'kafka', 'topic' = '%s', 'properties.bootstrap.servers' = '%s', %s, 'scan.bounded.mode' = 'latest-offset', 'on-error' = 'fail')`

const query = `WITH cte AS (SELECT id, file_size_bytes, CAST(event_datetime AS TIMESTAMP) AS ts FROM website_visit)
SELECT id AS event_id,
       CAST(TUMBLE_START(ts, INTERVAL '20' SECOND) AS VARCHAR) AS window_start,
       CAST(TUMBLE_END(ts, INTERVAL '20' SECOND) AS VARCHAR) AS window_end,
       COUNT(*) AS page_view, SUM(file_size_bytes) AS bytes
FROM cte GROUP BY TUMBLE(ts, INTERVAL '20' SECOND), id`

// planned is the product: text in, NDJSON out.
func planned(ctx context.Context, addr, topic string, _, cores int) (r result, err error) {
	e, err := session.Open(session.Config{Version: "bench", Settings: map[string]string{"parallelism": strconv.Itoa(cores)}})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	if err := e.Exec(ctx, fmt.Sprintf(ddl, topic, addr, formatDDL())); err != nil {
		return r, err
	}
	return runQuery(ctx, e)
}

// runQuery runs the query over website_visit and encodes its rows.
func runQuery(ctx context.Context, e *session.Local) (r result, err error) {
	s, err := e.NewSession(ctx, nil)
	if err != nil {
		return r, err
	}
	p, err := s.Prepare(ctx, query, nil)
	if err != nil {
		return r, err
	}
	rend, err := render.NDJSON(p.Columns())
	if err != nil {
		return r, err
	}
	res, err := p.Run(ctx, nil)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, res.Close(), s.Close()) }()
	var buf []byte
	for {
		b, err := res.Next(ctx, true)
		if err == io.EOF {
			return r, nil
		}
		if err != nil {
			return r, err
		}
		for i := range b.Rows() {
			row := b.Row(i)
			if buf, err = rend.Row(buf[:0], b, row); err != nil {
				return r, err
			}
			r.Rows++
			r.Records += b.Cols[3].Int[row]
			r.Sum += b.Cols[4].Int[row]
		}
	}
}

// raw fetches, checks and decompresses every record and decodes none.
func raw(ctx context.Context, addr, topic string, _, _ int) (r result, err error) {
	s, err := kafka.OpenScan(ctx, kafka.Config{Client: kafka.ClientConfig{Brokers: []string{addr}}, Topic: topic, End: kafka.EndLatest})
	if err != nil {
		return r, err
	}
	defer s.Close()
	splits := make([]int32, len(s.Partitions()))
	for i := range splits {
		splits[i] = int32(i)
	}
	src, err := s.Source(splits, kafka.Columns{})
	if err != nil {
		return r, err
	}
	defer src.Close()
	for {
		b, err := src.Read(ctx)
		if err == io.EOF {
			return r, nil
		}
		if err != nil {
			return r, err
		}
		if b != nil {
			r.Records += int64(b.N)
		}
	}
}

// naive is what one writes first.
func naive(ctx context.Context, addr, topic string, records, _ int) (r result, err error) {
	type visit struct {
		ID   string `json:"id"`
		Size int64  `json:"file_size_bytes"`
		At   string `json:"event_datetime"`
	}
	type key struct {
		window int64
		id     string
	}
	type agg struct{ count, sum int64 }
	parts, err := kafka.Partitions(ctx, kafka.ClientConfig{Brokers: []string{addr}}, topic)
	if err != nil {
		return r, err
	}
	groups := map[key]agg{}
	left := records
	for _, part := range parts {
		end, err := kafka.LatestOffsets(ctx, kafka.ClientConfig{Brokers: []string{addr}}, topic)
		if err != nil {
			return r, err
		}
		rd := kafkago.NewReader(kafkago.ReaderConfig{Brokers: []string{addr}, Topic: topic, Partition: int(part), MinBytes: 1 << 20, MaxBytes: 16 << 20, MaxWait: 250 * time.Millisecond})
		for n := int64(0); n < end[part]; n++ {
			m, err := rd.ReadMessage(ctx)
			if err != nil {
				return r, err
			}
			var v visit
			if err := json.Unmarshal(m.Value, &v); err != nil {
				return r, err
			}
			t, err := time.Parse("2006-01-02T15:04:05.000", v.At)
			if err != nil {
				return r, err
			}
			k := key{t.UnixMilli() / 20_000, v.ID}
			a := groups[k]
			groups[k] = agg{a.count + 1, a.sum + v.Size}
			left--
		}
		if err := rd.Close(); err != nil {
			return r, err
		}
	}
	type row struct {
		ID    string `json:"event_id"`
		Start string `json:"window_start"`
		End   string `json:"window_end"`
		Count int64  `json:"page_view"`
		Sum   int64  `json:"bytes"`
	}
	for k, a := range groups {
		at := func(w int64) string { return time.UnixMilli(w * 20_000).UTC().Format("2006-01-02 15:04:05") }
		if _, err := json.Marshal(row{k.id, at(k.window), at(k.window + 1), a.count, a.sum}); err != nil {
			return r, err
		}
		r.Rows++
		r.Records += a.count
		r.Sum += a.sum
	}
	if left != 0 {
		return r, fmt.Errorf("%d visits were not read", left)
	}
	return r, nil
}
