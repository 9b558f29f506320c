// Package difftest compares the answers of whole statements with PostgreSQL 15's:
// names and types of the columns, the text of the rows, and of errors the
// SQLSTATE, the message and the place. It holds tests alone.
//
// A file in testdata is a list of blocks, a blank line between them:
//
//	-- a comment
//	SELECT 1 + $1 AS x
//	-- args: 2
//	  x int4
//	  3
//
// The statement's lines begin at the margin; what PostgreSQL answered stands
// under it, two blanks in. "-- args:" gives the parameters, \N for NULL; their
// types are left to both sides and are part of the answer. Rows of a statement
// without ORDER BY are sorted. SET and RESET hold to the end of the file.
//
// Where we differ on purpose the answer is followed by a line with the reason,
// and by our answer:
//
//	! the reason
//	> x int4
//	> 3
//
// A difference that is there no more fails the test, as any other does.
//
// A file in testdata/expr has an expression, or a SELECT, a line and behind → what
// PostgreSQL answered: the text, or ! and the SQLSTATE. Where ours is another, it
// follows behind ≠, and behind ¦ the name of the reason in reasons_test.go.
// generated.txt is made by generate_test.go of the overloads of all functions and of
// edge values. docs/reference/postgresql.md lists all reasons.
//
//	make difftest
//
// starts a PostgreSQL 15 of its own and compares with that.
//
// To add statements, write them at the margin without an answer, and have the
// answers fetched by
//
//	go test ./internal/difftest -psql 'host=127.0.0.1 port=5432 user=postgres'
//
// which asks everything anew. It keeps the reasons that are
// needed still, and fills in our answer under each.
//
// PostgreSQL's text, varchar, bpchar and name are one type to us, and so are
// json and jsonb: the answers name the first of each.
package difftest
