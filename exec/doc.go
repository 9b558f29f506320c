// Package exec is the engine: it runs a dataflow of operators over batches of
// columns and knows nothing of SQL, plans, formats or Kafka.
//
// # The way of a row
//
// A Source reads records straight into columns (Batch, Column). Its Task pushes the
// batch through a chain of Operators as plain function calls; a channel stands only
// where rows change goroutine: between tasks (an exchange by hash or to a single
// task) and before a client (Pipe). Each edge owns a fixed number of packets which go
// to and fro, so a slow receiver stops its senders, up to the fetch.
//
// # Who does what
//
// An Operator has two methods, Process and Advance. It never sees channels, barriers,
// goroutines or the clock: the Task around it merges the watermarks of its inputs,
// leaves idle inputs out, aligns barriers, and ends. All of this happens in
// Task.Handle, a plain state machine, which production drives from channels and tests
// drive by hand.
//
// # Questions
//
// An Asker is an operator that asks a lookup table or a remote function a question
// for each row. Answers that are at hand come from a plain call in Process; those
// that take time are gathered by an asynchronous stage at the head of a task
// (Task.Async; asyncstage.go, asynccall.go, asyncemit.go): rows are copied into one FIFO and
// their questions into batches, which become calls on goroutines of the task. Rows
// leave at the head of the FIFO once they are answered, watermarks, barriers and the end
// once what came before them has left; so no call is ever part of a checkpoint. When
// as many calls are under way as may be and a batch waits, the task takes no
// more input. There is no polling: a timer runs while a batch is open.
//
// # Time
//
// A source task keeps a watermark for each split (Kafka partition): the greatest event
// time seen less the delay. Its watermark is the least over the splits that are neither
// idle nor ended. A split is idle only when everything the broker had has been read and
// nothing came for the timeout; when all splits of all inputs are idle the watermark
// follows the clock. At the end of bounded input it is MaxTime.
//
// # What must always hold
//
//   - A batch belongs to its giver and is valid until the call returns (see Batch).
//   - An operator's watermark never goes back. An input's may, when it wakes from
//     idleness: its rows are then judged like any other input's.
//   - Signals never overtake rows on an edge, nor rows signals.
//   - ErrDone flows up, ends the tasks it passes and closes their inputs; what lies behind
//     (a LIMIT inside a subquery) still sees the end of its input.
//   - Every goroutine is waited for by Graph.Run.
//
// Start reading at batch.go, then task.go and graph.go.
package exec
