package wordlen

import (
	"context"
	_ "embed" // service.proto
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"unicode/utf8"

	"github.com/bufbuild/protocompile"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/reflection"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	reflectionv1alpha "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/penstock/penstock/internal/sqlerr"
)

// Proto is the service's description, for CREATE FUNCTION … WITH ('proto' = …).
//
//go:embed service.proto
var Proto string

// serviceName is the service's, within Proto.
const serviceName = "RpcService"

// maxRows bounds the words of one resolveBatch.
const maxRows = 100_000

// Config says how to serve.
type Config struct {
	// Log takes a line for each call: "resolveBatch rows=10". Nil: none.
	Log io.Writer
	// Before is called before a call is answered, with its words; its error is the
	// answer. Nil: nothing.
	Before func(ctx context.Context, method string, words []string) error
	// Change, where set, may alter the answers to a batch. Tests use it.
	Change func(words []string, lengths []int) []int
	// Credentials, where set, make it speak TLS.
	Credentials credentials.TransportCredentials
	// NoReflection leaves the description out.
	NoReflection bool
}

// Server serves until Close.
type Server struct {
	cfg    Config
	grpc   *grpc.Server
	listen net.Listener
	done   chan error
	logs   sync.Mutex
	close  sync.Once
	closed error // what stopping said

	request, response, list, answers protoreflect.MessageDescriptor
}

// Serve starts a server on a listener, which then belongs to it.
func Serve(l net.Listener, cfg Config) (*Server, error) {
	c := protocompile.Compiler{Resolver: &protocompile.SourceResolver{Accessor: protocompile.SourceAccessorFromMap(map[string]string{"service.proto": Proto})}}
	files, err := c.Compile(context.Background(), "service.proto")
	if err != nil {
		_ = l.Close() // nothing has used it
		return nil, sqlerr.Wrap(err, sqlerr.InternalError, "service.proto: %v", err)
	}
	f := files[0]
	message := func(name protoreflect.Name) protoreflect.MessageDescriptor { return f.Messages().ByName(name) }
	s := &Server{cfg: cfg, listen: l, done: make(chan error, 1),
		request: message("Request"), response: message("Response"), list: message("RequestList"), answers: message("ResponseList")}
	opts := []grpc.ServerOption{grpc.Creds(cfg.Credentials)}
	if cfg.Credentials == nil {
		opts = nil
	}
	s.grpc = grpc.NewServer(opts...)
	s.grpc.RegisterService(&grpc.ServiceDesc{ServiceName: serviceName, HandlerType: (*any)(nil), Metadata: "service.proto", Methods: []grpc.MethodDesc{
		{MethodName: "resolve", Handler: s.handler(s.request, s.resolve)},
		{MethodName: "resolveBatch", Handler: s.handler(s.list, s.resolveBatch)},
	}}, s)
	if !cfg.NoReflection {
		if err := s.describe(f); err != nil {
			_ = l.Close() // nothing has used it
			return nil, err
		}
	}
	go func() { s.done <- s.grpc.Serve(l) }()
	return s, nil
}

// describe adds the reflection service, in both its versions.
func (s *Server) describe(f protoreflect.FileDescriptor) error {
	var own protoregistry.Files
	if err := own.RegisterFile(f); err != nil {
		return sqlerr.Wrap(err, sqlerr.InternalError, "service.proto: %v", err)
	}
	o := reflection.ServerOptions{Services: s.grpc, DescriptorResolver: both{&own, protoregistry.GlobalFiles}}
	reflectionv1.RegisterServerReflectionServer(s.grpc, reflection.NewServerV1(o))
	reflectionv1alpha.RegisterServerReflectionServer(s.grpc, reflection.NewServer(o))
	return nil
}

// both looks for a description in one place and then in another.
type both [2]protodesc.Resolver

func (b both) FindFileByPath(path string) (protoreflect.FileDescriptor, error) {
	if f, err := b[0].FindFileByPath(path); err == nil {
		return f, nil
	}
	return b[1].FindFileByPath(path)
}

func (b both) FindDescriptorByName(name protoreflect.FullName) (protoreflect.Descriptor, error) {
	if d, err := b[0].FindDescriptorByName(name); err == nil {
		return d, nil
	}
	return b[1].FindDescriptorByName(name)
}

// Addr is where the server listens.
func (s *Server) Addr() string { return s.listen.Addr().String() }

// Close ends the server and the calls under way, and waits for it. It may be
// called again.
func (s *Server) Close() error {
	s.close.Do(func() { s.closed = s.stop() })
	return s.closed
}

func (s *Server) stop() error {
	s.grpc.Stop()
	if err := <-s.done; err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return sqlerr.Wrap(err, sqlerr.IOError, "%v", err)
	}
	return nil
}

// handler adapts a method to what grpc calls.
func (s *Server) handler(in protoreflect.MessageDescriptor, f func(context.Context, *dynamicpb.Message) (proto.Message, error)) grpc.MethodHandler {
	return func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		m := dynamicpb.NewMessage(in)
		if err := decode(m); err != nil {
			return nil, err
		}
		return f(ctx, m)
	}
}

// before logs a call and asks cfg.Before.
func (s *Server) before(ctx context.Context, method string, words []string) error {
	if s.cfg.Log != nil {
		s.logs.Lock()
		fmt.Fprintf(s.cfg.Log, "%s rows=%d\n", method, len(words))
		s.logs.Unlock()
	}
	if s.cfg.Before == nil {
		return nil
	}
	return s.cfg.Before(ctx, method, words)
}

func (s *Server) resolve(ctx context.Context, m *dynamicpb.Message) (proto.Message, error) {
	word := m.Get(s.request.Fields().ByName("input")).String()
	if err := s.before(ctx, "resolve", []string{word}); err != nil {
		return nil, err
	}
	return s.answer(utf8.RuneCountInString(word)), nil
}

func (s *Server) answer(n int) *dynamicpb.Message {
	a := dynamicpb.NewMessage(s.response)
	a.Set(s.response.Fields().ByName("output"), protoreflect.ValueOfInt32(int32(n))) //nolint:gosec // a word's length
	return a
}

func (s *Server) lengths(words []string) []int {
	out := make([]int, len(words))
	for i, w := range words {
		out[i] = utf8.RuneCountInString(w)
	}
	if s.cfg.Change != nil {
		out = s.cfg.Change(words, out)
	}
	return out
}

func (s *Server) resolveBatch(ctx context.Context, m *dynamicpb.Message) (proto.Message, error) {
	rows := m.Get(s.list.Fields().ByName("request")).List()
	if rows.Len() > maxRows {
		return nil, fmt.Errorf("more than %d words", maxRows)
	}
	words := make([]string, rows.Len())
	input := s.request.Fields().ByName("input")
	for i := range words {
		words[i] = rows.Get(i).Message().Get(input).String()
	}
	if err := s.before(ctx, "resolveBatch", words); err != nil {
		return nil, err
	}
	out := dynamicpb.NewMessage(s.answers)
	list := out.Mutable(s.answers.Fields().ByName("response")).List()
	for _, n := range s.lengths(words) {
		list.Append(protoreflect.ValueOfMessage(s.answer(n)))
	}
	return out, nil
}
