package planner

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// Explain prints a plan. Formats are "text" (or ""), "json" and "dot".
func Explain(q *plan.Query, format string) (string, error) {
	return ExplainWith(q, format, nil)
}

// Detail is one property of a node; without a name its value stands alone.
type Detail struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ExplainWith is Explain with properties added by annotate, which may be nil:
// what a running query has done.
func ExplainWith(q *plan.Query, format string, annotate func(plan.Node) []Detail) (string, error) {
	switch strings.ToLower(format) {
	case "", "text":
		var b strings.Builder
		if q.Parallelism > 1 {
			fmt.Fprintf(&b, "parallelism %d\n", q.Parallelism)
		}
		explainText(&b, describe(q.Root, annotate), "", "")
		for _, n := range q.Notices {
			fmt.Fprintf(&b, "notice: %s\n", n)
		}
		return strings.TrimSuffix(b.String(), "\n"), nil
	case "json":
		out, err := json.MarshalIndent(struct {
			Parallelism int      `json:"parallelism"`
			Notices     []string `json:"notices,omitempty"`
			Plan        *line    `json:"plan"`
		}{max(q.Parallelism, 1), q.Notices, describe(q.Root, annotate)}, "", "  ")
		return string(out), err
	case "dot":
		var b strings.Builder
		b.WriteString("digraph plan {\n  node [shape=box];\n")
		n := 0
		explainDot(&b, describe(q.Root, annotate), &n)
		b.WriteString("}")
		return b.String(), nil
	}
	return "", sqlerr.New(sqlerr.InvalidParameterValue, "unrecognized value for EXPLAIN option \"format\": \"%s\"", format).
		Hint("TEXT, JSON and DOT are")
}

// line is a node as EXPLAIN shows it.
type line struct {
	Node    string   `json:"node"`
	Detail  []detail `json:"detail,omitempty"`
	Columns []string `json:"columns"`
	Inputs  []*line  `json:"inputs,omitempty"`
}

// detail is the short name.
type detail = Detail

func explainText(b *strings.Builder, l *line, first, rest string) {
	b.WriteString(first + l.Node)
	for _, d := range l.Detail {
		if d.Name == "" {
			b.WriteString(" " + d.Value)
		} else {
			b.WriteString(" " + d.Name + "=" + d.Value)
		}
	}
	b.WriteByte('\n')
	for i, in := range l.Inputs {
		if i == len(l.Inputs)-1 {
			explainText(b, in, rest+"└── ", rest+"    ")
		} else {
			explainText(b, in, rest+"├── ", rest+"│   ")
		}
	}
}

func explainDot(b *strings.Builder, l *line, n *int) int {
	id := *n
	*n++
	label := l.Node
	for _, d := range l.Detail {
		label += "\n" + strings.TrimPrefix(d.Name+"="+d.Value, "=")
	}
	fmt.Fprintf(b, "  n%d [label=%s];\n", id, strconv.Quote(label))
	for _, in := range l.Inputs {
		fmt.Fprintf(b, "  n%d -> n%d;\n", explainDot(b, in, n), id)
	}
	return id
}

// describe says what a node does.
func describe(n plan.Node, annotate func(plan.Node) []Detail) *line {
	l := &line{Columns: []string{}}
	for _, c := range n.Schema() {
		l.Columns = append(l.Columns, catalog.QuoteIdent(c.Name)+" "+c.Type.String())
	}
	for _, in := range n.Inputs() {
		l.Inputs = append(l.Inputs, describe(in, annotate))
	}
	l.Node, l.Detail = details(n)
	if annotate != nil {
		l.Detail = append(l.Detail, annotate(n)...)
	}
	return l
}

