package render

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// TestZone: instants, alone and in arrays, are shown in the zone given.
func TestZone(t *testing.T) {
	instant := catalog.Of(catalog.TimestampLTZ)
	cols := catalog.Schema{{Name: "at", Type: instant}, {Name: "all", Type: catalog.ArrayOf(instant)}, {Name: "none", Type: instant}}
	b := &exec.Batch{N: 1, Split: -1}
	for _, c := range cols {
		b.Cols = append(b.Cols, exec.NewColumnOf(c.Type))
	}
	noon := time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC).UnixMicro()
	b.Cols[0].AppendInt(noon)
	b.Cols[1].Kids[0].AppendInt(noon)
	b.Cols[1].EndList()
	b.Cols[2].AppendNull()
	zone := time.FixedZone("", 2*60*60)
	for name, c := range map[string]struct {
		r    Renderer
		want string
	}{
		"csv":   {CSV(cols, zone), "2024-07-01 14:00:00+02,\"{\"\"2024-07-01 14:00:00+02\"\"}\",\n"},
		"table": {Table(cols, zone), " 2024-07-01 14:00:00+02 | {\"2024-07-01 14:00:00+02\"} | \n"},
	} {
		got, err := c.r.Row(nil, b, 0)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, string(got)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}
