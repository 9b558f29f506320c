package pgwire

import (
	"encoding/binary"
	"time"

	"github.com/penstock/penstock/exec"
)

// copyRows writes CopyData messages, one a row.
type copyRows struct {
	opt   copyOpt
	cells []cell
}

func newCopyRows(opt copyOpt, cols columns, zone *time.Location) (*copyRows, error) {
	var formats []int16
	if opt.format == "binary" {
		formats = []int16{1}
	}
	rows, err := newDataRows(cols, formats, zone)
	if err != nil {
		return nil, err
	}
	return &copyRows{opt: opt, cells: rows.cells}, nil
}

// copySignature begins the binary format: the signature, no flags, no extension.
const copySignature = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"

func begin(dst []byte) ([]byte, int) { return append(dst, 'd', 0, 0, 0, 0), len(dst) }

func end(dst []byte, start int) []byte {
	binary.BigEndian.PutUint32(dst[start+1:], uint32(len(dst)-start-1))
	return dst
}

// appendHeader writes what stands before the rows.
func (e *copyRows) appendHeader(dst []byte, cols columns) []byte {
	if e.opt.format != "binary" && !e.opt.header {
		return dst
	}
	dst, start := begin(dst)
	if e.opt.format == "binary" {
		return end(append(dst, copySignature...), start)
	}
	for i, col := range cols.schema {
		if i > 0 {
			dst = append(dst, e.opt.delimiter)
		}
		from := len(dst)
		dst = append(dst, col.Name...)
		if e.opt.format == "csv" {
			dst = e.quoteCSV(dst, from)
		} else {
			dst = e.escapeText(dst, from)
		}
	}
	return end(append(dst, '\n'), start)
}

// appendTrailer writes what stands behind the rows.
func (e *copyRows) appendTrailer(dst []byte) []byte {
	if e.opt.format != "binary" {
		return dst
	}
	dst, start := begin(dst)
	return end(append(dst, 0xff, 0xff), start)
}

func (e *copyRows) appendRow(dst []byte, b *exec.Batch, row int) []byte {
	dst, start := begin(dst)
	if e.opt.format == "binary" {
		dst = append(dst, byte(len(e.cells)>>8), byte(len(e.cells)))
		return end(appendFields(dst, e.cells, b, row), start)
	}
	for i, write := range e.cells {
		if i > 0 {
			dst = append(dst, e.opt.delimiter)
		}
		col := b.Cols[i]
		if col.IsNull(row) {
			dst = append(dst, e.opt.null...)
			continue
		}
		from := len(dst)
		dst = write(dst, col, row)
		if e.opt.format == "csv" {
			dst = e.quoteCSV(dst, from)
		} else {
			dst = e.escapeText(dst, from)
		}
	}
	return end(append(dst, '\n'), start)
}

// escapeText puts backslashes into what stands in dst from start.
func (e *copyRows) escapeText(dst []byte, start int) []byte {
	extra := 0
	for _, ch := range dst[start:] {
		if e.escaped(ch) != 0 {
			extra++
		}
	}
	if extra == 0 {
		return dst
	}
	from := len(dst) - 1
	for range extra {
		dst = append(dst, 0)
	}
	to := len(dst) - 1
	for ; to > from; from-- { // backwards, so that nothing is overwritten before it is read
		ch := dst[from]
		if sign := e.escaped(ch); sign != 0 {
			dst[to], dst[to-1] = sign, '\\'
			to -= 2
			continue
		}
		dst[to] = ch
		to--
	}
	return dst
}

// escaped gives the sign behind the backslash, 0 for none.
func (e *copyRows) escaped(ch byte) byte {
	switch ch {
	case '\b':
		return 'b'
	case '\f':
		return 'f'
	case '\n':
		return 'n'
	case '\r':
		return 'r'
	case '\t':
		return 't'
	case '\v':
		return 'v'
	case '\\', e.opt.delimiter:
		return ch
	}
	return 0
}

// quoteCSV quotes what stands in dst from start where it must be.
func (e *copyRows) quoteCSV(dst []byte, start int) []byte {
	s := dst[start:]
	// A lone \. would end the data for psql.
	quote := string(s) == e.opt.null || len(e.cells) == 1 && string(s) == `\.`
	for _, ch := range s {
		if ch == e.opt.delimiter || ch == e.opt.quote || ch == '\n' || ch == '\r' {
			quote = true
		}
	}
	if !quote {
		return dst
	}
	finish := len(dst)
	dst = append(dst, e.opt.quote)
	for i := start; i < finish; i++ {
		if ch := dst[i]; ch == e.opt.quote || ch == e.opt.escape {
			dst = append(dst, e.opt.escape)
		}
		dst = append(dst, dst[i])
	}
	dst = append(dst, e.opt.quote)
	n := copy(dst[start:], dst[finish:])
	return dst[:start+n]
}
