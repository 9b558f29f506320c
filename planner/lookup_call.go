package planner

import (
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// While a block is bound, calls of these names stand for what an Expand will
// give: LOOKUP(table, column, key…), LOOKUP_VERSION(table) and f(argument…). Their
// first argument is the name of the table or function; askLookup's second is the
// place of the column.
const (
	askLookup  = "@lookup"
	askVersion = "@lookup_version"
	askRemote  = "@call"
)

// asking reads an expression as a question.
func asking(x plan.Expr) *plan.Call {
	if c, ok := x.(*plan.Call); ok {
		switch c.Fn {
		case askLookup, askVersion, askRemote, askSubquery, askIn:
			return c
		}
	}
	return nil
}

// asks says that there is a question in an expression.
func asks(x plan.Expr) bool {
	found := false
	plan.WalkExpr(x, func(x plan.Expr) bool {
		found = found || asking(x) != nil
		return !found
	})
	return found
}

// askName is a question's name for errors.
func askName(c *plan.Call) string {
	switch c.Fn {
	case askLookup:
		return "LOOKUP"
	case askVersion:
		return "LOOKUP_VERSION"
	case askSubquery:
		return "a subquery in an expression"
	case askIn:
		return "IN or EXISTS (subquery)"
	}
	return "the remote function " + c.Args[0].(*plan.Const).Text
}

// askClauses are the places from which questions are taken out.
var askClauses = map[string]bool{"SELECT": true, "WHERE": true, "GROUP BY": true, "HAVING": true, "ORDER BY": true, "FILTER": true,
	"JOIN conditions": true, "FROM": true, "functions in SQL": true}

// mayAsk refuses a question where there is no row to ask it for.
func (b *binder) mayAsk(x *parser.Call, s *exprScope, what string) error {
	if !askClauses[s.clause] {
		return b.unsupported(x.P, what+" in "+s.clause)
	}
	return b.userCall(x, callName(x))
}

func text(s string) *plan.Const { return &plan.Const{T: catalog.Of(catalog.Varchar), Text: s} }

// bindLookup binds LOOKUP('t', 'column', key… [, default]).
func (b *binder) bindLookup(x *parser.Call, s *exprScope) (plan.Expr, error) {
	pos := b.pos(x.P)
	if err := b.mayAsk(x, s, "LOOKUP"); err != nil {
		return nil, err
	}
	if len(x.Args) < 3 {
		return nil, sqlerr.New(sqlerr.UndefinedFunction, "LOOKUP takes a table, a column, the key, and maybe a default").At(pos).
			Hint("LOOKUP('customers', 'name', customer_id)")
	}
	t, err := b.lookupTable(x.Args[0], "LOOKUP")
	if err != nil {
		return nil, err
	}
	col, err := b.lookupColumn(x.Args[1], t)
	if err != nil {
		return nil, err
	}
	keys := keyColumns(t)
	if len(keys) == 0 {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "LOOKUP in a table without a primary key is not supported").At(b.pos(x.Args[0].Pos())).
			Hint("declare it: PRIMARY KEY (…) NOT ENFORCED, or write a join")
	}
	given := len(x.Args) - 2
	if given != len(keys) && given != len(keys)+1 {
		return nil, sqlerr.New(sqlerr.UndefinedFunction, "LOOKUP in \"%s\" takes the %d columns of the key and maybe a default, not %d values", t.Name, len(keys), given).
			At(pos).Hint("the primary key is (%s)", strings.Join(t.PrimaryKey, ", "))
	}
	ask := &plan.Call{Fn: askLookup, Args: []plan.Expr{text(t.Name), placeConst(col)}, T: t.Columns[col].Type, P: pos}
	for i, k := range keys {
		arg, err := b.lookupKey(x.Args[2+i], t.Columns[k], s)
		if err != nil {
			return nil, err
		}
		ask.Args = append(ask.Args, arg)
	}
	if given == len(keys) {
		return ask, nil
	}
	def, err := b.expr(x.Args[len(x.Args)-1], s)
	if err != nil {
		return nil, err
	}
	// A row that is there has its key, which is never NULL.
	found := &plan.Call{Fn: askLookup, Args: slices.Clone(ask.Args), T: t.Columns[keys[0]].Type, P: pos}
	found.Args[1] = placeConst(keys[0])
	both := []plan.Expr{ask, def}
	typ, err := b.unite(both, "LOOKUP")
	if err != nil {
		return nil, err
	}
	none := &plan.Call{Fn: "is_null", Args: []plan.Expr{found}, T: boolType, P: pos}
	return &plan.Case{Whens: []plan.When{{Cond: none, Then: both[1]}}, Else: both[0], T: typ, P: pos}, nil
}

