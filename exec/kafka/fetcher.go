package kafka

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/fetch"

	"github.com/penstock/penstock/internal/sqlerr"
)

// topicGone bounds how long a topic that was there may be missing before the
// query fails: while a broker restarts it may not know its topics yet.
const topicGone = 15 * time.Second

// fetchBuffers is how many answers one broker may have under way: one is
// decoded while the next is fetched.
const fetchBuffers = 2

// noOffset is the end of an unbounded partition.
const noOffset = math.MaxInt64

// fetchPart is one partition as the pullers see it, under fetcher.mu.
type fetchPart struct {
	topic  string
	id     int32
	leader int32
	pos    int64 // of the next fetch
	end    int64 // bounded: where to stop
	limit  int   // bytes to ask for, when a batch turned out large
	// told is the end offset that the broker last reported; known is unset
	// while we cannot ask it.
	told  int64
	known bool
	stats *PartitionStats
}

// chunk is the record set of one partition in a delivery.
type chunk struct {
	part    int // index in fetcher.parts
	from    int64
	next    int64
	aborted []aborted
	set     []byte
}

// delivery is one answer on its way to the source, or the error that ends it.
type delivery struct {
	req     *rawFetch
	answers []answer
	chunks  []chunk
	err     error
	home    chan *delivery
}

// fetcher keeps one puller for each broker that leads some of the partitions.
// Positions move and deliveries are queued under one lock, so a partition that
// changes its leader stays in order.
type fetcher struct {
	scan  *Scan
	parts []*fetchPart // grows under mu, in the reader's goroutine

	mu      sync.Mutex
	pullers map[int32]bool
	queue   []*delivery
	missing time.Time // since when the topic is not found
	notify  chan struct{}
	// adopted are new partitions that the reader has not taken in yet.
	adopted []adoptedPart

	refreshing sync.Mutex
	ctx        context.Context
	cancel     context.CancelFunc
	wg         sync.WaitGroup
}

// adoptedPart is a partition that was found while the scan ran.
type adoptedPart struct {
	scanPart
	split int32
}

func newFetcher(s *Scan) *fetcher {
	return &fetcher{scan: s, pullers: make(map[int32]bool), notify: make(chan struct{}, 1)}
}

// start begins to fetch from the positions that parts have.
func (f *fetcher) start() {
	ctx, cancel := context.WithCancel(context.Background())
	f.ctx, f.cancel = ctx, cancel
	f.mu.Lock()
	f.staff(ctx)
	f.mu.Unlock()
}

// stop ends the pullers and waits for them.
func (f *fetcher) stop() {
	if f.cancel != nil {
		f.cancel()
	}
	f.wg.Wait()
}

// staff starts a puller for each leader that has none. f.mu is held.
func (f *fetcher) staff(ctx context.Context) {
	for _, p := range f.parts {
		if p.pos < p.end && !f.pullers[p.leader] && ctx.Err() == nil {
			f.pullers[p.leader] = true
			node := p.leader
			f.wg.Go(func() { f.pull(ctx, node) })
		}
	}
}

// push queues a delivery for the source. f.mu is held.
func (f *fetcher) push(d *delivery) {
	f.queue = append(f.queue, d)
	select {
	case f.notify <- struct{}{}:
	default:
	}
}

// pop takes the oldest delivery, or nil.
func (f *fetcher) pop() *delivery {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.queue) == 0 {
		return nil
	}
	d := f.queue[0]
	copy(f.queue, f.queue[1:])
	f.queue[len(f.queue)-1] = nil
	f.queue = f.queue[:len(f.queue)-1]
	return d
}

// fail hands the source the error that ends it.
func (f *fetcher) fail(err error) {
	f.mu.Lock()
	f.push(&delivery{err: err})
	f.mu.Unlock()
}

// puller is the state of one pull.
type puller struct {
	f      *fetcher
	node   int32
	free   chan *delivery
	turn   int
	packed bool
	back   backoff
}

