package kafka

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Source reads a share of a scan's partitions.
type Source struct {
	scan  *Scan
	parts []sourcePart
	fetch *fetcher
	begun bool

	cols     Columns
	value    Decoder
	key      Decoder
	valueCol []*exec.Column
	keyCol   []*exec.Column
	batch    *exec.Batch
	// deleted tells the tombstones among the rows of batch, with cols.Deletes.
	deleted []bool

	walk walker
	d    *delivery // being walked
	at   int       // the chunk of d being walked; open tells whether walk is on it
	open bool
	tick *time.Timer
	err  error // what ended the source

	closed bool
}

// sourcePart is a partition as the reader sees it.
type sourcePart struct {
	split int32 // index into the scan's partitions
	topic string
	id    int32
	pos   int64 // of the next record
	end   int64
	stats *PartitionStats
}

var (
	_ exec.Source   = (*Source)(nil)
	_ exec.Splits   = (*Source)(nil)
	_ exec.Stateful = (*Source)(nil)

	_ exec.SplitNamer = (*Source)(nil)
)

// Source makes the reader of some of the scan's partitions, given as indexes
// into Partitions. Fetching begins with the first Read.
func (s *Scan) Source(splits []int32, cols Columns) (*Source, error) {
	src := &Source{scan: s, cols: cols, fetch: newFetcher(s)}
	s.mu.Lock()
	parts := s.parts
	s.mu.Unlock()
	for _, i := range splits {
		if i < 0 || int(i) >= len(parts) {
			return nil, fmt.Errorf("kafka: no split %d", i)
		}
		src.parts = append(src.parts, parts[i].source(i))
	}
	var err error
	if cols.NewValue != nil {
		if src.value, err = cols.NewValue(); err != nil {
			return nil, err
		}
	}
	if cols.NewKey != nil {
		if src.key, err = cols.NewKey(); err != nil {
			return nil, err
		}
	}
	src.batch = &exec.Batch{Split: -1}
	for _, t := range cols.Types {
		src.batch.Cols = append(src.batch.Cols, exec.NewColumnOf(t))
	}
	for _, i := range cols.Value {
		src.valueCol = append(src.valueCol, src.batch.Cols[i])
	}
	for _, i := range cols.Key {
		src.keyCol = append(src.keyCol, src.batch.Cols[i])
	}
	s.mu.Lock()
	s.sources = append(s.sources, src)
	s.mu.Unlock()
	return src, nil
}

// source is the reader's view of a partition at its start.
func (p *scanPart) source(split int32) sourcePart {
	return sourcePart{split: split, topic: p.topic, id: p.id, pos: p.start, end: p.end, stats: p.stats}
}

// begin starts the fetching from where the parts stand.
func (s *Source) begin(ctx context.Context) error {
	s.begun = true
	s.tick = time.NewTimer(exec.IdleTick)
	var found []partMeta
	err := s.scan.client.first(ctx, s.scan.cfg.name(), func(ctx context.Context) (err error) {
		found, err = s.scan.find(ctx)
		return err
	})
	if err != nil {
		s.begun = false
		return err
	}
	for i := range s.parts {
		s.fetch.parts = append(s.fetch.parts, s.parts[i].fetch(found))
	}
	s.fetch.start()
	s.scan.keep()
	return nil
}

// fetch is the pullers' view of a partition, with the leader that it has.
func (p *sourcePart) fetch(found []partMeta) *fetchPart {
	leader := int32(-1)
	for _, m := range found {
		if m.id == p.id && m.topic == p.topic {
			leader = m.leader
		}
	}
	return &fetchPart{topic: p.topic, id: p.id, leader: leader, pos: p.pos, end: p.end, stats: p.stats}
}

// adopt takes in partitions that were found meanwhile. Their places are the same
// here and at the fetcher.
func (s *Source) adopt() {
	f := s.fetch
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.adopted {
		p := a.source(a.split)
		s.parts = append(s.parts, p)
		f.parts = append(f.parts, p.fetch([]partMeta{a.partMeta}))
	}
	if len(f.adopted) > 0 {
		f.adopted = nil
		f.staff(f.ctx)
	}
}

