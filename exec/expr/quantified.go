package expr

import (
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// quantified are the comparisons of a value with the elements of an array: x =
// ANY (a) is "=any", x < ALL (a) is "<all".
var quantified = []function{
	{name: "=any", sigs: "any, any[] -> bool", loose: true, kernel: quantify(eq, false), doc: "equal to some element", example: "2 = ANY (ARRAY[1, 2]) → t"},
	{name: "<>any", sigs: "any, any[] -> bool", loose: true, kernel: quantify(ne, false), doc: "different from some element", example: "2 <> ANY (ARRAY[2]) → f"},
	{name: "<any", sigs: "any, any[] -> bool", loose: true, kernel: quantify(lt, false), doc: "less than some element", example: "1 < ANY (ARRAY[1, 2]) → t"},
	{name: "<=any", sigs: "any, any[] -> bool", loose: true, kernel: quantify(le, false), doc: "less than some element or equal", example: "2 <= ANY (ARRAY[1, 2]) → t"},
	{name: ">any", sigs: "any, any[] -> bool", loose: true, kernel: quantify(gt, false), doc: "greater than some element", example: "2 > ANY (ARRAY[1, 2]) → t"},
	{name: ">=any", sigs: "any, any[] -> bool", loose: true, kernel: quantify(ge, false), doc: "greater than some element or equal", example: "1 >= ANY (ARRAY[1, 2]) → t"},
	{name: "=all", sigs: "any, any[] -> bool", loose: true, kernel: quantify(eq, true), doc: "equal to every element", example: "1 = ALL (ARRAY[1, 2]) → f"},
	{name: "<>all", sigs: "any, any[] -> bool", loose: true, kernel: quantify(ne, true), doc: "different from every element", example: "3 <> ALL (ARRAY[1, 2]) → t"},
	{name: "<all", sigs: "any, any[] -> bool", loose: true, kernel: quantify(lt, true), doc: "less than every element", example: "1 < ALL (ARRAY[1, 2]) → f"},
	{name: "<=all", sigs: "any, any[] -> bool", loose: true, kernel: quantify(le, true), doc: "less than every element or equal", example: "1 <= ALL (ARRAY[1, 2]) → t"},
	{name: ">all", sigs: "any, any[] -> bool", loose: true, kernel: quantify(gt, true), doc: "greater than every element", example: "3 > ALL (ARRAY[1, 2]) → t"},
	{name: ">=all", sigs: "any, any[] -> bool", loose: true, kernel: quantify(ge, true), doc: "greater than every element or equal", example: "2 >= ALL (ARRAY[1, 2]) → t"},
}

// holds says whether a comparison's outcome fulfils the relation.
func (r relation) holds(cmp int) bool {
	switch r {
	case eq:
		return cmp == 0
	case ne:
		return cmp != 0
	case lt:
		return cmp < 0
	case le:
		return cmp <= 0
	case gt:
		return cmp > 0
	}
	return cmp >= 0
}

// quantify is OR over the elements, AND with all: NULLs count as they do there.
func quantify(rel relation, all bool) kernel {
	return func(s *site) (exec.Eval, error) {
		if t := s.types[1]; t.Elem == nil || !sameLayout(*t.Elem, s.types[0]) {
			return nil, sqlerr.New(sqlerr.DatatypeMismatch, "%s has no elements of type %s", typeName(t), typeName(s.types[0]))
		}
		return newCall(s, func(c *call, i int) error {
			x, a := c.args[0], c.args[1]
			if a.IsNull(i) {
				c.null = true
				return nil
			}
			unknown := false
			for j := int(a.Offs[i]); j < int(a.Offs[i+1]); j++ {
				switch {
				case x.IsNull(i) || a.Kids[0].IsNull(j):
					unknown = true
				case rel.holds(compareValues(x, i, a.Kids[0], j)) != all:
					c.out.Bool[i] = !all
					return nil
				}
			}
			c.null = unknown
			c.out.Bool[i] = all
			return nil
		}, false), nil
	}
}
