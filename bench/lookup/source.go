package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/exec/lookup"
)

// paced is a connector of streams whose batches come at a steady pace: columns
// id BIGINT (0 to keys-1) and made BIGINT (when the batch was made, in nanoseconds).
type paced struct {
	rows, keys int
	every      time.Duration
	length     time.Duration
}

func (p *paced) Check(*catalog.Table) error  { return nil }
func (p *paced) Bounded(*catalog.Table) bool { return true }
func (p *paced) Lanes() int                  { return 1 }
func (p *paced) OpenSink(context.Context, *build.SinkRequest) (exec.Sink, error) {
	return nil, errors.New("not written")
}
func (p *paced) OpenScan(_ context.Context, r *build.ScanRequest) (build.Scan, error) {
	return &pacedScan{p, r}, nil
}

type pacedScan struct {
	p *paced
	r *build.ScanRequest
}

func (s *pacedScan) Splits() int { return 1 }
func (s *pacedScan) Source([]int) (exec.Source, error) {
	src := &pacedSource{p: s.p, batch: &exec.Batch{}, rand: rand.New(rand.NewPCG(1, 2)), names: make([]string, len(s.r.Columns))}
	for i, c := range s.r.Columns {
		src.names[i] = c.Name
		src.batch.Cols = append(src.batch.Cols, exec.NewColumnOf(c.Type))
	}
	return src, nil
}

type pacedSource struct {
	p     *paced
	batch *exec.Batch
	names []string
	rand  *rand.Rand
	end   time.Time
	next  time.Time
}

func (s *pacedSource) Read(ctx context.Context) (*exec.Batch, error) {
	now := time.Now()
	if s.end.IsZero() {
		s.end, s.next = now.Add(s.p.length), now
	}
	if now.After(s.end) {
		return nil, io.EOF
	}
	if wait := s.next.Sub(now); wait > 0 {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(wait):
		}
	}
	// A batch is due at its time even when the one before took longer: what it
	// waited for the query counts as latency.
	made := s.next.UnixNano()
	s.next = s.next.Add(s.p.every)
	s.batch.Reset()
	for i, name := range s.names {
		for range s.p.rows {
			v := made
			if name == "id" {
				v = int64(s.rand.IntN(s.p.keys))
			}
			s.batch.Cols[i].AppendInt(v)
		}
	}
	s.batch.N = s.p.rows
	return s.batch, nil
}

func (s *pacedSource) Close() error { return nil }

// made is a connector of lookup tables (id BIGINT, name VARCHAR, n INT) with
// rows 0 to rows-1, of which each load changes one in a hundred.
type made struct {
	rows  int
	loads atomic.Int64
	// inline reloads in the operator, every this often; perKey fetches and keeps each key.
	inline time.Duration
	perKey time.Duration
	// fetch is what one key costs at the source.
	fetch time.Duration
}

func (m *made) Options() []catalog.OptionSpec { return nil }
func (m *made) Check(*catalog.Table) error    { return nil }
func (m *made) Open(context.Context, lookup.OpenRequest) (lookup.Source, error) {
	return &madeSource{m: m, kept: map[int64]keptRow{}}, nil
}

type keptRow struct {
	n  int64
	at time.Time
}

type madeSource struct {
	m    *made
	mu   sync.Mutex // an operator has one thread
	kept map[int64]keptRow
	at   time.Time
}

func madeLayout() *exec.Batch {
	b := &exec.Batch{Split: -1}
	for _, k := range []catalog.Kind{catalog.BigInt, catalog.Varchar, catalog.Int} {
		b.Cols = append(b.Cols, exec.NewColumnOf(catalog.Of(k)))
	}
	return b
}

func (s *madeSource) Load(ctx context.Context, _ string, emit func(*exec.Batch) error) (string, error) {
	load := s.m.loads.Add(1)
	b := madeLayout()
	for i := 0; i < s.m.rows; {
		b.Reset()
		for ; b.N < 1024 && i < s.m.rows; i++ {
			n := int64(i)
			if i%100 == int(load%100) {
				n += load
			}
			b.Cols[0].AppendInt(int64(i))
			b.Cols[1].AppendString(fmt.Sprintf("customer-%011d", i))
			b.Cols[2].AppendInt(n)
			b.N++
		}
		if err := emit(b); err != nil {
			return "", err
		}
		if err := ctx.Err(); err != nil {
			return "", err
		}
	}
	return "", nil
}

// Lookup is one of the designs that the cache replaces.
func (s *madeSource) Lookup(_ context.Context, keys *exec.Batch, out *exec.Matches) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.m.inline > 0 && now.Sub(s.at) >= s.m.inline {
		s.at = now
		clear(s.kept)
		_, err := s.Load(context.Background(), "", func(b *exec.Batch) error {
			for i := range b.N {
				s.kept[b.Cols[0].Int[i]] = keptRow{n: b.Cols[2].Int[i]}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for i := range keys.N {
		k := keys.Cols[0].Int[i]
		r, ok := s.kept[k]
		if s.m.perKey > 0 && (!ok || now.Sub(r.at) >= s.m.perKey) {
			<-time.After(s.m.fetch)
			r = keptRow{n: k, at: now}
			s.kept[k] = r
		}
		out.Rows.Cols[0].AppendInt(k)
		out.Rows.Cols[1].AppendString("customer")
		out.Rows.Cols[2].AppendInt(r.n)
		out.Rows.N++
		out.Parent = append(out.Parent, int32(i))
	}
	return nil
}

func (s *madeSource) Close() error { return nil }
