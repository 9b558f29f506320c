package op

import (
	"fmt"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/op/optest"
)

// makeOp makes the operator that a golden command names.
func makeOp(d *datadriven.TestData) (exec.Operator, error) {
	a := args{d}
	switch d.Cmd {
	case "filter":
		return NewFilter(FilterConfig{Cond: optest.Less(0, 1), OnError: a.policy()}), nil
	case "filter-bool":
		return NewFilter(FilterConfig{Cond: optest.Col(0)}), nil
	case "inverse":
		evals := []exec.Eval{optest.Col(0), optest.Inverse(0)}
		return NewProject(ProjectConfig{Columns: Columns(evals), OnError: a.policy()}), nil
	case "assign":
		return NewWindowAssign(WindowAssignConfig{Window: a.window(), OnError: a.policy()})
	case "aggregate":
		phase := map[string]Phase{"": Single, "partial": Partial, "final": Final}[a.str("phase")]
		return NewAggregate(AggregateConfig{
			Keys: a.keys(), Aggs: a.aggs(), Window: a.window(), Phase: phase,
			MaxGroups: a.int("max", 0), OnError: a.policy(),
		})
	case "sort":
		return NewSort(SortConfig{
			Keys: a.sortKeys(), Limit: int64(a.int("limit", -1)), Offset: int64(a.int("offset", 0)),
			MaxBytes: int64(a.int("max", 0)), Columns: a.columns(0),
		}), nil
	case "limit":
		return NewLimit(LimitConfig{Count: int64(a.int("count", -1)), Offset: int64(a.int("offset", 0))}), nil
	case "union":
		return Union{}, nil
	case "unnest":
		cols := a.columns(0)
		x := a.int("x", 0)
		return NewUnnest(UnnestConfig{
			X: optest.Col(x), Columns: cols, Like: cols[x],
			Outer: a.has("outer"), Ordinality: a.has("ordinality"),
		}), nil
	case "expand":
		return makeExpand(a), nil
	case "join":
		c := JoinConfig{
			Kind:     map[string]JoinKind{"inner": InnerJoin, "left": LeftJoin, "right": RightJoin, "full": FullJoin}[a.str("kind")],
			LeftKeys: a.ints("left"), RightKeys: a.ints("right"), Left: a.columns(0), Right: a.columns(1),
			MaxBytes: int64(a.int("max", 0)), OnError: a.policy(),
		}
		if v := a.ints("less"); v != nil {
			c.Residual = optest.Less(v[0], v[1])
		}
		if v := a.ints("time"); v != nil {
			c.Time = &JoinTime{LeftCol: v[0], RightCol: v[1], Lower: int64(v[2]) * 1e6, Upper: int64(v[3]) * 1e6}
		}
		return NewJoin(c), nil
	}
	return nil, fmt.Errorf("no operator %q", d.Cmd)
}

// makeExpand reads col (of the questions), answers=(question:answer, …), bad,
// and the settings of ExpandConfig.
func makeExpand(a args) exec.Operator {
	f := &optest.Answers{Of: map[int64][]int64{}, Bad: map[int64]bool{}, Version: int64(a.int("version", 0)), Tries: int32(a.int("tries", 0))}
	for _, c := range a.d.CmdArgs {
		if c.Key != "answers" {
			continue
		}
		for _, v := range c.Vals {
			var q, x int64
			if _, err := fmt.Sscanf(v, "null:%d", &x); err == nil {
				f.OfNull = append(f.OfNull, x)
				continue
			}
			if _, err := fmt.Sscanf(v, "%d:%d", &q, &x); err != nil {
				panic(err)
			}
			f.Of[q] = append(f.Of[q], x)
		}
	}
	for _, q := range a.ints("bad") {
		f.Bad[int64(q)] = true
	}
	ints := []*exec.Column{exec.NewColumn(exec.Ints)}
	eval := optest.Col(a.int("col", 0))
	if a.has("inverse") {
		eval = optest.Inverse(a.int("col", 0))
	}
	c := ExpandConfig{
		Function: f, Args: Columns([]exec.Eval{eval}), Questions: ints, Columns: a.columns(0), Answers: ints,
		NullMatchesNothing: a.has("lookup"), Left: a.has("left"), First: a.has("first"),
		Version: a.has("version"), Errors: a.has("errors"), WindowEnd: -1,
		OnFault: map[string]FaultPolicy{"": FaultFail, "null": FaultNull, "drop": FaultDrop}[a.str("fault")],
		OnError: a.policy(),
	}
	if v := a.ints("less"); v != nil {
		c.Residual = optest.Less(v[0], v[1])
	}
	return NewExpand(c)
}
