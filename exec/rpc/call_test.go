package rpc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/wordlen"
)

// calls counts calls and rows of a service, and lets a test refuse some.
type calls struct {
	mu     sync.Mutex
	sizes  []int
	refuse func(n int, words []string) error
}

func (c *calls) before(_ context.Context, _ string, words []string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sizes = append(c.sizes, len(words))
	if c.refuse == nil {
		return nil
	}
	return c.refuse(len(c.sizes), words)
}

func TestBatchIsOneCall(t *testing.T) {
	var n calls
	var log strings.Builder
	s := serve(t, wordlen.Config{Before: n.before, Log: &log})
	fs := registry(t, Config{})
	f := resolve(s.Addr())
	if err := fs.Check(f); err != nil {
		t.Fatal(err)
	}
	c := open(t, fs, f)
	if got := ask(t, c, f, words("one", "three", "", "übung", "\x00")); got != "0:3 1:5 2:0 3:5 4:0" {
		t.Error(got)
	}
	if got := log.String(); got != "resolveBatch rows=5\n" {
		t.Error(got)
	}
	st, _ := fs.StatusOf("RESOLVE")
	if st.Calls != 1 || st.Rows != 5 || st.Questions != 5 || st.Answers != 5 || st.Retries+st.Halvings+st.Faults != 0 || st.Users != 1 ||
		st.RowsPerCall.Count != 1 || st.RowsPerCall.Sum != 5 || st.Latency.Count != 1 || st.Breaker != "none" || st.InFlight != 0 {
		t.Errorf("%+v", st)
	}
}

func TestUnaryMethodIsCalledForEachQuestion(t *testing.T) {
	var now, most atomic.Int64
	release := make(chan struct{})
	var once sync.Once
	s := serve(t, wordlen.Config{Before: func(_ context.Context, method string, words []string) error {
		if n := now.Add(1); n == 3 {
			once.Do(func() { close(release) }) // three calls stand side by side
		}
		<-release
		most.Store(max(most.Load(), now.Load()))
		now.Add(-1)
		if words[0] == "bad" {
			return status.Error(codes.InvalidArgument, "no such word")
		}
		return nil
	}})
	fs := registry(t, Config{})
	f := resolve(s.Addr(), "method", "RpcService/resolve", "request.rows", "", "response.rows", "", "max-in-flight", "3", "on-error", "skip")
	c := open(t, fs, f)
	if got := ask(t, c, f, words("a", "bb", "bad", "dddd", "eeeee")); got !=
		`0:1 1:2 3:4 4:5 2!function resolve: INVALID_ARGUMENT: no such word (22000)` {
		t.Error(got)
	}
	if most.Load() > 3 {
		t.Errorf("%d calls at once", most.Load())
	}
}

func TestReflection(t *testing.T) {
	s := serve(t, wordlen.Config{})
	fs := registry(t, Config{})
	f := resolve(s.Addr(), "proto", "", "reflection", "true")
	if err := fs.Check(f); err != nil {
		t.Fatal(err)
	}
	c := open(t, fs, f)
	if got := ask(t, c, f, words("abc")); got != "0:3" {
		t.Error(got)
	}
	bad := resolve(s.Addr(), "proto", "", "reflection", "true", "method", "RpcServer/resolveBatch")
	if _, err := fs.Open(context.Background(), bad, nil); err == nil || !strings.Contains(fmt.Sprint(err, hint(err)), "RpcService") {
		t.Error(err)
	}
	silent := serve(t, wordlen.Config{NoReflection: true})
	bad = resolve(silent.Addr(), "proto", "", "reflection", "true")
	if _, err := fs.Open(context.Background(), bad, nil); err == nil || !strings.Contains(err.Error(), "does not describe itself") {
		t.Error(err)
	}
}

func TestBatchIsHalvedDownToTheBadRows(t *testing.T) {
	n := calls{refuse: func(_ int, words []string) error {
		if slices.Contains(words, "bad") {
			return status.Error(codes.InvalidArgument, "bad word")
		}
		return nil
	}}
	s := serve(t, wordlen.Config{Before: n.before})
	fs := registry(t, Config{})
	f := resolve(s.Addr(), "on-error", "reject")
	c := open(t, fs, f)
	out := matches(f)
	if err := c.Call(context.Background(), words("a", "bb", "ccc", "bad", "eeeee", "f", "gg", "hhh"), out); err != nil {
		t.Fatal(err)
	}
	if got := show(t, out, 8); got != "0:1 1:2 2:3 4:5 5:1 6:2 7:3 3!function resolve: INVALID_ARGUMENT: bad word (22000)" {
		t.Error(got)
	}
	if !slices.Equal(n.sizes, []int{8, 4, 2, 2, 1, 1, 4}) {
		t.Error(n.sizes)
	}
	if want := []int32{3, 3, 4, 4, 2, 2, 2, 2}; !slices.Equal(out.Attempts, want) {
		t.Error(out.Attempts)
	}
	if st, _ := fs.StatusOf("resolve"); st.Halvings != 3 || st.Retries != 0 || st.Faults != 1 || !strings.Contains(st.LastError, "bad word") {
		t.Errorf("%+v", st)
	}
}

