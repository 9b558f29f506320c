package expr

import (
	"math"
	"strconv"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

var arrayFunctions2 = []function{
	{name: "@>", sigs: "any[], any[] -> bool; json, json -> bool", kernel: containment(0, 1), doc: "the first contains the second", example: "ARRAY[1, 4, 3] @> ARRAY[3, 1] → t"},
	{name: "<@", sigs: "any[], any[] -> bool; json, json -> bool", kernel: containment(1, 0), doc: "the second contains the first", example: "ARRAY[3, 1] <@ ARRAY[1, 4, 3] → t"},
	{name: "&&", sigs: "any[], any[] -> bool", doc: "the arrays have an element in common", example: "ARRAY[1, 4] && ARRAY[4, 5] → t",
		kernel: strictly(func(c *call, i int) error {
			c.out.Bool[i] = c.shared(0, 1, i, false)
			return nil
		})},
	{name: "array_dims", sigs: "any[] -> text", doc: "bounds of an array as text", example: "array_dims(ARRAY[5, 6]) → [1:2]",
		kernel: strictly(func(c *call, i int) error {
			for d, n := range c.dims(i) {
				if n == 0 && d == 0 {
					c.null = true
					return nil
				}
				c.put([]byte("[1:" + strconv.Itoa(n) + "]"))
			}
			return nil
		})},
	{name: "array_ndims", sigs: "any[] -> int", doc: "number of dimensions", example: "array_ndims(ARRAY[5, 6]) → 1",
		kernel: strictly(func(c *call, i int) error {
			d := c.dims(i)
			c.null = d[0] == 0
			c.out.Int[i] = int64(len(d))
			return nil
		})},
	{name: "array_lower", sigs: "any[], int -> int", doc: "least subscript, which is 1", example: "array_lower(ARRAY[5, 6], 1) → 1", kernel: boundOf(func(int) int64 { return 1 })},
	{name: "array_upper", sigs: "any[], int -> int", doc: "greatest subscript", example: "array_upper(ARRAY[5, 6], 1) → 2", kernel: boundOf(func(n int) int64 { return int64(n) })},
	{name: "array_fill", sigs: "any, int[] -> any[]", loose: true, kernel: arrayFill, ret: func(t []catalog.Type) (catalog.Type, error) { return catalog.ArrayOf(t[0]), nil },
		doc: "an array of a length, of one value", example: "array_fill(11, ARRAY[2]) → {11,11}"},
	{name: "array_positions", sigs: "any[], any -> int[]", loose: true, kernel: searching(arrayPositions), doc: "places of the value, from 1", example: "array_positions(ARRAY['A', 'B', 'A'], 'A') → {1,3}"},
	{name: "array_replace", sigs: "any[], any, any -> any[]", loose: true, ret: sameAs(0), kernel: searching(arrayReplace), doc: "each element equal to the second replaced by the third",
		example: "array_replace(ARRAY[1, 2, 5], 5, 3) → {1,2,3}"},
	{name: "trim_array", sigs: "any[], int -> any[]", ret: sameAs(0), kernel: strictly(trimArray), doc: "without so many elements at the end", example: "trim_array(ARRAY[1, 2, 3], 2) → {1}"},
	{name: "array_slice", sigs: "any[], int, int -> any[]", ret: sameAs(0), kernel: strictly(arraySlice), doc: "elements from one place to another, written a[2:3]",
		example: "(ARRAY[1, 2, 3])[2:3] → {2,3}"},
}

// shared tells whether all (else: any) elements of array b are in array a; NULL
// is equal to nothing.
func (c *call) shared(a, b, i int, all bool) bool {
	x, y := c.args[a], c.args[b]
	for k := int(y.Offs[i]); k < int(y.Offs[i+1]); k++ {
		found := false
		for j := int(x.Offs[i]); j < int(x.Offs[i+1]) && !found && !y.Kids[0].IsNull(k); j++ {
			found = !x.Kids[0].IsNull(j) && compareNullable(x.Kids[0], j, y.Kids[0], k) == 0
		}
		if found != all {
			return found
		}
	}
	return all
}

func containment(outer, inner int) kernel {
	return func(s *site) (exec.Eval, error) {
		if s.types[0].Kind == catalog.JSON {
			return newCall(s, func(c *call, i int) error {
				c.out.Bool[i] = jsonContains(parseJSONTree(c.str(outer, i)), parseJSONTree(c.str(inner, i)), true)
				return nil
			}, true), nil
		}
		if !sameLayout(s.types[0], s.types[1]) {
			return nil, sqlerr.New(sqlerr.DatatypeMismatch, "%s and %s have unlike elements", typeName(s.types[0]), typeName(s.types[1]))
		}
		return newCall(s, func(c *call, i int) error {
			c.out.Bool[i] = c.shared(outer, inner, i, true)
			return nil
		}, true), nil
	}
}

// dims gives the lengths of an array and of its first elements, if they are arrays.
func (c *call) dims(i int) []int {
	col, t := c.args[0], c.types[0]
	d := []int{int(col.Offs[i+1] - col.Offs[i])}
	for at := int(col.Offs[i]); t.Elem != nil && t.Elem.Kind == catalog.Array && d[len(d)-1] > 0; {
		col, t = col.Kids[0], *t.Elem
		if col.IsNull(at) {
			break
		}
		d = append(d, int(col.Offs[at+1]-col.Offs[at]))
		at = int(col.Offs[at])
	}
	return d
}

func boundOf(fn func(n int) int64) kernel {
	return strictly(func(c *call, i int) error {
		d, k := c.dims(i), c.int(1, i)
		if c.null = k < 1 || k > int64(len(d)) || d[0] == 0; !c.null {
			c.out.Int[i] = fn(d[k-1])
		}
		return nil
	})
}

// maxArrayFill bounds the length of an array that array_fill makes.
const maxArrayFill = 1 << 24

func arrayFill(s *site) (exec.Eval, error) {
	if s.ret.Elem == nil || !sameLayout(*s.ret.Elem, s.types[0]) {
		return nil, sqlerr.New(sqlerr.InternalError, "array of type %s", s.ret)
	}
	return newCall(s, func(c *call, i int) error {
		d := c.args[1]
		switch n := d.Offs[i+1] - d.Offs[i]; {
		case c.isNull(1, i):
			return sqlerr.New(sqlerr.NullNotAllowed, "dimension array or low bound array cannot be null")
		case n == 0:
			return nil
		case n > 1:
			return sqlerr.New(sqlerr.FeatureNotSupported, "array_fill of several dimensions is not supported")
		}
		at := int(d.Offs[i])
		if d.Kids[0].IsNull(at) {
			return sqlerr.New(sqlerr.NullNotAllowed, "dimension values cannot be null")
		}
		n := d.Kids[0].Int[at]
		if n < 0 || n > maxArrayFill {
			return sqlerr.New(sqlerr.ProgramLimitExceeded, "array size exceeds the maximum allowed (%d)", maxArrayFill)
		}
		for range n {
			c.out.Kids[0].AppendFrom(c.args[0], i)
		}
		return nil
	}, false), nil
}

func arrayPositions(c *call, i int) error {
	a := c.args[0]
	if a.IsNull(i) {
		c.null = true
		return nil
	}
	for j := a.Offs[i]; j < a.Offs[i+1]; j++ {
		if compareNullable(a.Kids[0], int(j), c.args[1], i) == 0 {
			c.out.Kids[0].AppendInt(int64(j-a.Offs[i]) + 1)
		}
	}
	return nil
}

func arrayReplace(c *call, i int) error {
	a := c.args[0]
	if a.IsNull(i) {
		c.null = true
		return nil
	}
	for j := int(a.Offs[i]); j < int(a.Offs[i+1]); j++ {
		if compareNullable(a.Kids[0], j, c.args[1], i) == 0 {
			c.out.Kids[0].AppendFrom(c.args[2], i)
		} else {
			c.out.Kids[0].AppendFrom(a.Kids[0], j)
		}
	}
	return nil
}

func trimArray(c *call, i int) error {
	a, n := c.args[0], c.int(1, i)
	size := int64(a.Offs[i+1] - a.Offs[i])
	if n < 0 || n > size {
		return sqlerr.New(sqlerr.ArraySubscriptError, "number of elements to trim must be between 0 and %d", size)
	}
	c.elements(i, 0, size-n)
	return nil
}

// elements copies those from one place (from 0) up to another of array 0.
func (c *call) elements(i int, from, to int64) {
	a := c.args[0]
	for j := from; j < to; j++ {
		c.out.Kids[0].AppendFrom(a.Kids[0], int(a.Offs[i])+int(j))
	}
}

func arraySlice(c *call, i int) error {
	a := c.args[0]
	size := int64(a.Offs[i+1] - a.Offs[i])
	c.elements(i, max(c.int(1, i), 1)-1, min(c.int(2, i), size, math.MaxInt32))
	return nil
}

// arrayPositionFrom is array_position with a place to start at.
func arrayPositionFrom(c *call, i int) error {
	if len(c.args) < 3 {
		return arrayPosition(c, i)
	}
	a := c.args[0]
	if a.IsNull(i) {
		c.null = true
		return nil
	}
	if c.isNull(2, i) {
		return sqlerr.New(sqlerr.NullNotAllowed, "initial position must not be null")
	}
	c.null = true
	for j := int64(a.Offs[i]) + max(c.int(2, i)-1, 0); j < int64(a.Offs[i+1]); j++ {
		if compareNullable(a.Kids[0], int(j), c.args[1], i) == 0 {
			c.out.Int[i], c.null = j-int64(a.Offs[i])+1, false
			return nil
		}
	}
	return nil
}
