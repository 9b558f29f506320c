package file

import (
	"context"
	"log/slog"
	"net"
	"slices"
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
	// readBytes is the size of reads, writeBytes the usual size of writes: a
	// buffer that has grown to 16 times as much is let go.
	readBytes  = 256 << 10
	writeBytes = 64 << 10
	// DefaultRollBytes and DefaultRollEvery end a file of a sink into a directory.
	DefaultRollBytes = 128 << 20
	DefaultRollEvery = 30 * time.Minute
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
	OnErrorReject
)

var onErrorNames = []string{"skip", "fail", "null", "reject"}

// Rejected is a line that the format refuses, or of a file read as a whole a
// row. Its bytes are valid until the hook that takes it returns.
type Rejected struct {
	Path string
	Line int64
	Raw  []byte // nil where it is no line
	Err  error
}

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
	// Path is the file; "-" is standard input or output. A source's may be a
	// directory, a pattern or a URL, see List.
	Path          string
	Format        *format.Format
	FormatOptions map[string]string
	Columns       []Column
	// Fields are all that a record of a source's files holds, in order, where
	// Columns are not.
	Fields []format.Field

	OnError OnError
	// Reject takes the lines that OnErrorReject refuses; an error ends the query.
	Reject func(Rejected) error
	// RejectTable is 'reject.table', and OnErrorSet tells whether the user gave 'on-error'.
	RejectTable  string
	OnErrorSet   bool
	Follow       bool
	PollEvery    time.Duration
	MaxLineBytes int
	BatchRows    int
	// Monitor is how often a directory or pattern is looked at for new files; 0:
	// it is read once.
	Monitor time.Duration
	// Stores are the settings of object stores.
	Stores StoreOptions
	// Allow, where set, refuses paths and URLs that may not be touched; Dial
	// makes the connections to stores.
	Allow func(path string) error
	Dial  func(ctx context.Context, network, addr string) (net.Conn, error)
	// compression is how files are packed, RollBytes and RollEvery end a file of a
	// sink that writes many.
	compression compression
	RollBytes   int64
	RollEvery   time.Duration
	// Task tells the sinks of a query apart.
	Task int
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
	optRejects   = "reject.table"
	optFollow    = "scan.follow"
	optPoll      = "scan.follow.interval"
	optIdle      = "scan.watermark.idle-timeout"
	optLine      = "file.max-line-bytes"
	optAppend    = "sink.append"
	optPacked    = "compression"
	optMonitor   = "source.monitor-interval"
	optRollSize  = "sink.rolling-policy.file-size"
	optRollTime  = "sink.rolling-policy.rollover-interval"

	optS3Endpoint = "s3.endpoint"
	optS3Region   = "s3.region"
	optS3Key      = "s3.access-key"
	optS3Secret   = "s3.secret-key"
	optS3Path     = "s3.path-style-access"
	optAzAccount  = "azure.account"
	optAzKey      = "azure.account-key"
	optAzEndpoint = "azure.endpoint"

	optGCSEndpoint  = "gcs.endpoint"
	optGCSFile      = "gcs.credentials-file"
	optGCSToken     = "gcs.token"
	optGCSAnonymous = "gcs.anonymous"
)

