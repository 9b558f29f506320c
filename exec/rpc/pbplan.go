package rpc

import (
	"context"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// pbPlan is a method and the fields that questions and answers go through.
type pbPlan struct {
	d      *definition
	method protoreflect.MethodDescriptor
	// prefix is the constant part of requests.
	prefix []byte
	// requestRows and responseRows lead to the repeated fields; empty where the
	// message itself is the question or the answer.
	requestRows, responseRows []protoreflect.FieldDescriptor
	// index leads from an answer (of a nested list: from what holds it) to the
	// number of its question; nil: answers stand in the order of the questions.
	index []protoreflect.FieldDescriptor
	// nested: responseRows has two repeated fields, the outer one a question each.
	nested bool

	arguments, columns []pair
}

func compileProto(ctx context.Context, fs *Functions, d *definition, l *link) (plan, error) {
	var m protoreflect.MethodDescriptor
	var err error
	if d.reflection {
		m, err = reflectMethod(ctx, d, l)
	} else {
		m, err = fs.compileFile(ctx, d)
	}
	if err != nil {
		return nil, err
	}
	p := &pbPlan{d: d, method: m}
	if err := p.rows(); err != nil {
		return nil, err
	}
	if p.arguments, err = mapping(d, "request.columns", d.fn.Args, "argument"); err != nil {
		return nil, err
	}
	if p.columns, err = mapping(d, "response.columns", d.fn.Returns, "column"); err != nil {
		return nil, err
	}
	if err := p.constants(); err != nil {
		return nil, err
	}
	all := make([]int, len(d.fn.Returns))
	for i := range all {
		all[i] = i
	}
	if _, err := p.codec(all); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *pbPlan) unary() bool { return len(p.requestRows) == 0 }

// rows resolves the paths of the repeated fields.
func (p *pbPlan) rows() error {
	v, pos := p.d.values, position(p.d.options)
	bad := func(key, format string, args ...any) error {
		return sqlerr.New(sqlerr.InvalidParameterValue, "invalid value for option '%s': '%s'", key, v.String(key)).Hint(format, args...).At(pos(key))
	}
	var err error
	if v.IsSet("request.rows") {
		if p.requestRows, err = resolvePath(p.method.Input(), v.String("request.rows"), true); err != nil {
			return bad("request.rows", "%s", message(err))
		}
		if n := lists(p.requestRows); n != 1 || !last(p.requestRows).IsList() {
			return bad("request.rows", "It must lead to a repeated field of %s, through messages that are not repeated.", p.method.Input().FullName())
		}
	}
	if v.IsSet("response.rows") {
		if p.responseRows, err = resolvePath(p.method.Output(), v.String("response.rows"), true); err != nil {
			return bad("response.rows", "%s", message(err))
		}
		n := lists(p.responseRows)
		if n < 1 || n > 2 || !last(p.responseRows).IsList() {
			return bad("response.rows", "It must lead to a repeated field of %s, through at most one other repeated field.", p.method.Output().FullName())
		}
		p.nested = n == 2
	}
	switch {
	case p.unary() && p.nested:
		return bad("response.rows", "One question a call has one list of answers.")
	case !p.unary() && len(p.responseRows) == 0:
		return sqlerr.New(sqlerr.InvalidParameterValue, "option 'response.rows' is missing").
			Hint("a request with 'request.rows' has a response with a repeated field").At(pos("request.rows"))
	case !v.IsSet("response.index"):
		return nil
	case p.unary():
		return bad("response.index", "A method without 'request.rows' takes one question, whose number is always 0.")
	}
	holder := p.indexHolder()
	if holder == nil {
		return bad("response.index", "The answers are no messages.")
	}
	if p.index, err = resolvePath(holder, v.String("response.index"), false); err != nil {
		return bad("response.index", "%s", message(err))
	}
	if _, _, ok := formOf(catalog.Of(catalog.BigInt), last(p.index), false); !ok {
		return bad("response.index", "It must be an integer.")
	}
	return nil
}

// indexHolder is the message that has the number of a question: the element of
// the first repeated field on the way to the answers.
func (p *pbPlan) indexHolder() protoreflect.MessageDescriptor {
	for _, f := range p.responseRows {
		if f.IsList() {
			return f.Message()
		}
	}
	return nil
}

func message(err error) string { return sqlerr.From(err).Message }

func last(path []protoreflect.FieldDescriptor) protoreflect.FieldDescriptor { return path[len(path)-1] }

// lists counts the repeated fields of a path.
func lists(path []protoreflect.FieldDescriptor) int {
	n := 0
	for _, f := range path {
		if f.IsList() {
			n++
		}
	}
	return n
}

// resolvePath finds the fields of a path like a.b.c. Without repeated only the
// last may be repeated.
func resolvePath(md protoreflect.MessageDescriptor, path string, repeated bool) ([]protoreflect.FieldDescriptor, error) {
	var out []protoreflect.FieldDescriptor
	for part := range strings.SplitSeq(path, ".") {
		if md == nil {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "%s has no fields", last(out).FullName())
		}
		f := md.Fields().ByName(protoreflect.Name(part))
		if f == nil {
			f = md.Fields().ByJSONName(part)
		}
		if f == nil {
			f = foldedField(md, part)
		}
		switch {
		case f == nil:
			return nil, unknownField(md, part)
		case f.IsMap() || f.Kind() == protoreflect.GroupKind:
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "field %s is a map or a group, which is not supported", f.FullName())
		}
		if len(out) > 0 && last(out).IsList() && !repeated {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "%s is repeated", last(out).FullName())
		}
		out = append(out, f)
		md = f.Message()
	}
	return out, nil
}