// pull fetches from one broker until it leads none of the partitions.
func (f *fetcher) pull(ctx context.Context, node int32) {
	p := &puller{f: f, node: node, free: make(chan *delivery, fetchBuffers)}
	for range fetchBuffers {
		p.free <- &delivery{home: p.free}
	}
	for {
		var d *delivery
		select {
		case d = <-p.free:
		case <-ctx.Done():
			return
		}
		if d.req == nil {
			d.req = &rawFetch{node: node, clientID: f.scan.client.cfg.ClientID, limit: f.scan.cfg.FetchMaxBytes + fetchSlack}
		}
		if !p.ask(d.req) {
			return
		}
		err := p.once(ctx, d)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			p.back.reset()
			continue
		}
		if !transient(err) {
			f.fail(f.scan.client.explain(err, f.scan.cfg.name()))
			return
		}
		if !p.recover(ctx, err) {
			return
		}
	}
}

// ask fills in the request with the partitions that the broker leads. When
// there are none the puller is over.
func (p *puller) ask(r *rawFetch) bool {
	f := p.f
	f.mu.Lock()
	defer f.mu.Unlock()
	size := fetchPlain
	if p.packed {
		size = fetchPacked
	}
	r.ReplicaID, r.MaxWaitTime, r.MinBytes, r.SessionEpoch = -1, fetchMaxWaitMillis, 1, -1
	if !f.scan.cfg.ReadUncommitted {
		r.IsolationLevel = 1
	}
	r.Topics = r.Topics[:0]
	asked, n := 0, len(f.parts)
	p.turn++
	for i := range n {
		q := f.parts[(i+p.turn)%n]
		if q.leader == p.node && q.pos < q.end {
			ps := r.topic(q.topic)
			asked++
			*ps = append(*ps, fetch.RequestPartition{Partition: q.id, CurrentLeaderEpoch: -1, FetchOffset: q.pos,
				LogStartOffset: -1, PartitionMaxBytes: int32(q.limit)})
		}
	}
	if asked == 0 {
		delete(f.pullers, p.node)
		return false
	}
	share := max(size/asked, fetchPartitionMin)
	for _, t := range r.Topics {
		for i := range t.Partitions {
			ps := &t.Partitions[i]
			ps.PartitionMaxBytes = max(ps.PartitionMaxBytes, int32(share))
			size = max(size, int(ps.PartitionMaxBytes))
		}
	}
	r.MaxBytes = int32(min(size, f.scan.cfg.FetchMaxBytes))
	return true
}

// once makes one fetch and delivers what it brought. After an error the
// request is forgotten: a connection may still be writing to its buffer.
func (p *puller) once(ctx context.Context, d *delivery) (err error) {
	f := p.f
	if p.node < 0 { // the partitions have no leader
		p.free <- d
		return kafkago.LeaderNotAvailable
	}
	if _, err = f.scan.client.exchange(ctx, d.req, f.scan.client.cfg.RequestTimeout); err != nil {
		p.free <- &delivery{home: p.free}
		return err
	}
	if d.answers, err = d.req.parse(d.answers); err != nil {
		p.free <- d
		return err
	}
	f.scan.Stats.Fetches.Add(1)
	f.scan.Stats.FetchedBytes.Add(int64(len(d.req.body)))
	lost, err := p.deliver(d)
	if err == nil && len(lost) > 0 {
		err = p.reset(ctx, lost)
	}
	return err
}

// deliver moves the positions and queues the answer. It returns the partitions
// whose position is gone and the first fault.
func (p *puller) deliver(d *delivery) (lost []int, err error) {
	f := p.f
	f.mu.Lock()
	defer f.mu.Unlock()
	d.chunks = d.chunks[:0]
	for i := range d.answers {
		a := &d.answers[i]
		at, asked := f.asked(d.req, a.topic, a.partition, p.node)
		if at < 0 {
			continue
		}
		q := f.parts[at]
		switch {
		case a.err == kafkago.OffsetOutOfRange:
			q.known = false
			lost = append(lost, at)
			continue
		case a.err != 0:
			q.known = false
			if err == nil {
				err = a.err
			}
			continue
		}
		f.missing = time.Time{}
		q.told, q.known = a.end, true
		if !f.scan.cfg.ReadUncommitted && a.stable >= 0 {
			q.told = a.stable
		}
		q.stats.End.Store(q.told)
		next, packed, need := lastOffset(a.set, asked)
		if need > f.scan.cfg.FetchMaxBytes {
			return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "topic %q, partition %d, offset %d: the record batch has %d bytes",
				q.topic, q.id, asked, need).Hint("raise 'fetch.max-bytes'")
		}
		q.limit = need
		if len(a.set) == 0 || need > 0 {
			continue
		}
		p.packed = packed
		q.pos = next
		d.chunks = append(d.chunks, chunk{part: at, from: asked, next: next, aborted: a.aborted, set: a.set})
	}
	if len(d.chunks) == 0 {
		p.free <- d
		return lost, err
	}
	f.push(d)
	return lost, err
}

