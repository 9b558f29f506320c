package protobuf

import (
	"encoding/binary"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/scalar"
	"github.com/penstock/penstock/exec/format/schemaregistry"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Bounds of records with a schema's id.
const (
	// maxPrograms bounds the messages for which a decoder keeps programs.
	maxPrograms = 1000
	// maxIndexes bounds how deep the message of a record is nested in its schema.
	maxIndexes = 16
)

// Decoder fills columns from messages. It is used by one goroutine.
type Decoder struct {
	opts     Options
	names    []string
	types    []catalog.Type
	program  *program // of every record, or of the last id
	head     string   // the id and indexes that program is for
	programs map[string]compiled
	registry *schemaregistry.Client
}

// compiled is a program, or why there is none.
type compiled struct {
	p   *program
	err error
}

// NewDecoder makes a decoder of the fields want.
func NewDecoder(want []catalog.Column, o Options) (*Decoder, error) {
	d := &Decoder{opts: o}
	for _, f := range want {
		d.names, d.types = append(d.names, f.Name), append(d.types, f.Type)
	}
	var err error
	if o.Registry.URL != "" {
		d.programs = map[string]compiled{}
		d.registry, err = schemaregistry.New(o.Registry)
		return d, err
	}
	_, md, err := load(&o)
	if err != nil {
		return nil, err
	}
	for _, name := range d.names {
		if find(md, name) == nil {
			return nil, sqlerr.New(sqlerr.UndefinedColumn, "message %q has no field %q", md.FullName(), name)
		}
	}
	d.program, err = compile(md, d.names, d.types, o.Defaults)
	return d, err
}

// Append adds the message in b as one row to cols.
func (d *Decoder) Append(b []byte, cols []*exec.Column) error {
	if len(b) > scalar.LongRecord {
		if err := scalar.Room(cols, len(b)); err != nil {
			return err
		}
	}
	if d.registry != nil {
		n, err := headLen(b)
		if err != nil {
			return err
		}
		if string(b[:n]) != d.head {
			if err := d.turn(b[:n]); err != nil {
				return err
			}
		}
		b = b[n:]
	}
	n := 0
	if len(cols) > 0 {
		n = cols[0].Len()
	}
	if err := d.program.row(b, cols); err != nil {
		scalar.RollbackAll(cols, n)
		return err
	}
	return nil
}

func errHead() error {
	return sqlerr.New(sqlerr.InvalidBinaryRepresent, "the record does not begin with a schema's id and a message's indexes")
}

// headLen gives the length of what stands before the message.
func headLen(b []byte) (int, error) {
	if len(b) < 6 || b[0] != 0 {
		return 0, errHead()
	}
	n, k := binary.Varint(b[5:])
	if k <= 0 || n < 0 || n > maxIndexes {
		return 0, errHead()
	}
	at := 5 + k
	for range n {
		_, k := binary.Varint(b[at:])
		if k <= 0 {
			return 0, errHead()
		}
		at += k
	}
	return at, nil
}

// turn takes the program of another head.
func (d *Decoder) turn(head []byte) error {
	k, ok := d.programs[string(head)]
	if !ok {
		k.p, k.err = d.fetch(head)
		if code := sqlerr.CodeOf(k.err); strings.HasPrefix(string(code), "08") || code == sqlerr.InvalidBinaryRepresent {
			return k.err // may be otherwise the next time
		}
		if len(d.programs) >= maxPrograms {
			clear(d.programs)
		}
		d.programs[string(head)] = k
	}
	if k.err != nil {
		return k.err
	}
	d.program, d.head = k.p, string(head)
	return nil
}

// fetch asks for a schema and compiles its message.
func (d *Decoder) fetch(head []byte) (*program, error) {
	s, err := d.registry.ByID(int32(binary.BigEndian.Uint32(head[1:])))
	if err != nil {
		return nil, err
	}
	if s.Type != "PROTOBUF" {
		return nil, sqlerr.New(sqlerr.DatatypeMismatch, "schema %d is of type %s, not PROTOBUF", s.ID, s.Type)
	}
	c, err := compileText(s.Text, s.References)
	if err != nil {
		return nil, err
	}
	var path []int
	n, k := binary.Varint(head[5:])
	for at := 5 + k; n > 0; n-- {
		i, k := binary.Varint(head[at:])
		path = append(path, int(i))
		at += k
	}
	if len(path) == 0 {
		path = []int{0} // the short form
	}
	md, err := atIndexes(c.file, path)
	if err != nil {
		return nil, err
	}
	return compile(md, d.names, d.types, d.opts.Defaults)
}
