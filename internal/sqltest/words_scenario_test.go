package sqltest

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/penstock/penstock/exec/build"
	"github.com/penstock/penstock/internal/sim"
	"github.com/penstock/penstock/internal/wordlen"
	"github.com/penstock/penstock/server/session"
)

// wordScenario is S6 in a bubble, its service at the other end of a pipe.
type wordScenario struct {
	*sim.Engine
	t      *testing.T
	q      *sim.Query
	server *wordlen.Server
	begin  time.Time
	delay  func() time.Duration // of a call; nil: none

	mu    sync.Mutex
	calls []string // time and number of words
}

func startWords(t *testing.T, settings map[string]string, replace ...string) *wordScenario {
	t.Helper()
	b, err := os.ReadFile("../../testdata/scenarios/s6.sql")
	if err != nil {
		t.Fatal(err)
	}
	script := strings.NewReplacer(replace...).Replace(string(b))
	i := strings.LastIndex(script, "SELECT")
	s := &wordScenario{Engine: &sim.Engine{Feeds: sim.NewFeeds()}, t: t, begin: time.Now()}
	ln := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	if s.server, err = wordlen.Serve(ln, wordlen.Config{Before: s.before}); err != nil {
		t.Fatal(err)
	}
	conns := maps.Clone(build.Connectors())
	conns["kafka"] = s.Feeds.StandIn(conns["kafka"])
	if s.Local, err = session.Open(session.Config{Connectors: conns, RemoteDial: ln.dial, Settings: settings, Version: "test"}); err != nil {
		t.Fatal(err)
	}
	if s.Sess, err = s.Local.NewSession(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Exec(script[:i]); err != nil {
		t.Fatal(err)
	}
	if s.q, err = s.Start(strings.TrimRight(script[i:], ";\n")); err != nil {
		t.Fatal(err)
	}
	s.Settle()
	return s
}

func (s *wordScenario) before(ctx context.Context, _ string, words []string) error {
	s.mu.Lock()
	s.calls = append(s.calls, fmt.Sprintf("%s:%d", time.Since(s.begin), len(words)))
	var d time.Duration
	if s.delay != nil {
		d = s.delay()
	}
	s.mu.Unlock()
	if d > 0 {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
	}
	return nil
}

// line feeds a line of text and waits until everything that follows at once is
// done.
func (s *wordScenario) line(words ...string) {
	s.Feeds.Append("input_text", 0, []byte(strings.Join(words, " ")))
	s.Settle()
}

func (s *wordScenario) wait(d time.Duration) {
	time.Sleep(d)
	s.Settle()
}

// expect compares the calls and rows since it was last asked.
func (s *wordScenario) expect(what string, calls []string, words ...string) {
	s.t.Helper()
	s.mu.Lock()
	got := s.calls
	s.calls = nil
	s.mu.Unlock()
	slices.Sort(got)
	if !slices.Equal(got, calls) {
		s.t.Errorf("%s: calls %v, want %v", what, got, calls)
	}
	s.rows(what, words...)
}

func (s *wordScenario) rows(what string, words ...string) {
	s.t.Helper()
	var want []string
	for _, w := range words {
		want = append(want, fmt.Sprintf("%s | %d", w, len(w)))
	}
	if rows := s.q.Rows(); !slices.Equal(rows, want) {
		s.t.Errorf("%s: rows %q, want %q", what, rows, want)
	}
}

func (s *wordScenario) close() {
	s.t.Helper()
	if err := s.q.Stop(); err != nil {
		s.t.Error(err)
	}
	if err := s.Close(); err != nil {
		s.t.Error(err)
	}
	if err := s.server.Close(); err != nil {
		s.t.Error(err)
	}
}

// numbered makes n different words.
func numbered(n int, prefix string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = prefix + strings.Repeat("x", i)
	}
	return out
}

// TestScenario6 goes through the rules of Beam's GroupIntoBatches one by one.
func TestScenario6(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startWords(t, map[string]string{"parallelism": "1"})
		defer s.close()
		first := numbered(25, "a")
		s.line(first...)
		s.expect("full batches go at once", []string{"0s:10", "0s:10"}, first[:20]...)
		s.wait(4*time.Second - 1)
		s.expect("not yet", nil)
		s.wait(1)
		s.expect("the rest is four seconds old", []string{"4s:5"}, first[20:]...)

		for _, w := range []string{"one", "three", "five"} { // at 4, 5.5 and 7 s
			s.line(w)
			s.wait(1500 * time.Millisecond)
		}
		s.expect("the first of the three was asked at 8 s", []string{"8s:3"}, "one", "three", "five")

		s.line("a", "b", "a", "a", "b")
		s.wait(4 * time.Second)
		s.expect("equal words are asked once, and all answered", []string{"12.5s:2"}, "a", "b", "a", "a", "b")

		s.wait(time.Hour)
		s.expect("nothing to ask", nil)
		s.line("last", "words")
		s.Feeds.End("input_text", 0)
		s.wait(0)
		s.expect("the end of the input does not wait", []string{"1h0m12.5s:2"}, "last", "words")
	})
}

// TestScenario6KeepsOrder has each call take a time of its own.
func TestScenario6KeepsOrder(t *testing.T) {
	inWays(t, func(t *testing.T, settings map[string]string) {
		s := startWords(t, settings)
		defer s.close()
		dice := rand.New(rand.NewPCG(5, 6))
		s.delay = func() time.Duration { return time.Duration(dice.IntN(1000)) * time.Millisecond }
		var all []string
		for i := range 30 {
			line := numbered(7, string(rune('a'+i%26)))
			all = append(all, line...)
			s.line(line...)
			s.wait(time.Duration(dice.IntN(500)) * time.Millisecond)
		}
		s.wait(30 * time.Second)
		s.rows("in order", all...)
	})
}

// TestScenario6Unordered gives quick answers before slow ones.
func TestScenario6Unordered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startWords(t, map[string]string{"parallelism": "1"}, "'max-in-flight' = '4'", "'max-in-flight' = '2', 'output' = 'unordered'")
		defer s.close()
		delays := []time.Duration{3 * time.Second, time.Second, time.Second}
		s.delay = func() time.Duration {
			d := delays[0]
			delays = delays[1:]
			return d
		}
		slow, quick, third := numbered(10, "s"), numbered(10, "q"), numbered(10, "t")
		s.line(slow...)
		s.line(quick...)
		s.line(third...)
		s.expect("two are in flight, the third waits", []string{"0s:10", "0s:10"})
		s.wait(time.Second)
		s.expect("the quick one", []string{"1s:10"}, quick...)
		s.wait(time.Second)
		s.expect("the third", nil, third...)
		s.wait(time.Second)
		s.expect("the slow one", nil, slow...)
	})
}
