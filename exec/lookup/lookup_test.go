package lookup

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// script is a Connector whose sources do what the test says.
type script struct {
	mu sync.Mutex
	// rows are what a load gives; err, when set, what it fails with.
	rows  *exec.Batch
	err   error
	token string // "": the source never says that nothing changed
	// takes is how long a load takes.
	takes time.Duration
	// points: its sources answer single keys; ask, when set, stands in for the answer.
	points bool
	ask    func(keys *exec.Batch) error
	live   chan Change // not nil: sources are live
	broken chan error

	opened, closed, loads, lookups atomic.Int64
	asked                          atomic.Int64 // keys
	loading, most                  atomic.Int64 // loads at the same time
}

func (s *script) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *script) Options() []catalog.OptionSpec {
	return []catalog.OptionSpec{{Key: "url"}, {Key: "password", Secret: true}}
}

func (s *script) Check(*catalog.Table) error { return nil }

func (s *script) Open(_ context.Context, r OpenRequest) (Source, error) {
	s.opened.Add(1)
	src := &scripted{s: s, r: r}
	switch {
	case s.points:
		return &pointed{src}, nil
	case s.live != nil:
		return &lively{src}, nil
	}
	return src, nil
}

type scripted struct {
	s *script
	r OpenRequest
}

func (c *scripted) Load(ctx context.Context, since string, emit func(*exec.Batch) error) (string, error) {
	s := c.s
	s.loads.Add(1)
	s.most.Store(max(s.most.Load(), s.loading.Add(1)))
	defer s.loading.Add(-1)
	s.mu.Lock()
	rows, err, token, takes := s.rows, s.err, s.token, s.takes
	s.mu.Unlock()
	if takes > 0 {
		select {
		case <-time.After(takes):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	if err != nil {
		return "", err
	}
	if token != "" && token == since {
		return "", ErrUnchanged
	}
	part := rows.Like()
	for from := 0; from < rows.N; from += 1000 {
		part.Reset()
		for ci, col := range rows.Cols {
			for i := from; i < min(from+1000, rows.N); i++ {
				part.Cols[ci].AppendFrom(col, i)
			}
		}
		part.N = min(1000, rows.N-from)
		if err := emit(part); err != nil {
			return "", err
		}
	}
	return token, nil
}

func (c *scripted) Close() error { c.s.closed.Add(1); return nil }

type pointed struct{ *scripted }

func (c *pointed) Lookup(ctx context.Context, keys *exec.Batch, out *exec.Matches) error {
	s := c.s
	s.lookups.Add(1)
	s.asked.Add(int64(keys.N))
	s.mu.Lock()
	rows, err, takes, ask := s.rows, s.err, s.takes, s.ask
	s.mu.Unlock()
	if takes > 0 {
		select {
		case <-time.After(takes):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err != nil {
		return err
	}
	if ask != nil {
		if err := ask(keys); err != nil {
			return err
		}
	}
	for q := range keys.N {
		for i := range rows.N {
			same := true
			for k, col := range c.r.Keys {
				same = same && sameNested(rows.Cols[col], i, keys.Cols[k], q)
			}
			if same {
				for ci := range rows.Cols {
					out.Rows.Cols[ci].AppendFrom(rows.Cols[ci], i)
				}
				out.Rows.N++
				out.Parent = append(out.Parent, int32(q))
			}
		}
	}
	return nil
}

type lively struct{ *scripted }

func (c *lively) Follow(ctx context.Context, apply func(Change) error) error {
	for {
		select {
		case ch := <-c.s.live:
			if err := apply(ch); err != nil {
				return err
			}
		case err := <-c.s.broken:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// customers is (id BIGINT, name VARCHAR, version INT).
func customers(options ...string) *catalog.Table {
	t := &catalog.Table{Name: "customers", Lookup: true, PrimaryKey: []string{"id"}, Columns: []catalog.TableColumn{
		{Name: "id", Type: catalog.Type{Kind: catalog.BigInt}}, {Name: "name", Type: catalog.Type{Kind: catalog.Varchar}},
		{Name: "version", Type: catalog.Type{Kind: catalog.Int}}},
		Options: catalog.Options{{Key: "connector", Value: "script"}}}
	for i := 0; i < len(options); i += 2 {
		t.Options = append(t.Options, catalog.Option{Key: options[i], Value: options[i+1]})
	}
	return t
}

// people makes n rows: ids from 0, name "customer-<id>", the given version.
func people(n int, version int64) *exec.Batch {
	b := &exec.Batch{Split: -1, Cols: []*exec.Column{exec.NewColumn(exec.Ints), exec.NewColumn(exec.Strings), exec.NewColumn(exec.Ints)}}
	for i := range n {
		person(b, int64(i), fmt.Sprintf("customer-%010d", i), version)
	}
	return b
}

func person(b *exec.Batch, id int64, name string, version int64) {
	b.Cols[0].AppendInt(id)
	b.Cols[1].AppendString(name)
	b.Cols[2].AppendInt(version)
	b.N++
}

func ints(vs ...int64) *exec.Batch {
	b := &exec.Batch{Split: -1, Cols: []*exec.Column{exec.NewColumn(exec.Ints)}}
	for _, v := range vs {
		b.Cols[0].AppendInt(v)
	}
	b.N = len(vs)
	return b
}

func registry(t testing.TB, s *script) *Tables {
	ts := New(Config{Connectors: map[string]Connector{"script": s}})
	t.Cleanup(func() {
		if err := ts.Close(); err != nil {
			t.Error(err)
		}
		if o, c := s.opened.Load(), s.closed.Load(); o != c {
			t.Errorf("%d sources opened, %d closed", o, c)
		}
	})
	return ts
}

func open(t testing.TB, ts *Tables, def *catalog.Table, keys, columns []int) *Reader {
	t.Helper()
	r, err := ts.Open(t.Context(), def, keys, columns)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// answersTo asks by ids and writes the answers: id=name/version …
func answersTo(t testing.TB, f exec.TableFunction, cols int, ids ...int64) string {
	t.Helper()
	like := people(0, 0)
	like.Cols = like.Cols[3-cols:]
	out := exec.NewMatches(like)
	if err := f.Call(t.Context(), ints(ids...), out); err != nil {
		return "error " + string(sqlerr.CodeOf(err)) + ": " + err.Error()
	}
	return render(out, ids)
}

func render(m *exec.Matches, ids []int64) string {
	s := ""
	for i, p := range m.Parent {
		s += fmt.Sprintf("%d=", ids[p])
		for c, col := range m.Rows.Cols {
			if c > 0 {
				s += "/"
			}
			switch {
			case col.IsNull(i):
				s += "NULL"
			case col.Layout == exec.Ints:
				s += fmt.Sprint(col.Int[i])
			default:
				s += string(col.Str(i))
			}
		}
		s += " "
	}
	for _, f := range m.Faults {
		s += fmt.Sprintf("%d!%v ", ids[f.Question], f.Err)
	}
	return s
}

func TestProbe(t *testing.T) {
	s := &script{rows: people(100_000, 7)}
	ts := registry(t, s)
	r := open(t, ts, customers(), []int{0}, []int{1, 2})
	defer r.Close()
	got := answersTo(t, r, 2, 5, 99_999, 100_000, -1, 5)
	want := "5=customer-0000000005/7 99999=customer-0000099999/7 5=customer-0000000005/7 "
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// All keys, by several index sets.
	var ids []int64
	for i := range int64(100_000) {
		ids = append(ids, i)
	}
	like := people(0, 0)
	out := exec.NewMatches(&exec.Batch{Cols: like.Cols[:1]})
	all := open(t, ts, customers(), []int{0}, []int{0})
	defer all.Close()
	if err := all.Call(t.Context(), ints(ids...), out); err != nil {
		t.Fatal(err)
	}
	if out.Rows.N != len(ids) {
		t.Fatalf("%d answers", out.Rows.N)
	}
	for i, v := range out.Rows.Cols[0].Int {
		if v != ids[i] || out.Parent[i] != int32(i) {
			t.Fatalf("answer %d is %d", i, v)
		}
	}
	byVersion := open(t, ts, customers(), []int{2}, []int{0})
	defer byVersion.Close()
	out = exec.NewMatches(&exec.Batch{Cols: like.Cols[:1]})
	if err := byVersion.Call(t.Context(), ints(7, 8, 7), out); err != nil {
		t.Fatal(err)
	}
	if out.Rows.N != 200_000 || out.Rows.Cols[0].Int[99_999] != 99_999 || out.Rows.Cols[0].Int[100_000] != 0 || out.Parent[100_000] != 2 {
		t.Errorf("%d answers", out.Rows.N)
	}
	if s.loads.Load() != 1 {
		t.Errorf("%d loads", s.loads.Load())
	}
}
