// Package lookup is the process's registry of lookup tables.
package lookup
