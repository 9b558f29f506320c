package usertest

import (
	"strings"
	"testing"
	"testing/synctest"
)

// TestFiles runs the project's own *.sqltest files.
func TestFiles(t *testing.T) {
	all, err := RunAll(Options{Paths: []string{"../../testdata/tests"}}, func(f func()) { synctest.Test(t, func(*testing.T) { f() }) })
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if Report(&b, all, false) > 0 {
		t.Error(b.String())
	}
}

func TestParseFaults(t *testing.T) {
	for text, want := range map[string]string{
		"--- sql":                          "x:1: a case begins",
		"=== a\nstray":                     "x:2: \"stray\" belongs to nothing",
		"=== a\n--- expect":                "x:1: case \"a\" has no --- sql",
		"=== a\n--- wait soon":             "needs a duration",
		"=== a\n--- end now":               "--- end flush",
		"=== a\n--- expect error 1":        "needs an SQLSTATE",
		"=== a\n--- restart now":           "stands alone",
		"=== a\n--- set x":                 "name = value",
		"=== a\n--- records":               "needs the name",
		"=== a\n--- expect everything now": "--- expect ordered",
	} {
		if _, err := Parse("x", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestCells(t *testing.T) {
	rows := [][]string{{"a|b", ""}, {"\x00NULL", "NULL"}, {`q"\`, "x\ny"}, {"#1", " pad"}}
	lines := format([]string{"x", "y"}, rows)
	if len(lines) != 6 {
		t.Fatal(lines)
	}
	again := body(lines, true)
	want := []string{"x | y", `"a|b" | ""`, `NULL | "NULL"`, `"q\"\\" | "x\ny"`, `"#1" | " pad"`}
	if strings.Join(again, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", again)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("=== a\n--- sql\nSELECT 1;\n--- records t\n{}\n--- wait 1s\n--- end flush\n--- expect ordered\nx\n-\n1\n")
	f.Fuzz(func(t *testing.T, text string) {
		cases, err := Parse("x", text)
		if err != nil {
			return
		}
		got := map[int][]string{}
		for _, c := range cases {
			for _, s := range c.Steps {
				if s.Kind == Expect {
					got[s.Line] = []string{"y"}
				}
			}
		}
		if _, err := Parse("x", Rewrite(text, got)); err != nil {
			t.Errorf("rewritten: %v", err)
		}
	})
}
