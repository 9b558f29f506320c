package file

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/file/gcs/gcstest"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

func TestGCS(t *testing.T) {
	s := gcstest.New(t)
	s.Token, s.Page = "very-secret", 2
	with := func(kv ...string) Config {
		return configure(t, pair, append(kv, "gcs.endpoint", s.URL, "gcs.token", s.Token)...)
	}
	b := batchOf(t, `{"k":"a","v":1}`, `{"k":"b","v":2}`)
	for key, f := range map[string]string{"in/1.json.gz": "json", "in/2.json": "json", "in/.hidden": "json", "inner.json": "json", "t.parquet": "parquet", "t.avro": "avro", "parts/": "csv"} {
		s, err := NewSink(with("path", "gs://bucket/"+key, "format", f))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.Write(t.Context(), b), s.Close()); err != nil {
			t.Fatal(key, err)
		}
	}
	two := func(splits ...int) (out []string) {
		for _, i := range splits {
			out = append(out, fmt.Sprintf(`%d {"k":"a","v":1}`, i), fmt.Sprintf(`%d {"k":"b","v":2}`, i))
		}
		return out
	}
	for _, c := range []struct {
		path, format string
		want         []string
	}{
		{"gs://bucket/in", "json", two(0, 1)}, {"gs://bucket/in/*.json", "json", two(0)}, {"gs://bucket/inner.json", "json", two(0)},
		{"gs://bucket/t.parquet", "parquet", two(0)}, {"gs://bucket/t.avro", "avro", two(0)}, {"gs://bucket/parts/", "csv", two(0)},
	} {
		got, err := scanAll(t, with("path", c.path, "format", c.format))
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", c.path, err, diff)
		}
	}
	s.Compose("in/2.json", "{\"k\":\"c\",\"v\":3}\n")
	cfg := with("path", "gs://bucket/in/2.json", "format", "json")
	objects, err := List(t.Context(), &cfg)
	if err != nil || len(objects) != 1 || objects[0].ETag == "" || objects[0].Size != 16 {
		t.Fatalf("%+v, %v", objects, err)
	}
	n := 0
	if err := ReadObject(t.Context(), objects[0], cfg, func(b *exec.Batch) error { n += b.N; return nil }); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
	if _, err := NewSink(with("path", "gs://bucket/t.parquet", "format", "parquet")); sqlerr.CodeOf(err) != sqlerr.DuplicateObject {
		t.Error(err)
	}
	s.Put("secret", "x")
	s.Fault = func(r *http.Request, _ int) int {
		if strings.Contains(r.URL.RawQuery, "secret") || strings.HasSuffix(r.URL.Path, "/secret") {
			return http.StatusForbidden
		}
		return 0
	}
	for path, want := range map[string]sqlerr.Code{
		"gs://bucket/none": sqlerr.UndefinedFile, "gs://nobucket/x": sqlerr.UndefinedFile, "gs://bucket/secret": sqlerr.InsufficientPrivilege, "gs://": sqlerr.InvalidParameterValue,
	} {
		_, err := scanAll(t, with("path", path, "format", "json"))
		if sqlerr.CodeOf(err) != want || strings.Contains(fmt.Sprint(err), "very-secret") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestGCSWho is about who asks a store, and that credentials of the surroundings go
// to Google's own address alone.
func TestGCSWho(t *testing.T) {
	s := gcstest.New(t)
	s.Put("a.json", "{\"k\":\"a\",\"v\":1}\n")
	s.Put("b.json", "{\"k\":\"b\",\"v\":2}\n")
	s.Token = "ya29.token"
	key := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(key, s.Account(), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", key)
	t.Setenv("GCE_METADATA_HOST", strings.TrimPrefix(s.URL, "http://"))
	t.Setenv("STORAGE_EMULATOR_HOST", strings.TrimPrefix(s.URL, "http://"))
	files := []string{"path", "gs://bucket/*.json", "format", "json"}
	rows, err := scanAll(t, configure(t, pair, append(files, "gcs.credentials-file", key)...))
	if err != nil || len(rows) != 2 || s.Grants() != 1 {
		t.Errorf("%q, %v, %d tokens", rows, err, s.Grants())
	}
	for _, more := range [][]string{nil, {"gcs.endpoint", s.URL}, {"gcs.anonymous", "true"}} {
		if _, err := scanAll(t, configure(t, pair, append(files, more...)...)); sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
			t.Errorf("%q: %v", more, err)
		}
	}
	if s.Grants() != 1 {
		t.Error("a token was asked for")
	}
	// Google's own store: by the file, else by the machine, both through Dial.
	t.Setenv("STORAGE_EMULATOR_HOST", "")
	cfg := configure(t, pair, files...)
	if o, err := googleOptions(&cfg); err != nil || len(o.Key) == 0 || o.Metadata {
		t.Error(err)
	}
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", "")
	var dialled []string
	cfg.Dial = func(_ context.Context, _, addr string) (net.Conn, error) {
		dialled = append(dialled, addr)
		return nil, sqlerr.New(sqlerr.InsufficientPrivilege, "host %q is not allowed", addr)
	}
	t.Setenv("GCE_METADATA_HOST", "")
	_, err = scanAll(t, cfg)
	if e := sqlerr.From(err); e == nil || e.Code != sqlerr.InsufficientPrivilege || !strings.Contains(e.HintMsg, "'gcs.anonymous'") ||
		!cmp.Equal(dialled, []string{"metadata.google.internal:80"}) {
		t.Errorf("%v, dialled %q", err, dialled)
	}
	// A file of credentials is a path like others.
	cfg = configure(t, pair, append(files, "gcs.credentials-file", key)...)
	cfg.Allow = allow.New([]string{t.TempDir()}, nil).Path
	if _, err := googleOptions(&cfg); sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
		t.Error(err)
	}
	for _, name := range []string{"/none", os.DevNull} {
		cfg = configure(t, pair, append(files, "gcs.credentials-file", name)...)
		if _, err := scanAll(t, cfg); err == nil {
			t.Error(name + " was taken")
		}
	}
}

func TestGCSOptions(t *testing.T) {
	for _, kv := range [][]string{{"gcs.token", "x", "gcs.anonymous", "true"}, {"gcs.token", "x", "gcs.credentials-file", "y"}, {"gcs.credentials-file", "y", "gcs.anonymous", "true"}} {
		list := []catalog.Option{{Key: "connector", Value: "file"}, {Key: "path", Value: "gs://b/k"}, {Key: "format", Value: "json"}, {Key: kv[0], Value: kv[1]}, {Key: kv[2], Value: kv[3]}}
		if _, err := Configure(list); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
			t.Errorf("%q: %v", kv, err)
		}
	}
}
