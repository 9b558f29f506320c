package sources

import (
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/lookup/records"
	"github.com/penstock/penstock/internal/sqlerr"
)

// latest gathers the last row of each key out of a topic that may have any
// number of older ones.
type latest struct {
	keys  []int
	like  *exec.Batch
	parts []*exec.Batch // of at most records.MaxRows rows
	place map[string]spot
	dead  int   // rows in parts that others have taken the place of
	bytes int64 // an estimate of what parts and place take
	limit int64
	key   []byte
}

// spot is where a row is.
type spot struct{ part, row int32 }

// minDead is from how many dead rows on, if they are more than the living, they
// are thrown out.
const minDead = 64 << 10

// rowCost is about what a row takes beside its values: its place and its key.
const rowCost = 48

func newLatest(types []catalog.Type, keys []int, limit int64) *latest {
	l := &latest{keys: keys, like: &exec.Batch{Split: -1}, place: make(map[string]spot), limit: limit}
	for _, t := range types {
		l.like.Cols = append(l.like.Cols, exec.NewColumnOf(t))
	}
	return l
}

// apply takes rows in the order of the topic. Rows without a key are none.
func (l *latest) apply(rows *exec.Batch, deleted []bool) error {
	keys := make([]*exec.Column, len(l.keys))
	for i, k := range l.keys {
		keys[i] = rows.Cols[k]
	}
	for i := range rows.Rows() {
		row := rows.Row(i)
		var ok bool
		if l.key, ok = records.AppendKey(l.key[:0], keys, row); !ok {
			continue
		}
		_, had := l.place[string(l.key)]
		if had {
			l.dead++
		}
		if row < len(deleted) && deleted[row] {
			delete(l.place, string(l.key))
			continue
		}
		if !had {
			l.bytes += int64(len(l.key)) + rowCost
		}
		l.place[string(l.key)] = l.add(rows, row)
		if l.bytes > l.limit {
			if l.sweep(); l.bytes > l.limit {
				return sqlerr.New(sqlerr.ConfigurationLimitExceeded, "the topic's rows are larger than %d bytes", l.limit).
					Hint("The option 'cache.max-bytes' sets the limit.")
			}
		}
	}
	if l.dead > minDead && l.dead > len(l.place) {
		l.sweep()
	}
	return nil
}

func (l *latest) add(rows *exec.Batch, row int) spot {
	if n := len(l.parts); n == 0 || l.parts[n-1].N == records.MaxRows {
		l.parts = append(l.parts, l.like.Like())
	}
	part := l.parts[len(l.parts)-1]
	for i, c := range rows.Cols {
		part.Cols[i].AppendFrom(c, row)
		l.bytes += valueBytes(c, row)
	}
	part.N++
	return spot{int32(len(l.parts) - 1), int32(part.N - 1)}
}

// valueBytes is about what a value takes.
func valueBytes(c *exec.Column, row int) int64 {
	switch c.Layout {
	case exec.Bools:
		return 1
	case exec.Strings:
		return int64(c.Offs[row+1]-c.Offs[row]) + 4
	case exec.Decimals, exec.Intervals:
		return 24
	case exec.List, exec.MapOf:
		n := int64(4)
		for j := int(c.Offs[row]); j < int(c.Offs[row+1]); j++ {
			for _, k := range c.Kids {
				n += valueBytes(k, j)
			}
		}
		return n
	case exec.Struct:
		n := int64(0)
		for _, k := range c.Kids {
			n += valueBytes(k, row)
		}
		return n
	}
	return 8
}

// spots are the places of the living rows, in the order they came.
func (l *latest) spots() []spot {
	list := make([]spot, 0, len(l.place))
	for _, s := range l.place {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b spot) int {
		if a.part != b.part {
			return int(a.part - b.part)
		}
		return int(a.row - b.row)
	})
	return list
}

// sweep throws dead rows out.
func (l *latest) sweep() {
	at := make(map[spot]string, len(l.place))
	for k, s := range l.place {
		at[s] = k
	}
	old, list := l.parts, l.spots()
	l.parts, l.dead, l.bytes = nil, 0, 0
	for _, s := range list {
		k := at[s]
		l.bytes += int64(len(k)) + rowCost
		l.place[k] = l.add(old[s.part], int(s.row))
	}
}

// emit gives the living rows, and lets go of what it has given.
func (l *latest) emit(emit func(*exec.Batch) error) error {
	out := l.like.Like()
	for i, s := range l.spots() {
		if i > 0 && out.N == records.MaxRows {
			if err := emit(out); err != nil {
				return err
			}
			out.Reset()
		}
		for ci, c := range out.Cols {
			c.AppendFrom(l.parts[s.part].Cols[ci], int(s.row))
		}
		out.N++
	}
	if out.N == 0 {
		return nil
	}
	return emit(out)
}
