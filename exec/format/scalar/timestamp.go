package scalar

import "slices"

// Timestamps says how timestamps stand in the data.
type Timestamps uint8

// The forms. Text is read in every form whatever the setting; the setting says
// what a number means, and how timestamps are written.
const (
	// Auto reads numbers by their size (see autoSeconds) and writes SQL.
	Auto Timestamps = iota
	SQL
	ISO
	EpochSeconds
	EpochMillis
	EpochMicros
)

// TimestampForms are the names of the forms, as options have them.
var TimestampForms = []string{"auto", "sql", "iso-8601", "epoch-seconds", "epoch-millis", "epoch-micros"}

// TimestampForm finds a form by its name, which is one of TimestampForms.
func TimestampForm(name string) Timestamps { return Timestamps(slices.Index(TimestampForms, name)) }
