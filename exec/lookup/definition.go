package lookup

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

// definition is a table with its options understood.
type definition struct {
	table *catalog.Table // with the endpoint's options, references to secrets unresolved
	types []catalog.Type
	like  *exec.Batch // an empty batch of all columns
	key   []int       // the primary key in its declared order; nil: none

	cache            string
	maxBytes         int64
	keepAlive        time.Duration
	diskSnapshot     bool
	refuseDuplicates bool

	interval, jitter time.Duration
	align            bool
	cron             cron.Schedule
	failOnFailure    bool
	maxStaleness     time.Duration
	staleNull        bool
	loadTimeout      time.Duration
	loadAttempts     int

	ttl, missTTL, staleTTL time.Duration
	batchRows, inFlight    int
	lookupTimeout          time.Duration
	lookupAttempts         int
	onError                string
}

// at is 22023, at the place of an option's key in the statement.
func at(t *catalog.Table, key, format string, args ...any) *sqlerr.Error {
	e := sqlerr.New(sqlerr.InvalidParameterValue, format, args...)
	for _, o := range t.Options {
		if o.Key == key {
			e = e.At(o.KeyPos)
		}
	}
	return e
}

// read understands the options of a table.
func read(t *catalog.Table, v *catalog.OptionValues) (*definition, error) {
	d := &definition{table: t, cache: v.Enum("cache"), keepAlive: v.Duration("cache.keep-alive"),
		diskSnapshot: v.Bool("cache.disk-snapshot"), refuseDuplicates: v.Enum("duplicate-keys") == "error",
		interval: v.Duration("refresh.interval"), jitter: v.Duration("refresh.jitter"), align: v.Bool("refresh.align"),
		failOnFailure: v.Enum("refresh.on-failure") == "fail", maxStaleness: v.Duration("refresh.max-staleness"),
		staleNull: v.Enum("stale.action") == "null", loadTimeout: v.Duration("load.timeout"), loadAttempts: int(v.Int("load.max-attempts")),
		ttl: v.Duration("cache.ttl"), missTTL: v.Duration("cache.missing-ttl"), staleTTL: v.Duration("cache.stale-ttl"),
		batchRows: int(v.Int("lookup.batch.max-rows")), inFlight: int(v.Int("max-in-flight")),
		lookupTimeout: v.Duration("lookup.timeout"), lookupAttempts: int(v.Int("lookup.max-attempts")), onError: v.Enum("on-error")}
	d.maxBytes = v.Bytes("cache.max-bytes")
	if d.maxBytes == 0 {
		if d.maxBytes = DefaultMaxBytes; d.cache == cachePartial {
			d.maxBytes = DefaultPartialBytes
		}
	}
	d.like = &exec.Batch{Split: -1}
	for _, c := range t.Columns {
		if !c.Physical() {
			return nil, sqlerr.New(sqlerr.FeatureNotSupported, "column %q: a lookup table has neither computed nor metadata columns", c.Name)
		}
		d.types = append(d.types, c.Type)
		d.like.Cols = append(d.like.Cols, exec.NewColumnOf(c.Type))
	}
	for _, k := range t.PrimaryKey {
		i := slices.IndexFunc(t.Columns, func(c catalog.TableColumn) bool { return c.Name == k })
		if i < 0 {
			return nil, sqlerr.New(sqlerr.UndefinedColumn, "column %q named in key does not exist", k)
		}
		d.key = append(d.key, i)
	}
	return d, d.judge(v)
}

// judge refuses options that do not go together.
func (d *definition) judge(v *catalog.OptionValues) error {
	t := d.table
	for _, o := range t.Options {
		if kinds, ok := onlyFor[o.Key]; ok && !slices.Contains(kinds, d.cache) {
			return at(t, o.Key, "option '%s' means nothing with 'cache' = '%s'", o.Key, d.cache)
		}
	}
	if text := v.String("refresh.cron"); v.IsSet("refresh.cron") {
		s, err := cron.ParseStandard(text)
		if err != nil {
			return at(t, "refresh.cron", "invalid value for option 'refresh.cron': '%s'", text).
				Hint("five fields are expected: minute, hour, day of the month, month, day of the week (%v)", err)
		}
		d.cron = s
	}
	needs := func(key, other string) error {
		if v.IsSet(key) && !v.IsSet(other) {
			return at(t, key, "option '%s' needs '%s'", key, other)
		}
		return nil
	}
	switch {
	case d.interval > 0 && d.cron != nil:
		return at(t, "refresh.cron", "options 'refresh.interval' and 'refresh.cron' exclude one another")
	case d.jitter > 0 && d.interval == 0 && d.cron == nil:
		return at(t, "refresh.jitter", "option 'refresh.jitter' needs 'refresh.interval' or 'refresh.cron'")
	case d.cache != cacheFull && d.key == nil:
		return at(t, "cache", "'cache' = '%s' needs a PRIMARY KEY", d.cache).Hint("its columns are what the source is asked for")
	case v.IsSet("duplicate-keys") && d.key == nil:
		return at(t, "duplicate-keys", "option 'duplicate-keys' needs a PRIMARY KEY").Hint("without one all rows of a key are kept")
	case d.diskSnapshot && t.Temporary:
		return at(t, "cache.disk-snapshot", "a temporary table has no 'cache.disk-snapshot'")
	}
	if err := needs("refresh.align", "refresh.interval"); err != nil {
		return err
	}
	return needs("stale.action", "refresh.max-staleness")
}

// after is when the next refresh is due if one began at start and it is now:
// at a multiple of the interval behind start, so that a slow load skips some.
// The zero time means that none is.
func (d *definition) after(start, now time.Time) time.Time {
	var next time.Time
	switch {
	case d.cron != nil:
		next = d.cron.Next(now.UTC())
	case d.interval == 0:
		return time.Time{}
	case d.align:
		next = aligned(now, d.interval)
	default:
		next = start.Add(d.interval)
		if late := now.Sub(next); late > 0 {
			next = next.Add((late + d.interval - 1) / d.interval * d.interval)
		}
	}
	if d.jitter > 0 && !next.IsZero() {
		next = next.Add(rand.N(d.jitter))
	}
	return next
}

// aligned is the first multiple of every since 1970 that is after now.
func aligned(now time.Time, every time.Duration) time.Time {
	past := now.UnixNano() % int64(every)
	if past < 0 {
		past += int64(every)
	}
	return now.Add(every - time.Duration(past))
}

// fingerprint tells definitions apart by all that decides what rows there are.
func (d *definition) fingerprint() string {
	h := sha256.New()
	options := make([][2]string, len(d.table.Options))
	for i, o := range d.table.Options {
		options[i] = [2]string{o.Key, o.Value}
	}
	// Strings and types always encode.
	_ = json.NewEncoder(h).Encode([]any{d.table.Columns, d.table.PrimaryKey, options})
	return hex.EncodeToString(h.Sum(nil))
}

// sortedSet gives columns in ascending order, each once.
func sortedSet(columns []int) []int {
	s := slices.Clone(columns)
	slices.Sort(s)
	return slices.Compact(s)
}
