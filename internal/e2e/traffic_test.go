package e2e

import (
	"bytes"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/internal/gen"
)

// trafficTables declares the topics; MODE is options of the visits.
const trafficTables = `
CREATE TABLE website_visit (
  ip VARCHAR, id VARCHAR, lat DOUBLE, lng DOUBLE, user_agent VARCHAR, age_bracket VARCHAR, opted_into_marketing BOOLEAN,
  http_request VARCHAR, http_response INT, file_size_bytes BIGINT, event_datetime VARCHAR, event_ts BIGINT
) WITH ('connector' = 'kafka', 'topic' = 'TOPICwebsite-visit', 'properties.bootstrap.servers' = 'BROKERS',
        'format' = 'json', 'json.empty-string-as-null' = 'true', %s);
CREATE TABLE traffic_agg (event_id VARCHAR, window_start VARCHAR, window_end VARCHAR, page_view BIGINT)
  WITH ('connector' = 'kafka', 'topic' = 'TOPICtraffic-agg-sql', 'properties.bootstrap.servers' = 'BROKERS',
        'format' = 'json', 'key.format' = 'json', 'key.fields' = 'event_id;window_start');`

// The options of the visits: read to the end of now, or on and on, in which case
// the last windows close when nothing more comes.
const (
	bounded   = `'scan.bounded.mode' = 'latest-offset'`
	unbounded = `'scan.watermark.idle-timeout' = '1s'`
)

// trafficQuery is the traffic aggregation as its users write it.
const trafficQuery = `WITH cte AS (SELECT id, CAST(event_datetime AS TIMESTAMP) AS ts FROM website_visit)
SELECT id AS event_id,
       CAST(TUMBLE_START(ts, INTERVAL '20' SECOND) AS VARCHAR) AS window_start,
       CAST(TUMBLE_END(ts, INTERVAL '20' SECOND) AS VARCHAR) AS window_end,
       COUNT(*) AS page_view
FROM cte GROUP BY TUMBLE(ts, INTERVAL '20' SECOND), id`

// trafficSteps is the same step by step: event time by a declared column, the
// windows as columns, a key of its own.
const trafficSteps = `
CREATE TABLE visit (
  id VARCHAR, lat DOUBLE, lng DOUBLE, event_datetime VARCHAR,
  ts AS CAST(event_datetime AS TIMESTAMP(3)), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND
) WITH ('connector' = 'kafka', 'topic' = 'TOPICwebsite-visit', 'properties.bootstrap.servers' = 'BROKERS',
        'format' = 'json', 'json.empty-string-as-null' = 'true', %s);
CREATE VIEW placed AS SELECT id, COALESCE(lat, -1) AS lat, COALESCE(lng, -1) AS lng, ts FROM visit;
CREATE TABLE traffic_agg_steps (event_id VARCHAR, window_start TIMESTAMP(3), window_end TIMESTAMP(3), page_view BIGINT, nowhere BIGINT)
  WITH ('connector' = 'kafka', 'topic' = 'TOPICtraffic-agg', 'properties.bootstrap.servers' = 'BROKERS', 'format' = 'json',
        'key.format' = 'json', 'key.fields' = 'event_id', 'value.fields-include' = 'EXCEPT_KEY');`

const stepsQuery = `SELECT id AS event_id, window_start, window_end, COUNT(*) AS page_view, COUNT(*) FILTER (WHERE lat = -1 AND lng = -1) AS nowhere
FROM TABLE(TUMBLE(TABLE placed, DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP BY window_start, window_end, id`

var trafficColumns = []string{"event_id", "window_start", "window_end", "page_view"}

// disordered makes visits of about a minute and a half that come up to 3 s late,
// which every query here allows.
func disordered(t testing.TB) [][]visit {
	return visits(t, gen.Config{Keys: 7, Seed: 42, Count: 3000, Disorder: 3 * time.Second, TimeStep: 30 * time.Millisecond}, 2)
}

