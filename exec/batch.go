package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
)

// Batch is a set of equally long columns with an optional selection.
//
// Ownership: a batch handed to Process or Emit belongs to the caller and is
// valid only until that call returns; who keeps rows copies them (Copy,
// Column.AppendFrom). So a source and each operator reuse their memory, and no
// row costs an allocation. Between goroutines batches travel as copies from a
// Pool, which the receiver gives back.
type Batch struct {
	Cols []*Column
	// N is the number of rows that the columns hold.
	N int
	// Sel, when not nil, lists the rows that count, in ascending order. Values
	// of other rows are unspecified, and their kernels need not have run.
	Sel []int32
	// Split is the part of the source the rows come from (a Kafka partition's
	// index within the query), or -1 behind an exchange. The watermark is kept per split.
	Split int32
}

// Rows is the number of rows that count.
func (b *Batch) Rows() int {
	if b.Sel != nil {
		return len(b.Sel)
	}
	return b.N
}

// Row gives the position in the columns of the i-th row that counts.
func (b *Batch) Row(i int) int {
	if b.Sel != nil {
		return int(b.Sel[i])
	}
	return i
}

// AppendTo adds the rows that count to dst, whose columns have the same
// layouts.
func (b *Batch) AppendTo(dst *Batch) {
	for ci, c := range b.Cols {
		dst.Cols[ci].AppendColumn(c, b.Sel, b.N)
	}
	dst.N += b.Rows()
}

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() {
	for _, c := range b.Cols {
		c.Reset()
	}
	b.N, b.Sel, b.Split = 0, nil, -1
}

// Like makes an empty batch with the same layouts.
func (b *Batch) Like() *Batch {
	d := &Batch{Cols: make([]*Column, len(b.Cols)), Split: -1}
	for i, c := range b.Cols {
		d.Cols[i] = c.Like()
	}
	return d
}

// AppendColumn copies rows sel (all n when nil) of src. Runs of plain values
// are copied whole.
func (c *Column) AppendColumn(src *Column, sel []int32, n int) {
	if sel != nil {
		for _, i := range sel {
			c.AppendFrom(src, int(i))
		}
		return
	}
	if src.Nulls || c.Nulls || len(src.Kids) > 0 {
		for i := range n {
			c.AppendFrom(src, i)
		}
		return
	}
	switch c.Layout {
	case Bools:
		c.Bool = append(c.Bool, src.Bool[:n]...)
	case Ints:
		c.Int = append(c.Int, src.Int[:n]...)
	case Floats:
		c.Float = append(c.Float, src.Float[:n]...)
	case Decimals:
		c.Dec = append(c.Dec, src.Dec[:n]...)
	case Intervals:
		c.Ivl = append(c.Ivl, src.Ivl[:n]...)
	case Strings:
		d := int32(len(c.Data)) - src.Offs[0]
		c.Data = append(c.Data, src.Data[src.Offs[0]:src.Offs[n]]...)
		for _, o := range src.Offs[1 : n+1] {
			c.Offs = append(c.Offs, o+d)
		}
	}
	c.n += n
}

// Time is an instant of event time in microseconds since 1970 UTC, as
// TIMESTAMP columns hold it.
type Time = int64

// The ends of time: a watermark starts at MinTime; MaxTime means that no row
// will ever come, the end of bounded input.
const (
	MinTime Time = math.MinInt64
	MaxTime Time = math.MaxInt64
)

// ErrDone is what Emit returns when no more rows are wanted (LIMIT reached,
// client gone). Operators pass it on unchanged; it is not a fault.
var ErrDone = errors.New("no more rows wanted")

// RowError is a fault of one row: the kernel met it at position Row of the
// batch under evaluation. The operator decides by policy whether the row is
// skipped or the query ends.
type RowError struct {
	Row int
	Err error
}

func (e *RowError) Error() string { return fmt.Sprintf("%v", e.Err) }

// Unwrap gives the SQL error.
func (e *RowError) Unwrap() error { return e.Err }

// Emit hands a batch to the next operator. See Batch for ownership.
type Emit func(*Batch) error

// Operator turns batches into batches. It is called from one goroutine, knows
// nothing of channels, barriers or the clock, and keeps nothing of its input.
type Operator interface {
	// Process takes a batch of input port (0, and 1 for a join's right side).
	Process(ctx context.Context, port int, in *Batch, emit Emit) error
	// Advance says that no row with an event time at or before to will come on
	// any port, but for late ones. It never goes back. MaxTime comes exactly
	// once, at the end of bounded input, and everything held must then be emitted.
	Advance(ctx context.Context, to Time, emit Emit) error
}

// Epoch numbers checkpoints from 1.
type Epoch int64

// Stateful is what an operator or source with state implements beside its own
// interface. Save writes all that Restore needs to go on as if nothing had been.
type Stateful interface {
	Save(e Epoch, w io.Writer) error
	Restore(r io.Reader) error
}

// Source yields batches, each from one split. It is used by one goroutine.
type Source interface {
	// Read gives the next batch, valid until the next Read. It returns io.EOF
	// at the end of bounded input, ctx's error when cancelled. It may return a
	// nil batch and no error when nothing came for a while (at most
	// IdleTick), so that the task can look at the clock.
	Read(ctx context.Context) (*Batch, error)
	io.Closer
}

// Splits is implemented by sources whose watermark is kept per part.
type Splits interface {
	// Splits lists the parts that this source reads; the list may grow.
	Splits() []int32
	// CaughtUp tells whether everything that stood in the split when we last
	// asked has been returned by Read: only then may silence count as idleness.
	CaughtUp(split int32) bool
	// Ended tells that a bounded split has been read to its end: it holds no
	// watermark back any more.
	Ended(split int32) bool
}

// Sink takes the rows of a query. It is used by one goroutine.
type Sink interface {
	// Write takes a batch, valid until Write returns.
	Write(ctx context.Context, b *Batch) error
	// Flush makes all rows written so far durable (or sent) before it returns.
	Flush(ctx context.Context) error
	io.Closer
}
