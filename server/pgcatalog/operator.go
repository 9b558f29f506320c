package pgcatalog

import (
	"math"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// ranks order the numbers by what they hold.
var ranks = map[uint32]int{tInt2: 1, tInt4: 2, tInt8: 3, tNumeric: 5, tFloat4: 6, tFloat8: 7, tOID: 4}

// common finds the type that several expressions share, and gives it to those
// that have none.
func (c *compiler) common(what string, xs []*expr) ([]*expr, uint32, error) {
	t := uint32(tUnknown)
	for _, x := range xs {
		switch {
		case x.typ == tUnknown || x.typ == t:
		case t == tUnknown:
			t = x.typ
		case classOf(x.typ) != classOf(t):
			return nil, 0, sqlerr.New(sqlerr.DatatypeMismatch, "%s types %s and %s cannot be matched", what, formatType(t, -1), formatType(x.typ, -1))
		case classOf(t) == classText:
			t = tText
		case ranks[x.typ] > ranks[t]:
			t = x.typ
		}
	}
	if t == tUnknown {
		t = tText
	}
	for i, x := range xs {
		var err error
		if xs[i], err = c.coerce(x, t); err != nil {
			return nil, 0, err
		}
		if isReg(x.typ) && x.typ != t || x.typ != t && (t == tFloat8 || t == tNumeric) {
			xs[i] = c.converted(xs[i], t)
		}
	}
	return xs, t, nil
}

// converted is e cast to t at run time.
func (c *compiler) converted(e *expr, t uint32) *expr {
	return &expr{typ: t, name: e.name, eval: func(f *frame) (any, error) {
		v, err := e.eval(f)
		if err != nil {
			return nil, err
		}
		return f.run.db.cast(v, e.typ, t, e.fields)
	}}
}

// pair compiles two operands and gives an untyped one the other's type.
func (c *compiler) pair(s *scope, l, r parser.Expr, op string) (a, b *expr, err error) {
	if a, err = c.expr(s, l); err != nil {
		return nil, nil, err
	}
	if b, err = c.expr(s, r); err != nil {
		return nil, nil, err
	}
	return c.matched(a, b, op)
}

func (c *compiler) matched(a, b *expr, op string) (*expr, *expr, error) {
	t := a.typ
	if t == tUnknown {
		t = b.typ
	}
	if t == tUnknown {
		t = tText
	}
	var err error
	if a, err = c.coerce(a, t); err != nil {
		return nil, nil, err
	}
	if b, err = c.coerce(b, t); err != nil {
		return nil, nil, err
	}
	if classOf(a.typ) != classOf(b.typ) {
		return nil, nil, noOperator(op, a.typ, b.typ)
	}
	return a, b, nil
}

func noOperator(op string, a, b uint32) error {
	return sqlerr.New(sqlerr.UndefinedFunction, "operator does not exist: %s %s %s", formatType(a, -1), op, formatType(b, -1)).
		Hint("No operator matches the given name and argument types. You might need to add explicit type casts.")
}

// boolean compiles a condition; what says of what it is the argument.
func (c *compiler) boolean(s *scope, x parser.Expr, what string) (*expr, error) {
	e, err := c.expr(s, x)
	if err != nil {
		return nil, err
	}
	if e, err = c.coerce(e, tBool); err != nil {
		return nil, err
	}
	if e.typ != tBool {
		return nil, sqlerr.New(sqlerr.DatatypeMismatch, "argument of %s must be type boolean, not type %s", what, formatType(e.typ, -1)).At(x.Pos())
	}
	return e, nil
}

func (c *compiler) unary(s *scope, x *parser.Unary) (*expr, error) {
	if x.Op == "NOT" {
		e, err := c.boolean(s, x.X, "NOT")
		if err != nil {
			return nil, err
		}
		return negated(e), nil
	}
	e, err := c.expr(s, x.X)
	if err != nil {
		return nil, err
	}
	if classOf(e.typ) != classNumber {
		return nil, noOperator(x.Op, tUnknown, e.typ)
	}
	return &expr{typ: e.typ, name: "?column?", eval: func(f *frame) (any, error) {
		v, err := e.eval(f)
		switch n := v.(type) {
		case int64:
			switch x.Op {
			case "-":
				return -n, err
			case "~":
				return ^n, err
			}
		case float64:
			if x.Op == "-" {
				return -n, err
			}
		}
		return v, err
	}}, nil
}

func negated(e *expr) *expr {
	return &expr{typ: tBool, name: "?column?", eval: func(f *frame) (any, error) {
		v, err := e.eval(f)
		if b, ok := v.(bool); ok {
			return !b, err
		}
		return nil, err
	}}
}

func (c *compiler) binary(s *scope, x *parser.Binary) (*expr, error) {
	switch x.Op {
	case "AND", "OR":
		return c.logic(s, x)
	case "=", "<>", "<", "<=", ">", ">=":
		a, b, err := c.pair(s, x.L, x.R, x.Op)
		if err != nil {
			return nil, err
		}
		return comparison(x.Op, a, b), nil
	case "||":
		return c.concat(s, x)
	case "@>", "<@", "&&":
		return c.containment(s, x)
	case "+", "-", "*", "/", "%", "&", "|", "#", "<<", ">>":
		a, b, err := c.pair(s, x.L, x.R, x.Op)
		if err != nil {
			return nil, err
		}
		if classOf(a.typ) != classNumber {
			return nil, noOperator(x.Op, a.typ, b.typ)
		}
		t := a.typ
		if ranks[b.typ] > ranks[t] {
			t = b.typ
		}
		return strict(t, func(l, r any) (any, error) { return arithmetic(x.Op, l, r) }, a, b), nil
	}
	return nil, unsupported(x.P, "the operator "+x.Op)
}

// strict is a function of two values that is NULL when one of them is.
func strict(t uint32, fn func(l, r any) (any, error), a, b *expr) *expr {
	return &expr{typ: t, name: "?column?", eval: func(f *frame) (any, error) {
		l, err := a.eval(f)
		if l == nil || err != nil {
			return nil, err
		}
		r, err := b.eval(f)
		if r == nil || err != nil {
			return nil, err
		}
		return fn(l, r)
	}}
}

func holds(op string, n int) bool {
	switch op {
	case "=":
		return n == 0
	case "<>":
		return n != 0
	case "<":
		return n < 0
	case "<=":
		return n <= 0
	case ">":
		return n > 0
	}
	return n >= 0
}

func comparison(op string, a, b *expr) *expr {
	return strict(tBool, func(l, r any) (any, error) {
		n, err := compare(l, r)
		return holds(op, n), err
	}, a, b)
}

func (c *compiler) logic(s *scope, x *parser.Binary) (*expr, error) {
	a, err := c.boolean(s, x.L, x.Op)
	if err != nil {
		return nil, err
	}
	b, err := c.boolean(s, x.R, x.Op)
	if err != nil {
		return nil, err
	}
	decides := x.Op == "OR" // the value that settles it alone
	return &expr{typ: tBool, name: "?column?", eval: func(f *frame) (any, error) {
		l, err := a.eval(f)
		if err != nil || l == decides {
			return l, err
		}
		r, err := b.eval(f)
		if err != nil || r == decides {
			return r, err
		}
		if l == nil || r == nil {
			return nil, nil
		}
		return !decides, nil
	}}, nil
}

func arithmetic(op string, l, r any) (any, error) {
	x, okX := l.(int64)
	y, okY := r.(int64)
	if !okX || !okY {
		return floatArithmetic(op, number(l), number(r))
	}
	switch op {
	case "+":
		if z := x + y; (z > x) == (y > 0) {
			return z, nil
		}
	case "-":
		if z := x - y; (z < x) == (y > 0) {
			return z, nil
		}
	case "*":
		if x == 0 || y == 0 {
			return int64(0), nil
		}
		if z := x * y; z/y == x && !(x == -1 && y == math.MinInt64) && !(y == -1 && x == math.MinInt64) {
			return z, nil
		}
	case "/", "%":
		switch {
		case y == 0:
			return nil, sqlerr.New(sqlerr.DivisionByZero, "division by zero")
		case op == "%" && y == -1:
			return int64(0), nil
		case op == "%":
			return x % y, nil
		case !(x == math.MinInt64 && y == -1):
			return x / y, nil
		}
	case "&":
		return x & y, nil
	case "|":
		return x | y, nil
	case "#":
		return x ^ y, nil
	case "<<":
		return x << (uint64(y) & 63), nil
	case ">>":
		return x >> (uint64(y) & 63), nil
	}
	return nil, sqlerr.New(sqlerr.NumericOutOfRange, "bigint out of range")
}

func number(v any) float64 {
	if n, ok := v.(int64); ok {
		return float64(n)
	}
	f, _ := v.(float64)
	return f
}

func floatArithmetic(op string, x, y float64) (any, error) {
	switch op {
	case "+":
		return x + y, nil
	case "-":
		return x - y, nil
	case "*":
		return x * y, nil
	case "/":
		if y == 0 {
			return nil, sqlerr.New(sqlerr.DivisionByZero, "division by zero")
		}
		return x / y, nil
	}
	return nil, sqlerr.New(sqlerr.UndefinedFunction, "operator does not exist: double precision %s double precision", op)
}

// concat is || of texts and of arrays.
func (c *compiler) concat(s *scope, x *parser.Binary) (*expr, error) {
	a, err := c.expr(s, x.L)
	if err != nil {
		return nil, err
	}
	b, err := c.expr(s, x.R)
	if err != nil {
		return nil, err
	}
	if classOf(a.typ) == classArray || classOf(b.typ) == classArray {
		return c.concatArrays(a, b)
	}
	for _, e := range []**expr{&a, &b} {
		if *e, err = c.settle(*e); err != nil {
			return nil, err
		}
		if classOf((*e).typ) != classText {
			*e = c.converted(*e, tText)
		}
	}
	return strict(tText, func(l, r any) (any, error) { return l.(string) + r.(string), nil }, a, b), nil
}

func (c *compiler) concatArrays(a, b *expr) (*expr, error) {
	t := a.typ
	if classOf(t) != classArray {
		t = b.typ
	}
	list := func(v any) []any {
		if x, ok := v.(*array); ok {
			return x.elems
		}
		return []any{v}
	}
	for _, e := range []**expr{&a, &b} {
		if (*e).typ != tUnknown {
			continue
		}
		var err error
		if *e, err = c.coerce(*e, t); err != nil {
			return nil, err
		}
	}
	return &expr{typ: t, name: "?column?", eval: func(f *frame) (any, error) {
		l, err := a.eval(f)
		if err != nil {
			return nil, err
		}
		r, err := b.eval(f)
		if err != nil {
			return nil, err
		}
		switch {
		case l == nil && classOf(a.typ) == classArray:
			return r, nil
		case r == nil && classOf(b.typ) == classArray:
			return l, nil
		}
		return arrayOf(append(append([]any{}, list(l)...), list(r)...)...), nil
	}}, nil
}

// containment is @>, <@ and && of arrays.
func (c *compiler) containment(s *scope, x *parser.Binary) (*expr, error) {
	a, b, err := c.pair(s, x.L, x.R, x.Op)
	if err != nil {
		return nil, err
	}
	if classOf(a.typ) != classArray {
		return nil, noOperator(x.Op, a.typ, b.typ)
	}
	return strict(tBool, func(l, r any) (any, error) {
		big, small := l.(*array), r.(*array)
		if x.Op == "<@" {
			big, small = small, big
		}
		have := map[string]bool{}
		for _, e := range big.elems {
			have[string(key(nil, e))] = e != nil
		}
		for _, e := range small.elems {
			if has := have[string(key(nil, e))]; has == (x.Op == "&&") {
				return has, nil
			}
		}
		return x.Op != "&&", nil
	}, a, b), nil
}

func (c *compiler) is(s *scope, x *parser.Is) (*expr, error) {
	e, err := c.expr(s, x.X)
	if err != nil {
		return nil, err
	}
	if x.What == "TRUE" || x.What == "FALSE" {
		if e, err = c.coerce(e, tBool); err != nil {
			return nil, err
		}
	} else if e, err = c.settle(e); err != nil {
		return nil, err
	}
	return &expr{typ: tBool, name: "?column?", eval: func(f *frame) (any, error) {
		v, err := e.eval(f)
		var is bool
		switch x.What {
		case "NULL", "UNKNOWN":
			is = v == nil
		case "TRUE":
			is = v == true
		case "FALSE":
			is = v == false
		}
		return is != x.Not, err
	}}, nil
}

func (c *compiler) isDistinct(s *scope, x *parser.IsDistinct) (*expr, error) {
	a, b, err := c.pair(s, x.L, x.R, "=")
	if err != nil {
		return nil, err
	}
	return &expr{typ: tBool, name: "?column?", eval: func(f *frame) (any, error) {
		l, err := a.eval(f)
		if err != nil {
			return nil, err
		}
		r, err := b.eval(f)
		if err != nil {
			return nil, err
		}
		if l == nil || r == nil {
			return ((l == nil) != (r == nil)) != x.Not, nil
		}
		n, err := compare(l, r)
		return (n != 0) != x.Not, err
	}}, nil
}

func (c *compiler) between(s *scope, x *parser.Between) (*expr, error) {
	if x.Symmetric {
		return nil, unsupported(x.Pos(), "BETWEEN SYMMETRIC")
	}
	e, err := c.logic(s, &parser.Binary{
		P: x.Pos(), Op: "AND",
		L: &parser.Binary{P: x.Pos(), Op: ">=", L: x.X, R: x.Lo}, R: &parser.Binary{P: x.Pos(), Op: "<=", L: x.X, R: x.Hi},
	})
	if err != nil || !x.Not {
		return e, err
	}
	return negated(e), nil
}
