package kafka

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/fetch"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Sizes of fetches.
const (
	// fetchMaxWaitMillis is how long a broker holds a fetch that finds nothing.
	fetchMaxWaitMillis = 250
	// fetchPlain and fetchPacked are what one fetch asks for, uncompressed and
	// compressed: plain data is walked while it still lies in the cache.
	fetchPlain  = 1 << 20
	fetchPacked = 4 << 20
	// fetchPartitionMin is the least that is asked for one of many partitions.
	fetchPartitionMin = 128 << 10
	// DefaultFetchMaxBytes bounds one answer ('fetch.max-bytes'), and so the
	// largest record batch that can be read.
	DefaultFetchMaxBytes = 128 << 20
	// fetchSlack is what an answer may have beside the record batches.
	fetchSlack = 1 << 20
	// fetchVersionMin is the first version with transactions; the newest that
	// kafka-go writes is 11.
	fetchVersionMin = 4
	fetchVersionMax = 11
)

var errAnswer = errors.New("the broker's answer is broken")

// rawFetch is a fetch request whose answer is read into our own buffer.
type rawFetch struct {
	fetch.Request
	node     int32
	clientID string
	limit    int // bytes of the answer
	ver      int16
	buf      []byte
	body     []byte
}

// Broker tells the Transport where to send the request.
func (r *rawFetch) Broker(protocol.Cluster) (protocol.Broker, error) {
	return protocol.Broker{ID: r.node}, nil
}

// Required notes the version agreed with the broker.
func (r *rawFetch) Required(v map[protocol.ApiKey]int16) bool {
	r.ver = v[protocol.Fetch]
	return true
}

// RawExchange writes the request and reads the answer as it is.
func (r *rawFetch) RawExchange(rw io.ReadWriter) (protocol.Message, error) {
	if r.ver < fetchVersionMin || r.ver > fetchVersionMax {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "the Kafka broker is too old: record batches need Kafka 0.11 or later")
	}
	if err := protocol.WriteRequest(rw, r.ver, 1, r.clientID, &r.Request); err != nil {
		return nil, err
	}
	var h [8]byte
	if _, err := io.ReadFull(rw, h[:]); err != nil {
		return nil, err
	}
	n := int(int32(binary.BigEndian.Uint32(h[:]))) - 4
	if n < 0 {
		return nil, errAnswer
	}
	if n > r.limit {
		return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "topic %q has a record batch that makes a fetch of %d bytes", r.Topics[0].Topic, n).
			Hint("raise 'fetch.max-bytes'")
	}
	if cap(r.buf) < n+spare || cap(r.buf) > 2*fetchPacked && n < cap(r.buf)/8 {
		r.buf = make([]byte, n+n/4+spare)
	}
	r.body = r.buf[:n]
	if _, err := io.ReadFull(rw, r.body); err != nil {
		return nil, err
	}
	return r, nil
}

// topic finds the partitions asked for of a topic, or adds it. The lists of an
// earlier request are used again.
func (r *rawFetch) topic(name string) *[]fetch.RequestPartition {
	for i := range r.Topics {
		if r.Topics[i].Topic == name {
			return &r.Topics[i].Partitions
		}
	}
	n := len(r.Topics)
	r.Topics = slices.Grow(r.Topics, 1)[:n+1]
	t := &r.Topics[n]
	t.Topic, t.Partitions = name, t.Partitions[:0]
	return &t.Partitions
}

// answer is what a fetch says of one partition.
type answer struct {
	topic     string
	partition int32
	err       kafkago.Error
	end       int64 // high watermark
	stable    int64 // last stable offset, -1: not told
	aborted   []aborted
	set       []byte
}

// cursor reads an answer's fields; bad is set when the bytes end too soon.
type cursor struct {
	b   []byte
	bad bool
}

func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.bad, c.b = true, nil
		return nil
	}
	v := c.b[:n:n]
	c.b = c.b[n:]
	return v
}

func (c *cursor) int16() int16 {
	if v := c.take(2); v != nil {
		return int16(binary.BigEndian.Uint16(v))
	}
	return 0
}

func (c *cursor) int32() int32 {
	if v := c.take(4); v != nil {
		return int32(binary.BigEndian.Uint32(v))
	}
	return 0
}

func (c *cursor) int64() int64 {
	if v := c.take(8); v != nil {
		return int64(binary.BigEndian.Uint64(v))
	}
	return 0
}

// count reads the length of a list whose elements take at least size bytes;
// null counts as empty.
func (c *cursor) count(size int) int {
	n := int(c.int32())
	if n > len(c.b)/size {
		c.bad, c.b = true, nil
		return 0
	}
	return max(n, 0)
}

// parse reads the answer into out, whose memory it uses again. The record sets
// alias the buffer.
func (r *rawFetch) parse(out []answer) ([]answer, error) {
	c := &cursor{b: r.body}
	out = out[:0]
	c.int32() // throttle time
	if r.ver >= 7 {
		if code := c.int16(); code != 0 {
			return out, kafkago.Error(code)
		}
		c.int32() // session
	}
	for range c.count(6) {
		name, topic := c.take(int(c.int16())), ""
		for i := range r.Topics {
			if r.Topics[i].Topic == string(name) {
				topic = r.Topics[i].Topic
			}
		}
		for range c.count(18) {
			out = slices.Grow(out, 1)[:len(out)+1]
			a := &out[len(out)-1]
			a.topic, a.partition = topic, c.int32()
			a.err = kafkago.Error(c.int16())
			a.end, a.stable = c.int64(), c.int64()
			if r.ver >= 5 {
				c.int64() // log start
			}
			a.aborted = a.aborted[:0]
			for range c.count(16) {
				a.aborted = append(a.aborted, aborted{producer: c.int64(), first: c.int64()})
			}
			if r.ver >= 11 {
				c.int32() // preferred replica
			}
			a.set = c.take(max(0, int(c.int32())))
		}
	}
	if c.bad {
		return out, errAnswer
	}
	return out, nil
}
