package sources

import (
	"context"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/exec/kafka"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/lookup/records"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

const optBadRecords = "bad-records"

// Kafka is 'connector' = 'kafka': a compacted topic, whose records are the last
// values of their keys. It follows the topic.
type Kafka struct {
	// Allow says which brokers may be named; nil: all.
	Allow *allow.List
}

var _ lookup.Connector = Kafka{}

// Options declares the options: those of the connector of tables that speak of
// reading.
func (Kafka) Options() []catalog.OptionSpec {
	all, err := kafka.Specs(nil)
	if err != nil {
		return nil // without a format there is none to be wrong
	}
	all = without(all, "connector", "on-error", "reject.table", "scan.", "sink.", "key.fields", "topic", "topic-pattern", "key.format",
		"properties.group.id", "properties.enable.auto.commit", "properties.auto.commit.interval.ms", "properties.auto.offset.reset", "properties.compression.type",
		"properties.batch.size", "properties.linger.ms", "properties.buffer.memory", "properties.delivery.timeout.ms",
		"properties.max.in.flight.requests.per.connection", "properties.acks", "properties.enable.idempotence")
	all = append([]catalog.OptionSpec{
		{Key: "topic", Required: true, Doc: "the topic: each record is the last value of its key, and one without a value deletes it"},
		{Key: "key.format", Required: true, Doc: "what a record's key holds: the columns of the PRIMARY KEY"},
		{Key: optBadRecords, Kind: catalog.OptEnum, Enum: []string{"fail", "skip"}, Default: "fail", Doc: "a record that cannot be read: the load fails, or it is passed over (counted and logged)"},
	}, all...)
	for _, s := range records.FormatSpecs(format.RecordNames()...) {
		all = merge(all, s)
		s.Key, s.Required = "key."+s.Key, false
		all = merge(all, s)
	}
	return all
}

// Check looks at the options that a table is declared with.
func (k Kafka) Check(t *catalog.Table) error {
	if err := loadsOnly(t, "kafka"); err != nil {
		return err
	}
	_, _, err := k.open(t)
	return err
}

// Open prepares a source.
func (k Kafka) Open(_ context.Context, r lookup.OpenRequest) (lookup.Source, error) {
	s, cfg, err := k.open(r.Table)
	if err != nil {
		return nil, err
	}
	cfg.Scan.Client.Log = r.Log
	s.log = kafka.NewChangelog(cfg.Scan, s.columns)
	return s, nil
}

func (k Kafka) open(t *catalog.Table) (*topic, *kafka.Table, error) {
	v, hide, err := records.Options(t, k.Options())
	if err != nil {
		return nil, nil, err
	}
	all, err := catalog.ResolveSecrets(t.Options)
	if err != nil {
		return nil, nil, err
	}
	if len(t.PrimaryKey) == 0 {
		return nil, nil, sqlerr.New(sqlerr.InvalidTableDefinition, "a lookup table of connector 'kafka' needs a primary key").
			Hint("Add PRIMARY KEY (…) NOT ENFORCED: the columns that the record's key holds.")
	}
	options := own(all, without(k.Options(), optBadRecords))
	cfg, err := kafka.Configure(append(options, catalog.Option{Key: "connector", Value: "upsert-kafka"}))
	if err != nil {
		return nil, nil, hide(err)
	}
	for _, b := range cfg.Scan.Client.Brokers {
		if err := k.Allow.Host(b); err != nil {
			return nil, nil, err
		}
	}
	cfg.Scan.MaxRows, cfg.Scan.OnError = records.MaxRows, kafka.OnErrorFail
	if v.Enum(optBadRecords) == "skip" {
		cfg.Scan.OnError = kafka.OnErrorSkip
	}
	s := &topic{hide: hide, columns: columnsOf(t, cfg), maxBytes: maxBytesOf(t)}
	for _, name := range t.PrimaryKey {
		s.keys = append(s.keys, slices.IndexFunc(t.Columns, func(c catalog.TableColumn) bool { return c.Name == name }))
	}
	for _, make := range []func() (kafka.Decoder, error){s.columns.NewKey, s.columns.NewValue} {
		if _, err := make(); err != nil {
			return nil, nil, hide(err)
		}
	}
	return s, cfg, nil
}

// columnsOf divides the table's columns between the key and the value.
func columnsOf(t *catalog.Table, k *kafka.Table) kafka.Columns {
	cols := kafka.Columns{}
	var key, value format.Table
	for i, f := range records.Fields(t) {
		cols.Types = append(cols.Types, f.Type)
		if slices.Contains(t.PrimaryKey, f.Name) {
			cols.Key = append(cols.Key, i)
			key.Want = append(key.Want, f)
			if !k.KeyExcluded {
				value.Columns = append(value.Columns, f)
			}
			continue
		}
		cols.Value = append(cols.Value, i)
		value.Columns, value.Want = append(value.Columns, f), append(value.Want, f)
	}
	key.Columns = key.Want
	cols.NewKey = func() (kafka.Decoder, error) { return k.Key.Decoder(key, k.KeyOptions) }
	cols.NewValue = func() (kafka.Decoder, error) { return k.Value.Decoder(value, k.ValueOptions) }
	return cols
}

// maxBytesOf is what 'cache.max-bytes' says, for the rows that a load gathers.
func maxBytesOf(t *catalog.Table) int64 {
	if text, ok := t.Option("cache.max-bytes"); ok {
		if n, err := catalog.ParseBytes(strings.TrimSpace(text)); err == nil {
			return n
		}
	}
	return lookup.DefaultMaxBytes
}

// topic is a compacted topic.
type topic struct {
	log      *kafka.Changelog
	columns  kafka.Columns
	keys     []int // the columns of the primary key
	maxBytes int64
	hide     func(error) error
}

var _ lookup.LiveSource = (*topic)(nil)

// Load reads the topic to its end and gives the last row of each key.
func (s *topic) Load(ctx context.Context, _ string, emit func(*exec.Batch) error) (string, error) {
	last := newLatest(s.columns.Types, s.keys, s.maxBytes)
	if err := s.log.Load(ctx, last.apply); err != nil {
		return "", s.hide(err)
	}
	return "", last.emit(emit)
}

// Follow gives what comes after the load.
func (s *topic) Follow(ctx context.Context, apply func(lookup.Change) error) error {
	var applied error // goes back as it is
	err := s.log.Follow(ctx, func(rows *exec.Batch, deleted []bool) error {
		applied = apply(lookup.Change{Rows: rows, Deleted: deleted})
		return applied
	})
	if applied != nil {
		return applied
	}
	return s.hide(err)
}

// Close gives the connections back.
func (s *topic) Close() error { return s.log.Close() }
