package rpc

import (
	"context"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
	"golang.org/x/time/rate"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// burstTime is how much of its rate an idle endpoint saves up.
const burstTime = 100 * time.Millisecond

// Limits are those of an endpoint, shared by all that call it: calls in flight,
// rate, circuit breaker.
type Limits struct {
	key     string
	refs    int
	name    string
	slots   chan struct{} // nil: any number
	limiter *rate.Limiter // nil: any rate
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]
}

// newLimits reads the options of a connection. shared is set for an ENDPOINT
// object, whose max-in-flight holds for all its users together.
func newLimits(key, name string, v *catalog.OptionValues, shared bool) *Limits {
	l := &Limits{key: key, name: name}
	if shared {
		if n := v.Int("max-in-flight"); n > 0 {
			l.slots = make(chan struct{}, n)
		}
	}
	if r, _ := parseRate(v.String("rate-limit")); r > 0 {
		l.limiter = rate.NewLimiter(rate.Limit(r), max(1, int(r*burstTime.Seconds())))
	}
	if n := v.Int("breaker.failures"); n > 0 {
		l.breaker = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
			Name: name, MaxRequests: 1, Timeout: v.Duration("breaker.open-for"),
			ReadyToTrip: func(c gobreaker.Counts) bool { return int64(c.ConsecutiveFailures) >= n },
		})
	}
	return l
}

// errOpen is what an open breaker says.
type errOpen struct{ name string }

func (e errOpen) Error() string { return "the circuit breaker of " + e.name + " is open" }

// Acquire waits until a call may be made. done must be called when it has ended:
// with an error that is the service's fault, or nil. Acquire fails with ctx's
// error, or when the breaker is open.
func (l *Limits) Acquire(ctx context.Context) (done func(error), err error) {
	if l.slots != nil {
		select {
		case l.slots <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	free := func() {
		if l.slots != nil {
			<-l.slots
		}
	}
	if l.limiter != nil {
		if err := l.wait(ctx); err != nil {
			free()
			return nil, err
		}
	}
	if l.breaker == nil {
		return func(error) { free() }, nil
	}
	report, err := l.breaker.Allow()
	if err != nil {
		free()
		return nil, errOpen{l.name}
	}
	return func(err error) {
		report(err)
		free()
	}, nil
}

// wait is rate.Limiter.Wait without its foresight: a deadline too near for the
// next token ends the wait when it comes, with ctx's error.
func (l *Limits) wait(ctx context.Context) error {
	r := l.limiter.Reserve()
	d := r.Delay()
	if d == 0 {
		return nil
	}
	if err := sleep(ctx, d); err != nil {
		r.Cancel()
		return err
	}
	return nil
}

// sleep waits for d or for the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Breaker tells the breaker's state: closed, half-open, open, or none.
func (l *Limits) Breaker() string {
	if l.breaker == nil {
		return "none"
	}
	return l.breaker.State().String()
}

// EndpointLimits holds the limits of an ENDPOINT object for a connector of
// another kind until release is called.
func (fs *Functions) EndpointLimits(e *catalog.Endpoint) (l *Limits, release func(), err error) {
	v, err := fs.endpointOptions(e)
	if err != nil {
		return nil, nil, err
	}
	l, err = fs.hold(endpointKey(e), e.Name, v, true)
	if err != nil {
		return nil, nil, err
	}
	return l, sync.OnceFunc(func() { fs.dropLimits(l) }), nil
}

func endpointKey(e *catalog.Endpoint) string {
	return "endpoint\x00" + e.Name + "\x00" + e.Options.String()
}

func (fs *Functions) holdLimits(d *definition) (*Limits, error) {
	if d.endpoint != nil {
		return fs.hold(endpointKey(d.endpoint), d.endpoint.Name, d.link, true)
	}
	return fs.hold("function\x00"+d.fn.Name+"\x00"+d.rawKey, "function "+d.fn.Name, d.link, false)
}

func (fs *Functions) hold(key, name string, v *catalog.OptionValues, shared bool) (*Limits, error) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.closed {
		return nil, sqlerr.New(sqlerr.AdminShutdown, "remote functions are closed")
	}
	l := fs.limits[key]
	if l == nil {
		l = newLimits(key, name, v, shared)
		fs.limits[key] = l
	}
	l.refs++
	return l, nil
}

func (fs *Functions) dropLimits(l *Limits) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if l.refs--; l.refs == 0 {
		delete(fs.limits, l.key)
	}
}

// budget bounds repetitions to a share of the calls, beyond a few a second.
type budget struct {
	mu     sync.Mutex
	share  float64
	tokens float64
	last   time.Time
}

// retriesPerSecond are always allowed; budgetTokens is what may be saved up.
const (
	retriesPerSecond = 10
	budgetTokens     = 100
)

func newBudget(share float64, now time.Time) *budget {
	return &budget{share: share, tokens: retriesPerSecond, last: now}
}

// call counts a call's first attempt.
func (b *budget) call() {
	b.mu.Lock()
	b.tokens = min(b.tokens+b.share, budgetTokens)
	b.mu.Unlock()
}

// retry tells whether a call may be repeated.
func (b *budget) retry(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if d := now.Sub(b.last); d > 0 {
		b.tokens, b.last = min(b.tokens+d.Seconds()*retriesPerSecond, budgetTokens), now
	}
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
