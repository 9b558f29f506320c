package records

import (
	"bytes"
	"fmt"
	"io"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Bounds of what is in memory.
const (
	// MaxRows and maxBatchBytes bound a batch.
	MaxRows       = 1024
	maxBatchBytes = 4 << 20
	// MaxRecordBytes bounds one record.
	MaxRecordBytes = 64 << 20
	// readBytes is the size of reads.
	readBytes = 128 << 10
)

// Config says what streams hold.
type Config struct {
	Format  *format.Format
	Options map[string]string
	// Columns are those of the table, all of which are filled.
	Columns []format.Field
	// Rows is the way to the array of rows inside of an object; nil: the stream
	// itself is rows. Cursor is the way to a scalar member beside them. JSON only.
	Rows, Cursor Path
}

// Reader reads streams. It is used by one goroutine.
type Reader struct {
	cfg     Config
	dec     format.Decoder
	recs    format.Records
	batch   *exec.Batch
	bytes   int // of records in the batch
	json    stream
	rows    int64 // of the stream
	cursor  string
	emit    func(*exec.Batch) error
	emitted error // what emit gave: it goes back unchanged
}

// New makes a reader; it tells what does not go together.
func New(cfg Config) (*Reader, error) {
	r := &Reader{cfg: cfg, batch: NewBatch(cfg.Columns)}
	if cfg.Format.Name != "json" && (cfg.Rows != nil || cfg.Cursor != nil) {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "format %q has no paths", cfg.Format.Name).
			Hint("Paths lead into JSON objects.")
	}
	var err error
	if cfg.Format.Decoder == nil || cfg.Format.FilesOnly {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "format %q is read from files only", cfg.Format.Name)
	}
	if r.dec, err = cfg.Format.Decoder(format.Table{Columns: cfg.Columns, Want: cfg.Columns}, cfg.Options); err != nil {
		return nil, err
	}
	if cfg.Format.Records != nil {
		if r.recs, err = cfg.Format.Records(cfg.Options); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// NewBatch makes an empty batch of the columns.
func NewBatch(columns []format.Field) *exec.Batch {
	b := &exec.Batch{Split: -1}
	for _, c := range columns {
		b.Cols = append(b.Cols, exec.NewColumnOf(c.Type))
	}
	return b
}

// Fields gives a table's columns as fields.
func Fields(t *catalog.Table) []format.Field {
	fields := make([]format.Field, len(t.Columns))
	for i, c := range t.Columns {
		fields[i] = format.Field{Name: c.Name, Type: c.Type}
	}
	return fields
}

// Read reads a stream to its end and emits its rows; a batch is valid until
// emit returns. name is what errors call the stream. It tells how many rows there were
// and what stood at Config.Cursor, "" when nothing did.
func (r *Reader) Read(name string, in io.Reader, emit func(*exec.Batch) error) (rows int64, cursor string, err error) {
	r.batch.Reset()
	r.bytes, r.rows, r.cursor, r.emit, r.emitted = 0, 0, "", emit, nil
	if r.recs == nil && r.cfg.Format.Name == "json" {
		err = r.readJSON(in)
	} else {
		err = r.readRecords(in)
	}
	if err == nil {
		err = r.flush()
	}
	if err != nil && r.emitted == nil {
		err = r.named(name, err)
	}
	return r.rows, r.cursor, err
}

// named says where a fault is.
func (r *Reader) named(name string, err error) error {
	e := *sqlerr.From(err)
	e.Message = fmt.Sprintf("%s, row %d: %s", name, r.rows+1, e.Message)
	e.Cause = err
	return &e
}

func (r *Reader) flush() error {
	if r.batch.N == 0 {
		return nil
	}
	r.emitted = r.emit(r.batch)
	r.batch.Reset()
	r.bytes = 0
	return r.emitted
}

// append decodes a record.
func (r *Reader) append(rec []byte) error {
	if err := r.dec.Append(rec, r.batch.Cols); err != nil {
		return err
	}
	r.rows++
	r.batch.N++
	if r.bytes += len(rec); r.batch.N < MaxRows && r.bytes < maxBatchBytes {
		return nil
	}
	return r.flush()
}

var bom = []byte("\xef\xbb\xbf")

// readRecords reads a stream of records that the format cuts, or of lines.
func (r *Reader) readRecords(in io.Reader) error {
	s := &r.json // only its buffer
	s.reset(in)
	if r.recs != nil {
		r.recs.Reset()
	}
	for first := true; ; {
		rest := s.buf[s.pos:s.end]
		n := r.recordEnd(rest)
		if n < 0 {
			err := s.more()
			if err == nil {
				continue
			}
			if err != io.EOF {
				return err
			}
			if rest = s.buf[s.pos:s.end]; len(rest) == 0 { // it has moved
				return nil
			}
			n = len(rest)
		}
		rec := rest[:n]
		s.pos += min(n+1, len(rest))
		if r.recs != nil {
			r.recs.Reset()
		}
		if first {
			rec = bytes.TrimPrefix(rec, bom)
		}
		if err := r.record(bytes.TrimSuffix(rec, []byte("\r")), &first); err != nil {
			return err
		}
	}
}

// recordEnd finds the line end that closes a record, or -1.
func (r *Reader) recordEnd(b []byte) int {
	if r.recs == nil {
		return bytes.IndexByte(b, '\n')
	}
	return r.recs.End(b)
}

func (r *Reader) record(rec []byte, first *bool) error {
	if len(rec) == 0 && !r.cfg.Format.EmptyRecords || r.recs != nil && r.recs.Skip(rec) {
		return nil
	}
	if *first {
		*first = false
		if h, ok := r.dec.(format.HeaderReader); ok && r.recs != nil && r.recs.Header() {
			return h.Header(rec)
		}
	}
	return r.append(rec)
}
