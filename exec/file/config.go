package file

import (
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
)

// Bounds and defaults.
const (
	// DefaultBatchRows is the length of batches: the next operators read a
	// batch again while it is in the cache.
	DefaultBatchRows = 512
	// maxBatchBytes ends a batch early when its lines are long. The engine's
	// string columns hold 2 GiB; with the longest line allowed on top a batch
	// stays below.
	maxBatchBytes = 4 << 20
	// DefaultMaxLineBytes is the longest line by default, maxLineBytes the most
	// that can be asked for.
	DefaultMaxLineBytes = 64 << 20
	maxLineBytes        = 1 << 30
	// DefaultPollEvery is how often a followed file is looked at, minPollEvery
	// and maxPollEvery what it can be set to.
	DefaultPollEvery = 200 * time.Millisecond
	minPollEvery     = time.Millisecond
	maxPollEvery     = time.Hour
	// readBytes is the size of reads, writeBytes the usual size of writes: a
	// buffer that has grown to 16 times as much is let go.
	readBytes  = 256 << 10
	writeBytes = 64 << 10
	// readTick bounds how long Read keeps silent.
	readTick = exec.IdleTick
)

// OnError says what becomes of a line that the format refuses ('on-error').
type OnError uint8

// The policies: pass over it (counted, logged), end the query, or take it as a
// row of NULLs.
const (
	OnErrorSkip OnError = iota
	OnErrorFail
	OnErrorNull
)

var onErrorNames = []string{"skip", "fail", "null"}

// Column is a column of a source's batches or a sink's rows.
type Column struct {
	Name string
	Type catalog.Type
	// Meta makes it a metadata column of a source: MetaPath or MetaLine.
	Meta string
}

// Metadata keys.
const (
	MetaPath = "path" // VARCHAR
	MetaLine = "line" // BIGINT, from 1
)

// Config says which file, and what its lines hold. Zero values stand for the
// defaults of the options.
type Config struct {
	// Path is the file; "-" is standard input or output. Names that end in .gz
	// are read as gzip.
	Path          string
	Format        *format.Format
	FormatOptions map[string]string
	Columns       []Column

	OnError      OnError
	Follow       bool
	PollEvery    time.Duration
	MaxLineBytes int
	BatchRows    int
	// Truncate empties the file when a sink opens it; otherwise lines are
	// added at its end.
	Truncate bool

	Stats *Stats
	Log   *slog.Logger
}

// The options' keys in WITH (…), beside those of the format.
const (
	optConnector = "connector"
	optPath      = "path"
	optFormat    = "format"
	optOnError   = "on-error"
	optFollow    = "scan.follow"
	optPoll      = "scan.follow.interval"
	optIdle      = "scan.watermark.idle-timeout"
	optLine      = "file.max-line-bytes"
	optAppend    = "sink.append"
)

var specs = []catalog.OptionSpec{
	{Key: optConnector, Kind: catalog.OptEnum, Enum: []string{"file"}, Required: true, Doc: "this connector"},
	{Key: optPath, Required: true, Doc: "the file; - is standard input or output; names ending in .gz are read as gzip"},
	{Key: optFormat, Required: true, Doc: "what a line holds: " + strings.Join(format.Names(), ", ")},
	{Key: optOnError, Kind: catalog.OptEnum, Enum: onErrorNames, Default: "skip", Doc: "what becomes of a line that cannot be read: skip (counted and logged), fail (the query ends), null (a row of NULLs)"},
	{Key: optFollow, Kind: catalog.OptBool, Default: "false", Doc: "at the end of the file wait for more, like tail -F: a file that is replaced or cut short is read from its beginning"},
	{Key: optPoll, Kind: catalog.OptDuration, Default: DefaultPollEvery.String(), Min: int64(minPollEvery), Max: int64(maxPollEvery), Doc: "how often a followed file is looked at"},
	{Key: optIdle, Kind: catalog.OptDuration, Doc: "a followed file that is silent for so long holds the watermark back no more"},
	{Key: optLine, Kind: catalog.OptBytes, Default: "64MiB", Min: 1, Max: maxLineBytes, Doc: "the longest line; a longer one is treated as on-error says"},
	{Key: optAppend, Kind: catalog.OptBool, Default: "true", Doc: "a sink adds to the file; false empties it when the query starts"},
}

// Specs lists the options that a table's WITH may hold: the connector's and
// those of the format it names.
func Specs(options []catalog.Option) ([]catalog.OptionSpec, error) {
	name, ok := catalog.Options(options).Get(optFormat)
	if !ok {
		return specs, nil // Validate says that it is missing
	}
	f, err := format.Lookup(name)
	if err != nil {
		return nil, err
	}
	return slices.Concat(specs, f.Options), nil
}

// Configure reads the options of a table. Columns, BatchRows, Stats and Log are
// the caller's to set.
func Configure(options []catalog.Option) (Config, error) {
	all, err := Specs(options)
	if err != nil {
		return Config{}, err
	}
	v, err := catalog.Validate(all, options)
	if err != nil {
		return Config{}, err
	}
	c := Config{
		Path:         v.String(optPath),
		OnError:      OnError(slices.Index(onErrorNames, v.Enum(optOnError))),
		Follow:       v.Bool(optFollow),
		PollEvery:    v.Duration(optPoll),
		MaxLineBytes: int(v.Bytes(optLine)),
		Truncate:     !v.Bool(optAppend),
	}
	if c.Format, err = format.Lookup(v.String(optFormat)); err != nil {
		return Config{}, err
	}
	c.FormatOptions = c.Format.Given(v)
	return c, nil
}

// Bounded tells whether a scan ends by itself.
func (c *Config) Bounded() bool { return !c.Follow }

// complete puts the defaults in.
func (c *Config) complete() {
	if c.PollEvery == 0 {
		c.PollEvery = DefaultPollEvery
	}
	if c.MaxLineBytes == 0 {
		c.MaxLineBytes = DefaultMaxLineBytes
	}
	if c.BatchRows == 0 {
		c.BatchRows = DefaultBatchRows
	}
	if c.Stats == nil {
		c.Stats = new(Stats)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}
