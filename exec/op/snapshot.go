package op

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// A snapshot is a row of frames: length and CRC32C of the payload, four bytes
// each, little-endian, then the payload. The first frame begins with the kind of operator
// and snapshotVersion; the last is empty, so that a cut at a frame's end is seen.
// Integers are varints; a value is 0 for NULL, or 1 and the value.

// snapshotVersion is the version of the format of all operators here.
const snapshotVersion = 1

// maxFrame bounds the length that a frame may claim.
const maxFrame = 1 << 30

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frameWriter writes frames; the first error sticks.
type frameWriter struct {
	w   io.Writer
	buf []byte // eight bytes of room, then the payload
	err error
}

func newFrameWriter(w io.Writer, kind string) *frameWriter {
	f := &frameWriter{w: w, buf: make([]byte, 8, 1<<14)}
	f.bytes([]byte(kind))
	f.uint(snapshotVersion)
	return f
}

// end closes a frame.
func (f *frameWriter) end() {
	body := f.buf[8:]
	if len(body) > maxFrame && f.err == nil {
		f.err = sqlerr.New(sqlerr.ProgramLimitExceeded, "a snapshot frame exceeds %d bytes", maxFrame)
	}
	binary.LittleEndian.PutUint32(f.buf, uint32(len(body)))
	binary.LittleEndian.PutUint32(f.buf[4:], crc32.Checksum(body, castagnoli))
	if f.err == nil {
		_, f.err = f.w.Write(f.buf)
	}
	f.buf = f.buf[:8]
}

// finish writes the empty frame.
func (f *frameWriter) finish() error {
	f.end()
	return f.err
}

func (f *frameWriter) int(v int64)   { f.buf = binary.AppendVarint(f.buf, v) }
func (f *frameWriter) uint(v uint64) { f.buf = binary.AppendUvarint(f.buf, v) }
func (f *frameWriter) bytes(b []byte) {
	f.uint(uint64(len(b)))
	f.buf = append(f.buf, b...)
}

// rows writes rows from..to of the columns, a column after the other.
func (f *frameWriter) rows(cols []*exec.Column, from, to int) {
	f.uint(uint64(to - from))
	for _, c := range cols {
		for i := from; i < to; i++ {
			f.value(c, i)
		}
	}
}

// value writes row i of c.
func (f *frameWriter) value(c *exec.Column, i int) {
	if c.IsNull(i) {
		f.buf = append(f.buf, 0)
		return
	}
	f.buf = append(f.buf, 1)
	switch c.Layout {
	case exec.Bools:
		b := byte(0)
		if c.Bool[i] {
			b = 1
		}
		f.buf = append(f.buf, b)
	case exec.Ints:
		f.int(c.Int[i])
	case exec.Floats:
		f.buf = binary.LittleEndian.AppendUint64(f.buf, math.Float64bits(c.Float[i]))
	case exec.Decimals:
		d := c.Dec[i]
		f.buf = append(f.buf, byte(d.Form), byte(d.Scale))
		f.int(d.Hi)
		f.uint(d.Lo)
	case exec.Intervals:
		f.int(int64(c.Ivl[i].Months))
		f.int(int64(c.Ivl[i].Days))
		f.int(c.Ivl[i].Micros)
	case exec.Strings:
		f.bytes(c.Str(i))
	case exec.List, exec.MapOf:
		f.uint(uint64(c.Offs[i+1] - c.Offs[i]))
		for j := int(c.Offs[i]); j < int(c.Offs[i+1]); j++ {
			for _, k := range c.Kids {
				f.value(k, j)
			}
		}
	case exec.Struct:
		for _, k := range c.Kids {
			f.value(k, i)
		}
	}
}

// frameReader reads frames; damage is remembered, and values are zero from then on.
type frameReader struct {
	r    io.Reader
	kind string
	buf  bytes.Buffer
	b    []byte // rest of the frame
	err  error
}

func newFrameReader(r io.Reader, kind string) *frameReader {
	f := &frameReader{r: r, kind: kind}
	f.next()
	if got := string(f.bytes()); f.err == nil && got != kind {
		f.damaged("it is of %.40q", got)
	}
	if v := f.uint(); f.err == nil && v != snapshotVersion {
		f.damaged("its version is %d, not %d", v, snapshotVersion)
	}
	return f
}

