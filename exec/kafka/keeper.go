package kafka

import (
	"context"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/segmentio/kafka-go/protocol/offsetcommit"
)

// commitPatience bounds the last noting of positions, when a scan is closed.
const commitPatience = 2 * time.Second

// keeper is what a scan does beside its sources: it looks for new partitions
// and notes positions for the group. It runs from the first Read of a source until
// the last is closed.
type keeper struct {
	scan   *Scan
	cancel context.CancelFunc
	wg     sync.WaitGroup
	// noted are the positions by split as last committed; the goroutine's, and
	// once it has ended the last source's.
	noted []int64
}

// keep starts the keeper, if there is something to keep and none runs.
func (s *Scan) keep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	commits := s.cfg.CommitEvery > 0 && s.cfg.GroupID != ""
	if s.keeper != nil || s.cfg.Discovery <= 0 && !commits {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	k := &keeper{scan: s, cancel: cancel}
	s.keeper = k
	k.wg.Go(func() { k.run(ctx, commits) })
}

// release takes a source that is closed out of the scan. With the last one the
// keeper ends and the connections are given back.
func (s *Scan) release(src *Source) {
	s.mu.Lock()
	s.sources = slices.DeleteFunc(s.sources, func(o *Source) bool { return o == src })
	last := len(s.sources) == 0
	k := s.keeper
	if last {
		s.keeper = nil
	}
	s.mu.Unlock()
	if !last {
		return
	}
	if k != nil {
		k.cancel()
		k.wg.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), commitPatience)
		k.commit(ctx)
		cancel()
	}
	s.client.drop()
}

func (k *keeper) run(ctx context.Context, commits bool) {
	cfg := &k.scan.cfg
	var look, note <-chan time.Time
	if cfg.Discovery > 0 {
		t := time.NewTicker(cfg.Discovery)
		defer t.Stop()
		look = t.C
	}
	if commits {
		t := time.NewTicker(cfg.CommitEvery)
		defer t.Stop()
		note = t.C
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-look:
			if err := k.discover(ctx); err != nil && ctx.Err() == nil {
				k.scan.faults.warn("kafka: new partitions could not be looked for, trying again", slog.String("topic", cfg.name()), slog.Any("error", err))
			}
		case <-note:
			k.commit(ctx)
		}
	}
}

// discover looks for partitions that the scan does not know and hands them to the
// sources in turn. They are read from their beginnings: whatever is in them came
// after the scan had begun.
func (k *keeper) discover(ctx context.Context) error {
	s := k.scan
	found, err := s.find(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	known := s.parts
	s.mu.Unlock()
	for _, parts := range byTopic(found) {
		parts = slices.DeleteFunc(parts, func(m partMeta) bool {
			return slices.ContainsFunc(known, func(p scanPart) bool { return p.id == m.id && p.topic == m.topic })
		})
		if len(parts) == 0 {
			continue
		}
		starts, err := s.offsetsAt(ctx, parts[0].topic, parts, atStart)
		if err != nil {
			return err // the next look finds them again
		}
		for _, m := range parts {
			k.adopt(m, starts[m.id])
		}
	}
	return nil
}

// adopt makes a split of a partition and gives it to a source.
func (k *keeper) adopt(m partMeta, start int64) {
	s := k.scan
	p := scanPart{partMeta: m, start: start, end: math.MaxInt64, stats: s.Stats.add(m.topic, m.id, start)}
	s.mu.Lock()
	split := int32(len(s.parts))
	s.parts = append(s.parts, p)
	var f *fetcher
	if n := len(s.sources); n > 0 {
		f = s.sources[int(split)%n].fetch
	}
	s.mu.Unlock()
	s.Stats.Discovered.Add(1)
	s.client.cfg.Log.Info("kafka: new partition", slog.String("topic", m.topic), slog.Int("partition", int(m.id)), slog.Int64("offset", start))
	if f == nil {
		return // all are being closed
	}
	f.mu.Lock()
	f.adopted = append(f.adopted, adoptedPart{p, split})
	f.mu.Unlock()
	select {
	case f.notify <- struct{}{}:
	default:
	}
}

// commit notes for the group how far the sources have got, where that is news.
// It is for those who watch: a fault is logged and tried again the next time.
func (k *keeper) commit(ctx context.Context) {
	s := k.scan
	if s.cfg.CommitEvery <= 0 || s.cfg.GroupID == "" {
		return
	}
	var topics []offsetcommit.RequestTopic
	parts := s.Stats.Partitions()
	at := make([]int64, len(parts))
	for i, p := range parts {
		at[i] = p.Position.Load()
		if i < len(k.noted) && k.noted[i] == at[i] {
			continue
		}
		j := slices.IndexFunc(topics, func(t offsetcommit.RequestTopic) bool { return t.Name == p.Topic })
		if j < 0 {
			j = len(topics)
			topics = append(topics, offsetcommit.RequestTopic{Name: p.Topic})
		}
		t := &topics[j]
		t.Partitions = append(t.Partitions, offsetcommit.RequestPartition{PartitionIndex: p.Partition, CommittedOffset: at[i], CommittedLeaderEpoch: -1})
	}
	if len(topics) == 0 {
		return
	}
	if err := s.client.commit(ctx, s.cfg.GroupID, topics); err != nil {
		if ctx.Err() == nil {
			s.faults.warn("kafka: positions could not be noted for the group, trying again", slog.String("group", s.cfg.GroupID), slog.Any("error", err))
		}
		return
	}
	k.noted = at
	s.Stats.Commits.Add(1)
}
