package kafka

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// The parts of a v2 record batch's header.
const (
	batchHeader    = 61 // bytes before the records
	batchPrefix    = 12 // base offset and length, which the length leaves out
	attrCodec      = 7
	attrAppendTime = 1 << 3
	attrTxn        = 1 << 4
	attrControl    = 1 << 5
)

var (
	errCRC     = errors.New("the checksum (CRC32C) does not match")
	errBroken  = errors.New("the record batch is broken")
	errOldKind = errors.New("message format")
)

// record is one record in place: its slices point into the batch.
type record struct {
	offset  int64
	ts      int64  // milliseconds; -1: none
	key     []byte // nil: null
	value   []byte // nil: null, a tombstone
	headers []byte // count and headers, still encoded
}

// aborted is a transaction that was rolled back: the producer's batches from
// first on do not count until its abort marker.
type aborted struct{ producer, first int64 }

// walker goes through the record batches of one partition in one fetch. It is
// reused: no record costs an allocation.
type walker struct {
	set     []byte // batches still to come
	recs    []byte // records still to come of the open batch
	left    int    // their number
	base    int64  // of the open batch
	last    int64
	ts      int64     // its first timestamp, or the append time of all
	logTime bool      // the timestamp is the append time
	epoch   int32     // the leader's, of the open batch
	from    int64     // records before this one are not asked for
	end     int64     // nor this one and those behind it
	txns    []aborted // by their first offset
	txn     int       // of txns, those that have begun at this point
	open    []int64   // producers whose transaction, at this point, is one that will be rolled back
	inf     inflater
	// next is the offset after all that has been gone through.
	next int64
}

// reset starts on a record set. Records outside [from, end) are passed over.
func (w *walker) reset(set []byte, from, end int64, txns []aborted) {
	w.set, w.recs, w.left, w.from, w.end, w.next = set, nil, 0, from, end, from
	w.txns, w.txn = append(w.txns[:0], txns...), 0
	slices.SortFunc(w.txns, func(a, b aborted) int { return cmp.Compare(a.first, b.first) })
	w.open = w.open[:0]
}

// done forgets the set, whose memory goes back.
func (w *walker) done() { w.set, w.recs, w.left = nil, nil, 0 }

// read finds the next record. It returns false at the end of the set, or at
// end; next is then the offset to go on from.
func (w *walker) read(r *record) (bool, error) {
	for {
		for w.left > 0 {
			w.left--
			if err := w.one(r); err != nil {
				return false, err
			}
			if r.offset < w.from {
				continue
			}
			if r.offset >= w.end {
				w.done()
				w.next = max(w.next, w.end)
				return false, nil
			}
			w.next = r.offset + 1
			return true, nil
		}
		if w.recs != nil { // a batch has been finished
			w.recs = nil
			w.next = max(w.next, w.last+1)
		}
		more, err := w.batch()
		if !more || err != nil {
			return false, err
		}
	}
}

// batch opens the next batch that has data for us.
func (w *walker) batch() (bool, error) {
	for len(w.set) >= batchPrefix+5 {
		size := batchPrefix + int(int32(binary.BigEndian.Uint32(w.set[8:])))
		if size < batchPrefix+5 {
			return false, errBroken
		}
		if w.set[16] != 2 {
			return false, fmt.Errorf("%w v%d", errOldKind, w.set[16])
		}
		if size > len(w.set) {
			return false, nil // cut off by the size limit of the fetch
		}
		if size < batchHeader {
			return false, errBroken
		}
		b := w.set[:size]
		w.set = w.set[size:]
		w.base = int64(binary.BigEndian.Uint64(b))
		w.last = w.base + int64(int32(binary.BigEndian.Uint32(b[23:])))
		if w.base < 0 || w.last < w.base {
			return false, errBroken
		}
		if w.last < w.from {
			continue
		}
		if w.base >= w.end {
			w.next = max(w.next, w.end)
			w.done()
			return false, nil
		}
		ok, err := w.header(b)
		if err != nil {
			return false, err
		}
		if ok {
			return true, nil
		}
		w.next = w.last + 1
	}
	return false, nil
}

