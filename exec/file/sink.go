package file

import (
	"context"
	"errors"
	"os"
	"syscall"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
)

// Sink writes rows as lines of a file. It is used by one goroutine. Whole lines
// go out in one write at the file's end, so sinks of several tasks or
// processes can share a file.
type Sink struct {
	cfg     Config
	f       *os.File
	encoder format.Encoder
	buf     []byte
	rows    int64 // in buf
}

// NewSink opens the file, and makes it when it is not there.
func NewSink(cfg Config) (*Sink, error) {
	cfg.complete()
	s := &Sink{cfg: cfg}
	fields := make([]format.Field, len(cfg.Columns))
	for i, c := range cfg.Columns {
		fields[i] = format.Field{Name: c.Name, Type: c.Type}
	}
	var err error
	if s.encoder, err = cfg.Format.NewEncoder(fields, cfg.FormatOptions); err != nil {
		return nil, err
	}
	if cfg.Path == "-" || cfg.Path == "/dev/stdout" {
		s.f = os.Stdout
		return s, nil
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_APPEND
	if cfg.Truncate {
		flags |= os.O_TRUNC
	}
	if s.f, err = os.OpenFile(cfg.Path, flags, 0o644); err != nil {
		return nil, openError(cfg.Path, "writing", err)
	}
	return s, nil
}

// Write encodes the rows and writes them in one piece: whoever reads the file of a
// continuous query sees them at once, and a batch is long enough to be worth a
// write. On error none of the rows of this batch is written.
func (s *Sink) Write(ctx context.Context, b *exec.Batch) error {
	start, rows := len(s.buf), s.rows
	for i := range b.Rows() {
		var err error
		if s.buf, err = s.encoder.Encode(s.buf, b, b.Row(i)); err != nil {
			s.buf, s.rows = s.buf[:start], rows
			return err
		}
		s.buf = append(s.buf, '\n')
		s.rows++
	}
	return s.flush()
}

// flush writes the buffer.
func (s *Sink) flush() error {
	if len(s.buf) == 0 {
		return nil
	}
	n, err := s.f.Write(s.buf)
	if err != nil {
		s.buf = s.buf[:copy(s.buf, s.buf[n:])]
		return ioError(s.cfg.Path, "write", err)
	}
	s.cfg.Stats.Bytes.Add(int64(n))
	s.cfg.Stats.Rows.Add(s.rows)
	s.buf, s.rows = s.buf[:0], 0
	if cap(s.buf) > 16*writeBytes { // of one very long row
		s.buf = nil
	}
	return nil
}

// Flush writes all rows to the file: they outlive the process, and after Close
// the machine.
func (s *Sink) Flush(context.Context) error { return s.flush() }

// Close writes what is left and closes the file.
func (s *Sink) Close() error {
	if s.f == nil {
		return nil
	}
	err := s.flush()
	f := s.f
	s.f = nil
	if f == os.Stdout {
		return err
	}
	// Not every file can be synced: /dev/null and pipes cannot.
	if e := f.Sync(); e != nil && err == nil && !isUnsupported(e) {
		err = ioError(s.cfg.Path, "sync", e)
	}
	if e := f.Close(); e != nil && err == nil {
		err = ioError(s.cfg.Path, "close", e)
	}
	return err
}

func isUnsupported(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP)
}
