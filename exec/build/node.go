package build

import (
	"errors"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/exec/op"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// node makes the tasks of a plan node. Operators added meanwhile are counted as
// the node's own.
func (b *builder) node(n plan.Node) (lanes, error) {
	around := b.at
	b.at = n
	defer func() { b.at = around }()
	return b.nodeOf(n)
}

// nodeOf is the engine's table of contents.
func (b *builder) nodeOf(n plan.Node) (lanes, error) {
	switch n := n.(type) {
	case *plan.Scan:
		return b.scan(n)
	case *plan.Values:
		return b.values(n)
	case *plan.Filter:
		return b.filter(n)
	case *plan.Project:
		return b.project(n)
	case *plan.Watermark:
		return b.watermark(n)
	case *plan.WindowAssign:
		return b.windowAssign(n)
	case *plan.Aggregate:
		return b.aggregate(n)
	case *plan.Sort:
		return b.sort(n)
	case *plan.Limit:
		return b.limit(n)
	case *plan.Union:
		return b.union(n)
	case *plan.Unnest:
		return b.unnest(n)
	case *plan.Join:
		return b.join(n)
	case *plan.Exchange:
		return b.exchange(n)
	case *plan.Expand:
		return b.expand(n)
	}
	return lanes{}, sqlerr.New(sqlerr.InternalError, "plan node %T cannot be run", n)
}

func (b *builder) scan(n *plan.Scan) (lanes, error) {
	if n.Table.Lookup {
		return b.scanLookup(n)
	}
	c, err := b.connector(&n.Table)
	if err != nil {
		return lanes{}, err
	}
	rejects, err := b.rejectsFor(&n.Table)
	if err == nil {
		err = checkRejects(&n.Table, rejects)
	}
	if err != nil {
		return lanes{}, err
	}
	scan, err := c.OpenScan(b.ctx, &ScanRequest{Table: &n.Table, Columns: n.Columns, BatchRows: b.env.BatchRows, Env: b.env, Rejects: rejects})
	if err != nil {
		return lanes{}, hidden(err, &n.Table)
	}
	b.stats.add(n.Table.Name, scan)
	width := min(b.parallelism, scan.Splits())
	shares := make([][]int, max(width, 1))
	for i := range scan.Splits() {
		shares[i%len(shares)] = append(shares[i%len(shares)], i)
	}
	out := lanes{layout: layoutOf(n.Schema())}
	name := b.name("scan " + n.Table.Name)
	for _, share := range shares {
		src, err := scan.Source(share)
		if err != nil {
			return lanes{}, err
		}
		t := b.graph.Source(name, src)
		b.stats.reads(n, t)
		out.tasks = append(out.tasks, t)
	}
	return out, nil
}

func (b *builder) values(n *plan.Values) (lanes, error) {
	layout := layoutOf(n.Cols)
	// Each cell is an expression without columns, computed over one row.
	one := &exec.Batch{N: 1, Split: -1}
	for _, row := range n.Rows {
		for i, e := range row {
			ev, err := expr.Compile(e, b.expr)
			if err != nil {
				return lanes{}, err
			}
			c, err := ev.Eval(one)
			if err != nil {
				return lanes{}, rowFault(err)
			}
			layout.Cols[i].AppendFrom(c, 0)
		}
		layout.N++
	}
	src := op.NewValues(layout)
	return lanes{[]*exec.Task{b.graph.Source(b.name("values"), src)}, layoutOf(n.Cols), 0}, nil
}

// rowFault takes the SQL error out of a fault of a row.
func rowFault(err error) error {
	if re, ok := errors.AsType[*exec.RowError](err); ok {
		return re.Err
	}
	return err
}

func (b *builder) filter(n *plan.Filter) (lanes, error) {
	in, err := b.node(n.Input)
	if err != nil {
		return in, err
	}
	return b.add(in, n.Schema(), func() (exec.Operator, error) {
		cond, err := expr.Compile(n.Cond, b.expr)
		if err != nil {
			return nil, err
		}
		return op.NewFilter(op.FilterConfig{Cond: cond, OnError: b.policy(n.Input.Schema())}), nil
	})
}

func (b *builder) project(n *plan.Project) (lanes, error) {
	in, err := b.node(n.Input)
	if err != nil {
		return in, err
	}
	return b.add(in, n.Schema(), func() (exec.Operator, error) {
		p, err := expr.CompileAll(n.Exprs, b.expr)
		if err != nil {
			return nil, err
		}
		return op.NewProject(op.ProjectConfig{Columns: p.Eval, OnError: b.policy(n.Input.Schema())}), nil
	})
}

func (b *builder) watermark(n *plan.Watermark) (lanes, error) {
	in, err := b.node(n.Input)
	if err != nil {
		return in, err
	}
	for _, t := range in.tasks {
		t.Watermark(exec.WatermarkSpec{Time: n.Time, Delay: n.Delay, IdleTimeout: time.Duration(n.IdleTimeout) * time.Microsecond, ProcTime: n.ProcTime})
	}
	return in, nil
}

func window(w *plan.Window) (op.Window, error) {
	if w == nil {
		return op.Window{}, nil
	}
	switch w.Kind {
	case plan.Tumble:
		return op.Window{Kind: op.Tumble, Time: w.Time, Size: w.Size, Offset: w.Offset}, nil
	case plan.Attached:
		return op.Window{Kind: op.Attached, Start: w.Start, End: w.End}, nil
	}
	return op.Window{}, sqlerr.New(sqlerr.FeatureNotSupported, "%s windows are not supported yet", w.Kind)
}

func (b *builder) windowAssign(n *plan.WindowAssign) (lanes, error) {
	in, err := b.node(n.Input)
	if err != nil {
		return in, err
	}
	w, err := window(&n.Window)
	if err != nil {
		return in, err
	}
	return b.add(in, n.Schema(), func() (exec.Operator, error) {
		return op.NewWindowAssign(op.WindowAssignConfig{Window: w, OnError: b.policy(n.Input.Schema())})
	})
}

func (b *builder) sort(n *plan.Sort) (lanes, error) {
	in, err := b.node(n.Input)
	if err != nil {
		return in, err
	}
	c := op.SortConfig{Limit: n.Limit, Offset: n.Offset, MaxBytes: b.env.MaxSortBytes}
	for _, k := range n.Keys {
		c.Keys = append(c.Keys, op.SortKey{Col: k.Col, Desc: k.Desc, NullsFirst: k.NullsFirst})
	}
	in = b.gather(in)
	c.Columns = in.layout.Cols
	return b.add(in, n.Schema(), func() (exec.Operator, error) { return op.NewSort(c), nil })
}

func (b *builder) limit(n *plan.Limit) (lanes, error) {
	in, err := b.node(n.Input)
	if err != nil {
		return in, err
	}
	return b.add(b.gather(in), n.Schema(), func() (exec.Operator, error) {
		return op.NewLimit(op.LimitConfig{Count: n.Count, Offset: n.Offset}), nil
	})
}

// union keeps the lanes of its inputs apart: what follows is added to each.
func (b *builder) union(n *plan.Union) (lanes, error) {
	out := lanes{layout: layoutOf(n.Schema())}
	for _, i := range n.Ins {
		in, err := b.node(i)
		if err != nil {
			return in, err
		}
		out.tasks = append(out.tasks, in.tasks...)
		out.delay = max(out.delay, in.delay)
	}
	return out, nil
}

func (b *builder) unnest(n *plan.Unnest) (lanes, error) {
	in, err := b.node(n.Input)
	if err != nil {
		return in, err
	}
	return b.add(in, n.Schema(), func() (exec.Operator, error) {
		x, err := expr.Compile(n.X, b.expr)
		if err != nil {
			return nil, err
		}
		return op.NewUnnest(op.UnnestConfig{X: x, Columns: in.layout.Cols, Like: exec.NewColumnOf(n.X.Type()),
			Outer: n.Outer, Ordinality: n.Ordinality, OnError: b.policy(n.Input.Schema())}), nil
	})
}

var joinKinds = map[plan.JoinKind]op.JoinKind{plan.Inner: op.InnerJoin, plan.Left: op.LeftJoin, plan.Right: op.RightJoin, plan.Full: op.FullJoin}

func (b *builder) join(n *plan.Join) (lanes, error) {
	width := 1
	ins := [2]plan.Node{n.Left, n.Right}
	lx, okL := n.Left.(*plan.Exchange)
	rx, okR := n.Right.(*plan.Exchange)
	spread := okL && okR && lx.Keys != nil && rx.Keys != nil && lx.Parallelism == rx.Parallelism
	if spread {
		width, ins = lx.Parallelism, [2]plan.Node{lx.Input, rx.Input}
	}
	var sides [2]lanes
	for i, in := range ins {
		var err error
		if sides[i], err = b.node(in); err != nil {
			return sides[i], err
		}
	}
	tasks := b.tasks("join", width)
	for i := range sides {
		var keys []int
		if spread {
			keys = [2][]int{lx.Keys, rx.Keys}[i]
		}
		b.connect(sides[i], tasks, i, keys)
	}
	out := lanes{tasks: tasks, delay: max(sides[0].delay, sides[1].delay)}
	var own int64
	out, err := b.add(out, n.Schema(), func() (exec.Operator, error) {
		j, err := b.joinOp(n, sides)
		if err != nil {
			return nil, err
		}
		own = j.Delay()
		return j, nil
	})
	out.delay += own
	return out, err
}

func (b *builder) joinOp(n *plan.Join, sides [2]lanes) (*op.Join, error) {
	late := [2]func(*exec.Batch, int){b.late(n.Left.Schema()), b.late(n.Right.Schema())}
	c := op.JoinConfig{Kind: joinKinds[n.Kind], Left: sides[0].layout.Cols, Right: sides[1].layout.Cols,
		LeftKeys: n.LeftKeys, RightKeys: n.RightKeys, MaxBytes: b.env.MaxJoinBytes, OnError: b.policy(nil),
		Late: func(port int, in *exec.Batch, row int) { late[port](in, row) }}
	if n.Residual != nil {
		var err error
		if c.Residual, err = expr.Compile(n.Residual, b.expr); err != nil {
			return nil, err
		}
	}
	if t := n.Time; t != nil {
		c.Time = &op.JoinTime{LeftCol: t.LeftCol, RightCol: t.RightCol, Lower: t.Lower, Upper: t.Upper}
	}
	return op.NewJoin(c), nil
}

func (b *builder) exchange(n *plan.Exchange) (lanes, error) {
	in, err := b.node(n.Input)
	if err != nil {
		return in, err
	}
	if n.Keys == nil || n.Parallelism <= 1 {
		return b.gather(in), nil
	}
	tasks := b.tasks("exchange", n.Parallelism)
	b.connect(in, tasks, 0, n.Keys)
	return lanes{tasks, in.layout, in.delay}, nil
}
