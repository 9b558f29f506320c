package expr

import (
	"bytes"
	"slices"
	"sort"

	"github.com/penstock/penstock/internal/datum"
)

// jsonNode is a JSON value taken apart, for the functions that change one.
type jsonNode struct {
	kind byte     // { [ " or the first byte of a number, true, false, null
	text []byte   // of a scalar, as it stands; of a string its value
	keys []string // of an object
	kids []jsonNode
}

var jsonNull = jsonNode{kind: 'n', text: []byte("null")}

// parseJSONTree reads a value that is known to be JSON. Of members with one name
// the last stays; members are sorted as PostgreSQL's JSONB has them, short names first.
func parseJSONTree(b []byte) jsonNode {
	b = b[jsonSpace(b, 0):]
	if len(b) == 0 {
		return jsonNull
	}
	n := jsonNode{kind: b[0]}
	switch b[0] {
	case '"':
		n.text = jsonString(nil, b[:jsonEnd(b, 0)])
	case '[':
		jsonEach(b, func(_, v []byte) bool {
			n.kids = append(n.kids, parseJSONTree(v))
			return true
		})
	case '{':
		jsonEach(b, func(k, v []byte) bool {
			n.set(string(jsonString(nil, k)), parseJSONTree(v))
			return true
		})
	default:
		n.text = b[:jsonEnd(b, 0)]
		if bytes.ContainsAny(n.text, "eE") || string(n.text) == "-0" {
			if d, err := datum.ParseDecimal(n.text); err == nil {
				n.text = datum.AppendDecimal(nil, d)
			}
		}
	}
	return n
}

// find gives the place of a member, or where it belongs.
func (n *jsonNode) find(key string) (int, bool) {
	return sort.Find(len(n.keys), func(i int) int {
		k := n.keys[i]
		if len(key) != len(k) {
			return len(key) - len(k)
		}
		return bytes.Compare([]byte(key), []byte(k))
	})
}

func (n *jsonNode) set(key string, v jsonNode) {
	i, ok := n.find(key)
	if ok {
		n.kids[i] = v
		return
	}
	n.keys, n.kids = slices.Insert(n.keys, i, key), slices.Insert(n.kids, i, v)
}

func (n *jsonNode) remove(i int) {
	if n.kind == '{' {
		n.keys = slices.Delete(n.keys, i, i+1)
	}
	n.kids = slices.Delete(n.kids, i, i+1)
}

func (n *jsonNode) scalar() bool { return n.kind != '{' && n.kind != '[' }

// append writes a value as JSONB's text; pretty is the depth of indentation, or -1.
func (n *jsonNode) append(dst []byte, pretty int) []byte {
	switch n.kind {
	case '"':
		return appendJSONString(dst, n.text)
	case '{', '[':
		inner := pretty
		if pretty >= 0 {
			inner++
		}
		dst = append(dst, n.kind)
		for i := range n.kids {
			if i > 0 {
				dst = append(dst, ',')
			}
			switch {
			case pretty >= 0:
				dst = newLine(dst, inner)
			case i > 0:
				dst = append(dst, ' ')
			}
			if n.kind == '{' {
				dst = append(appendJSONString(dst, []byte(n.keys[i])), ": "...)
			}
			dst = n.kids[i].append(dst, inner)
		}
		if pretty >= 0 {
			dst = newLine(dst, pretty)
		}
		return append(dst, n.kind+2)
	}
	return append(dst, n.text...)
}

func newLine(dst []byte, depth int) []byte {
	dst = append(dst, '\n')
	for range depth {
		dst = append(dst, "    "...)
	}
	return dst
}

// equal compares two values; numbers count by their value.
func (n *jsonNode) equal(m *jsonNode) bool {
	if isNumber(n.kind) && isNumber(m.kind) {
		a, err1 := datum.ParseDecimal(n.text)
		b, err2 := datum.ParseDecimal(m.text)
		if err1 == nil && err2 == nil {
			return a.Cmp(b) == 0
		}
		return string(n.text) == string(m.text)
	}
	if n.kind != m.kind || string(n.text) != string(m.text) || len(n.kids) != len(m.kids) || !slices.Equal(n.keys, m.keys) {
		return false
	}
	for i := range n.kids {
		if !n.kids[i].equal(&m.kids[i]) {
			return false
		}
	}
	return true
}

func isNumber(kind byte) bool { return kind == '-' || isDigit(kind) }

// jsonContains is @>. An array contains a bare scalar at the top alone.
func jsonContains(a, b jsonNode, top bool) bool {
	if a.kind == '[' && b.scalar() && top {
		return slices.ContainsFunc(a.kids, func(k jsonNode) bool { return k.equal(&b) })
	}
	if a.kind != b.kind || a.scalar() {
		return a.equal(&b)
	}
	for i := range b.kids {
		found := false
		if b.kind == '{' {
			at, ok := a.find(b.keys[i])
			found = ok && jsonContains(a.kids[at], b.kids[i], false)
		} else {
			found = slices.ContainsFunc(a.kids, func(k jsonNode) bool { return jsonContains(k, b.kids[i], false) })
		}
		if !found {
			return false
		}
	}
	return true
}

// stripNulls drops members that are null.
func (n *jsonNode) stripNulls() {
	for i := len(n.kids) - 1; i >= 0; i-- {
		if n.kind == '{' && n.kids[i].kind == 'n' {
			n.remove(i)
		} else {
			n.kids[i].stripNulls()
		}
	}
}

// stripNullText is json_strip_nulls: without members that are null and without
// white space, the order kept.
func stripNullText(dst, b []byte) []byte {
	b = b[jsonSpace(b, 0):]
	if len(b) == 0 || b[0] != '{' && b[0] != '[' {
		return append(dst, b[:jsonEnd(b, 0)]...)
	}
	dst = append(dst, b[0])
	n := len(dst)
	jsonEach(b, func(k, v []byte) bool {
		if k != nil && jsonKind(v) == "null" {
			return true
		}
		if len(dst) > n {
			dst = append(dst, ',')
		}
		if k != nil {
			dst = append(appendJSONString(dst, jsonString(nil, k)), ':')
		}
		dst = stripNullText(dst, v)
		return true
	})
	return append(dst, b[0]+2)
}
