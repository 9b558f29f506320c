// Package sqltest holds the golden tests of SQL on the whole engine, with the time, the
// order of arrival and the end of input in the test's hands (internal/sim).
//
// RunFile runs a file of commands (commands.go lists them) in several sim.Ways at the
// same time, each an engine in a bubble of its own: as planned, without the
// optimizer's rules, with one-row batches, and in four lanes. After every command
// all ways must have printed the same, and the first must have printed what the
// file says.
package sqltest
