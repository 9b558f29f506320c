package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/penstock/penstock/internal/gen"
	"github.com/penstock/penstock/internal/wordlen"
)

// wordTables are lines of text in a topic and a function that tells words' lengths; ADDR is its
// service, OPTIONS more of its options.
const wordTables = `
CREATE TABLE input_text (line VARCHAR)
  WITH ('connector' = 'kafka', 'topic' = 'TOPICinput-topic', 'properties.bootstrap.servers' = 'BROKERS', 'format' = 'raw', 'scan.bounded.mode' = 'latest-offset');
CREATE TABLE words (word VARCHAR, length INT)
  WITH ('connector' = 'kafka', 'topic' = 'TOPICwords', 'properties.bootstrap.servers' = 'BROKERS', 'format' = 'json', 'key.format' = 'raw', 'key.fields' = 'word',
        'value.fields-include' = 'ALL', 'scan.bounded.mode' = 'latest-offset');
CREATE TABLE rejected (stage VARCHAR, error VARCHAR, raw BYTES)
  WITH ('connector' = 'kafka', 'topic' = 'TOPICrejected', 'properties.bootstrap.servers' = 'BROKERS', 'format' = 'json', 'scan.bounded.mode' = 'latest-offset');
CREATE FUNCTION resolve(word VARCHAR) RETURNS TABLE (length INT) LANGUAGE GRPC WITH (
  'endpoint' = 'ADDR', 'method' = 'RpcService/resolveBatch', 'reflection' = 'true',
  'request.rows' = 'request', 'request.columns' = 'input=word', 'response.rows' = 'response', 'response.columns' = 'length=output',
  'batch.max-rows' = '10', 'batch.max-wait' = '4s', 'batch.deduplicate' = 'true', 'max-in-flight' = '4', OPTIONS);
`

const wordQuery = `SELECT w.word, r.length FROM input_text, UNNEST(REGEXP_EXTRACT_ALL(line, '[A-Za-z'']+')) AS w(word), LATERAL TABLE(resolve(w.word)) AS r(length)`

func wordTopics() map[string]int { return map[string]int{"input-topic": 1, "words": 1, "rejected": 1} }

// text makes n lines and gives them with their words.
func text(t testing.TB, n int64) (lines, words []string) {
	g, err := gen.New(gen.Config{Kind: gen.Text, Seed: 7, Count: n})
	if err != nil {
		t.Fatal(err)
	}
	word := regexp.MustCompile(`[A-Za-z']+`)
	for g.More() {
		l := string(g.Append(nil))
		lines = append(lines, l)
		words = append(words, word.FindAllString(l, -1)...)
	}
	return lines, words
}

// batches counts the calls of batches that close with the tenth different word.
func batches(words []string) (n int) {
	open := map[string]bool{}
	for _, w := range words {
		if open[w] = true; len(open) == 10 {
			n++
			clear(open)
		}
	}
	if len(open) > 0 {
		n++
	}
	return n
}

// wordService serves in this process, on an address of its own or the given one.
func wordService(t testing.TB, addr string, before func(context.Context, string, []string) error) *wordlen.Server {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	s, err := wordlen.Serve(l, wordlen.Config{Before: before})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // it may have been closed
	return s
}

// pairs gives the words and lengths in a topic.
func pairs(t testing.TB, b site, n int) []string {
	t.Helper()
	var out []string
	for _, r := range consume(t, b, "words", n) {
		var v struct {
			Word   string
			Length int
		}
		if err := json.Unmarshal([]byte(r.value), &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(v.Word, " ", v.Length))
	}
	return out
}

func TestWords(t *testing.T) {
	var calls atomic.Int64
	s := wordService(t, "127.0.0.1:0", func(_ context.Context, _ string, words []string) error {
		if len(words) > 10 {
			t.Errorf("%d words in a call", len(words))
		}
		calls.Add(1)
		return nil
	})
	want := wordsThrough(t, embedded(t, wordTopics()), s.Addr())
	if n := int(calls.Load()); n != want {
		t.Errorf("%d calls, want %d", n, want)
	}
}

