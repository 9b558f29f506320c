// Package optest runs an operator on a text of rows and gives the text of what
// came out. It is for tests only.
//
// A script is lines. "in a:str n:int t:ts" names and types the columns of the
// current port, "out …" those of the output, "port 1" changes the port. Other
// lines are rows; consecutive rows of a port are one feed. "advance 00:00:20" tells
// the watermark, "end" is exec.MaxTime. Blank lines and those that begin with # mean nothing.
//
// Types are bool int float dec ivl str ts list(T) row(T,…) map(K,V). A string
// with blanks or of another type's look stands in '…'; a timestamp is a time of
// 1970-01-01 or has its date, an interval months/days/microseconds, a list [1,2], a row {1,x}, a map <k=v,…>.
//
// Run does the script again and again: rows in batches of one, two and all; with empty
// batches put in; with rows put in that the selection leaves out; for exec.Stateful
// operators also with Save and Restore into a new operator between any two
// steps. Input memory is overwritten after each call. All runs must give the same
// rows in the same order, and the same counts where the operator has the methods
// Late, NullTimes, Skipped.
package optest