func TestTransientFailureIsRepeated(t *testing.T) {
	n := calls{refuse: func(n int, _ []string) error {
		if n < 3 {
			return status.Error(codes.Unavailable, "busy")
		}
		return nil
	}}
	s := serve(t, wordlen.Config{Before: n.before})
	fs := registry(t, Config{})
	f := resolve(s.Addr(), "retry.initial-backoff", "1ms")
	c := open(t, fs, f)
	if got := ask(t, c, f, words("abc", "de")); got != "0:3 1:2" {
		t.Error(got)
	}
	if st, _ := fs.StatusOf("resolve"); st.Retries != 2 || st.Calls != 3 || st.Rows != 2 {
		t.Errorf("%+v", st)
	}
}

func TestAttemptsRunOut(t *testing.T) {
	n := calls{refuse: func(_ int, words []string) error {
		if slices.Contains(words, "bad") {
			return status.Error(codes.Aborted, "conflict")
		}
		return nil
	}}
	s := serve(t, wordlen.Config{Before: n.before})
	fs := registry(t, Config{})
	f := resolve(s.Addr(), "retry.initial-backoff", "1ms", "retry.max-attempts", "2", "on-error", "null")
	c := open(t, fs, f)
	out := matches(f)
	if err := c.Call(context.Background(), words("a", "bad"), out); err != nil {
		t.Fatal(err)
	}
	if got := show(t, out, 2); got != "0:1 1!function resolve: ABORTED: conflict (08006)" {
		t.Error(got)
	}
	if !slices.Equal(n.sizes, []int{2, 2, 1, 1, 1}) || !slices.Equal(out.Attempts, []int32{3, 4}) {
		t.Error(n.sizes, out.Attempts)
	}
}

func TestFailStopsAtTheFirstFault(t *testing.T) {
	n := calls{refuse: func(int, []string) error { return status.Error(codes.InvalidArgument, "no") }}
	s := serve(t, wordlen.Config{Before: n.before})
	fs := registry(t, Config{})
	f := resolve(s.Addr())
	c := open(t, fs, f)
	if got := ask(t, c, f, words("a", "b", "c", "d")); got != "0!function resolve: INVALID_ARGUMENT: no (22000)" {
		t.Error(got)
	}
	if !slices.Equal(n.sizes, []int{4, 2, 1}) {
		t.Error(n.sizes)
	}
}

func TestTimeoutBoundsAnAttempt(t *testing.T) {
	var n atomic.Int64
	asleep := make(chan struct{})
	defer close(asleep)
	s := serve(t, wordlen.Config{Before: func(context.Context, string, []string) error {
		if n.Add(1) == 1 {
			<-asleep // not for the call's own end: its answer could come just in time
		}
		return nil
	}})
	fs := registry(t, Config{})
	f := resolve(s.Addr(), "timeout", "50ms", "retry.initial-backoff", "1ms")
	c := open(t, fs, f)
	if got := ask(t, c, f, words("abc")); got != "0:3" {
		t.Error(got)
	}
	if st, _ := fs.StatusOf("resolve"); st.Retries != 1 || !strings.Contains(st.LastError, "no answer within 50ms") {
		t.Errorf("%+v", st)
	}
}

