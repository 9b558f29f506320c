package http

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/server/session"
)

// The bounds of the front door.
const (
	// MaxBodyBytes bounds a request's body.
	MaxBodyBytes = 1 << 20
	// HeaderTimeout bounds how long a client may take over its headers, BodyTimeout
	// over its body.
	HeaderTimeout = 10 * time.Second
	BodyTimeout   = 30 * time.Second
	// Grace is how long an answer without a row yet waits before its status goes out as
	// 200: a query that fails soon gets a status of its own.
	Grace = 50 * time.Millisecond
	// WriteTimeout bounds one write to a client that has stopped reading.
	WriteTimeout = 60 * time.Second
	// IdleTimeout is how long a kept connection may wait for its next request.
	IdleTimeout = 2 * time.Minute
	// MaxRequests bounds the SQL requests under way at a time.
	MaxRequests = 1000
	// Heartbeat is how often a quiet event stream says that it lives.
	Heartbeat = 15 * time.Second
)

// Engine is what the front door needs of the engine.
type Engine interface {
	session.Engine
	Registries
	// Queries lists the queries that run or have lately ended.
	Queries() []session.QueryInfo
	// Query gives one; 42704 when there is none.
	Query(id string) (session.QueryInfo, error)
	// StopQuery ends one and waits for it.
	StopQuery(id string) error
}

// Server serves the HTTP interface.
type Server struct {
	engine Engine
	log    *slog.Logger
	http   *http.Server
	slots  chan struct{}
	down   atomic.Bool
	base   context.Context
	cancel context.CancelCauseFunc
}

// New makes a server; see Serve.
func New(engine Engine, log *slog.Logger) *Server {
	s := &Server{engine: engine, log: log, slots: make(chan struct{}, MaxRequests)}
	s.base, s.cancel = context.WithCancelCause(context.Background())
	s.http = &http.Server{
		Handler:           s.routes(),
		ReadHeaderTimeout: HeaderTimeout,
		IdleTimeout:       IdleTimeout,
		MaxHeaderBytes:    64 << 10,
		BaseContext:       func(net.Listener) context.Context { return s.base },
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	return s
}

func (s *Server) routes() http.Handler {
	r := chi.NewRouter()
	r.Post("/v1/sql", s.sql)
	r.Get("/v1/queries", s.listQueries)
	r.Get("/v1/queries/{id}", s.getQuery)
	r.Delete("/v1/queries/{id}", s.deleteQuery)
	r.Get("/v1/lookup-tables", s.listLookups)
	r.Get("/v1/lookup-tables/{name}", s.getLookup)
	r.Post("/v1/lookup-tables/{name}/refresh", s.refreshLookup)
	r.Get("/v1/functions", s.listFunctions)
	r.Get("/v1/functions/{name}", s.getFunction)
	r.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { text(w, http.StatusOK, "ok\n") })
	r.Get("/readyz", s.ready)
	reg := prometheus.NewRegistry()
	reg.MustRegister(newCollector(s.engine), registryCollector{s.engine}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	r.Method(http.MethodGet, "/metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	r.NotFound(func(w http.ResponseWriter, r *http.Request) {
		problem(w, http.StatusNotFound, sqlerr.New(sqlerr.UndefinedObject, "%s %s does not exist", r.Method, r.URL.Path).
			Hint("POST /v1/sql, GET /v1/queries, GET or DELETE /v1/queries/{id}, GET /v1/lookup-tables, GET /v1/functions, GET /metrics, /healthz, /readyz"))
	})
	r.MethodNotAllowed(notAllowed(r))
	return s.guard(r)
}

func text(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // the client has gone: nobody to tell
}

func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	if s.down.Load() {
		text(w, http.StatusServiceUnavailable, "shutting down\n")
		return
	}
	text(w, http.StatusOK, "ready\n")
}

// Serve answers requests on l until Shutdown.
func (s *Server) Serve(l net.Listener) error {
	if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Shutdown takes no more requests, ends the streams with 57P01 and waits for
// the requests under way until ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	s.down.Store(true)
	s.cancel(sqlerr.New(sqlerr.AdminShutdown, "terminating connection because the server is shutting down"))
	if err := s.http.Shutdown(ctx); err != nil {
		return errors.Join(err, s.http.Close())
	}
	return nil
}
