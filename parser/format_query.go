package parser

import (
	"fmt"
	"strings"
)

func (f *printer) text(s string) {
	f.WriteString("'" + strings.ReplaceAll(s, "'", "''") + "'")
}

func (f *printer) name(n Name) {
	for i, id := range n {
		if i > 0 {
			f.WriteByte('.')
		}
		f.WriteString(id.String())
	}
}

// list prints a comma list.
func (f *printer) list(items []Expr) {
	for i, x := range items {
		if i > 0 {
			f.WriteString(", ")
		}
		f.expr(x, 0)
	}
}

func (f *printer) enclosed(open string, items []Expr, end string) {
	f.WriteString(open)
	f.list(items)
	f.WriteString(end)
}

func (f *printer) columns(list []Ident) {
	f.WriteByte('(')
	for i, id := range list {
		if i > 0 {
			f.WriteString(", ")
		}
		f.WriteString(id.String())
	}
	f.WriteByte(')')
}

func (f *printer) typeName(t TypeName) {
	switch t.Name {
	case "array":
		if t.Elem != nil {
			f.WriteString("ARRAY<")
			f.typeName(*t.Elem)
			f.WriteByte('>')
			return
		}
	case "map":
		if t.Key != nil && t.Elem != nil {
			f.WriteString("MAP<")
			f.typeName(*t.Key)
			f.WriteString(", ")
			f.typeName(*t.Elem)
			f.WriteByte('>')
			return
		}
	case "row":
		f.WriteString("ROW<")
		for i, c := range t.Fields {
			if i > 0 {
				f.WriteString(", ")
			}
			f.WriteString(c.Name.String() + " ")
			f.typeName(*c.Type)
			if c.NotNull {
				f.WriteString(" NOT NULL")
			}
			if c.Comment != "" {
				f.WriteByte(' ')
				f.text(c.Comment)
			}
		}
		f.WriteByte('>')
		return
	}
	f.WriteString(typeWords(t.Name))
	for i, a := range t.Args {
		fmt.Fprintf(f, "%s%d", choose(i == 0, "(", ", "), a)
	}
	if len(t.Args) > 0 {
		f.WriteByte(')')
	}
}

// typeWords is a type's name as SQL; one that is not ours is quoted unless it
// is plain.
func typeWords(name string) string {
	if typeSynonyms[name] == name {
		return strings.ToUpper(name)
	}
	for part := range strings.SplitSeq(name, ".") {
		for i := range len(part) {
			if c := part[i]; !isNamePart(c) || c >= 'A' && c <= 'Z' || i == 0 && !isNameStart(c) {
				return (Ident{Text: name, Quoted: true}).String()
			}
		}
		if part == "" || part == "char" || reserved[strings.ToUpper(part)] {
			return (Ident{Text: name, Quoted: true}).String()
		}
	}
	return name
}

func (f *printer) order(items []OrderItem) {
	for i, o := range items {
		if i > 0 {
			f.WriteString(", ")
		}
		f.expr(o.X, 0)
		if o.Desc {
			f.WriteString(" DESC")
		}
		if o.NullsFirst != nil {
			f.WriteString(choose(*o.NullsFirst, " NULLS FIRST", " NULLS LAST"))
		}
	}
}

// window prints what follows OVER, or AS in a WINDOW clause, where a name
// alone needs parentheses too.
func (f *printer) window(w *WindowSpec, over bool) {
	if over && w.Name.Text != "" && len(w.PartitionBy) == 0 && len(w.OrderBy) == 0 && w.Frame == nil {
		f.WriteString(w.Name.String())
		return
	}
	var parts []string
	add := func(word string, print func(*printer)) {
		var part printer
		part.WriteString(word)
		print(&part)
		parts = append(parts, part.String())
	}
	if w.Name.Text != "" {
		parts = append(parts, w.Name.String())
	}
	if len(w.PartitionBy) > 0 {
		add("PARTITION BY ", func(p *printer) { p.list(w.PartitionBy) })
	}
	if len(w.OrderBy) > 0 {
		add("ORDER BY ", func(p *printer) { p.order(w.OrderBy) })
	}
	if w.Frame != nil {
		add(w.Frame.Unit+" BETWEEN ", func(p *printer) {
			p.bound(w.Frame.From)
			p.WriteString(" AND ")
			p.bound(w.Frame.To)
		})
	}
	f.WriteString("(" + strings.Join(parts, " ") + ")")
}

func (f *printer) bound(b Bound) {
	if b.X != nil {
		f.expr(b.X, bpAnd)
		f.WriteByte(' ')
	}
	f.WriteString(b.Kind)
}

func (f *printer) groupingSet(x *GroupingSet) {
	if x.Kind == "GROUPING SETS" && len(x.Sets) == 1 && len(x.Sets[0]) == 0 {
		f.WriteString("()")
		return
	}
	f.WriteString(x.Kind + " (")
	for i, set := range x.Sets {
		if i > 0 {
			f.WriteString(", ")
		}
		if len(set) == 1 {
			f.expr(set[0], 0)
		} else {
			f.enclosed("(", set, ")")
		}
	}
	f.WriteByte(')')
}

func (f *printer) tableArg(x *TableArg) {
	f.WriteString("TABLE ")
	if x.Query != nil {
		f.WriteByte('(')
		f.query(x.Query)
		f.WriteByte(')')
	} else {
		f.name(x.Name)
	}
	if len(x.PartitionBy) > 0 {
		f.enclosed(" PARTITION BY ROW(", x.PartitionBy, ")")
	}
	if len(x.OrderBy) > 0 {
		f.WriteString(" ORDER BY (")
		f.order(x.OrderBy)
		f.WriteByte(')')
	}
}