// wordsThrough sends text from Kafka to Kafka, in order, and gives the number of
// calls that it takes.
func wordsThrough(t *testing.T, b site, addr string) int {
	lines, words := text(t, 300)
	write(t, b, "input-topic", lines...)
	w := serve(t, b)
	w.exec(strings.NewReplacer("ADDR", addr, "OPTIONS", "'on-error' = 'fail'").Replace(wordTables))
	c := w.connect()
	settings(t, c, "parallelism = 1")
	tag, err := c.Exec(testContext(t), "INSERT INTO words "+wordQuery)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "tag", tag.String(), fmt.Sprintf("INSERT 0 %d", len(words)))
	var want []string
	for _, x := range words {
		want = append(want, fmt.Sprint(x, " ", len(x)))
	}
	diff(t, "pairs", pairs(t, b, len(words)), want)
	return batches(words)
}

func TestWordFaults(t *testing.T) { wordFaults(t, embedded(t, wordTopics())) }

// wordFaults has the service fail one call in twenty, fall silent in one of a
// hundred, refuse a word for good, and restart twice: every word is in one of the
// topics, as often as it was in the text.
func wordFaults(t *testing.T, b site) {
	lines, words := text(t, 400)
	const poison = "poison"
	lines = append(lines, "a "+poison+" in the well", poison)
	words = append(words, "a", poison, "in", "the", "well", poison)
	write(t, b, "input-topic", lines...)
	var mu sync.Mutex
	dice, calls := rand.New(rand.NewPCG(3, 4)), 0
	restart := make(chan struct{}, 2)
	before := func(ctx context.Context, _ string, words []string) error {
		mu.Lock()
		r := dice.Float64()
		if calls++; calls == 40 || calls == 90 {
			restart <- struct{}{}
		}
		mu.Unlock()
		switch {
		case slices.Contains(words, poison):
			return status.Error(codes.InvalidArgument, "not this word")
		case r < 0.05:
			return status.Error(codes.Unavailable, "no luck")
		case r < 0.06:
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	}
	s := wordService(t, "127.0.0.1:0", before)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-restart:
				addr := s.Addr()
				_ = s.Close()
				s = wordService(t, addr, before)
			case <-stop:
				return
			}
		}
	})
	w := serve(t, b)
	w.exec(strings.NewReplacer("ADDR", s.Addr(), "OPTIONS", "'on-error' = 'reject', 'timeout' = '200ms', 'retry.initial-backoff' = '5ms'").Replace(wordTables))
	c := w.connect()
	settings(t, c, "parallelism = 1", "reject.table = 'rejected'")
	if _, err := c.Exec(testContext(t), "INSERT INTO words "+wordQuery); err != nil {
		t.Fatal(err)
	}
	close(stop)
	wg.Wait()
	var got []string
	for _, r := range ask(t, c, "SELECT word FROM words WHERE length = CHAR_LENGTH(word)") {
		got = append(got, r[0])
	}
	if slices.Contains(got, poison) {
		t.Error("the poison was answered")
	}
	rejected := 0
	for _, r := range ask(t, c, "SELECT stage, error, convert_from(raw, 'UTF8') FROM rejected") {
		var v struct{ Word string }
		if err := json.Unmarshal([]byte(r[2]), &v); err != nil || v.Word == "" {
			t.Fatalf("rejected: %q", r)
		}
		if v.Word == poison && !strings.Contains(r[1], "not this word") {
			t.Errorf("rejected: %q", r)
		}
		got = append(got, v.Word)
		rejected++
	}
	slices.Sort(got)
	slices.Sort(words)
	if !slices.Equal(got, words) {
		t.Errorf("%d words came out of %d (%d of them rejected)", len(got), len(words), rejected)
	}
	if rejected < 2 {
		t.Errorf("%d rejected", rejected)
	}
	t.Logf("%d words, %d rejected, %d calls", len(words), rejected, calls)
}
