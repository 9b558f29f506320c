package difftest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/server/session"
)

var (
	psql    = flag.String("psql", "", "rewrite testdata/* with the answers of this PostgreSQL 15 (a connection string)")
	summary = flag.Bool("summary", false, "tell how many statements each file holds and how many differ")
)

// deadline bounds one statement: none of them has an endless answer.
const deadline = 10 * time.Second

// TestAnswers runs the statements of testdata and compares their answers with
// those that PostgreSQL gave.
func TestAnswers(t *testing.T) {
	files, err := filepath.Glob("testdata/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".sql"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			blocks := readBlocks(string(data))
			if *psql != "" {
				ask(t, *psql, blocks)
			}
			replay(t, file, blocks)
			if *psql != "" {
				if err := os.WriteFile(file, []byte(writeBlocks(blocks)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// replay compares, and counts what differs without a reason.
func replay(t *testing.T, file string, blocks []*block) (differ int) {
	s := open(t)
	known := 0
	for _, b := range blocks {
		if b.sql == "" {
			continue
		}
		if len(b.want) == 0 {
			t.Errorf("%s:%d: no answer yet", file, b.line)
			continue
		}
		got := run(t, s, b)
		if b.reason != "" {
			known++
		}
		same := slices.Equal(loosen(got, b.want), b.want)
		switch {
		case b.reason == "" && !same:
			differ++
			t.Errorf("%s:%d: %s\n  is   %s\n  want %s", file, b.line, b.sql, strings.Join(got, "\n       "), strings.Join(b.want, "\n       "))
		case b.reason != "" && same && *psql != "":
			b.reason = ""
		case b.reason != "" && same:
			t.Errorf("%s:%d: %s\n  is as PostgreSQL has it: take the reason away", file, b.line, b.sql)
		case b.reason != "" && *psql != "":
			b.ours = got
		case b.reason != "" && !slices.Equal(got, b.ours):
			t.Errorf("%s:%d: %s\n  is   %s\n  want %s", file, b.line, b.sql, strings.Join(got, "\n       "), strings.Join(b.ours, "\n       "))
		}
	}
	if *summary {
		t.Logf("%d statements, %d differ, %d on purpose", len(blocks), differ, known)
	}
	return differ
}

// loosen takes the place of our error away where PostgreSQL told none, as it
// does for what fails while it runs.
func loosen(got, want []string) []string {
	if len(got) == 1 && len(want) == 1 && strings.HasPrefix(got[0], "ERROR ") && !strings.Contains(want[0], " at ") {
		if i := strings.LastIndex(got[0], " at "); i > 0 {
			return []string{got[0][:i]}
		}
	}
	return got
}

func open(t *testing.T) session.Session {
	l, err := session.Open(session.Config{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s, err := l.NewSession(context.Background(), map[string]string{"TimeZone": "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// run gives our answer to a statement.
func run(t *testing.T, s session.Session, b *block) []string {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	out, err := runIn(ctx, s, b)
	if err != nil {
		e := sqlerr.From(err)
		line := fmt.Sprintf("ERROR %s %s", e.Code, e.Message)
		if e.Pos > 0 {
			line += fmt.Sprintf(" at %d", sqlerr.CharPos(b.sql, e.Pos))
		}
		return []string{line}
	}
	return out
}

func runIn(ctx context.Context, s session.Session, b *block) ([]string, error) {
	p, err := s.Prepare(ctx, b.sql, nil)
	if err != nil {
		return nil, err
	}
	args := make([]session.Arg, len(b.args))
	for i, a := range b.args {
		if args[i].Null = a == nil; a != nil {
			args[i].Text = *a
		}
	}
	var params, cols []string
	for _, t := range p.Params() {
		params = append(params, typeName(catalog.OID(t)))
	}
	schema := p.Columns()
	oids := make([]uint32, len(schema))
	if o, ok := p.(session.TypeOIDs); ok {
		oids = o.TypeOIDs()
	}
	for i, c := range schema {
		if oids[i] == 0 {
			oids[i] = catalog.OID(c.Type)
		}
		cols = append(cols, c.Name+" "+typeName(oids[i]))
	}
	res, err := p.Run(ctx, args)
	if err != nil {
		return nil, err
	}
	defer res.Close()
	rows, err := read(ctx, s, res, schema)
	if err != nil {
		return nil, err
	}
	return answer(b.sql, params, cols, rows), nil
}

// read takes all rows of a result as text.
func read(ctx context.Context, s session.Session, res session.Result, schema catalog.Schema) ([][]string, error) {
	name, _ := s.Setting("TimeZone")
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for {
		batch, err := res.Next(ctx, true)
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		rows = appendRows(rows, batch, schema, zone)
	}
}

func appendRows(rows [][]string, b *exec.Batch, schema catalog.Schema, zone *time.Location) [][]string {
	for n := range b.Rows() {
		i := n
		if b.Sel != nil {
			i = int(b.Sel[n])
		}
		var row []string
		for k, c := range b.Cols {
			null := c.IsNull(i)
			var text []byte
			if !null {
				text = expr.AppendTextIn(nil, schema[k].Type, c, i, zone)
			}
			row = append(row, cell(string(text), null))
		}
		rows = append(rows, row)
	}
	return rows
}

// sameTypes are PostgreSQL's types that we do not tell apart.
var sameTypes = map[uint32]uint32{1043: 25, 1042: 25, 19: 25, 3802: 114, 1015: 1009, 1014: 1009, 1003: 1009, 3807: 199}

var typeNames = map[uint32]string{16: "bool", 17: "bytea", 20: "int8", 21: "int2", 23: "int4", 25: "text", 114: "json", 700: "float4",
	701: "float8", 1082: "date", 1083: "time", 1114: "timestamp", 1184: "timestamptz", 1186: "interval", 1700: "numeric", 2249: "record",
	199: "json[]", 1000: "bool[]", 1001: "bytea[]", 1005: "int2[]", 1007: "int4[]", 1009: "text[]", 1016: "int8[]", 1021: "float4[]",
	1022: "float8[]", 1115: "timestamp[]", 1182: "date[]", 1183: "time[]", 1185: "timestamptz[]", 1187: "interval[]", 1231: "numeric[]",
	2278: "void"}

func typeName(oid uint32) string {
	if to, ok := sameTypes[oid]; ok {
		oid = to
	}
	if name, ok := typeNames[oid]; ok {
		return name
	}
	return fmt.Sprint("oid ", oid)
}
