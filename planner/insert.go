package planner

import (
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// PlanInsert plans INSERT INTO table [(columns)] query. The root is a Sink.
func PlanInsert(ins *parser.Insert, src string, env *Env) (*plan.Query, error) {
	b := newBinder(env)
	node, err := b.insert(ins)
	if err != nil {
		return nil, located(err, src)
	}
	q, err := b.finish(node)
	return q, located(err, src)
}

// writable are the columns of a table that rows are written to, in order: all
// but the computed ones and virtual metadata.
func writable(t *catalog.Table) (cols []catalog.TableColumn) {
	for _, c := range t.Columns {
		if c.Computed == "" && !c.Virtual {
			cols = append(cols, c)
		}
	}
	return cols
}

func (b *binder) insert(ins *parser.Insert) (plan.Node, error) {
	t, err := b.insertTable(ins.Table)
	if err != nil {
		return nil, err
	}
	cols := writable(t)
	targets, err := b.insertTargets(ins, t, cols)
	if err != nil {
		return nil, err
	}
	types := make([]catalog.Type, len(targets))
	for i, c := range targets {
		types[i] = cols[c].Type
	}
	node, err := b.query(ins.Query, nil, &queryOptions{targets: types, keep: true})
	if err != nil {
		return nil, err
	}
	width := len(node.Schema())
	if width > len(targets) {
		return nil, sqlerr.New(sqlerr.SyntaxError, "INSERT has more expressions than target columns").At(b.itemPos(ins.Query, len(targets)))
	}
	if width < len(targets) && len(ins.Columns) > 0 {
		return nil, sqlerr.New(sqlerr.SyntaxError, "INSERT has more target columns than expressions").At(b.pos(ins.Columns[width].P))
	}
	p, err := b.assign(node, cols, targets, ins)
	if err != nil {
		return nil, err
	}
	return &plan.Sink{Input: p, Table: *t}, nil
}

func (b *binder) insertTable(name parser.Name) (*catalog.Table, error) {
	if b.env.Tables == nil {
		return nil, b.undefinedTable(name, nil)
	}
	t, err := b.env.Tables.Table(name)
	if err != nil {
		return nil, sqlerr.From(err).At(b.pos(name.Pos()))
	}
	if t != nil && t.Lookup {
		return nil, sqlerr.New(sqlerr.WrongObjectType, "cannot insert into lookup table \"%s\"", t.Name).At(b.pos(name.Pos())).
			Hint("its rows are those of its source: change them there, then REFRESH LOOKUP TABLE")
	}
	if t != nil {
		b.depends(t.Name)
		return t, nil
	}
	v, err := b.env.Tables.View(name)
	if err != nil {
		return nil, sqlerr.From(err).At(b.pos(name.Pos()))
	}
	if v != nil {
		return nil, sqlerr.New(sqlerr.WrongObjectType, "cannot insert into view \"%s\"", v.Name).At(b.pos(name.Pos())).Hint("insert into a table")
	}
	return nil, b.undefinedTable(name, nil)
}

// insertTargets says which writable column each expression goes to.
func (b *binder) insertTargets(ins *parser.Insert, t *catalog.Table, cols []catalog.TableColumn) ([]int, error) {
	if len(ins.Columns) == 0 {
		all := make([]int, len(cols))
		for i := range all {
			all[i] = i
		}
		return all, nil
	}
	var targets []int
	for _, id := range ins.Columns {
		i := columnIndex(cols, id)
		if i < 0 {
			return nil, b.noTarget(id, t)
		}
		if slices.Contains(targets, i) {
			return nil, sqlerr.New(sqlerr.DuplicateColumn, "column \"%s\" specified more than once", id.Text).At(b.pos(id.P))
		}
		targets = append(targets, i)
	}
	return targets, nil
}

func columnIndex(cols []catalog.TableColumn, id parser.Ident) int {
	for _, exact := range []bool{true, false} {
		if i := slices.IndexFunc(cols, func(c catalog.TableColumn) bool { return sameName(c.Name, id, exact) }); i >= 0 {
			return i
		}
	}
	return -1
}

func (b *binder) noTarget(id parser.Ident, t *catalog.Table) error {
	if i := columnIndex(t.Columns, id); i >= 0 {
		what := "a computed column"
		if t.Columns[i].Virtual {
			what = "a virtual metadata column"
		}
		return sqlerr.New(sqlerr.WrongObjectType, "cannot insert into column \"%s\"", t.Columns[i].Name).At(b.pos(id.P)).
			WithDetail("Column \"%s\" is %s.", t.Columns[i].Name, what)
	}
	var names []string
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	e := sqlerr.New(sqlerr.UndefinedColumn, "column \"%s\" of relation \"%s\" does not exist", id.Text, t.Name).At(b.pos(id.P))
	return hintName(e, id.Text, names)
}

// assign puts the query's columns into the table's, with assignment casts.
func (b *binder) assign(node plan.Node, cols []catalog.TableColumn, targets []int, ins *parser.Insert) (plan.Node, error) {
	schema := node.Schema()
	input := node
	top, _ := node.(*plan.Project)
	if top != nil {
		input = top.Input
	}
	p := &plan.Project{Input: input}
	for i, c := range cols {
		var x plan.Expr
		from := slices.Index(targets[:len(schema)], i)
		switch {
		case from < 0:
			d, err := b.missing(c)
			if err != nil {
				return nil, err
			}
			x = d
		case top != nil:
			x = top.Exprs[from]
		default:
			x = &plan.Col{Index: from, Name: schema[from].Name, T: schema[from].Type}
		}
		if !canCast(x.Type(), c.Type, assignment) {
			return nil, sqlerr.New(sqlerr.DatatypeMismatch, "column \"%s\" is of type %s but expression is of type %s",
				c.Name, typeName(c.Type), typeName(x.Type())).At(b.itemPos(ins.Query, from)).
				Hint("You will need to rewrite or cast the expression.")
		}
		y, err := b.coerce(x, c.Type, assignment)
		if err != nil {
			return nil, err
		}
		if k, ok := y.(*plan.Const); ok && k.Null && c.NotNull {
			return nil, sqlerr.New(sqlerr.NotNullViolation, "null value in column \"%s\" violates not-null constraint", c.Name).At(k.P)
		}
		p.Exprs, p.Names = append(p.Exprs, y), append(p.Names, c.Name)
	}
	return p, nil
}

// missing is what a column gets that the INSERT does not name: its default or NULL.
func (b *binder) missing(c catalog.TableColumn) (plan.Expr, error) {
	if c.Default == "" {
		return &plan.Const{T: c.Type, Null: true}, nil
	}
	b.hidden++
	defer func() { b.hidden-- }()
	x, err := parser.ParseExpr(c.Default)
	if err != nil {
		return nil, inTable(err, "default of column \""+c.Name+"\"")
	}
	e, err := b.expr(x, &exprScope{clause: "DEFAULT expressions"})
	if err != nil {
		return nil, inTable(err, "default of column \""+c.Name+"\"")
	}
	return e, nil
}

// itemPos is where the expression for a column stands, as well as can be told.
func (b *binder) itemPos(q *parser.Query, i int) sqlerr.Pos {
	switch body := q.Body.(type) {
	case *parser.Select:
		if i >= 0 && i < len(body.Items) {
			return b.pos(body.Items[i].X.Pos())
		}
	case *parser.Values:
		if row := body.Rows[0]; i >= 0 && i < len(row) {
			return b.pos(row[i].Pos())
		}
	case *parser.Query:
		return b.itemPos(body, i)
	}
	return b.pos(q.P)
}
