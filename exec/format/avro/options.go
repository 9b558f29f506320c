package avro

import (
	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format/schemaregistry"
)

const (
	optSchema   = "avro.schema"
	optCodec    = "avro.codec"
	confluent   = "avro-confluent"
	optConSchem = confluent + ".schema"
)

// Specs declares the options of plain records.
var Specs = []catalog.OptionSpec{
	{Key: optSchema, Doc: "the schema that records have; by default that of the table's columns, each of which may be null. Of files, which bring their own, it is the reader's: its aliases and defaults count"},
}

// FileSpecs declares those of object container files.
var FileSpecs = []catalog.OptionSpec{
	{Key: optCodec, Kind: catalog.OptEnum, Enum: codecNames, Default: "snappy", Doc: "how the blocks of written files are packed"},
}

// ConfluentSpecs declares those of records with a schema's id in front.
var ConfluentSpecs = append(schemaregistry.Specs(confluent),
	catalog.OptionSpec{Key: optConSchem, Doc: "to read: the reader's schema, whose aliases and defaults count; to write: the schema, by default that of the table's columns"})

// Options are the settings.
type Options struct {
	Schema string
	Codec  string
	// Registry, where it has a URL, says that records begin with a schema's id.
	Registry schemaregistry.Config
	Subject  string
}

// NewOptions takes the settings of plain records and files.
func NewOptions(v *catalog.OptionValues) (Options, error) {
	return Options{Schema: v.String(optSchema), Codec: v.Enum(optCodec)}, nil
}

// NewConfluentOptions takes the settings of records with a schema's id.
func NewConfluentOptions(v *catalog.OptionValues) (Options, error) {
	r, err := schemaregistry.Configure(confluent, v)
	return Options{Schema: v.String(optConSchem), Registry: r, Subject: v.String(confluent + ".subject")}, err
}
