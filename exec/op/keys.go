package op

import (
	"encoding/binary"

	"github.com/penstock/penstock/exec"
)

// keyForm is how the keys of a table are turned into probes.
type keyForm uint8

const (
	noKeys    keyForm = iota // one group
	wordKeys                 // up to three columns of fixed-size values, as words
	stringKey                // one column of strings
	otherKeys                // any columns, encoded to bytes
)

// keyer makes probes of the key columns of batches. NULL is a value like any other.
type keyer struct {
	form   keyForm
	cols   []int
	shapes []*exec.Column
	probes [chunk]probe
	enc    *exec.Column // otherKeys: the encoded keys of the chunk in hand
}

func newKeyer(cols []int, shapes []*exec.Column) *keyer {
	k := &keyer{cols: cols, shapes: shapes}
	words := len(cols) <= 3
	for _, s := range shapes {
		words = words && (s.Layout == exec.Ints || s.Layout == exec.Floats || s.Layout == exec.Bools)
	}
	switch {
	case len(cols) == 0:
		k.form = noKeys
	case words:
		k.form = wordKeys
	case len(cols) == 1 && shapes[0].Layout == exec.Strings:
		k.form = stringKey
	default:
		k.form = otherKeys
		k.enc = exec.NewColumn(exec.Strings)
	}
	return k
}

// at gives the rows of a chunk: the i-th is rows[i], or from+i when rows is nil.
func at(rows []int32, from, i int) int {
	if rows != nil {
		return int(rows[i])
	}
	return from + i
}

// fill makes the probes of n <= chunk rows of cols, and says where the bytes of
// long keys are (see table.find).
func (k *keyer) fill(cols []*exec.Column, rows []int32, from, n int) (ps []probe, src *exec.Column, srcRows []int32, srcFrom int) {
	ps = k.probes[:n]
	switch k.form {
	case wordKeys:
		k.fillWords(cols, ps, rows, from)
	case stringKey:
		src = cols[k.cols[0]]
		fillStrings(src, ps, rows, from)
		return ps, src, rows, from
	case otherKeys:
		k.enc.Reset()
		for i := range n {
			r := at(rows, from, i)
			for _, c := range k.cols {
				k.enc.Data = encodeKey(k.enc.Data, cols[c], r)
			}
			k.enc.EndString()
		}
		fillStrings(k.enc, ps, nil, 0)
	case noKeys:
	}
	return ps, k.enc, nil, 0
}

func fillStrings(c *exec.Column, ps []probe, rows []int32, from int) {
	if rows == nil && !c.Nulls {
		offs := c.Offs[from : from+len(ps)+1]
		for i := range ps {
			ps[i].setBytes(c.Data[offs[i]:offs[i+1]])
		}
		return
	}
	for i := range ps {
		r := at(rows, from, i)
		if c.IsNull(r) {
			ps[i] = probe{}
			ps[i].h = hashWords(&ps[i].k, 0)
			continue
		}
		ps[i].setBytes(c.Str(r))
	}
}

func (k *keyer) fillWords(cols []*exec.Column, ps []probe, rows []int32, from int) {
	for i := range ps {
		ps[i].k, ps[i].tag = [3]uint64{}, 0
	}
	for w, ci := range k.cols {
		c := cols[ci]
		switch c.Layout {
		case exec.Floats:
			for i := range ps {
				ps[i].k[w] = floatBits(c.Float[at(rows, from, i)])
			}
		case exec.Bools:
			for i := range ps {
				if c.Bool[at(rows, from, i)] {
					ps[i].k[w] = 1
				}
			}
		default:
			for i := range ps {
				ps[i].k[w] = uint64(c.Int[at(rows, from, i)])
			}
		}
		if c.Nulls {
			for i := range ps {
				if !c.Valid.Get(at(rows, from, i)) {
					ps[i].k[w] = 0
					ps[i].tag |= 1 << w
				}
			}
		}
	}
	for i := range ps {
		ps[i].h = hashWords(&ps[i].k, ps[i].tag)
	}
}

// encodeKey appends row i of c so that equal values, and only they, give equal
// bytes, and no value is the beginning of another's.
func encodeKey(b []byte, c *exec.Column, i int) []byte {
	if c.IsNull(i) {
		return append(b, 0)
	}
	b = append(b, 1)
	switch c.Layout {
	case exec.Bools:
		if c.Bool[i] {
			return append(b, 1)
		}
		return append(b, 0)
	case exec.Ints:
		return binary.LittleEndian.AppendUint64(b, uint64(c.Int[i]))
	case exec.Floats:
		return binary.LittleEndian.AppendUint64(b, floatBits(c.Float[i]))
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
	case exec.List, exec.MapOf:
		b = binary.AppendUvarint(b, uint64(c.Offs[i+1]-c.Offs[i]))
		for j := int(c.Offs[i]); j < int(c.Offs[i+1]); j++ {
			for _, k := range c.Kids {
				b = encodeKey(b, k, j)
			}
		}
	case exec.Struct:
		for _, k := range c.Kids {
			b = encodeKey(b, k, i)
		}
	}
	return b
}

// likes makes empty columns of the given shapes.
func likes(shapes []*exec.Column) []*exec.Column {
	cols := make([]*exec.Column, len(shapes))
	for i, s := range shapes {
		cols[i] = s.Like()
	}
	return cols
}
