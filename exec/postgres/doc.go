// Package postgres is the connector 'postgres' of lookup tables: a table, or the
// result of a query, of a PostgreSQL server.
//
// options.go reads the options, pool.go makes connections and names their
// faults, shape.go finds out how PostgreSQL's columns suit the table's, decode.go
// and array.go read their binary values, load.go copies the table, lookup.go asks for keys.
//
// # A load
//
// In one read-only transaction with one snapshot: COPY (SELECT … ORDER BY the
// primary key) TO STDOUT in binary, decoded as it comes. The order lets one version
// share memory with the next.
//
// # Keys
//
// One statement a batch of questions: WHERE key = ANY($1), or, with several
// key columns and types whose equality is PostgreSQL's own affair (uuid, char,
// enums), a join with the unnested arrays. Questions that PostgreSQL cannot read as a value
// of the key's type are found by halving and are faults of their own.
//
// What must always hold:
//
//   - Every connection is made through allow.List, and nothing of the
//     process's environment (PGPASSWORD, ~/.pgpass) goes to a server that SQL names.
//   - A column's type is exactly the declared one, or a smaller one that every
//     value of fits; otherwise 42804 names it. VARCHAR also takes what PostgreSQL
//     writes for types the dialect lacks.
//   - A load is all or nothing; a connection that has seen a fault is closed.
//   - No error shows a password.
package postgres
