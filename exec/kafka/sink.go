package kafka

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Bounds of a sink.
const (
	// DefaultBatchBytes is when a record batch is full, before compression.
	DefaultBatchBytes = 512 << 10
	// DefaultBufferBytes bounds the records that wait or are under way; Write
	// blocks beyond it.
	DefaultBufferBytes = 32 << 20
	// DefaultLinger is how long a record waits for others to share its batch.
	DefaultLinger = 5 * time.Millisecond
	// DefaultDeliveryTimeout bounds the attempts at one batch.
	DefaultDeliveryTimeout = 2 * time.Minute
	// DefaultInFlight bounds the batches under way; of one partition there is
	// never more than one, which keeps the order through retries.
	DefaultInFlight = 5
	// spareBuilders bounds the batches' memory that is kept for use again.
	spareBuilders = 16
)

// Encoder turns a row into bytes; exec/format's encoders are ones.
type Encoder interface {
	Encode(dst []byte, b *exec.Batch, row int) ([]byte, error)
}

// SinkConfig says what to write where.
type SinkConfig struct {
	Client ClientConfig
	Topic  string
	Codec  Codec
	// Value makes the record's value, Key its key; a nil one leaves it null.
	Value, Key Encoder
	// Timestamp and Headers are the columns that the record's own come from, as
	// TIMESTAMP and MAP<VARCHAR, BYTES>; -1: the wall clock, none.
	Timestamp, Headers int
	// Upsert: the columns KeyCols of the batches must not be NULL; Op, -1: none,
	// says which rows delete their key, as records without a value; a topic that is
	// made is compacted.
	Upsert      bool
	KeyCols     []int
	Op          int
	Partitioner Partitioner
	// Task is the number of this sink among those of one query, for PartitionFixed.
	Task int
	// AutoCreate makes a missing topic, with Partitions partitions (0: 1).
	AutoCreate bool
	Partitions int
	// The defaults when 0; Linger when negative means none.
	BatchBytes, BufferBytes, InFlight int
	Linger, DeliveryTimeout           time.Duration
}

func (c SinkConfig) withDefaults() SinkConfig {
	c.Client = c.Client.withDefaults()
	def := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	def(&c.BatchBytes, DefaultBatchBytes)
	def(&c.BufferBytes, DefaultBufferBytes)
	def(&c.InFlight, DefaultInFlight)
	def(&c.Partitions, 1)
	if c.Linger == 0 {
		c.Linger = DefaultLinger
	}
	if c.DeliveryTimeout <= 0 {
		c.DeliveryTimeout = DefaultDeliveryTimeout
	}
	return c
}

// SinkStats are a sink's counters; they may be read at any time.
type SinkStats struct {
	// Records and Bytes count what brokers have acknowledged, before compression.
	Records, Bytes atomic.Int64
	// Batches and SentBytes are the record batches and their size as sent.
	Batches, SentBytes atomic.Int64
	// Retries are failed attempts.
	Retries atomic.Int64
}

// outPart is one partition of the topic, under Sink.mu but for what the
// worker that has set busy uses.
type outPart struct {
	id     int32
	open   *builder
	since  time.Time // when the open batch got its first record
	sealed []*builder
	busy   bool

	who identity // of the producer, and the next sequence number
	seq int32
}

// Sink writes rows to a topic as an idempotent producer: a batch sent twice is
// stored once. Rows of one partition keep their order.
type Sink struct {
	cfg    SinkConfig
	client *client
	log    limitedLog

	mu       sync.Mutex
	cond     *sync.Cond
	parts    []*outPart
	leaders  []int32
	free     []*builder
	buffered int
	flushing int // flushes under way
	sticky   int
	turn     int
	timer    *time.Timer
	armed    bool // the timer runs
	err      error

	key, val, headers []byte
	cancel            context.CancelFunc
	wg                sync.WaitGroup

	// Stats are the sink's counters.
	Stats SinkStats
}

var _ exec.Sink = (*Sink)(nil)

