package file

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/klauspost/compress/zstd"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/exec/format/formattest/rows"
	"github.com/penstock/penstock/internal/sqlerr"
)

// configure reads options as a table has them.
func configure(t testing.TB, cols []Column, kv ...string) Config {
	t.Helper()
	list := []catalog.Option{{Key: "connector", Value: "file"}}
	for i := 0; i < len(kv); i += 2 {
		list = append(list, catalog.Option{Key: kv[i], Value: kv[i+1]})
	}
	cfg, err := Configure(list)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Columns, cfg.Stats = cols, new(Stats)
	return cfg
}

func scanAll(t testing.TB, cfg Config) ([]string, error) {
	t.Helper()
	scan, err := OpenScan(t.Context(), cfg)
	if err != nil {
		return nil, err
	}
	splits := make([]int, scan.Splits())
	for i := range splits {
		splits[i] = i
	}
	s, err := scan.Source(splits)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var out []string
	for {
		b, err := s.Read(t.Context())
		if err == io.EOF {
			for _, i := range splits {
				if !s.Ended(int32(i)) {
					t.Errorf("split %d has not ended", i)
				}
			}
			return out, nil
		}
		if err != nil {
			return out, err
		}
		if b != nil {
			for _, row := range show(t, cfg.Columns, b) {
				out = append(out, fmt.Sprint(b.Split, " ", row))
			}
		}
	}
}

func put(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func packed(t testing.TB, name, text string) string {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if strings.HasSuffix(name, ".zst") {
		w, _ = zstd.NewWriter(&b)
	}
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestManyFiles(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "b.json", `{"k":"b","v":1}`)
	put(t, dir, "a.json", "{\"k\":\"a\",\"v\":1}\n{\"k\":\"a\",\"v\":2}\n")
	put(t, dir, "sub/c.json.gz", packed(t, "c.gz", `{"k":"c","v":1}`))
	put(t, dir, "sub/d.json.zst", packed(t, "d.zst", `{"k":"d","v":1}`))
	put(t, dir, ".hidden.json", "{}")
	put(t, dir, "_SUCCESS", "")
	put(t, dir, "empty.json", "")
	for path, want := range map[string][]string{
		dir:                              {`0 {"k":"a","v":1}`, `0 {"k":"a","v":2}`, `1 {"k":"b","v":1}`, `3 {"k":"c","v":1}`, `4 {"k":"d","v":1}`},
		dir + "/*.json":                  {`0 {"k":"a","v":1}`, `0 {"k":"a","v":2}`, `1 {"k":"b","v":1}`},
		dir + "/sub/[d].*":               {`0 {"k":"d","v":1}`},
		"file://" + dir + "/b.json":      {`0 {"k":"b","v":1}`},
		filepath.Join(dir, "empty.json"): nil,
	} {
		got, err := scanAll(t, configure(t, pair, "path", path, "format", "json"))
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	for path, code := range map[string]sqlerr.Code{dir + "/*.none": sqlerr.UndefinedFile, dir + "/none": sqlerr.UndefinedFile, dir + "/[": sqlerr.InvalidParameterValue} {
		if _, err := scanAll(t, configure(t, pair, "path", path, "format", "json")); sqlerr.CodeOf(err) != code {
			t.Errorf("%s: %v", path, err)
		}
	}
	put(t, dir, "sub/bad.json.zst", "no zstd")
	if _, err := scanAll(t, configure(t, pair, "path", dir, "format", "json")); sqlerr.CodeOf(err) != sqlerr.DataCorrupted {
		t.Error(err)
	}
}

func TestAllowed(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "in/a.json", "{}")
	secret := put(t, dir, "secret", "{}")
	if err := os.Symlink(secret, filepath.Join(dir, "in", "link.json")); err != nil {
		t.Fatal(err)
	}
	allow := func(p string) error {
		real, err := filepath.EvalSymlinks(p)
		if err == nil && strings.HasPrefix(real, filepath.Join(dir, "in")) {
			return nil
		}
		return sqlerr.New(sqlerr.InsufficientPrivilege, "path %q is not allowed", p)
	}
	for path, code := range map[string]sqlerr.Code{
		dir + "/in/a.json": "00000", dir + "/in": sqlerr.InsufficientPrivilege, dir + "/in/l*": sqlerr.InsufficientPrivilege,
		dir + "/secret": sqlerr.InsufficientPrivilege, dir + "/in/../secret": sqlerr.InsufficientPrivilege, "s3://b/k": sqlerr.InsufficientPrivilege,
	} {
		cfg := configure(t, pair, "path", path, "format", "json")
		cfg.Allow = allow
		if _, err := scanAll(t, cfg); sqlerr.CodeOf(err) != code {
			t.Errorf("%s: %v", path, err)
		}
	}
	cfg := configure(t, pair, "path", dir+"/out", "format", "json")
	cfg.Allow = allow
	if _, err := NewSink(cfg); sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
		t.Error(err)
	}
}

