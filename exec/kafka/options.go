package kafka

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
)

// The options' keys in WITH (…) that are looked at in more than one place.
const (
	optTopic      = "topic"
	optPattern    = "topic-pattern"
	optDiscovery  = "scan.topic-partition-discovery.interval"
	optCommit     = "properties.enable.auto.commit"
	optCommitMs   = "properties.auto.commit.interval.ms"
	optServers    = "properties.bootstrap.servers"
	optFormat     = "format"
	optKeyFormat  = "key.format"
	optKeyFields  = "key.fields"
	optInclude    = "value.fields-include"
	optStart      = "scan.startup.mode"
	optStartTime  = "scan.startup.timestamp-millis"
	optStartAt    = "scan.startup.specific-offsets"
	optEnd        = "scan.bounded.mode"
	optEndTime    = "scan.bounded.timestamp-millis"
	optEndAt      = "scan.bounded.specific-offsets"
	optOutOfRange = "scan.offset-out-of-range"
	optOnError    = "on-error"
	optRejects    = "reject.table"
	optFetchMax   = "fetch.max-bytes"
	optPartition  = "sink.partitioner"
	optAutoCreate = "sink.auto-create"
	optPartitions = "sink.partitions"
	optCodec      = "sink.compression"
	optGroup      = "properties.group.id"
	optReset      = "properties.auto.offset.reset"
	optIsolation  = "properties.isolation.level"
	optClientID   = "properties.client.id"
	optRequest    = "properties.request.timeout.ms"
	optConnect    = "properties.socket.connection.setup.timeout.ms"
	optCodecJava  = "properties.compression.type"
	optBatch      = "properties.batch.size"
	optLinger     = "properties.linger.ms"
	optBuffer     = "properties.buffer.memory"
	optDelivery   = "properties.delivery.timeout.ms"
	optInFlight   = "properties.max.in.flight.requests.per.connection"
	properties    = "properties."
	keyPrefix     = "key."
	upsertName    = "upsert-kafka"
)

// The names of the modes and policies, in the order of their constants.
var (
	startNames     = []string{"earliest-offset", "latest-offset", "timestamp", "specific-offsets", "group-offsets"}
	endNames       = []string{"unbounded", "latest-offset", "timestamp", "specific-offsets"}
	outOfRange     = []string{"fail", "earliest", "latest"}
	resetNames     = []string{"none", "earliest", "latest"}
	onErrorNames   = []string{"skip", "fail", "null", "reject"}
	codecNames     = []string{"none", "gzip", "snappy", "lz4", "zstd"}
	partitionNames = []string{"default", "round-robin", "fixed"}
)

const maxMs = 24 * 60 * 60 * 1000

