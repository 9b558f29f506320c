package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	// readBuffer is the size of reads from the file.
	readBuffer = 256 << 10
	// maxFooter bounds a file's footer.
	maxFooter = 256 << 20
)

// FileReader reads a file. It is used by one goroutine.
type FileReader struct {
	cols    []*node // of the wanted columns; nil: the file has none
	streams map[int]*stream
	left    int64
	done    int64 // rows, the one under way included
}

// damaged describes an error of the library.
func damaged(err error) error {
	if e, ok := errors.AsType[*sqlerr.Error](err); ok {
		return e
	}
	return sqlerr.Wrap(err, sqlerr.DataCorrupted, "the Parquet file is damaged or of a kind that cannot be read: %s", err)
}

// guard makes an error of a panic of the library.
func guard(err *error) {
	if v := recover(); v != nil {
		*err = damaged(fmt.Errorf("%v", v))
	}
}

// OpenFile reads a file's footer.
func OpenFile(at io.ReaderAt, size int64, want []catalog.Column) (r *FileReader, err error) {
	if at == nil {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "reading Parquet from a pipe or a packed file is not supported")
	}
	defer guard(&err)
	if err := checkFooter(at, size); err != nil {
		return nil, err
	}
	f, err := parquet.OpenFile(at, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(readBuffer))
	if err != nil {
		return nil, damaged(err)
	}
	g := &grower{groups: f.RowGroups(), streams: map[int]*stream{}}
	r = &FileReader{left: f.NumRows(), streams: g.streams}
	for _, w := range want {
		c := f.Root().Column(w.Name)
		if c == nil {
			r.cols = append(r.cols, nil)
			continue
		}
		n, err := g.node(c, w.Type)
		if err != nil {
			return nil, scalar.Within("field", w.Name, err)
		}
		r.cols = append(r.cols, n)
	}
	return r, nil
}

// checkFooter sees that the footer's length is one, for the library believes it.
func checkFooter(at io.ReaderAt, size int64) error {
	var tail [8]byte
	if size < int64(len(tail)) {
		return damaged(io.ErrUnexpectedEOF)
	}
	if n, err := at.ReadAt(tail[:], size-int64(len(tail))); n < len(tail) {
		return damaged(err)
	}
	if n := int64(binary.LittleEndian.Uint32(tail[:])); n > size-int64(len(tail)) || n > maxFooter {
		return damaged(fmt.Errorf("a footer of %d bytes", n))
	}
	return nil
}

// Read appends at most n rows to cols.
func (r *FileReader) Read(cols []*exec.Column, n int) (rows int, err error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	start := 0
	if len(cols) > 0 {
		start = cols[0].Len()
	}
	defer func() {
		if err != nil {
			scalar.RollbackAll(cols, start+rows)
		}
	}()
	defer guard(&err)
	for ; rows < n && r.left > 0; rows++ {
		r.left--
		r.done++
		if err := r.row(cols); err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// row adds one row. A value that is refused leaves its column's leaves in the
// middle of the row; they are brought to its end.
func (r *FileReader) row(cols []*exec.Column) error {
	var refused error
	for i, n := range r.cols {
		if n == nil {
			cols[i].AppendNull()
			continue
		}
		err := n.append(cols[i])
		if err == nil {
			continue
		}
		if _, ok := errors.AsType[*sqlerr.Error](err); !ok {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return damaged(err)
		}
		if refused == nil {
			refused = &scalar.RowError{Err: scalar.Within("field", n.name, err)}
		}
		if err := n.finish(r.done); err != nil {
			return damaged(err)
		}
	}
	return refused
}

// finish steps over the values that are left of the row with this number.
func (n *node) finish(row int64) error {
	for _, s := range n.streams {
		for {
			v, err := s.peek()
			if err == io.EOF || err == nil && v.RepetitionLevel() == 0 && s.rows >= row {
				break
			}
			if err != nil {
				return err
			}
			s.take()
		}
	}
	return nil
}

// Close lets go of the file's pages.
func (r *FileReader) Close() (err error) {
	defer guard(&err)
	for _, s := range r.streams {
		if e := s.close(); e != nil && !strings.Contains(e.Error(), "closed") {
			err = damaged(e)
		}
	}
	return err
}