// OpenSink contacts the cluster, makes the topic if it is missing and that is
// wanted, and starts the senders.
func OpenSink(ctx context.Context, cfg SinkConfig) (*Sink, error) {
	cfg = cfg.withDefaults()
	s := &Sink{cfg: cfg, client: newClient(cfg.Client, cfg.Topic), sticky: cfg.Task, turn: cfg.Task}
	s.log.log = cfg.Client.Log
	s.cond = sync.NewCond(&s.mu)
	who, err := s.contact(ctx)
	if err != nil {
		s.client.close()
		return nil, err
	}
	for i := range s.leaders {
		s.parts = append(s.parts, &outPart{id: int32(i), open: &builder{}, who: who})
	}
	run, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.timer = time.AfterFunc(time.Hour, s.wake)
	s.timer.Stop()
	for range cfg.InFlight {
		s.wg.Go(func() { s.work(run) })
	}
	return s, nil
}

// wake lets the senders look for batches that have lingered.
func (s *Sink) wake() {
	s.mu.Lock()
	s.armed = false
	s.cond.Broadcast()
	s.mu.Unlock()
}

// arm sets the timer unless it runs: the next wake looks at all the batches.
// s.mu is held.
func (s *Sink) arm(d time.Duration) {
	if !s.armed {
		s.armed = true
		s.timer.Reset(d)
	}
}

// wait blocks until something has changed or ctx is done. s.mu is held.
func (s *Sink) wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, s.wake)
	s.cond.Wait()
	stop()
	return ctx.Err()
}

// Write takes the rows into batches; it blocks while too much is under way. An
// error of an earlier row's delivery comes back here or from Flush.
func (s *Sink) Write(ctx context.Context, b *exec.Batch) error {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range b.Rows() {
		for s.err == nil && s.buffered >= s.cfg.BufferBytes {
			if err := s.wait(ctx); err != nil {
				return err
			}
		}
		if s.err != nil {
			return s.err
		}
		if err := s.row(b, b.Row(i), now); err != nil {
			return err
		}
	}
	return nil
}

// row encodes one row into its partition's open batch.
func (s *Sink) row(b *exec.Batch, row int, now time.Time) (err error) {
	var key, val []byte
	deleted := false
	if s.cfg.Upsert {
		var write bool
		if deleted, write, err = s.operation(b, row); err != nil || !write {
			return err
		}
	}
	if s.cfg.Key != nil {
		if s.key, err = s.cfg.Key.Encode(s.key[:0], b, row); err != nil {
			return err
		}
		key = notNil(s.key)
	}
	if s.cfg.Value != nil && !deleted {
		if s.val, err = s.cfg.Value.Encode(s.val[:0], b, row); err != nil {
			return err
		}
		val = notNil(s.val)
	}
	ts := now.UnixMilli()
	if c := s.cfg.Timestamp; c >= 0 && !b.Cols[c].IsNull(row) {
		if ts = b.Cols[c].Int[row] / datum.MicrosPerMilli; b.Cols[c].Int[row] < 0 {
			return sqlerr.New(sqlerr.DatetimeOverflow, "topic %q: a record's timestamp cannot lie before 1970", s.cfg.Topic)
		}
	}
	n := 0
	s.headers = s.headers[:0]
	if c := s.cfg.Headers; c >= 0 {
		n = s.encodeHeaders(b.Cols[c], row)
	}
	p := s.parts[s.choose(key)]
	size := len(p.open.recs)
	if p.open.n > 0 && size+len(key)+len(val)+len(s.headers) > s.cfg.BatchBytes {
		s.seal(p)
		size = 0
	}
	p.open.add(ts, key, val, s.headers, n)
	s.buffered += len(p.open.recs) - size
	if p.open.n == 1 {
		p.since = now
		if s.cfg.Linger <= 0 {
			s.cond.Broadcast()
		} else {
			s.arm(s.cfg.Linger)
		}
	}
	return nil
}

