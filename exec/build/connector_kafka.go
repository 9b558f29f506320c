package build

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/exec/kafka"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// kafkaConnector is 'connector' = 'kafka' and 'upsert-kafka'.
type kafkaConnector struct{}

func (kafkaConnector) config(t *catalog.Table) (*kafka.Table, error) {
	opts, err := resolved(t)
	if err != nil {
		return nil, err
	}
	k, err := kafka.Configure(opts)
	if err != nil {
		return nil, catalog.HideSecrets(opts, atOption(err, t))
	}
	if k.Upsert {
		if len(t.PrimaryKey) == 0 {
			return nil, sqlerr.New(sqlerr.InvalidTableDefinition, "a table of connector 'upsert-kafka' needs a primary key").
				Hint("add PRIMARY KEY (…) NOT ENFORCED: the columns that the record's key holds")
		}
		k.KeyFields = t.PrimaryKey
	}
	return k, nil
}

func (c kafkaConnector) Check(t *catalog.Table) error {
	k, err := c.config(t)
	if err != nil {
		return err
	}
	for _, col := range t.Columns {
		if col.Metadata != "" {
			if _, ok := formatMeta(k.Value, col.Metadata); ok {
				continue // the decoder made below sees to its type
			}
			if _, err := metaOf(col.Metadata, col.Type, k.Upsert); err != nil {
				return err
			}
		}
	}
	fields := fieldsOf(t)
	keys, err := keyFields(fields, k)
	if err != nil {
		return atOption(err, t)
	}
	if k.Key != nil {
		if _, err := k.Key.NewDecoder(keys, k.KeyOptions); err != nil {
			return atOption(err, t)
		}
	}
	value := valueFields(fields, k)
	want := format.Table{Columns: value, Want: slices.Clone(value), Meta: make([]string, len(value))}
	for _, col := range t.Columns {
		if meta, ok := formatMeta(k.Value, col.Metadata); ok {
			want.Want = append(want.Want, format.Field{Name: col.Name, Type: col.Type})
			want.Meta = append(want.Meta, meta)
		}
	}
	_, err = k.Value.Decoder(want, k.ValueOptions)
	return atOption(err, t)
}

// formatMeta finds metadata that the value's format knows: by its key, or with
// value. in front, as Flink writes it.
func formatMeta(f *format.Format, key string) (string, bool) {
	key = strings.TrimPrefix(key, "value.")
	return key, key != "" && slices.ContainsFunc(f.Meta, func(m format.Meta) bool { return m.Key == key })
}

// metaOf finds a metadata key and sees that it can fill a column of type t.
func metaOf(key string, t catalog.Type, upsert bool) (kafka.MetaSpec, error) {
	var keys []string
	specs := kafka.MetaSpecs()
	if upsert {
		specs = append(specs, kafka.OpSpec())
	}
	for _, m := range specs {
		if m.Key == key {
			same := m.Type.SameKind(t) || m.Type.IsTimestamp() && t.IsTimestamp() || m.Type.IsInteger() && t.IsInteger() && t.Kind >= m.Type.Kind
			if !same {
				return m, sqlerr.New(sqlerr.DatatypeMismatch, "metadata %q is of type %s, not %s", key, m.Type, t)
			}
			return m, nil
		}
		keys = append(keys, m.Key)
	}
	e := sqlerr.New(sqlerr.InvalidParameterValue, "there is no metadata %q", key)
	if s, ok := catalog.Suggest(key, keys); ok {
		return kafka.MetaSpec{}, e.Hint("did you mean %q?", s)
	}
	return kafka.MetaSpec{}, e
}

// keyFields gives the columns that stand in the record's key.
func keyFields(all []format.Field, k *kafka.Table) ([]format.Field, error) {
	var out []format.Field
	for _, name := range k.KeyFields {
		i := slices.IndexFunc(all, func(f format.Field) bool { return f.Name == name })
		if i < 0 {
			return nil, sqlerr.New(sqlerr.UndefinedColumn, "option %q names a column that does not exist: %q", "key.fields", name)
		}
		out = append(out, all[i])
	}
	return out, nil
}

// valueFields gives the columns that stand in the record's value.
func valueFields(all []format.Field, k *kafka.Table) []format.Field {
	return slices.DeleteFunc(slices.Clone(all), func(f format.Field) bool {
		return k.KeyExcluded && slices.Contains(k.KeyFields, f.Name)
	})
}

