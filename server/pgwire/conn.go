package pgwire

import (
	"context"
	"errors"
	"maps"
	"net"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/server/session"
)

const (
	// flushBytes is how many bytes of answers gather before they are written
	// though more are ready.
	flushBytes = 64 << 10
	// keepBuffer is the largest output buffer kept after a flush.
	keepBuffer = 1 << 20
	// maxStatements and maxPortals bound what a session may hold open.
	maxStatements = 4096
	maxPortals    = 1024
)

// conn is one client. All but the fields under mu belong to the goroutine of serve.
type conn struct {
	srv    *Server
	ctx    context.Context // of the connection
	cancel context.CancelCauseFunc
	nc     net.Conn
	in     *queue
	pid    uint32
	secret []byte

	out []byte
	// broken is the error of a write; nothing is sent after it.
	broken error

	sess       session.Session
	status     status
	tx         transaction
	statements map[string]*statement
	portals    map[string]*portal
	// skipping: an error came in the extended protocol, all is skipped until Sync.
	skipping bool

	mu sync.Mutex
	// stop ends the running command; nil when none runs. waiting tells that it
	// waits for rows of the portal waitFor.
	stop    context.CancelCauseFunc
	waiting bool
	waitFor string
}

func newConn(s *Server, ctx context.Context, cancel context.CancelCauseFunc, nc net.Conn) *conn {
	return &conn{
		srv: s, ctx: ctx, cancel: cancel, nc: nc, in: newQueue(),
		statements: map[string]*statement{}, portals: map[string]*portal{},
	}
}

// serve serves the client until it or the server goes.
func (c *conn) serve(st *startup) {
	params := maps.Clone(st.params)
	if params == nil {
		params = map[string]string{}
	}
	params["pg_backend_pid"] = strconv.FormatUint(uint64(c.pid), 10)
	sess, err := c.srv.cfg.Engine.NewSession(c.ctx, params)
	if err != nil {
		if cause := context.Cause(c.ctx); cause != nil {
			err = cause
		}
		fatal(c.nc, sqlerr.From(err))
		return
	}
	c.sess = sess
	c.status.start(c, st.params)
	c.welcome(st)

	var reading sync.WaitGroup
	reading.Go(c.read)
	err = c.loop()
	c.closeAll()
	if cerr := sess.Close(); cerr != nil {
		c.srv.cfg.Log.Error("session does not close", "client", c.nc.RemoteAddr(), "error", cerr)
	}
	c.goodbye(err)
	c.cancel(errClientGone)
	_ = c.nc.Close()
	reading.Wait()
}

// welcome is the answer to the startup message.
func (c *conn) welcome(st *startup) {
	if st.minor != 0 || len(st.unknown) > 0 {
		c.send(&pgproto3.NegotiateProtocolVersion{UnrecognizedOptions: st.unknown})
	}
	c.send(&pgproto3.AuthenticationOk{})
	c.status.sendAll(c)
	c.send(&pgproto3.BackendKeyData{ProcessID: c.pid, SecretKey: c.secret})
	c.ready()
}

// goodbye says why the connection ends, where the client does not know.
func (c *conn) goodbye(err error) {
	if errors.Is(err, errClientGone) || c.broken != nil {
		return
	}
	buf, eerr := errorResponse("FATAL", sqlerr.From(err), 0).Encode(c.out)
	if eerr != nil {
		return
	}
	_ = c.nc.SetWriteDeadline(time.Now().Add(goodbyeTimeout))
	_, _ = c.nc.Write(buf)
}

// loop takes messages until the end; the error is its reason.
func (c *conn) loop() error {
	for {
		msg, err := c.in.pop(c.ctx)
		if err != nil {
			return err
		}
		if _, ok := msg.(*pgproto3.Terminate); ok {
			return errClientGone
		}
		if err := c.guarded(msg); err != nil {
			return err
		}
		if c.broken != nil {
			return errClientGone
		}
		if cause := context.Cause(c.ctx); cause != nil {
			return cause
		}
	}
}

// guarded handles a message; a panic, which is a fault of ours, ends the
// statement and not the process.
func (c *conn) guarded(msg pgproto3.FrontendMessage) (fatal error) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		c.srv.cfg.Log.Error("panic while serving a client", "client", c.nc.RemoteAddr(), "panic", r, "stack", string(debug.Stack()))
		c.fail(sqlerr.New(sqlerr.InternalError, "internal error: %v", r), source{})
		if _, ok := msg.(*pgproto3.Query); ok {
			c.finishQuery()
			return
		}
		c.skipping = true
	}()
	return c.handle(msg)
}

