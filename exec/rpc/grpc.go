package rpc

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
	"google.golang.org/grpc/status"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// reconnect is how a lost connection is made again: soon, for calls fail at once
// while there is none, and what waits for them is a stream.
var reconnect = grpc.ConnectParams{
	Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second},
	MinConnectTimeout: 5 * time.Second,
}

// streamWindow and connWindow are a connection's flow control. They do not adapt
// themselves: to find better ones grpc-go pings the server with nearly every
// response, which for calls of some kilobytes is a good part of their cost.
const (
	streamWindow = 1 << 20
	connWindow   = 4 << 20
)

// grpcLinkState is a connection to one or several servers, asked in turn.
type grpcLinkState struct{ conn *grpc.ClientConn }

func (g *grpcLinkState) close() { _ = g.conn.Close() } // says only that it was closed before

func dialGRPC(fs *Functions, d *definition) (*grpcLinkState, error) {
	creds := insecure.NewCredentials()
	if d.link.Bool("tls") {
		c, err := tlsConfig(fs, d)
		if err != nil {
			return nil, err
		}
		creds = credentials.NewTLS(c)
	} else if k := d.tlsOption(); k != "" {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "option '%s' goes with 'tls' = 'true'", k).At(position(d.linkOpts)(k))
	}
	authority, name := d.link.String("authority"), d.link.String("tls.server-name")
	if authority != "" && name != "" && authority != name {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "'authority' and 'tls.server-name' contradict each other").At(position(d.linkOpts)("authority"))
	}
	r := manual.NewBuilderWithScheme("penstock")
	var state resolver.State
	for _, a := range d.addrs {
		addr := resolver.Address{Addr: a}
		if authority == "" && name == "" {
			addr.ServerName = a // each server shows a certificate of its own
		}
		state.Endpoints = append(state.Endpoints, resolver.Endpoint{Addresses: []resolver.Address{addr}})
	}
	r.InitialState(state)
	dial := fs.cfg.Dial
	opts := []grpc.DialOption{
		grpc.WithTransportCredentials(creds), grpc.WithResolvers(r), grpc.WithConnectParams(reconnect),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig":[{"round_robin":{}}]}`), grpc.WithDisableServiceConfig(), grpc.WithDisableRetry(),
		grpc.WithContextDialer(func(ctx context.Context, addr string) (net.Conn, error) { return dial(ctx, "tcp", addr) }),
		grpc.WithUserAgent("penstock"), grpc.WithStaticStreamWindowSize(streamWindow), grpc.WithStaticConnWindowSize(connWindow),
	}
	if authority != "" {
		opts = append(opts, grpc.WithAuthority(authority))
	}
	if t := d.link.Duration("keepalive.time"); t > 0 {
		opts = append(opts, grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: t, Timeout: d.link.Duration("keepalive.timeout"), PermitWithoutStream: true}))
	}
	conn, err := grpc.NewClient("penstock:///"+d.addrs[0], opts...)
	if err != nil {
		return nil, sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "endpoint %s: %v", d.shown, err)
	}
	return &grpcLinkState{conn}, nil
}

// rawCodec passes messages through as bytes.
type rawCodec struct{}

// rawMessage is what rawCodec takes: send is a whole message, received goes to
// the front of into.
type rawMessage struct{ send, into []byte }

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.(*rawMessage).send)}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	m := v.(*rawMessage)
	n := data.Len()
	m.into = slices.Grow(m.into[:0], n)[:n]
	data.CopyTo(m.into)
	return nil
}

// grpcTransport calls one method.
type grpcTransport struct {
	conn    *grpc.ClientConn
	method  string
	headers metadata.MD
	retry   map[string]bool
	options []grpc.CallOption
}

