package sources

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/file/gcs/gcstest"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/exec/lookup"
	"github.com/penstock/penstock/exec/lookup/records"
	"github.com/penstock/penstock/internal/allow"
	"github.com/penstock/penstock/internal/sqlerr"
)

// put writes a file, an hour old so that its time can be trusted; names ending
// in .gz and .zst are packed.
func put(t *testing.T, path, text string) {
	t.Helper()
	var b strings.Builder
	var w io.WriteCloser
	switch filepath.Ext(path) {
	case ".gz":
		w = gzip.NewWriter(&b)
	case ".zst":
		w, _ = zstd.NewWriter(&b)
	}
	if w != nil {
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		text = b.String()
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
}

func TestFileFormats(t *testing.T) {
	dir := t.TempDir()
	const lines = "{\"id\":1,\"name\":\"a\"}\n{\"id\":2,\"name\":\"b\"}\n"
	const array = `[{"id":1,"name":"a"},` + "\n" + `{"id":2,"name":"b"}]`
	for name, text := range map[string]string{"l.json": lines, "a.json": array, "l.json.gz": lines, "a.json.zst": array,
		"c.csv": "1,a\n2,b\n", "h.csv.gz": "name;id\na;1\nb;2\n"} {
		put(t, filepath.Join(dir, name), text)
	}
	writeParquet(t, filepath.Join(dir, "p.parquet"))
	for _, tt := range [][]string{
		{"p.parquet", "format", "parquet"},
		{"l.json", "format", "json"}, {"a.json", "format", "json"}, {"l.json.gz", "format", "json"}, {"a.json.zst", "format", "json"},
		{"c.csv", "format", "csv"}, {"h.csv.gz", "format", "csv", "csv.header", "true", "csv.field-delimiter", ";"},
	} {
		s := open(t, File{}, table(append(tt[1:], "path", filepath.Join(dir, tt[0]))...))
		for range 2 {
			if got, token, err := load(s, ""); got != "1=a 2=b" || token == "" || err != nil {
				t.Errorf("%s: %q %q %v", tt[0], got, token, err)
			}
		}
	}
}

func writeParquet(t *testing.T, path string) {
	t.Helper()
	f, err := format.Lookup("parquet")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fields := records.Fields(table())
	w, err := f.CreateFile(&b, fields, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := records.NewBatch(fields)
	for i, name := range []string{"a", "b"} {
		rows.Cols[0].AppendInt(int64(i + 1))
		rows.Cols[1].AppendString(name)
		rows.N++
	}
	if err := errors.Join(w.Write(rows), w.Close()); err != nil {
		t.Fatal(err)
	}
	put(t, path, b.String())
}

func TestFileUnchanged(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "a.csv"), "1,a\n")
	put(t, filepath.Join(dir, "b.csv"), "2,b\n")
	for _, path := range []string{dir, filepath.Join(dir, "*.csv")} {
		s := open(t, File{}, table("format", "csv", "path", path))
		got, token, err := load(s, "")
		if got != "1=a 2=b" || err != nil {
			t.Fatal(got, err)
		}
		if got, again, err := load(s, token); got != "" || again != token || !errors.Is(err, lookup.ErrUnchanged) {
			t.Fatal(got, again, err)
		}
		put(t, filepath.Join(dir, "c.csv"), "3,c\n")
		got, next, err := load(s, token)
		if got != "1=a 2=b 3=c" || next == token || err != nil {
			t.Fatal(got, err)
		}
		if err := os.Remove(filepath.Join(dir, "c.csv")); err != nil {
			t.Fatal(err)
		}
		if got, back, err := load(s, next); got != "1=a 2=b" || back != token || err != nil {
			t.Fatal(got, err)
		}
	}
	// A file of this moment may be written again without its time telling.
	now := filepath.Join(t.TempDir(), "now.csv")
	if err := os.WriteFile(now, []byte("1,a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, token, err := load(open(t, File{}, table("format", "csv", "path", now)), ""); token != "" || err != nil {
		t.Errorf("a new file: token %q, %v", token, err)
	}
}

// Objects of a store are told apart by what the store says of them.
func TestFileStore(t *testing.T) {
	store := gcstest.New(t)
	store.Put("a.csv", "1,a\n")
	store.Compose("b.csv", "2,b\n")
	s := open(t, File{}, table("format", "csv", "path", "gs://bucket/*.csv", "gcs.endpoint", store.URL, "gcs.anonymous", "true"))
	got, token, err := load(s, "")
	if got != "1=a 2=b" || token == "" || err != nil {
		t.Fatal(got, token, err)
	}
	store.Log()
	if _, _, err := load(s, token); !errors.Is(err, lookup.ErrUnchanged) {
		t.Error(err)
	}
	if l := store.Log(); len(l) != 1 {
		t.Errorf("asked for more than the list: %q", l)
	}
	store.Compose("b.csv", "2,c\n")
	if got, _, err := load(s, token); got != "1=a 2=c" || err != nil {
		t.Error(got, err)
	}
}

func TestFileFaults(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"cut.json": `[{"id":1,"name":"a"}`, "type.json": "{\"id\":1}\n{\"id\":\"x\"}", "short.csv": "1,a\n2\n"} {
		put(t, filepath.Join(dir, name), text)
	}
	if err := os.WriteFile(filepath.Join(dir, "not.json.gz"), []byte("plain text, not packed"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, format string
		code         sqlerr.Code
		want         string
	}{
		{"none.json", "json", sqlerr.UndefinedFile, `could not open file "DIR/none.json" for reading: No such file or directory`},
		{"*.none", "json", sqlerr.UndefinedFile, `could not open file "DIR/*.none" for reading: No such file or directory`},
		{"cut.json", "json", sqlerr.InvalidJSONText, `file "DIR/cut.json", row 2: invalid JSON: the text ends too early, after 20 bytes`},
		{"type.json", "json", sqlerr.InvalidTextRepresentation, `file "DIR/type.json", row 2: field "id": invalid input syntax for type bigint: "x"`},
		{"not.json.gz", "json", sqlerr.DataCorrupted, `file "DIR/not.json.gz" is not valid gzip: gzip: invalid header`},
		{"short.csv", "csv", sqlerr.InvalidTextRepresentation, ""},
	} {
		_, token, err := load(open(t, File{}, table("format", tt.format, "path", filepath.Join(dir, tt.name))), "")
		got := ""
		if err != nil {
			got = strings.ReplaceAll(sqlerr.From(err).Message, dir, "DIR")
		}
		if sqlerr.CodeOf(err) != tt.code || tt.want != "" && got != tt.want || token != "" {
			t.Errorf("%s: %s %s", tt.name, sqlerr.CodeOf(err), got)
		}
	}
	changing := filepath.Join(dir, "changing.json")
	put(t, changing, `{"id":1,"name":"a"}`)
	s := open(t, File{}, table("format", "json", "path", changing))
	_, err := s.Load(context.Background(), "", func(*exec.Batch) error { put(t, changing, `{"id":2,"name":"bb"}`); return nil })
	if sqlerr.CodeOf(err) != sqlerr.IOError {
		t.Errorf("changed while read: %v", err)
	}
	full := errors.New("full")
	if _, err := s.Load(context.Background(), "", func(*exec.Batch) error { return full }); err != full {
		t.Errorf("the receiver's error became %v", err)
	}
	if _, _, err := load(open(t, File{}, table("format", "csv", "path", "/dev/zero")), ""); sqlerr.CodeOf(err) != sqlerr.WrongObjectType {
		t.Errorf("a device: %v", err)
	}
}

func TestFileCheck(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "a.csv"), "1,a\n")
	outside := filepath.Join(t.TempDir(), "b.csv")
	put(t, outside, "2,b\n")
	if err := os.Symlink(outside, filepath.Join(dir, "link.csv")); err != nil {
		t.Fatal(err)
	}
	list := allow.New([]string{dir}, nil)
	for _, tt := range []struct {
		options []string
		code    sqlerr.Code
	}{
		{[]string{"format", "csv", "path", filepath.Join(dir, "a.csv")}, "00000"},
		{[]string{"format", "csv", "path", "file://" + filepath.Join(dir, "a.csv")}, "00000"},
		{[]string{"format", "csv", "path", "s3://bucket/key"}, "00000"},
		{[]string{"format", "csv", "path", outside}, "42501"},
		{[]string{"format", "csv", "path", "file://" + outside}, "42501"},
		{[]string{"format", "csv", "path", filepath.Join(dir, "link.csv")}, "42501"},
		{[]string{"format", "csv", "path", "-"}, "22023"},
		{[]string{"format", "csv"}, "22023"},
		{[]string{"path", dir}, "22023"},
		{[]string{"path", dir, "format", "xml"}, "22023"},
		{[]string{"path", dir, "format", "json", "csv.header", "true"}, "22023"},
		{[]string{"path", dir, "format", "csv", "scan.follow", "true"}, "00000"}, // the registry refuses options that nobody declares
		{[]string{"path", dir, "format", "csv", "cache", "none"}, "0A000"},
	} {
		if err := (File{list}).Check(table(tt.options...)); sqlerr.CodeOf(err) != tt.code {
			t.Errorf("%q: %v", tt.options, err)
		}
	}
	s := open(t, File{list}, table("format", "csv", "path", filepath.Join(dir, "*.csv")))
	if _, _, err := load(s, ""); sqlerr.CodeOf(err) != sqlerr.InsufficientPrivilege {
		t.Errorf("a link that leads outside: %v", err)
	}
}
