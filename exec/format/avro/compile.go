package avro

import (
	"slices"

	"github.com/hamba/avro/v2"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/internal/sqlerr"
)

// program reads records of one writer's schema into the wanted columns.
type program struct {
	steps   []step
	defs    []preset // wanted columns that the writer does not have
	columns int
	root    *skipper // of the whole record
}

// step is one of the writer's fields: read into column col, or stepped over.
type step struct {
	read *reader
	skip *skipper
	col  int
	name string
}

// preset is a column with a value of its own: a default in Avro's encoding, or
// NULL when read is nil.
type preset struct {
	col  int
	read *reader
	data []byte
}

// maxSchemaText bounds the text of a schema.
const maxSchemaText = 4 << 20

// parse reads a schema's text.
func parse(text string) (avro.Schema, error) {
	if len(text) > maxSchemaText {
		return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "an Avro schema of %d bytes is too long", len(text))
	}
	s, err := avro.ParseWithCache(text, "", &avro.SchemaCache{})
	if err != nil {
		return nil, sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "invalid Avro schema: %s", err)
	}
	return s, nil
}

// deref follows a reference to a named type.
func deref(s avro.Schema) avro.Schema {
	for {
		r, ok := s.(*avro.RefSchema)
		if !ok {
			return s
		}
		s = r.Schema()
	}
}

// record looks through ["null", record].
func record(s avro.Schema) (*avro.RecordSchema, bool) {
	r, ok := deref(s).(*avro.RecordSchema)
	return r, ok
}

// compiler makes programs.
type compiler struct {
	skips skippers
}

// compile makes the program that reads records of writer into want. readerSchema
// may be nil.
func compile(writer, readerSchema avro.Schema, want []catalog.Column) (*program, error) {
	c := &compiler{skips: skippers{}}
	p := &program{columns: len(want), root: c.skips.of(writer)}
	w, ok := record(writer)
	if !ok {
		return c.lone(deref(writer), want)
	}
	var reader *avro.RecordSchema
	if readerSchema != nil {
		if reader, ok = record(readerSchema); !ok {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "the reader's Avro schema is not a record")
		}
	}
	names := make([]string, len(want))
	types := make([]catalog.Type, len(want))
	for i, f := range want {
		names[i], types[i] = f.Name, f.Type
	}
	var err error
	p.steps, p.defs, err = c.fields(w, reader, names, types)
	return p, err
}

// lone is the program of records that are no record: the one column is the value.
func (c *compiler) lone(w avro.Schema, want []catalog.Column) (*program, error) {
	switch len(want) {
	case 0:
		return &program{steps: []step{{skip: c.skips.of(w), col: -1}}, root: c.skips.of(w)}, nil
	case 1:
		r, err := c.reader(w, nil, want[0].Type)
		return &program{steps: []step{{read: r, name: want[0].Name}}, columns: 1, root: c.skips.of(w)}, err
	}
	return nil, sqlerr.New(sqlerr.DatatypeMismatch, "the Avro schema is of type %s, not a record of the table's columns", w.Type())
}

// fields pairs a record's fields with the wanted names.
func (c *compiler) fields(w, reader *avro.RecordSchema, names []string, types []catalog.Type) ([]step, []preset, error) {
	writers := w.Fields()
	taken := make([]int, len(writers)) // the wanted column, plus one
	var defs []preset
	for col, name := range names {
		var rf *avro.Field
		if reader != nil {
			if i := slices.IndexFunc(reader.Fields(), func(f *avro.Field) bool { return f.Name() == name }); i >= 0 {
				rf = reader.Fields()[i]
			}
		}
		i := find(writers, name, rf)
		if i >= 0 && taken[i] == 0 {
			taken[i] = col + 1
			continue
		}
		d := preset{col: col}
		if rf != nil && rf.HasDefault() {
			var err error
			if d.data, err = appendDefault(nil, rf.Type(), rf.Default()); err != nil {
				return nil, nil, scalar.Within("field", name, err)
			}
			if d.read, err = c.reader(rf.Type(), nil, types[col]); err != nil {
				return nil, nil, scalar.Within("field", name, err)
			}
		}
		defs = append(defs, d)
	}
	var steps []step
	for i, f := range writers {
		if taken[i] == 0 {
			steps = append(steps, step{skip: c.skips.of(f.Type()), col: -1, name: f.Name()})
			continue
		}
		col := taken[i] - 1
		var sub avro.Schema
		if reader != nil {
			if j := slices.IndexFunc(reader.Fields(), func(r *avro.Field) bool { return r.Name() == names[col] }); j >= 0 {
				sub = reader.Fields()[j].Type()
			}
		}
		r, err := c.reader(f.Type(), sub, types[col])
		if err != nil {
			return nil, nil, scalar.Within("field", names[col], err)
		}
		steps = append(steps, step{read: r, col: col, name: names[col]})
	}
	return steps, defs, nil
}

