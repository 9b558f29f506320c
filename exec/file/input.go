package file

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// input is the bytes of a file, a pipe, standard input or an object.
type input struct {
	path    string
	obj     Object
	src     Handle
	f       *os.File // src, where it is local
	in      io.Reader
	packed  compression
	regular bool // reading does not wait for a writer
	stdin   bool
	quiet   bool  // the last read found nothing and did not wait
	offset  int64 // bytes read of src, where it is not packed
}

// errNothing is what read gives when a pipe or a followed file has no bytes now.
var errNothing = errors.New("nothing to read now")

// open opens path for reading. ctx governs the reading of objects.
func open(ctx context.Context, cfg *Config, path string) (*input, error) {
	src, obj, err := Open(ctx, cfg, path)
	if err != nil {
		return nil, err
	}
	in := &input{path: obj.Path, obj: obj, src: src, stdin: isStandard(obj.Path), packed: cfg.compression.of(obj.Path), regular: true}
	if f, ok := src.(*os.File); ok {
		info, err := f.Stat()
		if err != nil {
			return nil, errors.Join(openError(path, "reading", err), f.Close())
		}
		in.f, in.regular = f, info.Mode().IsRegular()
	}
	return in, nil
}

// read fills p with what there is. For a pipe it waits until the deadline and
// then gives errNothing.
func (in *input) read(p []byte, deadline time.Time) (int, error) {
	if in.packed != unpacked {
		return in.unpack(p)
	}
	if !in.regular {
		// Terminals and pipes know deadlines; what does not (/dev/null) does not wait.
		if err := in.f.SetReadDeadline(deadline); err != nil && !errors.Is(err, os.ErrNoDeadline) {
			return 0, ioError(in.path, "read", err)
		}
	}
	in.quiet = false
	n, err := in.src.Read(p)
	in.offset += int64(n)
	switch {
	case n > 0:
		return n, nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return 0, errNothing
	case err == io.EOF && !in.regular && !in.stdin && in.offset == 0 && in.isPipe():
		in.quiet = true // no writer has come yet
		return 0, errNothing
	case err == nil || err == io.EOF:
		return 0, io.EOF
	}
	return 0, in.failed(err)
}

// failed describes an error of reading.
func (in *input) failed(err error) error {
	if _, ok := errors.AsType[*sqlerr.Error](err); ok {
		return err
	}
	return ioError(in.path, "read", err)
}

func (in *input) isPipe() bool {
	info, err := in.f.Stat()
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}

// unpack reads packed bytes. An empty file is an empty file.
func (in *input) unpack(p []byte) (int, error) {
	if in.in == nil {
		z, err := in.packed.reader(in.src)
		if err == io.EOF {
			return 0, io.EOF
		}
		if err != nil {
			return 0, in.packed.corrupt(in.path, err)
		}
		in.in = z
	}
	for range maxEmptyReads {
		n, err := in.in.Read(p)
		switch {
		case n > 0:
			return n, nil
		case err == io.EOF:
			return 0, io.EOF
		case err != nil:
			return 0, in.packed.corrupt(in.path, err)
		}
	}
	return 0, in.packed.corrupt(in.path, io.ErrNoProgress)
}

// maxEmptyReads bounds how often unpacking may give neither bytes nor an error.
const maxEmptyReads = 100

// stream reads the unpacked bytes in order.
type stream struct{ in *input }

func (s stream) Read(p []byte) (int, error) {
	for {
		n, err := s.in.read(p, time.Now().Add(readTick))
		if err != errNothing {
			return n, err
		}
		if s.in.quiet {
			return 0, sqlerr.New(sqlerr.IOError, "could not read file %q: nobody writes into the pipe", s.in.path)
		}
	}
}

// change is what has become of a followed file.
type change uint8

const (
	same      change = iota
	shortened        // it has fewer bytes than were read
	replaced         // the name means another file now
)

// check looks what has become of the file behind the name.
func (in *input) check() (change, error) {
	now, err := os.Stat(in.path)
	if errors.Is(err, os.ErrNotExist) {
		return same, nil // renamed, and the new one is still to come
	}
	if err != nil {
		return same, ioError(in.path, "stat", err)
	}
	was, err := in.f.Stat()
	switch {
	case err != nil:
		return same, ioError(in.path, "stat", err)
	case !os.SameFile(now, was):
		return replaced, nil
	case now.Size() < in.offset:
		return shortened, nil
	}
	return same, nil
}

// rewind starts the file again.
func (in *input) rewind() error {
	if _, err := in.f.Seek(0, io.SeekStart); err != nil {
		return ioError(in.path, "read", err)
	}
	in.offset = 0
	return nil
}

func (in *input) close() error {
	if z, ok := in.in.(io.Closer); ok {
		_ = z.Close() // of unpacking; nothing was written
	}
	return in.src.Close()
}
