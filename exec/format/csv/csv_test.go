package csv

import (
	"bytes"
	stdcsv "encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format/formattest"
	"github.com/penstock/penstock/exec/format/formattest/rows"
	"github.com/penstock/penstock/internal/sqlerr"
)

// TestGolden runs testdata: `table` gives the columns of the records, `want` the
// names of those to decode, `option` sets options; `decode` decodes each line
// and shows the row, and how the encoder writes it back where that differs.
func TestGolden(t *testing.T) {
	datadriven.Walk(t, "testdata/golden", func(t *testing.T, path string) {
		var all, want []catalog.Column
		opts := options(t)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "table":
				all = formattest.Fields(t, d.Input)
				want = all
			case "want":
				want = nil
				for _, name := range strings.Fields(d.Input) {
					want = append(want, all[slices.IndexFunc(all, func(f catalog.Column) bool { return f.Name == name })])
				}
			case "option":
				var list []catalog.Option
				for line := range strings.Lines(d.Input) {
					k, v, _ := strings.Cut(strings.TrimSpace(line), "=")
					list = append(list, catalog.Option{Key: k, Value: v})
				}
				v, err := catalog.Validate(append(slices.Clone(Specs), FileSpecs...), list)
				if err != nil {
					return formattest.Describe(err)
				}
				if opts, err = NewOptions(v); err != nil {
					return formattest.Describe(err)
				}
			case "decode":
				return decode(t, all, want, opts, d.Input)
			}
			return ""
		})
	})
}

