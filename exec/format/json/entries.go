package json

import "bytes"

// entry is a member of an object read as a MAP.
type entry struct {
	key, val value
}

// smallMap is the number of members up to which equal keys are looked for one
// by one; a hash table does it for more, lest a hostile record cost the square
// of its size.
const smallMap = 16

// collect puts the members of the object v into pairs, in the order in which
// their keys first stood. Of equal keys the last value counts.
func (r *reader) collect(b []byte, v value) {
	r.pairs = r.pairs[:0]
	var index map[string]int
	for at := walk(b, v); ; {
		key, m, ok := at.member()
		if !ok {
			return
		}
		if len(r.pairs) == smallMap && index == nil {
			index = make(map[string]int)
			for i, p := range r.pairs {
				index[string(r.text(b, p.key))] = i
			}
		}
		i := len(r.pairs)
		if index == nil {
			for j, p := range r.pairs {
				if sameKey(b, p.key, key) {
					i = j
				}
			}
		} else if j, ok := index[string(r.text(b, key))]; ok {
			i = j
		} else {
			index[string(r.text(b, key))] = i
		}
		if i == len(r.pairs) {
			r.pairs = append(r.pairs, entry{key: key})
		}
		r.pairs[i].val = m
	}
}

func sameKey(b []byte, x, y value) bool {
	kx, ky := b[x.s:x.e], b[y.s:y.e]
	if !x.escaped && !y.escaped {
		return bytes.Equal(kx, ky)
	}
	return bytes.Equal(unescape(nil, kx), unescape(nil, ky))
}