func (p *pbPlan) transport(l *link, d *definition) transport {
	t := &grpcTransport{conn: l.grpc.conn, retry: d.settings.codes, headers: metadata.MD{},
		method: "/" + string(p.method.Parent().FullName()) + "/" + string(p.method.Name())}
	for _, h := range d.headers("metadata.") {
		t.headers.Set(h.Key, h.Value)
	}
	t.options = []grpc.CallOption{grpc.ForceCodecV2(rawCodec{}), grpc.MaxCallRecvMsgSize(int(d.settings.maxBytes)), grpc.MaxCallSendMsgSize(int(d.settings.maxBytes))}
	return t
}

// call makes one attempt.
func (t *grpcTransport) call(ctx context.Context, request, dst []byte) ([]byte, *failure) {
	if len(t.headers) > 0 {
		ctx = metadata.NewOutgoingContext(ctx, t.headers)
	}
	var p peer.Peer
	in, out := rawMessage{send: request}, rawMessage{into: dst}
	err := t.conn.Invoke(ctx, t.method, &in, &out, append(t.options[:len(t.options):len(t.options)], grpc.Peer(&p))...)
	if err == nil {
		return out.into, nil
	}
	return dst, t.judge(err, p.Addr != nil)
}

// sizePrefix begins grpc-go's own errors about a message's size.
const sizePrefix = "grpc: received message"

// judge says what a status means. reached tells that there was a connection.
func (t *grpcTransport) judge(err error, reached bool) *failure {
	s := status.Convert(err)
	f := &failure{retry: t.retry[codeName(s.Code())], rows: reached, service: true}
	code := sqlerr.ConnectionFailure
	switch s.Code() {
	case codes.ResourceExhausted:
		if strings.HasPrefix(s.Message(), sizePrefix) {
			return &failure{rows: true, err: sqlerr.New(sqlerr.ProgramLimitExceeded, "the response is too long: %s", s.Message()).
				Hint("'max-message-bytes' bounds requests and responses")}
		}
		code = sqlerr.InsufficientResources
	case codes.DeadlineExceeded: // the deadline is that of the attempt
		f.retry, f.deadline = true, true
	case codes.Unavailable:
		if !reached {
			code = sqlerr.CannotConnect
		}
	case codes.Unauthenticated, codes.PermissionDenied, codes.Unimplemented:
		// Whatever the rows are, the answer is the same.
		f.rows, f.service = false, false
		code = sqlerr.InvalidAuthorization
		if s.Code() == codes.Unimplemented {
			code = sqlerr.FeatureNotSupported
		}
	case codes.InvalidArgument, codes.NotFound, codes.AlreadyExists, codes.FailedPrecondition, codes.OutOfRange:
		f.service = false
		code = sqlerr.DataException
	}
	f.err = sqlerr.Wrap(err, code, "%s: %s", codeName(s.Code()), s.Message())
	if denied, ok := errors.AsType[*sqlerr.Error](err); ok {
		f.err, f.retry, f.rows = denied, false, false
	}
	return f
}

// codeNames are those of the protocol.
var codeNames = []string{"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
	"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE",
	"DATA_LOSS", "UNAUTHENTICATED"}

func codeName(c codes.Code) string {
	if int(c) < len(codeNames) {
		return codeNames[c]
	}
	return c.String()
}

// parseCodes reads retry.codes: names for gRPC, statuses for HTTP.
func parseCodes(language, s string) (map[string]bool, error) {
	set := map[string]bool{}
	for _, c := range splitList(strings.ReplaceAll(s, ",", ";")) {
		c = strings.ToUpper(c)
		if language == catalog.LanguageHTTP {
			if len(c) != 3 || c < "400" || c > "599" {
				return nil, errors.New("Statuses from 400 to 599 are expected, separated by semicolons.") //nolint:staticcheck // a hint
			}
		} else if i := slices.Index(codeNames, c); i < 1 {
			if w, ok := catalog.Suggest(c, codeNames[1:]); ok {
				return nil, errors.New("did you mean " + w + "?")
			}
			return nil, errors.New("The codes are: " + strings.Join(codeNames[1:], ", ") + ".")
		}
		set[c] = true
	}
	return set, nil
}
