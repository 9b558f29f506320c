package scalar

import (
	"encoding/base64"
	"math"
	"strconv"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

// Writer writes values of one scalar type as text. It is used by one
// goroutine.
type Writer struct {
	kind   catalog.Kind
	stamps Timestamps
	// The last timestamp and its text: the rows of a window repeat it.
	last int64
	text []byte
}

// NewWriter makes a writer of values of a scalar type.
func NewWriter(t catalog.Type, stamps Timestamps) *Writer {
	return &Writer{kind: t.Kind, stamps: stamps}
}

// Append adds the text of row i, which is not NULL: PostgreSQL's, but for
// booleans (true, false), BYTES (base64) and timestamps (as the setting says).
func (w *Writer) Append(dst []byte, c *exec.Column, i int) []byte {
	switch w.kind {
	case catalog.SmallInt, catalog.Int, catalog.BigInt:
		return strconv.AppendInt(dst, c.Int[i], 10)
	case catalog.Timestamp, catalog.TimestampLTZ:
		if v := c.Int[i]; v != w.last || len(w.text) == 0 {
			w.last, w.text = v, w.timestamp(w.text[:0], v)
		}
		return append(dst, w.text...)
	case catalog.Double:
		return datum.AppendFloat8(dst, c.Float[i])
	case catalog.Real:
		return datum.AppendFloat4(dst, float32(c.Float[i]))
	case catalog.Boolean:
		return strconv.AppendBool(dst, c.Bool[i])
	case catalog.Decimal:
		return datum.AppendDecimal(dst, c.Dec[i])
	case catalog.Date:
		return datum.AppendDate(dst, c.Int[i])
	case catalog.Time:
		return datum.AppendTime(dst, c.Int[i])
	case catalog.Interval:
		return datum.AppendInterval(dst, c.Ivl[i])
	case catalog.Bytes:
		return base64.StdEncoding.AppendEncode(dst, c.Str(i))
	}
	return append(dst, c.Str(i)...)
}

// Number tells whether the text of row i is a JSON number.
func (w *Writer) Number(c *exec.Column, i int) bool {
	switch w.kind {
	case catalog.SmallInt, catalog.Int, catalog.BigInt:
		return true
	case catalog.Real, catalog.Double:
		return !math.IsNaN(c.Float[i]) && !math.IsInf(c.Float[i], 0)
	case catalog.Decimal:
		return c.Dec[i].Form == datum.Finite
	case catalog.Timestamp, catalog.TimestampLTZ:
		return w.stamps >= EpochSeconds && datum.IsFinite(c.Int[i])
	}
	return false
}

func (w *Writer) timestamp(dst []byte, v int64) []byte {
	zoned := w.kind == catalog.TimestampLTZ
	switch {
	case !datum.IsFinite(v):
		return datum.AppendTimestamp(dst, v)
	case w.stamps == EpochMicros:
		return strconv.AppendInt(dst, v, 10)
	case w.stamps == EpochMillis:
		return appendScaled(dst, v, 3)
	case w.stamps == EpochSeconds:
		return appendScaled(dst, v, 6)
	case w.stamps == ISO:
		return datum.AppendTimestampISO(dst, v, 0, zoned)
	case zoned:
		return datum.AppendTimestampTZ(dst, v, 0)
	}
	return datum.AppendTimestamp(dst, v)
}

// appendScaled writes v × 10^-digits without needless zeros.
func appendScaled(dst []byte, v int64, digits int) []byte {
	unit := int64(1)
	for range digits {
		unit *= 10
	}
	whole, frac := v/unit, v%unit
	if v < 0 {
		dst = append(dst, '-')
		whole, frac = -whole, -frac
	}
	dst = strconv.AppendInt(dst, whole, 10)
	if frac == 0 {
		return dst
	}
	dst = append(dst, '.')
	for frac != 0 {
		unit /= 10
		dst = append(dst, byte('0'+frac/unit))
		frac %= unit
	}
	return dst
}
