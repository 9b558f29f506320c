package scalar

import (
	"bytes"
	"math"
)

// Verdicts of wholeNumber.
const (
	whole = iota
	notANumber
	tooBig
)

// wholeNumber reads a JSON number of integral value, like 3, 3.0 or 3e2.
func wholeNumber(s []byte) (v int64, verdict int) {
	neg := false
	if len(s) > 0 && s[0] == '-' {
		neg, s = true, s[1:]
	}
	mantissa, exp := s, 0
	if e := bytes.IndexAny(s, "eE"); e >= 0 {
		var ok bool
		if exp, ok = exponent(s[e+1:]); !ok {
			return 0, notANumber
		}
		mantissa = s[:e]
	}
	point := bytes.IndexByte(mantissa, '.')
	if point >= 0 {
		exp -= len(mantissa) - point - 1
	}
	// zeros at the end of the digits are held back until a digit follows.
	var n uint64
	digits, zeros, big := 0, 0, false
	for i, d := range mantissa {
		if i == point {
			continue
		}
		if d -= '0'; d > 9 {
			return 0, notANumber
		}
		digits++
		if d == 0 {
			zeros++
			continue
		}
		n, big = shift(n, zeros+1, big)
		n += uint64(d)
		zeros = 0
	}
	exp += zeros
	switch {
	case digits == 0 || exp < 0 && n != 0:
		return 0, notANumber
	case n == 0:
		return 0, whole
	}
	n, big = shift(n, exp, big)
	switch {
	case big || n > math.MaxInt64 && !(neg && n == 1<<63):
		return 0, tooBig
	case neg:
		return -int64(n), whole
	}
	return int64(n), whole
}

// shift multiplies n by 10^k and says whether the result, or what it came
// from, is too big to count.
func shift(n uint64, k int, big bool) (uint64, bool) {
	for ; k > 0 && n != 0 && !big; k-- {
		if n > math.MaxUint64/10-1 {
			return n, true
		}
		n *= 10
	}
	return n, big
}

// exponent reads the digits after E; it stops counting where no number could
// be in range any more.
func exponent(s []byte) (int, bool) {
	neg := false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		neg, s = s[0] == '-', s[1:]
	}
	if len(s) == 0 {
		return 0, false
	}
	n := 0
	for _, d := range s {
		if d -= '0'; d > 9 {
			return 0, false
		}
		n = min(n*10+int(d), 1<<24)
	}
	if neg {
		n = -n
	}
	return n, true
}
