package rpc

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// maxProtoBytes bounds a .proto file; maxProtoFiles the imports of one.
const (
	maxProtoBytes = 4 << 20
	maxProtoFiles = 1000
)

// inlineName is what errors call a .proto that is given as text.
const inlineName = "proto"

// compileFile compiles the option 'proto', a file or a text, and finds the method.
func (fs *Functions) compileFile(ctx context.Context, d *definition) (protoreflect.MethodDescriptor, error) {
	text := d.values.String("proto")
	pos := position(d.options)("proto")
	fault := func(err error) error {
		if e, ok := errors.AsType[*sqlerr.Error](err); ok && e.Code == sqlerr.InsufficientPrivilege {
			return e.At(pos)
		}
		return sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "the .proto cannot be used: %v", err).At(pos)
	}
	var dirs []string
	for _, p := range splitList(d.values.String("proto.path")) {
		dirs = append(dirs, filepath.Clean(p))
	}
	name := inlineName
	inline := ""
	if isProtoText(text) {
		inline = text
	} else {
		name = filepath.Base(text)
		dirs = append([]string{filepath.Dir(text)}, dirs...)
	}
	opened := 0
	resolver := &protocompile.SourceResolver{ImportPaths: dirs, Accessor: func(path string) (io.ReadCloser, error) {
		if opened++; opened > maxProtoFiles*(len(dirs)+1) {
			return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "more than %d files", maxProtoFiles)
		}
		if inline != "" && path == inlineName {
			return io.NopCloser(strings.NewReader(inline)), nil
		}
		return fs.openProto(path)
	}}
	if inline != "" {
		resolver.ImportPaths = append([]string{""}, dirs...)
	}
	c := protocompile.Compiler{Resolver: protocompile.WithStandardImports(resolver), MaxParallelism: 1}
	files, err := c.Compile(ctx, name)
	if err != nil {
		return nil, fault(err)
	}
	var services []protoreflect.ServiceDescriptor
	for _, f := range files {
		for i := range f.Services().Len() {
			services = append(services, f.Services().Get(i))
		}
	}
	return findMethod(d, services)
}

// isProtoText tells the text of a .proto from the name of a file.
func isProtoText(s string) bool { return strings.ContainsAny(s, "\n;{") }

func (fs *Functions) openProto(path string) (io.ReadCloser, error) {
	if err := fs.cfg.Allow.Path(path); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil {
		return nil, err
	} else if !st.Mode().IsRegular() {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "%q is not a regular file", path)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxProtoBytes+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxProtoBytes {
		return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "%q is longer than %d bytes", path, maxProtoBytes)
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// splitMethod reads [package.]Service/Method; a slash at the front does no harm.
func splitMethod(s string) (service, method string, ok bool) {
	service, method, ok = strings.Cut(strings.TrimPrefix(strings.TrimSpace(s), "/"), "/")
	return service, method, ok && service != "" && method != "" && !strings.Contains(method, "/")
}

// findMethod picks the method among services; a service may be named without its
// package where that is clear.
func findMethod(d *definition, services []protoreflect.ServiceDescriptor) (protoreflect.MethodDescriptor, error) {
	pos := position(d.options)("method")
	want, method, ok := splitMethod(d.values.String("method"))
	if !ok {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "invalid value for option 'method': '%s'", d.values.String("method")).
			Hint("The form is [package.]Service/Method.").At(pos)
	}
	var found []protoreflect.ServiceDescriptor
	var names []string
	for _, s := range services {
		names = append(names, string(s.FullName()))
		if string(s.FullName()) == want {
			found = []protoreflect.ServiceDescriptor{s}
			break
		}
		if string(s.Name()) == want {
			found = append(found, s)
		}
	}
	switch {
	case len(found) == 0:
		e := sqlerr.New(sqlerr.InvalidParameterValue, "service %q does not exist", want).At(pos)
		if s, ok := catalog.Suggest(want, names); ok {
			return nil, e.Hint("did you mean '%s'?", s)
		}
		return nil, e.Hint("The services are: %s.", strings.Join(names, ", "))
	case len(found) > 1:
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "service %q is ambiguous", want).Hint("write it with its package: %s", strings.Join(names, ", ")).At(pos)
	}
	methods := found[0].Methods()
	m := methods.ByName(protoreflect.Name(method))
	if m == nil {
		names = names[:0]
		for i := range methods.Len() {
			names = append(names, string(methods.Get(i).Name()))
		}
		e := sqlerr.New(sqlerr.InvalidParameterValue, "service %s has no method %q", found[0].FullName(), method).At(pos)
		if s, ok := catalog.Suggest(method, names); ok {
			return nil, e.Hint("did you mean '%s'?", s)
		}
		return nil, e.Hint("The methods are: %s.", strings.Join(names, ", "))
	}
	if m.IsStreamingClient() || m.IsStreamingServer() {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "streaming method %s is not supported", m.FullName()).At(pos)
	}
	return m, nil
}
