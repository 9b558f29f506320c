package protobuf

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format/schemaregistry"
	"github.com/penstock/penstock/internal/sqlerr"
)

const (
	plain     = "protobuf"
	confluent = "protobuf-confluent"

	keyDescriptor = ".descriptor-file"
	keyProto      = ".proto"
	keyMessage    = ".message-name"
	keyDefaults   = ".read-default-values"
)

func specs(prefix string) []catalog.OptionSpec {
	return []catalog.OptionSpec{
		{Key: prefix + keyProto, Doc: "the schema: the text of a .proto file, or the path of one, which may import others beneath its directory"},
		{Key: prefix + keyMessage, Doc: "the message of the schema, with its package; by default the first"},
		{Key: prefix + keyDefaults, Kind: catalog.OptBool, Default: "false", Doc: "read the default where a field that may be absent is, and not NULL"},
	}
}

// Specs declares the options of plain messages.
var Specs = append(specs(plain), catalog.OptionSpec{Key: plain + keyDescriptor, Doc: "in place of protobuf.proto: a file that protoc --include_imports --descriptor_set_out has written"})

// ConfluentSpecs declares those of messages with a schema's id in front.
var ConfluentSpecs = append(schemaregistry.Specs(confluent), specs(confluent)...)

// Options are the settings.
type Options struct {
	Proto, Descriptors, Message string
	Defaults                    bool
	// Registry, where it has a URL, says that records begin with a schema's id.
	Registry schemaregistry.Config
	Subject  string
	// Allow, where set, refuses paths of schema files.
	Allow func(path string) error
}

// NewOptions takes the settings of plain messages.
func NewOptions(v *catalog.OptionValues) (Options, error) {
	o := Options{Proto: v.String(plain + keyProto), Descriptors: v.String(plain + keyDescriptor), Message: v.String(plain + keyMessage), Defaults: v.Bool(plain + keyDefaults)}
	if (o.Proto == "") == (o.Descriptors == "") {
		return o, sqlerr.New(sqlerr.InvalidParameterValue, "format %q needs either option %q or %q", plain, plain+keyProto, plain+keyDescriptor)
	}
	return o, nil
}

// NewConfluentOptions takes the settings of messages with a schema's id.
func NewConfluentOptions(v *catalog.OptionValues) (Options, error) {
	r, err := schemaregistry.Configure(confluent, v)
	return Options{Proto: v.String(confluent + keyProto), Message: v.String(confluent + keyMessage), Defaults: v.Bool(confluent + keyDefaults),
		Registry: r, Subject: v.String(confluent + ".subject")}, err
}
