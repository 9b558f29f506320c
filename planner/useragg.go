package planner

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// otherPrefix stands before the names of the other state's columns in MERGE.
const otherPrefix = "other_"

// bindUserAggregate binds a call of an aggregate written in SQL.
func (b *binder) bindUserAggregate(x *parser.Call, f *catalog.Function, s *exprScope) (plan.Expr, error) {
	pos := b.pos(x.P)
	switch {
	case x.Star:
		return nil, b.undefinedFunction(x, f.Name, nil)
	case s.inAggregate:
		return nil, sqlerr.New(sqlerr.GroupingError, "aggregate function calls cannot be nested").At(pos)
	case s.group == nil:
		return nil, sqlerr.New(sqlerr.GroupingError, "aggregate functions are not allowed in %s", s.clause).At(pos)
	case x.Variadic:
		return nil, b.unsupported(x.P, "VARIADIC of "+f.Name)
	case len(x.OrderBy) > 0:
		return nil, b.unsupported(x.P, "ORDER BY in "+f.Name)
	}
	args, err := b.exprs(x.Args, &exprScope{rel: s.rel, clause: s.clause, group: s.group, inAggregate: true})
	if err != nil {
		return nil, err
	}
	if args, err = b.functionArgs(x, f, args); err != nil {
		return nil, err
	}
	leave, err := b.enterFunction(f, pos)
	if err != nil {
		return nil, err
	}
	u, err := b.userAggregate(f)
	leave()
	if err != nil {
		return nil, inFunction(err, f, pos)
	}
	b.depends(f.Name + "()")
	call := aggCall{fn: f.Name, args: args, distinct: x.Distinct, t: f.Returns[0].Type, user: u}
	if x.Filter != nil {
		if call.filter, err = b.boolean(x.Filter, &exprScope{rel: s.rel, clause: "FILTER"}, "argument of FILTER"); err != nil {
			return nil, err
		}
		guard(call.args, call.filter)
	}
	return s.group.add(call, pos), nil
}

// userAggregate binds the texts of an aggregate.
func (b *binder) userAggregate(f *catalog.Function) (*plan.UserAgg, error) {
	def := f.Aggregate
	u := &plan.UserAgg{}
	var state, other catalog.Schema
	for _, c := range def.State {
		u.State = append(u.State, c.Type)
		state = append(state, catalog.Column{Name: c.Name, Type: c.Type})
		other = append(other, catalog.Column{Name: otherPrefix + c.Name, Type: c.Type})
	}
	for _, c := range def.State {
		init := c.Init
		if init == "" {
			init = "NULL"
		}
		e, err := b.aggregateText(init, nil, c.Type, "STATE "+c.Name)
		if err != nil {
			return nil, err
		}
		u.Init = append(u.Init, e)
	}
	var err error
	if u.Accumulate, err = b.assignments(def.Accumulate, state, f.Args, "ACCUMULATE"); err != nil {
		return nil, err
	}
	if len(def.Merge) > 0 {
		if u.Merge, err = b.assignments(def.Merge, state, other, "MERGE"); err != nil {
			return nil, err
		}
	}
	u.Result, err = b.aggregateText(def.Result, state, f.Returns[0].Type, "RESULT")
	return u, err
}

// assignments binds name = expression over the state and what comes beside it.
func (b *binder) assignments(list []catalog.Assignment, state, beside catalog.Schema, part string) ([]plan.Expr, error) {
	scope := append(append(catalog.Schema{}, state...), beside...)
	out := make([]plan.Expr, len(state))
	for _, a := range list {
		i := stateIndex(state, a.Name)
		switch {
		case i < 0:
			return nil, sqlerr.New(sqlerr.UndefinedColumn, "%s: \"%s\" is no STATE", part, a.Name)
		case out[i] != nil:
			return nil, sqlerr.New(sqlerr.SyntaxError, "%s: multiple assignments to \"%s\"", part, a.Name)
		}
		e, err := b.aggregateText(a.Expr, scope, state[i].Type, part+" "+state[i].Name)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// stateIndex finds a state column, first exactly, then without case.
func stateIndex(state catalog.Schema, name string) int {
	for _, exact := range []bool{true, false} {
		for i, c := range state {
			if sameName(c.Name, parser.Ident{Text: name}, exact) {
				return i
			}
		}
	}
	return -1
}

// aggregateText binds one text over columns in the order given, as the type given.
func (b *binder) aggregateText(src string, cols catalog.Schema, t catalog.Type, part string) (plan.Expr, error) {
	fault := func(err error) error {
		e := *sqlerr.From(err)
		e.Message = part + ": " + e.Message
		return &e
	}
	x, err := parser.ParseExpr(src)
	if err != nil {
		return nil, fault(err)
	}
	values := make([]plan.Expr, len(cols))
	for i, c := range cols {
		values[i] = &plan.Col{Index: i, Name: c.Name, T: c.Type}
	}
	e, err := b.expr(x, &exprScope{rel: b.argumentScope(cols, values), clause: "aggregates in SQL"})
	if err != nil {
		return nil, fault(err)
	}
	if !canCast(e.Type(), t, assignment) {
		return nil, sqlerr.New(sqlerr.DatatypeMismatch, "%s is of type %s but expression is of type %s", part, typeName(t), typeName(e.Type())).
			Hint("You will need to rewrite or cast the expression.")
	}
	if e, err = b.coerce(e, t, implicit); err != nil {
		return nil, fault(err)
	}
	return withType(e, t), nil
}

// checkAggregate checks the shape of an aggregate.
func (b *binder) checkAggregate(f *catalog.Function) error {
	seen := map[string]bool{}
	for _, a := range f.Args {
		seen[lower(a.Name)] = true
	}
	for _, c := range f.Aggregate.State {
		if seen[lower(c.Name)] {
			return sqlerr.New(sqlerr.InvalidFunctionDefinition, "name \"%s\" used more than once among arguments and STATE", c.Name)
		}
		seen[lower(c.Name)] = true
	}
	_, err := b.userAggregate(f)
	return err
}
