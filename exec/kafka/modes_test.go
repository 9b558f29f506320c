package kafka

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	kafkago "github.com/segmentio/kafka-go"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/kafka/broker"
	"github.com/penstock/penstock/internal/sqlerr"
)

func millis(n int) time.Time { return time.UnixMilli(int64(n)) }

// TestModes reads a topic of 10 records at the times 1000, 1001 … on partition
// 0 and 5 on partition 1, in batches of five, so that most starts lie within one.
func TestModes(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 2}})
	write := func(p int32, from, n int) {
		var recs []rec
		for i := from; i < from+n; i++ {
			recs = append(recs, rec{value: []byte(strconv.Itoa(i)), ts: int64(1000 + i)})
		}
		put(t, b.Addr(), "t", p, "", encodeBatch(t, LZ4, unmarked, recs...))
	}
	write(0, 0, 5)
	write(0, 5, 5)
	write(1, 0, 5)
	commitOffset(t, b.Addr(), "g", "t", 0, 7)
	tests := []struct {
		name   string
		set    func(*Config)
		p0, p1 string
	}{
		{"earliest", func(*Config) {}, "0123456789", "01234"},
		{"latest", func(c *Config) { c.Start = StartLatest }, "", ""},
		{"timestamp", func(c *Config) { c.Start, c.StartTime = StartTimestamp, millis(1003) }, "3456789", "34"},
		{"timestamp past the end", func(c *Config) { c.Start, c.StartTime = StartTimestamp, millis(1007) }, "789", ""},
		{"offsets", func(c *Config) { c.Start, c.StartOffsets = StartOffsets, map[int32]int64{0: 8} }, "89", "01234"},
		{"group, rest earliest", func(c *Config) { c.Start, c.GroupID, c.GroupReset = StartGroup, "g", ResetEarliest }, "789", "01234"},
		{"group, rest latest", func(c *Config) { c.Start, c.GroupID, c.GroupReset = StartGroup, "g", ResetLatest }, "789", ""},
		{"until timestamp", func(c *Config) { c.End, c.EndTime = EndTimestamp, millis(1003) }, "012", "012"},
		{"until timestamp past the end", func(c *Config) { c.End, c.EndTime = EndTimestamp, millis(1007) }, "0123456", "01234"},
		{"until offsets", func(c *Config) { c.End, c.EndOffsets = EndOffsets, map[int32]int64{0: 3, 1: 0} }, "012", ""},
		{"window of offsets", func(c *Config) {
			c.Start, c.StartOffsets = StartOffsets, map[int32]int64{0: 4, 1: 4}
			c.End, c.EndOffsets = EndOffsets, map[int32]int64{0: 6}
		}, "45", "4"},
	}
	for _, tt := range tests {
		cfg := testConfig(b.Addr(), "t")
		tt.set(&cfg)
		got, err := readTopic(t, cfg)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if d := cmp.Diff([]string{tt.p0, tt.p1}, []string{strings.Join(got[0], ""), strings.Join(got[1], "")}); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
	cfg := testConfig(b.Addr(), "t")
	cfg.Start, cfg.GroupID = StartGroup, "g"
	if _, err := OpenScan(testContext(t), cfg); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
		t.Errorf("group without offsets: %v", err)
	}
	cfg = testConfig(b.Addr(), "t")
	cfg.Start, cfg.StartOffsets = StartOffsets, map[int32]int64{7: 1}
	if _, err := OpenScan(testContext(t), cfg); err == nil || !strings.Contains(err.Error(), "no partition 7") {
		t.Errorf("unknown partition: %v", err)
	}
}

