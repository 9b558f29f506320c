package parser

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// corpus gives the texts of testdata/corpus by their ids.
func corpus(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/corpus/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	texts := map[string]string{}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var entry struct{ ID, SQL string }
			if err := json.Unmarshal(lines.Bytes(), &entry); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			texts[entry.ID] = entry.SQL
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return texts
}

var samePlacesAside = cmp.Options{
	cmpopts.IgnoreTypes(Pos(0), Span{}),
	cmpopts.EquateEmpty(),
}

// TestCorpus reads what clients ask the catalogue, the streaming cases and
// Nexmark; each query printed and read again is the same, and each node's
// place is where it stands in the text.
func TestCorpus(t *testing.T) {
	for id, sql := range corpus(t) {
		list, err := Parse(sql)
		if err != nil {
			t.Errorf("%s: %s\n%s", id, outcome(sql, err), sql)
			continue
		}
		for _, s := range list {
			if text := s.Span().Text(sql); text == "" || strings.TrimSpace(text) != text {
				t.Errorf("%s: span is %q", id, text)
			}
			walk(reflect.ValueOf(s), func(node any) {
				checkPlace(t, id, sql, node)
				if q, ok := node.(*Query); ok {
					checkPrinted(t, id, q)
				}
			})
		}
	}
}

func checkPrinted(t *testing.T, id string, q *Query) {
	t.Helper()
	text := FormatQuery(q)
	again, err := ParseOne(text)
	if err != nil {
		t.Errorf("%s: printed: %s\n%s", id, outcome(text, err), text)
		return
	}
	if d := cmp.Diff(q, again.(*SelectStmt).Query, samePlacesAside); d != "" {
		t.Errorf("%s: printed and read again (-first +again):\n%s\n%s", id, d, text)
	}
}

// checkPlace compares the source at a node's position with the node.
func checkPlace(t *testing.T, id, sql string, node any) {
	t.Helper()
	x, ok := node.(Expr)
	if !ok {
		return
	}
	p := int(x.Pos())
	if p < 1 || p > len(sql) {
		t.Errorf("%s: %T at %d is outside of the text", id, node, p)
		return
	}
	at := strings.ToUpper(sql[p-1:])
	want := []string{""}
	switch x := node.(type) {
	case *ColumnRef:
		want = []string{strings.ToUpper(x.Parts[0].Text), `"` + strings.ToUpper(x.Parts[0].Text), "`" + strings.ToUpper(x.Parts[0].Text)}
	case *Param:
		want = []string{"$"}
	case *Unary:
		want = []string{x.Op}
	case *Binary:
		want = []string{x.Op, "OPERATOR"}
		if x.Op == "<>" {
			want = append(want, "!=")
		}
	case *Case:
		want = []string{"CASE"}
	case *IntervalLit:
		want = []string{"INTERVAL"}
	case *Subquery:
		want = []string{"(", "ARRAY"}
	case *Literal:
		if x.Kind == "int" {
			want = []string{x.Text, "SUBSTRING", "FETCH"}
		}
	}
	for _, w := range want {
		if strings.HasPrefix(at, w) {
			return
		}
	}
	t.Errorf("%s: %T at %d, where %.20q stands, is not one of %q", id, node, p, at, want)
}
