package parser

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// FormatExpr prints an expression in one canonical form, with the parentheses
// it needs and no more: ParseExpr of it gives the same tree, places aside.
func FormatExpr(x Expr) string {
	var f printer
	f.expr(x, 0)
	return f.String()
}

// FormatQuery prints a query likewise.
func FormatQuery(q *Query) string {
	var f printer
	f.query(q)
	return f.String()
}

// String prints the type as SQL.
func (t TypeName) String() string {
	var f printer
	f.typeName(t)
	return f.String()
}

// String prints the name with the quotes it was written with.
func (n Name) String() string {
	var f printer
	f.name(n)
	return f.String()
}

// String prints the name with the quotes it was written with.
func (id Ident) String() string {
	if !id.Quoted {
		return id.Text
	}
	return `"` + strings.ReplaceAll(id.Text, `"`, `""`) + `"`
}

type printer struct{ strings.Builder }

// atom is the binding power of what needs no parentheses anywhere.
const atom = bpSign + 1

// power is how tight the outermost operator of x binds.
func power(x Expr) int {
	switch x := x.(type) {
	case *Unary:
		switch x.Op {
		case "NOT":
			return bpNot
		case "~", "@", "|/", "||/":
			return bpOther
		}
		return bpSign
	case *Binary:
		switch x.Op {
		case "OR":
			return bpOr
		case "AND":
			return bpAnd
		}
		return opPower(x.Op)
	case *Is, *IsDistinct:
		return bpIs
	case *Between, *In:
		return bpLike
	case *Like:
		if x.Kind[0] == '~' {
			return bpOther
		}
		return bpLike
	case *Quantified:
		if strings.HasSuffix(x.Op, "LIKE") {
			return bpLike
		}
		return opPower(x.Op)
	case *Collate:
		return bpCollate
	}
	return atom
}

// expr prints x where an operator must bind tighter than least.
func (f *printer) expr(x Expr, least int) {
	if power(x) <= least {
		f.WriteByte('(')
		defer f.WriteByte(')')
	}
	if !f.operator(x) && !f.operand(x) {
		f.special(x)
	}
}

// operator prints what has a place in the table of precedence.
func (f *printer) operator(x Expr) bool {
	switch x := x.(type) {
	case *Unary:
		f.unary(x)
	case *Binary:
		bp, left := power(x), power(x)-1
		if bp == bpCompare {
			left = bp
		}
		f.expr(x.L, left)
		f.WriteString(" " + x.Op + " ")
		f.expr(x.R, bp)
	case *Is:
		f.expr(x.X, bpIs)
		f.WriteString(not(" IS", x.Not) + " " + x.What)
	case *IsDistinct:
		f.expr(x.L, bpIs)
		f.WriteString(not(" IS", x.Not) + " DISTINCT FROM ")
		f.expr(x.R, bpIs)
	case *Between:
		f.expr(x.X, bpLike)
		f.WriteString(not("", x.Not) + " BETWEEN ")
		if x.Symmetric {
			f.WriteString("SYMMETRIC ")
		}
		f.expr(x.Lo, bpLike)
		f.WriteString(" AND ")
		f.expr(x.Hi, bpLike)
	case *In:
		f.expr(x.X, bpLike)
		f.WriteString(not("", x.Not) + " IN (")
		if x.Query != nil {
			f.query(x.Query)
		} else {
			f.list(x.List)
		}
		f.WriteByte(')')
	case *Like:
		f.like(x)
	case *Quantified:
		f.expr(x.L, power(x))
		f.WriteString(" " + x.Op + choose(x.All, " ALL (", " ANY ("))
		if x.Query != nil {
			f.query(x.Query)
		} else {
			f.expr(x.R, 0)
		}
		f.WriteByte(')')
	case *Collate:
		f.expr(x.X, bpCollate-1)
		f.WriteString(" COLLATE ")
		f.name(x.Name)
	default:
		return false
	}
	return true
}

func (f *printer) unary(x *Unary) {
	if x.Op == "NOT" {
		f.WriteString("NOT ")
		f.expr(x.X, bpNot-1)
		return
	}
	f.WriteString(x.Op)
	var operand printer
	operand.expr(x.X, choose(power(x) == bpOther, bpOther, bpSign-1))
	if isOpChar(operand.String()[0]) { // -- would begin a comment
		f.WriteByte(' ')
	}
	f.WriteString(operand.String())
}

func (f *printer) like(x *Like) {
	bp := power(x)
	if bp == bpOther {
		f.expr(x.X, bp-1)
		f.WriteString(" " + choose(x.Not, "!", "") + x.Kind + " ")
		f.expr(x.Pattern, bp)
		return
	}
	f.expr(x.X, bp)
	f.WriteString(not("", x.Not) + " " + x.Kind + choose(x.Kind == "SIMILAR", " TO ", " "))
	f.expr(x.Pattern, bp)
	if x.Escape != nil {
		f.WriteString(" ESCAPE ")
		f.expr(x.Escape, bp)
	}
}

