package json

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Patterns of the word-at-a-time scan: each byte of lowBits is 1, each of
// highBits 0x80.
const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
	quotes   = lowBits * '"'
	slashes  = lowBits * '\\'
	blanks   = lowBits * ' '
)

// bad is what the scanning functions return in place of an end.
const bad = -1

// special marks, in the high bit of each byte, the bytes of w that end a plain
// run inside a string: quote, backslash, control. A borrow may mark bytes
// behind the first marked one wrongly, so only the lowest mark is used. Bytes
// of 0x80 and above are taken out at the end; for the others one subtraction a
// test tells all.
func special(w uint64) uint64 {
	q, s := w^quotes, w^slashes
	return ((q - lowBits) | (s - lowBits) | (w - blanks)) &^ w & highBits
}

// stringEnd gives the position of the quote that closes the string whose body
// starts at i, and whether the body holds escapes. It rejects control bytes,
// wrong escapes and invalid UTF-8 with bad.
func stringEnd(b []byte, i int) (end int, escaped bool) {
	start := i
	var high uint64 // has a high bit when a byte >= 0x80 was met
	for {
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			if t := special(w); t != 0 {
				n := bits.TrailingZeros64(t)
				high |= w & (1<<n - 1) & highBits
				i += n >> 3
				goto stop
			}
			high |= w & highBits
			i += 8
		}
		for ; i < len(b); i++ {
			c := b[i]
			if c == '"' || c == '\\' || c < ' ' {
				goto stop
			}
			high |= uint64(c & 0x80)
		}
		return bad, escaped
	stop:
		if b[i] == '"' {
			if high != 0 && !utf8.Valid(b[start:i]) {
				return bad, escaped
			}
			return i, escaped
		}
		if b[i] != '\\' {
			return bad, escaped
		}
		escaped = true
		if i = escapeEnd(b, i); i < 0 {
			return bad, escaped
		}
	}
}

// escapeEnd checks the escape whose backslash stands at i.
func escapeEnd(b []byte, i int) int {
	if i+1 >= len(b) {
		return bad
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		if i+6 > len(b) {
			return bad
		}
		for _, h := range b[i+2 : i+6] {
			if !(h-'0' < 10 || (h|0x20)-'a' < 6) {
				return bad
			}
		}
		return i + 6
	}
	return bad
}

// unescape appends the text of a checked string body. Half a surrogate pair
// becomes U+FFFD, as in the standard library.
func unescape(dst, s []byte) []byte {
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			j := i + 1
			for j < len(s) && s[j] != '\\' {
				j++
			}
			dst = append(dst, s[i:j]...)
			i = j
			continue
		}
		c := s[i+1]
		i += 2
		switch c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := hex4(s[i:])
			i += 4
			if r >= 0xd800 && r < 0xe000 {
				low := rune(0)
				if r < 0xdc00 && i+6 <= len(s) && s[i] == '\\' && s[i+1] == 'u' {
					low = hex4(s[i+2:])
				}
				if low >= 0xdc00 && low < 0xe000 {
					r = (r-0xd800)<<10 | (low - 0xdc00) + 0x10000
					i += 6
				} else {
					r = utf8.RuneError
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// hex4 reads four checked hexadecimal digits.
func hex4(s []byte) rune {
	r := rune(0)
	for _, c := range s[:4] {
		if c > '9' {
			c = c | 0x20 - 'a' + 10
		} else {
			c -= '0'
		}
		r = r<<4 | rune(c)
	}
	return r
}

const hexDigits = "0123456789abcdef"

// AppendString appends a quoted JSON string. Only what must be is escaped; what
// is not UTF-8 becomes U+FFFD.
func AppendString(dst, s []byte) []byte {
	dst = append(dst, '"')
	if plain(s) {
		dst = append(dst, s...)
		return append(dst, '"')
	}
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(s[i:])
			dst = utf8.AppendRune(dst, r)
			i += n
			continue
		case c >= ' ':
			dst = append(dst, c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c == '\b':
			dst = append(dst, '\\', 'b')
		case c == '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
	}
	return append(dst, '"')
}

// plain tells whether s is ASCII, or UTF-8, with nothing to escape.
func plain(s []byte) bool {
	i, high := 0, uint64(0)
	for ; i+8 <= len(s); i += 8 {
		w := binary.LittleEndian.Uint64(s[i:])
		if special(w) != 0 {
			return false
		}
		high |= w & highBits
	}
	for ; i < len(s); i++ {
		c := s[i]
		if c == '"' || c == '\\' || c < ' ' {
			return false
		}
		high |= uint64(c & 0x80)
	}
	return high == 0 || utf8.Valid(s)
}
