// Package gcstest is a store in memory that speaks as much of Google Cloud
// Storage's JSON API as files need, for tests: listing with pages, prefixes and
// delimiters, descriptions, bytes with ranges, resumable uploads, and the
// tokens of service accounts and of a machine. It is strict: a request that the
// documentation does not know is answered with 400, and Faults makes it fail.
package gcstest
