package format

import (
	"maps"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Field is a column that a decoder fills or an encoder writes; its name is the
// one in the data, matched exactly.
type Field = catalog.Column

// Decoder turns the bytes of one record into one row. It is used by one
// goroutine.
type Decoder interface {
	// Append adds one row to cols, which stand in the order of the fields given
	// at construction and were made with exec.NewColumnOf. value is not kept.
	// On error, always a *sqlerr.Error, the columns are as they were before.
	Append(value []byte, cols []*exec.Column) error
}

// Encoder turns rows into bytes. It is used by one goroutine.
type Encoder interface {
	// Encode appends the record of one row to dst. row is a position in the
	// columns, not an index into the selection. On error dst comes back as it
	// was given.
	Encode(dst []byte, b *exec.Batch, row int) ([]byte, error)
}

// Format is an entry of the registry. Constructors take the format's own
// options only (see Given); a missing key means its default.
type Format struct {
	Name    string
	Doc     string
	Options []catalog.OptionSpec
	// EmptyRecords says that a record without bytes is a row; of other formats'
	// empty lines a file takes no notice.
	EmptyRecords bool
	// NewDecoder makes a decoder that fills exactly the given fields.
	NewDecoder func(fields []Field, opts map[string]string) (Decoder, error)
	// NewEncoder makes an encoder of rows whose columns are the given fields.
	NewEncoder func(fields []Field, opts map[string]string) (Encoder, error)
}

// planned names formats that the dialect knows and this version cannot read.
var planned = []string{"avro", "avro-confluent", "csv", "debezium-json", "parquet", "protobuf"}

// Lookup finds a format by its name in WITH ('format' = …).
func Lookup(name string) (*Format, error) {
	if f, ok := formats[name]; ok {
		return f, nil
	}
	if slices.Contains(planned, name) {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "format %q is not supported yet", name).
			Hint("formats: %s", strings.Join(Names(), ", "))
	}
	return nil, sqlerr.New(sqlerr.InvalidParameterValue, "format %q does not exist", name).
		Hint("formats: %s", strings.Join(Names(), ", "))
}

// Names lists the formats in alphabetical order.
func Names() []string { return slices.Sorted(maps.Keys(formats)) }

// Given picks the format's options out of all those that a table sets.
func (f *Format) Given(v *catalog.OptionValues) map[string]string {
	own := make(map[string]string)
	for _, o := range f.Options {
		if v.IsSet(o.Key) {
			own[o.Key] = v.String(o.Key)
		}
	}
	return own
}

// values checks opts and puts the defaults in.
func (f *Format) values(opts map[string]string) (*catalog.OptionValues, error) {
	list := make([]catalog.Option, 0, len(opts))
	for _, k := range slices.Sorted(maps.Keys(opts)) {
		list = append(list, catalog.Option{Key: k, Value: opts[k]})
	}
	return catalog.Validate(f.Options, list)
}
