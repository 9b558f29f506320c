package pgwire

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

// The binary forms count from 2000.
const (
	postgresEpochDays   = 10957
	postgresEpochMicros = postgresEpochDays * datum.MicrosPerDay
)

var big = binary.BigEndian

// plainBinary are the types whose binary form depends on nothing but the value.
var plainBinary = [catalog.NumKinds]cell{
	catalog.Boolean: func(dst []byte, c *exec.Column, i int) []byte {
		if c.Bool[i] {
			return append(dst, 1)
		}
		return append(dst, 0)
	},
	catalog.SmallInt: func(dst []byte, c *exec.Column, i int) []byte { return big.AppendUint16(dst, uint16(c.Int[i])) },
	catalog.Int:      int4Binary,
	catalog.BigInt:   int8Binary,
	catalog.Time:     int8Binary,
	catalog.Real: func(dst []byte, c *exec.Column, i int) []byte {
		return big.AppendUint32(dst, math.Float32bits(float32(c.Float[i])))
	},
	catalog.Double: func(dst []byte, c *exec.Column, i int) []byte {
		return big.AppendUint64(dst, math.Float64bits(c.Float[i]))
	},
	catalog.Decimal: func(dst []byte, c *exec.Column, i int) []byte { return datum.AppendDecimalBinary(dst, c.Dec[i]) },
	catalog.Date: func(dst []byte, c *exec.Column, i int) []byte {
		return big.AppendUint32(dst, uint32(binaryDate(c.Int[i])))
	},
	catalog.Timestamp:    timestampBinary,
	catalog.TimestampLTZ: timestampBinary,
	catalog.Interval: func(dst []byte, c *exec.Column, i int) []byte {
		v := c.Ivl[i]
		dst = big.AppendUint64(dst, uint64(v.Micros))
		dst = big.AppendUint32(dst, uint32(v.Days))
		return big.AppendUint32(dst, uint32(v.Months))
	},
	catalog.Varchar: stringCell,
	catalog.JSON:    stringCell,
	catalog.Bytes:   stringCell,
	catalog.Unknown: stringCell,
}

func int4Binary(dst []byte, c *exec.Column, i int) []byte {
	return big.AppendUint32(dst, uint32(c.Int[i]))
}

func int8Binary(dst []byte, c *exec.Column, i int) []byte {
	return big.AppendUint64(dst, uint64(c.Int[i]))
}

func timestampBinary(dst []byte, c *exec.Column, i int) []byte {
	v := c.Int[i]
	if datum.IsFinite(v) {
		v -= postgresEpochMicros
	}
	return big.AppendUint64(dst, uint64(v))
}

func binaryDate(days int64) int32 {
	switch days {
	case datum.TimestampInfinity:
		return math.MaxInt32
	case datum.TimestampNegInfinity:
		return math.MinInt32
	}
	return int32(days - postgresEpochDays)
}

// binaryCell writes values as PostgreSQL's send functions do. oid tells types
// that are PostgreSQL's only.
func binaryCell(t catalog.Type, oid uint32) (cell, error) {
	switch oid {
	case catalog.OIDOID, oidXID, oidCID:
		return int4Binary, nil
	case oidRegproc, oidRegclass, oidRegtype, oidRegnamespace, oidRegrole:
		return nil, noBinary(t) // their columns hold names
	case oidInt2Vector:
		return vectorBinary(catalog.OIDInt2), nil
	case oidOIDVector:
		return vectorBinary(catalog.OIDOID), nil
	}
	switch t.Kind {
	case catalog.Map, catalog.Row:
		return textCell(t, nil), nil // they go out as JSON
	case catalog.Array:
		return arrayBinary(t, oid)
	}
	if plainBinary[t.Kind] == nil {
		return nil, noBinary(t)
	}
	return plainBinary[t.Kind], nil
}

// arrayBinary writes arrays of one dimension.
func arrayBinary(t catalog.Type, oid uint32) (cell, error) {
	if t.Elem.Kind == catalog.Array {
		return nil, noBinary(t)
	}
	elemOID := elements[oid]
	elem, err := binaryCell(*t.Elem, elemOID)
	if err != nil {
		return nil, err
	}
	return func(dst []byte, c *exec.Column, row int) []byte {
		kid, from, to := c.Kids[0], int(c.Offs[row]), int(c.Offs[row+1])
		nulls := uint32(0)
		for i := from; i < to; i++ {
			if kid.IsNull(i) {
				nulls = 1
			}
		}
		dims := uint32(1)
		if from == to {
			dims = 0
		}
		dst = big.AppendUint32(dst, dims)
		dst = big.AppendUint32(dst, nulls)
		dst = big.AppendUint32(dst, elemOID)
		if dims == 0 {
			return dst
		}
		dst = big.AppendUint32(dst, uint32(to-from))
		dst = big.AppendUint32(dst, 1) // the first index
		for i := from; i < to; i++ {
			dst = appendSized(dst, elem, kid, i)
		}
		return dst
	}, nil
}

// appendSized writes a value behind its length, -1 for NULL.
func appendSized(dst []byte, write cell, c *exec.Column, i int) []byte {
	if c.IsNull(i) {
		return append(dst, 0xff, 0xff, 0xff, 0xff)
	}
	at := len(dst)
	dst = write(append(dst, 0, 0, 0, 0), c, i)
	big.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}

// vectorBinary writes int2vector and oidvector, which columns hold as numbers
// with blanks between: arrays whose first index is 0.
func vectorBinary(elem uint32) cell {
	size := int(sizeOf(elem))
	return func(dst []byte, c *exec.Column, row int) []byte {
		words := strings.Fields(string(c.Str(row)))
		dst = big.AppendUint32(dst, 1)
		dst = big.AppendUint32(dst, 0)
		dst = big.AppendUint32(dst, elem)
		dst = big.AppendUint32(dst, uint32(len(words)))
		dst = big.AppendUint32(dst, 0)
		for _, w := range words {
			v, _ := strconv.ParseInt(w, 10, 64) // our own catalogue wrote it
			dst = big.AppendUint32(dst, uint32(size))
			if size == 2 {
				dst = big.AppendUint16(dst, uint16(v))
			} else {
				dst = big.AppendUint32(dst, uint32(v))
			}
		}
		return dst
	}
}
