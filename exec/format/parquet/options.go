package parquet

import (
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"github.com/penstock/penstock/catalog"
)

const optCompression = "parquet.compression"

var (
	codecNames = []string{"snappy", "zstd", "gzip", "none"}
	codecs     = []compress.Codec{&parquet.Snappy, &parquet.Zstd, &parquet.Gzip, &parquet.Uncompressed}
)

// Specs declares the options.
var Specs = []catalog.OptionSpec{
	{Key: optCompression, Kind: catalog.OptEnum, Enum: codecNames, Default: "snappy", Doc: "how the pages of written files are packed"},
}

// Options are the settings.
type Options struct {
	Codec compress.Codec
}

// NewOptions takes the settings from checked options.
func NewOptions(v *catalog.OptionValues) (Options, error) {
	return Options{Codec: codecs[slices.Index(codecNames, v.Enum(optCompression))]}, nil
}
