package op

import (
	"bytes"
	"cmp"

	"github.com/penstock/penstock/exec"
)

// SortKey is a column to order by.
type SortKey struct {
	Col  int
	Desc bool
	// NullsFirst is said outright: PostgreSQL's default (NULLs are the greatest)
	// is NullsFirst = Desc.
	NullsFirst bool
}

// compareValue orders values of two columns of one shape, neither NULL, as
// PostgreSQL does: NaN is the greatest float, strings go by their bytes, lists by their
// elements and then their length.
func compareValue(a *exec.Column, i int, b *exec.Column, j int) int {
	switch a.Layout {
	case exec.Bools:
		return compareBool(a.Bool[i], b.Bool[j])
	case exec.Ints:
		return cmp.Compare(a.Int[i], b.Int[j])
	case exec.Floats:
		return compareFloat(a.Float[i], b.Float[j])
	case exec.Decimals:
		return a.Dec[i].Cmp(b.Dec[j])
	case exec.Intervals:
		return a.Ivl[i].Cmp(b.Ivl[j])
	case exec.Strings:
		return bytes.Compare(a.Str(i), b.Str(j))
	case exec.Struct:
		for k := range a.Kids {
			if c := compareNested(a.Kids[k], i, b.Kids[k], j); c != 0 {
				return c
			}
		}
		return 0
	default: // List, MapOf
		return compareList(a, i, b, j)
	}
}

func compareList(a *exec.Column, i int, b *exec.Column, j int) int {
	x, xEnd := int(a.Offs[i]), int(a.Offs[i+1])
	y, yEnd := int(b.Offs[j]), int(b.Offs[j+1])
	for ; x < xEnd && y < yEnd; x, y = x+1, y+1 {
		for k := range a.Kids {
			if c := compareNested(a.Kids[k], x, b.Kids[k], y); c != 0 {
				return c
			}
		}
	}
	return cmp.Compare(xEnd-x, yEnd-y)
}

// compareNested orders elements and fields, where NULL is the greatest and
// equals itself.
func compareNested(a *exec.Column, i int, b *exec.Column, j int) int {
	an, bn := a.IsNull(i), b.IsNull(j)
	if an || bn {
		return compareBool(an, bn)
	}
	return compareValue(a, i, b, j)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// compareFloat puts NaN last; cmp.Compare puts it first.
func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b:
		return 0
	}
	return compareBool(a != a, b != b)
}

// compareRows orders row i of a and row j of b by the keys.
func compareRows(keys []SortKey, a []*exec.Column, i int, b []*exec.Column, j int) int {
	for k := range keys {
		key := &keys[k]
		x, y := a[key.Col], b[key.Col]
		xn, yn := x.IsNull(i), y.IsNull(j)
		var c int
		switch {
		case xn || yn:
			if xn == yn {
				continue
			}
			if c = 1; xn == key.NullsFirst {
				c = -1
			}
			return c
		case x.Layout == exec.Ints:
			c = cmp.Compare(x.Int[i], y.Int[j])
		default:
			c = compareValue(x, i, y, j)
		}
		if c != 0 {
			if key.Desc {
				return -c
			}
			return c
		}
	}
	return 0
}
