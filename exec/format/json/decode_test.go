package json

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
)

// shows the rows of cols as the encoder writes them.
func rows(t testing.TB, fields []catalog.Column, cols []*exec.Column) []string {
	t.Helper()
	e, err := NewEncoder(fields, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := &exec.Batch{Cols: cols}
	var out []string
	for i := range cols[0].Len() {
		line, err := e.Encode(nil, b, i)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(line))
	}
	return out
}

func TestDecodeVisits(t *testing.T) {
	d, err := NewDecoder(wanted, Options{})
	if err != nil {
		t.Fatal(err)
	}
	cols := columns(wanted)
	for i := range 3 {
		if err := d.Append([]byte(strings.Replace(visit, `:453`, fmt.Sprintf(":%d", i), 1)), cols); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		`{"id":"2142139324490406578","event_datetime":"2024-04-28 23:12:50.484","file_size_bytes":0}`,
		`{"id":"2142139324490406578","event_datetime":"2024-04-28 23:12:50.484","file_size_bytes":1}`,
		`{"id":"2142139324490406578","event_datetime":"2024-04-28 23:12:50.484","file_size_bytes":2}`,
	}
	if diff := cmp.Diff(want, rows(t, wanted, cols)); diff != "" {
		t.Error(diff)
	}
	if n := d.scanner.general; n != 1 {
		t.Errorf("%d records went through the general scan, want the first only", n)
	}
}
