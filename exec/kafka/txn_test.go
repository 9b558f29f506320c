package kafka

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/addpartitionstotxn"
	"github.com/segmentio/kafka-go/protocol/endtxn"
	"github.com/segmentio/kafka-go/protocol/findcoordinator"
	"github.com/segmentio/kafka-go/protocol/initproducerid"

	"github.com/penstock/penstock/exec/kafka/broker"
)

// producer is a transactional producer of a test.
type producer struct {
	t     testing.TB
	c     *client
	addr  string
	topic string
	txn   string
	coord int32
	id    identity
	seqs  map[int32]int32
}

func newProducer(t testing.TB, addr, topic, txn string) *producer {
	t.Helper()
	p := &producer{t: t, c: newClient(ClientConfig{Brokers: []string{addr}, Log: quiet}, topic), addr: addr, topic: topic, txn: txn, seqs: make(map[int32]int32)}
	t.Cleanup(p.c.close)
	var res *initproducerid.Response
	for b, code := (backoff{}), kafkago.Unknown; code != 0; { // the coordinator may be new to its task
		fc := p.call(anyBroker, &findcoordinator.Request{Key: txn, KeyType: 1}).(*findcoordinator.Response)
		p.coord = fc.NodeID
		res = p.call(p.coord, &initproducerid.Request{TransactionalID: txn, TransactionTimeoutMs: 60000, ProducerID: -1, ProducerEpoch: -1}).(*initproducerid.Response)
		if code = kafkago.Error(res.ErrorCode); code != 0 && (!transient(code) || b.n > 10 || pause(testContext(t), b.next()) != nil) {
			t.Fatal(code)
		}
	}
	p.id = identity{res.ProducerID, res.ProducerEpoch}
	return p
}

func (p *producer) call(node int32, req protocol.Message) protocol.Message {
	p.t.Helper()
	var res protocol.Message
	err := p.c.first(testContext(p.t), p.topic, func(ctx context.Context) (err error) {
		res, err = p.c.call(ctx, node, req)
		if fc, ok := res.(*findcoordinator.Response); ok && err == nil && fc.ErrorCode != 0 {
			err = kafkago.Error(fc.ErrorCode)
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return res
}

func (p *producer) put(partition int32, c Codec, recs ...rec) {
	p.t.Helper()
	var b backoff
	for {
		res := p.call(p.coord, &addpartitionstotxn.Request{TransactionalID: p.txn, ProducerID: p.id.id, ProducerEpoch: p.id.epoch,
			Topics: []addpartitionstotxn.RequestTopic{{Name: p.topic, Partitions: []int32{partition}}}}).(*addpartitionstotxn.Response)
		code := kafkago.Error(res.Results[0].Results[0].ErrorCode)
		if code == 0 {
			break
		}
		if code != kafkago.ConcurrentTransactions || pause(testContext(p.t), b.next()) != nil {
			p.t.Fatal(code)
		}
	}
	m := mark{id: p.id, seq: p.seqs[partition], attr: attrTxn}
	p.seqs[partition] += int32(len(recs))
	put(p.t, p.addr, p.topic, partition, p.txn, encodeBatch(p.t, c, m, recs...))
}

func (p *producer) end(commit bool) {
	p.t.Helper()
	res := p.call(p.coord, &endtxn.Request{TransactionalID: p.txn, ProducerID: p.id.id, ProducerEpoch: p.id.epoch, Committed: commit}).(*endtxn.Response)
	if res.ErrorCode != 0 {
		p.t.Fatal(kafkago.Error(res.ErrorCode))
	}
}

// transactions writes committed, rolled-back, plain and open data.
func transactions(t testing.TB, addr string) {
	a, b := newProducer(t, addr, "t", "txn-a"), newProducer(t, addr, "t", "txn-b")
	a.put(0, None, values("a1", "a2")...)
	b.put(0, LZ4, values("b1", "b2")...)
	put(t, addr, "t", 0, "", encodeBatch(t, None, unmarked, values("plain1")...))
	b.end(false)
	a.put(0, Zstd, values("a3")...)
	a.end(true)
	a.put(0, None, values("a4-aborted")...)
	a.end(false)
	b.put(0, None, values("b3")...)
	b.end(true)
	a.put(0, None, values("a5-open")...)
	put(t, addr, "t", 0, "", encodeBatch(t, None, unmarked, values("plain2")...))
}

func TestTransactions(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	transactions(t, b.Addr())
	got, err := readTopic(t, testConfig(b.Addr(), "t"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[int32][]string{0: {"a1", "a2", "plain1", "a3", "b3"}}, got); d != "" {
		t.Errorf("read_committed: %s", d)
	}
	cfg := testConfig(b.Addr(), "t")
	cfg.ReadUncommitted = true
	if got, err = readTopic(t, cfg); err != nil {
		t.Fatal(err)
	}
	all := []string{"a1", "a2", "b1", "b2", "plain1", "a3", "a4-aborted", "b3", "a5-open", "plain2"}
	if d := cmp.Diff(map[int32][]string{0: all}, got); d != "" {
		t.Errorf("read_uncommitted: %s", d)
	}
}

func TestCaughtUpStopsAtOpenTransaction(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	transactions(t, b.Addr())
	cfg := testConfig(b.Addr(), "t")
	cfg.End = Unbounded
	src := openSource(t, openScan(t, cfg), []int32{0}, textColumns)
	if src.CaughtUp(0) {
		t.Error("caught up before the first read")
	}
	got := make(map[int32][]string)
	for ctx := testContext(t); !src.CaughtUp(0); {
		batch, err := src.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if batch != nil {
			gather(got, batch)
		}
	}
	if len(got[0]) != 5 || src.Ended(0) {
		t.Errorf("caught up after %v, ended %v", got, src.Ended(0))
	}
}
