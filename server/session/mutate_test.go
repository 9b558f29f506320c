package session_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/server/session"
)

var (
	withClause = regexp.MustCompile(`(?is)\bWITH\s*\(.*\)\s*;?\s*$`)
	token      = regexp.MustCompile(`(?s)'(?:[^']|'')*'|"[^"]*"|[A-Za-z_]\w*|\d+(?:\.\d+)?|\s+|.`)
)

// corpus gives the statements of the parser's corpus, their tables made files.
func corpus(t testing.TB, dir string) []string {
	t.Helper()
	files, err := filepath.Glob("../../parser/testdata/corpus/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var out []string
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var c struct{ SQL string }
			if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
				t.Fatal(err)
			}
			stmts, err := parser.Parse(c.SQL)
			if err != nil {
				out = append(out, c.SQL)
				continue
			}
			for _, st := range stmts {
				sql := st.Span().Text(c.SQL)
				if _, table := st.(*parser.CreateTable); table {
					sql = withClause.ReplaceAllString(sql, fmt.Sprintf("WITH ('connector' = 'file', 'path' = '%s/data', 'format' = 'json')", dir))
					sql = strings.Replace(sql, "CREATE LOOKUP TABLE", "CREATE TABLE", 1)
				}
				out = append(out, sql)
			}
		}
	}
	return out
}

// mutate changes a statement token by token, with tokens of others, and now and then
// a byte.
func mutate(r *rand.Rand, sql string, pool []string) string {
	toks := token.FindAllString(sql, -1)
	for range 1 + r.IntN(3) {
		if len(toks) == 0 {
			break
		}
		i := r.IntN(len(toks))
		switch r.IntN(20) {
		default: // a token of the same kind: what the parser takes
			for range 50 {
				i = r.IntN(len(toks))
				if p := pool[r.IntN(len(pool))]; kindOf(p) == kindOf(toks[i]) && kindOf(p) != ' ' && p != toks[i] {
					toks[i] = p
					break
				}
			}
		case 0:
			toks = slices.Delete(toks, i, i+1)
		case 1:
			toks = slices.Insert(toks, i, toks[r.IntN(len(toks))])
		case 2:
			j := r.IntN(len(toks))
			toks[i], toks[j] = toks[j], toks[i]
		case 3, 4:
			toks[i] = pool[r.IntN(len(pool))]
		case 5:
			b := []byte(toks[i])
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
			toks[i] = string(b)
		}
	}
	return strings.Join(toks, "")
}

// kindOf is a class of tokens: words, numbers, texts, signs.
func kindOf(tok string) byte {
	switch c := tok[0]; {
	case c == '\'' || c == '"':
		return c
	case c >= '0' && c <= '9':
		return '0'
	case c <= ' ':
		return ' '
	case c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z':
		return 'a'
	}
	return '+'
}

// TestMutatedStatements throws statements that are almost right at one session. Whatever
// they are, the answer is rows or an error with a place in the list of SQLSTATEs.
func TestMutatedStatements(t *testing.T) {
	const n = 2000
	dir := t.TempDir()
	t.Chdir(dir) // where a mutated path leads
	_ = os.WriteFile(filepath.Join(dir, "data"), []byte(`{"id":1,"name":"a","ts":"2026-01-01T00:00:00","a_int":5,"amount":1.5}`+"\n{}\nnot json\n"), 0o600)
	all := build.Connectors()
	l := open(t, session.Config{Connectors: map[string]build.Connector{"file": all["file"], "blackhole": all["blackhole"]}})
	s := connect(t, l)
	must(t, s, "SET statement_timeout = '2s'")
	t.Chdir(corpusHome)
	stmts := corpus(t, dir)
	t.Chdir(dir)
	pool := []string{"NULL", "''", "-1", "0", "9223372036854775808", "1e400", "'x'::int", "ARRAY[1, NULL]", "ROW(1, 'a')", "INTERVAL '1' DAY", "$1", "(", ")", "*", "::",
		"CAST(NULL AS JSON)", "DISTINCT", "OVER ()", "VALUES (1), (2)", "1 / 0", "now()", "PROCTIME()", "'\x00'", "é"}
	for _, sql := range stmts {
		check(t, s, sql)
		pool = append(pool, token.FindAllString(sql, 20)...)
	}
	r := rand.New(rand.NewPCG(1, 2))
	codes := map[sqlerr.Code]int{}
	for range n {
		codes[check(t, s, mutate(r, stmts[r.IntN(len(stmts))], pool))]++
	}
	if codes[sqlerr.SuccessfulCompletion] < n/50 {
		t.Errorf("too few of the statements ran for the test to mean anything: %v", codes)
	}
	t.Logf("%v", codes)
}

