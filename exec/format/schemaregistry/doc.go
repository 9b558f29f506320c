// Package schemaregistry is a client of Confluent's Schema Registry: it gets
// schemas by their id and registers schemas under a subject, over its HTTP API.
//
// A Client may be used by any number of goroutines. What it was told is kept: a
// schema never changes under its id. An id that is unknown is remembered for a
// while, too, lest a topic of foreign records ask for each of them.
package schemaregistry
