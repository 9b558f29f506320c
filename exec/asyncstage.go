package exec

import (
	"io"
	"time"
)

// Bounds of an asynchronous stage.
const (
	// DefaultAsyncRows closes a batch of questions whose AsyncConfig has no MaxRows.
	DefaultAsyncRows = 1024
	// MaxOpenBatches is how many batches of one stage may be open at the same
	// time with AsyncConfig.PartitionBy; the oldest is closed for a new one.
	MaxOpenBatches = 64
	// MaxDuplicates is how many rows a stage with AsyncConfig.Deduplicate holds
	// before it closes its open batches although they are not full.
	MaxDuplicates = 1 << 16
	// windowSlack is how long before its end, in microseconds, a window comes out.
	windowSlack = 1000
)

// asyncStage gathers the questions of a task's rows into calls that run beside
// the stream. It is a plain state machine, used by the task's goroutine alone:
// rows and signals come in and queue in one FIFO; calls are closed, launched, and
// their completion is told; and what stands at the head of the FIFO comes out.
type asyncStage struct {
	cfg   AsyncConfig
	asker Asker
	now   func() time.Time
	// launch starts a call, whose end is told by complete.
	launch func(*asyncCall)

	fifo  []*asyncEntry
	rows  int          // in the FIFO, not yet emitted
	bound int          // of rows, but for one input batch
	open  []*asyncCall // taking questions, the oldest first
	ready []*asyncCall // closed, waiting for their turn
	// flying calls are under way, at most MaxInFlight.
	flying     int
	duplicates int // of the batch in hand

	hashes, parts []uint64
	all           []int // all columns of the questions
	sel, of       []int32
	view          Batch
	mixed         *Matches // answers of several calls
	freeEntries   []*asyncEntry
	freeCalls     []*asyncCall
}

// asyncEntry is a batch of rows, or a signal, in the FIFO.
type asyncEntry struct {
	kind PacketKind
	rows *Batch // copied, all count
	// calls[i] has the answer to question of[i] of row i; nil: it has none. Once
	// the row has been emitted calls[i] is nil and of[i] gone.
	calls []*asyncCall
	of    []int32
	at    int // rows before it have been emitted
	left  int // rows not yet emitted

	time  Time
	idle  bool
	epoch Epoch
}

// gone is in the place of the question of a row that has been emitted.
const gone = -2

func newAsyncStage(cfg AsyncConfig, a Asker, now func() time.Time) *asyncStage {
	if cfg.MaxRows <= 0 {
		cfg.MaxRows = DefaultAsyncRows
	}
	cfg.MaxInFlight = max(cfg.MaxInFlight, 1)
	s := &asyncStage{cfg: cfg, asker: a, now: now}
	s.bound = (cfg.MaxInFlight + 2) * cfg.MaxRows
	if cfg.PartitionBy != nil {
		s.bound += MaxOpenBatches * cfg.MaxRows
	}
	if cfg.Deduplicate {
		s.bound = max(s.bound, MaxDuplicates)
	}
	return s
}

// full tells that no more input can be taken before a call has ended.
func (s *asyncStage) full() bool {
	return s.flying > 0 && (s.rows >= s.bound || len(s.ready) > 0 && s.flying >= s.cfg.MaxInFlight)
}

// take asks the questions of a batch.
func (s *asyncStage) take(in *Batch) error {
	q, err := s.asker.Ask(in)
	if err != nil || q.In.Rows() == 0 {
		return err
	}
	n := q.In.Rows()
	e := s.entryFor(n, in)
	base := e.rows.N
	q.In.AppendTo(e.rows)
	e.left += n
	s.rows += n
	s.hash(q.Args)
	var ends *Column
	if w := s.asker.WindowEnd(); w >= 0 {
		ends = e.rows.Cols[w]
	}
	now := s.now()
	for k := range n {
		i := k
		if q.Of != nil {
			i = int(q.Of[k])
		}
		if i < 0 {
			e.calls, e.of = append(e.calls, nil), append(e.of, -1)
			continue
		}
		c, place := s.place(q.Args, i, now)
		c.rows++
		if ends != nil && !ends.IsNull(base+k) {
			c.end = min(c.end, ends.Int[base+k])
		}
		if c.args.N >= s.cfg.MaxRows {
			s.close(c)
		}
		e.calls, e.of = append(e.calls, c), append(e.of, place)
	}
	if s.duplicates > 0 {
		if c, ok := s.asker.Function().(DuplicateCounter); ok {
			c.AddDuplicates(s.duplicates)
		}
		s.duplicates = 0
	}
	if s.cfg.MaxWait <= 0 {
		s.closeAll()
	}
	return nil
}

// watermark queues a watermark. Batches with rows of windows that end by it wait
// no longer.
func (s *asyncStage) watermark(to Time, idle bool) {
	for i := 0; i < len(s.open); {
		if c := s.open[i]; c.end != MaxTime && less(c.end, windowSlack) <= to {
			s.close(c) // takes it out of open
		} else {
			i++
		}
	}
	// Of watermarks that follow each other the last says all: so silence
	// behind a slow call does not make the FIFO grow.
	if n := len(s.fifo); n > 0 && s.fifo[n-1].kind == PacketWatermark {
		s.fifo[n-1].time, s.fifo[n-1].idle = to, idle
		return
	}
	e := s.entry(PacketWatermark)
	e.time, e.idle = to, idle
	s.fifo = append(s.fifo, e)
}

