// Package lookup holds the lookup tables of the process: one copy of each
// however many queries read it, loaded and refreshed beside them.
//
// # The path through it
//
//	Tables      the registry: Open, Scan, Refresh, Forget, Status     tables.go, status.go
//	definition  a table's options, understood and checked             options.go, definition.go
//	table       who holds it, its current version, the counters       table.go
//	keeper      the goroutine that loads and refreshes it             keeper.go, live.go
//	loader      rows of one load -> version                           loader.go, chunk.go, column.go
//	version     chunks, dead rows, indexes                            version.go, index.go
//	Reader      questions -> answers, from one version                reader.go, gather.go
//	points      cache partial and none: questions to the source       points.go, rowcache.go
//	snapshot    the last good copy on disk                            snapshot.go, codec.go
//
// Connectors stand outside and implement source.go.
//
// A row is found so: the keys of 256 questions are hashed; the high bits of a hash
// choose a segment of the index, its low half is tag and place; a slot with the tag gives the
// row's number, which is a chunk and a place in it; the key is compared there, and
// the wanted columns are copied. No step allocates, and nothing points to a single row.
//
// # Versions share
//
// A load is cut into chunks of 2048 to 8192 rows behind rows whose key's hash
// says so. A chunk with the content of one of the version before is that chunk, under the same
// number; so a row put in or taken out makes one or two new chunks. The index over the
// primary key is edited, segment by segment as they are touched. While a refresh runs there is
// the old version, what differs, and about one chunk of scratch; the worst case, all rows new or in
// another order, is twice the table. TestMemory measures both ends of it.
//
// Changes of a live source are appended to the last chunk; rows they replace are
// marked as dead, and a chunk of which more than half is dead is written anew.
//
// # What must always hold
//
//   - A version is not changed once readers can see it, but for indexes added to its list;
//     a call reads one version.
//   - Readers never wait for a load, but for the first. The indexes that open
//     readers need are built before the swap.
//   - All loads of a table run in its keeper, one after the other. A keeper begins
//     when the one before has ended.
//   - A failed load changes nothing but the counters, the retry and, with
//     'refresh.on-failure' = 'fail', the fault that readers are given.
//   - Loading and indexing hand over the core every BurstRows rows.
//   - Who holds the registry's lock may take a table's, never the other way round.
//   - Errors leave with the table's name and without secrets.
package lookup
