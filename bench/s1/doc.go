// Command s1 measures the traffic aggregation end to end: visits from a Kafka
// topic, TUMBLE of 20 s, COUNT(*) and SUM(file_size_bytes) by id, through SQL, the planner
// and the engine, rows encoded as NDJSON. Beside it, in the same run, stand
//
//	raw    the engine's own fetch with checksums and decompression, values not decoded
//	naive  kafka-go's Reader, encoding/json and a map, as one writes it first
//
// The broker, each design and each run is a process of its own. Designs of one
// run take turns, so that a noisy machine disturbs them alike; medians are printed.
// All designs must agree on the number of visits and the sum, or it fails.
//
//	go run ./bench/s1                          embedded broker, lz4, 1,000 keys, one core
//	go run ./bench/s1 -cores 2 -partitions 2   two cores
//	go run ./bench/s1 -keys 1000000 -step 5us -records 4000000   a million live keys
//	go run ./bench/s1 -format avro             other formats: csv, avro, protobuf
//	go run ./bench/s1 -designs memory          one core and two, records from memory: a
//	                                           broker on the same two cores would be what is measured
//	go run ./bench/s1 -brokers HOST:PORT       any other broker
package main
