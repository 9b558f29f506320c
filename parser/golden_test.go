package parser

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/internal/sqlerr"
)

// TestGolden runs the files of testdata/golden. Commands: parse (a script; one
// line for each statement), expr, type, split.
func TestGolden(t *testing.T) {
	datadriven.Walk(t, "testdata/golden", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "parse":
				list, err := Parse(d.Input)
				if err != nil {
					return outcome(d.Input, err)
				}
				var b strings.Builder
				for _, s := range list {
					b.WriteString(dump(s) + "\n")
				}
				return b.String()
			case "expr":
				x, err := ParseExpr(d.Input)
				if err != nil {
					return outcome(d.Input, err)
				}
				return tree(x) + "\n"
			case "type":
				x, err := ParseType(d.Input)
				if err != nil {
					return outcome(d.Input, err)
				}
				return x.String() + "\n"
			case "split":
				complete, rest := Split(d.Input)
				var b strings.Builder
				for _, s := range complete {
					fmt.Fprintf(&b, "%q\n", s.Text(d.Input))
				}
				return b.String() + fmt.Sprintf("rest %q\n", rest.Text(d.Input))
			}
			d.Fatalf(t, "unknown command %s", d.Cmd)
			return ""
		})
	})
}

// outcome is an error with its line and column.
func outcome(src string, err error) string {
	e, ok := errors.AsType[*sqlerr.Error](err)
	if !ok {
		return fmt.Sprintf("NOT A sqlerr.Error: %v\n", err)
	}
	text := e.Locate(src).Error() + "\n"
	if e.Pos == 0 {
		text = "NO POSITION: " + text
	}
	if e.HintMsg != "" {
		text += "hint: " + e.HintMsg + "\n"
	}
	return text
}

// tree shows how an expression hangs together: the printer with every operator
// in parentheses.
func tree(x Expr) string {
	switch x := x.(type) {
	case *Binary:
		return "(" + tree(x.L) + " " + x.Op + " " + tree(x.R) + ")"
	case *Unary:
		return "(" + x.Op + " " + tree(x.X) + ")"
	case *Is:
		return "(" + tree(x.X) + not(" IS", x.Not) + " " + x.What + ")"
	case *IsDistinct:
		return "(" + tree(x.L) + not(" IS", x.Not) + " DISTINCT FROM " + tree(x.R) + ")"
	case *Between:
		return "(" + tree(x.X) + not("", x.Not) + " BETWEEN " + tree(x.Lo) + " AND " + tree(x.Hi) + ")"
	case *Like:
		return "(" + tree(x.X) + not("", x.Not) + " " + x.Kind + " " + tree(x.Pattern) + ")"
	case *Cast:
		return tree(x.X) + "::" + x.To.String()
	case *Collate:
		return "(" + tree(x.X) + " COLLATE " + x.Name.String() + ")"
	case *Call:
		args := make([]string, len(x.Args))
		for i, a := range x.Args {
			args[i] = tree(a)
		}
		if x.Over == nil && x.Filter == nil && len(x.OrderBy) == 0 && !x.Star && !x.Distinct {
			return x.Name.String() + "(" + strings.Join(args, ", ") + ")"
		}
	}
	return FormatExpr(x)
}
