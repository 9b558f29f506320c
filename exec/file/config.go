package file

import (
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
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
	// readBytes is the size of reads, writeBytes that of writes.
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

var onErrorNames = [...]string{"skip", "fail", "null"}

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
	optPath    = "path"
	optFormat  = "format"
	optOnError = "on-error"
	optFollow  = "scan.follow"
	optPoll    = "scan.follow.interval"
	optLine    = "file.max-line-bytes"
	optAppend  = "sink.append"
)

// Options lists the connector's options, without those of the formats.
func Options() []format.Option {
	return []format.Option{
		{Key: optPath, Doc: "the file; - is standard input or output; names ending in .gz are read as gzip"},
		{Key: optFormat, Doc: "what a line holds: " + strings.Join(format.Names(), ", ")},
		{Key: optOnError, Default: "skip", Doc: "what becomes of a line that cannot be read: skip (counted and logged), fail (the query ends), null (a row of NULLs)"},
		{Key: optFollow, Default: "false", Doc: "at the end of the file wait for more, like tail -F: a file that is replaced or cut short is read from its beginning"},
		{Key: optPoll, Default: DefaultPollEvery.String(), Doc: "how often a followed file is looked at"},
		{Key: optLine, Default: strconv.Itoa(DefaultMaxLineBytes), Doc: "the longest line, in bytes; a longer one is an error as on-error says"},
		{Key: optAppend, Default: "true", Doc: "a sink adds to the file; false empties it when the query starts"},
	}
}

// ParseConfig reads the options of WITH (…): the connector's and those of the
// format it names. Any other key is an error, so the caller takes out what
// belongs to the engine. Columns, Stats and Log are the caller's to set.
func ParseConfig(with map[string]string) (Config, error) {
	c := Config{Path: with[optPath]}
	if c.Path == "" {
		return c, sqlerr.New(sqlerr.InvalidParameterValue, "option %q is required for connector %q", optPath, "file")
	}
	name := with[optFormat]
	if name == "" {
		return c, sqlerr.New(sqlerr.InvalidParameterValue, "option %q is required for connector %q", optFormat, "file").
			Hint("formats: %s", strings.Join(format.Names(), ", "))
	}
	var err error
	if c.Format, err = format.Lookup(name); err != nil {
		return c, err
	}
	c.FormatOptions = c.Format.Own(with)
	for _, k := range slices.Sorted(maps.Keys(with)) {
		if _, own := c.FormatOptions[k]; own {
			continue
		}
		if err := c.set(k, with[k]); err != nil {
			return c, err
		}
	}
	return c, nil
}

// set reads one of the connector's own options.
func (c *Config) set(key, v string) error {
	ok := true
	var err error
	switch key {
	case optPath, optFormat, "connector":
	case optOnError:
		i := slices.Index(onErrorNames[:], v)
		c.OnError, ok = OnError(max(i, 0)), i >= 0
	case optFollow:
		c.Follow, ok = v == "true", v == "true" || v == "false"
	case optPoll:
		c.PollEvery, err = time.ParseDuration(v)
		ok = err == nil && c.PollEvery >= minPollEvery && c.PollEvery <= maxPollEvery
	case optLine:
		c.MaxLineBytes, err = strconv.Atoi(v)
		ok = err == nil && c.MaxLineBytes > 0 && c.MaxLineBytes <= maxLineBytes
	case optAppend:
		c.Truncate, ok = v == "false", v == "true" || v == "false"
	default:
		return sqlerr.New(sqlerr.InvalidParameterValue, "connector %q with format %q has no option %q", "file", c.Format.Name, key)
	}
	if !ok {
		return sqlerr.New(sqlerr.InvalidParameterValue, "invalid value for option %q: %q", key, v).Hint("%s", optionDoc(key))
	}
	return nil
}

func optionDoc(key string) string {
	for _, o := range Options() {
		if o.Key == key {
			return o.Doc
		}
	}
	return ""
}

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
