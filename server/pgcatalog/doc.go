// Package pgcatalog answers questions about the catalog that clients put in
// PostgreSQL's own terms: psql's \d, JDBC's metadata, what ORMs and drivers ask
// when they connect. It interprets those SELECTs over virtual tables
// (pg_class, pg_attribute, information_schema.columns, …), which are made from
// a snapshot of the catalog. Streams are not its business, and it has no
// optimiser worth the name: its tables have hundreds of rows.
//
// # The path through it
//
//   - handles.go: Handles says whether a query is for here: all its relations
//     are of pg_catalog or information_schema, or it has none and calls a
//     catalogue function (SELECT version()).
//   - plan.go: Prepare compiles a query to a Plan, which knows its columns;
//     Run gives all rows as one batch.
//   - select.go, from.go, join.go, setop.go, group.go: the relational part;
//     rows are []any. scope.go says what names mean.
//   - expr.go, operator.go, subquery.go, cast.go, call.go, sets.go, funcs_*.go:
//     expressions become closures with a static type, an OID of pg_type.
//   - facts.go and facts/postgres15.json: names, columns and OIDs of
//     PostgreSQL 15's relations and types.
//   - database.go, relations.go, infoschema.go: rows of the virtual tables.
//
// # What must always hold
//
//   - Each column has the name and type OID that PostgreSQL 15 gives it: drivers
//     read them.
//   - A relation of PostgreSQL's that we have nothing to say of is there, empty.
//   - An object's OID depends on its name alone, so that it survives restarts and
//     other objects.
//   - Work is bounded: maxRows rows at any step, then 54000.
package pgcatalog
