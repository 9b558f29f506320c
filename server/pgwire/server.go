package pgwire

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/server/session"
)

// The limits of a server that are not in its Config.
const (
	// DefaultMaxConns is how many clients may be connected.
	DefaultMaxConns = 1000
	// DefaultWriteTimeout is how long a client may leave its socket full. It
	// is long, for someone may be reading in a pager.
	DefaultWriteTimeout = 5 * time.Minute
	// startupTimeout is how long a client may take from connecting to its
	// startup message.
	startupTimeout = 10 * time.Second
	// startupSlack is how many connections beyond MaxConns may be in their
	// startup: cancel requests come as connections of their own.
	startupSlack = 64
	// maxMessageBytes is the longest message accepted.
	maxMessageBytes = 16 << 20
	// goodbyeTimeout is how long the last message to a client may take.
	goodbyeTimeout = time.Second
	keepAliveIdle  = 30 * time.Second
	keepAliveProbe = 10 * time.Second
	keepAliveCount = 3
)

// The reasons for which a connection's or a statement's context ends.
var (
	errClientGone = errors.New("the client has gone")
	errShutdown   = sqlerr.New(sqlerr.AdminShutdown, "terminating connection due to administrator command")
	errUserCancel = sqlerr.New(sqlerr.QueryCanceled, "canceling statement due to user request")
	errSuspend    = errors.New("the client wants no further rows")
	errFetchTime  = errors.New("the timeout of FETCH has passed")
)

// Config is what a Server needs.
type Config struct {
	Engine session.Engine
	Log    *slog.Logger
	// MaxConns and WriteTimeout have the defaults above when 0.
	MaxConns     int
	WriteTimeout time.Duration
}

// Server serves PostgreSQL's protocol. Make it with New.
type Server struct {
	cfg Config
	wg  sync.WaitGroup

	mu       sync.Mutex
	closing  bool
	stop     map[net.Listener]struct{}
	open     map[net.Conn]context.CancelCauseFunc // every connection, from accept
	sessions map[uint32]*conn                     // by process id, once started
	lastPID  uint32
}

// New makes a server.
func New(cfg Config) *Server {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.MaxConns == 0 {
		cfg.MaxConns = DefaultMaxConns
	}
	if cfg.WriteTimeout == 0 {
		cfg.WriteTimeout = DefaultWriteTimeout
	}
	return &Server{
		cfg: cfg, stop: map[net.Listener]struct{}{}, open: map[net.Conn]context.CancelCauseFunc{},
		sessions: map[uint32]*conn{}, lastPID: 1000,
	}
}

// Serve accepts connections until Shutdown, and then returns nil.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return l.Close()
	}
	s.stop[l] = struct{}{}
	s.mu.Unlock()
	for {
		nc, err := l.Accept()
		if err != nil {
			s.mu.Lock()
			closing := s.closing
			delete(s.stop, l)
			s.mu.Unlock()
			if closing {
				return nil
			}
			return err
		}
		if tc, ok := nc.(*net.TCPConn); ok {
			err := tc.SetKeepAliveConfig(net.KeepAliveConfig{
				Enable: true, Idle: keepAliveIdle, Interval: keepAliveProbe, Count: keepAliveCount,
			})
			if err != nil {
				s.cfg.Log.Warn("no keepalive", "client", nc.RemoteAddr(), "error", err)
			}
		}
		s.Go(nc)
	}
}

// Go serves one connection in a goroutine that Shutdown waits for.
func (s *Server) Go(nc net.Conn) {
	ctx, cancel := context.WithCancelCause(context.Background())
	s.mu.Lock()
	if s.closing || len(s.open) >= s.cfg.MaxConns+startupSlack {
		s.mu.Unlock()
		cancel(nil)
		_ = nc.Close()
		return
	}
	s.open[nc] = cancel
	s.wg.Add(1)
	s.mu.Unlock()
	go func() {
		defer s.wg.Done()
		defer func() {
			_ = nc.Close()
			cancel(nil)
			s.mu.Lock()
			delete(s.open, nc)
			s.mu.Unlock()
		}()
		s.serve(ctx, cancel, nc)
	}()
}

// Shutdown stops accepting, tells every client that the server is going
// (57P01), and waits for the connections to end. When ctx ends first the sockets
// are closed under them, and it returns ctx's error once they have ended.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	for l := range s.stop {
		_ = l.Close()
	}
	for nc, cancel := range s.open {
		cancel(errShutdown)
		_ = nc.SetReadDeadline(time.Now())
		_ = nc.SetWriteDeadline(time.Now().Add(goodbyeTimeout))
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() { s.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	for nc := range s.open {
		_ = nc.Close()
	}
	s.mu.Unlock()
	<-done
	return ctx.Err()
}

// enter gives a started connection its process id and secret.
func (s *Server) enter(c *conn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sessions) >= s.cfg.MaxConns {
		return sqlerr.New(sqlerr.TooManyConnections, "sorry, too many clients already")
	}
	for s.lastPID++; ; s.lastPID++ {
		if _, taken := s.sessions[s.lastPID]; !taken && s.lastPID != 0 {
			break
		}
	}
	c.pid = s.lastPID
	c.secret = make([]byte, 4)
	_, _ = rand.Read(c.secret) // it never fails
	s.sessions[c.pid] = c
	return nil
}

func (s *Server) leave(c *conn) {
	s.mu.Lock()
	delete(s.sessions, c.pid)
	s.mu.Unlock()
}

// cancel ends the statement that a connection runs, if pid and secret are right.
func (s *Server) cancel(pid uint32, secret []byte) {
	s.mu.Lock()
	c := s.sessions[pid]
	s.mu.Unlock()
	if c != nil && subtle.ConstantTimeCompare(c.secret, secret) == 1 {
		c.interrupt(errUserCancel)
	}
}

// Connections is how many clients have a session.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}
