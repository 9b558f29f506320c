package records

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/exec/format"
	"github.com/penstock/penstock/internal/sqlerr"
)

var columns = []format.Field{{Name: "id", Type: catalog.Of(catalog.BigInt)}, {Name: "name", Type: catalog.Of(catalog.Varchar)}}

func newReader(t testing.TB, name string, opts map[string]string, rows, cursor string) *Reader {
	t.Helper()
	f, err := format.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Format: f, Options: opts, Columns: columns}
	for _, p := range []struct {
		to   *Path
		text string
	}{{&cfg.Rows, rows}, {&cfg.Cursor, cursor}} {
		if p.text != "" {
			if *p.to, err = ParsePath(p.text); err != nil {
				t.Fatal(err)
			}
		}
	}
	r, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// collect writes rows as id=name.
func collect(rows *[]string) func(*exec.Batch) error {
	return func(b *exec.Batch) error {
		if b.N > MaxRows {
			return fmt.Errorf("a batch of %d rows", b.N)
		}
		for i := range b.N {
			id, name := "NULL", "NULL"
			if !b.Cols[0].IsNull(i) {
				id = strconv.FormatInt(b.Cols[0].Int[i], 10)
			}
			if !b.Cols[1].IsNull(i) {
				name = string(b.Cols[1].Str(i))
			}
			*rows = append(*rows, id+"="+name)
		}
		return nil
	}
}

func TestRead(t *testing.T) {
	header := map[string]string{"csv.header": "true"}
	tests := []struct {
		format         string
		opts           map[string]string
		rows, cursor   string
		in, want       string
		code           sqlerr.Code
		wantCursor, at string
	}{
		{format: "json", in: "", want: ""},
		{format: "json", in: " \n\t", want: ""},
		{format: "json", in: "\xef\xbb\xbf" + `{"id":1,"name":"a"}`, want: "1=a"},
		{format: "json", in: `{"id":1,"name":"a"}` + "\n\n" + `{"id":2}` + "\r\n" + `{"id":3,"name":"]}\"{["}`, want: "1=a 2=NULL 3=]}\"{["},
		{format: "json", in: ` [ {"id":1} , {"id":2,"name":"b"} ] `, want: "1=NULL 2=b"},
		{format: "json", in: "[]", want: ""},
		{format: "json", in: `[{"id":1},{"id":2}`, code: sqlerr.InvalidJSONText, at: "t, row 3: invalid JSON: the text ends too early, after 18 bytes"},
		{format: "json", in: `[{"id":1},]`, code: sqlerr.InvalidJSONText},
		{format: "json", in: `[{"id":1} {"id":2}]`, code: sqlerr.InvalidJSONText, at: "t, row 2: invalid JSON: a comma or ] expected at byte 10, not '{'"},
		{format: "json", in: `[{"id":1}]x`, code: sqlerr.InvalidJSONText, at: "t, row 2: invalid JSON: the end expected at byte 10, not 'x'"},
		{format: "json", in: `{"id":1}{"id":`, code: sqlerr.InvalidJSONText},
		{format: "json", in: `<html>`, code: sqlerr.InvalidJSONText, at: "t, row 1: invalid JSON: an object expected at byte 0, not '<'"},
		{format: "json", in: `[1]`, code: sqlerr.InvalidJSONText},
		{format: "json", in: `{"id":1}{"id":"x"}`, code: sqlerr.InvalidTextRepresentation, at: `t, row 2: field "id": invalid input syntax for type bigint: "x"`},
		{format: "json", in: strings.Repeat("[", 600), code: sqlerr.InvalidJSONText},
		{format: "json", in: `{"id":` + strings.Repeat("[", 600), code: sqlerr.StatementTooComplex},

		{format: "json", rows: "rows", in: `{"n":1,"rows":[{"id":1}],"x":{"rows":[{"id":9}]}}`, want: "1=NULL"},
		{format: "json", rows: "data.items", cursor: "data.next", in: `{"data":{"next":"a\"b","items":[{"id":1},{"id":2}],"z":[[],{}]}}`, want: "1=NULL 2=NULL", wantCursor: `a"b`},
		{format: "json", rows: "r", cursor: "next", in: `{"r":[],"next":12}`, wantCursor: "12"},
		{format: "json", rows: "r", cursor: "next", in: `{"r":[],"next":null}`},
		{format: "json", rows: "r", cursor: "/@odata.next", in: `{"r":[],"@odata.next":"/p"}`, wantCursor: "/p"},
		{format: "json", rows: "r", cursor: "next", in: `{"r":[],"next":{}}`, code: sqlerr.InvalidJSONText},
		{format: "json", rows: "r", cursor: "next", in: `{"r":[],"next":1x}`, code: sqlerr.InvalidJSONText},
		{format: "json", rows: "r", in: `{"r":[{"id":1}],"r":[]}`, code: sqlerr.InvalidJSONText},
		{format: "json", rows: "r", in: `{"r":{}}`, code: sqlerr.InvalidJSONText},
		{format: "json", rows: "r", in: `{"error":"no"}`, code: sqlerr.InvalidJSONText, at: `t, row 1: the object has no member "r"`},
		{format: "json", rows: "r.s", in: `{"r":null}`, code: sqlerr.InvalidJSONText},
		{format: "json", rows: "r", in: `[{"id":1}]`, code: sqlerr.InvalidJSONText},
		{format: "json", rows: "r", in: ``, code: sqlerr.InvalidJSONText},
		{format: "json", rows: "r", in: `{"a":[}`, code: sqlerr.InvalidJSONText},
		{format: "json", rows: "r", in: `{"r":[{"id":1}]`, code: sqlerr.InvalidJSONText},

		{format: "csv", in: "1,a\n2,\"x\ny\"\r\n\n3,", want: "1=a 2=x\ny 3=NULL"},
		{format: "csv", opts: header, in: "name,id\nb,1\n", want: "1=b"},
		{format: "csv", opts: header, in: "", want: ""},
		{format: "csv", in: "1,a\n2\n", code: sqlerr.DataException},
		{format: "csv", in: "x,a\n", code: sqlerr.InvalidTextRepresentation},
		{format: "csv", in: "1,\"a\n2,b\n", code: sqlerr.DataException},
	}
	for _, tt := range tests {
		r := newReader(t, tt.format, tt.opts, tt.rows, tt.cursor)
		for _, in := range []io.Reader{strings.NewReader(tt.in), iotest.OneByteReader(strings.NewReader(tt.in)), iotest.DataErrReader(strings.NewReader(tt.in))} {
			var got []string
			n, cursor, err := r.Read("t", in, collect(&got))
			if tt.code != "" {
				code := sqlerr.CodeOf(err)
				if code != tt.code && !(tt.code == sqlerr.DataException && code[:2] == "22") {
					t.Errorf("%s %q: error %v, want %s", tt.format, tt.in, err, tt.code)
				} else if tt.at != "" && sqlerr.From(err).Message != tt.at {
					t.Errorf("%s %q: error %q", tt.format, tt.in, sqlerr.From(err).Message)
				}
				continue
			}
			if err != nil || int(n) != len(got) || cursor != tt.wantCursor {
				t.Errorf("%s %q: %d rows, cursor %q, error %v", tt.format, tt.in, n, cursor, err)
			}
			if d := cmp.Diff(tt.want, strings.Join(got, " ")); d != "" {
				t.Errorf("%s %q: %s", tt.format, tt.in, d)
			}
		}
	}
}