var specs = []catalog.OptionSpec{
	{Key: optConnector, Kind: catalog.OptEnum, Enum: []string{"file"}, Required: true, Doc: "this connector"},
	{Key: optPath, Required: true, Doc: "a file; - is standard input or output. To read also a directory, a pattern (logs/*.csv), s3://bucket/key, gs://bucket/key or azblob://container/key; many files are read side by side. A sink whose path ends with / writes files part-… into that directory"},
	{Key: optFormat, Required: true, Doc: "what a file holds: " + strings.Join(format.Names(), ", ")},
	{Key: optOnError, Kind: catalog.OptEnum, Enum: onErrorNames, Doc: "what becomes of a line that cannot be read: skip (counted and logged), fail (the query ends), null (a row of NULLs), reject (it goes to the reject table); reject where there is a reject table, else skip"},
	{Key: optRejects, Doc: "the table that takes lines that cannot be read and rows that cannot be used"},
	{Key: optFollow, Kind: catalog.OptBool, Default: "false", Doc: "at the end of the file wait for more, like tail -F: a file that is replaced or cut short is read from its beginning"},
	{Key: optPoll, Kind: catalog.OptDuration, Default: DefaultPollEvery.String(), Min: int64(minPollEvery), Max: int64(maxPollEvery), Doc: "how often a followed file is looked at"},
	{Key: optIdle, Kind: catalog.OptDuration, Doc: "a followed file that is silent for so long holds the watermark back no more"},
	{Key: optLine, Kind: catalog.OptBytes, Default: "64MiB", Min: 1, Max: maxLineBytes, Doc: "the longest line; a longer one is treated as on-error says"},
	{Key: optPacked, Kind: catalog.OptEnum, Enum: compressionNames, Default: "auto", Doc: "how files are packed; auto goes by their names: .gz, .zst"},
	{Key: optMonitor, Kind: catalog.OptDuration, Min: int64(minPollEvery), Max: int64(24 * time.Hour), Doc: "look at a directory or pattern this often for files that have come, without end; a file is read once, so it should be moved there whole"},
	{Key: optAppend, Kind: catalog.OptBool, Default: "true", Doc: "a sink adds to the file; false empties it when the query starts"},
	{Key: optRollSize, Kind: catalog.OptBytes, Default: "128MiB", Min: 1, Max: 1 << 40, Doc: "a sink into a directory begins a new file when one has this size"},
	{Key: optRollTime, Kind: catalog.OptDuration, Default: "30m", Min: int64(time.Second), Max: int64(7 * 24 * time.Hour), Doc: "or when rows come and it is this old"},
	{Key: optS3Endpoint, Doc: "the address of a store that speaks S3; Amazon's by default"},
	{Key: optS3Region, Doc: "its region; by default as AWS_REGION and the profile say, else us-east-1"},
	{Key: optS3Key, Doc: "the key's name; without, the environment, the profile or the machine give credentials, as the AWS tools find them"},
	{Key: optS3Secret, Secret: true, Doc: "the key"},
	{Key: optS3Path, Kind: catalog.OptBool, Default: "false", Doc: "address buckets as endpoint/bucket instead of bucket.endpoint"},
	{Key: optAzAccount, Doc: "the storage account; by default AZURE_STORAGE_ACCOUNT"},
	{Key: optAzKey, Secret: true, Doc: "its key; without, credentials come from the environment as Azure's tools find them"},
	{Key: optAzEndpoint, Doc: "the address of a store that speaks Azure's protocol; https://ACCOUNT.blob.core.windows.net by default"},
	{Key: optGCSEndpoint, Doc: "the address of a store that speaks the JSON API of Google's; by default STORAGE_EMULATOR_HOST, else https://storage.googleapis.com"},
	{Key: optGCSFile, Doc: "a file with a service account's key; without, GOOGLE_APPLICATION_CREDENTIALS names one or the machine's metadata service gives tokens, for Google's own address alone"},
	{Key: optGCSToken, Secret: true, Doc: "a bearer token instead, used for as long as it is good"},
	{Key: optGCSAnonymous, Kind: catalog.OptBool, Default: "false", Doc: "ask without credentials, for public buckets"},
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
	return slices.Concat(specs, f.AllOptions()), nil
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
		OnError:      OnError(max(0, slices.Index(onErrorNames, v.Enum(optOnError)))),
		OnErrorSet:   v.IsSet(optOnError),
		RejectTable:  v.String(optRejects),
		Follow:       v.Bool(optFollow),
		PollEvery:    v.Duration(optPoll),
		MaxLineBytes: int(v.Bytes(optLine)),
		Truncate:     !v.Bool(optAppend),
		compression:  compressionOf(v.Enum(optPacked)),
		RollBytes:    v.Bytes(optRollSize),
		RollEvery:    v.Duration(optRollTime),
		Stores: StoreOptions{
			S3Endpoint: v.String(optS3Endpoint), S3Region: v.String(optS3Region), S3Key: v.String(optS3Key), S3Secret: v.String(optS3Secret),
			S3PathStyle: v.Bool(optS3Path), AzureAccount: v.String(optAzAccount), AzureKey: v.String(optAzKey), AzureEndpoint: v.String(optAzEndpoint),
			GCSEndpoint: v.String(optGCSEndpoint), GCSCredentials: v.String(optGCSFile), GCSToken: v.String(optGCSToken), GCSAnonymous: v.Bool(optGCSAnonymous),
			google: new(googleClient),
		},
	}
	if v.IsSet(optMonitor) {
		c.Monitor = v.Duration(optMonitor)
	}
	if c.Format, err = format.Lookup(v.String(optFormat)); err != nil {
		return Config{}, err
	}
	c.FormatOptions = c.Format.Given(v)
	if err := c.check(v); err != nil {
		return Config{}, err
	}
	return c, nil
}

