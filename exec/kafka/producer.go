package kafka

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"math"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/initproducerid"
	"github.com/segmentio/kafka-go/protocol/produce"

	"github.com/penstock/penstock/internal/sqlerr"
)

// acksAll asks for the acknowledgement of all in-sync replicas.
const acksAll = -1

// rawProduce sends one record batch as it lies in memory.
type rawProduce struct {
	node      int32
	clientID  string
	topic     string
	partition int32
	timeout   time.Duration
	batch     []byte
	head      []byte
	ver       int16
}

// ApiKey names the request.
func (r *rawProduce) ApiKey() protocol.ApiKey { return protocol.Produce }

// Broker tells the Transport where to send the request.
func (r *rawProduce) Broker(protocol.Cluster) (protocol.Broker, error) {
	return protocol.Broker{ID: r.node}, nil
}

// Required notes the version agreed with the broker.
func (r *rawProduce) Required(v map[protocol.ApiKey]int16) bool {
	r.ver = v[protocol.Produce]
	return true
}

// The versions of the request whose layout this is.
const (
	produceVersionMin = 3
	produceVersionMax = 8
)

// RawExchange writes the request and reads its answer.
func (r *rawProduce) RawExchange(rw io.ReadWriter) (protocol.Message, error) {
	if r.ver < produceVersionMin || r.ver > produceVersionMax {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "the Kafka broker is too old: record batches need Kafka 0.11 or later")
	}
	be := binary.BigEndian
	h := append(r.head[:0], 0, 0, 0, 0)
	h = be.AppendUint16(h, uint16(protocol.Produce))
	h = be.AppendUint16(h, uint16(r.ver))
	h = be.AppendUint32(h, 1) // correlation
	h = appendShort(h, r.clientID)
	h = be.AppendUint16(h, math.MaxUint16) // no transaction
	h = be.AppendUint16(h, uint16(acksAll&math.MaxUint16))
	h = be.AppendUint32(h, uint32(r.timeout.Milliseconds()))
	h = be.AppendUint32(h, 1)
	h = appendShort(h, r.topic)
	h = be.AppendUint32(h, 1)
	h = be.AppendUint32(h, uint32(r.partition))
	h = be.AppendUint32(h, uint32(len(r.batch)))
	be.PutUint32(h, uint32(len(h)-4+len(r.batch)))
	r.head = h
	if _, err := rw.Write(h); err != nil {
		return nil, err
	}
	if _, err := rw.Write(r.batch); err != nil {
		return nil, err
	}
	_, res, err := protocol.ReadResponse(rw, protocol.Produce, r.ver)
	return wrapped{res}, err
}

func appendShort(b []byte, s string) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(s)))
	return append(b, s...)
}

// contact finds the topic's partitions and becomes a producer.
func (s *Sink) contact(ctx context.Context) (identity, error) {
	who := noIdentity
	made := false
	err := s.client.first(ctx, s.cfg.Topic, func(ctx context.Context) error {
		parts, err := s.client.partitions(ctx, s.cfg.Topic)
		if errors.Is(err, kafkago.UnknownTopicOrPartition) && s.cfg.AutoCreate && !made {
			made = true
			if err := s.client.createTopic(ctx, s.cfg.Topic, s.cfg.Partitions, s.cfg.Upsert); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
		s.leaders = make([]int32, len(parts))
		for i, p := range parts {
			if int(p.id) != i {
				return kafkago.LeaderNotAvailable // the list is not whole yet
			}
			s.leaders[i] = p.leader
		}
		if len(parts) == 0 {
			return kafkago.LeaderNotAvailable
		}
		who, err = s.newIdentity(ctx)
		return err
	})
	return who, err
}

// newIdentity asks for a producer id. -1 says that we have none yet.
func (s *Sink) newIdentity(ctx context.Context) (identity, error) {
	res, err := s.client.call(ctx, anyBroker, &initproducerid.Request{TransactionTimeoutMs: 60000, ProducerID: -1, ProducerEpoch: -1})
	if err != nil {
		return noIdentity, err
	}
	r := res.(*initproducerid.Response)
	if r.ErrorCode != 0 {
		return noIdentity, kafkago.Error(r.ErrorCode)
	}
	return identity{r.ProducerID, r.ProducerEpoch}, nil
}

// work sends batches until the sink is closed or has failed.
func (s *Sink) work(ctx context.Context) {
	var d deflater
	var out []byte
	req := &rawProduce{}
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		p, b := s.take()
		if p == nil {
			if s.err != nil || ctx.Err() != nil {
				return
			}
			s.cond.Wait()
			continue
		}
		if s.err != nil || ctx.Err() != nil {
			return
		}
		s.mu.Unlock()
		var err error
		if out, err = b.finish(out[:0], s.cfg.Codec, &d); err == nil {
			req, out, err = s.send(ctx, req, p, out, b.n)
		}
		s.mu.Lock()
		p.busy = false
		s.buffered -= len(b.recs)
		if err != nil {
			if s.err == nil {
				s.err = err
			}
		} else {
			s.Stats.Records.Add(int64(b.n))
			s.Stats.Bytes.Add(int64(len(b.recs)))
			s.Stats.Batches.Add(1)
			s.Stats.SentBytes.Add(int64(len(out)))
		}
		if b.reset(); len(s.free) < spareBuilders && cap(b.recs) <= 4*s.cfg.BatchBytes {
			s.free = append(s.free, b)
		}
		s.cond.Broadcast()
	}
}

