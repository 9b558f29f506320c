package expr

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/planner/plan"
)

var psql = flag.String("psql", "", "rewrite testdata/postgres/* with the answers of this PostgreSQL 15 (a connection string for psql)")

// TestPostgres compares with what PostgreSQL 15 answers, as testdata/postgres has
// it: lines of expressions with its value, or SQLSTATE and message, behind →.
func TestPostgres(t *testing.T) {
	files, err := filepath.Glob("testdata/postgres/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(string(data)), "\n")
			if *psql != "" {
				lines = askPostgres(t, lines)
				if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for _, line := range lines {
				if line == "" || line[0] == '#' {
					continue
				}
				in, want, ok := strings.Cut(line, " → ")
				if !ok {
					t.Fatalf("%s: no answer yet", line)
				}
				e := parse(t, in)
				got, err := evalOne(e, testEnv())
				if err != nil {
					got = outcome(nil, e.Type(), 0, err)
				} else {
					variations(t, in, got, testEnv())
				}
				if got != unescapeLine(want) {
					t.Errorf("%s\n  is %s\nwant %s", in, got, want)
				}
			}
		})
	}
}

func unescapeLine(s string) string { return strings.ReplaceAll(s, "⏎", "\n") }

// askPostgres evaluates the lines with psql.
func askPostgres(t *testing.T, lines []string) []string {
	var script strings.Builder
	script.WriteString("\\set VERBOSITY verbose\n\\pset null NULL\n\\pset footer off\nset timezone='UTC';\nset lc_messages='C';\nset bytea_output=hex;\n")
	for i, line := range lines {
		in, _, _ := strings.Cut(line, " → ")
		lines[i] = in
		script.WriteString("\\echo @@\n")
		if in != "" && in[0] != '#' {
			script.WriteString("select " + sqlOf(t, parse(t, in)) + ";\n")
		}
	}
	cmd := exec.Command("psql", *psql, "-XqAt", "-f", "-")
	cmd.Stdin = strings.NewReader(script.String())
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	answers := strings.Split(out.String(), "@@\n")[1:]
	if len(answers) != len(lines) {
		t.Fatalf("%d answers to %d lines", len(answers), len(lines))
	}
	for i, a := range answers {
		if lines[i] == "" || lines[i][0] == '#' {
			continue
		}
		a = strings.TrimSuffix(a, "\n")
		if _, msg, ok := strings.Cut(a, "ERROR:  "); ok {
			a, _, _ = strings.Cut(msg, "\n")
		}
		lines[i] += " → " + strings.ReplaceAll(a, "\n", "⏎")
	}
	return lines
}

// sqlOf writes an expression for PostgreSQL.
func sqlOf(t *testing.T, e plan.Expr) string {
	switch e := e.(type) {
	case *plan.Const:
		if e.Null {
			return "null::" + pgType(e.T)
		}
		return "'" + strings.ReplaceAll(e.Text, "'", "''") + "'::" + pgType(e.T)
	case *plan.Cast:
		return "(" + sqlOf(t, e.X) + ")::" + pgType(e.T)
	case *plan.Case:
		s := "case"
		for _, w := range e.Whens {
			s += " when " + sqlOf(t, w.Cond) + " then " + sqlOf(t, w.Then)
		}
		if e.Else != nil {
			s += " else " + sqlOf(t, e.Else)
		}
		return s + " end"
	case *plan.Call:
		args := make([]string, len(e.Args))
		for i, a := range e.Args {
			args[i] = sqlOf(t, a)
		}
		return sqlCall(e.Fn, args)
	}
	t.Fatalf("%T", e)
	return ""
}

func sqlCall(fn string, args []string) string {
	switch fn {
	case "and", "or":
		return "(" + strings.Join(args, " "+fn+" ") + ")"
	case "not":
		return "(not " + args[0] + ")"
	case "in":
		return "(" + args[0] + " in (" + strings.Join(args[1:], ", ") + "))"
	case "is_null", "is_true", "is_false":
		return "(" + args[0] + " " + strings.ReplaceAll(fn, "_", " ") + ")"
	case "is_distinct":
		return "(" + args[0] + " is distinct from " + args[1] + ")"
	case "like", "ilike", "similar":
		s := "(" + args[0] + " " + strings.Replace(fn, "similar", "similar to", 1) + " " + args[1]
		if len(args) == 3 {
			s += " escape " + args[2]
		}
		return s + ")"
	case "item":
		return "(" + args[0] + ")[" + args[1] + "]"
	case "array":
		return "array[" + strings.Join(args, ", ") + "]"
	case "bitnot":
		return "(~ " + args[0] + ")"
	case "position":
		return "position(" + args[1] + " in " + args[0] + ")"
	case "extract":
		return "extract(" + strings.TrimSuffix(args[0], "::text") + " from " + args[1] + ")"
	case "overlay", "row":
	default:
		if op, found := strings.CutSuffix(fn, "any"); found && fn[0] < 'a' {
			return "(" + args[0] + " " + op + " any (" + args[1] + "))"
		}
		if op, found := strings.CutSuffix(fn, "all"); found && fn[0] < 'a' {
			return "(" + args[0] + " " + op + " all (" + args[1] + "))"
		}
		if fn[0] < 'a' || fn[0] > 'z' {
			if len(args) == 1 {
				return "(" + fn + " " + args[0] + ")"
			}
			return "(" + args[0] + " " + fn + " " + args[1] + ")"
		}
	}
	return fn + "(" + strings.Join(args, ", ") + ")"
}

func pgType(t catalog.Type) string {
	switch t.Kind {
	case catalog.Decimal:
		if t.P > 0 {
			return "numeric" + strings.TrimPrefix(t.String(), "DECIMAL")
		}
	case catalog.Varchar:
		if t.P > 0 {
			return t.String()
		}
	case catalog.Timestamp, catalog.Time:
		if t.P > 0 {
			return t.String()
		}
	case catalog.TimestampLTZ:
		if t.P > 0 {
			return strings.Replace(t.String(), "TIMESTAMP_LTZ", "timestamptz", 1)
		}
	case catalog.Array:
		return pgType(*t.Elem) + "[]"
	}
	return typeName(t)
}
