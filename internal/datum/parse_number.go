package datum

import (
	"math"
	"strconv"
	"unsafe"

	"github.com/penstock/penstock/internal/sqlerr"
)

// str looks at bytes as a string, for library functions that keep nothing.
func str(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func trim(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// foldEq compares with a lower-case word, ignoring ASCII case.
func foldEq(b []byte, word string) bool { return len(b) == len(word) && foldPrefix(b, word) }

// foldPrefix tells whether b is a beginning of word.
func foldPrefix(b []byte, word string) bool {
	if len(b) > len(word) {
		return false
	}
	for i, c := range b {
		if lower(c) != word[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// ParseBool reads true, false, yes, no and their beginnings, on, off, 1 and 0.
func ParseBool(b []byte) (bool, error) {
	t := trim(b)
	if len(t) > 0 {
		switch {
		case foldPrefix(t, "true"), foldPrefix(t, "yes"), foldEq(t, "on"), foldEq(t, "1"):
			return true, nil
		case foldPrefix(t, "false"), foldPrefix(t, "no"), len(t) > 1 && foldPrefix(t, "off"), foldEq(t, "0"):
			return false, nil
		}
	}
	return false, errSyntax("boolean", b)
}

// intName gives the name in errors of the integer type with that many bits.
func intName(bits int) string {
	switch bits {
	case 16:
		return "smallint"
	case 32:
		return "integer"
	}
	return "bigint"
}

// ParseInt64 reads an integer of 16, 32 or 64 bits. What is no integer is 22P02,
// what does not fit is 22003.
func ParseInt64(b []byte, bits int) (int64, error) {
	t := trim(b)
	neg := false
	if len(t) > 0 && (t[0] == '-' || t[0] == '+') {
		neg = t[0] == '-'
		t = t[1:]
	}
	if len(t) == 0 {
		return 0, errSyntax(intName(bits), b)
	}
	var v uint64
	over := false
	limit := uint64(1) << (bits - 1)
	for _, c := range t {
		d := c - '0'
		if d > 9 {
			return 0, errSyntax(intName(bits), b)
		}
		if v > (1<<63)/10 {
			over = true
			continue
		}
		v = v*10 + uint64(d)
		over = over || v > limit
	}
	if over || v == limit && !neg {
		return 0, errIntegerRange(intName(bits), b)
	}
	if neg {
		return -int64(v), nil
	}
	return int64(v), nil
}

// ParseFloat8 reads a DOUBLE; NaN and the infinities have names.
func ParseFloat8(b []byte) (float64, error) { return parseFloat(b, 64, "double precision") }

// ParseFloat4 reads a REAL.
func ParseFloat4(b []byte) (float32, error) {
	v, err := parseFloat(b, 32, "real")
	return float32(v), err
}

func parseFloat(b []byte, bits int, typ string) (float64, error) {
	t := trim(b)
	digits, nonzero := false, false
	mantissa := true
	for _, c := range t {
		switch {
		case c >= '0' && c <= '9':
			digits = true
			nonzero = nonzero || mantissa && c != '0'
		case c == 'e' || c == 'E':
			mantissa = false
		case c == '.' || c == '-' || c == '+':
		default:
			return specialFloat(b, t, typ)
		}
	}
	if !digits {
		return 0, errSyntax(typ, b)
	}
	v, err := strconv.ParseFloat(str(t), bits)
	switch {
	case err == nil && (v != 0 || !nonzero):
		return v, nil
	case err == nil || math.IsInf(v, 0):
		return 0, sqlerr.New(sqlerr.NumericOutOfRange, `"%s" is out of range for type %s`, quoted(t), typ)
	}
	return 0, errSyntax(typ, b)
}

// specialFloat reads the names of the numbers that have no digits.
func specialFloat(b, t []byte, typ string) (float64, error) {
	u, sign := t, 1
	if u[0] == '-' {
		u, sign = u[1:], -1
	} else if u[0] == '+' {
		u = u[1:]
	}
	switch {
	case foldEq(u, "nan"):
		return math.NaN(), nil
	case foldEq(u, "inf"), foldEq(u, "infinity"):
		return math.Inf(sign), nil
	}
	return 0, errSyntax(typ, b)
}

// ParseBytea appends a byte string given in the hex form (\x00ff) or the escape
// form (\000, \\) to dst.
func ParseBytea(dst, b []byte) ([]byte, error) {
	if len(b) >= 2 && b[0] == '\\' && b[1] == 'x' {
		return parseHex(dst, b[2:])
	}
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c != '\\':
			dst = append(dst, c)
		case i+1 < len(b) && b[i+1] == '\\':
			dst = append(dst, '\\')
			i++
		case i+3 < len(b) && b[i+1]-'0' <= 3 && b[i+2]-'0' <= 7 && b[i+3]-'0' <= 7:
			dst = append(dst, (b[i+1]-'0')<<6|(b[i+2]-'0')<<3|(b[i+3]-'0'))
			i += 3
		default:
			return dst, sqlerr.New(sqlerr.InvalidTextRepresentation, "invalid input syntax for type bytea")
		}
	}
	return dst, nil
}

func hexVal(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case lower(c) >= 'a' && lower(c) <= 'f':
		return int(lower(c)-'a') + 10
	}
	return -1
}

// parseHex reads pairs of hex digits; white space may stand between pairs.
func parseHex(dst, b []byte) ([]byte, error) {
	for i := 0; i < len(b); i++ {
		if c := b[i]; c == ' ' || c == '\n' || c == '\t' || c == '\r' {
			continue
		}
		hi := hexVal(b[i])
		if hi < 0 {
			return dst, errHexDigit(b[i:])
		}
		if i++; i >= len(b) {
			return dst, sqlerr.New(sqlerr.InvalidParameterValue, "invalid hexadecimal data: odd number of digits")
		}
		lo := hexVal(b[i])
		if lo < 0 {
			return dst, errHexDigit(b[i:])
		}
		dst = append(dst, byte(hi<<4|lo))
	}
	return dst, nil
}

func errHexDigit(b []byte) error {
	n := 1
	for n < len(b) && n < 4 && b[n]&0xc0 == 0x80 {
		n++
	}
	return sqlerr.New(sqlerr.InvalidParameterValue, `invalid hexadecimal digit: "%s"`, quoted(b[:n]))
}
