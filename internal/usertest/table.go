package usertest

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/penstock/penstock/internal/sim"
)

// cell writes a value as files hold it: NULL for NULL, and quotes around a text that could be
// taken for something else.
func cell(v string) string {
	switch {
	case v == sim.Null:
		return "NULL"
	case v == "" || v == "NULL" || v[0] == '#' || v != strings.TrimSpace(v) || strings.ContainsAny(v, "|\"\n\\"):
		r := strings.NewReplacer("\\", "\\\\", "\"", "\\\"", "\n", "\\n")
		return `"` + r.Replace(v) + `"`
	}
	return v
}

// format lays rows out as a table under their columns' names.
func format(names []string, rows [][]string) []string {
	if len(rows) == 0 {
		return nil
	}
	width := make([]int, len(names))
	grid := [][]string{names}
	for _, r := range rows {
		line := make([]string, len(r))
		for i, v := range r {
			line[i] = cell(v)
		}
		grid = append(grid, line)
	}
	for _, r := range grid {
		for i, v := range r {
			width[i] = max(width[i], utf8.RuneCountInString(v))
		}
	}
	var out []string
	for k, r := range grid {
		cells := make([]string, len(r))
		for i, v := range r {
			cells[i] = v + strings.Repeat(" ", width[i]-utf8.RuneCountInString(v))
		}
		out = append(out, strings.TrimRight(strings.Join(cells, " | "), " "))
		if k == 0 {
			for i := range cells {
				cells[i] = strings.Repeat("-", width[i])
			}
			out = append(out, strings.Join(cells, "-+-"))
		}
	}
	return out
}

// normal is a line of a table without the blanks that line its columns up.
func normal(line string) string {
	var cells []string
	quoted, from := false, 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == '|' && !quoted:
			cells = append(cells, strings.TrimSpace(line[from:i]))
			from = i + 1
		}
	}
	return strings.Join(append(cells, strings.TrimSpace(line[from:])), " | ")
}

// ruler tells the line under the names.
func ruler(line string) bool {
	return strings.Trim(line, "-+ ") == "" && strings.Contains(line, "-")
}

// body gives a table's lines for comparison: the head, then the rows, sorted
// unless their order counts.
func body(lines []string, ordered bool) []string {
	var out []string
	for i, l := range lines {
		if l = strings.TrimRight(l, " "); l == "" || l[0] == '#' || i == 1 && ruler(l) {
			continue
		}
		out = append(out, normal(l))
	}
	if !ordered && len(out) > 1 {
		slices.Sort(out[1:])
	}
	return out
}