// find gives the writer's field of a column: by name, or by the aliases that the
// reader's field has.
func find(writers []*avro.Field, name string, rf *avro.Field) int {
	i := slices.IndexFunc(writers, func(f *avro.Field) bool { return f.Name() == name })
	if i >= 0 || rf == nil {
		return i
	}
	return slices.IndexFunc(writers, func(f *avro.Field) bool { return slices.Contains(rf.Aliases(), f.Name()) })
}

// nonNull gives the only branch of a union beside null, for pairing nested
// reader schemas.
func nonNull(s avro.Schema) avro.Schema {
	if s == nil {
		return nil
	}
	s = deref(s)
	u, ok := s.(*avro.UnionSchema)
	if !ok {
		return s
	}
	var only avro.Schema
	for _, t := range u.Types() {
		if t.Type() == avro.Null {
			continue
		}
		if only != nil {
			return nil
		}
		only = deref(t)
	}
	return only
}

// reader makes what reads values of schema w into columns of type t; sub is the
// reader's schema of it, or nil.
func (c *compiler) reader(w, sub avro.Schema, t catalog.Type) (*reader, error) {
	w = deref(w)
	sub = nonNull(sub)
	if u, ok := w.(*avro.UnionSchema); ok {
		return c.union(u, sub, t)
	}
	r := &reader{typ: t}
	switch w := w.(type) {
	case *avro.RecordSchema:
		if t.Kind == catalog.Row {
			return c.row(r, w, sub, t)
		}
	case *avro.ArraySchema:
		if t.Kind == catalog.Array {
			var items avro.Schema
			if a, ok := sub.(*avro.ArraySchema); ok {
				items = a.Items()
			}
			elem, err := c.reader(w.Items(), items, *t.Elem)
			if err != nil {
				return nil, scalar.Within("element", "of the array", err)
			}
			r.kind, r.kids = readArray, []*reader{elem}
			return r, nil
		}
	case *avro.MapSchema:
		if t.Kind == catalog.Map {
			return c.dict(r, w, sub, t)
		}
	case *avro.EnumSchema:
		for _, s := range w.Symbols() {
			r.symbols = append(r.symbols, []byte(s))
		}
		r.kind = readEnum
		return r, r.asText(t)
	default:
		return r, r.primitive(w, t)
	}
	return nil, mismatch(w, t)
}

func (c *compiler) row(r *reader, w *avro.RecordSchema, sub avro.Schema, t catalog.Type) (*reader, error) {
	names := make([]string, len(t.Fields))
	types := make([]catalog.Type, len(t.Fields))
	for i, f := range t.Fields {
		names[i], types[i] = f.Name, f.Type
	}
	inner, _ := sub.(*avro.RecordSchema)
	var err error
	r.kind = readRow
	r.steps, r.defs, err = c.fields(w, inner, names, types)
	return r, err
}

func (c *compiler) dict(r *reader, w *avro.MapSchema, sub avro.Schema, t catalog.Type) (*reader, error) {
	key := &reader{typ: *t.Key, kind: readText}
	if err := key.asText(*t.Key); err != nil {
		return nil, err
	}
	var values avro.Schema
	if m, ok := sub.(*avro.MapSchema); ok {
		values = m.Values()
	}
	val, err := c.reader(w.Values(), values, *t.Elem)
	if err != nil {
		return nil, scalar.Within("element", "of the map", err)
	}
	r.kind, r.kids = readMap, []*reader{key, val}
	return r, nil
}

// union makes a reader for each branch. A branch that t cannot hold is refused
// when a record has it; if that is so of all, the schema is refused.
func (c *compiler) union(u *avro.UnionSchema, sub avro.Schema, t catalog.Type) (*reader, error) {
	r := &reader{typ: t, kind: readUnion}
	var first error
	good := 0
	for _, b := range u.Types() {
		b = deref(b)
		if b.Type() == avro.Null {
			r.kids = append(r.kids, &reader{typ: t, kind: readNull})
			continue
		}
		k, err := c.reader(b, sub, t)
		if err != nil {
			if first == nil {
				first = err
			}
			k = &reader{typ: t, kind: readRefused, refusal: err}
		} else {
			good++
		}
		r.kids = append(r.kids, k)
	}
	if good == 0 && first != nil {
		return nil, first
	}
	return r, nil
}

// mismatch says that a schema's values cannot stand in a column.
func mismatch(w avro.Schema, t catalog.Type) error {
	name := string(w.Type())
	if l := logical(w); l != "" {
		name += " (" + string(l) + ")"
	}
	return sqlerr.New(sqlerr.DatatypeMismatch, "Avro type %s cannot be read as %s", name, t)
}

// logical gives a schema's logical type, or nothing.
func logical(w avro.Schema) avro.LogicalType {
	if l, ok := w.(avro.LogicalTypeSchema); ok && l.Logical() != nil {
		return l.Logical().Type()
	}
	return ""
}
