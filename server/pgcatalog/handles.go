package pgcatalog

import (
	"strings"

	"github.com/penstock/penstock/parser"
)

// Handles tells whether a query is for this package: it names a relation of
// pg_catalog or information_schema, or no relation at all but a function of the
// catalogue. Queries that name others beside are refused by Prepare.
func Handles(q *parser.Query) bool {
	w := &walker{}
	w.query(q, nil)
	return w.system || w.user == nil && w.function
}

func userRelation(q *parser.Query) *parser.TableRef {
	w := &walker{}
	w.query(q, nil)
	return w.user
}

// lookupRelation finds a relation of PostgreSQL's; unqualified names are looked
// for in pg_catalog.
func lookupRelation(n parser.Name) *relation {
	if len(n) > 3 {
		return nil
	}
	schema := "pg_catalog"
	if len(n) > 1 {
		schema = fold(n[len(n)-2])
	}
	// Most names are the user's: the facts, which take milliseconds to load,
	// are not asked about those.
	if schema != "information_schema" && (schema != "pg_catalog" || !strings.HasPrefix(fold(n.Last()), "pg_")) {
		return nil
	}
	return loadFacts().byName[schema+"."+fold(n.Last())]
}

// walker looks at what a query names.
type walker struct {
	system, function bool
	user             *parser.TableRef
}

// names are the WITH queries in sight.
type names struct {
	name string
	up   *names
}

func (n *names) has(name string) bool {
	for ; n != nil; n = n.up {
		if n.name == name {
			return true
		}
	}
	return false
}

func (w *walker) query(q *parser.Query, ctes *names) {
	if q == nil {
		return
	}
	for i := range q.With {
		if q.Recursive {
			ctes = &names{fold(q.With[i].Name), ctes}
		}
		w.query(q.With[i].Query, ctes)
		ctes = &names{fold(q.With[i].Name), ctes}
	}
	w.body(q.Body, ctes)
	for _, o := range q.OrderBy {
		w.expr(o.X, ctes)
	}
	w.expr(q.Limit, ctes)
	w.expr(q.Offset, ctes)
}

func (w *walker) body(b parser.Body, ctes *names) {
	switch b := b.(type) {
	case *parser.Query:
		w.query(b, ctes)
	case *parser.SetOp:
		w.body(b.Left, ctes)
		w.body(b.Right, ctes)
	case *parser.Values:
		for _, r := range b.Rows {
			w.exprs(r, ctes)
		}
	case *parser.Select:
		for _, f := range b.From {
			w.from(f, ctes)
		}
		for _, it := range b.Items {
			w.expr(it.X, ctes)
		}
		w.exprs(b.DistinctOn, ctes)
		w.expr(b.Where, ctes)
		w.exprs(b.GroupBy, ctes)
		w.expr(b.Having, ctes)
	}
}

func (w *walker) from(f parser.FromItem, ctes *names) {
	switch f := f.(type) {
	case *parser.TableRef:
		switch {
		case len(f.Name) == 1 && ctes.has(fold(f.Name[0])):
		case lookupRelation(f.Name) != nil || isSystem(f.Name):
			w.system = true
		case len(f.Name) == 1 && strings.HasPrefix(fold(f.Name[0]), "pg_"): // neither has it
		case w.user == nil:
			w.user = f
		}
	case *parser.Derived:
		w.query(f.Query, ctes)
	case *parser.TableFunc:
		w.expr(f.Call, ctes)
	case *parser.Join:
		w.from(f.Left, ctes)
		w.from(f.Right, ctes)
		w.expr(f.On, ctes)
	}
}

// isSystem tells names in the schemas of the catalogue, known or not.
func isSystem(n parser.Name) bool {
	if len(n) < 2 {
		return false
	}
	s := fold(n[len(n)-2])
	return s == "pg_catalog" || s == "information_schema"
}

func (w *walker) exprs(xs []parser.Expr, ctes *names) {
	for _, x := range xs {
		w.expr(x, ctes)
	}
}

func (w *walker) expr(x parser.Expr, ctes *names) {
	switch x := x.(type) {
	case *parser.Call:
		w.call(x, ctes)
	case *parser.Unary:
		w.expr(x.X, ctes)
	case *parser.Binary:
		w.expr(x.L, ctes)
		w.expr(x.R, ctes)
	case *parser.Is:
		w.expr(x.X, ctes)
	case *parser.IsDistinct:
		w.expr(x.L, ctes)
		w.expr(x.R, ctes)
	case *parser.Between:
		w.exprs([]parser.Expr{x.X, x.Lo, x.Hi}, ctes)
	case *parser.In:
		w.expr(x.X, ctes)
		w.exprs(x.List, ctes)
		w.query(x.Query, ctes)
	case *parser.Exists:
		w.query(x.Query, ctes)
	case *parser.Subquery:
		w.query(x.Query, ctes)
	case *parser.Quantified:
		w.expr(x.L, ctes)
		w.expr(x.R, ctes)
		w.query(x.Query, ctes)
	case *parser.Like:
		w.exprs([]parser.Expr{x.X, x.Pattern, x.Escape}, ctes)
	case *parser.Case:
		w.exprs([]parser.Expr{x.X, x.Else}, ctes)
		for _, k := range x.Whens {
			w.exprs([]parser.Expr{k.Cond, k.Then}, ctes)
		}
	case *parser.Cast:
		if t, ok := typeByName(x.To.Name); ok && isReg(t) {
			w.function = true
		}
		w.expr(x.X, ctes)
	case *parser.ArrayExpr:
		w.exprs(x.Items, ctes)
	case *parser.RowExpr:
		w.exprs(x.Items, ctes)
	case *parser.Subscript:
		w.exprs([]parser.Expr{x.X, x.Index, x.Hi}, ctes)
	case *parser.Field:
		w.expr(x.X, ctes)
	case *parser.Collate:
		w.expr(x.X, ctes)
	case *parser.NamedArg:
		w.expr(x.X, ctes)
	case *parser.TableArg:
		if x.Name != nil {
			w.from(&parser.TableRef{Name: x.Name}, ctes)
		}
		w.query(x.Query, ctes)
	}
}

func (w *walker) call(x *parser.Call, ctes *names) {
	// age is of times, too; of transactions it stands beside relations of the catalogue.
	if name, ok := functionName(x.Name); ok {
		if fn := functions[name]; fn != nil && fn.catalogue && name != "age" || len(x.Name) > 1 || strings.HasPrefix(name, "_pg_") {
			w.function = true
		}
	}
	w.exprs(x.Args, ctes)
	w.expr(x.Filter, ctes)
	for _, o := range x.OrderBy {
		w.expr(o.X, ctes)
	}
	if x.Over != nil {
		w.exprs(x.Over.PartitionBy, ctes)
		for _, o := range x.Over.OrderBy {
			w.expr(o.X, ctes)
		}
	}
}
