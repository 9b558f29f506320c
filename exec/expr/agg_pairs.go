package expr

import (
	"math"

	"github.com/penstock/penstock/exec"
)

const pairSigs = "double, double -> double"

// aggregates2 are those of pairs, bits, JSON, order and estimates.
var aggregates2 = []function{
	{name: "covar_pop", sigs: pairSigs, aggregate: true, twoPhase: true, doc: "population covariance", example: "COVAR_POP(y, x) FROM (VALUES (1, 2), (3, 6)) t(x, y) → 2"},
	{name: "covar_samp", sigs: pairSigs, aggregate: true, twoPhase: true, doc: "sample covariance", example: "COVAR_SAMP(y, x) FROM (VALUES (1, 2), (3, 6)) t(x, y) → 4"},
	{name: "corr", sigs: pairSigs, aggregate: true, twoPhase: true, doc: "coefficient of correlation", example: "CORR(y, x) FROM (VALUES (1, 2), (3, 6)) t(x, y) → 1"},
	{name: "regr_avgx", sigs: pairSigs, aggregate: true, twoPhase: true, doc: "average of the second of the pairs without NULL", example: "REGR_AVGX(y, x) FROM (VALUES (1, 2), (3, 6)) t(x, y) → 2"},
	{name: "regr_avgy", sigs: pairSigs, aggregate: true, twoPhase: true, doc: "average of the first of the pairs without NULL", example: "REGR_AVGY(y, x) FROM (VALUES (1, 2), (3, 6)) t(x, y) → 4"},
	{name: "regr_count", sigs: "double, double -> bigint", aggregate: true, twoPhase: true, doc: "number of pairs without NULL", example: "REGR_COUNT(y, x) FROM (VALUES (1, 2), (3, NULL)) t(x, y) → 1"},
	{name: "regr_intercept", sigs: pairSigs, aggregate: true, twoPhase: true, doc: "where the line of least squares meets the y axis", example: "REGR_INTERCEPT(y, x) FROM (VALUES (1, 3), (3, 7)) t(x, y) → 1"},
	{name: "regr_r2", sigs: pairSigs, aggregate: true, twoPhase: true, doc: "square of the coefficient of correlation", example: "REGR_R2(y, x) FROM (VALUES (1, 2), (3, 6)) t(x, y) → 1"},
	{name: "regr_slope", sigs: pairSigs, aggregate: true, twoPhase: true, doc: "slope of the line of least squares", example: "REGR_SLOPE(y, x) FROM (VALUES (1, 3), (3, 7)) t(x, y) → 2"},
	{name: "regr_sxx", sigs: pairSigs, aggregate: true, twoPhase: true, doc: "sum of the squared distances of the second from their average", example: "REGR_SXX(y, x) FROM (VALUES (1, 2), (3, 6)) t(x, y) → 2"},
	{name: "regr_sxy", sigs: pairSigs, aggregate: true, twoPhase: true, doc: "sum of the products of the distances from the averages", example: "REGR_SXY(y, x) FROM (VALUES (1, 2), (3, 6)) t(x, y) → 4"},
	{name: "regr_syy", sigs: pairSigs, aggregate: true, twoPhase: true, doc: "sum of the squared distances of the first from their average", example: "REGR_SYY(y, x) FROM (VALUES (1, 2), (3, 6)) t(x, y) → 8"},
	{name: "bit_and", sigs: bitSigs, aggregate: true, twoPhase: true, doc: "bitwise AND of the values", example: "BIT_AND(x) FROM (VALUES (12), (10)) t(x) → 8"},
	{name: "bit_or", sigs: bitSigs, aggregate: true, twoPhase: true, doc: "bitwise OR of the values", example: "BIT_OR(x) FROM (VALUES (12), (10)) t(x) → 14"},
	{name: "bit_xor", sigs: bitSigs, aggregate: true, twoPhase: true, doc: "bitwise exclusive OR of the values", example: "BIT_XOR(x) FROM (VALUES (12), (10)) t(x) → 6"},
	{name: "json_agg", sigs: "any -> json", aggregate: true, doc: "the values as a JSON array, in the order of arrival or by ORDER BY", example: "JSON_AGG(x) FROM (VALUES (1), (2)) t(x) → [1, 2]"},
	{name: "jsonb_agg", sigs: "any -> json", aggregate: true, doc: "JSON_AGG in JSONB's text", example: "JSONB_AGG(x) FROM (VALUES (1), (2)) t(x) → [1, 2]"},
	{name: "json_object_agg", sigs: "any, any -> json", aggregate: true, doc: "names and values as a JSON object", example: `JSON_OBJECT_AGG(k, v) FROM (VALUES ('a', 1)) t(k, v) → { "a" : 1 }`},
	{name: "jsonb_object_agg", sigs: "any, any -> json", aggregate: true, doc: "names and values as a JSON object; the last of a name stays", example: `JSONB_OBJECT_AGG(k, v) FROM (VALUES ('a', 1)) t(k, v) → {"a": 1}`},
	{name: "percentile_cont", sigs: "double, double -> double; double, interval -> interval; double[], double -> double[]; double[], interval -> interval[]",
		aggregate: true, withinGroup: true, doc: "the value at a fraction of the order, between two values if need be", example: "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x) FROM (VALUES (1), (2)) t(x) → 1.5"},
	{name: "percentile_disc", sigs: "double, any -> any; double[], any -> any[]", ret: discType, aggregate: true, withinGroup: true, doc: "the first value at or behind a fraction of the order",
		example: "PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY x) FROM (VALUES (1), (2)) t(x) → 1"},
	{name: "mode", sigs: "any -> any", ret: sameAs(0), aggregate: true, withinGroup: true, doc: "the most frequent value", example: "MODE() WITHIN GROUP (ORDER BY x) FROM (VALUES (1), (2), (2)) t(x) → 2"},
	{name: "approx_count_distinct", sigs: "any -> bigint", aggregate: true, twoPhase: true, doc: "number of different values, by HyperLogLog with 16384 registers: the standard error is 0.8 %",
		example: "APPROX_COUNT_DISTINCT(x) FROM (VALUES (1), (1), (2)) t(x) → 2"},
	{name: "approx_percentile", sigs: "double, double -> double", aggregate: true, twoPhase: true, doc: "the value at a fraction (the second argument, a constant) of the order, by a t-digest of compression 200: " +
		"the rank is off by about 0.5 % in the middle and less at the ends", example: "APPROX_PERCENTILE(x, 0.5) FROM (VALUES (1), (2), (3)) t(x) → 2"},
	{name: "top_k", sigs: "any, int -> any[]", ret: arrayOfFirst, aggregate: true, twoPhase: true, doc: "the most frequent values, the most frequent first, by counters for 16 times as many (at least 256): " +
		"a count is short by at most 1/256 of the rows, or 1/(16 k)", example: "TOP_K(x, 1) FROM (VALUES ('a'), ('b'), ('b')) t(x) → {b}"},
}

