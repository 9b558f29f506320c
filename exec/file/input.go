package file

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/penstock/penstock/internal/sqlerr"
)

// input is the bytes of a file, a pipe or standard input.
type input struct {
	path    string
	f       *os.File
	in      io.Reader // f, or what decompresses it
	regular bool
	stdin   bool
	quiet   bool  // the last read found nothing and did not wait
	offset  int64 // bytes read of f, where it is not compressed
}

// errNothing is what read gives when a pipe or a followed file has no bytes now.
var errNothing = errors.New("nothing to read now")

// open opens path for reading. Opening a named pipe does not wait for a writer.
func open(path string) (*input, error) {
	in := &input{path: path, stdin: path == "-" || path == "/dev/stdin"}
	name := path
	if in.stdin {
		name = "/dev/stdin"
	}
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, openError(path, "reading", err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = syscall.EISDIR
	}
	if err != nil {
		_ = f.Close() // nothing was read
		return nil, openError(path, "reading", err)
	}
	in.f, in.in, in.regular = f, f, info.Mode().IsRegular()
	return in, nil
}

// compressed tells whether the bytes have to be unpacked.
func (in *input) compressed() bool { return strings.HasSuffix(in.path, ".gz") }

// read fills p with what there is. For a pipe it waits until the deadline and
// then gives errNothing.
func (in *input) read(p []byte, deadline time.Time) (int, error) {
	if in.compressed() {
		return in.unpack(p)
	}
	if !in.regular {
		// Terminals and pipes know deadlines; what does not (/dev/null) does not wait.
		if err := in.f.SetReadDeadline(deadline); err != nil && !errors.Is(err, os.ErrNoDeadline) {
			return 0, ioError(in.path, "read", err)
		}
	}
	in.quiet = false
	n, err := in.f.Read(p)
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
	return 0, ioError(in.path, "read", err)
}

func (in *input) isPipe() bool {
	info, err := in.f.Stat()
	return err == nil && info.Mode()&os.ModeNamedPipe != 0
}

func (in *input) unpack(p []byte) (int, error) {
	if in.in == in.f {
		z, err := gzip.NewReader(in.f)
		if err == io.EOF {
			return 0, io.EOF
		}
		if err != nil {
			return 0, in.corrupt(err)
		}
		in.in = z
	}
	n, err := in.in.Read(p)
	switch {
	case n > 0:
		return n, nil
	case err == nil || err == io.EOF:
		return 0, io.EOF
	}
	return 0, in.corrupt(err)
}

func (in *input) corrupt(err error) error {
	return sqlerr.Wrap(err, sqlerr.DataCorrupted, "file %q is not valid gzip: %s", in.path, err)
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

func (in *input) close() error { return in.f.Close() }
