package lookup

import (
	"context"
	"io"
	"slices"
	"sync"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// ScanRows is how many rows a batch of a scan has at most.
const ScanRows = 1024

// Scan reads the rows of the version that is current, loading the table first
// if need be. A table that is not held whole is read from its source.
func (ts *Tables) Scan(ctx context.Context, def *catalog.Table, columns []int) (exec.Source, error) {
	t, err := ts.table(def)
	if err != nil {
		return nil, err
	}
	if t.def.cache != cacheFull {
		t.mu.Unlock()
		return newDirectScan(ctx, t, columns)
	}
	if _, err := t.hold(ctx, nil); err != nil {
		return nil, err
	}
	v, err := t.current()
	if err == nil && v == nil { // too old, and there are no questions to leave unanswered
		err = t.tooOld(t.age(ts.cfg.Now()))
	}
	if err != nil {
		t.letGo(nil)
		return nil, err
	}
	s := &scan{t: t, v: v, columns: columns, out: t.batchOf(columns)}
	return s, nil
}

// batchOf makes an empty batch of some columns.
func (t *table) batchOf(columns []int) *exec.Batch {
	b := &exec.Batch{Split: -1}
	for _, c := range columns {
		b.Cols = append(b.Cols, t.def.like.Cols[c].Like())
	}
	return b
}

// scan reads a version.
type scan struct {
	t       *table
	v       *version
	columns []int
	chunk   int // of v.order
	row     int
	out     *exec.Batch
	ids     []uint32
	close   sync.Once
}

func (s *scan) Read(ctx context.Context) (*exec.Batch, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.out.Reset()
	s.ids = s.ids[:0]
	for len(s.ids) < ScanRows && s.chunk < len(s.v.order) {
		id := s.v.order[s.chunk]
		dead := s.v.deadOf(id)
		n := s.v.chunks[id].n
		for ; s.row < n && len(s.ids) < ScanRows; s.row++ {
			if dead == nil || !dead.Get(s.row) {
				s.ids = append(s.ids, id<<rowBits|uint32(s.row))
			}
		}
		if s.row == n {
			s.chunk, s.row = s.chunk+1, 0
		}
	}
	if len(s.ids) == 0 {
		return nil, io.EOF
	}
	for d, col := range s.columns {
		gatherColumn(s.out.Cols[d], s.v.chunks, col, s.ids)
	}
	s.out.N, s.out.Split = len(s.ids), 0
	return s.out, nil
}

func (s *scan) Close() error {
	s.close.Do(func() { s.t.letGo(nil) })
	return nil
}

// directScan reads the rows straight from a source of its own, in a goroutine
// that Close waits for.
type directScan struct {
	rows chan *exec.Batch
	err  error // read once rows is closed
	stop context.CancelFunc
	wg   sync.WaitGroup
}

func newDirectScan(ctx context.Context, t *table, columns []int) (exec.Source, error) {
	src, hide, err := t.open(ctx, nil)
	if err != nil {
		if hide != nil {
			err = hide(err)
		}
		return nil, err
	}
	run, stop := context.WithCancel(t.ts.ctx)
	s := &directScan{rows: make(chan *exec.Batch), stop: stop}
	columns = slices.Clone(columns)
	s.wg.Go(func() {
		defer close(s.rows)
		s.err = s.load(run, t, src, columns)
		if cerr := src.Close(); s.err == nil {
			s.err = cerr
		}
		s.err = hide(s.err)
	})
	return s, nil
}

func (s *directScan) load(ctx context.Context, t *table, src Source, columns []int) (err error) {
	defer recovered(t.log, &err)
	_, err = src.Load(ctx, "", func(b *exec.Batch) error {
		out := t.batchOf(columns)
		for i, c := range columns {
			out.Cols[i].AppendColumn(b.Cols[c], b.Sel, b.N)
		}
		out.N, out.Split = b.Rows(), 0
		select {
		case s.rows <- out:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return err
}

func (s *directScan) Read(ctx context.Context) (*exec.Batch, error) {
	select {
	case b, ok := <-s.rows:
		switch {
		case ok:
			return b, nil
		case s.err != nil:
			return nil, s.err
		}
		return nil, io.EOF
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *directScan) Close() error {
	s.stop()
	s.wg.Wait()
	return nil
}
