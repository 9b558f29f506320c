// Package web is the connector 'http' of lookup tables: a table is what a URL
// answers.
//
// options.go reads the options, client.go makes the connection, fetch.go turns
// one answer into a stream of bytes or an error, source.go loads the table page
// by page, paging.go finds the next page, point.go asks for single keys.
//
// # A load
//
// GET the URL, with the validators of the last good load (If-None-Match,
// If-Modified-Since); 304 is lookup.ErrUnchanged. Of a table in pages the
// validators of the first say nothing about the others, so they are not sent.
//
// # Single keys
//
// POST to lookup.url a JSON array of objects that have the key columns; the
// answer is rows in the same format as a load's, which carry their keys, in any order. A
// key without a row has none.
//
// What must always hold:
//
//   - Every connection is made through allow.List, redirects and pages included.
//   - The configured headers go to the URL's own host alone.
//   - The body is never in memory as a whole, and is given up at max-bytes,
//     counted after unpacking.
//   - No error shows headers, user, password or query of a URL.
//   - Each request ends by its timeout.
package web
