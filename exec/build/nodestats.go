package build

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/planner/plan"
)

// nodeTask is one lane of a plan node: an operator of a task, or the task's
// source where op is nil.
type nodeTask struct {
	task *exec.Task
	op   *exec.OpStats
}

// NodeStats is what the tasks of one plan node have done so far.
type NodeStats struct {
	// Lanes is how many tasks work on it side by side.
	Lanes                    int
	RowsIn, RowsOut, Batches int64
	// Busy is the time spent in the node's operators themselves, added up over the lanes; for
	// a scan the time to fetch and decode, waiting included.
	Busy time.Duration
	// Watermark is the least over the lanes, MinTime if there is none.
	Watermark exec.Time
	Idle      bool
}

// reads notes the source of a node, works the operator added last.
func (s *Stats) reads(n plan.Node, t *exec.Task) {
	s.nodes[n] = append(s.nodes[n], nodeTask{task: t})
}

func (s *Stats) works(n plan.Node, t *exec.Task) {
	ops := t.Ops()
	s.nodes[n] = append(s.nodes[n], nodeTask{t, ops[len(ops)-1]})
}

// Node tells what a node of the plan that was built has done; ok is false for
// nodes that have no operator of their own (an exchange, a watermark).
func (s *Stats) Node(n plan.Node) (out NodeStats, ok bool) {
	list := s.nodes[n]
	out.Watermark, out.Idle = exec.MaxTime, true
	for _, l := range list {
		if l.op == nil {
			out.RowsOut += l.task.Stats.RowsIn.Load()
			out.Batches += l.task.Stats.Batches.Load()
			out.Busy += time.Duration(l.task.Stats.Reading.Load())
		} else {
			out.RowsIn += l.op.RowsIn.Load()
			out.RowsOut += l.op.RowsOut.Load()
			out.Batches += l.op.Batches.Load()
			out.Busy += time.Duration(l.op.Busy.Load())
		}
		out.Watermark = min(out.Watermark, l.task.Stats.Watermark.Load())
		out.Idle = out.Idle && l.task.Stats.Idle.Load()
	}
	out.Lanes = len(list)
	return out, len(list) > 0
}

// SplitTime is the event time of one split of a table.
type SplitTime struct {
	Table, Task string
	exec.SplitWatermark
	// Holds: no other live split of the query is further behind, so that it
	// is this one that windows wait for.
	Holds bool
}

// SplitTimes lists the splits of all sources that make a watermark.
func (s *Stats) SplitTimes() []SplitTime {
	var out []SplitTime
	least := exec.MaxTime
	for n, list := range s.nodes {
		scan, ok := n.(*plan.Scan)
		if !ok {
			continue
		}
		for _, l := range list {
			for _, w := range l.task.SplitWatermarks() {
				out = append(out, SplitTime{Table: scan.Table.Name, Task: l.task.Stats.Name, SplitWatermark: w})
				if !w.Idle && !w.Ended {
					least = min(least, w.Watermark)
				}
			}
		}
	}
	for i := range out {
		out[i].Holds = !out[i].Idle && !out[i].Ended && out[i].Watermark == least
	}
	slices.SortFunc(out, func(a, b SplitTime) int {
		return cmp.Or(strings.Compare(a.Table, b.Table), strings.Compare(a.Task, b.Task), cmp.Compare(a.Split, b.Split))
	})
	return out
}
