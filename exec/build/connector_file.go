package build

import (
	"context"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/file"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

// fileConnector is 'connector' = 'file'.
type fileConnector struct{}

func (fileConnector) config(t *catalog.Table) (file.Config, error) {
	opts, err := resolved(t)
	if err != nil {
		return file.Config{}, err
	}
	cfg, err := file.Configure(opts)
	return cfg, catalog.HideSecrets(opts, atOption(err, t))
}

func (c fileConnector) Check(t *catalog.Table) error {
	cfg, err := c.config(t)
	if err != nil {
		return err
	}
	all := fieldsOf(t)
	want := format.Table{Columns: all, Want: slices.Clone(all), Meta: make([]string, len(all))}
	for _, col := range t.Columns {
		if col.Metadata == "" {
			continue
		}
		meta := file.Column{Name: col.Name, Type: col.Type, Meta: col.Metadata}
		if err := cfg.CheckMeta(meta); err != nil {
			return err
		}
		if col.Metadata != file.MetaPath && col.Metadata != file.MetaLine {
			want.Want = append(want.Want, format.Field{Name: col.Name, Type: col.Type})
			want.Meta = append(want.Meta, col.Metadata)
		}
	}
	if cfg.Format.FilesOnly {
		return nil // what does not suit is seen when a file is opened
	}
	_, err = cfg.Format.Decoder(want, cfg.FormatOptions)
	return atOption(err, t)
}

func (c fileConnector) Bounded(t *catalog.Table) bool {
	cfg, err := c.config(t)
	return err == nil && cfg.Bounded()
}

func (c fileConnector) OpenScan(ctx context.Context, r *ScanRequest) (Scan, error) {
	cfg, err := c.config(r.Table)
	if err != nil {
		return nil, err
	}
	cfg.BatchRows, cfg.Log, cfg.Stats = r.BatchRows, r.Env.Log, &file.Stats{}
	cfg.Allow, cfg.Dial = allowed(r.Env.Allow)
	for _, col := range r.Columns {
		cfg.Columns = append(cfg.Columns, file.Column{Name: col.Name, Type: col.Type, Meta: col.Meta})
	}
	cfg.Fields = fieldsOf(r.Table)
	rejectLines(&cfg, r.Rejects)
	scan, err := file.OpenScan(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return fileScan{scan}, nil
}

// fileScan is the files of a table: each is a split.
type fileScan struct{ *file.Scan }

func (s fileScan) Source(splits []int) (exec.Source, error) {
	src, err := s.Scan.Source(splits)
	if err != nil {
		return nil, err
	}
	return src, nil
}

// Counters gives the scan's figures.
func (s fileScan) Counters(yield func(string, int64)) {
	st := s.Stats()
	yield("records", st.Rows.Load())
	yield("bytes", st.Bytes.Load())
	yield("rejects", st.Rejects.Load())
}

func (c fileConnector) OpenSink(_ context.Context, r *SinkRequest) (exec.Sink, error) {
	cfg, err := c.config(r.Table)
	if err != nil {
		return nil, err
	}
	cfg.Log, cfg.Stats = r.Env.Log, &file.Stats{}
	cfg.Allow, cfg.Dial = allowed(r.Env.Allow)
	for _, col := range r.Columns {
		if col.Metadata != "" && !slices.ContainsFunc(cfg.Format.Meta, func(m format.Meta) bool { return m.Key == col.Metadata && m.Writable }) {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "metadata %q cannot be written", col.Metadata).
				Hint("declare column %q as VIRTUAL, or leave it out of the sink's table", col.Name)
		}
		cfg.Columns = append(cfg.Columns, file.Column{Name: col.Name, Type: col.Type, Meta: col.Metadata})
	}
	cfg.Task = r.Task
	return file.NewSink(cfg)
}

// Lanes: two writers would tear each other's lines.
func (fileConnector) Lanes() int { return 1 }

// blackhole is 'connector' = 'blackhole': a sink that throws rows away, for
// measuring.
type blackhole struct{}

func (blackhole) Check(t *catalog.Table) error {
	_, err := catalog.Validate([]catalog.OptionSpec{{Key: "connector", Kind: catalog.OptEnum, Enum: []string{"blackhole"}, Required: true}}, t.Options)
	return err
}
func (blackhole) Bounded(*catalog.Table) bool { return true }
func (blackhole) OpenScan(_ context.Context, r *ScanRequest) (Scan, error) {
	return nil, sqlerr.New(sqlerr.WrongObjectType, "table %q is a blackhole and cannot be read", r.Table.Name)
}
func (blackhole) OpenSink(context.Context, *SinkRequest) (exec.Sink, error) { return nowhere{}, nil }
func (blackhole) Lanes() int                                                { return 0 }

type nowhere struct{}

func (nowhere) Write(context.Context, *exec.Batch) error { return nil }
func (nowhere) Flush(context.Context) error              { return nil }
func (nowhere) Close() error                             { return nil }

// allowed makes a list the judge of paths and of stores' addresses.
func allowed(l *allow.List) (func(path string) error, func(ctx context.Context, network, addr string) (net.Conn, error)) {
	if l == nil {
		return nil, nil
	}
	return func(path string) error {
		if u, err := url.Parse(path); err == nil && u.Host != "" && u.Scheme != "file" {
			return nil // a store: its host is judged when it is dialled
		}
		return l.Path(strings.TrimPrefix(path, "file://"))
	}, l.Dialer()
}
