package protobuf

import (
	"bytes"
	"encoding/binary"

	"github.com/penstock/penstock/exec"
)

// entry is an entry of a map: its bytes, and those that tell its key from
// others.
type entry struct {
	b, key []byte
	num    [8]byte
}

// smallMap is the number of entries up to which equal keys are looked for one by
// one; a hash table does it for more, lest a hostile record cost the square of
// its size.
const smallMap = 16

// dict adds a MAP. Of equal keys the last entry counts, in the place of the first.
func (r *reader) dict(c *exec.Column, b []byte, items []value) error {
	r.entries = r.entries[:0]
	hashed := len(items) > smallMap
	if hashed {
		r.seen = make(map[string]int, len(items))
	}
	for _, v := range items {
		e := entry{b: b[v.s:v.e]}
		if !r.message.scan(e.b) {
			return errMalformed()
		}
		k := r.message.vals[0]
		e.key = e.b[k.s:k.e]
		if k.wire != absent {
			binary.LittleEndian.PutUint64(e.num[:], k.num)
		}
		at := len(r.entries)
		if hashed {
			id := string(e.num[:]) + string(e.key)
			if j, ok := r.seen[id]; ok {
				at = j
			}
			r.seen[id] = at
		} else {
			for j := range r.entries {
				if r.entries[j].num == e.num && bytes.Equal(r.entries[j].key, e.key) {
					at = j
				}
			}
		}
		if at == len(r.entries) {
			r.entries = append(r.entries, e)
		} else {
			r.entries[at] = e
		}
	}
	for _, e := range r.entries {
		if err := r.message.row(e.b, c.Kids); err != nil {
			return err
		}
	}
	c.EndList()
	return nil
}