func TestContextEndsACall(t *testing.T) {
	entered := make(chan struct{})
	s := serve(t, wordlen.Config{Before: func(ctx context.Context, _ string, _ []string) error {
		close(entered)
		<-ctx.Done()
		return ctx.Err()
	}})
	fs := registry(t, Config{})
	f := resolve(s.Addr())
	c := open(t, fs, f)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-entered
		cancel()
	}()
	if err := c.Call(ctx, words("abc"), matches(f)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestNoServer(t *testing.T) {
	s := serve(t, wordlen.Config{})
	addr := s.Addr()
	_ = s.Close()
	fs := registry(t, Config{})
	f := resolve(addr, "retry.initial-backoff", "1ms", "on-error", "skip")
	c := open(t, fs, f)
	got := ask(t, c, f, words("a", "b", "c", "d"))
	if strings.Count(got, "UNAVAILABLE") != 4 || !strings.Contains(got, "connection refused") {
		t.Error(got)
	}
	// Nothing is known of the rows, so they are not asked one by one.
	if st, _ := fs.StatusOf("resolve"); st.Halvings != 0 || st.Calls != 3 {
		t.Errorf("%+v", st)
	}
}

func TestWrongAnswers(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(words []string, n []int) []int
		want   string
	}{
		{"too few", func(w []string, n []int) []int {
			if slices.Contains(w, "bad") {
				return n[:len(n)-1]
			}
			return n
		}, "0:1 2:2 1!function resolve: the response has 0 answers to 1 questions (08P01)"},
		{"too many", func(w []string, n []int) []int {
			if slices.Contains(w, "bad") {
				return append(n, 7)
			}
			return n
		}, "0:1 2:2 1!function resolve: the response has 2 answers to 1 questions (08P01)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, wordlen.Config{Change: test.change})
			fs := registry(t, Config{})
			f := resolve(s.Addr(), "on-error", "skip")
			if got := ask(t, open(t, fs, f), f, words("a", "bad", "cc")); got != test.want {
				t.Error(got)
			}
		})
	}
}

func TestValueOutOfRangeIsOneRowsFault(t *testing.T) {
	n := calls{}
	s := serve(t, wordlen.Config{Before: n.before, Change: func(w []string, n []int) []int {
		for i := range w {
			if w[i] == "long" {
				n[i] = 40000
			}
		}
		return n
	}})
	fs := registry(t, Config{})
	f := resolve(s.Addr(), "on-error", "skip")
	f.Returns[0].Type = catalog.Of(catalog.SmallInt)
	if got := ask(t, open(t, fs, f), f, words("a", "long", "cc")); got !=
		`0:1 2:2 1!field "Response.output": value "40000" is out of range for type smallint (22003)` {
		t.Error(got)
	}
	if len(n.sizes) != 1 {
		t.Errorf("asked again: %v", n.sizes)
	}
}

func TestMessagesTooLong(t *testing.T) {
	n := calls{}
	s := serve(t, wordlen.Config{Before: n.before})
	fs := registry(t, Config{})
	f := resolve(s.Addr(), "on-error", "skip", "max-message-bytes", "64")
	got := ask(t, open(t, fs, f), f, words(strings.Repeat("x", 30), strings.Repeat("y", 30), strings.Repeat("z", 100)))
	if got != "0:30 1:30 2!function resolve: a request of 104 bytes is longer than max-message-bytes, 64 (54000)" {
		t.Error(got)
	}
	if !slices.Equal(n.sizes, []int{1, 1}) {
		t.Error(n.sizes)
	}
	// Sixty answers are longer than sixty questions.
	n.sizes = nil
	f = resolve(s.Addr(), "on-error", "skip", "max-message-bytes", "70")
	f.Name = "resolve2"
	many := make([]string, 20)
	if got := ask(t, open(t, fs, f), f, words(many...)); strings.Contains(got, "!") {
		t.Error(got)
	}
}

func TestCacheKeepsAnswers(t *testing.T) {
	n := calls{}
	s := serve(t, wordlen.Config{Before: n.before})
	now := time.Unix(1000, 0)
	fs := registry(t, Config{Now: func() time.Time { return now }})
	f := resolve(s.Addr(), "cache.ttl", "1min")
	c := open(t, fs, f)
	for range 2 {
		if got := ask(t, c, f, words("a", "bb")); got != "0:1 1:2" {
			t.Fatal(got)
		}
	}
	if got := ask(t, c, f, words("ccc", "a", "dddd", "bb")); got != "0:3 1:1 2:4 3:2" {
		t.Error(got)
	}
	now = now.Add(time.Minute)
	ask(t, c, f, words("a"))
	if !slices.Equal(n.sizes, []int{2, 2, 1}) {
		t.Error(n.sizes)
	}
	if st, _ := fs.StatusOf("resolve"); st.CacheHits != 4 || st.CacheMisses != 5 || st.CacheBytes < 4*entryOverhead || st.CacheBytes > 5*entryOverhead {
		t.Errorf("%+v", st)
	}
}

func hint(err error) string { return fmt.Sprint(asError(err).HintMsg) }
