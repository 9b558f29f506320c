package planner

import (
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// orderedSets are the aggregates that are called with WITHIN GROUP.
var orderedSets = map[string]bool{"percentile_cont": true, "percentile_disc": true, "mode": true}

// inOrder are the aggregates whose result depends on the order of the rows.
var inOrder = map[string]bool{"array_agg": true, "string_agg": true, "json_agg": true, "jsonb_agg": true, "json_object_agg": true,
	"jsonb_object_agg": true, "first_value": true, "last_value": true}

// checkOrdered refuses WITHIN GROUP where it does not belong, and asks for it where it does.
func (b *binder) checkOrdered(x *parser.Call, name string) error {
	pos := b.pos(x.P)
	switch {
	case orderedSets[name] && !x.WithinGroup:
		return sqlerr.New(sqlerr.WrongObjectType, "WITHIN GROUP is required for ordered-set aggregate %s", name).At(pos)
	case !orderedSets[name] && x.WithinGroup:
		return sqlerr.New(sqlerr.WrongObjectType, "%s is not an ordered-set aggregate, so it cannot have WITHIN GROUP", name).At(pos)
	case x.WithinGroup && x.Distinct:
		return sqlerr.New(sqlerr.SyntaxError, "cannot use DISTINCT with WITHIN GROUP").At(pos)
	case x.WithinGroup && len(x.OrderBy) != 1:
		return b.unsupported(x.P, "WITHIN GROUP with more than one key")
	}
	return nil
}

func orderOf(o parser.OrderItem) plan.AggOrder {
	k := plan.AggOrder{Desc: o.Desc, NullsFirst: o.Desc}
	if o.NullsFirst != nil {
		k.NullsFirst = *o.NullsFirst
	}
	return k
}

// orderAggregate adds the keys of ORDER BY behind a call's arguments. DISTINCT
// sorts by what is left of the arguments as well: equal rows then stand together.
func (b *binder) orderAggregate(call *aggCall, x *parser.Call, s *exprScope) error {
	args := slices.Clone(call.args)
	var keys []plan.Expr
	for _, o := range x.OrderBy {
		e, err := b.expr(o.X, s)
		if err != nil {
			return err
		}
		if e, err = b.decide(e); err != nil {
			return err
		}
		if t := e.Type(); t.Kind == catalog.JSON || t.Kind == catalog.Map {
			return sqlerr.New(sqlerr.UndefinedFunction, "could not identify an ordering operator for type %s", typeName(t)).At(e.Pos())
		}
		is := func(a plan.Expr) bool { return plan.Equal(a, e) }
		if x.Distinct && !slices.ContainsFunc(args, is) {
			return sqlerr.New(sqlerr.InvalidColumnReference, "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list").At(e.Pos())
		}
		keys, call.order = append(keys, e), append(call.order, orderOf(o))
	}
	if call.user == nil && !inOrder[call.fn] {
		call.order = nil // the order makes no difference
		return nil
	}
	if call.user != nil && len(keys) > 0 {
		return b.unsupported(x.P, "ORDER BY in an aggregate function of your own")
	}
	if x.Distinct && call.user == nil && call.fn != "first_value" && call.fn != "last_value" {
		for _, a := range args {
			if t := a.Type(); t.Kind == catalog.JSON || t.Kind == catalog.Map {
				return sqlerr.New(sqlerr.UndefinedFunction, "could not identify an equality operator for type %s", typeName(t)).At(a.Pos())
			}
			if !slices.ContainsFunc(keys, func(k plan.Expr) bool { return plan.Equal(k, a) }) {
				keys, call.order = append(keys, a), append(call.order, plan.AggOrder{})
			}
		}
	}
	call.args = append(call.args, keys...)
	return nil
}
