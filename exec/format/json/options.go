package json

import (
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// The options' keys in WITH (…).
const (
	TimestampFormat   = "json.timestamp-format"
	EmptyStringAsNull = "json.empty-string-as-null"
)

// Options are the settings of this format, resolved.
type Options struct {
	Timestamps        scalar.Timestamps
	EmptyStringAsNull bool
}

// ParseOptions reads the options from WITH (…); keys that are not there have
// their defaults.
func ParseOptions(opts map[string]string) (Options, error) {
	var o Options
	var err error
	if v, ok := opts[TimestampFormat]; ok {
		if o.Timestamps, err = scalar.ParseTimestamps(TimestampFormat, v); err != nil {
			return o, err
		}
	}
	switch v := opts[EmptyStringAsNull]; v {
	case "true":
		o.EmptyStringAsNull = true
	case "false", "":
	default:
		return o, sqlerr.New(sqlerr.InvalidParameterValue, "invalid value for option %q: %q", EmptyStringAsNull, v).
			Hint("true or false")
	}
	return o, nil
}
