package rpc

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/datum"
)

func serveHTTP(t testing.TB, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestHTTPBatch(t *testing.T) {
	var body, header string
	url := serveHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body, header = string(b), r.Method+" "+r.Header.Get("Content-Type")+" "+r.Header.Get("X-Key")+" "+r.URL.Path
		var in struct{ In []struct{ W string } }
		if err := json.Unmarshal(b, &in); err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, `{"data": {"out": [`)
		for i, q := range in.In {
			if i > 0 {
				fmt.Fprint(w, " , ")
			}
			upper, _ := json.Marshal(strings.ToUpper(q.W))
			fmt.Fprintf(w, ` {"len": %d, "up": {"case": %s}} `, len(q.W), upper)
		}
		fmt.Fprint(w, `]}, "more": [{"x": "]}\""}]}`)
	})
	fs := registry(t, Config{})
	f := define("f", catalog.LanguageHTTP, "w VARCHAR", "length INT, upper VARCHAR", "endpoint", url+"/v1/words", "header.X-Key", "k",
		"request.rows", "in", "request.columns", "w=w", "request.const.tenant", "acme", "request.const.limits.max", "5",
		"response.rows", "data.out", "response.columns", "length=len;upper=up.case")
	if got := ask(t, open(t, fs, f), f, words("a", "b\"\n\\\x01", "ü")); got != "0:1,A 1:5,B\"\n\\\x01 2:2,Ü" {
		t.Error(got)
	}
	if want := `{"in":[{"w":"a"},{"w":"b\"\n\\\u0001"},{"w":"ü"}],"limits":{"max":5},"tenant":"acme"}`; body != want {
		t.Error(body)
	}
	if header != "POST application/json k /v1/words" {
		t.Error(header)
	}
}

