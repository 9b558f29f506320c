package scalar

import (
	"math"

	"github.com/penstock/penstock/internal/datum"
)

// Numbers below these are taken for seconds, milliseconds, microseconds under
// Auto, all others for nanoseconds. Seconds reach the year 5138 so;
// milliseconds begin in March 1973.
const (
	autoSeconds = 100_000_000_000
	autoMillis  = autoSeconds * 1000
	autoMicros  = autoMillis * 1000
)

// epoch reads a JSON number as a point of time in microseconds. Fractions
// are read exactly, beyond the microsecond rounded.
func epoch(s []byte, form Timestamps) (micros int64, ok bool) {
	whole, nanos, ok := epochDigits(s)
	if !ok {
		return 0, false
	}
	var unit int64 // microseconds
	switch form {
	case EpochSeconds:
		unit = datum.MicrosPerSecond
	case EpochMillis:
		unit = datum.MicrosPerMilli
	case EpochMicros:
		unit = 1
	case Auto:
		switch abs := max(whole, -whole); {
		case abs < autoSeconds:
			unit = datum.MicrosPerSecond
		case abs < autoMillis:
			unit = datum.MicrosPerMilli
		case abs < autoMicros:
			unit = 1
		default:
			return datum.RoundMicros(whole, 3) / 1000, true
		}
	default:
		return 0, false
	}
	if whole > math.MaxInt64/unit || whole < math.MinInt64/unit {
		return 0, false
	}
	// nanos has whole's sign; half a microsecond rounds away from zero.
	n := nanos * unit
	half := int64(5e8)
	if n < 0 {
		half = -half
	}
	micros = whole*unit + (n+half)/1e9
	return micros, datum.TimestampInRange(micros) // which a sum that has wrapped is not
}

// epochDigits splits a number into its integral part and 10^-9ths. A number
// with an exponent goes through a float, which holds epochs to the microsecond.
func epochDigits(s []byte) (whole, nanos int64, ok bool) {
	i, neg := 0, false
	if len(s) > 0 && s[0] == '-' {
		i, neg = 1, true
	}
	start := i
	for ; i < len(s) && s[i]-'0' < 10; i++ {
		if whole > (math.MaxInt64-9)/10 {
			return 0, 0, false
		}
		whole = whole*10 + int64(s[i]-'0')
	}
	if i == start {
		return 0, 0, false
	}
	if i < len(s) && s[i] == '.' {
		i++
		n := 0
		for ; i < len(s) && s[i]-'0' < 10; i++ {
			if n < 9 {
				nanos = nanos*10 + int64(s[i]-'0')
				n++
			}
		}
		for ; n < 9; n++ {
			nanos *= 10
		}
	}
	if i < len(s) {
		f, err := datum.ParseFloat8(s)
		if err != nil || math.Abs(f) > 1e18 {
			return 0, 0, false
		}
		w, r := math.Modf(f)
		return int64(w), int64(r * 1e9), true
	}
	if neg {
		whole, nanos = -whole, -nanos
	}
	return whole, nanos, true
}
