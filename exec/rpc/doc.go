// Package rpc asks remote functions: CREATE FUNCTION … LANGUAGE GRPC | HTTP. It
// takes a batch of questions and gives their answers; gathering the questions into
// batches is the async operator's work, not done here.
//
// # The way of a batch
//
// Functions is the process's registry: what functions and endpoints share lives
// there (connections, limits, answer caches, counters). Open gives a Caller, an
// exec.TableFunction. Caller.Call (call.go)
//
//  1. writes each question once in its wire form (codec: pbwrite.go, jsonwrite.go),
//  2. looks for it in the answer cache (cache.go),
//  3. sends what is left as one request, or for a unary method one request a
//     question; attempt.go repeats what may be repeated, behind the endpoint's
//     limits (endpoint.go): in-flight calls, rate, circuit breaker,
//  4. reads the answers from the response's bytes straight into columns (pbread.go,
//     jsonread.go),
//  5. halves a batch that failed for good and asks the halves, until the bad
//     questions stand alone: these become faults.
//
// Transports (grpc.go, http.go) move bytes and judge failures: whether to try
// again, and whether the failure may be the fault of a row. A .proto is compiled,
// or asked of the server by reflection, in proto.go; mapping.go ties its fields
// to arguments and columns.
//
// # What must always hold
//
//   - Each question has answers, a fault, or neither because the service answered
//     "none"; never two of them, and after a fault nothing of it stays in the columns.
//   - Parent never descends, however the service orders its answers.
//   - A failure that says nothing about rows (no connection, no permission, an open
//     breaker) is not halved: asking again in pieces would only add load.
//   - Waits end: with the context, the per-attempt timeout, or the attempts.
//   - No value of a secret reaches an error's text.
package rpc
