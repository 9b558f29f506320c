package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Source reads the rows of files, one after the other. It is used by one
// goroutine.
type Source struct {
	cfg     Config
	parts   []part
	at      int    // the part under way
	watch   *watch // nil: no files come later
	open    []bool // by split: it has not been read to its end
	in      *input // nil between two files
	lines   lines
	decoder format.Decoder
	table   format.Table
	whole   format.FileReader // in place of lines and decoder
	rows    int64             // of whole
	header  bool              // the next record names the columns
	batch   *exec.Batch
	value   []*exec.Column // the columns that the decoder fills
	meta    []metaColumn
	log     limitedLog
	size    int // bytes of the records in the batch
	ctx     context.Context
	cancel  context.CancelFunc // ends what objects of a store read

	atEnd    bool      // the file under way has no more bytes
	caughtUp bool      // the last look found nothing more
	nextPoll time.Time // of a followed file
	failed   error     // to be returned after the rows before it
}

// part is a file to read.
type part struct {
	path  string
	split int32
}

type metaColumn struct {
	col *exec.Column
	key string
}

// newSource prepares to read; a single file is opened at once.
func newSource(cfg Config, parts []part, w *watch) (*Source, error) {
	s := &Source{cfg: cfg, parts: parts, watch: w, batch: &exec.Batch{}, log: limitedLog{log: cfg.Log}}
	s.lines.limit = cfg.MaxLineBytes
	for _, p := range parts {
		for int(p.split) >= len(s.open) {
			s.open = append(s.open, false)
		}
		s.open[p.split] = true
	}
	for _, c := range cfg.Columns {
		col := exec.NewColumnOf(c.Type)
		s.batch.Cols = append(s.batch.Cols, col)
		if c.Meta == MetaPath || c.Meta == MetaLine {
			if err := cfg.CheckMeta(c); err != nil {
				return nil, err
			}
			s.meta = append(s.meta, metaColumn{col, c.Meta})
			continue
		}
		if c.Meta != "" {
			if err := cfg.CheckMeta(c); err != nil {
				return nil, err
			}
		}
		s.table.Want = append(s.table.Want, format.Field{Name: c.Name, Type: c.Type})
		s.table.Meta = append(s.table.Meta, c.Meta)
		s.value = append(s.value, col)
	}
	if s.table.Columns = cfg.Fields; s.table.Columns == nil {
		s.table.Columns = s.table.Want
	}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if len(parts) == 1 {
		if err := s.begin(); err != nil {
			s.cancel()
			return nil, err
		}
	}
	return s, nil
}

// prepare makes what reads records, where files consist of them.
func (s *Source) prepare() (err error) {
	f := s.cfg.Format
	if !s.cfg.canFollow() {
		return errFollow(s.cfg.Path)
	}
	if f.OpenFile != nil {
		return nil
	}
	if s.decoder, err = f.Decoder(s.table, s.cfg.FormatOptions); err != nil {
		return err
	}
	if f.Records != nil {
		s.lines.records, err = f.Records(s.cfg.FormatOptions)
	}
	return err
}

// begin opens the part under way.
func (s *Source) begin() error {
	in, err := open(s.ctx, &s.cfg, s.parts[s.at].path)
	if err != nil {
		return err
	}
	s.in, s.atEnd, s.rows = in, false, 0
	s.lines.drop()
	s.header = s.lines.records != nil && s.lines.records.Header()
	if s.cfg.Follow && !in.regular && in.f == nil {
		return openError(in.path, "following", errNotAFile)
	}
	if s.cfg.Format.OpenFile != nil {
		fi := format.FileInput{Size: in.obj.Size, Stream: stream{in}}
		if in.regular && in.packed == unpacked {
			fi.At = in.src
		}
		if s.whole, err = s.cfg.Format.OpenFile(fi, s.table, s.cfg.FormatOptions); err != nil {
			return s.located(err)
		}
	}
	return nil
}

// finish closes the part under way.
func (s *Source) finish() error {
	if s.watch == nil {
		s.open[s.parts[s.at].split] = false
	}
	s.at++
	return s.closeFile()
}

func (s *Source) closeFile() error {
	var err error
	if s.whole != nil {
		s.cfg.Stats.Bytes.Add(max(0, s.in.obj.Size))
		err = s.whole.Close()
		s.whole = nil
	}
	if s.in != nil {
		err = errors.Join(err, s.in.close())
		s.in = nil
	}
	return err
}

