package file

import (
	"io"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/penstock/penstock/internal/sqlerr"
)

// compression is how the bytes of a file are packed.
type compression uint8

const (
	byName compression = iota // as the file's name says
	unpacked
	gzipped
	zstandard
)

var compressionNames = []string{"auto", "none", "gzip", "zstd"}

// maxWindow bounds what unpacking zstd holds in memory.
const maxWindow = 128 << 20

func compressionOf(name string) compression {
	return compression(slices.Index(compressionNames, name))
}

// of settles the compression of a file.
func (c compression) of(path string) compression {
	if c != byName {
		return c
	}
	switch {
	case strings.HasSuffix(path, ".gz"):
		return gzipped
	case strings.HasSuffix(path, ".zst"):
		return zstandard
	}
	return unpacked
}

func (c compression) String() string { return compressionNames[c] }

// reader unpacks src. Several packed pieces may follow one another.
func (c compression) reader(src io.Reader) (io.Reader, error) {
	switch c {
	case gzipped:
		return gzip.NewReader(src)
	case zstandard:
		d, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	return src, nil
}

// packer packs what is written to it. Flush makes all of it readable.
type packer interface {
	io.WriteCloser
	Flush() error
}

func (c compression) writer(dst io.Writer) (packer, error) {
	switch c {
	case gzipped:
		return gzip.NewWriter(dst), nil
	case zstandard:
		return zstd.NewWriter(dst, zstd.WithEncoderConcurrency(1))
	}
	return plainPacker{dst}, nil
}

// plainPacker packs nothing.
type plainPacker struct{ io.Writer }

func (plainPacker) Flush() error { return nil }
func (plainPacker) Close() error { return nil }

// corrupt says that packed bytes cannot be unpacked.
func (c compression) corrupt(path string, err error) error {
	return sqlerr.Wrap(err, sqlerr.DataCorrupted, "file %q is not valid %s: %s", path, c, err)
}
