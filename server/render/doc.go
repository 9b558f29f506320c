// Package render writes rows as text for people and programs: NDJSON, CSV and
// aligned tables. The HTTP front door and the command line share it.
//
// A Renderer appends to a buffer of the caller's, row by row, so that a stream is
// written as it comes: nothing is measured or kept but the widths of a table's
// columns. Values have PostgreSQL's text form in CSV and tables, and the JSON
// format's in NDJSON.
//
// What must always hold: an object has no member twice; in CSV NULL and the empty
// string differ; a batch's selection is respected by the caller, who gives the
// row's place in the columns.
package render
