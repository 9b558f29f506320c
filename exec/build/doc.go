// Package build turns a plan into a running graph: one type switch over the
// nodes (node.go), and the list of connectors (connector.go).
//
// A plan node becomes an operator at the end of one or more lanes. A lane is a
// chain of operators that will be one task: a scan starts as many lanes as the
// parallelism and the splits of its source allow, an Exchange starts new ones, and what
// stands between is appended to each lane. Operators that must see all rows of a
// key (a final aggregate, a join, a sort) are preceded by an Exchange in the plan; where there is none
// and there are several lanes, the lanes are gathered into one.
//
// An Expand node is opened once a lane (Lookups, Remotes) and closed by the graph.
// What answers at once is one more operator of the lane; what takes time begins a
// task of its own (exec.Task.Async).
//
// What a query cannot use goes to its reject table, if it has one: sources and
// operators hand it to a Rejects (reject.go), which the graph runs beside the tasks;
// rejecting.go says who hands over what.
//
// This is the only package that knows both plans and operators.
package build
