package json

import "bytes"

// MaxDepth bounds how deeply objects and arrays may nest in a record.
const MaxDepth = 512

// kind is what a value is by its first byte.
type kind uint8

const (
	missing kind = iota
	text
	number
	truth // true
	lie   // false
	null
	object
	array
)

// value is a checked part of the record under scan. For text the quotes stand
// outside s and e.
type value struct {
	s, e    int32
	kind    kind
	escaped bool
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// space skips white space.
func space(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

// numberEnd gives the end of the number at i, or bad where none starts.
func numberEnd(b []byte, i int) int {
	if i < len(b) && b[i] == '-' {
		i++
	}
	if i >= len(b) {
		return bad
	}
	switch {
	case b[i] == '0':
		i++
	case b[i]-'1' < 9:
		for i++; i < len(b) && b[i]-'0' < 10; i++ {
		}
	default:
		return bad
	}
	if i < len(b) && b[i] == '.' {
		i++
		s := i
		for ; i < len(b) && b[i]-'0' < 10; i++ {
		}
		if i == s {
			return bad
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		s := i
		for ; i < len(b) && b[i]-'0' < 10; i++ {
		}
		if i == s {
			return bad
		}
	}
	return i
}

func literalEnd(b []byte, i int, s string) int {
	if i+len(s) <= len(b) && string(b[i:i+len(s)]) == s {
		return i + len(s)
	}
	return bad
}

// scanValue checks the value that starts at i, and gives it and the position
// behind it.
func scanValue(b []byte, i int) (v value, end int) {
	if i >= len(b) {
		return v, bad
	}
	v.s = int32(i)
	switch c := b[i]; {
	case c == '"':
		var e int
		e, v.escaped = stringEnd(b, i+1)
		v.s, v.e, v.kind = int32(i+1), int32(e), text
		if e < 0 {
			return v, bad
		}
		return v, e + 1
	case c == '{':
		v.kind = object
		end = skip(b, i, 1)
	case c == '[':
		v.kind = array
		end = skip(b, i, 1)
	case c == 't':
		v.kind = truth
		end = literalEnd(b, i, "true")
	case c == 'f':
		v.kind = lie
		end = literalEnd(b, i, "false")
	case c == 'n':
		v.kind = null
		end = literalEnd(b, i, "null")
	default:
		v.kind = number
		end = numberEnd(b, i)
	}
	v.e = int32(end)
	return v, end
}

// skip checks the value at i, which lies within depth objects and arrays
// (itself counted), and gives its end.
func skip(b []byte, i, depth int) int {
	if i >= len(b) {
		return bad
	}
	switch b[i] {
	case '"':
		e, _ := stringEnd(b, i+1)
		if e < 0 {
			return bad
		}
		return e + 1
	case '{':
		return skipObject(b, i, depth)
	case '[':
		return skipArray(b, i, depth)
	case 't':
		return literalEnd(b, i, "true")
	case 'f':
		return literalEnd(b, i, "false")
	case 'n':
		return literalEnd(b, i, "null")
	}
	return numberEnd(b, i)
}

func skipObject(b []byte, i, depth int) int {
	if depth >= MaxDepth {
		return bad
	}
	i = space(b, i+1)
	if i < len(b) && b[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(b) || b[i] != '"' {
			return bad
		}
		e, _ := stringEnd(b, i+1)
		if e < 0 {
			return bad
		}
		i = space(b, e+1)
		if i >= len(b) || b[i] != ':' {
			return bad
		}
		if i = skip(b, space(b, i+1), depth+1); i < 0 {
			return bad
		}
		i = space(b, i)
		if i >= len(b) {
			return bad
		}
		if b[i] == '}' {
			return i + 1
		}
		if b[i] != ',' {
			return bad
		}
		i = space(b, i+1)
	}
}

func skipArray(b []byte, i, depth int) int {
	if depth >= MaxDepth {
		return bad
	}
	i = space(b, i+1)
	if i < len(b) && b[i] == ']' {
		return i + 1
	}
	for {
		if i = skip(b, i, depth+1); i < 0 {
			return bad
		}
		i = space(b, i)
		if i >= len(b) {
			return bad
		}
		if b[i] == ']' {
			return i + 1
		}
		if b[i] != ',' {
			return bad
		}
		i = space(b, i+1)
	}
}

// cursor walks the members of an object, or the elements of an array, that has
// been checked as a whole before.
type cursor struct {
	b []byte
	i int
}

// walk starts a cursor at the object or array v.
func walk(b []byte, v value) cursor {
	return cursor{b: b, i: space(b, int(v.s)+1)}
}

// member gives the next key, a text, and value of an object.
func (c *cursor) member() (key, v value, ok bool) {
	if c.b[c.i] == '}' {
		return value{}, value{}, false
	}
	e, escaped := stringEnd(c.b, c.i+1)
	key = value{int32(c.i + 1), int32(e), text, escaped}
	v, c.i = scanValue(c.b, space(c.b, space(c.b, e+1)+1))
	c.comma()
	return key, v, true
}

// element gives the next value of an array.
func (c *cursor) element() (v value, ok bool) {
	if c.b[c.i] == ']' {
		return value{}, false
	}
	v, c.i = scanValue(c.b, c.i)
	c.comma()
	return v, true
}

func (c *cursor) comma() {
	if c.i = space(c.b, c.i); c.b[c.i] == ',' {
		c.i = space(c.b, c.i+1)
	}
}

// names is the set of wanted keys.
type names [][]byte

// find gives the index of a key, or -1.
func (n names) find(key []byte) int {
	for i, s := range n {
		if len(s) == len(key) && bytes.Equal(s, key) {
			return i
		}
	}
	return -1
}
