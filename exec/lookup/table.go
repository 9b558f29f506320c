package lookup

import (
	"context"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// table is one lookup table of the process: who holds it, and what is held.
type table struct {
	ts    *Tables
	def   *definition
	conn  Connector
	name  string
	print string
	log   *slog.Logger

	// What readers look at, without a lock.
	cur atomic.Pointer[version]
	// fault, with 'refresh.on-failure' = 'fail', is that of the last refresh.
	fault atomic.Pointer[sqlerr.Error]
	// confirmed is when the source last agreed with cur, in nanoseconds since 1970.
	confirmed atomic.Int64
	// following: a live source keeps cur up to date.
	following               atomic.Bool
	hits, misses            atomic.Int64
	loads, failures         atomic.Int64
	nullKeys, duplicateKeys atomic.Int64

	mu      sync.Mutex
	readers int
	sets    []*keySet
	keeper  *keeper
	// last is closed when the keeper before the current one has ended.
	last   <-chan struct{}
	points *points
	idle   *time.Timer
	gone   bool
	number int64 // of the last version
	shown  refreshed
}

// refreshed is what is told about refreshes.
type refreshed struct {
	last, next time.Time
	duration   time.Duration
	err        error
}

// keySet is a set of columns that readers ask by.
type keySet struct {
	columns []int
	refs    int
}

// take counts a holder, who asks by columns (nil: by none), and starts the
// keeper if there is none. mu is held.
func (t *table) take(columns []int) (*keySet, *keeper) {
	t.readers++
	if t.idle != nil {
		t.idle.Stop()
		t.idle = nil
	}
	var set *keySet
	if len(columns) > 0 {
		i := slices.IndexFunc(t.sets, func(s *keySet) bool { return slices.Equal(s.columns, columns) })
		if i < 0 {
			i = len(t.sets)
			t.sets = append(t.sets, &keySet{columns: columns})
		}
		set = t.sets[i]
		set.refs++
	}
	if t.keeper == nil && t.def.cache == cacheFull {
		t.keeper = newKeeper(t, t.last)
		t.last = t.keeper.done
		t.ts.wg.Go(t.keeper.run)
	}
	return set, t.keeper
}

// hold counts a holder and waits until the table is loaded. mu is held, and
// released.
func (t *table) hold(ctx context.Context, columns []int) (*keySet, error) {
	set, k := t.take(columns)
	t.mu.Unlock()
	select {
	case <-k.ready:
	case <-ctx.Done():
		t.letGo(set)
		return nil, context.Cause(ctx)
	}
	if k.err != nil {
		t.letGo(set)
		return nil, k.err
	}
	return set, nil
}

// letGo is the end of a take. Behind the last one the table is kept for a
// while.
func (t *table) letGo(set *keySet) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.readers--
	if set != nil {
		set.refs--
		if set.refs == 0 {
			t.sets = slices.DeleteFunc(t.sets, func(s *keySet) bool { return s == set })
			if v := t.cur.Load(); v != nil && t.readers > 0 {
				v.drop(func(columns []int) bool { return slices.Equal(columns, set.columns) && !t.isKey(columns) })
			}
		}
	}
	if t.readers > 0 {
		return
	}
	if t.gone || t.def.keepAlive == 0 || t.ts.ctx.Err() != nil {
		t.unload()
		return
	}
	t.idle = time.AfterFunc(t.def.keepAlive, t.expire)
}

// isKey tells whether columns are those of the primary key, whose index stays.
func (t *table) isKey(columns []int) bool {
	return t.def.key != nil && slices.Equal(columns, sortedSet(t.def.key))
}

// expire drops the rows when nobody has come back.
func (t *table) expire() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.readers == 0 && t.idle != nil {
		t.unload()
	}
}

// unload drops the rows and stops the keeper; mu is held. A temporary table is
// forgotten, for its session may be gone.
func (t *table) unload() {
	if t.idle != nil {
		t.idle.Stop()
		t.idle = nil
	}
	if t.keeper != nil {
		t.keeper.stop()
		t.keeper = nil
	}
	t.cur.Store(nil)
	t.fault.Store(nil)
	t.following.Store(false)
	t.shown.next = time.Time{}
	if t.points != nil {
		t.points.stop()
		t.points = nil
	}
	if (t.gone || t.def.table.Temporary) && t.ts.ctx.Err() == nil {
		// Not now: whoever holds the registry's lock may wait for ours.
		t.ts.wg.Go(func() { t.ts.discard(t) })
	}
}

