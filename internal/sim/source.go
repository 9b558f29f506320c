package sim

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
)

// source reads some partitions of a table's log, in the order of the log.
type source struct {
	scan   *scan
	splits []int32
	dec    format.Decoder
	batch  *exec.Batch
	value  []*exec.Column
	meta   []metaColumn
	next   int     // the record of the log to look at next
	at     []int64 // by partition: how many records have been read
}

type metaColumn struct {
	col *exec.Column
	key string
}

// Read gives the next records of one group.
func (s *source) Read(ctx context.Context) (*exec.Batch, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f := s.scan.feeds
	f.mu.Lock()
	t := f.table(s.scan.req.Table.Name)
	got := s.take(t)
	changed, ended := t.changed, s.ended(t)
	f.mu.Unlock()
	switch {
	case len(got) > 0:
		return s.decode(got)
	case ended:
		return nil, io.EOF
	}
	tick := time.NewTimer(exec.IdleTick)
	defer tick.Stop()
	select {
	case <-changed:
	case <-tick.C:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	return nil, nil
}

// take gives the next run of our records that may share a batch.
func (s *source) take(t *feed) []record {
	var got []record
	for ; s.next < len(t.records) && len(got) < s.scan.req.BatchRows; s.next++ {
		r := t.records[s.next]
		if !slices.Contains(s.splits, int32(r.part)) {
			continue
		}
		if len(got) > 0 && got[0].group != r.group {
			break
		}
		got = append(got, r)
		s.at[r.part]++
	}
	return got
}

// ended tells whether all our partitions have ended; everything has been read.
func (s *source) ended(t *feed) bool {
	for _, p := range s.splits {
		if !t.ended[p] {
			return false
		}
	}
	return s.next == len(t.records)
}

func (s *source) decode(got []record) (*exec.Batch, error) {
	s.batch.Reset()
	s.batch.Split = int32(got[0].part)
	for _, r := range got {
		if err := s.dec.Append(r.value, s.value); err != nil {
			s.scan.rejects.Add(1)
			switch s.scan.onError {
			case "fail":
				e := sqlerr.From(err)
				return nil, sqlerr.Wrap(err, e.Code, "table %q, partition %d, offset %d: %s", s.scan.req.Table.Name, r.part, r.offset, e.Message)
			case "skip":
				continue
			}
			for _, c := range s.value {
				c.AppendNull()
			}
		}
		for _, m := range s.meta {
			switch m.key {
			case "partition":
				m.col.AppendInt(int64(r.part))
			case "offset":
				m.col.AppendInt(r.offset)
			default:
				m.col.AppendInt(r.at.UnixMicro())
			}
		}
		s.batch.N++
	}
	return s.batch, nil
}

// Splits gives our partitions.
func (s *source) Splits() []int32 { return s.splits }

// CaughtUp tells whether all that the broker has of a partition has been read.
func (s *source) CaughtUp(split int32) bool {
	f := s.scan.feeds
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.table(s.scan.req.Table.Name)
	return !t.behind[split] && s.allRead(t, split)
}

// Ended tells whether a partition has ended and been read.
func (s *source) Ended(split int32) bool {
	f := s.scan.feeds
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.table(s.scan.req.Table.Name)
	return t.ended[split] && s.allRead(t, split)
}

func (s *source) allRead(t *feed, split int32) bool {
	for i := s.next; i < len(t.records); i++ {
		if t.records[i].part == int(split) {
			return false
		}
	}
	return true
}

// position is where a source goes on.
type position struct {
	Next int
	At   []int64
}

// Save writes the position.
func (s *source) Save(_ exec.Epoch, w io.Writer) error {
	return json.NewEncoder(w).Encode(position{s.next, s.at})
}

// Restore goes to a saved position.
func (s *source) Restore(r io.Reader) error {
	var p position
	if err := json.NewDecoder(r).Decode(&p); err != nil {
		return err
	}
	s.next, s.at = p.Next, p.At
	return nil
}

// Close has nothing to do.
func (s *source) Close() error { return nil }
