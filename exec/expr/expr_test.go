package expr

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

func testEnv() *Env {
	now := time.Date(2024, 2, 29, 12, 34, 56, 789012000, time.UTC)
	return &Env{Now: func() time.Time { return now }, Clock: func() time.Time { return now.Add(time.Second) },
		Timezone: time.UTC, User: "ann", Database: "penstock", Schema: "public", Version: "Penstock test"}
}

// outcome writes row i of a result, or its error.
func outcome(c *exec.Column, t catalog.Type, i int, err error) string {
	if err != nil {
		var s strings.Builder
		e := sqlerr.From(err)
		if fault, ok := errors.AsType[*exec.RowError](err); ok {
			e = sqlerr.From(fault.Err)
		}
		fmt.Fprintf(&s, "%s: %s", e.Code, e.Message)
		return s.String()
	}
	if c.IsNull(i) {
		return "NULL"
	}
	return string(AppendText(nil, t, c, i))
}

func evalOne(e plan.Expr, env *Env) (string, error) {
	n, err := Compile(e, env)
	if err != nil {
		return "", err
	}
	c, err := n.Eval(&exec.Batch{N: 1, Split: -1})
	return outcome(c, e.Type(), 0, err), nil
}

// TestEval runs testdata/eval: an expression a line, its value behind →. Every
// expression is then run again over columns (see variations).
func TestEval(t *testing.T) {
	datadriven.Walk(t, "testdata/eval", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			env := testEnv()
			if d.HasArg("zone") {
				var name string
				d.ScanArgs(t, "zone", &name)
				loc, err := time.LoadLocation(name)
				if err != nil {
					t.Fatal(err)
				}
				env.Timezone = loc
			}
			var out strings.Builder
			for line := range strings.SplitSeq(d.Input, "\n") {
				e := parse(t, line)
				got, err := evalOne(e, env)
				if err != nil {
					got = outcome(nil, e.Type(), 0, err)
				} else if !d.HasArg("constant") {
					variations(t, line, got, env)
				}
				out.WriteString(line + " → " + got + "\n")
			}
			return out.String()
		})
	})
}

// variations runs an expression with its literals as columns: alone, in many
// rows, with NULL rows between, with selections, and in batches of changing size.
// Rows that are as the literals must have the value (or the error) want.
func variations(t *testing.T, line, want string, env *Env) {
	t.Helper()
	var lits []*plan.Const
	p := &sexpr{t: t, in: line, literal: func(k *plan.Const) plan.Expr {
		lits = append(lits, k)
		return &plan.Col{Index: len(lits) - 1, T: k.T}
	}}
	e := p.whole()
	for _, k := range lits {
		if k.Null {
			return // the type of a NULL's column is of no interest
		}
	}
	n, err := Compile(e, env)
	if err != nil {
		t.Errorf("%s with columns: %v", line, err)
		return
	}
	for _, v := range []struct {
		n     int
		nulls int // every so manieth row is NULL
		sel   func(i int) bool
	}{
		{n: 1}, {n: 130}, {n: 1}, {n: 67, nulls: 3}, {n: 67, sel: func(i int) bool { return i%5 == 2 }},
		{n: 67, nulls: 3, sel: func(i int) bool { return i%5 != 2 }}, {n: 3},
	} {
		b := &exec.Batch{N: v.n, Split: -1}
		for _, k := range lits {
			b.Cols = append(b.Cols, literalColumn(t, k, v.n, v.nulls, env))
		}
		if v.sel != nil {
			b.Sel = []int32{}
			for i := range v.n {
				if v.sel(i) {
					b.Sel = append(b.Sel, int32(i))
				}
			}
		}
		c, err := n.Eval(b)
		if err != nil {
			fault, ok := errors.AsType[*exec.RowError](err)
			if got := outcome(nil, e.Type(), 0, err); got != want {
				t.Errorf("%s with columns %+v: %s, want %s", line, v, got, want)
			} else if !ok {
				t.Errorf("%s: %v is no row error", line, err)
			} else if first := firstRow(b, v.nulls); fault.Row != first && v.nulls == 0 {
				t.Errorf("%s with columns %+v: fault in row %d, want %d", line, v, fault.Row, first)
			}
			continue
		}
		for k := range b.Rows() {
			i := b.Row(k)
			if v.nulls > 0 && i%v.nulls == 0 {
				continue
			}
			if got := outcome(c, e.Type(), i, nil); got != want {
				t.Errorf("%s with columns %+v, row %d: %s, want %s", line, v, i, got, want)
				return
			}
		}
	}
}

func firstRow(b *exec.Batch, nulls int) int {
	for k := range b.Rows() {
		if i := b.Row(k); nulls == 0 || i%nulls != 0 {
			return i
		}
	}
	return -1
}

func literalColumn(t *testing.T, k *plan.Const, n, nulls int, env *Env) *exec.Column {
	c := exec.NewColumnOf(k.T)
	for i := range n {
		if nulls > 0 && i%nulls == 0 {
			c.AppendNull()
		} else if err := AppendConstIn(c, k.T, []byte(k.Text), env.Timezone); err != nil {
			t.Fatal(err)
		}
	}
	return c
}
