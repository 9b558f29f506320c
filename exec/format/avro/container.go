package avro

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Bounds of object container files.
const (
	// maxBlock bounds a block, packed and unpacked.
	maxBlock = 256 << 20
	// maxMeta bounds the header's entries.
	maxMeta = 1000
	// blockBytes is the size at which a written block ends.
	blockBytes = 64 << 10
)

var codecNames = []string{"null", "deflate", "snappy", "zstandard"}

const magic = "Obj\x01"

// FileReader reads an object container file. It is used by one goroutine.
type FileReader struct {
	in      *bufio.Reader
	program *program
	codec   string
	sync    [16]byte
	packed  []byte
	block   []byte
	cur     cursor
	left    int64 // records of the block
	zstd    *zstd.Decoder
}

// OpenFile reads a file's header. Its schema is the writer's.
func OpenFile(in io.Reader, want []catalog.Column, o Options) (*FileReader, error) {
	f := &FileReader{in: bufio.NewReaderSize(in, 256<<10)}
	var head [4]byte
	if _, err := io.ReadFull(f.in, head[:]); err != nil || string(head[:]) != magic {
		return nil, f.broken(err, "it is no Avro object container")
	}
	meta, err := f.meta()
	if err != nil {
		return nil, err
	}
	if f.codec = string(meta["avro.codec"]); f.codec == "" {
		f.codec = "null"
	}
	if f.codec == "zstandard" {
		if f.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBlock)); err != nil {
			return nil, f.broken(err, "zstandard")
		}
	}
	if _, err := io.ReadFull(f.in, f.sync[:]); err != nil {
		return nil, f.broken(err, "the header ends early")
	}
	w, err := parse(string(meta["avro.schema"]))
	if err != nil {
		return nil, err
	}
	reader := w
	if o.Schema != "" {
		if reader, err = parse(o.Schema); err != nil {
			return nil, err
		}
	}
	f.program, err = compile(w, reader, want)
	return f, err
}

// broken describes a file that is not as it should be, or an error of reading it.
func (f *FileReader) broken(err error, what string) error {
	if e, ok := errors.AsType[*sqlerr.Error](err); ok {
		return e
	}
	return sqlerr.Wrap(err, sqlerr.DataCorrupted, "the Avro file is damaged: %s", what)
}

// long reads a number outside of the blocks.
func (f *FileReader) long() (int64, error) {
	u, err := binary.ReadUvarint(f.in)
	return int64(u>>1) ^ -int64(u&1), err
}

func (f *FileReader) bytes(limit int64) ([]byte, error) {
	n, err := f.long()
	if err != nil || n < 0 || n > limit {
		return nil, f.broken(err, "a length is wrong")
	}
	var b bytes.Buffer // grows as bytes come, whatever the length says
	if m, err := io.CopyN(&b, f.in, n); err != nil || m < n {
		return nil, f.broken(err, "it ends early")
	}
	return b.Bytes(), nil
}

// meta reads the header's entries.
func (f *FileReader) meta() (map[string][]byte, error) {
	meta := map[string][]byte{}
	for {
		n, err := f.long()
		if err != nil {
			return nil, f.broken(err, "the header ends early")
		}
		if n == 0 {
			return meta, nil
		}
		if n < 0 {
			if n = -n; n < 0 {
				return nil, f.broken(nil, "a length is wrong")
			}
			if _, err := f.long(); err != nil {
				return nil, f.broken(err, "the header ends early")
			}
		}
		for ; n > 0; n-- {
			if len(meta) > maxMeta {
				return nil, f.broken(nil, "the header has too many entries")
			}
			k, err := f.bytes(maxSchemaText)
			if err != nil {
				return nil, err
			}
			if meta[string(k)], err = f.bytes(maxSchemaText); err != nil {
				return nil, err
			}
		}
	}
}

// Read appends at most n rows to cols.
func (f *FileReader) Read(cols []*exec.Column, n int) (int, error) {
	for f.left == 0 {
		if f.cur.i < len(f.cur.b) {
			return 0, f.broken(nil, "a block has bytes left over")
		}
		if err := f.nextBlock(); err != nil {
			return 0, err
		}
	}
	if err := scalar.Room(cols, len(f.cur.b)-f.cur.i); err != nil {
		return 0, err
	}
	rows := 0
	at := 0
	if len(cols) > 0 {
		at = cols[0].Len()
	}
	for ; rows < n && f.left > 0; f.left-- {
		from := f.cur.i
		if err := run(f.program.steps, f.program.defs, cols, &f.cur); err != nil {
			scalar.RollbackAll(cols, at+rows)
			if f.cur.i = from; !f.program.root.skip(&f.cur, 0) {
				return rows, err // where the next record begins is not known
			}
			f.left--
			return rows, &scalar.RowError{Err: err}
		}
		rows++
	}
	return rows, nil
}