// foldedField finds a field by name without case: SQL names mostly come without.
func foldedField(md protoreflect.MessageDescriptor, name string) protoreflect.FieldDescriptor {
	for i := range md.Fields().Len() {
		if f := md.Fields().Get(i); strings.EqualFold(string(f.Name()), name) {
			return f
		}
	}
	return nil
}

func unknownField(md protoreflect.MessageDescriptor, name string) error {
	var names []string
	for i := range md.Fields().Len() {
		names = append(names, string(md.Fields().Get(i).Name()))
	}
	text := "its fields are: " + strings.Join(names, ", ")
	if s, ok := catalog.Suggest(name, names); ok {
		text = "did you mean " + strconv.Quote(s) + "?"
	}
	return sqlerr.New(sqlerr.InvalidParameterValue, "message %s has no field %q; %s", md.FullName(), name, text)
}

// wrappers are messages that stand for one scalar that may be absent.
func isWrapper(md protoreflect.MessageDescriptor) bool {
	if md == nil {
		return false
	}
	n := md.FullName()
	return n.Parent() == "google.protobuf" && strings.HasSuffix(string(n.Name()), "Value") && md.Fields().Len() == 1 &&
		md.Fields().Get(0).Name() == "value"
}

// constants writes the request.const.* options.
func (p *pbPlan) constants() error {
	given := p.d.values.Prefixed("request.const.")
	if len(given) == 0 {
		return nil
	}
	root := dynamicpb.NewMessage(p.method.Input())
	for _, o := range given {
		bad := func(err error) error {
			return sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "option 'request.const.%s': %s", o.Key, message(err)).At(o.KeyPos)
		}
		path, err := resolvePath(p.method.Input(), o.Key, false)
		if err != nil {
			return bad(err)
		}
		if len(p.requestRows) > 0 && last(path) == last(p.requestRows) {
			return bad(sqlerr.New(sqlerr.InvalidParameterValue, "the field takes the questions"))
		}
		var m protoreflect.Message = root
		for _, f := range path[:len(path)-1] {
			m = m.Mutable(f).Message()
		}
		if err := setConstant(m, last(path), o.Value); err != nil {
			return bad(err)
		}
	}
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(root)
	if err != nil {
		return sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "the constants of the request are no message: %v", err)
	}
	p.prefix = b
	return nil
}

// setConstant sets a field from its text; a repeated one takes several, parted by
// semicolons.
func setConstant(m protoreflect.Message, f protoreflect.FieldDescriptor, text string) error {
	if isWrapper(f.Message()) && !f.IsList() {
		return setConstant(m.Mutable(f).Message(), f.Message().Fields().Get(0), text)
	}
	if !f.IsList() {
		v, err := constant(f, text)
		if err == nil {
			m.Set(f, v)
		}
		return err
	}
	list := m.Mutable(f).List()
	for _, part := range splitList(text) {
		v, err := constant(f, part)
		if err != nil {
			return err
		}
		list.Append(v)
	}
	return nil
}

func constant(f protoreflect.FieldDescriptor, text string) (v protoreflect.Value, err error) {
	switch f.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(text), nil
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(text)), nil
	case protoreflect.BoolKind:
		b, err := strconv.ParseBool(text)
		return protoreflect.ValueOfBool(b), notA(err, f, text)
	case protoreflect.EnumKind:
		if e := f.Enum().Values().ByName(protoreflect.Name(text)); e != nil {
			return protoreflect.ValueOfEnum(e.Number()), nil
		}
		n, err := strconv.ParseInt(text, 10, 32)
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(n)), notA(err, f, text)
	case protoreflect.FloatKind:
		x, err := strconv.ParseFloat(text, 32)
		return protoreflect.ValueOfFloat32(float32(x)), notA(err, f, text)
	case protoreflect.DoubleKind:
		x, err := strconv.ParseFloat(text, 64)
		return protoreflect.ValueOfFloat64(x), notA(err, f, text)
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		n, err := strconv.ParseInt(text, 10, 32)
		return protoreflect.ValueOfInt32(int32(n)), notA(err, f, text)
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		n, err := strconv.ParseInt(text, 10, 64)
		return protoreflect.ValueOfInt64(n), notA(err, f, text)
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		n, err := strconv.ParseUint(text, 10, 32)
		return protoreflect.ValueOfUint32(uint32(n)), notA(err, f, text)
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		n, err := strconv.ParseUint(text, 10, 64)
		return protoreflect.ValueOfUint64(n), notA(err, f, text)
	}
	return v, sqlerr.New(sqlerr.FeatureNotSupported, "a constant for field %s, a message, is not supported; name a field within it", f.FullName())
}

func notA(err error, f protoreflect.FieldDescriptor, text string) error {
	if err == nil {
		return nil
	}
	return sqlerr.New(sqlerr.InvalidParameterValue, "%q is no value of field %s, a %s", text, f.FullName(), kindName(f))
}

// tagBytes is a field's number with a wire type.
func tagBytes(f protoreflect.FieldDescriptor, t protowire.Type) []byte {
	return protowire.AppendTag(nil, f.Number(), t)
}
