// Package debezium reads and writes the change events of Debezium in JSON: an
// envelope of the row before and after a change, what the change was (op) and
// where it came from (source).
//
// The engine has no streams that take rows back. An event is one row of an append
// stream: of an insert, snapshot read or update the row after it, of a delete the
// row before it. The column METADATA FROM 'op' tells them apart: +I, +U, -D as
// Flink's row kinds are written; the image before an update (-U) is no row of its
// own, METADATA FROM 'before' has it as JSON. A query that wants the present state
// takes the last row of each key and leaves out those of -D.
//
// The envelope is read with the decoder of package json, which hands the wanted
// parts over as text; a second one reads the row. Numbers of Debezium's own kinds
// are as its JSON converter writes them: with decimal.handling.mode=string or
// double, time.precision.mode=connect for times in milliseconds.
package debezium