// Read gives the next batch of one partition. See exec.Source.
func (s *Source) Read(ctx context.Context) (*exec.Batch, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.err != nil {
		return nil, s.err
	}
	if !s.begun {
		if s.done() {
			return nil, io.EOF
		}
		if err := s.begin(ctx); err != nil {
			return nil, err
		}
	}
	s.tick.Reset(exec.IdleTick)
	s.adopt()
	for {
		if s.d != nil {
			b, err := s.fill()
			if err != nil {
				s.err = err
				return nil, err
			}
			if b != nil {
				return b, nil
			}
			select { // much may have been passed over
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-s.tick.C:
				return nil, nil
			default:
			}
			continue
		}
		if s.done() {
			return nil, io.EOF
		}
		if s.d = s.fetch.pop(); s.d != nil {
			if s.err = s.d.err; s.err != nil {
				return nil, s.err
			}
			continue
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.fetch.notify:
			s.adopt()
		case <-s.tick.C:
			return nil, nil
		}
	}
}

// done tells whether all parts have been read to their ends.
func (s *Source) done() bool {
	if s.scan.cfg.Discovery > 0 {
		return false // there may come more
	}
	for i := range s.parts {
		if s.parts[i].pos < s.parts[i].end {
			return false
		}
	}
	return true
}

// fill makes a batch from the open delivery; nil when the chunk had nothing
// for us. A batch ends with its chunk, so it has one split.
func (s *Source) fill() (*exec.Batch, error) {
	if s.at == len(s.d.chunks) {
		s.d.home <- s.d
		s.d, s.at = nil, 0
		return nil, nil
	}
	c := &s.d.chunks[s.at]
	p := &s.parts[c.part]
	if !s.open {
		if c.from > p.pos { // the position was moved by policy
			p.pos = c.from
		}
		s.walk.reset(c.set, p.pos, p.end, c.aborted)
		s.open = true
	}
	s.batch.Reset()
	s.batch.Split = p.split
	s.deleted = s.deleted[:0]
	more, err := s.rows(p)
	if err != nil {
		return nil, err
	}
	if !more {
		s.walk.done()
		s.open = false
		s.at++
		p.pos = max(p.pos, s.walk.next, min(c.next, p.end))
	}
	p.stats.Position.Store(p.pos)
	if s.batch.N == 0 {
		return nil, nil
	}
	return s.batch, nil
}

// rows decodes records into the batch until it is full or the chunk is over.
func (s *Source) rows(p *sourcePart) (more bool, err error) {
	st := &s.scan.Stats
	var records, size, tombstones int64
	limit := s.scan.cfg.MaxRows
	var r record
	for more = true; s.batch.N < limit && size < maxBatchBytes; {
		if more, err = s.walk.read(&r); err != nil {
			err = s.corrupt(p, err)
			break
		}
		if !more {
			break
		}
		p.pos = r.offset + 1
		if r.value == nil && s.value != nil {
			tombstones++
			if !s.cols.Deletes {
				continue
			}
		}
		records++
		size += int64(len(r.value))
		if err = s.row(p, &r); err != nil {
			break
		}
	}
	st.Records.Add(records)
	st.Bytes.Add(size)
	if tombstones > 0 {
		st.Tombstones.Add(tombstones)
	}
	return more, err
}

// row decodes one record.
func (s *Source) row(p *sourcePart, r *record) error {
	n := s.batch.N
	if r.key == nil && s.cols.Upsert {
		_, err := s.reject(p, r, "key", errNoKey, nil)
		return err
	}
	if r.value == nil && s.cols.Deletes {
		appendNulls(s.valueCol)
	} else if s.value != nil {
		if err := s.value.Append(r.value, s.valueCol); err != nil {
			keep, err := s.reject(p, r, "value", err, s.valueCol)
			if !keep {
				return err
			}
		}
	}
	if s.key != nil {
		if err := s.appendKey(r); err != nil {
			keep, err := s.reject(p, r, "key", err, s.keyCol)
			if !keep {
				truncate(s.valueCol, n)
				return err
			}
		}
	}
	for _, m := range s.cols.Meta {
		if err := appendMeta(s.batch.Cols[m.Col], m.Meta, p.topic, p.id, &s.walk, r); err != nil {
			return s.corrupt(p, err)
		}
	}
	s.batch.N++
	if s.cols.Deletes {
		s.deleted = append(s.deleted, r.value == nil)
	}
	return nil
}

