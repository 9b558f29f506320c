// Package format is the formats in which rows stand in records: what a
// connector puts between bytes and columns.
//
// A connector looks a format up by name, hands it the table's columns, the wanted
// ones and the format's own options, and gets a Decoder (one record in, one row
// appended to the columns) or an Encoder (one row in, one record appended to a
// buffer). Of files, some formats cut the records themselves (Records) and some
// read and write a file as a whole (FileReader, FileWriter); see files.go. Each
// format is a package beneath this one; registry.go lists them. Package scalar holds
// what they share, schemaregistry asks for schemas.
//
// What must always hold:
//
//   - A decoder either appends exactly one row to every column or leaves all of
//     them as they were.
//   - Its errors are *sqlerr.Error and name the field and what was found; which
//     topic and offset or file and line it was, the connector adds.
//   - An error of SQLSTATE class 08 is not the record's fault (Unavailable).
//   - Neither side keeps what it was given, nor allocates for a good record.
package format
