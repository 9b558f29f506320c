package pgwire

import "bytes"

// quoteElement puts what stands in dst from start into quotes where an array's
// text needs it.
func quoteElement(dst []byte, start int) []byte {
	s := dst[start:]
	plain := len(s) > 0 && !bytes.EqualFold(s, []byte("null"))
	for _, ch := range s {
		switch ch {
		case '{', '}', ',', '"', '\\', ' ', '\t', '\n', '\r', '\v', '\f':
			plain = false
		}
	}
	if plain {
		return dst
	}
	return quoteEscaped(dst, start, func(dst []byte, ch byte) []byte {
		if ch == '"' || ch == '\\' {
			dst = append(dst, '\\')
		}
		return append(dst, ch)
	})
}

const hexDigits = "0123456789abcdef"

// quoteJSON makes a JSON string of what stands in dst from start.
func quoteJSON(dst []byte, start int) []byte {
	return quoteEscaped(dst, start, func(dst []byte, ch byte) []byte {
		switch {
		case ch == '"' || ch == '\\':
			return append(dst, '\\', ch)
		case ch == '\n':
			return append(dst, '\\', 'n')
		case ch == '\r':
			return append(dst, '\\', 'r')
		case ch == '\t':
			return append(dst, '\\', 't')
		case ch < ' ':
			return append(dst, '\\', 'u', '0', '0', hexDigits[ch>>4], hexDigits[ch&15])
		}
		return append(dst, ch)
	})
}

// quoteEscaped writes the quoted form behind the plain one and moves it over
// it, so that no memory but dst's is needed.
func quoteEscaped(dst []byte, start int, escape func(dst []byte, ch byte) []byte) []byte {
	end := len(dst)
	dst = append(dst, '"')
	for i := start; i < end; i++ {
		dst = escape(dst, dst[i])
	}
	dst = append(dst, '"')
	n := copy(dst[start:], dst[end:])
	return dst[:start+n]
}