// check looks at what options say together.
func (c *Config) check(v *catalog.OptionValues) error {
	switch {
	case c.Format.RecordsOnly:
		return sqlerr.New(sqlerr.FeatureNotSupported, "format %q in files is not supported", c.Format.Name).
			Hint("its records do not say where they end")
	case c.Follow && c.Watched():
		return sqlerr.New(sqlerr.InvalidParameterValue, "options %q and %q exclude one another", optFollow, optMonitor).
			Hint("the one is for a file that grows, the other for a directory that gets files")
	case !c.canFollow():
		return errFollow(c.Path)
	case (c.Stores.S3Key == "") != (c.Stores.S3Secret == ""):
		return sqlerr.New(sqlerr.InvalidParameterValue, "options %q and %q need one another", optS3Key, optS3Secret)
	case v.IsSet(optAzKey) && c.Stores.AzureAccount == "":
		return sqlerr.New(sqlerr.InvalidParameterValue, "option %q needs %q", optAzKey, optAzAccount)
	case c.Stores.GCSToken != "" && c.Stores.GCSCredentials != "" || c.Stores.GCSAnonymous && c.Stores.GCSToken+c.Stores.GCSCredentials != "":
		return sqlerr.New(sqlerr.InvalidParameterValue, "options %q, %q and %q exclude one another", optGCSFile, optGCSToken, optGCSAnonymous)
	}
	return nil
}

// canFollow tells whether the file, if it is to be followed, can be.
func (c *Config) canFollow() bool {
	return !c.Follow || !isURL(c.Path) && c.compression.of(c.Path) == unpacked && c.Format.OpenFile == nil
}

func errFollow(path string) error {
	return sqlerr.New(sqlerr.FeatureNotSupported, "following a packed file, one without lines or an object of a store is not supported: %q", path)
}

// Bounded tells whether a scan ends by itself.
func (c *Config) Bounded() bool { return !c.Follow && !c.Watched() }

// Watched tells whether files that come later are read too.
func (c *Config) Watched() bool { return c.Monitor > 0 }

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
	if c.RollBytes == 0 {
		c.RollBytes = DefaultRollBytes
	}
	if c.RollEvery == 0 {
		c.RollEvery = DefaultRollEvery
	}
	if c.Stats == nil {
		c.Stats = new(Stats)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}

// metaKinds are the types that metadata columns must have.
var metaKinds = map[string]catalog.Kind{MetaPath: catalog.Varchar, MetaLine: catalog.BigInt}

// CheckMeta sees that a column can be filled with the metadata it names: of the
// file, or what its format knows of a record.
func (c *Config) CheckMeta(col Column) error {
	kind, ok := metaKinds[col.Meta]
	keys := []string{MetaPath, MetaLine}
	if !ok {
		for _, m := range c.Format.Meta {
			if m.Key == col.Meta {
				return nil // its decoder sees to the type
			}
			keys = append(keys, m.Key)
		}
		return sqlerr.New(sqlerr.UndefinedColumn, "connector %q has no metadata %q", "file", col.Meta).Hint("metadata: %s", strings.Join(keys, ", "))
	}
	if col.Type.Kind != kind {
		return sqlerr.New(sqlerr.DatatypeMismatch, "metadata %q is of type %s, not %s", col.Meta, catalog.Of(kind), col.Type)
	}
	return nil
}