func TestCSVFile(t *testing.T) {
	dir := t.TempDir()
	path := put(t, dir, "a.csv", "v,more,k\r\n# a comment\r\n1,x,\"two\nlines\"\r\n\r\n2,\"# \"\"y\"\"\",b\nbad,z,c\n3,\"q")
	cfg := configure(t, []Column{pair[0], pair[1], {Name: "l", Type: catalog.Of(catalog.BigInt), Meta: MetaLine}}, "path", path, "format", "csv",
		"csv.header", "true", "csv.allow-comments", "true")
	cfg.Fields = []format.Field{{Name: "k", Type: pair[0].Type}, {Name: "v", Type: pair[1].Type}}
	got, err := scanAll(t, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`0 {"k":"two\nlines","v":1,"l":3}`, `0 {"k":"b","v":2,"l":6}`}, got); diff != "" {
		t.Error(diff)
	}
	if n := cfg.Stats.Rejects.Load(); n != 2 {
		t.Errorf("%d rejects", n)
	}
	path = put(t, dir, "b.csv", "x,y\n1,2\n")
	if _, err := scanAll(t, configure(t, pair, "path", path, "format", "csv", "csv.header", "true")); sqlerr.CodeOf(err) != sqlerr.UndefinedColumn || !strings.Contains(err.Error(), "b.csv") {
		t.Error(err)
	}
	path = put(t, dir, "c.csv", "a"+strings.Repeat("x", 600_000)+",1\nb,2\n")
	cfg = configure(t, pair, "path", path, "format", "csv", "file.max-line-bytes", "1000")
	if got, err = scanAll(t, cfg); err != nil || !slices.Contains(got, `0 {"k":"b","v":2}`) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestReadObject(t *testing.T) {
	path := put(t, t.TempDir(), "a.json", "{\"k\":\"a\",\"v\":1}\n{\"k\":\"b\",\"v\":2}\n")
	cfg := configure(t, pair, "path", path, "format", "json")
	objects, err := List(t.Context(), &cfg)
	if err != nil || len(objects) != 1 || objects[0].Size != 32 || objects[0].ModTime.IsZero() {
		t.Fatalf("%+v, %v", objects, err)
	}
	n := 0
	if err := ReadObject(t.Context(), objects[0], cfg, func(b *exec.Batch) error { n += b.N; return nil }); err != nil || n != 2 {
		t.Errorf("%d rows, %v", n, err)
	}
	stop := errors.New("enough")
	if err := ReadObject(t.Context(), objects[0], cfg, func(*exec.Batch) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}

func TestWatchedDirectory(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "b.json", `{"k":"b"}`)
	synctest.Test(t, func(t *testing.T) {
		cfg := configure(t, pair[:1], "path", dir, "format", "json", "source.monitor-interval", "1s")
		if cfg.Bounded() {
			t.Error("it is bounded")
		}
		scan, err := OpenScan(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		s, err := scan.Source([]int{0})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		expect := func(want ...string) {
			t.Helper()
			var got []string
			for i := 0; i < 50 && len(got) < len(want); i++ {
				b, err := s.Read(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if b != nil {
					got = append(got, show(t, cfg.Columns, b)...)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatal(diff)
			}
		}
		expect(`{"k":"b"}`)
		for _, name := range []string{"z.json", "a.json"} { // as they come, not by name
			put(t, dir, name, `{"k":"`+name+`"}`)
			when := time.Unix(2_000_000_000+int64(len(name)), 0)
			if name == "a.json" {
				when = when.Add(time.Hour)
			}
			if err := os.Chtimes(filepath.Join(dir, name), when, when); err != nil {
				t.Fatal(err)
			}
		}
		expect(`{"k":"z.json"}`, `{"k":"a.json"}`)
		if b, err := s.Read(t.Context()); b != nil || err != nil || !s.CaughtUp(0) || s.Ended(0) {
			t.Errorf("%v, %v", b, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Read(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// batchOf makes rows of pair.
func batchOf(t testing.TB, lines ...string) *exec.Batch {
	return rows.Batch(t, []catalog.Column{{Name: "k", Type: pair[0].Type}, {Name: "v", Type: pair[1].Type}}, strings.Join(lines, "\n"))
}

func TestSinkForms(t *testing.T) {
	b := batchOf(t, `{"k":"a","v":1}`, `{"k":"b","v":null}`)
	for _, c := range []struct{ path, format, more, value string }{
		{"x.csv", "csv", "csv.header", "true"}, {"x.json.gz", "json", "compression", "auto"}, {"x", "csv", "compression", "zstd"},
		{"x.avro", "avro", "avro.codec", "deflate"}, {"x.parquet", "parquet", "parquet.compression", "zstd"},
		{"dir/", "json", "sink.rolling-policy.file-size", "1b"}, {"dir/", "csv", "csv.header", "true"}, {"dir/", "parquet", "sink.rolling-policy.file-size", "1b"},
		{"dir/", "avro", "compression", "none"}, {"dir/", "json", "compression", "gzip"},
	} {
		name := c.path + " " + c.format
		dir := t.TempDir()
		cfg := configure(t, pair, "path", dir+"/"+c.path, "format", c.format, c.more, c.value)
		s, err := NewSink(cfg)
		if err != nil {
			t.Fatal(name, err)
		}
		for range 2 {
			if err := s.Write(t.Context(), b); err != nil {
				t.Fatal(name, err)
			}
			if err := s.Flush(t.Context()); err != nil {
				t.Fatal(name, err)
			}
		}
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Fatal(name, err)
		}
		if n := cfg.Stats.Rows.Load(); n != 4 {
			t.Errorf("%s: %d rows counted", name, n)
		}
		if cfg.Path = dir + "/" + strings.TrimSuffix(c.path, "/"); c.more == "compression" && c.value == "gzip" {
			cfg.compression = byName // the names of parts say it
		}
		got, err := scanAll(t, cfg)
		if err != nil {
			t.Error(name, err)
		}
		for i := range got {
			_, got[i], _ = strings.Cut(got[i], " ")
		}
		if want := []string{`{"k":"a","v":1}`, `{"k":"b","v":null}`, `{"k":"a","v":1}`, `{"k":"b","v":null}`}; !slices.Equal(got, want) {
			t.Errorf("%s: %q", name, got)
		}
		if c.value == "1b" {
			if files, _ := filepath.Glob(dir + "/dir/part-*"); len(files) != 2 {
				t.Errorf("%s: files %q", name, files)
			}
		}
		if c.format == "parquet" && c.path != "dir/" {
			if _, err := NewSink(cfg); sqlerr.CodeOf(err) != sqlerr.DuplicateObject {
				t.Errorf("a second time: %v", err)
			}
		}
	}
}

func TestS3(t *testing.T) {
	store := s3mem.New()
	if err := store.CreateBucket("bucket"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(store).Server())
	defer server.Close()
	with := func(kv ...string) Config {
		return configure(t, pair, append(kv, "s3.endpoint", server.URL, "s3.region", "eu-west-1", "s3.access-key", "id", "s3.secret-key", "very-secret", "s3.path-style-access", "true")...)
	}
	b := batchOf(t, `{"k":"a","v":1}`, `{"k":"b","v":2}`)
	for key, f := range map[string]string{"in/1.json.gz": "json", "in/2.json": "json", "in/.hidden": "json", "inner.json": "json", "t.parquet": "parquet", "t.avro": "avro", "parts/": "csv"} {
		s, err := NewSink(with("path", "s3://bucket/"+key, "format", f))
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
		{"s3://bucket/in", "json", two(0, 1)}, {"s3://bucket/in/*.json", "json", two(0)}, {"s3://bucket/inner.json", "json", two(0)},
		{"s3://bucket/t.parquet", "parquet", two(0)}, {"s3://bucket/t.avro", "avro", two(0)}, {"s3://bucket/parts/", "csv", two(0)},
	} {
		got, err := scanAll(t, with("path", c.path, "format", c.format))
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", c.path, err, diff)
		}
	}
	cfg := with("path", "s3://bucket/in/2.json", "format", "json")
	objects, err := List(t.Context(), &cfg)
	if err != nil || len(objects) != 1 || objects[0].ETag == "" || objects[0].Size != 32 {
		t.Fatalf("%+v, %v", objects, err)
	}
	n := 0
	if err := ReadObject(t.Context(), objects[0], cfg, func(b *exec.Batch) error { n += b.N; return nil }); err != nil || n != 2 {
		t.Errorf("%d rows, %v", n, err)
	}
	for path, code := range map[string]sqlerr.Code{
		"s3://bucket/none": sqlerr.UndefinedFile, "s3://nobucket/x": sqlerr.UndefinedFile, "ftp://b/k": sqlerr.InvalidParameterValue,
	} {
		_, err := scanAll(t, with("path", path, "format", "json"))
		if sqlerr.CodeOf(err) != code || strings.Contains(fmt.Sprint(err), "very-secret") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := NewSink(with("path", "s3://bucket/t.parquet", "format", "parquet")); sqlerr.CodeOf(err) != sqlerr.DuplicateObject {
		t.Error(err)
	}
}
