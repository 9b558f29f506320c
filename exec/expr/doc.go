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
//   - cast*.go converts; text.go and input.go are the text output and input of
//     every type; json_text.go is JSON.
//   - agg*.go are the aggregates.
//
// # To add a function
//
// Write a rowFunc and an entry in the list of its file, and lines with its
// results: in testdata/postgres if PostgreSQL has it (go test -run Postgres
// -psql 'connection string' fetches the answers), else in testdata/eval. A few
// names are known elsewhere: lazyFrom in compile.go lists the calls that evaluate lazily.
//
// # What must always hold
//
//   - The planner chooses the overload and puts in the casts: a kernel gets
//     exactly the types of a signature. Arguments and result are checked
//     against the signatures once, when the call is compiled.
//   - Only the rows of Batch.Sel are evaluated where a row can fail. AND, OR,
//     COALESCE and CASE evaluate what comes later only for the rows that need it.
//   - A fault comes as *exec.RowError with the lowest faulty row.
//   - Nothing is allocated for a batch once buffers have grown.
//   - A result belongs to its Eval and is overwritten by the next batch.
package expr
