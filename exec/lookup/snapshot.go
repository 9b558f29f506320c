package lookup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// SnapshotEvery is the least time between two writes of a table to disk; the
// last copy is written when the table is unloaded or the process ends in order.
const SnapshotEvery = time.Minute

// A snapshot is a row of frames: length and CRC32C of the payload, four bytes
// each, little-endian, then the payload. The first holds the magic, the definition's fingerprint, the
// token and the time of the load; each further one the rows of a chunk, column by
// column; the last is empty.
const snapshotMagic = "penstock lookup 1\n"

// maxSnapshotFrame bounds the length that a frame may claim.
const maxSnapshotFrame = 1 << 30

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// snapshotter writes a keeper's table to disk, not too often.
type snapshotter struct {
	pending bool
	next    time.Time // the earliest time of the next write
}

// dirty says that there is a new version.
func (s *snapshotter) dirty(k *keeper) {
	if k.t.def.diskSnapshot {
		s.pending = true
		s.tick(k)
	}
}

// due is when tick is to be called; the zero time means never.
func (s *snapshotter) due() time.Time {
	if !s.pending {
		return time.Time{}
	}
	return s.next
}

// tick writes if it is time.
func (s *snapshotter) tick(k *keeper) {
	if s.pending && !k.t.ts.cfg.Now().Before(s.next) {
		s.flush(k)
	}
}

// flush writes what has not been written.
func (s *snapshotter) flush(k *keeper) {
	v := k.held // the table may have been unloaded
	if !s.pending || v == nil {
		return
	}
	s.pending = false
	s.next = k.t.ts.cfg.Now().Add(SnapshotEvery)
	if err := k.t.save(v, k.token); err != nil {
		k.t.log.Warn("writing the snapshot of a lookup table failed", "error", err)
	}
}

// snapshotPrefix is the beginning of the file names of a table's snapshots.
func snapshotPrefix(name string) string {
	h := sha256.Sum256([]byte(name))
	return hex.EncodeToString(h[:8]) + "-"
}

func (t *table) snapshotFile() string {
	return filepath.Join(t.ts.cfg.SnapshotDir, snapshotPrefix(t.name)+t.print[:32]+".lookup")
}

// removeSnapshots removes the files of a table that has been dropped.
func (ts *Tables) removeSnapshots(name string) {
	if ts.cfg.SnapshotDir == "" {
		return
	}
	files, err := os.ReadDir(ts.cfg.SnapshotDir)
	if err != nil {
		return // no folder, no files
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), snapshotPrefix(name)) {
			if err := os.Remove(filepath.Join(ts.cfg.SnapshotDir, f.Name())); err != nil {
				ts.cfg.Log.Info("removing the snapshot of a lookup table failed", "table", name, "error", err)
			}
		}
	}
}

// save writes a version to a new file, which then takes the place of the old.
func (t *table) save(v *version, token string) (err error) {
	if err := os.MkdirAll(t.ts.cfg.SnapshotDir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(t.ts.cfg.SnapshotDir, snapshotPrefix(t.name)+"*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	w := bufio.NewWriterSize(f, 1<<18)
	if err := t.encode(w, v, token); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), t.snapshotFile()); err != nil {
		return err
	}
	if d, err := os.Open(t.ts.cfg.SnapshotDir); err == nil {
		_ = d.Sync() // makes the name last, where the system can
		_ = d.Close()
	}
	return nil
}

func (t *table) encode(w io.Writer, v *version, token string) error {
	head := []byte(snapshotMagic + t.print)
	head = binary.LittleEndian.AppendUint64(head, uint64(t.confirmed.Load()))
	if err := writeFrame(w, append(head, token...)); err != nil {
		return err
	}
	rows := t.rowsOf()
	var ids []uint32
	var buf []byte
	for _, id := range v.order {
		rows.Reset()
		ids, buf = ids[:0], buf[:0]
		dead := v.deadOf(id)
		for i := range v.chunks[id].n {
			if dead == nil || !dead.Get(i) {
				ids = append(ids, id<<rowBits|uint32(i))
			}
		}
		buf = binary.AppendUvarint(buf, uint64(len(ids)))
		for c, col := range rows.Cols {
			gatherColumn(col, v.chunks, c, ids)
			buf = encodeColumn(buf, col, len(ids))
			runtime.Gosched()
		}
		if err := writeFrame(w, buf); err != nil {
			return err
		}
	}
	return writeFrame(w, nil)
}

func writeFrame(w io.Writer, body []byte) error {
	if len(body) > maxSnapshotFrame {
		return sqlerr.New(sqlerr.ProgramLimitExceeded, "a chunk of a lookup table exceeds %d bytes", maxSnapshotFrame)
	}
	var head [8]byte
	binary.LittleEndian.PutUint32(head[:], uint32(len(body)))
	binary.LittleEndian.PutUint32(head[4:], crc32.Checksum(body, castagnoli))
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	_, err := w.Write(body)
	return err
}

// restore takes the rows from disk where the source cannot be reached.
func (k *keeper) restore() bool {
	t := k.t
	f, err := os.Open(t.snapshotFile())
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			t.log.Warn("reading the snapshot of a lookup table failed", "error", err)
		}
		return false
	}
	defer f.Close()
	v, token, at, err := t.decode(bufio.NewReaderSize(f, 1<<18))
	if err != nil {
		t.log.Warn("the snapshot of a lookup table cannot be used", "error", err)
		return false
	}
	v.loaded = at
	k.token = token
	k.publish(v)
	t.confirmed.Store(at.UnixNano())
	t.fault.Store(nil)
	t.log.Warn("a lookup table begins with its snapshot on disk", "rows", v.rows, "from", at)
	return true
}

// decode reads a snapshot.
func (t *table) decode(r io.Reader) (v *version, token string, at time.Time, err error) {
	damaged := func() error {
		return sqlerr.New(sqlerr.DataCorrupted, "the snapshot of lookup table %q is damaged", t.name)
	}
	head, err := readFrame(r, damaged)
	if err != nil {
		return nil, "", at, err
	}
	prefix := snapshotMagic + t.print
	if !strings.HasPrefix(string(head), prefix) || len(head) < len(prefix)+8 {
		return nil, "", at, damaged()
	}
	at = time.Unix(0, int64(binary.LittleEndian.Uint64(head[len(prefix):])))
	token = string(head[len(prefix)+8:])
	l := newLoader(t.def, nil)
	rows := t.rowsOf()
	for {
		body, err := readFrame(r, damaged)
		if err != nil {
			return nil, "", at, err
		}
		if len(body) == 0 {
			break
		}
		d := decoder{b: body}
		n := d.uint()
		if n > ChunkRows {
			return nil, "", at, damaged()
		}
		rows.Reset()
		for _, c := range rows.Cols {
			for i := uint64(0); i < n && !d.bad; i++ {
				d.value(c)
			}
		}
		if d.bad || len(d.b) > 0 {
			return nil, "", at, damaged()
		}
		rows.N = int(n)
		if err := l.add(rows); err != nil {
			return nil, "", at, err
		}
	}
	v, err = l.finish(at)
	return v, token, at, err
}

// readFrame reads a frame; memory is taken only for what is there.
func readFrame(r io.Reader, damaged func() error) ([]byte, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, damaged()
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > maxSnapshotFrame {
		return nil, damaged()
	}
	var body bytes.Buffer
	if got, err := io.CopyN(&body, r, int64(n)); err != nil || got != int64(n) {
		return nil, damaged()
	}
	if crc32.Checksum(body.Bytes(), castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
		return nil, damaged()
	}
	return body.Bytes(), nil
}
