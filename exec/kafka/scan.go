package kafka

import (
	"context"
	"maps"
	"math"
	"slices"
	"sync/atomic"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Scan is the reading of one topic by one query: where each partition begins
// and ends is settled once, and the partitions are then shared among sources.
type Scan struct {
	cfg    Config
	client *client
	ids    []int32
	starts []int64
	ends   []int64
	open   atomic.Int32 // sources that are not closed
	faults limitedLog
	bad    limitedLog

	// Stats are the counters of all the scan's sources.
	Stats Stats
}

// OpenScan contacts the cluster and settles where the scan begins and ends. It
// waits at most the bounds of a first contact. The connections are given back
// when the last of its sources is closed, and by Close.
func OpenScan(ctx context.Context, cfg Config) (*Scan, error) {
	cfg.Client = cfg.Client.withDefaults()
	if cfg.MaxRows <= 0 {
		cfg.MaxRows = DefaultMaxRows
	}
	if cfg.FetchMaxBytes <= 0 {
		cfg.FetchMaxBytes = DefaultFetchMaxBytes
	}
	s := &Scan{cfg: cfg, client: newClient(cfg.Client, cfg.Topic)}
	s.faults.log, s.bad.log = cfg.Client.Log, cfg.Client.Log
	if err := s.client.first(ctx, cfg.Topic, s.resolve); err != nil {
		s.client.close()
		return nil, err
	}
	s.Stats.parts = make([]PartitionStats, len(s.ids))
	for i, id := range s.ids {
		s.Stats.parts[i].Partition = id
		s.Stats.parts[i].Position.Store(s.starts[i])
		s.Stats.parts[i].End.Store(s.starts[i])
	}
	return s, nil
}

// Partitions lists the topic's partitions; a split is an index into it.
func (s *Scan) Partitions() []int32 { return s.ids }

// Bounded tells whether the scan ends by itself.
func (s *Scan) Bounded() bool { return s.cfg.End != Unbounded }

// Close cuts the connections, for a scan whose sources were not all made or
// closed.
func (s *Scan) Close() error {
	s.client.close()
	return nil
}

// resolve asks the cluster for the partitions, the starts and the ends.
func (s *Scan) resolve(ctx context.Context) error {
	parts, err := s.client.partitions(ctx, s.cfg.Topic)
	if err != nil {
		return err
	}
	starts, err := s.resolveStarts(ctx, parts)
	if err != nil {
		return err
	}
	ends, err := s.resolveEnds(ctx, parts)
	if err != nil {
		return err
	}
	s.ids, s.starts, s.ends = nil, nil, nil
	for _, p := range parts {
		s.ids = append(s.ids, p.id)
		s.starts = append(s.starts, starts[p.id])
		s.ends = append(s.ends, ends[p.id])
	}
	return nil
}

func (s *Scan) offsetsAt(ctx context.Context, parts []partMeta, when int64) (map[int32]int64, error) {
	if len(parts) == 0 {
		return map[int32]int64{}, nil
	}
	return s.client.offsetsAt(ctx, s.cfg.Topic, parts, when, !s.cfg.ReadUncommitted)
}

// atTime gives the offsets of the first records at or after a time, or the
// end where there is none.
func (s *Scan) atTime(ctx context.Context, parts []partMeta, millis int64) (map[int32]int64, error) {
	m, err := s.offsetsAt(ctx, parts, max(0, millis))
	if err != nil {
		return nil, err
	}
	var none []partMeta
	for _, p := range parts {
		if m[p.id] < 0 {
			none = append(none, p)
		}
	}
	end, err := s.offsetsAt(ctx, none, atEnd)
	if err != nil {
		return nil, err
	}
	maps.Copy(m, end)
	return m, nil
}

// given fills in the partitions that the user's list leaves out with the
// offsets at a time, and refuses ones that the topic does not have.
func (s *Scan) given(ctx context.Context, parts []partMeta, offsets map[int32]int64, option string, when int64) (map[int32]int64, error) {
	m := maps.Clone(offsets)
	var rest []partMeta
	for _, p := range parts {
		if _, ok := m[p.id]; !ok {
			rest = append(rest, p)
		}
	}
	if len(rest)+len(m) != len(parts) {
		for _, id := range slices.Sorted(maps.Keys(m)) {
			if !slices.ContainsFunc(parts, func(p partMeta) bool { return p.id == id }) {
				return nil, sqlerr.New(sqlerr.InvalidParameterValue, "option %q: topic %q has no partition %d", option, s.cfg.Topic, id).
					Hint("it has %d partitions, numbered from 0", len(parts))
			}
		}
	}
	other, err := s.offsetsAt(ctx, rest, when)
	if err != nil {
		return nil, err
	}
	maps.Copy(m, other)
	return m, nil
}

func (s *Scan) resolveStarts(ctx context.Context, parts []partMeta) (map[int32]int64, error) {
	switch s.cfg.Start {
	case StartLatest:
		return s.offsetsAt(ctx, parts, atEnd)
	case StartTimestamp:
		return s.atTime(ctx, parts, s.cfg.StartTime.UnixMilli())
	case StartOffsets:
		return s.given(ctx, parts, s.cfg.StartOffsets, "scan.startup.specific-offsets", atStart)
	case StartGroup:
		return s.groupStarts(ctx, parts)
	}
	return s.offsetsAt(ctx, parts, atStart)
}

// groupStarts begins where the group has got to.
func (s *Scan) groupStarts(ctx context.Context, parts []partMeta) (map[int32]int64, error) {
	m, err := s.client.committed(ctx, s.cfg.Topic, s.cfg.GroupID, parts)
	if err != nil {
		return nil, err
	}
	var none []partMeta
	for _, p := range parts {
		if m[p.id] < 0 {
			none = append(none, p)
		}
	}
	if len(none) > 0 && s.cfg.GroupReset == ResetFail {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "group %q has no committed offset for topic %q, partition %d",
			s.cfg.GroupID, s.cfg.Topic, none[0].id).Hint("set 'properties.auto.offset.reset' to 'earliest' or 'latest'")
	}
	when := atStart
	if s.cfg.GroupReset == ResetLatest {
		when = atEnd
	}
	rest, err := s.offsetsAt(ctx, none, when)
	if err != nil {
		return nil, err
	}
	maps.Copy(m, rest)
	return m, nil
}

func (s *Scan) resolveEnds(ctx context.Context, parts []partMeta) (map[int32]int64, error) {
	switch s.cfg.End {
	case EndLatest:
		return s.offsetsAt(ctx, parts, atEnd)
	case EndTimestamp:
		return s.atTime(ctx, parts, s.cfg.EndTime.UnixMilli())
	case EndOffsets:
		return s.given(ctx, parts, s.cfg.EndOffsets, "scan.bounded.specific-offsets", atEnd)
	}
	m := make(map[int32]int64, len(parts))
	for _, p := range parts {
		m[p.id] = math.MaxInt64
	}
	return m, nil
}
