package planner

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner/plan"
)

// TestGolden runs the files of testdata. Commands:
//
//	create              CREATE TABLE and CREATE VIEW
//	plan [parallelism=n] [rules=(…)] [format=json]   EXPLAIN of a query or INSERT
//	columns             names and types of the result, and of the parameters
//	set                 settings, one a line: name = value
func TestGolden(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		tables, settings := newFakeTables(), map[string]string{}
		functions := loadFake()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			env := &Env{Tables: tables, Functions: functions, UserFunction: tables.function, Setting: func(n string) string { return settings[n] }, Fold: fakeFold}
			switch d.Cmd {
			case "create":
				if err := tables.createAll(d.Input, env); err != nil {
					return errorText(err)
				}
				return ""
			case "set":
				for line := range strings.Lines(d.Input) {
					name, value, _ := strings.Cut(strings.TrimSpace(line), " = ")
					settings[name] = value
				}
				return ""
			case "show":
				return showTables(tables, d.Input)
			case "plan", "columns":
				return runPlan(t, d, env)
			}
			d.Fatalf(t, "unknown command %s", d.Cmd)
			return ""
		})
	})
}

func showTables(tables *fakeTables, name string) string {
	t := tables.tables[strings.TrimSpace(name)]
	var b strings.Builder
	for _, c := range t.Columns {
		fmt.Fprintf(&b, "%s %s", c.Name, c.Type)
		if c.Computed != "" {
			fmt.Fprintf(&b, " as %s", c.Computed)
		}
		if c.Metadata != "" {
			fmt.Fprintf(&b, " metadata %s", c.Metadata)
		}
		if c.Default != "" {
			fmt.Fprintf(&b, " default %s", c.Default)
		}
		b.WriteByte('\n')
	}
	if t.Watermark != nil {
		fmt.Fprintf(&b, "watermark %s as %s\n", t.Watermark.Column, t.Watermark.ExprText)
	}
	if len(t.PrimaryKey) > 0 {
		fmt.Fprintf(&b, "key %s\n", strings.Join(t.PrimaryKey, ", "))
	}
	return b.String()
}

func runPlan(t *testing.T, d *datadriven.TestData, env *Env) string {
	format := ""
	for _, a := range d.CmdArgs {
		switch a.Key {
		case "parallelism":
			a.Scan(t, 0, &env.Parallelism)
		case "format":
			format = a.Vals[0]
		case "rules":
			on, err := ParseRules(strings.Join(a.Vals, ","))
			if err != nil {
				return errorText(err)
			}
			env.Rules = on
		}
	}
	q, err := planText(d.Input, env)
	if err != nil {
		return errorText(err)
	}
	checkPlan(t, q)
	checkRoundTrip(t, q)
	checkRules(t, d.Input, env, q)
	if d.Cmd == "columns" {
		return columnsText(q)
	}
	out, err := Explain(q, format)
	if err != nil {
		return errorText(err)
	}
	return out
}

func planText(src string, env *Env) (*plan.Query, error) {
	st, err := parser.ParseOne(src)
	if err != nil {
		return nil, err
	}
	switch st := st.(type) {
	case *parser.SelectStmt:
		return PlanQuery(st.Query, src, env)
	case *parser.Insert:
		return PlanInsert(st, src, env)
	}
	return nil, fmt.Errorf("a query or INSERT is wanted")
}

func columnsText(q *plan.Query) string {
	var b strings.Builder
	for _, c := range q.Root.Schema() {
		fmt.Fprintf(&b, "%s %s\n", c.Name, c.Type)
	}
	for i, p := range q.Params {
		fmt.Fprintf(&b, "$%d %s\n", i+1, p)
	}
	if slices.ContainsFunc(q.Uses, func(u string) bool { return strings.HasSuffix(u, "()") }) {
		fmt.Fprintf(&b, "uses %s\n", strings.Join(q.Uses, ", "))
	}
	return b.String()
}

// checkRules plans with every rule off: the columns must be the same.
func checkRules(t *testing.T, src string, env *Env, q *plan.Query) {
	t.Helper()
	plain := *env
	plain.Rules, _ = ParseRules("none")
	other, err := planText(src, &plain)
	if err != nil {
		t.Fatalf("without rules: %v", err)
	}
	checkPlan(t, other)
	if diff := cmp.Diff(columnsText(other), columnsText(q)); diff != "" {
		t.Errorf("the rules change the columns of %s:\n%s", src, diff)
	}
}

// checkPlan looks for what must hold in every plan.
func checkPlan(t *testing.T, q *plan.Query) {
	t.Helper()
	data, err := plan.MarshalQuery(q)
	if err != nil {
		t.Fatal(err)
	}
	back, err := plan.UnmarshalQuery(data)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := plan.MarshalQuery(back); err != nil || !bytes.Equal(again, data) {
		t.Errorf("round trip: %s\n%s\n%v", data, again, err)
	}
	if plan.Fingerprint(q) != plan.Fingerprint(back) {
		t.Error("the fingerprint changes in the round trip")
	}
	plan.Walk(q.Root, func(n plan.Node) bool {
		checkNode(t, n)
		return true
	})
}

