package usertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/exec/expr"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/lookup/sources"
	"github.com/penstock/penstock/internal/sim"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/server/session"
)

// Outcome is how a case went.
type Outcome struct {
	Case *Case
	// Fault is what differs, or what went wrong; empty: it passed.
	Fault string
	// Differs: all that is wrong is what came out, so that rewriting the file mends it.
	Differs bool
	// Updated: it has been rewritten.
	Updated bool
	// Got is what came out at each --- expect, by its line.
	Got  map[int][]string
	Took time.Duration
}

// runner is a case under way.
type runner struct {
	c      *Case
	feeds  *sim.Feeds
	local  *session.Local
	sess   session.Session
	tables map[string]string // names without regard to case
	query  *reading
	out    *Outcome
	// ahead is how many steps have been taken before the query began.
	ahead  int
	faults []string
	// differences is how many of faults are of rows.
	differences int
	failed      error // of the statements or the query
	told        bool  // failed has been expected
}

// Run runs a case. It must be called in a bubble (see Bubbles).
func Run(c *Case) *Outcome {
	r := &runner{c: c, feeds: sim.NewFeeds(), tables: map[string]string{}, out: &Outcome{Case: c, Got: map[int][]string{}}}
	if err := r.run(); err != nil {
		r.faults = append(r.faults, err.Error())
	}
	r.out.Fault = strings.Join(r.faults, "\n")
	r.out.Differs = len(r.faults) > 0 && r.differences == len(r.faults)
	return r.out
}

func (r *runner) run() (err error) {
	conns := map[string]build.Connector{}
	for name, c := range build.Connectors() {
		conns[name] = r.feeds.StandIn(c)
	}
	settings := map[string]string{"batch.max-rows": "1", "parallelism": "1"}
	for k, v := range r.c.Settings {
		settings[k] = v
	}
	lookups := map[string]lookup.Connector{}
	for name, c := range sources.All(sources.Config{}) {
		if lookups[name] = c; name != "values" { // whose rows are in the statement
			lookups[name] = r.feeds.LookupStandIn(c)
		}
	}
	if r.local, err = session.Open(session.Config{Connectors: conns, Lookups: lookups, Settings: settings, Version: "test"}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.local.Close()) }()
	if r.sess, err = r.local.NewSession(context.Background(), nil); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.sess.Close()) }()
	r.failed = r.start()
	defer func() {
		if r.query != nil {
			_ = r.query.close() // the query's fault has been told
		}
	}()
	for _, s := range r.c.Steps[r.ahead:] {
		if err := r.step(s); err != nil {
			return fmt.Errorf("%s:%d: %w", r.c.File, s.Line, err)
		}
	}
	if r.failed != nil && !r.told {
		return errors.New(sim.ErrorText(r.failed))
	}
	return nil
}

// start runs the statements; the last one that gives rows, or writes, is the query.
func (r *runner) start() error {
	stmts, err := r.sess.Parse(r.c.SQL)
	if err != nil {
		return located(err, r.c.SQL)
	}
	r.declare(stmts)
	for i, st := range stmts {
		text := st.Span().Text(r.c.SQL)
		p, err := r.sess.Prepare(context.Background(), text, nil)
		if err == nil {
			var res session.Result
			if res, err = p.Run(context.Background(), nil); err == nil {
				q := read(res)
				if i == len(stmts)-1 {
					r.query = q
					synctest.Wait()
					return nil
				}
				err = q.wait()
			}
		}
		if err != nil {
			return located(session.Shift(err, st.Span().From), r.c.SQL)
		}
	}
	return nil
}

// declare notes the tables, and gives lookup tables the records that stand in
// front of all other steps: they are there when the query loads them.
func (r *runner) declare(stmts []parser.Statement) {
	held := map[string]bool{}
	for _, st := range stmts {
		if t, ok := st.(*parser.CreateTable); ok {
			name := t.Name.Last().Text
			r.tables[strings.ToLower(name)], held[strings.ToLower(name)] = name, t.Lookup
		}
	}
	for _, s := range r.c.Steps {
		if s.Kind != Records || !held[strings.ToLower(s.Table)] {
			return
		}
		r.ahead++
		for _, l := range s.Lines {
			r.feeds.Append(r.tables[strings.ToLower(s.Table)], 0, []byte(l))
		}
	}
}

func located(err error, src string) error {
	e := *sqlerr.From(err)
	return e.Locate(src)
}

