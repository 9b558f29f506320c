package planner

import (
	"strconv"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/planner/plan"
)

// exprText prints an expression over columns of the names given, as SQL would write it.
func exprText(x plan.Expr, s []string) string {
	switch e := x.(type) {
	case *plan.Col:
		if e.Index >= 0 && e.Index < len(s) {
			return s[e.Index]
		}
		return "#" + strconv.Itoa(e.Index)
	case *plan.Const:
		return constText(e)
	case *plan.Param:
		return "$" + strconv.Itoa(e.N)
	case *plan.FieldOf:
		return exprText(e.X, s) + "." + catalog.QuoteIdent(e.Name)
	case *plan.Cast:
		fn := "CAST"
		if e.Try {
			fn = "TRY_CAST"
		}
		return fn + "(" + exprText(e.X, s) + " AS " + e.T.String() + ")"
	case *plan.Case:
		var b strings.Builder
		b.WriteString("CASE")
		for _, w := range e.Whens {
			b.WriteString(" WHEN " + exprText(w.Cond, s) + " THEN " + exprText(w.Then, s))
		}
		if e.Else != nil {
			b.WriteString(" ELSE " + exprText(e.Else, s))
		}
		return b.String() + " END"
	case *plan.Call:
		return callText(e, s)
	}
	return "?"
}

func constText(c *plan.Const) string {
	if c.Null {
		return "NULL"
	}
	quoted := "'" + strings.ReplaceAll(c.Text, "'", "''") + "'"
	switch c.T.Kind {
	case catalog.Boolean:
		if isBool(c, true) {
			return "true"
		}
		return "false"
	case catalog.SmallInt, catalog.Int, catalog.BigInt, catalog.Decimal, catalog.Real, catalog.Double:
		return c.Text
	case catalog.Varchar, catalog.Unknown:
		return quoted
	}
	return c.T.String() + " " + quoted
}

func exprList(xs []plan.Expr, s []string) string {
	parts := make([]string, len(xs))
	for i, x := range xs {
		parts[i] = exprText(x, s)
	}
	return strings.Join(parts, ", ")
}

func callText(e *plan.Call, s []string) string {
	part := func(i int) string {
		text := exprText(e.Args[i], s)
		if infix(e.Args[i]) {
			return "(" + text + ")"
		}
		return text
	}
	if infix(e) {
		parts := make([]string, len(e.Args))
		for i := range parts {
			parts[i] = part(i)
		}
		return strings.Join(parts, " "+strings.ToUpper(e.Fn)+" ")
	}
	switch {
	case e.Fn == "not":
		return "NOT " + part(0)
	case e.Fn == "is_null" || e.Fn == "is_true" || e.Fn == "is_false":
		return part(0) + " " + strings.ToUpper(strings.Replace(e.Fn, "_", " ", 1))
	case e.Fn == "in" && len(e.Args) > 1:
		return part(0) + " IN (" + exprList(e.Args[1:], s) + ")"
	case e.Fn == "is_distinct":
		return part(0) + " IS DISTINCT FROM " + part(1)
	case e.Fn == "item" && len(e.Args) == 2:
		return part(0) + "[" + exprText(e.Args[1], s) + "]"
	case e.Fn == "array":
		return "ARRAY[" + exprList(e.Args, s) + "]"
	case len(e.Args) == 1 && (e.Fn == "-" || e.Fn == "~"):
		return e.Fn + part(0)
	}
	return e.Fn + "(" + exprList(e.Args, s) + ")"
}

// infix tells the calls that are written between their arguments.
func infix(x plan.Expr) bool {
	c, ok := x.(*plan.Call)
	if !ok || len(c.Args) < 2 {
		return false
	}
	switch c.Fn {
	case "and", "or", "like", "ilike":
		return c.Fn == "and" || c.Fn == "or" || len(c.Args) == 2
	case "row", "array", "map", "in", "item":
		return false
	}
	return c.Fn[0] < 'A' || c.Fn[0] == '^' || c.Fn[0] == '|' || c.Fn[0] == '~'
}
