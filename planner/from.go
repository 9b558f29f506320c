package planner

import (
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// from binds the comma list of FROM.
func (b *binder) from(items []parser.FromItem, scope *ctes) (*rel, error) {
	var left *rel
	for _, it := range items {
		r, err := b.fromItem(it, left, "INNER", scope)
		if err != nil {
			return nil, err
		}
		left = r
	}
	return left, nil
}

// fromItem binds an item beside what stands left of it (nil: nothing), which an
// UNNEST may refer to. kind is how it is joined.
func (b *binder) fromItem(it parser.FromItem, left *rel, kind string, scope *ctes) (*rel, error) {
	if err := b.enter(); err != nil {
		return nil, err
	}
	defer b.leave()
	if f, ok := it.(*parser.TableFunc); ok {
		if bind := b.besideFunc(f); bind != nil {
			return bind(f, left, kind == "LEFT")
		}
	}
	r, err := b.tableItem(it, scope)
	if err != nil {
		return nil, err
	}
	if err := b.checkAsOf(it, left, r); err != nil {
		return nil, err
	}
	if left == nil {
		return r, nil
	}
	return b.joinRels(left, r, plan.Inner, nil, itemPos(it))
}

// itemPos is where a FROM item stands.
func itemPos(it parser.FromItem) parser.Pos {
	switch it := it.(type) {
	case *parser.TableRef:
		return it.Name.Pos()
	case *parser.Derived:
		return it.P
	case *parser.TableFunc:
		return it.Call.P
	case *parser.Join:
		return it.P
	}
	return 0
}

func (b *binder) tableItem(it parser.FromItem, scope *ctes) (*rel, error) {
	switch it := it.(type) {
	case *parser.TableRef:
		return b.tableRef(it, scope)
	case *parser.Derived:
		if it.Lateral {
			return nil, b.unsupported(it.P, "LATERAL (subquery)")
		}
		node, err := b.query(it.Query, scope, nil)
		if err != nil {
			return nil, err
		}
		return b.aliased(node, "", it.Alias)
	case *parser.Join:
		return b.join(it, scope)
	case *parser.TableFunc:
		return b.tableFunc(it, scope)
	}
	return nil, sqlerr.New(sqlerr.FeatureNotSupported, "this kind of FROM item is not supported")
}

// aliased names a node's columns after its alias.
func (b *binder) aliased(node plan.Node, name string, a parser.Alias) (*rel, error) {
	if a.Name.Text != "" {
		name = a.Name.Text
	}
	node, err := b.rename(node, a.Columns, name)
	if err != nil {
		return nil, err
	}
	return b.newRel(node, name), nil
}

func (b *binder) tableRef(t *parser.TableRef, scope *ctes) (*rel, error) {
	node, err := b.named(t.Name, scope)
	if err != nil {
		return nil, err
	}
	r, err := b.aliased(node, t.Name.Last().Text, t.Alias)
	if err == nil && t.Alias.Name.Text == "" && len(t.Name) > 1 {
		r.tables[0].schema = joinName(t.Name[:len(t.Name)-1])
	}
	return r, err
}

// named finds a CTE, a table or a view.
func (b *binder) named(name parser.Name, scope *ctes) (plan.Node, error) {
	if len(name) == 1 {
		if c := scope.find(name[0]); c != nil {
			return b.useCTE(c)
		}
	}
	if b.env.Tables == nil {
		return nil, b.undefinedTable(name, scope)
	}
	t, err := b.env.Tables.Table(name)
	if err != nil {
		return nil, sqlerr.From(err).At(b.pos(name.Pos()))
	}
	if t != nil {
		b.depends(t.Name)
		n, err := b.table(t)
		if err != nil {
			return nil, sqlerr.From(err).At(b.pos(name.Pos()))
		}
		return n, nil
	}
	v, err := b.env.Tables.View(name)
	if err != nil {
		return nil, sqlerr.From(err).At(b.pos(name.Pos()))
	}
	if v == nil {
		return nil, b.undefinedTable(name, scope)
	}
	b.depends(v.Name)
	return b.view(v, name.Pos())
}

func (b *binder) undefinedTable(name parser.Name, scope *ctes) error {
	e := sqlerr.New(sqlerr.UndefinedTable, "relation \"%s\" does not exist", joinName(name)).At(b.pos(name.Pos()))
	var names []string
	for s := scope; s != nil; s = s.outer {
		for _, c := range s.list {
			names = append(names, c.def.Name.Text)
		}
	}
	if b.env.Tables != nil {
		names = append(names, b.env.Tables.Names()...)
	}
	return hintName(e, name.Last().Text, names)
}

// view expands a view.
func (b *binder) view(v *catalog.View, pos parser.Pos) (plan.Node, error) {
	if len(b.views) >= MaxViewDepth {
		return nil, sqlerr.New(sqlerr.StatementTooComplex, "views nest deeper than %d levels at view \"%s\"", MaxViewDepth, v.Name).At(b.pos(pos))
	}
	b.views = append(b.views, v.Name)
	b.hidden++
	node, err := b.viewQuery(v)
	b.hidden--
	b.views = b.views[:len(b.views)-1]
	if err != nil {
		e := *sqlerr.From(err)
		e.Pos = b.pos(pos)
		e.Message = "view \"" + v.Name + "\": " + e.Message
		return nil, &e
	}
	return node, nil
}

func (b *binder) viewQuery(v *catalog.View) (plan.Node, error) {
	st, err := parser.ParseOne(v.QueryText)
	if err != nil {
		return nil, err
	}
	sel, ok := st.(*parser.SelectStmt)
	if !ok {
		return nil, sqlerr.New(sqlerr.WrongObjectType, "its text is not a query")
	}
	node, err := b.query(sel.Query, nil, nil)
	if err != nil {
		return nil, err
	}
	names := make([]parser.Ident, len(v.Columns))
	for i, c := range v.Columns {
		names[i] = parser.Ident{Text: c.Name}
	}
	return b.rename(node, names, v.Name)
}

// depends notes a table, view or function; direct ones are named by the statement
// itself or by a function's text.
func (b *binder) depends(name string) {
	if !slices.Contains(b.uses, name) {
		b.uses = append(b.uses, name)
	}
	if b.hidden == len(b.inside) && !slices.Contains(b.deps, name) {
		b.deps = append(b.deps, name)
	}
}

// tableFunc binds a function in FROM: a window table function, or UNNEST without
// anything to its left (which fromItem handles).
func (b *binder) tableFunc(f *parser.TableFunc, scope *ctes) (*rel, error) {
	name := callName(f.Call)
	switch name {
	case "tumble":
		node, err := b.tumbleTable(f.Call, scope)
		if err != nil {
			return nil, err
		}
		return b.aliased(node, "", f.Alias)
	case "hop", "session", "cumulate":
		return nil, b.unsupported(f.Call.P, upper(name)).Hint("only tumbling windows (TUMBLE) are there")
	case "unnest":
		return b.unnest(f, nil, false)
	}
	if b.userFunction(name) != nil {
		return b.remoteTable(f, nil, false)
	}
	e := sqlerr.New(sqlerr.UndefinedFunction, "table function %s does not exist", name).At(b.pos(f.Call.P))
	return nil, e.Hint("CREATE FUNCTION %s(…) RETURNS TABLE (…) LANGUAGE grpc WITH (…) makes one", catalog.QuoteIdent(name))
}

// besideFunc binds the functions in FROM that may use what stands left of them;
// nil for others.
func (b *binder) besideFunc(f *parser.TableFunc) func(f *parser.TableFunc, left *rel, outer bool) (*rel, error) {
	name := callName(f.Call)
	if name == "unnest" {
		return b.unnest
	}
	if _, ok := setFuncs[name]; ok && b.userFunction(name) == nil {
		return b.setFunc
	}
	if b.userFunction(name) != nil {
		return b.remoteTable
	}
	return nil
}

// unnest binds UNNEST(x) beside the columns it may use.
func (b *binder) unnest(f *parser.TableFunc, left *rel, outer bool) (*rel, error) {
	pos := b.pos(f.Call.P)
	if len(f.Call.Args) != 1 {
		return nil, b.unsupported(f.Call.P, "UNNEST with other than one argument")
	}
	if left == nil {
		left = &rel{node: oneRow()}
	}
	xs, left, err := b.besideArgs(f.Call.Args, left)
	if err != nil {
		return nil, err
	}
	x := xs[0]
	cols, err := unnestColumns(x.Type(), f.WithOrdinality)
	if err != nil {
		return nil, sqlerr.From(err).At(pos)
	}
	alias := f.Alias.Name.Text
	if alias == "" {
		alias = "unnest"
	} else if len(cols) == 1 || len(cols) == 2 && f.WithOrdinality && x.Type().Elem != nil && x.Type().Elem.Kind != catalog.Row {
		cols[0].Name = alias // a single column goes by the alias
	}
	if len(f.Alias.Columns) > len(cols) {
		return nil, sqlerr.New(sqlerr.InvalidColumnReference, "table \"%s\" has %d columns available but %d columns specified",
			alias, len(cols), len(f.Alias.Columns)).At(b.pos(f.Alias.Columns[len(cols)].P))
	}
	for i, c := range f.Alias.Columns {
		cols[i].Name = c.Text
	}
	node := &plan.Unnest{Input: left.node, X: x, Cols: cols, Outer: outer, Ordinality: f.WithOrdinality}
	out := &rel{node: node, cols: append([]scopeCol{}, left.cols...), tables: append([]scopeTable{}, left.tables...)}
	b.tables++
	out.tables = append(out.tables, scopeTable{name: alias, id: b.tables})
	base := len(left.node.Schema())
	for i, c := range cols {
		out.cols = append(out.cols, scopeCol{name: c.Name, table: b.tables, index: base + i, typ: c.Type})
	}
	return out, nil
}

func unnestColumns(t catalog.Type, ordinality bool) (cols catalog.Schema, err error) {
	switch {
	case t.Kind == catalog.Array && t.Elem.Kind == catalog.Row:
		for _, f := range t.Elem.Fields {
			cols = append(cols, catalog.Column(f))
		}
	case t.Kind == catalog.Array:
		cols = catalog.Schema{{Name: "unnest", Type: *t.Elem}}
	case t.Kind == catalog.Map:
		cols = catalog.Schema{{Name: "key", Type: *t.Key}, {Name: "value", Type: *t.Elem}}
	default:
		return nil, sqlerr.New(sqlerr.UndefinedFunction, "function unnest(%s) does not exist", typeName(t)).
			Hint("UNNEST takes an ARRAY or a MAP")
	}
	if ordinality {
		cols = append(cols, catalog.Column{Name: "ordinality", Type: catalog.Of(catalog.BigInt)})
	}
	return cols, nil
}

// oneRow is the relation of a query without FROM.
func oneRow() plan.Node { return &plan.Values{Rows: [][]plan.Expr{{}}} }
