package sqltest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/penstock/penstock/internal/sim"
)

// TestRandomWindows: a stream's windows hold what a bounded table's groups by the
// hour do. The delay is longer than the data, so nothing is late.
func TestRandomWindows(t *testing.T) {
	var engines []*sim.Engine
	for _, w := range sim.Ways {
		e, err := sim.NewEngine(w.Settings)
		if err != nil {
			t.Fatal(err)
		}
		g := queryGen{rand.New(rand.NewPCG(1, 2))}
		randomTables(t, e, g)
		ddl := fmt.Sprintf("CREATE TABLE st (%s, WATERMARK FOR t AS t - INTERVAL '9' DAY) WITH ('connector' = 'test', 'partitions' = '3')", randomColumns)
		if _, err := e.Exec(ddl + "; CREATE TABLE bt (" + randomColumns + ") WITH ('connector' = 'test', 'bounded' = 'true')"); err != nil {
			t.Fatal(sim.ErrorText(err))
		}
		for i := range 2 * randomRows {
			_, js := g.row()
			e.Feeds.Append("st", i%3, []byte(js))
			e.Feeds.Append("bt", 0, []byte(js))
		}
		e.Feeds.End("st", -1)
		e.Feeds.End("bt", -1)
		engines = append(engines, e)
	}
	g := queryGen{rand.New(rand.NewPCG(7, 8))}
	for range randomQueries / 2 {
		stream, bounded := g.windowQuery()
		want := answer(engines[0], bounded, false)
		for i, e := range engines {
			if got := answer(e, stream, false); !slices.Equal(got, want) {
				t.Errorf("%s\n%s: %q\nbut %s\n%q", stream, sim.Ways[i].Name, minus(got, want), bounded, minus(want, got))
			}
		}
	}
	for _, e := range engines {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

// windowQuery writes a query over windows of an hour of st, in either spelling, and
// one without windows over bt.
func (g queryGen) windowQuery() (stream, bounded string) {
	v := []string{"v"}
	keys := make([]string, g.IntN(3))
	for i := range keys {
		keys[i] = g.scalar(v, 2)
	}
	cols := keys
	for range 1 + g.IntN(3) {
		cols = append(cols, g.aggregate(v))
	}
	inner := "SELECT " + "i, j, b, d, x, s, r, f, t FROM %s p"
	if g.IntN(2) == 0 {
		inner += " WHERE " + strings.ReplaceAll(g.boolean([]string{"p"}, 2), "%", "%%")
	}
	where := ""
	if g.IntN(2) == 0 {
		where = " WHERE " + g.boolean(v, 2)
	}
	having := ""
	if g.IntN(3) == 0 {
		having = " HAVING " + g.pick("count(*) > 1", "sum(v.j) > 20", "max(v.s) IS NOT NULL")
	}
	group := ""
	for i := range keys {
		group += fmt.Sprintf("%d, ", i+2) // behind the window
	}
	bounded = fmt.Sprintf("SELECT date_trunc('hour', t), %s FROM (%s) v%s GROUP BY %sdate_trunc('hour', t)%s", strings.Join(cols, ", "),
		fmt.Sprintf(inner, "bt"), strings.TrimSuffix(" WHERE v.t IS NOT NULL AND"+strings.TrimPrefix(where, " WHERE"), " AND"), group, having)
	from := "(" + fmt.Sprintf(inner, "st") + ")"
	if g.IntN(2) == 0 {
		stream = fmt.Sprintf("SELECT TUMBLE_START(v.t, INTERVAL '1' HOUR), %s FROM %s v%s GROUP BY %sTUMBLE(v.t, INTERVAL '1' HOUR)%s",
			strings.Join(cols, ", "), from, where, group, having)
		return stream, bounded
	}
	stream = fmt.Sprintf("WITH w AS %s SELECT window_start, %s FROM TUMBLE(TABLE w, DESCRIPTOR(t), INTERVAL '1' HOUR) v%s GROUP BY %swindow_start, window_end%s",
		from, strings.Join(cols, ", "), where, group, having)
	return stream, bounded
}