// Read gives the next rows. See exec.Source.
func (s *Source) Read(ctx context.Context) (*exec.Batch, error) {
	if s.failed != nil {
		return nil, s.failed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.in == nil || s.in.f == nil { // reading a store must end with ctx
		defer context.AfterFunc(ctx, s.cancel)()
	}
	s.batch.Reset()
	s.size = 0
	err := s.collect(ctx, time.Now().Add(readTick))
	s.cfg.Stats.Rows.Add(int64(s.batch.N))
	s.cfg.Stats.Bytes.Add(int64(s.size))
	if e := ctx.Err(); e != nil && err != nil {
		err = e
	}
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

// collect adds rows of one part to the batch until it is full or the part over,
// or an error or errNothing ends it.
func (s *Source) collect(ctx context.Context, deadline time.Time) error {
	for s.batch.N < s.cfg.BatchRows && s.size < maxBatchBytes {
		if s.in == nil {
			if s.batch.N > 0 {
				return nil
			}
			if s.at == len(s.parts) {
				if s.watch == nil {
					return io.EOF
				}
				if err := s.lookout(ctx, deadline); err != nil {
					return err
				}
				continue
			}
			if err := s.begin(); err != nil {
				return err
			}
		}
		s.batch.Split = s.parts[s.at].split
		if err := s.step(ctx, deadline); err != nil {
			return err
		}
	}
	return nil
}

// step takes a record, reads more bytes, or ends the part.
func (s *Source) step(ctx context.Context, deadline time.Time) error {
	if s.whole != nil {
		return s.takeRows()
	}
	line, ok, tooLong := s.lines.next()
	if !ok && s.atEnd {
		if line, ok, tooLong = s.lines.last(); !ok {
			return s.finish()
		}
	}
	if !ok {
		return s.fill(ctx, deadline)
	}
	return s.take(line, tooLong)
}

// lookout waits for new files in a watched directory.
func (s *Source) lookout(ctx context.Context, deadline time.Time) error {
	if !time.Now().Before(s.watch.nextLook) {
		fresh, err := s.watch.look(ctx, &s.cfg)
		if err != nil {
			return err
		}
		s.watch.nextLook = time.Now().Add(s.cfg.Monitor)
		s.parts, s.at = append(s.parts[:0], fresh...), 0
		if s.caughtUp = len(fresh) == 0; !s.caughtUp {
			return nil
		}
	}
	s.caughtUp = true
	return s.pause(ctx, deadline, s.watch.nextLook)
}

// pause waits until the earlier of two times; at the deadline it gives errNothing.
func (s *Source) pause(ctx context.Context, deadline, until time.Time) error {
	if deadline.Before(until) {
		until = deadline
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

// take adds a record to the batch.
func (s *Source) take(line []byte, tooLong bool) error {
	s.size += len(line)
	if !tooLong {
		if skip, err := s.aside(line); skip || err != nil {
			return err
		}
	}
	var err error
	if tooLong {
		err = sqlerr.New(sqlerr.ProgramLimitExceeded, "line is longer than %d bytes", s.cfg.MaxLineBytes).
			Hint("set %q", optLine)
	} else {
		err = s.decoder.Append(line, s.value)
	}
	if err != nil {
		if err = s.reject(line, err); err != nil || s.cfg.OnError != OnErrorNull {
			return err
		}
	}
	s.addMeta(s.lines.number)
	s.batch.N++
	return nil
}

// aside deals with what is no row: empty lines, comments, the header.
func (s *Source) aside(line []byte) (skip bool, err error) {
	if r := s.lines.records; r != nil {
		if len(line) == 0 || r.Skip(line) {
			return true, nil
		}
		if h, ok := s.decoder.(format.HeaderReader); ok && s.header {
			s.header = false
			if err := h.Header(line); err != nil {
				return true, s.located(err)
			}
			return true, nil
		}
		return false, nil
	}
	return len(bytes.TrimSpace(line)) == 0 && !s.cfg.Format.EmptyRecords, nil
}

func (s *Source) addMeta(line int64) {
	for _, m := range s.meta {
		if m.key == MetaLine {
			m.col.AppendInt(line)
		} else {
			m.col.AppendString(s.in.path)
		}
	}
}

// takeRows adds rows of a file that is read as a whole.
func (s *Source) takeRows() error {
	n, err := s.whole.Read(s.value, s.cfg.BatchRows-s.batch.N)
	for range n {
		s.rows++
		s.addMeta(s.rows)
	}
	s.batch.N += n
	if err == io.EOF {
		return s.finish()
	}
	bad, ok := errors.AsType[*format.RowError](err)
	if !ok {
		return s.located(err)
	}
	s.rows++
	if err := s.reject(nil, bad.Err); err != nil || s.cfg.OnError != OnErrorNull {
		return err
	}
	s.addMeta(s.rows)
	s.batch.N++
	return nil
}

// located says in which file an error lies.
func (s *Source) located(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("file %s: %w", s.in.path, err)
}

// line is the number of the line, or row, under way.
func (s *Source) line() int64 {
	if s.whole != nil {
		return s.rows
	}
	return s.lines.number
}

// reject does with a refused line as on-error says.
func (s *Source) reject(line []byte, err error) error {
	s.cfg.Stats.Rejects.Add(1)
	if s.cfg.OnError == OnErrorReject && s.cfg.Reject != nil {
		if err := s.cfg.Reject(Rejected{Path: s.in.path, Line: s.line(), Raw: line, Err: err}); err != nil {
			return err
		}
	}
	err = fmt.Errorf("file %s line %d: %w", s.in.path, s.line(), err)
	switch s.cfg.OnError {
	case OnErrorFail:
		return err
	case OnErrorNull:
		for _, c := range s.value {
			c.AppendNull()
		}
	}
	s.log.warn("line rejected", slog.String("path", s.in.path), slog.Int64("line", s.line()), slog.Any("error", err))
	return nil
}

// Splits lists the parts that this source reads.
func (s *Source) Splits() []int32 {
	if s.watch != nil {
		return []int32{0}
	}
	out := make([]int32, len(s.parts))
	for i, p := range s.parts {
		out[i] = p.split
	}
	return out
}

// CaughtUp tells whether the last look found nothing more.
func (s *Source) CaughtUp(int32) bool { return s.caughtUp }

// Ended tells whether all of a file has been returned.
func (s *Source) Ended(split int32) bool {
	if s.watch != nil {
		return false
	}
	return int(split) >= len(s.open) || !s.open[split]
}

// Close closes the file under way.
func (s *Source) Close() error {
	if s.failed == nil {
		s.failed = sqlerr.New(sqlerr.InternalError, "file %q is closed", s.cfg.Path)
	}
	s.cancel()
	return s.closeFile()
}
