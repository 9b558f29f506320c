package session

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/rpc"
	"github.com/penstock/penstock/internal/datum"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/parser"
	"github.com/penstock/penstock/planner"
	"github.com/penstock/penstock/planner/plan"
)

// lookupTable finds a lookup table by its name as written.
func (s *Sess) lookupTable(n parser.Name) (*catalog.Table, error) {
	t, err := s.view().Table(planner.CatalogName(n))
	if err != nil {
		return nil, at(err, n.Pos())
	}
	if !t.Lookup {
		return nil, sqlerr.New(sqlerr.WrongObjectType, "%q is not a lookup table", t.Name).At(n.Pos())
	}
	return t, nil
}

// prepareRefresh is REFRESH LOOKUP TABLE t [NO WAIT].
func (s *Sess) prepareRefresh(st *parser.RefreshLookup) (Prepared, error) {
	return done(st, "REFRESH LOOKUP TABLE", func(ctx context.Context, _ *fixed) error {
		t, err := s.lookupTable(st.Name)
		if err != nil {
			return err
		}
		return at(s.l.lookups.Refresh(ctx, t, !st.NoWait), st.Name.Pos())
	}), nil
}

// LookupTables tells of all lookup tables of the catalog: those that no query has
// used yet have no rows and no version.
func (l *Local) LookupTables() []lookup.Status {
	byName := map[string]lookup.Status{}
	for _, st := range l.lookups.Status() {
		byName[st.Name] = st
	}
	var out []lookup.Status
	for _, t := range l.catalog.Current().LookupTables() {
		st, ok := byName[t.Name]
		if !ok {
			st = lookup.Status{Name: t.Name}
			st.Connector, _ = t.Option("connector")
			if st.Cache, ok = t.Option("cache"); !ok {
				st.Cache = "full"
			}
		}
		out = append(out, st)
	}
	return out
}

// LookupTable tells of one; 42P01 when there is none.
func (l *Local) LookupTable(name string) (lookup.Status, error) {
	for _, st := range l.LookupTables() {
		if st.Name == name {
			return st, nil
		}
	}
	return lookup.Status{}, sqlerr.New(sqlerr.UndefinedTable, "lookup table %q does not exist", name)
}

// RefreshLookupTable loads a lookup table anew, and waits for it if asked to.
func (l *Local) RefreshLookupTable(ctx context.Context, name string, wait bool) error {
	t, err := l.catalog.Current().Table(catalog.Name{Name: name, Quoted: true})
	if err != nil || !t.Lookup {
		return sqlerr.New(sqlerr.UndefinedTable, "lookup table %q does not exist", name)
	}
	return l.lookups.Refresh(ctx, t, wait)
}

// RemoteFunctions tells what each remote function of the catalog has done.
func (l *Local) RemoteFunctions() []rpc.Status {
	var out []rpc.Status
	for _, f := range l.catalog.Current().Functions() {
		if !f.Remote() {
			continue
		}
		st, ok := l.remotes.StatusOf(f.Name)
		if !ok {
			st = rpc.Status{Name: f.Name, Language: f.Language}
			st.Endpoint, _ = f.Options.Get("endpoint")
		}
		out = append(out, st)
	}
	return out
}

// RemoteFunction tells of one; 42883 when there is none.
func (l *Local) RemoteFunction(name string) (rpc.Status, error) {
	for _, st := range l.RemoteFunctions() {
		if strings.EqualFold(st.Name, name) {
			return st, nil
		}
	}
	return rpc.Status{}, sqlerr.New(sqlerr.UndefinedFunction, "remote function %q does not exist", name)
}

// span is a duration as INTERVAL.
func span(d time.Duration) any {
	if d == 0 {
		return nil
	}
	return datum.Interval{Micros: d.Microseconds()}
}

// moment is a time, or NULL where it has not come.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

