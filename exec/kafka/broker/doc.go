// Package broker is the embedded Kafka broker, for development, the demo and
// tests: one node on the loopback address, in memory or in a folder.
//
// It wraps franz-go's kfake, which speaks the real protocol (transactions and
// idempotent producers included) but is no replacement for Apache Kafka: one
// goroutine does all the work and nothing is replicated. The package stands
// apart so that franz-go is in nothing that only reads or writes Kafka.
package broker
