package lookup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// A load or question that failed is tried again after RetryFirst, then after
// twice that, and so on up to RetryMost; a table with an interval is tried at
// least that often.
const (
	RetryFirst = time.Second
	RetryMost  = time.Minute
)

// keeper is the goroutine that loads a table and keeps it fresh, from the first
// holder until the table is unloaded. All loads of a table are its own, so they never overlap.
type keeper struct {
	t      *table
	ctx    context.Context
	stop   context.CancelFunc
	before <-chan struct{} // the keeper before has ended; nil: there was none
	done   chan struct{}
	// ready is closed when the first load has ended; err is its outcome.
	ready chan struct{}
	err   error
	// wake tells of asked, which is under the table's mu.
	wake  chan struct{}
	asked []chan error

	// held is the version in place, for the snapshot.
	held  *version
	src   Source
	hide  func(error) error
	token string
	// tries counts the loads that failed since the last good one.
	tries int
	live  *follower
	disk  snapshotter
}

func newKeeper(t *table, before <-chan struct{}) *keeper {
	ctx, stop := context.WithCancel(t.ts.ctx)
	return &keeper{t: t, ctx: ctx, stop: stop, before: before, done: make(chan struct{}), ready: make(chan struct{}),
		wake: make(chan struct{}, 1), hide: t.named}
}

// ask wants a load that begins from now on; the outcome comes on the channel.
// The table's mu is held.
func (k *keeper) ask() <-chan error {
	done := make(chan error, 1)
	k.asked = append(k.asked, done)
	select {
	case k.wake <- struct{}{}:
	default:
	}
	return done
}

// run is the goroutine.
func (k *keeper) run() {
	defer close(k.done)
	if k.before != nil {
		<-k.before
	}
	k.err = k.first()
	if k.err == nil {
		close(k.ready)
		k.keep()
	}
	k.closeSource()
	k.t.mu.Lock()
	if k.t.keeper == k && k.err != nil {
		k.t.keeper = nil // the next holder tries again
	}
	asked := k.asked
	k.asked = nil
	k.t.mu.Unlock()
	err := k.err
	if err != nil {
		close(k.ready)
	} else {
		err = errClosed()
	}
	for _, c := range asked {
		c <- err
	}
	k.stop()
}

// first loads the table; where the source fails a snapshot on disk may stand in.
func (k *keeper) first() error {
	for try := 1; ; try++ {
		err := k.load()
		if err == nil {
			return nil
		}
		if k.ctx.Err() != nil {
			return errClosed()
		}
		if k.t.def.diskSnapshot && k.restore() {
			return nil
		}
		if try >= k.t.def.loadAttempts || !passing(err) {
			return err
		}
		if !k.sleep(k.backoff(try)) {
			return errClosed()
		}
	}
}

func (k *keeper) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-k.ctx.Done():
		return false
	}
}

// backoff is how long to wait behind the n-th failure.
func (k *keeper) backoff(n int) time.Duration {
	most := RetryMost
	if iv := k.t.def.interval; iv > 0 {
		most = min(most, max(iv, RetryFirst))
	}
	return min(most, RetryFirst<<min(n-1, 10))
}

// passing tells a fault that may be gone at the next try.
func passing(err error) bool {
	switch code := sqlerr.CodeOf(err); code {
	case sqlerr.InvalidParameterValue, sqlerr.OutOfMemory, sqlerr.ProgramLimitExceeded:
		return false
	default:
		return !strings.HasPrefix(string(code), "42") && !strings.HasPrefix(string(code), "0A") && !strings.HasPrefix(string(code), "28")
	}
}

// keep refreshes until the keeper is stopped.
func (k *keeper) keep() {
	defer k.disk.flush(k)
	next := k.schedule(k.t.ts.cfg.Now())
	for {
		k.follow()
		timer, fire := k.timer(next)
		var changed <-chan struct{}
		var ended <-chan struct{}
		if k.live != nil {
			changed, ended = k.live.signal, k.live.done
		}
		due := false
		var err error
		select {
		case <-k.ctx.Done():
		case <-k.wake:
			due = k.isAsked()
		case <-fire:
		case <-changed:
			err = k.applyChanges()
		case <-ended: // what it told before still counts
			k.live.notBefore = time.Time{}
			err = errors.Join(k.applyChanges(), k.live.err)
		}
		if timer != nil {
			timer.Stop()
		}
		if k.ctx.Err() != nil {
			k.unfollow()
			return
		}
		if err != nil {
			k.liveFailed(err)
			next = k.schedule(k.t.ts.cfg.Now())
		}
		now := k.t.ts.cfg.Now()
		if due || !next.IsZero() && !now.Before(next) {
			k.unfollow()
			k.refresh()
			next = k.schedule(now)
		}
		k.disk.tick(k)
	}
}

// timer fires when the next refresh or write to disk is due.
func (k *keeper) timer(next time.Time) (*time.Timer, <-chan time.Time) {
	if at := k.disk.due(); !at.IsZero() && (next.IsZero() || at.Before(next)) {
		next = at
	}
	if next.IsZero() {
		return nil, nil
	}
	timer := time.NewTimer(max(0, next.Sub(k.t.ts.cfg.Now())))
	return timer, timer.C
}

// schedule says when to load next, the last load having begun at start.
func (k *keeper) schedule(start time.Time) time.Time {
	now := k.t.ts.cfg.Now()
	next := k.t.def.after(start, now)
	if k.tries > 0 {
		next = now.Add(k.backoff(k.tries))
	}
	k.t.mu.Lock()
	k.t.shown.next = next
	k.t.mu.Unlock()
	return next
}

