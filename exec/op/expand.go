package op

import (
	"context"
	"sync/atomic"

	"github.com/penstock/penstock/exec"
)

// FaultPolicy says what becomes of a row whose question got no answer because
// of a fault.
type FaultPolicy uint8

// The policies. With ExpandConfig.Errors, FaultFail is the same as FaultNull: who
// reads errors as columns does not want them to end the query.
const (
	FaultFail FaultPolicy = iota // the query ends
	FaultNull                    // the row goes on, with NULLs for the answer
	FaultDrop                    // the row is dropped, counted and told of
)

// MaxAnswers is how many answers to one batch of questions an Expand that asks at
// once takes as they come. Where there are more it asks fewer questions at a time, and
// lets go of the memory.
const MaxAnswers = 1 << 16

// ExpandConfig says what an Expand asks and what it makes of the answers.
type ExpandConfig struct {
	Function exec.TableFunction
	// Args computes the questions' columns; nil: they have none. Questions are
	// empty columns of their shapes.
	Args      func(*exec.Batch) ([]*exec.Column, error)
	Questions []*exec.Column
	// Columns are empty columns of the input's shapes, Answers of the answers'.
	Columns, Answers []*exec.Column
	// NullMatchesNothing: a question with a NULL in it has no answer and need
	// not be asked. So it is with the keys of a lookup table.
	NullMatchesNothing bool
	// Left keeps a row without an answer, with NULLs.
	Left bool
	// First takes a row's first answer (that counts) alone.
	First bool
	// Residual, when set, tells which answers count; it is over the input's
	// columns and then those added.
	Residual exec.Eval
	// Version adds the version that answered, Errors the fault's message (NULL:
	// none) and the number of attempts. They tell of the question, so they have
	// values in rows without an answer too.
	Version, Errors bool
	// WindowEnd is the input's column with the end of a row's window, -1: none.
	// Pins, when set, gives all rows of a window answers of one version.
	WindowEnd int
	Pins      *Pins
	OnFault   FaultPolicy
	// Explain, when set, adds what is known of the row to the fault that ends the
	// query; Dropped is told of each row dropped by FaultDrop before it is gone.
	Explain func(b *exec.Batch, row int, cause error) error
	Dropped func(b *exec.Batch, e *exec.RowError)
	OnError RowPolicy // for Args and Residual
	// Stats, when set, is counted in: lanes may share one.
	Stats *ExpandStats
}

// ExpandStats are the counters of an Expand. They may be read at any time.
type ExpandStats struct {
	// Rows came in, Asked are those with a question, Answered those that had an
	// answer, Faults those whose question failed, Dropped those of them that are gone.
	Rows, Asked, Answered, Faults, Dropped atomic.Int64
}

// Counters lists the counters.
func (s *ExpandStats) Counters(yield func(name string, value int64)) {
	yield("rows_asked", s.Asked.Load())
	yield("rows_answered", s.Answered.Load())
	yield("rows_failed", s.Faults.Load())
	yield("rows_dropped", s.Dropped.Load())
}

// Expand asks a question for each row and emits the row with each answer. Its
// columns are the input's, the answers', and those of Version or Errors.
//
// It asks at once, on the task's goroutine (Process), or is led by an asynchronous
// stage, which calls its halves Ask and Answer (exec.Asker).
type Expand struct {
	cfg    ExpandConfig
	guard  guard // for Args
	test   guard // for Residual
	stats  *ExpandStats
	policy FaultPolicy // see fault

	eval    func(*exec.Batch) error
	cond    *exec.Column
	check   func(*exec.Batch) error
	cols    []*exec.Column // of the arguments
	args    exec.Batch     // the questions, columns of others
	dense   *exec.Batch    // the questions, copied
	of      []int32
	asked   []int32 // rows with a question
	matches *exec.Matches
	lane    *pinLane
	// atOnce bounds the rows that ask together, 0: no bound. See MaxAnswers.
	atOnce    int
	run, some slice

	assembly
}

// NewExpand makes an Expand.
func NewExpand(c ExpandConfig) *Expand {
	if c.Stats == nil {
		c.Stats = &ExpandStats{}
	}
	e := &Expand{cfg: c, guard: guard{policy: c.OnError}, test: guard{policy: c.OnError}, stats: c.Stats, policy: c.OnFault}
	if c.Errors && c.OnFault == FaultFail {
		e.policy = FaultNull
	}
	e.eval = func(b *exec.Batch) (err error) {
		e.cols, err = e.cfg.Args(b)
		return err
	}
	e.check = func(b *exec.Batch) (err error) {
		e.cond, err = e.cfg.Residual.Eval(b)
		return err
	}
	e.dense = &exec.Batch{Cols: likes(c.Questions), Split: -1}
	e.matches = e.NewMatches()
	e.assembly.init(&e.cfg)
	if c.Pins != nil {
		e.lane = c.Pins.lane(c.Function)
	}
	return e
}

// Function is what is asked.
func (e *Expand) Function() exec.TableFunction { return e.cfg.Function }

// NewMatches makes room for answers.
func (e *Expand) NewMatches() *exec.Matches {
	return exec.NewMatches(&exec.Batch{Cols: e.cfg.Answers})
}

// WindowEnd is the column with the end of a row's window, or -1.
func (e *Expand) WindowEnd() int { return e.cfg.WindowEnd }

// Skipped counts the rows dropped by the policy for faulty rows: those whose
// question or residual could not be computed.
func (e *Expand) Skipped() int64 { return e.guard.count.Load() + e.test.count.Load() }

