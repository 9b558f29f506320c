package sqltest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/gen"
	"github.com/penstock/penstock/internal/sim"
)

// The traffic aggregation of website visits: TUMBLE of 20 s by visitor.
const (
	scenarioVisits = 20_000
	scenarioDelay  = 2 * time.Second
	visitsTable    = `CREATE TABLE website_visit (
  ip VARCHAR, id VARCHAR, lat DOUBLE, lng DOUBLE, user_agent VARCHAR, age_bracket VARCHAR, opted_into_marketing BOOLEAN,
  http_request VARCHAR, http_response INT, file_size_bytes BIGINT, event_datetime VARCHAR, event_ts BIGINT%s
) WITH ('connector' = 'test', 'partitions' = '%d', 'json.empty-string-as-null' = 'true');`
	// S1 is the seed's query as it stands there.
	scenario1 = `WITH cte AS (SELECT id, CAST(event_datetime AS TIMESTAMP) AS ts FROM website_visit)
SELECT id AS event_id,
       CAST(TUMBLE_START(ts, INTERVAL '20' SECOND) AS VARCHAR) AS window_start,
       CAST(TUMBLE_END(ts, INTERVAL '20' SECOND) AS VARCHAR) AS window_end,
       COUNT(*) AS page_view
FROM cte GROUP BY TUMBLE(ts, INTERVAL '20' SECOND), id`
	// S2 says the same without the helpers: event time is assigned by the table, the
	// bounds of the window are columns, unknown places are -1.
	scenario2 = `SELECT id AS event_id, window_start, window_end, COUNT(*) AS page_view, SUM(file_size_bytes) AS bytes,
       SUM(COALESCE(lat, -1)) AS lat, COUNT(lng) AS places
FROM TUMBLE(TABLE website_visit, DESCRIPTOR(ts), INTERVAL '20' SECOND) GROUP BY id, window_start, window_end`
	scenario2Time = `, ts AS TO_TIMESTAMP(event_datetime), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND`
)

// visit is what the model reads of a record, with encoding/json.
type visit struct {
	ID       string `json:"id"`
	Lat, Lng any
	Bytes    int64 `json:"file_size_bytes"`
	TS       int64 `json:"event_ts"`
}

