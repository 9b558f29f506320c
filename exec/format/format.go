package format

import (
	"context"
	"io"
	"maps"
	"net"
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

// Table says what a decoder is to fill.
type Table struct {
	// Columns are all that a record holds, in the table's order: formats without
	// names in the data need it.
	Columns []Field
	// Want are the columns to fill.
	Want []Field
	// Meta is nil, or names for each of Want the format's metadata that it
	// stands for; empty for one of Columns.
	Meta []string
}

// Meta is a fact about a record that its format knows, for columns declared
// METADATA FROM its key.
type Meta struct {
	Key  string
	Type catalog.Type
	Doc  string
	// Writable: an encoder takes it too.
	Writable bool
}

// MetaName is the name of the field that stands for a format's metadata among
// an encoder's fields. No column has such a name.
func MetaName(key string) string { return "\x00" + key }

// Format is an entry of the registry. Constructors take the format's own
// options only (see Given); a missing key means its default.
type Format struct {
	Name    string
	Doc     string
	Options []catalog.OptionSpec
	// FileOptions are those that speak of files of records; only the connector
	// of files takes them.
	FileOptions []catalog.OptionSpec
	// Meta lists the facts beside the columns.
	Meta []Meta
	// EmptyRecords says that a record without bytes is a row; of other formats'
	// empty lines a file takes no notice.
	EmptyRecords bool
	// RecordsOnly: a file cannot hold records of this format, for nothing tells
	// where one ends.
	RecordsOnly bool
	// FilesOnly: there are no records outside of a file.
	FilesOnly bool
	// Decoder makes a decoder that fills exactly what the table wants.
	Decoder func(t Table, opts map[string]string) (Decoder, error)
	// NewDecoder is Decoder of records that hold the given fields and no others.
	NewDecoder func(fields []Field, opts map[string]string) (Decoder, error)
	// NewEncoder makes an encoder of rows whose columns are the given fields.
	NewEncoder func(fields []Field, opts map[string]string) (Encoder, error)
	// Records, where set, cuts files into records; otherwise lines are the records.
	Records func(opts map[string]string) (Records, error)
	// OpenFile and CreateFile, where set, read and write files as a whole, and
	// nothing above is used of files.
	OpenFile   func(in FileInput, t Table, opts map[string]string) (FileReader, error)
	CreateFile func(w io.Writer, fields []Field, opts map[string]string) (FileWriter, error)
	// reaching makes the format with other ways to the outside.
	reaching func(Reach) *Format
}

// Reach is how a format gets to schemas outside of its options. Zero values are
// the usual ways.
type Reach struct {
	// Dial makes connections to schema registries.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Allow refuses paths of schema files.
	Allow func(path string) error
}

// With gives the format with these ways to the outside.
func (f *Format) With(r Reach) *Format {
	if f.reaching == nil {
		return f
	}
	return f.reaching(r)
}

// Lookup finds a format by its name in WITH ('format' = …).
func Lookup(name string) (*Format, error) {
	if f, ok := formats[name]; ok {
		return f, nil
	}
	return nil, sqlerr.New(sqlerr.InvalidParameterValue, "format %q does not exist", name).
		Hint("formats: %s", strings.Join(Names(), ", "))
}

// RecordNames lists those that a record of a topic can have: Names but for the
// formats of whole files.
func RecordNames() []string {
	return slices.DeleteFunc(Names(), func(n string) bool { return formats[n].FilesOnly })
}

// Names lists the formats in alphabetical order.
func Names() []string { return slices.Sorted(maps.Keys(formats)) }

// AllOptions are Options and FileOptions.
func (f *Format) AllOptions() []catalog.OptionSpec { return slices.Concat(f.Options, f.FileOptions) }

// Given picks the format's options out of all those that a table sets.
func (f *Format) Given(v *catalog.OptionValues) map[string]string {
	own := make(map[string]string)
	for _, o := range f.AllOptions() {
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
	return catalog.Validate(f.AllOptions(), list)
}

// Unavailable tells the errors of a service that a decoder needs, such as a schema
// registry: they say nothing about the record, so a source must end with them and
// not pass over the record.
func Unavailable(err error) bool { return strings.HasPrefix(string(sqlerr.CodeOf(err)), "08") }
