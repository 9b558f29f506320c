package web

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

// table has the columns id and name, and the options key, value, ….
func table(options ...string) *catalog.Table {
	t := &catalog.Table{Name: "customers", Lookup: true, PrimaryKey: []string{"id"}, Columns: []catalog.TableColumn{
		{Name: "id", Type: catalog.Of(catalog.BigInt)}, {Name: "name", Type: catalog.Of(catalog.Varchar)}}}
	t.Options = catalog.Options{{Key: "connector", Value: "http"}, {Key: "refresh.interval", Value: "5s"}}
	for i := 0; i < len(options); i += 2 {
		t.Options = append(t.Options, catalog.Option{Key: options[i], Value: options[i+1]})
	}
	return t
}

func open(t *testing.T, list *allow.List, keys []int, options ...string) lookup.Source {
	t.Helper()
	tab := table(options...)
	if err := (Connector{Allow: list}).Check(tab); err != nil {
		t.Fatal(err)
	}
	s, err := Connector{Allow: list}.Open(context.Background(), lookup.OpenRequest{Table: tab, Keys: keys, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func load(s lookup.Source, since string) (rows, token string, err error) {
	var list []string
	token, err = s.Load(context.Background(), since, func(b *exec.Batch) error { list = append(list, show(b)...); return nil })
	return strings.Join(list, " "), token, err
}

func show(b *exec.Batch) (list []string) {
	for i := range b.N {
		list = append(list, strconv.FormatInt(b.Cols[0].Int[i], 10)+"="+string(b.Cols[1].Str(i)))
	}
	return list
}

func serve(t *testing.T, h http.HandlerFunc) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func reply(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		_, _ = io.WriteString(w, body)
	}
}

func TestLoad(t *testing.T) {
	const rows = "1=a 2=b"
	for _, tt := range []struct {
		name, contentType, body string
		options                 []string
	}{
		{"array", "application/json; charset=utf-8", `[{"id":1,"name":"a"},{"id":2,"name":"b"}]`, nil},
		{"lines", "application/x-ndjson", "{\"id\":1,\"name\":\"a\"}\n{\"id\":2,\"name\":\"b\"}\n", nil},
		{"inside", "application/vnd.api+json", `{"data":[{"id":1,"name":"a"},{"id":2,"name":"b"}]}`, []string{"rows.path", "data"}},
		{"csv", "text/csv", "1,a\r\n2,b\r\n", []string{"format", "csv"}},
		{"csv header", "text/plain", "name;id\na;1\nb;2\n", []string{"format", "csv", "csv.header", "true", "csv.field-delimiter", ";"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, token, err := load(open(t, nil, nil, append(tt.options, "url", serve(t, reply(tt.contentType, tt.body)))...), "")
			if err != nil || got != rows || token != "" {
				t.Errorf("got %q, token %q, error %v", got, token, err)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	var got *http.Request
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, `[{"id":1,"name":"x"}]`)
		_ = z.Close()
	})
	t.Setenv("PENSTOCK_TEST_KEY", "s3cret!")
	rows, _, err := load(open(t, nil, nil, "url", strings.Replace(url, "http://", "http://me:pw@", 1)+"/a?b=c#d",
		"headers.x-api-key", "${env:PENSTOCK_TEST_KEY}", "headers.User-Agent", "me/1", "headers.Host", "other.example"), "")
	if err != nil || rows != "1=x" {
		t.Fatal(rows, err)
	}
	user, password, _ := got.BasicAuth()
	if d := cmp.Diff([]string{"GET", "/a?b=c", "other.example", "s3cret!", "me/1", "gzip", "me", "pw"},
		[]string{got.Method, got.RequestURI, got.Host, got.Header.Get("X-Api-Key"), got.UserAgent(), got.Header.Get("Accept-Encoding"), user, password}); d != "" {
		t.Error(d)
	}
}

func TestUnchanged(t *testing.T) {
	etag := `"1"`
	modified := "Wed, 21 Oct 2015 07:28:00 GMT"
	var loads int
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == etag && r.Header.Get("If-Modified-Since") == modified {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		loads++
		w.Header().Set("ETag", etag)
		w.Header().Set("Last-Modified", modified)
		_, _ = fmt.Fprintf(w, `[{"id":%d,"name":"x"}]`, loads)
	})
	s := open(t, nil, nil, "url", url)
	rows, token, err := load(s, "")
	if rows != "1=x" || err != nil || token == "" {
		t.Fatal(rows, token, err)
	}
	if rows, again, err := load(s, token); rows != "" || !errors.Is(err, lookup.ErrUnchanged) || again != token {
		t.Fatal(rows, again, err)
	}
	etag = `"2"`
	if rows, next, err := load(s, token); rows != "2=x" || err != nil || next == token {
		t.Fatal(rows, next, err)
	}
	if rows, _, err := load(s, "what another version wrote"); rows != "3=x" || err != nil {
		t.Fatal(rows, err)
	}
	always := open(t, nil, nil, "url", serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }))
	if _, _, err := load(always, ""); sqlerr.CodeOf(err) != sqlerr.IOError {
		t.Errorf("304 to a first load: %v", err)
	}
}

