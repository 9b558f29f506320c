package file

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
)

// NewSink opens what the path names for writing: a file that lines are added
// to, or files that are written whole (see partSink).
func NewSink(cfg Config) (exec.Sink, error) {
	cfg.complete()
	if err := allowed(&cfg, cfg.Path); err != nil {
		return nil, err
	}
	fields := make([]format.Field, len(cfg.Columns))
	for i, c := range cfg.Columns {
		name := c.Name
		if c.Meta != "" {
			name = format.MetaName(c.Meta)
		}
		fields[i] = format.Field{Name: name, Type: c.Type}
	}
	if isURL(cfg.Path) || isDir(cfg.Path) || cfg.Format.CreateFile != nil {
		return newPartSink(cfg, fields)
	}
	return newLineSink(cfg, fields)
}

// isDir tells a path that names a directory to write files into.
func isDir(path string) bool { return strings.HasSuffix(path, "/") }

// Sink writes rows as lines of a file. It is used by one goroutine. Whole lines
// go out in one write at the file's end, so sinks of several tasks or
// processes can share a file.
type Sink struct {
	cfg     Config
	f       *os.File
	pack    packer
	encoder format.Encoder
	buf     []byte
	rows    int64 // in buf
}

// newLineSink opens the file, and makes it when it is not there.
func newLineSink(cfg Config, fields []format.Field) (*Sink, error) {
	s := &Sink{cfg: cfg}
	var err error
	if s.encoder, err = cfg.Format.NewEncoder(fields, cfg.FormatOptions); err != nil {
		return nil, err
	}
	fresh := true
	switch path := strings.TrimPrefix(cfg.Path, "file://"); path {
	case "-", "/dev/stdout":
		s.f = os.Stdout
	default:
		flags := os.O_WRONLY | os.O_CREATE | os.O_APPEND
		if cfg.Truncate {
			flags |= os.O_TRUNC
		}
		if s.f, err = os.OpenFile(path, flags, 0o644); err != nil {
			return nil, openError(cfg.Path, "writing", err)
		}
		info, err := s.f.Stat()
		fresh = err != nil || info.Size() == 0
	}
	if s.pack, err = cfg.compression.of(cfg.Path).writer(s.f); err == nil && fresh {
		err = s.begin()
	}
	if err != nil {
		return nil, errors.Join(err, s.closeFile())
	}
	return s, nil
}

// begin writes the header of an empty file, where its format has one.
func (s *Sink) begin() (err error) {
	s.buf, err = header(s.buf, &s.cfg, s.encoder)
	return err
}

// header appends the record that a file begins with, where its format has one.
func header(dst []byte, cfg *Config, e format.Encoder) ([]byte, error) {
	h, ok := e.(format.HeaderWriter)
	if !ok || cfg.Format.Records == nil {
		return dst, nil
	}
	r, err := cfg.Format.Records(cfg.FormatOptions)
	if err != nil || !r.Header() {
		return dst, err
	}
	if dst, err = h.Header(dst); err != nil {
		return dst, err
	}
	return append(dst, '\n'), nil
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
	n, err := s.pack.Write(s.buf)
	if err == nil {
		err = s.pack.Flush()
	}
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
	if e := s.pack.Close(); e != nil && err == nil {
		err = ioError(s.cfg.Path, "write", e)
	}
	if e := s.closeFile(); err == nil {
		err = e
	}
	return err
}

func (s *Sink) closeFile() error {
	f := s.f
	s.f = nil
	if f == os.Stdout {
		return nil
	}
	return syncClose(f, s.cfg.Path)
}

// syncClose closes a written file; its bytes then outlive the machine.
func syncClose(f *os.File, path string) (err error) {
	// Not every file can be synced: /dev/null and pipes cannot.
	if e := f.Sync(); e != nil && !isUnsupported(e) {
		err = ioError(path, "sync", e)
	}
	if e := f.Close(); e != nil && err == nil {
		err = ioError(path, "close", e)
	}
	return err
}

func isUnsupported(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP)
}
