package avro

import (
	"encoding/binary"
	"errors"

	"github.com/hamba/avro/v2"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/exec/format/schemaregistry"
	"github.com/penstock/penstock/internal/sqlerr"
)

// maxPrograms bounds the writer's schemas for which a decoder keeps programs.
const maxPrograms = 1000

// Decoder fills columns from records. It is used by one goroutine.
type Decoder struct {
	want     []catalog.Column
	program  *program // of every record, or of the last id
	id       int32
	programs map[int32]compiled
	registry *schemaregistry.Client
	reader   avro.Schema // nil: the table alone
	cur      cursor
}

// compiled is a program, or why there is none.
type compiled struct {
	p   *program
	err error
}

// NewDecoder makes a decoder of the fields want; records hold those of all,
// unless a schema or a registry says otherwise.
func NewDecoder(all, want []catalog.Column, o Options) (*Decoder, error) {
	d := &Decoder{want: want, id: -1}
	var err error
	if o.Registry.URL != "" {
		if o.Schema != "" {
			if d.reader, err = parse(o.Schema); err != nil {
				return nil, err
			}
		}
		d.programs = map[int32]compiled{}
		d.registry, err = schemaregistry.New(o.Registry)
		return d, err
	}
	text := o.Schema
	if text == "" {
		if text, err = derive(all); err != nil {
			return nil, err
		}
	}
	s, err := parse(text)
	if err != nil {
		return nil, err
	}
	d.program, err = compile(s, s, want)
	return d, err
}

// Append adds the record in b as one row to cols.
func (d *Decoder) Append(b []byte, cols []*exec.Column) error {
	if len(b) > scalar.LongRecord {
		if err := scalar.Room(cols, len(b)); err != nil {
			return err
		}
	}
	if d.registry != nil {
		if len(b) < 5 || b[0] != 0 {
			return sqlerr.New(sqlerr.InvalidBinaryRepresent, "the record does not begin with a schema's id (a zero byte and four more)")
		}
		if id := int32(binary.BigEndian.Uint32(b[1:])); id != d.id {
			if err := d.turn(id); err != nil {
				return err
			}
		}
		b = b[5:]
	}
	d.cur = cursor{b: b}
	return d.program.append(&d.cur, cols)
}

// append reads one record and sees that nothing is left.
func (p *program) append(c *cursor, cols []*exec.Column) error {
	n := 0
	if len(cols) > 0 {
		n = cols[0].Len()
	}
	err := run(p.steps, p.defs, cols, c)
	if err == nil && c.i < len(c.b) {
		err = sqlerr.New(sqlerr.InvalidBinaryRepresent, "the Avro record has %d bytes more than its schema", len(c.b)-c.i)
	}
	if err != nil {
		scalar.RollbackAll(cols, n)
	}
	return err
}

// turn takes the program of another schema.
func (d *Decoder) turn(id int32) error {
	k, ok := d.programs[id]
	if !ok {
		k.p, k.err = d.fetch(id)
		if e, ok := errors.AsType[*sqlerr.Error](k.err); ok && e.Code[:2] == "08" || sqlerr.CodeOf(k.err) == sqlerr.InvalidBinaryRepresent {
			return k.err // may be otherwise the next time
		}
		if len(d.programs) >= maxPrograms {
			clear(d.programs)
		}
		d.programs[id] = k
	}
	if k.err != nil {
		return k.err
	}
	d.program, d.id = k.p, id
	return nil
}

// fetch asks for a schema and compiles it.
func (d *Decoder) fetch(id int32) (*program, error) {
	s, err := d.registry.ByID(id)
	if err != nil {
		return nil, err
	}
	if s.Type != "AVRO" {
		return nil, sqlerr.New(sqlerr.DatatypeMismatch, "schema %d is of type %s, not AVRO", id, s.Type)
	}
	w, err := parseAll(s)
	if err != nil {
		return nil, err
	}
	p, err := compile(w, d.reader, d.want)
	if err != nil {
		e := *sqlerr.From(err)
		e.Message = "schema " + itoa(id) + ": " + e.Message
		return nil, &e
	}
	return p, nil
}

// parseAll parses a schema with those it refers to.
func parseAll(s *schemaregistry.Schema) (avro.Schema, error) {
	if len(s.References) == 0 {
		return parse(s.Text)
	}
	cache := &avro.SchemaCache{}
	for _, r := range s.References {
		if _, err := avro.ParseWithCache(r.Text, "", cache); err != nil {
			return nil, sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "invalid Avro schema %q: %s", r.Name, err)
		}
	}
	w, err := avro.ParseWithCache(s.Text, "", cache)
	if err != nil {
		return nil, sqlerr.Wrap(err, sqlerr.InvalidParameterValue, "invalid Avro schema %d: %s", s.ID, err)
	}
	return w, nil
}