func TestPaging(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		page, _ := strconv.Atoi(r.URL.Query().Get("p"))
		if r.Header.Get("If-None-Match") != "" || r.Header.Get("X-Key") != "k" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		w.Header().Set("ETag", `"first page only"`)
		last := page == 2
		switch r.URL.Path {
		case "/link":
			w.Header().Add("Link", `</link?p=0>; rel="first", </x>; title="a,b; rel=\"next\""`)
			if !last {
				w.Header().Add("Link", fmt.Sprintf(`</link?p=%d>; foo; rel="prefetch next"`, page+1))
			}
			_, _ = fmt.Fprintf(w, `[{"id":%d,"name":"n"}]`, page)
		case "/cursor":
			next := strconv.Itoa(page + 1)
			if last {
				next = "null"
			}
			_, _ = fmt.Fprintf(w, `{"next":%s,"rows":[{"id":%d,"name":"n"}]}`, next, page)
		case "/url":
			next := fmt.Sprintf(`"?p=%d"`, page+1)
			if last {
				next = `""`
			}
			_, _ = fmt.Fprintf(w, `{"rows":[{"id":%d,"name":"n"}],"@next.url":%s}`, page, next)
		case "/same":
			w.Header().Add("Link", `</same>; rel=next`)
			_, _ = io.WriteString(w, "[]")
		case "/away":
			w.Header().Add("Link", `<http://localhost:1/>; rel=next`)
			_, _ = io.WriteString(w, "[]")
		}
	})
	cursor := []string{"headers.x-key", "k", "paging", "cursor", "rows.path", "rows", "paging.cursor.path"}
	link := []string{"headers.x-key", "k", "paging", "link"}
	for _, options := range [][]string{
		append(slices.Clone(link), "url", url+"/link"),
		append(slices.Clone(cursor), "next", "paging.cursor.param", "p", "url", url+"/cursor?q=1"),
		append(slices.Clone(cursor), "/@next.url", "url", url+"/url"),
	} {
		s := open(t, nil, nil, options...)
		if rows, token, err := load(s, `{"etag":"\"first page only\""}`); rows != "0=n 1=n 2=n" || err != nil || token != "" {
			t.Errorf("%q: %q %q %v", options, rows, token, err)
		}
	}
	for options, want := range map[[2]string]string{
		{"url", url + "/same"}: "GET " + url + "/same: the next page is the same again",
		{"url", url + "/away"}: "the next page is on another server: http://localhost:1/",
	} {
		_, _, err := load(open(t, nil, nil, append(slices.Clone(link), options[:]...)...), "")
		if err == nil || !strings.HasSuffix(sqlerr.From(err).Message, strings.TrimPrefix(want, "GET ")) {
			t.Errorf("%q: %v", options, err)
		}
	}
	_, _, err := load(open(t, nil, nil, append(slices.Clone(link), "paging.max-pages", "2", "url", url+"/link")...), "")
	if sqlerr.CodeOf(err) != sqlerr.ProgramLimitExceeded {
		t.Errorf("too many pages: %v", err)
	}
}

