package sources

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	kafkago "github.com/segmentio/kafka-go"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/kafka/broker"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/lookup/records"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

// patience bounds what a test waits for.
const patience = 20 * time.Second

func startBroker(t *testing.T, topic string, partitions int) string {
	b, err := broker.Start(broker.Config{Listen: "127.0.0.1:0", Topics: map[string]int{topic: partitions}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b.Addr()
}

// produce writes key, value, …; the value "-" is a tombstone.
func produce(t *testing.T, addr, topic string, kv ...string) {
	t.Helper()
	w := &kafkago.Writer{Addr: kafkago.TCP(addr), Topic: topic, Balancer: &kafkago.Hash{}, BatchTimeout: time.Millisecond, RequiredAcks: kafkago.RequireAll}
	var list []kafkago.Message
	for i := 0; i < len(kv); i += 2 {
		m := kafkago.Message{Key: []byte(kv[i]), Value: []byte(kv[i+1])}
		if kv[i+1] == "-" {
			m.Value = nil
		}
		list = append(list, m)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := w.WriteMessages(ctx, list...); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestKafka(t *testing.T) {
	addr := startBroker(t, "t", 2)
	produce(t, addr, "t", `{"id":1}`, `{"name":"a"}`, `{"id":2}`, `{"name":"b"}`, `{"id":1}`, `{"name":"c"}`, `{"id":3}`, `{"name":"d"}`, `{"id":2}`, "-")
	s := open(t, Kafka{}, table("topic", "t", "properties.bootstrap.servers", addr, "key.format", "json", "format", "json", "value.fields-include", "EXCEPT_KEY"))
	for range 2 {
		got, _, err := load(s, "")
		if err != nil || got != "1=c 3=d" && got != "3=d 1=c" {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	produce(t, addr, "t", `{"id":1}`, "-", `{"id":4}`, `{"name":"e"}`)
	table := map[int64]string{1: "c", 3: "d"}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	changes := 0
	enough := errors.New("enough")
	err := s.(lookup.LiveSource).Follow(ctx, func(c lookup.Change) error {
		for i := range c.Rows.N {
			id := c.Rows.Cols[0].Int[i]
			if c.Deleted[i] {
				delete(table, id)
			} else {
				table[id] = string(c.Rows.Cols[1].Str(i))
			}
			if changes++; changes == 2 {
				return enough
			}
		}
		return nil
	})
	if err != enough {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[int64]string{3: "d", 4: "e"}, table); d != "" {
		t.Error(d)
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if err := s.(lookup.LiveSource).Follow(stopped, func(lookup.Change) error { return nil }); sqlerr.CodeOf(err) != sqlerr.QueryCanceled {
		t.Errorf("stopped: %v", err)
	}
}

func TestKafkaFaults(t *testing.T) {
	addr := startBroker(t, "t", 1)
	produce(t, addr, "t", `{"id":1}`, `{"name":"a"}`, `{"id":2}`, `{"name":`, `{"id":3}`, `{"name":"c"}`)
	options := []string{"topic", "t", "properties.bootstrap.servers", addr, "key.format", "json", "format", "json"}
	_, _, err := load(open(t, Kafka{}, table(options...)), "")
	if m := fmt.Sprint(err); !strings.HasPrefix(string(sqlerr.CodeOf(err)), "22") || !strings.Contains(m, "offset 1") {
		t.Errorf("a bad record: %v", err)
	}
	if got, _, err := load(open(t, Kafka{}, table(append(options, "bad-records", "skip")...)), ""); got != "1=a 3=c" || err != nil {
		t.Errorf("passed over: %q %v", got, err)
	}
	for _, tt := range []struct {
		options []string
		code    sqlerr.Code
		want    string
	}{
		{[]string{"topic", "t", "properties.bootstrap.servers", "h:1", "format", "json"}, "22023", "option 'key.format' is missing"},
		{[]string{"topic", "t", "properties.bootstrap.servers", "h:1", "key.format", "json"}, "22023", "option 'format' is missing"},
		{[]string{"properties.bootstrap.servers", "h:1", "format", "json", "key.format", "json"}, "22023", "option 'topic' is missing"},
		{[]string{"topic", "t", "properties.bootstrap.servers", "169.254.169.254:1", "format", "json", "key.format", "json"}, "42501", `host "169.254.169.254" is not allowed`},
		{append(options[:len(options):len(options)], "cache", "partial"), "0A000", "'cache' = 'partial' is not supported by connector 'kafka'"},
	} {
		err := Kafka{allow.New(nil, nil)}.Check(table(tt.options...))
		if sqlerr.CodeOf(err) != tt.code || sqlerr.From(err).Message != tt.want {
			t.Errorf("%q: %v", tt.options, err)
		}
	}
	tab := table(options...)
	tab.PrimaryKey = nil
	if err := (Kafka{}).Check(tab); sqlerr.CodeOf(err) != sqlerr.InvalidTableDefinition {
		t.Errorf("no key: %v", err)
	}
}

// TestLatest compares with a map, over many updates of few keys.
func TestLatest(t *testing.T) {
	types := []catalog.Type{catalog.Of(catalog.BigInt), catalog.Of(catalog.Varchar)}
	l := newLatest(types, []int{0}, 1<<20)
	want := map[int64]string{}
	most := 0
	batch := records.NewBatch(records.Fields(table()))
	for i := range 200 {
		batch.Reset()
		var deleted []bool
		for j := range 1000 {
			id, name := int64((i*7+j*13)%1500), fmt.Sprint(i, "-", j)
			batch.Cols[0].AppendInt(id)
			batch.Cols[1].AppendString(name)
			gone := (i+j)%5 == 0
			deleted = append(deleted, gone)
			if want[id] = name; gone {
				delete(want, id)
			}
			batch.N++
		}
		if err := l.apply(batch, deleted); err != nil {
			t.Fatal(err)
		}
		most = max(most, len(l.parts)*records.MaxRows)
	}
	got := map[int64]string{}
	if err := l.emit(func(b *exec.Batch) error {
		for i := range b.N {
			got[b.Cols[0].Int[i]] = string(b.Cols[1].Str(i))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if most > minDead+10*records.MaxRows {
		t.Errorf("%d rows were held for %d keys", most, len(want))
	}
	small := newLatest(types, []int{0}, 1000)
	if err := small.apply(batch, nil); sqlerr.CodeOf(err) != sqlerr.ConfigurationLimitExceeded {
		t.Errorf("above the limit: %v", err)
	}
}