func (k *keeper) isAsked() bool {
	k.t.mu.Lock()
	defer k.t.mu.Unlock()
	return len(k.asked) > 0
}

// refresh loads and tells those who asked before it began.
func (k *keeper) refresh() {
	k.t.mu.Lock()
	asked := k.asked
	k.asked = nil
	k.t.mu.Unlock()
	err := k.load()
	for _, c := range asked {
		c <- err
	}
}

// load loads once and puts the rows in place. Its error has the table's name
// and no secrets.
func (k *keeper) load() error {
	t := k.t
	start := t.ts.cfg.Now()
	v, token, err := k.fetch()
	if k.ctx.Err() != nil {
		return errClosed()
	}
	now := t.ts.cfg.Now()
	t.loads.Add(1)
	if err == nil {
		t.confirmed.Store(start.UnixNano())
		k.token = token
		if v != nil {
			k.adopt(v)
		}
	}
	if err != nil {
		err = k.hide(err)
		k.closeSource()
		k.tries++
		t.failures.Add(1)
		t.log.Warn("loading a lookup table failed", "error", err, "sqlstate", string(sqlerr.CodeOf(err)), "failures", k.tries, "serving", t.cur.Load() != nil)
		if t.def.failOnFailure {
			t.fault.Store(sqlerr.From(err))
		}
	} else {
		k.tries = 0
		t.fault.Store(nil)
	}
	t.mu.Lock()
	t.shown.duration, t.shown.err = now.Sub(start), err
	if err == nil {
		t.shown.last = now
	}
	t.mu.Unlock()
	return err
}

// fetch asks the source for its rows; no version and no error: nothing changed.
func (k *keeper) fetch() (v *version, token string, err error) {
	def := k.t.def
	ctx, cancel := context.WithTimeout(k.ctx, def.loadTimeout)
	defer cancel()
	defer func() {
		if err != nil && ctx.Err() == context.DeadlineExceeded && k.ctx.Err() == nil {
			err = sqlerr.New(sqlerr.QueryCanceled, "loading lookup table %q took longer than 'load.timeout' (%s)", k.t.name, catalog.FormatDuration(def.loadTimeout))
		}
	}()
	defer recovered(k.t.log, &err)
	if k.src == nil {
		src, hide, err := k.t.open(ctx, nil)
		if hide != nil {
			k.hide = hide
		}
		if err != nil {
			return nil, "", err
		}
		k.src = src
	}
	since := k.token
	prev := k.t.cur.Load()
	if prev == nil {
		since = ""
	}
	if _, live := k.src.(LiveSource); live && def.key == nil {
		return nil, "", sqlerr.New(sqlerr.InvalidTableDefinition, "lookup table %q follows its source and needs a PRIMARY KEY", k.t.name)
	}
	l := newLoader(def, prev)
	token, err = k.src.Load(ctx, since, l.add)
	switch {
	case errors.Is(err, ErrUnchanged) && since != "":
		return nil, k.token, nil
	case errors.Is(err, ErrUnchanged):
		return nil, "", sqlerr.New(sqlerr.InternalError, "the source of lookup table %q tells of no change before its first load", k.t.name)
	case err != nil:
		return nil, "", err
	}
	v, err = l.finish(k.t.ts.cfg.Now())
	return v, token, err
}

// adopt makes v the current version, unless it holds what the current one holds.
func (k *keeper) adopt(v *version) {
	t := k.t
	t.nullKeys.Store(v.nullKeys)
	t.duplicateKeys.Store(v.duplicates)
	if v.nullKeys > 0 || v.duplicates > 0 {
		t.log.Info("rows of a lookup table left out", "null_keys", v.nullKeys, "duplicate_keys", v.duplicates)
	}
	if v.same(t.cur.Load()) {
		return
	}
	k.publish(v)
	k.disk.dirty(k)
}

// publish builds the indexes that readers need and then swaps.
func (k *keeper) publish(v *version) {
	t := k.t
	for {
		t.mu.Lock()
		var missing [][]int
		for _, s := range t.sets {
			if v.find(s.columns) == nil {
				missing = append(missing, slices.Clone(s.columns))
			}
		}
		if missing == nil {
			k.held = v
			if t.keeper == k {
				t.number++
				v.number = t.number
				t.cur.Store(v)
			}
			t.mu.Unlock()
			return
		}
		t.mu.Unlock()
		for _, columns := range missing {
			v.ensure(t.def.like.Cols, columns)
		}
	}
}

func (k *keeper) closeSource() {
	if k.src != nil {
		if err := k.src.Close(); err != nil {
			k.t.log.Info("closing the source of a lookup table failed", "error", k.hide(err))
		}
		k.src = nil
	}
}

// named puts the table's name in front of an error that lacks it.
func (t *table) named(err error) error {
	if err == nil {
		return nil
	}
	e := *sqlerr.From(err)
	if !strings.Contains(e.Message, `"`+t.name+`"`) {
		e.Message = fmt.Sprintf("lookup table %q: %s", t.name, e.Message)
	}
	return &e
}

// recovered turns a panic of a source into an error.
func recovered(log *slog.Logger, err *error) {
	if p := recover(); p != nil {
		log.Error("internal error", "panic", p, "stack", string(debug.Stack()))
		*err = sqlerr.New(sqlerr.InternalError, "internal error in the source of a lookup table; the server's log has the details")
	}
}

// rowsOf makes an empty batch for the rows of the table.
func (t *table) rowsOf() *exec.Batch { return t.def.like.Like() }
