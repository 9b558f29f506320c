// Package json reads JSON objects straight into columns, and writes rows as
// JSON objects.
//
// # The way of a record
//
// Decoder.Append scans the whole record once (layout.go, scan.go, strings.go)
// and notes where the wanted members lie; each note is then read into its
// column (nested.go; scalars by package scalar). The scan is strict: members
// nobody wants are checked to the last byte, so a damaged record never passes
// for a good one, and costs little more than not checking would.
//
// The scan bets that a record has the keys of one before it, in that order and
// with the same white space: a layout is the bytes between the values, compared
// a word at a time. A value of another kind than remembered (null, an empty
// string for a number) costs a branch; another key moves on to the next layout
// and at last to the general scan. Four layouts are kept, latest first, and then
// no more are learnt.
//
// # What must always hold
//
//   - scan accepts exactly RFC 8259 objects in valid UTF-8, at most MaxDepth
//     levels deep; diagnose finds fault with exactly the others. (Both are
//     compared with encoding/json by a fuzz target.)
//   - Keys match byte for byte after unescaping; of equal keys the last counts.
//   - Nested values are read only after the record as a whole was found good:
//     cursor relies on it and checks nothing.
//   - On error the columns are as before, kids included.
//   - Good records cost no allocation once the columns have grown.
//
// # What a value becomes
//
// A missing member and null are NULL. Text is read in the input syntax of the
// column's type; numbers given for VARCHAR are their text, and so are objects
// and arrays. Whole numbers may be written 3.0 or 3e2. Numbers for timestamps
// are epochs, see scalar.Timestamps. An explicit zone is honoured for
// TIMESTAMP_LTZ and, as in PostgreSQL, ignored for TIMESTAMP. \u0000 cannot be
// in text, as in PostgreSQL. JSON columns get the bytes as they stand.
package json