// operand prints names, constants and what stands in brackets.
func (f *printer) operand(x Expr) bool {
	switch x := x.(type) {
	case *Star:
		if len(x.Table) > 0 {
			f.name(x.Table)
			f.WriteByte('.')
		}
		f.WriteByte('*')
	case *ColumnRef:
		f.name(x.Parts)
	case *Literal:
		f.literal(x)
	case *Param:
		f.WriteString("$" + strconv.Itoa(x.N))
	case *Exists:
		f.WriteString("EXISTS (")
		f.query(x.Query)
		f.WriteByte(')')
	case *Subquery:
		f.WriteString(choose(x.Array, "ARRAY(", "("))
		f.query(x.Query)
		f.WriteByte(')')
	case *ArrayExpr:
		f.enclosed("ARRAY[", x.Items, "]")
	case *RowExpr:
		f.enclosed("ROW(", x.Items, ")")
	case *MapExpr:
		f.enclosed("MAP[", x.Items, "]")
	case *Subscript:
		f.expr(x.X, atom-1)
		f.WriteByte('[')
		if x.Index != nil {
			f.expr(x.Index, 0)
		}
		if x.Slice {
			f.WriteString(" : ")
		}
		if x.Hi != nil {
			f.expr(x.Hi, 0)
		}
		f.WriteByte(']')
	case *Field:
		f.fieldOf(x)
	default:
		return false
	}
	return true
}

func (f *printer) fieldOf(x *Field) {
	switch x.X.(type) {
	case *Field, *Subscript:
		f.expr(x.X, 0)
	default:
		f.WriteByte('(')
		f.expr(x.X, 0)
		f.WriteByte(')')
	}
	f.WriteByte('.')
	f.WriteString(x.Name.String())
}

func (f *printer) literal(x *Literal) {
	switch x.Kind {
	case "string":
		f.text(x.Text)
	case "bits":
		f.WriteString("B'" + x.Text + "'")
	case "bytes":
		f.WriteString("X'" + hex.EncodeToString([]byte(x.Text)) + "'")
	case "null", "bool":
		f.WriteString(strings.ToUpper(x.Text))
	default:
		f.WriteString(x.Text)
	}
}

// special prints the forms with words inside.
func (f *printer) special(x Expr) {
	switch x := x.(type) {
	case *Case:
		f.caseExpr(x)
	case *Cast:
		f.WriteString(choose(x.Try, "TRY_CAST(", "CAST("))
		f.expr(x.X, 0)
		f.WriteString(" AS ")
		f.typeName(x.To)
		f.WriteByte(')')
	case *Call:
		f.call(x)
	case *IntervalLit:
		f.interval(x)
	case *GroupingSet:
		f.groupingSet(x)
	case *TableArg:
		f.tableArg(x)
	case *Descriptor:
		f.WriteString("DESCRIPTOR")
		f.columns(x.Columns)
	case *NamedArg:
		f.WriteString(x.Name.String() + " => ")
		f.expr(x.X, 0)
	default:
		fmt.Fprintf(f, "<%T>", x)
	}
}

func (f *printer) caseExpr(x *Case) {
	f.WriteString("CASE")
	if x.X != nil {
		f.WriteByte(' ')
		f.expr(x.X, 0)
	}
	for _, w := range x.Whens {
		f.WriteString(" WHEN ")
		f.expr(w.Cond, 0)
		f.WriteString(" THEN ")
		f.expr(w.Then, 0)
	}
	if x.Else != nil {
		f.WriteString(" ELSE ")
		f.expr(x.Else, 0)
	}
	f.WriteString(" END")
}

func (f *printer) interval(x *IntervalLit) {
	f.WriteString("INTERVAL")
	if x.Precision >= 0 && x.Unit == "" {
		fmt.Fprintf(f, "(%d)", x.Precision)
	}
	f.WriteByte(' ')
	f.text(x.Text)
	if x.Unit != "" {
		f.WriteString(" " + strings.ToUpper(x.Unit))
		if x.Precision >= 0 {
			fmt.Fprintf(f, "(%d)", x.Precision)
		}
	}
}

func (f *printer) call(x *Call) {
	plain := len(x.Name) == 1 && !x.Name[0].Quoted
	f.name(x.Name)
	switch name := lower(x.Name.Last().Text); {
	case plain && len(x.Args) == 0 && bareCalls[upper(name)]:
		return
	case plain && len(x.Args) == 2 && name == "extract":
		f.WriteByte('(')
		f.expr(x.Args[0], 0)
		f.WriteString(" FROM ")
		f.expr(x.Args[1], 0)
		f.WriteByte(')')
		return
	case plain && len(x.Args) == 2 && name == "position":
		f.WriteByte('(')
		f.expr(x.Args[1], bpLike)
		f.WriteString(" IN ")
		f.expr(x.Args[0], bpLike)
		f.WriteByte(')')
		return
	}
	f.callArgs(x)
	if x.WithinGroup {
		f.WriteString(" WITHIN GROUP (ORDER BY ")
		f.order(x.OrderBy)
		f.WriteByte(')')
	}
	if x.Filter != nil {
		f.WriteString(" FILTER (WHERE ")
		f.expr(x.Filter, 0)
		f.WriteByte(')')
	}
	if x.IgnoreNulls {
		f.WriteString(" IGNORE NULLS")
	}
	if x.Over != nil {
		f.WriteString(" OVER ")
		f.window(x.Over, true)
	}
}

func (f *printer) callArgs(x *Call) {
	f.WriteByte('(')
	if x.Star {
		f.WriteByte('*')
	}
	if x.Distinct {
		f.WriteString("DISTINCT ")
	}
	for i, a := range x.Args {
		if i > 0 {
			f.WriteString(", ")
		}
		if x.Variadic && i == len(x.Args)-1 {
			f.WriteString("VARIADIC ")
		}
		f.expr(a, 0)
	}
	if len(x.OrderBy) > 0 && !x.WithinGroup {
		f.WriteString(" ORDER BY ")
		f.order(x.OrderBy)
	}
	f.WriteByte(')')
}

func not(before string, is bool) string {
	if is {
		return before + " NOT"
	}
	return before
}

func choose[T any](cond bool, yes, no T) T {
	if cond {
		return yes
	}
	return no
}
