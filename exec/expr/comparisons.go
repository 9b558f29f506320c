package expr

import (
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

const comparable2 = "bool, bool -> bool; smallint, smallint -> bool; int, int -> bool; bigint, bigint -> bool; real, real -> bool; " +
	"double, double -> bool; decimal, decimal -> bool; text, text -> bool; bytes, bytes -> bool; date, date -> bool; time, time -> bool; " +
	"ts, ts -> bool; tstz, tstz -> bool; interval, interval -> bool; any[], any[] -> bool; row, row -> bool"

var comparisons = []function{
	{name: "=", sigs: comparable2, kernel: comparison(eq), doc: "equal", example: "1 = 1 → t"},
	{name: "<>", sigs: comparable2, kernel: comparison(ne), doc: "not equal", example: "1 <> 1 → f"},
	{name: "<", sigs: comparable2, kernel: comparison(lt), doc: "less", example: "1 < 2 → t"},
	{name: "<=", sigs: comparable2, kernel: comparison(le), doc: "less or equal", example: "1 <= 2 → t"},
	{name: ">", sigs: comparable2, kernel: comparison(gt), doc: "greater", example: "1 > 2 → f"},
	{name: ">=", sigs: comparable2, kernel: comparison(ge), doc: "greater or equal", example: "1 >= 2 → f"},
	{name: "is_distinct", sigs: "any, any -> bool", loose: true, doc: "different, where NULL equals NULL (IS DISTINCT FROM)",
		example: "1 IS DISTINCT FROM NULL → t", kernel: func(s *site) (exec.Eval, error) {
			if err := s.alike(s.types[0]); err != nil {
				return nil, err
			}
			return &distinct{l: s.args[0], r: s.args[1]}, nil
		}},
	{name: "in", sigs: "any, any... -> bool", loose: true, kernel: newIn, doc: "equal to one of a list", example: "2 IN (1, 2) → t"},
	{name: "nullif", sigs: "any, any -> any", loose: true, ret: sameAs(0), kernel: loosely(nullIf),
		doc: "NULL if the two are equal, else the first", example: "NULLIF(1, 1) → NULL"},
	{name: "greatest", sigs: "any... -> any", loose: true, ret: sameAs(0), kernel: extreme(1), doc: "the greatest value that is not NULL",
		example: "GREATEST(1, 3, 2) → 3"},
	{name: "least", sigs: "any... -> any", loose: true, ret: sameAs(0), kernel: extreme(-1), doc: "the least value that is not NULL",
		example: "LEAST(1, 3, 2) → 1"},
}

// alike checks that all arguments lie in memory as t does.
func (s *site) alike(t catalog.Type) error {
	for _, u := range s.types {
		if !sameLayout(t, u) {
			return sqlerr.New(sqlerr.DatatypeMismatch, "%s types %s and %s cannot be matched", s.name, typeName(t), typeName(u))
		}
	}
	return nil
}

func comparison(rel relation) kernel {
	return func(s *site) (exec.Eval, error) {
		if err := s.alike(s.types[0]); err != nil {
			return nil, err
		}
		switch exec.LayoutOf(s.types[0]) {
		case exec.Ints:
			return newCompare(rel, s.args[0], s.args[1], intsOf), nil
		case exec.Floats:
			return newCompare(rel, s.args[0], s.args[1], floatsOf), nil
		case exec.Strings:
			return newCompareText(rel, s.args[0], s.args[1]), nil
		}
		return &compareRows{rel: rel, l: s.args[0], r: s.args[1]}, nil
	}
}

func nullIf(c *call, i int) error {
	switch {
	case c.isNull(0, i) || !c.isNull(1, i) && compareValues(c.args[0], i, c.args[1], i) == 0:
		c.null = true
	default:
		c.set(i, c.args[0])
	}
	return nil
}

// set gives the result the value of row i of src, which is not NULL.
func (c *call) set(i int, src *exec.Column) {
	switch c.out.Layout {
	case exec.Bools:
		c.out.Bool[i] = src.Bool[i]
	case exec.Ints:
		c.out.Int[i] = src.Int[i]
	case exec.Floats:
		c.out.Float[i] = src.Float[i]
	case exec.Decimals:
		c.out.Dec[i] = src.Dec[i]
	case exec.Intervals:
		c.out.Ivl[i] = src.Ivl[i]
	case exec.Strings:
		c.put(src.Str(i))
	default:
		c.putKids(src, i)
	}
}

func extreme(sign int) kernel {
	return func(s *site) (exec.Eval, error) {
		if err := s.alike(s.ret); err != nil {
			return nil, err
		}
		return newCall(s, func(c *call, i int) error {
			var best *exec.Column
			for _, a := range c.args {
				if !a.IsNull(i) && (best == nil || compareValues(a, i, best, i)*sign > 0) {
					best = a
				}
			}
			if best == nil {
				c.null = true
			} else {
				c.set(i, best)
			}
			return nil
		}, false), nil
	}
}

// fewItems is the length of an IN list up to which it is searched in order.
const fewItems = 8

// inList is x IN (constants) of integers, times and strings.
type inList struct {
	x       exec.Eval
	ints    []int64
	intSet  map[int64]struct{} // of a long list
	strs    []string
	strSet  map[string]struct{}
	hasNull bool // the list has a NULL: what is not found is unknown
	out     exec.Column
}

func newIn(s *site) (exec.Eval, error) {
	if err := s.alike(s.types[0]); err != nil {
		return nil, err
	}
	layout := exec.LayoutOf(s.types[0])
	e := &inList{x: s.args[0]}
	for _, a := range s.args[1:] {
		k := constOf(a)
		if k == nil || layout != exec.Ints && layout != exec.Strings {
			return newCall(s, inRow, false), nil
		}
		switch {
		case k.IsNull(0):
			e.hasNull = true
		case layout == exec.Ints:
			e.ints = append(e.ints, k.Int[0])
		default:
			e.strs = append(e.strs, string(k.Str(0)))
		}
	}
	if len(e.ints) > fewItems {
		e.intSet = make(map[int64]struct{}, len(e.ints))
		for _, v := range e.ints {
			e.intSet[v] = struct{}{}
		}
	}
	if len(e.strs) > fewItems {
		e.strSet = make(map[string]struct{}, len(e.strs))
		for _, v := range e.strs {
			e.strSet[v] = struct{}{}
		}
	}
	return e, nil
}

func (e *inList) Eval(b *exec.Batch) (*exec.Column, error) {
	x, err := e.x.Eval(b)
	if err != nil {
		return nil, err
	}
	prepare(&e.out, b.N)
	copyValid(&e.out, x, b.N)
	text := x.Layout == exec.Strings
	for k := range b.Rows() {
		i := b.Row(k)
		if x.IsNull(i) {
			continue
		}
		found := false
		if text {
			found = e.hasString(x.Str(i))
		} else {
			found = e.hasInt(x.Int[i])
		}
		e.out.Bool[i] = found
		if e.hasNull && !found {
			setNull(&e.out, i, b.N)
		}
	}
	return &e.out, nil
}

func (e *inList) hasInt(v int64) bool {
	if e.intSet != nil {
		_, ok := e.intSet[v]
		return ok
	}
	return slices.Contains(e.ints, v)
}

func (e *inList) hasString(v []byte) bool {
	if e.strSet != nil {
		_, ok := e.strSet[string(v)]
		return ok
	}
	for _, s := range e.strs {
		if s == string(v) {
			return true
		}
	}
	return false
}

// inRow is IN with a list that is not constant.
func inRow(c *call, i int) error {
	if c.isNull(0, i) {
		c.null = true
		return nil
	}
	c.out.Bool[i] = false
	unknown := false
	for _, a := range c.args[1:] {
		switch {
		case a.IsNull(i):
			unknown = true
		case compareValues(c.args[0], i, a, i) == 0:
			c.out.Bool[i] = true
			return nil
		}
	}
	c.null = unknown
	return nil
}
