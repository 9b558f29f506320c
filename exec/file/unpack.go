package file

import (
	"errors"
	"io"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Unpack gives the bytes of an open file as the option 'compression' and its
// name say they are packed, for readers that take a file as a whole.
func (c *Config) Unpack(path string, src io.Reader) (io.ReadCloser, error) {
	kind := c.compression.of(path)
	in := &unpacking{path: path, kind: kind}
	var err error
	if in.in, err = kind.reader(src); err != nil {
		return nil, in.fault(err)
	}
	return in, nil
}

// unpacking is a packed file's bytes, with our errors.
type unpacking struct {
	path string
	kind compression
	in   io.Reader
}

// Read unpacks.
func (u *unpacking) Read(p []byte) (int, error) {
	n, err := u.in.Read(p)
	if err != nil && err != io.EOF {
		err = u.fault(err)
	}
	return n, err
}

func (u *unpacking) fault(err error) error {
	if e, ok := errors.AsType[*sqlerr.Error](err); ok {
		return e
	}
	if u.kind == unpacked {
		return ioError(u.path, "read", err)
	}
	return u.kind.corrupt(u.path, err)
}

// Close lets go of what unpacking holds; the file stays open.
func (u *unpacking) Close() error {
	if c, ok := u.in.(io.Closer); ok && u.kind != unpacked {
		return c.Close()
	}
	return nil
}
