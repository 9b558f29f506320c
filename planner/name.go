package planner

import (
	"github.com/penstock/penstock/parser"
)

// columnName is what PostgreSQL calls a SELECT column without an alias.
func columnName(x parser.Expr) string {
	if name, strength := figureName(x); strength > 0 {
		return name
	}
	return "?column?"
}

// castNames are the names that a bare cast gives its column.
var castNames = map[string]string{"boolean": "bool", "smallint": "int2", "integer": "int4", "bigint": "int8", "real": "float4", "double": "float8",
	"decimal": "numeric", "bytes": "bytea", "timestamp_ltz": "timestamptz"}

// figureName gives a name and how much it means: 2 a column's or function's own,
// 1 that of a type or CASE, 0 none.
func figureName(x parser.Expr) (string, int) {
	switch x := x.(type) {
	case *parser.ColumnRef:
		return x.Parts[len(x.Parts)-1].Text, 2
	case *parser.Field:
		return x.Name.Text, 2
	case *parser.Subscript:
		return figureName(x.X)
	case *parser.Call:
		return callName(x), 2
	case *parser.Collate:
		return figureName(x.X)
	case *parser.Cast:
		if name, strength := figureName(x.X); strength > 1 {
			return name, strength
		}
		return castName(&x.To), 1
	case *parser.IntervalLit:
		return "interval", 1
	case *parser.Case:
		if x.Else != nil {
			if name, strength := figureName(x.Else); strength > 1 {
				return name, strength
			}
		}
		return "case", 1
	case *parser.ArrayExpr:
		return "array", 2
	case *parser.RowExpr:
		return "row", 2
	case *parser.MapExpr:
		return "map", 2
	case *parser.Exists:
		return "exists", 2
	case *parser.Subquery:
		return subqueryName(x), 2
	}
	return "", 0
}

// subqueryName is that of a subquery's first column.
func subqueryName(x *parser.Subquery) string {
	if x.Array {
		return "array"
	}
	for body := x.Query.Body; ; {
		switch q := body.(type) {
		case *parser.Query:
			body = q.Body
			continue
		case *parser.SetOp:
			body = q.Left
			continue
		case *parser.Select:
			if len(q.Items) > 0 && q.Items[0].Alias != nil {
				return q.Items[0].Alias.Text
			}
			if len(q.Items) > 0 {
				return columnName(q.Items[0].X)
			}
		case *parser.Values:
			return "column1"
		}
		return "?column?"
	}
}

func castName(t *parser.TypeName) string {
	switch {
	case t.Name == "array" && t.Elem != nil:
		return castName(t.Elem)
	case t.Name == "varchar" && len(t.Args) == 0:
		return "text"
	}
	if n, ok := castNames[t.Name]; ok {
		return n
	}
	return t.Name
}
