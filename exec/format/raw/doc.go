// Package raw is the format of records that are one value: a line of text or a
// blob, in a single VARCHAR or BYTES column. Text must be UTF-8 without NUL, as
// everywhere in PostgreSQL's world; bytes may be anything.
package raw
