// Package sources is the list of connectors that lookup tables have: values,
// file, http, postgres and kafka.
//
// All gives them; the registry of lookup tables (exec/lookup) is made with the
// list and knows no more of them than lookup.Connector. Those that need another
// system's client are packages of their own (exec/web, exec/postgres); those that
// stand on a connector of tables are here: values.go, file.go, kafka.go.
//
// What must always hold:
//
//   - A load gives all rows or an error; a bad record is an error, unless an
//     option says that it may be missing.
//   - What SQL names (paths, hosts) is judged by allow.List before it is touched.
//   - No error shows a secret: each passes through what records.Options gave.
package sources
