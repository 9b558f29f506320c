package planner

import (
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// CheckTable makes a table's definition of CREATE TABLE: types resolved,
// computed columns typed, watermark and key checked. Options are copied; what
// they mean is for others to check. src is the whole text given to the parser.
func CheckTable(ct *parser.CreateTable, src string, env *Env) (*catalog.Table, error) {
	b := newBinder(env)
	t, err := b.checkTable(ct, src)
	if err != nil {
		return nil, located(err, src)
	}
	return t, nil
}

func (b *binder) checkTable(ct *parser.CreateTable, src string) (*catalog.Table, error) {
	switch {
	case ct.As != nil:
		return nil, b.unsupported(ct.As.P, "CREATE TABLE AS")
	case len(ct.Columns) == 0:
		return nil, sqlerr.New(sqlerr.InvalidTableDefinition, "a table needs at least one column").At(ct.Name.Pos())
	case len(ct.Columns) > MaxColumns:
		return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "tables can have at most %d columns", MaxColumns).At(ct.Columns[MaxColumns].Name.P)
	}
	if ct.Lookup {
		if err := checkLookup(ct); err != nil {
			return nil, err
		}
	}
	t := &catalog.Table{Name: ct.Name.Last().Text, Temporary: ct.Temporary, Lookup: ct.Lookup, Comment: ct.Comment, SQL: ct.Span().Text(src)}
	for _, o := range ct.Options {
		t.Options = append(t.Options, catalog.Option{Key: o.Key, Value: o.Value, KeyPos: o.KeyP, ValuePos: o.ValueP})
	}
	b.tables++
	r := &rel{tables: []scopeTable{{name: t.Name, id: b.tables}}}
	if err := b.declaredColumns(ct, t, r); err != nil {
		return nil, err
	}
	if err := b.computedColumns(ct, t, r, src); err != nil {
		return nil, err
	}
	if err := b.checkKey(ct, t); err != nil {
		return nil, err
	}
	if ct.Watermark == nil {
		return t, nil
	}
	w := ct.Watermark
	plain := &rel{tables: r.tables}
	for i, c := range t.Columns {
		plain.cols = append(plain.cols, scopeCol{name: c.Name, table: r.tables[0].id, index: i, typ: c.Type})
	}
	col, _, err := b.watermarkExpr(w.Column, w.Expr, plain)
	if err != nil {
		return nil, err
	}
	t.Watermark = &catalog.Watermark{Column: t.Columns[col].Name, ExprText: w.Source.Text(src)}
	return t, nil
}

// declaredColumns takes the columns over; computed ones have no type yet.
func (b *binder) declaredColumns(ct *parser.CreateTable, t *catalog.Table, r *rel) error {
	seen := map[string]bool{}
	for _, d := range ct.Columns {
		if seen[d.Name.Text] {
			return sqlerr.New(sqlerr.DuplicateColumn, "column \"%s\" specified more than once", d.Name.Text).At(d.Name.P)
		}
		seen[d.Name.Text] = true
		c := catalog.TableColumn{Name: d.Name.Text, NotNull: d.NotNull, Comment: d.Comment, Virtual: d.Virtual}
		if d.Type != nil {
			typ, err := ResolveType(d.Type)
			if err != nil {
				return err
			}
			c.Type = typ
		} else if d.Computed == nil {
			return sqlerr.New(sqlerr.SyntaxError, "column \"%s\" has no type", d.Name.Text).At(d.Name.P)
		}
		if d.Metadata {
			if c.Metadata = d.MetaFrom; c.Metadata == "" {
				c.Metadata = c.Name
			}
		} else if d.Virtual {
			return sqlerr.New(sqlerr.InvalidTableDefinition, "only METADATA columns can be VIRTUAL").At(d.Name.P)
		}
		t.Columns = append(t.Columns, c)
	}
	return nil
}

// computedColumns types the computed columns and checks defaults.
func (b *binder) computedColumns(ct *parser.CreateTable, t *catalog.Table, r *rel, src string) error {
	stored := 0
	for i, d := range ct.Columns {
		if d.Computed == nil {
			r.cols = append(r.cols, scopeCol{name: d.Name.Text, table: r.tables[0].id, index: stored, typ: t.Columns[i].Type})
			stored++
		}
	}
	if stored == 0 {
		return sqlerr.New(sqlerr.InvalidTableDefinition, "a table needs at least one column that is not computed").At(ct.Name.Pos())
	}
	for i, d := range ct.Columns {
		c := &t.Columns[i]
		if d.Computed == nil {
			if err := b.checkDefault(d, c); err != nil {
				return err
			}
			continue
		}
		e, err := b.computedExpr(d.Computed, r)
		if err != nil {
			return err
		}
		if d.Type != nil && !sameValue(e.Type(), c.Type) {
			return sqlerr.New(sqlerr.DatatypeMismatch, "column \"%s\" is of type %s but expression is of type %s",
				c.Name, typeName(c.Type), typeName(e.Type())).At(d.Computed.Pos())
		}
		c.Type, c.Computed = e.Type(), d.Source.Text(src)
		r.cols = append(r.cols, scopeCol{name: c.Name, table: r.tables[0].id, typ: c.Type, expr: e})
	}
	return nil
}

