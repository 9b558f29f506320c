// Package parquet reads and writes Parquet files through Arrow's library, which
// does not reach beyond this package: its arrays are copied into the engine's
// columns (convert.go), and rows into its builders (write.go).
//
// Only the wanted columns are read; of a row group so much as makes a batch. A
// column of the table that the file does not have is NULL. Values are converted
// wherever the column's type can hold them: integers and decimals are checked for
// range, text is read in the input syntax of the column's type. Timestamps of
// nanoseconds are rounded to microseconds.
//
// Written, TIMESTAMP_LTZ is a timestamp adjusted to UTC, TIMESTAMP one that is
// not, both in microseconds; JSON and INTERVAL are text; DECIMAL needs its
// precision.
//
// A damaged file is an error, also where the library panics over it.
package parquet
