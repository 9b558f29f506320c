package http

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

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
	NoTime    int64            `json:"no_time_rows"`
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
		RowsIn: q.RowsIn, RowsOut: q.RowsOut, Late: q.Late, Skipped: q.Skipped, NoTime: q.NoTime}
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
