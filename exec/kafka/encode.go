package kafka

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// Header is a record header; a nil Value is null.
type Header struct {
	Key   string
	Value []byte
}

// builder gathers the records of one batch, encoded. The zero value is ready.
type builder struct {
	recs  []byte
	n     int32
	first int64 // timestamp of the first record, milliseconds
	last  int64 // largest timestamp
}

func (b *builder) reset() { b.recs, b.n, b.first, b.last = b.recs[:0], 0, 0, 0 }

// add appends a record. A nil key or value is null; headers are encoded by
// appendHeader, n of them.
func (b *builder) add(ts int64, key, value, headers []byte, n int) {
	if b.n == 0 {
		b.first, b.last = ts, ts
	}
	b.last = max(b.last, ts)
	dt := ts - b.first
	size := 1 + varLen(dt) + varLen(int64(b.n)) + blobLen(key) + blobLen(value) + varLen(int64(n)) + len(headers)
	d := binary.AppendVarint(b.recs, int64(size))
	d = append(d, 0)
	d = binary.AppendVarint(d, dt)
	d = binary.AppendVarint(d, int64(b.n))
	d = appendBlob(d, key)
	d = appendBlob(d, value)
	d = binary.AppendVarint(d, int64(n))
	b.recs = append(d, headers...)
	b.n++
}

// appendHeader encodes a record header.
func appendHeader(dst, key, value []byte) []byte {
	dst = binary.AppendVarint(dst, int64(len(key)))
	dst = append(dst, key...)
	return appendBlob(dst, value)
}

// appendBlob encodes bytes with their length; nil is null.
func appendBlob(dst, v []byte) []byte {
	if v == nil {
		return append(dst, 1) // -1 in zigzag
	}
	dst = binary.AppendVarint(dst, int64(len(v)))
	return append(dst, v...)
}

func blobLen(v []byte) int {
	if v == nil {
		return 1
	}
	return varLen(int64(len(v))) + len(v)
}

func varLen(v int64) int {
	u := uint64(v)<<1 ^ uint64(v>>63)
	return max(1, (bits.Len64(u)+6)/7)
}

// identity is an idempotent producer's; the zero value of ID would be a valid
// one, so noIdentity says that there is none.
type identity struct {
	id    int64
	epoch int16
}

var noIdentity = identity{id: -1, epoch: -1}

// finish appends the record batch to dst. The producer's part stands in the
// header so that sign can change it later.
func (b *builder) finish(dst []byte, c Codec, d *deflater) ([]byte, error) {
	base := len(dst)
	dst = append(dst, make([]byte, batchHeader)...)
	if c == None {
		dst = append(dst, b.recs...)
	} else {
		var err error
		if dst, err = d.deflate(dst, c, b.recs); err != nil {
			return dst[:base], err
		}
	}
	h := dst[base:]
	binary.BigEndian.PutUint32(h[8:], uint32(len(h)-batchPrefix))
	binary.BigEndian.PutUint32(h[12:], ^uint32(0))
	h[16] = 2
	binary.BigEndian.PutUint16(h[21:], uint16(c))
	binary.BigEndian.PutUint32(h[23:], uint32(b.n-1))
	binary.BigEndian.PutUint64(h[27:], uint64(b.first))
	binary.BigEndian.PutUint64(h[35:], uint64(b.last))
	binary.BigEndian.PutUint32(h[57:], uint32(b.n))
	sign(h, noIdentity, -1)
	return dst, nil
}

// sign sets the producer and the sequence number of a batch, and its checksum.
func sign(batch []byte, p identity, seq int32) {
	binary.BigEndian.PutUint64(batch[43:], uint64(p.id))
	binary.BigEndian.PutUint16(batch[51:], uint16(p.epoch))
	binary.BigEndian.PutUint32(batch[53:], uint32(seq))
	binary.BigEndian.PutUint32(batch[17:], crc32.Checksum(batch[21:], castagnoli))
}

// deflater compresses, keeping its encoders' memory.
type deflater struct {
	zstd *zstd.Encoder
	gz   *gzip.Writer
	lz   *lz4.Writer
	out  appender
}

// appender is a writer into a slice.
type appender struct{ b []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.b = append(a.b, p...)
	return len(p), nil
}

// snappyChunk is the block size of Java's snappy streams.
const snappyChunk = 32 << 10

// deflate appends src, compressed, to dst.
func (d *deflater) deflate(dst []byte, c Codec, src []byte) (_ []byte, err error) {
	d.out.b = dst
	switch c {
	case Gzip:
		if d.gz == nil {
			d.gz = gzip.NewWriter(&d.out)
		} else {
			d.gz.Reset(&d.out)
		}
		if _, err = d.gz.Write(src); err == nil {
			err = d.gz.Close()
		}
	case Snappy:
		d.out.b = appendSnappy(dst, src)
	case LZ4:
		if d.lz == nil {
			d.lz = lz4.NewWriter(&d.out)
			if err = d.lz.Apply(lz4.BlockSizeOption(lz4.Block256Kb), lz4.ChecksumOption(false)); err != nil {
				return dst, err
			}
		} else {
			d.lz.Reset(&d.out)
		}
		if _, err = d.lz.Write(src); err == nil {
			err = d.lz.Close()
		}
	case Zstd:
		if d.zstd == nil {
			if d.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest)); err != nil {
				return dst, err
			}
		}
		d.out.b = d.zstd.EncodeAll(src, dst)
	default:
		return dst, fmt.Errorf("kafka: %w %d", errCodec, c)
	}
	return d.out.b, err
}

// appendSnappy writes Java's framing, which every client reads.
func appendSnappy(dst, src []byte) []byte {
	dst = append(dst, xerial...)
	dst = append(dst, 0, 0, 0, 1, 0, 0, 0, 1)
	var block []byte
	for len(src) > 0 {
		n := min(len(src), snappyChunk)
		block = s2.EncodeSnappy(block[:cap(block)], src[:n])
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(block)))
		dst = append(dst, block...)
		src = src[n:]
	}
	return dst
}
