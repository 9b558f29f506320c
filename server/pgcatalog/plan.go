package pgcatalog

import (
	"context"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// maxRows bounds the rows at any step of a query, and with them its memory.
const maxRows = 100_000

// maxParams is the highest $n, as in the wire protocol.
const maxParams = 65535

func tooManyRows() error {
	return sqlerr.New(sqlerr.ProgramLimitExceeded, "a catalogue query may have no more than %d rows at any step", maxRows)
}

// Env is what a session lends to its catalogue queries.
type Env struct {
	// Catalog is the snapshot that the tables show.
	Catalog *catalog.Version
	// User and Database are what the client connected as and to. ServerVersion
	// is as server_version has it: 15.0. Version is what version() gives, made of
	// ServerVersion where it is empty. PID is the connection's.
	User, Database, ServerVersion, Version string
	PID                                    int32
	// Settings lists all settings; Setting finds one; SetSetting changes one
	// (set_config). Nil functions mean that there are none.
	Settings   func() []catalog.SettingValue
	Setting    func(name string) (string, bool)
	SetSetting func(name, value string) error
	// Functions are those of users, for pg_proc.
	Functions []Function
	// Builtins are the functions that every session has, for pg_proc, in an order
	// that does not change while a process runs.
	Builtins []catalog.Signature
}

// Function is a function that a user has made.
type Function struct {
	Name     string
	Args     []catalog.Column
	Returns  catalog.Type
	Language string
	Body     string
}

// compiler turns syntax into plans.
type compiler struct {
	db     *database
	params []uint32
	ctes   []map[string]*query
}

// Plan is a compiled catalogue query. It shows the catalog of its Env: plan
// anew when that has changed.
type Plan struct {
	env    *Env
	db     *database
	q      *query
	params []uint32
	schema catalog.Schema
	oids   []uint32
	// written are the columns that go out as the text of their values.
	written []bool
}

// run is one execution of a Plan.
type run struct {
	ctx    context.Context
	env    *Env
	db     *database
	params []any
	now    time.Time
	ctes   map[*query][][]any
	ticks  int
}

// count checks the bound on rows, and now and then whether to stop.
func (r *run) count(n int) error {
	if n > maxRows {
		return tooManyRows()
	}
	r.ticks++
	if r.ticks&255 == 0 {
		return r.ctx.Err()
	}
	return nil
}

// cached runs a WITH query once.
func (r *run) cached(q *query) ([][]any, error) {
	if rows, ok := r.ctes[q]; ok {
		return rows, nil
	}
	rows, err := q.rows(&frame{run: r})
	if err == nil {
		r.ctes[q] = rows
	}
	return rows, err
}

// Prepare compiles a query that Handles is true of. types are those that the
// client gave its parameters, as far as it did.
func Prepare(q *parser.Query, env *Env, types []catalog.Type) (*Plan, error) {
	if p := userRelation(q); p != nil {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "catalogue relations cannot be queried together with \"%s\"", dotted(p.Name)).At(p.Name.Pos())
	}
	db := newDatabase(env)
	c := &compiler{db: db}
	if len(types) > maxParams {
		return nil, sqlerr.New(sqlerr.ProgramLimitExceeded, "too many parameters")
	}
	for _, t := range types {
		c.params = append(c.params, catalog.OID(t))
	}
	out, err := c.query(q, nil)
	if err != nil {
		return nil, err
	}
	p := &Plan{env: env, db: db, q: out, params: c.params}
	for i, t := range p.params {
		if t == tUnknown {
			p.params[i] = tText
		}
	}
	for _, col := range out.cols {
		t, written := sqlType(col.typ)
		p.schema = append(p.schema, catalog.Column{Name: col.name, Type: t})
		p.written = append(p.written, written)
		p.oids = append(p.oids, col.typ)
	}
	if p.schema == nil {
		p.schema = catalog.Schema{}
	}
	return p, nil
}

