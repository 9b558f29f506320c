package lookup

import (
	"slices"
	"strings"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Defaults and bounds of options.
const (
	// DefaultMaxBytes bounds a table with 'cache' = 'full', DefaultPartialBytes
	// the cache of one with 'partial'.
	DefaultMaxBytes     = 1 << 30
	DefaultPartialBytes = 64 << 20
	// MinRefresh is the shortest 'refresh.interval'.
	MinRefresh = 10 * time.Millisecond
	maxAge     = 10 * 365 * 24 * time.Hour
)

// The values of 'cache'.
const (
	cacheFull    = "full"
	cachePartial = "partial"
	cacheNone    = "none"
)

// Options are those that every lookup table has beside its connector's.
func Options() []catalog.OptionSpec { return slices.Clone(specs) }

var specs = []catalog.OptionSpec{
	{Key: "connector", Required: true, Doc: "where the rows come from"},
	{Key: "endpoint", Doc: "name of an endpoint (CREATE ENDPOINT) whose options hold where the table does not give them"},
	{Key: "cache", Kind: catalog.OptEnum, Default: cacheFull, Enum: []string{cacheFull, cachePartial, cacheNone},
		Doc: "full: all rows are loaded and refreshed; partial: keys are asked for and remembered; none: keys are asked for each time"},
	{Key: "cache.max-bytes", Kind: catalog.OptBytes, Min: 1 << 10, Max: 1 << 40,
		Doc: "full: a load that would be larger is refused (default 1GiB); partial: the rows used least recently go (default 64MiB)"},
	{Key: "cache.keep-alive", Kind: catalog.OptDuration, Default: "1min", Max: int64(maxAge), Doc: "how long the rows are kept when no query uses the table"},
	{Key: "cache.disk-snapshot", Kind: catalog.OptBool, Default: "false",
		Doc: "full: keep the last good copy under --data-dir and start with it when the source cannot be reached"},
	{Key: "cache.ttl", Kind: catalog.OptDuration, Default: "10min", Min: 1, Max: int64(maxAge), Doc: "partial: how long a row is good, less up to a tenth"},
	{Key: "cache.missing-ttl", Kind: catalog.OptDuration, Default: "1min", Max: int64(maxAge), Doc: "partial: how long it is remembered that a key has no row"},
	{Key: "cache.stale-ttl", Kind: catalog.OptDuration, Default: "0", Max: int64(maxAge),
		Doc: "partial: how long behind its end a row still answers while it is asked for anew beside the stream"},
	{Key: "refresh.interval", Kind: catalog.OptDuration, Min: int64(MinRefresh), Max: int64(maxAge), Doc: "full: time from the start of one load to that of the next"},
	{Key: "refresh.align", Kind: catalog.OptBool, Default: "false", Doc: "full: load at multiples of the interval since 1970-01-01 UTC"},
	{Key: "refresh.cron", Doc: "full: when to load, as five fields of cron in UTC, or with CRON_TZ=zone in front"},
	{Key: "refresh.jitter", Kind: catalog.OptDuration, Default: "0", Max: int64(24 * time.Hour), Doc: "full: each refresh is put off by a random time up to this"},
	{Key: "refresh.on-failure", Kind: catalog.OptEnum, Default: "serve-stale", Enum: []string{"serve-stale", "fail"},
		Doc: "full: what a failed refresh does to the queries: the last good copy goes on serving, or they fail"},
	{Key: "refresh.max-staleness", Kind: catalog.OptDuration, Min: 1, Max: int64(maxAge), Doc: "full: the age from which 'stale.action' holds"},
	{Key: "stale.action", Kind: catalog.OptEnum, Default: "fail", Enum: []string{"fail", "null"},
		Doc: "full: what a copy beyond 'refresh.max-staleness' does: the queries fail, or no key is found"},
	{Key: "load.timeout", Kind: catalog.OptDuration, Default: "5min", Min: 1, Max: int64(24 * time.Hour), Doc: "full: the longest time that one load may take"},
	{Key: "load.max-attempts", Kind: catalog.OptInt, Default: "3", Min: 1, Max: 100, Doc: "full: how often the first load is tried before the query fails"},
	{Key: "duplicate-keys", Kind: catalog.OptEnum, Default: "last", Enum: []string{"last", "error"},
		Doc: "several rows with the same PRIMARY KEY: the last one counts, or the load fails"},
	{Key: "lookup.batch.max-rows", Kind: catalog.OptInt, Default: "1024", Min: 1, Max: 1 << 16, Doc: "partial, none: keys asked for at once"},
	{Key: "max-in-flight", Kind: catalog.OptInt, Default: "4", Min: 1, Max: 256, Doc: "partial, none: batches of keys under way at the same time, over all queries"},
	{Key: "lookup.timeout", Kind: catalog.OptDuration, Default: "10s", Min: 1, Max: int64(time.Hour), Doc: "partial, none: the longest time that one batch may take"},
	{Key: "lookup.max-attempts", Kind: catalog.OptInt, Default: "3", Min: 1, Max: 100, Doc: "partial, none: how often a batch is tried before the query fails"},
	{Key: "on-error", Kind: catalog.OptEnum, Default: "fail", Enum: []string{"fail", "null", "skip", "reject"},
		Doc: "a single key that could not be answered: the query fails, the row goes on with NULLs, or it is dropped"},
}

// onlyFor says which kinds of cache an option is for; others fit all.
var onlyFor = map[string][]string{
	"cache.disk-snapshot": {cacheFull}, "refresh.interval": {cacheFull}, "refresh.align": {cacheFull}, "refresh.cron": {cacheFull},
	"refresh.jitter": {cacheFull}, "refresh.on-failure": {cacheFull}, "refresh.max-staleness": {cacheFull}, "stale.action": {cacheFull},
	"load.timeout": {cacheFull}, "load.max-attempts": {cacheFull}, "duplicate-keys": {cacheFull},
	"cache.ttl": {cachePartial}, "cache.missing-ttl": {cachePartial}, "cache.stale-ttl": {cachePartial},
	"cache.max-bytes":       {cacheFull, cachePartial},
	"lookup.batch.max-rows": {cachePartial, cacheNone}, "max-in-flight": {cachePartial, cacheNone},
	"lookup.timeout": {cachePartial, cacheNone}, "lookup.max-attempts": {cachePartial, cacheNone},
}

// define checks a table's options, the connector's included, and understands
// them.
func (ts *Tables) define(t *catalog.Table) (*definition, Connector, error) {
	name, _ := t.Option("connector")
	c, ok := ts.cfg.Connectors[name]
	if !ok {
		if name == "" {
			return nil, nil, sqlerr.New(sqlerr.InvalidParameterValue, "option 'connector' is missing").Hint("The connectors of lookup tables are: %s.", ts.connectors())
		}
		e := sqlerr.New(sqlerr.InvalidParameterValue, "there is no connector '%s' for lookup tables", name).Hint("The connectors are: %s.", ts.connectors())
		for _, o := range t.Options {
			if o.Key == "connector" {
				e = e.At(o.ValuePos)
			}
		}
		return nil, nil, e
	}
	all := slices.Clone(specs)
	for _, s := range c.Options() {
		if !slices.ContainsFunc(all, func(o catalog.OptionSpec) bool { return o.Key == s.Key }) {
			all = append(all, s)
		}
	}
	merged, err := ts.withEndpoint(t, all)
	if err != nil {
		return nil, nil, err
	}
	open, err := catalog.ResolveSecrets(merged.Options)
	if err != nil {
		return nil, nil, err
	}
	v, err := catalog.Validate(all, open)
	if err != nil {
		return nil, nil, catalog.HideSecrets(open, err)
	}
	d, err := read(merged, v)
	if err != nil {
		return nil, nil, err
	}
	if d.diskSnapshot && ts.cfg.SnapshotDir == "" {
		return nil, nil, at(t, "cache.disk-snapshot", "'cache.disk-snapshot' needs a folder for data").Hint("start the server with --data-dir")
	}
	return d, c, c.Check(merged)
}

func (ts *Tables) connectors() string {
	names := make([]string, 0, len(ts.cfg.Connectors))
	for n := range ts.cfg.Connectors {
		names = append(names, n)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// withEndpoint gives the table those options of its endpoint that it can have
// and does not give itself; the endpoint may serve functions too.
func (ts *Tables) withEndpoint(t *catalog.Table, all []catalog.OptionSpec) (*catalog.Table, error) {
	name, ok := t.Option("endpoint")
	if !ok {
		return t, nil
	}
	var end *catalog.Endpoint
	if ts.cfg.Endpoint != nil {
		end = ts.cfg.Endpoint(name)
	}
	if end == nil {
		e := at(t, "endpoint", "endpoint \"%s\" does not exist", name)
		e.Code = sqlerr.UndefinedObject
		return nil, e
	}
	cache, ok := t.Option("cache")
	if !ok {
		cache = cacheFull
	}
	merged := *t
	merged.Options = slices.Clone(t.Options)
	for _, o := range end.Options {
		_, given := t.Option(o.Key)
		kinds, limited := onlyFor[o.Key]
		known := slices.ContainsFunc(all, func(s catalog.OptionSpec) bool { return s.Key == o.Key || s.Prefix && strings.HasPrefix(o.Key, s.Key) })
		if !given && known && (!limited || slices.Contains(kinds, strings.ToLower(cache))) {
			merged.Options = append(merged.Options, o)
		}
	}
	return &merged, nil
}
