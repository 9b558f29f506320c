package expr

import (
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	bools       = "bool -> bool"
	ordered     = "smallint -> smallint; int -> int; bigint -> bigint; real -> real; double -> double; decimal -> decimal; text -> text; date -> date; time -> time; ts -> ts; tstz -> tstz; interval -> interval"
	spreads     = "smallint -> decimal; int -> decimal; bigint -> decimal; decimal -> decimal; real -> double; double -> double"
	spreadNotes = "of the input values"
)

// aggregates are the entries of the aggregate functions; NewAggregate makes
// their states.
var aggregates = []function{
	{name: "count", sigs: "-> bigint; any -> bigint", aggregate: true, twoPhase: true, doc: "number of rows, or of values that are not NULL", example: "COUNT(*) FROM (VALUES (1), (2)) t(x) → 2"},
	{name: "sum", sigs: "smallint -> bigint; int -> bigint; bigint -> decimal; decimal -> decimal; real -> real; double -> double; interval -> interval",
		aggregate: true, twoPhase: true, doc: "sum of the values", example: "SUM(x) FROM (VALUES (1), (2)) t(x) → 3"},
	{name: "avg", sigs: "smallint -> decimal; int -> decimal; bigint -> decimal; decimal -> decimal; real -> double; double -> double; interval -> interval",
		aggregate: true, twoPhase: true, doc: "average of the values", example: "AVG(x) FROM (VALUES (1), (2)) t(x) → 1.5000000000000000"},
	{name: "min", sigs: ordered, aggregate: true, twoPhase: true, doc: "least value", example: "MIN(x) FROM (VALUES (1), (2)) t(x) → 1"},
	{name: "max", sigs: ordered, aggregate: true, twoPhase: true, doc: "greatest value", example: "MAX(x) FROM (VALUES (1), (2)) t(x) → 2"},
	{name: "bool_and", sigs: bools, aggregate: true, twoPhase: true, doc: "whether all values are true", example: "BOOL_AND(x) FROM (VALUES (true), (false)) t(x) → f"},
	{name: "bool_or", sigs: bools, aggregate: true, twoPhase: true, doc: "whether one value is true", example: "BOOL_OR(x) FROM (VALUES (true), (false)) t(x) → t"},
	{name: "var_pop", sigs: spreads, aggregate: true, twoPhase: true, doc: "population variance " + spreadNotes, example: "VAR_POP(x) FROM (VALUES (1), (3)) t(x) → 1.00000000000000000000"},
	{name: "var_samp", sigs: spreads, aggregate: true, twoPhase: true, doc: "sample variance " + spreadNotes, example: "VAR_SAMP(x) FROM (VALUES (1), (3)) t(x) → 2.0000000000000000"},
	{name: "stddev_pop", sigs: spreads, aggregate: true, twoPhase: true, doc: "population standard deviation " + spreadNotes, example: "STDDEV_POP(x) FROM (VALUES (1), (3)) t(x) → 1.00000000000000000000"},
	{name: "stddev_samp", sigs: spreads, aggregate: true, twoPhase: true, doc: "sample standard deviation " + spreadNotes, example: "STDDEV_SAMP(x) FROM (VALUES (1), (3)) t(x) → 1.4142135623730950"},
	{name: "array_agg", sigs: "any -> any[]", aggregate: true, doc: "the values as an array, in the order of arrival or by ORDER BY", example: "ARRAY_AGG(x ORDER BY x DESC) FROM (VALUES (1), (2)) t(x) → {2,1}",
		ret: func(t []catalog.Type) (catalog.Type, error) { return catalog.ArrayOf(t[0]), nil }},
	{name: "string_agg", sigs: "text, text -> text; bytes, bytes -> bytes", aggregate: true, doc: "the values joined by the second argument, in the order of arrival or by ORDER BY",
		example: "STRING_AGG(x, ', ') FROM (VALUES ('a'), ('b')) t(x) → a, b"},
	{name: "first_value", sigs: "any -> any", aggregate: true, ret: sameAs(0), doc: "the value that came first", example: "FIRST_VALUE(x) FROM (VALUES (1), (2)) t(x) → 1"},
	{name: "last_value", sigs: "any -> any", aggregate: true, ret: sameAs(0), doc: "the value that came last", example: "LAST_VALUE(x) FROM (VALUES (1), (2)) t(x) → 2"},
}

// Sized is implemented by the aggregates of this package: the memory that the
// groups hold, so that an operator can keep to a limit.
type Sized interface{ Bytes() int64 }

// NewAggregate makes the state of an aggregate function. Argument types are
// exactly those of one of its signatures; for COUNT(*) there are none.
func NewAggregate(fn string, argTypes []catalog.Type, ret catalog.Type, distinct bool) (exec.Aggregate, error) {
	return NewAggregateIn(fn, argTypes, ret, distinct, nil)
}

// NewAggregateIn is NewAggregate for a session's zone, which instants are
// written in by those that make text.
func NewAggregateIn(fn string, argTypes []catalog.Type, ret catalog.Type, distinct bool, zone *time.Location) (exec.Aggregate, error) {
	name := strings.ToLower(fn)
	f := builtin.find(name)
	if f == nil || !f.aggregate || !f.accepts(argTypes, ret) {
		return nil, sqlerr.New(sqlerr.UndefinedFunction, "function %s does not exist", spell(name, argTypes))
	}
	if f.base != "" {
		name = f.base
	}
	a, err := newState(name, argTypes, zone)
	if err != nil {
		return nil, err
	}
	if !distinct {
		return a, nil
	}
	switch name {
	case "min", "max", "bool_and", "bool_or", "bit_and", "bit_or", "first_value", "last_value", "approx_count_distinct":
		return a, nil // the same with and without
	}
	if len(argTypes) == 0 {
		return nil, sqlerr.New(sqlerr.SyntaxError, "DISTINCT specified, but %s has no argument", name)
	}
	return &distinctAgg{inner: a, keepNull: name == "array_agg" || strings.HasPrefix(name, "json"), set: newGroupSet(argTypes)}, nil
}

