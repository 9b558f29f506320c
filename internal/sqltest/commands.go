package sqltest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sim"
)

// command is a command of a file, free of the testing library's types: it goes to
// every way's goroutine.
type command struct {
	name, input string
	args        []datadriven.CmdArg
	pos         string
}

// runner runs the commands of a file one way:
//
//	exec                        statements, to their ends
//	plan                        EXPLAIN of a query (checked in the first way only)
//	columns                     names and types of a query's result
//	run [ordered]               starts a query; its rows come out behind the
//	                            commands that cause them, sorted unless ordered
//	feed TABLE [partition=n] [together]  a record a line, each settled before the
//	                            next; together: as one group that may share a batch
//	feed-all [partition=n]      lines of TABLE RECORD: an order over several tables
//	advance DURATION            moves the clock
//	behind TABLE [partition=n]  the broker holds more than was fed
//	caught-up TABLE [partition=n]  it does not any more
//	end TABLE… [partition=n]    nothing more will come
//	clear TABLE                 forgets what was fed
//	counters                    late and skipped rows of the last query, and rejects
//	stop                        ends the query as a client does
//
// With ends behind it, a command waits for the tick in which quiet sources see that
// no more rows are wanted.
//
// All print what came out because of them: the rows of the query, rows written to
// test tables as table: JSON, the end of the query or its error.
type runner struct {
	e       *sim.Engine
	q       *sim.Query
	ordered bool
	told    bool // that q has ended
	first   bool // this is the way whose plans are shown
}

func (r *runner) run(c *command) string {
	var out []string
	err := r.do(c, &out)
	if err == nil {
		r.e.Settle()
		if has(c, "ends") {
			time.Sleep(2 * exec.IdleTick)
			r.e.Settle()
		}
		out = append(out, r.rows()...)
	}
	if err != nil {
		out = append(out, sim.ErrorText(err))
	}
	return strings.Join(out, "\n")
}

// rows gives what came out since it was last asked.
func (r *runner) rows() []string {
	var out []string
	if r.q != nil {
		out = r.q.Rows()
		if !r.ordered {
			slices.SortFunc(out, noticesFirst)
		}
	}
	taken := r.e.Feeds.Taken()
	slices.Sort(taken)
	out = append(out, taken...)
	if r.q != nil && !r.told {
		if over, err := r.q.Over(); over {
			r.told = true
			if err != nil {
				out = append(out, sim.ErrorText(err))
			} else {
				out = append(out, "end")
			}
		}
	}
	return out
}

func noticesFirst(a, b string) int {
	if x, y := strings.HasPrefix(a, "notice: "), strings.HasPrefix(b, "notice: "); x != y {
		if x {
			return -1
		}
		return 1
	}
	return strings.Compare(a, b)
}

func (r *runner) do(c *command, out *[]string) (err error) {
	switch c.name {
	case "exec":
		*out, err = r.e.Exec(c.input)
		return err
	case "plan":
		if !r.first {
			return nil
		}
		*out, err = r.e.Exec("EXPLAIN " + c.input)
		return err
	case "columns":
		p, err := r.e.Sess.Prepare(context.Background(), c.input, nil)
		if err != nil {
			return sim.Locate(err, c.input)
		}
		for _, col := range p.Columns() {
			*out = append(*out, fmt.Sprintf("%s %s", col.Name, col.Type))
		}
		return nil
	case "run":
		return r.start(c)
	case "stop":
		if r.q == nil {
			return fmt.Errorf("no query runs")
		}
		r.told = true
		return r.q.Stop()
	case "feed", "feed-all":
		return r.feed(c)
	case "advance":
		d, err := time.ParseDuration(c.args[0].Key)
		if err != nil {
			return err
		}
		time.Sleep(d) // of the bubble's time
		return nil
	case "counters":
		*out = r.counters()
		return nil
	}
	return r.mark(c)
}

func (r *runner) start(c *command) (err error) {
	if r.q != nil {
		if err := r.q.Stop(); err != nil {
			return err
		}
		r.q = nil
	}
	r.ordered = has(c, "ordered")
	r.told = false
	r.q, err = r.e.Start(c.input)
	return err
}

func has(c *command, key string) bool {
	return slices.ContainsFunc(c.args, func(a datadriven.CmdArg) bool { return a.Key == key && len(a.Vals) == 0 })
}

// partition gives the argument partition=n, or def.
func partition(c *command, def int) (n int, err error) {
	for _, a := range c.args {
		if a.Key == "partition" && len(a.Vals) == 1 {
			_, err = fmt.Sscan(a.Vals[0], &n)
			return n, err
		}
	}
	return def, nil
}

func (r *runner) feed(c *command) error {
	part, err := partition(c, 0)
	if err != nil {
		return err
	}
	var group [][]byte
	for line := range strings.Lines(c.input) {
		table, value := "", strings.TrimSpace(line)
		if c.name == "feed" {
			table = c.args[0].Key
		} else {
			table, value, _ = strings.Cut(value, " ")
		}
		if has(c, "together") {
			group = append(group, []byte(value))
			continue
		}
		r.e.Feeds.Append(table, part, []byte(value))
		r.e.Settle()
	}
	if group != nil {
		r.e.Feeds.Append(c.args[0].Key, part, group...)
	}
	return nil
}

// mark runs the commands that say something of tables.
func (r *runner) mark(c *command) error {
	part, err := partition(c, -1)
	if err != nil {
		return err
	}
	for _, a := range c.args {
		if len(a.Vals) > 0 {
			continue
		}
		switch c.name {
		case "behind", "caught-up":
			r.e.Feeds.Behind(a.Key, part, c.name == "behind")
		case "end":
			r.e.Feeds.End(a.Key, part)
		case "clear":
			r.e.Feeds.Clear(a.Key)
		default:
			return fmt.Errorf("%s: unknown command %q", c.pos, c.name)
		}
	}
	return nil
}

func (r *runner) counters() []string {
	qs := r.e.Local.Queries()
	if len(qs) == 0 {
		return []string{"no query"}
	}
	q := qs[len(qs)-1]
	out := []string{fmt.Sprintf("%s late=%d skipped=%d", q.State, q.Late, q.Skipped)}
	for _, c := range q.Counters {
		if c.Table != "" && c.Value != 0 {
			out = append(out, fmt.Sprintf("%s %s=%d", c.Table, c.Name, c.Value))
		}
	}
	return out
}

// close ends the query and the engine.
func (r *runner) close() error {
	if r.q != nil {
		if err := r.q.Stop(); err != nil {
			return err
		}
	}
	return r.e.Close()
}
