// Package pgwire is the PostgreSQL front door: protocol 3.0 over TCP, for psql
// and every driver, in front of sessions that may give rows for ever.
//
// # The path through it
//
//   - server.go: Server accepts connections, counts them, finds the one that a
//     CancelRequest names, and shuts down.
//   - startup.go: what comes before the first message with a type byte.
//   - conn.go, reader.go, queue.go: one goroutine reads messages into a bounded queue, so
//     that a vanished client is noticed while a query runs; another takes them from
//     there, answers, and owns all state.
//   - simple.go and extended.go: the two sub-protocols. Both make statements
//     (statement.go) and portals (portal.go) and run them in execute.go.
//   - stream.go: the heart. Rows go from column batches into DataRow messages in
//     one buffer; it is flushed when no further row is ready, or when it is full.
//   - txn.go, cursor.go, prepare.go, copy.go: the statements that are state of
//     the protocol and not of the session.
//   - types.go, text.go, binary.go, copyenc.go, params.go: SQL types and OIDs, values out, values in.
//
// # What must always hold
//
//   - A row that is there is sent before anything waits: never a timer alone.
//   - FETCH n and Execute(n) give exactly n rows or reach the end; only
//     FETCH … WITH (timeout = …) returns earlier.
//   - Cursors and portals are one namespace.
//   - After an error in the extended protocol everything up to Sync is skipped;
//     no input ends the process, and no statement the connection but by protocol
//     violation.
//   - Sending a row allocates nothing.
//   - A message received is copied before the next is read.
//
// # Non-obvious
//
//   - Transactions exist for the protocol's sake (I, T, E; cursors live and die
//     by them): statements take effect at once and ROLLBACK undoes nothing.
//   - Result.Next is valid until the following Next, so a suspended portal
//     keeps its batch.
//   - A client may queue Close of the very portal that it is waiting for: the wait
//     then ends as if suspended.
package pgwire
