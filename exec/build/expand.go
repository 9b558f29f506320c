package build

import (
	"bytes"
	"fmt"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/exec/op"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// expand opens what is asked once for each lane. What answers at once becomes an
// operator of the lane; what is asked beside the stream begins a task of its own.
func (b *builder) expand(n *plan.Expand) (lanes, error) {
	in, err := b.node(n.Input)
	if err != nil {
		return in, err
	}
	e := &expander{b: b, n: n, in: in.layout.Cols, stats: &op.ExpandStats{}}
	if n.Pin && n.Lookup != nil && n.WindowEnd >= 0 {
		e.pins = op.NewPins()
		b.graph.Own(e.pins)
	}
	b.stats.add(n.Name(), e.stats)
	first, asked, err := e.open()
	if err != nil {
		return in, err
	}
	out := lanes{in.tasks, layoutOf(n.Schema()), in.delay}
	if asked.Async != nil {
		out.tasks = b.askers(n, in, asked.Async.Gather)
	}
	for i, t := range out.tasks {
		o := first
		if i > 0 {
			if o, asked, err = e.open(); err != nil {
				return in, err
			}
		}
		t.Add(op.Delay(o, in.delay))
		b.stats.works(b.at, t)
		if asked.Async != nil {
			t.Async(o, *asked.Async)
		}
	}
	return out, nil
}

// askers makes the tasks that ask beside the stream: one a lane, or one for all.
func (b *builder) askers(n *plan.Expand, in lanes, all bool) []*exec.Task {
	name := "ask " + n.Name()
	if all {
		ts := b.tasks(name, 1)
		b.connect(in, ts, 0, nil)
		return ts
	}
	ts := b.tasks(name, len(in.tasks))
	for i, t := range ts {
		b.graph.Connect(in.tasks[i], []*exec.Task{t}, 0, nil, in.layout)
	}
	return ts
}

// expander makes the operators of one Expand node.
type expander struct {
	b     *builder
	n     *plan.Expand
	in    []*exec.Column
	stats *op.ExpandStats
	pins  *op.Pins
}

// ask opens the lookup table or function; the graph closes it.
func (e *expander) ask() (*Asked, error) {
	n, env := e.n, e.b.env
	var asked *Asked
	var err error
	var opts catalog.Options
	switch {
	case n.Lookup != nil:
		if env.Lookups == nil {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "lookup table %q cannot be read: this engine has no lookup tables", n.Name()).At(n.P)
		}
		opts = n.Lookup.Options
		asked, err = env.Lookups.Open(e.b.ctx, n.Lookup, n.Keys, n.Columns)
	default:
		if env.Remotes == nil {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "function %q cannot be called: this engine has no remote functions", n.Name()).At(n.P)
		}
		opts = n.Function.Options
		asked, err = env.Remotes.Open(e.b.ctx, n.Function, n.Columns)
	}
	if err != nil {
		if open, rerr := catalog.ResolveSecrets(opts); rerr == nil {
			err = catalog.HideSecrets(open, err)
		}
		return nil, err
	}
	e.b.graph.Own(closing(asked.Close))
	return asked, nil
}

// closing is a function as an io.Closer.
type closing func()

func (f closing) Close() error { f(); return nil }

