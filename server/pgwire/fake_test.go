package pgwire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/server/pgcatalog"
	"github.com/penstock/penstock/server/session"
)

// fakeEngine knows a few relations: ticks (a row each 200 ms, for ever), numbers
// (n from 1, p: how many), types (a row of everything and one of NULLs), broken (two rows
// and then an error), and SELECT of literals and parameters.
type fakeEngine struct {
	open     atomic.Int64 // results not yet closed
	sessions atomic.Int64
	numbers  int64
	catalog  *catalog.Version
}

func (e *fakeEngine) NewSession(_ context.Context, params map[string]string) (session.Session, error) {
	if params["database"] == "nowhere" {
		return nil, sqlerr.New(sqlerr.InvalidCatalogName, "database \"nowhere\" does not exist")
	}
	e.sessions.Add(1)
	s := &fakeSession{e: e, settings: map[string]string{
		"timezone": "UTC", "application_name": "", "server_version": "15.0", "datestyle": "ISO, MDY",
	}}
	for k, v := range params {
		k = strings.ToLower(k)
		if _, ok := s.settings[k]; ok {
			s.settings[k] = v
		}
	}
	return s, nil
}

type fakeSession struct {
	e        *fakeEngine
	settings map[string]string
	tell     func(name, value string)
}

func (s *fakeSession) Parse(src string) ([]parser.Statement, error) { return parser.Parse(src) }

func (s *fakeSession) Type(t *parser.TypeName) (catalog.Type, error) {
	kinds := map[string]catalog.Kind{"integer": catalog.Int, "bigint": catalog.BigInt, "varchar": catalog.Varchar}
	k, ok := kinds[t.Name]
	if !ok {
		return catalog.Type{}, sqlerr.New(sqlerr.UndefinedObject, "type \"%s\" does not exist", t.Name).At(t.P)
	}
	return catalog.Of(k), nil
}

func (s *fakeSession) Setting(name string) (string, bool) {
	v, ok := s.settings[strings.ToLower(name)]
	return v, ok
}

func (s *fakeSession) OnParameter(f func(name, value string)) { s.tell = f }

func (s *fakeSession) Discard(context.Context, string) error { return nil }

func (s *fakeSession) Close() error { s.e.sessions.Add(-1); return nil }

func (s *fakeSession) Prepare(_ context.Context, src string, types []catalog.Type) (session.Prepared, error) {
	ast, err := parser.ParseOne(src)
	if err != nil {
		return nil, err
	}
	p := &fakePrepared{s: s, ast: ast, tag: "SELECT"}
	switch ast := ast.(type) {
	case *parser.SelectStmt:
		if pgcatalog.Handles(ast.Query) {
			return s.catalogue(ast, types)
		}
		if err := p.query(ast.Query, types); err != nil {
			return nil, err
		}
	case *parser.Set:
		p.tag = "SET"
		if ast.Name == "nonsense" {
			return nil, sqlerr.New(sqlerr.UndefinedObject, "unrecognized configuration parameter \"nonsense\"")
		}
	case *parser.CreateTable:
		p.tag = "CREATE TABLE"
	default:
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "not here").At(1)
	}
	return p, nil
}

type fakePrepared struct {
	s      *fakeSession
	ast    parser.Statement
	tag    string
	params []catalog.Type
	cols   catalog.Schema
	source string
	items  []parser.Expr
	limit  int64
}