func (c kafkaConnector) Bounded(t *catalog.Table) bool {
	k, err := c.config(t)
	return err == nil && k.Bounded()
}

func (c kafkaConnector) OpenScan(ctx context.Context, r *ScanRequest) (Scan, error) {
	k, err := c.config(r.Table)
	if err != nil {
		return nil, err
	}
	reachable(k, r.Env)
	cols, err := scanColumns(r.Table, r.Columns, k)
	if err != nil {
		return nil, err
	}
	k.Scan.MaxRows, k.Scan.Client.Log = r.BatchRows, r.Env.Log
	rejectRecords(k, r.Rejects)
	s, err := kafka.OpenScan(ctx, k.Scan)
	if err != nil {
		return nil, err
	}
	if len(s.Partitions()) == 0 {
		_ = s.Close() // nothing was read
		return nil, sqlerr.New(sqlerr.UndefinedObject, "topic %q has no partitions", k.Scan.Topic)
	}
	return &kafkaScan{s, cols}, nil
}

// scanColumns divides what the plan wants among the value, the key and the facts
// about the record.
func scanColumns(t *catalog.Table, want []plan.ScanColumn, k *kafka.Table) (kafka.Columns, error) {
	cols := kafka.Columns{Upsert: k.Upsert}
	all := fieldsOf(t)
	keys, err := keyFields(all, k)
	if err != nil {
		return cols, err
	}
	value := format.Table{Columns: valueFields(all, k)}
	key := format.Table{Columns: keys}
	for i, c := range want {
		cols.Types = append(cols.Types, c.Type)
		switch meta, ok := formatMeta(k.Value, c.Meta); {
		case ok:
			cols.Value = append(cols.Value, i)
			value.Want = append(value.Want, format.Field{Name: c.Name, Type: c.Type})
			value.Meta = append(value.Meta, meta)
		case c.Meta != "":
			m, err := metaOf(c.Meta, c.Type, k.Upsert)
			if err != nil {
				return cols, err
			}
			cols.Deletes = cols.Deletes || m.Meta == kafka.MetaOp
			cols.Meta = append(cols.Meta, kafka.MetaColumn{Col: i, Meta: m.Meta})
		case (k.KeyExcluded || k.Upsert) && slices.Contains(k.KeyFields, c.Name):
			cols.Key = append(cols.Key, i)
			key.Want = append(key.Want, format.Field{Name: c.Name, Type: c.Type})
		default:
			cols.Value = append(cols.Value, i)
			value.Want = append(value.Want, format.Field{Name: c.Name, Type: c.Type})
			value.Meta = append(value.Meta, "")
		}
	}
	// The value is decoded even where no column of it is wanted: a bad record
	// is bad whatever the query selects, and a tombstone is no row.
	cols.NewValue = func() (kafka.Decoder, error) { return k.Value.Decoder(value, k.ValueOptions) }
	if len(key.Want) > 0 {
		cols.NewKey = func() (kafka.Decoder, error) { return k.Key.Decoder(key, k.KeyOptions) }
	}
	return cols, nil
}

type kafkaScan struct {
	*kafka.Scan
	cols kafka.Columns
}

func (s *kafkaScan) Splits() int { return len(s.Partitions()) }

func (s *kafkaScan) Source(splits []int) (exec.Source, error) {
	ids := make([]int32, len(splits))
	for i, v := range splits {
		ids[i] = int32(v)
	}
	src, err := s.Scan.Source(ids, s.cols)
	if err != nil {
		return nil, err
	}
	return src, nil
}

// Counters gives the scan's figures.
func (s *kafkaScan) Counters(yield func(string, int64)) {
	st := &s.Stats
	yield("records", st.Records.Load())
	yield("bytes", st.Bytes.Load())
	yield("rejects", st.Rejects.Load())
	yield("tombstones", st.Tombstones.Load())
	yield("fetches", st.Fetches.Load())
	yield("fetched_bytes", st.FetchedBytes.Load())
	yield("retries", st.Retries.Load())
	yield("offset_resets", st.Resets.Load())
	yield("discovered_partitions", st.Discovered.Load())
	yield("lag", st.Lag())
}

