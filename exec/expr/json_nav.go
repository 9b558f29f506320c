package expr

import (
	"encoding/json"
)

// jsonSpace skips white space.
func jsonSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// jsonEnd gives the end of the value that begins at i. Of text that is no JSON
// it gives some place within b.
func jsonEnd(b []byte, i int) int {
	if i >= len(b) {
		return i
	}
	switch b[i] {
	case '"':
		return jsonStringEnd(b, i)
	case '{', '[':
		for level := 0; i < len(b); {
			switch b[i] {
			case '{', '[':
				level++
			case '}', ']':
				if level--; level == 0 {
					return i + 1
				}
			case '"':
				i = jsonStringEnd(b, i)
				continue
			}
			i++
		}
		return i
	}
	for i < len(b) {
		switch b[i] {
		case ',', ']', '}', ':', ' ', '\n', '\t', '\r':
			return i
		}
		i++
	}
	return i
}

func jsonStringEnd(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// jsonString appends the value of a quoted string.
func jsonString(dst, quoted []byte) []byte {
	for i := 1; i < len(quoted)-1; i++ {
		if quoted[i] == '\\' {
			var s string
			if json.Unmarshal(quoted, &s) == nil {
				return append(dst, s...)
			}
			break
		}
	}
	if len(quoted) < 2 {
		return dst
	}
	return append(dst, quoted[1:len(quoted)-1]...)
}

// jsonEach calls yield with each element of an array (key is nil) or member of
// an object (key is its quoted name) until it gives false. It tells whether b is an
// array or object at all.
func jsonEach(b []byte, yield func(key, value []byte) bool) (kind byte) {
	i := jsonSpace(b, 0)
	if i >= len(b) || b[i] != '{' && b[i] != '[' {
		return 0
	}
	kind = b[i]
	i = jsonSpace(b, i+1)
	for i < len(b) && b[i] != '}' && b[i] != ']' {
		var key []byte
		if kind == '{' {
			end := jsonEnd(b, i)
			key = b[i:end]
			if i = jsonSpace(b, end); i >= len(b) || b[i] != ':' {
				return kind
			}
			i = jsonSpace(b, i+1)
		}
		end := jsonEnd(b, i)
		if end == i || !yield(key, b[i:end]) {
			return kind
		}
		if i = jsonSpace(b, end); i < len(b) && b[i] == ',' {
			i = jsonSpace(b, i+1)
		}
	}
	return kind
}

// jsonMember finds a member of an object; of several with one name the last.
func jsonMember(b, name, buf []byte) (value, scratch []byte) {
	kind := jsonEach(b, func(key, v []byte) bool {
		if key != nil {
			if buf = jsonString(buf[:0], key); string(buf) == string(name) {
				value = v
			}
		}
		return key != nil
	})
	if kind != '{' {
		value = nil
	}
	return value, buf
}

// jsonIndex finds an element of an array, from 0, from the end where negative.
func jsonIndex(b []byte, n int64) (value []byte) {
	count := int64(0)
	if n < 0 {
		if jsonEach(b, func(_, _ []byte) bool { count++; return true }) != '[' {
			return nil
		}
		if n += count; n < 0 {
			return nil
		}
	}
	k := int64(0)
	if jsonEach(b, func(_, v []byte) bool {
		if k == n {
			value = v
		}
		k++
		return value == nil
	}) != '[' {
		return nil
	}
	return value
}

// jsonKind names the type of a value as json_typeof does.
func jsonKind(b []byte) string {
	i := jsonSpace(b, 0)
	if i == len(b) {
		return "null"
	}
	switch b[i] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}
