// Package http is the front door for curl and programs: POST /v1/sql runs SQL and
// streams rows as they come, GET and DELETE /v1/queries look after what runs, and
// /metrics, /healthz and /readyz are for the operators.
//
// A request is a session of its own (server/session): the same code runs the same SQL
// as the PostgreSQL front door. Rows go out when no further row is ready, so a quiet
// stream is never held in a buffer; a client that goes away ends its query, for the
// request's context governs it.
//
// The way of a request: guard.go lets in only this machine's programs, sql.go reads the
// body and runs its statements, writer.go sends rows in the form that the client
// accepts. queries.go and metrics.go show what the engine tells of its queries.
//
// Errors are problem+json (RFC 9457) with sqlstate, line, column and hint. Once rows
// have been sent the status cannot change: an NDJSON stream then ends with a line
// {"error": {…}}, an event stream with an event "error", and CSV with an aborted
// connection, so that a cut result never looks whole.
package http
