package rpc

import (
	"context"
	"log/slog"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

// Config says what functions may use. Log and Now have defaults; a nil Endpoint
// finds none.
type Config struct {
	Log *slog.Logger
	Now func() time.Time
	// Allow judges files and addresses.
	Allow *allow.List
	// Dial makes connections; nil means Allow's. Tests connect within the process.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Endpoint finds the object that CREATE ENDPOINT made; nil when there is none.
	Endpoint func(name string) *catalog.Endpoint
}

// Functions is the process's registry of remote functions. All methods may be
// called from any goroutine.
type Functions struct {
	cfg Config

	mu     sync.Mutex
	closed bool
	funcs  map[string]*function // by lower-case name
	limits map[string]*Limits
	links  map[string]*link
}

// function is what all users of one function share.
type function struct {
	name, language, endpoint string
	// made tells one CREATE from the next.
	made    string
	users   int
	limits  *Limits // of the last Open, for Status
	cache   *cache
	budget  *budget
	counter counters
}

// New makes an empty registry.
func New(cfg Config) *Functions {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Endpoint == nil {
		cfg.Endpoint = func(string) *catalog.Endpoint { return nil }
	}
	if cfg.Dial == nil {
		cfg.Dial = cfg.Allow.Dialer()
	}
	return &Functions{cfg: cfg, funcs: map[string]*function{}, limits: map[string]*Limits{}, links: map[string]*link{}}
}

// Check looks a function over as CREATE FUNCTION does: options, the .proto, the
// method, and the fields that arguments and columns go to. It makes no connection,
// so that of a function with reflection only the options are looked at.
func (fs *Functions) Check(f *catalog.Function) error {
	d, err := fs.define(f)
	if err != nil {
		return err
	}
	if d.reflection {
		return nil
	}
	_, err = d.compile(context.Background(), fs, nil)
	return d.hide(err)
}

// CheckEndpoint looks an endpoint over as CREATE ENDPOINT does.
func (fs *Functions) CheckEndpoint(e *catalog.Endpoint) error {
	_, err := fs.endpointOptions(e)
	return err
}

// Open prepares calls of a function. columns are those of f.Returns that answers
// must have, in that order. Where descriptors come from the server by reflection it
// is asked here; otherwise nothing is connected yet.
func (fs *Functions) Open(ctx context.Context, f *catalog.Function, columns []int) (*Caller, error) {
	d, err := fs.define(f)
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		if c < 0 || c >= len(f.Returns) {
			return nil, sqlerr.New(sqlerr.InternalError, "function %s has no column %d", f.Name, c)
		}
	}
	c, err := fs.open(ctx, f, d, columns)
	return c, d.hide(err)
}

func (fs *Functions) open(ctx context.Context, f *catalog.Function, d *definition, columns []int) (*Caller, error) {
	limits, err := fs.holdLimits(d)
	if err != nil {
		return nil, err
	}
	l, err := fs.holdLink(d)
	if err != nil {
		fs.dropLimits(limits)
		return nil, err
	}
	plan, err := d.compile(ctx, fs, l)
	if err != nil {
		fs.dropLink(l)
		fs.dropLimits(limits)
		return nil, err
	}
	d.settings.unary = plan.unary()
	c := &Caller{fs: fs, def: d, set: d.settings, plan: plan, columns: slices.Clone(columns), limits: limits, link: l,
		transport: plan.transport(l, d), table: f.Table}
	c.fn = fs.use(f, d, limits)
	c.init(f)
	return c, nil
}

// use finds or makes what users of the function share.
func (fs *Functions) use(f *catalog.Function, d *definition, limits *Limits) *function {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	key := strings.ToLower(f.Name)
	made := f.SQL + "\x00" + f.Created.String() + "\x00" + d.rawKey
	fn := fs.funcs[key]
	if fn == nil || fn.made != made {
		fn = &function{name: f.Name, language: f.Language, endpoint: d.shown, made: made, budget: newBudget(d.settings.budget, fs.cfg.Now())}
		if d.settings.cacheTTL > 0 {
			fn.cache = newCache(d.settings.cacheTTL, d.settings.cacheBytes)
		}
		fs.funcs[key] = fn
	}
	fn.users++
	fn.limits = limits
	return fn
}

// release undoes one Open.
func (fs *Functions) release(c *Caller) {
	fs.mu.Lock()
	c.fn.users--
	fs.mu.Unlock()
	fs.dropLink(c.link)
	fs.dropLimits(c.limits)
}

// Status tells what each function has done, by name.
func (fs *Functions) Status() []Status {
	fs.mu.Lock()
	names := slices.Sorted(maps.Keys(fs.funcs))
	fs.mu.Unlock()
	out := make([]Status, 0, len(names))
	for _, n := range names {
		if s, ok := fs.StatusOf(n); ok {
			out = append(out, s)
		}
	}
	return out
}

// StatusOf tells what one function has done; false when it has never been opened.
func (fs *Functions) StatusOf(name string) (Status, bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fn := fs.funcs[strings.ToLower(name)]
	if fn == nil {
		return Status{}, false
	}
	s := Status{Name: fn.name, Language: fn.language, Endpoint: fn.endpoint, Users: fn.users, Breaker: fn.limits.Breaker()}
	fn.counter.fill(&s)
	if fn.cache != nil {
		s.CacheBytes = fn.cache.size()
	}
	return s, true
}

// Forget drops the counters and kept answers of a function; DROP FUNCTION calls it.
// Callers that are open go on without it.
func (fs *Functions) Forget(name string) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	delete(fs.funcs, strings.ToLower(name))
}

// Close closes all connections; calls under way fail, and no function opens any
// more.
func (fs *Functions) Close() error {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.closed = true
	for k, l := range fs.links {
		l.shut()
		delete(fs.links, k)
	}
	return nil
}
