package lookup

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// PointRetry is how long a batch of keys waits before it is asked again; then
// twice that, and so on.
const PointRetry = 100 * time.Millisecond

// ttlJitter is the part of 'cache.ttl' by which rows expire earlier at random,
// so that those asked for together do not all expire together.
const ttlJitter = 0.1

// points answers keys from a source that is asked for them, and remembers the
// answers where the cache is partial. All readers of a table share one.
type points struct {
	t      *table
	ctx    context.Context
	stop   context.CancelFunc
	slots  chan struct{} // one a batch under way
	opened chan struct{} // the source is open, or err says why not
	src    PointSource
	hide   func(error) error
	err    error

	mu      sync.Mutex
	cache   rowCache
	flights map[string]asked // by key: where its answer will be
	// era counts the times that the cache was emptied: answers asked for before are not kept.
	era int

	entries, bytes atomic.Int64 // of cache, for who shows them
}

// flight is a batch of keys that is being asked for.
type flight struct {
	keys  []string
	batch *exec.Batch
	era   int
	// done is closed when rows (encoded; nil: no row), faults (by key) and err are set.
	done   chan struct{}
	rows   [][]byte
	faults map[int]error
	err    error
}

// openPoints makes the reader one of the table's points; mu is held, and
// released.
func (t *table) openPoints(ctx context.Context, r *Reader) error {
	if len(r.columns) > 0 && (!t.isKey(r.columns) || len(r.again) > 0) {
		t.mu.Unlock()
		return sqlerr.New(sqlerr.FeatureNotSupported, "lookup table %q with 'cache' = '%s' is joined by other columns than its primary key", t.name, t.def.cache).
			Hint("compare all columns of the primary key and no others with =, or use 'cache' = 'full'")
	}
	for _, k := range t.def.key {
		if i := slices.Index(r.columns, k); i >= 0 {
			r.pointAt = append(r.pointAt, r.args[i])
		}
	}
	t.take(nil)
	p := t.points
	if p == nil {
		pctx, stop := context.WithCancel(t.ts.ctx)
		p = &points{t: t, ctx: pctx, stop: stop, slots: make(chan struct{}, t.def.inFlight), opened: make(chan struct{}),
			flights: map[string]asked{}, cache: newRowCache(t.def.maxBytes)}
		t.points = p
		t.ts.wg.Go(p.run)
	}
	t.mu.Unlock()
	r.points = p
	select {
	case <-p.opened:
	case <-ctx.Done():
		t.letGo(nil)
		return context.Cause(ctx)
	}
	if p.err != nil {
		t.letGo(nil)
	}
	return p.err
}

// run opens the source and closes it when the table is unloaded.
func (p *points) run() {
	src, hide, err := p.t.open(p.ctx, p.t.def.key)
	p.hide = hide
	if err == nil {
		var ok bool
		if p.src, ok = src.(PointSource); !ok {
			connector, _ := p.t.def.table.Option("connector")
			err = at(p.t.def.table, "cache", "connector '%s' cannot be asked for single keys: lookup table %q needs 'cache' = 'full'", connector, p.t.name)
		}
	}
	if err != nil {
		p.err = err
		if hide != nil {
			p.err = hide(err)
		}
		p.t.mu.Lock()
		if p.t.points == p {
			p.t.points = nil // the next one tries again
		}
		p.t.mu.Unlock()
		close(p.opened)
	} else {
		close(p.opened)
		<-p.ctx.Done()
		for range cap(p.slots) { // the batches under way have ended
			p.slots <- struct{}{}
		}
	}
	if src != nil {
		if err := src.Close(); err != nil {
			p.t.log.Info("closing the source of a lookup table failed", "error", p.hide(err))
		}
	}
}

// clear empties the cache.
func (p *points) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.era++
	p.cache.clear()
	p.measure()
}

func (p *points) measure() {
	p.entries.Store(int64(len(p.cache.entries)))
	p.bytes.Store(p.cache.bytes)
}

// asked is where the answer to a question comes from.
type asked struct {
	row []byte
	has bool
	f   *flight // nil: row and has say it
	at  int     // its place in the flight
}

