package kafka

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/kafka/broker"
	"github.com/penstock/penstock/internal/sqlerr"
)

// textEncoder writes one Strings column.
type textEncoder struct{ col int }

func (e textEncoder) Encode(dst []byte, b *exec.Batch, row int) ([]byte, error) {
	return append(dst, b.Cols[e.col].Str(row)...), nil
}

func textBatch(vals ...string) *exec.Batch {
	b := &exec.Batch{Cols: []*exec.Column{exec.NewColumn(exec.Strings)}, Split: -1}
	for _, v := range vals {
		b.Cols[0].AppendString(v)
	}
	b.N = len(vals)
	return b
}

func sinkConfig(addr string) SinkConfig {
	return SinkConfig{Client: ClientConfig{Brokers: []string{addr}, Log: quiet}, Topic: "t", Value: textEncoder{0}, Timestamp: -1, Headers: -1}
}

func openSink(t testing.TB, cfg SinkConfig) *Sink {
	t.Helper()
	s, err := OpenSink(testContext(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestMurmur2(t *testing.T) {
	// The values of Java's Utils.murmur2, from Kafka's own tests.
	for in, exp := range map[string]int32{"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536,
		"a-little-bit-longer-string": -1486304829, "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971, "abc": 479470107} {
		if got := int32(murmur2([]byte(in))); got != exp {
			t.Errorf("murmur2(%q) = %d, want %d", in, got, exp)
		}
	}
}

func TestSinkRoundTrip(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 3}})
	var exp []string
	for c := None; c <= Zstd; c++ {
		cfg := sinkConfig(b.Addr())
		cfg.Codec, cfg.BatchBytes, cfg.Key = c, 3000, textEncoder{0}
		s := openSink(t, cfg)
		for i := range 20 {
			vals := want(numbered(fmt.Sprintf("c%d-i%d-", c, i), 100))
			exp = append(exp, vals...)
			if err := s.Write(testContext(t), textBatch(vals...)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Flush(testContext(t)); err != nil {
			t.Fatal(err)
		}
		if n := s.Stats.Records.Load(); n != 2000 {
			t.Errorf("%d records acknowledged", n)
		}
	}
	got, err := readTopic(t, testConfig(b.Addr(), "t"))
	if err != nil {
		t.Fatal(err)
	}
	byPart := make(map[int32][]string)
	for _, v := range exp {
		p := int32(keyPartition([]byte(v), 3))
		byPart[p] = append(byPart[p], v)
	}
	if d := cmp.Diff(byPart, got); d != "" {
		t.Fatal(d)
	}
}

// TestSinkRetries answers some writes with errors, before and after they were
// stored, and wants each row once and in order.
func TestSinkRetries(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	n := 0
	b.Cluster().ControlKey(int16(kmsg.Produce), func(r kmsg.Request) (kmsg.Response, error, bool) {
		b.Cluster().KeepControl()
		n++
		req := r.(*kmsg.ProduceRequest)
		switch n % 4 {
		case 1:
			res := req.ResponseKind().(*kmsg.ProduceResponse)
			for _, rt := range req.Topics {
				st := kmsg.NewProduceResponseTopic()
				st.Topic = rt.Topic
				for _, rp := range rt.Partitions {
					sp := kmsg.NewProduceResponseTopicPartition()
					sp.Partition, sp.ErrorCode = rp.Partition, kerr.NotLeaderForPartition.Code
					st.Partitions = append(st.Partitions, sp)
				}
				res.Topics = append(res.Topics, st)
			}
			return res, nil, true
		case 2:
			return nil, errors.New("the connection breaks"), true
		}
		return nil, nil, false
	})
	cfg := sinkConfig(b.Addr())
	cfg.BatchBytes, cfg.Codec = 500, LZ4
	s := openSink(t, cfg)
	vals := want(numbered("v", 400))
	for part := range slices.Chunk(vals, 30) {
		if err := s.Write(testContext(t), textBatch(part...)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flush(testContext(t)); err != nil {
		t.Fatal(err)
	}
	got, err := readTopic(t, testConfig(b.Addr(), "t"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(vals, got[0]); d != "" {
		t.Error(d)
	}
	if s.Stats.Retries.Load() == 0 {
		t.Error("no retry was counted")
	}
}

func TestSinkSendsTwiceStoresOnce(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	s := openSink(t, sinkConfig(b.Addr()))
	if err := s.Write(testContext(t), textBatch("a", "b")); err != nil {
		t.Fatal(err)
	}
	if err := s.Flush(testContext(t)); err != nil {
		t.Fatal(err)
	}
	// As after an answer that was lost: the same sequence number once more.
	s.parts[0].seq = 0
	again := encodeBatch(t, None, unmarked, values("a", "b")...)
	if _, _, err := s.send(testContext(t), &rawProduce{}, s.parts[0], again, 2); err != nil {
		t.Fatal(err)
	}
	if got, err := readTopic(t, testConfig(b.Addr(), "t")); err != nil || len(got[0]) != 2 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestSinkBrokerRestart(t *testing.T) {
	dir := t.TempDir()
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}, DataDir: dir})
	s := openSink(t, sinkConfig(b.Addr()))
	var exp []string
	for i := range 3 {
		vals := want(numbered(fmt.Sprintf("r%d-", i), 50))
		exp = append(exp, vals...)
		if err := s.Write(testContext(t), textBatch(vals...)); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			for s.Stats.Retries.Load() == 0 { // the broker is down
				if err := pause(testContext(t), time.Millisecond); err != nil {
					t.Fatal(err)
				}
			}
			b = startBroker(t, broker.Config{Listen: b.Addr(), DataDir: dir})
		}
		if err := s.Flush(testContext(t)); err != nil {
			t.Fatal(err)
		}
		if i < 2 {
			b.Close()
			s.Stats.Retries.Store(0)
		}
	}
	got, err := readTopic(t, testConfig(b.Addr(), "t"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(exp, got[0]); d != "" {
		t.Error(d)
	}
}

func TestSinkBackPressure(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	hold := make(chan struct{})
	cfg := sinkConfig(b.Addr())
	cfg.BatchBytes, cfg.BufferBytes = 1000, 4000
	s := openSink(t, cfg)
	b.Cluster().ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		b.Cluster().SleepControl(func() { <-hold })
		return nil, nil, false
	})
	ctx, cancel := context.WithTimeout(testContext(t), 300*time.Millisecond)
	defer cancel()
	var err error
	written := 0
	for ; err == nil; written++ {
		err = s.Write(ctx, textBatch(strings.Repeat("x", 500)))
	}
	if !errors.Is(err, context.DeadlineExceeded) || written > 10 {
		t.Errorf("%d rows written, then %v", written, err)
	}
	close(hold)
	if err := s.Flush(testContext(t)); err != nil {
		t.Error(err)
	}
}

func TestSinkErrors(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	s := openSink(t, sinkConfig(b.Addr()))
	if err := s.Write(testContext(t), textBatch(strings.Repeat("x", 3<<20))); err != nil {
		t.Fatal(err)
	}
	if err := s.Flush(testContext(t)); sqlerr.CodeOf(err) != sqlerr.ProgramLimitExceeded || !strings.Contains(err.Error(), `topic "t", partition 0`) {
		t.Errorf("too large: %v", err)
	}
	cfg := sinkConfig(b.Addr())
	cfg.Topic = "fresh"
	if _, err := OpenSink(testContext(t), cfg); sqlerr.CodeOf(err) != sqlerr.UndefinedTable {
		t.Errorf("missing topic: %v", err)
	}
	cfg.AutoCreate, cfg.Partitions = true, 4
	s = openSink(t, cfg)
	if ids, err := Partitions(testContext(t), cfg.Client, "fresh"); err != nil || len(ids) != 4 || len(s.parts) != 4 {
		t.Errorf("created topic: %v, %v", ids, err)
	}
}

func TestPartitioners(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 3}})
	for part, exp := range map[Partitioner][]int{PartitionRoundRobin: {20, 20, 20}, PartitionFixed: {0, 0, 60}} {
		before, err := LatestOffsets(testContext(t), ClientConfig{Brokers: []string{b.Addr()}}, "t")
		if err != nil {
			t.Fatal(err)
		}
		cfg := sinkConfig(b.Addr())
		cfg.Partitioner, cfg.Task, cfg.Key = part, 2, textEncoder{0}
		s := openSink(t, cfg)
		if err := errors.Join(s.Write(testContext(t), textBatch(want(numbered("v", 60))...)), s.Flush(testContext(t))); err != nil {
			t.Fatal(err)
		}
		after, err := LatestOffsets(testContext(t), ClientConfig{Brokers: []string{b.Addr()}}, "t")
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for p := range int32(3) {
			got = append(got, int(after[p]-before[p]))
		}
		if d := cmp.Diff(exp, got); d != "" {
			t.Errorf("partitioner %d: %s", part, d)
		}
	}
}

