// Package memtable is a connector for measuring the engine alone: records lie in
// memory as they would in a fetch, decoded anew in each run.
package memtable