// operation tells what a row does to its key; -U, the value before an update, is
// not written: the value after it follows.
func (s *Sink) operation(b *exec.Batch, row int) (deleted, write bool, err error) {
	for _, c := range s.cfg.KeyCols {
		if b.Cols[c].IsNull(row) {
			return false, false, sqlerr.New(sqlerr.NotNullViolation, "topic %q: a column of the primary key is null", s.cfg.Topic)
		}
	}
	if s.cfg.Op < 0 || b.Cols[s.cfg.Op].IsNull(row) {
		return false, true, nil
	}
	switch op := string(b.Cols[s.cfg.Op].Str(row)); op {
	case "+I", OpUpsert:
		return false, true, nil
	case OpDelete:
		return true, true, nil
	case "-U":
		return false, false, nil
	default:
		return false, false, sqlerr.New(sqlerr.InvalidParameterValue, "topic %q: %q is not an operation", s.cfg.Topic, op).
			Hint("operations: +I, +U, -U, -D")
	}
}

// notNil keeps an empty value apart from null.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func (s *Sink) encodeHeaders(c *exec.Column, row int) int {
	if c.IsNull(row) {
		return 0
	}
	from, to := int(c.Offs[row]), int(c.Offs[row+1])
	for i := from; i < to; i++ {
		var v []byte
		if !c.Kids[1].IsNull(i) {
			v = notNil(c.Kids[1].Str(i))
		}
		s.headers = appendHeader(s.headers, c.Kids[0].Str(i), v)
	}
	return to - from
}

// choose gives the index of the partition for a record.
func (s *Sink) choose(key []byte) int {
	n := len(s.parts)
	switch {
	case s.cfg.Partitioner == PartitionFixed:
		return s.cfg.Task % n
	case s.cfg.Partitioner == PartitionRoundRobin:
		s.turn++
		return s.turn % n
	case key != nil:
		return keyPartition(key, n)
	}
	return s.sticky % n
}

// seal puts the open batch in line and opens another. s.mu is held.
func (s *Sink) seal(p *outPart) {
	p.sealed = append(p.sealed, p.open)
	if n := len(s.free); n > 0 {
		p.open, s.free = s.free[n-1], s.free[:n-1]
	} else {
		p.open = &builder{}
	}
	if int(p.id) == s.sticky%len(s.parts) {
		s.sticky++
	}
	s.cond.Broadcast()
}

// take finds a batch to send and marks its partition; nil when there is none.
// s.mu is held.
func (s *Sink) take() (*outPart, *builder) {
	now := time.Now()
	next := time.Duration(-1)
	for _, p := range s.parts {
		if p.busy {
			continue
		}
		if len(p.sealed) == 0 && p.open.n > 0 {
			left := s.cfg.Linger - now.Sub(p.since)
			if left > 0 && s.flushing == 0 {
				if next < 0 || left < next {
					next = left
				}
				continue
			}
			s.seal(p)
		}
		if len(p.sealed) > 0 {
			b := p.sealed[0]
			p.sealed = slices.Delete(p.sealed, 0, 1)
			p.busy = true
			return p, b
		}
	}
	if next > 0 {
		s.arm(next)
	}
	return nil, nil
}

// empty tells whether nothing waits or is under way. s.mu is held.
func (s *Sink) empty() bool {
	for _, p := range s.parts {
		if p.busy || len(p.sealed) > 0 || p.open.n > 0 {
			return false
		}
	}
	return true
}

// Flush returns when all rows written so far are acknowledged by all in-sync
// replicas, or with the error that keeps them from it.
func (s *Sink) Flush(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushing++
	defer func() { s.flushing-- }()
	s.cond.Broadcast()
	for s.err == nil && !s.empty() {
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
	return s.err
}

// Close stops the senders and cuts the connections. What was not flushed may
// be lost.
func (s *Sink) Close() error {
	s.cancel()
	s.wake()
	s.wg.Wait()
	s.timer.Stop()
	s.client.close()
	return nil
}
