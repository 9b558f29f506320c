package pgcatalog

import (
	"slices"
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// grouping is GROUP BY with the aggregates of a SELECT.
type grouping struct {
	keys []*expr
	aggs []*aggregate
}

// aggregate is one call; it sees the rows of a group one after the other.
type aggregate struct {
	name     string
	args     []*expr
	star     bool
	distinct bool
	filter   *expr
	keys     []sortKey // ORDER BY within it
	typ      uint32
	result   func(rows [][]any) (any, error)
}

func (c *compiler) groupBy(s *scope, p *selectPlan, cols []column, x *parser.Select) error {
	g := s.grouped
	for _, item := range x.GroupBy {
		if set, ok := item.(*parser.GroupingSet); ok {
			return unsupported(set.P, set.Kind)
		}
		i, err := outputColumn(item, cols, "GROUP BY")
		if err != nil {
			return err
		}
		// A name is an input column first.
		if e, err := c.compile(&scope{up: s.up, rels: s.rels, width: s.width}, item); err == nil && (i < 0 || !isLiteral(item)) {
			g.keys = append(g.keys, e)
			continue
		} else if i < 0 {
			return err
		}
		g.keys = append(g.keys, p.items[i])
	}
	if len(g.keys) > 0 || len(g.aggs) > 0 || p.having != nil {
		p.grouping = g
	}
	return nil
}

func isLiteral(x parser.Expr) bool {
	_, ok := x.(*parser.Literal)
	return ok
}

// aggregateCall compiles a call in a select list; e is nil when the name is
// no aggregate's.
func (c *compiler) aggregateCall(s *scope, x *parser.Call, name string) (*expr, error) {
	newResult, ok := aggregates[name]
	if !ok || x.Over != nil {
		return nil, nil
	}
	if s.grouped == nil {
		return nil, sqlerr.New(sqlerr.GroupingError, "aggregate functions are not allowed here")
	}
	g := s.grouped
	inner := &scope{up: s.up, rels: s.rels, width: s.width, used: s.used}
	a := &aggregate{name: name, star: x.Star, distinct: x.Distinct}
	var err error
	if a.args, err = c.exprs(inner, x.Args); err != nil {
		return nil, err
	}
	for i := range a.args {
		if a.args[i], err = c.settle(a.args[i]); err != nil {
			return nil, err
		}
	}
	if x.Filter != nil {
		if a.filter, err = c.boolean(inner, x.Filter, "FILTER"); err != nil {
			return nil, err
		}
	}
	for _, it := range x.OrderBy {
		k := newSortKey(it)
		if k.e, err = c.expr(inner, it.X); err != nil {
			return nil, err
		}
		a.keys = append(a.keys, k)
	}
	if a.typ, a.result, err = newResult(c, a); err != nil {
		return nil, err
	}
	i := len(g.aggs)
	g.aggs = append(g.aggs, a)
	return &expr{typ: a.typ, name: name, eval: func(f *frame) (any, error) { return f.aggs[i], nil }}, nil
}

// group turns the frames of rows into one frame a group: its first row and its
// aggregates. Without GROUP BY there is one group, of no rows perhaps.
func (g *grouping) group(around *frame, frames []*frame, width int, having *expr) ([]*frame, error) {
	var order []string
	groups := map[string][]*frame{}
	for _, f := range frames {
		vals, err := evalAll(f, g.keys)
		if err != nil {
			return nil, err
		}
		k := rowKey(vals)
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], f)
	}
	if len(g.keys) == 0 && len(order) == 0 {
		order = append(order, "")
	}
	var out []*frame
	for _, k := range order {
		f := &frame{run: around.run, up: around, row: make([]any, width)}
		if len(groups[k]) > 0 {
			f.row = groups[k][0].row
		}
		for _, a := range g.aggs {
			v, err := a.eval(groups[k])
			if err != nil {
				return nil, err
			}
			f.aggs = append(f.aggs, v)
		}
		if having != nil {
			v, err := having.eval(f)
			if err != nil {
				return nil, err
			}
			if v != true {
				continue
			}
		}
		out = append(out, f)
	}
	return out, nil
}

func (a *aggregate) eval(frames []*frame) (any, error) {
	var list []projected
	seen := map[string]bool{}
	for _, f := range frames {
		if a.filter != nil {
			v, err := a.filter.eval(f)
			if err != nil {
				return nil, err
			}
			if v != true {
				continue
			}
		}
		vals, err := evalAll(f, a.args)
		if err != nil {
			return nil, err
		}
		if a.distinct {
			k := rowKey(vals)
			if seen[k] {
				continue
			}
			seen[k] = true
		}
		r := projected{out: vals, keys: make([]any, len(a.keys))}
		for i, k := range a.keys {
			if r.keys[i], err = k.e.eval(f); err != nil {
				return nil, err
			}
		}
		list = append(list, r)
	}
	rows, err := (&selectPlan{keys: a.keys}).finish(list)
	if err != nil {
		return nil, err
	}
	return a.result(rows)
}

type resultOf func(rows [][]any) (any, error)