var errNoKey = sqlerr.New(sqlerr.NotNullViolation, "the record has no key")

// appendKey decodes the key; a record without one has NULL key fields.
func (s *Source) appendKey(r *record) error {
	if r.key == nil {
		appendNulls(s.keyCol)
		return nil
	}
	return s.key.Append(r.key, s.keyCol)
}

func appendNulls(cols []*exec.Column) {
	for _, c := range cols {
		c.AppendNull()
	}
}

func truncate(cols []*exec.Column, n int) {
	for _, c := range cols {
		c.Truncate(n)
	}
}

// reject treats a record that a decoder refused by policy: keep says that the
// row stays, with NULLs in cols.
func (s *Source) reject(p *sourcePart, r *record, part string, cause error, cols []*exec.Column) (keep bool, err error) {
	if format.Unavailable(cause) { // no fault of the record
		return false, fmt.Errorf("topic %q, partition %d, offset %d: %s: %w", s.scan.cfg.Topic, p.id, r.offset, part, cause)
	}
	s.scan.Stats.Rejects.Add(1)
	switch s.scan.cfg.OnError {
	case OnErrorNull:
		appendNulls(cols)
		return true, nil
	case OnErrorReject:
		if s.scan.cfg.Reject == nil {
			break
		}
		err := s.scan.cfg.Reject(Rejected{Topic: p.topic, Partition: p.id, Offset: r.offset, Timestamp: r.ts, Key: r.key, Value: r.value,
			Err: sqlerr.Wrap(cause, sqlerr.CodeOf(cause), "%s: %s", part, sqlerr.From(cause).Message)})
		if err != nil {
			return false, err
		}
	case OnErrorFail:
		e := sqlerr.From(cause)
		return false, sqlerr.Wrap(cause, e.Code, "topic %q, partition %d, offset %d: %s: %s", p.topic, p.id, r.offset, part, e.Message).
			WithDetail("%s", e.Detail).Hint("set 'on-error' to 'skip', 'null' or 'reject' to go on past such records")
	}
	what := "kafka: record skipped"
	if s.scan.cfg.OnError == OnErrorReject {
		what = "kafka: record rejected"
	}
	s.scan.bad.warn(what, slog.String("topic", p.topic), slog.Int("partition", int(p.id)),
		slog.Int64("offset", r.offset), slog.String("part", part), slog.Any("error", cause))
	return false, nil
}

// corrupt says where the bytes are broken.
func (s *Source) corrupt(p *sourcePart, err error) error {
	code := sqlerr.DataCorrupted
	if isOldKind(err) {
		return sqlerr.Wrap(err, sqlerr.FeatureNotSupported, "topic %q, partition %d, offset %d: %s of Kafka before 0.11",
			p.topic, p.id, s.walk.next, err)
	}
	return sqlerr.Wrap(err, code, "topic %q, partition %d, offset %d: %s", p.topic, p.id, s.walk.next, err)
}

// Splits lists the parts that this source reads. See exec.Splits.
func (s *Source) Splits() []int32 {
	out := make([]int32, len(s.parts))
	for i := range s.parts {
		out[i] = s.parts[i].split
	}
	return out
}

// SplitName says which partition a split is. It may be asked at any time.
func (s *Source) SplitName(split int32) string { return s.scan.SplitName(split) }

func (s *Source) part(split int32) int {
	for i := range s.parts {
		if s.parts[i].split == split {
			return i
		}
	}
	return -1
}

// CaughtUp tells whether Read has returned everything up to the end offset
// that the broker last reported. It is false while the broker cannot be asked.
func (s *Source) CaughtUp(split int32) bool {
	i := s.part(split)
	if i < 0 || !s.begun {
		return false
	}
	return s.parts[i].pos >= s.parts[i].end || s.fetch.caughtUp(i, s.parts[i].pos)
}

// Ended tells that a bounded partition has been read to its end.
func (s *Source) Ended(split int32) bool {
	i := s.part(split)
	return i >= 0 && s.parts[i].pos >= s.parts[i].end
}

// Close stops fetching. The scan's last source gives the connections back.
func (s *Source) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.fetch.stop()
	s.scan.release(s)
	s.walk.inf.close()
	if s.tick != nil {
		s.tick.Stop()
	}
	return nil
}
