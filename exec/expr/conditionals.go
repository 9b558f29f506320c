package expr

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

var conditionals = []function{
	{name: "and", sigs: "bool, bool... -> bool", loose: true, kernel: newConnective(false), doc: "both are true", example: "true AND NULL → NULL"},
	{name: "or", sigs: "bool, bool... -> bool", loose: true, kernel: newConnective(true), doc: "one of them is true", example: "true OR NULL → t"},
	{name: "not", sigs: "bool -> bool", doc: "the contrary", example: "NOT true → f",
		kernel: func(s *site) (exec.Eval, error) { return &not{arg: s.args[0]}, nil }},
	{name: "is_null", sigs: "any -> bool", loose: true, doc: "is NULL (IS NULL)", example: "NULL IS NULL → t",
		kernel: func(s *site) (exec.Eval, error) { return &isNull{arg: s.args[0]}, nil }},
	{name: "is_true", sigs: "bool -> bool", loose: true, doc: "is true and not NULL (IS TRUE)", example: "NULL IS TRUE → f",
		kernel: func(s *site) (exec.Eval, error) { return &isBool{arg: s.args[0], want: true}, nil }},
	{name: "is_false", sigs: "bool -> bool", loose: true, doc: "is false and not NULL (IS FALSE)", example: "NULL IS FALSE → f",
		kernel: func(s *site) (exec.Eval, error) { return &isBool{arg: s.args[0]}, nil }},
	{name: "coalesce", sigs: "any... -> any", loose: true, ret: sameAs(0), kernel: coalescing, doc: "the first value that is not NULL",
		example: "COALESCE(NULL, 2) → 2"},
	{name: "ifnull", sigs: "any, any -> any", loose: true, ret: sameAs(0), kernel: coalescing, doc: "the second value where the first is NULL",
		example: "IFNULL(NULL, 2) → 2"},
	{name: "if", sigs: "bool, any, any -> any", loose: true, ret: sameAs(1), doc: "the second value where the first is true, else the third",
		example: "IF(1 < 2, 'a', 'b') → a", kernel: func(s *site) (exec.Eval, error) {
			rest := *s
			rest.types = s.types[1:]
			if err := rest.alike(s.ret); err != nil {
				return nil, err
			}
			return newCase(s.args[:1], s.args[1:2], s.args[2], exec.NewColumnOf(s.ret)), nil
		}},
	{name: "num_nulls", sigs: "any... -> int", loose: true, kernel: loosely(countNulls(true)), doc: "how many arguments are NULL",
		example: "num_nulls(1, NULL, 2) → 1"},
	{name: "num_nonnulls", sigs: "any... -> int", loose: true, kernel: loosely(countNulls(false)), doc: "how many arguments are not NULL",
		example: "num_nonnulls(1, NULL, 2) → 2"},
	{name: "pg_typeof", sigs: "any -> text", loose: true, doc: "name of the type", example: "pg_typeof(1) → integer",
		kernel: func(s *site) (exec.Eval, error) { return constText(typeName(s.types[0])), nil }},
}

func newConnective(stop bool) kernel {
	return func(s *site) (exec.Eval, error) { return &connective{args: s.args, stop: stop}, nil }
}

func coalescing(s *site) (exec.Eval, error) {
	if err := s.alike(s.ret); err != nil {
		return nil, err
	}
	return newCoalesce(s.args, exec.NewColumnOf(s.ret)), nil
}

func countNulls(want bool) rowFunc {
	return func(c *call, i int) error {
		n := int64(0)
		for _, a := range c.args {
			if a.IsNull(i) == want {
				n++
			}
		}
		c.out.Int[i] = n
		return nil
	}
}

// constText is a constant VARCHAR.
func constText(s string) exec.Eval {
	one := exec.NewColumnOf(catalog.Of(catalog.Varchar))
	one.AppendString(s)
	return newConstant(one)
}

// constInt is a constant of a type kept as int64.
func constInt(v int64) exec.Eval {
	one := exec.NewColumn(exec.Ints)
	one.AppendInt(v)
	return newConstant(one)
}
