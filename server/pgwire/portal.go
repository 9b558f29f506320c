package pgwire

import (
	"context"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/server/session"
)

// portal is a statement with its arguments, ready to run or running. A cursor
// is a portal whose statement is the query of DECLARE.
type portal struct {
	name    string
	st      *statement
	args    []session.Arg
	formats []int16 // of the columns: none, one for all, or one each
	// rows is the running query, nil before the first Execute and for
	// statements that are state of the protocol.
	rows *rows
	enc  encoder
	// begun and done tell whether the statement was started and has ended; sent
	// counts the rows given, left those that a FETCH may still give (allRows: no limit).
	begun, done bool
	sent, left  int64
	// inner runs for EXECUTE.
	inner *portal
	// level is the number of savepoints when the portal was made; hold is WITH
	// HOLD, and kept that the cursor has outlived its transaction.
	level      int
	hold, kept bool
	running    bool
	// describe tells that the columns are still to be told, before the first
	// row: the simple protocol does so when the query has started.
	describe bool
}

// allRows is no limit.
const allRows = -1

// rows is a running query and how far its rows have been given.
type rows struct {
	res    session.Result
	cancel context.CancelFunc
	batch  *exec.Batch // valid until the next Next; nil at first
	at     int         // the next row of batch
	done   bool
	// patience, when set, bounds waiting for rows but not taking those that
	// are ready: the timeout of a FETCH.
	patience context.Context
}

func (r *rows) close() error {
	err := r.res.Close()
	r.cancel()
	r.batch = nil
	return err
}

// close ends the portal's query. An error of Close comes too late to be told:
// all rows that the client wanted were given.
func (p *portal) close() {
	p.done = true
	if p.rows != nil {
		_ = p.rows.close()
		p.rows = nil
	}
	if p.inner != nil {
		p.inner.close()
	}
}

// start runs the plan of a portal. The query lives until it is closed, but ctx
// ends it while it starts.
func (c *conn) start(ctx context.Context, p *portal) error {
	life, cancel := context.WithCancel(c.ctx)
	stop := context.AfterFunc(ctx, cancel)
	res, err := p.st.inner.Run(life, p.args)
	if !stop() && err == nil {
		err = ctx.Err()
		_ = res.Close()
	}
	if err != nil {
		cancel()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return err
	}
	p.rows = &rows{res: res, cancel: cancel}
	return nil
}

// addPortal enters a portal under its name.
func (c *conn) addPortal(p *portal) error {
	if old := c.portals[p.name]; old != nil {
		if p.name != "" {
			return sqlerr.New(sqlerr.DuplicateCursor, "cursor \"%s\" already exists", p.name)
		}
		c.dropPortal("")
	}
	if len(c.portals) >= maxPortals {
		return sqlerr.New(sqlerr.ConfigurationLimitExceeded, "too many portals and cursors are open, the limit is %d", maxPortals)
	}
	p.level = len(c.tx.savepoints)
	c.portals[p.name] = p
	return nil
}

func (c *conn) dropPortal(name string) {
	if p := c.portals[name]; p != nil {
		delete(c.portals, name)
		p.close()
	}
}

// columns are the names and types of rows, with the OIDs of those types that
// are PostgreSQL's only.
type columns struct {
	schema catalog.Schema // nil: no rows
	oids   []uint32
}

func columnsOf(p session.Prepared) columns {
	cols := columns{schema: p.Columns()}
	if t, ok := p.(session.TypeOIDs); ok {
		cols.oids = t.TypeOIDs()
	}
	return cols
}

// oid is the type of a column as the client sees it.
func (cs columns) oid(i int) uint32 {
	if i < len(cs.oids) && cs.oids[i] != 0 {
		return cs.oids[i]
	}
	return catalog.OID(cs.schema[i].Type)
}

// format of column i: 0 text, 1 binary.
func format(formats []int16, i int) int16 {
	switch len(formats) {
	case 0:
		return 0
	case 1:
		return formats[0]
	}
	return formats[i]
}

// checkFormats refuses what a client may not ask for.
func checkFormats(formats []int16, columns int) error {
	if len(formats) > 1 && len(formats) != columns {
		return sqlerr.New(sqlerr.ProtocolViolation, "bind message has %d result formats but query has %d columns", len(formats), columns)
	}
	for _, f := range formats {
		if f != 0 && f != 1 {
			return sqlerr.New(sqlerr.InvalidParameterValue, "unsupported format code: %d", f)
		}
	}
	return nil
}

// describeRows tells the columns once, where p has still to tell them.
func (c *conn) describeRows(p *portal, cols columns) {
	if p.describe {
		c.rowDescription(cols, p.formats)
		p.describe = false
	}
}

// rowDescription tells the client what the columns are.
func (c *conn) rowDescription(cols columns, formats []int16) {
	fields := make([]pgproto3.FieldDescription, len(cols.schema))
	for i, col := range cols.schema {
		oid, modifier := cols.oid(i), int32(-1)
		if oid == catalog.OID(col.Type) {
			modifier = catalog.TypMod(col.Type)
		}
		fields[i] = pgproto3.FieldDescription{
			Name: []byte(clean(col.Name)), DataTypeOID: oid, DataTypeSize: sizeOf(oid),
			TypeModifier: modifier, Format: format(formats, i),
		}
	}
	c.send(&pgproto3.RowDescription{Fields: fields})
}
