package kafka

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Stats are a scan's counters, shared by its sources; they may be read at any
// time.
type Stats struct {
	// Records and Bytes count what was decoded: the records, their values' bytes.
	Records, Bytes atomic.Int64
	// Rejects are records that a decoder refused, Tombstones those without a value.
	Rejects, Tombstones atomic.Int64
	// Fetches are answers of brokers, FetchedBytes their size, Retries failed attempts.
	Fetches, FetchedBytes, Retries atomic.Int64
	// Resets counts positions that were gone and moved by policy.
	Resets atomic.Int64
	// Discovered are partitions that came while the scan ran, Commits the times
	// that positions were noted for the group.
	Discovered, Commits atomic.Int64

	mu    sync.Mutex
	parts []*PartitionStats
}

// PartitionStats are one partition's positions.
type PartitionStats struct {
	Topic     string
	Partition int32
	// Position is the offset of the next record, End the end offset as last reported.
	Position, End atomic.Int64
}

// Lag is how many offsets are still to be read.
func (p *PartitionStats) Lag() int64 { return max(0, p.End.Load()-p.Position.Load()) }

// Partitions gives the positions of all the partitions, in the order of their
// splits.
func (s *Stats) Partitions() []*PartitionStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.parts[:len(s.parts):len(s.parts)]
}

// add takes in a partition whose reading begins at an offset.
func (s *Stats) add(topic string, id int32, at int64) *PartitionStats {
	p := &PartitionStats{Topic: topic, Partition: id}
	p.Position.Store(at)
	p.End.Store(at)
	s.mu.Lock()
	s.parts = append(s.parts, p)
	s.mu.Unlock()
	return p
}

// Lag is the sum over the partitions.
func (s *Stats) Lag() int64 {
	var n int64
	for _, p := range s.Partitions() {
		n += p.Lag()
	}
	return n
}

// logEvery bounds how often a repeated fault is logged.
const logEvery = 5 * time.Second

// limitedLog logs at most once in logEvery and says how many it kept back.
type limitedLog struct {
	log  *slog.Logger
	next atomic.Int64 // unix nanoseconds
	kept atomic.Int64
}

// allow tells whether a line may be written now, and how many were not.
func (l *limitedLog) allow() (int64, bool) {
	now, next := time.Now().UnixNano(), l.next.Load()
	if now < next || !l.next.CompareAndSwap(next, now+int64(logEvery)) {
		l.kept.Add(1)
		return 0, false
	}
	return l.kept.Swap(0), true
}

// warn logs msg unless it is too soon.
func (l *limitedLog) warn(msg string, args ...any) {
	if kept, ok := l.allow(); ok {
		if kept > 0 {
			args = append(args, slog.Int64("suppressed", kept))
		}
		l.log.Log(context.Background(), slog.LevelWarn, msg, args...)
	}
}