// call answers a batch of questions, in order.
func (p *points) call(ctx context.Context, r *Reader, args *exec.Batch, out *exec.Matches) error {
	if len(r.pointAt) == 0 {
		return r.answer(&version{}, args, out)
	}
	answers := make([]asked, args.N)
	flights, hits := p.plan(r, args, answers)
	p.t.hits.Add(int64(hits))
	p.t.misses.Add(int64(args.N - hits))
	for _, f := range flights {
		select {
		case <-f.done:
			if f.err != nil {
				return f.err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	d := decoder{}
	whole := p.t.rowsOf()
	for i := range answers {
		a := &answers[i]
		if a.f != nil {
			if err := a.f.faults[a.at]; err != nil {
				out.Faults = append(out.Faults, exec.Fault{Question: int32(i), Err: err})
				continue
			}
			a.row, a.has = a.f.rows[a.at], a.f.rows[a.at] != nil
		}
		if !a.has {
			continue
		}
		whole.Reset()
		d.b = a.row
		for _, c := range whole.Cols {
			d.value(c)
		}
		for w, c := range r.wanted {
			out.Rows.Cols[w].AppendFrom(whole.Cols[c], 0)
		}
		out.Parent = append(out.Parent, int32(i))
	}
	out.Rows.N = len(out.Parent)
	return d.err()
}

// plan says for each question where its answer comes from, and starts asking
// for keys that neither the cache knows nor anybody is asking for. It returns the
// flights to wait for.
func (p *points) plan(r *Reader, args *exec.Batch, answers []asked) (wait []*flight, hits int) {
	now := p.t.ts.cfg.Now()
	keys := make([]*exec.Column, len(r.pointAt))
	for i, a := range r.pointAt {
		keys[i] = args.Cols[a]
	}
	var own []*flight         // to be started
	var again []*flight       // those with stale keys, which nobody waits for
	var mine map[string]asked // cache none: the keys of this call
	if p.t.def.cache == cacheNone {
		mine = map[string]asked{}
	}
	var buf []byte
	p.mu.Lock()
	for i := range answers {
		if anyNull(keys, i) {
			continue
		}
		buf = buf[:0]
		for _, c := range keys {
			buf = encodeKey(buf, c, i)
		}
		if mine != nil {
			a, ok := mine[string(buf)]
			if !ok {
				a = p.enlist(&own, string(buf), keys, i)
				mine[string(buf)] = a
			}
			answers[i] = a
			continue
		}
		e := p.cache.get(buf)
		if e != nil && now.Before(e.expires) {
			answers[i] = asked{row: e.row, has: e.row != nil}
			hits++
			continue
		}
		under, asking := p.flights[string(buf)]
		switch stale := e != nil && now.Before(e.expires.Add(p.t.def.staleTTL)); {
		case stale:
			answers[i] = asked{row: e.row, has: e.row != nil}
			hits++
			if !asking {
				p.flights[string(buf)] = p.enlist(&again, string(buf), keys, i)
			}
		case asking:
			answers[i] = under
			if !slices.Contains(wait, under.f) {
				wait = append(wait, under.f)
			}
		default:
			answers[i] = p.enlist(&own, string(buf), keys, i)
			p.flights[string(buf)] = answers[i]
		}
	}
	p.mu.Unlock()
	for _, f := range slices.Concat(own, again) {
		p.t.ts.wg.Go(func() { p.fly(f) })
	}
	for _, f := range own {
		if !slices.Contains(wait, f) {
			wait = append(wait, f)
		}
	}
	return wait, hits
}

// enlist adds a key to the last of some flights, or to a new one when that is full.
func (p *points) enlist(list *[]*flight, key string, cols []*exec.Column, row int) asked {
	n := len(*list)
	if n == 0 || len((*list)[n-1].keys) >= p.t.def.batchRows {
		b := &exec.Batch{Split: -1, Cols: make([]*exec.Column, len(cols))}
		for i, c := range cols {
			b.Cols[i] = c.Like()
		}
		*list = append(*list, &flight{batch: b, era: p.era, done: make(chan struct{})})
		n++
	}
	f := (*list)[n-1]
	f.keys = append(f.keys, key)
	for i, c := range cols {
		f.batch.Cols[i].AppendFrom(c, row)
	}
	f.batch.N++
	return asked{f: f, at: len(f.keys) - 1}
}

// fly asks for the keys of a flight, keeps the answers and hands them out.
func (p *points) fly(f *flight) {
	select {
	case p.slots <- struct{}{}:
		f.err = p.ask(f)
		<-p.slots
	case <-p.ctx.Done():
		f.err = errClosed()
	}
	p.mu.Lock()
	now := p.t.ts.cfg.Now()
	for i, key := range f.keys {
		if p.flights[key].f == f {
			delete(p.flights, key)
		}
		if f.err != nil || f.faults[i] != nil || f.era != p.era || p.t.def.cache == cacheNone {
			continue
		}
		ttl := p.t.def.ttl - time.Duration(rand.Float64()*ttlJitter*float64(p.t.def.ttl))
		if f.rows[i] == nil {
			if ttl = p.t.def.missTTL; ttl == 0 {
				continue
			}
		}
		p.cache.put(key, f.rows[i], now.Add(ttl))
	}
	p.measure()
	p.mu.Unlock()
	p.report(f.err, now)
	close(f.done)
}

// report keeps the outcome for who looks at the table.
func (p *points) report(err error, now time.Time) {
	t := p.t
	t.loads.Add(1)
	if err != nil {
		t.failures.Add(1)
		t.log.Warn("asking a lookup table's source failed", "error", err, "sqlstate", string(sqlerr.CodeOf(err)))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shown.err = err; err == nil {
		t.shown.last = now
	}
}

// ask asks the source, again after faults that may pass.
func (p *points) ask(f *flight) error {
	for try := 1; ; try++ {
		err := p.once(f)
		if err == nil {
			return nil
		}
		if p.ctx.Err() != nil {
			return errClosed()
		}
		if try >= p.t.def.lookupAttempts || !passing(err) {
			return p.hide(err)
		}
		timer := time.NewTimer(PointRetry << min(try-1, 10))
		select {
		case <-timer.C:
		case <-p.ctx.Done():
			timer.Stop()
			return errClosed()
		}
	}
}

// once asks the source and encodes its rows.
func (p *points) once(f *flight) (err error) {
	def := p.t.def
	ctx, cancel := context.WithTimeout(p.ctx, def.lookupTimeout)
	defer cancel()
	defer func() {
		if err != nil && ctx.Err() == context.DeadlineExceeded && p.ctx.Err() == nil {
			err = sqlerr.New(sqlerr.QueryCanceled, "asking lookup table %q for %d keys took longer than 'lookup.timeout' (%s)",
				p.t.name, f.batch.N, catalog.FormatDuration(def.lookupTimeout))
		}
	}()
	defer recovered(p.t.log, &err)
	out := exec.NewMatches(def.like)
	out.Reset()
	if err := p.src.Lookup(ctx, f.batch, out); err != nil {
		return err
	}
	f.rows, f.faults = make([][]byte, f.batch.N), nil
	if len(out.Parent) != out.Rows.N {
		return sqlerr.New(sqlerr.InternalError, "the source of lookup table %q gives %d rows for %d questions", p.t.name, out.Rows.N, len(out.Parent))
	}
	for i, q := range out.Parent {
		if int(q) >= len(f.rows) || q < 0 {
			return sqlerr.New(sqlerr.InternalError, "the source of lookup table %q answers question %d of %d", p.t.name, q, len(f.rows))
		}
		var row []byte // of several rows with the key the last one counts
		for _, c := range out.Rows.Cols {
			row = encodeValue(row, c, i)
		}
		f.rows[q] = row
	}
	for _, x := range out.Faults {
		if f.faults == nil {
			f.faults = map[int]error{}
		}
		f.faults[int(x.Question)] = p.hide(x.Err)
	}
	return nil
}
