package pgwire

import (
	"context"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/server/session"
)

// source is the text of a Query or Parse message, which positions of errors
// speak of. The zero value is for errors without a place.
type source struct{ text string }

func whole(text string) source { return source{text} }

// charPos turns a position into the protocol's: characters from 1, 0 for none.
func (s source) charPos(p sqlerr.Pos) int {
	if s.text == "" {
		return 0
	}
	return sqlerr.CharPos(s.text, p)
}

// shifted moves the position of an error that speaks of a piece of the text.
func shifted(err error, base int) error {
	if err == nil || base == 0 {
		return err
	}
	e := *sqlerr.From(err)
	if e.Pos > 0 {
		e.Pos += sqlerr.Pos(base)
	}
	return &e
}

// placed puts an error at p, whatever place it had: its own speaks of a text
// that the user has not written or does not see.
func placed(err error, p sqlerr.Pos) error {
	if err == nil {
		return nil
	}
	e := *sqlerr.From(err)
	e.Pos = p
	return &e
}

// statement is a parsed statement, named or not.
type statement struct {
	src source
	ast parser.Statement // nil: nothing but blanks and semicolons
	// inner is the plan: of the statement itself, of the query inside DECLARE
	// and COPY, of the arguments of EXECUTE. It is nil for statements that
	// are state of the protocol. base is where its text begins in src.
	inner session.Prepared
	base  int
	// params are the types of the parameters and oids what the client is told of them.
	params []catalog.Type
	oids   []uint32
	// target is what PREPARE names.
	target *statement
}

// prepare plans the statement that stands at ast's span of text. oids are the
// types that the client gave its parameters.
func (c *conn) prepare(ctx context.Context, text string, ast parser.Statement, oids []uint32) (*statement, error) {
	types := make([]catalog.Type, len(oids))
	for i, oid := range oids {
		t, ok := typeOfOID(oid)
		if !ok {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "parameters of the type with OID %d are not supported", oid)
		}
		types[i] = t
	}
	st, err := c.plan(ctx, text, ast, types)
	if err != nil {
		return nil, err
	}
	if st.inner != nil {
		st.params = st.inner.Params()
	} else {
		st.params = types
	}
	st.oids = make([]uint32, len(st.params))
	for i, t := range st.params {
		if i < len(oids) && oids[i] != 0 && oids[i] != catalog.OIDUnknown {
			st.oids[i] = oids[i]
			continue
		}
		st.oids[i] = catalog.OID(t)
	}
	return st, nil
}

// plan finds what of the statement the session has to plan.
func (c *conn) plan(ctx context.Context, text string, ast parser.Statement, types []catalog.Type) (*statement, error) {
	st := &statement{src: whole(text), ast: ast}
	var span parser.Span
	switch s := ast.(type) {
	case nil, *parser.Transaction, *parser.Fetch, *parser.CloseCursor, *parser.Deallocate, *parser.Discard, *parser.Listen:
		return st, nil
	case *parser.Prepare:
		return st, c.planTarget(ctx, st, s)
	case *parser.Execute:
		return st, c.planArgs(ctx, st, s, types)
	case *parser.Copy:
		if s.Query == nil {
			return st, c.planCopyTable(ctx, st, s)
		}
		if err := copyDirection(s); err != nil {
			return nil, err
		}
		span = s.QuerySpan
	case *parser.Declare:
		span = s.QuerySpan
	default:
		span = ast.Span()
	}
	st.base = int(span.From) - 1
	var err error
	st.inner, err = c.sess.Prepare(ctx, span.Text(text), types)
	return st, shifted(err, st.base)
}

// columns are those of the rows that the statement gives; nil for none.
func (c *conn) columns(st *statement) columns {
	switch s := st.ast.(type) {
	case nil, *parser.Declare, *parser.Copy, *parser.Prepare:
		return columns{}
	case *parser.Fetch:
		if cur := c.portals[s.Cursor.Text]; cur != nil && !s.Move {
			return c.columns(cur.st.queried())
		}
		return columns{}
	case *parser.Execute:
		if target := c.statements[s.Name.Text]; target != nil {
			return c.columns(target)
		}
		return columns{}
	}
	if st.inner == nil {
		return columns{}
	}
	return columnsOf(st.inner)
}

// queried gives a statement whose columns are those of the query inside
// DECLARE; other statements are their own.
func (st *statement) queried() *statement {
	if _, ok := st.ast.(*parser.Declare); ok {
		return &statement{src: st.src, ast: st.inner.Statement(), inner: st.inner, base: st.base}
	}
	return st
}

// tableText writes the query that COPY of a table means.
func tableText(s *parser.Copy) string {
	var b strings.Builder
	b.WriteString("SELECT ")
	if len(s.Columns) == 0 {
		b.WriteByte('*')
	}
	for i, col := range s.Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		writeIdent(&b, col)
	}
	b.WriteString(" FROM ")
	for i, part := range s.Table {
		if i > 0 {
			b.WriteByte('.')
		}
		writeIdent(&b, part)
	}
	return b.String()
}

func writeIdent(b *strings.Builder, id parser.Ident) {
	if !id.Quoted {
		b.WriteString(id.Text)
		return
	}
	b.WriteByte('"')
	b.WriteString(strings.ReplaceAll(id.Text, `"`, `""`))
	b.WriteByte('"')
}
