package pgwire

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/penstock/penstock/parser"
)

// query answers a Query message.
func (c *conn) query(text string) {
	c.statementsOf(text)
	c.finishQuery()
}

// statementsOf runs all statements of a text in turn, up to the first error.
func (c *conn) statementsOf(text string) {
	delete(c.statements, "")
	c.dropPortal("")
	stmts, err := c.sess.Parse(text)
	if err != nil {
		c.fail(err, whole(text))
		return
	}
	if len(stmts) == 0 {
		c.send(&pgproto3.EmptyQueryResponse{})
		return
	}
	c.tx.implicit = len(stmts) > 1 && !c.tx.block
	for _, ast := range stmts {
		if err := c.simple(text, ast); err != nil {
			c.fail(err, whole(text))
			return
		}
		if c.broken != nil || context.Cause(c.ctx) != nil {
			return
		}
	}
}

// finishQuery ends what a Query or a series up to Sync has begun.
func (c *conn) finishQuery() {
	c.tx.implicit = false
	if !c.tx.block {
		c.endTransaction(true)
	}
	c.ready()
}

// simple runs one statement to its end.
func (c *conn) simple(text string, ast parser.Statement) error {
	ctx, end := c.command()
	defer end()
	if err := c.tx.allowed(ast); err != nil {
		return err
	}
	st, err := c.prepare(ctx, text, ast, nil)
	if err != nil {
		return causeOf(ctx, err)
	}
	if len(st.params) > 0 {
		return undefinedParameter()
	}
	p := &portal{name: noPortal, st: st, level: len(c.tx.savepoints), describe: true}
	defer p.close()
	if f, ok := ast.(*parser.Fetch); ok {
		if cur := c.portals[f.Cursor.Text]; cur != nil {
			p.formats = cur.formats // BINARY
		}
	}
	o, err := c.run(ctx, p, allRows)
	if err != nil {
		return err
	}
	if o.suspended { // only because the client goes
		return errClientGone
	}
	c.finish(o)
	return nil
}

// causeOf prefers the reason for which ctx ended.
func causeOf(ctx context.Context, err error) error {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
