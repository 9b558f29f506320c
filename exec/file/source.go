package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Source reads the lines of a file as rows. It is used by one goroutine, and
// is one split.
type Source struct {
	cfg     Config
	in      *input
	lines   lines
	decoder format.Decoder
	batch   *exec.Batch
	value   []*exec.Column // the columns that the decoder fills
	meta    []metaColumn
	log     limitedLog
	size    int // bytes of the lines in the batch

	atEnd    bool      // a bounded input has no more bytes
	ended    bool      // and all its rows were returned
	caughtUp bool      // the last look found nothing more
	nextPoll time.Time // of a followed file
	failed   error     // to be returned after the rows before it
}

type metaColumn struct {
	col *exec.Column
	key string
}

// splitID is the one split's.
const splitID = 0

// NewSource opens the file.
func NewSource(cfg Config) (*Source, error) {
	cfg.complete()
	s := &Source{cfg: cfg, batch: &exec.Batch{}, log: limitedLog{log: cfg.Log}}
	s.lines.limit = cfg.MaxLineBytes
	var fields []format.Field
	for _, c := range cfg.Columns {
		col := exec.NewColumnOf(c.Type)
		s.batch.Cols = append(s.batch.Cols, col)
		if c.Meta == "" {
			fields = append(fields, format.Field{Name: c.Name, Type: c.Type})
			s.value = append(s.value, col)
			continue
		}
		if err := CheckMeta(c); err != nil {
			return nil, err
		}
		s.meta = append(s.meta, metaColumn{col, c.Meta})
	}
	var err error
	if s.decoder, err = cfg.Format.NewDecoder(fields, cfg.FormatOptions); err != nil {
		return nil, err
	}
	if s.in, err = open(cfg.Path); err != nil {
		return nil, err
	}
	if cfg.Follow && s.in.compressed() {
		err = sqlerr.New(sqlerr.FeatureNotSupported, "following a gzip file is not supported: %q", cfg.Path)
		return nil, errors.Join(err, s.in.close())
	}
	return s, nil
}

// CheckMeta sees that a column can be filled with the metadata it names.
func CheckMeta(c Column) error {
	switch {
	case c.Meta != MetaPath && c.Meta != MetaLine:
		return sqlerr.New(sqlerr.UndefinedColumn, "connector %q has no metadata %q", "file", c.Meta).Hint("metadata: path, line")
	case c.Meta == MetaPath && c.Type.Kind != catalog.Varchar:
		return sqlerr.New(sqlerr.DatatypeMismatch, "metadata %q is of type VARCHAR, not %s", c.Meta, c.Type)
	case c.Meta == MetaLine && c.Type.Kind != catalog.BigInt:
		return sqlerr.New(sqlerr.DatatypeMismatch, "metadata %q is of type BIGINT, not %s", c.Meta, c.Type)
	}
	return nil
}

// Read gives the next rows. See exec.Source.
func (s *Source) Read(ctx context.Context) (*exec.Batch, error) {
	if s.failed != nil {
		return nil, s.failed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.batch.Reset()
	s.batch.Split = splitID
	s.size = 0
	err := s.collect(ctx, time.Now().Add(readTick))
	s.cfg.Stats.Rows.Add(int64(s.batch.N))
	s.cfg.Stats.Bytes.Add(int64(s.size))
	if err != nil && err != errNothing {
		s.failed = err
	}
	switch {
	case s.batch.N > 0:
		return s.batch, nil
	case err == errNothing:
		return nil, nil
	}
	return nil, err
}

// collect adds rows to the batch until it is full, or an error or errNothing
// ends it.
func (s *Source) collect(ctx context.Context, deadline time.Time) error {
	for s.batch.N < s.cfg.BatchRows && s.size < maxBatchBytes {
		line, ok, tooLong := s.lines.next()
		if !ok && s.atEnd {
			if line, ok, tooLong = s.lines.last(); !ok {
				s.ended = true
				return io.EOF
			}
		}
		var err error
		if ok {
			err = s.take(line, tooLong)
		} else {
			err = s.fill(ctx, deadline)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

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
	until := deadline
	if s.nextPoll.Before(until) {
		until = s.nextPoll
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	if !time.Now().Before(deadline) {
		return errNothing
	}
	return nil
}

// restart goes to the beginning of a file that was replaced or cut.
func (s *Source) restart(what change) error {
	if what == replaced {
		// The old file will get no more: what stands behind its last line end is a line.
		if line, ok, tooLong := s.lines.last(); ok {
			return s.take(line, tooLong) // and the next look sees the change again
		}
		in, err := open(s.cfg.Path)
		if err != nil {
			return err
		}
		old := s.in
		s.in = in
		s.lines.drop()
		s.cfg.Log.Info("followed file was replaced", slog.String("path", s.cfg.Path))
		return old.close()
	}
	if s.lines.drop() {
		s.cfg.Stats.Rejects.Add(1)
	}
	s.cfg.Log.Warn("followed file was cut short", slog.String("path", s.cfg.Path))
	return s.in.rewind()
}

// take adds a line to the batch.
func (s *Source) take(line []byte, tooLong bool) error {
	s.size += len(line)
	if len(bytes.TrimSpace(line)) == 0 && !tooLong && !s.cfg.Format.EmptyRecords {
		return nil
	}
	var err error
	if tooLong {
		err = sqlerr.New(sqlerr.ProgramLimitExceeded, "line is longer than %d bytes", s.cfg.MaxLineBytes).
			Hint("set %q", optLine)
	} else {
		err = s.decoder.Append(line, s.value)
	}
	if err != nil {
		if err = s.reject(err); err != nil || s.cfg.OnError == OnErrorSkip {
			return err
		}
	}
	for _, m := range s.meta {
		if m.key == MetaLine {
			m.col.AppendInt(s.lines.number)
		} else {
			m.col.AppendString(s.cfg.Path)
		}
	}
	s.batch.N++
	return nil
}

// reject does with a refused line as on-error says.
func (s *Source) reject(err error) error {
	s.cfg.Stats.Rejects.Add(1)
	err = fmt.Errorf("file %s line %d: %w", s.cfg.Path, s.lines.number, err)
	switch s.cfg.OnError {
	case OnErrorFail:
		return err
	case OnErrorNull:
		for _, c := range s.value {
			c.AppendNull()
		}
	}
	s.log.warn("line rejected", slog.String("path", s.cfg.Path), slog.Int64("line", s.lines.number), slog.Any("error", err))
	return nil
}

// Splits gives the one split.
func (s *Source) Splits() []int32 { return []int32{splitID} }

// CaughtUp tells whether the last look at the file found nothing more.
func (s *Source) CaughtUp(int32) bool { return s.caughtUp }

// Ended tells whether all of a bounded file has been returned.
func (s *Source) Ended(int32) bool { return s.ended }

// Close closes the file.
func (s *Source) Close() error {
	if s.in == nil {
		return nil
	}
	err := s.in.close()
	s.in = nil
	if s.failed == nil {
		s.failed = sqlerr.New(sqlerr.InternalError, "file %q is closed", s.cfg.Path)
	}
	return err
}
