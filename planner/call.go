package planner

import (
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

func lower(s string) string { return strings.ToLower(s) }
func upper(s string) string { return strings.ToUpper(s) }

// callName is a function's name as the registry has it.
func callName(c *parser.Call) string { return lower(c.Name.Last().Text) }

// windowCalls are the functions that only windowing gives a meaning.
var windowCalls = map[string]bool{"tumble": true, "tumble_start": true, "tumble_end": true, "tumble_rowtime": true, "tumble_proctime": true,
	"hop": true, "hop_start": true, "hop_end": true, "hop_rowtime": true, "hop_proctime": true,
	"session": true, "session_start": true, "session_end": true, "session_rowtime": true, "session_proctime": true, "cumulate": true}

func (b *binder) bindCall(x *parser.Call, s *exprScope) (plan.Expr, error) {
	name := callName(x)
	switch {
	case x.Over != nil:
		return nil, b.unsupported(x.P, "OVER (a window function)")
	case name == "grouping" && len(b.signatures(name)) == 0:
		return b.bindGrouping(x, s)
	case x.IgnoreNulls:
		return nil, b.unsupported(x.P, "IGNORE NULLS")
	case name == "lookup":
		return b.bindLookup(x, s)
	case name == "lookup_version":
		return b.bindLookupVersion(x, s)
	case setOnly(name) && b.inSet == 0 && b.userFunction(name) == nil:
		return nil, b.unsupported(x.P, upper(name)+" (a set-returning function) outside FROM")
	case windowCalls[name]:
		return b.bindWindowCall(x, name, s)
	}
	if f := b.userFunction(name); f != nil {
		return b.bindUserCall(x, f, s)
	}
	sigs := b.signatures(name)
	if len(sigs) > 0 && sigs[0].Aggregate {
		return b.bindAggregate(x, name, s)
	}
	pos := b.pos(x.P)
	if err := b.plainCall(x, name, len(sigs) > 0); err != nil {
		return nil, err
	}
	list, err := b.plainArgs(x, name)
	if err != nil {
		return nil, err
	}
	args, err := b.exprs(list, s)
	if err != nil {
		return nil, err
	}
	if name == "overlaps" {
		if args, err = b.overlapsArgs(args, pos); err != nil {
			return nil, err
		}
	}
	if e, done, err := b.special(name, args, pos); done || err != nil {
		return e, err
	}
	if e, done, err := b.arrayCall(name, sigs, args, pos); done || err != nil {
		return e, err
	}
	c, ambiguous := resolve(sigs, typesOf(args), false)
	if c == nil {
		if ambiguous {
			return nil, sqlerr.New(sqlerr.AmbiguousFunction, "function %s is not unique", signatureText(name, args)).At(pos).
				Hint("Could not choose a best candidate function. You might need to add explicit type casts.")
		}
		if e, ok, err := b.castCall(name, args, pos); ok || err != nil {
			return e, err
		}
		return nil, b.undefinedFunction(x, name, args)
	}
	return b.apply(name, c, args, pos)
}

// plainCall refuses what only aggregates can have.
func (b *binder) plainCall(x *parser.Call, name string, known bool) error {
	what := ""
	switch {
	case x.Star:
		what = "(*)"
	case x.Distinct:
		what = "DISTINCT"
	case len(x.OrderBy) > 0:
		what = "ORDER BY"
	case x.Filter != nil:
		what = "FILTER"
	default:
		return nil
	}
	if !known {
		return b.undefinedFunction(x, name, nil)
	}
	return sqlerr.New(sqlerr.WrongObjectType, "%s specified, but %s is not an aggregate function", what, name).At(b.pos(x.P))
}

// castCall is f(x) where f is a type's name: a cast, as in PostgreSQL.
func (b *binder) castCall(name string, args []plan.Expr, pos sqlerr.Pos) (plan.Expr, bool, error) {
	kind, ok := kindByName[name]
	if !ok || len(args) != 1 || !canCast(args[0].Type(), catalog.Of(kind), explicit) {
		return nil, false, nil
	}
	e, err := b.coerce(args[0], catalog.Of(kind), explicit)
	return e, true, err
}

func signatureText(name string, args []plan.Expr) string {
	var names []string
	for _, a := range args {
		names = append(names, typeName(a.Type()))
	}
	return name + "(" + strings.Join(names, ", ") + ")"
}

func (b *binder) undefinedFunction(x *parser.Call, name string, args []plan.Expr) error {
	text := signatureText(name, args)
	e := sqlerr.New(sqlerr.UndefinedFunction, "function %s does not exist", text).At(b.pos(x.P))
	if len(b.signatures(name)) == 0 && b.env.Functions != nil {
		if best := nearest(name, b.env.Functions.Names()); best != "" {
			return e.Hint("did you mean \"%s\"?", best)
		}
	}
	return e.Hint("No function matches the given name and argument types. You might need to add explicit type casts.")
}

// apply converts the arguments to the chosen overload's parameters.
func (b *binder) apply(name string, c *candidate, args []plan.Expr, pos sqlerr.Pos) (plan.Expr, error) {
	args, err := b.convertArgs(c, args)
	if err != nil {
		return nil, err
	}
	t, err := resultType(c, args)
	if err != nil {
		return nil, sqlerr.From(err).At(pos)
	}
	return &plan.Call{Fn: name, Args: args, T: t, P: pos}, nil
}

func (b *binder) convertArgs(c *candidate, args []plan.Expr) ([]plan.Expr, error) {
	out := make([]plan.Expr, len(args))
	for i, a := range args {
		p := c.args[i]
		var err error
		switch {
		case anyType(p) || a.Type().Kind != catalog.Unknown && accepts(p, a.Type()):
			out[i], err = b.decide(a)
		case a.Type().Kind == catalog.Unknown && p.Kind == catalog.Array && (p.Elem == nil || anyType(*p.Elem)):
			out[i], err = b.coerce(a, catalog.ArrayOf(catalog.Of(catalog.Varchar)), implicit)
		default:
			out[i], err = b.coerce(a, p, implicit)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func resultType(c *candidate, args []plan.Expr) (catalog.Type, error) {
	if c.sig.RetOf != nil {
		return c.sig.RetOf(typesOf(args))
	}
	return c.sig.Ret, nil
}

// special binds the forms whose arguments unite to a common type.
func (b *binder) special(name string, args []plan.Expr, pos sqlerr.Pos) (plan.Expr, bool, error) {
	switch name {
	case "coalesce", "greatest", "least":
		if len(args) == 0 {
			return nil, true, sqlerr.New(sqlerr.SyntaxError, "%s needs at least one argument", strings.ToUpper(name)).At(pos)
		}
		t, err := b.unite(args, strings.ToUpper(name))
		if err != nil {
			return nil, true, err
		}
		if name != "coalesce" && !comparable(t) {
			return nil, true, sqlerr.New(sqlerr.UndefinedFunction, "could not identify a comparison function for type %s", typeName(t)).At(pos)
		}
		return &plan.Call{Fn: name, Args: args, T: t, P: pos}, true, nil
	case "round", "trunc", "truncate":
		// PostgreSQL rounds to places in NUMERIC alone; DOUBLE is ours beside it.
		if len(args) == 2 && canCast(args[1].Type(), catalog.Of(catalog.Int), implicit) && (args[0].Type().IsInteger() || args[0].Type().Kind == catalog.Unknown) {
			x, err := b.coerce(args[0], catalog.Of(catalog.Decimal), implicit)
			args[0] = x
			return nil, false, err
		}
	case "log":
		// PostgreSQL has the logarithm to a base for NUMERIC alone; DOUBLE is ours beside it.
		if len(args) == 2 && !isFloat(args[0].Type()) && !isFloat(args[1].Type()) {
			for i := range args {
				x, err := b.coerce(args[i], catalog.Of(catalog.Decimal), implicit)
				if err != nil {
					return nil, false, nil //nolint:nilerr // no overload fits, and that is the error
				}
				args[i] = x
			}
		}
	case "ifnull", "if":
		e, err := b.choice(name, args, pos)
		return e, e != nil || err != nil, err
	case "nullif":
		if len(args) != 2 {
			return nil, true, sqlerr.New(sqlerr.SyntaxError, "NULLIF takes two arguments").At(pos)
		}
		e, err := b.nullif(args, pos)
		return e, true, err
	}
	return nil, false, nil
}

func isFloat(t catalog.Type) bool { return t.Kind == catalog.Real || t.Kind == catalog.Double }

// comparesMixed says that PostgreSQL has comparisons between two kinds, so that
// neither is converted to the other: those of integers, of floats and of times.
func comparesMixed(k, l catalog.Kind) bool {
	group := func(k catalog.Kind) int {
		switch k {
		case catalog.SmallInt, catalog.Int, catalog.BigInt:
			return 1
		case catalog.Real, catalog.Double:
			return 2
		case catalog.Date, catalog.Timestamp, catalog.TimestampLTZ:
			return 3
		}
		return 0
	}
	return group(k) != 0 && group(k) == group(l)
}

// choice unites the alternatives of IFNULL and IF, nil for a wrong number of
// arguments.
func (b *binder) choice(name string, args []plan.Expr, pos sqlerr.Pos) (plan.Expr, error) {
	from := 0
	if name == "if" {
		from = 1
	}
	if len(args) != from+2 {
		return nil, nil
	}
	out := slices.Clone(args)
	if from == 1 {
		cond, err := b.want(out[0], boolType, "argument of IF")
		if err != nil {
			return nil, err
		}
		out[0] = cond
	}
	t, err := b.unite(out[from:], upper(name))
	if err != nil {
		return nil, err
	}
	return &plan.Call{Fn: name, Args: out, T: t, P: pos}, nil
}

// nullif has the type that its first argument is compared in.
func (b *binder) nullif(args []plan.Expr, pos sqlerr.Pos) (plan.Expr, error) {
	e, err := b.compare("=", args[0], args[1], pos)
	if err != nil {
		return nil, err
	}
	c := e.(*plan.Call)
	first, err := b.decide(args[0])
	if err != nil {
		return nil, err
	}
	t := first.Type()
	if c.Fn == "=" && (args[0].Type().Kind == catalog.Unknown || !comparesMixed(t.Kind, c.Args[0].Type().Kind)) {
		t = c.Args[0].Type()
	}
	if c.Fn == "=" && c.Args[0].Type().Equal(t) && c.Args[1].Type().SameKind(t) {
		return &plan.Call{Fn: "nullif", Args: c.Args, T: t, P: pos}, nil
	}
	if args[0].Type().Kind == catalog.Unknown {
		first = c.Args[0]
	}
	return &plan.Case{Whens: []plan.When{{Cond: e, Then: &plan.Const{T: t, Null: true, P: pos}}}, Else: first, T: t, P: pos}, nil
}
