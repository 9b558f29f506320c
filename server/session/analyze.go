package session

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner"
	"github.com/penstock/penstock/planner/plan"
)

// analysis is what a query has done, node by node. It holds no state of the query.
type analysis struct {
	plan     *plan.Query
	nodes    map[plan.Node]build.NodeStats
	counters []build.Counter
	took     time.Duration
	now      time.Time
}

// analyze reads the counters of a built query.
func analyze(q *plan.Query, s *build.Stats, started, now time.Time) *analysis {
	a := &analysis{plan: q, nodes: map[plan.Node]build.NodeStats{}, counters: s.Counters(), took: now.Sub(started), now: now}
	plan.Walk(q.Root, func(n plan.Node) bool {
		if st, ok := s.Node(n); ok {
			a.nodes[n] = st
		}
		return true
	})
	return a
}

// details are a node's figures for EXPLAIN.
func (a *analysis) details(n plan.Node) []planner.Detail {
	st, ok := a.nodes[n]
	if !ok {
		return nil
	}
	var ds []planner.Detail
	add := func(name, format string, args ...any) {
		ds = append(ds, planner.Detail{Name: name, Value: fmt.Sprintf(format, args...)})
	}
	scan, isScan := n.(*plan.Scan)
	if !isScan {
		add("rows_in", "%d", st.RowsIn)
	}
	add("rows", "%d", st.RowsOut)
	add("batches", "%d", st.Batches)
	if isScan {
		for _, c := range a.counters {
			if c.Table == scan.Table.Name && c.Name != "records" {
				add(c.Name, "%d", c.Value)
			}
		}
		add("reading", "%s", st.Busy.Round(time.Microsecond))
	} else {
		add("busy", "%s", st.Busy.Round(time.Microsecond))
	}
	if x, ok := n.(*plan.Expand); ok {
		for _, c := range a.counters {
			if c.Table == x.Name() {
				add(c.Name, "%d", c.Value)
			}
		}
	}
	if st.Lanes > 1 {
		add("tasks", "%d", st.Lanes)
	}
	if wm := st.Watermark; wm > exec.MinTime && wm < exec.MaxTime {
		add("watermark", "%s", strconv.Quote(string(datum.AppendTimestamp(nil, wm))))
		add("behind", "%s", a.now.Sub(time.UnixMicro(wm)).Round(time.Millisecond))
	}
	return ds
}

// result prints the plan with the figures, and the versions of lookup tables.
func (a *analysis) result(form string, schema catalog.Schema, shared func(plan.Node) []planner.Detail) (Result, error) {
	text, err := planner.ExplainWith(a.plan, form, func(n plan.Node) []planner.Detail { return append(shared(n), a.details(n)...) })
	if err != nil {
		return nil, err
	}
	r := newRows(schema)
	if form == "text" {
		for l := range strings.Lines(text) {
			r.add(strings.TrimSuffix(l, "\n"))
		}
		for _, c := range a.counters {
			if c.Table == "" && c.Value > 0 {
				r.add(fmt.Sprintf("%s: %d", strings.ReplaceAll(c.Name, "_", " "), c.Value))
			}
		}
		r.add("time: " + a.took.Round(time.Microsecond).String())
	} else {
		r.add(text)
	}
	return r.result("EXPLAIN"), nil
}

// analyzed is EXPLAIN ANALYZE of a bounded statement: it is run to its end, its
// rows are passed over (an INSERT's are written), and its plan is shown with what was done.
func (s *Sess) analyzed(st *parser.Explain, p *planned) (Prepared, error) {
	if !p.q.Root.Bounded() {
		return nil, sqlerr.New(sqlerr.FeatureNotSupported, "EXPLAIN ANALYZE of a query that does not end").At(st.Span().From).
			Hint("run it, and ask EXPLAIN ANALYZE QUERY id from another session; or bound it: LIMIT, 'scan.bounded.mode'")
	}
	return &analyzing{command{st: st, cols: explainColumns, params: p.q.Params}, s, p, st.Format}, nil
}

type analyzing struct {
	command
	s    *Sess
	p    *planned
	form string
}

// Run runs the statement inside.
func (a *analyzing) Run(ctx context.Context, args []Arg) (Result, error) {
	r, err := a.p.Run(ctx, args)
	if err != nil {
		return nil, err
	}
	q := queryOf(r)
	for err == nil {
		_, err = r.Next(ctx, true)
	}
	if err != io.EOF {
		_ = r.Close() // the query's fault is the one to report
		return nil, err
	}
	if err := r.Close(); err != nil {
		return nil, err
	}
	done, err := q.analysis()
	if err != nil {
		return nil, err
	}
	return done.result(a.form, explainColumns, a.s.l.shared)
}

// queryOf is the query behind a result of a planned statement.
func queryOf(r Result) *query {
	switch r := r.(type) {
	case *stream:
		return r.q
	case *written:
		return r.q
	}
	return nil
}

// analyzedQuery is EXPLAIN ANALYZE QUERY id, of a query that runs or has lately ended.
func (s *Sess) analyzedQuery(st *parser.Explain) (Prepared, error) {
	if _, err := s.l.Query(st.QueryID); err != nil {
		return nil, at(err, st.Span().From)
	}
	return &command{st: st, cols: explainColumns, run: func(context.Context) (Result, error) {
		q, err := s.l.queries.find(st.QueryID)
		if err != nil {
			return nil, at(err, st.Span().From)
		}
		a, err := q.analysis()
		if err != nil {
			return nil, at(err, st.Span().From)
		}
		return a.result(st.Format, explainColumns, s.l.shared)
	}}, nil
}

// analysis reads the query's figures, or those it ended with.
func (q *query) analysis() (*analysis, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.built != nil {
		return analyze(q.plan, q.built.Stats, q.started, q.now()), nil
	}
	if q.final == nil {
		return nil, sqlerr.New(sqlerr.ObjectNotInPrerequisite, "query %q has not run in this process", q.id)
	}
	return q.final, nil
}

// showWatermarks lists, partition by partition, the event time that running queries
// have come to, and which partition windows wait for.
func (s *Sess) showWatermarks(st parser.Statement) Prepared {
	text, flag := catalog.Of(catalog.Varchar), catalog.Of(catalog.Boolean)
	cols := catalog.Schema{{Name: "query", Type: text}, {Name: "table", Type: text}, {Name: "split", Type: text},
		{Name: "watermark", Type: catalog.Of(catalog.Timestamp)}, {Name: "behind", Type: catalog.Of(catalog.Interval)},
		{Name: "last_row", Type: catalog.Of(catalog.TimestampLTZ)}, {Name: "state", Type: text}, {Name: "caught_up", Type: flag}, {Name: "holds", Type: flag}}
	return listing(st, cols, func(r *rows) error {
		now := s.l.cfg.Now()
		for _, q := range s.l.queries.list() {
			for _, w := range q.splitTimes() {
				var wm, behind any
				if w.Watermark > exec.MinTime && w.Watermark < exec.MaxTime {
					wm, behind = w.Watermark, datum.Interval{Micros: now.UnixMicro() - w.Watermark}
				}
				state := "live"
				switch {
				case w.Ended:
					state = "ended"
				case w.Idle:
					state = "idle"
				}
				name := w.Name
				if name == "" {
					name = strconv.Itoa(int(w.Split))
				}
				r.add(q.id, w.Table, name, wm, behind, w.LastRow, state, w.CaughtUp, w.Holds)
			}
		}
		return nil
	})
}

func (q *query) splitTimes() []build.SplitTime {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.built == nil {
		return nil
	}
	return q.built.Stats.SplitTimes()
}
