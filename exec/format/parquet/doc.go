// Package parquet reads and writes Parquet files. A library knows their pages and
// encodings; putting rows together from values and levels is this package's, so
// that values go straight into the engine's columns (tree.go, read.go) and come
// out of them (write.go).
//
// Only the wanted columns are read, page by page. A column of the table that the
// file does not have is NULL. Values are converted wherever the column's type can
// hold them (leaf.go): integers and decimals are checked for range, text is read
// in the input syntax of the column's type. Timestamps of nanoseconds, and the old
// ones of 96 bits, are rounded to microseconds.
//
// Written, TIMESTAMP_LTZ is a timestamp adjusted to UTC, TIMESTAMP one that is
// not, both in microseconds; INTERVAL is text; DECIMAL needs its precision.
//
// A damaged file is an error, also where the library panics over it.
package parquet
