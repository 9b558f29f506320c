package file

import (
	"context"
	"io"
	"log/slog"
	"time"
)

// fill reads more bytes, and waits for them where there is something to wait for.
func (s *Source) fill(ctx context.Context, deadline time.Time) error {
	if s.batch.N > 0 && !s.in.regular {
		return errNothing // who writes into a pipe may be slow: give what there is
	}
	n, err := s.in.read(s.lines.space(), deadline)
	switch {
	case err == nil:
		s.caughtUp = false
		s.lines.read(n)
		return nil
	case err == io.EOF && s.cfg.Follow:
		return s.await(ctx, deadline)
	case err == io.EOF:
		s.atEnd = true
		return nil
	case err == errNothing:
		s.caughtUp = true
		if s.in.quiet {
			return s.await(ctx, deadline)
		}
	}
	return err
}

// await is at the end of a followed file: it looks whether the file was
// replaced or cut, and otherwise waits for the next look.
func (s *Source) await(ctx context.Context, deadline time.Time) error {
	s.caughtUp = true
	if s.in.regular && !s.in.stdin && !time.Now().Before(s.nextPoll) {
		s.nextPoll = time.Now().Add(s.cfg.PollEvery)
		what, err := s.in.check()
		if err != nil {
			return err
		}
		if what != same {
			return s.restart(what)
		}
	}
	if s.batch.N > 0 {
		return errNothing
	}
	return s.pause(ctx, deadline, s.nextPoll)
}

// restart goes to the beginning of a file that was replaced or cut.
func (s *Source) restart(what change) error {
	if what == replaced {
		// The old file will get no more: what stands behind its last line end is a line.
		if line, ok, tooLong := s.lines.last(); ok {
			return s.take(line, tooLong) // and the next look sees the change again
		}
		old := s.in
		if err := s.begin(); err != nil {
			return err
		}
		s.cfg.Log.Info("followed file was replaced", slog.String("path", s.cfg.Path))
		return old.close()
	}
	if s.lines.drop() {
		s.cfg.Stats.Rejects.Add(1)
	}
	s.header = s.lines.records != nil && s.lines.records.Header()
	s.cfg.Log.Warn("followed file was cut short", slog.String("path", s.cfg.Path))
	return s.in.rewind()
}
