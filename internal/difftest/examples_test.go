package difftest

import (
	"context"
	"strings"
	"testing"

	"github.com/penstock/penstock/exec/expr"
)

// TestExamples runs the example of each function: an expression, or an aggregate
// with its FROM, and its result.
func TestExamples(t *testing.T) {
	s := open(t)
	ran := 0
	seen := map[string]bool{}
	for _, sig := range expr.Builtin().All() {
		sql, want, ok := strings.Cut(sig.Example, " → ")
		if !ok || seen[sig.Example] {
			continue
		}
		seen[sig.Example] = true
		ran++
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		rows, err := rowsOf(ctx, s, "SELECT "+sql)
		cancel()
		if err != nil {
			t.Errorf("%s: %s: %v", sig.Name, sql, err)
			continue
		}
		if len(rows) != 1 || len(rows[0]) != 1 || strings.Trim(rows[0][0], `"`) != strings.Trim(want, `"`) {
			t.Errorf("%s: %s\n  is   %v\n  want %s", sig.Name, sql, rows, want)
		}
	}
	if ran < 250 {
		t.Errorf("only %d examples have a result", ran)
	}
}
