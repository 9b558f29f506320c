package datum

import (
	"math"
	"math/bits"
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
func appendFloat(dst []byte, v float64, size int, least, limit float64) []byte {
	a := math.Abs(v)
	switch {
	case a >= least && a < limit || a == 0:
		return strconv.AppendFloat(dst, v, 'f', -1, size)
	case v != v:
		return append(dst, "NaN"...)
	case v > math.MaxFloat64:
		return append(dst, "Infinity"...)
	case v < -math.MaxFloat64:
		return append(dst, "-Infinity"...)
	}
	n := len(dst)
	dst = strconv.AppendFloat(dst, v, 'e', -1, size)
	mantissa := 52
	if size == 32 {
		mantissa = 23
	}
	if a >= float64(int64(2)<<mantissa) && a < 1e40 && isMidpoint(dst[n:], a, mantissa) {
		return appendInside(dst[:n], v, size, mantissa)
	}
	return dst
}

// isMidpoint tells whether a text of the form d.ddde+xx lies exactly half way
// between v and a neighbour. Such a text reads back as v where v is even, and
// strconv takes it; PostgreSQL does not. It can happen to whole numbers only.
func isMidpoint(text []byte, v float64, mantissa int) bool {
	var digits uint64
	pow, i := 0, 0
	for ; text[i] != 'e'; i++ {
		if d := uint64(text[i] - '0'); d <= 9 {
			digits = digits*10 + d
			pow--
		}
	}
	exp, ok := exponent(text[i:])
	pow += exp + 1
	if !ok || pow < 0 || digits == 0 {
		return false
	}
	two := bits.TrailingZeros64(digits)
	odd := digits >> two
	two += pow // 10^pow = 5^pow · 2^pow
	for range pow {
		if odd *= 5; odd > 8<<mantissa {
			return false
		}
	}
	fr, e := math.Frexp(v)
	m, e := uint64(math.Ldexp(fr, mantissa+1)), e-mantissa-1 // v = m · 2^e
	return two == e-1 && (odd == 2*m+1 || odd == 2*m-1) || two == e-2 && odd == 4*m-1 && m == 1<<mantissa
}

// appendInside finds the shortest text that lies nearer to v than to any
// neighbour.
func appendInside(dst []byte, v float64, size, mantissa int) []byte {
	n := len(dst)
	for digits := 0; ; digits++ {
		dst = strconv.AppendFloat(dst[:n], v, 'e', digits, size)
		back, _ := strconv.ParseFloat(str(dst[n:]), size)
		if back == v && (digits >= 17 || !isMidpoint(dst[n:], math.Abs(v), mantissa)) {
			return dst
		}
	}
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