var ownSpecs = []catalog.OptionSpec{
	{Key: "connector", Kind: catalog.OptEnum, Enum: []string{"kafka", upsertName}, Required: true, Doc: "kafka: each record is a row; upsert-kafka: each record is the last value of its key, the table's PRIMARY KEY, and one without a value deletes it"},
	{Key: optTopic, Doc: "the topic; to read, also several: a;b"},
	{Key: optPattern, Doc: "to read: the topics whose whole name matches this regular expression (RE2)"},
	{Key: optDiscovery, Kind: catalog.OptDuration, Default: "5min", Min: 0, Max: int64(24 * time.Hour), Doc: "how often an unbounded query looks for new partitions, and new topics of a pattern, which it then reads from their beginnings; 0: never"},
	{Key: optServers, Required: true, Doc: "addresses of some brokers: host:port,host:port"},
	{Key: optFormat, Doc: "what a record's value holds: " + strings.Join(format.RecordNames(), ", ")},
	{Key: "value.format", Doc: "the same as 'format'"},
	{Key: optKeyFormat, Doc: "what a record's key holds; needs 'key.fields'"},
	{Key: optKeyFields, Doc: "the columns that stand in the key, separated by ';'"},
	{Key: optInclude, Kind: catalog.OptEnum, Enum: []string{"ALL", "EXCEPT_KEY"}, Default: "ALL", Doc: "whether the key's columns stand in the value too"},
	{Key: optStart, Kind: catalog.OptEnum, Enum: startNames, Default: "earliest-offset", Doc: "where a query begins to read"},
	{Key: optStartTime, Kind: catalog.OptInt, Max: math.MaxInt64, Doc: "for the mode timestamp: begin with the first record of this time or later"},
	{Key: optStartAt, Doc: "for the mode specific-offsets: partition:0,offset:42;partition:1,offset:300; other partitions begin at the earliest"},
	{Key: optEnd, Kind: catalog.OptEnum, Enum: endNames, Default: "unbounded", Doc: "where a query ends; latest-offset is settled when it starts"},
	{Key: optEndTime, Kind: catalog.OptInt, Max: math.MaxInt64, Doc: "for the mode timestamp: end before the first record of this time or later"},
	{Key: optEndAt, Doc: "for the mode specific-offsets: end before these; other partitions end at the latest"},
	{Key: optOutOfRange, Kind: catalog.OptEnum, Enum: outOfRange, Default: "fail", Doc: "what to do when the next record has been deleted by retention"},
	{Key: optOnError, Kind: catalog.OptEnum, Enum: onErrorNames, Doc: "what becomes of a record that cannot be read: skip (counted and logged), fail (the query ends), null (its columns are NULL), reject (it goes to the reject table); reject where there is a reject table, else skip"},
	{Key: optRejects, Doc: "the table that takes records that cannot be read and rows that cannot be used"},
	{Key: optFetchMax, Kind: catalog.OptBytes, Default: "128MiB", Min: 1 << 20, Max: 1 << 30, Doc: "the most that one fetch may bring, and so the largest record batch"},
	{Key: "scan.watermark.idle-timeout", Kind: catalog.OptDuration, Doc: "a partition that is read to its end and silent for so long holds the watermark back no more"},
	{Key: optPartition, Kind: catalog.OptEnum, Enum: partitionNames, Default: "default", Doc: "default: by the key as Java does, without a key batch by batch; round-robin; fixed: a task writes to one partition"},
	{Key: optAutoCreate, Kind: catalog.OptBool, Default: "true", Doc: "make the topic when it is missing and rows are to be written"},
	{Key: optPartitions, Kind: catalog.OptInt, Default: "1", Min: 1, Max: 100000, Doc: "how many partitions a topic is made with"},
	{Key: optCodec, Kind: catalog.OptEnum, Enum: codecNames, Default: "none", Doc: "compression of written batches"},
	{Key: optGroup, Doc: "the group whose committed offsets the mode group-offsets begins at, and for which positions are noted"},
	{Key: optCommit, Kind: catalog.OptBool, Default: "true", Doc: "note for the group how far a query has read, so that Kafka's tools show its lag; the rows may not have been written yet"},
	{Key: optCommitMs, Kind: catalog.OptInt, Default: "5000", Min: 100, Max: maxMs, Doc: "how often positions are noted, milliseconds"},
	{Key: optReset, Kind: catalog.OptEnum, Enum: resetNames, Default: "none", Doc: "where to begin in partitions for which the group has committed none"},
	{Key: optIsolation, Kind: catalog.OptEnum, Enum: []string{"read_committed", "read_uncommitted"}, Default: "read_committed", Doc: "whether records of open and aborted transactions are left out"},
	{Key: optClientID, Default: "penstock", Doc: "what brokers call us in their logs"},
	{Key: optRequest, Kind: catalog.OptInt, Default: "30000", Min: 1000, Max: maxMs, Doc: "bounds one request, milliseconds"},
	{Key: optConnect, Kind: catalog.OptInt, Default: "10000", Min: 100, Max: maxMs, Doc: "bounds the first contact, milliseconds"},
	{Key: optCodecJava, Kind: catalog.OptEnum, Enum: codecNames, Doc: "the same as 'sink.compression'"},
	{Key: optBatch, Kind: catalog.OptBytes, Default: "512KiB", Min: 1, Max: 1 << 30, Doc: "a written batch is sent when it has this size"},
	{Key: optLinger, Kind: catalog.OptInt, Default: "5", Min: 0, Max: maxMs, Doc: "a written row waits this long for others to share its batch, milliseconds"},
	{Key: optBuffer, Kind: catalog.OptBytes, Default: "32MiB", Min: 1, Max: 8 << 30, Doc: "rows waiting to be written; the query waits beyond it"},
	{Key: optDelivery, Kind: catalog.OptInt, Default: "120000", Min: 1000, Max: maxMs, Doc: "bounds the attempts to write a batch, milliseconds"},
	{Key: optInFlight, Kind: catalog.OptInt, Default: "5", Min: 1, Max: 64, Doc: "batches being written at a time; of one partition never more than one"},
	{Key: "properties.acks", Doc: "all is all there is"},
	{Key: "properties.enable.idempotence", Doc: "true is all there is"},
}

