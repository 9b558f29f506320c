package session_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/server/session"
)

// open makes an engine that ends with the test.
func open(t testing.TB, cfg session.Config) *session.Local {
	t.Helper()
	cfg.Version = "test"
	l, err := session.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func connect(t testing.TB, l *session.Local) session.Session {
	t.Helper()
	s, err := l.NewSession(t.Context(), map[string]string{"user": "ada"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// rowsOf reads a result to its end: a line a row, with | between the values.
func rowsOf(ctx context.Context, r session.Result) (lines []string, err error) {
	for {
		b, err := r.Next(ctx, true)
		if err == io.EOF {
			return lines, nil
		}
		if err != nil {
			return lines, err
		}
		for i := range b.Rows() {
			var vals []string
			for j, c := range b.Cols {
				if c.IsNull(b.Row(i)) {
					vals = append(vals, "NULL")
					continue
				}
				vals = append(vals, string(expr.AppendText(nil, r.Columns()[j].Type, c, b.Row(i))))
			}
			lines = append(lines, strings.Join(vals, "|"))
		}
	}
}

// run prepares and runs one statement.
func run(ctx context.Context, s session.Session, sql string, args ...session.Arg) (lines []string, tag string, err error) {
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return nil, "", err
	}
	r, err := p.Run(ctx, args)
	if err != nil {
		return nil, "", err
	}
	defer r.Close()
	lines, err = rowsOf(ctx, r)
	for _, n := range r.Notices() {
		lines = append(lines, "NOTICE: "+n.Message)
	}
	return lines, r.Tag(int64(len(lines))), err
}

func must(t testing.TB, s session.Session, sql string) []string {
	t.Helper()
	lines, _, err := run(t.Context(), s, sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return lines
}

// script runs statements one after the other and tells what came of each, until one
// fails.
func script(ctx context.Context, s session.Session, src string) string {
	var out strings.Builder
	stmts, err := s.Parse(src)
	if err != nil {
		return fault(err, src)
	}
	for _, st := range stmts {
		if err := statement(ctx, s, &out, st.Span().Text(src)); err != nil {
			out.WriteString(fault(session.Shift(err, st.Span().From), src))
			break
		}
	}
	return out.String()
}

func statement(ctx context.Context, s session.Session, out io.Writer, sql string) error {
	p, err := s.Prepare(ctx, sql, nil)
	if err != nil {
		return err
	}
	if cols := p.Columns(); cols != nil {
		fmt.Fprintln(out, header(cols))
	}
	r, err := p.Run(ctx, nil)
	if err != nil {
		return err
	}
	lines, err := rowsOf(ctx, r)
	for _, n := range r.Notices() {
		fmt.Fprintf(out, "NOTICE: %s\n", n.Message)
	}
	for _, l := range lines {
		fmt.Fprintln(out, l)
	}
	if err != nil {
		_ = r.Close()
		return err
	}
	fmt.Fprintln(out, r.Tag(int64(len(lines))))
	return r.Close()
}

func header(cols catalog.Schema) string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Name
	}
	return "# " + strings.Join(names, "|")
}

func fault(err error, src string) string {
	e := *sqlerr.From(err)
	e.Locate(src)
	text := fmt.Sprintf("ERROR %s", e.Code)
	if e.Line > 0 {
		text += fmt.Sprintf(" at %d:%d", e.Line, e.Col)
	}
	text += ": " + e.Message + "\n"
	if e.Detail != "" {
		text += "DETAIL: " + e.Detail + "\n"
	}
	if e.HintMsg != "" {
		text += "HINT: " + e.HintMsg + "\n"
	}
	return text
}

// TestSQL runs scripts in sessions of one engine a file. sql [as=NAME] runs the input
// in a session, file NAME writes it to a file, close NAME ends a session. DIR stands
// for the files' folder.
func TestSQL(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		dir := t.TempDir()
		l, err := session.Open(session.Config{Version: "test"})
		if err != nil {
			t.Fatal(err)
		}
		sessions := map[string]session.Session{}
		defer func() {
			for _, s := range sessions {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		}()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			name := "main"
			d.MaybeScanArgs(t, "as", &name)
			switch d.Cmd {
			case "file":
				if err := os.WriteFile(filepath.Join(dir, d.CmdArgs[0].Key), []byte(d.Input+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				return ""
			case "cat":
				text, err := os.ReadFile(filepath.Join(dir, d.CmdArgs[0].Key))
				if err != nil {
					t.Fatal(err)
				}
				return string(text)
			case "close":
				if err := sessions[name].Close(); err != nil {
					t.Fatal(err)
				}
				delete(sessions, name)
				return ""
			case "sql":
				s := sessions[name]
				if s == nil {
					if s, err = l.NewSession(t.Context(), map[string]string{"user": name}); err != nil {
						t.Fatal(err)
					}
					sessions[name] = s
				}
				return strings.ReplaceAll(script(t.Context(), s, strings.ReplaceAll(d.Input, "DIR", dir)), dir, "DIR")
			}
			d.Fatalf(t, "unknown command %s", d.Cmd)
			return ""
		})
	})
}
