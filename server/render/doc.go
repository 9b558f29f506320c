// Package render writes rows as text for people and programs: NDJSON, CSV and
// aligned tables. The HTTP front door and the command line share it.
package render