// send delivers one batch: it tries until the brokers have it, the fault is for
// good, or the delivery timeout is over. After an attempt that failed on the way the
// request and the batch's memory are given up, for a connection may still read it.
func (s *Sink) send(ctx context.Context, req *rawProduce, p *outPart, batch []byte, n int32) (*rawProduce, []byte, error) {
	start := time.Now()
	var back backoff
	sign(batch, p.who, p.seq)
	for {
		err := s.attempt(ctx, req, p, batch)
		switch {
		case err == nil || errors.Is(err, kafkago.DuplicateSequenceNumber):
			p.seq = int32((int64(p.seq) + int64(n)) % (1 << 31))
			return req, batch, nil
		case ctx.Err() != nil:
			return req, batch, ctx.Err()
		}
		if _, answered := errors.AsType[kafkago.Error](err); !answered {
			req, batch = &rawProduce{}, append([]byte(nil), batch...)
		}
		switch {
		case lostProducer(err):
			if err := s.renew(ctx, p); err != nil && !transient(err) {
				return req, batch, s.client.explain(err, s.cfg.Topic)
			}
			sign(batch, p.who, p.seq)
		case !transient(err):
			return req, batch, s.refused(err, p, len(batch))
		}
		s.Stats.Retries.Add(1)
		s.log.warn("kafka: write failed, trying again", slog.String("topic", s.cfg.Topic), slog.Int("partition", int(p.id)), slog.Any("error", err))
		d := back.next()
		if time.Since(start)+d > s.cfg.DeliveryTimeout {
			e := sqlerr.From(s.client.explain(err, s.cfg.Topic))
			return req, batch, sqlerr.Wrap(err, sqlerr.ConnectionFailure, "topic %q, partition %d: rows could not be delivered within %v: %s",
				s.cfg.Topic, p.id, s.cfg.DeliveryTimeout, e.Message)
		}
		if err := pause(ctx, d); err != nil {
			return req, batch, err
		}
		s.refresh(ctx)
	}
}

// attempt sends the batch once.
func (s *Sink) attempt(ctx context.Context, r *rawProduce, p *outPart, batch []byte) error {
	s.mu.Lock()
	node := s.leaders[p.id]
	s.mu.Unlock()
	if node < 0 {
		return kafkago.LeaderNotAvailable
	}
	timeout := s.client.cfg.RequestTimeout
	r.node, r.clientID, r.topic, r.partition, r.timeout, r.batch = node, s.client.cfg.ClientID, s.cfg.Topic, p.id, timeout, batch
	res, err := s.client.exchange(ctx, r, timeout)
	if err != nil {
		return err
	}
	for _, t := range res.(wrapped).Message.(*produce.Response).Topics {
		for _, a := range t.Partitions {
			if a.Partition == p.id && a.ErrorCode != 0 {
				return kafkago.Error(a.ErrorCode)
			}
			if a.Partition == p.id {
				return nil
			}
		}
	}
	return errAnswer
}

// lostProducer tells that the broker does not know the producer or its last
// sequence number any more: its records were deleted, or its log was lost.
func lostProducer(err error) bool {
	return errors.Is(err, kafkago.OutOfOrderSequenceNumber) || errors.Is(err, kafkago.UnknownProducerId) ||
		errors.Is(err, kafkago.InvalidProducerEpoch) || errors.Is(err, kafkago.InvalidProducerIDMapping)
}

// renew makes the partition a producer of its own, beginning anew. If an earlier
// attempt at the batch was stored after all, it will be there twice.
func (s *Sink) renew(ctx context.Context, p *outPart) error {
	who, err := s.newIdentity(ctx)
	if err != nil {
		return err
	}
	p.who, p.seq = who, 0
	return nil
}

// refresh learns the leaders anew; a fault leaves them as they are.
func (s *Sink) refresh(ctx context.Context) {
	parts, err := s.client.partitions(ctx, s.cfg.Topic)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range parts {
		if int(p.id) < len(s.leaders) {
			s.leaders[p.id] = p.leader
		}
	}
}

// refused explains why a broker did not take a batch.
func (s *Sink) refused(err error, p *outPart, size int) error {
	switch {
	case errors.Is(err, kafkago.MessageSizeTooLarge) || errors.Is(err, kafkago.RecordListTooLarge):
		return sqlerr.Wrap(err, sqlerr.ProgramLimitExceeded, "topic %q, partition %d: the broker refuses a record batch of %d bytes", s.cfg.Topic, p.id, size).
			Hint("lower 'properties.batch.size', or raise the topic's max.message.bytes")
	case errors.Is(err, kafkago.UnknownTopicOrPartition):
		return s.client.explain(err, s.cfg.Topic)
	}
	if ke, ok := errors.AsType[kafkago.Error](err); ok {
		return sqlerr.Wrap(err, sqlerr.IOError, "topic %q, partition %d: the broker refuses the rows: %s", s.cfg.Topic, p.id, ke.Error())
	}
	return s.client.explain(err, s.cfg.Topic)
}
