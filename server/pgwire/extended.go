package pgwire

import (
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

func undefinedParameter() error {
	return sqlerr.New(sqlerr.UndefinedParameter, "there is no parameter $1").
		Hint("parameters have values in the extended protocol only")
}

// parse answers Parse: it makes a statement.
func (c *conn) parse(m *pgproto3.Parse) error {
	ctx, end := c.command()
	defer end()
	if m.Name == "" {
		delete(c.statements, "")
	}
	stmts, err := c.sess.Parse(m.Query)
	if err != nil {
		return err
	}
	var ast parser.Statement
	switch len(stmts) {
	case 0:
	case 1:
		ast = stmts[0]
	default:
		return sqlerr.New(sqlerr.SyntaxError, "cannot insert multiple commands into a prepared statement")
	}
	if ast != nil {
		if err := c.tx.allowed(ast); err != nil {
			return err
		}
	}
	st, err := c.prepare(ctx, m.Query, ast, m.ParameterOIDs)
	if err != nil {
		return causeOf(ctx, err)
	}
	if err := c.addStatement(m.Name, st); err != nil {
		return err
	}
	c.send(&pgproto3.ParseComplete{})
	return nil
}

// addStatement enters a statement under its name; only the unnamed one may be
// replaced.
func (c *conn) addStatement(name string, st *statement) error {
	if name != "" {
		if c.statements[name] != nil {
			return sqlerr.New(sqlerr.DuplicatePreparedStatement, "prepared statement \"%s\" already exists", name)
		}
		if len(c.statements) >= maxStatements {
			return sqlerr.New(sqlerr.ConfigurationLimitExceeded, "too many prepared statements, the limit is %d", maxStatements)
		}
	}
	c.statements[name] = st
	return nil
}

func (c *conn) statement(name string) (*statement, error) {
	if st := c.statements[name]; st != nil {
		return st, nil
	}
	if name == "" {
		return nil, sqlerr.New(sqlerr.InvalidStatementName, "unnamed prepared statement does not exist")
	}
	return nil, sqlerr.New(sqlerr.InvalidStatementName, "prepared statement \"%s\" does not exist", name)
}

// bind answers Bind: it makes a portal.
func (c *conn) bind(m *pgproto3.Bind) error {
	st, err := c.statement(m.PreparedStatement)
	if err != nil {
		return err
	}
	if st.ast != nil {
		if err := c.tx.allowed(st.ast); err != nil {
			return err
		}
	}
	args, err := c.args(m, st)
	if err != nil {
		return err
	}
	if cols := c.columns(st); cols.schema != nil {
		if err := checkFormats(m.ResultFormatCodes, len(cols.schema)); err != nil {
			return err
		}
	}
	p := &portal{name: m.DestinationPortal, st: st, args: args, formats: m.ResultFormatCodes}
	if err := c.addPortal(p); err != nil {
		return err
	}
	c.send(&pgproto3.BindComplete{})
	return nil
}

// describe answers Describe of a statement or portal.
func (c *conn) describe(m *pgproto3.Describe) error {
	var st *statement
	var formats []int16
	switch m.ObjectType {
	case 'S':
		var err error
		if st, err = c.statement(m.Name); err != nil {
			return err
		}
		c.send(&pgproto3.ParameterDescription{ParameterOIDs: st.oids})
	case 'P':
		p := c.portals[m.Name]
		if p == nil {
			return noSuchPortal(m.Name)
		}
		st, formats = p.st, p.formats
	default:
		return sqlerr.New(sqlerr.ProtocolViolation, "invalid DESCRIBE message subtype %d", m.ObjectType)
	}
	if c.tx.failed && c.columns(st).schema != nil {
		return errAborted
	}
	cols := c.columns(st)
	if cols.schema == nil {
		c.send(&pgproto3.NoData{})
		return nil
	}
	c.rowDescription(cols, formats)
	return nil
}

func noSuchPortal(name string) error {
	return sqlerr.New(sqlerr.InvalidCursorName, "portal \"%s\" does not exist", name)
}

// executePortal answers Execute. The source is the portal's text.
func (c *conn) executePortal(m *pgproto3.Execute) (source, error) {
	p := c.portals[m.Portal]
	if p == nil {
		return source{}, noSuchPortal(m.Portal)
	}
	ctx, end := c.command()
	defer end()
	limit := int64(allRows)
	if m.MaxRows > 0 && m.MaxRows <= 1<<31-1 {
		limit = int64(m.MaxRows)
	}
	p.running = true
	o, err := c.run(ctx, p, limit)
	p.running = false
	if err != nil {
		return p.st.src, err
	}
	c.finish(o)
	return source{}, nil
}

// close answers Close; what does not exist is closed already.
func (c *conn) close(m *pgproto3.Close) error {
	switch m.ObjectType {
	case 'S':
		delete(c.statements, m.Name)
	case 'P':
		c.dropPortal(m.Name)
	default:
		return sqlerr.New(sqlerr.ProtocolViolation, "invalid CLOSE message subtype %d", m.ObjectType)
	}
	c.send(&pgproto3.CloseComplete{})
	return nil
}

// sync ends a series of messages of the extended protocol.
func (c *conn) sync() {
	c.skipping = false
	c.finishQuery()
}
