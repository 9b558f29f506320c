// Package csv reads and writes records of comma-separated values, as RFC 4180
// has them.
//
// Decoder.Append scans a record once (scan.go) and notes where each field lies;
// the wanted ones are then read by package scalar. Columns are taken by their
// place in the table, or by name where a file begins with a header. Records cuts
// a file into records, which may span lines inside quotes.
//
// # What a field becomes
//
// A field is in the input syntax of its column's type; BYTES are base64. An
// unquoted field that equals csv.null-literal, by default the empty one, is NULL;
// a quoted one never is, so "" is the empty string: as PostgreSQL's COPY. A quote
// opens a field only as its first character; elsewhere it stands for itself.
// ROW, ARRAY and MAP have no form in CSV and are refused.
//
// # What must always hold
//
//   - A record has exactly the table's number of fields, or the header's.
//   - Text is valid UTF-8 without NUL, all over the record.
//   - Good records cost no allocation once the columns have grown.
package csv