func (p *fakePrepared) query(q *parser.Query, types []catalog.Type) error {
	sel, ok := q.Body.(*parser.Select)
	if !ok {
		return sqlerr.New(sqlerr.FeatureNotSupported, "only SELECT here").At(q.P)
	}
	p.limit = -1
	if lit, ok := q.Limit.(*parser.Literal); ok {
		p.limit, _ = strconv.ParseInt(lit.Text, 10, 64)
	}
	p.cols = catalog.Schema{}
	if len(sel.From) > 0 {
		ref, ok := sel.From[0].(*parser.TableRef)
		if !ok || relations[ref.Name.Last().Text] == nil {
			return sqlerr.New(sqlerr.UndefinedTable, "relation \"%s\" does not exist", ref.Name.Last().Text).At(ref.Name.Pos())
		}
		p.source = ref.Name.Last().Text
		p.cols = relations[p.source]
		return p.where(sel.Where, types)
	}
	for _, it := range sel.Items {
		t := catalog.Of(catalog.Varchar)
		x := it.X
		if c, ok := x.(*parser.Cast); ok {
			x = c.X
			if c.To.Name == "bigint" {
				t = catalog.Of(catalog.BigInt)
			}
		}
		switch x := x.(type) {
		case *parser.Literal:
			if x.Kind == "int" {
				t = catalog.Of(catalog.Int)
			}
		case *parser.Param:
			p.param(x.N, t, types)
			t = p.params[x.N-1]
		default:
			return sqlerr.New(sqlerr.UndefinedColumn, "column does not exist").At(x.Pos())
		}
		p.items = append(p.items, x)
		p.cols = append(p.cols, catalog.Column{Name: "?column?", Type: t})
	}
	return nil
}

func (p *fakePrepared) param(n int, t catalog.Type, types []catalog.Type) {
	for len(p.params) < n {
		p.params = append(p.params, catalog.Of(catalog.Varchar))
	}
	p.params[n-1] = t
	if n <= len(types) && types[n-1].Kind != catalog.Unknown {
		p.params[n-1] = types[n-1]
	}
}

// where knows n > $1 only.
func (p *fakePrepared) where(x parser.Expr, types []catalog.Type) error {
	if b, ok := x.(*parser.Binary); ok {
		switch r := b.R.(type) {
		case *parser.Param:
			p.param(r.N, catalog.Of(catalog.BigInt), types)
		case *parser.ColumnRef:
			return sqlerr.New(sqlerr.UndefinedColumn, "column \"%s\" does not exist", r.Parts[0].Text).At(r.Pos())
		}
	}
	return nil
}

func (p *fakePrepared) Statement() parser.Statement { return p.ast }
func (p *fakePrepared) Params() []catalog.Type      { return p.params }
func (p *fakePrepared) Columns() catalog.Schema     { return p.cols }

func (p *fakePrepared) Run(ctx context.Context, args []session.Arg) (session.Result, error) {
	r := &fakeResult{p: p, ctx: ctx, args: args, start: time.Now(), batch: newBatch(p.cols)}
	if len(args) > 0 && p.source != "" {
		n, err := datum.ParseInt64([]byte(args[0].Text), 64)
		if err != nil {
			return nil, err
		}
		r.n, r.from = n, n
	}
	if set, ok := p.ast.(*parser.Set); ok {
		p.s.settings[set.Name] = set.Values[0]
		p.s.tell(set.Name, set.Values[0])
	}
	if ct, ok := p.ast.(*parser.CreateTable); ok {
		if ct.Name.Last().Text == "explode" {
			panic("planted")
		}
		r.notices = append(r.notices, sqlerr.New(sqlerr.SuccessfulCompletion, "table made"))
	}
	p.s.e.open.Add(1)
	return r, nil
}

type fakeResult struct {
	p       *fakePrepared
	ctx     context.Context
	args    []session.Arg
	start   time.Time
	batch   *exec.Batch
	n, from int64
	closed  bool
	notices []*sqlerr.Error
}

func (r *fakeResult) Columns() catalog.Schema { return r.p.cols }

func (r *fakeResult) Tag(rows int64) string {
	if r.p.tag != "SELECT" {
		return r.p.tag
	}
	return fmt.Sprintf("SELECT %d", rows)
}

func (r *fakeResult) Notices() []*sqlerr.Error {
	n := r.notices
	r.notices = nil
	return n
}

func (r *fakeResult) Close() error {
	if !r.closed {
		r.closed = true
		r.p.s.e.open.Add(-1)
	}
	return nil
}

const tick = 200 * time.Millisecond