func commitOffset(t *testing.T, addr, group, topic string, partition int, offset int64) {
	t.Helper()
	c := &kafkago.Client{Addr: kafkago.TCP(addr), Transport: &kafkago.Transport{}}
	res, err := c.OffsetCommit(testContext(t), &kafkago.OffsetCommitRequest{GroupID: group, GenerationID: -1,
		Topics: map[string][]kafkago.OffsetCommit{topic: {{Partition: partition, Offset: offset}}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Topics[topic][0].Error; err != nil {
		t.Fatal(err)
	}
}

func TestMetadataColumns(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 2}})
	h := appendHeader(appendHeader(appendHeader(nil, []byte("h"), []byte("1")), []byte("n"), nil), []byte("h"), []byte("2"))
	put(t, b.Addr(), "t", 1, "", encodeBatch(t, None, unmarked,
		rec{key: []byte("k1"), value: []byte("v1"), ts: 1700000000123, headers: h, nheaders: 3},
		rec{value: []byte("v2"), ts: 1700000000100}))
	cols := Columns{NewValue: newText, Value: []int{8}, NewKey: newText, Key: []int{9}}
	for i, m := range MetaSpecs() {
		cols.Types = append(cols.Types, m.Type)
		cols.Meta = append(cols.Meta, MetaColumn{Col: i, Meta: m.Meta})
	}
	cols.Types = append(cols.Types, catalog.Of(catalog.Varchar), catalog.Of(catalog.Varchar))
	src := openSource(t, openScan(t, testConfig(b.Addr(), "t")), []int32{1}, cols)
	batch, err := src.Read(testContext(t))
	for batch == nil && err == nil {
		batch, err = src.Read(testContext(t))
	}
	if err != nil {
		t.Fatal(err)
	}
	if batch.N != 2 || batch.Split != 1 {
		t.Fatalf("%d rows of split %d", batch.N, batch.Split)
	}
	for i, exp := range [][]string{{"t", "1", "0", "1700000000123000", "CreateTime", "k1", "n=NULL h=2", "0", "v1", "k1"},
		{"t", "1", "1", "1700000000100000", "CreateTime", "NULL", "", "0", "v2", "NULL"}} {
		var got []string
		for _, c := range batch.Cols {
			got = append(got, show(c, i))
		}
		if d := cmp.Diff(exp, got); d != "" {
			t.Errorf("row %d: %s", i, d)
		}
	}
}

func show(c *exec.Column, i int) string {
	switch {
	case c.IsNull(i):
		return "NULL"
	case c.Layout == exec.Ints:
		return strconv.FormatInt(c.Int[i], 10)
	case c.Layout == exec.MapOf:
		var out []string
		for j := c.Offs[i]; j < c.Offs[i+1]; j++ {
			out = append(out, show(c.Kids[0], int(j))+"="+show(c.Kids[1], int(j)))
		}
		return strings.Join(out, " ")
	}
	return string(c.Str(i))
}

