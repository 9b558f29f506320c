package file

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
)

func batch(rows ...int64) *exec.Batch {
	b := &exec.Batch{Cols: []*exec.Column{exec.NewColumn(exec.Strings), exec.NewColumn(exec.Ints)}}
	for _, r := range rows {
		b.Cols[0].AppendString("k")
		b.Cols[1].AppendInt(r)
		b.N++
	}
	return b
}

func content(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSink(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	open := func(truncate bool) *Sink {
		cfg := config(t, path, "json", pair)
		cfg.Truncate, cfg.Stats = truncate, new(Stats)
		s, err := NewSink(cfg)
		if err != nil {
			t.Fatal(err)
		}
		return s.(*Sink)
	}
	s := open(false)
	if err := s.Write(t.Context(), batch(1, 2)); err != nil {
		t.Fatal(err)
	}
	b := batch(3, 4, 5)
	b.Sel = []int32{0, 2}
	if err := s.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := "{\"k\":\"k\",\"v\":1}\n{\"k\":\"k\",\"v\":2}\n{\"k\":\"k\",\"v\":3}\n{\"k\":\"k\",\"v\":5}\n"
	if diff := cmp.Diff(want, content(t, path)); diff != "" {
		t.Error(diff)
	}
	if r, n := s.cfg.Stats.Rows.Load(), s.cfg.Stats.Bytes.Load(); r != 4 || int(n) != len(want) {
		t.Errorf("%d rows, %d bytes", r, n)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}

	s = open(false)
	if err := s.Write(t.Context(), batch(6)); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if got := content(t, path); got != want+"{\"k\":\"k\",\"v\":6}\n" {
		t.Errorf("appended: %q", got)
	}
	s = open(true)
	s.Close()
	if got := content(t, path); got != "" {
		t.Errorf("emptied: %q", got)
	}
}

// The rows of a continuous query are in the file as soon as they are written.
func TestSinkWritesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	s, err := NewSink(config(t, path, "json", pair))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Write(t.Context(), batch(1)); err != nil {
		t.Fatal(err)
	}
	if got := content(t, path); got != "{\"k\":\"k\",\"v\":1}\n" {
		t.Errorf("%q", got)
	}
}

// A row that cannot be encoded leaves its batch out, and the rows before it in.
func TestSinkEncodeError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	m := catalog.MapOf(catalog.Of(catalog.Varchar), catalog.Of(catalog.Int))
	s, err := NewSink(config(t, path, "json", []Column{{Name: "m", Type: m}}))
	if err != nil {
		t.Fatal(err)
	}
	row := func(key bool) *exec.Batch {
		c := exec.NewColumnOf(m)
		c.EndList()
		if key {
			c.Kids[0].AppendString("a")
		} else {
			c.Kids[0].AppendNull()
		}
		c.Kids[1].AppendInt(1)
		c.EndList()
		return &exec.Batch{Cols: []*exec.Column{c}, N: 2}
	}
	if err := s.Write(t.Context(), row(true)); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), row(false)); sqlerr.CodeOf(err) != sqlerr.DataException {
		t.Errorf("%v", err)
	}
	s.Close()
	if got := content(t, path); got != "{\"m\":{}}\n{\"m\":{\"a\":1}}\n" {
		t.Errorf("%q", got)
	}
}

func TestWriteError(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full")
	}
	s, err := NewSink(config(t, "/dev/full", "json", pair))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), batch(1)); sqlerr.CodeOf(err) != sqlerr.IOError || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("%v", err)
	}
}

func options(kv ...string) (list []catalog.Option) {
	for i := 0; i < len(kv); i += 2 {
		list = append(list, catalog.Option{Key: kv[i], Value: kv[i+1]})
	}
	return list
}

func TestConfigure(t *testing.T) {
	c, err := Configure(options("connector", "file", "path", "x", "format", "json", "on-error", "fail", "scan.follow", "true",
		"scan.follow.interval", "1s", "file.max-line-bytes", "100", "sink.append", "false", "json.timestamp-format", "epoch-millis"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Path != "x" || c.Format.Name != "json" || c.OnError != OnErrorFail || !c.Follow || c.Bounded() || c.PollEvery != time.Second ||
		c.MaxLineBytes != 100 || !c.Truncate || len(c.FormatOptions) != 1 {
		t.Errorf("%+v", c)
	}
	if c, err = Configure(options("connector", "file", "path", "x", "format", "raw")); err != nil {
		t.Fatal(err)
	}
	d := Config{}
	d.complete()
	if c.OnError != OnErrorSkip || !c.Bounded() || c.PollEvery != d.PollEvery || c.MaxLineBytes != d.MaxLineBytes || c.Truncate {
		t.Errorf("defaults: %+v", c)
	}
}

func TestConfigureErrors(t *testing.T) {
	for _, c := range []struct {
		opts []catalog.Option
		want string
	}{
		{options("format", "json"), `option 'path' is missing (22023)`},
		{options("path", "x"), `option 'format' is missing (22023)`},
		{options("path", "x", "format", "avro-confluent", "avro-confluent.url", "http://x"), `format "avro-confluent" in files is not supported (0A000)`},
		{options("path", "x", "format", "yaml"), `format "yaml" does not exist (22023)`},
		{options("path", "x", "format", "json", "topic", "y"), `unknown option 'topic' (22023)`},
		{options("path", "x", "format", "raw", "json.timestamp-format", "sql"), `unknown option 'json.timestamp-format' (22023)`},
		{options("path", "x", "format", "json", "json.timestamp-format", "unix"), `invalid value for option 'json.timestamp-format': 'unix' (22023)`},
		{options("path", "x", "format", "json", "on-error", "ignore"), `invalid value for option 'on-error': 'ignore' (22023)`},
		{options("path", "x", "format", "json", "scan.follow", "perhaps"), `invalid value for option 'scan.follow': 'perhaps' (22023)`},
		{options("path", "x", "format", "json", "scan.follow.interval", "0s"), `invalid value for option 'scan.follow.interval': '0s' (22023)`},
		{options("path", "x", "format", "json", "file.max-line-bytes", "9999999999"), `invalid value for option 'file.max-line-bytes': '9999999999' (22023)`},
	} {
		_, err := Configure(append(options("connector", "file"), c.opts...))
		if err == nil || err.Error() != c.want {
			t.Errorf("%v: %v", c.opts, err)
		}
	}
}
