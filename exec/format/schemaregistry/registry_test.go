package schemaregistry

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/internal/sqlerr"
)

// answers makes a registry that gives what stands under a path, a status of 500
// as often as the map says.
func answers(t *testing.T, paths map[string]string, failing map[string]int, asked *[]string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.URL.Path)
		if failing[r.URL.Path] > 0 {
			failing[r.URL.Path]--
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		if r.Header.Get("Authorization") != "Bearer token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		text, ok := paths[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
		}
		io.WriteString(w, text)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func client(t *testing.T, cfg Config) *Client {
	t.Helper()
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	c.wait = time.Millisecond
	return c
}

func TestByID(t *testing.T) {
	var asked []string
	url := answers(t, map[string]string{
		"/schemas/ids/1":           `{"schema":"a"}`,
		"/schemas/ids/2":           `{"schema":"b","schemaType":"PROTOBUF","references":[{"name":"x.proto","subject":"s/x","version":3},{"name":"y.proto","subject":"y","version":1}]}`,
		"/subjects/s/x/versions/3": `{"schema":"x","references":[{"name":"y.proto","subject":"y","version":1}]}`,
		"/subjects/y/versions/1":   `{"schema":"y"}`,
	}, map[string]int{"/schemas/ids/1": 1}, &asked)
	c := client(t, Config{URL: "http://127.0.0.1:1, " + url, Token: "token"}) // of two addresses the first is dead
	for range 2 {
		s, err := c.ByID(1)
		if err != nil || s.Type != "AVRO" || s.Text != "a" {
			t.Fatalf("%+v, %v", s, err)
		}
	}
	s, err := c.ByID(2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Schema{ID: 2, Type: "PROTOBUF", Text: "b", References: []Reference{{"y.proto", "y"}, {"x.proto", "x"}}}, s); diff != "" {
		t.Error(diff)
	}
	for range 2 {
		if _, err := c.ByID(3); sqlerr.CodeOf(err) != sqlerr.InvalidBinaryRepresent {
			t.Error(err)
		}
	}
	want := []string{"/schemas/ids/1", "/schemas/ids/1", "/schemas/ids/2", "/subjects/s/x/versions/3", "/subjects/y/versions/1", "/schemas/ids/3"}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Error(diff)
	}
}

func TestFailures(t *testing.T) {
	var asked []string
	url := answers(t, nil, map[string]int{"/schemas/ids/1": 100}, &asked)
	for _, c := range []struct {
		cfg  Config
		code sqlerr.Code
	}{
		{Config{URL: url, User: "me", Password: "very-secret"}, sqlerr.ConnectionFailure},
		{Config{URL: "http://me:very-secret@127.0.0.1:1"}, sqlerr.ConnectionFailure},
	} {
		_, err := client(t, c.cfg).ByID(1)
		if sqlerr.CodeOf(err) != c.code || strings.Contains(err.Error(), "very-secret") {
			t.Errorf("%+v: %v", c.cfg, err)
		}
	}
	if len(asked) != attempts {
		t.Errorf("asked %d times", len(asked))
	}
	_, err := client(t, Config{URL: url, Token: "another"}).ByID(2)
	if sqlerr.CodeOf(err) != sqlerr.CannotConnect {
		t.Error(err)
	}
	for _, bad := range []string{"", "host:8081", "ftp://host", "http://"} {
		if _, err := New(Config{URL: bad}); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestConfigure(t *testing.T) {
	v, err := catalog.Validate(Specs("avro-confluent"), []catalog.Option{{Key: "avro-confluent.url", Value: "http://r"},
		{Key: "avro-confluent.basic-auth.user-info", Value: "me:pass:word"}, {Key: "avro-confluent.timeout", Value: "2s"}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Configure("avro-confluent", v)
	if err != nil || c.User != "me" || c.Password != "pass:word" || c.Timeout != 2*time.Second {
		t.Errorf("%+v, %v", c, err)
	}
	for _, s := range Specs("x") {
		if strings.Contains(s.Key, "user-info") != s.Secret && !strings.Contains(s.Key, "token") {
			t.Errorf("%s: secret %t", s.Key, s.Secret)
		}
	}
}
