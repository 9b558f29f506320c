package exec

import (
	"context"
	"io"
	"sync"
)

// PipeDepth is how many batches a query may be ahead of its reader.
const PipeDepth = 4

// Pipe is the sink of a query whose rows go to a client: the graph writes, the
// session reads. When the reader is slow Write waits, and with it the query.
type Pipe struct {
	full, free chan *Batch
	over       chan struct{} // closed when the writer has ended
	gone       chan struct{} // closed when the reader has left
	err        error         // set before over is closed
	cur        *Batch
	end, leave sync.Once
}

// NewPipe makes a pipe for rows of the given layout (an empty batch).
func NewPipe(layout *Batch) *Pipe {
	p := &Pipe{full: make(chan *Batch, PipeDepth), free: make(chan *Batch, PipeDepth), over: make(chan struct{}), gone: make(chan struct{})}
	for range PipeDepth {
		p.free <- layout.Like()
	}
	return p
}

// Write copies the batch. It returns ErrDone once the reader has left.
func (p *Pipe) Write(ctx context.Context, b *Batch) error {
	select {
	case <-p.gone:
		return ErrDone
	default:
	}
	select {
	case c := <-p.free:
		b.AppendTo(c)
		p.full <- c // has room: there are only PipeDepth batches
		return nil
	case <-p.gone:
		return ErrDone
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Flush has nothing to do: Write hands over at once.
func (p *Pipe) Flush(context.Context) error { return nil }

// Close is called by the graph; see Finish.
func (p *Pipe) Close() error { return nil }

// Finish ends the stream for the reader with the query's fault, nil for none.
// The owner of the graph calls it after Run.
func (p *Pipe) Finish(err error) {
	p.end.Do(func() { p.err = err; close(p.over) })
}

// Next gives the next batch, valid until the following call; io.EOF at the end,
// or the query's fault. With wait false it returns nil and no error when none is ready.
func (p *Pipe) Next(ctx context.Context, wait bool) (*Batch, error) {
	if p.cur != nil {
		p.cur.Reset()
		p.free <- p.cur
		p.cur = nil
	}
	select {
	case p.cur = <-p.full:
		return p.cur, nil
	default:
	}
	if !wait {
		select {
		case <-p.over:
		default:
			return nil, nil
		}
	}
	select {
	case p.cur = <-p.full:
		return p.cur, nil
	case <-p.over:
		// What was written before the end still counts.
		select {
		case p.cur = <-p.full:
			return p.cur, nil
		default:
		}
		if p.err != nil {
			return nil, p.err
		}
		return nil, io.EOF
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Leave tells the query that no more rows are wanted.
func (p *Pipe) Leave() { p.leave.Do(func() { close(p.gone) }) }
