package protobuf

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/reporter"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/penstock/penstock/exec/format/schemaregistry"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Bounds of schemas.
const (
	// compileTimeout bounds the compiling of a schema.
	compileTimeout = 10 * time.Second
	// maxSchema bounds the bytes of a file of a schema.
	maxSchema = 16 << 20
)

// inlineName is what a text without a file is called in messages.
const inlineName = "schema.proto"

// schema is a compiled schema: its file, and the text for a registry.
type schema struct {
	file protoreflect.FileDescriptor
	text string
}

func badSchema(err error) error {
	return sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "invalid Protobuf schema: %s", err)
}

// load compiles what the options name, and finds the message.
func load(o *Options) (*schema, protoreflect.MessageDescriptor, error) {
	var s *schema
	var err error
	if o.Descriptors != "" {
		return loadDescriptors(o)
	}
	if strings.ContainsAny(o.Proto, "{;") {
		s, err = compileText(o.Proto, nil)
	} else {
		s, err = compileFile(o, o.Proto)
	}
	if err != nil {
		return nil, nil, err
	}
	m, err := message(s.file, o.Message)
	return s, m, err
}

func readFile(o *Options, path string) ([]byte, error) {
	if o.Allow != nil {
		if err := o.Allow(path); err != nil {
			return nil, err
		}
	}
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxSchema {
		return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "schema file %q is longer than %d bytes", path, maxSchema)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, sqlerr.Wrap(err, sqlerr.UndefinedFile, "could not read schema file %q: %s", path, err)
	}
	return b, nil
}

// compileText compiles a text that may import others.
func compileText(text string, imports []schemaregistry.Reference) (*schema, error) {
	files := map[string]string{inlineName: text}
	for _, r := range imports {
		files[r.Name] = r.Text
	}
	return compileWith(text, inlineName, &protocompile.SourceResolver{Accessor: protocompile.SourceAccessorFromMap(files)})
}

// compileFile compiles a file; its imports stand beneath its directory.
func compileFile(o *Options, path string) (*schema, error) {
	text, err := readFile(o, path)
	if err != nil {
		return nil, err
	}
	s, err := compileWith(string(text), filepath.Base(path), &protocompile.SourceResolver{ImportPaths: []string{filepath.Dir(path)}})
	if at, ok := errors.AsType[reporter.ErrorWithPos](err); ok {
		// Without the compiler's words, which repeat what the file holds: it may
		// be any.
		pos := at.GetPosition()
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "schema file %q is no valid Protobuf schema: line %d, column %d", path, pos.Line, pos.Col)
	}
	return s, err
}

func compileWith(text, name string, r protocompile.Resolver) (*schema, error) {
	ctx, cancel := context.WithTimeout(context.Background(), compileTimeout)
	defer cancel()
	c := protocompile.Compiler{Resolver: protocompile.WithStandardImports(r), MaxParallelism: 1}
	files, err := c.Compile(ctx, name)
	if err != nil {
		return nil, badSchema(err)
	}
	return &schema{file: files[0], text: text}, nil
}

// loadDescriptors reads what protoc has compiled.
func loadDescriptors(o *Options) (*schema, protoreflect.MessageDescriptor, error) {
	b, err := readFile(o, o.Descriptors)
	if err != nil {
		return nil, nil, err
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(b, &set); err != nil || len(set.File) == 0 {
		return nil, nil, sqlerr.New(sqlerr.InvalidParameterValue, "%q is no set of descriptors", o.Descriptors)
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		return nil, nil, badSchema(err)
	}
	if o.Message != "" {
		d, err := files.FindDescriptorByName(protoreflect.FullName(o.Message))
		if m, ok := d.(protoreflect.MessageDescriptor); err == nil && ok {
			return &schema{file: m.ParentFile()}, m, nil
		}
		return nil, nil, noMessage(o.Message)
	}
	last, err := files.FindFileByPath(set.File[len(set.File)-1].GetName()) // imports stand before it
	if err != nil {
		return nil, nil, badSchema(err)
	}
	m, err := message(last, "")
	return &schema{file: last}, m, err
}

func noMessage(name string) error {
	return sqlerr.New(sqlerr.InvalidParameterValue, "the Protobuf schema has no message %q", name)
}

// message finds a message of a file by its full or plain name; without a name it
// is the first.
func message(f protoreflect.FileDescriptor, name string) (protoreflect.MessageDescriptor, error) {
	if name == "" {
		if f.Messages().Len() == 0 {
			return nil, noMessage(name)
		}
		return f.Messages().Get(0), nil
	}
	name = strings.TrimPrefix(strings.TrimPrefix(name, string(f.Package())), ".")
	var in interface {
		Messages() protoreflect.MessageDescriptors
	} = f
	var m protoreflect.MessageDescriptor
	for part := range strings.SplitSeq(name, ".") {
		if m = in.Messages().ByName(protoreflect.Name(part)); m == nil {
			return nil, noMessage(name)
		}
		in = m
	}
	return m, nil
}

// atIndexes finds the message that Confluent's list of indexes means.
func atIndexes(f protoreflect.FileDescriptor, path []int) (protoreflect.MessageDescriptor, error) {
	list := f.Messages()
	var m protoreflect.MessageDescriptor
	for _, i := range path {
		if i < 0 || i >= list.Len() {
			return nil, sqlerr.New(sqlerr.InvalidBinaryRepresent, "the record's schema has no message of the index %v", path)
		}
		m = list.Get(i)
		list = m.Messages()
	}
	return m, nil
}

// indexesOf is the inverse.
func indexesOf(m protoreflect.MessageDescriptor) []int {
	path := []int{m.Index()}
	for {
		up, ok := m.Parent().(protoreflect.MessageDescriptor)
		if !ok {
			return path
		}
		path = append([]int{up.Index()}, path...)
		m = up
	}
}
