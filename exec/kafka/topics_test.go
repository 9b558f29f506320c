package kafka

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/createpartitions"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/kafka/broker"
	"github.com/penstock/penstock/internal/sqlerr"
)

// withTopic are the text columns with the topic and partition behind the text.
var withTopic = Columns{
	Types: []catalog.Type{catalog.Of(catalog.Varchar), catalog.Of(catalog.Varchar), catalog.Of(catalog.Int)},
	Value: []int{0}, NewValue: newText,
	Meta: []MetaColumn{{Col: 1, Meta: MetaTopic}, {Col: 2, Meta: MetaPartition}},
}

// readPlaces reads until n rows are there or the source ends, and gives the
// texts by topic/partition.
func readPlaces(t testing.TB, src *Source, n int) map[string][]string {
	t.Helper()
	ctx := testContext(t)
	out := make(map[string][]string)
	for have := 0; n < 0 || have < n; {
		b, err := src.Read(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if b == nil {
			continue
		}
		for i := range b.N {
			at := fmt.Sprintf("%s/%d", b.Cols[1].Str(i), b.Cols[2].Int[i])
			out[at] = append(out[at], string(b.Cols[0].Str(i)))
		}
		have += b.N
	}
	return out
}

func TestTopics(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"a-1": 2, "a-2": 1, "b": 1, "x-a-1": 1}})
	exp := map[string][]string{}
	fill := func(topic string, p int32) {
		recs := numbered(fmt.Sprintf("%s/%d-", topic, p), 10)
		put(t, b.Addr(), topic, p, "", encodeBatch(t, LZ4, unmarked, recs...))
		exp[fmt.Sprintf("%s/%d", topic, p)] = want(recs)
	}
	fill("a-1", 0)
	fill("a-1", 1)
	fill("a-2", 0)
	put(t, b.Addr(), "b", 0, "", encodeBatch(t, None, unmarked, numbered("b", 3)...))
	put(t, b.Addr(), "x-a-1", 0, "", encodeBatch(t, None, unmarked, numbered("x", 3)...))
	for name, set := range map[string]func(*Config){
		"list":    func(c *Config) { c.Topic, c.Topics = "a-1", []string{"a-1", "a-2"} },
		"pattern": func(c *Config) { c.Topic, c.Pattern = "", regexp.MustCompile("^(?:a-.*)$") },
	} {
		cfg := testConfig(b.Addr(), "")
		set(&cfg)
		s := openScan(t, cfg)
		if n := len(s.Partitions()); n != 3 || s.SplitName(1) != "a-1[1]" || s.SplitName(2) != "a-2[0]" {
			t.Errorf("%s: %d splits, %s, %s", name, n, s.SplitName(1), s.SplitName(2))
		}
		got := readPlaces(t, openSource(t, s, []int32{0, 2}, withTopic), -1)
		for at, texts := range readPlaces(t, openSource(t, s, []int32{1}, withTopic), -1) {
			got[at] = texts
		}
		if d := cmp.Diff(exp, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	cfg := testConfig(b.Addr(), "")
	cfg.Topics = []string{"a-1", "nowhere"}
	_, err := OpenScan(testContext(t), cfg)
	wantFault(t, err, sqlerr.UndefinedTable, `topic "nowhere" does not exist`)
	cfg.Topics, cfg.Pattern = nil, regexp.MustCompile("^(?:nothing.*)$")
	_, err = OpenScan(testContext(t), cfg)
	wantFault(t, err, sqlerr.UndefinedTable, "nothing")
}

// grow gives a topic more partitions.
func grow(t testing.TB, addr, topic string, partitions int32) {
	t.Helper()
	c := newClient(ClientConfig{Brokers: []string{addr}, Log: quiet}, topic)
	defer c.close()
	res, err := c.call(testContext(t), anyBroker, &createpartitions.Request{TimeoutMs: 5000,
		Topics: []createpartitions.RequestTopic{{Name: topic, Count: partitions}}})
	if err != nil {
		t.Fatal(err)
	}
	if code := res.(*createpartitions.Response).Results[0].ErrorCode; code != 0 {
		t.Fatal(kafkago.Error(code))
	}
}

// TestDiscovery reads partitions and topics that come while the query runs, from
// their beginnings, and their positions are saved with the others.
func TestDiscovery(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"a-1": 1}})
	write := func(topic string, p int32, text string) {
		put(t, b.Addr(), topic, p, "", encodeBatch(t, None, unmarked, values(text)...))
	}
	write("a-1", 0, "old")
	cfg := testConfig(b.Addr(), "")
	cfg.End, cfg.Start, cfg.Pattern, cfg.Discovery = Unbounded, StartLatest, regexp.MustCompile("^(?:a-.*)$"), 20*time.Millisecond
	s := openScan(t, cfg)
	src := openSource(t, s, []int32{0}, withTopic)
	if _, err := src.Read(testContext(t)); err != nil {
		t.Fatal(err)
	}
	write("a-1", 0, "first")
	if err := CreateTopic(testContext(t), cfg.Client, "a-2", 2); err != nil {
		t.Fatal(err)
	}
	write("a-2", 1, "second")
	grow(t, b.Addr(), "a-1", 2)
	write("a-1", 1, "third")
	got := readPlaces(t, src, 3)
	if d := cmp.Diff(map[string][]string{"a-1/0": {"first"}, "a-2/1": {"second"}, "a-1/1": {"third"}}, got); d != "" {
		t.Error(d)
	}
	for s.Stats.Discovered.Load() < 3 || len(src.Splits()) < 4 {
		if _, err := src.Read(testContext(t)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.Stats.Partitions()); n != 4 {
		t.Errorf("%d partitions", n)
	}
	var state bytes.Buffer
	if err := src.Save(1, &state); err != nil {
		t.Fatal(err)
	}
	src.Close()
	s = openScan(t, cfg)
	src = openSource(t, s, allSplits(s), withTopic)
	if err := src.Restore(&state); err != nil {
		t.Fatal(err)
	}
	write("a-2", 0, "fourth")
	if d := cmp.Diff(map[string][]string{"a-2/0": {"fourth"}}, readPlaces(t, src, 1)); d != "" {
		t.Error(d)
	}
}

