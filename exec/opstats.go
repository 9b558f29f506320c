package exec

import (
	"sync/atomic"
	"time"
)

// OpStats are the counters of one operator of a task. They may be read at any
// time. The clock is looked at twice a batch, never for a row.
type OpStats struct {
	RowsIn, RowsOut, Batches atomic.Int64
	// Busy is the time, in nanoseconds, spent in the operator itself: not in those
	// behind it, nor in waiting for a receiver.
	Busy atomic.Int64
}

// opClock attributes time to the operator that is at work. Calls nest: what
// an emit takes is not the emitter's.
type opClock struct{ inner time.Duration }

// start and stop stand around an operator's call: start puts aside what the
// operator around it has spent inside, stop books the call's own time.
func (k *opClock) start() (outer time.Duration) {
	outer, k.inner = k.inner, 0
	return outer
}

func (k *opClock) stop(st *OpStats, outer time.Duration, start time.Time) {
	d := time.Since(start)
	st.Busy.Add(int64(d - k.inner))
	k.inner = outer + d
}

// Ops lists the task's operators' counters in the order of the chain.
func (t *Task) Ops() []*OpStats { return t.opStats }

// SplitWatermark is the event time of one split of a source task.
type SplitWatermark struct {
	Split int32
	// Name is what the source calls it (topic[partition]); empty if it does not say.
	Name string
	// Watermark is MinTime before the first row.
	Watermark Time
	Idle      bool
	Ended     bool
	CaughtUp  bool
	// LastRow is when the last row came, or the split was first seen.
	LastRow time.Time
}

// SplitNamer is implemented by sources whose splits have names. It is called
// by the source's task.
type SplitNamer interface{ SplitName(split int32) string }

// SplitWatermarks lists the splits of a task that makes a watermark; nil for
// others. It may be called at any time.
func (t *Task) SplitWatermarks() []SplitWatermark {
	if t.gen == nil || t.gen.spec.ProcTime {
		return nil
	}
	return t.gen.list()
}

// list copies what is known of the splits.
func (g *watermarkGen) list() []SplitWatermark {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []SplitWatermark
	for i := range g.splits {
		s := &g.splits[i]
		if !s.seen && s.max == MinTime {
			continue
		}
		wm := s.max
		if wm != MinTime {
			wm = less(wm, g.spec.Delay)
		}
		out = append(out, SplitWatermark{Split: int32(i), Name: s.name, Watermark: wm, Idle: s.idle, Ended: s.ended, CaughtUp: s.caught, LastRow: s.lastRow})
	}
	return out
}
