// Package records reads the rows of a lookup table out of a stream of bytes: a
// file, the body of an HTTP response, the text of an option.
//
// A Reader is made once for a table and format and reads any number of streams,
// batch by batch, at the speed of the format's decoder. CSV is cut as the format
// says. JSON (json.go, stream.go) comes in three shapes, told apart by their
// beginning: objects one after another (NDJSON), an array of objects, or an
// object that has the array somewhere inside (Config.Rows), around which other
// members are passed over without being kept. One of those may be asked for: the
// cursor of the next page (Config.Cursor).
//
// What must always hold:
//
//   - A stream that ends too early, or goes on after its end, is an error, never
//     fewer rows.
//   - No more of a stream is in memory than one record and one batch, and
//     a record is bounded.
//   - The first bad record ends the reading: half a table is no table.
//   - Errors name the stream and the row.
//
// KeyIndex (keys.go) puts rows beside the questions whose keys they have, for
// sources that answer many keys in one go and in no order.
package records
