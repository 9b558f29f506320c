package exec

import (
	"context"
	"time"
)

// chain is a run of one-input operators as plain calls: what operator i emits is
// what operator i+1 processes, and the last one's rows go to the output. Only the
// first operator may have more than one port.
type chain struct {
	ops   []Operator
	emits []Emit // emits[i] feeds operator i (port 0); emits[len(ops)] feeds the output
	out   Output
	ctx   context.Context
	// gen, when set, sees the rows that enter operator genAt.
	gen   *watermarkGen
	genAt int
	// doneAt is the last operator that wants no more rows, -1 for none.
	doneAt          int
	at              Time // the watermark the operators from genAt on have been told
	stats           []*OpStats
	clock           opClock
	rowsIn, rowsOut int64
}

func newChain(ops []Operator, stats []*OpStats, out Output, gen *watermarkGen, genAt int) *chain {
	c := &chain{ops: ops, stats: stats, out: out, gen: gen, genAt: genAt, doneAt: -1, at: MinTime}
	c.emits = make([]Emit, len(ops)+1)
	for i := range ops {
		c.emits[i] = func(b *Batch) error { return c.process(i, 0, b) }
	}
	c.emits[len(ops)] = c.write
	return c
}

func (c *chain) write(b *Batch) error {
	if c.gen != nil && c.genAt == len(c.ops) {
		c.gen.observe(b)
	}
	n := int64(b.Rows())
	c.rowsOut += n
	if last := len(c.ops) - 1; last >= 0 {
		c.stats[last].RowsOut.Add(n)
	}
	start := time.Now()
	err := c.out.Write(c.ctx, b)
	c.clock.inner += time.Since(start)
	if err == ErrDone {
		c.doneAt = len(c.ops)
	}
	return err
}

func (c *chain) process(i, port int, b *Batch) error {
	if c.gen != nil && c.genAt == i {
		c.gen.observe(b)
	}
	st, n := c.stats[i], int64(b.Rows())
	st.Batches.Add(1)
	st.RowsIn.Add(n)
	if i > 0 {
		c.stats[i-1].RowsOut.Add(n)
	}
	outer := c.clock.start()
	start := time.Now()
	err := c.ops[i].Process(c.ctx, port, b, c.emits[i+1])
	c.clock.stop(st, outer, start)
	if err == ErrDone {
		c.doneAt = max(c.doneAt, i)
	}
	return err
}

// answer is process of the first operator where an asynchronous stage leads it:
// the answers to its questions have come.
func (c *chain) answer(a Asker, in *Batch, n int, m *Matches, of []int32) error {
	st := c.stats[0]
	st.Batches.Add(1)
	st.RowsIn.Add(int64(in.Rows()))
	outer := c.clock.start()
	start := time.Now()
	err := a.Answer(c.ctx, in, n, m, of, c.emits[1])
	c.clock.stop(st, outer, start)
	if err == ErrDone {
		c.doneAt = max(c.doneAt, 0)
	}
	return err
}

// push runs a batch through all operators.
func (c *chain) push(port int, b *Batch) error {
	c.rowsIn += int64(b.Rows())
	if len(c.ops) == 0 {
		return c.write(b)
	}
	return c.process(0, port, b)
}

// flush lets go the rows that the output has gathered for the next task.
func (c *chain) flush() {
	if x, ok := c.out.(*exchange); ok {
		x.push()
	}
}

// advance tells the operators from first on that time has come to to.
func (c *chain) advance(first int, to Time) error {
	for i := first; i < len(c.ops); i++ {
		outer := c.clock.start()
		start := time.Now()
		err := c.ops[i].Advance(c.ctx, to, c.emits[i+1])
		c.clock.stop(c.stats[i], outer, start)
		if err != nil {
			if err == ErrDone {
				c.doneAt = max(c.doneAt, i)
			}
			return err
		}
	}
	return nil
}

// watermark moves the time of the operators behind the generator and tells the
// next task. It never goes back here; the next task is told lower times too,
// for there the input may have come back from idleness.
func (c *chain) watermark(to Time, idle bool) error {
	if to > c.at {
		c.at = to
		if err := c.advance(c.genAt, to); err != nil {
			return err
		}
	}
	return c.out.Watermark(c.ctx, to, idle)
}

// refused notes that no one wants what the operators still hold.
func (c *chain) refused() error {
	c.doneAt = len(c.ops) - 1
	return ErrDone
}

// finish ends the stream: everything held comes out. After ErrDone only the
// operators behind the one that has enough are finished.
func (c *chain) finish() error {
	for {
		from := c.doneAt + 1
		err := c.advance(from, MaxTime)
		if err == ErrDone && c.doneAt+1 > from {
			continue
		}
		if err != nil && err != ErrDone {
			return err
		}
		return c.out.End(c.ctx)
	}
}