// lookupKey binds a key as it would be compared with its column.
func (b *binder) lookupKey(x parser.Expr, c catalog.TableColumn, s *exprScope) (plan.Expr, error) {
	e, err := b.expr(x, s)
	if err != nil {
		return nil, err
	}
	pos := b.pos(x.Pos())
	eq, err := b.compare("=", &plan.Col{Name: c.Name, T: c.Type}, e, pos)
	if err != nil {
		return nil, err
	}
	if call, ok := eq.(*plan.Call); ok && call.Fn == "=" {
		if _, arg, ok := keyPair(call.Args[0], call.Args[1]); ok {
			return arg, nil
		}
	}
	return nil, sqlerr.New(sqlerr.DatatypeMismatch, "key column \"%s\" is of type %s but the value is of type %s", c.Name, typeName(c.Type), typeName(e.Type())).
		At(pos).Hint("You will need to cast the value.")
}

// lookupTable reads a constant text as the name of a lookup table.
func (b *binder) lookupTable(x parser.Expr, what string) (*catalog.Table, error) {
	l, ok := x.(*parser.Literal)
	if !ok || l.Kind != "string" {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "%s wants the table's name as a text constant", what).At(b.pos(x.Pos())).
			Hint("%s('customers', …)", what)
	}
	name := parser.Name{}
	for _, part := range catalogParts(l.Text) {
		name = append(name, parser.Ident{Text: part, P: l.P})
	}
	if b.env.Tables == nil {
		return nil, b.undefinedTable(name, nil)
	}
	t, err := b.env.Tables.Table(name)
	if err != nil {
		return nil, sqlerr.From(err).At(b.pos(l.P))
	}
	if t == nil {
		if v, err := b.env.Tables.View(name); err == nil && v != nil {
			return nil, sqlerr.New(sqlerr.WrongObjectType, "\"%s\" is not a lookup table", v.Name).At(b.pos(l.P))
		}
		return nil, b.undefinedTable(name, nil)
	}
	if !t.Lookup {
		return nil, sqlerr.New(sqlerr.WrongObjectType, "\"%s\" is not a lookup table", t.Name).At(b.pos(l.P))
	}
	b.depends(t.Name)
	if b.asked == nil {
		b.asked = map[string]*catalog.Table{}
	}
	b.asked[t.Name] = t
	return t, nil
}

// catalogParts splits schema.table.
func catalogParts(s string) []string {
	n := catalog.ParseName(s)
	parts := []string{}
	for _, p := range []string{n.Database, n.Schema} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return append(parts, n.Name)
}

func (b *binder) lookupColumn(x parser.Expr, t *catalog.Table) (int, error) {
	l, ok := x.(*parser.Literal)
	if !ok || l.Kind != "string" {
		return 0, sqlerr.New(sqlerr.FeatureNotSupported, "LOOKUP wants the column's name as a text constant").At(b.pos(x.Pos()))
	}
	if i := columnIndex(t.Columns, parser.Ident{Text: l.Text}); i >= 0 {
		return i, nil
	}
	var names []string
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	return 0, hintName(sqlerr.New(sqlerr.UndefinedColumn, "column %s.%s does not exist", t.Name, l.Text).At(b.pos(l.P)), l.Text, names)
}

// bindLookupVersion binds LOOKUP_VERSION('t').
func (b *binder) bindLookupVersion(x *parser.Call, s *exprScope) (plan.Expr, error) {
	pos := b.pos(x.P)
	if err := b.mayAsk(x, s, "LOOKUP_VERSION"); err != nil {
		return nil, err
	}
	if len(x.Args) != 1 {
		return nil, sqlerr.New(sqlerr.UndefinedFunction, "LOOKUP_VERSION takes the name of a lookup table").At(pos).Hint("LOOKUP_VERSION('customers')")
	}
	t, err := b.lookupTable(x.Args[0], "LOOKUP_VERSION")
	if err != nil {
		return nil, err
	}
	return &plan.Call{Fn: askVersion, Args: []plan.Expr{text(t.Name)}, T: catalog.Of(catalog.BigInt), P: pos}, nil
}
