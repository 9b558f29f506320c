package op

import "github.com/penstock/penstock/exec"

// gather makes dst the rows of src that idx lists. A negative entry is NULL, or,
// with nulls false, whatever: such rows do not count.
func gather(dst, src *exec.Column, idx []int32, nulls bool) {
	dst.Reset()
	n := len(idx)
	switch src.Layout {
	case exec.Ints:
		dst.Int = take(dst.Int, src.Int, idx)
	case exec.Floats:
		dst.Float = take(dst.Float, src.Float, idx)
	case exec.Bools:
		dst.Bool = take(dst.Bool, src.Bool, idx)
	case exec.Decimals:
		dst.Dec = take(dst.Dec, src.Dec, idx)
	case exec.Intervals:
		dst.Ivl = take(dst.Ivl, src.Ivl, idx)
	case exec.Strings:
		takeStrings(dst, src, idx)
	default:
		for _, i := range idx {
			if i < 0 {
				dst.AppendNull()
			} else {
				dst.AppendFrom(src, int(i))
			}
		}
		return
	}
	dst.SetLen(n)
	if !nulls && !src.Nulls {
		return
	}
	dst.MakeValid(n)
	for k, i := range idx {
		if i < 0 || src.Nulls && !src.Valid.Get(int(i)) {
			dst.Valid.Clear(k)
		}
	}
}

// take copies values; those of negative entries are zero.
func take[T any](dst, src []T, idx []int32) []T {
	if cap(dst) < len(idx) {
		dst = make([]T, len(idx), max(len(idx), 2*cap(dst)))
	}
	dst = dst[:len(idx)]
	for k, i := range idx {
		if i >= 0 {
			dst[k] = src[i]
		} else {
			var zero T
			dst[k] = zero
		}
	}
	return dst
}

func takeStrings(dst, src *exec.Column, idx []int32) {
	data, offs := dst.Data, dst.Offs
	for _, i := range idx {
		if i >= 0 {
			data = append(data, src.Data[src.Offs[i]:src.Offs[i+1]]...)
		}
		offs = append(offs, int32(len(data)))
	}
	dst.Data, dst.Offs = data, offs
}

// setNull makes row i of a column of n rows NULL.
func setNull(c *exec.Column, i, n int) {
	if !c.Nulls {
		c.MakeValid(n)
	}
	c.Valid.Clear(i)
}
