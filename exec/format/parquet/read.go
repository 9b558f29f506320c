package parquet

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	// readRows is the length of the pieces in which a row group is read.
	readRows = 4096
	// readBuffer is the size of reads from the file.
	readBuffer = 256 << 10
)

// FileReader reads a file. It is used by one goroutine.
type FileReader struct {
	file    *file.Reader
	records pqarrow.RecordReader
	cols    []*source // in the order of the wanted columns; nil: the file has none
	record  arrow.RecordBatch
	at      int // rows of record that were given out
	left    int64
}

// source is where a wanted column comes from.
type source struct {
	index int
	name  string
	conv  *converter
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
	props := parquet.NewReaderProperties(memory.DefaultAllocator)
	props.BufferedStreamEnabled = true
	props.BufferSize = readBuffer
	f, err := file.NewParquetReader(io.NewSectionReader(at, 0, size), file.WithReadProps(props))
	if err != nil {
		return nil, damaged(err)
	}
	r = &FileReader{file: f, left: f.NumRows()}
	pq, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{BatchSize: readRows}, memory.DefaultAllocator)
	if err != nil {
		return nil, damaged(err)
	}
	leaves, err := r.pick(pq.Manifest, want)
	if err != nil {
		return nil, err
	}
	if len(leaves) == 0 {
		return r, nil // rows are counted
	}
	if r.records, err = pq.GetRecordReader(context.Background(), leaves, nil); err != nil {
		return nil, damaged(err)
	}
	return r, r.bind(want)
}

// pick gives the leaves that make up the wanted columns.
func (r *FileReader) pick(m *pqarrow.SchemaManifest, want []catalog.Column) ([]int, error) {
	r.cols = make([]*source, len(want))
	var leaves []int
	for i := range m.Fields {
		for _, w := range want {
			if m.Fields[i].Field.Name == w.Name {
				leaves = appendLeaves(leaves, &m.Fields[i])
			}
		}
	}
	return leaves, nil
}

func appendLeaves(out []int, f *pqarrow.SchemaField) []int {
	if f.IsLeaf() {
		return append(out, f.ColIndex)
	}
	for i := range f.Children {
		out = appendLeaves(out, &f.Children[i])
	}
	return out
}

// bind makes the converters of the columns read.
func (r *FileReader) bind(want []catalog.Column) error {
	schema := r.records.Schema()
	for i, w := range want {
		at := schema.FieldIndices(w.Name)
		if len(at) == 0 {
			continue
		}
		c, err := newConverter(schema.Field(at[0]).Type, w.Type)
		if err != nil {
			return scalar.Within("field", w.Name, err)
		}
		r.cols[i] = &source{at[0], w.Name, c}
	}
	return nil
}

// Read appends at most n rows to cols.
func (r *FileReader) Read(cols []*exec.Column, n int) (rows int, err error) {
	if r.records == nil {
		rows = int(min(int64(n), r.left))
		if r.left -= int64(rows); rows == 0 {
			return 0, io.EOF
		}
		for _, c := range cols {
			for range rows {
				c.AppendNull()
			}
		}
		return rows, nil
	}
	start := 0
	if len(cols) > 0 {
		start = cols[0].Len()
	}
	defer func() {
		if err != nil {
			rows = max(rows, 0)
			scalar.RollbackAll(cols, start+rows)
		}
	}()
	defer guard(&err)
	for r.record == nil || r.at == int(r.record.NumRows()) {
		if !r.records.Next() {
			if err := r.records.Err(); err != nil && err != io.EOF {
				return 0, damaged(err)
			}
			return 0, io.EOF
		}
		r.record, r.at = r.records.RecordBatch(), 0
	}
	n = min(n, int(r.record.NumRows())-r.at)
	if err := r.convert(cols, r.at, n); err == nil {
		r.at += n
		return n, nil
	}
	// Some row is refused: one by one up to it.
	scalar.RollbackAll(cols, start)
	for ; rows < n; rows++ {
		if err := r.convert(cols, r.at, 1); err != nil {
			r.at++
			return rows, &scalar.RowError{Err: err}
		}
		r.at++
	}
	return rows, nil
}

// convert appends rows of the record.
func (r *FileReader) convert(cols []*exec.Column, from, n int) error {
	for i, s := range r.cols {
		if s == nil {
			for range n {
				cols[i].AppendNull()
			}
			continue
		}
		if err := s.conv.append(cols[i], r.record.Column(s.index), from, n); err != nil {
			return scalar.Within("field", s.name, err)
		}
	}
	return nil
}

// Close lets go of the file's pages.
func (r *FileReader) Close() (err error) {
	defer guard(&err)
	if r.records != nil {
		r.records.Release()
	}
	return r.file.Close()
}
