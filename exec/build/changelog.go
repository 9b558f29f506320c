package build

import (
	"log/slog"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/kafka"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner/plan"
)

// NewChangelog makes the reader of a table of connector upsert-kafka for those
// who keep its rows, such as lookup tables: its rows have all the table's
// columns. batchRows and log may be 0 and nil.
func NewChangelog(t *catalog.Table, batchRows int, log *slog.Logger) (*kafka.Changelog, error) {
	k, err := kafkaConnector{}.config(t)
	if err != nil {
		return nil, err
	}
	if !k.Upsert {
		return nil, sqlerr.New(sqlerr.InvalidTableDefinition, "table %q: only a topic of last values per key can be kept", t.Name).
			Hint("use connector 'upsert-kafka'")
	}
	want := make([]plan.ScanColumn, len(t.Columns))
	for i, c := range t.Columns {
		want[i] = plan.ScanColumn{Name: c.Name, Type: c.Type, Meta: c.Metadata}
	}
	cols, err := scanColumns(t, want, k)
	if err != nil {
		return nil, err
	}
	k.Scan.MaxRows, k.Scan.Client.Log = batchRows, log
	return kafka.NewChangelog(k.Scan, cols), nil
}
