package records

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/penstock/penstock/exec"
)

// FuzzJSON reads what encoding/json takes for one value: no fewer rows may come
// out, and none of what it refuses. However the bytes are cut, the outcome is the same.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`[{"id":1},{"id":2,"name":"x"}]`, `{"r":[{"id":1}],"c":"n"}`, `{"a":{"r":[1]},"r":[],"c":null}`, `{"id":1}` + "\n" + `{"id":2}`,
		`[{"id":1}`, `{"r":[{}],"r":[]}`, `"\u00e9"`, `[[[]]]`, "\xef\xbb\xbf[]", `{"c":1e5,"r":[]}`, ``, `{"r":[{"id":1},{"name":"a\\\"b"}]}`,
	} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, in []byte, paths bool) {
		rows, cursor := "", ""
		if paths {
			rows, cursor = "r", "c"
		}
		r := newReader(t, "json", nil, rows, cursor)
		read := func(in io.Reader) (list []string, cursor string, err error) {
			_, cursor, err = r.Read("t", in, collect(&list))
			return list, cursor, err
		}
		got, c, err := read(bytes.NewReader(in))
		again, c2, err2 := read(iotest.OneByteReader(bytes.NewReader(in)))
		if (err == nil) != (err2 == nil) || err == nil && (c != c2 || strings.Join(got, "\n") != strings.Join(again, "\n")) {
			t.Fatalf("%q: %q %q %v, byte by byte %q %q %v", in, got, c, err, again, c2, err2)
		}
		if err != nil {
			return
		}
		in = bytes.TrimPrefix(in, bom)
		switch want, ok := countRows(in, paths); {
		case ok && want != len(got):
			t.Fatalf("%q: %d rows, want %d", in, len(got), want)
		case !ok && !paths: // around the rows only the structure is looked at
			t.Fatalf("%q is not JSON and gave %q", in, got)
		}
	})
}

// countRows is what encoding/json thinks.
func countRows(in []byte, paths bool) (n int, ok bool) {
	var list []json.RawMessage
	if paths {
		var o map[string]json.RawMessage
		if json.Unmarshal(in, &o) != nil || json.Unmarshal(o["r"], &list) != nil {
			return 0, false
		}
		return len(list), true
	}
	if json.Unmarshal(in, &list) == nil && list != nil {
		return len(list), true
	}
	dec := json.NewDecoder(bytes.NewReader(in))
	for ; ; n++ {
		var o map[string]json.RawMessage
		if err := dec.Decode(&o); err == io.EOF {
			return n, true
		} else if err != nil {
			return n, false
		}
	}
}

// FuzzCSV must not panic, nor depend on how the bytes are cut.
func FuzzCSV(f *testing.F) {
	f.Add([]byte("id,name\n1,\"a\nb\"\n2,c"), true)
	f.Add([]byte("1,a\r\n\n2,"), false)
	f.Fuzz(func(t *testing.T, in []byte, header bool) {
		opts := map[string]string{}
		if header {
			opts["csv.header"] = "true"
		}
		r := newReader(t, "csv", opts, "", "")
		var got, again []string
		_, _, err := r.Read("t", bytes.NewReader(in), collect(&got))
		_, _, err2 := r.Read("t", iotest.OneByteReader(bytes.NewReader(in)), collect(&again))
		if (err == nil) != (err2 == nil) || err == nil && strings.Join(got, "\n") != strings.Join(again, "\n") {
			t.Fatalf("%q: %q %v, byte by byte %q %v", in, got, err, again, err2)
		}
	})
}

func BenchmarkJSON(b *testing.B) {
	var in bytes.Buffer
	in.WriteByte('[')
	for i := range 10000 {
		if i > 0 {
			in.WriteByte(',')
		}
		in.WriteString(`{"id":` + strings.Repeat("1", i%9+1) + `,"name":"customer ` + strings.Repeat("x", i%10) + `"}`)
	}
	in.WriteByte(']')
	r := newReader(b, "json", nil, "", "")
	b.SetBytes(int64(in.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := r.Read("t", bytes.NewReader(in.Bytes()), func(*exec.Batch) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
