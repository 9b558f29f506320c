package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/produce"
	"github.com/segmentio/kafka-go/protocol/rawproduce"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/kafka/broker"
	"github.com/penstock/penstock/internal/sqlerr"
)

// testPatience bounds what a test waits for.
const testPatience = 20 * time.Second

var quiet = slog.New(slog.DiscardHandler)

func startBroker(t testing.TB, cfg broker.Config) *broker.Broker {
	t.Helper()
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	b, err := broker.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func testContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	t.Cleanup(cancel)
	return ctx
}

// rec is a record to write.
type rec struct {
	key, value, headers []byte
	nheaders            int
	ts                  int64
}

// txnTest is how a batch is marked by a test producer.
type mark struct {
	id   identity
	seq  int32
	attr uint16
}

var unmarked = mark{id: noIdentity, seq: -1}

// encodeBatch makes one record batch.
func encodeBatch(t testing.TB, c Codec, m mark, recs ...rec) []byte {
	t.Helper()
	var b builder
	for _, r := range recs {
		b.add(r.ts, r.key, r.value, r.headers, r.nheaders)
	}
	out, err := b.finish(nil, c, &deflater{})
	if err != nil {
		t.Fatal(err)
	}
	out[22] |= byte(m.attr)
	sign(out, m.id, m.seq)
	return out
}

// put writes a batch to a partition through RawProduce and gives its offset.
func put(t testing.TB, addr, topic string, partition int32, txn string, batch []byte) int64 {
	t.Helper()
	off, err := tryPut(addr, topic, partition, txn, batch)
	if err != nil {
		t.Fatal(err)
	}
	return off
}

func tryPut(addr, topic string, partition int32, txn string, batch []byte) (int64, error) {
	c := newClient(ClientConfig{Brokers: []string{addr}, Log: quiet}, topic)
	defer c.close()
	req := &rawproduce.Request{TransactionalID: txn, Acks: -1, Timeout: 5000, Topics: []rawproduce.RequestTopic{{Topic: topic,
		Partitions: []rawproduce.RequestPartition{{Partition: partition, RecordSet: protocol.RawRecordSet{Reader: sized(batch)}}}}}}
	ctx, cancel := context.WithTimeout(context.Background(), testPatience)
	defer cancel()
	parts, err := c.partitions(ctx, topic)
	if err != nil {
		return 0, err
	}
	if int(partition) >= len(parts) {
		return 0, fmt.Errorf("no partition %d", partition)
	}
	res, err := c.call(ctx, parts[partition].leader, req)
	if err != nil {
		return 0, err
	}
	p := res.(*produce.Response).Topics[0].Partitions[0]
	if p.ErrorCode != 0 {
		return 0, kafkago.Error(p.ErrorCode)
	}
	return p.BaseOffset, nil
}

func sized(b []byte) io.Reader {
	r, w := io.Pipe()
	go func() {
		h := []byte{byte(len(b) >> 24), byte(len(b) >> 16), byte(len(b) >> 8), byte(len(b))}
		w.Write(h)
		w.Write(b)
		w.Close()
	}()
	return r
}

func values(vals ...string) []rec {
	var out []rec
	for _, v := range vals {
		out = append(out, rec{value: []byte(v), ts: 1700000000000})
	}
	return out
}

func numbered(prefix string, n int) []rec {
	var out []rec
	for i := range n {
		out = append(out, values(fmt.Sprintf("%s%d", prefix, i))...)
	}
	return out
}

// textDecoder puts the whole value into one column; values beginning with '!'
// are refused.
type textDecoder struct{}

func (textDecoder) Append(v []byte, cols []*exec.Column) error {
	if len(v) > 0 && v[0] == '!' {
		return sqlerr.New(sqlerr.InvalidTextRepresentation, "bad text")
	}
	for _, c := range cols {
		c.AppendBytes(v)
	}
	return nil
}

func newText() (Decoder, error) { return textDecoder{}, nil }

var textColumns = Columns{Types: []catalog.Type{catalog.Of(catalog.Varchar)}, Value: []int{0}, NewValue: newText}

func testConfig(addr, topic string) Config {
	return Config{Client: ClientConfig{Brokers: []string{addr}, Log: quiet}, Topic: topic, End: EndLatest}
}

func openScan(t testing.TB, cfg Config) *Scan {
	t.Helper()
	s, err := OpenScan(testContext(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func allSplits(s *Scan) []int32 {
	var out []int32
	for i := range s.Partitions() {
		out = append(out, int32(i))
	}
	return out
}

func openSource(t testing.TB, s *Scan, splits []int32, cols Columns) *Source {
	t.Helper()
	src, err := s.Source(splits, cols)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return src
}

// readAll reads to the end and gives the first column's text by split.
func readAll(t testing.TB, src *Source) (map[int32][]string, error) {
	t.Helper()
	ctx := testContext(t)
	out := make(map[int32][]string)
	for {
		b, err := src.Read(ctx)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		if b != nil {
			gather(out, b)
		}
	}
}

func gather(out map[int32][]string, b *exec.Batch) {
	for i := range b.N {
		v := "NULL"
		if !b.Cols[0].IsNull(i) {
			v = string(b.Cols[0].Str(i))
		}
		out[b.Split] = append(out[b.Split], v)
	}
}

// readTopic reads a whole topic with the text columns.
func readTopic(t testing.TB, cfg Config) (map[int32][]string, error) {
	t.Helper()
	s := openScan(t, cfg)
	return readAll(t, openSource(t, s, allSplits(s), textColumns))
}
