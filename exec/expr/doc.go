// Package expr evaluates typed expressions over columns: the scalar functions,
// operators, casts and aggregates of the dialect, with PostgreSQL 15's results,
// wording and SQLSTATEs.
//
// # The path through it
//
//   - compile.go turns a plan.Expr into an exec.Eval, program.go several into a
//     Program that computes what they have in common once a batch. facts.go finds
//     out what is common, constant or volatile; fold.go is constant folding for the planner.
//   - registry.go is the list of functions: an entry holds the name, the
//     overloads that the planner chooses among, the kernel, a line of documentation
//     and an example. The entries stand with their kernels in the files named
//     for what they are about.
//   - compare.go, arith.go, logic.go, branch.go are the hot kernels, loops of
//     their own over plain slices. Everything else is a rowFunc: a function of one
//     row that call.go runs over a batch and spares selections, NULLs and memory.
//   - numfmt*.go and pgtime*.go are PostgreSQL's templates of to_char, to_number, to_date
//     and to_timestamp, timefmt*.go Java's patterns; json_tree.go is JSON taken apart.
//   - cast*.go converts; text.go and input.go are the text output and input of
//     every type; json_text.go is JSON.
//   - agg*.go are the aggregates; agg_order.go takes rows in the order that ORDER BY
//     within an aggregate asks for, agg_approx.go has the sketches.
//
// # To add a function
//
// Write a rowFunc and an entry in the list of its file, with an example that
// internal/difftest runs. If PostgreSQL has it, record its answers there (see that
// package's doc.go); else add lines to testdata/eval. A few names are known elsewhere:
// lazyFrom in compile.go lists the calls that evaluate lazily.
//
// # What must always hold
//
//   - The planner chooses the overload and puts in the casts: a kernel gets
//     exactly the types of a signature. Arguments and result are checked
//     against the signatures once, when the call is compiled.
//   - Only the rows of Batch.Sel are evaluated where a row can fail. AND, OR,
//     COALESCE and CASE evaluate what comes later only for the rows that need it.
//   - A fault comes as *exec.RowError with the lowest faulty row. One of an aggregate's
//     Update leaves the rows before it taken, and that row and those behind it not.
//   - Nothing is allocated for a batch once buffers have grown.
//   - A result belongs to its Eval and is overwritten by the next batch.
package expr
