package pgcatalog

import (
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// setCall is a set-returning function in a select list.
type setCall struct {
	list func(f *frame) ([]any, error)
}

// setFunction is one that gives rows: their columns from its arguments' types.
type setFunction struct {
	min, max int
	cols     func(args []*expr) ([]column, error)
	rows     func(args []any) ([][]any, error)
}

// maxSeries bounds generate_series.
const maxSeries = maxRows

var setFunctions = map[string]*setFunction{
	"unnest": {1, 1, func(args []*expr) ([]column, error) {
		if classOf(args[0].typ) != classArray {
			return nil, noFunction("unnest", args)
		}
		return []column{{name: "unnest", typ: elementType(args[0].typ), typmod: -1}}, nil
	}, func(args []any) ([][]any, error) {
		a, _ := args[0].(*array)
		if a == nil {
			return nil, nil
		}
		return oneColumn(a.elems), nil
	}},
	"generate_series": {2, 3, func(args []*expr) ([]column, error) {
		t := uint32(tInt4)
		for _, a := range args {
			switch a.typ {
			case tInt8:
				t = tInt8
			case tInt2, tInt4, tOID:
			default:
				return nil, noFunction("generate_series", args)
			}
		}
		return []column{{name: "generate_series", typ: t, typmod: -1}}, nil
	}, func(args []any) ([][]any, error) {
		step := int64(1)
		from, ok1 := args[0].(int64)
		to, ok2 := args[1].(int64)
		if len(args) == 3 {
			n, ok := args[2].(int64)
			step, ok2 = n, ok && ok2
		}
		if !ok1 || !ok2 {
			return nil, nil
		}
		if step == 0 {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "step size cannot equal zero")
		}
		var out [][]any
		for v := from; step > 0 && v <= to || step < 0 && v >= to; v += step {
			if len(out) >= maxSeries {
				return nil, tooManyRows()
			}
			out = append(out, []any{v})
			if step > 0 && v > to-step || step < 0 && v < to-step {
				break
			}
		}
		return out, nil
	}},
	"generate_subscripts": {2, 3, func(args []*expr) ([]column, error) {
		if classOf(args[0].typ) != classArray {
			return nil, noFunction("generate_subscripts", args)
		}
		return []column{{name: "generate_subscripts", typ: tInt4, typmod: -1}}, nil
	}, func(args []any) ([][]any, error) {
		a, _ := args[0].(*array)
		if a == nil || args[1] != int64(1) {
			return nil, nil
		}
		var out [][]any
		for i := range a.elems {
			out = append(out, []any{a.lower + int64(i)})
		}
		if len(args) == 3 && args[2] == true {
			for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
				out[i], out[j] = out[j], out[i]
			}
		}
		return out, nil
	}},
	"_pg_expandarray": {1, 1, func(args []*expr) ([]column, error) {
		if classOf(args[0].typ) != classArray {
			return nil, noFunction("_pg_expandarray", args)
		}
		return []column{{name: "x", typ: elementType(args[0].typ), typmod: -1}, {name: "n", typ: tInt4, typmod: -1}}, nil
	}, func(args []any) ([][]any, error) {
		a, _ := args[0].(*array)
		if a == nil {
			return nil, nil
		}
		var out [][]any
		for i, e := range a.elems {
			out = append(out, []any{e, int64(i + 1)})
		}
		return out, nil
	}},
}

func oneColumn(vals []any) [][]any {
	out := make([][]any, len(vals))
	for i, v := range vals {
		out[i] = []any{v}
	}
	return out
}

// setArgs compiles the call's arguments; sf is nil when the name is no
// set-returning function's.
func (c *compiler) setArgs(s *scope, x *parser.Call, name string) (sf *setFunction, args []*expr, cols []column, err error) {
	if sf = setFunctions[name]; sf == nil {
		return nil, nil, nil, nil
	}
	if args, err = c.exprs(s, x.Args); err != nil {
		return nil, nil, nil, err
	}
	if len(args) < sf.min || len(args) > sf.max {
		return nil, nil, nil, noFunction(name, args)
	}
	for i := range args {
		if args[i].typ != tUnknown {
			continue
		}
		t := uint32(tInt4)
		if i == 0 && name != "generate_series" {
			t = tTextArray
		}
		if args[i], err = c.coerce(args[i], t); err != nil {
			return nil, nil, nil, err
		}
	}
	cols, err = sf.cols(args)
	return sf, args, cols, err
}

// setCall compiles a set-returning function in a select list: an expression
// whose value the projection sets row by row.
func (c *compiler) setCall(s *scope, x *parser.Call, name string) (*expr, error) {
	if setFunctions[name] == nil {
		return nil, nil
	}
	if s.sets == nil {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "set-returning functions are not allowed here")
	}
	sets := s.sets
	s.sets = nil // none within its arguments
	sf, args, cols, err := c.setArgs(s, x, name)
	s.sets = sets
	if err != nil {
		return nil, err
	}
	e := &expr{typ: cols[0].typ, name: name}
	if len(cols) > 1 {
		e.typ, e.fields = tRecord, cols
	}
	i := len(*s.sets)
	*s.sets = append(*s.sets, setCall{list: func(f *frame) ([]any, error) {
		vals, err := evalAll(f, args)
		if err != nil {
			return nil, err
		}
		rows, err := sf.rows(vals)
		out := make([]any, len(rows))
		for i, r := range rows {
			out[i] = r[0]
			if len(r) > 1 {
				out[i] = &record{r}
			}
		}
		return out, err
	}})
	e.eval = func(f *frame) (any, error) { return f.sets[i], nil }
	return e, nil
}

// tableFunc is a function in FROM, which sees the relations before it.
func (c *compiler) tableFunc(s *scope, x *parser.TableFunc) (*node, error) {
	if x.WithErrors {
		return nil, unsupported(x.Call.P, "WITH ERRORS")
	}
	name, ok := functionName(x.Call.Name)
	if !ok {
		return nil, sqlerr.New(sqlerr.UndefinedFunction, "function %s does not exist", dotted(x.Call.Name)).At(x.Call.P)
	}
	var needs []int
	outer := s.used
	s.used = &needs
	defer func() { s.used = outer }()
	sf, args, cols, err := c.setArgs(s, x.Call, name)
	if err != nil {
		return nil, sqlerr.From(err).At(x.Call.P)
	}
	if sf == nil { // a scalar function: one row
		e, err := c.expr(s, x.Call)
		if err != nil {
			return nil, err
		}
		args = []*expr{e}
		cols = []column{{name: e.name, typ: e.typ, typmod: -1, fields: e.fields}}
		sf = &setFunction{rows: func(args []any) ([][]any, error) { return [][]any{args}, nil }}
	}
	if x.WithOrdinality {
		cols = append(cols, column{name: "ordinality", typ: tInt8, typmod: -1})
	}
	rel := scopeRel{name: name}
	if x.Alias.Name.Text != "" {
		rel.name = fold(x.Alias.Name)
		if cols[0].name == name { // a column of the function's name takes the alias
			cols[0].name = rel.name
		}
	}
	if rel.cols, err = aliased(cols, x.Alias); err != nil {
		return nil, err
	}
	return leaf(s.add(rel), len(cols), needs, func(f *frame, base []any) ([][]any, error) {
		vals, err := evalAll(&frame{run: f.run, row: base, up: f}, args)
		if err != nil {
			return nil, err
		}
		rows, err := sf.rows(vals)
		if x.WithOrdinality {
			for i := range rows {
				rows[i] = append(rows[i][:len(rows[i]):len(rows[i])], int64(i+1))
			}
		}
		return rows, err
	}), nil
}
