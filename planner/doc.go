// Package planner turns a parsed statement into a typed plan: it resolves names
// and types with PostgreSQL's rules, finds windows and event time, rewrites the
// plan by an ordered list of rules, and lays it out over tasks. It is pure: it
// reads the catalog and a list of function signatures through Env and runs
// nothing.
//
// # The way of a query
//
//	PlanQuery (plan.go)
//	  bind     query.go, from.go, select.go, group.go, window.go, join.go:
//	           syntax tree -> plan nodes; expr*.go, call.go, overload.go, coerce.go,
//	           literal.go, array.go: expressions. All errors of names and types are made here.
//	           lookups and functions of users: expand*.go and lookup_call.go make Expand
//	           nodes of what is asked for each row; function.go inlines SQL, useragg.go binds aggregates
//	  time     watermark.go: which columns are event time (props.go), and an
//	           implicit watermark where the query windows on one that has none
//	  rules    rules.go lists them; rule_*.go hold one each
//	  spread   distribute.go: exchanges and two-phase aggregation
//
// PlanInsert adds the assignment of columns (insert.go); CheckTable and CheckView
// (check.go) serve CREATE. Explain (explain*.go) prints a plan.
//
// # What must always hold
//
//   - With any set of rules switched off the plan gives the same rows. What a
//     plan needs to be right (keys and time bounds of joins, watermarks, exchanges)
//     is not made by rules.
//   - A Watermark stands right above a scan and its computed columns, and no
//     filter goes below it: rows filtered out still move the watermark.
//   - Rules keep the number, types and names of the root's columns.
//   - Nothing here reads the clock, the network or the engine.
//   - No statement that parses makes the planner panic; depth, the number of
//     nodes and the nesting of views are bounded (limits.go).
//
// # Non-obvious
//
//   - An undecided literal is a Const of kind Unknown until something gives it a type;
//     none is left in a finished plan.
//   - While a grouped query is bound, a Col with a negative index stands for the
//     result of an aggregate or a bound of the group's window (group.go).
//   - A call of LOOKUP or of a remote function is bound as a Call named "@…" (lookup_call.go)
//     until its block's hoister puts an Expand below (expand_hoist.go). An Expand adds its
//     columns behind its input's, so columns that are bound keep their places.
//   - A lookup table is a bounded scan until settle.go finds it on the right of a join.
//   - Expressions from a view's or a table's text carry no positions, as those
//     would point into the wrong text.
package planner