func newState(name string, types []catalog.Type, zone *time.Location) (exec.Aggregate, error) {
	if fn, ok := pairResults[name]; ok {
		return &pairAgg{result: fn, count: fn == nil}, nil
	}
	if name == "count" {
		return &count{star: len(types) == 0}, nil
	}
	t := types[0]
	layout := exec.LayoutOf(t)
	switch name {
	case "sum", "avg":
		return newSum(t.Kind, name == "avg"), nil
	case "min", "max":
		sign := -1
		if name == "max" {
			sign = 1
		}
		switch layout {
		case exec.Ints:
			return &extremeOf[int64]{sign: sign, get: intsOf, layout: layout, put: (*exec.Column).AppendInt}, nil
		case exec.Floats:
			return &extremeOf[float64]{sign: sign, get: floatsOf, layout: layout, put: (*exec.Column).AppendFloat}, nil
		}
		return newExtreme(t, sign), nil
	case "bool_and":
		return &boolAgg{stop: false}, nil
	case "bool_or":
		return &boolAgg{stop: true}, nil
	case "array_agg":
		return &arrayAgg{elem: t}, nil
	case "string_agg":
		return &stringAgg{}, nil
	case "bit_and", "bit_or", "bit_xor":
		return &bitAgg{op: map[string]byte{"bit_and": '&', "bit_or": '|', "bit_xor": '#'}[name]}, nil
	case "json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg":
		return &jsonAgg{types: types, object: strings.Contains(name, "object"), binary: strings.HasPrefix(name, "jsonb"), zone: zone}, nil
	case "approx_count_distinct":
		return &approxCount{}, nil
	case "approx_percentile":
		return &approxPercentile{}, nil
	case "top_k":
		return &topK{types: types}, nil
	case "percentile_cont", "percentile_disc", "mode":
		return nil, sqlerr.New(sqlerr.InternalError, "%s needs an order", name)
	case "first_value", "last_value":
		return &edgeAgg{last: name == "last_value", vals: exec.NewColumnOf(t), like: t}, nil
	}
	return newSpread(name, layout), nil
}

// grow makes s n long; new elements are zero.
func grow[T any](s []T, n int) []T {
	old := len(s)
	if n <= old {
		return s
	}
	if cap(s) < n {
		t := make([]T, n, max(n, 2*cap(s)))
		copy(t, s)
		return t
	}
	s = s[:n]
	clear(s[old:])
	return s
}

// at gives the row of the k-th entry of an update.
func at(rows []int32, k int) int {
	if rows == nil {
		return k
	}
	return int(rows[k])
}

// count is COUNT(*) and COUNT(x).
type count struct {
	star bool
	n    []int64
}

func (a *count) Resize(n int) { a.n = grow(a.n, n) }
func (a *count) Reset()       { a.n = a.n[:0] }
func (a *count) Bytes() int64 { return int64(cap(a.n)) * 8 }

func (a *count) Update(groups []int32, args []*exec.Column, rows []int32) error {
	if a.star || !args[0].Nulls {
		n := a.n
		for _, g := range groups {
			n[g]++
		}
		return nil
	}
	for k, g := range groups {
		if args[0].Valid.Get(at(rows, k)) {
			a.n[g]++
		}
	}
	return nil
}

func (a *count) State() []exec.Layout { return []exec.Layout{exec.Ints} }

func (a *count) AppendState(dst []*exec.Column, g int) { dst[0].AppendInt(a.n[g]) }

func (a *count) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	for k, g := range groups {
		if i := at(rows, k); !state[0].IsNull(i) {
			a.n[g] += state[0].Int[i]
		}
	}
	return nil
}

func (a *count) AppendResult(dst *exec.Column, g int) error {
	dst.AppendInt(a.n[g])
	return nil
}

// boolAgg is BOOL_AND and BOOL_OR.
type boolAgg struct {
	stop bool // the value that decides
	v    []uint8
}

// States of a boolAgg.
const (
	boolNone = iota
	boolPassed
	boolStopped
)

func (a *boolAgg) Resize(n int) { a.v = grow(a.v, n) }
func (a *boolAgg) Reset()       { a.v = a.v[:0] }
func (a *boolAgg) Bytes() int64 { return int64(cap(a.v)) }

func (a *boolAgg) Update(groups []int32, args []*exec.Column, rows []int32) error {
	c := args[0]
	for k, g := range groups {
		if i := at(rows, k); !c.IsNull(i) {
			if c.Bool[i] == a.stop {
				a.v[g] = boolStopped
			} else {
				a.v[g] = max(a.v[g], boolPassed)
			}
		}
	}
	return nil
}

func (a *boolAgg) State() []exec.Layout { return []exec.Layout{exec.Bools} }

func (a *boolAgg) AppendState(dst []*exec.Column, g int) { _ = a.AppendResult(dst[0], g) }

func (a *boolAgg) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	return a.Update(groups, state, rows)
}

func (a *boolAgg) AppendResult(dst *exec.Column, g int) error {
	if a.v[g] == boolNone {
		dst.AppendNull()
	} else {
		dst.AppendBool((a.v[g] == boolStopped) == a.stop)
	}
	return nil
}
