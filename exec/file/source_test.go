package file

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
)

var pair = []Column{{Name: "k", Type: catalog.Of(catalog.Varchar)}, {Name: "v", Type: catalog.Of(catalog.Int)}}

func config(t testing.TB, path, formatName string, cols []Column) Config {
	t.Helper()
	f, err := format.Lookup(formatName)
	if err != nil {
		t.Fatal(err)
	}
	return Config{Path: path, Format: f, Columns: cols}
}

func write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in")
	add(t, path, text)
	return path
}

func add(t testing.TB, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func source(t testing.TB, cfg Config) *Source {
	t.Helper()
	s, err := NewSource(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// show gives the rows of a batch as JSON lines.
func show(t testing.TB, cols []Column, b *exec.Batch) []string {
	t.Helper()
	f, err := format.Lookup("json")
	if err != nil {
		t.Fatal(err)
	}
	fields := make([]format.Field, len(cols))
	for i, c := range cols {
		fields[i] = format.Field{Name: c.Name, Type: c.Type}
	}
	e, err := f.NewEncoder(fields, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i := range b.Rows() {
		line, err := e.Encode(nil, b, b.Row(i))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(line))
	}
	return out
}

// all reads to the end, and gives the rows and the error that is not io.EOF.
func all(t testing.TB, s *Source) ([]string, error) {
	t.Helper()
	var out []string
	for {
		b, err := s.Read(t.Context())
		if err == io.EOF {
			if !s.Ended(0) {
				t.Error("at io.EOF the split has not ended")
			}
			return out, nil
		}
		if err != nil {
			return out, err
		}
		if b != nil {
			out = append(out, show(t, s.cfg.Columns, b)...)
		}
	}
}

func TestBoundedFile(t *testing.T) {
	text := "\xef\xbb\xbf{\"k\":\"a\",\"v\":1}\n\n  \r\n{\"k\":\"b\",\"v\":2}\r\n{\"v\":3}"
	want := []string{`{"k":"a","v":1}`, `{"k":"b","v":2}`, `{"k":null,"v":3}`}
	for _, rows := range []int{0, 1, 2} {
		cfg := config(t, write(t, text), "json", pair)
		cfg.BatchRows = rows
		cfg.Stats = new(Stats)
		got, err := all(t, source(t, cfg))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("batches of %d: %s", rows, diff)
		}
		if n := cfg.Stats.Rows.Load(); n != 3 {
			t.Errorf("%d rows counted", n)
		}
	}
}

func TestOneRowBatches(t *testing.T) {
	cfg := config(t, write(t, "{}\n{}\n{}\n"), "json", pair)
	cfg.BatchRows = 1
	s := source(t, cfg)
	for range 3 {
		if b, err := s.Read(t.Context()); err != nil || b.N != 1 || b.Split != 0 {
			t.Fatalf("%+v, %v", b, err)
		}
	}
	for range 2 {
		if _, err := s.Read(t.Context()); err != io.EOF {
			t.Fatal(err)
		}
	}
}

func TestRawLinesAndMetadata(t *testing.T) {
	path := write(t, "one\n\nthree")
	cols := []Column{{Name: "n", Type: catalog.Of(catalog.BigInt), Meta: MetaLine}, {Name: "line", Type: catalog.Of(catalog.Varchar)},
		{Name: "p", Type: catalog.Of(catalog.Varchar), Meta: MetaPath}}
	got, err := all(t, source(t, config(t, path, "raw", cols)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		got[i] = strings.Replace(got[i], path, "PATH", 1)
	}
	want := []string{`{"n":1,"line":"one","p":"PATH"}`, `{"n":2,"line":"","p":"PATH"}`, `{"n":3,"line":"three","p":"PATH"}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOnError(t *testing.T) {
	const text = "{\"v\":1}\n{\"v\":\"x\"}\n{\"v\":\n" + `{"k":"0123456789012345678901234567890123456789"}` + "\n{\"v\":5}\n"
	for _, c := range []struct {
		policy OnError
		want   []string
		err    string
	}{
		{OnErrorSkip, []string{`{"k":null,"v":1}`, `{"k":null,"v":5}`}, ""},
		{OnErrorNull, []string{`{"k":null,"v":1}`, `{"k":null,"v":null}`, `{"k":null,"v":null}`, `{"k":null,"v":null}`, `{"k":null,"v":5}`}, ""},
		{OnErrorFail, []string{`{"k":null,"v":1}`}, `line 2: field "v": invalid input syntax for type integer: "x"`},
	} {
		cfg := config(t, write(t, text), "json", pair)
		cfg.OnError, cfg.Stats, cfg.MaxLineBytes = c.policy, new(Stats), 40
		got, err := all(t, source(t, cfg))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%d: %s", c.policy, diff)
		}
		if c.err == "" {
			if err != nil || cfg.Stats.Rejects.Load() != 3 {
				t.Errorf("%d: %v, %d rejects", c.policy, err, cfg.Stats.Rejects.Load())
			}
			continue
		}
		e := sqlerr.From(err)
		if want := "file " + cfg.Path + " " + c.err; e.Message != want || e.Code != sqlerr.InvalidTextRepresentation {
			t.Errorf("error %v\nwant  %v", e, want)
		}
	}
}

// A line above the limit is dropped without being kept in memory.
func TestOverlongLine(t *testing.T) {
	cfg := config(t, write(t, strings.Repeat("x", 5<<20)+"\nshort\n"+strings.Repeat("y", 3<<20)), "raw", []Column{{Name: "line", Type: catalog.Of(catalog.Varchar)}})
	cfg.MaxLineBytes, cfg.Stats = 1000, new(Stats)
	s := source(t, cfg)
	got, err := all(t, s)
	if err != nil || len(got) != 1 || got[0] != `{"line":"short"}` || cfg.Stats.Rejects.Load() != 2 {
		t.Errorf("%q, %v, %d rejects", got, err, cfg.Stats.Rejects.Load())
	}
	if len(s.lines.buf) > 4*readBytes {
		t.Errorf("buffer of %d bytes", len(s.lines.buf))
	}
	cfg.OnError = OnErrorFail
	_, err = all(t, source(t, cfg))
	if e := sqlerr.From(err); e.Code != sqlerr.ProgramLimitExceeded || !strings.HasSuffix(e.Message, "line 1: line is longer than 1000 bytes") {
		t.Error(e)
	}
}

func TestLongLines(t *testing.T) {
	long := strings.Repeat("z", 10<<20)
	got, err := all(t, source(t, config(t, write(t, long+"\n"+long+"\nend\n"), "raw", []Column{{Name: "line", Type: catalog.Of(catalog.Varchar)}})))
	if err != nil || len(got) != 3 || len(got[0]) != len(long)+len(`{"line":""}`) || got[2] != `{"line":"end"}` {
		t.Errorf("%d rows, %v", len(got), err)
	}
}

func TestGzip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "in.gz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	io.WriteString(z, "{\"v\":1}\n{\"v\":2}\n")
	z.Close()
	f.Close()
	got, err := all(t, source(t, config(t, path, "json", pair)))
	if err != nil || len(got) != 2 {
		t.Fatalf("%q, %v", got, err)
	}
	os.Truncate(path, 20)
	if _, err := all(t, source(t, config(t, path, "json", pair))); sqlerr.CodeOf(err) != sqlerr.DataCorrupted {
		t.Errorf("truncated: %v", err)
	}
	cfg := config(t, path, "json", pair)
	cfg.Follow = true
	if _, err := NewSource(cfg); sqlerr.CodeOf(err) != sqlerr.FeatureNotSupported {
		t.Errorf("followed: %v", err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		path string
		code sqlerr.Code
		text string
	}{
		{filepath.Join(dir, "none"), sqlerr.UndefinedFile, "No such file or directory"},
		{dir, sqlerr.WrongObjectType, "Is a directory"},
	} {
		cfg := config(t, c.path, "json", pair)
		_, err := NewSource(cfg)
		if e := sqlerr.From(err); e.Code != c.code || !strings.Contains(e.Message, c.text) || !strings.Contains(e.Message, c.path) {
			t.Errorf("source: %v", err)
		}
		if c.path != dir {
			cfg.Path = filepath.Join(dir, "none", "out")
		}
		if _, err := NewSink(cfg); sqlerr.CodeOf(err) != c.code {
			t.Errorf("sink: %v", err)
		}
	}
	if os.Getuid() != 0 { // root may do everything
		path := write(t, "x")
		os.Chmod(path, 0)
		if _, err := NewSource(config(t, path, "json", pair)); sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
			t.Errorf("permission: %v", err)
		}
	}
}

func TestFollow(t *testing.T) {
	path := write(t, "{\"v\":1}\n{\"v\":")
	synctest.Test(t, func(t *testing.T) {
		cfg := config(t, path, "json", pair)
		cfg.Follow = true
		s := source(t, cfg)
		expect := func(want ...string) {
			t.Helper()
			var got []string
			for i := 0; i < 20 && len(got) < len(want); i++ {
				b, err := s.Read(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if b != nil {
					got = append(got, show(t, pair, b)...)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatal(diff)
			}
		}
		quiet := func() {
			t.Helper()
			start := time.Now()
			if b, err := s.Read(t.Context()); b != nil || err != nil {
				t.Fatalf("%v, %v", b, err)
			}
			if d := time.Since(start); d == 0 || d > exec.IdleTick {
				t.Errorf("Read was silent for %s", d)
			}
			if !s.CaughtUp(0) || s.Ended(0) {
				t.Error("a followed file at its end is caught up and not ended")
			}
		}
		expect(`{"k":null,"v":1}`)
		quiet()
		add(t, path, "2}\n{\"v\":3}\n")
		expect(`{"k":null,"v":2}`, `{"k":null,"v":3}`)
		quiet()

		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
		quiet()
		add(t, path, "{\"v\":4}\n")
		expect(`{"k":null,"v":4}`)

		if err := os.Rename(path, path+".1"); err != nil {
			t.Fatal(err)
		}
		quiet()
		add(t, path+".1", "{\"v\":5}\n{\"v\":6}")
		add(t, path, "{\"v\":7}\n")
		expect(`{"k":null,"v":5}`, `{"k":null,"v":6}`, `{"k":null,"v":7}`)
		if s.lines.number != 1 {
			t.Errorf("line %d of the new file", s.lines.number)
		}

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Read(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestNamedPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	s := source(t, config(t, path, "json", pair))
	if b, err := s.Read(t.Context()); b != nil || err != nil {
		t.Fatalf("before there is a writer: %v, %v", b, err)
	}
	w, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, "{\"v\":1}\n")
	b, err := s.Read(t.Context())
	if err != nil || b == nil || b.N != 1 {
		t.Fatalf("%v, %v", b, err)
	}
	if b, err := s.Read(t.Context()); b != nil || err != nil {
		t.Fatalf("while the writer is silent: %v, %v", b, err)
	}
	io.WriteString(w, "{\"v\":2}")
	w.Close()
	if got, err := all(t, s); err != nil || len(got) != 1 {
		t.Fatalf("%q, %v", got, err)
	}
}

func TestMetadataErrors(t *testing.T) {
	path := write(t, "")
	for _, c := range []struct {
		col  Column
		code sqlerr.Code
	}{
		{Column{Name: "x", Type: catalog.Of(catalog.BigInt), Meta: "offset"}, sqlerr.UndefinedColumn},
		{Column{Name: "x", Type: catalog.Of(catalog.BigInt), Meta: MetaPath}, sqlerr.DatatypeMismatch},
		{Column{Name: "x", Type: catalog.Of(catalog.Varchar), Meta: MetaLine}, sqlerr.DatatypeMismatch},
	} {
		if _, err := NewSource(config(t, path, "json", []Column{c.col})); sqlerr.CodeOf(err) != c.code {
			t.Errorf("%+v: %v", c.col, err)
		}
	}
}
