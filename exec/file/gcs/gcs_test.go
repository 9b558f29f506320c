package gcs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/penstock/penstock/exec/file/gcs"
	"github.com/penstock/penstock/exec/file/gcs/gcstest"
	"github.com/penstock/penstock/internal/sqlerr"
)

// open opens the server's bucket as o says.
func open(t testing.TB, s *gcstest.Server, o gcs.Options) *blob.Bucket {
	t.Helper()
	o.Endpoint, o.Attempts, o.Wait = s.URL, 3, time.Millisecond
	if o.Transport == nil {
		o.Transport = &http.Transport{}
	}
	t.Cleanup(o.Transport.CloseIdleConnections)
	c, err := gcs.New(o)
	if err != nil {
		t.Fatal(err)
	}
	b := c.Bucket("bucket")
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func list(t *testing.T, b *blob.Bucket, o *blob.ListOptions) (out []string) {
	t.Helper()
	for it := b.List(o); ; {
		x, err := it.Next(t.Context())
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s %d %t", x.Key, x.Size, x.IsDir))
	}
}

func TestList(t *testing.T) {
	s := gcstest.New(t)
	s.Page = 2
	for _, n := range []string{"a/1", "a/2", "a/b/3", "a/c/4", "a/c/5", "ab", "z ?#%/ü"} {
		s.Put(n, n)
	}
	b := open(t, s, gcs.Options{})
	if diff := cmp.Diff([]string{"a/1 3 false", "a/2 3 false", "a/b/3 5 false", "a/c/4 5 false", "a/c/5 5 false"}, list(t, b, &blob.ListOptions{Prefix: "a/"})); diff != "" {
		t.Error(diff)
	}
	want := []string{
		"GET /storage/v1/b/bucket/o prefix=a/", "GET /storage/v1/b/bucket/o prefix=a/ pageToken=a/2", "GET /storage/v1/b/bucket/o prefix=a/ pageToken=a/c/4",
	}
	if diff := cmp.Diff(want, s.Log()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a/1 3 false", "a/2 3 false", "a/b/ 0 true", "a/c/ 0 true"}, list(t, b, &blob.ListOptions{Prefix: "a/", Delimiter: "/"})); diff != "" {
		t.Error(diff)
	}
	s.Log()
	if got, err := b.ReadAll(t.Context(), "z ?#%/ü"); err != nil || string(got) != "z ?#%/ü" {
		t.Errorf("%q, %v", got, err)
	}
	if diff := cmp.Diff([]string{"GET /storage/v1/b/bucket/o/z%20%3F%23%25%2F%C3%BC alt=media"}, s.Log()); diff != "" {
		t.Error(diff)
	}
}

func TestRead(t *testing.T) {
	s := gcstest.New(t)
	s.Put("k", "0123456789")
	s.Put("empty", "")
	s.Compose("composed", "x")
	b := open(t, s, gcs.Options{})
	for _, c := range []struct {
		key      string
		off, len int64
		want     string
	}{{"k", 0, -1, "0123456789"}, {"k", 3, 4, "3456"}, {"k", 7, -1, "789"}, {"k", 8, 100, "89"}, {"k", 0, 2, "01"}, {"k", 5, 0, ""}, {"empty", 0, -1, ""}} {
		r, err := b.NewRangeReader(t.Context(), c.key, c.off, c.len, nil)
		if err != nil {
			t.Fatal(c, err)
		}
		got, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || string(got) != c.want {
			t.Errorf("%v: %q, %v", c, got, err)
		}
		if c.key == "k" && (r.Size() != 10 || c.len != 0 && r.ContentType() != "text/plain" || r.ModTime().Year() != 2026) {
			t.Errorf("%v: %d, %q, %s", c, r.Size(), r.ContentType(), r.ModTime())
		}
	}
	for _, key := range []string{"k", "composed"} {
		a, err := b.Attributes(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		var g, g2 gcs.Generation
		if !a.As(&g) || g == 0 || (a.MD5 == nil) != (key == "composed") || a.ETag == "" || a.ModTime.IsZero() {
			t.Errorf("%+v", a)
		}
		s.Put(key, "another")
		if a, err := b.Attributes(t.Context(), key); err != nil || !a.As(&g2) || g2 == g {
			t.Errorf("generation %d, then %d: %v", g, g2, err)
		}
	}
}

func TestErrors(t *testing.T) {
	s := gcstest.New(t)
	s.Put("k", "value")
	b := open(t, s, gcs.Options{})
	for _, c := range []struct {
		status int
		code   gcerrors.ErrorCode
		asks   int
	}{
		{404, gcerrors.NotFound, 1}, {403, gcerrors.PermissionDenied, 1}, {401, gcerrors.PermissionDenied, 1}, {400, gcerrors.InvalidArgument, 1},
		{412, gcerrors.FailedPrecondition, 1}, {302, gcerrors.Unknown, 1}, {429, gcerrors.ResourceExhausted, 3}, {503, gcerrors.Unknown, 3}, {500, gcerrors.Unknown, 3},
	} {
		s.Fault = func(*http.Request, int) int { return c.status }
		s.Log()
		for what, do := range map[string]func() error{
			"attributes": func() error { _, err := b.Attributes(t.Context(), "k"); return err },
			"read":       func() error { _, err := b.ReadAll(t.Context(), "k"); return err },
			"list":       func() error { _, err := b.List(nil).Next(t.Context()); return err },
			"write":      func() error { return b.WriteAll(t.Context(), "new", []byte("x"), nil) },
		} {
			err := do()
			if gcerrors.Code(err) != c.code || !strings.Contains(fmt.Sprint(err), "as asked for") {
				t.Errorf("%d, %s: %v", c.status, what, err)
			}
			if e := new(gcs.Error); !b.ErrorAs(err, &e) || e.Status != c.status {
				t.Errorf("%d, %s: %v", c.status, what, e)
			}
			if n := len(s.Log()); n != c.asks {
				t.Errorf("%d, %s: asked %d times", c.status, what, n)
			}
		}
	}
	s.Fault = nil
	if _, err := b.ReadAll(t.Context(), "none"); gcerrors.Code(err) != gcerrors.NotFound || !strings.Contains(err.Error(), "No such object: bucket/none") {
		t.Error(err)
	}
	if err := b.Delete(t.Context(), "k"); gcerrors.Code(err) != gcerrors.Unimplemented {
		t.Error(err)
	}
	// A store that gives all of an object for a part of it is not believed.
	whole := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "0123456789") }))
	defer whole.Close()
	if _, err := open(t, &gcstest.Server{URL: whole.URL}, gcs.Options{}).NewRangeReader(t.Context(), "k", 3, 2, nil); err == nil {
		t.Error("the wrong range was taken")
	}
}

