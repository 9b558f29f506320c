// Package session is the one way from SQL text to rows. Both front doors
// (server/pgwire, server/http) and the command line use it by the interfaces of
// api.go, and know nothing of planning or running.
//
// The path of a statement: Sess.Prepare (sess.go) parses it and looks at its kind.
// A SELECT or INSERT is planned at once (planned.go) and, at Run, built into a
// graph (exec/build) that the registry of queries runs (query.go); its rows come
// out of a Result (result.go). A query of the system catalogue goes to
// server/pgcatalog (catalogue.go). All else is a command: ddl.go changes the
// catalog, show.go and statements.go answer from what is known.
//
// Local (engine.go) is the engine of a process: the catalog, the functions, the
// connectors, the running queries. A Sess is one client's settings and temporary
// objects over it. An INSERT over unbounded input is a job (jobs.go): it belongs
// to the engine, is kept in the catalog, and starts again with the process.
//
// What must always hold:
//
//   - A plan is used only for the catalog it was made of: each Run compares the
//     versions, and plans anew where they differ; the columns that a client has
//     been told of never change under it.
//   - Every goroutine of a query belongs to the registry, and Local.Close waits for
//     all of them. What a query held is let go when it ends: only its figures
//     stay, and of these no more than MaxEndedQueries.
//   - Why a query ended is the cause of its context: stopped, timed out, its client
//     gone, the process ending. The reader is told that, never "context canceled".
//   - Statements that look at the catalog and then change it do so one at a time.
//   - Secrets in WITH (…) never come out of SHOW.
package session
