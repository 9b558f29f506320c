package op

import (
	"math"
	"sort"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// WindowKind tells how rows come by their windows.
type WindowKind uint8

// The kinds of windows.
const (
	NoWindow WindowKind = iota
	Tumble              // computed from a column of event time
	Attached            // standing in two columns of the row
)

// Window says how rows fall into windows. All times are microseconds.
type Window struct {
	Kind WindowKind
	// Time is the column of event time of a Tumble; windows of Size begin at
	// multiples of Size from the epoch, shifted by Offset.
	Time         int
	Size, Offset int64
	// Start and End are the columns of Attached windows.
	Start, End int
}

// Times past ±farTime (some 146,000 years) fall into no window, so that the
// arithmetic of windows cannot overflow. 'infinity' is among them.
const farTime = 1 << 62

// maxWindowSize bounds Window.Size and Offset likewise.
const maxWindowSize = 1 << 60

func (w *Window) check() error {
	if w.Kind == Tumble && (w.Size <= 0 || w.Size > maxWindowSize || w.Offset > maxWindowSize || w.Offset < -maxWindowSize) {
		return sqlerr.New(sqlerr.InvalidParameterValue, "window size %d and offset %d are out of range", w.Size, w.Offset)
	}
	return nil
}

// start gives the beginning of the window of t; false for far times.
func (w *Window) start(t int64) (int64, bool) {
	if t <= -farTime || t >= farTime {
		return 0, false
	}
	d := (t - w.Offset) % w.Size
	if d < 0 {
		d += w.Size // Go's remainder has the sign of the dividend
	}
	return t - d, true
}

// errFar is the fault of a row whose time has no window.
func errFar(t int64) error {
	e := sqlerr.New(sqlerr.DatetimeOverflow, "timestamp out of range")
	if t == datum.TimestampInfinity || t == datum.TimestampNegInfinity {
		return e.WithDetail("An infinite time falls into no window.")
	}
	return e
}

// due tells whether a window that ends at end has fired at watermark to: when
// end - 1 ms <= to.
func due(end int64, to exec.Time) bool {
	return to >= math.MaxInt64-datum.MicrosPerMilli || end <= to+datum.MicrosPerMilli
}

// maxPooled is the number of closed windows whose memory is kept for the next
// ones. One that has far more memory than it needed is not.
const maxPooled = 4

// window is the state of one open window: its groups and their aggregates.
type window struct {
	start, end int64
	table      table
	keys       []*exec.Column // a row a group
	n          int            // groups
	aggs       []exec.Aggregate
	rows       []int32 // those of the batch in hand
}

// reset forgets the groups and keeps the memory.
func (w *window) reset() {
	w.table.reset()
	for _, k := range w.keys {
		k.Reset()
	}
	for _, a := range w.aggs {
		a.Reset()
	}
	w.n, w.rows = 0, w.rows[:0]
}

// windows holds the open windows in the order of their ends, then starts.
type windows struct {
	open []*window
	cur  *window // where the last row went; nil: unknown
	pool []*window
	make func() *window
}

// get finds an open window.
func (s *windows) search(start, end int64) (int, bool) {
	i := sort.Search(len(s.open), func(i int) bool {
		w := s.open[i]
		return w.end > end || w.end == end && w.start >= start
	})
	return i, i < len(s.open) && s.open[i].end == end && s.open[i].start == start
}

// insert opens a window at position i.
func (s *windows) insert(i int, start, end int64) *window {
	var w *window
	if n := len(s.pool); n > 0 {
		w = s.pool[n-1]
		s.pool = s.pool[:n-1]
	} else {
		w = s.make()
	}
	w.start, w.end = start, end
	s.open = append(s.open, nil)
	copy(s.open[i+1:], s.open[i:])
	s.open[i] = w
	return w
}

// dropFirst closes the earliest n windows.
func (s *windows) dropFirst(n int) {
	for _, w := range s.open[:n] {
		if w == s.cur {
			s.cur = nil
		}
		if len(s.pool) < maxPooled && !w.table.oversized() {
			w.reset()
			s.pool = append(s.pool, w)
		}
	}
	rest := copy(s.open, s.open[n:])
	clear(s.open[rest:])
	s.open = s.open[:rest]
}

// groups counts the groups of all open windows.
func (s *windows) groups() (n int) {
	for _, w := range s.open {
		n += w.n
	}
	return n
}
