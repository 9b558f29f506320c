package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"syscall"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Bounds of talking to a cluster.
const (
	// DefaultConnectTimeout bounds the first contact with the cluster.
	DefaultConnectTimeout = 10 * time.Second
	// refusedPatience bounds how long an address that refuses connections is
	// tried at the first contact: a broker may be starting, but most often the
	// address is wrong and the user waits.
	refusedPatience = 2 * time.Second
	// DefaultRequestTimeout bounds one request.
	DefaultRequestTimeout = 30 * time.Second
	// metadataTTL is how old the Transport's own picture of the cluster gets
	// before it asks again: it must know a broker before we can send to it.
	metadataTTL = 2 * time.Second
	// topicPatience bounds the wait for a topic that the cluster says it does
	// not have: after a creation the brokers learn of it one by one.
	topicPatience = 2 * time.Second
	// backoffMin and backoffMax bound the pause between attempts; it doubles
	// from one to the other, with jitter.
	backoffMin = 50 * time.Millisecond
	backoffMax = 3 * time.Second
)

// ClientConfig says how to reach a cluster.
type ClientConfig struct {
	// Brokers are the bootstrap addresses, host:port.
	Brokers []string
	// ClientID is what brokers see in their logs; "penstock" when empty.
	ClientID string
	// RequestTimeout and ConnectTimeout: the defaults when 0.
	RequestTimeout, ConnectTimeout time.Duration
	// Security is nil for plain text without authentication.
	Security *Security
	// Log takes what an operator should know; slog.Default() when nil.
	Log *slog.Logger
}

// withDefaults fills in what was left empty.
func (c ClientConfig) withDefaults() ClientConfig {
	if c.ClientID == "" {
		c.ClientID = "penstock"
	}
	if c.RequestTimeout <= 0 {
		c.RequestTimeout = DefaultRequestTimeout
	}
	if c.ConnectTimeout <= 0 {
		c.ConnectTimeout = DefaultConnectTimeout
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

// client sends requests to brokers of our choice over kafka-go's Transport. We
// route by our own fresh metadata: the Transport's is a cache that lags.
type client struct {
	cfg  ClientConfig
	addr net.Addr
	tr   *kafkago.Transport
	// fault is why no request can be made at all.
	fault error

	mu     sync.Mutex
	closed bool
	conns  map[*trackedConn]struct{}
}

// newClient makes a client; nothing is dialled yet. The Transport keeps
// metadata of the given topics only, so that a large cluster costs nothing;
// without any it keeps all.
func newClient(cfg ClientConfig, topics ...string) *client {
	c := &client{cfg: cfg.withDefaults(), addr: kafkago.TCP(cfg.Brokers...), conns: make(map[*trackedConn]struct{})}
	d := &net.Dialer{Timeout: c.cfg.ConnectTimeout}
	mechanism, err := c.cfg.Security.mechanism()
	c.fault = err
	c.tr = &kafkago.Transport{
		ClientID:       c.cfg.ClientID,
		MetadataTTL:    metadataTTL,
		MetadataTopics: topics,
		DialTimeout:    c.cfg.ConnectTimeout,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			nc, err := d.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			if nc, err = c.track(nc); err != nil {
				return nil, err
			}
			if nc, err = c.cfg.Security.encrypt(ctx, nc, address); err != nil || mechanism == nil {
				return nc, err
			}
			return c.login(ctx, nc, mechanism)
		},
	}
	return c
}

// trackedConn is known to its client, so that Close can cut a connection in
// the middle of a long poll.
type trackedConn struct {
	net.Conn
	c *client
}

func (t *trackedConn) Close() error {
	t.c.mu.Lock()
	delete(t.c.conns, t)
	t.c.mu.Unlock()
	return t.Conn.Close()
}

func (c *client) track(nc net.Conn) (net.Conn, error) {
	t := &trackedConn{Conn: nc, c: c}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		_ = nc.Close() // closed before its use
		return nil, net.ErrClosed
	}
	c.conns[t] = struct{}{}
	return t, nil
}

// close ends all connections, in use or not, for good.
func (c *client) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.drop()
}

// drop ends all connections; the next request dials anew.
func (c *client) drop() {
	c.tr.CloseIdleConnections()
	c.mu.Lock()
	conns := make([]*trackedConn, 0, len(c.conns))
	for t := range c.conns {
		conns = append(conns, t)
	}
	c.mu.Unlock()
	for _, t := range conns {
		_ = t.Close() // nothing is under way on it
	}
}

// anyBroker as a node means: whichever bootstrap address answers.
const anyBroker = int32(-1)

// directed sends a request to the broker we say.
type directed struct {
	req      protocol.Message
	node     int32
	clientID string
	ver      int16
}

func (d *directed) ApiKey() protocol.ApiKey { return d.req.ApiKey() }

// Broker tells the Transport where to send the request.
func (d *directed) Broker(protocol.Cluster) (protocol.Broker, error) {
	return protocol.Broker{ID: d.node}, nil
}

// Required notes the version agreed with the broker.
func (d *directed) Required(v map[protocol.ApiKey]int16) bool {
	d.ver = v[d.ApiKey()]
	return true
}

// RawExchange writes the request and reads its answer.
func (d *directed) RawExchange(rw io.ReadWriter) (protocol.Message, error) {
	if err := protocol.WriteRequest(rw, d.ver, 1, d.clientID, d.req); err != nil {
		return nil, err
	}
	_, res, err := protocol.ReadResponse(rw, d.ApiKey(), d.ver)
	return wrapped{res}, err
}