// corpusHome is the package's folder.
var corpusHome, _ = os.Getwd()

func check(t *testing.T, s session.Session, sql string) sqlerr.Code {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("panic: %v\n%s", r, sql)
		}
	}()
	_, _, err := run(ctx, s, sql)
	if err == nil {
		return sqlerr.SuccessfulCompletion
	}
	e := sqlerr.From(err)
	if e.Code == sqlerr.InternalError || e.Code == sqlerr.QueryCanceled || e.Pos < 0 || int(e.Pos) > len(sql)+1 {
		t.Errorf("%v at %d of %d\n%s\n%.3000s", err, e.Pos, len(sql), sql, e.Detail)
	}
	return e.Code
}

// TestCallsOfAnything calls every function and operator with values that nobody would
// give it.
func TestCallsOfAnything(t *testing.T) {
	s := connect(t, open(t, session.Config{}))
	values := []string{"NULL", "0", "-1", "1", "2147483647", "-2147483648", "9223372036854775807", "(-9223372036854775807 - 1)", "'NaN'::double", "'Infinity'::double", "-0.0::double",
		"1e308::double", "1e-320::double", "99999999999999999999999999999999999999::decimal(38, 0)", "0.1::decimal(10, 9)", "''", "'a'", "'äöü€😀'", "'%_\\'", "'[('", "repeat('x', 100000)",
		"true", "DATE '0001-01-01'", "DATE '9999-12-31'", "TIMESTAMP '1970-01-01 00:00:00'", "TIMESTAMP '294276-12-31 23:59:59.999999'", "TIMESTAMP '4713-01-01 00:00:00 BC'", "TIME '24:00:00'",
		"INTERVAL '178000000' YEAR", "INTERVAL '-1' MONTH", "INTERVAL '0' SECOND", "ARRAY[1, NULL, 3]", "ARRAY['a']", "ARRAY[ARRAY[1]]", "ROW(1, 'a')", "MAP['a', 1]", "'{\"a\": [1, {}]}'::json", "'\\xff00'::bytes",
		"CAST(NULL AS INT)", "CAST(NULL AS VARCHAR)", "CAST(NULL AS TIMESTAMP)", "'year'", "'epoch'", "'YYYY-MM-DD HH24:MI:SS.US'", "'UTC'"}
	types := []string{"boolean", "smallint", "int", "bigint", "real", "double", "decimal(5, 2)", "varchar", "varchar(2)", "bytes", "date", "time", "timestamp(3)", "timestamp_ltz(6)", "interval day", "json", "array<int>"}
	operators := []string{"+", "-", "*", "/", "%", "||", "=", "<", "->", "->>", "AND", "LIKE", "IS DISTINCT FROM", "AT TIME ZONE", "^", "&", "<<", "~"}
	names := must(t, s, "SHOW FUNCTIONS")
	r := rand.New(rand.NewPCG(3, 4))
	value := func() string { return values[r.IntN(len(values))] }
	codes := map[sqlerr.Code]int{}
	for i := range 2500 {
		var e string
		switch i % 4 {
		case 0:
			e = value() + " " + operators[r.IntN(len(operators))] + " " + value()
		case 1:
			e = fmt.Sprintf("CAST(%s AS %s)", value(), types[r.IntN(len(types))])
		default:
			f := strings.Split(names[r.IntN(len(names))], "|")
			args := make([]string, r.IntN(4))
			if want := strings.Count(f[1], ", ") + 1; f[1] != "" && r.IntN(4) > 0 {
				args = make([]string, want)
			}
			cols := make([]string, len(args))
			for j := range args {
				args[j], cols[j] = value(), fmt.Sprint("c", j)
			}
			e = f[0] + "(" + strings.Join(args, ", ") + ")"
			if len(args) > 0 { // as columns, that no planner can fold
				codes[check(t, s, fmt.Sprintf("SELECT %s(%s) FROM (VALUES (%s), (%s)) AS v(%[2]s)", f[0], strings.Join(cols, ", "),
					strings.Join(args, ", "), strings.Join(args, ", ")))]++
			}
		}
		codes[check(t, s, "SELECT "+e)]++
		check(t, s, "SELECT x FROM (SELECT "+e+" AS x FROM (VALUES (1), (2), (NULL)) AS v(a)) t WHERE x IS NOT NULL ORDER BY x")
	}
	t.Logf("%v", codes)
}
