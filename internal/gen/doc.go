// Package gen makes records for demonstrations, tests and benchmarks: website
// visits and orders as JSON, and lines of text.
//
// A Gen is a pure function of its Config: the same Config gives the same bytes
// on every machine and in every version of Go, so it draws from its own small
// random generator and never looks at the clock.
//
// Event time starts at Config.Start and moves on by Config.TimeStep with each
// record. Disorder takes records back by a random part of itself; Late
// makes a share of the records at least lateBy older than even that, which is
// what a query with a watermark delay equal to Disorder counts as late.
package gen
