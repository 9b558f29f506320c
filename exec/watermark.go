package exec

import (
	"sync"
	"time"
)

// WatermarkSpec asks for a watermark: the greatest value of column Time less
// Delay, kept per split, least over the splits.
type WatermarkSpec struct {
	Time  int
	Delay int64 // microseconds
	// IdleTimeout is how long a split that has been read to its end must be
	// silent to count as idle; 0: never.
	IdleTimeout time.Duration
	// ProcTime: column Time holds the clock's time, so the watermark is the
	// clock less Delay whatever the splits do.
	ProcTime bool
}

// watermarkGen keeps the watermark of one source task. The rules are those of
// docs/ARCHITECTURE.md, "Time":
//
//   - A split's watermark is the greatest event time seen in it, less the delay.
//   - A split is idle only when the source says that it is caught up with it
//     and it has been silent for the timeout. It then holds nothing back.
//   - When all splits are idle the watermark follows the clock, so that the
//     last window closes. While any split is behind it never does.
//   - An ended split holds nothing back; when all have ended the source ends.
type watermarkGen struct {
	spec   WatermarkSpec
	splits []splitTime
	now    func() time.Time
	// mu guards splits, which SHOW WATERMARKS reads.
	mu sync.Mutex
}

type splitTime struct {
	max         Time // greatest event time seen, MinTime before the first
	lastRow     time.Time
	seen, ended bool
	idle        bool
	caught      bool // as it stood when the watermark was last computed
	name        string
}

func newWatermarkGen(spec WatermarkSpec, now func() time.Time) *watermarkGen {
	return &watermarkGen{spec: spec, now: now}
}

func (g *watermarkGen) split(id int32) *splitTime {
	id = max(id, 0)
	for int(id) >= len(g.splits) {
		g.splits = append(g.splits, splitTime{max: MinTime})
	}
	return &g.splits[id]
}

// observe looks at the event times of a batch.
func (g *watermarkGen) observe(b *Batch) {
	if g.spec.ProcTime {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.split(b.Split)
	c := b.Cols[g.spec.Time]
	m := s.max
	if b.Sel == nil && !c.Nulls {
		for _, t := range c.Int[:b.N] {
			m = max(m, t)
		}
	} else {
		for i := range b.Rows() {
			if r := b.Row(i); !c.IsNull(r) {
				m = max(m, c.Int[r])
			}
		}
	}
	if m == MaxTime { // 'infinity' is a value, not the end of time
		return
	}
	s.max = m
}

// touch notes that rows have come from a split.
func (g *watermarkGen) touch(id int32) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.split(id)
	s.lastRow, s.idle = g.now(), false
}

// watch makes the splits known from the start, so that one that has not yet
// spoken holds the watermark back.
func (g *watermarkGen) watch(src Splits) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, id := range src.Splits() {
		if s := g.split(id); !s.seen {
			s.seen, s.lastRow = true, g.now()
			if n, ok := src.(SplitNamer); ok {
				s.name = n.SplitName(id)
			}
		}
	}
}

// current computes the watermark. idle is true when no split holds it back.
func (g *watermarkGen) current(src Splits) (wm Time, idle bool) {
	if g.spec.ProcTime {
		return less(g.now().UnixMicro(), g.spec.Delay), false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	wm = MaxTime
	live, any := false, false
	now := g.now()
	for i := range g.splits {
		s := &g.splits[i]
		if src != nil && !s.seen {
			continue // another task's split
		}
		if src != nil && src.Ended(int32(i)) {
			s.ended = true
		}
		if s.ended {
			continue
		}
		any, s.caught = true, src == nil || src.CaughtUp(int32(i))
		if s.idle = g.isIdle(s, int32(i), src, now); s.idle {
			continue
		}
		live = true
		wm = min(wm, less(s.max, g.spec.Delay))
	}
	switch {
	case live:
		return wm, false
	case any:
		return less(now.UnixMicro(), g.spec.Delay), true
	}
	return MinTime, false
}

func (g *watermarkGen) isIdle(s *splitTime, id int32, src Splits, now time.Time) bool {
	if g.spec.IdleTimeout <= 0 || src == nil {
		return false
	}
	return now.Sub(s.lastRow) >= g.spec.IdleTimeout && src.CaughtUp(id)
}

// less subtracts without passing the end of time.
func less(t Time, d int64) Time {
	if t < MinTime+d {
		return MinTime
	}
	return t - d
}
