// Package penstock holds no code of its own: the command is cmd/penstock, the
// map of the house is docs/ARCHITECTURE.md, and layers_test.go keeps it true.
package penstock