func options(t testing.TB) Options {
	t.Helper()
	v, err := catalog.Validate(Specs, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := NewOptions(v)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func decode(t *testing.T, all, want []catalog.Column, opts Options, input string) string {
	d, err := NewDecoder(all, want, opts)
	if err != nil {
		return formattest.Describe(err)
	}
	e, err := NewEncoder(want, opts)
	if err != nil {
		return formattest.Describe(err)
	}
	cols := formattest.Columns(want)
	var out strings.Builder
	n := 0
	for line := range strings.Lines(input) {
		line = strings.TrimSuffix(line, "\n")
		if s, ok := strings.CutPrefix(line, "go "); ok { // bytes that a text file cannot hold
			if line, err = strconv.Unquote(s); err != nil {
				t.Fatal(err)
			}
		}
		if opts.Header && d.expect < 0 {
			if err := d.Header([]byte(line)); err != nil {
				out.WriteString(formattest.Describe(err))
			}
			continue
		}
		if err := d.Append([]byte(line), cols); err != nil {
			out.WriteString(formattest.Describe(err))
			formattest.SameLengths(t, cols, n)
			continue
		}
		fmt.Fprintln(&out, rows.Show(t, want, cols, n))
		text, err := e.Encode(nil, &exec.Batch{Cols: cols, N: n + 1}, n)
		if err != nil {
			out.WriteString(formattest.Describe(err))
		} else if string(text) != line {
			fmt.Fprintf(&out, "  written %q\n", text)
		}
		n++
	}
	return out.String()
}

func TestOptionErrors(t *testing.T) {
	for _, list := range [][]catalog.Option{
		{{Key: optDelimiter, Value: ";;"}}, {{Key: optDelimiter, Value: "ä"}}, {{Key: optQuote, Value: "\n"}}, {{Key: optQuote, Value: ","}}, {{Key: optEscape, Value: ","}},
	} {
		v, err := catalog.Validate(Specs, list)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewOptions(v); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
			t.Errorf("%v: %v", list, err)
		}
	}
}

func TestRecords(t *testing.T) {
	in := "a,b\n\"x\ny\",2\nq\"u\"o,\"te\"\"d\n\"\n# \"comment\n\n,\"\"\n\"\"\"\n\",z\nrest"
	want := []string{"a,b", "\"x\ny\",2", "q\"u\"o,\"te\"\"d\n\"", "# \"comment", "", `,""`, "\"\"\"\n\",z"}
	opts := options(t)
	opts.Comments = true
	for step := 1; step < len(in); step++ {
		r := NewRecords(opts)
		var got []string
		start := 0
		for end := 0; end < len(in); {
			end = min(end+step, len(in))
			for {
				n := r.End([]byte(in[start:end]))
				if n < 0 {
					break
				}
				got = append(got, in[start:start+n])
				start += n + 1
			}
		}
		if !slices.Equal(got, want) || in[start:] != "rest" {
			t.Fatalf("in steps of %d: %q, left %q", step, got, in[start:])
		}
	}
}

func TestNoAllocations(t *testing.T) {
	fields := formattest.Fields(t, "id VARCHAR\nn INT\nat TIMESTAMP\nagent VARCHAR\nx DOUBLE")
	d, err := NewDecoder(fields, fields, options(t))
	if err != nil {
		t.Fatal(err)
	}
	e, err := NewEncoder(fields, options(t))
	if err != nil {
		t.Fatal(err)
	}
	rec := []byte(`u-1,42,2024-01-31 12:00:00.5,"Mozilla, ""like"" Gecko",1.5`)
	cols := formattest.Columns(fields)
	var buf []byte
	step := func() {
		for _, c := range cols {
			c.Reset()
		}
		if err := d.Append(rec, cols); err != nil {
			t.Fatal(err)
		}
		if buf, err = e.Encode(buf[:0], &exec.Batch{Cols: cols, N: 1}, 0); err != nil {
			t.Fatal(err)
		}
	}
	step()
	if n := testing.AllocsPerRun(100, step); n != 0 {
		t.Errorf("%v allocations a record", n)
	}
	if !bytes.Equal(buf, rec) {
		t.Errorf("%s", buf)
	}
}

// FuzzDecode compares the cutting of fields with the standard library's, and
// reads back what the encoder has written.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"a,b", `"a","b""c"`, ",", "", "\"x\ny\",z", `a"b,c`, "ü,日本", `12345678,"90,12",3456789`, `"abc`, `"a"b,c`} {
		f.Add([]byte(s))
	}
	opts := options(f)
	f.Fuzz(func(t *testing.T, in []byte) {
		if NewRecords(opts).End(append(slices.Clone(in), '\n')) != len(in) {
			return // not one record
		}
		sc := newScanner(&opts)
		bad := sc.scan(in)
		var got []string
		for _, fd := range sc.fields {
			s := in[fd.s:fd.e]
			if fd.folded {
				s = sc.unfold(nil, s)
			}
			got = append(got, string(s))
		}
		r := stdcsv.NewReader(bytes.NewReader(in))
		r.LazyQuotes = false
		std, err := r.Read()
		if _, more := r.Read(); err == nil && more == io.EOF && !bytes.ContainsAny(in, "\r") && len(in) > 0 && in[0] != '\n' {
			if bad >= 0 || !slices.Equal(got, std) {
				t.Fatalf("%q: %q (bad %d), encoding/csv %q", in, got, bad, std)
			}
		}
		if bad >= 0 {
			return
		}
		fields := make([]catalog.Column, len(got))
		for i := range fields {
			fields[i] = catalog.Column{Name: strconv.Itoa(i), Type: catalog.Of(catalog.Varchar)}
		}
		d, err := NewDecoder(fields, fields, opts)
		if err != nil {
			t.Fatal(err)
		}
		cols := formattest.Columns(fields)
		if err := d.Append(in, cols); err != nil {
			formattest.SameLengths(t, cols, 0)
			return
		}
		e, err := NewEncoder(fields, opts)
		if err != nil {
			t.Fatal(err)
		}
		out, err := e.Encode(nil, &exec.Batch{Cols: cols, N: 1}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if n := NewRecords(opts).End(append(slices.Clone(out), '\n')); n != len(out) {
			t.Fatalf("%q is cut at %d", out, n)
		}
		if err := d.Append(out, cols); err != nil {
			t.Fatal(err)
		}
		if a, b := rows.Show(t, fields, cols, 0), rows.Show(t, fields, cols, 1); a != b {
			t.Fatalf("%s became %s", a, b)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	all := formattest.Fields(b, "ip VARCHAR\nid VARCHAR\nlat DOUBLE\nlng DOUBLE\nagent VARCHAR\nage VARCHAR\nopt BOOLEAN\nreq VARCHAR\nresp INT\nsize INT\nat TIMESTAMP\nts BIGINT")
	rec := []byte(`12.34.56.78,b8b3f2c2-8e4f-4b9b-a7ce-6c1f8c9f7b11,52.5200,13.4050,"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",26-40,true,GET /index.html HTTP/1.1,200,18045,2024-04-28T12:00:00.123,1714305600123`)
	want := []catalog.Column{all[1], all[9], all[10]}
	d, err := NewDecoder(all, want, options(b))
	if err != nil {
		b.Fatal(err)
	}
	cols := formattest.Columns(want)
	b.SetBytes(int64(len(rec)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if n++; n == 512 {
			n = 0
			for _, c := range cols {
				c.Reset()
			}
		}
		if err := d.Append(rec, cols); err != nil {
			b.Fatal(err)
		}
	}
}