// asked finds the partition of an answer and the offset it was asked for; -1
// if it is no longer this broker's or has moved on meanwhile.
func (f *fetcher) asked(r *rawFetch, topic string, id, node int32) (at int, offset int64) {
	for i, q := range f.parts {
		if q.id != id || q.leader != node || q.topic != topic {
			continue
		}
		for _, rp := range *r.topic(topic) {
			if rp.Partition == id && rp.FetchOffset == q.pos {
				return i, q.pos
			}
		}
	}
	return -1, 0
}

// reset treats positions that the broker no longer has by policy.
func (p *puller) reset(ctx context.Context, lost []int) error {
	f, cfg := p.f, &p.f.scan.cfg
	for _, at := range lost {
		f.mu.Lock()
		q := f.parts[at]
		f.mu.Unlock()
		if cfg.OutOfRange == ResetFail {
			return sqlerr.New(sqlerr.DataException, "topic %q, partition %d: offset %d is out of range", q.topic, q.id, q.pos).
				WithDetail("The record was deleted by retention, or the topic was created anew.").
				Hint("set 'scan.offset-out-of-range' to 'earliest' or 'latest' to go on with what there is")
		}
		when := atStart
		if cfg.OutOfRange == ResetLatest {
			when = atEnd
		}
		to, err := f.scan.client.offsetsAt(ctx, q.topic, []partMeta{{topic: q.topic, id: q.id, leader: q.leader}}, when, !cfg.ReadUncommitted)
		if err != nil {
			return err
		}
		f.mu.Lock()
		from := q.pos
		q.pos = to[q.id]
		// An empty chunk tells the reader, behind all that is queued.
		f.push(&delivery{chunks: []chunk{{part: at, from: q.pos, next: q.pos}}, home: make(chan *delivery, 1)})
		f.mu.Unlock()
		f.scan.Stats.Resets.Add(1)
		f.scan.client.cfg.Log.Warn("kafka: offset out of range, position moved", slog.String("topic", q.topic),
			slog.Int("partition", int(q.id)), slog.Int64("from", from), slog.Int64("to", to[q.id]))
	}
	return nil
}

// recover waits after a fault that another attempt may mend, and asks who
// leads the partitions now. It returns false when the puller is over.
func (p *puller) recover(ctx context.Context, err error) bool {
	f := p.f
	f.scan.Stats.Retries.Add(1)
	f.mu.Lock()
	for _, q := range f.parts {
		if q.leader == p.node {
			q.known = false
		}
	}
	f.mu.Unlock()
	if !errors.Is(err, kafkago.NotLeaderForPartition) || p.back.n > 0 {
		f.scan.faults.warn("kafka: fetch failed, trying again", slog.String("topic", f.scan.cfg.name()),
			slog.Int("broker", int(p.node)), slog.Any("error", err))
	}
	if pause(ctx, p.back.next()) != nil {
		return false
	}
	if err := f.refresh(ctx); err != nil {
		f.fail(err)
		return false
	}
	return ctx.Err() == nil
}

// refresh learns the leaders anew. An error is for good.
func (f *fetcher) refresh(ctx context.Context) error {
	f.refreshing.Lock()
	defer f.refreshing.Unlock()
	parts, err := f.scan.find(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		if ctx.Err() != nil || !errors.Is(err, kafkago.UnknownTopicOrPartition) && transient(err) {
			return nil
		}
		if f.missing.IsZero() {
			f.missing = time.Now()
		}
		if errors.Is(err, kafkago.UnknownTopicOrPartition) && time.Since(f.missing) < topicGone {
			return nil
		}
		return f.scan.client.explain(err, f.scan.cfg.name())
	}
	for _, m := range parts {
		for _, q := range f.parts {
			if q.id == m.id && q.topic == m.topic {
				q.leader = m.leader
			}
		}
	}
	f.staff(ctx)
	return nil
}

// caughtUp tells whether a reader at pos has seen all that the broker has.
func (f *fetcher) caughtUp(part int, pos int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	q := f.parts[part]
	return q.known && pos >= q.told
}
