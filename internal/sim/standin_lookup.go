package sim

import (
	"context"
	"slices"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/internal/sqlerr"
)

// LookupStandIn takes the place of a connector of lookup tables: the real one checks the
// options, and the rows are the JSON records that the feeds hold of the table when it is loaded or
// asked.
func (f *Feeds) LookupStandIn(real lookup.Connector) lookup.Connector {
	return &lookupStandIn{f, real}
}

type lookupStandIn struct {
	feeds *Feeds
	real  lookup.Connector
}

func (s *lookupStandIn) Options() []catalog.OptionSpec { return s.real.Options() }
func (s *lookupStandIn) Check(t *catalog.Table) error  { return s.real.Check(t) }

func (s *lookupStandIn) Open(_ context.Context, r lookup.OpenRequest) (lookup.Source, error) {
	js, err := format.Lookup("json")
	if err != nil {
		return nil, err
	}
	src := &lookupRows{feeds: s.feeds, table: r.Table, keys: r.Keys}
	fields := make([]format.Field, len(r.Table.Columns))
	for i, c := range r.Table.Columns {
		fields[i] = format.Field{Name: c.Name, Type: c.Type}
	}
	if src.json, err = js.NewDecoder(fields, nil); err != nil {
		return nil, err
	}
	return src, nil
}

// lookupRows is a source over a table's feed.
type lookupRows struct {
	feeds *Feeds
	table *catalog.Table
	keys  []int
	json  format.Decoder
}

// rows decodes what the feed holds.
func (s *lookupRows) rows() (*exec.Batch, error) {
	b := &exec.Batch{Split: -1}
	for _, c := range s.table.Columns {
		b.Cols = append(b.Cols, exec.NewColumnOf(c.Type))
	}
	s.feeds.mu.Lock()
	defer s.feeds.mu.Unlock()
	for _, r := range s.feeds.table(s.table.Name).records {
		if err := s.json.Append(r.value, b.Cols); err != nil {
			e := sqlerr.From(err)
			return nil, sqlerr.Wrap(err, e.Code, "lookup table %q: %s", s.table.Name, e.Message)
		}
		b.N++
	}
	return b, nil
}

func (s *lookupRows) Load(_ context.Context, _ string, emit func(*exec.Batch) error) (string, error) {
	b, err := s.rows()
	if err != nil {
		return "", err
	}
	return "", emit(b)
}

// Lookup compares the keys' texts, of all rows: there are few. The last row of a
// key counts.
func (s *lookupRows) Lookup(_ context.Context, keys *exec.Batch, out *exec.Matches) error {
	rows, err := s.rows()
	if err != nil {
		return err
	}
	text := func(b *exec.Batch, cols []int, row int) (out []string) {
		for k, c := range cols {
			out = append(out, string(expr.AppendText(nil, s.table.Columns[s.keys[k]].Type, b.Cols[c], row)))
		}
		return out
	}
	own := make([]int, len(s.keys))
	for i := range own {
		own[i] = i
	}
	for q := range keys.N {
		for r := rows.N - 1; r >= 0; r-- {
			if slices.Equal(text(rows, s.keys, r), text(keys, own, q)) {
				for i, c := range out.Rows.Cols {
					c.AppendFrom(rows.Cols[i], r)
				}
				out.Rows.N++
				out.Parent = append(out.Parent, int32(q))
				break
			}
		}
	}
	return nil
}

func (s *lookupRows) Close() error { return nil }