// sqlType is the type of ours that a column is held in; written when it is as
// text.
func sqlType(t uint32) (_ catalog.Type, written bool) {
	switch t {
	case tOID, tXID, tCID:
		return catalog.Of(catalog.BigInt), false
	case tText, tName, tVarchar, tBPChar, tChar:
		return catalog.Of(catalog.Varchar), false
	case tBool, tInt2, tInt4, tInt8, tFloat4, tFloat8, tDate, tTimestamp, tTimestampTZ, tNumeric, tJSON:
		u, _ := catalog.FromOID(t)
		return u, false
	case tInt2Vector, tOIDVector, tAnyArray:
		return catalog.Of(catalog.Varchar), true
	}
	if elem := elementType(t); elem != 0 {
		if u, written := sqlType(elem); !written {
			return catalog.ArrayOf(u), false
		}
	}
	return catalog.Of(catalog.Varchar), true
}

// Columns are the names and types of the result.
func (p *Plan) Columns() catalog.Schema { return p.schema }

// TypeOIDs are the types of the columns as PostgreSQL has them.
func (p *Plan) TypeOIDs() []uint32 { return p.oids }

// Params are the types of the parameters.
func (p *Plan) Params() []catalog.Type {
	out := make([]catalog.Type, len(p.params))
	for i, t := range p.params {
		out[i], _ = sqlType(t)
	}
	return out
}

// Run gives all rows. args are the parameters in text, nil for NULL.
func (p *Plan) Run(ctx context.Context, args []*string) (*exec.Batch, error) {
	if len(args) != len(p.params) {
		return nil, sqlerr.New(sqlerr.ProtocolViolation, "wrong number of parameters: the statement has %d, %d are given", len(p.params), len(args))
	}
	r := &run{ctx: ctx, env: p.env, db: p.db, now: time.Now(), ctes: map[*query][][]any{}}
	for i, a := range args {
		if a == nil {
			r.params = append(r.params, nil)
			continue
		}
		v, err := p.db.parse(*a, p.params[i])
		if err != nil {
			return nil, err
		}
		r.params = append(r.params, v)
	}
	rows, err := p.q.rows(&frame{run: r})
	if err != nil {
		return nil, err
	}
	b := &exec.Batch{Cols: make([]*exec.Column, len(p.schema)), N: len(rows), Split: -1}
	for i, col := range p.schema {
		b.Cols[i] = exec.NewColumnOf(col.Type)
		for _, row := range rows {
			if err := p.append(b.Cols[i], row[i], i); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

func (p *Plan) append(c *exec.Column, v any, i int) error {
	if v != nil && p.written[i] {
		v = p.db.text(v, p.oids[i], p.q.cols[i].fields)
	}
	return appendValue(c, v)
}

func appendValue(c *exec.Column, v any) error {
	switch v := v.(type) {
	case nil:
		c.AppendNull()
		return nil
	case bool:
		if c.Layout == exec.Bools {
			c.AppendBool(v)
			return nil
		}
	case int64:
		switch c.Layout {
		case exec.Ints:
			c.AppendInt(v)
			return nil
		case exec.Floats:
			c.AppendFloat(float64(v))
			return nil
		case exec.Decimals:
			c.AppendDecimal(datum.DecimalFromInt64(v))
			return nil
		}
	case float64:
		switch c.Layout {
		case exec.Floats:
			c.AppendFloat(v)
			return nil
		case exec.Decimals:
			d, err := datum.DecimalFromFloat64(v)
			if err != nil {
				return err
			}
			c.AppendDecimal(d)
			return nil
		}
	case string:
		if c.Layout == exec.Strings {
			c.AppendString(v)
			return nil
		}
	case *array:
		if c.Layout == exec.List {
			for _, e := range v.elems {
				if err := appendValue(c.Kids[0], e); err != nil {
					return err
				}
			}
			c.EndList()
			return nil
		}
	}
	return sqlerr.New(sqlerr.InternalError, "a catalogue value of %T does not fit its column", v)
}
