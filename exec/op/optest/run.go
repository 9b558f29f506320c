package optest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/penstock/penstock/exec"
)

// step is a feed of rows or an advance of the watermark.
type step struct {
	name    string
	port    int
	rows    []string
	advance bool
	to      exec.Time
}

// script is a parsed text.
type script struct {
	in    map[int][]Type
	out   []Type
	steps []step
}

func parseScript(text string) *script {
	s := &script{in: map[int][]Type{}}
	port := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || line[0] == '#':
		case word == "in":
			s.in[port] = ParseTypes(rest)
		case word == "out":
			s.out = ParseTypes(rest)
		case word == "port":
			must(fmt.Sscan(rest, &port))
		case word == "end":
			s.steps = append(s.steps, step{name: line, advance: true, to: exec.MaxTime})
		case word == "advance":
			s.steps = append(s.steps, step{name: line, advance: true, to: ParseTime(rest)})
		default:
			n := len(s.steps)
			if n == 0 || s.steps[n-1].advance || s.steps[n-1].port != port {
				s.steps = append(s.steps, step{name: "feed", port: port})
				n++
			}
			s.steps[n-1].rows = append(s.steps[n-1].rows, line)
		}
	}
	return s
}

// variant is a way to do a script.
type variant struct {
	name    string
	size    int // rows a batch; 0: all
	empty   bool
	junk    bool
	restore bool
}

var variants = []variant{
	{name: "all rows"},
	{name: "one row a batch", size: 1},
	{name: "two rows a batch", size: 2},
	{name: "with empty batches", size: 3, empty: true},
	{name: "with selections", junk: true},
	{name: "with selections of two", size: 2, junk: true},
	{name: "with restores", size: 1, restore: true},
	{name: "with restores, selections", size: 2, junk: true, restore: true},
}

// Run does the script in all variants and gives the rows of the first, under the
// step that they came from. An error ends a run and is written as well.
func Run(t testing.TB, newOp func() exec.Operator, text string) string {
	t.Helper()
	s := parseScript(text)
	var first string
	for i, v := range variants {
		if _, ok := newOp().(exec.Stateful); v.restore && !ok {
			continue
		}
		got := s.run(t, newOp, v)
		if i == 0 {
			first = got
		} else if got != first {
			t.Fatalf("%s:\n%s\nbut %s:\n%s", variants[0].name, first, v.name, got)
		}
	}
	return first
}

func (s *script) run(t testing.TB, newOp func() exec.Operator, v variant) string {
	t.Helper()
	var out strings.Builder
	op := newOp()
	for i, st := range s.steps {
		var rows []string
		emit := func(b *exec.Batch) error {
			rows = append(rows, Rows(b, s.out)...)
			return nil
		}
		var err error
		if st.advance {
			err = op.Advance(context.Background(), st.to, emit)
		} else {
			op, err = s.feed(t, newOp, op, st, v, emit)
		}
		if len(rows) > 0 || err != nil {
			fmt.Fprintf(&out, "%s:\n", st.name)
			for _, r := range rows {
				fmt.Fprintf(&out, "  %s\n", r)
			}
		}
		if errors.Is(err, exec.ErrDone) {
			out.WriteString("  done\n")
			break
		}
		if err != nil {
			fmt.Fprintf(&out, "  error: %v\n", err)
			break
		}
		if v.restore && i+1 < len(s.steps) {
			op = Reopen(t, op, newOp)
		}
	}
	return out.String() + counters(op)
}

// counters writes what the operator has counted, unless that is nothing.
func counters(op exec.Operator) string {
	var out string
	add := func(name string, n int64) {
		if n != 0 {
			out += fmt.Sprintf("%s: %d\n", name, n)
		}
	}
	if c, ok := op.(interface{ Late() int64 }); ok {
		add("late", c.Late())
	}
	if c, ok := op.(interface{ NullTimes() int64 }); ok {
		add("null times", c.NullTimes())
	}
	if c, ok := op.(interface{ Skipped() int64 }); ok {
		add("skipped", c.Skipped())
	}
	return out
}

// feed gives the rows of a step to op in batches.
func (s *script) feed(t testing.TB, newOp func() exec.Operator, op exec.Operator, st step, v variant, emit exec.Emit) (exec.Operator, error) {
	size := v.size
	if size == 0 {
		size = len(st.rows)
	}
	for from := 0; from < len(st.rows); from += size {
		b := NewBatch(s.in[st.port])
		if v.empty {
			if err := op.Process(context.Background(), st.port, b, emit); err != nil {
				return op, err
			}
		}
		for _, r := range st.rows[from:min(len(st.rows), from+size)] {
			AppendRow(b, s.in[st.port], r)
		}
		if v.junk {
			b = Junk(b)
		}
		err := op.Process(context.Background(), st.port, b, emit)
		for _, c := range b.Cols {
			spoil(c)
		}
		if err != nil {
			return op, err
		}
		if v.restore {
			op = Reopen(t, op, newOp)
		}
	}
	return op, nil
}

// Reopen saves op and restores it into a new one.
func Reopen(t testing.TB, op exec.Operator, newOp func() exec.Operator) exec.Operator {
	t.Helper()
	var buf bytes.Buffer
	if err := op.(exec.Stateful).Save(1, &buf); err != nil {
		t.Fatalf("save: %v", err)
	}
	next := newOp()
	if err := next.(exec.Stateful).Restore(&buf); err != nil {
		t.Fatalf("restore: %v", err)
	}
	if buf.Len() > 0 {
		t.Fatalf("restore left %d bytes", buf.Len())
	}
	return next
}

// Junk gives a batch with the same rows, in which other rows stand that the selection
// leaves out.
func Junk(b *exec.Batch) *exec.Batch {
	d := b.Like()
	d.Sel = []int32{}
	rnd := rand.New(rand.NewPCG(uint64(b.N), 1))
	for i := range b.N {
		for range rnd.IntN(3) {
			for c := range d.Cols {
				if rnd.IntN(2) == 0 {
					d.Cols[c].AppendNull()
				} else {
					d.Cols[c].AppendFrom(b.Cols[c], rnd.IntN(b.N))
				}
			}
			d.N++
		}
		for c := range d.Cols {
			d.Cols[c].AppendFrom(b.Cols[c], i)
		}
		d.Sel = append(d.Sel, int32(d.N))
		d.N++
	}
	return d
}

// spoil overwrites the values of a column.
func spoil(c *exec.Column) {
	for i := range c.Int {
		c.Int[i] = -77
	}
	for i := range c.Float {
		c.Float[i] = -77
	}
	for i := range c.Bool {
		c.Bool[i] = !c.Bool[i]
	}
	for i := range c.Dec {
		c.Dec[i].Lo ^= 77
	}
	for i := range c.Ivl {
		c.Ivl[i].Days ^= 77
	}
	for i := range c.Data {
		c.Data[i] ^= 0x55
	}
	clear(c.Valid)
	for _, k := range c.Kids {
		spoil(k)
	}
}
