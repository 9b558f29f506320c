package kafka

import (
	"context"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Scan is the reading of some topics by one query: where each partition begins
// and ends is settled once, and the partitions are then shared among sources.
type Scan struct {
	cfg    Config
	client *client
	faults limitedLog
	bad    limitedLog

	// Stats are the counters of all the scan's sources.
	Stats Stats

	mu sync.Mutex
	// parts are the splits. New ones are found while the scan runs (keeper.go)
	// and go to the sources in turn.
	parts   []scanPart
	sources []*Source // that are not closed
	keeper  *keeper
}

// scanPart is a partition with where its reading begins and ends.
type scanPart struct {
	partMeta
	start, end int64
	stats      *PartitionStats
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
	if cfg.End != Unbounded {
		cfg.Discovery = 0
	}
	s := &Scan{cfg: cfg, client: newClient(cfg.Client, cfg.topics()...)}
	s.faults.log, s.bad.log = cfg.Client.Log, cfg.Client.Log
	if err := s.client.first(ctx, cfg.name(), s.resolve); err != nil {
		s.client.close()
		return nil, err
	}
	for i := range s.parts {
		p := &s.parts[i]
		p.stats = s.Stats.add(p.topic, p.id, p.start)
	}
	return s, nil
}

// Partitions lists the numbers of the partitions; a split is an index into it.
func (s *Scan) Partitions() []int32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]int32, len(s.parts))
	for i := range s.parts {
		ids[i] = s.parts[i].id
	}
	return ids
}

// SplitName says which partition a split is: topic[partition].
func (s *Scan) SplitName(split int32) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if split < 0 || int(split) >= len(s.parts) {
		return strconv.Itoa(int(split))
	}
	p := &s.parts[split]
	return p.topic + "[" + strconv.Itoa(int(p.id)) + "]"
}

// Bounded tells whether the scan ends by itself.
func (s *Scan) Bounded() bool { return s.cfg.End != Unbounded }

// Close cuts the connections, for a scan whose sources were not all made or
// closed.
func (s *Scan) Close() error {
	s.client.close()
	return nil
}

// find asks for the partitions of all the topics.
func (s *Scan) find(ctx context.Context) ([]partMeta, error) {
	if s.cfg.Pattern != nil {
		return s.client.matching(ctx, s.cfg.Pattern)
	}
	return s.client.partitionsOf(ctx, s.cfg.topics())
}

// resolve asks the cluster for the partitions, the starts and the ends.
func (s *Scan) resolve(ctx context.Context) error {
	all, err := s.find(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 && s.cfg.Pattern != nil {
		return sqlerr.New(sqlerr.UndefinedTable, "no topic at %s matches %q", strings.Join(s.client.cfg.Brokers, ","), s.cfg.name()).
			Hint("the pattern must match the whole name; create a topic first, or mend the option 'topic-pattern'")
	}
	s.parts = nil
	for _, parts := range byTopic(all) {
		topic := parts[0].topic
		starts, err := s.resolveStarts(ctx, topic, parts)
		if err != nil {
			return err
		}
		ends, err := s.resolveEnds(ctx, topic, parts)
		if err != nil {
			return err
		}
		for _, p := range parts {
			s.parts = append(s.parts, scanPart{partMeta: p, start: starts[p.id], end: ends[p.id]})
		}
	}
	return nil
}

// byTopic cuts partitions that stand topic by topic.
func byTopic(all []partMeta) (out [][]partMeta) {
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].topic == all[i].topic {
			j++
		}
		out = append(out, all[i:j])
		i = j
	}
	return out
}

func (s *Scan) offsetsAt(ctx context.Context, topic string, parts []partMeta, when int64) (map[int32]int64, error) {
	if len(parts) == 0 {
		return map[int32]int64{}, nil
	}
	return s.client.offsetsAt(ctx, topic, parts, when, !s.cfg.ReadUncommitted)
}

// atTime gives the offsets of the first records at or after a time, or the
// end where there is none.
func (s *Scan) atTime(ctx context.Context, topic string, parts []partMeta, millis int64) (map[int32]int64, error) {
	m, err := s.offsetsAt(ctx, topic, parts, max(0, millis))
	if err != nil {
		return nil, err
	}
	var none []partMeta
	for _, p := range parts {
		if m[p.id] < 0 {
			none = append(none, p)
		}
	}
	end, err := s.offsetsAt(ctx, topic, none, atEnd)
	if err != nil {
		return nil, err
	}
	maps.Copy(m, end)
	return m, nil
}

// given fills in the partitions that the user's list leaves out with the
// offsets at a time, and refuses ones that the topic does not have.
func (s *Scan) given(ctx context.Context, topic string, parts []partMeta, offsets map[int32]int64, option string, when int64) (map[int32]int64, error) {
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
				return nil, sqlerr.New(sqlerr.InvalidParameterValue, "option %q: topic %q has no partition %d", option, topic, id).
					Hint("it has %d partitions, numbered from 0", len(parts))
			}
		}
	}
	other, err := s.offsetsAt(ctx, topic, rest, when)
	if err != nil {
		return nil, err
	}
	maps.Copy(m, other)
	return m, nil
}

func (s *Scan) resolveStarts(ctx context.Context, topic string, parts []partMeta) (map[int32]int64, error) {
	switch s.cfg.Start {
	case StartLatest:
		return s.offsetsAt(ctx, topic, parts, atEnd)
	case StartTimestamp:
		return s.atTime(ctx, topic, parts, s.cfg.StartTime.UnixMilli())
	case StartOffsets:
		return s.given(ctx, topic, parts, s.cfg.StartOffsets, "scan.startup.specific-offsets", atStart)
	case StartGroup:
		return s.groupStarts(ctx, topic, parts)
	}
	return s.offsetsAt(ctx, topic, parts, atStart)
}

// groupStarts begins where the group has got to.
func (s *Scan) groupStarts(ctx context.Context, topic string, parts []partMeta) (map[int32]int64, error) {
	m, err := s.client.committed(ctx, topic, s.cfg.GroupID, parts)
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
			s.cfg.GroupID, topic, none[0].id).Hint("set 'properties.auto.offset.reset' to 'earliest' or 'latest'")
	}
	when := atStart
	if s.cfg.GroupReset == ResetLatest {
		when = atEnd
	}
	rest, err := s.offsetsAt(ctx, topic, none, when)
	if err != nil {
		return nil, err
	}
	maps.Copy(m, rest)
	return m, nil
}

func (s *Scan) resolveEnds(ctx context.Context, topic string, parts []partMeta) (map[int32]int64, error) {
	switch s.cfg.End {
	case EndLatest:
		return s.offsetsAt(ctx, topic, parts, atEnd)
	case EndTimestamp:
		return s.atTime(ctx, topic, parts, s.cfg.EndTime.UnixMilli())
	case EndOffsets:
		return s.given(ctx, topic, parts, s.cfg.EndOffsets, "scan.bounded.specific-offsets", atEnd)
	}
	m := make(map[int32]int64, len(parts))
	for _, p := range parts {
		m[p.id] = math.MaxInt64
	}
	return m, nil
}