// barrier and end queue their signals and close all batches.
func (s *asyncStage) barrier(ep Epoch) {
	s.closeAll()
	e := s.entry(PacketBarrier)
	e.epoch = ep
	s.fifo = append(s.fifo, e)
}

func (s *asyncStage) end() {
	s.closeAll()
	s.fifo = append(s.fifo, s.entry(PacketEnd))
}

// deadline is when the oldest open batch has waited long enough.
func (s *asyncStage) deadline() (time.Time, bool) {
	if len(s.open) == 0 || s.cfg.MaxWait <= 0 {
		return time.Time{}, false
	}
	return s.open[0].opened.Add(s.cfg.MaxWait), true
}

// expire closes the batches whose deadline is not after at.
func (s *asyncStage) expire(at time.Time) {
	for len(s.open) > 0 && !s.open[0].opened.Add(s.cfg.MaxWait).After(at) {
		s.close(s.open[0])
	}
}

// complete takes the answers of a call.
func (s *asyncStage) complete(c *asyncCall) error {
	s.flying--
	if c.err != nil {
		return c.err
	}
	if _, err := c.answers.Check(c.args.N); err != nil {
		return err
	}
	c.done = true
	return nil
}

// pump launches what may be launched.
func (s *asyncStage) pump() {
	for len(s.ready) > 0 && s.flying < s.cfg.MaxInFlight {
		c := s.ready[0]
		s.ready[0], s.ready = nil, s.ready[1:]
		s.flying++
		s.launch(c)
	}
}

// move does what follows from what has come: calls are launched, and what may
// come out does.
func (s *asyncStage) move(out asyncOut) error {
	s.pump()
	if err := s.drain(out); err != nil {
		return err
	}
	if s.rows >= s.bound && s.flying == 0 {
		s.closeAll() // all of these rows wait for batches that are not full
		s.pump()
	}
	return nil
}

// asyncOut is where rows and signals go when their time has come.
type asyncOut interface {
	answer(in *Batch, n int, m *Matches, of []int32) error
	passWatermark(to Time, idle bool) error
	passBarrier(e Epoch) error
	finish() error
}

// drain lets out what may come out. It returns io.EOF behind the end.
func (s *asyncStage) drain(out asyncOut) error {
	for len(s.fifo) > 0 {
		e := s.fifo[0]
		if e.kind == PacketRows {
			if err := s.emit(e, out); err != nil {
				return err
			}
			if e.left > 0 {
				break
			}
		}
		s.fifo[0], s.fifo = nil, s.fifo[1:]
		kind, to, idle, ep := e.kind, e.time, e.idle, e.epoch
		s.release(e)
		var err error
		switch kind {
		case PacketRows:
		case PacketWatermark:
			err = out.passWatermark(to, idle)
		case PacketBarrier:
			err = out.passBarrier(ep)
		case PacketEnd:
			if err = out.finish(); err == nil {
				err = io.EOF
			}
		}
		if err != nil {
			return err
		}
	}
	if !s.cfg.Unordered || len(s.fifo) < 2 {
		return nil
	}
	// Rows may overtake those before them, up to the next signal.
	for _, e := range s.fifo[1:] {
		if e.kind != PacketRows {
			break
		}
		if err := s.emit(e, out); err != nil {
			return err
		}
	}
	return nil
}

// drop forgets everything: nobody wants the rows. Calls under way end by their
// context.
func (s *asyncStage) drop() { s.fifo, s.open, s.ready, s.rows = nil, nil, nil, 0 }

// maxFreeEntries is how many entries of the FIFO are kept for use again.
const maxFreeEntries = 64

func (s *asyncStage) entry(kind PacketKind) *asyncEntry {
	if n := len(s.freeEntries); n > 0 {
		e := s.freeEntries[n-1]
		s.freeEntries = s.freeEntries[:n-1]
		e.kind = kind
		return e
	}
	return &asyncEntry{kind: kind}
}

// entryFor gives the entry at the end of the FIFO that n rows like those of in
// are added to.
func (s *asyncStage) entryFor(n int, in *Batch) *asyncEntry {
	if k := len(s.fifo); k > 0 {
		if e := s.fifo[k-1]; e.kind == PacketRows && e.rows.N+n <= DefaultBatchRows {
			return e
		}
	}
	e := s.entry(PacketRows)
	if e.rows == nil {
		e.rows = in.Like()
	}
	s.fifo = append(s.fifo, e)
	return e
}

func (s *asyncStage) release(e *asyncEntry) {
	if len(s.freeEntries) == maxFreeEntries {
		return
	}
	if e.rows != nil {
		e.rows.Reset()
	}
	e.calls, e.of, e.at, e.left = e.calls[:0], e.of[:0], 0, 0
	s.freeEntries = append(s.freeEntries, e)
}