func TestHTTPArrayOfValues(t *testing.T) {
	url := serveHTTP(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	fs := registry(t, Config{})
	f := define("f", catalog.LanguageHTTP, "x DOUBLE", "y DOUBLE", "endpoint", url, "request.columns", ".=x", "response.columns", "y=.")
	if got := ask(t, open(t, fs, f), f, &exec.Batch{Cols: []*exec.Column{floats(1.5, -2e300)}, N: 3}); got != "0:1.5 1:-2e+300 2:NULL" {
		t.Error(got)
	}
	bools, decimals, intervals := exec.NewColumn(exec.Bools), exec.NewColumn(exec.Decimals), exec.NewColumn(exec.Intervals)
	bools.AppendBool(true)
	decimals.AppendDecimal(datum.DecimalFromScaled(-150, 2))
	intervals.AppendInterval(datum.Interval{Months: 1, Micros: 5})
	one := func(c *exec.Column) *exec.Column { c.Truncate(1); return c }
	f = define("g", catalog.LanguageHTTP, "a BOOLEAN, b DECIMAL, c INTERVAL, d TIMESTAMP, e JSON, f BYTES, g VARCHAR ARRAY, h DATE, i TIMESTAMP_LTZ",
		"a BOOLEAN, b DECIMAL, c INTERVAL, d TIMESTAMP, e JSON, f BYTES, g VARCHAR ARRAY, h DATE, i TIMESTAMP_LTZ", "endpoint", url)
	args := &exec.Batch{N: 1, Cols: []*exec.Column{bools, decimals, intervals, one(ints(1714309970484000)), one(texts(`{"a": [1]}`)), one(texts("\xff\x00")),
		one(arrays(exec.Strings, func(c *exec.Column) { c.AppendString("x"); c.AppendNull() })), one(ints(19000)), one(ints(5))}}
	if got := ask(t, open(t, fs, f), f, args); got != "0:true,18446744073709551466/2,{1 0 5},1714309970484000,{\"a\": [1]},\xff\x00,[x NULL],19000,5" {
		t.Error(got)
	}
}

func TestHTTPNestedAndIndexed(t *testing.T) {
	answer := `[{"items": [{"y": "a"}, {"y": "b"}]}, {}, {"items": null}, {"items": [{"y": "c"}]}]`
	url := serveHTTP(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) })
	fs := registry(t, Config{})
	f := define("f", catalog.LanguageHTTP, "x VARCHAR", "y VARCHAR", "endpoint", url, "response.rows", "[].items", "on-error", "skip")
	if got := ask(t, open(t, fs, f), f, words("1", "2", "3", "4")); got != "0:a 0:b 3:c" {
		t.Error(got)
	}
	answer = `{"r": [{"q": 1, "y": "b"}, {"q": 0, "y": {"z": 1}}, {"q": 1, "y": 7}]}`
	f = define("g", catalog.LanguageHTTP, "x VARCHAR", "y VARCHAR", "endpoint", url, "response.rows", "r", "response.index", "q", "on-error", "skip")
	if got := ask(t, open(t, fs, f), f, words("1", "2", "3")); got != `1:b 1:7 0!field "y": invalid input syntax for type text: "{"z": 1}" (22P02)` {
		t.Error(got)
	}
	for text, want := range map[string]string{
		`{"r": 1}`:              `"r" of the response is a number instead of an array`,
		`[1]`:                   `"r" of the response is nothing instead of an array`,
		`{"r": [`:               "the response is no JSON",
		`{"r": [{"y": "a"}]}`:   "answer 1 says that its question is number  of 1",
		`{"r": [{"q": "0"}]}`:   `answer 1 says that its question is number "0" of 1`,
		"":                      "the response is no JSON",
		`{"r": [{"q":0}]} {"r"`: "the response is no JSON",
	} {
		answer = text
		if got := ask(t, open(t, fs, f), f, words("1")); !strings.HasPrefix(got, "0!function g: "+want) {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestHTTPFailures(t *testing.T) {
	var n atomic.Int64
	var sizes []int
	status := http.StatusServiceUnavailable
	url := serveHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		var in []struct{ X string }
		_ = json.Unmarshal(b, &in)
		sizes = append(sizes, len(in))
		if n.Add(1) <= 2 || slices.ContainsFunc(in, func(q struct{ X string }) bool { return q.X == "bad" }) {
			w.Header().Set("Retry-After", "0")
			w.Header().Set("Location", "http://user:pass@elsewhere/")
			http.Error(w, "no\nthanks", status)
			return
		}
		_, _ = w.Write(b)
	})
	fs := registry(t, Config{})
	define := func(name string, options ...string) *catalog.Function {
		return define(name, catalog.LanguageHTTP, "x VARCHAR", "x VARCHAR", append([]string{"endpoint", url, "retry.initial-backoff", "1ms", "on-error", "null"}, options...)...)
	}
	f := define("f")
	if got := ask(t, open(t, fs, f), f, words("a", "b")); got != "0:a 1:b" {
		t.Error(got)
	}
	status, sizes = http.StatusUnprocessableEntity, nil
	if got := ask(t, open(t, fs, f), f, words("a", "b", "bad")); got != "0:a 1:b 2!function f: HTTP status 422 Unprocessable Entity (22000)" {
		t.Error(got)
	}
	if !slices.Equal(sizes, []int{3, 1, 2, 1, 1}) {
		t.Error(sizes)
	}
	// What is not the rows' doing is asked once.
	for _, code := range []int{401, 403, 404, 302} {
		status, sizes = code, nil
		if got := ask(t, open(t, fs, f), f, words("a", "bad")); strings.Count(got, fmt.Sprint("HTTP status ", code)) != 2 || strings.Contains(got, "pass") || len(sizes) != 1 {
			t.Error(got, sizes)
		}
	}
	n.Store(10)
	f = define("g", "max-message-bytes", "64")
	long := strings.Repeat("x", 50)
	if got := ask(t, open(t, fs, f), f, words("a", long+long, "b")); got != "0:a 2:b 1!function g: a request of 110 bytes is longer than max-message-bytes, 64 (54000)" {
		t.Error(got)
	}
	f = define("h", "endpoint", "http://127.0.0.1:1/")
	if got := ask(t, open(t, fs, f), f, words("a", "b")); strings.Count(got, "connection refused (08001)") != 2 {
		t.Error(got)
	}
}

