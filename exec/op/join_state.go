package op

import (
	"io"

	"github.com/penstock/penstock/exec"
)

const joinKind = "join"

// Save writes the watermark, the counters, and the rows of both sides that
// live, with their matched flags.
func (j *Join) Save(_ exec.Epoch, w io.Writer) error {
	f := newFrameWriter(w, joinKind)
	j.shape(func(v uint64) { f.uint(v) })
	f.int(j.wm)
	f.int(j.late.Load())
	f.int(j.guard.count.Load())
	f.end()
	for _, s := range j.sides {
		live := s.rows.Like()
		matched := exec.NewColumn(exec.Bools)
		live.Cols = append(live.Cols, matched)
		f.uint(uint64(s.rows.N - s.deads))
		f.end()
		put := func() {
			f.rows(live.Cols, 0, live.N)
			f.end()
			live.Reset()
		}
		for i := range s.rows.N {
			if s.time >= 0 && s.dead[i] {
				continue
			}
			for c, col := range s.rows.Cols {
				live.Cols[c].AppendFrom(col, i)
			}
			matched.AppendBool(s.outer && s.matched[i])
			if live.N++; live.N == BatchRows {
				put()
			}
		}
		if live.N > 0 {
			put()
		}
	}
	return f.finish()
}

// shape tells what a snapshot must agree in with the operator that reads it.
func (j *Join) shape(put func(uint64)) {
	put(uint64(j.cfg.Kind))
	for _, s := range j.sides {
		put(uint64(len(s.rows.Cols)))
		for _, c := range s.rows.Cols {
			put(uint64(c.Layout))
		}
	}
}

// Restore takes up what Save wrote. The operator must be new.
func (j *Join) Restore(r io.Reader) error {
	f := newFrameReader(r, joinKind)
	j.shape(func(v uint64) {
		if got := f.uint(); f.err == nil && got != v {
			f.damaged("it is of another query")
		}
	})
	j.wm = f.int()
	j.late.Store(f.int())
	j.guard.count.Store(f.int())
	for _, s := range j.sides {
		f.next()
		want := f.uint()
		for uint64(s.rows.N) < want && f.err == nil {
			f.next()
			b := s.rows.Like()
			matched := exec.NewColumn(exec.Bools)
			n := f.rows(append(b.Cols, matched))
			if n == 0 || n > BatchRows {
				f.damaged("a frame has %d rows", n)
			}
			for i := range n {
				bad := s.nullKey(b.Cols, i) || s.time >= 0 && b.Cols[s.time].IsNull(i)
				if bad && f.err == nil {
					f.damaged("a key is NULL")
				}
			}
			if f.err != nil {
				return f.err
			}
			s.restore(b.Cols, matched, n)
		}
	}
	return f.finish()
}

// restore keeps n rows as insert does, with their flags.
func (s *joinSide) restore(cols []*exec.Column, matched *exec.Column, n int) {
	s.live = s.live[:0]
	for i := range n {
		s.live = append(s.live, int32(i))
	}
	base := s.rows.N
	s.insert(cols, s.live)
	if s.outer {
		copy(s.matched[base:], matched.Bool)
	}
}
