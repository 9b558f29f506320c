// Package parser turns SQL text into the syntax tree of ast.go.
//
// # The path
//
//	text ── lex ──► tokens ── recursive descent (stmt.go, create.go, …) ──► Statement
//	                             │ a query (query.go, from.go)    │ an expression (expr.go,
//	                             ▼                                ▼ operand.go, call.go)
//	                          skeleton ── TiDB parser ── convert.go ──► Query
//
// lex (lex.go, lex_string.go) follows PostgreSQL's rules: nested comments,
// E'…', U&'…', $tag$…$tag$, pieces of a string on several lines, the longest
// operator. Backquotes quote names as double quotes do.
//
// Statements other than queries, and expressions, are read by recursive
// descent; expressions by binding powers that are PostgreSQL's precedence
// table, which is not MySQL's.
//
// The shape of a query (the order of its clauses, WITH, set operations, the
// nesting of joins and derived tables) is the TiDB parser's to judge. It gets a
// skeleton: SQL's own words with `$n` where something of the user's stands, as
// in
//
//	SELECT `$0`, `$1` FROM `$2` LEFT JOIN `$3` ON `$4` WHERE `$5`
//
// and slot n holds the column, table, join or condition, already read. So no
// text of a user's reaches a grammar that would read it as MySQL's: "x" as a
// string, a || b as OR, # as a comment. A fault that it finds is traced through
// the skeleton's fragments to the token of the source.
//
// # What must hold
//
//   - Any text gives a tree or a *sqlerr.Error, never a panic, in time that is
//     proportional to its size; MaxNesting, MaxChain and MaxTextBytes bound it.
//   - An error's position is the place where PostgreSQL would point, and the
//     first fault of the text is the one reported.
//   - No type of the TiDB parser leaves the package.
//   - Nothing is dropped silently: what is read is in the tree, what cannot be
//     run is refused here by name (0A000), or by the planner. The exceptions
//     have no meaning to lose: comments and hints, VERBOSE, words for a default
//     (NULL, RESPECT NULLS, RESTRICT, NOT ENFORCED …), names of constraints, the
//     modes of a transaction, the sensitivity of a cursor, [NOT] MATERIALIZED,
//     NOT NULL inside ARRAY and MAP.
//
// # Non-obvious
//
//   - The first error is sticky and moves the cursor to the end (cursor.go), so
//     readers return nodes alone; a node after an error may be incomplete.
//   - All joins are written LEFT JOIN … ON into the skeleton: the grammar then
//     insists on an ON and nests them as PostgreSQL does; the slot behind ON
//     holds the join as it was written.
//   - LIMIT takes only numbers in that grammar: they are the numbers of slots.
//   - The TiDB parser links github.com/pingcap/failpoint, which reads
//     GO_FAILPOINTS and starts an HTTP server when GO_FAILPOINTS_HTTP is set,
//     before main. internal/quiet takes both out of the environment first.
//   - TiDB parsers are not safe for concurrent use: they are pooled, and one
//     that panicked is not put back.
//
// Start reading at Parse, then statement, query and expr.
package parser
