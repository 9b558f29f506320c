package pgwire

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/server/pgcatalog"
	"github.com/penstock/penstock/server/session"
)

// fakeCatalog has tables orders and ticks and a view over orders.
func fakeCatalog(t testing.TB) *catalog.Version {
	t.Helper()
	c := catalog.New()
	kind := catalog.Of
	err := c.Update(func(tx *catalog.Tx) error {
		if err := tx.CreateTable(catalog.Table{
			Name: "orders", Comment: "what was ordered", PrimaryKey: []string{"id"}, SQL: "CREATE TABLE orders",
			Columns: []catalog.TableColumn{
				{Name: "id", Type: kind(catalog.BigInt)}, {Name: "name", Type: kind(catalog.Varchar), Comment: "of the customer"},
				{Name: "price", Type: kind(catalog.Double)}, {Name: "amount", Type: catalog.Type{Kind: catalog.Decimal, P: 10, S: 2}},
				{Name: "ts", Type: kind(catalog.TimestampLTZ), NotNull: true}, {Name: "ok", Type: kind(catalog.Boolean), Default: "true"},
				{Name: "tags", Type: catalog.ArrayOf(kind(catalog.Varchar))},
			},
		}); err != nil {
			return err
		}
		if err := tx.CreateTable(catalog.Table{
			Name: "ticks", SQL: "CREATE TABLE ticks",
			Columns: []catalog.TableColumn{
				{Name: "n", Type: kind(catalog.BigInt)}, {Name: "ts", Type: kind(catalog.Timestamp).WithFrac(3)},
				{Name: "txt", Type: catalog.Type{Kind: catalog.Varchar, P: 20}}, {Name: "twice", Type: kind(catalog.BigInt), Computed: "n * 2"},
			},
		}); err != nil {
			return err
		}
		return tx.CreateView(catalog.View{
			Name: "big", QueryText: "SELECT id, name FROM orders WHERE price > 100", SQL: "CREATE VIEW big", Uses: []string{"orders"},
			Columns: catalog.Schema{{Name: "id", Type: kind(catalog.BigInt)}, {Name: "name", Type: kind(catalog.Varchar)}},
		}, false)
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.Current()
}

func (s *fakeSession) catalogue(ast *parser.SelectStmt, types []catalog.Type) (session.Prepared, error) {
	plan, err := pgcatalog.Prepare(ast.Query, &pgcatalog.Env{
		Catalog: s.e.catalog, User: "u", Database: "penstock", ServerVersion: "15.0", Setting: s.Setting,
		Functions: []pgcatalog.Function{{
			Name: "half", Args: []catalog.Column{{Name: "x", Type: catalog.Of(catalog.BigInt)}}, Returns: catalog.Of(catalog.BigInt), Language: "sql",
		}},
	}, types)
	if err != nil {
		return nil, err
	}
	return &cataloguePrepared{s, ast, plan}, nil
}

type cataloguePrepared struct {
	s   *fakeSession
	ast parser.Statement
	*pgcatalog.Plan
}

func (p *cataloguePrepared) Statement() parser.Statement { return p.ast }

func (p *cataloguePrepared) Run(ctx context.Context, args []session.Arg) (session.Result, error) {
	texts := make([]*string, len(args))
	for i := range args {
		if !args[i].Null {
			texts[i] = &args[i].Text
		}
	}
	b, err := p.Plan.Run(ctx, texts)
	if err != nil {
		return nil, err
	}
	p.s.e.open.Add(1)
	return &catalogueResult{p: p, batch: b}, nil
}

type catalogueResult struct {
	p      *cataloguePrepared
	batch  *exec.Batch
	given  bool
	closed bool
}

func (r *catalogueResult) Next(context.Context, bool) (*exec.Batch, error) {
	if r.given {
		return nil, io.EOF
	}
	r.given = true
	return r.batch, nil
}

func (r *catalogueResult) Columns() catalog.Schema  { return r.p.Columns() }
func (r *catalogueResult) Tag(rows int64) string    { return fmt.Sprintf("SELECT %d", rows) }
func (r *catalogueResult) Notices() []*sqlerr.Error { return nil }

func (r *catalogueResult) Close() error {
	if !r.closed {
		r.closed = true
		r.p.s.e.open.Add(-1)
	}
	return nil
}
