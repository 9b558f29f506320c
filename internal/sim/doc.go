// Package sim is an engine on simulated time, fed by hand: what the golden SQL tests
// (internal/sqltest) and penstock test (internal/usertest) run on.
//
// Feeds is the connector 'test': each of its tables is a log of JSON records that
// the caller appends to; StandIn and LookupStandIn put it in the place of real connectors. Engine is a
// session over it. Both live in a testing/synctest bubble: Engine.Settle waits until everything
// that follows from the last record has happened, so that an order of arrival over several
// tables is exact and nothing sleeps.
//
// What must always hold: rows of different groups (see Feeds.Append) never share a
// batch, so the watermark moves between them whatever the setting of batch.max-rows.
package sim
