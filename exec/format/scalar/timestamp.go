package scalar

import "github.com/penstock/penstock/internal/sqlerr"

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

var timestampNames = [...]string{"auto", "sql", "iso-8601", "epoch-seconds", "epoch-millis", "epoch-micros"}

// ParseTimestamps reads the value of an option.
func ParseTimestamps(key, v string) (Timestamps, error) {
	for i, n := range timestampNames {
		if n == v {
			return Timestamps(i), nil
		}
	}
	return 0, sqlerr.New(sqlerr.InvalidParameterValue, "invalid value for option %q: %q", key, v).
		Hint("auto, sql, iso-8601, epoch-millis, epoch-seconds or epoch-micros")
}
