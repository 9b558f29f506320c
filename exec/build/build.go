package build

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/exec/op"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// Query is a plan made ready to run. Run its Graph once, or Close it.
type Query struct {
	Graph *exec.Graph
	// Pipe is where the rows come out; nil when the plan ends in a table.
	Pipe *exec.Pipe
	// Written counts the rows that an INSERT's sinks have taken.
	Written atomic.Int64
	// RejectTables are the tables that take its rejects.
	RejectTables []string
	Stats        *Stats
}

// Build opens the plan's tables and makes its graph. ctx governs the opening
// alone. On error everything opened is closed again.
func Build(ctx context.Context, p *plan.Query, env *Env) (*Query, error) {
	start := env.Now()
	b := &builder{ctx: ctx, env: env, parallelism: max(p.Parallelism, 1), names: map[string]int{},
		graph: exec.NewGraph(exec.GraphConfig{Now: env.Now, BatchRows: min(env.BatchRows, exec.DefaultBatchRows), Panicked: env.panicked}),
		expr: &expr.Env{Now: func() time.Time { return start }, Clock: env.Now, Timezone: env.Timezone,
			User: env.User, Database: "penstock", Schema: "public", Version: env.Version}}
	b.stats = newStats(b.graph, env.Log)
	q := &Query{Graph: b.graph, Stats: b.stats}
	err := b.queryRejects(p.Root)
	if err == nil {
		err = b.root(p.Root, q)
	}
	if err != nil {
		b.graph.Close()
		return nil, err
	}
	q.RejectTables = slices.Sorted(maps.Keys(b.rejects))
	return q, nil
}

// builder holds what the type switch needs.
type builder struct {
	ctx         context.Context
	env         *Env
	expr        *expr.Env
	graph       *exec.Graph
	stats       *Stats
	parallelism int
	names       map[string]int
	// at is the plan node under way.
	at plan.Node
	// rejects are the reject tables by name, rows that for what operators reject;
	// nil: none.
	rejects map[string]*Rejects
	rows    *Rejects
}

// lanes are the tasks at whose ends the rows of a node come out, side by side,
// and the layout of these rows.
type lanes struct {
	tasks  []*exec.Task
	layout *exec.Batch
	// delay is how far, in microseconds, the event times of the rows may lie
	// behind the watermark: that is so behind a join with time bounds.
	delay int64
}

// layoutOf makes an empty batch for rows of a schema.
func layoutOf(s catalog.Schema) *exec.Batch {
	b := &exec.Batch{Cols: make([]*exec.Column, len(s)), Split: -1}
	for i, c := range s {
		b.Cols[i] = exec.NewColumnOf(c.Type)
	}
	return b
}

func (b *builder) root(n plan.Node, q *Query) error {
	if s, ok := n.(*plan.Sink); ok {
		return b.sink(s, q)
	}
	in, err := b.node(n)
	if err != nil {
		return err
	}
	in = b.gather(in)
	if q.Pipe = b.env.Pipe; q.Pipe == nil {
		q.Pipe = exec.NewPipe(in.layout)
	}
	b.graph.Sink(in.tasks[0], q.Pipe)
	return nil
}

func (b *builder) sink(s *plan.Sink, q *Query) error {
	in, err := b.node(s.Input)
	if err != nil {
		return err
	}
	c, err := b.connector(&s.Table)
	if err != nil {
		return err
	}
	if n := c.Lanes(); n > 0 && len(in.tasks) > n {
		in = b.gather(in)
	}
	var cols []catalog.TableColumn
	for _, col := range s.Table.Columns {
		if col.Computed == "" && !col.Virtual {
			cols = append(cols, col)
		}
	}
	for i, t := range in.tasks {
		sink, err := c.OpenSink(b.ctx, &SinkRequest{Table: &s.Table, Columns: cols, Task: i, Env: b.env})
		if err != nil {
			return hidden(err, &s.Table)
		}
		b.stats.add(s.Table.Name, sink)
		b.graph.Sink(t, &countingSink{Sink: sink, rows: &q.Written})
	}
	return nil
}

// countingSink counts what an INSERT has written.
type countingSink struct {
	exec.Sink
	rows *atomic.Int64
}

func (s *countingSink) Write(ctx context.Context, b *exec.Batch) error {
	if err := s.Sink.Write(ctx, b); err != nil {
		return err
	}
	s.rows.Add(int64(b.Rows()))
	return nil
}

func (b *builder) connector(t *catalog.Table) (Connector, error) {
	name, _ := t.Option("connector")
	c, ok := b.env.Connectors[name]
	if !ok {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "table %q has no connector %q", t.Name, name)
	}
	return c, nil
}

// gather brings several lanes together in one.
func (b *builder) gather(in lanes) lanes {
	if len(in.tasks) == 1 {
		return in
	}
	t := b.graph.Task(b.name("gather"))
	b.connect(in, []*exec.Task{t}, 0, nil)
	return lanes{[]*exec.Task{t}, in.layout, in.delay}
}

func (b *builder) connect(from lanes, to []*exec.Task, port int, keys []int) {
	for _, t := range from.tasks {
		b.graph.Connect(t, to, port, keys, from.layout)
	}
}

// tasks makes n new tasks.
func (b *builder) tasks(name string, n int) []*exec.Task {
	name = b.name(name)
	ts := make([]*exec.Task, n)
	for i := range ts {
		if ts[i] = b.graph.Task(name); n > 1 {
			ts[i].Stats.Name = fmt.Sprintf("%s/%d", name, i)
		}
	}
	return ts
}

// name makes a task's name its own: scan, scan-2, …
func (b *builder) name(s string) string {
	b.names[s]++
	if n := b.names[s]; n > 1 {
		return fmt.Sprintf("%s-%d", s, n)
	}
	return s
}

// add appends an operator of its own to each lane, whose rows then have the
// given schema.
func (b *builder) add(in lanes, s catalog.Schema, make func() (exec.Operator, error)) (lanes, error) {
	for _, t := range in.tasks {
		o, err := make()
		if err != nil {
			return in, err
		}
		if in.delay > 0 {
			o = op.Delay(o, in.delay)
		}
		t.Add(o)
		b.stats.works(b.at, t)
	}
	return lanes{in.tasks, layoutOf(s), in.delay}, nil
}
