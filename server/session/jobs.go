package session

import (
	"context"
	"slices"
	"strings"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
	"github.com/penstock/penstock/planner"
	"github.com/penstock/penstock/planner/plan"
)

// A job is an INSERT over unbounded input: it belongs to the engine, is kept in
// the catalog, and runs again when the process does.

// startInsert runs an INSERT. Bounded input belongs to the statement, which
// waits for it; a continuous job outlives the session.
func (s *Sess) startInsert(ctx context.Context, p *planned, args []Arg, st starting, n notices) (Result, error) {
	st.kind, st.sql, st.id = kindInsert, p.src, s.resuming
	q := st.plan
	if q.Root.Bounded() {
		st.timeout = s.set.Duration("statement_timeout")
		run, err := s.l.queries.start(ctx, st)
		if err != nil {
			return nil, err
		}
		return &written{notices: n, q: run, wait: true}, nil
	}
	job, err := s.l.queries.start(s.l.base, st)
	if err != nil {
		return nil, err
	}
	if err := s.keep(job, q, args, st.built.RejectTables); err != nil {
		job.stop(err)
		return nil, err
	}
	n.notice("query %s runs: SHOW QUERIES tells how it does, STOP QUERY %s ends it", job.id, job.id)
	return &written{notices: n, q: job}, nil
}

// keep notes a continuous job in the catalog, and its end when it comes.
func (s *Sess) keep(q *query, p *plan.Query, args []Arg, rejects []string) error {
	err := s.l.catalog.Update(func(tx *catalog.Tx) error {
		j := catalog.Job{ID: q.id, SQL: q.sql, State: catalog.JobRunning, Settings: s.set.Changed(), Created: q.started, Changed: q.started}
		for i, a := range args {
			j.Params = append(j.Params, catalog.JobParam{Type: p.Params[i], Text: a.Text, Null: a.Null})
		}
		for _, name := range append(planner.Dependencies(p), rejects...) {
			if tx.Has(name) { // temporary ones are nobody's affair
				j.Uses = append(j.Uses, name)
			}
		}
		return tx.PutJob(j)
	})
	if err != nil {
		return err
	}
	s.l.queries.group.Go(func() {
		<-q.done
		if context.Cause(s.l.base) != nil {
			return // the process ends: the job runs again with the next
		}
		i := q.info()
		if i.Err != nil {
			s.l.cfg.Log.Error("a job has ended", "query", q.id, "state", i.State, "error", i.Err)
		}
		state := map[string]catalog.JobState{Finished: catalog.JobFinished, Failed: catalog.JobFailed, Stopped: catalog.JobStopped}[i.State]
		if err := s.l.mark(q.id, state, i.Err); err != nil {
			s.l.cfg.Log.Error("the end of a job was not noted", "query", q.id, "error", err)
		}
	})
	return nil
}

// WaitJobs waits until no INSERT job runs, or ctx ends. It returns the first
// failure among the jobs that ended.
func (l *Local) WaitJobs(ctx context.Context) error {
	for _, q := range l.queries.list() {
		if q.kind != kindInsert {
			continue
		}
		select {
		case <-q.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if i := q.info(); i.State == Failed {
			return i.Err
		}
	}
	return nil
}

// Resume starts the jobs that ran when the process last ended. They begin where
// their tables' options say, for positions are not kept. A job that cannot start is
// marked as failed and logged; the others go on.
func (l *Local) Resume(ctx context.Context) error {
	for _, j := range l.catalog.Current().Jobs() {
		if j.State != catalog.JobRunning {
			continue
		}
		if _, err := l.queries.find(j.ID); err == nil {
			continue // begun by a client in the meantime
		}
		l.cfg.Log.Warn("a job starts again: rows written before may be written again", "query", j.ID, "sql", j.SQL)
		if err := l.resume(ctx, *j); err != nil {
			l.cfg.Log.Error("a job did not start", "query", j.ID, "error", err)
			if err := l.mark(j.ID, catalog.JobFailed, err); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Local) resume(ctx context.Context, j catalog.Job) (err error) {
	s, err := l.NewSession(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // it has no temporary objects
	sess := s.(*Sess)
	if err := sess.set.Restore(j.Settings); err != nil {
		return err
	}
	sess.resuming = j.ID
	types, args := make([]catalog.Type, len(j.Params)), make([]Arg, len(j.Params))
	for i, p := range j.Params {
		types[i], args[i] = p.Type, Arg{Text: p.Text, Null: p.Null}
	}
	p, err := s.Prepare(ctx, j.SQL, types)
	if err != nil {
		return err
	}
	r, err := p.Run(ctx, args)
	if err != nil {
		return err
	}
	return r.Close()
}

// mark notes in the catalog how a job stands, and forgets the oldest of those that
// ended past MaxEndedQueries.
func (l *Local) mark(id string, state catalog.JobState, cause error) error {
	old := slices.DeleteFunc(l.catalog.Current().Jobs(), func(j *catalog.Job) bool { return j.State.Live() || j.ID == id })
	slices.SortFunc(old, func(a, b *catalog.Job) int { return a.Changed.Compare(b.Changed) })
	return l.catalog.Update(func(tx *catalog.Tx) error {
		for _, j := range old[:max(0, len(old)-MaxEndedQueries+1)] {
			if _, ok := tx.Job(j.ID); ok { // nobody else was quicker
				if err := tx.DropJob(j.ID); err != nil {
					return err
				}
			}
		}
		j, ok := tx.Job(id)
		if !ok {
			return nil
		}
		j.State, j.Changed = state, l.cfg.Now()
		if cause != nil {
			e := sqlerr.From(cause)
			j.Error, j.Code = e.Message, string(e.Code)
		}
		return tx.PutJob(j)
	})
}

// kept lists the ended jobs of which only the catalog knows: those of processes
// before, and those that could not start.
func (l *Local) kept() []QueryInfo {
	var out []QueryInfo
	for _, j := range l.catalog.Current().Jobs() {
		if j.State.Live() {
			continue
		}
		if _, err := l.queries.find(j.ID); err == nil {
			continue
		}
		i := QueryInfo{ID: j.ID, SQL: j.SQL, Kind: kindInsert, State: string(j.State), Started: j.Created, Ended: j.Changed, Watermark: exec.MinTime}
		if j.Error != "" {
			i.Err = sqlerr.New(sqlerr.Code(j.Code), "%s", j.Error)
		}
		out = append(out, i)
	}
	slices.SortFunc(out, func(a, b QueryInfo) int {
		if c := a.Started.Compare(b.Started); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}
