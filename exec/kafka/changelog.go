package kafka

import (
	"context"

	"github.com/penstock/penstock/exec"
)

// Changelog reads topics whose records are the last values of their keys
// (compacted ones): first all that is there, then what comes. Columns.Key must
// hold the columns of the key. It is used by one goroutine.
type Changelog struct {
	cfg  Config
	cols Columns
	scan *Scan
	src  *Source
}

// Apply takes changes in the order of the topic: rows of one partition, which
// take the place of those with their key. Of a row that deleted tells of only the
// key's columns count. Both are valid until Apply returns.
type Apply func(rows *exec.Batch, deleted []bool) error

// NewChangelog makes a reader; nothing is asked of the cluster yet. Where the scan
// begins and ends in cfg does not count.
func NewChangelog(cfg Config, cols Columns) *Changelog {
	cfg.Start, cfg.End = StartEarliest, Unbounded
	cols.Upsert, cols.Deletes = true, true
	return &Changelog{cfg: cfg, cols: cols}
}

// Stats are the counters of the open scan; nil before the first Load.
func (c *Changelog) Stats() *Stats {
	if c.scan == nil {
		return nil
	}
	return &c.scan.Stats
}

// Load reads everything up to the ends that the partitions have when it begins.
// A second Load begins anew.
func (c *Changelog) Load(ctx context.Context, apply Apply) error {
	if err := c.Close(); err != nil {
		return err
	}
	s, err := OpenScan(ctx, c.cfg)
	if err != nil {
		return err
	}
	c.scan = s
	splits := make([]int32, len(s.Partitions()))
	for i := range splits {
		splits[i] = int32(i)
	}
	if c.src, err = s.Source(splits, c.cols); err != nil {
		return err
	}
	ends, err := s.ends(ctx)
	if err != nil {
		return err
	}
	for !c.reached(ends) {
		if err := c.step(ctx, apply); err != nil {
			return err
		}
	}
	return nil
}

// ends asks for the end of each split as it is now.
func (s *Scan) ends(ctx context.Context) ([]int64, error) {
	ends := make([]int64, len(s.parts))
	err := s.client.first(ctx, s.cfg.name(), func(ctx context.Context) error {
		found, err := s.find(ctx)
		if err != nil {
			return err
		}
		for _, parts := range byTopic(found) {
			m, err := s.offsetsAt(ctx, parts[0].topic, parts, atEnd)
			if err != nil {
				return err
			}
			for i := range ends {
				if p := &s.parts[i]; p.topic == parts[0].topic {
					ends[i] = m[p.id]
				}
			}
		}
		return nil
	})
	return ends, err
}

func (c *Changelog) reached(ends []int64) bool {
	for i, end := range ends {
		if c.src.parts[i].pos < end {
			return false
		}
	}
	return true
}

func (c *Changelog) step(ctx context.Context, apply Apply) error {
	b, err := c.src.Read(ctx)
	if err != nil || b == nil {
		return err
	}
	return apply(b, c.src.deleted)
}

// Follow goes on after Load with what comes, until ctx ends or the topic cannot
// be read.
func (c *Changelog) Follow(ctx context.Context, apply Apply) error {
	for {
		if err := c.step(ctx, apply); err != nil {
			return err
		}
	}
}

// CaughtUp tells whether Follow has given all that the brokers have.
func (c *Changelog) CaughtUp() bool {
	if c.src == nil {
		return false
	}
	for _, split := range c.src.Splits() {
		if !c.src.CaughtUp(split) {
			return false
		}
	}
	return true
}

// Lag is how many records Follow is behind, as far as the brokers have told.
func (c *Changelog) Lag() int64 {
	if c.scan == nil {
		return 0
	}
	return c.scan.Stats.Lag()
}

// Close gives the connections back.
func (c *Changelog) Close() error {
	if c.src != nil {
		if err := c.src.Close(); err != nil {
			return err
		}
	}
	if c.scan != nil {
		if err := c.scan.Close(); err != nil {
			return err
		}
	}
	c.scan, c.src = nil, nil
	return nil
}
