package pgcatalog

import (
	"strconv"
	"strings"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// expr is a compiled expression: a static type and a closure.
type expr struct {
	typ    uint32
	fields []column // of a record
	// literal is set for string constants and NULL, whose type is unknown
	// until something says what they are; text is what stood there.
	literal bool
	null    bool
	text    string
	// param is the number of a parameter whose type is not known yet.
	param int
	name  string // of the output column that it makes
	eval  func(f *frame) (any, error)
}

// frame is where an expression is evaluated: a row, and the rows around it.
type frame struct {
	run  *run
	row  []any
	up   *frame
	aggs []any // of the group
	sets []any // what set-returning functions in the select list give now
	wins []any // values of window functions
}

func constant(t uint32, v any) *expr {
	return &expr{typ: t, eval: func(*frame) (any, error) { return v, nil }}
}

func fold(id parser.Ident) string {
	if id.Quoted {
		return id.Text
	}
	return strings.ToLower(id.Text)
}

func unsupported(pos sqlerr.Pos, what string) error {
	return sqlerr.New(sqlerr.FeatureNotSupported, "%s is not supported in a catalogue query", what).At(pos)
}

// coerce gives an untyped constant or parameter a type.
func (c *compiler) coerce(e *expr, t uint32) (*expr, error) {
	switch {
	case e.param > 0 && e.typ == tUnknown:
		if t == tUnknown {
			t = tText
		}
		c.params[e.param-1] = t
		return c.paramExpr(e.param, t), nil
	case !e.literal || t == tUnknown:
		return e, nil
	case e.null:
		return &expr{typ: t, name: e.name, eval: e.eval}, nil
	}
	v, err := c.db.parse(e.text, t)
	if err != nil {
		return nil, err
	}
	out := constant(t, v)
	out.name = e.name
	return out, nil
}

// settle gives what is still untyped the type text.
func (c *compiler) settle(e *expr) (*expr, error) {
	if e.typ != tUnknown {
		return e, nil
	}
	return c.coerce(e, tText)
}

func (c *compiler) exprs(s *scope, xs []parser.Expr) ([]*expr, error) {
	out := make([]*expr, len(xs))
	for i, x := range xs {
		var err error
		if out[i], err = c.expr(s, x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// expr compiles an expression; faults are placed where it stands.
func (c *compiler) expr(s *scope, x parser.Expr) (*expr, error) {
	e, err := c.compile(s, x)
	if err != nil {
		return nil, sqlerr.From(err).At(x.Pos())
	}
	return e, nil
}

func (c *compiler) compile(s *scope, x parser.Expr) (*expr, error) {
	switch x := x.(type) {
	case *parser.Literal:
		return c.literal(x)
	case *parser.Param:
		return c.param(x)
	case *parser.ColumnRef:
		return s.column(x)
	case *parser.Unary:
		return c.unary(s, x)
	case *parser.Binary:
		return c.binary(s, x)
	case *parser.Is:
		return c.is(s, x)
	case *parser.IsDistinct:
		return c.isDistinct(s, x)
	case *parser.Between:
		return c.between(s, x)
	case *parser.In:
		return c.in(s, x)
	case *parser.Exists:
		return c.exists(s, x)
	case *parser.Subquery:
		return c.subquery(s, x)
	case *parser.Quantified:
		return c.quantified(s, x)
	case *parser.Like:
		return c.like(s, x)
	case *parser.Case:
		return c.caseOf(s, x)
	case *parser.Cast:
		return c.castTo(s, x)
	case *parser.Call:
		return c.call(s, x)
	case *parser.ArrayExpr:
		return c.arrayExpr(s, x)
	case *parser.RowExpr:
		return c.rowExpr(s, x)
	case *parser.Subscript:
		return c.subscript(s, x)
	case *parser.Field:
		return c.field(s, x)
	case *parser.Collate:
		return c.expr(s, x.X)
	}
	return nil, unsupported(x.Pos(), "this expression")
}

func (c *compiler) literal(x *parser.Literal) (*expr, error) {
	e := constant(tUnknown, nil)
	switch x.Kind {
	case "null":
		e.literal, e.null = true, true
		e.name = "?column?"
		return e, nil
	case "bool":
		e = constant(tBool, x.Text == "true")
		e.name = "?column?"
		return e, nil
	case "int":
		n, err := strconv.ParseInt(x.Text, 10, 64)
		if err != nil {
			return nil, sqlerr.New(sqlerr.NumericOutOfRange, "value \"%s\" is out of range for type bigint", x.Text)
		}
		e = constant(tInt4, n)
		if n > 1<<31-1 {
			e.typ = tInt8
		}
	case "decimal", "float":
		f, err := strconv.ParseFloat(x.Text, 64)
		if err != nil {
			return nil, sqlerr.New(sqlerr.NumericOutOfRange, "value \"%s\" is out of range", x.Text)
		}
		e = constant(tNumeric, f)
	case "string":
		e = constant(tUnknown, x.Text)
		e.literal, e.text = true, x.Text
	default:
		return nil, unsupported(x.P, "a constant of this kind")
	}
	e.name = "?column?"
	return e, nil
}

func (c *compiler) param(x *parser.Param) (*expr, error) {
	for len(c.params) < x.N {
		c.params = append(c.params, tUnknown)
	}
	return c.paramExpr(x.N, c.params[x.N-1]), nil
}

func (c *compiler) paramExpr(n int, t uint32) *expr {
	return &expr{typ: t, param: n, name: "?column?", eval: func(f *frame) (any, error) { return f.run.params[n-1], nil }}
}

func (c *compiler) caseOf(s *scope, x *parser.Case) (*expr, error) {
	conds := make([]*expr, len(x.Whens))
	results := make([]*expr, 0, len(x.Whens)+1)
	for i, w := range x.Whens {
		cond := w.Cond
		if x.X != nil {
			cond = &parser.Binary{P: w.Cond.Pos(), Op: "=", L: x.X, R: w.Cond}
		}
		var err error
		if conds[i], err = c.boolean(s, cond, "CASE/WHEN"); err != nil {
			return nil, err
		}
		then, err := c.expr(s, w.Then)
		if err != nil {
			return nil, err
		}
		results = append(results, then)
	}
	name := "case"
	otherwise := constant(tUnknown, nil)
	otherwise.literal, otherwise.null = true, true
	if x.Else != nil {
		var err error
		if otherwise, err = c.expr(s, x.Else); err != nil {
			return nil, err
		}
		if named(x.Else) {
			name = otherwise.name
		}
	}
	results, t, err := c.common("CASE", append(results, otherwise))
	if err != nil {
		return nil, err
	}
	return &expr{typ: t, name: name, fields: results[0].fields, eval: func(f *frame) (any, error) {
		for i, cond := range conds {
			v, err := cond.eval(f)
			if err != nil {
				return nil, err
			}
			if v == true {
				return results[i].eval(f)
			}
		}
		return results[len(conds)].eval(f)
	}}, nil
}

// named tells the expressions that give their own name to a column of a cast
// or CASE around them.
func named(x parser.Expr) bool {
	switch x := x.(type) {
	case *parser.ColumnRef, *parser.Call, *parser.Subquery, *parser.Field, *parser.Exists, *parser.ArrayExpr, *parser.RowExpr:
		return true
	case *parser.Collate:
		return named(x.X)
	case *parser.Subscript:
		return named(x.X)
	case *parser.Cast:
		return named(x.X)
	}
	return false
}

func (c *compiler) castTo(s *scope, x *parser.Cast) (*expr, error) {
	to, err := c.typeNamed(&x.To)
	if err != nil {
		return nil, err
	}
	e, err := c.expr(s, x.X)
	if err != nil {
		return nil, err
	}
	name := typeName(to)
	if named(x.X) {
		name = e.name
	}
	if e.typ == tUnknown && (e.literal || e.param > 0) {
		if e, err = c.coerce(e, to); err != nil {
			return nil, err
		}
		out := *e
		out.name = name
		return &out, nil
	}
	from, fields, eval := e.typ, e.fields, e.eval
	return &expr{typ: to, name: name, eval: func(f *frame) (any, error) {
		v, err := eval(f)
		if err != nil {
			return nil, err
		}
		return f.run.db.cast(v, from, to, fields)
	}}, nil
}

func (c *compiler) typeNamed(t *parser.TypeName) (uint32, error) {
	if t.Name == "array" && t.Elem != nil {
		elem, err := c.typeNamed(t.Elem)
		return arrayType(elem), err
	}
	if oid, ok := typeByName(t.Name); ok {
		if oid == tVarchar && len(t.Args) == 0 { // the parser calls text so too
			oid = tText
		}
		return oid, nil
	}
	return 0, sqlerr.New(sqlerr.UndefinedObject, "type \"%s\" does not exist", t.Name).At(t.P)
}

func (c *compiler) arrayExpr(s *scope, x *parser.ArrayExpr) (*expr, error) {
	items, err := c.exprs(s, x.Items)
	if err != nil {
		return nil, err
	}
	items, t, err := c.common("ARRAY", items)
	if err != nil {
		return nil, err
	}
	return &expr{typ: arrayType(t), name: "array", eval: func(f *frame) (any, error) {
		vals, err := evalAll(f, items)
		return arrayOf(vals...), err
	}}, nil
}

func evalAll(f *frame, xs []*expr) ([]any, error) {
	out := make([]any, len(xs))
	for i, x := range xs {
		var err error
		if out[i], err = x.eval(f); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *compiler) rowExpr(s *scope, x *parser.RowExpr) (*expr, error) {
	items, err := c.exprs(s, x.Items)
	if err != nil {
		return nil, err
	}
	e := &expr{typ: tRecord, name: "row"}
	for i := range items {
		if items[i], err = c.settle(items[i]); err != nil {
			return nil, err
		}
		e.fields = append(e.fields, column{name: "f" + strconv.Itoa(i+1), typ: items[i].typ, typmod: -1})
	}
	e.eval = func(f *frame) (any, error) {
		vals, err := evalAll(f, items)
		return &record{vals}, err
	}
	return e, nil
}

func (c *compiler) subscript(s *scope, x *parser.Subscript) (*expr, error) {
	if x.Slice {
		return nil, unsupported(x.P, "an array slice")
	}
	base, err := c.expr(s, x.X)
	if err != nil {
		return nil, err
	}
	index, err := c.expr(s, x.Index)
	if err != nil {
		return nil, err
	}
	if index, err = c.coerce(index, tInt4); err != nil {
		return nil, err
	}
	if classOf(base.typ) != classArray {
		return nil, sqlerr.New(sqlerr.DatatypeMismatch, "cannot subscript type %s because it does not support subscripting", formatType(base.typ, -1))
	}
	return &expr{typ: elementType(base.typ), name: base.name, eval: func(f *frame) (any, error) {
		v, err := base.eval(f)
		if err != nil {
			return nil, err
		}
		n, err := index.eval(f)
		if err != nil {
			return nil, err
		}
		a, ok := v.(*array)
		i, isInt := n.(int64)
		if !ok || !isInt || i < a.lower || i >= a.lower+int64(len(a.elems)) {
			return nil, nil
		}
		return a.elems[i-a.lower], nil
	}}, nil
}

func (c *compiler) field(s *scope, x *parser.Field) (*expr, error) {
	base, err := c.expr(s, x.X)
	if err != nil {
		return nil, err
	}
	name := fold(x.Name)
	for i, col := range base.fields {
		if col.name != name {
			continue
		}
		return &expr{typ: col.typ, fields: col.fields, name: name, eval: func(f *frame) (any, error) {
			v, err := base.eval(f)
			if r, ok := v.(*record); ok && err == nil {
				return r.vals[i], nil
			}
			return nil, err
		}}, nil
	}
	return nil, sqlerr.New(sqlerr.UndefinedColumn, "column \"%s\" not found in data type %s", name, formatType(base.typ, -1)).At(x.Name.P)
}