func diff[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if d := cmp.Diff(want, got, cmp.AllowUnexported(record{})); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func trafficTopics() map[string]int {
	return map[string]int{"website-visit": 2, "traffic-agg-sql": 1, "traffic-agg": 1}
}

func TestTrafficBounded(t *testing.T) { trafficBounded(t, embedded(t, trafficTopics())) }

func trafficBounded(t *testing.T, b site) {
	in := disordered(t)
	produce(t, b, "website-visit", in)
	want := model(in...)
	w := serve(t, b)
	w.exec(fmt.Sprintf(trafficTables, bounded))
	diff(t, "PostgreSQL", sortRows(w.queryPG(trafficQuery, 0)), wantRows(want))
	diff(t, "HTTP", sortRows(fields(t, w.queryHTTP(trafficQuery, 0), trafficColumns...)), wantRows(want))
	tag, err := w.connect().Exec(testContext(t), "INSERT INTO traffic_agg "+trafficQuery)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "tag", tag.String(), fmt.Sprintf("INSERT 0 %d", len(want)))
	diff(t, "topic", sortRecords(consume(t, b, "traffic-agg-sql", len(want))), wantRecords(want))
}

func TestTrafficUnbounded(t *testing.T) { trafficUnbounded(t, embedded(t, trafficTopics())) }

// trafficUnbounded has the job, and queries at both front doors, run while the
// records come. The last windows close by idleness. Then come late records, which
// nobody must count.
func trafficUnbounded(t *testing.T, b site) {
	in := disordered(t)
	w := serve(t, b)
	w.exec(fmt.Sprintf(trafficTables, unbounded) + "INSERT INTO traffic_agg " + trafficQuery)
	want := model(in...)
	pg, web := make(chan [][]string, 1), make(chan []string, 1)
	go func() { pg <- w.queryPG(trafficQuery, len(want)) }()
	go func() { web <- w.queryHTTP(trafficQuery, len(want)) }()
	for from := 0; from < len(in[0]); from += 300 {
		produce(t, b, "website-visit", [][]visit{in[0][from : from+300], in[1][from : from+300]})
	}
	diff(t, "PostgreSQL", sortRows(<-pg), wantRows(want))
	diff(t, "HTTP", sortRows(fields(t, <-web, trafficColumns...)), wantRows(want))
	diff(t, "topic", sortRecords(consume(t, b, "traffic-agg-sql", len(want))), wantRecords(want))

	late := visits(t, gen.Config{Keys: 3, Seed: 1, Count: 40}, 2)
	fresh := visits(t, gen.Config{Keys: 3, Seed: 2, Count: 40, Start: time.Now().Add(time.Minute).UTC()}, 2)
	produce(t, b, "website-visit", late)
	produce(t, b, "website-visit", fresh)
	more := model(fresh...)
	// They would close by the clock in a minute; a record far ahead closes them now.
	ahead := visits(t, gen.Config{Keys: 1, Count: 2, Start: time.Now().Add(time.Hour).UTC()}, 2)
	produce(t, b, "website-visit", ahead)
	all := consume(t, b, "traffic-agg-sql", len(want)+len(more))
	diff(t, "topic, after late records", sortRecords(all[len(want):]), wantRecords(more))
	for _, q := range w.engine.Queries() {
		if q.Kind == "insert" && q.Late != int64(len(late[0])+len(late[1])) {
			t.Errorf("%d late rows counted, want %d", q.Late, len(late[0])+len(late[1]))
		}
	}
}

func TestTrafficSteps(t *testing.T) { trafficStepsTest(t, embedded(t, trafficTopics())) }

func trafficStepsTest(t *testing.T, b site) {
	in := disordered(t)
	produce(t, b, "website-visit", in)
	want := model(in...)
	w := serve(t, b)
	w.exec(fmt.Sprintf(trafficSteps, bounded) + "INSERT INTO traffic_agg_steps " + stepsQuery)
	nowhere := map[string]int{} // by window and visitor
	for _, vs := range in {
		for _, v := range vs {
			if bytes.Contains(v.json, []byte(`"lat":""`)) {
				nowhere[v.id+v.at.Truncate(windowSize).Format(stamp)]++
			}
		}
	}
	if len(nowhere) == 0 {
		t.Fatal("all visits have a place")
	}
	var rows [][]string
	var records []record
	for _, v := range want {
		n := nowhere[v.id+v.start.Format(stamp)]
		rows = append(rows, append(v.columns(), strconv.Itoa(n)))
		records = append(records, record{fmt.Sprintf(`{"event_id":"%s"}`, v.id),
			fmt.Sprintf(`{"window_start":"%s","window_end":"%s","page_view":%d,"nowhere":%d}`, v.start.Format(stamp), v.end().Format(stamp), v.count, n)})
	}
	diff(t, "PostgreSQL", sortRows(w.queryPG(stepsQuery, 0)), sortRows(rows))
	diff(t, "topic", sortRecords(consume(t, b, "traffic-agg", len(want))), sortRecords(records))
}
