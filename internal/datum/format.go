package datum

import (
	"math"
	"strconv"
)

// AppendBool writes t or f.
func AppendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, 't')
	}
	return append(dst, 'f')
}

// AppendFloat8 writes a DOUBLE with the fewest digits that read back as the
// same number: 0.1, 1e+20, 1e-07, Infinity, NaN.
func AppendFloat8(dst []byte, v float64) []byte { return appendFloat(dst, v, 64, 1e-4, 1e15) }

// AppendFloat4 writes a REAL likewise.
func AppendFloat4(dst []byte, v float32) []byte {
	return appendFloat(dst, float64(v), 32, float64(float32(1e-4)), 1e6)
}

// appendFloat prints plainly from least up to limit, otherwise with an exponent.
func appendFloat(dst []byte, v float64, bits int, least, limit float64) []byte {
	a := math.Abs(v)
	switch {
	case a >= least && a < limit || a == 0:
		return strconv.AppendFloat(dst, v, 'f', -1, bits)
	case v != v:
		return append(dst, "NaN"...)
	case v > math.MaxFloat64:
		return append(dst, "Infinity"...)
	case v < -math.MaxFloat64:
		return append(dst, "-Infinity"...)
	}
	return strconv.AppendFloat(dst, v, 'e', -1, bits)
}

const hexDigits = "0123456789abcdef"

// AppendBytea writes a byte string in the hex form: \x00ff.
func AppendBytea(dst, v []byte) []byte {
	dst = append(dst, '\\', 'x')
	for _, c := range v {
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}
