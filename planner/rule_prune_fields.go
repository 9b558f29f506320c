package planner

import "github.com/penstock/penstock/planner/plan"

func pruneFields(_ *binder, n plan.Node) plan.Node { return n }
