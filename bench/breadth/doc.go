// Command breadth measures what functions and aggregates cost: the engine over
// visits in memory, on one core, in CPU time.
//
// It compares a query with the same query with twelve scalar functions in it, and
// tells how many records a second twenty aggregates of one window take.
package main
