package kafka

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/kafka/broker"
)

// benchRecords is the size of the topic that the benchmarks read.
const benchRecords = 100_000

func fillBench(b *testing.B, c Codec) string {
	br := startBroker(b, broker.Config{Topics: map[string]int{"t": 1}, DataDir: b.TempDir()})
	for i := 0; i < benchRecords; i += 1000 {
		put(b, br.Addr(), "t", 0, "", encodeBatch(b, c, unmarked, benchBatch(i)...))
	}
	return br.Addr()
}

func benchBatch(from int) []rec {
	recs := make([]rec, 1000)
	for i := range recs {
		v := fmt.Appendf(nil, `{"id":"%019d","user_agent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36","pad":"%s"}`, from+i, bytes.Repeat([]byte("x"), 280))
		recs[i] = rec{value: v, ts: 1700000000000}
	}
	return recs
}

// BenchmarkSource reads a topic: fetch alone, and through the source with a
// decoder that copies the value.
func BenchmarkSource(b *testing.B) {
	for _, c := range []Codec{None, LZ4, Zstd} {
		addr := fillBench(b, c)
		b.Run(fmt.Sprintf("fetch/codec=%d", c), func(b *testing.B) {
			for b.Loop() {
				benchFetch(b, addr)
			}
			perRecord(b)
		})
		for name, cols := range map[string]Columns{
			"value": textColumns,
			"value+meta": {Types: []catalog.Type{catalog.Of(catalog.Varchar), catalog.Of(catalog.BigInt), catalog.Of(catalog.TimestampLTZ)},
				Value: []int{0}, NewValue: newText, Meta: []MetaColumn{{1, MetaOffset}, {2, MetaTimestamp}}},
		} {
			b.Run(fmt.Sprintf("source/%s/codec=%d", name, c), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					benchSource(b, addr, cols)
				}
				perRecord(b)
			})
		}
	}
}

func perRecord(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRecords, "ns/record")
}

// benchFetch moves the bytes and looks at the batches' headers only.
func benchFetch(b *testing.B, addr string) {
	s := openScan(b, testConfig(addr, "t"))
	src := openSource(b, s, []int32{0}, textColumns)
	if err := src.begin(context.Background()); err != nil {
		b.Fatal(err)
	}
	for next := int64(0); next < benchRecords; {
		if d := src.fetch.pop(); d != nil {
			for _, c := range d.chunks {
				next = c.next
			}
			d.home <- d
			continue
		}
		<-src.fetch.notify
	}
	src.Close()
	s.Close()
}

func benchSource(b *testing.B, addr string, cols Columns) {
	s := openScan(b, testConfig(addr, "t"))
	src := openSource(b, s, []int32{0}, cols)
	n := 0
	for {
		batch, err := src.Read(context.Background())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
		if batch != nil {
			n += batch.N
		}
	}
	if n != benchRecords {
		b.Fatalf("%d records", n)
	}
	src.Close()
	s.Close()
}

// BenchmarkWalk goes through record batches in memory.
func BenchmarkWalk(b *testing.B) {
	for _, c := range []Codec{None, Gzip, Snappy, LZ4, Zstd} {
		set := encodeBatch(b, c, unmarked, benchBatch(0)...)
		b.Run(fmt.Sprintf("codec=%d", c), func(b *testing.B) {
			b.ReportAllocs()
			var w walker
			var r record
			for b.Loop() {
				w.reset(set, 0, noOffset, nil)
				n := 0
				for {
					ok, err := w.read(&r)
					if err != nil {
						b.Fatal(err)
					}
					if !ok {
						break
					}
					n++
				}
				if n != 1000 {
					b.Fatal(n)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/record")
		})
	}
}

// BenchmarkSink writes rows of 119 bytes to a broker that throws them away.
func BenchmarkSink(b *testing.B) {
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "t"), kfake.BlackholeProduce())
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	rows := make([]string, 512)
	for i := range rows {
		rows[i] = fmt.Sprintf("%0119d", i)
	}
	batch := textBatch(rows...)
	for _, codec := range []Codec{None, LZ4} {
		b.Run(fmt.Sprintf("codec=%d", codec), func(b *testing.B) {
			cfg := sinkConfig(c.ListenAddrs()[0])
			cfg.Codec = codec
			s := openSink(b, cfg)
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Write(context.Background(), batch); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.Flush(context.Background()); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/512, "ns/row")
		})
	}
}
