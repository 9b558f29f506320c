package avro

import (
	"encoding/binary"
	"strconv"

	"github.com/hamba/avro/v2"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/schemaregistry"
	"github.com/penstock/penstock/internal/sqlerr"
)

func itoa(v int32) string { return strconv.Itoa(int(v)) }

// Encoder writes rows as records. It is used by one goroutine.
type Encoder struct {
	text     string // of the schema
	members  []member
	registry *schemaregistry.Client
	subject  string
	prefix   []byte // a zero byte and the schema's id, once it is registered
}

// NewEncoder makes an encoder of the given fields. A schema is registered with the
// first row.
func NewEncoder(fields []catalog.Column, o Options) (*Encoder, error) {
	e := &Encoder{text: o.Schema, subject: o.Subject}
	var err error
	if e.text == "" {
		if e.text, err = derive(fields); err != nil {
			return nil, err
		}
	}
	s, err := parse(e.text)
	if err != nil {
		return nil, err
	}
	r, ok := s.(*avro.RecordSchema)
	if !ok {
		return nil, sqlerr.New(sqlerr.InvalidParameterValue, "the Avro schema is not a record")
	}
	names := make([]string, len(fields))
	types := make([]catalog.Type, len(fields))
	for i, f := range fields {
		names[i], types[i] = f.Name, f.Type
	}
	if e.members, err = newMembers(r, names, types); err != nil {
		return nil, err
	}
	if o.Registry.URL != "" {
		if o.Subject == "" {
			return nil, sqlerr.New(sqlerr.InvalidParameterValue, "option %q is missing", confluent+".subject")
		}
		e.registry, err = schemaregistry.New(o.Registry)
	}
	return e, err
}

// Encode appends the record of a row.
func (e *Encoder) Encode(dst []byte, b *exec.Batch, row int) ([]byte, error) {
	if e.registry != nil && e.prefix == nil {
		id, err := e.registry.Register(e.subject, "AVRO", e.text)
		if err != nil {
			return dst, err
		}
		e.prefix = binary.BigEndian.AppendUint32([]byte{0}, uint32(id))
	}
	start := len(dst)
	dst, err := appendFields(append(dst, e.prefix...), e.members, b.Cols, row)
	if err != nil {
		return dst[:start], err
	}
	return dst, nil
}
