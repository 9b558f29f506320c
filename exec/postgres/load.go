package postgres

import (
	"bytes"
	"context"
	"encoding/binary"
	"strconv"
	"strings"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// grace is what a load may take beyond the server's own statement timeout,
// before the connection counts as dead.
const grace = 10 * time.Second

// Load copies the table. There is no token: PostgreSQL does not say cheaply
// whether a table has changed.
func (s *source) Load(ctx context.Context, _ string, emit func(*exec.Batch) error) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.timeout+grace)
	defer cancel()
	var emitted error // goes back as it is
	err := s.pool.do(ctx, func(c *conn) error {
		return s.copy(ctx, c, func(b *exec.Batch) error {
			emitted = emit(b)
			return emitted
		})
	})
	if emitted != nil {
		return "", emitted
	}
	return "", s.hide(err)
}

func (s *source) copy(ctx context.Context, c *conn, emit func(*exec.Batch) error) error {
	begin := "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = " + strconv.FormatInt(max(1, s.cfg.timeout.Milliseconds()), 10)
	if _, err := c.Exec(ctx, begin).ReadAll(); err != nil {
		return err
	}
	sh, err := s.describe(ctx, c)
	if err != nil {
		return err
	}
	sql := "SELECT " + strings.Join(sh.list, ", ") + " FROM " + s.cfg.from + " AS q" + s.order()
	r := &copyReader{f: s.filler(sh), emit: emit}
	if _, err := c.CopyTo(ctx, r, "COPY ("+sql+") TO STDOUT (FORMAT binary)"); err != nil {
		return err
	}
	if err := r.end(); err != nil {
		return err
	}
	_, err = c.Exec(ctx, "COMMIT").ReadAll()
	return err
}

// order is that of the primary key: the same rows come in the same order.
func (s *source) order() string {
	var names []string
	for _, k := range s.table.PrimaryKey {
		names = append(names, "q."+quote(k))
	}
	if names == nil {
		return ""
	}
	return " ORDER BY " + strings.Join(names, ", ")
}

// copySignature begins a binary COPY.
var copySignature = []byte("PGCOPY\n\xff\r\n\x00")

// copyReader takes the bytes of a binary COPY, cut anywhere, and emits rows.
type copyReader struct {
	f       *filler
	emit    func(*exec.Batch) error
	rest    []byte // of a row that is not whole yet
	header  bool   // it has passed
	trailer bool
}

// Write takes the next bytes.
func (r *copyReader) Write(b []byte) (int, error) {
	n := len(b)
	if len(r.rest) > 0 {
		r.rest = append(r.rest, b...)
		b = r.rest
	}
	for {
		used, err := r.next(b)
		if err != nil {
			return 0, err
		}
		if used == 0 {
			break
		}
		b = b[used:]
	}
	r.rest = append(r.rest[:0], b...)
	return n, nil
}

// next reads the header or a row and says how long it was; 0: it is not whole.
func (r *copyReader) next(b []byte) (int, error) {
	switch {
	case len(b) == 0:
		return 0, nil
	case r.trailer:
		return 0, errFormat()
	case !r.header:
		return r.head(b)
	case len(b) < 2:
		return 0, nil
	}
	columns := int16(binary.BigEndian.Uint16(b))
	if columns == -1 {
		r.trailer = true
		return 2, nil
	}
	if int(columns) != len(r.f.shape.decoders) {
		return 0, errFormat()
	}
	end := 2
	for range columns {
		if len(b)-end < 4 {
			return 0, nil
		}
		size := int32(binary.BigEndian.Uint32(b[end:]))
		if size < -1 {
			return 0, errFormat()
		}
		if end += 4 + int(max(size, 0)); end > len(b) {
			return 0, nil
		}
	}
	return end, r.row(b[2:end])
}

func (r *copyReader) head(b []byte) (int, error) {
	n := len(copySignature)
	if len(b) < n+8 {
		return 0, nil
	}
	if !bytes.HasPrefix(b, copySignature) || b[n+1]&1 != 0 || binary.BigEndian.Uint32(b[n+4:]) != 0 {
		return 0, errFormat()
	}
	r.header = true
	return n + 8, nil
}

// row decodes a row that is whole.
func (r *copyReader) row(b []byte) error {
	for i := range r.f.shape.decoders {
		v, rest, ok := field(b)
		if !ok {
			return errFormat()
		}
		b = rest
		if err := r.f.value(i, v); err != nil {
			return err
		}
	}
	if r.f.batch.N++; r.f.full() {
		return r.flush()
	}
	return nil
}

func (r *copyReader) flush() error {
	err := r.emit(r.f.batch)
	r.f.reset()
	return err
}

// end sees that the copy was whole.
func (r *copyReader) end() error {
	if !r.trailer {
		return sqlerr.New(sqlerr.ConnectionFailure, "the copy ended too early")
	}
	if r.f.batch.N == 0 {
		return nil
	}
	return r.flush()
}