// TestFaults: every fault ends the load with an error that says what and where,
// and shows no secret.
func TestFaults(t *testing.T) {
	big := strings.Repeat(`{"id":1,"name":"a"}`+"\n", 1000)
	elsewhere := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header["X-Api-Key"])+len(r.Header["Cookie"])+len(r.Header["Authorization"])+len(r.Header["Referer"]) > 0 {
			w.WriteHeader(http.StatusTeapot)
		}
		_, _ = io.WriteString(w, `[{"id":1,"name":"moved"}]`)
	})
	elsewhere = strings.Replace(elsewhere, "127.0.0.1", "localhost", 1)
	mux := http.NewServeMux()
	for path, h := range map[string]http.HandlerFunc{
		"/500":    func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "token s3cret is wrong", 500) },
		"/401":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) },
		"/html":   reply("text/html", "<html>sign in</html>"),
		"/ndjson": reply("application/json", big),
		"/cut":    reply("application/json", `[{"id":1,"name":"a"},{"id":2`),
		"/wrong":  reply("application/json", `[{"id":"one"}]`),
		"/notgzip": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, strings.Repeat("[]", 20))
		},
		"/br": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			_, _ = io.WriteString(w, "[]")
		},
		"/broken": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `[{"id":1,"name":"a"},`)
		},
		"/chunked": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `[{"id":1,"name":"a"}`)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		},
		"/bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 10 {
				_, _ = io.WriteString(z, big)
			}
			_ = z.Close()
		},
		"/declared": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "5000000000") },
		"/loop":     func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) },
		"/file": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(302)
		},
		"/meta": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest", http.StatusFound)
		},
		"/away": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
		},
	} {
		mux.Handle(path, h)
	}
	url := serve(t, mux.ServeHTTP)
	for _, tt := range []struct {
		path string
		code sqlerr.Code
		want string
	}{
		{"/500", sqlerr.IOError, "GET URL/500: HTTP status 500 Internal Server Error"},
		{"/401", sqlerr.IOError, "GET URL/401: HTTP status 401 Unauthorized"},
		{"/html", sqlerr.IOError, `GET URL/html: the content type is "text/html", where json is expected`},
		{"/ndjson", sqlerr.ProgramLimitExceeded, "URL/ndjson, row 1: GET URL/ndjson: the body is longer than 10000 bytes"},
		{"/cut", sqlerr.InvalidJSONText, "URL/cut, row 2: invalid JSON: the text ends too early, after 28 bytes"},
		{"/wrong", sqlerr.InvalidTextRepresentation, `URL/wrong, row 1: field "id": invalid input syntax for type bigint: "one"`},
		{"/notgzip", sqlerr.IOError, "GET URL/notgzip: the body is not valid gzip"},
		{"/br", sqlerr.IOError, `GET URL/br: the content encoding is "br", where gzip or none is expected`},
		{"/broken", sqlerr.ConnectionFailure, "URL/broken, row 2: GET URL/broken: the body ended too early"},
		{"/chunked", sqlerr.ConnectionFailure, "URL/chunked, row 2: GET URL/chunked: the body ended too early"},
		{"/bomb", sqlerr.ProgramLimitExceeded, "URL/bomb, row 1: GET URL/bomb: the body is longer than 10000 bytes"},
		{"/declared", sqlerr.ProgramLimitExceeded, "GET URL/declared: the body is longer than 10000 bytes"},
		{"/loop", sqlerr.IOError, "GET URL/loop: more than 5 redirects"},
		{"/file", sqlerr.IOError, "GET URL/file: redirected to a URL that is neither http nor https"},
		{"/meta", sqlerr.InsufficientPrivilege, `GET URL/meta: redirected: host "169.254.169.254" is not allowed`},
		{"/away", sqlerr.InsufficientPrivilege, `GET URL/away: redirected: host "localhost" is not allowed`},
	} {
		list := allow.New(nil, []string{strings.TrimPrefix(url, "http://")})
		secret := strings.Replace(url, "http://", "http://user:s3cret@", 1) + tt.path + "?key=s3cret"
		s := open(t, list, nil, "url", secret, "headers.x-api-key", "s3cret", "headers.Authorization", "Bearer s3cret", "headers.Cookie", "s3cret", "max-bytes", "10000")
		_, token, err := load(s, "")
		got := ""
		if err != nil {
			got = strings.ReplaceAll(sqlerr.From(err).Message, url, "URL")
		}
		if sqlerr.CodeOf(err) != tt.code || got != tt.want || token != "" {
			t.Errorf("%s: %s %s", tt.path, sqlerr.CodeOf(err), got)
		}
		if all := fmt.Sprintf("%v %+v", err, sqlerr.From(err)); strings.Contains(all, "s3cret") {
			t.Errorf("%s: the secret is in %s", tt.path, all)
		}
	}
	s := open(t, nil, nil, "url", strings.Replace(url, "http://", "http://u:p@", 1)+"/away?key=1", "headers.x-api-key", "k", "headers.Cookie", "c")
	if rows, _, err := load(s, ""); rows != "1=moved" || err != nil {
		t.Errorf("redirected to another host: %q %v", rows, err)
	}
	_, _, err := load(open(t, nil, nil, "url", "http://user:s3cret@127.0.0.1:1/x?key=s3cret"), "")
	if sqlerr.CodeOf(err) != sqlerr.CannotConnect || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("nobody listens: %v", err)
	}
}

