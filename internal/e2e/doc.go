// Package e2e tests the whole from outside: clients of PostgreSQL's protocol
// and of HTTP on one side, a broker on the other, the engine between them. It
// holds tests alone.
//
// The tests of every day run against the embedded broker. Those behind the build
// tag integration run the same against Apache Kafka, with psql and lib/pq as
// clients, and the scenarios of lookup tables with PostgreSQL, a web server and an
// object store as their sources; where something of that is not installed they are skipped and say what.
// PENSTOCK_BIG=1 adds those that need minutes.
//
// What comes out is compared with model_test.go, which knows nothing of the
// engine: it parses the records with encoding/json and counts in a map.
package e2e