func (r *fakeResult) Next(ctx context.Context, wait bool) (*exec.Batch, error) {
	if r.closed {
		return nil, errors.New("Next after Close")
	}
	r.batch.Reset()
	if r.p.limit >= 0 && r.n-r.from >= r.p.limit {
		return nil, io.EOF
	}
	switch r.p.source {
	case "ticks":
		due := r.start.Add(time.Duration(r.n-r.from+1) * tick)
		if d := time.Until(due); d > 0 {
			if !wait {
				return nil, nil
			}
			select {
			case <-time.After(d):
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-r.ctx.Done():
				return nil, r.ctx.Err()
			}
		}
		r.n++
		appendTick(r.batch, r.n)
	case "numbers":
		if r.n >= r.p.s.e.numbers {
			return nil, io.EOF
		}
		for range min(1000, r.p.s.e.numbers-r.n) {
			r.n++
			r.batch.Cols[0].AppendInt(r.n)
			r.batch.Cols[1].AppendString("number " + strconv.FormatInt(r.n, 10))
			r.batch.N++
		}
	case "types":
		if r.n > 0 {
			return nil, io.EOF
		}
		r.n++
		appendTypes(r.batch)
	case "orders":
		return nil, io.EOF
	case "broken":
		if r.n >= 2 {
			return nil, sqlerr.New(sqlerr.DivisionByZero, "division by zero").At(8)
		}
		r.n++
		r.batch.Cols[0].AppendInt(r.n)
		r.batch.N++
	default:
		if r.n > 0 || len(r.p.items) == 0 {
			return nil, io.EOF
		}
		r.n++
		r.literals()
	}
	return r.batch, nil
}

func (r *fakeResult) literals() {
	for i, x := range r.p.items {
		text, null := "", false
		switch x := x.(type) {
		case *parser.Literal:
			text, null = x.Text, x.Kind == "null"
		case *parser.Param:
			text, null = r.args[x.N-1].Text, r.args[x.N-1].Null
		}
		col := r.batch.Cols[i]
		switch {
		case null:
			col.AppendNull()
		case col.Layout == exec.Ints:
			n, _ := strconv.ParseInt(text, 10, 64)
			col.AppendInt(n)
		default:
			col.AppendString(text)
		}
	}
	r.batch.N = 1
}

func newBatch(cols catalog.Schema) *exec.Batch {
	b := &exec.Batch{Cols: make([]*exec.Column, len(cols))}
	for i, c := range cols {
		b.Cols[i] = exec.NewColumnOf(c.Type)
	}
	return b
}

func appendTick(b *exec.Batch, n int64) {
	b.Cols[0].AppendInt(n)
	b.Cols[1].AppendInt(1704067200_000000 + n*int64(tick/time.Microsecond))
	b.Cols[2].AppendString("row " + strconv.FormatInt(n, 10))
	b.Cols[3].AppendDecimal(datum.DecimalFromScaled(n*125, 2))
	b.Cols[4].AppendBool(n%2 == 0)
	b.N++
}

// relations are the tables of the fake.
var relations = map[string]catalog.Schema{
	"ticks": {
		{Name: "n", Type: catalog.Of(catalog.BigInt)}, {Name: "ts", Type: catalog.Of(catalog.TimestampLTZ)},
		{Name: "txt", Type: catalog.Of(catalog.Varchar)}, {Name: "price", Type: catalog.Type{Kind: catalog.Decimal, P: 10, S: 2}},
		{Name: "flag", Type: catalog.Of(catalog.Boolean)},
	},
	"numbers": {{Name: "n", Type: catalog.Of(catalog.BigInt)}, {Name: "txt", Type: catalog.Type{Kind: catalog.Varchar, P: 20}}},
	"broken":  {{Name: "n", Type: catalog.Of(catalog.Int)}},
	"types":   typesSchema(),
	"orders": {
		{Name: "id", Type: catalog.Of(catalog.BigInt)}, {Name: "name", Type: catalog.Of(catalog.Varchar)},
		{Name: "price", Type: catalog.Of(catalog.Double)}, {Name: "tags", Type: catalog.ArrayOf(catalog.Of(catalog.Varchar))},
	},
}
