package json

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format/scalar"
)

// The options' keys in WITH (…).
const (
	optTimestamps = "json.timestamp-format"
	optEmpty      = "json.empty-string-as-null"
)

// Specs declares the options.
var Specs = []catalog.OptionSpec{
	{Key: optTimestamps, Kind: catalog.OptEnum, Enum: scalar.TimestampForms, Default: "auto",
		Doc: "how timestamps are written: sql (2024-01-31 12:00:00.5), iso-8601 (with T, and Z for TIMESTAMP_LTZ) or a number (epoch-seconds, epoch-millis, epoch-micros); " +
			"text is read in every form, numbers under epoch-…; auto reads numbers by their size and writes sql"},
	{Key: optEmpty, Kind: catalog.OptBool, Default: "false",
		Doc: "read an empty string as NULL in columns that are not VARCHAR, BYTES or JSON"},
}

// Options are the settings of this format. The zero value is the defaults.
type Options struct {
	Timestamps        scalar.Timestamps
	EmptyStringAsNull bool
}

// NewOptions takes the settings from checked options.
func NewOptions(v *catalog.OptionValues) Options {
	return Options{
		Timestamps:        scalar.TimestampForm(v.Enum(optTimestamps)),
		EmptyStringAsNull: v.Bool(optEmpty),
	}
}
