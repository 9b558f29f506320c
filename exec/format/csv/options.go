package csv

import (
	"unicode/utf8"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// The options' keys in WITH (…).
const (
	optDelimiter  = "csv.field-delimiter"
	optQuote      = "csv.quote-character"
	optNoQuote    = "csv.disable-quote-character"
	optEscape     = "csv.escape-character"
	optNull       = "csv.null-literal"
	optTimestamps = "csv.timestamp-format"
	optHeader     = "csv.header"
	optComments   = "csv.allow-comments"
)

// Specs declares the options.
var Specs = []catalog.OptionSpec{
	{Key: optDelimiter, Default: ",", Doc: `what separates fields: one ASCII character; \t is a tab`},
	{Key: optQuote, Default: `"`, Doc: "what encloses a field that holds delimiters or line ends: one ASCII character, written twice where the field holds it"},
	{Key: optNoQuote, Kind: catalog.OptBool, Default: "false", Doc: "no character encloses fields"},
	{Key: optEscape, Doc: "a character within quotes that makes the one after it part of the field; none by default, for quotes are doubled"},
	{Key: optNull, Doc: "an unquoted field of this text is NULL; by default the empty one, and \"\" is the empty string"},
	{Key: optTimestamps, Kind: catalog.OptEnum, Enum: scalar.TimestampForms, Default: "auto", Doc: "how timestamps are written, as json.timestamp-format says; text is read in every form, numbers under epoch-…"},
}

// FileSpecs declares the options that speak of files, where record follows record.
var FileSpecs = []catalog.OptionSpec{
	{Key: optHeader, Kind: catalog.OptBool, Default: "false", Doc: "the first record of a file names its columns, and tells their order; written files begin with one"},
	{Key: optComments, Kind: catalog.OptBool, Default: "false", Doc: "lines of a file that begin with # are passed over"},
}

// Options are the settings of this format.
type Options struct {
	Delimiter byte
	// Quote and Escape are 0 when there is none.
	Quote, Escape byte
	Null          string
	Timestamps    scalar.Timestamps
	// Header and Comments are of files alone.
	Header, Comments bool
}

// NewOptions takes the settings from checked options, which may be without
// those of files.
func NewOptions(v *catalog.OptionValues) (Options, error) {
	o := Options{Null: v.String(optNull), Timestamps: scalar.TimestampForm(v.Enum(optTimestamps))}
	var err error
	if o.Delimiter, err = char(v, optDelimiter); err != nil {
		return o, err
	}
	if o.Quote, err = char(v, optQuote); err != nil {
		return o, err
	}
	if v.Bool(optNoQuote) {
		o.Quote = 0
	}
	if v.String(optEscape) != "" {
		if o.Escape, err = char(v, optEscape); err != nil {
			return o, err
		}
	}
	o.Header, o.Comments = v.IsSet(optHeader) && v.Bool(optHeader), v.IsSet(optComments) && v.Bool(optComments)
	switch {
	case o.Delimiter == o.Quote:
		return o, sqlerr.New(sqlerr.InvalidParameterValue, "options %q and %q are the same character", optDelimiter, optQuote)
	case o.Escape == o.Delimiter:
		return o, sqlerr.New(sqlerr.InvalidParameterValue, "options %q and %q are the same character", optDelimiter, optEscape)
	case o.Escape == o.Quote:
		o.Escape = 0 // doubling is what this asks for
	}
	return o, nil
}

// char reads a one-character option.
func char(v *catalog.OptionValues, key string) (byte, error) {
	s := v.String(key)
	if s == `\t` {
		s = "\t"
	}
	if len(s) != 1 || s[0] >= utf8.RuneSelf || s[0] == '\n' || s[0] == '\r' || s[0] == 0 {
		return 0, sqlerr.New(sqlerr.InvalidParameterValue, "option %q must be one ASCII character and no line end", key)
	}
	return s[0], nil
}
