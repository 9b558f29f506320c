package usertest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sim"
	"github.com/penstock/penstock/internal/sqlerr"
)

// maxCaseBytes bounds one line of JSON.
const maxCaseBytes = 16 << 20

// LineCase is a case as a line of JSON: tables with their records, a query, and the rows that
// must come out.
type LineCase struct {
	ID    string   `json:"id"`
	DDL   string   `json:"ddl"`
	Query string   `json:"query"`
	Views []string `json:"views"`
	// Sources are the tables of DDL; Arrival is the order over all of them, as
	// pairs of source and record. Without it each comes in its own order.
	Sources []LineSource `json:"sources"`
	Arrival [][2]int     `json:"arrival"`
	// Expected are objects by column name; ExpectedColumns gives the order.
	Expected        []json.RawMessage `json:"expected"`
	ExpectedColumns []string          `json:"expected_columns"`
	// ExpectedMode is append: exactly these rows come out.
	ExpectedMode string `json:"expected_mode"`
	// ExpectedError says that the query must be refused, whatever the words.
	ExpectedError string `json:"expected_error"`
	// EndOfInput is flush or hold.
	EndOfInput string `json:"end_of_input"`
	Ordered    bool   `json:"ordered"`
	// Line is where it stands in its file.
	Line int `json:"-"`
}

// LineSource is a table's kind (stream or lookup) and records.
type LineSource struct {
	Name    string            `json:"name"`
	Kind    string            `json:"kind"`
	Records []json.RawMessage `json:"records"`
}

// ParseLines reads a file of JSON lines.
func ParseLines(file string, data []byte) ([]*LineCase, error) {
	var out []*LineCase
	sc := bufio.NewScanner(bytes.NewReader(data))
	sc.Buffer(nil, maxCaseBytes)
	for n := 1; sc.Scan(); n++ {
		if len(bytes.TrimSpace(sc.Bytes())) == 0 {
			continue
		}
		c := &LineCase{Line: n}
		if err := json.Unmarshal(sc.Bytes(), c); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n, err)
		}
		if c.Query == "" {
			continue // the peer's query has no faithful form here
		}
		out = append(out, c)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return out, nil
}

// connectorOptions finds what a case says of its connectors, which is the peer's
// affair.
var connectorOptions = regexp.MustCompile(`(?s)\)\s*WITH\s*\('connector'.*?\)`)

// tables is the case's DDL for the engine under test: streams read the feeds,
// lookup tables hold their records.
func (c *LineCase) tables() (string, error) {
	var b strings.Builder
	for _, ddl := range strings.SplitAfter(c.DDL, ";") {
		if strings.TrimSpace(ddl) == "" {
			continue
		}
		src := c.source(ddl)
		if src == nil || src.Kind == "stream" || src.Kind == "" {
			b.WriteString(connectorOptions.ReplaceAllLiteralString(ddl, ") WITH ('connector' = '"+sim.Connector+"')"))
			continue
		}
		if src.Kind != "lookup" {
			return "", fmt.Errorf("a %s source", src.Kind)
		}
		rows, err := json.Marshal(src.Records)
		if err != nil {
			return "", err
		}
		ddl = strings.Replace(ddl, "CREATE TABLE", "CREATE LOOKUP TABLE", 1)
		b.WriteString(connectorOptions.ReplaceAllLiteralString(ddl, ") WITH ('connector' = 'values', 'rows' = "+catalog.QuoteLiteral(string(rows))+")"))
	}
	return b.String(), nil
}

// source finds the source that a CREATE TABLE declares.
func (c *LineCase) source(ddl string) *LineSource {
	for i, s := range c.Sources {
		if strings.Contains(ddl, "CREATE TABLE "+s.Name+" ") {
			return &c.Sources[i]
		}
	}
	return nil
}

// RunLine runs a case with settings over the defaults and tells what differs; empty: it passed.
// It must be called in a bubble.
func RunLine(c *LineCase, settings map[string]string) (fault string) {
	return runLine(c, settings, func(*sim.Engine) error { return nil })
}

// runLine calls after behind every record.
func runLine(c *LineCase, settings map[string]string, after func(*sim.Engine) error) (fault string) {
	ddl, err := c.tables()
	if err != nil {
		return err.Error()
	}
	e, err := sim.NewEngine(settings)
	if err != nil {
		return err.Error()
	}
	defer func() {
		if err := e.Close(); err != nil && fault == "" {
			fault = err.Error()
		}
	}()
	q, err := c.start(e, ddl)
	if c.ExpectedError != "" {
		if err == nil {
			_ = q.Stop() // it should not run at all
			return "the query runs, where it must be refused: " + c.ExpectedError
		}
		if e, ok := errors.AsType[*sqlerr.Error](err); ok && e.Code == sqlerr.InternalError {
			return sim.ErrorText(err)
		}
		return ""
	}
	if err != nil {
		return sim.ErrorText(err)
	}
	defer func() { _ = q.Stop() }() // its rows are what matters
	if err := c.feed(e, after); err != nil {
		return sim.ErrorText(err)
	}
	if c.EndOfInput == "flush" {
		for _, s := range c.Sources {
			e.Feeds.End(s.Name, -1)
		}
		e.Settle()
		if over, err := q.Over(); err != nil {
			return sim.ErrorText(err)
		} else if !over {
			return "the query has not ended"
		}
	} else if _, err := q.Over(); err != nil {
		return sim.ErrorText(err)
	}
	return c.compare(q)
}

func (c *LineCase) start(e *sim.Engine, ddl string) (*sim.Query, error) {
	if _, err := e.Exec(ddl + "\n" + strings.Join(c.Views, ";\n")); err != nil {
		return nil, err
	}
	q, err := e.Start(c.Query)
	if err == nil {
		e.Settle()
	}
	return q, err
}

// feed lets the records come in.
func (c *LineCase) feed(e *sim.Engine, after func(*sim.Engine) error) error {
	order := c.Arrival
	if order == nil {
		for s, src := range c.Sources {
			for r := range src.Records {
				order = append(order, [2]int{s, r})
			}
		}
	}
	for _, a := range order {
		if s := c.Sources[a[0]]; s.Kind != "lookup" {
			e.Feeds.Append(s.Name, 0, s.Records[a[1]])
			e.Settle()
			if err := after(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *LineCase) compare(q *sim.Query) string {
	if c.ExpectedMode != "append" && c.ExpectedMode != "" {
		return fmt.Sprintf("expected_mode %q", c.ExpectedMode)
	}
	got, err := q.Canonical(c.ExpectedColumns)
	if err != nil {
		return err.Error()
	}
	names := c.ExpectedColumns
	if names == nil {
		for _, col := range q.Columns() {
			names = append(names, col.Name)
		}
	}
	want, err := q.CanonicalJSON(c.Expected, names)
	if err != nil {
		return err.Error()
	}
	if !c.Ordered {
		slices.Sort(got)
		slices.Sort(want)
	}
	if slices.Equal(want, got) {
		return ""
	}
	return "rows differ (- expected, + came out)\n" + diff(want, got)
}