// wrapped hides an answer's type from the Transport, which would treat those
// to metadata and topic creation as its own.
type wrapped struct{ protocol.Message }

// call sends one request to one broker.
func (c *client) call(ctx context.Context, node int32, req protocol.Message) (protocol.Message, error) {
	res, err := c.exchange(ctx, &directed{req: req, node: node, clientID: c.cfg.ClientID}, c.cfg.RequestTimeout)
	if err != nil {
		return nil, err
	}
	return res.(wrapped).Message, nil
}

// exchange bounds a round trip in time. A deadline that is not the caller's
// comes back as errTimeout.
func (c *client) exchange(ctx context.Context, req protocol.Message, limit time.Duration) (protocol.Message, error) {
	if c.fault != nil {
		return nil, c.fault
	}
	rctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	res, err := c.tr.RoundTrip(rctx, c.addr, req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if rctx.Err() != nil {
			return nil, errTimeout
		}
	}
	return res, err
}

var errTimeout = errors.New("the broker did not answer in time")

// transient tells faults that another attempt may mend.
func transient(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	if _, ok := errors.AsType[*sqlerr.Error](err); ok {
		return false
	}
	if isAlert(err) {
		return false
	}
	if ke, ok := errors.AsType[kafkago.Error](err); ok {
		return ke.Temporary() || ke == kafkago.UnknownTopicOrPartition || ke == kafkago.BrokerNotAvailable ||
			ke == kafkago.FencedLeaderEpoch || ke == kafkago.UnknownLeaderEpoch || ke == kafkago.KafkaStorageError
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, errTimeout) || errors.Is(err, errLogin) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, io.ErrNoProgress)
}

// backoff gives growing pauses with jitter.
type backoff struct{ n int }

func (b *backoff) reset() { b.n = 0 }

// next is the coming pause: between half of it and the whole.
func (b *backoff) next() time.Duration {
	d := min(backoffMin<<min(b.n, 10), backoffMax)
	b.n++
	return d/2 + rand.N(d/2)
}

// pause waits, or returns ctx's error.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// first runs f until it succeeds, fails for good, or the bounds of a first
// contact are over. f uses the context it is given.
func (c *client) first(ctx context.Context, topic string, f func(context.Context) error) error {
	start := time.Now()
	fctx, cancel := context.WithTimeout(ctx, c.cfg.ConnectTimeout)
	defer cancel()
	last := errTimeout
	var b backoff
	for {
		err := f(fctx)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case fctx.Err() != nil:
			return c.explain(last, topic)
		case !transient(err):
			return c.explain(err, topic)
		}
		last = err
		limit := c.cfg.ConnectTimeout
		switch {
		case errors.Is(err, kafkago.UnknownTopicOrPartition):
			limit = min(limit, topicPatience)
		case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, errLogin):
			limit = min(limit, refusedPatience)
		}
		d := b.next()
		if time.Since(start)+d > limit {
			return c.explain(err, topic)
		}
		if err := pause(ctx, d); err != nil {
			return err
		}
	}
}

// explain turns a fault of the client into what a user is told.
func (c *client) explain(err error, topic string) error {
	// A connection that could not be made in time also calls itself a passed
	// deadline; that is the broker's fault, not the caller's wish to stop.
	_, network := errors.AsType[*net.OpError](err)
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) && !network {
		return err
	}
	if _, ok := errors.AsType[*sqlerr.Error](err); ok {
		return err
	}
	if te, ok := errors.AsType[*topicError](err); ok {
		topic = te.topic
	}
	addrs := strings.Join(c.cfg.Brokers, ",")
	if errors.Is(err, errLogin) {
		return explainLogin(err, kafkago.SASLAuthenticationFailed, c.cfg.Security, addrs)
	}
	ke, isKafka := errors.AsType[kafkago.Error](err)
	switch {
	case isKafka && ke == kafkago.UnknownTopicOrPartition:
		return sqlerr.Wrap(err, sqlerr.UndefinedTable, "topic %q does not exist at %s", topic, addrs).
			Hint("create the topic first, or mend the option 'topic'")
	case isKafka && ke == kafkago.InvalidTopic:
		return sqlerr.Wrap(err, sqlerr.InvalidName, "topic %q: the name is not allowed", topic)
	case isKafka && (ke == kafkago.TopicAuthorizationFailed || ke == kafkago.GroupAuthorizationFailed || ke == kafkago.ClusterAuthorizationFailed):
		return sqlerr.Wrap(err, sqlerr.InsufficientPrivilege, "topic %q at %s: %s", topic, addrs, ke.Title())
	case isKafka && (ke == kafkago.SASLAuthenticationFailed || ke == kafkago.UnsupportedSASLMechanism):
		return explainLogin(err, ke, c.cfg.Security, addrs)
	case isKafka && ke != kafkago.BrokerNotAvailable:
		return sqlerr.Wrap(err, sqlerr.ConnectionFailure, "topic %q at %s: %s", topic, addrs, ke.Error())
	}
	hint := "check 'properties.bootstrap.servers' and that the broker is running"
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) {
		hint = "check that 'properties.security.protocol' is what this port of the broker speaks"
	}
	return sqlerr.Wrap(err, sqlerr.CannotConnect, "could not reach Kafka at %s: %s", addrs, plainCause(err)).Hint("%s", hint)
}

// plainCause is the innermost message that still says something.
func plainCause(err error) string {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Err != nil {
		return op.Err.Error()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the connection was closed"
	}
	return fmt.Sprint(err)
}
