package difftest

import (
	"slices"
	"strings"
)

// block is a statement with the answers to it.
type block struct {
	line   int      // of its first line in the file, from 1
	head   []string // the lines as written: comments, statement, args
	sql    string
	args   []*string // nil for NULL
	hasArg bool
	want   []string // PostgreSQL's answer
	reason string   // why ours is another
	ours   []string
}

// readBlocks takes a file apart.
func readBlocks(text string) []*block {
	var all []*block
	b := &block{}
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		switch {
		case strings.TrimSpace(line) == "":
			if len(b.head) > 0 {
				all = append(all, b)
			}
			b = &block{}
		case strings.HasPrefix(line, "  "):
			b.want = append(b.want, line[2:])
		case strings.HasPrefix(line, "! "):
			b.reason = line[2:]
		case strings.HasPrefix(line, "> "):
			b.ours = append(b.ours, line[2:])
		default:
			if len(b.head) == 0 {
				b.line = i + 1
			}
			b.head = append(b.head, line)
			b.readHead(line)
		}
	}
	if len(b.head) > 0 {
		all = append(all, b)
	}
	return all
}

func (b *block) readHead(line string) {
	if args, ok := strings.CutPrefix(line, "-- args:"); ok {
		b.hasArg = true
		for _, a := range strings.Split(args, ", ") {
			if a = strings.TrimSpace(a); a == `\N` {
				b.args = append(b.args, nil)
			} else {
				b.args = append(b.args, &a)
			}
		}
		return
	}
	if strings.HasPrefix(line, "--") {
		return
	}
	if b.sql != "" {
		b.sql += "\n"
	}
	b.sql += line
}

// write gives the file's text back.
func writeBlocks(all []*block) string {
	var out strings.Builder
	for i, b := range all {
		if i > 0 {
			out.WriteString("\n")
		}
		for _, l := range b.head {
			out.WriteString(l + "\n")
		}
		for _, l := range b.want {
			out.WriteString("  " + l + "\n")
		}
		if b.reason != "" {
			out.WriteString("! " + b.reason + "\n")
			for _, l := range b.ours {
				out.WriteString("> " + l + "\n")
			}
		}
	}
	return out.String()
}

// cell writes a value so that a line can be read back by eye.
func cell(text string, null bool) string {
	if null {
		return "NULL"
	}
	if text == "" || text == "NULL" || strings.TrimSpace(text) != text {
		text = `"` + text + `"`
	}
	return strings.NewReplacer("\n", "⏎", "\t", "⇥", "\r", "␍").Replace(text)
}

// answer lays an answer out: parameters, columns, rows.
func answer(sql string, params, cols []string, rows [][]string) []string {
	var out []string
	if len(params) > 0 {
		out = append(out, "("+strings.Join(params, ", ")+")")
	}
	head := strings.Join(cols, " | ")
	if len(cols) == 0 {
		head = "(no columns)"
	}
	out = append(out, head)
	first := len(out)
	for _, r := range rows {
		if len(r) == 0 {
			r = []string{"()"}
		}
		out = append(out, strings.Join(r, " | "))
	}
	if !strings.Contains(strings.ToUpper(sql), "ORDER BY") {
		slices.Sort(out[first:])
	}
	return out
}
