package sim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/datum"
)

// digits is how many digits of numbers count in comparisons.
const digits = 10

// Renamed gives the query's columns the names that the expected rows have, by
// their places: those of expressions have none of their own.
func (q *Query) Renamed(names []string) {
	if len(names) == len(q.cols) {
		for i := range names {
			q.cols[i].Name = names[i]
		}
	}
}

// Canonical writes a query's rows for comparison with expected ones: a line a
// row, each value by what it means (numbers to ten digits, times in microseconds).
// The columns are taken in the given order of names; nil: in their own.
func (q *Query) Canonical(names []string) ([]string, error) {
	at := make([]int, len(q.cols))
	for i := range at {
		at[i] = i
	}
	if names != nil {
		at = at[:0]
		for _, n := range names {
			i := slices.IndexFunc(q.cols, func(c catalog.Column) bool { return strings.EqualFold(c.Name, n) })
			if i < 0 {
				return nil, fmt.Errorf("no column %q in %v", n, q.cols)
			}
			at = append(at, i)
		}
	}
	out := []string{}
	for _, row := range q.Values() {
		line := make([]string, len(at))
		for k, i := range at {
			var err error
			if line[k], err = CanonText(q.cols[i].Type, row[i]); err != nil {
				return nil, err
			}
		}
		out = append(out, strings.Join(line, " | "))
	}
	return out, nil
}

// CanonText writes a value given as PostgreSQL's text by what it means, for comparison.
func CanonText(t catalog.Type, s string) (string, error) {
	switch {
	case s == Null:
		return "NULL", nil
	case t.IsNumeric():
		f, err := strconv.ParseFloat(s, 64)
		return CanonNumber(f), err
	case t.IsTimestamp():
		us, err := datum.ParseTimestamp([]byte(s))
		return strconv.FormatInt(us, 10), err
	case t.Kind == catalog.Boolean:
		return map[string]string{"t": "true", "f": "false"}[s], nil
	}
	return strconv.Quote(s), nil
}

// CanonNumber writes a number to ten digits, for comparison.
func CanonNumber(f float64) string {
	if f == 0 {
		return "0" // -0 too
	}
	return strconv.FormatFloat(f, 'e', digits-1, 64)
}

// CanonicalJSON writes expected rows, JSON objects, as Canonical does: names are the
// columns in order, types what a query gives them.
func (q *Query) CanonicalJSON(rows []json.RawMessage, names []string) ([]string, error) {
	out := []string{}
	for _, raw := range rows {
		var row map[string]any
		if err := json.Unmarshal(raw, &row); err != nil {
			return nil, err
		}
		line := make([]string, len(names))
		for k, n := range names {
			i := slices.IndexFunc(q.cols, func(c catalog.Column) bool { return strings.EqualFold(c.Name, n) })
			if i < 0 {
				return nil, fmt.Errorf("no column %q in %v", n, q.cols)
			}
			var err error
			if line[k], err = canonJSON(q.cols[i].Type, row[n]); err != nil {
				return nil, err
			}
		}
		out = append(out, strings.Join(line, " | "))
	}
	return out, nil
}

func canonJSON(t catalog.Type, v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "NULL", nil
	case float64:
		return CanonNumber(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	case string:
		return CanonText(t, v)
	}
	return "", fmt.Errorf("cannot compare %T", v)
}