func (s *Sess) showLookupTables(st parser.Statement, like func(string) bool) Prepared {
	text, n, ts := catalog.Of(catalog.Varchar), catalog.Of(catalog.BigInt), catalog.Of(catalog.TimestampLTZ)
	ivl := catalog.Of(catalog.Interval)
	cols := catalog.Schema{{Name: "name", Type: text}, {Name: "connector", Type: text}, {Name: "cache", Type: text}, {Name: "rows", Type: n},
		{Name: "bytes", Type: n}, {Name: "version", Type: n}, {Name: "age", Type: ivl}, {Name: "last_refresh", Type: ts}, {Name: "next_refresh", Type: ts},
		{Name: "duration", Type: ivl}, {Name: "loads", Type: n}, {Name: "failures", Type: n}, {Name: "readers", Type: n}, {Name: "hits", Type: n}, {Name: "misses", Type: n},
		{Name: "hit_rate", Type: catalog.Of(catalog.Double)}, {Name: "stale", Type: catalog.Of(catalog.Boolean)}, {Name: "last_error", Type: text}}
	return listing(st, cols, func(r *rows) error {
		for _, t := range s.l.LookupTables() {
			if !like(t.Name) {
				continue
			}
			var rate, fault any
			if t.Hits+t.Misses > 0 {
				rate = t.HitRate()
			}
			if t.LastError != nil {
				fault = t.LastError.Error()
			}
			r.add(t.Name, t.Connector, t.Cache, t.Rows, t.Bytes, t.Version, span(t.Age), moment(t.LastRefresh), moment(t.NextRefresh),
				span(t.LastDuration), t.Loads, t.Failures, int64(t.Readers), t.Hits, t.Misses, rate, t.Stale, fault)
		}
		return nil
	})
}

func (s *Sess) showEndpoints(st parser.Statement, like func(string) bool) Prepared {
	return listing(st, texts("name", "options"), func(r *rows) error {
		for _, e := range s.view().Endpoints() {
			if like(e.Name) {
				r.add(e.Name, e.Options.String())
			}
		}
		return nil
	})
}

// versions tells EXPLAIN which version of a lookup table a query would read now.
func (l *Local) versions(n plan.Node) []planner.Detail {
	var name string
	switch n := n.(type) {
	case *plan.Expand:
		if n.Lookup == nil {
			return nil
		}
		name = n.Lookup.Name
	case *plan.Scan:
		if !n.Table.Lookup {
			return nil
		}
		name = n.Table.Name
	default:
		return nil
	}
	v, ok := l.lookups.Version(name)
	if !ok || v == 0 {
		return []planner.Detail{{Name: "version", Value: "not loaded"}}
	}
	return []planner.Detail{{Name: "version", Value: strconv.FormatInt(v, 10)}}
}

// shared tells EXPLAIN ANALYZE of what a node shares with other queries.
func (l *Local) shared(n plan.Node) []planner.Detail { return append(l.versions(n), l.calls(n)...) }

// calls tells EXPLAIN ANALYZE what a remote function has done, for all queries
// since the process began.
func (l *Local) calls(n plan.Node) []planner.Detail {
	x, ok := n.(*plan.Expand)
	if !ok || x.Function == nil {
		return nil
	}
	st, ok := l.remotes.StatusOf(x.Function.Name)
	if !ok {
		return nil
	}
	var ds []planner.Detail
	count := func(name string, v int64) {
		ds = append(ds, planner.Detail{Name: name, Value: strconv.FormatInt(v, 10)})
	}
	count("calls", st.Calls)
	spread := func(name, unit string, h rpc.Histogram, scale float64) {
		text := func(q float64) string { return strconv.FormatFloat(h.Quantile(q)*scale, 'g', 3, 64) + unit }
		ds = append(ds, planner.Detail{Name: name, Value: "p50≤" + text(.5) + ",p99≤" + text(.99)})
	}
	spread("rows_a_call", "", st.RowsPerCall, 1)
	spread("latency", "ms", st.Latency, 1000)
	count("retries", st.Retries)
	count("halvings", st.Halvings)
	count("duplicates_saved", st.Duplicates)
	count("cache_hits", st.CacheHits)
	count("in_flight", st.InFlight)
	return append(ds, planner.Detail{Name: "breaker", Value: st.Breaker})
}