// handle answers one message. An error is a violation of the protocol and ends
// the connection.
func (c *conn) handle(msg pgproto3.FrontendMessage) error {
	if c.skipping {
		switch msg.(type) {
		case *pgproto3.Sync, *protocolFault, *pgproto3.Query:
		default:
			return nil
		}
	}
	var err error
	var src source
	switch m := msg.(type) {
	case *pgproto3.Query:
		c.skipping = false
		c.query(m.String)
	case *pgproto3.Parse:
		src = whole(m.Query)
		err = c.parse(m)
	case *pgproto3.Bind:
		err = c.bind(m)
	case *pgproto3.Describe:
		err = c.describe(m)
	case *pgproto3.Execute:
		src, err = c.executePortal(m)
	case *pgproto3.Close:
		err = c.close(m)
	case *pgproto3.Flush:
		c.flush()
	case *pgproto3.Sync:
		c.sync()
	case *pgproto3.FunctionCall:
		c.fail(sqlerr.New(sqlerr.FeatureNotSupported, "function calls by protocol message are not supported"), source{})
		c.ready()
	case *pgproto3.CopyData, *pgproto3.CopyDone, *pgproto3.CopyFail:
		// Left over from a COPY FROM STDIN that was refused: skipped, as PostgreSQL does.
	case *protocolFault:
		return m.err
	default:
		return sqlerr.New(sqlerr.ProtocolViolation, "unexpected message %T", msg)
	}
	if err != nil {
		c.fail(err, src)
		c.skipping = true
	}
	return nil
}

// send adds a message to the output.
func (c *conn) send(m pgproto3.BackendMessage) {
	out, err := m.Encode(c.out)
	if err != nil {
		// Only a message of over a gigabyte comes here.
		c.broken = err
		return
	}
	c.out = out
}

// flush writes what has gathered.
func (c *conn) flush() {
	if c.broken != nil || len(c.out) == 0 {
		c.out = c.out[:0]
		return
	}
	deadline := time.Now().Add(c.srv.cfg.WriteTimeout)
	if c.ctx.Err() == nil { // Shutdown has set a nearer one
		_ = c.nc.SetWriteDeadline(deadline)
		if c.ctx.Err() != nil {
			_ = c.nc.SetWriteDeadline(time.Now().Add(goodbyeTimeout))
		}
	}
	if _, err := c.nc.Write(c.out); err != nil {
		c.broken = err
		c.cancel(errClientGone)
	}
	if cap(c.out) > keepBuffer {
		c.out = nil
	}
	c.out = c.out[:0]
}

// ready ends the answer to a Query or Sync.
func (c *conn) ready() {
	if c.ctx.Err() != nil {
		return // what comes next is the reason
	}
	c.status.sendChanged(c)
	c.send(&pgproto3.ReadyForQuery{TxStatus: c.tx.byte()})
	c.flush()
}

// fail tells the client of an error and what follows from it for the
// transaction. src is the text that the error's position speaks of.
func (c *conn) fail(err error, src source) {
	if errors.Is(err, errClientGone) || errors.Is(err, errShutdown) {
		return // the loop ends
	}
	e := sqlerr.From(err)
	c.send(errorResponse("ERROR", e, src.charPos(e.Pos)))
	c.abort()
	c.flush()
}

// notice sends what is no error: NOTICE by default, WARNING by its code.
func (c *conn) notice(e *sqlerr.Error) {
	severity, code := "NOTICE", e.Code
	if code != sqlerr.SuccessfulCompletion {
		severity = "WARNING"
	}
	c.send((*pgproto3.NoticeResponse)(errorResponse(severity, &sqlerr.Error{
		Code: code, Message: e.Message, Detail: e.Detail, HintMsg: e.HintMsg,
	}, 0)))
}

func (c *conn) complete(tag string) {
	c.send(&pgproto3.CommandComplete{CommandTag: []byte(tag)})
}

// command makes the context of one command, which interrupt ends.
func (c *conn) command() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(c.ctx)
	c.mu.Lock()
	c.stop = cancel
	c.mu.Unlock()
	return ctx, func() {
		c.mu.Lock()
		c.stop, c.waiting = nil, false
		c.mu.Unlock()
		cancel(nil)
	}
}

// interrupt ends the command that runs, if any.
func (c *conn) interrupt(cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stop != nil {
		c.stop(cause)
	}
}

// awaitRows says that the command waits for rows of a portal, so that a message
// that ends the portal ends the wait. It tells whether one is there already.
func (c *conn) awaitRows(portal string, on bool) (ends bool) {
	c.mu.Lock()
	c.waiting, c.waitFor = on, portal
	c.mu.Unlock()
	// Asked after waiting is set: what the reader pushes later, it checks itself.
	return on && c.in.ends(portal)
}

// arrived is called by the reader after each message it has pushed.
func (c *conn) arrived(m pgproto3.FrontendMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting && c.stop != nil && endsPortal(m, c.waitFor) {
		c.stop(errSuspend)
	}
}