func (f *printer) query(q *Query) {
	for i, c := range q.With {
		f.WriteString(choose(i == 0, choose(q.Recursive, "WITH RECURSIVE ", "WITH "), ", "))
		f.WriteString(c.Name.String())
		if len(c.Columns) > 0 {
			f.columns(c.Columns)
		}
		f.WriteString(" AS (")
		f.query(c.Query)
		f.WriteByte(')')
	}
	if len(q.With) > 0 {
		f.WriteByte(' ')
	}
	f.body(q.Body)
	if len(q.OrderBy) > 0 {
		f.WriteString(" ORDER BY ")
		f.order(q.OrderBy)
	}
	if q.Limit != nil {
		f.WriteString(" LIMIT ")
		f.expr(q.Limit, 0)
	}
	if q.Offset != nil {
		f.WriteString(" OFFSET ")
		f.expr(q.Offset, 0)
	}
	if e := q.Emit; e != nil {
		f.WriteString(map[string]string{"close": " EMIT ON WINDOW CLOSE", "changes": " EMIT CHANGES", "final": " EMIT FINAL", "every": " EMIT EVERY "}[e.Mode])
		if e.Every != nil {
			f.expr(e.Every, 0)
		}
	}
}

func (f *printer) body(b Body) {
	switch b := b.(type) {
	case *Select:
		f.selectBlock(b)
	case *Values:
		f.WriteString("VALUES ")
		for i, row := range b.Rows {
			f.enclosed(choose(i == 0, "(", ", ("), row, ")")
		}
	case *Query:
		f.WriteByte('(')
		f.query(b)
		f.WriteByte(')')
	case *SetOp:
		f.setOperand(b.Left, setPower(b)-1)
		f.WriteString(" " + b.Op + choose(b.All, " ALL ", " "))
		f.setOperand(b.Right, setPower(b))
	}
}

// setPower is the precedence of a set operation; an operand that is none
// binds tightest.
func setPower(b Body) int {
	if s, ok := b.(*SetOp); ok {
		return choose(s.Op == "INTERSECT", 2, 1)
	}
	return 3
}

func (f *printer) setOperand(b Body, least int) {
	if setPower(b) <= least {
		f.WriteByte('(')
		defer f.WriteByte(')')
	}
	f.body(b)
}

func (f *printer) selectBlock(s *Select) {
	f.WriteString(choose(s.Distinct, "SELECT DISTINCT ", "SELECT "))
	if len(s.DistinctOn) > 0 {
		f.enclosed("ON (", s.DistinctOn, ") ")
	}
	for i, item := range s.Items {
		if i > 0 {
			f.WriteString(", ")
		}
		f.expr(item.X, 0)
		if item.Alias != nil {
			f.WriteString(" AS " + item.Alias.String())
		}
	}
	for i, item := range s.From {
		f.WriteString(choose(i == 0, " FROM ", ", "))
		f.fromItem(item)
	}
	f.clause(" WHERE ", s.Where)
	if len(s.GroupBy) > 0 {
		f.enclosed(" GROUP BY ", s.GroupBy, "")
	}
	f.clause(" HAVING ", s.Having)
	for i, w := range s.Windows {
		f.WriteString(choose(i == 0, " WINDOW ", ", ") + w.Name.String() + " AS ")
		f.window(w.Spec, false)
	}
	f.clause(" QUALIFY ", s.Qualify)
}

func (f *printer) clause(word string, x Expr) {
	if x != nil {
		f.WriteString(word)
		f.expr(x, 0)
	}
}

func (f *printer) fromItem(item FromItem) {
	switch t := item.(type) {
	case *TableRef:
		f.name(t.Name)
		f.clause(" FOR SYSTEM_TIME AS OF ", t.AsOf)
		f.alias(t.Alias)
	case *Derived:
		f.WriteString(choose(t.Lateral, "LATERAL (", "("))
		f.query(t.Query)
		f.WriteByte(')')
		f.alias(t.Alias)
	case *TableFunc:
		f.WriteString(choose(t.Lateral, "LATERAL ", ""))
		f.name(t.Call.Name)
		f.callArgs(t.Call)
		f.WriteString(choose(t.WithOrdinality, " WITH ORDINALITY", ""))
		f.WriteString(choose(t.WithErrors, " WITH ERRORS", ""))
		f.alias(t.Alias)
	case *Join:
		f.join(t)
	}
}

func (f *printer) join(j *Join) {
	f.fromItem(j.Left)
	f.WriteString(choose(j.Natural, " NATURAL ", " ") + choose(j.Kind == "INNER", "", j.Kind+" ") + "JOIN ")
	if _, nested := j.Right.(*Join); nested {
		f.WriteByte('(')
		f.fromItem(j.Right)
		f.WriteByte(')')
	} else {
		f.fromItem(j.Right)
	}
	f.clause(" ON ", j.On)
	if len(j.Using) > 0 {
		f.WriteString(" USING ")
		f.columns(j.Using)
	}
}

func (f *printer) alias(a Alias) {
	if a.Name.Text == "" {
		return
	}
	f.WriteString(" AS " + a.Name.String())
	if len(a.Columns) > 0 {
		f.columns(a.Columns)
	}
}
