// Package wordlen is a small gRPC service that tells how long words are, one at
// a time (resolve) or many (resolveBatch): what "penstock demo" and "penstock
// rpc-demo" run so that a remote function can be tried without a service of one's
// own. It describes itself by reflection.
//
// service.proto is compiled when the server starts and its messages are handled
// as they lie on the wire: there is no generated code.
//
// Tests make it slow or faulty with Config.Before.
package wordlen