// Table is what the options of a table say. The decoders' and encoders' columns
// are the caller's to set, and Log.
type Table struct {
	Scan Config
	Sink SinkConfig
	// Value and Key are the formats; Key is nil without key fields.
	Value, Key               *format.Format
	ValueOptions, KeyOptions map[string]string
	KeyFields                []string
	// KeyExcluded: the key's fields do not stand in the value.
	KeyExcluded bool
	// RejectTable is 'reject.table', and OnErrorSet tells whether the user gave 'on-error'.
	RejectTable string
	OnErrorSet  bool
	// Upsert: the connector is upsert-kafka. The KeyFields are then the columns
	// of the primary key, which is the caller's to set.
	Upsert bool
}

// Bounded tells whether a scan ends by itself.
func (t *Table) Bounded() bool { return t.Scan.End != Unbounded }

// CheckSink tells why the table cannot be written to, if so.
func (t *Table) CheckSink() error {
	if t.Scan.Pattern != nil || len(t.Scan.Topics) > 0 {
		return sqlerr.New(sqlerr.FeatureNotSupported, "a table of several topics cannot be written to").
			Hint("declare another table with one 'topic'")
	}
	return nil
}

// Specs lists the options that a table's WITH may hold: the connector's and
// those of the formats that it names.
func Specs(options []catalog.Option) ([]catalog.OptionSpec, error) {
	list := slices.Concat(ownSpecs, securitySpecs)
	o := catalog.Options(options)
	for _, key := range []string{optFormat, "value.format", optKeyFormat} {
		name, ok := o.Get(key)
		if !ok {
			continue
		}
		f, err := format.Lookup(name)
		if err != nil {
			return nil, at(err, o, key)
		}
		for _, s := range f.Options {
			if key == optKeyFormat {
				s.Key, s.Required = keyPrefix+s.Key, false
			}
			if !slices.ContainsFunc(list, func(l catalog.OptionSpec) bool { return l.Key == s.Key }) {
				list = append(list, s)
			}
		}
	}
	return list, nil
}

// at points an error at the value of an option.
func at(err error, o catalog.Options, key string) error {
	e := sqlerr.From(err)
	for _, x := range o {
		if x.Key == key {
			return e.At(x.ValuePos)
		}
	}
	return e
}

// Configure reads the options of a table.
func Configure(options []catalog.Option) (*Table, error) {
	for _, o := range options {
		if err := refuse(o); err != nil {
			return nil, err
		}
	}
	specs, err := Specs(options)
	if err != nil {
		return nil, err
	}
	v, err := catalog.Validate(specs, options)
	if err != nil {
		return nil, err
	}
	t := &Table{}
	c := configurer{v: v, o: options}
	c.formats(t)
	client := c.client()
	t.Scan = c.scan(client)
	t.RejectTable, t.OnErrorSet = v.String(optRejects), v.IsSet(optOnError)
	t.Sink = c.sink(client)
	if c.err != nil {
		return nil, c.err
	}
	return t, nil
}

