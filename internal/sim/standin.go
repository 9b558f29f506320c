package sim

import (
	"context"
	"fmt"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
)

// StandIn takes the place of a connector: tables are declared as for the real one,
// which checks their options, and their records are those of the feeds, in the table's own
// format. No network and no file is touched.
func (f *Feeds) StandIn(real build.Connector) build.Connector { return &standIn{f, real} }

type standIn struct {
	feeds *Feeds
	real  build.Connector
}

func (s *standIn) Check(t *catalog.Table) error  { return s.real.Check(t) }
func (s *standIn) Bounded(t *catalog.Table) bool { return s.real.Bounded(t) }
func (s *standIn) Lanes() int                    { return 0 }

// formatOf finds the table's format and the options that belong to it.
func formatOf(t *catalog.Table) (*format.Format, map[string]string, error) {
	name, ok := t.Option("value.format")
	if !ok {
		if name, ok = t.Option("format"); !ok {
			name = "json"
		}
	}
	f, err := format.Lookup(name)
	if err != nil {
		return nil, nil, err
	}
	opts := map[string]string{}
	for _, o := range f.Options {
		for _, key := range []string{o.Key, "value." + o.Key} {
			if v, ok := t.Option(key); ok {
				opts[o.Key] = v
			}
		}
	}
	return f, opts, nil
}

func (s *standIn) OpenScan(_ context.Context, r *build.ScanRequest) (build.Scan, error) {
	f, opts, err := formatOf(r.Table)
	if err != nil {
		return nil, err
	}
	policy, ok := r.Table.Option("on-error")
	if !ok || policy == "reject" {
		policy = "skip"
	}
	return &scan{feeds: s.feeds, req: r, parts: 1, onError: policy, json: f, opts: opts}, nil
}

func (s *standIn) OpenSink(_ context.Context, r *build.SinkRequest) (exec.Sink, error) {
	out := &sink{feeds: s.feeds, table: r.Table.Name}
	var fields []format.Field
	for i, c := range r.Columns {
		if c.Metadata == "" {
			fields = append(fields, format.Field{Name: c.Name, Type: c.Type})
			out.cols = append(out.cols, i)
		}
	}
	js, err := format.Lookup("json") // whatever the table's: these are for people to read
	if err != nil {
		return nil, err
	}
	if out.enc, err = js.NewEncoder(fields, nil); err != nil {
		return nil, err
	}
	return out, nil
}

// CheckRecord tells whether a table of this name has been declared with a format
// whose records are text, so that a file can hold them.
func CheckRecord(t *catalog.Table) error {
	f, _, err := formatOf(t)
	if err != nil {
		return err
	}
	if strings.HasPrefix(f.Name, "avro") || strings.HasPrefix(f.Name, "protobuf") {
		return sqlerr.New(sqlerr.FeatureNotSupported, "%s", fmt.Sprintf("records of table %q are in %s, which a test file cannot hold", t.Name, f.Name)).
			Hint("give the table 'format' = 'json' in the test")
	}
	return nil
}