// aggregates tells the type and the result of each.
var aggregates = map[string]func(c *compiler, a *aggregate) (uint32, resultOf, error){
	"count": func(_ *compiler, a *aggregate) (uint32, resultOf, error) {
		return tInt8, func(rows [][]any) (any, error) {
			n := int64(0)
			for _, r := range rows {
				if a.star || r[0] != nil {
					n++
				}
			}
			return n, nil
		}, nil
	},
	"max": func(_ *compiler, a *aggregate) (uint32, resultOf, error) { return extreme(a, 1) },
	"min": func(_ *compiler, a *aggregate) (uint32, resultOf, error) { return extreme(a, -1) },
	"sum": func(_ *compiler, a *aggregate) (uint32, resultOf, error) {
		if err := a.arity(1); err != nil {
			return 0, nil, err
		}
		t := uint32(tInt8)
		if u := a.args[0].typ; u == tInt8 || u == tNumeric {
			t = tNumeric
		} else if u == tFloat4 || u == tFloat8 {
			t = u
		}
		return t, func(rows [][]any) (any, error) {
			var sum any
			for _, r := range rows {
				var err error
				switch {
				case r[0] == nil:
				case sum == nil:
					sum = r[0]
				default:
					if sum, err = arithmetic("+", sum, r[0]); err != nil {
						return nil, err
					}
				}
			}
			return sum, nil
		}, nil
	},
	"array_agg": func(_ *compiler, a *aggregate) (uint32, resultOf, error) {
		if err := a.arity(1); err != nil {
			return 0, nil, err
		}
		return arrayType(a.args[0].typ), func(rows [][]any) (any, error) {
			if len(rows) == 0 {
				return nil, nil
			}
			out := arrayOf()
			for _, r := range rows {
				out.elems = append(out.elems, r[0])
			}
			return out, nil
		}, nil
	},
	"string_agg": func(_ *compiler, a *aggregate) (uint32, resultOf, error) {
		if err := a.arity(2); err != nil {
			return 0, nil, err
		}
		return tText, func(rows [][]any) (any, error) {
			var b strings.Builder
			any := false
			for _, r := range rows {
				s, ok := r[0].(string)
				if !ok {
					continue
				}
				if sep, ok := r[1].(string); ok && any {
					b.WriteString(sep)
				}
				b.WriteString(s)
				any = true
			}
			if !any {
				return nil, nil
			}
			return b.String(), nil
		}, nil
	},
	"bool_and": func(_ *compiler, a *aggregate) (uint32, resultOf, error) { return booleans(a, true) },
	"every":    func(_ *compiler, a *aggregate) (uint32, resultOf, error) { return booleans(a, true) },
	"bool_or":  func(_ *compiler, a *aggregate) (uint32, resultOf, error) { return booleans(a, false) },
}

func (a *aggregate) arity(n int) error {
	if len(a.args) == n {
		return nil
	}
	return noFunction(a.name, a.args)
}

func extreme(a *aggregate, sign int) (uint32, resultOf, error) {
	if err := a.arity(1); err != nil {
		return 0, nil, err
	}
	return a.args[0].typ, func(rows [][]any) (any, error) {
		var best any
		for _, r := range rows {
			if r[0] == nil {
				continue
			}
			if best == nil {
				best = r[0]
				continue
			}
			n, err := compare(r[0], best)
			if err != nil {
				return nil, err
			}
			if n*sign > 0 {
				best = r[0]
			}
		}
		return best, nil
	}, nil
}

func booleans(a *aggregate, and bool) (uint32, resultOf, error) {
	if err := a.arity(1); err != nil {
		return 0, nil, err
	}
	return tBool, func(rows [][]any) (any, error) {
		var out any
		for _, r := range rows {
			if b, ok := r[0].(bool); ok {
				if b != and {
					return !and, nil
				}
				out = and
			}
		}
		return out, nil
	}, nil
}

// windowCall is row_number() OVER (…), or rank().
type windowCall struct {
	name      string
	partition []*expr
	keys      []sortKey
}

func (c *compiler) windowCall(s *scope, x *parser.Call, name string) (*expr, error) {
	if name != "row_number" && name != "rank" || s.windows == nil || x.Over.Name.Text != "" || x.Over.Frame != nil {
		return nil, unsupported(x.P, "this window function")
	}
	w := windowCall{name: name}
	var err error
	if w.partition, err = c.exprs(s, x.Over.PartitionBy); err != nil {
		return nil, err
	}
	for _, it := range x.Over.OrderBy {
		k := newSortKey(it)
		if k.e, err = c.expr(s, it.X); err != nil {
			return nil, err
		}
		w.keys = append(w.keys, k)
	}
	i := len(*s.windows)
	*s.windows = append(*s.windows, w)
	return &expr{typ: tInt8, name: name, eval: func(f *frame) (any, error) { return f.wins[i], nil }}, nil
}

// numberRows computes the window functions of all frames.
func numberRows(frames []*frame, windows []windowCall) error {
	for i, w := range windows {
		type entry struct {
			f    *frame
			keys []any
		}
		parts := map[string][]entry{}
		for _, f := range frames {
			f.wins = append(f.wins, nil)
			vals, err := evalAll(f, w.partition)
			if err != nil {
				return err
			}
			e := entry{f: f}
			for _, k := range w.keys {
				v, err := k.e.eval(f)
				if err != nil {
					return err
				}
				e.keys = append(e.keys, v)
			}
			parts[rowKey(vals)] = append(parts[rowKey(vals)], e)
		}
		var fault error
		for _, list := range parts {
			slices.SortStableFunc(list, func(a, b entry) int {
				n, err := less(w.keys, a.keys, b.keys)
				if err != nil {
					fault = err
				}
				return n
			})
			for n, e := range list {
				number := int64(n + 1)
				if w.name == "rank" && n > 0 {
					if same, _ := less(w.keys, list[n-1].keys, e.keys); same == 0 {
						number = list[n-1].f.wins[i].(int64)
					}
				}
				e.f.wins[i] = number
			}
		}
		if fault != nil {
			return fault
		}
	}
	return nil
}
