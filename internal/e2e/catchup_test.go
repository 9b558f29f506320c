//go:build integration

package e2e

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/kafka"
	"github.com/penstock/penstock/internal/gen"
	"github.com/penstock/penstock/internal/kafkatest"
)

// catchUpRecords is how many records each partition has.
const catchUpRecords = 5_000_000

// TestCatchUp reads two long partitions of which one comes in batches 30 times as
// large as the other's, so that they are drained at different speeds, with a
// watermark one second behind: windows must wait for the slower one, and every
// record counts once. PENSTOCK_BIG=1 runs it, a larger number is that of the records.
func TestCatchUp(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("PENSTOCK_BIG"))
	if err != nil || n < 1 {
		t.Skip("needs PENSTOCK_BIG=1")
	}
	if n == 1 {
		n = catchUpRecords
	}
	b := site{brokers: kafkatest.Start(t).Addr}
	if err := kafka.CreateTopic(testContext(t), kafka.ClientConfig{Brokers: []string{b.brokers}}, "website-visit", 2); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	counts := fillBoth(t, b, n)
	t.Logf("2 × %d visits written in %v", n, time.Since(begin).Round(time.Millisecond))
	w := serve(t, b)
	w.exec(`CREATE TABLE visit (id VARCHAR, event_datetime VARCHAR,
  ts AS CAST(event_datetime AS TIMESTAMP(3)), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'kafka', 'topic' = 'website-visit', 'properties.bootstrap.servers' = 'BROKERS', 'format' = 'json', 'scan.bounded.mode' = 'latest-offset')`)
	begin = time.Now()
	rows := w.queryPG(`SELECT id, CAST(TUMBLE_START(ts, INTERVAL '20' SECOND) AS VARCHAR), COUNT(*) FROM visit GROUP BY TUMBLE(ts, INTERVAL '20' SECOND), id`, 0)
	took := time.Since(begin)
	total := 0
	for _, r := range rows {
		c, err := strconv.Atoi(r[2])
		if err != nil {
			t.Fatal(err)
		}
		if key := r[0] + r[1]; counts[key] != c {
			t.Errorf("%s %s: %d visits, want %d", r[0], r[1], c, counts[key])
		} else {
			delete(counts, key) // a second row of the same would differ
		}
		total += c
	}
	if len(counts) > 0 || total != 2*n {
		t.Errorf("%d groups are missing, %d visits counted of %d", len(counts), total, 2*n)
	}
	for _, q := range w.engine.Queries() {
		if q.Late != 0 || q.Skipped != 0 || q.RowsIn != int64(2*n) {
			t.Errorf("%d rows read, %d late, %d skipped", q.RowsIn, q.Late, q.Skipped)
		}
	}
	t.Logf("%d rows of %d visits in %v: %.0f visits/s", len(rows), total, took.Round(time.Millisecond), float64(total)/took.Seconds())
}

// valueColumn hands the bytes of the only column over.
type valueColumn struct{}

func (valueColumn) Encode(dst []byte, b *exec.Batch, row int) ([]byte, error) {
	return append(dst, b.Cols[0].Str(row)...), nil
}

// fillBoth writes n visits to each partition and gives their numbers by visitor
// and window.
func fillBoth(t *testing.T, b site, n int) map[string]int {
	t.Helper()
	counts := make([]map[string]int, 2)
	var wg sync.WaitGroup
	for p, batch := range []int{16 << 10, 512 << 10} {
		wg.Go(func() {
			var err error
			if counts[p], err = fillPartition(t, b, p, n, batch); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	for k, c := range counts[1] {
		counts[0][k] += c
	}
	return counts[0]
}

func fillPartition(t *testing.T, b site, partition, n, batchBytes int) (map[string]int, error) {
	g, err := gen.New(gen.Config{Kind: gen.Visits, Keys: 50, Seed: uint64(partition) + 1, Count: int64(n), Disorder: 900 * time.Millisecond})
	if err != nil {
		return nil, err
	}
	s, err := kafka.OpenSink(t.Context(), kafka.SinkConfig{Client: kafka.ClientConfig{Brokers: []string{b.brokers}}, Topic: "website-visit",
		Codec: kafka.LZ4, Value: valueColumn{}, Timestamp: -1, Headers: -1, Partitioner: kafka.PartitionFixed, Task: partition, BatchBytes: batchBytes})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	counts := map[string]int{}
	rows := &exec.Batch{Cols: []*exec.Column{exec.NewColumn(exec.Strings)}}
	var buf, key []byte
	for g.More() {
		buf = g.Append(buf[:0])
		key = fmt.Appendf(key[:0], "%s%s", g.Key(), g.Time().Truncate(windowSize).Format(stamp))
		counts[string(key)]++
		rows.Cols[0].AppendBytes(buf)
		if rows.N++; rows.N < 1000 && g.More() {
			continue
		}
		if err := s.Write(t.Context(), rows); err != nil {
			return nil, err
		}
		rows.Reset()
	}
	return counts, s.Flush(t.Context())
}