func TestRetry(t *testing.T) {
	s := gcstest.New(t)
	s.Put("k", "value")
	b := open(t, s, gcs.Options{})
	s.Fault = func(_ *http.Request, n int) int { return []int{503, 429, 0}[(n-1)%3] }
	if got, err := b.ReadAll(t.Context(), "k"); err != nil || string(got) != "value" {
		t.Errorf("%q, %v", got, err)
	}
	if got := list(t, b, nil); !slices.Equal(got, []string{"k 5 false"}) {
		t.Error(got)
	}
	if n := len(s.Log()); n != 6 {
		t.Errorf("asked %d times", n)
	}
	// Connections that break are lost requests; an address that is refused is not.
	for _, c := range []struct {
		err  error
		asks int
	}{{io.ErrUnexpectedEOF, 3}, {sqlerr.New(sqlerr.InsufficientPrivilege, "host is not allowed"), 1}} {
		n := 0
		b := open(t, s, gcs.Options{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { n++; return nil, c.err }}})
		if _, err := b.Attributes(t.Context(), "k"); !errors.Is(err, c.err) || n != c.asks {
			t.Errorf("%v after %d attempts, want %v after %d", err, n, c.err, c.asks)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.Fault = func(*http.Request, int) int { cancel(); return 503 }
	if _, err := b.Attributes(ctx, "k"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestWrite(t *testing.T) {
	const unit = 256 << 10
	data := make([]byte, 3*unit+1234)
	src := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		data[i] = byte(src.Uint32())
	}
	put := "PUT /upload/storage/v1/b/bucket/o uploadType=resumable name=k content-range=bytes "
	for _, c := range []struct {
		name  string
		size  int
		short int64
		fault func(r *http.Request, n int) int
		want  []string
		fails bool
	}{
		{name: "empty", want: []string{"*/0"}},
		{name: "small", size: 10, want: []string{"0-9/10"}},
		{name: "a piece", size: unit, want: []string{"0-262143/262144"}},
		{name: "pieces", size: 2*unit + 5, want: []string{"0-262143/*", "262144-524287/*", "524288-524292/524293"}},
		{name: "the store keeps less", size: 10, short: 4, want: []string{"0-9/10", "4-9/10"}},
		{name: "an answer is lost", size: 2 * unit, fault: at(1, 503), want: []string{"0-262143/*", "*/*", "0-262143/*", "262144-524287/524288"}},
		{name: "the last answer is lost", size: 5, fault: at(1, 502), want: []string{"0-4/5", "*/5", "0-4/5"}},
		{name: "no more", size: 5, fault: func(r *http.Request, _ int) int { return map[string]int{"PUT": 503}[r.Method] }, want: []string{"0-4/5", "*/5", "*/5"}, fails: true},
		{name: "forbidden", size: 5, fault: func(r *http.Request, _ int) int { return map[string]int{"PUT": 403}[r.Method] }, want: []string{"0-4/5"}, fails: true},
	} {
		s := gcstest.New(t)
		s.Short, s.Fault = c.short, c.fault
		w, err := open(t, s, gcs.Options{}).NewWriter(t.Context(), "k", &blob.WriterOptions{ContentType: "text/plain", BufferSize: unit})
		if err != nil {
			t.Fatal(err)
		}
		for rest := data[:c.size]; len(rest) > 0 && err == nil; { // in odd parts
			n := min(len(rest), 100_003)
			_, err = w.Write(rest[:n])
			rest = rest[n:]
		}
		err = errors.Join(err, w.Close())
		got, ok := s.Get("k")
		if c.fails != (err != nil) || ok == c.fails || ok && !bytes.Equal([]byte(got), data[:c.size]) {
			t.Errorf("%s: %v, %d bytes", c.name, err, len(got))
		}
		if strings.Contains(fmt.Sprint(err), "upload_id") {
			t.Errorf("the upload's address shows: %v", err)
		}
		if s.Uploads() != 0 {
			t.Errorf("%s: an upload is left", c.name)
		}
		var puts []string
		for _, l := range s.Log() {
			if span, ok := strings.CutPrefix(l, put); ok {
				puts = append(puts, span)
			}
		}
		if diff := cmp.Diff(c.want, puts); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// at makes the n-th PUT fail.
func at(n, status int) func(*http.Request, int) int {
	return func(r *http.Request, i int) int {
		if r.Method == http.MethodPut && i == n {
			return status
		}
		return 0
	}
}

func TestWriteGivenUp(t *testing.T) {
	s := gcstest.New(t)
	b := open(t, s, gcs.Options{})
	for _, size := range []int{1, 600 << 10} { // before an upload has begun, and after
		ctx, cancel := context.WithCancel(t.Context())
		w, err := b.NewWriter(ctx, "k", &blob.WriterOptions{ContentType: "text/plain", BufferSize: 256 << 10})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := w.Close(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if _, ok := s.Get("k"); ok || s.Uploads() != 0 {
			t.Error("the object came to be, or an upload is left")
		}
	}
	s.Put("k", "old")
	if err := b.WriteAll(t.Context(), "k", []byte("new"), &blob.WriterOptions{ContentType: "text/plain", IfNotExist: true}); gcerrors.Code(err) != gcerrors.FailedPrecondition {
		t.Error(err)
	}
}
