package format

import (
	"io"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
)

// Records cuts a stream into records, for formats in which a record may span
// lines. It is used by one goroutine.
type Records interface {
	// End gives the position of the line end that closes the record b begins
	// with, or -1 when more bytes are needed: b then begins with the same record
	// at the next call.
	End(b []byte) int
	// Reset says that the bytes behind are of another record.
	Reset()
	// Skip tells a record that is no row, such as a comment.
	Skip(b []byte) bool
	// Header tells whether a stream's first record names the columns.
	Header() bool
}

// HeaderReader is implemented by decoders of such streams. Of each stream it
// gets the first record before Append gets the others.
type HeaderReader interface {
	Header(record []byte) error
}

// HeaderWriter is implemented by their encoders: Header appends the record that
// a stream begins with.
type HeaderWriter interface {
	Header(dst []byte) ([]byte, error)
}

// FileInput is a file's bytes: At for formats that look into it here and there,
// Stream for those that go through it.
type FileInput struct {
	At     io.ReaderAt
	Size   int64
	Stream io.Reader
}

// FileReader reads the rows of a whole file. It is used by one goroutine.
type FileReader interface {
	// Read appends at most n rows to cols, which stand in the order of the wanted
	// columns, and says how many. It gives io.EOF at the end, and a *RowError
	// for a row that is refused behind those of this call; reading may then go on.
	// Its other errors are *sqlerr.Error and final.
	Read(cols []*exec.Column, n int) (int, error)
	Close() error
}

// FileWriter writes the rows of a whole file. It is used by one goroutine.
type FileWriter interface {
	Write(b *exec.Batch) error
	// Held is how many bytes, about, wait to be written.
	Held() int64
	// Close writes what the file ends with. It does not close the file.
	Close() error
}

// RowError is a row of a file that cannot be had; the columns are without it.
type RowError = scalar.RowError