// discard takes an entry without holders out of the registry.
func (ts *Tables) discard(t *table) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.readers > 0 {
		return
	}
	delete(ts.gone, t)
	if key := t.name + "\x00" + t.print; ts.tables[key] == t && t.keeper == nil {
		delete(ts.tables, key)
	}
}

// forget makes the table go with its last holder.
func (t *table) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.gone = true
	if t.readers == 0 {
		t.unload()
	}
}

// stop ends the keeper and keeps the rows for those who hold them.
func (t *table) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.idle != nil {
		t.idle.Stop()
		t.idle = nil
	}
	if t.keeper != nil {
		t.keeper.stop()
	}
	if t.points != nil {
		t.points.stop()
	}
}

// current gives the version to answer from. Without one and without an error
// no question has an answer: the copy is too old, and 'stale.action' is 'null'.
func (t *table) current() (*version, error) {
	if e := t.fault.Load(); e != nil {
		return nil, e
	}
	v := t.cur.Load()
	if v == nil {
		return nil, errClosed()
	}
	if t.def.maxStaleness == 0 || t.following.Load() {
		return v, nil
	}
	if age := t.age(t.ts.cfg.Now()); age > t.def.maxStaleness {
		if t.def.staleNull {
			return nil, nil
		}
		return nil, t.tooOld(age)
	}
	return v, nil
}

func (t *table) tooOld(age time.Duration) error {
	e := sqlerr.New(sqlerr.ObjectNotInPrerequisite, "the rows of lookup table %q are %s old; 'refresh.max-staleness' is %s",
		t.name, age.Round(time.Millisecond), catalog.FormatDuration(t.def.maxStaleness))
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shown.err != nil {
		e = e.WithDetail("the last refresh failed: %v", t.shown.err)
	}
	return e.Hint("with 'stale.action' = 'null' the query would go on without matches")
}

// age is the time since the source last agreed with the rows.
func (t *table) age(now time.Time) time.Duration {
	if t.following.Load() {
		return 0
	}
	return max(0, now.Sub(time.Unix(0, t.confirmed.Load())))
}

// open opens a source; references to secrets are resolved for it alone.
func (t *table) open(ctx context.Context, keys []int) (src Source, hide func(error) error, err error) {
	def := *t.def.table
	def.Options, err = catalog.ResolveSecrets(def.Options)
	if err != nil {
		return nil, t.named, err
	}
	hide = func(err error) error { return t.named(hidePlain(&def, catalog.HideSecrets(def.Options, err))) }
	defer recovered(t.log, &err)
	src, err = t.conn.Open(ctx, OpenRequest{Table: &def, Keys: keys, Log: t.log, Now: t.ts.cfg.Now})
	return src, hide, err
}

// minHidden is the length from which a secret is looked for in messages:
// shorter ones would turn up in words.
const minHidden = 4

// hidePlain takes secrets that are written into the definition as such out of an
// error: the values of options with secret names, and passwords in URLs.
func hidePlain(t *catalog.Table, err error) error {
	if err == nil {
		return nil
	}
	var pairs []string
	for _, o := range t.Options {
		masked := catalog.MaskOption(o.Key, o.Value)
		if masked == o.Value || len(o.Value) < minHidden {
			continue
		}
		pairs = append(pairs, o.Value, masked)
		if u, perr := url.Parse(o.Value); perr == nil && u.User != nil {
			if pw, _ := u.User.Password(); len(pw) >= minHidden {
				pairs = append(pairs, pw, "******")
			}
		}
	}
	if len(pairs) == 0 {
		return err
	}
	hide := strings.NewReplacer(pairs...)
	if text := err.Error(); hide.Replace(text) == text {
		return err
	}
	e := *sqlerr.From(err)
	e.Message, e.Detail, e.HintMsg = hide.Replace(e.Message), hide.Replace(e.Detail), hide.Replace(e.HintMsg)
	e.Cause = nil // its text is not ours to mend
	return &e
}
