package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/listen"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/server/http"
	"github.com/penstock/penstock/server/pgwire"
	"github.com/penstock/penstock/server/session"
)

// The default addresses, and how long a shutdown waits for clients.
const (
	defaultHTTP     = "127.0.0.1:8080"
	defaultPG       = "127.0.0.1:5433"
	shutdownTimeout = 10 * time.Second
)

// server is the engine with both front doors.
type server struct {
	engine   *session.Local
	http     *http.Server
	pg       *pgwire.Server
	httpAddr net.Addr
	pgAddr   net.Addr
	ports    [2]net.Listener // of HTTP and PostgreSQL
	serving  bool
	wg       sync.WaitGroup
	failed   chan error // a front door that ended by itself
}

// openServer opens the ports first, so that a busy one is told before anything
// else happens. Clients that connect wait until serve is called.
func openServer(httpAddr, pgAddr, dataDir string, settings map[string]string, list *allow.List, log *slog.Logger) (_ *server, err error) {
	hl, err := listen.TCP(httpAddr, "--http")
	if err != nil {
		return nil, err
	}
	pl, err := listen.TCP(pgAddr, "--pg")
	if err != nil {
		return nil, errors.Join(err, hl.Close())
	}
	engine, err := session.Open(session.Config{DataDir: dataDir, Log: log, Version: version, Settings: settings, Allow: list})
	if err != nil {
		return nil, errors.Join(err, hl.Close(), pl.Close())
	}
	return &server{engine: engine, http: http.New(engine, log), pg: pgwire.New(pgwire.Config{Engine: engine, Log: log}),
		httpAddr: hl.Addr(), pgAddr: pl.Addr(), ports: [2]net.Listener{hl, pl}, failed: make(chan error, 2)}, nil
}

// serve opens the front doors.
func (s *server) serve() {
	s.serving = true
	s.wg.Go(func() { s.report(s.http.Serve(s.ports[0])) })
	s.wg.Go(func() { s.report(s.pg.Serve(s.ports[1])) })
}

func (s *server) report(err error) {
	if err != nil {
		s.failed <- err
	}
}

// close ends the front doors, then the queries, and waits for all of them.
func (s *server) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	err := errors.Join(s.http.Shutdown(ctx), s.pg.Shutdown(ctx))
	if !s.serving { // nobody else closes them
		err = errors.Join(err, s.ports[0].Close(), s.ports[1].Close())
	}
	s.wg.Wait()
	return errors.Join(err, s.engine.Close())
}

// wait blocks until ctx ends or a front door fails.
func (s *server) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.failed:
		return err
	}
}

func serveCmd() *cobra.Command {
	var httpAddr, pgAddr, dataDir, script, level string
	var reach reach
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve SQL over HTTP and PostgreSQL's protocol",
		Args:  noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			log, err := logger(c, level)
			if err != nil {
				return err
			}
			var text []byte
			if script != "" {
				if text, err = os.ReadFile(script); err != nil {
					return sqlerr.Wrap(err, sqlerr.UndefinedFile, "%v", err)
				}
			}
			s, err := openServer(httpAddr, pgAddr, dataDir, nil, reach.list(), log)
			if err != nil {
				return err
			}
			defer func() {
				if err := s.close(); err != nil {
					log.Error("the server did not stop cleanly", "error", err)
				}
			}()
			if err := s.engine.Resume(c.Context()); err != nil {
				return err
			}
			if err := s.engine.Exec(c.Context(), string(text)); err != nil {
				return kept(located(err, string(text), script), dataDir)
			}
			s.serve()
			fmt.Fprintf(c.OutOrStdout(), "penstock %s serves http://%s and postgres://%s\n", version, s.httpAddr, s.pgAddr)
			return s.wait(c.Context())
		},
	}
	f := c.Flags()
	f.StringVar(&httpAddr, "http", defaultHTTP, "loopback `address` of the HTTP interface")
	f.StringVar(&pgAddr, "pg", defaultPG, "loopback `address` of the PostgreSQL interface")
	f.StringVar(&dataDir, "data-dir", "", "`folder` that keeps tables, views and jobs; in memory without it")
	reach.flags(f)
	f.StringVar(&script, "init", "", "`script` to run before the first client")
	f.StringVar(&level, "log-level", "info", "least `level` logged: debug, info, warn or error")
	return c
}

// kept explains why what a script creates is there already.
func kept(err error, dataDir string) error {
	e := *sqlerr.From(err)
	if dataDir == "" || e.Code != sqlerr.DuplicateTable || e.HintMsg != "" {
		return err
	}
	return e.Hint("%s keeps what the script made before: write CREATE TABLE IF NOT EXISTS, or start without --init", dataDir)
}

// located puts file, line and column in front of an error of a script.
func located(err error, text, file string) error {
	e := *sqlerr.From(err)
	if e.Pos == 0 {
		return err
	}
	e.Line, e.Col = sqlerr.LineCol(text, e.Pos)
	e.Message = fmt.Sprintf("%s:%d:%d: %s", file, e.Line, e.Col, e.Message)
	e.Pos = 0
	return &e
}
