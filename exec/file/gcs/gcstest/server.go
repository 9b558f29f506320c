package gcstest

import (
	"crypto/md5" //nolint:gosec // the store's interface has it
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is a store with one bucket, "bucket".
type Server struct {
	// URL is its address.
	URL string
	// Page is how many objects a page of a listing has at most.
	Page int
	// Token, where set, must be shown by each request; the token services give it.
	Token string
	// Fault, where set, sees each request of the store first, with its number of
	// those of its kind ("GET", "POST", "PUT" …) from 1; a status other than 0 is
	// answered in its place.
	Fault func(r *http.Request, n int) int
	// Short makes the store keep only so many bytes of the first piece of each
	// upload.
	Short int64

	t       testing.TB
	mu      sync.Mutex
	objects map[string]*object
	uploads map[string]*upload
	kinds   map[string]int
	log     []string
	number  int64
	account accountOf
}

type object struct {
	data       []byte
	kind       string
	generation int64
	updated    time.Time
	composed   bool // it has no MD5
}

type upload struct {
	name, kind string
	data       []byte
	short      int64
}

// New starts a store, which ends with the test.
func New(t testing.TB) *Server {
	s := &Server{Page: 1000, t: t, objects: map[string]*object{}, uploads: map[string]*upload{}, kinds: map[string]int{}}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	s.URL = h.URL
	return s
}

// Put stores an object.
func (s *Server) Put(name, data string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(name, "text/plain", []byte(data))
}

// Compose stores an object that has no MD5, as those have that are made of others.
func (s *Server) Compose(name, data string) {
	s.Put(name, data)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[name].composed = true
}

func (s *Server) put(name, kind string, data []byte) *object {
	s.number++
	o := &object{data: data, kind: kind, generation: 1700000000000000 + s.number, updated: time.Date(2026, 1, 2, 3, 4, 5, int(s.number)*1e6, time.UTC)}
	s.objects[name] = o
	return o
}

// Get gives an object's bytes, and whether there is one.
func (s *Server) Get(name string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[name]
	if o == nil {
		return "", false
	}
	return string(o.data), true
}

// Log gives the requests so far, and forgets them: method, path, what matters of
// the query, and the headers Range and Content-Range.
func (s *Server) Log() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.log
	s.log = nil
	return l
}

// Uploads is the number of uploads under way.
func (s *Server) Uploads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.uploads)
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.credentials(w, r) {
		return
	}
	s.kinds[r.Method]++
	line := r.Method + " " + r.URL.EscapedPath()
	for _, k := range []string{"alt", "prefix", "delimiter", "pageToken", "uploadType", "name"} {
		if v := r.URL.Query().Get(k); v != "" {
			line += " " + k + "=" + v
		}
	}
	for _, k := range []string{"Range", "Content-Range"} {
		if v := r.Header.Get(k); v != "" {
			line += " " + strings.ToLower(k) + "=" + v
		}
	}
	s.log = append(s.log, line)
	if s.Fault != nil {
		if status := s.Fault(r, s.kinds[r.Method]); status != 0 {
			fail(w, status, "as asked for")
			return
		}
	}
	if s.Token != "" && r.Header.Get("Authorization") != "Bearer "+s.Token {
		fail(w, http.StatusUnauthorized, "Invalid Credentials")
		return
	}
	if s.Token == "" && r.Header.Get("Authorization") != "" {
		fail(w, http.StatusUnauthorized, "nobody asked for a token")
		return
	}
	s.route(w, r)
}

// known are the parameters that the documentation has for each request.
var known = map[string][]string{
	"list": {"prefix", "delimiter", "maxResults", "pageToken", "fields"}, "get": {"fields", "alt"},
	"insert": {"uploadType", "name", "upload_id", "ifGenerationMatch"},
}