func (b *binder) checkDefault(d parser.ColumnDef, c *catalog.TableColumn) error {
	if d.Default == nil {
		return nil
	}
	e, err := b.expr(d.Default, &exprScope{clause: "DEFAULT expressions"})
	if err != nil {
		return err
	}
	if !canCast(e.Type(), c.Type, assignment) {
		return sqlerr.New(sqlerr.DatatypeMismatch, "column \"%s\" is of type %s but default expression is of type %s",
			c.Name, typeName(c.Type), typeName(e.Type())).At(d.Default.Pos()).Hint("You will need to rewrite or cast the expression.")
	}
	if _, err := b.coerce(e, c.Type, assignment); err != nil {
		return err
	}
	c.Default = parser.FormatExpr(d.Default)
	return nil
}

// checkKey takes over the primary key; the parser has gathered it from the columns
// or the table, and seen that there is one at most.
func (b *binder) checkKey(ct *parser.CreateTable, t *catalog.Table) error {
	for _, id := range ct.PrimaryKey {
		i := columnIndex(t.Columns, id)
		if i < 0 {
			var names []string
			for _, c := range t.Columns {
				names = append(names, c.Name)
			}
			e := sqlerr.New(sqlerr.UndefinedColumn, "column \"%s\" named in key does not exist", id.Text).At(id.P)
			return hintName(e, id.Text, names)
		}
		c := &t.Columns[i]
		if slices.Contains(t.PrimaryKey, c.Name) {
			return sqlerr.New(sqlerr.DuplicateColumn, "column \"%s\" appears twice in primary key constraint", c.Name).At(id.P)
		}
		if c.Computed != "" || c.Metadata != "" {
			return sqlerr.New(sqlerr.InvalidTableDefinition, "column \"%s\" of the primary key must be a plain column", c.Name).At(id.P)
		}
		t.PrimaryKey = append(t.PrimaryKey, c.Name)
	}
	return nil
}

// CheckView makes a view's definition of CREATE VIEW and names the tables and
// views that its query uses itself.
func CheckView(cv *parser.CreateView, src string, env *Env) (v *catalog.View, deps []string, err error) {
	b := newBinder(env)
	v, err = b.checkView(cv, src)
	if err != nil {
		return nil, nil, located(err, src)
	}
	return v, v.Uses, nil
}

func (b *binder) checkView(cv *parser.CreateView, src string) (*catalog.View, error) {
	if cv.Materialized {
		return nil, b.unsupported(cv.Name.Pos(), "CREATE MATERIALIZED VIEW")
	}
	if len(cv.Options) > 0 {
		return nil, b.unsupported(cv.Options[0].KeyP, "WITH (…) of a view")
	}
	node, err := b.query(cv.Query, nil, nil)
	if err != nil {
		return nil, err
	}
	if len(b.params) > 0 {
		return nil, sqlerr.New(sqlerr.UndefinedParameter, "there is no parameter $1").At(cv.Name.Pos())
	}
	if node, err = b.rename(node, cv.Columns, cv.Name.Last().Text); err != nil {
		if e := sqlerr.From(err); e.Code == sqlerr.InvalidColumnReference {
			return nil, sqlerr.New(sqlerr.SyntaxError, "CREATE VIEW specifies more column names than columns").At(e.Pos)
		}
		return nil, err
	}
	v := &catalog.View{Name: cv.Name.Last().Text, QueryText: cv.QuerySpan.Text(src), Temporary: cv.Temporary,
		Columns: node.Schema(), SQL: cv.Span().Text(src), Uses: b.deps}
	seen := map[string]bool{}
	for _, c := range v.Columns {
		if seen[c.Name] {
			return nil, sqlerr.New(sqlerr.DuplicateColumn, "column \"%s\" specified more than once", c.Name).At(cv.Name.Pos()).
				Hint("give the columns of the view different names")
		}
		seen[c.Name] = true
	}
	for _, used := range b.uses {
		if strings.EqualFold(used, v.Name) && cv.OrReplace {
			return nil, sqlerr.New(sqlerr.InvalidObjectDefinition, "infinite recursion detected in view \"%s\"", v.Name).At(cv.Name.Pos())
		}
	}
	return v, nil
}

// checkLookup refuses what only streams have.
func checkLookup(ct *parser.CreateTable) error {
	if ct.Watermark != nil {
		return sqlerr.New(sqlerr.InvalidTableDefinition, "a lookup table has no watermark").At(ct.Watermark.Column.P).
			Hint("its rows have no event time: they are read as they stand when a row asks for them")
	}
	for _, c := range ct.Columns {
		switch {
		case c.Computed != nil:
			return sqlerr.New(sqlerr.InvalidTableDefinition, "a lookup table has no computed columns").At(c.Name.P).
				Hint("compute column \"%s\" in the query, or in the source's", c.Name.Text)
		case c.Metadata:
			return sqlerr.New(sqlerr.InvalidTableDefinition, "a lookup table has no metadata columns").At(c.Name.P)
		}
	}
	return nil
}
