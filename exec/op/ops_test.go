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