// checkRoundTrip compares the structs themselves, which takes too long for
// expressions that nest deeply.
func checkRoundTrip(t *testing.T, q *plan.Query) {
	t.Helper()
	data, err := plan.MarshalQuery(q)
	if err != nil {
		t.Fatal(err)
	}
	back, err := plan.UnmarshalQuery(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(q, back, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("round trip:\n%s", diff)
	}
}

// checkNode checks that a node's columns and expressions fit its inputs.
func checkNode(t *testing.T, n plan.Node) {
	t.Helper()
	var in catalog.Schema
	for _, i := range n.Inputs() {
		in = append(in, i.Schema()...)
	}
	if e, ok := n.(*plan.Expand); ok {
		checkExpand(t, e)
		in = append(in, e.Cols...)
	}
	for _, c := range n.Schema() {
		if c.Type.Kind == catalog.Unknown {
			t.Errorf("%T: column %s is undecided", n, c.Name)
		}
	}
	for _, x := range plan.Exprs(n) {
		plan.WalkExpr(x, func(e plan.Expr) bool {
			if e.Type().Kind == catalog.Unknown {
				t.Errorf("%T: undecided: %s", n, exprText(x, columnNames(in)))
			}
			if c, ok := e.(*plan.Col); ok {
				if c.Index < 0 || c.Index >= len(in) {
					t.Errorf("%T: column %d of %d", n, c.Index, len(in))
				} else if !c.T.Equal(in[c.Index].Type) {
					t.Errorf("%T: column %s is %s, not %s", n, in[c.Index].Name, in[c.Index].Type, c.T)
				}
			}
			return true
		})
	}
	switch n := n.(type) {
	case *plan.Union:
		for _, i := range n.Ins {
			if !slices.EqualFunc(i.Schema(), n.Ins[0].Schema(), func(a, b catalog.Column) bool { return a.Type.SameKind(b.Type) }) {
				t.Errorf("union of %v and %v", i.Schema(), n.Ins[0].Schema())
			}
		}
	case *plan.Aggregate:
		if n.Phase == plan.Final {
			return
		}
		for _, c := range n.Aggs {
			for i, a := range c.Args {
				if !in[a].Type.Equal(c.ArgTypes[i]) {
					t.Errorf("%s: argument is %s, not %s", c.Fn, in[a].Type, c.ArgTypes[i])
				}
			}
		}
	}
}

// checkExpand checks that questions and answers fit what is asked.
func checkExpand(t *testing.T, n *plan.Expand) {
	t.Helper()
	extra := 0
	if n.Version {
		extra = 1
	}
	if n.Errors {
		extra = 2
	}
	if len(n.Cols) != len(n.Columns)+extra {
		t.Errorf("%s: %d columns for %d", n.Name(), len(n.Cols), len(n.Columns)+extra)
	}
	var answers, args catalog.Schema
	if n.Lookup != nil {
		answers = n.Lookup.Schema()
		for _, k := range n.Keys {
			args = append(args, answers[k])
		}
	} else {
		answers, args = n.Function.Returns, n.Function.Args
	}
	if len(n.Args) != len(args) {
		t.Fatalf("%s: %d arguments for %d", n.Name(), len(n.Args), len(args))
	}
	for i, a := range n.Args {
		if !a.Type().SameKind(args[i].Type) {
			t.Errorf("%s: argument %s is %s, not %s", n.Name(), args[i].Name, a.Type(), args[i].Type)
		}
	}
	for i, c := range n.Columns {
		if !n.Cols[i].Type.Equal(answers[c].Type) {
			t.Errorf("%s: column %s is %s, not %s", n.Name(), answers[c].Name, n.Cols[i].Type, answers[c].Type)
		}
	}
	if n.WindowEnd >= len(n.Input.Schema()) {
		t.Errorf("%s: window end %d", n.Name(), n.WindowEnd)
	}
}

func errorText(err error) string {
	e := sqlerr.From(err)
	var b strings.Builder
	if e.Line > 0 {
		fmt.Fprintf(&b, "%d:%d: ", e.Line, e.Col)
	}
	fmt.Fprintf(&b, "%s %s\n", e.Code, e.Message)
	if e.Detail != "" {
		fmt.Fprintf(&b, "detail: %s\n", e.Detail)
	}
	if e.HintMsg != "" {
		fmt.Fprintf(&b, "hint: %s\n", e.HintMsg)
	}
	return b.String()
}

// fakeFold knows no function: it folds casts of literals and sums of integers,
// so that tests show where constants are folded.
func fakeFold(x plan.Expr) (*plan.Const, error) {
	b := newBinder(&Env{})
	switch e := x.(type) {
	case *plan.Cast:
		c, ok := e.X.(*plan.Const)
		if !ok {
			return nil, nil
		}
		if c.Null {
			return &plan.Const{T: e.T, Null: true}, nil
		}
		text, known, err := b.canonical(c.Text, catalog.Of(e.T.Kind))
		if err != nil || !known || e.T.P > 0 && e.T.Kind != catalog.Timestamp {
			return nil, err
		}
		return &plan.Const{T: e.T, Text: text}, nil
	case *plan.Call:
		if e.Fn != "+" || e.T.Kind != catalog.Int || len(e.Args) != 2 {
			return nil, nil
		}
		var l, r int
		if _, err := fmt.Sscan(e.Args[0].(*plan.Const).Text, &l); err != nil {
			return nil, err
		}
		if _, err := fmt.Sscan(e.Args[1].(*plan.Const).Text, &r); err != nil {
			return nil, err
		}
		return &plan.Const{T: e.T, Text: fmt.Sprint(l + r)}, nil
	}
	return nil, nil
}
