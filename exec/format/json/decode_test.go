package json

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock/penstock/catalog"
	"github.com/penstock/penstock/exec"
	"github.com/penstock/penstock/internal/sqlerr"
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

// A record nested ten thousand deep is refused, wherever the depth is; so is
// nothing up to the limit.
func TestDepth(t *testing.T) {
	nested := func(n int) string {
		return `{"id":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}`
	}
	objects := func(n int) string {
		return strings.Repeat(`{"id":`, n) + "1" + strings.Repeat("}", n)
	}
	d, err := NewDecoder(wanted[:1], Options{})
	if err != nil {
		t.Fatal(err)
	}
	cols := columns(wanted[:1])
	for _, rec := range []string{nested(MaxDepth), objects(MaxDepth), strings.Replace(nested(MaxDepth), "id", "other", 1)} {
		if err := d.Append([]byte(rec), cols); err != nil {
			t.Error(err)
		}
	}
	for _, rec := range []string{nested(MaxDepth + 1), nested(10000), objects(10000), strings.Replace(nested(10000), "id", "other", 1), strings.Repeat("[", 1<<20)} {
		err := d.Append([]byte(rec), cols)
		if sqlerr.CodeOf(err) != sqlerr.InvalidJSONText {
			t.Errorf("%v", err)
		}
	}
	if cols[0].Len() != 3 {
		t.Errorf("%d rows", cols[0].Len())
	}
}

func TestNoFields(t *testing.T) {
	d, err := NewDecoder(nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Append([]byte(visit), nil); err != nil {
		t.Error(err)
	}
	if err := d.Append([]byte(visit[1:]), nil); err == nil {
		t.Error("a broken record passed because nobody wants its fields")
	}
}

func TestSameFieldTwice(t *testing.T) {
	if _, err := NewDecoder([]catalog.Column{wanted[0], wanted[0]}, Options{}); sqlerr.CodeOf(err) != sqlerr.DuplicateColumn {
		t.Error(err)
	}
}

// allTypes fills every column of everything.
const allTypes = `{"BOOLEAN":true,"SMALLINT":1,"INT":2,"BIGINT":3,"REAL":1.5,"DOUBLE":12.25,"DECIMAL":1.10,"VARCHAR":"x\n\u00e4","BYTES":"AP8=",` +
	`"DATE":"2024-02-29","TIME":"12:00:00.5","TIMESTAMP":"2024-04-28T23:12:50.484","TIMESTAMP_LTZ":1714309970,"INTERVAL":"1 day","JSON":{"a":1},` +
	`"ROW":{"a":1,"b":["x",null]},"ARRAY":[{},null,{"a":"7"}],"MAP":{"2024-01-01":[1,"2.50"],"infinity":null}}`

func TestNoAllocation(t *testing.T) {
	for _, c := range []struct {
		name   string
		fields []catalog.Column
		rec    string
	}{{"visit", wanted, visit}, {"every type", everything, allTypes}} {
		d, err := NewDecoder(c.fields, Options{})
		if err != nil {
			t.Fatal(err)
		}
		e, err := NewEncoder(c.fields, Options{})
		if err != nil {
			t.Fatal(err)
		}
		b := &exec.Batch{Cols: columns(c.fields)}
		rec := []byte(c.rec)
		buf := make([]byte, 0, 4096)
		if n := testing.AllocsPerRun(1000, func() {
			reset(b.Cols)
			if err := d.Append(rec, b.Cols); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations a record decoded", c.name, n)
		}
		if n := testing.AllocsPerRun(1000, func() {
			if buf, err = e.Encode(buf[:0], b, 0); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations a record encoded", c.name, n)
		}
	}
}