// Process asks the questions of a batch and emits the answers.
func (e *Expand) Process(ctx context.Context, _ int, in *exec.Batch, emit exec.Emit) error {
	if in.Rows() == 0 {
		return nil
	}
	if e.lane == nil {
		return e.process(ctx, e.cfg.Function, in, emit)
	}
	// Rows that follow one another and are of the same window go together.
	ends := in.Cols[e.cfg.WindowEnd]
	n := in.Rows()
	for from := 0; from < n; {
		first := in.Row(from)
		to := from + 1
		for to < n && sameTime(ends, first, in.Row(to)) {
			to++
		}
		f := e.cfg.Function
		if !ends.IsNull(first) {
			var err error
			if f, err = e.lane.function(ends.Int[first]); err != nil {
				return err
			}
		}
		if err := e.process(ctx, f, e.run.of(in, from, to), emit); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// sameTime tells whether two rows of a time column are equal, NULLs among them.
func sameTime(c *exec.Column, i, j int) bool {
	return c.IsNull(i) == c.IsNull(j) && (c.IsNull(i) || c.Int[i] == c.Int[j])
}

// slice is memory for a part of a batch.
type slice struct {
	part exec.Batch
	sel  []int32
}

// of gives the rows from..to-1 of those that count.
func (s *slice) of(in *exec.Batch, from, to int) *exec.Batch {
	if from == 0 && to == in.Rows() {
		return in
	}
	s.sel = s.sel[:0]
	for k := from; k < to; k++ {
		s.sel = append(s.sel, int32(in.Row(k)))
	}
	s.part = exec.Batch{Cols: in.Cols, N: in.N, Sel: s.sel, Split: in.Split}
	return &s.part
}

// process asks f, as many rows at a time as promise MaxAnswers at most.
func (e *Expand) process(ctx context.Context, f exec.TableFunction, in *exec.Batch, emit exec.Emit) error {
	n := in.Rows()
	for from := 0; from < n; {
		to := n
		if e.atOnce > 0 {
			to = min(n, from+e.atOnce)
		}
		if err := e.ask(ctx, f, e.some.of(in, from, to), emit); err != nil {
			return err
		}
		switch got := e.matches.Rows.N; {
		case got > MaxAnswers:
			e.atOnce = max(1, (to-from)*(MaxAnswers/2)/got)
			e.matches = e.NewMatches()
		case e.atOnce > 0 && got < MaxAnswers/4:
			if e.atOnce *= 2; e.atOnce > BatchRows {
				e.atOnce = 0
			}
		}
		from = to
	}
	return nil
}

func (e *Expand) ask(ctx context.Context, f exec.TableFunction, in *exec.Batch, emit exec.Emit) error {
	q, err := e.Ask(in)
	if err != nil || q.In.Rows() == 0 {
		return err
	}
	m := e.matches
	m.Reset()
	// A version is wanted of rows without a question too.
	if q.Args.N > 0 || e.cfg.Version {
		if err := f.Call(ctx, q.Args, m); err != nil {
			return err
		}
	}
	return e.Answer(ctx, q.In, q.Args.N, m, q.Of, emit)
}

// Ask computes the questions of a batch.
func (e *Expand) Ask(in *exec.Batch) (exec.Questions, error) {
	b := in
	if e.cfg.Args == nil {
		e.cols = nil
	} else {
		var err error
		if b, err = e.guard.run(in, e.eval); err != nil {
			return exec.Questions{}, err
		}
	}
	n := b.Rows()
	e.stats.Rows.Add(int64(n))
	q := exec.Questions{In: b}
	nulls := false
	if e.cfg.NullMatchesNothing && n > 0 {
		for _, c := range e.cols {
			nulls = nulls || c.Nulls
		}
	}
	switch {
	case b.Sel == nil && !nulls || n == 0 || len(e.cols) == 0:
		e.args = exec.Batch{Cols: e.cols, N: n, Split: -1}
		q.Args = &e.args
	case !nulls:
		q.Args = e.copyArgs(b.Sel)
	default:
		q.Of = e.withoutNulls(b)
		q.Args = e.copyArgs(e.asked)
	}
	e.stats.Asked.Add(int64(q.Args.N))
	return q, nil
}

// withoutNulls lists the rows whose questions have no NULL in asked.
func (e *Expand) withoutNulls(b *exec.Batch) []int32 {
	e.asked, e.of = e.asked[:0], e.of[:0]
	for k := range b.Rows() {
		r := b.Row(k)
		q := int32(len(e.asked))
		for _, c := range e.cols {
			if c.IsNull(r) {
				q = -1
				break
			}
		}
		if q >= 0 {
			e.asked = append(e.asked, int32(r))
		}
		e.of = append(e.of, q)
	}
	return e.of
}

func (e *Expand) copyArgs(rows []int32) *exec.Batch {
	e.dense.Reset()
	for i, c := range e.dense.Cols {
		gather(c, e.cols[i], rows, false)
	}
	e.dense.N = len(rows)
	return e.dense
}

// Advance lets go of the versions of windows that have ended.
func (e *Expand) Advance(_ context.Context, to exec.Time, _ exec.Emit) error {
	if e.lane != nil {
		e.lane.advance(to)
	}
	return nil
}

// fault applies the policy to a row whose question failed: pad says that the
// row goes on with NULLs.
func (e *Expand) fault(in *exec.Batch, row int, cause error) (pad bool, err error) {
	e.stats.Faults.Add(1)
	re := &exec.RowError{Row: row, Err: cause}
	switch e.policy {
	case FaultNull:
		return true, nil
	case FaultDrop:
		e.stats.Dropped.Add(1)
		if e.cfg.Dropped != nil {
			e.cfg.Dropped(in, re)
		}
		return false, nil
	case FaultFail:
		if e.cfg.Explain != nil {
			re.Err = e.cfg.Explain(in, row, cause)
		}
	}
	return false, re
}
