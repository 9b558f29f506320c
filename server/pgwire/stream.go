package pgwire

import (
	"context"
	"errors"
	"io"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// maxRowBytes is the longest row that a client can be sent.
const maxRowBytes = 1<<30 - 1

// noPortal is the name of a wait that no Close message can end: names in
// messages hold no zero byte.
const noPortal = "\x00"

// encoder writes one row as a message (DataRow or CopyData).
type encoder interface {
	appendRow(dst []byte, b *exec.Batch, row int) []byte
}

// nothing is the encoder of MOVE.
type nothing struct{}

func (nothing) appendRow(dst []byte, _ *exec.Batch, _ int) []byte { return dst }

// drain gives up to limit rows (allRows: to the end) and tells how many. Before
// it waits it flushes. closable names the portal whose Close message ends the
// wait, noPortal when none does. The error is ctx's cause when ctx ended;
// rows given before an error have been given.
func (c *conn) drain(ctx context.Context, r *rows, enc encoder, limit int64, closable string) (n int64, err error) {
	for limit < 0 || n < limit {
		if r.done {
			return n, nil
		}
		if r.batch == nil || r.at >= r.batch.Rows() {
			err := c.more(ctx, r, closable, n > 0)
			switch {
			case err == io.EOF:
				r.done = true
				return n, nil
			case err != nil:
				return n, err
			}
			continue
		}
		k := r.batch.Rows() - r.at
		if limit >= 0 {
			k = int(min(int64(k), limit-n))
		}
		for range k {
			start := len(c.out)
			c.out = enc.appendRow(c.out, r.batch, r.batch.Row(r.at))
			if len(c.out)-start > maxRowBytes {
				c.out = c.out[:start]
				return n, sqlerr.New(sqlerr.ProgramLimitExceeded, "a row of the result is longer than %d bytes", maxRowBytes)
			}
			r.at++
			n++
			if len(c.out) < flushBytes {
				continue
			}
			if c.flush(); c.broken != nil {
				return n, errClientGone
			}
			if ctx.Err() != nil {
				return n, context.Cause(ctx)
			}
		}
	}
	return n, nil
}

// more gets the next batch, after flushing when none is ready yet. When patience
// is at its end and rows were given already, it gets none, ready or not.
func (c *conn) more(ctx context.Context, r *rows, closable string, given bool) error {
	r.batch, r.at = nil, 0
	waiting := ctx
	if r.patience != nil {
		waiting = r.patience
		if given && waiting.Err() != nil {
			return context.Cause(waiting)
		}
	}
	b, err := r.res.Next(ctx, false)
	if b == nil && err == nil {
		c.notices(r)
		c.flush()
		if c.awaitRows(closable, true) {
			c.awaitRows("", false)
			return errSuspend
		}
		b, err = r.res.Next(waiting, true)
		c.awaitRows("", false)
	}
	if err != nil {
		if !errors.Is(err, io.EOF) && waiting.Err() != nil {
			return context.Cause(waiting)
		}
		return err
	}
	r.batch = b
	if b == nil && waiting.Err() != nil {
		return context.Cause(waiting)
	}
	return nil
}

// notices sends those that the statement has given.
func (c *conn) notices(r *rows) {
	for _, e := range r.res.Notices() {
		c.notice(e)
	}
}
