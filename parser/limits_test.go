package parser

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
)

// TestBombs feeds texts whose cost must stay in proportion to their size.
func TestBombs(t *testing.T) {
	rep := strings.Repeat
	const n = 10_000
	for name, c := range map[string]struct {
		sql  string
		code sqlerr.Code
	}{
		"parentheses":        {"SELECT " + rep("(", n) + "1" + rep(")", n), sqlerr.StatementTooComplex},
		"open parentheses":   {"SELECT " + rep("(", n), sqlerr.StatementTooComplex},
		"CASE":               {"SELECT " + rep("CASE WHEN ", n), sqlerr.StatementTooComplex},
		"NOT":                {"SELECT " + rep("NOT ", n) + "a", sqlerr.StatementTooComplex},
		"minus":              {"SELECT " + rep("- ", n) + "1", sqlerr.StatementTooComplex},
		"calls":              {"SELECT " + rep("floor(", n), sqlerr.StatementTooComplex},
		"substrings":         {"SELECT " + rep("substring(", n), sqlerr.StatementTooComplex},
		"subqueries":         {rep("(SELECT ", n), sqlerr.StatementTooComplex},
		"derived tables":     {rep("SELECT * FROM (", n), sqlerr.StatementTooComplex},
		"joins in brackets":  {"SELECT * FROM " + rep("(", n) + "a", sqlerr.StatementTooComplex},
		"WITH":               {rep("WITH a AS (", n), sqlerr.StatementTooComplex},
		"arrays":             {"SELECT ARRAY" + rep("[", n), sqlerr.StatementTooComplex},
		"types":              {"SELECT CAST(a AS " + rep("ARRAY<", n), sqlerr.StatementTooComplex},
		"array marks":        {"SELECT a::int" + rep("[]", n), sqlerr.StatementTooComplex},
		"casts":              {"SELECT a" + rep("::int", n), sqlerr.StatementTooComplex},
		"subscripts":         {"SELECT a" + rep("[1]", n), sqlerr.StatementTooComplex},
		"dots":               {"SELECT a" + rep(".a", n), sqlerr.StatementTooComplex},
		"grouping sets":      {"SELECT 1 GROUP BY " + rep("ROLLUP(", n), sqlerr.StatementTooComplex},
		"EXPLAIN":            {rep("EXPLAIN ", n) + "SELECT 1", sqlerr.SyntaxError},
		"comments":           {rep("/*", n), sqlerr.SyntaxError},
		"long number":        {"SELECT " + rep("9", 100) + ", " + rep("9", 100) + "." + rep("9", 100) + "e99999", ""},
		"sum":                {"SELECT 1" + rep("+1", 500_000), sqlerr.StatementTooComplex},
		"ands":               {"SELECT a" + rep(" AND a", n), ""},
		"unions":             {"SELECT 1" + rep(" UNION SELECT 1", n), ""},
		"joins":              {"SELECT 1 FROM a" + rep(" JOIN a ON a", n), ""},
		"open joins":         {"SELECT 1 FROM a" + rep(" JOIN a", n), sqlerr.SyntaxError},
		"columns":            {"SELECT 1" + rep(",1", 150_000), ""},
		"rows":               {"VALUES (1)" + rep(",(1)", 100_000), ""},
		"statements":         {rep("SELECT 1;", 30_000), ""},
		"string":             {"SELECT '" + rep("a", 1_000_000) + "'", ""},
		"name":               {"SELECT " + rep("a", 1_000_000), ""},
		"unterminated":       {"SELECT '" + rep("a\n", 500_000), sqlerr.SyntaxError},
		"late fault":         {"SELECT 1" + rep(",1", 100_000) + " FROM a HAVING b GROUP BY c", sqlerr.SyntaxError},
		"too long":           {rep(" ", MaxTextBytes+1), sqlerr.ProgramLimitExceeded},
		"invalid UTF-8":      {"SELECT '\xff'", sqlerr.BadByteSequence},
		"NUL":                {"SELECT '\x00'", sqlerr.BadByteSequence},
		"pairs of brackets":  {"SELECT 1" + rep(",((((((((1))))))))", 20_000), ""},
		"deep but not too":   {"SELECT " + rep("(", MaxNesting/2) + "1" + rep(")", MaxNesting/2), ""},
		"brackets by chance": {rep("(((((((((((((((((((((", n), sqlerr.SyntaxError},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := Parse(c.sql)
			want := c.code
			if want == "" {
				want = sqlerr.SuccessfulCompletion
			}
			if got := sqlerr.CodeOf(err); got != want {
				t.Errorf("code %s, want %s: %.200v", got, want, err)
			}
			if err != nil && len(c.sql) <= MaxTextBytes {
				checkError(t, c.sql, err)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			} else if took > 300*time.Millisecond {
				t.Logf("took %v", took)
			}
		})
	}
}

// TestLateFault: the position holds where the TiDB parser cuts its message.
func TestLateFault(t *testing.T) {
	sql := "SELECT a FROM t WHERE a HAVING b GROUP" + strings.Repeat(" BY a,\na ORDER", 1) + " BY " + strings.Repeat("aaaa,", 2000) + "a"
	_, err := Parse(sql)
	e := sqlerr.From(err).Locate(sql)
	if e.Line != 1 || e.Col != 34 {
		t.Errorf("%v, want it at 1:34", e)
	}
}

// TestParallel shares the pools between goroutines.
func TestParallel(t *testing.T) {
	texts := corpus(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for id, sql := range texts {
				if _, err := Parse(sql); err != nil {
					t.Errorf("%s: %v", id, err)
				}
				if _, err := Parse(sql + " )"); err == nil {
					t.Errorf("%s: no error behind it", id)
				}
			}
		})
	}
	wg.Wait()
}

// TestEnvironment starts this test binary with variables that would make the
// failpoint library end the process before main.
func TestEnvironment(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "GO_FAILPOINTS_HTTP=no address", "GO_FAILPOINTS=x=panic;;=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
