// Package op holds the operators of the engine, one a file: filter, project,
// window assignment, aggregate, join, sort, limit, union, unnest, and the
// source of constant rows; and expand, which is lookup joins and remote functions.
//
// An operator is an exec.Operator: Process takes a batch and emits batches,
// Advance tells the watermark. Constructors take a config struct and check it.
// Operators know columns and layouts, not SQL types: what is to be computed comes
// as exec.Eval and exec.Aggregate values made elsewhere, and the shape of a column
// to be made comes as an empty *exec.Column (of which only Like is used).
//
// # The path through it
//
//	rows.go       the policy for rows that a kernel refuses (RowPolicy), shared by all that evaluate
//	filter.go     narrows the selection, copies nothing
//	project.go    new columns, same rows
//	keys.go       key columns of a batch -> fixed-size probes (or encoded bytes)
//	table.go      the hash table: probes -> group numbers
//	window.go     which window a row belongs to; the open windows in order
//	aggregate.go  one table a window, filled batch-wise; emission; phases
//	snapshot.go   Save and Restore: frames with CRC32C, columns as bytes
//	join*.go      symmetric hash join on the same table; matched flags; expiry
//	expand*.go    a question for each row; its answers beside it; versions kept to by windows
//	gather.go     rows of a column by their numbers
//	compare.go    order of values as PostgreSQL has it
//
// # What must always hold
//
// Nothing of an input batch is kept after Process returns; what is emitted is
// memory of the operator, overwritten after emit returns. In steady state
// Filter, Project, Aggregate and Expand allocate nothing per batch. The order of output
// depends on the order of input alone: groups come out in the order of
// their first rows, windows by their end (a partial phase may flush early). Keys compare as SQL compares: -0 = 0,
// NaN = NaN, 1.0 = 1.00, '1 month' = '30 days'; NULL is a group of its own, but
// matches nothing in a join. Whatever grows has a named bound (MaxGroups, MaxBytes).
//
// # Non-obvious
//
// A window is late by the watermark that the operator has been told, not by what
// it has seen: a row is late if and only if window_end - 1 ms <= the last Advance.
//
// The partial phase never calls a row late: the final phase, which sees the
// watermark of all partials, judges. So a partial may flush as early as it likes.
//
// A join with time bounds emits rows whose times lie behind its own watermark;
// Join.Delay tells how far. Windows behind it need the wrapper Delay, or would call them late.
package op