func details(n plan.Node) (string, []detail) {
	var ds []detail
	add := func(name, value string) { ds = append(ds, detail{name, value}) }
	switch n := n.(type) {
	case *plan.Scan:
		scanDetails(n, add)
		return "scan", ds
	case *plan.Values:
		add("rows", strconv.Itoa(len(n.Rows)))
		if len(n.Rows) == 1 && len(n.Rows[0]) > 0 {
			add("", "("+exprList(n.Rows[0], nil)+")")
		}
		return "values", ds
	case *plan.Filter:
		add("", exprText(n.Cond, columnNames(n.Input.Schema())))
		return "filter", ds
	case *plan.Project:
		add("", projectText(n))
		return "project", ds
	case *plan.Watermark:
		add("", catalog.QuoteIdent(n.Schema()[n.Time].Name))
		add("delay", microsText(n.Delay))
		if n.Implicit {
			add("", "implicit")
		}
		if n.ProcTime {
			add("", "by the clock")
		}
		if n.IdleTimeout > 0 {
			add("idle", microsText(n.IdleTimeout))
		}
		return "watermark", ds
	case *plan.WindowAssign:
		add("", windowText(&n.Window, n.Input.Schema()))
		return "window", ds
	case *plan.Aggregate:
		aggregateDetails(n, add)
		return "aggregate", ds
	}
	return moreDetails(n)
}

func moreDetails(n plan.Node) (string, []detail) {
	var ds []detail
	add := func(name, value string) { ds = append(ds, detail{name, value}) }
	switch n := n.(type) {
	case *plan.Sort:
		add("by", sortText(n))
		if n.Limit >= 0 {
			add("limit", strconv.FormatInt(n.Limit, 10))
		}
		if n.Offset > 0 {
			add("offset", strconv.FormatInt(n.Offset, 10))
		}
		return "sort", ds
	case *plan.Limit:
		limitDetails(n, add)
		return "limit", ds
	case *plan.Union:
		return "union", ds
	case *plan.Unnest:
		add("", exprText(n.X, columnNames(n.Input.Schema())))
		add("as", "["+strings.Join(columnNames(n.Cols), ", ")+"]")
		if n.Outer {
			add("", "outer")
		}
		if n.Ordinality {
			add("", "ordinality")
		}
		return "unnest", ds
	case *plan.Expand:
		name := expandDetails(n, add)
		return name, ds
	case *plan.Join:
		joinDetails(n, add)
		return "join", ds
	case *plan.Exchange:
		if n.Keys == nil {
			add("", "gather")
		} else {
			add("hash", colList(n.Keys, n.Schema()))
			add("tasks", strconv.Itoa(n.Parallelism))
		}
		return "exchange", ds
	case *plan.Sink:
		add("", catalog.QuoteIdent(n.Table.Name))
		return "sink", ds
	}
	return fmt.Sprintf("%T", n), nil
}

func scanDetails(n *plan.Scan, add func(name, value string)) {
	add("", catalog.QuoteIdent(n.Table.Name))
	cols := make([]string, len(n.Columns))
	for i, c := range n.Columns {
		cols[i] = catalog.QuoteIdent(c.Name) + " " + c.Type.String()
		if c.Meta != "" {
			cols[i] += " metadata " + c.Meta
		}
	}
	add("columns", "["+strings.Join(cols, ", ")+"]")
	if n.Ends {
		add("", "bounded")
	}
}

func aggregateDetails(n *plan.Aggregate, add func(name, value string)) {
	if n.Phase != plan.Single {
		add("", string(n.Phase))
	}
	in := n.Input.Schema()
	if n.Window != nil {
		if n.Phase == plan.Final {
			add("window", colList([]int{n.Window.Start, n.Window.End}, in))
		} else {
			add("window", windowText(n.Window, in))
		}
	}
	add("by", colList(n.Keys, in))
	for _, a := range n.Aggs {
		text := a.Fn + "("
		if a.Distinct {
			text += "DISTINCT "
		}
		if len(a.Args) == 0 {
			text += "*"
		}
		args := len(a.Args) - len(a.Order)
		text += strings.Trim(colList(a.Args[:args], in), "[]")
		for i, o := range a.Order {
			word := ", "
			if i == 0 {
				word = " ORDER BY "
			}
			text += word + strings.Trim(colList(a.Args[args+i:args+i+1], in), "[]")
			if o.Desc {
				text += " DESC"
			}
			if o.NullsFirst != o.Desc {
				text += map[bool]string{true: " NULLS FIRST", false: " NULLS LAST"}[o.NullsFirst]
			}
		}
		text += ")"
		if a.Filter >= 0 {
			text += " FILTER " + catalog.QuoteIdent(in[a.Filter].Name)
		}
		add("", text)
	}
}