func TestBadRecordsAndTombstones(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	recs := append(values("1", "!bad", "2"), rec{key: []byte("k"), ts: 5})
	put(t, b.Addr(), "t", 0, "", encodeBatch(t, None, unmarked, append(recs, values("3")...)...))
	for policy, exp := range map[OnError][]string{OnErrorSkip: {"1", "2", "3"}, OnErrorNull: {"1", "NULL", "2", "3"}, OnErrorFail: nil} {
		cfg := testConfig(b.Addr(), "t")
		cfg.OnError = policy
		s := openScan(t, cfg)
		got, err := readAll(t, openSource(t, s, []int32{0}, textColumns))
		if policy == OnErrorFail {
			if sqlerr.CodeOf(err) != sqlerr.InvalidTextRepresentation || !strings.Contains(err.Error(), `topic "t", partition 0, offset 1: value: bad text`) {
				t.Errorf("fail: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(exp, got[0]); d != "" {
			t.Errorf("policy %d: %s", policy, d)
		}
		if r, n := s.Stats.Rejects.Load(), s.Stats.Tombstones.Load(); r != 1 || n != 1 {
			t.Errorf("policy %d: %d rejects, %d tombstones", policy, r, n)
		}
	}
}

func TestSaveRestore(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	recs := numbered("r", 1000)
	put(t, b.Addr(), "t", 0, "", encodeBatch(t, Snappy, unmarked, recs...))
	cfg := testConfig(b.Addr(), "t")
	cfg.MaxRows = 70
	s := openScan(t, cfg)
	got := make(map[int32][]string)
	var state bytes.Buffer
	for rounds := 0; ; rounds++ {
		src := openSource(t, s, []int32{0}, textColumns)
		if rounds > 0 {
			if err := src.Restore(bytes.NewReader(state.Bytes())); err != nil {
				t.Fatal(err)
			}
		}
		n := 0
		var err error
		for n < 2 && err == nil {
			var batch *exec.Batch
			if batch, err = src.Read(testContext(t)); batch != nil {
				gather(got, batch)
				n++
			}
		}
		state.Reset()
		if err := src.Save(1, &state); err != nil {
			t.Fatal(err)
		}
		src.Close()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(want(recs), got[0]); d != "" {
		t.Fatal(d)
	}
	src := openSource(t, s, []int32{0}, textColumns)
	for i := range state.Len() {
		if err := src.Restore(bytes.NewReader(state.Bytes()[:i])); err == nil {
			t.Errorf("a state cut to %d bytes was accepted", i)
		}
	}
}

func TestReadTicksAndCancels(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	cfg := testConfig(b.Addr(), "t")
	cfg.End = Unbounded
	src := openSource(t, openScan(t, cfg), []int32{0}, textColumns)
	start := time.Now()
	batch, err := src.Read(testContext(t))
	if batch != nil || err != nil || time.Since(start) > 10*exec.IdleTick {
		t.Errorf("read on an empty topic: %v, %v after %v", batch, err, time.Since(start))
	}
	ctx, cancel := context.WithCancel(testContext(t))
	cancel()
	if _, err := src.Read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled read: %v", err)
	}
	start = time.Now()
	src.Close()
	if d := time.Since(start); d > fetchMaxWaitMillis*time.Millisecond/2 {
		t.Errorf("close waited %v for the long poll", d)
	}
}

// A dial that times out calls itself context.DeadlineExceeded, and is still the
// broker's fault.
func TestDialTimeoutIsExplained(t *testing.T) {
	dial := &net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded}
	c := newClient(testConfig("127.0.0.1:1", "t").Client, "t")
	defer c.close()
	if err := c.explain(dial, "t"); sqlerr.CodeOf(err) != sqlerr.CannotConnect {
		t.Errorf("got %v", err)
	}
	if err := c.explain(context.DeadlineExceeded, "t"); err != context.DeadlineExceeded {
		t.Errorf("got %v", err)
	}
}

func TestNothingThere(t *testing.T) {
	cfg := testConfig("127.0.0.1:1", "t")
	start := time.Now()
	_, err := OpenScan(testContext(t), cfg)
	if sqlerr.CodeOf(err) != sqlerr.CannotConnect || !strings.Contains(err.Error(), "127.0.0.1:1") || time.Since(start) > 2*refusedPatience {
		t.Errorf("unreachable: %v after %v", err, time.Since(start))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cfg = testConfig(l.Addr().String(), "t")
	cfg.Client.ConnectTimeout = 200 * time.Millisecond
	start = time.Now()
	_, err = OpenScan(testContext(t), cfg)
	if sqlerr.CodeOf(err) != sqlerr.CannotConnect || time.Since(start) > 10*cfg.Client.ConnectTimeout {
		t.Errorf("silent: %v after %v", err, time.Since(start))
	}
	ctx, cancel := context.WithCancel(testContext(t))
	cancel()
	if _, err = OpenScan(ctx, cfg); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	_, err = OpenScan(testContext(t), testConfig(b.Addr(), "missing"))
	if sqlerr.CodeOf(err) != sqlerr.UndefinedTable || !strings.Contains(err.Error(), `topic "missing" does not exist`) {
		t.Errorf("missing topic: %v", err)
	}
}
