package parquet

import (
	"slices"

	"github.com/apache/arrow-go/v18/parquet/compress"

	"github.com/penstock/penstock/catalog"
)

const optCompression = "parquet.compression"

var (
	codecNames = []string{"snappy", "zstd", "gzip", "none"}
	codecs     = []compress.Compression{compress.Codecs.Snappy, compress.Codecs.Zstd, compress.Codecs.Gzip, compress.Codecs.Uncompressed}
)

// Specs declares the options.
var Specs = []catalog.OptionSpec{
	{Key: optCompression, Kind: catalog.OptEnum, Enum: codecNames, Default: "snappy", Doc: "how the pages of written files are packed"},
}

// Options are the settings.
type Options struct {
	Codec compress.Compression
}

// NewOptions takes the settings from checked options.
func NewOptions(v *catalog.OptionValues) (Options, error) {
	return Options{Codec: codecs[slices.Index(codecNames, v.Enum(optCompression))]}, nil
}