func (r *runner) step(s *Step) error {
	switch s.Kind {
	case Records:
		name, ok := r.tables[strings.ToLower(s.Table)]
		if !ok {
			if r.failed != nil {
				return nil // the statement that makes it was refused
			}
			return fmt.Errorf("there is no table %q", s.Table)
		}
		for _, l := range s.Lines {
			if strings.TrimSpace(l) == "" {
				continue
			}
			r.feeds.Append(name, 0, []byte(l))
			synctest.Wait() // one after the other: the watermark moves with each
		}
	case Wait:
		time.Sleep(s.Wait) // of the bubble's time
		synctest.Wait()
	case End:
		if s.Flush {
			for _, name := range r.tables {
				r.feeds.End(name, -1)
			}
			synctest.Wait()
		}
	case Refresh:
		return r.refresh(s.Table)
	case Restart:
		return r.restart()
	case Expect:
		r.expect(s)
	}
	return nil
}

// restart saves the query's state, takes it down and sets it up again.
func (r *runner) restart() error {
	for _, q := range r.local.Queries() {
		if q.State == session.Running {
			if err := r.local.RestartQuery(context.Background(), q.ID); err != nil {
				r.failed = err
			}
		}
	}
	synctest.Wait()
	return nil
}

// refresh runs REFRESH LOOKUP TABLE and waits for it.
func (r *runner) refresh(table string) error {
	p, err := r.sess.Prepare(context.Background(), "REFRESH LOOKUP TABLE "+catalog.QuoteIdent(r.tables[strings.ToLower(table)]), nil)
	if err != nil {
		return err
	}
	res, err := p.Run(context.Background(), nil)
	if err != nil {
		return err
	}
	err = read(res).wait()
	synctest.Wait()
	return err
}

// expect compares what came since the last expect.
func (r *runner) expect(s *Step) {
	var got []string
	if r.query != nil {
		rows, err := r.query.take()
		if err != nil && r.failed == nil {
			r.failed = err
		}
		got = format(r.query.names(), rows)
		got = append(got, r.feeds.Taken()...)
	}
	if r.failed != nil {
		e := sqlerr.From(r.failed)
		r.told = true
		if s.Code != "" {
			r.out.Got[s.Line] = []string{e.Message}
			if string(e.Code) != s.Code || len(s.Lines) > 0 && strings.TrimSpace(strings.Join(s.Lines, "\n")) != e.Message {
				r.differ(s, []string{s.Code + ": " + strings.Join(s.Lines, "\n")}, []string{string(e.Code) + ": " + e.Message})
			}
			return
		}
		r.faults = append(r.faults, fmt.Sprintf("%s:%d: %s", r.c.File, s.Line, sim.ErrorText(r.failed)))
		return
	}
	if s.Code != "" {
		r.differ(s, []string{"error " + s.Code}, append([]string{"no error"}, got...))
		return
	}
	r.out.Got[s.Line] = got
	want, have := body(s.Lines, s.Ordered), body(got, s.Ordered)
	if strings.Join(want, "\n") != strings.Join(have, "\n") {
		r.differ(s, want, have)
	}
}

func (r *runner) differ(s *Step, want, got []string) {
	if s.Code == "" {
		r.differences++
	}
	r.faults = append(r.faults, fmt.Sprintf("%s:%d: rows differ (- expected, + came out)\n%s", r.c.File, s.Line, diff(want, got)))
}

// reading takes a result's rows as they come.
type reading struct {
	res session.Result
	wg  sync.WaitGroup

	mu   sync.Mutex
	rows [][]string
	err  error
}

func read(res session.Result) *reading {
	q := &reading{res: res}
	q.wg.Go(func() {
		for {
			b, err := res.Next(context.Background(), true)
			if err != nil {
				q.mu.Lock()
				if err != io.EOF {
					q.err = err
				}
				q.mu.Unlock()
				return
			}
			q.add(b)
		}
	})
	return q
}

func (q *reading) add(b *exec.Batch) {
	q.mu.Lock()
	defer q.mu.Unlock()
	cols := q.res.Columns()
	for i := range b.Rows() {
		row := make([]string, len(b.Cols))
		for c, col := range b.Cols {
			if row[c] = sim.Null; !col.IsNull(b.Row(i)) {
				row[c] = string(expr.AppendText(nil, cols[c].Type, col, b.Row(i)))
			}
		}
		q.rows = append(q.rows, row)
	}
}

func (q *reading) names() []string {
	var out []string
	for _, c := range q.res.Columns() {
		out = append(out, c.Name)
	}
	return out
}

// take gives the rows that came since it was last asked.
func (q *reading) take() ([][]string, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	rows := q.rows
	q.rows = nil
	return rows, q.err
}

// wait waits for the end.
func (q *reading) wait() error {
	q.wg.Wait()
	if err := q.res.Close(); err != nil {
		return err
	}
	_, err := q.take()
	return err
}

func (q *reading) close() error {
	err := q.res.Close()
	q.wg.Wait()
	return err
}