func TestBatchesAndErrors(t *testing.T) {
	r := newReader(t, "json", nil, "", "")
	var in strings.Builder
	for i := range 2500 {
		fmt.Fprintf(&in, "{\"id\":%d}\n", i)
	}
	var sizes []int
	if _, _, err := r.Read("t", strings.NewReader(in.String()), func(b *exec.Batch) error { sizes = append(sizes, b.N); return nil }); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int{1024, 1024, 452}, sizes); d != "" {
		t.Error(d)
	}
	full := errors.New("full")
	if _, _, err := r.Read("t", strings.NewReader(in.String()), func(*exec.Batch) error { return full }); err != full {
		t.Errorf("the receiver's error became %v", err)
	}
	broken := sqlerr.New(sqlerr.ConnectionFailure, "gone")
	_, _, err := r.Read("t", io.MultiReader(strings.NewReader(`{"id":1}`), iotest.ErrReader(broken)), func(*exec.Batch) error { return nil })
	if sqlerr.CodeOf(err) != sqlerr.ConnectionFailure || !errors.Is(err, broken) {
		t.Errorf("a fault of reading became %v", err)
	}
	// A record without end is given up at the bound, not when memory is.
	endless := io.MultiReader(strings.NewReader(`{"id":1,"name":"`), endlessReader{})
	if _, _, err = r.Read("t", endless, func(*exec.Batch) error { return nil }); sqlerr.CodeOf(err) != sqlerr.ProgramLimitExceeded {
		t.Errorf("an endless record: %v", err)
	}
}

type endlessReader struct{}

func (endlessReader) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestKeyIndex(t *testing.T) {
	batch := func(rows ...string) *exec.Batch {
		b := NewBatch(columns)
		for _, r := range rows {
			id, name, _ := strings.Cut(r, "=")
			if n, err := strconv.ParseInt(id, 10, 64); err == nil {
				b.Cols[0].AppendInt(n)
			} else {
				b.Cols[0].AppendNull()
			}
			b.Cols[1].AppendString(name)
			b.N++
		}
		return b
	}
	questions := batch("3", "1", "NULL", "3", "7")
	questions.Cols = questions.Cols[:1]
	x := NewKeyIndex(questions)
	if d := cmp.Diff([]int32{0, 1, 4}, x.Questions()); d != "" {
		t.Error(d)
	}
	x.Add(batch("1=a", "9=b", "3=c"), []int{0})
	x.Add(batch("NULL=d", "3=e"), []int{0})
	out := exec.NewMatches(batch())
	x.Fill(out)
	var got []string
	if err := collect(&got)(out.Rows); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("3=c 3=e 1=a 3=c 3=e", strings.Join(got, " ")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int32{0, 0, 1, 3, 3}, out.Parent); d != "" {
		t.Error(d)
	}
	NewKeyIndex(questions).Fill(out) // nothing came
	if len(out.Parent) != 5 {
		t.Error("answers from nowhere")
	}
}

func TestNewRefuses(t *testing.T) {
	for _, name := range []string{"csv", "raw"} {
		f, err := format.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := New(Config{Format: f, Columns: columns, Rows: Path{"a"}}); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
			t.Errorf("%s with a path: %v", name, err)
		}
	}
	for _, p := range []string{"", ".", "a..b"} {
		if _, err := ParsePath(p); sqlerr.CodeOf(err) != sqlerr.InvalidParameterValue {
			t.Errorf("path %q: %v", p, err)
		}
	}
	p, err := ParsePath("/a~1b/c.d~0")
	if d := cmp.Diff(Path{"a/b", "c.d~"}, p); d != "" || err != nil {
		t.Error(d, err)
	}
}
