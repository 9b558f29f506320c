// Package rows shows rows in the tests of formats as JSON, and makes them of it.
package rows
