package planner

import "github.com/penstock/penstock/planner/plan"

// dropWatermarks takes away the watermarks that nothing above waits for: a plain
// selection need not read the column.
func dropWatermarks(_ *binder, n plan.Node) plan.Node { return dropUnneeded(n, false) }

func dropUnneeded(n plan.Node, needed bool) plan.Node {
	switch x := n.(type) {
	case *plan.Watermark:
		if !needed {
			return dropUnneeded(x.Input, false)
		}
	case *plan.Aggregate:
		needed = needed || x.Window != nil
	case *plan.Expand:
		// The versions that windows keep to are let go by the watermark, and
		// questions do not wait beyond the end of their window.
		needed = needed || x.Pin || x.Function != nil && x.WindowEnd >= 0
	case *plan.Join:
		needed = needed || x.Time != nil
	}
	ins := n.Inputs()
	if len(ins) == 0 {
		return n
	}
	out := make([]plan.Node, len(ins))
	for i, in := range ins {
		out[i] = dropUnneeded(in, needed)
	}
	return plan.WithInputs(n, out)
}