// makeVisits generates records, their disorder as large as the delay, some later than that.
func makeVisits(t *testing.T, n int) (raw [][]byte, visits []visit) {
	g, err := gen.New(gen.Config{Kind: gen.Visits, Keys: 50, Seed: 7, Count: int64(n), Disorder: scenarioDelay, Late: 0.01, TimeStep: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	for g.More() {
		r := g.Append(nil)
		var v visit
		if err := json.Unmarshal(r, &v); err != nil {
			t.Fatal(err)
		}
		raw, visits = append(raw, r), append(visits, v)
	}
	return raw, visits
}

const windowMillis = 20_000

type windowKey struct {
	id    string
	start int64
}

type windowSum struct {
	count, bytes, places int64
	lat                  float64
}

// model is the aggregation written by hand: the watermark follows the greatest time
// less the delay, moved after each group of records; late ones are left out.
func model(visits []visit, groups int, delay time.Duration) (rows map[windowKey]windowSum, late int64) {
	rows = map[windowKey]windowSum{}
	wm, top := int64(-1<<62), int64(-1<<62)
	for i, v := range visits {
		if i%groups == 0 {
			wm = top - delay.Milliseconds()
		}
		top = max(top, v.TS)
		start := v.TS - v.TS%windowMillis
		if wm >= start+windowMillis-1 {
			late++
			continue
		}
		k := windowKey{v.ID, start}
		s := rows[k]
		s.count++
		s.bytes += v.Bytes
		if lat, ok := v.Lat.(float64); ok {
			s.lat += lat
		} else {
			s.lat--
		}
		if _, ok := v.Lng.(float64); ok {
			s.places++
		}
		rows[k] = s
	}
	return rows, late
}

func timeText(ms int64) string {
	return string(datum.AppendTimestamp(nil, ms*1000))
}

// TestScenarios runs S1 and S2 over visits that are out of order, late, and
// without a place, against the model.
func TestScenarios(t *testing.T) {
	raw, visits := makeVisits(t, scenarioVisits)
	for _, w := range sim.Ways {
		rows := 512
		if w.Settings["batch.max-rows"] == "1" {
			rows = 1
		}
		t.Run("S1/"+w.Name, func(t *testing.T) {
			s := maps.Clone(w.Settings)
			s["watermark.default-delay"] = "2s"
			want, late := model(visits, rows, scenarioDelay)
			q := runVisits(t, s, "", raw, scenario1, late)
			var lines []string
			for k, v := range want {
				lines = append(lines, fmt.Sprintf("%q | %q | %q | %s", k.id, timeText(k.start), timeText(k.start+windowMillis), sim.CanonNumber(float64(v.count))))
			}
			got, err := q.Canonical(nil)
			if err != nil {
				t.Fatal(err)
			}
			sameRows(t, lines, got)
		})
		t.Run("S2/"+w.Name, func(t *testing.T) {
			want, late := model(visits, rows, scenarioDelay)
			q := runVisits(t, w.Settings, scenario2Time, raw, scenario2, late)
			var lines []string
			for k, v := range want {
				lines = append(lines, fmt.Sprintf("%q | %d | %d | %s | %s | %s | %s", k.id, k.start*1000, (k.start+windowMillis)*1000,
					sim.CanonNumber(float64(v.count)), sim.CanonNumber(float64(v.bytes)), sim.CanonNumber(v.lat), sim.CanonNumber(float64(v.places))))
			}
			got, err := q.Canonical(nil)
			if err != nil {
				t.Fatal(err)
			}
			sameRows(t, lines, got)
		})
	}
}

// runVisits feeds one partition and returns the ended query. The late rows must
// have been counted.
func runVisits(t *testing.T, settings map[string]string, extra string, raw [][]byte, sql string, late int64) (q *sim.Query) {
	synctest.Test(t, func(t *testing.T) {
		e, err := sim.NewEngine(settings)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Exec(fmt.Sprintf(visitsTable, extra, 1)); err != nil {
			t.Fatal(sim.ErrorText(err))
		}
		for part := range slices.Chunk(raw, 512) {
			e.Feeds.Append("website_visit", 0, part...)
		}
		e.Feeds.End("website_visit", -1)
		if q, err = e.Start(sql); err != nil {
			t.Fatal(sim.ErrorText(err))
		}
		if err := q.Wait(); err != nil {
			t.Fatal(sim.ErrorText(err))
		}
		if got := e.Local.Queries()[0].Late; got != late || late == 0 {
			t.Errorf("%d rows counted as late, the model has %d", got, late)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return q
}

// TestCatchUp drains two partitions at different speeds: all of one is read before
// the first record of the other is. While the slow one is behind it holds the
// watermark back, whatever the clock says, so no row is late, lost or doubled.
func TestCatchUp(t *testing.T) {
	const records, step, keys = 50_000, 10, 20 // in each partition; ms; visitors
	for _, parallelism := range []int{1, 2} {
		t.Run(strconv.Itoa(parallelism), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, err := sim.NewEngine(map[string]string{"parallelism": strconv.Itoa(parallelism)})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := e.Exec(`CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
					WITH ('connector' = 'test', 'partitions' = '2', 'scan.watermark.idle-timeout' = '1s')`); err != nil {
					t.Fatal(sim.ErrorText(err))
				}
				e.Feeds.Behind("t", 1, true)
				q, err := e.Start(`SELECT id, window_start, COUNT(*) FROM TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '20' SECOND) GROUP BY id, window_start, window_end`)
				if err != nil {
					t.Fatal(sim.ErrorText(err))
				}
				want := map[windowKey]int{}
				start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
				for part := range 2 {
					feedSteps(e, part, records, step, keys, start, want)
					e.Settle()
					if part == 0 {
						time.Sleep(time.Minute) // far past the idle timeout: behind is not idle
						e.Settle()
						if n := len(q.Values()); n > 0 {
							t.Fatalf("%d rows came out while a partition was behind", n)
						}
					}
				}
				// What both have left behind is there; the rest comes at the end.
				if n, all := len(q.Values()), len(want); n < all-2*keys || n == all {
					t.Errorf("%d of %d rows came out with the watermark", n, all)
				}
				e.Feeds.End("t", -1)
				if err := q.Wait(); err != nil {
					t.Fatal(sim.ErrorText(err))
				}
				var lines []string
				for k, n := range want {
					lines = append(lines, fmt.Sprintf("%s | %d | %s", k.id, k.start*1000, sim.CanonNumber(float64(n))))
				}
				got, err := q.Canonical(nil)
				if err != nil {
					t.Fatal(err)
				}
				sameRows(t, lines, got)
				if late := e.Local.Queries()[0].Late; late != 0 {
					t.Errorf("%d late rows", late)
				}
				if err := e.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func feedSteps(e *sim.Engine, part, records, step, keys int, start int64, want map[windowKey]int) {
	var group [][]byte
	for i := range records {
		ms := start + int64(i*step)
		id := i % keys
		group = append(group, fmt.Appendf(nil, `{"id":%d,"ts":%q}`, id, time.UnixMilli(ms).UTC().Format("2006-01-02 15:04:05.000")))
		want[windowKey{sim.CanonNumber(float64(id)), ms - ms%windowMillis}]++
		if len(group) == 512 || i == records-1 {
			e.Feeds.Append("t", part, group...)
			group = nil
		}
	}
}
