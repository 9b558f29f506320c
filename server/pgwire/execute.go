package pgwire

import (
	"context"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
)

// outcome is what an Execute has come to. An empty tag and not suspended is the
// empty query.
type outcome struct {
	tag       string
	suspended bool
}

// run executes a portal, up to limit rows (allRows: to the end).
func (c *conn) run(ctx context.Context, p *portal, limit int64) (outcome, error) {
	if err := c.tx.allowed(p.st.ast); err != nil {
		return outcome{}, err
	}
	switch s := p.st.ast.(type) {
	case nil:
		return outcome{}, nil
	case *parser.Fetch:
		return c.fetch(ctx, p, s, limit)
	case *parser.Execute:
		return c.runNamed(ctx, p, s, limit)
	}
	cols := c.columns(p.st)
	if cols.schema != nil {
		return c.query1(ctx, p, cols, limit)
	}
	if p.begun {
		return outcome{}, sqlerr.New(sqlerr.ObjectNotInPrerequisite, "portal \"%s\" cannot be run anymore", p.name)
	}
	p.begun, p.done = true, true
	tag, err := c.once(ctx, p)
	return outcome{tag: tag}, err
}

// once runs a statement without rows of its own.
func (c *conn) once(ctx context.Context, p *portal) (tag string, err error) {
	switch s := p.st.ast.(type) {
	case *parser.Transaction:
		return c.transaction(s, s.Span().Text(p.st.src.text))
	case *parser.Declare:
		return c.declare(ctx, p, s)
	case *parser.CloseCursor:
		return c.closeCursor(s)
	case *parser.Prepare:
		return "PREPARE", c.addStatement(s.Name.Text, p.st.target)
	case *parser.Deallocate:
		return c.deallocate(s)
	case *parser.Discard:
		return c.discard(ctx, s)
	case *parser.Copy:
		return c.copyOut(ctx, p, s)
	case *parser.Listen:
		return s.Verb, nil
	}
	if err := c.start(ctx, p); err != nil {
		return "", shifted(err, p.st.base)
	}
	r := p.rows
	defer p.close()
	n, err := c.drain(ctx, r, nothing{}, allRows, noPortal)
	c.notices(r)
	if err != nil {
		return "", shifted(err, p.st.base)
	}
	return r.res.Tag(n), nil
}

// query1 gives rows of a query, starting it when it does not run yet.
func (c *conn) query1(ctx context.Context, p *portal, cols columns, limit int64) (outcome, error) {
	if p.done {
		return outcome{tag: "SELECT 0"}, nil
	}
	if !p.begun {
		if p.enc == nil {
			enc, err := newDataRows(cols, p.formats, c.status.zone)
			if err != nil {
				return outcome{}, err
			}
			p.enc = enc
		}
		p.begun = true
		if err := c.start(ctx, p); err != nil {
			return outcome{}, shifted(err, p.st.base)
		}
		c.describeRows(p, cols)
	}
	closable := noPortal
	if limit >= 0 {
		closable = p.name
	}
	n, err := c.drain(ctx, p.rows, p.enc, limit, closable)
	p.sent += n
	c.notices(p.rows)
	switch {
	case errors.Is(err, errSuspend):
		return outcome{suspended: true}, nil
	case err != nil:
		err = shifted(err, p.st.base)
		p.close()
		return outcome{}, err
	case !p.rows.done:
		return outcome{suspended: true}, nil
	}
	tag := p.rows.res.Tag(p.sent)
	p.close()
	return outcome{tag: tag}, nil
}

// finish tells the client what a run has come to.
func (c *conn) finish(o outcome) {
	switch {
	case o.suspended:
		c.send(&pgproto3.PortalSuspended{})
	case o.tag == "":
		c.send(&pgproto3.EmptyQueryResponse{})
	default:
		c.complete(o.tag)
	}
}

func countTag(verb string, n int64) string { return verb + " " + strconv.FormatInt(n, 10) }
