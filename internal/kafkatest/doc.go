// Package kafkatest runs Apache Kafka for integration tests: one node in a
// temporary folder, on free ports of the loopback address.
//
// The jars are those in the folder PENSTOCK_KAFKA_LIBS, or else the ones that
// .ci/kafka.sh has fetched. Tests that use it stand behind the build tag
// integration, and are skipped, saying what is missing, where it cannot run.
package kafkatest