func (f *frameReader) damaged(format string, args ...any) {
	if f.err == nil {
		cause := sqlerr.New(sqlerr.DataCorrupted, format, args...)
		f.err = sqlerr.New(sqlerr.DataCorrupted, "the saved state of the %s cannot be read: %s", f.kind, cause.Message)
	}
	f.b = nil
}

// next reads a frame. What is left of the last one is damage.
func (f *frameReader) next() {
	if len(f.b) > 0 {
		f.damaged("%d bytes are left over", len(f.b))
	}
	if f.err != nil {
		return
	}
	var head [8]byte
	if _, err := io.ReadFull(f.r, head[:]); err != nil {
		f.damaged("it is cut off")
		return
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > maxFrame {
		f.damaged("a frame claims %d bytes", n)
		return
	}
	f.buf.Reset()
	// CopyN grows with what comes, so a false length costs no memory.
	if _, err := io.CopyN(&f.buf, f.r, int64(n)); err != nil {
		f.damaged("it is cut off")
		return
	}
	f.b = f.buf.Bytes()
	if crc32.Checksum(f.b, castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
		f.damaged("the checksum differs")
	}
}

// finish reads the empty frame.
func (f *frameReader) finish() error {
	f.next()
	if f.err == nil && len(f.b) > 0 {
		f.damaged("there is more than was expected")
	}
	return f.err
}

func (f *frameReader) int() int64 {
	v, n := binary.Varint(f.b)
	if n <= 0 {
		f.damaged("an integer is cut off")
		return 0
	}
	f.b = f.b[n:]
	return v
}

func (f *frameReader) uint() uint64 {
	v, n := binary.Uvarint(f.b)
	if n <= 0 {
		f.damaged("an integer is cut off")
		return 0
	}
	f.b = f.b[n:]
	return v
}

// count reads a number of things that take at least a byte each.
func (f *frameReader) count() int {
	n := f.uint()
	if n > uint64(len(f.b)) {
		f.damaged("a number is too large")
		return 0
	}
	return int(n)
}

func (f *frameReader) take(n int) []byte {
	if n > len(f.b) {
		f.damaged("a value is cut off")
		return nil
	}
	b := f.b[:n]
	f.b = f.b[n:]
	return b
}

func (f *frameReader) bytes() []byte { return f.take(f.count()) }

func (f *frameReader) byte() byte {
	if b := f.take(1); b != nil {
		return b[0]
	}
	return 0
}

// rows appends rows to the columns and tells how many.
func (f *frameReader) rows(cols []*exec.Column) int {
	n := f.uint()
	if n > maxFrame {
		f.damaged("a number is too large")
		return 0
	}
	if len(cols) == 0 {
		return int(n)
	}
	for _, c := range cols {
		for range n {
			if f.value(c); f.err != nil {
				return 0
			}
		}
	}
	return int(n)
}

// value appends a value to c.
func (f *frameReader) value(c *exec.Column) {
	switch f.byte() {
	case 0:
		c.AppendNull()
		return
	case 1:
	default:
		f.damaged("a value is neither NULL nor not")
		return
	}
	switch c.Layout {
	case exec.Bools:
		c.AppendBool(f.byte() != 0)
	case exec.Ints:
		c.AppendInt(f.int())
	case exec.Floats:
		if b := f.take(8); b != nil {
			c.AppendFloat(math.Float64frombits(binary.LittleEndian.Uint64(b)))
		}
	case exec.Decimals:
		c.AppendDecimal(f.decimal())
	case exec.Intervals:
		c.AppendInterval(datum.Interval{Months: int32(f.int()), Days: int32(f.int()), Micros: f.int()})
	case exec.Strings:
		c.AppendBytes(f.bytes())
	case exec.List, exec.MapOf:
		for n := f.count(); n > 0 && f.err == nil; n-- {
			for _, k := range c.Kids {
				f.value(k)
			}
		}
		c.EndList()
	case exec.Struct:
		for _, k := range c.Kids {
			f.value(k)
		}
		c.EndStruct()
	}
}

func (f *frameReader) decimal() datum.Decimal {
	d := datum.Decimal{Form: datum.Form(f.byte()), Scale: int16(f.byte())}
	d.Hi, d.Lo = f.int(), f.uint()
	if d.Form > datum.NegInf || d.Scale > datum.MaxScale {
		f.damaged("a decimal is malformed")
		return datum.Decimal{}
	}
	return d
}