// refuse names what the Java client has and we have not.
func refuse(o catalog.Option) error {
	name, ok := strings.CutPrefix(o.Key, properties)
	if !ok {
		return nil
	}
	none := func(hint string) error {
		return sqlerr.New(sqlerr.FeatureNotSupported, "option '%s' = '%s' is not supported", o.Key, catalog.MaskOption(o.Key, o.Value)).At(o.KeyPos).Hint("%s", hint)
	}
	switch {
	case name == "sasl.mechanism" && (strings.EqualFold(o.Value, "GSSAPI") || strings.EqualFold(o.Value, "AWS_MSK_IAM")):
		return none("The mechanisms are: " + strings.Join(mechanismNames, ", ") + ".")
	case name == "ssl.truststore.password" || name == "ssl.keystore.password":
		return none("Stores of Java are not read; certificates and keys are PEM, and a key's password is 'properties.ssl.key.password'.")
	case name == "transactional.id":
		return none("Rows are written by an idempotent producer, without transactions.")
	case name == "acks" && o.Value != "all" && o.Value != "-1":
		return none("Rows are always acknowledged by all in-sync replicas: 'all'.")
	case name == "enable.idempotence" && !strings.EqualFold(o.Value, "true"):
		return none("The producer is always idempotent: 'true'.")
	}
	return nil
}

// configurer reads options and keeps the first fault.
type configurer struct {
	v   *catalog.OptionValues
	o   catalog.Options
	err error
}

// fault notes an error at an option's value.
func (c *configurer) fault(key, hint, msg string, args ...any) {
	if c.err == nil {
		c.err = at(sqlerr.New(sqlerr.InvalidParameterValue, msg, args...).Hint("%s", hint), c.o, key)
	}
}

func (c *configurer) enum(key string, names []string) int { return slices.Index(names, c.v.Enum(key)) }

func (c *configurer) millis(key string) time.Duration {
	return time.Duration(c.v.Int(key)) * time.Millisecond
}

func (c *configurer) formats(t *Table) {
	name := c.v.String(optFormat)
	if v := c.v.String("value.format"); v != "" {
		if name != "" {
			c.fault("value.format", "they mean the same", "options 'format' and 'value.format' exclude each other")
		}
		name = v
	}
	if name == "" {
		c.fault(optFormat, "formats: "+strings.Join(format.RecordNames(), ", "), "option 'format' is missing")
		return
	}
	t.Value, _ = format.Lookup(name) // Specs has looked it up
	t.ValueOptions = t.Value.Given(c.v)
	for _, f := range strings.Split(c.v.String(optKeyFields), ";") {
		if f = strings.TrimSpace(f); f != "" {
			t.KeyFields = append(t.KeyFields, f)
		}
	}
	t.KeyExcluded = c.v.Enum(optInclude) == "EXCEPT_KEY"
	t.Upsert = c.v.String("connector") == upsertName
	key := c.v.String(optKeyFormat)
	switch {
	case t.Upsert && len(t.KeyFields) > 0:
		c.fault(optKeyFields, "leave it out", "option 'key.fields' does not go with 'upsert-kafka': the key is the PRIMARY KEY")
	case t.Upsert && key == "":
		c.fault("connector", "formats: "+strings.Join(format.RecordNames(), ", "), "connector 'upsert-kafka' needs 'key.format'")
	case t.Upsert && c.v.Enum(optStart) != startNames[StartEarliest]:
		c.fault(optStart, "what came before would be missing", "connector 'upsert-kafka' reads from the beginning")
	case key != "" && len(t.KeyFields) == 0 && !t.Upsert:
		c.fault(optKeyFormat, "name the key's columns: 'key.fields' = 'a;b'", "option 'key.format' needs 'key.fields'")
	case key == "" && len(t.KeyFields) > 0:
		c.fault(optKeyFields, "formats: "+strings.Join(format.RecordNames(), ", "), "option 'key.fields' needs 'key.format'")
	case key == "" && t.KeyExcluded:
		c.fault(optInclude, "there is no key to leave out", "option 'value.fields-include' = 'EXCEPT_KEY' needs 'key.format' and 'key.fields'")
	case key != "":
		t.Key, _ = format.Lookup(key)
		t.KeyOptions = make(map[string]string)
		for _, s := range t.Key.Options {
			if k := keyPrefix + s.Key; c.v.IsSet(k) {
				t.KeyOptions[s.Key] = c.v.String(k)
			}
		}
	}
}
