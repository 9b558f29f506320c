package postgres

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Bounds of connections.
const (
	// maxLife is how long a connection is used, so that the servers behind
	// a name share the work again after one was away.
	maxLife = 30 * time.Minute
	// maxIdle is how long one may be unused before it is asked whether it lives.
	maxIdle = 100 * time.Millisecond
	// closeTimeout bounds the good-bye to a server and the question whether it lives,
	// cancelDelay the time it has to end a statement that was cancelled.
	closeTimeout = time.Second
	cancelDelay  = 2 * time.Second
)

func unresolved(_ context.Context, host string) ([]string, error) { return []string{host}, nil }

// watchContext has the server end a statement whose context ends.
func watchContext(c *pgconn.PgConn) ctxwatch.Handler {
	return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: cancelDelay}
}

// pool keeps at most cap(slots) connections.
type pool struct {
	cfg   *config
	slots chan struct{}

	mu     sync.Mutex
	free   []*conn // the last used is the last
	closed bool
}

// conn is a connection with what is known of it.
type conn struct {
	*pgconn.PgConn
	made, used time.Time
}

func newPool(cfg *config) *pool { return &pool{cfg: cfg, slots: make(chan struct{}, cfg.poolSize)} }

// do calls f with a connection. It is kept for the next if f has no fault.
func (p *pool) do(ctx context.Context, f func(*conn) error) error {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return p.fault(ctx, ctx.Err())
	}
	c, err := p.get(ctx)
	if err != nil {
		return p.fault(ctx, err)
	}
	err = f(c)
	p.put(c, err)
	return p.fault(ctx, err)
}

// get takes a connection that lives, or makes one.
func (p *pool) get(ctx context.Context) (*conn, error) {
	for {
		c := p.take()
		if c == nil {
			break
		}
		idle := time.Since(c.used)
		if time.Since(c.made) < maxLife && (idle < maxIdle || c.alive(ctx)) {
			return c, nil
		}
		c.end()
	}
	pc, err := pgconn.ConnectConfig(ctx, p.cfg.conn)
	if err != nil {
		return nil, err
	}
	return &conn{PgConn: pc, made: time.Now()}, nil
}

func (p *pool) take() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.free)
	if n == 0 {
		return nil
	}
	c := p.free[n-1]
	p.free = p.free[:n-1]
	return c
}

func (c *conn) alive(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, closeTimeout)
	defer cancel()
	return c.Ping(ctx) == nil
}

// put keeps a connection or, after a fault, closes it.
func (p *pool) put(c *conn, err error) {
	c.used = time.Now()
	p.mu.Lock()
	if err == nil && !c.IsClosed() && c.TxStatus() == 'I' && !p.closed {
		p.free = append(p.free, c)
		c = nil
	}
	p.mu.Unlock()
	if c != nil {
		c.end()
	}
}

func (c *conn) end() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	_ = c.Close(ctx) // it is given up
}

// close ends all connections; those in use end when they are put back.
func (p *pool) close() {
	p.mu.Lock()
	free := p.free
	p.free, p.closed = nil, true
	p.mu.Unlock()
	for _, c := range free {
		c.end()
	}
}

// fault gives an error of the library an SQLSTATE and the server's name. Others
// of ours stay as they are.
func (p *pool) fault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*sqlerr.Error](err); ok {
		return e
	}
	server := "PostgreSQL at " + p.cfg.server
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pgFault(server, e)
	}
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return sqlerr.From(context.Canceled)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return sqlerr.Wrap(err, sqlerr.ConnectionFailure, "%s: no answer in time", server)
	}
	if e, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		// Its text has the user and all that was tried; the cause is enough.
		return sqlerr.Wrap(err, sqlerr.CannotConnect, "%s: %s", server, strings.ReplaceAll(e.Unwrap().Error(), "\n", "; "))
	}
	return sqlerr.Wrap(err, sqlerr.ConnectionFailure, "%s: the connection was lost: %v", server, err)
}

// pgFault is for what the server says. What it says of itself (shut down, no
// slots, time is up) is a fault of the connection.
func pgFault(server string, e *pgconn.PgError) error {
	code := sqlerr.Code(e.Code)
	switch {
	case e.Code == "57P01" || e.Code == "57P02" || e.Code == "57P05":
		return sqlerr.Wrap(e, sqlerr.ConnectionFailure, "%s ended the connection: %s", server, e.Message)
	case strings.HasPrefix(e.Code, "57"):
		code = sqlerr.ConnectionFailure
	}
	out := sqlerr.Wrap(e, code, "%s: %s", server, e.Message)
	out.Detail, out.HintMsg = e.Detail, e.Hint
	return out
}
