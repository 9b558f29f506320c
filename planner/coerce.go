package planner

import (
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// castContext says how freely a value may be converted.
type castContext uint8

const (
	implicit   castContext = iota // in an expression, unasked
	assignment                    // into a column
	explicit                      // by CAST
)

// casts holds the least context each pair of kinds needs, as PostgreSQL's
// pg_cast has it (int, float, text and time types).
var casts = buildCasts()

func buildCasts() (m [catalog.NumKinds][catalog.NumKinds]castContext) {
	const none = explicit + 1
	for i := range m {
		for j := range m[i] {
			m[i][j] = none
		}
	}
	set := func(ctx castContext, from catalog.Kind, to ...catalog.Kind) {
		for _, t := range to {
			m[from][t] = ctx
		}
	}
	num := []catalog.Kind{catalog.SmallInt, catalog.Int, catalog.BigInt, catalog.Decimal, catalog.Real, catalog.Double}
	for i, from := range num {
		for j, to := range num {
			if i < j {
				set(implicit, from, to)
			} else {
				set(assignment, from, to)
			}
		}
	}
	set(explicit, catalog.Int, catalog.Boolean)
	set(explicit, catalog.Boolean, catalog.Int)
	set(implicit, catalog.Date, catalog.Timestamp, catalog.TimestampLTZ)
	set(implicit, catalog.Timestamp, catalog.TimestampLTZ)
	set(assignment, catalog.Timestamp, catalog.Date, catalog.Time)
	set(assignment, catalog.TimestampLTZ, catalog.Timestamp, catalog.Date, catalog.Time)
	set(implicit, catalog.Time, catalog.Interval)
	set(assignment, catalog.Interval, catalog.Time)
	set(explicit, catalog.JSON, catalog.Boolean, catalog.SmallInt, catalog.Int, catalog.BigInt, catalog.Real, catalog.Double, catalog.Decimal)
	for k := catalog.Boolean; k <= catalog.Map; k++ {
		set(assignment, k, catalog.Varchar)
		set(explicit, catalog.Varchar, k)
		set(implicit, k, k)
	}
	return m
}

// canCast says whether a value may be converted.
func canCast(from, to catalog.Type, ctx castContext) bool {
	if from.Kind == catalog.Unknown {
		return true
	}
	if casts[from.Kind][to.Kind] > ctx {
		return false
	}
	if from.Kind != to.Kind {
		return true
	}
	switch to.Kind {
	case catalog.Array:
		return from.Elem == nil || to.Elem == nil || canCast(*from.Elem, *to.Elem, ctx)
	case catalog.Map:
		return canCast(*from.Key, *to.Key, ctx) && canCast(*from.Elem, *to.Elem, ctx)
	case catalog.Row:
		if len(from.Fields) != len(to.Fields) {
			return false
		}
		for i := range from.Fields {
			if !canCast(from.Fields[i].Type, to.Fields[i].Type, ctx) {
				return false
			}
		}
	}
	return true
}

// sameValue says whether a value of one type is one of the other as it stands,
// names of fields apart.
func sameValue(from, to catalog.Type) bool {
	if from.Kind != to.Kind || len(from.Fields) != len(to.Fields) {
		return false
	}
	if to.P != 0 && (from.P != to.P || from.S != to.S) {
		return false
	}
	for i := range to.Fields {
		if !sameValue(from.Fields[i].Type, to.Fields[i].Type) {
			return false
		}
	}
	if to.Elem != nil && (from.Elem == nil || !sameValue(*from.Elem, *to.Elem)) {
		return false
	}
	return to.Key == nil || from.Key != nil && sameValue(*from.Key, *to.Key)
}

// coerce converts an expression to a type. The caller has made sure that it may.
func (b *binder) coerce(x plan.Expr, t catalog.Type, ctx castContext) (plan.Expr, error) {
	switch e := x.(type) {
	case *plan.Const:
		if e.T.Kind == catalog.Unknown {
			if e.Null || ctx != assignment || t.P == 0 {
				return b.literalAs(e, t)
			}
			return b.fold(&plan.Cast{X: &plan.Const{T: catalog.Of(catalog.Varchar), Text: e.Text, P: e.P}, T: t, Assign: true, P: e.P})
		}
		if e.Null {
			return &plan.Const{T: t, Null: true, P: e.P}, nil
		}
	case *plan.Param:
		if e.T.Kind == catalog.Unknown {
			return b.typeParam(e, t)
		}
	}
	from := x.Type()
	if sameValue(from, t) {
		return x, nil
	}
	if r, ok := x.(*plan.Call); ok && r.Fn == "row" && t.Kind == catalog.Row && len(r.Args) == len(t.Fields) {
		return b.coerceRow(r, t, ctx)
	}
	if r, ok := x.(*plan.Call); ok && r.Fn == "array" && t.Kind == catalog.Array {
		return b.coerceItems(r, t, ctx)
	}
	if err := unknownInside(from); err != nil {
		return nil, err.At(x.Pos())
	}
	return &plan.Cast{X: x, T: t, Assign: ctx == assignment, P: x.Pos()}, nil
}

// coerceRow converts the fields of ROW(…) one by one, so that undecided
// literals among them get their types.
func (b *binder) coerceRow(r *plan.Call, t catalog.Type, ctx castContext) (plan.Expr, error) {
	out := &plan.Call{Fn: "row", T: t, P: r.P, Args: make([]plan.Expr, len(r.Args))}
	for i, a := range r.Args {
		if !canCast(a.Type(), t.Fields[i].Type, ctx) {
			return nil, cannotCast(a.Type(), t.Fields[i].Type).At(a.Pos())
		}
		x, err := b.coerce(a, t.Fields[i].Type, ctx)
		if err != nil {
			return nil, err
		}
		out.Args[i] = x
	}
	return out, nil
}

func (b *binder) coerceItems(r *plan.Call, t catalog.Type, ctx castContext) (plan.Expr, error) {
	out := &plan.Call{Fn: r.Fn, T: t, P: r.P, Args: make([]plan.Expr, len(r.Args))}
	for i, a := range r.Args {
		if !canCast(a.Type(), *t.Elem, ctx) {
			return nil, cannotCast(a.Type(), *t.Elem).At(a.Pos())
		}
		x, err := b.coerce(a, *t.Elem, ctx)
		if err != nil {
			return nil, err
		}
		out.Args[i] = x
	}
	return out, nil
}

func unknownInside(t catalog.Type) *sqlerr.Error {
	if t.Kind == catalog.Unknown {
		return sqlerr.New(sqlerr.IndeterminateDatatype, "could not determine the type of an expression").Hint("add an explicit cast")
	}
	return nil
}

func cannotCast(from, to catalog.Type) *sqlerr.Error {
	return sqlerr.New(sqlerr.CannotCoerce, "cannot cast type %s to %s", typeName(from), typeName(to))
}

// typeParam decides a parameter's type by its first use.
func (b *binder) typeParam(p *plan.Param, t catalog.Type) (plan.Expr, error) {
	known := &b.params[p.N-1]
	if known.Kind == catalog.Unknown {
		base := t
		if t.Kind == catalog.Varchar || t.Kind == catalog.Decimal {
			base = catalog.Of(t.Kind)
		}
		*known = base
	}
	typed := &plan.Param{N: p.N, T: *known, P: p.P}
	if sameValue(*known, t) {
		return typed, nil
	}
	if !canCast(*known, t, explicit) {
		return nil, sqlerr.New(sqlerr.AmbiguousFunction, "inconsistent types deduced for parameter $%d", p.N).
			WithDetail("%s versus %s", typeName(*known), typeName(t)).At(p.P)
	}
	return &plan.Cast{X: typed, T: t, P: p.P}, nil
}

// decide gives an undecided expression a type of its own: text.
func (b *binder) decide(x plan.Expr) (plan.Expr, error) {
	t := x.Type()
	if !undecided(t) {
		return x, nil
	}
	return b.coerce(x, asText(t), implicit)
}

// undecided says that a type is unknown, or a field of it.
func undecided(t catalog.Type) bool {
	if t.Kind == catalog.Unknown {
		return true
	}
	return slices.ContainsFunc(t.Fields, func(f catalog.Field) bool { return undecided(f.Type) })
}

// asText puts text where a type is not decided.
func asText(t catalog.Type) catalog.Type {
	if t.Kind == catalog.Unknown {
		return catalog.Of(catalog.Varchar)
	}
	t.Fields = slices.Clone(t.Fields)
	for i := range t.Fields {
		t.Fields[i].Type = asText(t.Fields[i].Type)
	}
	return t
}

// want converts to a type that the place demands ("argument of WHERE").
func (b *binder) want(x plan.Expr, t catalog.Type, place string) (plan.Expr, error) {
	from := x.Type()
	if from.Kind != catalog.Unknown && !canCast(from, t, implicit) {
		return nil, sqlerr.New(sqlerr.DatatypeMismatch, "%s must be type %s, not type %s", place, typeName(t), typeName(from)).At(leftmost(x))
	}
	return b.coerce(x, t, implicit)
}

// leftmost is where an expression's text begins, as far as places are known: an
// operator's own is the operator's.
func leftmost(x plan.Expr) sqlerr.Pos {
	pos := x.Pos()
	switch x.(type) {
	case *plan.Call, *plan.Cast:
		for _, o := range plan.Operands(x) {
			if p := leftmost(o); p > 0 && (pos == 0 || p < pos) {
				pos = p
			}
		}
	}
	return pos
}

var boolType = catalog.Of(catalog.Boolean)

// commonType finds the type that all can be converted to, by PostgreSQL's rules
// for UNION, CASE and the like; ok is false when there is none.
func commonType(types []catalog.Type) (t catalog.Type, ok bool) {
	t = catalog.Type{}
	for _, u := range types {
		if u.Kind == catalog.Unknown {
			continue
		}
		switch {
		case t.Kind == catalog.Unknown:
			t = u
		case t.SameKind(u):
			t = mergeParams(t, u)
		case t.Kind == catalog.Row || t.Kind == catalog.Array || t.Kind == catalog.Map:
			m, ok := commonNested(t, u)
			if !ok {
				return t, false
			}
			t = m
		case category(t.Kind) != category(u.Kind):
			return t, false
		case !preferred(t.Kind) && canCast(t, u, implicit) && !canCast(u, t, implicit):
			t = u
		case !canCast(u, t, implicit):
			return t, false
		}
	}
	if t.Kind == catalog.Decimal || t.Kind == catalog.Varchar {
		// 123456789 need not fit into the DECIMAL(8,2) beside it.
		if slices.ContainsFunc(types, func(u catalog.Type) bool { return !u.Equal(t) }) {
			t = catalog.Of(t.Kind)
		}
	}
	return asText(t), true
}

// commonNested unites ARRAY, ROW and MAP types part by part.
func commonNested(t, u catalog.Type) (catalog.Type, bool) {
	if t.Kind != u.Kind || len(t.Fields) != len(u.Fields) {
		return t, false
	}
	if t.Elem != nil && u.Elem != nil {
		e, ok := commonType([]catalog.Type{*t.Elem, *u.Elem})
		if !ok {
			return t, false
		}
		t.Elem = &e
	}
	if t.Key != nil && u.Key != nil {
		k, ok := commonType([]catalog.Type{*t.Key, *u.Key})
		if !ok {
			return t, false
		}
		t.Key = &k
	}
	fields := make([]catalog.Field, len(t.Fields))
	for i, f := range t.Fields {
		ft, ok := commonType([]catalog.Type{f.Type, u.Fields[i].Type})
		if !ok {
			return t, false
		}
		fields[i] = catalog.Field{Name: f.Name, Type: ft}
	}
	if len(fields) > 0 {
		t.Fields = fields
	}
	return t, true
}

// mergeParams keeps lengths and precisions only where both types have the same.
func mergeParams(t, u catalog.Type) catalog.Type {
	if t.Equal(u) {
		return t
	}
	switch t.Kind {
	case catalog.Time, catalog.Timestamp, catalog.TimestampLTZ:
		return t.WithFrac(max(t.FracDigits(), u.FracDigits()))
	case catalog.Array, catalog.Row, catalog.Map:
		m, _ := commonNested(t, u)
		return m
	}
	if t.P != u.P || t.S != u.S {
		return catalog.Of(t.Kind)
	}
	return t
}

// unite converts expressions to their common type. construct names the place in errors.
func (b *binder) unite(xs []plan.Expr, construct string) (catalog.Type, error) {
	types := make([]catalog.Type, len(xs))
	for i, x := range xs {
		types[i] = x.Type()
	}
	t, ok := commonType(types)
	if !ok {
		return t, mismatch(xs, types, construct)
	}
	for i, x := range xs {
		y, err := b.coerce(x, t, implicit)
		if err != nil {
			return t, err
		}
		xs[i] = y
	}
	return t, nil
}

// mismatch names the first two types that do not go together.
func mismatch(xs []plan.Expr, types []catalog.Type, construct string) error {
	var seen []catalog.Type
	for i, u := range types {
		if u.Kind == catalog.Unknown {
			continue
		}
		if _, ok := commonType(append(seen, u)); !ok {
			t, _ := commonType(seen)
			if category(t.Kind) == category(u.Kind) {
				return sqlerr.New(sqlerr.CannotCoerce, "%s could not convert type %s to %s", construct, typeName(u), typeName(t)).At(leftmost(xs[i]))
			}
			return sqlerr.New(sqlerr.DatatypeMismatch, "%s types %s and %s cannot be matched", construct, typeName(t), typeName(u)).At(leftmost(xs[i]))
		}
		seen = append(seen, u)
	}
	return sqlerr.New(sqlerr.DatatypeMismatch, "%s types cannot be matched", construct)
}
