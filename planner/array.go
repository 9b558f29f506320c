package planner

import (
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// arrayShapes tells the functions of arrays and elements of one type: 'a' stands
// for an array, 'e' for an element.
var arrayShapes = map[string]string{"array_append": "ae", "array_prepend": "ea", "array_cat": "aa", "array_concat": "aa",
	"array_remove": "ae", "array_position": "ae", "array_contains": "ae", "array_positions": "ae", "array_replace": "aee", "width_bucket": "ea",
	"@>": "aa", "<@": "aa", "&&": "aa"}

// arrayCall binds a function whose arrays and elements are brought to one type,
// PostgreSQL's anycompatible; done is false for any other.
func (b *binder) arrayCall(name string, sigs []catalog.Signature, args []plan.Expr, pos sqlerr.Pos) (e plan.Expr, done bool, err error) {
	shape, ok := arrayShapes[name]
	if name == "array_position" && len(args) == 3 {
		shape = "aei" // i: an INT
	}
	if !ok || len(args) != len(shape) || len(sigs) == 0 {
		return nil, false, nil
	}
	types := make([]catalog.Type, len(args))
	for i, a := range args {
		types[i] = a.Type()
		switch {
		case shape[i] == 'i':
			types[i] = catalog.Of(catalog.Unknown)
		case shape[i] == 'e' || types[i].Kind == catalog.Unknown:
		case types[i].Kind != catalog.Array:
			return nil, false, nil
		default:
			types[i] = *types[i].Elem
		}
	}
	t, ok := commonType(types)
	if !ok {
		return nil, true, sqlerr.New(sqlerr.UndefinedFunction, "function %s does not exist", signatureText(name, args)).At(pos).
			Hint("No function matches the given name and argument types. You might need to add explicit type casts.")
	}
	out := make([]plan.Expr, len(args))
	for i, a := range args {
		to := t
		switch shape[i] {
		case 'a':
			to = catalog.ArrayOf(t)
		case 'i':
			to = catalog.Of(catalog.Int)
		}
		if out[i], err = b.coerce(a, to, implicit); err != nil {
			return nil, true, err
		}
	}
	ret := sigs[0].Ret
	if sigs[0].RetOf != nil {
		if ret, err = sigs[0].RetOf(typesOf(out)); err != nil {
			return nil, true, sqlerr.From(err).At(pos)
		}
	}
	return &plan.Call{Fn: name, Args: out, T: ret, P: pos}, true, nil
}

// arrayOperator binds array || array, array || element and element || array.
func (b *binder) arrayOperator(op string, args []plan.Expr, pos sqlerr.Pos) (e plan.Expr, done bool, err error) {
	if len(args) != 2 {
		return nil, false, nil
	}
	l, r := args[0].Type(), args[1].Type()
	name := "array_cat" // what is undecided beside an array is one too
	switch {
	case op == "@>" || op == "<@" || op == "&&":
		if l.Kind != catalog.Array && r.Kind != catalog.Array {
			return nil, false, nil
		}
		name = op
	case op != "||":
		return nil, false, nil
	case l.Kind != catalog.Array && r.Kind != catalog.Array:
		return nil, false, nil
	case r.Kind != catalog.Array && r.Kind != catalog.Unknown:
		name = "array_append"
	case l.Kind != catalog.Array && l.Kind != catalog.Unknown:
		name = "array_prepend"
	}
	e, done, err = b.arrayCall(name, b.signatures(name), args, pos)
	if sqlerr.CodeOf(err) == sqlerr.UndefinedFunction {
		err = operatorError(op, []catalog.Type{l, r}, false).At(pos)
	}
	return e, done, err
}

// mixedReal turns the sides of REAL + INT and the like into DOUBLE, as
// PostgreSQL computes them: its operators of real and double take the number
// as double, which is the preferred one.
func (b *binder) mixedReal(op string, args []plan.Expr) error {
	if len(args) != 2 || !slices.Contains([]string{"+", "-", "*", "/"}, op) {
		return nil
	}
	l, r := args[0].Type(), args[1].Type()
	if !l.IsNumeric() || !r.IsNumeric() || (l.Kind == catalog.Real) == (r.Kind == catalog.Real) {
		return nil
	}
	for i, a := range args {
		x, err := b.coerce(a, catalog.Of(catalog.Double), implicit)
		if err != nil {
			return err
		}
		args[i] = x
	}
	return nil
}

// quantify binds x op ANY (array) and x op ALL (array).
func (b *binder) quantify(x *parser.Quantified, s *exprScope) (plan.Expr, error) {
	op, pos := x.Op, b.pos(x.P)
	if op == "!=" {
		op = "<>"
	}
	args, err := b.exprs([]parser.Expr{x.L, x.R}, s)
	if err != nil {
		return nil, err
	}
	l, r := args[0].Type(), args[1].Type()
	types := []catalog.Type{l, {}}
	switch r.Kind {
	case catalog.Array:
		types[1] = *r.Elem
	case catalog.Unknown:
	default:
		return nil, sqlerr.New(sqlerr.WrongObjectType, "op ANY/ALL (array) requires array on right side").At(pos)
	}
	t, ok := commonType(types)
	if !ok || !isComparison(op) || !comparable(t) {
		return nil, operatorError(op, types, false).At(pos)
	}
	for i, to := range []catalog.Type{t, catalog.ArrayOf(t)} {
		if args[i], err = b.coerce(args[i], to, implicit); err != nil {
			return nil, err
		}
	}
	fn := op + "any"
	if x.All {
		fn = op + "all"
	}
	return &plan.Call{Fn: fn, Args: args, T: boolType, P: pos}, nil
}

func (b *binder) bindSubscript(x *parser.Subscript, s *exprScope) (plan.Expr, error) {
	e, err := b.expr(x.X, s)
	if err != nil {
		return nil, err
	}
	pos := b.pos(x.P)
	if x.Slice {
		return b.slice(x, e, s)
	}
	i, err := b.expr(x.Index, s)
	if err != nil {
		return nil, err
	}
	t := e.Type()
	switch t.Kind {
	case catalog.Array:
		if !canCast(i.Type(), catalog.Of(catalog.Int), assignment) || !(i.Type().Kind == catalog.Unknown || i.Type().IsNumeric()) {
			return nil, sqlerr.New(sqlerr.DatatypeMismatch, "array subscript must have type integer").At(i.Pos())
		}
		if !i.Type().IsInteger() {
			if i, err = b.coerce(i, catalog.Of(catalog.Int), assignment); err != nil {
				return nil, err
			}
		}
		return &plan.Call{Fn: "item", Args: []plan.Expr{e, i}, T: *t.Elem, P: pos}, nil
	case catalog.Map:
		if i, err = b.want(i, *t.Key, "subscript of a map"); err != nil {
			return nil, err
		}
		return &plan.Call{Fn: "item", Args: []plan.Expr{e, i}, T: *t.Elem, P: pos}, nil
	case catalog.JSON:
		return b.operator("->", []plan.Expr{e, i}, pos)
	}
	return nil, sqlerr.New(sqlerr.DatatypeMismatch, "cannot subscript type %s because it does not support subscripting", typeName(t)).At(e.Pos())
}
