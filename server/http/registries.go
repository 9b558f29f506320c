package http

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/rpc"
)

// Registries are what queries share: lookup tables and remote functions. An
// engine that has them is an Engine with these methods.
type Registries interface {
	// LookupTables lists the lookup tables; LookupTable gives one, 42P01 when there is none.
	LookupTables() []lookup.Status
	LookupTable(name string) (lookup.Status, error)
	// RefreshLookupTable loads one anew and waits for it if asked to.
	RefreshLookupTable(ctx context.Context, name string, wait bool) error
	// RemoteFunctions lists the remote functions; RemoteFunction gives one, 42883 when there is none.
	RemoteFunctions() []rpc.Status
	RemoteFunction(name string) (rpc.Status, error)
}

// lookupBody is a lookup table as GET /v1/lookup-tables tells it.
type lookupBody struct {
	Name        string     `json:"name"`
	Connector   string     `json:"connector"`
	Cache       string     `json:"cache"`
	Rows        int64      `json:"rows"`
	Bytes       int64      `json:"bytes"`
	Version     int64      `json:"version"`
	AgeSeconds  float64    `json:"age_seconds"`
	LastRefresh *time.Time `json:"last_refresh,omitempty"`
	NextRefresh *time.Time `json:"next_refresh,omitempty"`
	Duration    float64    `json:"refresh_seconds"`
	Loads       int64      `json:"loads"`
	Failures    int64      `json:"failures"`
	Readers     int        `json:"readers"`
	Hits        int64      `json:"hits"`
	Misses      int64      `json:"misses"`
	HitRate     *float64   `json:"hit_rate,omitempty"`
	Stale       bool       `json:"stale"`
	Live        bool       `json:"live,omitempty"`
	LastError   string     `json:"last_error,omitempty"`
}

func lookupOf(s lookup.Status) lookupBody {
	b := lookupBody{Name: s.Name, Connector: s.Connector, Cache: s.Cache, Rows: s.Rows, Bytes: s.Bytes, Version: s.Version, AgeSeconds: s.Age.Seconds(),
		Duration: s.LastDuration.Seconds(), Loads: s.Loads, Failures: s.Failures, Readers: s.Readers, Hits: s.Hits, Misses: s.Misses, Stale: s.Stale, Live: s.Live}
	if s.LastError != nil {
		b.LastError = s.LastError.Error()
	}
	if !s.LastRefresh.IsZero() {
		b.LastRefresh = new(s.LastRefresh.UTC())
	}
	if !s.NextRefresh.IsZero() {
		b.NextRefresh = new(s.NextRefresh.UTC())
	}
	if n := s.Hits + s.Misses; n > 0 {
		b.HitRate = new(s.HitRate())
	}
	return b
}

// answer writes a JSON body, or the problem.
func answer(w http.ResponseWriter, v any, err error) {
	if err != nil {
		writeProblem(w, body(err, "", 0))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = writeJSON(w, v) // the client has gone: nobody to tell
}

func (s *Server) listLookups(w http.ResponseWriter, _ *http.Request) {
	out := []lookupBody{}
	for _, t := range s.engine.LookupTables() {
		out = append(out, lookupOf(t))
	}
	answer(w, map[string]any{"lookup_tables": out}, nil)
}

func (s *Server) getLookup(w http.ResponseWriter, r *http.Request) {
	t, err := s.engine.LookupTable(chi.URLParam(r, "name"))
	answer(w, lookupOf(t), err)
}

// refreshLookup loads the table anew. It answers when the load is done, or, with
// ?wait=false, at once.
func (s *Server) refreshLookup(w http.ResponseWriter, r *http.Request) {
	name, wait := chi.URLParam(r, "name"), r.URL.Query().Get("wait") != "false"
	if err := s.engine.RefreshLookupTable(r.Context(), name, wait); err != nil {
		writeProblem(w, body(err, "", 0))
		return
	}
	if !wait {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	t, err := s.engine.LookupTable(name)
	answer(w, lookupOf(t), err)
}

func (s *Server) listFunctions(w http.ResponseWriter, _ *http.Request) {
	out := s.engine.RemoteFunctions()
	if out == nil {
		out = []rpc.Status{}
	}
	answer(w, map[string]any{"functions": out}, nil)
}

func (s *Server) getFunction(w http.ResponseWriter, r *http.Request) {
	f, err := s.engine.RemoteFunction(chi.URLParam(r, "name"))
	if err != nil { // in SQL an unknown function is a fault of the statement; here it is the address
		problem(w, http.StatusNotFound, err)
		return
	}
	answer(w, f, nil)
}
