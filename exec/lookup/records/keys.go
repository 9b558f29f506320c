package records

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/penstock/penstock/exec"
)

// KeyIndex puts rows that come in any order beside the questions whose keys they
// have. It is made for one batch of questions.
type KeyIndex struct {
	first map[string]int32 // the first question with a key
	next  []int32          // the next one with the same key, or -1
	found *exec.Batch
	pairs []pair
	key   []byte
}

type pair struct{ question, row int32 }

// NewKeyIndex takes the questions, one a row; those with a NULL in them are
// passed over, for NULL equals nothing.
func NewKeyIndex(questions *exec.Batch) *KeyIndex {
	x := &KeyIndex{first: make(map[string]int32, questions.Rows()), next: make([]int32, questions.Rows())}
	for i := questions.Rows() - 1; i >= 0; i-- {
		var ok bool
		if x.key, ok = AppendKey(x.key[:0], questions.Cols, questions.Row(i)); !ok {
			continue
		}
		x.next[i] = -1
		if j, ok := x.first[string(x.key)]; ok {
			x.next[i] = j
		}
		x.first[string(x.key)] = int32(i)
	}
	return x
}

// Questions are the questions with different keys, in order.
func (x *KeyIndex) Questions() []int32 {
	list := make([]int32, 0, len(x.first))
	for _, i := range x.first {
		list = append(list, i)
	}
	slices.Sort(list)
	return list
}

// Add takes rows whose keys stand in the columns cols; those nobody asked for
// are left out.
func (x *KeyIndex) Add(rows *exec.Batch, cols []int) {
	if x.found == nil {
		x.found = rows.Like()
	}
	keys := make([]*exec.Column, len(cols))
	for i, c := range cols {
		keys[i] = rows.Cols[c]
	}
	for i := range rows.Rows() {
		row := rows.Row(i)
		var ok bool
		if x.key, ok = AppendKey(x.key[:0], keys, row); !ok {
			continue
		}
		if q, ok := x.first[string(x.key)]; ok {
			x.add(rows, row, q)
		}
	}
}

// AddTo takes rows whose questions the source knows: questions[i] is that of row
// i, one of those that Questions gave.
func (x *KeyIndex) AddTo(rows *exec.Batch, questions []int32) {
	if x.found == nil {
		x.found = rows.Like()
	}
	for i := range rows.Rows() {
		x.add(rows, rows.Row(i), questions[i])
	}
}

// add keeps a row for a question and those equal to it.
func (x *KeyIndex) add(rows *exec.Batch, row int, q int32) {
	for ; q >= 0; q = x.next[q] {
		x.pairs = append(x.pairs, pair{q, int32(x.found.N)})
	}
	for ci, c := range rows.Cols {
		x.found.Cols[ci].AppendFrom(c, row)
	}
	x.found.N++
}

// Spread gives the faults of questions that Questions gave to all equal ones,
// in ascending order.
func (x *KeyIndex) Spread(faults []exec.Fault) []exec.Fault {
	var out []exec.Fault
	for _, f := range faults {
		for q := f.Question; q >= 0; q = x.next[q] {
			out = append(out, exec.Fault{Question: q, Err: f.Err})
		}
	}
	slices.SortFunc(out, func(a, b exec.Fault) int { return int(a.Question) - int(b.Question) })
	return out
}

// Fill appends the answers to out, in the order of the questions and within one
// as the rows came.
func (x *KeyIndex) Fill(out *exec.Matches) {
	slices.SortStableFunc(x.pairs, func(a, b pair) int { return int(a.question) - int(b.question) })
	for _, p := range x.pairs {
		for ci, c := range out.Rows.Cols {
			c.AppendFrom(x.found.Cols[ci], int(p.row))
		}
		out.Parent = append(out.Parent, p.question)
	}
	out.Rows.N += len(x.pairs)
}

// AppendKey appends a row of key columns so that equal keys, and only they, give
// equal bytes. It is false when a column is NULL.
func AppendKey(b []byte, cols []*exec.Column, row int) ([]byte, bool) {
	for _, c := range cols {
		if c.IsNull(row) {
			return b, false
		}
		b = appendValue(b, c, row)
	}
	return b, true
}

// appendValue appends one that is not NULL; no value is the beginning of
// another's.
func appendValue(b []byte, c *exec.Column, i int) []byte {
	switch c.Layout {
	case exec.Bools:
		if c.Bool[i] {
			return append(b, 1)
		}
		return append(b, 0)
	case exec.Ints:
		return binary.LittleEndian.AppendUint64(b, uint64(c.Int[i]))
	case exec.Floats:
		f := c.Float[i]
		if f == 0 {
			f = 0 // -0 equals 0
		} else if f != f {
			f = math.NaN()
		}
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
	case exec.Decimals:
		d := c.Dec[i].Normalize()
		b = append(b, byte(d.Form), byte(d.Scale))
		b = binary.LittleEndian.AppendUint64(b, uint64(d.Hi))
		return binary.LittleEndian.AppendUint64(b, d.Lo)
	case exec.Intervals:
		v := c.Ivl[i].Key()
		b = binary.LittleEndian.AppendUint64(b, uint64(v.Hi))
		return binary.LittleEndian.AppendUint64(b, v.Lo)
	case exec.Strings:
		s := c.Str(i)
		return append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	n := 1 // a struct's fields
	from := i
	if c.Layout != exec.Struct {
		from = int(c.Offs[i])
		n = int(c.Offs[i+1]) - from
		b = binary.AppendUvarint(b, uint64(n))
	}
	for j := from; j < from+n; j++ {
		for _, k := range c.Kids {
			if k.IsNull(j) {
				b = append(b, 0)
				continue
			}
			b = appendValue(append(b, 1), k, j)
		}
	}
	return b
}
