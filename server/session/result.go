package session

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// stream is the Result of a SELECT.
type stream struct {
	notices
	q      *query
	pipe   *exec.Pipe
	schema catalog.Schema
	why    error // the cancellation that the reader came back with, if any
}

func (s *stream) Next(ctx context.Context, wait bool) (*exec.Batch, error) {
	b, err := s.pipe.Next(ctx, wait)
	if b != nil {
		s.q.sent.Add(int64(b.Rows()))
	}
	if _, ok := errors.AsType[*sqlerr.Error](context.Cause(ctx)); ok && err != nil {
		s.why = err
	}
	return b, err
}

func (s *stream) Columns() catalog.Schema { return s.schema }
func (s *stream) Tag(rows int64) string   { return fmt.Sprintf("SELECT %d", rows) }

func (s *stream) Close() error {
	if s.why != nil {
		s.q.stop(s.why) // cancelled, by the reader's account
		return nil
	}
	s.pipe.Leave()
	s.q.stop(errClosed)
	return nil
}

// written is the Result of an INSERT. Bounded input is waited for; a continuous
// job goes on when the Result is closed.
type written struct {
	notices
	q    *query
	wait bool
}

func (w *written) Next(ctx context.Context, wait bool) (*exec.Batch, error) {
	if !w.wait {
		return nil, io.EOF
	}
	if !wait && !w.q.hasEnded() {
		return nil, nil
	}
	select {
	case <-w.q.done:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if err := w.q.fault(); err != nil {
		return nil, err
	}
	return nil, io.EOF
}

func (w *written) Columns() catalog.Schema { return nil }

func (w *written) Tag(int64) string {
	if !w.wait {
		return "INSERT 0 0"
	}
	return fmt.Sprintf("INSERT 0 %d", w.q.info().RowsOut)
}

func (w *written) Close() error {
	if w.wait {
		w.q.stop(errStopped)
	}
	return nil
}

// fixed is a Result whose rows, if any, are known at once.
type fixed struct {
	notices
	schema catalog.Schema
	batch  *exec.Batch
	tag    string
	given  bool
}

func (f *fixed) Next(context.Context, bool) (*exec.Batch, error) {
	if f.given || f.batch == nil {
		return nil, io.EOF
	}
	f.given = true
	return f.batch, nil
}

func (f *fixed) Columns() catalog.Schema { return f.schema }

func (f *fixed) Tag(rows int64) string {
	if f.tag != "" {
		return f.tag
	}
	return fmt.Sprintf("SELECT %d", rows)
}

func (f *fixed) Close() error { return nil }

// notices is the part of a Result that holds what the user is told beside it.
type notices struct{ list []*sqlerr.Error }

func (n *notices) notice(format string, args ...any) {
	n.list = append(n.list, sqlerr.New(sqlerr.SuccessfulCompletion, format, args...))
}

func (n *notices) Notices() []*sqlerr.Error {
	l := n.list
	n.list = nil
	return l
}