// TestGroupPositions: how far a query has read is noted for its group, now and
// then and at its end, and another query may begin there.
func TestGroupPositions(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 2}})
	put(t, b.Addr(), "t", 0, "", encodeBatch(t, None, unmarked, numbered("a", 10)...))
	put(t, b.Addr(), "t", 1, "", encodeBatch(t, None, unmarked, numbered("b", 5)...))
	at := func(p int32) int64 {
		c := newClient(ClientConfig{Brokers: []string{b.Addr()}, Log: quiet}, "t")
		defer c.close()
		m, err := c.committed(testContext(t), "t", "g", []partMeta{{id: 0}, {id: 1}})
		if err != nil {
			t.Fatal(err)
		}
		return m[p]
	}
	cfg := testConfig(b.Addr(), "t")
	cfg.GroupID, cfg.CommitEvery = "g", time.Hour
	s := openScan(t, cfg)
	src := openSource(t, s, allSplits(s), textColumns)
	if _, err := readAll(t, src); err != nil {
		t.Fatal(err)
	}
	if at(0) != -1 {
		t.Errorf("noted at once: %d", at(0))
	}
	src.Close()
	if at(0) != 10 || at(1) != 5 {
		t.Errorf("noted at the end: %d, %d", at(0), at(1))
	}

	put(t, b.Addr(), "t", 0, "", encodeBatch(t, None, unmarked, numbered("c", 3)...))
	cfg.Start, cfg.End, cfg.CommitEvery = StartGroup, Unbounded, 20*time.Millisecond
	s = openScan(t, cfg)
	src = openSource(t, s, allSplits(s), textColumns)
	got := make(map[int32][]string)
	readSome(t, src, got, 3)
	if d := cmp.Diff(map[int32][]string{0: {"c0", "c1", "c2"}}, got); d != "" {
		t.Error(d)
	}
	for ctx := testContext(t); at(0) != 13; {
		if _, err := src.Read(ctx); err != nil {
			t.Fatal(err)
		}
	}

	cfg.GroupID, cfg.Start, cfg.CommitEvery = "watcher", StartEarliest, 0
	s = openScan(t, cfg)
	src = openSource(t, s, allSplits(s), textColumns)
	readSome(t, src, map[int32][]string{}, 18)
	src.Close()
	c := newClient(cfg.Client, "t")
	defer c.close()
	if m, err := c.committed(context.Background(), "t", "watcher", []partMeta{{id: 0}}); err != nil || m[0] != -1 {
		t.Errorf("noted without being asked: %v, %v", m, err)
	}
}