func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	path, up := strings.CutPrefix(r.URL.EscapedPath(), "/upload")
	rest, ok := strings.CutPrefix(path, "/storage/v1/b/")
	bucket, rest, ok2 := strings.Cut(rest, "/o")
	name, err := url.PathUnescape(strings.TrimPrefix(rest, "/"))
	if !ok || !ok2 || err != nil || strings.Contains(strings.TrimPrefix(rest, "/"), "/") {
		fail(w, http.StatusBadRequest, "no such path")
		return
	}
	verb := "list"
	switch {
	case up:
		verb = "insert"
	case rest != "":
		verb = "get"
	}
	for k := range r.URL.Query() {
		if !slices.Contains(known[verb], k) {
			fail(w, http.StatusBadRequest, "Unknown name "+k)
			return
		}
	}
	if bucket != "bucket" {
		fail(w, http.StatusNotFound, "The specified bucket does not exist.")
		return
	}
	switch {
	case verb == "list" && r.Method == http.MethodGet:
		s.list(w, r)
	case verb == "get" && r.Method == http.MethodGet:
		s.get(w, r, name)
	case verb == "insert" && r.Method == http.MethodPost:
		s.begin(w, r)
	case verb == "insert" && (r.Method == http.MethodPut || r.Method == http.MethodDelete):
		s.more(w, r)
	default:
		fail(w, http.StatusMethodNotAllowed, "no such method")
	}
}

func fail(w http.ResponseWriter, status int, text string) {
	reply(w, status, map[string]any{"error": map[string]any{"code": status, "message": text, "errors": []map[string]string{{"domain": "global", "message": text}}}})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	if v != nil {
		_ = json.NewEncoder(w).Encode(v) // the client has gone
	}
}

// describe is the resource of an object.
func (o *object) describe(name string) map[string]any {
	d := map[string]any{
		"kind": "storage#object", "id": fmt.Sprintf("bucket/%s/%d", name, o.generation), "name": name, "bucket": "bucket", "generation": strconv.FormatInt(o.generation, 10),
		"metageneration": "1", "contentType": o.kind, "storageClass": "STANDARD", "size": strconv.Itoa(len(o.data)), "etag": fmt.Sprintf("C%d", o.generation),
		"timeCreated": o.updated.Format(time.RFC3339Nano), "updated": o.updated.Format(time.RFC3339Nano),
	}
	if sum := md5.Sum(o.data); !o.composed { //nolint:gosec // as above
		d["md5Hash"] = sum[:]
	}
	return d
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	size, err := strconv.Atoi(q.Get("maxResults"))
	if err != nil || size < 1 {
		fail(w, http.StatusBadRequest, "Invalid value for maxResults")
		return
	}
	var names []string
	for n := range s.objects {
		rest, ok := strings.CutPrefix(n, q.Get("prefix"))
		if !ok {
			continue
		}
		if d := q.Get("delimiter"); d != "" {
			if head, _, ok := strings.Cut(rest, d); ok {
				n = q.Get("prefix") + head + d
			}
		}
		if n > q.Get("pageToken") && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	out := map[string]any{"kind": "storage#objects"}
	if n := min(size, s.Page); len(names) > n {
		names = names[:n]
		out["nextPageToken"] = names[n-1]
	}
	var items []any
	var prefixes []string
	for _, n := range names {
		if o := s.objects[n]; o != nil {
			items = append(items, o.describe(n))
		} else {
			prefixes = append(prefixes, n)
		}
	}
	if items != nil {
		out["items"] = items
	}
	if prefixes != nil {
		out["prefixes"] = prefixes
	}
	reply(w, http.StatusOK, out)
}

func (s *Server) get(w http.ResponseWriter, r *http.Request, name string) {
	o := s.objects[name]
	media := r.URL.Query().Get("alt") == "media"
	if o == nil {
		if media { // whose errors are plain
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprintf(w, "No such object: bucket/%s", name)
			return
		}
		fail(w, http.StatusNotFound, "No such object: bucket/"+name)
		return
	}
	if !media {
		reply(w, http.StatusOK, o.describe(name))
		return
	}
	w.Header().Set("Content-Type", o.kind)
	w.Header().Set("X-Goog-Generation", strconv.FormatInt(o.generation, 10))
	http.ServeContent(w, r, "", o.updated, strings.NewReader(string(o.data)))
}
