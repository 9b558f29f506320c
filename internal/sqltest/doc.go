// Package sqltest runs SQL on the whole engine with the time, the order of
// arrival and the end of input in the test's hands. It is test support.
//
// Feeds is the connector 'test': each of its tables is a log of JSON records that
// the test appends to. Engine is a session over it. Both live in a testing/synctest
// bubble: Engine.Settle waits until everything that follows from the last record
// has happened, so that an order of arrival over several tables is exact and no
// test sleeps.
//
// RunFile runs a file of commands (commands.go lists them) in several Ways at the
// same time, each an engine in a bubble of its own: as planned, without the
// optimizer's rules, with one-row batches, and in four lanes. After every command
// all ways must have printed the same, and the first must have printed what the
// file says.
//
// What must always hold: rows of different groups (see Feeds.Append) never share a
// batch, so the watermark moves between them whatever the setting of batch.max-rows.
package sqltest
