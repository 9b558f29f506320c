// Package avro reads Avro records straight into columns, and writes rows as Avro
// records: plain ones of a known schema, those that Confluent's serializers write
// (with a schema's id in front), and object container files.
//
// # The way of a record
//
// A program (compile.go) is made once for each writer's schema: it goes through
// the writer's fields in their order, reads the wanted ones into their columns
// (read.go) and steps over the others (skip.go). The schema text is parsed by a
// library; no byte of a record passes through it.
//
// # From the writer's schema to the table
//
// The table is the reader's schema: a column takes the field of its name. Where
// avro.schema (avro-confluent.schema) gives a reader's schema as well, its aliases
// are other names of a field and its defaults stand for fields that the writer
// does not have; without a default they are NULL. Types are promoted as Avro
// has it (int, long, float, double; bytes and string) and beyond that wherever the
// column's type can hold the value: integers and decimals are checked for range,
// text is read in the input syntax of the column's type, enums are text. A branch
// of a union that the column cannot hold refuses the record, not the table.
//
// # What must always hold
//
//   - No count or length in the data is believed before the bytes are there.
//   - A record ends where its schema ends; bytes left over are an error.
//   - On error the columns are as before. Good records cost no allocation.
//   - A registry that cannot be asked is no fault of the record: the error is of
//     SQLSTATE class 08, and sources end with it instead of passing over.
package avro