func joinDetails(n *plan.Join, add func(name, value string)) {
	add("", string(n.Kind))
	names := joinNames(n)
	left, right := names[:len(n.Left.Schema())], names[len(n.Left.Schema()):]
	keys := make([]string, len(n.LeftKeys))
	for i := range keys {
		keys[i] = left[n.LeftKeys[i]] + " = " + right[n.RightKeys[i]]
	}
	add("on", "["+strings.Join(keys, ", ")+"]")
	if n.Residual != nil {
		add("and", "["+exprText(n.Residual, names)+"]")
	}
	if t := n.Time; t != nil {
		add("time", fmt.Sprintf("[%s <= %s - %s <= %s]", microsText(t.Lower), right[t.RightCol], left[t.LeftCol], microsText(t.Upper)))
	}
}

// joinNames tells columns of equal names on both sides apart.
func joinNames(n *plan.Join) []string {
	left, right := columnNames(n.Left.Schema()), columnNames(n.Right.Schema())
	out := make([]string, 0, len(left)+len(right))
	for _, name := range left {
		if slices.Contains(right, name) {
			name = "left." + name
		}
		out = append(out, name)
	}
	for _, name := range right {
		if slices.Contains(left, name) {
			name = "right." + name
		}
		out = append(out, name)
	}
	return out
}

func limitDetails(n *plan.Limit, add func(name, value string)) {
	switch {
	case n.CountParam > 0:
		add("count", "$"+strconv.Itoa(n.CountParam))
	case n.Count >= 0:
		add("count", strconv.FormatInt(n.Count, 10))
	}
	switch {
	case n.OffsetParam > 0:
		add("offset", "$"+strconv.Itoa(n.OffsetParam))
	case n.Offset > 0:
		add("offset", strconv.FormatInt(n.Offset, 10))
	}
}

func sortText(n *plan.Sort) string {
	s := n.Schema()
	keys := make([]string, len(n.Keys))
	for i, k := range n.Keys {
		keys[i] = catalog.QuoteIdent(s[k.Col].Name)
		if k.Desc {
			keys[i] += " DESC"
		}
		if k.NullsFirst != k.Desc {
			keys[i] += map[bool]string{true: " NULLS FIRST", false: " NULLS LAST"}[k.NullsFirst]
		}
	}
	return "[" + strings.Join(keys, ", ") + "]"
}

func windowText(w *plan.Window, s catalog.Schema) string {
	switch {
	case w.Kind == plan.Attached:
		return colList([]int{w.Start, w.End}, s)
	case w.Offset != 0:
		return "tumble(" + catalog.QuoteIdent(s[w.Time].Name) + ", " + microsText(w.Size) + ", offset " + microsText(w.Offset) + ")"
	}
	return "tumble(" + catalog.QuoteIdent(s[w.Time].Name) + ", " + microsText(w.Size) + ")"
}

func microsText(micros int64) string {
	return string(datum.AppendInterval(nil, datum.Interval{Micros: micros}))
}

func colList(cols []int, s catalog.Schema) string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = catalog.QuoteIdent(s[c].Name)
	}
	return "[" + strings.Join(names, ", ") + "]"
}

func columnNames(s catalog.Schema) []string {
	names := make([]string, len(s))
	for i, c := range s {
		names[i] = catalog.QuoteIdent(c.Name)
	}
	return names
}

func projectText(n *plan.Project) string {
	s := columnNames(n.Input.Schema())
	parts := make([]string, len(n.Exprs))
	for i, e := range n.Exprs {
		text, name := exprText(e, s), catalog.QuoteIdent(n.Names[i])
		if text != name {
			text += " AS " + name
		}
		parts[i] = text
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
