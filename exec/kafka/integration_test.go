//go:build integration

package kafka

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/internal/kafkatest"
)

// TestApacheKafka runs source and sink against Apache Kafka, one broker for all
// the parts.
func TestApacheKafka(t *testing.T) {
	k := kafkatest.Start(t, "message.max.bytes=33554432", "replica.fetch.max.bytes=33554432", "auto.create.topics.enable=false")
	run := func(name string, partitions int, f func(t *testing.T, k *kafkatest.Broker, topic string)) {
		t.Run(name, func(t *testing.T) {
			topic := "t"
			if partitions > 0 {
				topic = "topic-" + name
				if err := CreateTopic(testContext(t), ClientConfig{Brokers: []string{k.Addr}}, topic, partitions); err != nil {
					t.Fatal(err)
				}
			}
			f(t, k, topic)
		})
	}
	run("codecs", 5, kafkaCodecs)
	run("java-reads", 1, kafkaJavaReads)
	run("java-writes", 1, kafkaJavaWrites)
	run("group", 1, kafkaGroup)
	run("transactions", 0, kafkaTransactions)
	run("large", 1, kafkaLarge)
	run("restart", 2, kafkaRestart)
	run("missing", 0, kafkaMissing)
}

func kafkaCodecs(t *testing.T, k *kafkatest.Broker, topic string) {
	var all []string
	for c := None; c <= Zstd; c++ {
		cfg := sinkConfig(k.Addr)
		cfg.Topic, cfg.Codec, cfg.Key, cfg.BatchBytes = topic, c, textEncoder{0}, 20000
		s := openSink(t, cfg)
		for i := range 10 {
			vals := want(numbered(fmt.Sprintf("codec%d-%d-", c, i), 500))
			all = append(all, vals...)
			if err := s.Write(testContext(t), textBatch(vals...)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Flush(testContext(t)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readTopic(t, testConfig(k.Addr, topic))
	if err != nil {
		t.Fatal(err)
	}
	exp := make(map[int32][]string)
	for _, v := range all {
		p := int32(keyPartition([]byte(v), 5))
		exp[p] = append(exp[p], v)
	}
	if d := cmp.Diff(exp, got); d != "" {
		t.Error(d)
	}
}

// kafkaJavaReads has Java's consumer read what the sink wrote.
func kafkaJavaReads(t *testing.T, k *kafkatest.Broker, topic string) {
	var exp []string
	for c := None; c <= Zstd; c++ {
		cfg := sinkConfig(k.Addr)
		cfg.Topic, cfg.Codec = topic, c
		s := openSink(t, cfg)
		vals := want(numbered(strings.Repeat(fmt.Sprintf("codec%d ", c), 30), 2000))
		exp = append(exp, vals...)
		if err := s.Write(testContext(t), textBatch(vals...)); err != nil {
			t.Fatal(err)
		}
		if err := s.Flush(testContext(t)); err != nil {
			t.Fatal(err)
		}
	}
	out := k.Tool(t, "org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server", k.Addr, "--topic", topic,
		"--from-beginning", "--max-messages", fmt.Sprint(len(exp)), "--timeout-ms", "20000")
	if d := cmp.Diff(exp, strings.Split(strings.TrimSpace(out), "\n")); d != "" {
		t.Error(d)
	}
}

// kafkaJavaWrites reads what Java's producer wrote with each codec.
func kafkaJavaWrites(t *testing.T, k *kafkatest.Broker, topic string) {
	var exp []string
	for _, c := range codecNames {
		for i := range 1000 {
			exp = append(exp, fmt.Sprint(i))
		}
		k.Tool(t, "org.apache.kafka.tools.ProducerPerformance", "--topic", topic, "--num-records", "1000", "--payload-monotonic",
			"--throughput", "-1", "--producer-props", "bootstrap.servers="+k.Addr, "compression.type="+c, "linger.ms=20")
	}
	got, err := readTopic(t, testConfig(k.Addr, topic))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[int32][]string{0: exp}, got); d != "" {
		t.Error(d)
	}
}

// kafkaGroup begins where a group has got to.
func kafkaGroup(t *testing.T, k *kafkatest.Broker, topic string) {
	put(t, k.Addr, topic, 0, "", encodeBatch(t, Zstd, unmarked, numbered("v", 10)...))
	k.Tool(t, "org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server", k.Addr, "--topic", topic, "--group", "g",
		"--consumer-property", "auto.offset.reset=earliest", "--max-messages", "10", "--timeout-ms", "20000")
	put(t, k.Addr, topic, 0, "", encodeBatch(t, Snappy, unmarked, numbered("new", 10)...))
	cfg := testConfig(k.Addr, topic)
	cfg.Start, cfg.GroupID = StartGroup, "g"
	got, err := readTopic(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[int32][]string{0: want(numbered("new", 10))}, got); d != "" {
		t.Error(d)
	}
}

func kafkaTransactions(t *testing.T, k *kafkatest.Broker, topic string) {
	if err := CreateTopic(testContext(t), ClientConfig{Brokers: []string{k.Addr}}, topic, 1); err != nil {
		t.Fatal(err)
	}
	transactions(t, k.Addr)
	got, err := readTopic(t, testConfig(k.Addr, topic))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[int32][]string{0: {"a1", "a2", "plain1", "a3", "b3"}}, got); d != "" {
		t.Error(d)
	}
	cfg := testConfig(k.Addr, topic)
	cfg.ReadUncommitted = true
	if got, err = readTopic(t, cfg); err != nil || len(got[0]) != 10 {
		t.Errorf("read_uncommitted: %v, %v", got, err)
	}
}

func kafkaLarge(t *testing.T, k *kafkatest.Broker, topic string) {
	cfg := sinkConfig(k.Addr)
	cfg.Topic = topic
	s := openSink(t, cfg)
	vals := []string{"before", strings.Repeat("0123456789", 1<<20), "after"}
	if err := s.Write(testContext(t), textBatch(vals...)); err != nil {
		t.Fatal(err)
	}
	if err := s.Flush(testContext(t)); err != nil {
		t.Fatal(err)
	}
	got, err := readTopic(t, testConfig(k.Addr, topic))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(vals, got[0]) {
		t.Error("records differ")
	}
}

// kafkaRestart stops the broker in the middle and wants each row once.
func kafkaRestart(t *testing.T, k *kafkatest.Broker, topic string) {
	cfg := sinkConfig(k.Addr)
	cfg.Topic, cfg.Key, cfg.Codec = topic, textEncoder{0}, LZ4
	sink := openSink(t, cfg)
	scan := unbounded(k.Addr)
	scan.Topic = topic
	s := openScan(t, scan)
	src := openSource(t, s, allSplits(s), textColumns)
	got := make(map[int32][]string)
	exp := make(map[int32][]string)
	for round := range 3 {
		vals := want(numbered(fmt.Sprintf("round%d-", round), 300))
		for _, v := range vals {
			p := int32(keyPartition([]byte(v), 2))
			exp[p] = append(exp[p], v)
		}
		if round == 1 {
			k.Stop(t)
		}
		if err := sink.Write(testContext(t), textBatch(vals...)); err != nil {
			t.Fatal(err)
		}
		if round == 1 {
			k.Run(t)
		}
		if err := sink.Flush(testContext(t)); err != nil {
			t.Fatal(err)
		}
		readSome(t, src, got, 300*(round+1))
	}
	if d := cmp.Diff(exp, got); d != "" {
		t.Error(d)
	}
}

func kafkaMissing(t *testing.T, k *kafkatest.Broker, _ string) {
	if _, err := OpenScan(testContext(t), testConfig(k.Addr, "nowhere")); err == nil || !strings.Contains(err.Error(), `topic "nowhere" does not exist`) {
		t.Error(err)
	}
}
