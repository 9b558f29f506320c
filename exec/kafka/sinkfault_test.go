package kafka

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/penstock/penstock/exec/kafka/broker"
	"github.com/penstock/penstock/internal/sqlerr"
)

// refuseWrites answers writes with an error for as long as more gives true.
func refuseWrites(b *broker.Broker, code int16, more func() bool) {
	b.Cluster().ControlKey(int16(kmsg.Produce), func(r kmsg.Request) (kmsg.Response, error, bool) {
		if !more() {
			return nil, nil, false
		}
		b.Cluster().KeepControl()
		req := r.(*kmsg.ProduceRequest)
		res := req.ResponseKind().(*kmsg.ProduceResponse)
		for _, rt := range req.Topics {
			st := kmsg.NewProduceResponseTopic()
			st.Topic = rt.Topic
			for _, rp := range rt.Partitions {
				sp := kmsg.NewProduceResponseTopicPartition()
				sp.Partition, sp.ErrorCode = rp.Partition, code
				st.Partitions = append(st.Partitions, sp)
			}
			res.Topics = append(res.Topics, st)
		}
		return res, nil, true
	})
}

// TestSinkForgotten has the broker forget the producer: it begins anew as another.
func TestSinkForgotten(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	s := openSink(t, sinkConfig(b.Addr()))
	if err := errors.Join(s.Write(testContext(t), textBatch("a")), s.Flush(testContext(t))); err != nil {
		t.Fatal(err)
	}
	who, n := s.parts[0].who, 0
	refuseWrites(b, kerr.UnknownProducerID.Code, func() bool { n++; return n == 1 })
	for _, v := range []string{"b", "c"} {
		if err := errors.Join(s.Write(testContext(t), textBatch(v)), s.Flush(testContext(t))); err != nil {
			t.Fatal(err)
		}
	}
	if s.parts[0].who == who || s.parts[0].seq != 2 {
		t.Errorf("producer %v, sequence %d", s.parts[0].who, s.parts[0].seq)
	}
	got, err := readTopic(t, testConfig(b.Addr(), "t"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"a", "b", "c"}, got[0]); d != "" {
		t.Error(d)
	}
}

func TestSinkGivesUp(t *testing.T) {
	b := startBroker(t, broker.Config{Topics: map[string]int{"t": 1}})
	refuseWrites(b, kerr.NotEnoughReplicas.Code, func() bool { return true })
	cfg := sinkConfig(b.Addr())
	cfg.DeliveryTimeout = 200 * time.Millisecond
	s := openSink(t, cfg)
	if err := s.Write(testContext(t), textBatch("a")); err != nil {
		t.Fatal(err)
	}
	err := s.Flush(testContext(t))
	if sqlerr.CodeOf(err) != sqlerr.ConnectionFailure {
		t.Errorf("flush: %v", err)
	}
	if again := s.Write(testContext(t), textBatch("b")); again == nil {
		t.Error("a sink that failed takes rows")
	}
}
