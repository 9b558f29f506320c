// Command rpc measures remote functions through SQL: distinct words from a file,
// their lengths from a gRPC service in another process that takes 5 ms for each
// call.
//
//	go run ./bench/rpc
//
// It prints rows a second and processor time a row of this process (file, SQL,
// batching, gRPC client and kernel) for batches of 1 and of 100, and fails where
// batches of 100 with four calls in flight are not 80 times as fast as single
// calls, or cost more than 1.5 us a row beyond what the same query costs without
// the function and what a bare gRPC client spends on the same calls.
package main
