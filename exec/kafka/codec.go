package kafka

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Codec is a compression of record batches, numbered as in their attributes.
type Codec int8

// The codecs.
const (
	None Codec = iota
	Gzip
	Snappy
	LZ4
	Zstd
)

// ParseCodec finds a codec by its name: none, gzip, snappy, lz4 or zstd.
func ParseCodec(name string) (Codec, error) {
	i := slices.Index(codecNames, strings.ToLower(name))
	if i < 0 {
		return None, sqlerr.New(sqlerr.InvalidParameterValue, "compression %q does not exist", name).Hint("codecs: %s", strings.Join(codecNames, ", "))
	}
	return Codec(i), nil
}

// maxInflated bounds the bytes that one record batch may grow to: a small
// message must not be able to take all memory.
const maxInflated = 512 << 20

var (
	errInflated = errors.New("the batch grows beyond 512 MB when decompressed")
	errCodec    = errors.New("unknown compression codec")
	errLZ4      = errors.New("broken lz4 frame")
	errSnappy   = errors.New("broken snappy framing")
)

// spare is the room kept behind buffers that are read in wide words.
const spare = 64

// inflater decompresses record batches into a buffer of its own, which the
// next call overwrites.
type inflater struct {
	buf  []byte
	zstd *zstd.Decoder
	gz   *gzip.Reader
	lz   *lz4.Reader
	src  bytes.Reader
}

// close gives the decoder's memory back.
func (f *inflater) close() {
	if f.zstd != nil {
		f.zstd.Close()
		f.zstd = nil
	}
}

// inflate decompresses src; the result has spare bytes of capacity behind it.
func (f *inflater) inflate(c Codec, src []byte) (out []byte, err error) {
	switch c {
	case Gzip:
		out, err = f.gunzip(src)
	case Snappy:
		out, err = f.snappy(src)
	case LZ4:
		out, err = f.lz4(src)
	case Zstd:
		if f.zstd == nil {
			f.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxInflated))
			if err != nil {
				return nil, err
			}
		}
		out, err = f.zstd.DecodeAll(src, f.buf[:0])
		if errors.Is(err, zstd.ErrDecoderSizeExceeded) {
			err = errInflated
		}
	default:
		return nil, errCodec
	}
	if err != nil {
		return nil, err
	}
	out = slices.Grow(out, spare)
	f.buf = out
	return out, nil
}

func (f *inflater) gunzip(src []byte) ([]byte, error) {
	f.src.Reset(src)
	if f.gz == nil {
		gz, err := gzip.NewReader(&f.src)
		if err != nil {
			return nil, err
		}
		f.gz = gz
	} else if err := f.gz.Reset(&f.src); err != nil {
		return nil, err
	}
	return f.drain(f.gz)
}

// drain reads a stream to its end into the buffer.
func (f *inflater) drain(r io.Reader) ([]byte, error) {
	b := f.buf[:0]
	for {
		if len(b) > maxInflated {
			return nil, errInflated
		}
		if cap(b)-len(b) < 32<<10 {
			b = slices.Grow(b, max(cap(b), 128<<10))
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// xerial opens the framing that Java's snappy streams write: the magic, two
// version words, then blocks with their length before them.
var xerial = []byte{0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0}

const xerialHeader = 16

func (f *inflater) snappy(src []byte) ([]byte, error) {
	b := f.buf[:0]
	if !bytes.HasPrefix(src, xerial) {
		return snappyBlock(b, src)
	}
	if len(src) < xerialHeader {
		return nil, errSnappy
	}
	src = src[xerialHeader:]
	for len(src) > 0 {
		if len(src) < 4 {
			return nil, errSnappy
		}
		n := int(binary.BigEndian.Uint32(src))
		src = src[4:]
		if n > len(src) {
			return nil, errSnappy
		}
		var err error
		if b, err = snappyBlock(b, src[:n]); err != nil {
			return nil, err
		}
		src = src[n:]
	}
	return b, nil
}

// snappyBlock appends one decompressed block to b.
func snappyBlock(b, src []byte) ([]byte, error) {
	n, err := s2.DecodedLen(src)
	if err != nil {
		return nil, err
	}
	// A snappy element of two bytes yields 64 at most.
	if n > maxInflated-len(b) || n/64 > len(src) {
		return nil, errInflated
	}
	b = slices.Grow(b, n+spare)
	d, err := s2.Decode(b[len(b):len(b)+n], src)
	if err != nil {
		return nil, err
	}
	return b[:len(b)+len(d)], nil
}

// lz4Magic opens a frame.
const lz4Magic = 0x184D2204

// lz4 decodes the frame's blocks straight into the buffer, which takes half the
// time of the frame reader; the batch's checksum covers the bytes already.
// Frames of an unusual kind go through the reader.
func (f *inflater) lz4(s []byte) ([]byte, error) {
	if len(s) < 7 || binary.LittleEndian.Uint32(s) != lz4Magic {
		return nil, errLZ4
	}
	flg, bd := s[4], s[5]
	if flg>>6 != 1 || flg&1 != 0 || bd>>4&7 < 4 {
		f.src.Reset(s)
		if f.lz == nil {
			f.lz = lz4.NewReader(nil)
		}
		f.lz.Reset(&f.src)
		return f.drain(f.lz)
	}
	linked, sums := flg&32 == 0, flg&16 != 0
	block := 1 << (8 + 2*(bd>>4&7))
	p := 7
	if flg&8 != 0 {
		p += 8
	}
	b := f.buf[:0]
	for {
		if p+4 > len(s) {
			return nil, errLZ4
		}
		k := binary.LittleEndian.Uint32(s[p:])
		p += 4
		if k == 0 {
			return b, nil
		}
		n := int(k &^ (1 << 31))
		if n > block || p+n > len(s) {
			return nil, errLZ4
		}
		if len(b) > maxInflated-block {
			return nil, errInflated
		}
		if cap(b)-len(b) < block+spare {
			b = slices.Grow(b, max(cap(b), block+spare))
		}
		m, err := lz4Block(b, s[p:p+n], block, k>>31 != 0, linked)
		if err != nil {
			return nil, errLZ4
		}
		b = b[:len(b)+m]
		p += n
		if sums {
			p += 4
		}
	}
}

// lz4Block decodes a block behind the end of b and gives its length.
func lz4Block(b, src []byte, block int, stored, linked bool) (int, error) {
	o := len(b)
	dst := b[o : o+block]
	switch {
	case stored:
		return copy(dst, src), nil
	case linked && o > 0:
		return lz4.UncompressBlockWithDict(src, dst, b[max(0, o-64<<10):o])
	}
	return lz4.UncompressBlock(src, dst)
}
