package http

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/server/session"
)

// queryBody is a query as GET /v1/queries tells it.
type queryBody struct {
	ID        string           `json:"id"`
	SQL       string           `json:"sql"`
	Kind      string           `json:"kind"`
	State     string           `json:"state"`
	Started   time.Time        `json:"started"`
	Ended     *time.Time       `json:"ended,omitempty"`
	Error     *problemBody     `json:"error,omitempty"`
	RowsIn    int64            `json:"rows_in"`
	RowsOut   int64            `json:"rows_out"`
	Late      int64            `json:"late_rows"`
	Skipped   int64            `json:"skipped_rows"`
	Watermark *time.Time       `json:"watermark,omitempty"`
	Counters  []counterBody    `json:"counters,omitempty"`
	Tasks     []map[string]any `json:"tasks,omitempty"`
}

type counterBody struct {
	Table string `json:"table,omitempty"`
	Name  string `json:"name"`
	Value int64  `json:"value"`
}

func queryOf(q session.QueryInfo, whole bool) queryBody {
	b := queryBody{ID: q.ID, SQL: q.SQL, Kind: q.Kind, State: q.State, Started: q.Started.UTC(),
		RowsIn: q.RowsIn, RowsOut: q.RowsOut, Late: q.Late, Skipped: q.Skipped}
	if !q.Ended.IsZero() {
		b.Ended = new(q.Ended.UTC())
	}
	if q.Err != nil {
		b.Error = new(body(q.Err, q.SQL, 0))
	}
	if finite(q.Watermark) {
		b.Watermark = new(time.UnixMicro(q.Watermark).UTC())
	}
	if !whole {
		return b
	}
	for _, c := range q.Counters {
		b.Counters = append(b.Counters, counterBody{c.Table, c.Name, c.Value})
	}
	for _, t := range q.Tasks {
		m := map[string]any{"name": t.Name, "rows_in": t.RowsIn, "rows_out": t.RowsOut, "batches": t.Batches, "idle": t.Idle}
		if finite(t.Watermark) {
			m["watermark"] = time.UnixMicro(t.Watermark).UTC()
		}
		b.Tasks = append(b.Tasks, m)
	}
	return b
}

func finite(t exec.Time) bool { return t > exec.MinTime && t < exec.MaxTime }

func (s *Server) listQueries(w http.ResponseWriter, _ *http.Request) {
	out := []queryBody{}
	for _, q := range s.engine.Queries() {
		out = append(out, queryOf(q, false))
	}
	w.Header().Set("Content-Type", "application/json")
	_ = writeJSON(w, map[string]any{"queries": out}) // the client has gone: nobody to tell
}

func (s *Server) getQuery(w http.ResponseWriter, r *http.Request) {
	q, err := s.engine.Query(chi.URLParam(r, "id"))
	if err != nil {
		writeProblem(w, body(err, "", 0))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = writeJSON(w, queryOf(q, true)) // the client has gone: nobody to tell
}

func (s *Server) deleteQuery(w http.ResponseWriter, r *http.Request) {
	if err := s.engine.StopQuery(chi.URLParam(r, "id")); err != nil {
		writeProblem(w, body(err, "", 0))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// collector turns the queries' counters into Prometheus metrics at each scrape,
// so that the engine counts in plain atomics.
type collector struct {
	engine                                                Engine
	running, rowsIn, rowsOut, late, skipped, delay, table *prometheus.Desc
}

func newCollector(e Engine) *collector {
	d := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("penstock_"+name, help, labels, nil)
	}
	return &collector{engine: e,
		running: d("query_running", "1 while the query runs.", "query", "kind"),
		rowsIn:  d("query_rows_in_total", "Rows read from tables.", "query", "kind"),
		rowsOut: d("query_rows_out_total", "Rows sent to the client or written.", "query", "kind"),
		late:    d("query_late_rows_total", "Rows dropped because their window had fired.", "query", "kind"),
		skipped: d("query_skipped_rows_total", "Rows dropped because an expression failed.", "query", "kind"),
		delay:   d("query_watermark_delay_seconds", "How far the watermark is behind the clock.", "query", "kind"),
		table:   d("table_counter", "A connector's counters: records, bytes, rejects, lag and others, by name.", "query", "table", "name"),
	}
}

// Describe names the metrics.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.running, c.rowsIn, c.rowsOut, c.late, c.skipped, c.delay, c.table} {
		ch <- d
	}
}

// Collect reads the counters of the running queries.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	for _, q := range c.engine.Queries() {
		if q.State != session.Running {
			continue
		}
		m := func(d *prometheus.Desc, t prometheus.ValueType, v float64) {
			ch <- prometheus.MustNewConstMetric(d, t, v, q.ID, q.Kind)
		}
		m(c.running, prometheus.GaugeValue, 1)
		m(c.rowsIn, prometheus.CounterValue, float64(q.RowsIn))
		m(c.rowsOut, prometheus.CounterValue, float64(q.RowsOut))
		m(c.late, prometheus.CounterValue, float64(q.Late))
		m(c.skipped, prometheus.CounterValue, float64(q.Skipped))
		if finite(q.Watermark) {
			m(c.delay, prometheus.GaugeValue, time.Since(time.UnixMicro(q.Watermark)).Seconds())
		}
		seen := map[[2]string]float64{}
		for _, t := range q.Counters {
			seen[[2]string{t.Table, t.Name}] += float64(t.Value)
		}
		for k, v := range seen {
			ch <- prometheus.MustNewConstMetric(c.table, prometheus.UntypedValue, v, q.ID, k[0], k[1])
		}
	}
}
