package rpc

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// limitsOf makes limits of an endpoint's options.
func limitsOf(t *testing.T, options ...string) *Limits {
	t.Helper()
	e := &catalog.Endpoint{Name: "e", Options: catalog.Options{{Key: "url", Value: "127.0.0.1:1"}}}
	for i := 0; i < len(options); i += 2 {
		e.Options = append(e.Options, catalog.Option{Key: options[i], Value: options[i+1]})
	}
	l, release, err := New(Config{}).EndpointLimits(e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return l
}

func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limitsOf(t, "rate-limit", "20/s")
		start := time.Now()
		for range 42 { // two at once, then one each 50 ms
			done, err := l.Acquire(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			done(nil)
		}
		if d := time.Since(start); d != 2*time.Second {
			t.Error(d)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		if _, err := l.Acquire(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestMaxInFlightIsSharedByAllUsers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limitsOf(t, "max-in-flight", "3")
		var now, most atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				done, err := l.Acquire(context.Background())
				if err != nil {
					t.Error(err)
					return
				}
				most.Store(max(most.Load(), now.Add(1)))
				pass(time.Second)
				now.Add(-1)
				done(nil)
			})
		}
		start := time.Now()
		wg.Wait()
		if most.Load() != 3 || time.Since(start) != 7*time.Second {
			t.Error(most.Load(), time.Since(start))
		}
	})
}

func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := limitsOf(t, "breaker.failures", "3", "breaker.open-for", "10s")
		call := func(result error) error {
			done, err := l.Acquire(context.Background())
			if err == nil {
				done(result)
			}
			return err
		}
		bad := errors.New("bad")
		for _, r := range []error{bad, bad, nil, bad, bad, bad} {
			if err := call(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := call(nil); err == nil || l.Breaker() != "open" {
			t.Fatal(err, l.Breaker())
		}
		pass(10*time.Second + 1)
		if l.Breaker() != "half-open" {
			t.Error(l.Breaker())
		}
		probe, err := l.Acquire(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if err := call(nil); err == nil {
			t.Error("a second call beside the probe")
		}
		probe(bad)
		if err := call(nil); err == nil || l.Breaker() != "open" {
			t.Error(err, l.Breaker())
		}
		pass(10*time.Second + 1)
		if err := call(nil); err != nil || l.Breaker() != "closed" {
			t.Error(err, l.Breaker())
		}
	})
}

// fakeLink answers on simulated time.
type fakeLink struct {
	calls []int
	reply func(call int) *failure
}

func (f *fakeLink) call(ctx context.Context, request, dst []byte) ([]byte, *failure) {
	f.calls = append(f.calls, len(request))
	if fail := f.reply(len(f.calls)); fail != nil {
		if fail.err == nil { // a service that does not answer
			<-ctx.Done()
			fail.err = sqlerr.From(ctx.Err())
		}
		return dst, fail
	}
	return append(dst[:0], request...), nil
}

// faked opens a function whose service is f and answers with the questions.
func faked(t *testing.T, fs *Functions, f *fakeLink, options ...string) (*Caller, *catalog.Function) {
	t.Helper()
	fn := define("f", catalog.LanguageHTTP, "x VARCHAR", "x VARCHAR", append([]string{"endpoint", "http://127.0.0.1:1", "on-error", "skip"}, options...)...)
	c, err := fs.Open(context.Background(), fn, []int{0})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.transport = f
	return c, fn
}

func TestOpenBreakerIsNotHalved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := &fakeLink{reply: func(int) *failure {
			return &failure{err: sqlerr.New(sqlerr.ConnectionFailure, "down"), service: true, retry: true}
		}}
		fs := New(Config{})
		c, f := faked(t, fs, link, "breaker.failures", "2", "breaker.open-for", "1min")
		got := ask(t, c, f, words("a", "b"))
		if strings.Count(got, "function f: the circuit breaker of function f is open (08001)") != 2 || len(link.calls) != 2 {
			t.Error(got, link.calls)
		}
		if st, _ := fs.StatusOf("f"); st.Breaker != "open" || st.Calls != 2 {
			t.Errorf("%+v", st)
		}
		pass(time.Minute + 1)
		link.reply = func(int) *failure { return nil }
		if got := ask(t, c, f, words("a", "b")); got != "0:a 1:b" {
			t.Error(got)
		}
	})
}

func TestBackoffAndTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := &fakeLink{reply: func(n int) *failure {
			switch n {
			case 1:
				return &failure{} // silence until the timeout
			case 2:
				return &failure{err: sqlerr.New(sqlerr.ConnectionFailure, "busy"), retry: true, after: time.Hour}
			}
			return nil
		}}
		c, f := faked(t, New(Config{}), link, "timeout", "2s", "retry.initial-backoff", "1s", "retry.max-backoff", "3s")
		start := time.Now()
		if got := ask(t, c, f, words("a")); got != "0:a" {
			t.Error(got)
		}
		// 2 s of silence, 0.5 to 1 s of back-off, and 3 s of the hour that was asked for.
		if d := time.Since(start); d < 5500*time.Millisecond || d > 6*time.Second {
			t.Error(d)
		}
	})
}

func TestRetryBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link := &fakeLink{reply: func(int) *failure {
			return &failure{err: sqlerr.New(sqlerr.ConnectionFailure, "busy"), retry: true, rows: true}
		}}
		c, f := faked(t, New(Config{}), link, "retry.max-attempts", "100", "retry.initial-backoff", "1ms", "retry.max-backoff", "1ms", "retry.budget", "0")
		got := ask(t, c, f, words("a", "b"))
		if len(link.calls) != 11 || strings.Count(got, "busy") != 2 {
			t.Error(len(link.calls), got)
		}
		link.calls = nil
		pass(500 * time.Millisecond) // five more
		ask(t, c, f, words("a"))
		if n := len(link.calls); n < 5 || n > 7 {
			t.Error(n)
		}
	})
}

func TestManyCallersAtOnce(t *testing.T) {
	link := &lockedLink{}
	fs := New(Config{})
	c, f := faked(t, fs, nil, "cache.ttl", "1h", "cache.max-bytes", "2kB")
	c.transport = link
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 50 {
				w := string(rune('a' + (i+k)%26))
				out := matches(f)
				if err := c.Call(context.Background(), words(w, "x", w), out); err != nil {
					t.Error(err)
				}
				if got := value(out.Rows.Cols[0], 0) + value(out.Rows.Cols[0], 1) + value(out.Rows.Cols[0], 2); got != w+"x"+w {
					t.Error(got)
				}
			}
		})
	}
	wg.Wait()
	st, _ := fs.StatusOf("f")
	if st.Questions != 1200 || st.CacheHits+st.CacheMisses != 1200 || st.CacheBytes > 2048 || st.CacheHits == 0 || st.InFlight != 0 {
		t.Errorf("%+v", st)
	}
}

type lockedLink struct{}

func (lockedLink) call(_ context.Context, request, dst []byte) ([]byte, *failure) {
	return append(dst[:0], request...), nil
}

func TestSharedAndClosed(t *testing.T) {
	e := &catalog.Endpoint{Name: "words", Options: catalog.Options{{Key: "url", Value: "127.0.0.1:1"}, {Key: "max-in-flight", Value: "2"}}}
	fs := New(Config{Endpoint: func(name string) *catalog.Endpoint {
		if strings.EqualFold(name, "words") {
			return e
		}
		return nil
	}})
	f := resolve("Words")
	a, err := fs.Open(context.Background(), f, []int{0})
	if err != nil {
		t.Fatal(err)
	}
	g := resolve("words")
	g.Name = "other"
	b, err := fs.Open(context.Background(), g, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a.link != b.link || a.limits != b.limits || cap(a.limits.slots) != 2 {
		t.Error("an endpoint's users share its connection and limits")
	}
	a.Close()
	a.Close()
	if len(fs.links) != 1 || len(fs.limits) != 1 {
		t.Error(len(fs.links), len(fs.limits))
	}
	b.Close()
	if len(fs.links) != 0 || len(fs.limits) != 0 {
		t.Error(len(fs.links), len(fs.limits))
	}
	if n := len(fs.Status()); n != 2 {
		t.Error(n)
	}
	fs.Forget("RESOLVE")
	if _, ok := fs.StatusOf("resolve"); ok || len(fs.Status()) != 1 {
		t.Error("not forgotten")
	}
	f.Options = append(f.Options, catalog.Option{Key: "rate-limit", Value: "5/s"})
	if err := fs.Check(f); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue || !strings.Contains(err.Error(), "belongs to endpoint") {
		t.Error(err)
	}
	_ = fs.Close()
	if _, err := fs.Open(context.Background(), g, nil); sqlerr.CodeOf(err) != sqlerr.AdminShutdown {
		t.Error(err)
	}
}

// pass lets a bubble's time go by.
func pass(d time.Duration) { _ = sleep(context.Background(), d) }
