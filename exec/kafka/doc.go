// Package kafka reads and writes Kafka topics.
//
// kafka-go's Transport keeps connections and versions; the requests that carry
// records go through it as raw exchanges, into our own buffer and with our own
// record batches, because its Reader costs an allocation and a channel hop a record
// and its Writer cannot be idempotent. kafka-go is imported in this package only.
//
// # The way of a record in
//
// OpenScan (scan.go) contacts the cluster and settles, once for a query, where
// each partition begins and ends. Scan.Source makes readers of a share of the
// partitions. A Source starts a puller for each broker that leads some of them
// (fetcher.go), which asks for all of them in one request (fetch.go), moves the
// positions by looking at the batches' headers, and queues the answer; of two buffers
// one is decoded while the other is filled. Source.Read (source.go) walks the batches
// (walk.go: checksum, codec.go, transactions) and gives each value to the decoder,
// which appends to columns; meta.go adds the METADATA columns. Beside the sources
// runs the keeper (keeper.go), which finds new partitions and topics and notes positions
// for the group.
//
// Changelog (changelog.go) reads topics of last values per key for those who keep
// them: all that is there, then what comes.
//
// # The way of a record out
//
// Sink.Write (sink.go) encodes rows, chooses a partition (partitioner.go) and
// appends to that partition's open batch (encode.go). A batch that is full or has
// waited long enough is compressed and sent (producer.go), one at a time for a
// partition, with the sequence numbers that let the broker drop what it has already.
//
// security.go and tls.go read how connections are encrypted, auth.go logs in
// (PLAIN, SCRAM, OAUTHBEARER) before kafka-go gets a connection.
//
// options.go turns WITH (…) into Config and SinkConfig; admin.go makes topics.
//
// # What always holds
//
//   - A batch has one split, at most MaxRows rows, and aliases no fetch buffer.
//   - Position, CaughtUp and Ended speak of what Read has returned, not of what was
//     fetched. CaughtUp is false while the broker cannot be asked.
//   - Positions move and answers are queued under one lock: a partition whose
//     leader changes stays in order, nothing is lost or doubled.
//   - After a failed request its buffer is given up, for a connection may still
//     be writing to it.
//   - Nothing in a message makes the process panic or take memory without bound:
//     FuzzWalk, maxInflated, 'fetch.max-bytes'.
//   - A tombstone (null value) makes no row of an append-only table; it is counted.
//     A table without value columns (NewValue nil) sees tombstones as rows.
package kafka
