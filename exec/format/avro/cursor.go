package avro

import (
	"encoding/binary"
	"math"

	"github.com/penstock/penstock/internal/sqlerr"
)

// cursor goes through the bytes of a record.
type cursor struct {
	b []byte
	i int
}

// errShort is for records that end before their schema does.
func errShort() error {
	return sqlerr.New(sqlerr.InvalidBinaryRepresent, "the Avro record ends within a value: was it written with another schema?")
}

func errCorrupt(what string) error {
	return sqlerr.New(sqlerr.InvalidBinaryRepresent, "the Avro record is malformed: %s", what)
}

// long reads a zig-zag variable-length integer.
func (c *cursor) long() (int64, bool) {
	if c.i < len(c.b) {
		if x := c.b[c.i]; x < 0x80 {
			c.i++
			return int64(x>>1) ^ -int64(x&1), true
		}
	}
	u, n := binary.Uvarint(c.b[c.i:])
	if n <= 0 {
		return 0, false
	}
	c.i += n
	return int64(u>>1) ^ -int64(u&1), true
}

// length reads a length of bytes that are there.
func (c *cursor) length() (int, bool) {
	n, ok := c.long()
	if !ok || n < 0 || n > int64(len(c.b)-c.i) {
		return 0, false
	}
	return int(n), true
}

// bytes reads bytes with their length in front.
func (c *cursor) bytes() ([]byte, bool) {
	n, ok := c.length()
	if !ok {
		return nil, false
	}
	c.i += n
	return c.b[c.i-n : c.i], true
}

// fixed reads n bytes.
func (c *cursor) fixed(n int) ([]byte, bool) {
	if n > len(c.b)-c.i {
		return nil, false
	}
	c.i += n
	return c.b[c.i-n : c.i], true
}

func (c *cursor) float() (float64, bool) {
	b, ok := c.fixed(4)
	if !ok {
		return 0, false
	}
	return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), true
}

func (c *cursor) double() (float64, bool) {
	b, ok := c.fixed(8)
	if !ok {
		return 0, false
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b)), true
}

// block reads the head of a block of array items or map entries: how many, and
// how many bytes they take (-1 where the writer does not say). No items end the
// list.
func (c *cursor) block() (items int64, size int, ok bool) {
	items, ok = c.long()
	if !ok || items == math.MinInt64 {
		return 0, 0, false
	}
	if items >= 0 {
		return items, -1, true
	}
	size, ok = c.length()
	return -items, size, ok
}
