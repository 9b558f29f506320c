package planner

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// statements takes the statements and the settings-free commands out of the
// golden files.
func statements(t testing.TB, pattern string) (creates, queries []string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			continue // the fuzzer's own folder
		}
		for block := range strings.SplitSeq(string(data), "\n\n") {
			cmd, rest, ok := strings.Cut(block, "\n")
			for ok && strings.HasPrefix(cmd, "#") {
				cmd, rest, ok = strings.Cut(rest, "\n")
			}
			sql, _, _ := strings.Cut(rest, "\n----")
			switch {
			case strings.HasPrefix(cmd, "create"):
				creates = append(creates, sql)
			case strings.HasPrefix(cmd, "plan"), strings.HasPrefix(cmd, "columns"):
				queries = append(queries, sql)
			}
		}
	}
	return creates, queries
}

// FuzzPlan: no text that parses makes the planner panic, and each plan it makes
// is sound, with all rules and with none.
func FuzzPlan(f *testing.F) {
	tables := newFakeTables()
	env := &Env{Tables: tables, Functions: loadFake(), UserFunction: tables.function, Fold: fakeFold, Parallelism: 2}
	creates, queries := statements(f, "testdata/*")
	for _, c := range creates {
		_ = tables.createAll(c, env) // some are there for their errors
	}
	for _, q := range queries {
		f.Add(q)
	}
	plain := *env
	plain.Rules, _ = ParseRules("none")
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 4000 {
			return
		}
		list, err := parser.Parse(src)
		if err != nil {
			return
		}
		for _, st := range list {
			switch st := st.(type) {
			case *parser.CreateTable:
				_, err = CheckTable(st, src, env)
			case *parser.CreateView:
				_, _, err = CheckView(st, src, env)
			case *parser.CreateFunction, *parser.CreateAggregate:
				if fn, _, ferr := fakeFunction(st); ferr == nil {
					err = CheckFunction(fn, env)
				}
			case *parser.SelectStmt, *parser.Insert:
				fuzzOne(t, st.Span().Text(src), env, &plain)
			}
			checkError(t, err)
		}
	})
}

func fuzzOne(t *testing.T, src string, env, plain *Env) {
	q, err := planText(src, env)
	other, err2 := planText(src, plain)
	checkError(t, err)
	if (err == nil) != (err2 == nil) {
		t.Fatalf("with rules: %v; without: %v", err, err2)
	}
	if err != nil {
		return
	}
	checkPlan(t, q)
	checkPlan(t, other)
	if columnsText(q) != columnsText(other) {
		t.Errorf("the rules change the columns of %s", src)
	}
	if _, err := Explain(q, "text"); err != nil {
		t.Error(err)
	}
}

// checkError wants an SQLSTATE of every error, and never an internal one.
func checkError(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if e, ok := errors.AsType[*sqlerr.Error](err); !ok || e.Code == sqlerr.InternalError {
		t.Errorf("error without a code: %v", err)
	}
}