// pairAgg are the aggregates of pairs, by the method of Youngs and Cramer as
// PostgreSQL has it: sums, and sums of the distances from the averages.
type pairAgg struct {
	result func(c *pairCell) (v float64, ok bool)
	count  bool // REGR_COUNT
	cells  []pairCell
}

type pairCell struct{ n, sx, sxx, sy, syy, sxy float64 }

var pairResults = map[string]func(c *pairCell) (float64, bool){
	"covar_pop":  func(c *pairCell) (float64, bool) { return c.sxy / c.n, c.n >= 1 },
	"covar_samp": func(c *pairCell) (float64, bool) { return c.sxy / (c.n - 1), c.n >= 2 },
	"corr": func(c *pairCell) (float64, bool) {
		return c.sxy / math.Sqrt(c.sxx*c.syy), c.n >= 1 && c.sxx != 0 && c.syy != 0
	},
	"regr_avgx": func(c *pairCell) (float64, bool) { return c.sx / c.n, c.n >= 1 },
	"regr_avgy": func(c *pairCell) (float64, bool) { return c.sy / c.n, c.n >= 1 },
	"regr_intercept": func(c *pairCell) (float64, bool) {
		return (c.sy - c.sx*c.sxy/c.sxx) / c.n, c.n >= 1 && c.sxx != 0
	},
	"regr_r2": func(c *pairCell) (float64, bool) {
		if c.n >= 1 && c.sxx != 0 && c.syy == 0 {
			return 1, true
		}
		return (c.sxy * c.sxy) / (c.sxx * c.syy), c.n >= 1 && c.sxx != 0
	},
	"regr_slope": func(c *pairCell) (float64, bool) { return c.sxy / c.sxx, c.n >= 1 && c.sxx != 0 },
	"regr_sxx":   func(c *pairCell) (float64, bool) { return c.sxx, c.n >= 1 },
	"regr_sxy":   func(c *pairCell) (float64, bool) { return c.sxy, c.n >= 1 },
	"regr_syy":   func(c *pairCell) (float64, bool) { return c.syy, c.n >= 1 },
	"regr_count": nil,
}

func (a *pairAgg) Resize(n int) { a.cells = grow(a.cells, n) }
func (a *pairAgg) Reset()       { a.cells = a.cells[:0] }
func (a *pairAgg) Bytes() int64 { return int64(cap(a.cells)) * 48 }

func (a *pairAgg) Update(groups []int32, args []*exec.Column, rows []int32) error {
	cy, cx := args[0], args[1]
	for k, g := range groups {
		i := at(rows, k)
		if cy.IsNull(i) || cx.IsNull(i) {
			continue
		}
		if err := a.cells[g].add(cx.Float[i], cy.Float[i]); err != nil {
			return rowFault(i, err)
		}
	}
	return nil
}

