package kafka

import (
	"bytes"
	"math"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

// Meta is a fact about a record that a table may show as a METADATA column.
type Meta uint8

// The facts.
const (
	MetaTopic Meta = iota
	MetaPartition
	MetaOffset
	MetaTimestamp
	MetaTimestampType
	MetaKey
	MetaHeaders
	MetaLeaderEpoch
	MetaOp
)

// The operations that a record of an upsert topic stands for.
const (
	OpUpsert = "+U"
	OpDelete = "-D"
)

// MetaSpec describes a metadata key of METADATA FROM '…'.
type MetaSpec struct {
	Key  string
	Meta Meta
	// Type is the type of the values; a column may be declared with any type that
	// it casts to, and TIMESTAMP for TIMESTAMP_LTZ.
	Type catalog.Type
	// Writable ones may be set by a sink.
	Writable bool
	Doc      string
}

// OpSpec is the metadata key that only upsert tables have.
func OpSpec() MetaSpec {
	return MetaSpec{"op", MetaOp, catalog.Of(catalog.Varchar), true,
		"of upsert-kafka: +U where the record has a value, -D where it is a tombstone; to be written also +I, as +U"}
}

// MetaSpecs lists the metadata keys.
func MetaSpecs() []MetaSpec {
	str, raw := catalog.Of(catalog.Varchar), catalog.Of(catalog.Bytes)
	return []MetaSpec{
		{"topic", MetaTopic, str, false, "the topic's name"},
		{"partition", MetaPartition, catalog.Of(catalog.Int), false, "the partition's number"},
		{"offset", MetaOffset, catalog.Of(catalog.BigInt), false, "the record's offset in its partition"},
		{"timestamp", MetaTimestamp, catalog.Of(catalog.TimestampLTZ).WithFrac(3), true, "the record's own timestamp; NULL when it has none"},
		{"timestamp-type", MetaTimestampType, str, false, "CreateTime, LogAppendTime or NoTimestampType"},
		{"key", MetaKey, raw, false, "the record's key as it is; NULL when it has none"},
		{"headers", MetaHeaders, catalog.MapOf(str, raw), true, "the record's headers; of equal names the last counts"},
		{"leader-epoch", MetaLeaderEpoch, catalog.Of(catalog.Int), false, "the epoch of the leader that took the record; NULL when not known"},
	}
}

const (
	maxMillis = math.MaxInt64 / datum.MicrosPerMilli
)

// appendMeta adds one fact of a record to its column.
func appendMeta(c *exec.Column, m Meta, topic string, partition int32, w *walker, r *record) error {
	switch m {
	case MetaTopic:
		c.AppendString(topic)
	case MetaPartition:
		c.AppendInt(int64(partition))
	case MetaOffset:
		c.AppendInt(r.offset)
	case MetaTimestamp:
		if r.ts < 0 || r.ts > maxMillis {
			c.AppendNull()
		} else {
			c.AppendInt(r.ts * datum.MicrosPerMilli)
		}
	case MetaTimestampType:
		switch {
		case w.logTime:
			c.AppendString("LogAppendTime")
		case r.ts < 0:
			c.AppendString("NoTimestampType")
		default:
			c.AppendString("CreateTime")
		}
	case MetaKey:
		if r.key == nil {
			c.AppendNull()
		} else {
			c.AppendBytes(r.key)
		}
	case MetaHeaders:
		return appendHeaders(c, r.headers)
	case MetaOp:
		if r.value == nil {
			c.AppendString(OpDelete)
		} else {
			c.AppendString(OpUpsert)
		}
	case MetaLeaderEpoch:
		if w.epoch < 0 {
			c.AppendNull()
		} else {
			c.AppendInt(int64(w.epoch))
		}
	}
	return nil
}

// appendHeaders adds the headers to a map column.
func appendHeaders(c *exec.Column, b []byte) error {
	keys, vals := c.Kids[0], c.Kids[1]
	start := keys.Len()
	n, i := varint(b, 0)
	for ; n > 0 && i >= 0; n-- {
		var k, v []byte
		if k, v, i = header(b, i); i < 0 {
			break
		}
		if again(b, i, n-1, k) {
			continue
		}
		keys.AppendBytes(k)
		if v == nil {
			vals.AppendNull()
		} else {
			vals.AppendBytes(v)
		}
	}
	if i < 0 || n < 0 {
		keys.Truncate(start)
		vals.Truncate(start)
		return errBroken
	}
	c.EndList()
	return nil
}

// header reads a header at i and gives the place behind it, negative when it
// is broken. A nil value is null.
func header(b []byte, i int) (k, v []byte, next int) {
	n, i := varint(b, i)
	if i < 0 || n < 0 || n > int64(len(b)-i) {
		return nil, nil, -1
	}
	k, i = b[i:i+int(n)], i+int(n)
	n, i = varint(b, i)
	if i < 0 || n > int64(len(b)-i) {
		return nil, nil, -1
	}
	if n >= 0 {
		v, i = b[i:i+int(n)], i+int(n)
	}
	return k, v, i
}

// maxHeadersCompared bounds the search for a later header of the same name.
const maxHeadersCompared = 64

// again tells whether one of the n headers at i has the name k.
func again(b []byte, i int, n int64, k []byte) bool {
	for n = min(n, maxHeadersCompared); n > 0 && i >= 0; n-- {
		var o []byte
		if o, _, i = header(b, i); i >= 0 && bytes.Equal(o, k) {
			return true
		}
	}
	return false
}
