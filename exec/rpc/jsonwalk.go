package rpc

import (
	"bytes"
	"encoding/json"

	"github.com/penstock/penstock/internal/sqlerr"
)

// jsonKind is what a JSON value is by its first byte.
type jsonKind byte

const (
	jsonMissing jsonKind = 0
	jsonText    jsonKind = '"'
	jsonNumber  jsonKind = '0'
	jsonTrue    jsonKind = 't'
	jsonFalse   jsonKind = 'f'
	jsonNull    jsonKind = 'n'
	jsonObject  jsonKind = '{'
	jsonArray   jsonKind = '['
)

// jsonValue is a value's text, taken from a response that json.Valid has found
// good: what reads it checks nothing.
type jsonValue []byte

func (v jsonValue) kind() jsonKind {
	if len(v) == 0 {
		return jsonMissing
	}
	switch c := v[0]; c {
	case '"', 't', 'f', 'n', '{', '[':
		return jsonKind(c)
	}
	return jsonNumber
}

// jsonName is how errors call a kind.
func (k jsonKind) String() string {
	switch k {
	case jsonMissing:
		return "nothing"
	case jsonText:
		return "a string"
	case jsonNumber:
		return "a number"
	case jsonTrue, jsonFalse:
		return "a boolean"
	case jsonObject:
		return "an object"
	case jsonArray:
		return "an array"
	}
	return "null"
}

// text gives a string without quotes and escapes; scratch is used where there
// are any.
func (v jsonValue) text() ([]byte, error) {
	s := v[1 : len(v)-1]
	if bytes.IndexByte(s, '\\') < 0 {
		return s, nil
	}
	var out string
	if err := json.Unmarshal(v, &out); err != nil {
		return nil, err
	}
	return []byte(out), nil
}

func jsonSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// jsonEnd gives the end of the value that begins at b[i].
func jsonEnd(b []byte, i int) int {
	switch b[i] {
	case '"':
		return jsonStringEnd(b, i)
	case '{', '[':
		depth := 0
		for ; i < len(b); i++ {
			switch b[i] {
			case '"':
				i = jsonStringEnd(b, i) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		return len(b)
	}
	for i < len(b) {
		switch b[i] {
		case ',', ']', '}', ' ', '\n', '\t', '\r':
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

// jsonCursor walks the members of an object or the elements of an array.
type jsonCursor struct {
	b []byte
	i int
}

func (v jsonValue) walk() jsonCursor { return jsonCursor{v, jsonSpace(v, 1)} }

func (c *jsonCursor) more() bool { return c.i < len(c.b) && c.b[c.i] != '}' && c.b[c.i] != ']' }

func (c *jsonCursor) element() jsonValue {
	end := jsonEnd(c.b, c.i)
	v := jsonValue(c.b[c.i:end])
	if c.i = jsonSpace(c.b, end); c.i < len(c.b) && c.b[c.i] == ',' {
		c.i = jsonSpace(c.b, c.i+1)
	}
	return v
}

func (c *jsonCursor) member() (key, v jsonValue) {
	end := jsonEnd(c.b, c.i)
	key = jsonValue(c.b[c.i:end])
	c.i = jsonSpace(c.b, jsonSpace(c.b, end)+1)
	return key, c.element()
}

// member finds a member of an object; of equal keys the last counts.
func (v jsonValue) member(name string) jsonValue {
	var found jsonValue
	for c := v.walk(); c.more(); {
		key, m := c.member()
		if key.is(name) {
			found = m
		}
	}
	return found
}

// is compares a key with a name.
func (v jsonValue) is(name string) bool {
	s := v[1 : len(v)-1]
	if len(s) == len(name) {
		return string(s) == name
	}
	if bytes.IndexByte(s, '\\') < 0 {
		return false
	}
	t, err := v.text()
	return err == nil && string(t) == name
}

// at follows a path of members. What is not there is missing.
func (v jsonValue) at(path []string) jsonValue {
	for _, p := range path {
		if v.kind() != jsonObject {
			return nil
		}
		v = v.member(p)
	}
	return v
}

// checkJSON makes sure of a response's syntax.
func checkJSON(b []byte) (jsonValue, error) {
	if !json.Valid(b) {
		return nil, sqlerr.New(sqlerr.InvalidJSONText, "the response is no JSON")
	}
	i := jsonSpace(b, 0)
	return jsonValue(b[i:jsonEnd(b, i)]), nil
}

// appendJSONString writes a string.
func appendJSONString(dst, s []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i, c := range s {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(dst, s[start:]...), '"')
}