// pipes lets a connector speak to a server over pipes, whose time is a
// bubble's.
func pipes(h http.Handler) (c Connector, stop func()) {
	ln := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	c.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
		a, b := net.Pipe()
		select {
		case ln.conns <- b:
			return a, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	server := &http.Server{Handler: h} //nolint:gosec // of a test
	var wg sync.WaitGroup
	wg.Go(func() { _ = server.Serve(ln) })
	return c, func() { _ = server.Close(); wg.Wait() }
}

type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

func TestSlow(t *testing.T) {
	for _, tt := range []struct {
		name string
		h    http.HandlerFunc
		want time.Duration
	}{
		{"no headers", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 30 * time.Second},
		{"a byte a second", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, " ")
				w.(http.Flusher).Flush()
				select {
				case <-r.Context().Done():
				case <-time.After(time.Second):
				}
			}
		}, 5 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, stop := pipes(tt.h)
				s, err := c.Open(context.Background(), lookup.OpenRequest{Table: table("url", "http://slow/")})
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				_, _, err = load(s, "")
				if took := time.Since(start); sqlerr.CodeOf(err) != sqlerr.ConnectionFailure || !strings.HasSuffix(sqlerr.From(err).Message, "GET http://slow/: no answer in time") || took != tt.want {
					t.Errorf("after %s: %v", took, err)
				}
				_ = s.Close()
				stop()
				synctest.Wait()
			})
		})
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := open(t, nil, nil, "url", serve(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() }))
	if _, err := s.Load(ctx, "", func(*exec.Batch) error { return nil }); sqlerr.CodeOf(err) != sqlerr.QueryCanceled {
		t.Errorf("got %v", err)
	}
	full := errors.New("full")
	s = open(t, nil, nil, "url", serve(t, reply("", `[{"id":1}]`)))
	if _, err := s.Load(context.Background(), "", func(*exec.Batch) error { return full }); err != full {
		t.Errorf("the receiver's error became %v", err)
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewTLSServer(reply("application/json", `[{"id":1,"name":"a"}]`))
	defer server.Close()
	server.Config.ErrorLog = nil
	cert := filepath.Join(t.TempDir(), "ca.pem")
	if _, _, err := load(open(t, nil, nil, "url", server.URL), ""); sqlerr.CodeOf(err) != sqlerr.ConnectionFailure {
		t.Errorf("an unknown certificate: %v", err)
	}
	if err := os.WriteFile(cert, pemOf(server.Certificate().Raw), 0o600); err != nil {
		t.Fatal(err)
	}
	if rows, _, err := load(open(t, nil, nil, "url", server.URL, "ssl.root-cert", cert), ""); rows != "1=a" || err != nil {
		t.Error(rows, err)
	}
	err := (Connector{Allow: allow.New([]string{t.TempDir()}, nil)}).Check(table("url", server.URL, "ssl.root-cert", cert))
	if sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
		t.Errorf("a certificate outside: %v", err)
	}
}

func TestLookup(t *testing.T) {
	var bodies []string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, r.Method+" "+r.Header.Get("Content-Type")+" "+string(b))
		var keys []struct{ ID int64 }
		if err := json.Unmarshal(b, &keys); err != nil {
			t.Error(err)
		}
		slices.Reverse(keys)
		var out []string
		for _, k := range keys {
			if k.ID%2 == 1 { // two rows a key
				out = append(out, fmt.Sprintf(`{"id":%d,"name":"a"},{"id":%d,"name":"b"}`, k.ID, k.ID))
			}
		}
		_, _ = io.WriteString(w, `{"data":[`+strings.Join(append(out, `{"id":99,"name":"nobody asked"}`), ",")+`]}`)
	})
	s := open(t, nil, []int{0}, "cache", "partial", "lookup.url", url, "lookup.max-keys", "3", "rows.path", "data")
	p, ok := s.(lookup.PointSource)
	if !ok {
		t.Fatalf("%T answers no keys", s)
	}
	keys := &exec.Batch{Cols: []*exec.Column{exec.NewColumn(exec.Ints)}, N: 6}
	for _, v := range []int64{5, 2, 1, 5, 3} {
		keys.Cols[0].AppendInt(v)
	}
	keys.Cols[0].AppendNull()
	out := exec.NewMatches(&exec.Batch{Cols: []*exec.Column{exec.NewColumn(exec.Ints), exec.NewColumn(exec.Strings)}})
	if err := p.Lookup(context.Background(), keys, out); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("5=a 5=b 1=a 1=b 5=a 5=b 3=a 3=b", strings.Join(show(out.Rows), " ")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int32{0, 0, 2, 2, 3, 3, 4, 4}, out.Parent); d != "" {
		t.Error(d)
	}
	want := []string{`POST application/json [{"id":5},{"id":2},{"id":1}]`, `POST application/json [{"id":3}]`}
	if d := cmp.Diff(want, bodies); d != "" {
		t.Error(d)
	}
	if _, _, err := load(s, ""); sqlerr.CodeOf(err) != sqlerr.FeatureNotSupported {
		t.Errorf("a load without url: %v", err)
	}
	moved := open(t, nil, []int{0}, "cache", "none", "lookup.url", serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/other", http.StatusFound)
	}))
	out.Reset()
	if err := moved.(lookup.PointSource).Lookup(context.Background(), keys, out); sqlerr.CodeOf(err) != sqlerr.IOError || out.Rows.N != 0 {
		t.Errorf("a redirected POST: %v", err)
	}
}
