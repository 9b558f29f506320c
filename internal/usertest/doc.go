// Package usertest runs unit tests of SQL that users write: penstock test FILE|DIR….
//
// A file (*.sqltest) holds cases; a case gives tables, their records in the order of
// arrival with gaps of time, a query, and the rows that must come out. Cases as JSON lines
// (*.jsonl, one object a line) run too.
//
//	case.go    a case and its steps, and the file format: reading and writing it
//	jsonl.go   cases as JSON lines
//	run.go     runs one case on an engine of its own, step by step
//	table.go   rows as text tables, and how they are compared
//	bubble.go  simulated time in a program that is no test binary
//	report.go  what the user sees: lines, diffs, JUnit's XML
//
// # What must always hold
//
// Time is simulated: a case of an hour takes milliseconds, and the clock moves only when
// nothing is left to do. After each record everything that follows from it has happened
// before the next one comes; batches have one row, so the watermark moves with every record.
// Nothing outside the process is touched: connectors check the options of the tables
// that name them, and their records are the case's.
package usertest