// header checks the batch and opens it, or says that it is not for us.
func (w *walker) header(b []byte) (bool, error) {
	if crc32.Checksum(b[21:], castagnoli) != binary.BigEndian.Uint32(b[17:]) {
		return false, errCRC
	}
	attr := binary.BigEndian.Uint16(b[21:])
	recs := b[batchHeader:]
	if attr&(attrTxn|attrControl) != 0 {
		if skip, err := w.transaction(b, attr); skip || err != nil {
			return false, err
		}
	}
	w.left = int(int32(binary.BigEndian.Uint32(b[57:])))
	if w.left < 0 {
		return false, errBroken
	}
	if w.left == 0 {
		return false, nil
	}
	w.epoch = int32(binary.BigEndian.Uint32(b[12:]))
	w.ts, w.logTime = int64(binary.BigEndian.Uint64(b[27:])), attr&attrAppendTime != 0
	if w.logTime {
		w.ts = int64(binary.BigEndian.Uint64(b[35:]))
	}
	if c := Codec(attr & attrCodec); c != None {
		var err error
		if recs, err = w.inf.inflate(c, recs); err != nil {
			return false, err
		}
	}
	if w.left > len(recs)/7+1 { // the smallest record has 7 bytes
		return false, errBroken
	}
	w.recs = recs
	return true, nil
}

// transaction keeps book of rolled-back transactions and tells whether the
// batch is to be skipped.
func (w *walker) transaction(b []byte, attr uint16) (bool, error) {
	producer := int64(binary.BigEndian.Uint64(b[43:]))
	for w.txn < len(w.txns) && w.txns[w.txn].first <= w.last {
		w.open = append(w.open, w.txns[w.txn].producer)
		w.txn++
	}
	at := -1
	for i, p := range w.open {
		if p == producer {
			at = i
		}
	}
	if attr&attrControl == 0 {
		return at >= 0, nil
	}
	if at >= 0 && isAbort(b[batchHeader:]) {
		w.open[at] = w.open[len(w.open)-1]
		w.open = w.open[:len(w.open)-1]
	}
	return true, nil
}

// isAbort reads a control record's key: version, then 0 for abort.
func isAbort(recs []byte) bool {
	var r record
	w := walker{recs: recs}
	if w.one(&r) != nil || len(r.key) < 4 {
		return false
	}
	return binary.BigEndian.Uint16(r.key[2:]) == 0
}

// one reads the record at the front of recs.
func (w *walker) one(r *record) error {
	b := w.recs
	n, i := varint(b, 0)
	if i < 0 || n < 0 || n > int64(len(b)-i) {
		return errBroken
	}
	b, w.recs = b[i:i+int(n)], b[i+int(n):]
	// The first byte holds attributes, of which none is in use.
	dt, i := varint(b, 1)
	if i < 0 {
		return errBroken
	}
	do, i := varint(b, i)
	if i < 0 {
		return errBroken
	}
	kn, i := varint(b, i)
	if i < 0 || kn > int64(len(b)-i) {
		return errBroken
	}
	r.key = nil
	if kn >= 0 {
		r.key = b[i : i+int(kn)]
		i += int(kn)
	}
	vn, i := varint(b, i)
	if i < 0 || vn > int64(len(b)-i) {
		return errBroken
	}
	r.value = nil
	if vn >= 0 {
		r.value = b[i : i+int(vn)]
		i += int(vn)
	}
	r.headers = b[i:]
	r.offset = w.base + do
	r.ts = w.ts
	if !w.logTime {
		r.ts += dt
	}
	return nil
}

// varint reads a zigzag number at i and gives the place behind it, negative
// when the bytes end before the number does. One and two bytes are the rule.
func varint(b []byte, i int) (int64, int) {
	if uint(i) >= uint(len(b)) {
		return 0, -1
	}
	c := uint64(b[i])
	if c < 0x80 {
		return int64(c>>1) ^ -int64(c&1), i + 1
	}
	if i+1 < len(b) && b[i+1] < 0x80 {
		c = c&0x7f | uint64(b[i+1])<<7
		return int64(c>>1) ^ -int64(c&1), i + 2
	}
	v, n := binary.Varint(b[i:])
	if n <= 0 {
		return 0, -1
	}
	return v, i + n
}

// lastOffset gives the offset behind the last whole batch of a set, or from,
// and whether its batches are compressed; need is the size of a batch that does not
// fit, when nothing else is there.
func lastOffset(set []byte, from int64) (next int64, compressed bool, need int) {
	next = from
	whole := false
	for len(set) >= batchPrefix+5 {
		size := batchPrefix + int(int32(binary.BigEndian.Uint32(set[8:])))
		if size < batchHeader || set[16] != 2 {
			return next, compressed, 0 // the walk will say what is wrong
		}
		if size > len(set) {
			if !whole {
				need = size
			}
			return next, compressed, need
		}
		whole = true
		compressed = compressed || set[22]&attrCodec != 0
		last := int64(binary.BigEndian.Uint64(set)) + int64(int32(binary.BigEndian.Uint32(set[23:])))
		next = max(next, last+1)
		set = set[size:]
	}
	return next, compressed, 0
}

// isOldKind tells a batch in a format from before Kafka 0.11.
func isOldKind(err error) bool { return errors.Is(err, errOldKind) }