func TestSinkMetadata(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	cfg := sinkConfig(b.Addr())
	cfg.Timestamp, cfg.Headers = 1, 2
	s := openSink(t, cfg)
	in := textBatch("a", "b")
	specs := MetaSpecs()
	ts, headers := exec.NewColumnOf(specs[MetaTimestamp].Type), exec.NewColumnOf(specs[MetaHeaders].Type)
	ts.AppendInt(0)
	ts.AppendInt(1700000000123456)
	headers.Kids[0].AppendString("k")
	headers.Kids[1].AppendNull()
	headers.Kids[0].AppendString("l")
	headers.Kids[1].AppendString("v")
	headers.EndList()
	headers.AppendNull()
	in.Cols = append(in.Cols, ts, headers)
	if err := errors.Join(s.Write(testContext(t), in), s.Flush(testContext(t))); err != nil {
		t.Fatal(err)
	}
	cols := Columns{NewValue: newText, Value: []int{0}, Types: []catalog.Type{catalog.Of(catalog.Varchar), specs[MetaTimestamp].Type, specs[MetaHeaders].Type},
		Meta: []MetaColumn{{1, MetaTimestamp}, {2, MetaHeaders}}}
	ts.Int[1] = -1
	if err := s.Write(testContext(t), in); sqlerr.CodeOf(err) != sqlerr.DatetimeOverflow {
		t.Errorf("before 1970: %v", err)
	}
	src := openSource(t, openScan(t, testConfig(b.Addr(), "t")), []int32{0}, cols)
	out, err := src.Read(testContext(t))
	for out == nil && err == nil {
		out, err = src.Read(testContext(t))
	}
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range out.N {
		for _, c := range out.Cols {
			got = append(got, show(c, i))
		}
	}
	if d := cmp.Diff([]string{"a", "0", "k=NULL l=v", "b", "1700000000123000", ""}, got); d != "" {
		t.Error(d)
	}
}

// TestNothingLeft opens and closes everything and wants no goroutine to stay.
func TestNothingLeft(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 2}})
	ours := func() int { // the broker has its own
		buf := make([]byte, 1<<20)
		return strings.Count(string(buf[:runtime.Stack(buf, true)]), "segmentio/kafka-go") + strings.Count(string(buf[:runtime.Stack(buf, true)]), "exec/kafka.(*")
	}
	before := ours()
	for range 3 {
		s := openSink(t, sinkConfig(b.Addr()))
		if err := errors.Join(s.Write(testContext(t), textBatch("x")), s.Flush(testContext(t)), s.Close()); err != nil {
			t.Fatal(err)
		}
		scan := openScan(t, unbounded(b.Addr()))
		src := openSource(t, scan, allSplits(scan), textColumns)
		if _, err := src.Read(testContext(t)); err != nil {
			t.Fatal(err)
		}
		if err := src.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for ctx := testContext(t); ours() > before; {
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			buf := make([]byte, 1<<20)
			t.Fatalf("goroutines stay:\n%s", buf[:runtime.Stack(buf, true)])
		}
	}
}