func (c *pairCell) add(x, y float64) error {
	was := *c
	c.n++
	c.sx += x
	c.sy += y
	if was.n == 0 {
		if x-x != 0 {
			c.sxx, c.sxy = math.NaN(), math.NaN()
		}
		if y-y != 0 {
			c.syy, c.sxy = math.NaN(), math.NaN()
		}
		return nil
	}
	dx, dy, scale := x*c.n-c.sx, y*c.n-c.sy, 1/(c.n*was.n)
	c.sxx += dx * dx * scale
	c.syy += dy * dy * scale
	c.sxy += dx * dy * scale
	return c.check(was, pairCell{sx: x, sy: y})
}

// check tells an overflow of sums from infinities that were added.
func (c *pairCell) check(a, b pairCell) error {
	inf := func(v float64) bool { return math.IsInf(v, 0) }
	x := inf(a.sx) || inf(b.sx)
	y := inf(a.sy) || inf(b.sy)
	if (inf(c.sx) || inf(c.sxx)) && !x || (inf(c.sy) || inf(c.syy)) && !y || inf(c.sxy) && !x && !y {
		*c = a
		return errOverflow()
	}
	for _, p := range []*float64{&c.sxx, &c.syy, &c.sxy} {
		if inf(*p) {
			*p = math.NaN()
		}
	}
	return nil
}

func (a *pairAgg) State() []exec.Layout {
	return []exec.Layout{exec.Floats, exec.Floats, exec.Floats, exec.Floats, exec.Floats, exec.Floats}
}

func (a *pairAgg) AppendState(dst []*exec.Column, g int) {
	c := a.cells[g]
	for i, v := range [6]float64{c.n, c.sx, c.sxx, c.sy, c.syy, c.sxy} {
		dst[i].AppendFloat(v)
	}
}

func (a *pairAgg) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	for k, g := range groups {
		i := at(rows, k)
		if state[0].IsNull(i) || state[0].Float[i] == 0 {
			continue
		}
		b := pairCell{state[0].Float[i], state[1].Float[i], state[2].Float[i], state[3].Float[i], state[4].Float[i], state[5].Float[i]}
		c := &a.cells[g]
		if c.n == 0 {
			*c = b
			continue
		}
		was := *c
		n := c.n + b.n
		mx, my := c.sx/c.n-b.sx/b.n, c.sy/c.n-b.sy/b.n
		*c = pairCell{n, c.sx + b.sx, c.sxx + b.sxx + c.n*b.n*mx*mx/n, c.sy + b.sy, c.syy + b.syy + c.n*b.n*my*my/n, c.sxy + b.sxy + c.n*b.n*mx*my/n}
		if err := c.check(was, b); err != nil {
			return rowFault(i, err)
		}
	}
	return nil
}

func (a *pairAgg) AppendResult(dst *exec.Column, g int) error {
	c := &a.cells[g]
	if a.count {
		dst.AppendInt(int64(c.n))
		return nil
	}
	if v, ok := a.result(c); ok {
		dst.AppendFloat(v)
	} else {
		dst.AppendNull()
	}
	return nil
}

const bitSigs = "smallint -> smallint; int -> int; bigint -> bigint"

// bitAgg is BIT_AND, BIT_OR and BIT_XOR.
type bitAgg struct {
	op    byte
	cells []extremeCell[int64]
}

func (a *bitAgg) Resize(n int) { a.cells = grow(a.cells, n) }
func (a *bitAgg) Reset()       { a.cells = a.cells[:0] }
func (a *bitAgg) Bytes() int64 { return int64(cap(a.cells)) * 16 }

func (a *bitAgg) Update(groups []int32, args []*exec.Column, rows []int32) error {
	x := args[0]
	for k, g := range groups {
		i := at(rows, k)
		if x.IsNull(i) {
			continue
		}
		c, v := &a.cells[g], x.Int[i]
		switch {
		case !c.seen:
			c.v, c.seen = v, true
		case a.op == '&':
			c.v &= v
		case a.op == '|':
			c.v |= v
		default:
			c.v ^= v
		}
	}
	return nil
}

func (a *bitAgg) State() []exec.Layout { return []exec.Layout{exec.Ints} }

func (a *bitAgg) AppendState(dst []*exec.Column, g int) { _ = a.AppendResult(dst[0], g) }

func (a *bitAgg) Merge(groups []int32, state []*exec.Column, rows []int32) error {
	return a.Update(groups, state, rows)
}

func (a *bitAgg) AppendResult(dst *exec.Column, g int) error {
	if a.cells[g].seen {
		dst.AppendInt(a.cells[g].v)
	} else {
		dst.AppendNull()
	}
	return nil
}