func TestHTTPRoundRobin(t *testing.T) {
	var a, b atomic.Int64
	serve := func(n *atomic.Int64) string {
		return serveHTTP(t, func(w http.ResponseWriter, r *http.Request) {
			n.Add(1)
			_, _ = io.Copy(w, r.Body)
		})
	}
	fs := registry(t, Config{})
	f := define("f", catalog.LanguageHTTP, "x VARCHAR", "x VARCHAR", "endpoint", serve(&a)+", "+serve(&b))
	c := open(t, fs, f)
	for range 6 {
		ask(t, c, f, words("a"))
	}
	if a.Load() != 3 || b.Load() != 3 {
		t.Error(a.Load(), b.Load())
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2024, 4, 28, 12, 0, 0, 0, time.UTC)
	for s, want := range map[string]time.Duration{"": 0, "5": 5 * time.Second, "-5": 0, "soon": 0, "99999999999": 0, "999999": time.Hour,
		"Sun, 28 Apr 2024 12:00:30 GMT": 30 * time.Second, "Sun, 28 Apr 2024 11:00:30 GMT": 0} {
		if got := retryAfter(s, now); got != want && s != "99999999999" {
			t.Errorf("%q: %s", s, got)
		}
	}
	c := &Caller{set: &settings{backoff: 100 * time.Millisecond, maxBackoff: time.Second}}
	for range 100 {
		if d := c.pause(1, 0); d < 50*time.Millisecond || d > 100*time.Millisecond {
			t.Fatal(d)
		}
		if d := c.pause(80, 0); d < 500*time.Millisecond || d > time.Second {
			t.Fatal(d)
		}
		if d := c.pause(1, 10*time.Minute); d != time.Second {
			t.Fatal(d)
		}
	}
}

// FuzzJSONResponse is FuzzResponse for JSON.
func FuzzJSONResponse(f *testing.F) {
	f.Add([]byte(`{"r": [{"q": 1, "y": "b", "i": 3, "a": [1, null]}, {"q": 0, "j": {"z": 1}}]}`), byte(0))
	f.Add([]byte(`{"r": [{"items": [{"y": "a"}, {"y": "b\u0041"}]}, {}, {"items": null}]}`), byte(1))
	f.Add([]byte(` { "r" : [ 1 , "x" , null ] } `), byte(2))
	fs := New(Config{})
	columns := "y VARCHAR, i INT, a INT ARRAY, t TIMESTAMP, j JSON"
	var codecs []codec
	for _, extra := range [][]string{
		{"response.rows", "r", "response.index", "q"}, {"response.rows", "r[].items"}, {"response.rows", "r"},
	} {
		fn := define("f", catalog.LanguageHTTP, "x VARCHAR", columns, append([]string{"endpoint", "http://127.0.0.1:1"}, extra...)...)
		d, err := fs.define(fn)
		if err != nil {
			f.Fatal(err)
		}
		p, err := compileJSON(d)
		if err != nil {
			f.Fatal(err)
		}
		c, err := p.codec([]int{0, 1, 2, 3, 4})
		if err != nil {
			f.Fatal(err)
		}
		codecs = append(codecs, c)
	}
	out := matches(&catalog.Function{Returns: schema(columns)})
	f.Fuzz(func(t *testing.T, b []byte, which byte) {
		out.Reset()
		var got received
		err := codecs[int(which)%len(codecs)].answers(b, 3, 0, out.Rows.Cols, &got)
		for _, c := range out.Rows.Cols {
			if err == nil && c.Len() != len(got.parents) {
				t.Fatalf("%d rows, %d parents", c.Len(), len(got.parents))
			}
		}
	})
}