// nextBlock reads and unpacks a block.
func (f *FileReader) nextBlock() error {
	n, err := f.long()
	if err == io.EOF {
		return io.EOF
	}
	if err != nil || n < 0 {
		return f.broken(err, "a block's count is wrong")
	}
	if f.packed, err = f.bytes(maxBlock); err != nil {
		return err
	}
	var mark [16]byte
	if _, err := io.ReadFull(f.in, mark[:]); err != nil || mark != f.sync {
		return f.broken(err, "a block does not end with the sync marker")
	}
	if err := f.unpack(); err != nil {
		return err
	}
	if n > int64(len(f.block)) && n > maxEmptyItems {
		return f.broken(nil, "a block has more records than bytes")
	}
	f.cur, f.left = cursor{b: f.block}, n
	return nil
}

func (f *FileReader) unpack() (err error) {
	switch f.codec {
	case "null":
		f.block = f.packed
	case "deflate":
		z := flate.NewReader(bytes.NewReader(f.packed))
		var b bytes.Buffer
		var n int64
		if n, err = io.Copy(&b, io.LimitReader(z, maxBlock+1)); err == nil && n > maxBlock {
			return f.broken(nil, "a block is too big")
		}
		f.block = b.Bytes()
	case "snappy":
		if len(f.packed) < 4 {
			return f.broken(nil, "a block is too short")
		}
		body, sum := f.packed[:len(f.packed)-4], binary.BigEndian.Uint32(f.packed[len(f.packed)-4:])
		n, e := snappy.DecodedLen(body)
		if e != nil || n > maxBlock {
			return f.broken(e, "a block is too big")
		}
		if f.block, err = snappy.Decode(f.block[:0:cap(f.block)], body); err == nil && crc32.ChecksumIEEE(f.block) != sum {
			return f.broken(nil, "a block's checksum is wrong")
		}
	case "zstandard":
		f.block, err = f.zstd.DecodeAll(f.packed, f.block[:0])
	default:
		return sqlerr.New(sqlerr.FeatureNotSupported, "Avro codec %q is not supported", f.codec).Hint("null, deflate, snappy and zstandard are")
	}
	if err != nil {
		return f.broken(err, "a block cannot be unpacked")
	}
	return nil
}

// Close lets go of what unpacks.
func (f *FileReader) Close() error {
	if f.zstd != nil {
		f.zstd.Close()
	}
	return nil
}

// FileWriter writes an object container file. It is used by one goroutine.
type FileWriter struct {
	out   io.Writer
	enc   *Encoder
	codec string
	sync  [16]byte
	block []byte
	rows  int64
	buf   []byte
	zstd  *zstd.Encoder
}

// CreateFile writes a file's header.
func CreateFile(out io.Writer, fields []catalog.Column, o Options) (*FileWriter, error) {
	enc, err := NewEncoder(fields, o)
	if err != nil {
		return nil, err
	}
	f := &FileWriter{out: out, enc: enc, codec: o.Codec}
	if f.codec == "zstandard" {
		if f.zstd, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)); err != nil {
			return nil, sqlerr.Wrap(err, sqlerr.InternalError, "zstandard: %s", err)
		}
	}
	if _, err := rand.Read(f.sync[:]); err != nil {
		return nil, sqlerr.Wrap(err, sqlerr.InternalError, "no random bytes: %s", err)
	}
	head := appendLong([]byte(magic), 2)
	head = appendBytes(appendBytes(head, []byte("avro.schema")), []byte(enc.text))
	head = appendBytes(appendBytes(head, []byte("avro.codec")), []byte(f.codec))
	_, err = out.Write(append(append(head, 0), f.sync[:]...))
	return f, err
}

// Write adds rows.
func (f *FileWriter) Write(b *exec.Batch) error {
	for i := range b.Rows() {
		var err error
		if f.block, err = f.enc.Encode(f.block, b, b.Row(i)); err != nil {
			return err
		}
		if f.rows++; len(f.block) >= blockBytes {
			if err := f.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush ends the block.
func (f *FileWriter) flush() error {
	if f.rows == 0 {
		return nil
	}
	body := f.block
	switch f.codec {
	case "deflate":
		var z bytes.Buffer
		w, err := flate.NewWriter(&z, flate.DefaultCompression)
		if err != nil {
			return err
		}
		if _, err := w.Write(body); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		body = z.Bytes()
	case "snappy":
		body = binary.BigEndian.AppendUint32(snappy.Encode(nil, f.block), crc32.ChecksumIEEE(f.block))
	case "zstandard":
		body = f.zstd.EncodeAll(f.block, nil)
	}
	f.buf = appendLong(appendLong(f.buf[:0], f.rows), int64(len(body)))
	f.buf = append(append(f.buf, body...), f.sync[:]...)
	f.block, f.rows = f.block[:0], 0
	_, err := f.out.Write(f.buf)
	return err
}

// Held is the size of the block under way.
func (f *FileWriter) Held() int64 { return int64(len(f.block)) }

// Close writes the last block.
func (f *FileWriter) Close() error { return f.flush() }
