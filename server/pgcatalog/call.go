package pgcatalog

import (
	"strconv"
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// function is a scalar function. Arguments have the types of args, where tAny
// takes what comes; beyond min they may be left out, and where variadic is set
// the last may come any number of times.
type function struct {
	args     []uint32
	min      int
	variadic bool
	ret      uint32
	// retOf, when set, works the result's type out.
	retOf func(args []*expr) uint32
	// lax functions see NULLs; others are NULL when an argument is.
	lax bool
	// catalogue functions make a query without FROM one for this package.
	catalogue bool
	eval      func(r *run, args []any) (any, error)
}

// tAny is an argument of any type.
const tAny = 2276

func itoa(n int) string { return strconv.Itoa(n) }

func noFunction(name string, args []*expr) error {
	names := make([]string, len(args))
	for i, a := range args {
		names[i] = formatType(a.typ, -1)
	}
	return sqlerr.New(sqlerr.UndefinedFunction, "function %s(%s) does not exist", name, strings.Join(names, ", ")).
		Hint("No function matches the given name and argument types. You might need to add explicit type casts.")
}

// functionName is the name without the schemas that functions may be in.
func functionName(n parser.Name) (string, bool) {
	if len(n) > 1 {
		if s := fold(n[0]); len(n) > 2 || s != "pg_catalog" && s != "information_schema" {
			return "", false
		}
	}
	return fold(n.Last()), true
}

func (c *compiler) call(s *scope, x *parser.Call) (*expr, error) {
	name, ok := functionName(x.Name)
	if !ok {
		return nil, sqlerr.New(sqlerr.UndefinedFunction, "function %s does not exist", dotted(x.Name))
	}
	if x.Over != nil {
		return c.windowCall(s, x, name)
	}
	if e, err := c.aggregateCall(s, x, name); e != nil || err != nil {
		return e, err
	}
	if e, err := c.setCall(s, x, name); e != nil || err != nil {
		return e, err
	}
	args, err := c.exprs(s, x.Args)
	if err != nil {
		return nil, err
	}
	switch name {
	case "coalesce", "greatest", "least", "nullif":
		return c.choice(name, args)
	case "pg_typeof":
		if len(args) == 1 {
			t := int64(args[0].typ)
			return &expr{typ: tRegtype, name: name, eval: func(*frame) (any, error) { return t, nil }}, nil
		}
	}
	fn := functions[name]
	if fn == nil {
		return nil, noFunction(name, args)
	}
	return c.apply(name, fn, args)
}

// apply checks arguments and calls.
func (c *compiler) apply(name string, fn *function, args []*expr) (*expr, error) {
	if len(args) < fn.min || len(args) > len(fn.args) && !fn.variadic {
		return nil, noFunction(name, args)
	}
	for i := range args {
		want := fn.args[min(i, len(fn.args)-1)]
		if args[i].typ == tUnknown {
			t := want
			if want == tAny {
				t = tText
			}
			var err error
			if args[i], err = c.coerce(args[i], t); err != nil {
				return nil, err
			}
		}
		switch have := args[i].typ; {
		case want == tAny:
		case want == tAnyArray:
			if classOf(have) != classArray {
				return nil, noFunction(name, args)
			}
		case classOf(want) != classOf(have):
			return nil, noFunction(name, args)
		}
	}
	e := &expr{typ: fn.ret, name: name}
	if fn.retOf != nil {
		e.typ = fn.retOf(args)
	}
	e.eval = func(f *frame) (any, error) {
		vals, err := evalAll(f, args)
		if err != nil {
			return nil, err
		}
		for _, v := range vals {
			if v == nil && !fn.lax {
				return nil, nil
			}
		}
		return fn.eval(f.run, vals)
	}
	if fn.variadic && fn.ret == tText { // concat and its like print what they get
		for i := range args {
			args[i] = printed(args[i])
		}
	}
	return e, nil
}

// printed is an expression's text as its type's output function prints it.
func printed(e *expr) *expr {
	if classOf(e.typ) == classText {
		return e
	}
	return &expr{typ: tText, name: e.name, eval: func(f *frame) (any, error) {
		v, err := e.eval(f)
		if v == nil || err != nil {
			return nil, err
		}
		return f.run.db.text(v, e.typ, e.fields), nil
	}}
}

// choice is COALESCE, GREATEST, LEAST and NULLIF.
func (c *compiler) choice(name string, args []*expr) (*expr, error) {
	if len(args) == 0 || name == "nullif" && len(args) != 2 {
		return nil, noFunction(name, args)
	}
	args, t, err := c.common(strings.ToUpper(name), args)
	if err != nil {
		return nil, err
	}
	e := &expr{typ: t, name: name, fields: args[0].fields}
	switch name {
	case "coalesce":
		e.eval = func(f *frame) (any, error) {
			for _, a := range args {
				if v, err := a.eval(f); v != nil || err != nil {
					return v, err
				}
			}
			return nil, nil
		}
	case "nullif":
		e.eval = func(f *frame) (any, error) {
			vals, err := evalAll(f, args)
			if err != nil || vals[0] == nil || vals[1] == nil {
				return vals[0], err
			}
			n, err := compare(vals[0], vals[1])
			if n == 0 || err != nil {
				return nil, err
			}
			return vals[0], nil
		}
	default:
		sign := 1
		if name == "least" {
			sign = -1
		}
		e.eval = func(f *frame) (any, error) {
			var best any
			for _, a := range args {
				v, err := a.eval(f)
				if err != nil {
					return nil, err
				}
				if v == nil {
					continue
				}
				n := sign
				if best != nil {
					if n, err = compare(v, best); err != nil {
						return nil, err
					}
				}
				if n*sign > 0 {
					best = v
				}
			}
			return best, nil
		}
	}
	return e, nil
}
