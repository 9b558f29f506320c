package avro

import (
	"encoding/binary"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
)

// fromTwos reads a big-endian two's complement number with a scale.
func fromTwos(b []byte, scale int) (datum.Decimal, error) {
	sign := byte(0)
	if len(b) > 0 && b[0] >= 0x80 {
		sign = 0xff
	}
	for len(b) > 16 && b[0] == sign && b[1]&0x80 == sign&0x80 {
		b = b[1:]
	}
	if len(b) > 16 || scale > datum.MaxScale {
		return datum.Decimal{}, sqlerr.New(sqlerr.NumericOutOfRange, "a decimal of more than %d digits", datum.MaxDigits)
	}
	var full [16]byte
	for i := range full {
		full[i] = sign
	}
	copy(full[16-len(b):], b)
	d := datum.Decimal{Hi: int64(binary.BigEndian.Uint64(full[:])), Lo: binary.BigEndian.Uint64(full[8:]), Scale: int16(scale)}
	if d.Digits() > datum.MaxDigits {
		return d, sqlerr.New(sqlerr.NumericOutOfRange, "a decimal of more than %d digits", datum.MaxDigits)
	}
	return d, nil
}

// appendTwos appends the shortest big-endian two's complement form of the
// coefficient, or one of size bytes.
func appendTwos(dst []byte, d datum.Decimal, size int) ([]byte, error) {
	var full [16]byte
	binary.BigEndian.PutUint64(full[:], uint64(d.Hi))
	binary.BigEndian.PutUint64(full[8:], d.Lo)
	sign := byte(d.Hi >> 63)
	b := full[:]
	for len(b) > 1 && b[0] == sign && b[1]&0x80 == sign&0x80 {
		b = b[1:]
	}
	if size < 0 {
		return append(appendLong(dst, int64(len(b))), b...), nil
	}
	if len(b) > size {
		return dst, sqlerr.New(sqlerr.NumericOutOfRange, "%s does not fit into %d bytes", d, size)
	}
	for range size - len(b) {
		dst = append(dst, sign)
	}
	return append(dst, b...), nil
}

func (r *reader) decimal(col *exec.Column, c *cursor) error {
	b, ok := r.blob(c)
	if !ok {
		return errShort()
	}
	d, err := fromTwos(b, r.scale)
	if err != nil {
		return err
	}
	switch r.kind {
	case readDecimalFloat:
		col.AppendFloat(d.ToFloat64())
	case readDecimalText:
		r.scratch = datum.AppendDecimal(r.scratch[:0], d)
		return r.text.Text(col, r.scratch)
	default:
		if d, err = fit(d, r.typ); err != nil {
			return err
		}
		col.AppendDecimal(d)
	}
	return nil
}

// duration reads months, days and milliseconds.
func (r *reader) duration(col *exec.Column, c *cursor) error {
	b, ok := c.fixed(12)
	if !ok {
		return errShort()
	}
	months, days := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
	if months>>31 != 0 || days>>31 != 0 {
		return sqlerr.New(sqlerr.DatetimeOverflow, "interval out of range")
	}
	col.AppendInterval(datum.Interval{Months: int32(months), Days: int32(days), Micros: int64(binary.LittleEndian.Uint32(b[8:])) * datum.MicrosPerMilli})
	return nil
}
