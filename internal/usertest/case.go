package usertest

import (
	"fmt"
	"strings"
	"time"
)

// MaxFileBytes bounds a file of cases.
const MaxFileBytes = 64 << 20

// Case is one test: SQL, then steps.
type Case struct {
	Name string
	// File and Line are where it stands.
	File string
	Line int
	// Settings are those of SET.
	Settings map[string]string
	SQL      string
	Steps    []*Step
}

// StepKind tells what a step does.
type StepKind string

// The steps. They are named as in files.
const (
	Records StepKind = "records" // come in, one after the other
	Wait    StepKind = "wait"    // the clock moves
	End     StepKind = "end"     // flush: the input ends; hold: it stays open
	Expect  StepKind = "expect"  // rows since the last expect, or an error
	Refresh StepKind = "refresh" // a lookup table is loaded anew
	Restart StepKind = "restart" // the query is set up again from its saved state
)

// Step is one of a case's steps.
type Step struct {
	Kind StepKind
	Line int
	// Table is the one that records belong to, or that is refreshed.
	Table string
	// Lines are records, or the text that is expected.
	Lines []string
	Wait  time.Duration
	Flush bool
	// Ordered rows must come in this order; otherwise any will do.
	Ordered bool
	// Code is the SQLSTATE that is expected instead of rows.
	Code string
}

// Parse reads a file of cases. The form:
//
//	=== name of the case
//	--- set parallelism = 1
//	--- sql
//	CREATE TABLE …; SELECT …;
//	--- records visits
//	{"id": "a", "ts": "2024-01-01 00:00:01"}
//	--- wait 10s
//	--- end flush
//	--- expect
//	id | n
//	---+--
//	a  | 2
//
// Lines that begin with # before a case, or in an expectation, are remarks.
func Parse(file, text string) ([]*Case, error) {
	var cases []*Case
	var c *Case
	var into *[]string
	var sql []string
	fault := func(n int, format string, args ...any) error {
		return fmt.Errorf("%s:%d: %s", file, n+1, fmt.Sprintf(format, args...))
	}
	finish := func() {
		if c != nil {
			c.SQL, sql = strings.Join(sql, "\n"), nil
		}
	}
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		switch {
		case strings.HasPrefix(line, "=== "):
			finish()
			c = &Case{Name: strings.TrimSpace(line[4:]), File: file, Line: n + 1, Settings: map[string]string{}}
			cases, into = append(cases, c), nil
		case strings.HasPrefix(line, "--- "):
			if c == nil {
				return nil, fault(n, "a case begins with a line === name")
			}
			var err error
			if into, err = c.directive(strings.TrimSpace(line[4:]), n+1, &sql); err != nil {
				return nil, fault(n, "%v", err)
			}
		case into != nil:
			*into = append(*into, line)
		case strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#"):
			return nil, fault(n, "%q belongs to nothing: a line --- sql, --- records TABLE or --- expect comes first", line)
		}
	}
	finish()
	for _, c := range cases {
		if strings.TrimSpace(c.SQL) == "" {
			return nil, fault(c.Line-1, "case %q has no --- sql", c.Name)
		}
		for _, s := range c.Steps {
			s.Lines = trimBlank(s.Lines)
		}
	}
	return cases, nil
}

// directive takes a --- line and gives where the lines behind it belong.
func (c *Case) directive(text string, line int, sql *[]string) (*[]string, error) {
	word, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	step := &Step{Kind: StepKind(word), Line: line}
	var into *[]string
	switch word {
	case "sql":
		return sql, nil
	case "set":
		k, v, ok := strings.Cut(rest, "=")
		if !ok {
			return nil, fmt.Errorf("--- set name = value")
		}
		c.Settings[strings.TrimSpace(k)] = strings.Trim(strings.TrimSpace(v), "'")
		return nil, nil
	case "records", "refresh":
		if step.Table = rest; rest == "" {
			return nil, fmt.Errorf("--- %s needs the name of a table", word)
		}
		if word == "records" {
			into = &step.Lines
		}
	case "wait":
		d, err := time.ParseDuration(rest)
		if err != nil || d <= 0 {
			return nil, fmt.Errorf("--- wait needs a duration such as 10s, not %q", rest)
		}
		step.Wait = d
	case "end":
		if rest != "flush" && rest != "hold" {
			return nil, fmt.Errorf("--- end flush, or --- end hold")
		}
		step.Flush = rest == "flush"
	case "expect":
		switch {
		case rest == "" || rest == "ordered":
			step.Ordered = rest == "ordered"
		case strings.HasPrefix(rest, "error"):
			step.Code = strings.TrimSpace(strings.TrimPrefix(rest, "error"))
			if len(step.Code) != 5 {
				return nil, fmt.Errorf("--- expect error needs an SQLSTATE, such as 22012")
			}
		default:
			return nil, fmt.Errorf("--- expect, --- expect ordered or --- expect error SQLSTATE")
		}
		into = &step.Lines
	case "restart":
		if rest != "" {
			return nil, fmt.Errorf("--- restart stands alone")
		}
	default:
		return nil, fmt.Errorf("unknown step %q: sql, set, records, wait, refresh, restart, end and expect are known", word)
	}
	c.Steps = append(c.Steps, step)
	return into, nil
}

// trimBlank drops empty lines at both ends.
func trimBlank(lines []string) []string {
	for len(lines) > 0 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// Rewrite gives the text of a file with the lines of its expectations replaced by
// what came out: got is by the line of the --- expect.
func Rewrite(text string, got map[int][]string) string {
	var out []string
	skipping := false
	for n, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "--- ") || strings.HasPrefix(line, "=== ") {
			if skipping && strings.HasPrefix(line, "=== ") {
				out = append(out, "")
			}
			skipping = false
		}
		if skipping {
			if strings.HasPrefix(line, "#") {
				out, skipping = append(out, "", line), false
			}
			continue
		}
		out = append(out, line)
		if rows, ok := got[n+1]; ok && strings.HasPrefix(line, "--- expect") {
			out = append(out, rows...)
			skipping = true
		}
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n"
}
