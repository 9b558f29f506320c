package parser

import (
	"errors"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/internal/sqlerr"
)

// FuzzParse: any text gives statements or an error that lies inside the text;
// what is printed of a query reads as the same query.
func FuzzParse(f *testing.F) {
	for _, sql := range corpus(f) {
		f.Add(sql)
	}
	for _, sql := range []string{
		"", ";", "SELECT", "((((", "SELECT E'\\", "U&'\\", "$a$", "/* /*", "SELECT 1 IN (1) IN (2) IS NULL IS NULL",
		"SELECT - - 1, + -1, ~ -a, NOT NOT a", "SELECT (a).b.c[1:][:2], (t.*).x FROM LATERAL current_date",
		"SELECT a FROM (((SELECT 1) UNION SELECT 2)) AS x(y) NATURAL JOIN (b CROSS JOIN c)",
		"CREATE FUNCTION f(a ROW<b ARRAY<ARRAY<INT>>>, TIMESTAMP WITH TIME ZONE) RETURNS TABLE (x INT) AS $$a$$ WITH ('a'=b.c-d)",
		"CREATE AGGREGATE FUNCTION f(x INT) RETURNS INT (STATE s INT = 0, ACCUMULATE s = s + x, RESULT s)",
		"SET a.b-c = -1, 'x'; COPY (SELECT 1) TO STDOUT (FORMAT csv); FETCH -1 c; EXPLAIN (FORMAT json) SELECT 1",
		"SELECT timestamp(3), timestamp(3) '2', interval, interval(2) '1', extract(a from b), floor(a to b), trim(both from a, b)",
		"SELECT 'a'\n'b', X'00', B'1', 1e5, .5, $1, \"q\"\"\", `b``` GROUP BY (), ROLLUP((a, b)), GROUPING SETS ((), a) LIMIT 1 OFFSET $2 EMIT EVERY 'x'",
	} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, src string) {
		checkSplit(t, src)
		list, err := Parse(src)
		if err != nil {
			checkError(t, src, err)
			return
		}
		for _, s := range list {
			if sp := s.Span(); sp.From < 1 || sp.To < sp.From || int(sp.To) > len(src)+1 {
				t.Fatalf("span %v of a text of %d bytes", sp, len(src))
			}
			walk(reflect.ValueOf(s), func(node any) {
				if x, ok := node.(Expr); ok && (x.Pos() < 1 || int(x.Pos()) > len(src)) {
					t.Fatalf("%T at %d in a text of %d bytes", x, x.Pos(), len(src))
				}
			})
			if q, ok := s.(*SelectStmt); ok {
				checkSame(t, q.Query)
			}
		}
	})
}

func checkError(t *testing.T, src string, err error) {
	t.Helper()
	e, ok := errors.AsType[*sqlerr.Error](err)
	if !ok || e.Code == sqlerr.InternalError || e.Message == "" {
		t.Fatalf("%v", err)
	}
	if (e.Pos < 1 || int(e.Pos) > len(src)+1) && len(src) <= MaxTextBytes {
		t.Fatalf("%v at %d of a text of %d bytes", err, e.Pos, len(src))
	}
}

func checkSplit(t *testing.T, src string) {
	t.Helper()
	last := Pos(1)
	complete, rest := Split(src)
	for _, s := range append(complete, rest) {
		if s.From < last || s.To < s.From || int(s.To) > len(src)+1 {
			t.Fatalf("span %v behind %d of a text of %d bytes", s, last, len(src))
		}
		last = s.To
	}
}

func checkSame(t *testing.T, q *Query) {
	t.Helper()
	text := FormatQuery(q)
	again, err := ParseOne(text)
	switch sqlerr.CodeOf(err) {
	case sqlerr.SuccessfulCompletion:
		if d := cmp.Diff(q, again.(*SelectStmt).Query, samePlacesAside); d != "" {
			t.Fatalf("%s\n%s", text, d)
		}
	case sqlerr.StatementTooComplex, sqlerr.ProgramLimitExceeded: // the printed text is longer
	default:
		t.Fatalf("%v\n%s", err, text)
	}
}
