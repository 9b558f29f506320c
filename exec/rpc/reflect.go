package rpc

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	reflection "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/penstock/penstock/internal/sqlerr"
)

// The two versions of the reflection service; their messages are the same on the
// wire.
var reflectionMethods = []string{
	"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
	"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
}

// reflectTimeout bounds the whole conversation.
const reflectTimeout = 15 * time.Second

// reflectMethod asks the server for the descriptors of the method.
func reflectMethod(ctx context.Context, d *definition, l *link) (protoreflect.MethodDescriptor, error) {
	ctx, cancel := context.WithTimeout(ctx, reflectTimeout)
	defer cancel()
	md := metadata.MD{}
	for _, h := range d.headers("metadata.") {
		md.Set(h.Key, h.Value)
	}
	ctx = metadata.NewOutgoingContext(ctx, md)
	var err error
	for _, method := range reflectionMethods {
		var services []protoreflect.ServiceDescriptor
		if services, err = reflectServices(ctx, d, l.grpc.conn, method); err == nil {
			return findMethod(d, services)
		}
		if status.Code(err) != codes.Unimplemented {
			break
		}
	}
	if _, ok := errors.AsType[*sqlerr.Error](err); ok {
		return nil, err
	}
	st := status.Convert(err)
	return nil, sqlerr.Wrap(err, sqlerr.CannotConnect, "endpoint %s does not describe itself: %s: %s", d.shown, codeName(st.Code()), st.Message()).
		Hint("reflection needs a server that has it; give the .proto with 'proto' otherwise")
}

// reflectServices gets the descriptors of the service that 'method' names, or of
// all that have its name where it comes without package.
func reflectServices(ctx context.Context, d *definition, conn *grpc.ClientConn, method string) ([]protoreflect.ServiceDescriptor, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, method)
	if err != nil {
		return nil, err
	}
	c := &reflectClient{stream: stream, files: map[string]*descriptorpb.FileDescriptorProto{}}
	names, err := c.list()
	if err != nil {
		return nil, err
	}
	want, _, _ := splitMethod(d.values.String("method"))
	var services []protoreflect.ServiceDescriptor
	for _, n := range names {
		if n != want && n[strings.LastIndexByte(n, '.')+1:] != want {
			continue
		}
		s, err := c.service(n)
		if err != nil {
			return nil, err
		}
		services = append(services, s)
	}
	if services == nil { // for the error's sake
		for _, n := range names[:min(len(names), maxNamed)] {
			if s, err := c.service(n); err == nil {
				services = append(services, s)
			}
		}
	}
	return services, nil
}

// maxNamed bounds the services that an error names.
const maxNamed = 20

// reflectClient talks over one stream.
type reflectClient struct {
	stream grpc.ClientStream
	files  map[string]*descriptorpb.FileDescriptorProto
}

func (c *reflectClient) ask(r *reflection.ServerReflectionRequest) (*reflection.ServerReflectionResponse, error) {
	// io.EOF says that the stream has ended; why, RecvMsg tells.
	if err := c.stream.SendMsg(r); err != nil && err != io.EOF {
		return nil, err
	}
	a := &reflection.ServerReflectionResponse{}
	if err := c.stream.RecvMsg(a); err != nil {
		return nil, err
	}
	if e := a.GetErrorResponse(); e != nil {
		return nil, status.Error(codes.Code(e.ErrorCode), e.ErrorMessage) //nolint:gosec // a code
	}
	return a, nil
}

func (c *reflectClient) list() ([]string, error) {
	a, err := c.ask(&reflection.ServerReflectionRequest{MessageRequest: &reflection.ServerReflectionRequest_ListServices{}})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range a.GetListServicesResponse().GetService() {
		names = append(names, s.Name)
	}
	return names, nil
}

// service gets a service with all files that its file imports.
func (c *reflectClient) service(name string) (protoreflect.ServiceDescriptor, error) {
	err := c.take(&reflection.ServerReflectionRequest{MessageRequest: &reflection.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: name}})
	if err != nil {
		return nil, err
	}
	for {
		missing := c.missing()
		if missing == "" {
			break
		}
		if len(c.files) > maxProtoFiles {
			return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "the server describes itself in more than %d files", maxProtoFiles)
		}
		err := c.take(&reflection.ServerReflectionRequest{MessageRequest: &reflection.ServerReflectionRequest_FileByFilename{FileByFilename: missing}})
		if err != nil {
			return nil, err
		}
		if c.files[missing] == nil {
			return nil, sqlerr.New(sqlerr.ProtocolViolation, "the server does not describe %q", missing)
		}
	}
	set := &descriptorpb.FileDescriptorSet{}
	for _, f := range c.files {
		set.File = append(set.File, f)
	}
	files, err := protodesc.NewFiles(set)
	if err != nil {
		return nil, sqlerr.Wrap(err, sqlerr.ProtocolViolation, "the server's description cannot be used: %v", err)
	}
	s, err := files.FindDescriptorByName(protoreflect.FullName(name))
	if sd, ok := s.(protoreflect.ServiceDescriptor); ok && err == nil {
		return sd, nil
	}
	return nil, sqlerr.New(sqlerr.ProtocolViolation, "the server does not describe service %s", name)
}

func (c *reflectClient) take(r *reflection.ServerReflectionRequest) error {
	a, err := c.ask(r)
	if err != nil {
		return err
	}
	for _, b := range a.GetFileDescriptorResponse().GetFileDescriptorProto() {
		f := &descriptorpb.FileDescriptorProto{}
		if err := proto.Unmarshal(b, f); err != nil {
			return sqlerr.Wrap(err, sqlerr.ProtocolViolation, "the server's description is damaged")
		}
		c.files[f.GetName()] = f
	}
	return nil
}

// missing names a file that is imported and has not come yet.
func (c *reflectClient) missing() string {
	for _, f := range c.files {
		for _, dep := range f.Dependency {
			if c.files[dep] == nil {
				return dep
			}
		}
	}
	return ""
}
