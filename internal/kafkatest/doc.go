// Package kafkatest runs Apache Kafka for integration tests: one node, one with
// a listener that wants TLS and a login (StartSecure), or several (StartCluster),
// in temporary folders, on free ports of the loopback address. It also makes the
// certificates (certs.go).
//
// The jars are those in the folder PENSTOCK_KAFKA_LIBS, or else the ones that
// .ci/kafka.sh has fetched. Tests that use it stand behind the build tag
// integration, and are skipped, saying what is missing, where it cannot run.
package kafkatest
