package difftest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/server/session"
)

// line is a line of testdata/expr: an expression or a SELECT, what PostgreSQL
// answered and, where ours is another on purpose, ours and the name of the reason.
type line struct {
	text   string // as it is: a comment or blank
	sql    string
	theirs string
	ours   string
	reason string
}

const (
	arrow  = " → "
	unlike = " ≠ "
	why    = " ¦ "
)

func readLines(data string) []*line {
	var all []*line
	for text := range strings.SplitSeq(strings.TrimRight(data, "\n"), "\n") {
		l := &line{text: text}
		all = append(all, l)
		if strings.TrimSpace(text) == "" || text[0] == '#' {
			continue
		}
		var rest string
		l.sql, rest, _ = strings.Cut(text, arrow)
		l.theirs, rest, _ = strings.Cut(rest, unlike)
		l.ours, l.reason, _ = strings.Cut(rest, why)
	}
	return all
}

func writeLines(all []*line) string {
	var out strings.Builder
	for _, l := range all {
		switch {
		case l.sql == "":
			out.WriteString(l.text)
		case l.reason != "":
			out.WriteString(l.sql + arrow + l.theirs + unlike + l.ours + why + l.reason)
		default:
			out.WriteString(l.sql + arrow + l.theirs)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// statement makes a whole statement of an expression.
func statement(sql string) string {
	if strings.HasPrefix(sql, "SELECT ") {
		return sql
	}
	return "SELECT " + sql
}

// oneLine writes an answer: cells, and rows in order where the statement orders them.
func oneLine(sql string, rows [][]string) string {
	texts := make([]string, len(rows))
	for i, r := range rows {
		texts[i] = strings.Join(r, " | ")
	}
	if !strings.Contains(strings.ToUpper(sql), "ORDER BY") {
		slices.Sort(texts)
	}
	if len(texts) == 0 {
		return "(no rows)"
	}
	return strings.Join(texts, " ; ")
}

// evaluate gives our answer to a line.
func evaluate(t *testing.T, s session.Session, l *line) string {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	rows, err := rowsOf(ctx, s, statement(l.sql))
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s takes too long", l.sql)
		}
		return "!" + string(sqlerr.From(err).Code)
	}
	return oneLine(l.sql, rows)
}

func rowsOf(ctx context.Context, s session.Session, sql string) ([][]string, error) {
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	res, err := p.Run(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer res.Close()
	var rows [][]string
	for {
		b, err := res.Next(ctx, true)
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		rows = appendRows(rows, b, p.Columns(), time.UTC)
	}
}

// askLines has PostgreSQL answer.
func askLines(t *testing.T, dsn string, lines []*line) {
	conn := dial(t, dsn)
	defer conn.Close(context.Background())
	for _, l := range lines {
		if l.sql != "" {
			l.theirs = askLine(t, conn, l.sql)
		}
	}
}

func askLine(t *testing.T, conn *pgconn.PgConn, sql string) string {
	res := conn.ExecParams(context.Background(), statement(sql), nil, nil, nil, nil).Read()
	if res.Err != nil {
		e, ok := errors.AsType[*pgconn.PgError](res.Err)
		if !ok {
			t.Fatalf("%s: %v", sql, res.Err)
		}
		return "!" + e.Code
	}
	var rows [][]string
	for _, r := range res.Rows {
		var row []string
		for _, v := range r {
			row = append(row, cell(string(v), v == nil))
		}
		rows = append(rows, row)
	}
	return oneLine(sql, rows)
}

// tally counts what the runs over all files found.
type tally struct{ equal, listed, of int }

func (a *tally) add(b tally) { a.equal, a.listed, a.of = a.equal+b.equal, a.listed+b.listed, a.of+b.of }

// TestExpressions compares the expressions of testdata/expr with the answers
// that are recorded there, and generated.txt with what the generator makes.
func TestExpressions(t *testing.T) {
	if *psql != "" {
		recordGenerated(t)
	}
	for _, file := range exprFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			lines := loadLines(t, file)
			if *psql != "" {
				askLines(t, *psql, lines)
			}
			checkLines(t, file, lines, *psql != "")
			if *psql != "" {
				if err := os.WriteFile(file, []byte(writeLines(lines)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func exprFiles(t *testing.T) []string {
	files, err := filepath.Glob("testdata/expr/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	return files
}

func loadLines(t *testing.T, file string) []*line {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return readLines(string(data))
}

// checkLines compares. When recording, differences for which there is a rule
// are listed.
func checkLines(t *testing.T, file string, lines []*line, record bool) (sum tally) {
	s := open(t)
	for n, l := range lines {
		if l.sql == "" {
			continue
		}
		sum.of++
		if l.theirs == "" {
			t.Errorf("%s:%d: no answer yet", file, n+1)
			continue
		}
		got := evaluate(t, s, l)
		if record {
			l.ours, l.reason = "", ""
			if got != l.theirs {
				l.ours, l.reason = got, reasonOf(l.sql, l.theirs, got)
			}
		}
		switch {
		case l.reason == "" && got == l.theirs:
			sum.equal++
		case l.reason == "":
			t.Errorf("%s:%d: %s\n  is   %s\n  want %s", file, n+1, l.sql, got, l.theirs)
		case reasons[l.reason] == "":
			t.Errorf("%s:%d: there is no reason %q", file, n+1, l.reason)
		case got == l.theirs:
			t.Errorf("%s:%d: %s\n  is as PostgreSQL has it: take the reason away", file, n+1, l.sql)
		case got != l.ours:
			t.Errorf("%s:%d: %s\n  is   %s\n  want %s", file, n+1, l.sql, got, l.ours)
		default:
			sum.listed++
		}
	}
	return sum
}

// TestGenerated: the recorded expressions are those that the generator makes.
func TestGenerated(t *testing.T) {
	made := generate(expr.Builtin().All())
	if len(made) < minGenerated {
		t.Errorf("%d expressions, want at least %d", len(made), minGenerated)
	}
	var have []string
	for _, l := range loadLines(t, generatedFile) {
		if l.sql != "" {
			have = append(have, l.sql)
		}
	}
	if !slices.Equal(made, have) {
		t.Errorf("%s has %d expressions, the generator makes %d others; record it anew (see doc.go)", generatedFile, len(have), len(made))
	}
}

func recordGenerated(t *testing.T) {
	var out bytes.Buffer
	out.WriteString("# Made by generate_test.go; the answers are PostgreSQL's.\n")
	for _, e := range generate(expr.Builtin().All()) {
		fmt.Fprintln(&out, e)
	}
	if err := os.WriteFile(generatedFile, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