// open makes the operator of one lane.
func (e *expander) open() (*op.Expand, *Asked, error) {
	asked, err := e.ask()
	if err != nil {
		return nil, nil, err
	}
	n, b := e.n, e.b
	c := op.ExpandConfig{Function: asked.Function, Columns: e.in, NullMatchesNothing: n.Lookup != nil,
		Left: n.Left, First: n.First, Version: n.Version, Errors: n.Errors, WindowEnd: n.WindowEnd,
		Pins: e.pins, OnError: b.policy(n.Input.Schema()), Stats: e.stats}
	if len(n.Args) > 0 {
		p, err := expr.CompileAll(n.Args, b.expr)
		if err != nil {
			return nil, nil, err
		}
		c.Args = p.Eval
	}
	for _, a := range n.Args {
		c.Questions = append(c.Questions, exec.NewColumnOf(a.Type()))
	}
	for i := range n.Columns {
		c.Answers = append(c.Answers, exec.NewColumnOf(n.Cols[i].Type))
	}
	if n.Residual != nil {
		if c.Residual, err = expr.Compile(n.Residual, b.expr); err != nil {
			return nil, nil, err
		}
	}
	if err := e.policy(&c, asked.OnError); err != nil {
		return nil, nil, err
	}
	if _, can := asked.Function.(exec.Pinner); e.pins != nil && (!can || asked.Async != nil) {
		return nil, nil, sqlerr.New(sqlerr.FeatureNotSupported, "lookup table %q has no versions that a window could keep to", n.Name()).
			Hint("Versions are those of tables with 'cache' = 'full'.").At(n.P)
	}
	return op.NewExpand(c), asked, nil
}

// policy sets what becomes of rows whose question fails.
func (e *expander) policy(c *op.ExpandConfig, onError string) error {
	stage := StageRPC
	if e.n.Lookup != nil {
		stage = StageLookup
	}
	switch onError {
	case "", "fail":
		c.OnFault = op.FaultFail
		rows := e.b.rowWriter(e.n.Input.Schema())
		c.Explain = func(in *exec.Batch, row int, cause error) error {
			return withRow(cause, rows.json(in, row))
		}
	case "null":
		c.OnFault = op.FaultNull
	case "skip", "reject":
		c.OnFault = op.FaultDrop
		count := e.b.stats.dropped(stage, e.n.Name(), onError)
		if c.Dropped = count; onError == "skip" {
			break
		}
		if e.b.rows == nil {
			return sqlerr.New(sqlerr.InvalidParameterValue, "%s: option 'on-error' = 'reject' needs a reject table", e.n.Name()).
				Hint("SET reject.table, or give a table that the query reads the option 'reject.table'")
		}
		rows := e.b.rowWriter(e.n.Input.Schema())
		c.Dropped = func(in *exec.Batch, re *exec.RowError) {
			count(in, re)
			rows.reject(stage, in, re.Row, re.Err)
		}
	default:
		return sqlerr.New(sqlerr.InternalError, "%s: unknown policy %q", e.n.Name(), onError)
	}
	return nil
}

// maxRowDetail bounds, in bytes, the row that an error tells of.
const maxRowDetail = 1000

// withRow adds a row, as JSON, to the detail of an error.
func withRow(err error, row []byte) error {
	if len(row) == 0 {
		return err
	}
	e := *sqlerr.From(err)
	if len(row) > maxRowDetail {
		row = append(bytes.Clone(row[:maxRowDetail]), "…"...)
	}
	if e.Detail != "" {
		e.Detail += "\n"
	}
	e.Detail += "The row is " + string(validText(row))
	return &e
}

// scanLookup reads a lookup table as an ordinary, bounded one.
func (b *builder) scanLookup(n *plan.Scan) (lanes, error) {
	if b.env.Lookups == nil {
		return lanes{}, sqlerr.New(sqlerr.FeatureNotSupported, "lookup table %q cannot be read: this engine has no lookup tables", n.Table.Name)
	}
	cols := make([]int, len(n.Columns))
	for i, c := range n.Columns {
		cols[i] = -1
		for k := range n.Table.Columns {
			if n.Table.Columns[k].Name == c.Name && c.Meta == "" {
				cols[i] = k
			}
		}
		if cols[i] < 0 {
			return lanes{}, sqlerr.New(sqlerr.InternalError, "lookup table %q has no column %q", n.Table.Name, c.Name)
		}
	}
	src, err := b.env.Lookups.Scan(b.ctx, &n.Table, cols)
	if err != nil {
		return lanes{}, hidden(err, &n.Table)
	}
	t := b.graph.Source(b.name(fmt.Sprintf("scan %s", n.Table.Name)), src)
	b.stats.reads(n, t)
	return lanes{tasks: []*exec.Task{t}, layout: layoutOf(n.Schema())}, nil
}