func (c kafkaConnector) OpenSink(ctx context.Context, r *SinkRequest) (exec.Sink, error) {
	k, err := c.config(r.Table)
	if err != nil {
		return nil, err
	}
	if err := k.CheckSink(); err != nil {
		return nil, err
	}
	reachable(k, r.Env)
	cfg := k.Sink
	cfg.Timestamp, cfg.Headers, cfg.Task, cfg.Client.Log = -1, -1, r.Task, r.Env.Log
	var fields, metas []format.Field
	at := map[string]int{}
	for i, col := range r.Columns {
		if m, ok := writableMeta(k.Value, col.Metadata); ok {
			at[m.Name] = i
			metas = append(metas, m)
			continue
		}
		switch col.Metadata {
		case "":
			at[col.Name] = i
			fields = append(fields, format.Field{Name: col.Name, Type: col.Type})
		case "timestamp":
			cfg.Timestamp = i
		case "headers":
			cfg.Headers = i
		case kafka.OpSpec().Key:
			if cfg.Op = i; k.Upsert {
				break
			}
			fallthrough
		default:
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "metadata %q cannot be written", col.Metadata).
				Hint("declare column %q as VIRTUAL, or leave it out of the sink's table", col.Name)
		}
	}
	value := append(valueFields(fields, k), metas...)
	k.ValueOptions = withSubject(k.Value, k.ValueOptions, cfg.Topic+"-value")
	if cfg.Value, err = encoder(k.Value, value, k.ValueOptions, at); err != nil {
		return nil, err
	}
	if k.Key != nil {
		keys, err := keyFields(fields, k)
		if err != nil {
			return nil, err
		}
		k.KeyOptions = withSubject(k.Key, k.KeyOptions, cfg.Topic+"-key")
		if cfg.Key, err = encoder(k.Key, keys, k.KeyOptions, at); err != nil {
			return nil, err
		}
		for _, f := range keys {
			cfg.KeyCols = append(cfg.KeyCols, at[f.Name])
		}
	}
	s, err := kafka.OpenSink(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return &kafkaSink{s}, nil
}

// reachable binds the formats to the hosts and files that may be reached.
func reachable(k *kafka.Table, env *Env) {
	if env.Allow == nil {
		return
	}
	r := format.Reach{Dial: env.Allow.Dialer(), Allow: env.Allow.Path}
	k.Value = k.Value.With(r)
	if k.Key != nil {
		k.Key = k.Key.With(r)
	}
}

// withSubject names the subject of a schema registry where a format has one and
// the table does not name it.
func withSubject(f *format.Format, opts map[string]string, subject string) map[string]string {
	key := f.Name + ".subject"
	if _, ok := opts[key]; ok || !slices.ContainsFunc(f.Options, func(s catalog.OptionSpec) bool { return s.Key == key }) {
		return opts
	}
	opts = maps.Clone(opts)
	opts[key] = subject
	return opts
}

// writableMeta is the field by which an encoder gets metadata of its format.
func writableMeta(f *format.Format, key string) (format.Field, bool) {
	key, ok := formatMeta(f, key)
	if !ok {
		return format.Field{}, false
	}
	i := slices.IndexFunc(f.Meta, func(m format.Meta) bool { return m.Key == key })
	return format.Field{Name: format.MetaName(key), Type: f.Meta[i].Type}, f.Meta[i].Writable
}

// encoder makes an encoder of some of the columns, which stand where at says.
func encoder(f *format.Format, fields []format.Field, opts map[string]string, at map[string]int) (kafka.Encoder, error) {
	e, err := f.NewEncoder(fields, opts)
	if err != nil {
		return nil, err
	}
	p := &picked{enc: e, cols: make([]int, len(fields))}
	for i, f := range fields {
		p.cols[i] = at[f.Name]
	}
	p.view.Cols = make([]*exec.Column, len(fields))
	return p, nil
}

// picked encodes some columns of a batch.
type picked struct {
	enc  format.Encoder
	cols []int
	view exec.Batch
}

func (p *picked) Encode(dst []byte, b *exec.Batch, row int) ([]byte, error) {
	for i, c := range p.cols {
		p.view.Cols[i] = b.Cols[c]
	}
	p.view.N = b.N
	return p.enc.Encode(dst, &p.view, row)
}

type kafkaSink struct{ *kafka.Sink }

// Counters gives the sink's figures.
func (s *kafkaSink) Counters(yield func(string, int64)) {
	st := &s.Stats
	yield("sink_records", st.Records.Load())
	yield("sink_bytes", st.Bytes.Load())
	yield("sink_batches", st.Batches.Load())
	yield("sink_sent_bytes", st.SentBytes.Load())
	yield("sink_retries", st.Retries.Load())
}

// Lanes: each lane is a producer of its own.
func (kafkaConnector) Lanes() int { return 0 }
