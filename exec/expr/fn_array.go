package expr

import (
	"bytes"
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

var arrayFunctions = []function{
	{name: "array", sigs: "-> any[]; any... -> any[]", loose: true, ret: arrayType, kernel: newArray, doc: "an array of the values", example: "ARRAY[1, 2] → {1,2}"},
	{name: "row", sigs: "-> row; any... -> row", loose: true, ret: rowType, kernel: newRow, doc: "a row of the values", example: "ROW(1, 'a') → (1,a)"},
	{name: "map", sigs: "-> map; any... -> map", loose: true, ret: mapType, kernel: newMap, doc: "a map of keys and values in turn", example: "MAP['a', 1] → {\"a\":1}"},
	{name: "item", sigs: "any[], int -> any; any[], bigint -> any; map, any -> any; json, int -> json; json, text -> json", ret: itemType, kernel: newItem,
		doc: "element of an array (from 1), value of a map, member of a JSON value", example: "(ARRAY[7, 8])[2] → 8"},
	{name: "cardinality", sigs: "any[] -> int; map -> int", doc: "number of elements", example: "cardinality(ARRAY[1, 2]) → 2",
		kernel: strictly(func(c *call, i int) error {
			c.out.Int[i] = int64(c.args[0].Offs[i+1] - c.args[0].Offs[i])
			return nil
		})},
	{name: "array_length", sigs: "any[], int -> int", kernel: boundOf(func(n int) int64 { return int64(n) }), doc: "number of elements; NULL if there are none", example: "array_length(ARRAY[1, 2], 1) → 2"},
	{name: "array_contains", sigs: "any[], any -> bool", loose: true, kernel: searching(arrayContains), doc: "whether the value is an element", example: "array_contains(ARRAY[1, 2], 2) → t"},
	{name: "array_position", sigs: "any[], any -> int; any[], any, int -> int", loose: true, kernel: searching(arrayPositionFrom), doc: "place of the value, from 1; NULL if it is no element",
		example: "array_position(ARRAY['a', 'b'], 'b') → 2"},
	{name: "array_append", sigs: "any[], any -> any[]", loose: true, ret: sameAs(0), kernel: searching(arrayAppend), doc: "with a value behind",
		example: "array_append(ARRAY[1], 2) → {1,2}"},
	{name: "array_prepend", sigs: "any, any[] -> any[]", loose: true, ret: sameAs(1), kernel: arrayPrepend, doc: "with a value before",
		example: "array_prepend(1, ARRAY[2]) → {1,2}"},
	{name: "array_remove", sigs: "any[], any -> any[]", loose: true, ret: sameAs(0), kernel: searching(arrayRemove), doc: "without the elements equal to a value",
		example: "array_remove(ARRAY[1, 2, 1], 1) → {2}"},
	{name: "array_cat", sigs: "any[], any[] -> any[]", loose: true, ret: sameAs(0), kernel: func(s *site) (exec.Eval, error) {
		if err := s.alike(s.ret); err != nil {
			return nil, err
		}
		return newCall(s, arrayCat, false), nil
	}, doc: "one array behind the other", example: "array_cat(ARRAY[1], ARRAY[2]) → {1,2}"},
	{name: "array_to_string", sigs: "any[], text -> text; any[], text, text -> text", loose: true, kernel: loosely(arrayToString),
		doc: "elements as text with the second between them, the third in the place of NULLs", example: "array_to_string(ARRAY[1, 2], '-') → 1-2"},
	{name: "string_to_array", sigs: "text, text -> text[]; text, text, text -> text[]", loose: true, kernel: loosely(stringToArray),
		doc: "the parts between a separator; those equal to the third are NULL", example: "string_to_array('a,b', ',') → {a,b}"},
}

func arrayType(t []catalog.Type) (catalog.Type, error) {
	if len(t) == 0 {
		return catalog.Type{}, sqlerr.New(sqlerr.IndeterminateDatatype, "cannot determine type of empty array").
			Hint("Explicitly cast to the desired type, for example ARRAY[]::integer[].")
	}
	return catalog.ArrayOf(t[0]), nil
}

func rowType(t []catalog.Type) (catalog.Type, error) {
	r := catalog.Type{Kind: catalog.Row}
	for i, f := range t {
		r.Fields = append(r.Fields, catalog.Field{Name: "f" + string(appendInt(nil, int64(i+1))), Type: f})
	}
	return r, nil
}

func mapType(t []catalog.Type) (catalog.Type, error) {
	if len(t) == 0 || len(t)%2 != 0 {
		return catalog.Type{}, sqlerr.New(sqlerr.SyntaxError, "MAP needs keys and values in turn")
	}
	return catalog.MapOf(t[0], t[1]), nil
}

func itemType(t []catalog.Type) (catalog.Type, error) {
	switch t[0].Kind {
	case catalog.Array, catalog.Map:
		return *t[0].Elem, nil
	}
	return t[0], nil
}

func newArray(s *site) (exec.Eval, error) {
	if s.ret.Kind != catalog.Array {
		return nil, sqlerr.New(sqlerr.InternalError, "array of type %s", s.ret)
	}
	if err := s.alike(*s.ret.Elem); err != nil {
		return nil, err
	}
	return newCall(s, func(c *call, i int) error {
		for _, a := range c.args {
			c.out.Kids[0].AppendFrom(a, i)
		}
		return nil
	}, false), nil
}

func newRow(s *site) (exec.Eval, error) {
	if s.ret.Kind != catalog.Row || len(s.ret.Fields) != len(s.args) {
		return nil, sqlerr.New(sqlerr.InternalError, "row of type %s", s.ret)
	}
	for k, f := range s.ret.Fields {
		if !sameLayout(f.Type, s.types[k]) {
			return nil, sqlerr.New(sqlerr.InternalError, "row of type %s", s.ret)
		}
	}
	return newCall(s, func(c *call, i int) error {
		for k, a := range c.args {
			c.out.Kids[k].AppendFrom(a, i)
		}
		return nil
	}, false), nil
}

func newMap(s *site) (exec.Eval, error) {
	if s.ret.Kind != catalog.Map || len(s.args)%2 != 0 {
		return nil, sqlerr.New(sqlerr.InternalError, "map of type %s", s.ret)
	}
	for k, t := range s.types {
		if want := [2]*catalog.Type{s.ret.Key, s.ret.Elem}[k%2]; !sameLayout(*want, t) {
			return nil, sqlerr.New(sqlerr.InternalError, "map of type %s", s.ret)
		}
	}
	return newCall(s, func(c *call, i int) error {
		for k := 0; k < len(c.args); k += 2 {
			if c.args[k].IsNull(i) {
				return sqlerr.New(sqlerr.InvalidParameterValue, "a map key must not be NULL")
			}
			c.out.Kids[0].AppendFrom(c.args[k], i)
			c.out.Kids[1].AppendFrom(c.args[k+1], i)
		}
		return nil
	}, false), nil
}

// give makes row j of src the result.
func (c *call) give(i int, src *exec.Column, j int) {
	if src.IsNull(j) {
		c.null = true
		return
	}
	switch c.out.Layout {
	case exec.Bools:
		c.out.Bool[i] = src.Bool[j]
	case exec.Ints:
		c.out.Int[i] = src.Int[j]
	case exec.Floats:
		c.out.Float[i] = src.Float[j]
	case exec.Decimals:
		c.out.Dec[i] = src.Dec[j]
	case exec.Intervals:
		c.out.Ivl[i] = src.Ivl[j]
	case exec.Strings:
		c.put(src.Str(j))
	default:
		c.putKids(src, j)
	}
}

func newItem(s *site) (exec.Eval, error) {
	t := s.types[0]
	switch t.Kind {
	case catalog.JSON:
		if s.types[1].Kind == catalog.Varchar {
			return newJSONMember(s, false)
		}
		return newCall(s, jsonElement(false), true), nil
	case catalog.Map:
		if !sameLayout(*t.Key, s.types[1]) || !sameLayout(*t.Elem, s.ret) {
			return nil, sqlerr.New(sqlerr.DatatypeMismatch, "%s has no key of type %s", t, typeName(s.types[1]))
		}
		return newCall(s, func(c *call, i int) error {
			m := c.args[0]
			for j := int(m.Offs[i]); j < int(m.Offs[i+1]); j++ {
				if compareNullable(m.Kids[0], j, c.args[1], i) == 0 {
					c.give(i, m.Kids[1], j)
					return nil
				}
			}
			c.null = true
			return nil
		}, true), nil
	}
	if t.Elem == nil || !sameLayout(*t.Elem, s.ret) {
		return nil, sqlerr.New(sqlerr.InternalError, "element of %s as %s", t, s.ret)
	}
	return newCall(s, func(c *call, i int) error {
		a, n := c.args[0], c.int(1, i)
		if n < 1 || n > int64(a.Offs[i+1]-a.Offs[i]) {
			c.null = true
			return nil
		}
		c.give(i, a.Kids[0], int(a.Offs[i])+int(n)-1)
		return nil
	}, true), nil
}

// searching is for functions of an array and a value of its elements' type.
func searching(fn rowFunc) kernel {
	return func(s *site) (exec.Eval, error) {
		if t := s.types[0]; t.Elem == nil || !sameLayout(*t.Elem, s.types[1]) {
			return nil, sqlerr.New(sqlerr.DatatypeMismatch, "%s has no elements of type %s", typeName(t), typeName(s.types[1]))
		}
		return newCall(s, fn, false), nil
	}
}

// find gives the place of argument 1 in array 0, from 0, or -1. NULL is equal to
// NULL.
func (c *call) find(i int) int {
	a := c.args[0]
	for j := a.Offs[i]; j < a.Offs[i+1]; j++ {
		if compareNullable(a.Kids[0], int(j), c.args[1], i) == 0 {
			return int(j - a.Offs[i])
		}
	}
	return -1
}

func arrayContains(c *call, i int) error {
	if c.isNull(0, i) {
		c.null = true
		return nil
	}
	c.out.Bool[i] = c.find(i) >= 0
	return nil
}

func arrayPosition(c *call, i int) error {
	if c.null = c.isNull(0, i); !c.null {
		n := c.find(i)
		c.null = n < 0
		c.out.Int[i] = int64(n) + 1
	}
	return nil
}

func (c *call) putElements(k, i int) {
	if !c.isNull(k, i) {
		c.putKids(c.args[k], i)
	}
}

func arrayAppend(c *call, i int) error {
	c.putElements(0, i)
	c.out.Kids[0].AppendFrom(c.args[1], i)
	return nil
}

func arrayPrepend(s *site) (exec.Eval, error) {
	if t := s.types[1]; t.Elem == nil || !sameLayout(*t.Elem, s.types[0]) {
		return nil, sqlerr.New(sqlerr.DatatypeMismatch, "%s has no elements of type %s", typeName(t), typeName(s.types[0]))
	}
	return newCall(s, func(c *call, i int) error {
		c.out.Kids[0].AppendFrom(c.args[0], i)
		c.putElements(1, i)
		return nil
	}, false), nil
}

func arrayRemove(c *call, i int) error {
	a := c.args[0]
	if a.IsNull(i) {
		c.null = true
		return nil
	}
	for j := int(a.Offs[i]); j < int(a.Offs[i+1]); j++ {
		if compareNullable(a.Kids[0], j, c.args[1], i) != 0 {
			c.out.Kids[0].AppendFrom(a.Kids[0], j)
		}
	}
	return nil
}

func arrayCat(c *call, i int) error {
	if c.null = c.isNull(0, i) && c.isNull(1, i); !c.null {
		c.putElements(0, i)
		c.putElements(1, i)
	}
	return nil
}

func arrayToString(c *call, i int) error {
	a := c.args[0]
	if c.isNull(0, i) || c.isNull(1, i) {
		c.null = true
		return nil
	}
	first := true
	for j := int(a.Offs[i]); j < int(a.Offs[i+1]); j++ {
		isNull := a.Kids[0].IsNull(j)
		if isNull && (len(c.args) < 3 || c.isNull(2, i)) {
			continue
		}
		if !first {
			c.put(c.str(1, i))
		}
		first = false
		if isNull {
			c.put(c.str(2, i))
		} else {
			c.out.Data = AppendTextIn(c.out.Data, *c.types[0].Elem, a.Kids[0], j, c.env.Timezone)
		}
	}
	return nil
}

func stringToArray(c *call, i int) error {
	if c.isNull(0, i) {
		c.null = true
		return nil
	}
	put := func(b []byte) {
		if len(c.args) == 3 && !c.isNull(2, i) && string(b) == string(c.str(2, i)) {
			c.out.Kids[0].AppendNull()
		} else {
			c.out.Kids[0].AppendBytes(b)
		}
	}
	s := c.str(0, i)
	switch {
	case len(s) == 0:
	case c.isNull(1, i): // every character
		for len(s) > 0 {
			_, n := utf8.DecodeRune(s)
			put(s[:n])
			s = s[n:]
		}
	case len(c.str(1, i)) == 0:
		put(s)
	default:
		sep := c.str(1, i)
		for k := bytes.Index(s, sep); k >= 0; k = bytes.Index(s, sep) {
			put(s[:k])
			s = s[k+len(sep):]
		}
		put(s)
	}
	return nil
}
