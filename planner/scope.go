package planner

import (
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// rel is a relation being bound: a node, and the names that its columns have.
type rel struct {
	node plan.Node
	cols []scopeCol
	// tables are the FROM items' names in order, for t.* and for errors.
	tables []scopeTable
}

// scopeTable is a FROM item's name.
type scopeTable struct {
	name   string
	schema string // as written before the name, "" for none
	id     int
}

// scopeCol is a column as a name can reach it.
type scopeCol struct {
	name  string
	table int // id of its scopeTable; 0: none (merged by USING)
	index int // column of the node
	typ   catalog.Type
	// qualifiedOnly columns were merged by USING: * and the bare name skip them.
	qualifiedOnly bool
	// expr takes the column's place (computed columns in CREATE TABLE).
	expr plan.Expr
}

func (c *scopeCol) ref(pos sqlerr.Pos) plan.Expr {
	if c.expr != nil {
		return c.expr
	}
	return &plan.Col{Index: c.index, Name: c.name, T: c.typ, P: pos}
}

// newRel names all columns of a node after one table.
func (b *binder) newRel(node plan.Node, table string) *rel {
	b.tables++
	r := &rel{node: node, tables: []scopeTable{{name: table, id: b.tables}}}
	for i, c := range node.Schema() {
		r.cols = append(r.cols, scopeCol{name: c.Name, table: b.tables, index: i, typ: c.Type})
	}
	return r
}

// sameName compares a column's name with an identifier: first exactly, then
// without case unless it is quoted.
func sameName(name string, id parser.Ident, exact bool) bool {
	if exact {
		return name == id.Text
	}
	return !id.Quoted && strings.EqualFold(name, id.Text)
}

// find gives the columns that a name means among those that ok admits.
func (r *rel) find(id parser.Ident, ok func(*scopeCol) bool) []*scopeCol {
	for _, exact := range []bool{true, false} {
		var found []*scopeCol
		for i := range r.cols {
			if c := &r.cols[i]; sameName(c.name, id, exact) && ok(c) {
				found = append(found, c)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// table finds a FROM item by its name.
func (r *rel) table(id parser.Ident, schema parser.Name) []scopeTable {
	if r == nil {
		return nil
	}
	for _, exact := range []bool{true, false} {
		var found []scopeTable
		for _, t := range r.tables {
			if sameName(t.name, id, exact) && (len(schema) == 0 || strings.EqualFold(t.schema, joinName(schema))) {
				found = append(found, t)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

func joinName(n parser.Name) string {
	parts := make([]string, len(n))
	for i, id := range n {
		parts[i] = id.Text
	}
	return strings.Join(parts, ".")
}

// lookup resolves a column reference with the fields that follow it.
func (b *binder) lookup(r *rel, ref *parser.ColumnRef) (plan.Expr, error) {
	parts := ref.Parts
	if len(parts) > 1 {
		for skip := 0; skip < len(parts)-1 && skip < 3; skip++ {
			x, err := b.lookupIn(r, parts[:skip], parts[skip], parts[skip+1:])
			if x != nil || err != nil {
				return x, err
			}
		}
	}
	cols := r.find(parts[0], func(c *scopeCol) bool { return !c.qualifiedOnly })
	switch {
	case len(cols) == 1:
		return b.fields(cols[0].ref(b.pos(parts[0].P)), parts[1:])
	case len(cols) > 1:
		return nil, sqlerr.New(sqlerr.AmbiguousColumn, "column reference \"%s\" is ambiguous", parts[0].Text).
			At(b.pos(parts[0].P)).Hint("qualify it with a table's name or alias")
	}
	if len(parts) == 1 {
		if ts := r.table(parts[0], nil); len(ts) == 1 {
			return b.wholeRow(r, ts[0], parts[0].P), nil
		}
		return nil, b.undefinedColumn(r, parts[0], "")
	}
	if ts := r.table(parts[0], nil); len(ts) == 1 {
		return nil, b.undefinedColumn(r, parser.Ident{Text: parts[1].Text, Quoted: parts[1].Quoted, P: parts[0].P}, ts[0].name)
	}
	e := sqlerr.New(sqlerr.UndefinedTable, "missing FROM-clause entry for table \"%s\"", parts[0].Text).At(b.pos(parts[0].P))
	return nil, hintName(e, parts[0].Text, r.tableNames())
}

// lookupIn tries schema.table.column.fields; nil and no error when there is no
// such column.
func (b *binder) lookupIn(r *rel, schema parser.Name, table parser.Ident, rest []parser.Ident) (plan.Expr, error) {
	ts := r.table(table, schema)
	if len(ts) == 0 {
		return nil, nil
	}
	if len(ts) > 1 {
		return nil, sqlerr.New(sqlerr.DuplicateAlias, "table reference \"%s\" is ambiguous", table.Text).At(b.pos(table.P))
	}
	cols := r.find(rest[0], func(c *scopeCol) bool { return c.table == ts[0].id })
	switch len(cols) {
	case 0:
		return nil, nil
	case 1:
		return b.fields(cols[0].ref(b.pos(table.P)), rest[1:])
	}
	return nil, sqlerr.New(sqlerr.AmbiguousColumn, "column reference \"%s\" is ambiguous", rest[0].Text).At(b.pos(table.P))
}

// fields walks into ROW values.
func (b *binder) fields(x plan.Expr, path []parser.Ident) (plan.Expr, error) {
	for _, id := range path {
		t := x.Type()
		if t.Kind != catalog.Row {
			return nil, sqlerr.New(sqlerr.WrongObjectType, "column notation .%s applied to type %s, which is not a composite type",
				id.Text, typeName(t)).At(b.pos(id.P))
		}
		i := fieldIndex(t, id)
		if i < 0 {
			e := sqlerr.New(sqlerr.UndefinedColumn, "column \"%s\" not found in data type %s", id.Text, typeName(t)).At(b.pos(id.P))
			var names []string
			for _, f := range t.Fields {
				names = append(names, f.Name)
			}
			return nil, hintName(e, id.Text, names)
		}
		x = &plan.FieldOf{X: x, Index: i, Name: t.Fields[i].Name, T: t.Fields[i].Type, P: x.Pos()}
	}
	return x, nil
}

func fieldIndex(t catalog.Type, id parser.Ident) int {
	for _, exact := range []bool{true, false} {
		if i := slices.IndexFunc(t.Fields, func(f catalog.Field) bool { return sameName(f.Name, id, exact) }); i >= 0 {
			return i
		}
	}
	return -1
}

// wholeRow is a table's name used as a value: the ROW of its columns.
func (b *binder) wholeRow(r *rel, t scopeTable, pos parser.Pos) plan.Expr {
	row := &plan.Call{Fn: "row", T: catalog.Type{Kind: catalog.Row}, P: b.pos(pos)}
	for i := range r.cols {
		if c := &r.cols[i]; c.table == t.id {
			row.Args = append(row.Args, c.ref(b.pos(pos)))
			row.T.Fields = append(row.T.Fields, catalog.Field{Name: c.name, Type: c.typ})
		}
	}
	return row
}

func (r *rel) tableNames() []string {
	var names []string
	if r != nil {
		for _, t := range r.tables {
			names = append(names, t.name)
		}
	}
	return names
}

func (b *binder) undefinedColumn(r *rel, id parser.Ident, table string) error {
	name := "\"" + id.Text + "\""
	if table != "" {
		name = table + "." + id.Text
	}
	e := sqlerr.New(sqlerr.UndefinedColumn, "column %s does not exist", name).At(b.pos(id.P))
	var names []string
	if r != nil {
		for _, c := range r.cols {
			names = append(names, c.name)
		}
	}
	return hintName(e, id.Text, names)
}

// hintName adds the nearest of the names as a hint.
func hintName(e *sqlerr.Error, name string, names []string) error {
	if best := nearest(name, names); best != "" {
		return e.Hint("did you mean \"%s\"?", best)
	}
	return e
}

// nearest finds the name most like the one given, if one is like it at all.
func nearest(name string, names []string) string {
	const maxLen = 64 // longer names are not compared
	if len(name) > maxLen {
		return ""
	}
	best, bestD := "", len(name)/3+2
	for _, n := range names {
		if n == "" || len(n) > maxLen {
			continue
		}
		d := editDistance(strings.ToLower(name), strings.ToLower(n))
		if d < bestD && d < len(n) {
			best, bestD = n, d
		}
	}
	return best
}

// editDistance is Levenshtein's.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j]+1, diag+1)
		}
	}
	return row[len(b)]
}
